mod places;

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::label::FaceBox;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn open(root: &tempfile::TempDir) -> Dataset {
    crate::dataset::open(root.path(), &Schema::face()).unwrap()
}

const LANDMARKS: &str = "2\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y \
    leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n\
    1.jpg 10 10 20 10 15 15 11 20 19 20\n2.jpg 10 10 20 ten 15 15 11 20 19 20\n";

#[test]
fn files_are_joined_and_broken_rows_are_named() {
    let root = folder(&[
        ("Img/img_align_celeba/1.jpg", ""),
        ("Img/img_align_celeba/2.jpg", ""),
        ("Anno/list_landmarks_align_celeba.txt", LANDMARKS),
        (
            "Anno/list_attr_celeba.txt",
            "3\nSmiling Foreign\n1.jpg 1 -1\n3.jpg 1 1\n",
        ),
        (
            "Eval/list_eval_partition.txt",
            "1.jpg 0\n2.jpg 1\n1.jpg 2\n",
        ),
    ]);
    let set = open(&root);
    assert_eq!(set.samples.len(), 2);
    let first = &set.samples[0];
    assert_eq!(first.split, Some(Split::Train));
    let TaskLabels::Points(points) = &first.annotation.tasks[0] else {
        unreachable!()
    };
    assert_eq!(points[0].known(), Some([10.5, 10.5]));
    assert_eq!(
        (first.annotation.known(1), first.region().unwrap().1),
        (1, BoxSource::Aligned),
        "no box that would tell where the points are"
    );
    assert_eq!(set.samples[1].annotation.known(0), 4, "\"ten\" is no place");
    let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
    let all = problems.join("\n");
    assert!(
        all.contains("list_landmarks_align_celeba.txt:4: 2.jpg: righteye: \"ten\" is not"),
        "{all}"
    );
    assert!(
        all.contains("list_attr_celeba.txt:4: 3.jpg: no such picture"),
        "{all}"
    );
    assert!(
        all.contains("list_attr_celeba.txt:1: the first line announces 3"),
        "{all}"
    );
    assert!(
        all.contains("list_eval_partition.txt:3: 1.jpg is there twice"),
        "{all}"
    );
    assert_eq!(problems.len(), 4);
}

#[test]
fn aligned_pictures_have_a_box_without_landmarks() {
    let root = folder(&[
        ("Img/img_align_celeba/1.jpg", ""),
        ("Eval/list_eval_partition.txt", "1.jpg 0\n"),
    ]);
    let (face_box, source) = open(&root).samples[0].region().unwrap();
    assert_eq!(source, BoxSource::Aligned);
    assert!((face_box.side() - 162.0).abs() < 0.1);
}

/// What is known of the attributes of each sample: of the first three of CelebA's own order.
fn attributes(set: &Dataset) -> Vec<[Option<bool>; 3]> {
    let of = |s: &Sample| match &s.annotation.tasks[1] {
        TaskLabels::Binary(values) => [0, 1, 2].map(|i| values[i].known()),
        TaskLabels::Points(_) => unreachable!(),
    };
    set.samples.iter().map(of).collect()
}

fn actual(set: &Dataset) -> Vec<String> {
    let all = set.problems.iter();
    all.map(|p| format!("{}:{}", p.line.unwrap_or(0), p.what))
        .collect()
}

const PICTURES: [(&str, &str); 2] = [
    ("img_align_celeba/000001.jpg", ""),
    ("img_align_celeba/000002.jpg", ""),
];
const NAMES: &str = "5_o_Clock_Shadow Arched_Eyebrows Attractive";

