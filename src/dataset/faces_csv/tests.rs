use super::*;
use proptest::prelude::*;

const TABLE: &str = "\
image,face,x,y,w,h,split,left_eye_x,left_eye_y,left_eye_state,Smiling,pose\n\
a.png,0,1,2,30,40,train,10,11,,1,frontal\n\
a.png,1,,,,,val,10,11,occluded,-1,left\n\
b.png,0,1,2,30,40,train,10,11,,1,\n\
a.png,2,1,2,0,40,train,10,11,,1,\n\
a.png,3,1,2,9,40,train,ten,11,,1,\n\
a.png,0,1,2,9,40,train,10,11,,1,\n\
a.png,4,1\n\
a.png,5,,,,,,,,,,\n";

fn read_text(text: &[u8]) -> Result<Dataset, DatasetError> {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a.png"), "").unwrap();
    std::fs::write(root.path().join("faces.csv"), text).unwrap();
    super::super::open(root.path(), &Schema::face())
}

#[test]
fn rows_are_read_and_broken_ones_named_by_line() {
    let set = read_text(TABLE.as_bytes()).unwrap();
    let faces: Vec<u32> = set.samples.iter().map(|s| s.face).collect();
    assert_eq!(faces, [0, 1, 2, 3, 5]);
    assert_eq!(set.samples[2].face_box, None, "no box of no width");
    let known: Vec<_> = set.samples.iter().map(|s| s.annotation.known(0)).collect();
    assert_eq!(known, [1, 1, 1, 0, 0], "\"ten\" is no place");
    assert_eq!(set.samples[3].annotation.known(1), 1, "the rest of its row");
    assert_eq!(set.columns, ["pose"]);
    assert_eq!(&*set.samples[0].columns[0], "frontal");
    assert_eq!(set.samples[1].split, Some(Split::Validation));
    let TaskLabels::Points(points) = &set.samples[1].annotation.tasks[0] else {
        unreachable!()
    };
    assert_eq!(
        (points[0].at, points[0].state),
        ([10.5, 11.5], PointState::Occluded)
    );
    let lines: Vec<_> = set.problems.iter().map(|p| p.line.unwrap()).collect();
    assert_eq!(lines, [4, 5, 6, 7, 8], "{:?}", set.problems);
}

/// One face: what is known of Smiling and Male, the left eye, the box.
fn labels(sample: &Sample) -> ([Option<bool>; 2], Option<[f32; 2]>, bool) {
    let [TaskLabels::Points(points), TaskLabels::Binary(values)] = &sample.annotation.tasks[..]
    else {
        unreachable!()
    };
    let attributes = ["Smiling", "Male"].map(|name| {
        let (_, item) = super::super::attribute(&Schema::face(), name).unwrap();
        values[item].known()
    });
    (attributes, points[0].known(), sample.face_box.is_some())
}

#[test]
fn values_are_read_as_pandas_writes_them() {
    let header = "image,face,x,y,w,h,split,identity,left_eye_x,left_eye_y,Smiling,Male\n";
    let at = Some([10.5, 11.5]);
    for (row, expected) in [
        (
            "a.png,0.0,1.0,2.0,30.0,40.0,train,7.0,10.0,11.0,1.0,-1.0",
            ([Some(true), Some(false)], at, true),
        ),
        (
            "a.png,0,nan,nan,nan,nan,nan,nan,nan,nan,1,NaN",
            ([Some(true), None], None, false),
        ),
        (
            "a.png,,,,,,,,1e1,1.1e1,True,False",
            ([Some(true), Some(false)], at, false),
        ),
        (
            "a.png,<NA>,1,2,-3,4,Train,,10,11,TRUE,null",
            ([Some(true), None], at, false),
        ),
        (
            "a.png,0,1,2,,4,TEST,,10,,word,-1",
            ([None, Some(false)], None, false),
        ),
    ] {
        let set = read_text(format!("{header}{row}\n").as_bytes()).unwrap();
        let [sample] = &set.samples[..] else {
            panic!("{row}: {:?}", set.problems)
        };
        assert_eq!(labels(sample), expected, "{row}");
        assert_eq!(sample.face, 0);
    }
    let set = read_text(format!("{header}a.png,0,1,2,,4,TEST,,10,,word,-1\n").as_bytes());
    let all: Vec<_> = set
        .unwrap()
        .problems
        .iter()
        .map(|p| p.what.clone())
        .collect();
    assert_eq!(
        all,
        [
            "box: a box without w: unknown",
            "left_eye: its y is missing: unknown",
            "Smiling: \"word\" is not 1, -1, True, False, yes or no: unknown"
        ]
    );
}

#[test]
fn numbers_that_pandas_made_decimals_of_stay_names_and_codes() {
    let text = "image,face,identity,split,Smiling,Male\n\
        a.png,0.0,17.0,0.0,1.0,0.0\na.png,1.0,18.0,1.0,0.0,\na.png,2.0,,2.0,,1.0\n";
    let set = read_text(text.as_bytes()).unwrap();
    let identities: Vec<_> = set.samples.iter().map(|s| s.identity.as_deref()).collect();
    assert_eq!(identities, [Some("17"), Some("18"), None]);
    let splits: Vec<_> = set.samples.iter().map(|s| s.split).collect();
    let expected = [Split::Train, Split::Validation, Split::Test];
    assert_eq!(splits, expected.map(Some));
    let attributes: Vec<_> = set.samples.iter().map(|s| labels(s).0).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(attributes, [[yes, no], [no, None], [None, yes]]);
    let said: Vec<_> = set.problems.iter().map(|p| p.what.as_str()).collect();
    assert_eq!(said.len(), 2, "each once: {said:?}");
    assert!(said[0].contains("0 is absent") && said[1].contains("CelebA's"));
    // Two codes may be anything, and a name with a point stays one.
    let text = "image,face,identity,split\na.png,0,17.0,0\na.png,1,v1.0,1\n";
    let set = read_text(text.as_bytes()).unwrap();
    let of = |s: &Sample| (s.identity.as_deref().map(str::to_owned), s.split);
    let expected = ["17.0", "v1.0"].map(|name| (Some(name.to_owned()), None));
    assert_eq!(set.samples.iter().map(of).collect::<Vec<_>>(), expected);
    assert!(
        set.problems[0].what.contains("(2 times, also on line 3)"),
        "{:?}",
        set.problems
    );
}

