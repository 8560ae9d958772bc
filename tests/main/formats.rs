//! Every format there and back: what is read again is what was written, and where it differs the
//! list of what was dropped said so.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use smn_studio::dataset::export::{self, DroppedKind, Existing, Format, Options, Sources};
use smn_studio::dataset::{self, BoxSource, Dataset, Sample, Split};
use smn_studio::label::{FaceBox, PointLabel, PointState, Presence, Schema, TaskLabels};

/// What is random about a face. Small numbers choose among few cases.
#[derive(Clone, Debug)]
pub struct Look {
    picture: usize,
    points: Vec<(f32, f32, u8)>,
    attributes: Vec<u8>,
    sides: [f32; 4],
    whole_pixels: bool,
    box_kind: u8,
    split: u8,
    identity: u8,
    columns: [u8; 3],
}

pub fn look() -> impl Strategy<Value = Look> {
    let place = 0f32..2000.0;
    let points = prop::collection::vec((place.clone(), place, 0u8..8), 5);
    (
        0usize..4,
        points,
        prop::collection::vec(0u8..3, 40),
        [-500f32..2500.0, -500f32..2500.0, 1f32..2500.0, 1f32..2500.0],
        any::<bool>(),
        0u8..4,
        (0u8..4, 0u8..4),
        [0u8..4, 0u8..3, 0u8..3],
    )
        .prop_map(
            |(
                picture,
                points,
                attributes,
                sides,
                whole_pixels,
                box_kind,
                (split, identity),
                columns,
            )| Look {
                picture,
                points,
                attributes,
                sides,
                whole_pixels,
                box_kind,
                split,
                identity,
                columns,
            },
        )
}

const PICTURES: [&str; 4] = ["a.png", "a.jpg", "b c.png", "d.png"];

fn sample(look: &Look, face: u32, folder: &Path, schema: &Schema) -> Sample {
    let mut sample = Sample::unlabelled(&folder.join(PICTURES[look.picture]), schema);
    sample.face = face;
    let at = |v: f32| {
        if look.whole_pixels {
            v.floor() + 0.5
        } else {
            v
        }
    };
    if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[0] {
        for (label, (x, y, state)) in labels.iter_mut().zip(&look.points) {
            let state = match state {
                0 => continue,
                1 => PointState::Occluded,
                _ => PointState::Visible,
            };
            *label = PointLabel {
                at: [at(*x), at(*y)],
                state,
            };
        }
    }
    if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[1] {
        for (label, value) in labels.iter_mut().zip(&look.attributes) {
            *label = [Presence::Unknown, Presence::Absent, Presence::Present][*value as usize];
        }
    }
    let [x, y, w, h] = look.sides.map(|v| {
        if look.whole_pixels {
            v.floor().max(1.0)
        } else {
            v
        }
    });
    let angle = if look.box_kind == 1 { 0.3 } else { 0.0 };
    let face_box = FaceBox {
        angle,
        ..FaceBox::new(x, y, w, h)
    };
    sample.face_box = (look.box_kind > 0).then_some((face_box, BoxSource::DataSet));
    let splits = [
        None,
        Some(Split::Train),
        Some(Split::Validation),
        Some(Split::Test),
    ];
    sample.split = splits[look.split as usize];
    let names = [None, Some("1"), Some("somebody"), Some("J. \"D\", jr")];
    sample.identity = names[look.identity as usize].map(Into::into);
    let texts = [
        ["", "1", "3", "side"],
        ["", "true", "false", ""],
        ["", "a, \"b\"\nc", "ü", ""],
    ];
    let texts = texts
        .iter()
        .zip(look.columns)
        .map(|(t, n)| t[n as usize].into());
    sample.columns = texts.collect();
    sample
}

/// Faces numbered in their pictures, in any order of pictures.
pub fn set(looks: &[Look], folder: &Path) -> Dataset {
    let schema = Schema::face();
    let mut next = [0; PICTURES.len()];
    let samples = looks.iter().map(|look| {
        next[look.picture] += 1;
        sample(look, next[look.picture] - 1, folder, &schema)
    });
    Dataset {
        name: "set".into(),
        samples: samples.collect(),
        columns: ["pose", "glad", "image"].map(String::from).to_vec(),
        problems: Vec::new(),
        schema,
    }
}