#[test]
fn attributes_of_every_way_of_writing_are_understood() {
    let (yes, no) = (Some(true), Some(false));
    let csv = |rows: &str| format!("image_id,{}\n{rows}", NAMES.replace(' ', ","));
    let text = |rows: &str| format!("2\n{NAMES}\n{rows}");
    for (name, table, expected, notice) in [
        // 0 and 1 and no -1, in one of the columns not even 0.
        (
            "txt",
            text("000001.jpg 1 0 1\n000002.jpg 0 1 1\n"),
            [[yes, no, yes], [no, yes, yes]],
            "0 is absent",
        ),
        (
            "csv",
            csv("000001.jpg,1.0,0.0,1\n000002.jpg,0.0,1.0,\n"),
            [[yes, no, yes], [no, yes, None]],
            "0 is absent",
        ),
        // As this program writes what is unknown.
        (
            "txt",
            text("000001.jpg 1 0 -1\n000002.jpg 0 1 1\n"),
            [[yes, None, no], [None, yes, yes]],
            "",
        ),
        (
            "txt",
            text("000001.jpg 1 nan 1\n000002.jpg nan 1 1\n"),
            [[yes, None, yes], [None, yes, yes]],
            "",
        ),
        (
            "csv",
            csv("000001.jpg,1.0,-1.0,nan\n000002.jpg,True,False,NA\n"),
            [[yes, no, None], [yes, no, None]],
            "",
        ),
        (
            "txt",
            text("000001.jpg 0 0 0\n000002.jpg 0 0 0\n"),
            [[None; 3], [None; 3]],
            "nothing is known",
        ),
        // As spreadsheets and pandas' own numbering have it.
        (
            "csv",
            csv("000001.jpg,1,-1,1\n000002.jpg,-1,1,-1\n")
                .replace(',', ";")
                .replace('\n', "\r\n"),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        (
            "csv",
            format!(
                ",image_id,{}\n0,000001.jpg,1,-1,1,,\n1,000002.jpg,-1,1,-1\n",
                NAMES.replace(' ', ",")
            ),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        (
            "csv",
            csv("000001.jpg,1,-1,1\n000002.jpg,-1,1,-1\n")
                .to_lowercase()
                .replace("5_o_", "5 o "),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        (
            "txt",
            csv("img\\000001.JPG,1,-1,1\nC:\\x\\000002.jpg,-1,1,-1\n"),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        // The first lines of the text over rows of the CSV, and as a spreadsheet leaves them.
        (
            "txt",
            text("000001.jpg 1 -1 1\n000002.jpg -1 1 -1\n").replace(' ', ","),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        (
            "txt",
            text("000001.jpg,1,-1,1\n000002.jpg,-1,1,\n"),
            [[yes, no, yes], [no, yes, None]],
            "",
        ),
        (
            "txt",
            format!(
                "2;;;\n{}",
                csv("000001.jpg,1,-1,1\n000002.jpg,-1,1,-1\n").replace(',', ";")
            ),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        (
            "txt",
            format!(
                "\u{feff}{}",
                text("000001.jpg 1 -1 1\n\n000002.jpg -1 1 -1\n").replace('\n', "\r")
            ),
            [[yes, no, yes], [no, yes, no]],
            "",
        ),
        (
            "TXT",
            text("000001.jpg 1 -1 x\n000002.jpg -1 1 2\n"),
            [[yes, no, None], [no, yes, None]],
            "3:000001.jpg: Attractive: \"x\" is not 1, -1, True, False, yes or no: unknown (2 times, also on line 4)",
        ),
    ] {
        let file = format!("Anno/List_attr_celeba.{name}");
        let root = folder(&PICTURES);
        fs::create_dir(root.path().join("Anno")).unwrap();
        fs::write(root.path().join(file), &table).unwrap();
        let set = open(&root);
        assert_eq!(attributes(&set), expected, "{table}");
        let actual = actual(&set);
        assert_eq!(
            actual.len(),
            usize::from(!notice.is_empty()),
            "{table} {actual:?}"
        );
        assert!(
            actual.iter().all(|s| s.contains(notice)),
            "{table} {actual:?}"
        );
    }
}

#[test]
fn foreign_columns_are_text_unless_they_are_marks() {
    let names = "image_id,Smiling,age,Masked,Young,smiling";
    let table = format!("{names}\n000001.jpg,1,35,1,0,1\n000002.jpg,0,0,0,1,0\n");
    let root = folder(&[&PICTURES[..], &[("list_attr_celeba.csv", &table)]].concat());
    let set = open(&root);
    assert_eq!(set.columns, ["age", "Masked", "smiling"]);
    let columns: Vec<Vec<&str>> = set
        .samples
        .iter()
        .map(|s| s.columns.iter().map(|c| &**c).collect())
        .collect();
    assert_eq!(columns, [["35", "1", "1"], ["0", "-1", "-1"]]);
    assert_eq!(set.samples[1].annotation.known(1), 2);
    assert!(
        actual(&set)[0].contains("\"smiling\" is there twice"),
        "{:?}",
        actual(&set)
    );
}

#[test]
fn tables_without_first_lines_are_read_in_celebas_own_order() {
    let row = |name: &str, value: &str| format!("{name}{}\n", format!(" {value}").repeat(40));
    let rows = row("000001.jpg", "1") + &row("000002.jpg", "-1");
    let points = "000001.jpg 69 110 108 111 88 130 73 152 105 151\n\
        000002.jpg 70 x 108 111 88 131 73 152 105 151\n000002.jpg 1 2\n";
    let partition = "image_id,partition\n000001.jpg,0.0\n000002.jpg,2.0\n";
    let identities = "000001.jpg 17.0\n000002.jpg 18.0\n";
    let csv = rows.replace(' ', ",");
    let short = "000001.jpg 1 -1\n".to_owned() + &row("000002.jpg", "1");
    for (name, table, count, begins, faces) in [
        (
            "list_attr_celeba.txt",
            &rows,
            [40, 40],
            "1:neither a number of rows nor names",
            2,
        ),
        (
            "list_attr_celeba.txt",
            &format!("2\n{rows}"),
            [40, 40],
            "2:no names of columns",
            2,
        ),
        (
            "list_attr_celeba.csv",
            &csv,
            [40, 40],
            "1:no names of columns",
            2,
        ),
        ("list_attr_celeba.txt", &short, [0, 40], "1:neither", 2),
    ] {
        let root = folder(
            &[
                &PICTURES[..],
                &[
                    (name, table),
                    ("list_landmarks_align_celeba.txt", points),
                    ("list_eval_partition.csv", partition),
                    ("identity_CelebA.txt", identities),
                ],
            ]
            .concat(),
        );
        let set = open(&root);
        assert_eq!(set.samples.len(), faces, "{:?}", actual(&set));
        let mut samples = set.samples.clone();
        samples.sort_by(|a, b| a.path.cmp(&b.path));
        let known: Vec<_> = samples.iter().map(|s| s.annotation.known(1)).collect();
        assert_eq!(known, count, "{table}");
        let points: Vec<_> = samples.iter().map(|s| s.annotation.known(0)).collect();
        assert_eq!(points, [5, 4]);
        let identities: Vec<_> = samples.iter().map(|s| s.identity.as_deref()).collect();
        assert_eq!(identities, [Some("17"), Some("18")]);
        let splits: Vec<_> = samples.iter().map(|s| s.split).collect();
        assert_eq!(splits, [Some(Split::Train), Some(Split::Test)]);
        let actual = actual(&set);
        assert!(actual[0].starts_with(begins), "{begins} {actual:?}");
        for part in [
            "2:000002.jpg: lefteye: \"x\" is not a number: unknown",
            "3:000002.jpg is there twice",
        ] {
            assert!(
                actual.iter().any(|s| s.starts_with(part)),
                "{part}: {actual:?}"
            );
        }
        let lost = actual
            .iter()
            .any(|s| s == "1:000001.jpg: 2 values where 40 belong");
        assert_eq!(lost, count[0] == 0, "{actual:?}");
    }
}

#[test]
fn columns_of_points_and_boxes_are_found_by_their_names() {
    let names = "image_id,nose_y,nose_x,lefteye_x,lefteye_y,righteye_x,righteye_y,\
        leftmouth_x,leftmouth_y,rightmouth_x,rightmouth_y,score";
    let points = format!("{names}\n1.jpg,132,88,69,110,108,111,73,152,105,151,0.9\n");
    let boxes = "image_id,width,height,x_1,y_1\n1.jpg,30,40,1,2\n";
    let root = folder(&[
        ("img_celeba/1.jpg", ""),
        ("list_landmarks_celeba.csv", &points),
        ("list_bbox_celeba.csv", boxes),
    ]);
    let set = open(&root);
    let TaskLabels::Points(points) = &set.samples[0].annotation.tasks[0] else {
        unreachable!()
    };
    let at: Vec<_> = points.iter().map(|p| p.at).collect();
    assert_eq!(at[..3], [[69.5, 110.5], [108.5, 111.5], [88.5, 132.5]]);
    let face_box = set.samples[0].face_box.map(|(b, _)| b);
    assert_eq!(face_box, Some(FaceBox::new(1.0, 2.0, 30.0, 40.0)));
    assert!(set.problems.is_empty(), "{:?}", actual(&set));
}

#[test]
fn decimal_commas_between_tabs_are_numbers() {
    let names = super::LANDMARKS.join("\t");
    let points = format!(
        "image_id\t{names}\n1.jpg\t69,5\t{}\n",
        ["110,5"; 9].join("\t")
    );
    let root = folder(&[
        ("img_celeba/1.jpg", ""),
        ("list_landmarks_celeba.csv", &points),
    ]);
    let set = open(&root);
    assert_eq!(set.samples.len(), 1, "{:?}", actual(&set));
    let TaskLabels::Points(points) = &set.samples[0].annotation.tasks[0] else {
        unreachable!()
    };
    assert_eq!(points[0].at, [70.0, 111.0], "{:?}", actual(&set));
}

#[test]
fn pictures_of_another_size_are_not_aligned_as_celebas() {
    let landmarks = LANDMARKS.replace("ten", "10");
    let landmarks = ("list_landmarks_align_celeba.txt", &*landmarks);
    for (size, source, problems) in [
        ((178, 218), BoxSource::Aligned, 0),
        ((64, 64), BoxSource::Labels, 1),
    ] {
        let root = folder(&[("img_align_celeba/2.jpg", ""), landmarks]);
        let picture = root.path().join("img_align_celeba/1.jpg");
        image::RgbImage::new(size.0, size.1).save(picture).unwrap();
        let set = open(&root);
        let sources: Vec<_> = set.samples.iter().map(|s| s.region().unwrap().1).collect();
        assert_eq!(sources, [source; 2]);
        assert_eq!(set.problems.len(), problems, "{:?}", actual(&set));
    }
}

proptest! {
    #[test]
    fn mutated_files_never_panic(
        at in any::<prop::sample::Index>(), with in "[0-9a-z .\\-\n]{0,8}", bytes: [u8; 3],
    ) {
        let mut text = LANDMARKS.as_bytes().to_vec();
        let at = at.index(text.len());
        text.splice(at..(at + 2).min(text.len()), with.bytes().chain(bytes));
        let root = folder(&[("img_align_celeba/1.jpg", "")]);
        fs::write(root.path().join("list_landmarks_align_celeba.txt"), text).unwrap();
        let _ = crate::dataset::open(root.path(), &Schema::face());
    }
}