#[test]
fn pictures_are_found_by_paths_of_other_systems() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("sub")).unwrap();
    for name in ["a.png", "sub/c.png"] {
        std::fs::write(root.path().join(name), "").unwrap();
    }
    let text = "image;Smiling\r\nsub\\c.png;1\r\nC:\\set\\A.PNG;-1\r\nb\\none.png;1\r\n";
    std::fs::write(root.path().join("FACES.CSV"), text).unwrap();
    let set = super::super::open(root.path(), &Schema::face()).unwrap();
    let found: Vec<_> = set.samples.iter().map(|s| name_of(&s.path)).collect();
    assert_eq!(found, ["c.png", "a.png"]);
    let all: Vec<_> = set
        .problems
        .iter()
        .map(|p| (p.line, p.what.as_str()))
        .collect();
    assert!(all[0].1.contains("1 picture is not where"), "{all:?}");
    assert_eq!(all[1], (Some(4), "b\\none.png: no such picture"));
    assert_eq!(all.len(), 2);
}

proptest! {
    #[test]
    fn mutated_tables_never_panic(
        at in any::<prop::sample::Index>(), with: Vec<u8>, cut in 0usize..20,
    ) {
        let mut text = TABLE.as_bytes().to_vec();
        let at = at.index(text.len());
        text.splice(at..(at + cut).min(text.len()), with);
        let _ = read_text(&text);
    }
}

fn actual(set: &Dataset) -> Vec<String> {
    let all = set.problems.iter();
    all.map(|p| format!("{}: {}", p.line.unwrap_or(0), p.what))
        .collect()
}

#[test]
fn boxes_of_other_programs_tables_are_read() {
    let table = "filename,width,height,class,xmin,ymin,xmax,ymax\n\
                 a.png,640,480,face,10,20,110,140\na.png,640,480,face,1,2,31,42\n\
                 a.png,640,480,face,10,20,110,140\n";
    let set = read_text(table.as_bytes()).unwrap();
    let boxes: Vec<_> = set
        .samples
        .iter()
        .map(|s| (s.face, s.face_box.unwrap().0))
        .collect();
    let expected = [
        (0, FaceBox::new(10.0, 20.0, 100.0, 120.0)),
        (1, FaceBox::new(1.0, 2.0, 30.0, 40.0)),
    ];
    assert_eq!(boxes, expected, "{:?}", actual(&set));
    assert_eq!(set.samples[0].stated_size, Some([640, 480]));
    assert_eq!(set.samples[0].number, None, "counted, and not the file's");
    assert_eq!(set.columns, ["width", "height", "class"]);
    let actual = actual(&set);
    for (actual, part) in actual.iter().zip([
        "1: boxes are read by the corners xmin, ymin, xmax and ymax",
        "1: no column \"image\": \"filename\" is taken",
        "4: ",
    ]) {
        assert!(actual.starts_with(part), "{part}: {actual}");
    }
    assert!(
        actual.len() == 3 && actual[2].contains("is there twice"),
        "{actual:?}"
    );
    // Names of pictures alone are no table of faces.
    let error = read_text(b"filename,size\na.png,7\n").unwrap_err();
    assert!(error.to_string().contains("no column \"image\""), "{error}");
}

#[test]
fn what_other_programs_write_is_read_and_said() {
    let rows = |text: &[u8]| {
        let set = read_text(text).unwrap();
        let labels = set.samples.iter().map(labels).collect::<Vec<_>>();
        (labels, actual(&set))
    };
    let (yes, at) = ([Some(true), None], Some([70.5, 110.0]));
    // Decimal commas between tabs, and bars.
    for text in [
        "image\tleft_eye_x\tleft_eye_y\tSmiling\na.png\t70\t109,5\t1\n",
        "image|left_eye_x|left_eye_y|Smiling\na.png|70|109.5|1\n",
    ] {
        assert_eq!(
            rows(text.as_bytes()),
            (vec![(yes, at, false)], Vec::new()),
            "{text}"
        );
    }
    let (labels, actual) = rows(b"image,Smiling,note\na.png,1,sch\xf6n \x80\n");
    assert_eq!(labels, [(yes, None, false)]);
    assert!(
        actual.len() == 1 && actual[0].starts_with("2: not UTF-8"),
        "{actual:?}"
    );
    let urls = "image,Smiling\nhttps://x.org/b.png?y=1,1\nhttps://x.org/c.png,1\na.png,1\n";
    let (labels, actual) = rows(urls.as_bytes());
    assert_eq!(labels.len(), 1);
    assert!(
        actual.len() == 1
            && actual[0].contains("an address, and no file here")
            && actual[0].contains("2 times"),
        "{actual:?}"
    );
}