pub fn points(sample: &Sample) -> &[PointLabel] {
    match &sample.annotation.tasks[0] {
        TaskLabels::Points(points) => points,
        TaskLabels::Binary(_) => unreachable!(),
    }
}

pub fn attributes(sample: &Sample) -> &[Presence] {
    match &sample.annotation.tasks[1] {
        TaskLabels::Binary(values) => values,
        TaskLabels::Points(_) => unreachable!(),
    }
}

fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap()
}

/// Counts by kind what of `ours` did not come back in `theirs`.
fn differences(
    ours: (&Dataset, &Sample),
    theirs: (&Dataset, &Sample),
) -> Vec<(DroppedKind, usize)> {
    let (a, b) = (ours.1, theirs.1);
    let mut found = Vec::new();
    let whole = points(a).iter().all(|p| p.known().is_some());
    for (p, q) in points(a).iter().zip(points(b)) {
        match (p.known(), q.known()) {
            (None, None) => {}
            (Some(p), Some(q)) if p == q => {}
            (Some(p), Some(q)) if (p[0] - q[0]).abs() <= 0.5 && (p[1] - q[1]).abs() <= 0.5 => {
                found.push((DroppedKind::SubPixel, 1));
            }
            (Some(_), None) if !whole => found.push((DroppedKind::PartialPoints, 1)),
            other => panic!("{other:?}"),
        }
        if p.known().is_some() && q.known().is_some() && p.state != q.state {
            found.push((DroppedKind::Occluded, 1));
        }
    }
    for (v, w) in attributes(a).iter().zip(attributes(b)) {
        if v != w {
            assert_eq!(*w, Presence::Unknown, "nothing is made up");
            found.push((DroppedKind::Attributes, 1));
        }
    }
    match (a.face_box.map(|b| b.0), b.face_box.map(|b| b.0)) {
        (None, None) => {}
        (Some(p), Some(q)) => {
            if p.angle != q.angle {
                found.push((DroppedKind::BoxAngles, 1));
            }
            let sides = [(p.x, q.x), (p.y, q.y), (p.w, q.w), (p.h, q.h)];
            if sides.iter().any(|(p, q)| p != q) {
                assert!(sides.iter().all(|(p, q)| (p - q).abs() <= 0.5), "{sides:?}");
                found.push((DroppedKind::SubPixel, 1));
            }
        }
        (Some(_), None) => found.push((DroppedKind::Boxes, 1)),
        (None, Some(b)) => panic!("{b:?} is made up"),
    }
    if a.identity != b.identity {
        found.push((DroppedKind::Identities, 1));
    }
    if a.split != b.split {
        found.push((DroppedKind::Splits, 1));
    }
    for (c, value) in a.columns.iter().enumerate().filter(|(_, v)| !v.is_empty()) {
        let name = &ours.0.columns[c];
        let renamed = format!("{name}_");
        let at = theirs
            .0
            .columns
            .iter()
            .position(|n| n == name || *n == renamed);
        if at.map(|at| &b.columns[at]) != Some(value) {
            found.push((DroppedKind::Columns, 1));
        }
    }
    found
}

