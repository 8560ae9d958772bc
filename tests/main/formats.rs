//! Every format there and back: what is read again is what was written, and where it differs the
//! list of what was dropped said so.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use smn_studio::dataset::export::{self, DroppedKind, Existing, Format, Options, Sources};
use smn_studio::dataset::{self, BoxSource, Dataset, Sample, Split};
use smn_studio::label::{FaceBox, PointLabel, PointState, Presence, Schema, TaskLabels};

use crate::formats_celeba::{ALIGNED, celeba};

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

pub fn convert(from: &Path, format: Format, out: &Path) -> Dataset {
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