/// Writes, reads and compares; the list of dropped values says at least what differs.
pub fn there_and_back(set: &Dataset, sources: &[PathBuf], format: Format, copy: bool, root: &Path) {
    let out = root.join(format!("{format:?}"));
    let mut listed: BTreeMap<DroppedKind, usize> = BTreeMap::new();
    for entry in export::dropped(set, &Sources::default(), format) {
        *listed.entry(entry.kind).or_default() += entry.count;
    }
    let options = Options {
        format,
        copy_pictures: copy,
        existing: Existing::Refuse,
    };
    let sources = Sources::of(sources, &set.schema, format);
    let problems = export::export(set, &sources, &out, options, |_| ()).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let lost_faces = [DroppedKind::SecondFaces, DroppedKind::Faces]
        .map(|k| listed.get(&k).copied().unwrap_or(0));
    let lost_faces: usize = lost_faces.iter().sum();
    if lost_faces == set.samples.len() {
        return;
    }
    let again = dataset::open(&out, &set.schema).unwrap();
    // Of points and boxes anywhere some cannot be right, and that is said.
    let known = [
        "in opposite directions",
        "run the other way",
        "lie outside their pictures",
    ];
    let mut problems = again.problems.iter();
    assert!(
        problems.all(|p| known.iter().any(|text| p.what.contains(text))),
        "{format:?}: {:?}",
        again.problems
    );

    let one_face = matches!(
        format,
        Format::Celeba | Format::CelebaCsv | Format::Mtfl | Format::Pts
    );
    let complete = |s: &Sample| points(s).iter().all(|p| p.known().is_some());
    let mut seen = std::collections::HashSet::new();
    let mut found: BTreeMap<DroppedKind, usize> = BTreeMap::new();
    let mut missing = 0;
    for ours in &set.samples {
        let kept = !one_face
            || ((format != Format::Mtfl || complete(ours)) && seen.insert(ours.path.clone()));
        let theirs = again.samples.iter().find(|theirs| {
            let same = match copy {
                true => fs::read(&theirs.path).unwrap() == fs::read(&ours.path).unwrap(),
                false => real(&theirs.path) == real(&ours.path),
            };
            same && (one_face || theirs.face == ours.face)
        });
        let Some(theirs) = theirs.filter(|_| kept) else {
            missing += 1;
            continue;
        };
        for (kind, n) in differences((set, ours), (&again, theirs)) {
            *found.entry(kind).or_default() += n;
        }
    }
    assert_eq!(missing, lost_faces, "{format:?}: {listed:?}");
    for (kind, n) in found {
        let listed = listed.get(&kind).copied().unwrap_or(0);
        assert!(
            n <= listed,
            "{format:?}: {n} {kind:?} lost, {listed} listed"
        );
    }
}

pub fn pictures(root: &Path) -> PathBuf {
    let folder = root.join("pictures here");
    fs::create_dir(&folder).unwrap();
    for name in PICTURES {
        // A small file of a large picture, and what tells it from the others.
        fs::write(folder.join(name), [PIXEL, name.as_bytes()].concat()).unwrap();
    }
    folder
}

pub const PIXEL: &[u8] =
    b"GIF89a\0\x08\0\x08\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read_again(
        looks in prop::collection::vec(look(), 1..9), copy: bool,
    ) {
        let root = tempfile::tempdir().unwrap();
        let folder = pictures(root.path());
        let set = set(&looks, &folder);
        for format in Format::ALL {
            there_and_back(&set, std::slice::from_ref(&folder), format, copy, root.path());
        }
    }
}

#[test]
fn formats_that_hold_everything_say_so() {
    let root = tempfile::tempdir().unwrap();
    let folder = pictures(root.path());
    let look = Look {
        picture: 0,
        points: vec![(10.0, 20.0, 2); 5],
        attributes: vec![1; 40],
        sides: [1.0, 2.0, 30.0, 40.0],
        whole_pixels: true,
        box_kind: 2,
        split: 1,
        identity: 1,
        columns: [0; 3],
    };
    let set = set(&[look], &folder);
    let kinds = |format| -> Vec<DroppedKind> {
        export::dropped(&set, &Sources::default(), format)
            .iter()
            .map(|l| l.kind)
            .collect()
    };
    for format in [
        Format::Celeba,
        Format::CelebaCsv,
        Format::Coco,
        Format::FacesCsv,
    ] {
        assert_eq!(kinds(format), [], "{format:?}");
    }
    assert_eq!(
        kinds(Format::Labelme),
        [DroppedKind::Identities, DroppedKind::Splits]
    );
    let pts = [
        DroppedKind::Attributes,
        DroppedKind::Boxes,
        DroppedKind::Identities,
        DroppedKind::Splits,
    ];
    assert_eq!(kinds(Format::Pts), pts);
}

/// A folder in CelebA's layout, as the originals are written.
fn celeba(root: &Path, tables: &[(&str, &str)], pictures: &[&str]) -> PathBuf {
    let folder = root.join("celeba");
    for (name, text) in tables {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for name in pictures {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

const ALIGNED: [(&str, &str); 4] = [
    (
        "Anno/list_attr_celeba.txt",
        "3\n5_o_Clock_Shadow Arched_Eyebrows Smiling Young \n000001.jpg -1  1  1 -1\n\
         000002.jpg -1 -1 -1  1\n101283.jpg  1 -1  1  1\n",
    ),
    (
        "Anno/list_landmarks_align_celeba.txt",
        "3\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y \
         rightmouth_x rightmouth_y \n\
         000001.jpg 69  109  106  113   77  142   73  152  108  154\n\
         000002.jpg 69  110  107  112   81  135   70  151  108  153\n\
         101283.jpg 76  112  104  106  108  128   74  156   98  158\n",
    ),
    (
        "Anno/identity_CelebA.txt",
        "000001.jpg 2880\n000002.jpg 2937\n101283.jpg 8692\n",
    ),
    (
        "Eval/list_eval_partition.txt",
        "000001.jpg 0\n000002.jpg 1\n101283.jpg 2\n",
    ),
];

const WILD: [(&str, &str); 3] = [
    (
        "Anno/list_bbox_celeba.txt",
        "3\nimage_id x_1 y_1 width height\n000001.jpg    95  71 226 313\n\
         000002.jpg    72  94 221 306\n101283.jpg     0   0   0   0\n",
    ),
    (
        "Anno/list_landmarks_celeba.txt",
        "3\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y \
         rightmouth_x rightmouth_y \n\
         000001.jpg 165  184  244  176  196  249  194  271  266  260\n\
         000002.jpg 140  204  220  204  168  254  146  289  226  289\n\
         101283.jpg 1244   104   264   105   263   121   235   134   251   140\n",
    ),
    (
        "Eval/list_eval_partition.txt",
        "000001.jpg 0\n000002.jpg 1\n101283.jpg 2\n",
    ),
];

const NAMES: [&str; 3] = ["000001.jpg", "000002.jpg", "101283.jpg"];

fn convert(from: &Path, format: Format, out: &Path) -> Dataset {
    let set = dataset::open(from, &Schema::face()).unwrap();
    let options = Options {
        format,
        copy_pictures: false,
        existing: Existing::Refuse,
    };
    let from = [from.to_owned()];
    let sources = Sources::of(&from, &set.schema, format);
    export::export(&set, &sources, out, options, |_| ()).unwrap();
    set
}

fn same_files(a: &Path, b: &Path, tables: &[(&str, &str)]) {
    for (name, _) in tables {
        let text = |folder: &Path| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(text(a), text(b), "{name}");
    }
}

#[test]
fn unedited_celeba_comes_out_byte_for_byte() {
    let in_folder = |folder: &str| NAMES.map(|n| format!("{folder}/{n}"));
    let aligned = in_folder("Img/img_align_celeba");
    let wild = in_folder("Img/img_celeba");
    // As such, with other line ends, and with spaces nobody expects.
    for change in [
        |t: &str| t.to_owned(),
        |t: &str| t.replace('\n', "\r\n"),
        |t: &str| t.replace(" -1", "   -1").trim_end().to_owned(),
    ] {
        for (tables, pictures) in [(&ALIGNED[..], &aligned), (&WILD[..], &wild)] {
            let root = tempfile::tempdir().unwrap();
            let texts: Vec<String> = tables.iter().map(|(_, text)| change(text)).collect();
            let tables: Vec<_> = tables
                .iter()
                .zip(&texts)
                .map(|(t, s)| (t.0, &**s))
                .collect();
            let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
            let folder = celeba(root.path(), &tables, &names);
            let out = root.path().join("out");
            let set = convert(&folder, Format::Celeba, &out);
            assert_eq!(set.samples.len(), 3);
            same_files(&folder, &out, &tables);
        }
    }
}

#[test]
fn a_new_celeba_has_the_originals_columns() {
    let root = tempfile::tempdir().unwrap();
    let pictures = NAMES.map(|n| format!("Img/img_align_celeba/{n}"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &ALIGNED, &names);
    // By way of another format, so that no line can be taken over.
    convert(&folder, Format::FacesCsv, &root.path().join("csv"));
    convert(
        &root.path().join("csv"),
        Format::Celeba,
        &root.path().join("out"),
    );
    same_files(&folder, &root.path().join("out"), &ALIGNED);
}

#[test]
fn celebas_csv_form_is_read_and_comes_out_byte_for_byte() {
    let tables = [
        (
            "list_attr_celeba.csv",
            "image_id,Smiling,Young,Masked\n000001.jpg,-1,1,1\n000002.jpg,1,1,-1\n",
        ),
        (
            "list_landmarks_align_celeba.csv",
            "image_id,lefteye_x,lefteye_y,righteye_x,righteye_y,nose_x,nose_y,leftmouth_x,\
             leftmouth_y,rightmouth_x,rightmouth_y\n\
             000001.jpg,69,109,106,113,77,142,73,152,108,154\n",
        ),
        (
            "list_eval_partition.csv",
            "image_id,partition\n000001.jpg,0\n000002.jpg,2\n",
        ),
    ];
    let root = tempfile::tempdir().unwrap();
    // Unpacked into a folder of its own name.
    let pictures = NAMES.map(|n| format!("img_align_celeba/img_align_celeba/{n}"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &tables, &names);
    let out = root.path().join("out");
    let set = convert(&folder, Format::CelebaCsv, &out);
    assert_eq!(set.samples.len(), 2);
    let [unlisted] = &set.problems[..] else {
        panic!("{:?}", set.problems)
    };
    assert!(unlisted.what.contains("1 picture has no row"), "{unlisted}");
    assert_eq!(set.samples[0].annotation.known(0), 5);
    assert_eq!(set.samples[1].split, Some(Split::Test));
    assert_eq!(
        set.columns,
        ["Masked"],
        "a column that is none of the schema's is kept"
    );
    same_files(&folder, &out, &tables);
    // One of its tables names the whole.
    let by_table = dataset::open(&folder.join("list_attr_celeba.csv"), &Schema::face()).unwrap();
    assert_eq!(by_table.samples.len(), 2);
}

#[test]
fn only_lines_that_changed_are_written_anew() {
    let root = tempfile::tempdir().unwrap();
    let pictures = NAMES.map(|n| format!("Img/img_align_celeba/{n}"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let odd = ALIGNED.map(|(name, text)| (name, text.replace("000001.jpg ", "000001.jpg   ")));
    let tables: Vec<_> = odd.iter().map(|(name, text)| (*name, &**text)).collect();
    let folder = celeba(root.path(), &tables, &names);
    let mut set = dataset::open(&folder, &Schema::face()).unwrap();
    if let TaskLabels::Binary(values) = &mut set.samples[1].annotation.tasks[1] {
        values[0] = Presence::Present;
    }
    let out = root.path().join("out");
    let options = Options {
        format: Format::Celeba,
        copy_pictures: true,
        existing: Existing::Refuse,
    };
    let folder = [folder];
    let sources = Sources::of(&folder, &set.schema, options.format);
    export::export(&set, &sources, &out, options, |_| ()).unwrap();
    let text = fs::read_to_string(out.join("Anno/list_attr_celeba.txt")).unwrap();
    let expected = odd[0].1.replace("000002.jpg -1 -1", "000002.jpg  1 -1");
    assert_eq!(text, expected);
}

#[test]
fn the_box_of_no_size_is_named_and_the_rest_of_its_row_kept() {
    let root = tempfile::tempdir().unwrap();
    let wild = NAMES.map(|n| format!("Img/img_celeba/{n}"));
    let names: Vec<&str> = wild.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &WILD, &names);
    let set = dataset::open(&folder, &Schema::face()).unwrap();
    let [problem] = &set.problems[..] else {
        panic!("{:?}", set.problems)
    };
    let output = problem.to_string();
    assert!(
        output.contains("list_bbox_celeba.txt:5: 101283.jpg: a box of 0 by 0"),
        "{output}"
    );
    let last = &set.samples[2];
    assert_eq!(
        (last.face_box, last.annotation.known(0), last.split),
        (None, 5, Some(Split::Test))
    );
    assert_eq!(set.samples[0].region().unwrap().1, BoxSource::DataSet);
}

#[test]
fn either_kind_of_celebas_pictures_can_be_opened() {
    let root = tempfile::tempdir().unwrap();
    let all = [&ALIGNED[..], &WILD[..2]].concat();
    let pictures = ["img_align_celeba", "img_celeba"].map(|f| format!("Img/{f}/000001.jpg"));
    let names: Vec<&str> = pictures.iter().map(String::as_str).collect();
    let folder = celeba(root.path(), &all, &names);
    let open = |path: &Path| {
        let set = dataset::open(path, &Schema::face()).unwrap();
        let output = set
            .problems
            .iter()
            .any(|p| p.what.contains("both kinds of pictures"));
        assert!(output, "{:?}", set.problems);
        points(&set.samples[0])[0].at
    };
    assert_eq!(open(&folder), [69.5, 109.5]);
    assert_eq!(open(&folder.join("Img/img_celeba")), [165.5, 184.5]);
    assert_eq!(open(&folder.join("Img/img_align_celeba")), [69.5, 109.5]);
    assert_eq!(
        open(&folder.join("Anno/list_bbox_celeba.txt")),
        [165.5, 184.5]
    );
}

#[test]
fn a_target_that_is_taken_or_the_source_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = pictures(root.path());
    let check = |out: &Path, force| {
        let existing = if force {
            Existing::Overwrite
        } else {
            Existing::Refuse
        };
        export::check_target(out, std::slice::from_ref(&folder), existing)
    };
    assert!(check(&root.path().join("new/deep"), false).is_ok());
    for out in [&folder, &folder.join("inside"), root.path()] {
        let error = check(out, true).unwrap_err().to_string();
        assert!(
            error.contains("the data set that is read lies there"),
            "{error}"
        );
    }
    let full = root.path().join("full");
    fs::create_dir(&full).unwrap();
    assert!(check(&full, false).is_ok(), "an empty folder is free");
    fs::write(full.join("mine.txt"), "mine").unwrap();
    let error = check(&full, false).unwrap_err().to_string();
    assert!(error.contains("--force"), "{error}");
    assert!(check(&full, true).is_ok());
    assert!(check(&full.join("mine.txt"), true).is_err());
}

#[test]
fn forced_into_a_folder_only_files_of_the_same_name_are_replaced() {
    let root = tempfile::tempdir().unwrap();
    let folder = pictures(root.path());
    let out = root.path().join("full");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("mine.txt"), "mine").unwrap();
    fs::write(out.join("faces.csv"), "old").unwrap();
    let set = dataset::open(&folder, &Schema::face()).unwrap();
    let options = Options {
        format: Format::FacesCsv,
        copy_pictures: true,
        existing: Existing::Overwrite,
    };
    let sources = Sources::of(std::slice::from_ref(&folder), &set.schema, options.format);
    export::export(&set, &sources, &out, options, |_| ()).unwrap();
    assert_eq!(fs::read_to_string(out.join("mine.txt")).unwrap(), "mine");
    let again = dataset::open(&out, &Schema::face()).unwrap();
    assert_eq!(again.samples.len(), PICTURES.len());
    let left: Vec<_> = fs::read_dir(root.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "nothing half done is left: {left:?}");
}

#[test]
fn aligned_pictures_may_be_png_under_their_jpeg_names() {
    let root = tempfile::tempdir().unwrap();
    let pictures = ["Img/img_align_celeba_png/000001.png"];
    let folder = celeba(root.path(), &ALIGNED, &pictures);
    let set = dataset::open(&folder, &Schema::face()).unwrap();
    let [sample] = &set.samples[..] else {
        panic!("{:?}", set.problems)
    };
    assert!(sample.path.ends_with("000001.png"));
    assert_eq!(points(sample)[0].at, [69.5, 109.5]);
    assert_eq!(set.problems.len(), 2, "the others are missing");
}

#[test]
fn what_was_read_is_not_read_again_to_say_what_is_dropped() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    fs::create_dir(&folder).unwrap();
    image::RgbImage::new(40, 30)
        .save(folder.join("a.png"))
        .unwrap();
    let file = r#"{"imagePath": "a.png", "rating": 5, "shapes": [
        {"label": "nose", "shape_type": "point", "points": [[9, 9]], "description": "sharp",
         "score": 0.5, "flags": {"occluded": true}},
        {"label": "hat", "shape_type": "polygon", "points": [[1, 1], [9, 1], [5, 9]],
         "difficult": true, "mask": null}]}"#;
    fs::write(folder.join("a.json"), file).unwrap();
    let set = dataset::open(&folder, &Schema::face()).unwrap();
    let folders = [folder.clone()];
    let sources = Sources::of(&folders, &set.schema, Format::Labelme);
    fs::remove_file(folder.join("a.json")).unwrap();
    assert_eq!(export::keeps_files(&set, &sources), 1);
    assert!(export::dropped(&set, &sources, Format::Labelme).is_empty());
    let dropped = export::dropped(&set, &sources, Format::FacesCsv);
    let found = |kind| dropped.iter().find(|d| d.kind == kind).map(|d| d.count);
    for (kind, count) in [
        (DroppedKind::Descriptions, Some(1)),
        (DroppedKind::Shapes, Some(1)),
        (DroppedKind::Entries, Some(3)),
        (DroppedKind::Flags, None),
    ] {
        assert_eq!(found(kind), count, "{kind:?}: {dropped:?}");
    }
}
