//! Mended labels are written so that they are read again as they are, and what was not mended stays as
//! its file has it, in every format.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value as Json;
use smn_studio::dataset::export::{self, Existing, Format, Options, Sources};
use smn_studio::dataset::{self, BoxSource, Dataset, Sample};
use smn_studio::label::{
    FaceBox, PointLabel, PointState, Presence, Provenance, Schema, TaskLabels,
};

use crate::cli;
use crate::formats::{PIXEL, attributes, look, pictures, points, set, there_and_back};

fn opened(path: &Path) -> Dataset {
    dataset::open(path, &Schema::face()).unwrap()
}

fn options(format: Format) -> Options {
    Options {
        format,
        copy_pictures: false,
        existing: Existing::Refuse,
    }
}

/// Writes a set that was read from a path.
fn write(set: &Dataset, from: &Path, format: Format, out: &Path) {
    let from = [from.to_owned()];
    let sources = Sources::of(&from, &set.schema, format);
    let problems = export::export(set, &sources, out, options(format), |_| ()).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
}

fn set_point(sample: &mut Sample, item: usize, label: PointLabel) {
    if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
        points[item] = label;
    }
}

fn set_attribute(sample: &mut Sample, name: &str, value: Presence) {
    let at = Schema::face().tasks[1].items().position(|n| n == name);
    if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
        values[at.unwrap()] = value;
    }
}

/// What somebody changes of a face.
#[derive(Clone, Copy, Debug)]
enum Mend {
    Point(usize, u8),
    Attribute(usize, u8),
    Box,
}

fn mends() -> impl Strategy<Value = Vec<(usize, Mend)>> {
    let mend = prop_oneof![
        (0usize..5, 0u8..3).prop_map(|(item, to)| Mend::Point(item, to)),
        (0usize..40, 0u8..3).prop_map(|(item, to)| Mend::Attribute(item, to)),
        Just(Mend::Box),
    ];
    prop::collection::vec((0usize..9, mend), 0..5)
}

fn mend(set: &mut Dataset, mends: &[(usize, Mend)]) {
    let count = set.samples.len();
    for (n, (face, mend)) in mends.iter().enumerate() {
        let sample = &mut set.samples[face % count];
        match mend {
            Mend::Point(item, to) => {
                let at = [100.25 + n as f32, 50.5 + *item as f32];
                let states = [
                    PointState::Unknown,
                    PointState::Occluded,
                    PointState::Visible,
                ];
                let state = states[*to as usize];
                set_point(sample, *item, PointLabel { at, state });
            }
            Mend::Attribute(item, to) => {
                if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
                    let all = [Presence::Unknown, Presence::Absent, Presence::Present];
                    values[*item] = all[*to as usize];
                }
            }
            Mend::Box => {
                let face_box = FaceBox::new(10.5, 20.25, 300.0 + n as f32, 400.75);
                sample.face_box = Some((face_box, BoxSource::DataSet));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]
    #[test]
    fn mended_sets_of_every_format_are_read_again_in_every_format(
        looks in prop::collection::vec(look(), 1..5), mends in mends(),
    ) {
        let root = tempfile::tempdir().unwrap();
        let folder = pictures(root.path());
        let first = set(&looks, &folder);
        for from in Format::ALL {
            let source = root.path().join(format!("from {from:?}"));
            write(&first, &folder, from, &source);
            let Ok(mut read) = dataset::open(&source, &Schema::face()) else {
                continue;
            };
            mend(&mut read, &mends);
            let out = root.path().join(format!("of {from:?}"));
            fs::create_dir(&out).unwrap();
            for format in Format::ALL {
                let sources = std::slice::from_ref(&source);
                there_and_back(&read, sources, format, false, &out);
            }
        }
    }
}

/// A folder with pictures.
fn with_pictures(folder: &Path, names: &[&str]) {
    fs::create_dir_all(folder).unwrap();
    for name in names {
        fs::write(folder.join(name), [PIXEL, name.as_bytes()].concat()).unwrap();
    }
}

fn json(path: &Path) -> Json {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The members of an object but for some.
fn but(object: &Json, left_out: &[&str]) -> Json {
    let mut object = object.clone();
    for name in left_out {
        object.as_object_mut().unwrap().remove(*name);
    }
    object
}

#[test]
fn a_coco_file_has_what_was_mended_and_keeps_all_else() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    with_pictures(&folder, &["a.png", "b.png"]);
    let face = |id: u32, image: u32, x: f32| {
        format!(
            r#"{{"id": {id}, "image_id": {image}, "category_id": 3, "iscrowd": 0, "score": 0.5,
            "bbox": [{x}, 20, 30, 40.5], "area": 7, "segmentation": [[1, 2, 3]],
            "keypoints": [{x}, 25, 2, 50, 35.25, 1, 9, 9, 2], "num_keypoints": 3,
            "attributes": {{"smiling": true, "mood": "odd"}}}}"#
        )
    };
    let file = format!(
        r#"{{"mine": {{"a": 1}}, "licenses": [{{"id": 1}}],
        "images": [{{"id": 1, "file_name": "a.png", "coco_url": "x", "width": 2048, "height": 2048}},
                   {{"id": 2, "file_name": "b.png", "width": 2048, "height": 2048}}],
        "annotations": [{}, {}, {}],
        "categories": [{{"id": 3, "name": "face", "colour": "red",
                         "keypoints": ["left_eye", "nose", "chin"]}}]}}"#,
        face(10, 1, 11.5),
        face(12, 2, 60.0),
        face(11, 1, 300.0)
    );
    fs::write(folder.join("faces.json"), file).unwrap();
    let mut set = opened(&folder);
    let at = set
        .samples
        .iter()
        .position(|s| s.number == Some(11))
        .unwrap();
    set_point(&mut set.samples[at], 2, PointLabel::visible([70.75, 80.5]));
    set_attribute(&mut set.samples[at], "Smiling", Presence::Absent);
    set_attribute(&mut set.samples[at], "Young", Presence::Present);
    let face_box = FaceBox::new(301.0, 21.0, 31.0, 41.0);
    set.samples[at].face_box = Some((face_box, BoxSource::DataSet));
    // And a face that somebody drew.
    let mut drawn = Sample::unlabelled(&set.samples[at].path, &set.schema);
    drawn.face = 2;
    drawn.face_box = Some((FaceBox::new(500.0, 20.0, 30.0, 40.0), BoxSource::DataSet));
    set.samples.push(drawn);
    let out = root.path().join("out");
    write(&set, &folder, Format::Coco, &out);
    let [before, after] =
        [folder.join("faces.json"), out.join("annotations.json")].map(|p| json(&p));
    let lists = ["images", "annotations"];
    assert_eq!(but(&before, &lists), but(&after, &lists));
    for (before, after) in before["images"]
        .as_array()
        .unwrap()
        .iter()
        .zip(after["images"].as_array().unwrap())
    {
        assert_eq!(*before, but(after, &["source_path"]));
    }
    let faces = |file: &Json| file["annotations"].as_array().unwrap().clone();
    let (before, after) = (faces(&before), faces(&after));
    assert_eq!(after.len(), 4);
    assert_eq!(before[..2], after[..2], "not mended");
    let mended = ["bbox", "area", "keypoints", "attributes", "num_keypoints"];
    assert_eq!(but(&before[2], &mended), but(&after[2], &mended));
    assert_eq!(
        after[2]["keypoints"],
        serde_json::json!([300, 25, 2, 70.25, 80, 2, 9, 9, 2])
    );
    assert_eq!(after[2]["bbox"], serde_json::json!([301, 21, 31, 41]));
    assert_eq!(
        after[2]["attributes"],
        serde_json::json!({"smiling": false, "mood": "odd", "Young": true})
    );
    assert_eq!(after[3]["id"], 13);
    assert_eq!(opened(&out).samples.len(), 4);
}

#[test]
fn labelmes_files_have_what_was_mended_and_keep_all_else() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    with_pictures(&folder, &["a.png"]);
    let file = r#"{"version": "4.0", "mine": 1, "flags": {"Young": true, "blurred": true},
        "shapes": [
        {"label": "hat", "shape_type": "polygon", "points": [[1, 1], [9, 1], [5, 9]], "difficult": true},
        {"label": "nose", "shape_type": "point", "points": [[40, 41]], "group_id": null,
         "description": "sharp", "flags": {"sure": true}},
        {"label": "left_eye", "shape_type": "point", "points": [[30, 31]], "group_id": null,
         "flags": {"occluded": true}}],
        "imagePath": "a.png", "imageWidth": 2048, "imageHeight": 2048, "imageData": null}"#;
    fs::write(folder.join("a.json"), file).unwrap();
    let read = opened(&folder);
    let mended = |change: &dyn Fn(&mut Dataset), name: &str| {
        let mut set = opened(&folder);
        change(&mut set);
        let out = root.path().join(name);
        write(&set, &folder, Format::Labelme, &out);
        let again = opened(&out);
        assert!(
            again.problems.iter().all(|p| p.what.contains("hat")),
            "{:?}",
            again.problems
        );
        (json(&out.join("a.json")), again, set)
    };
    let before = json(&folder.join("a.json"));
    let (after, again, set) = mended(
        &|set| {
            set_point(&mut set.samples[0], 0, PointLabel::visible([33.5, 31.0]));
            set_attribute(&mut set.samples[0], "Young", Presence::Absent);
            set_attribute(&mut set.samples[0], "Male", Presence::Present);
        },
        "one",
    );
    assert_eq!(again.samples[0].annotation, set.samples[0].annotation);
    assert_eq!(
        but(&before, &["flags", "shapes"]),
        but(&after, &["flags", "shapes"])
    );
    assert_eq!(
        after["flags"],
        serde_json::json!({"Young": false, "blurred": true, "Male": true})
    );
    assert_eq!(before["shapes"][0], after["shapes"][0]);
    assert_eq!(before["shapes"][1], after["shapes"][1]);
    assert_eq!(
        after["shapes"][2]["points"],
        serde_json::json!([[33.5, 31]])
    );
    // A second face: what the picture's flags said of the first one goes to a shape of its own, and no
    // point has it.
    let (after, again, set) = mended(
        &|set| {
            let mut drawn = Sample::unlabelled(&set.samples[0].path, &set.schema);
            drawn.face = 1;
            drawn.columns = vec!["".into(); set.columns.len()];
            drawn.face_box = Some((FaceBox::new(500.0, 20.0, 30.0, 40.0), BoxSource::DataSet));
            set_attribute(&mut drawn, "Smiling", Presence::Present);
            set.samples.push(drawn);
        },
        "two",
    );
    assert_eq!(again.samples.len(), 2);
    for (ours, theirs) in set.samples.iter().zip(&again.samples) {
        assert_eq!(ours.annotation, theirs.annotation);
        assert_eq!((ours.face, ours.face_box), (theirs.face, theirs.face_box));
    }
    let shapes = after["shapes"].as_array().unwrap();
    for shape in shapes.iter().filter(|shape| shape["shape_type"] == "point") {
        let flags = shape["flags"].as_object().unwrap();
        assert!(
            flags
                .keys()
                .all(|name| name == "occluded" || name == "sure"),
            "{flags:?}"
        );
    }
    // The same faces written anew.
    let out = root.path().join("anew");
    let problems = export::export(
        &set,
        &Sources::default(),
        &out,
        options(Format::Labelme),
        |_| (),
    );
    assert!(problems.unwrap().is_empty());
    let anew = opened(&out);
    let faces = |set: &Dataset| {
        set.samples
            .iter()
            .map(|s| (s.face, s.face_box, s.annotation.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(faces(&anew), faces(&set));
    assert_eq!(read.samples.len(), 1);
}

#[test]
fn a_table_keeps_every_line_but_that_of_the_mended_face() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    with_pictures(&folder, &["a.png", "b.png", "c.png"]);
    let table = "who;image; nose_x;nose_y;Bald;Young;note\r\n\
                 1;a.png;\"10.50\";11,25;0;1;\"a; b\"\r\n\
                 2; b.png ;20.0;21;1;;x\r\n\
                 3;c.png;30;31.000;0;0; \r\n";
    fs::write(folder.join("faces.csv"), table).unwrap();
    let mut set = opened(&folder);
    set_point(&mut set.samples[1], 2, PointLabel::visible([20.5, 33.25]));
    set_attribute(&mut set.samples[1], "Bald", Presence::Absent);
    set_attribute(&mut set.samples[1], "Young", Presence::Present);
    let out = root.path().join("out");
    write(&set, &folder, Format::FacesCsv, &out);
    let expected = table
        .replace("a.png", "../set/a.png")
        .replace(" b.png ;20.0;21;1;;x", "../set/b.png;20.0;32.75;0;1;x")
        .replace("c.png", "../set/c.png");
    assert_eq!(fs::read_to_string(out.join("faces.csv")).unwrap(), expected);
    // What the table has no column for follows behind; who set a label too.
    set_attribute(&mut set.samples[0], "Male", Presence::Present);
    let male = Schema::face().tasks[1]
        .items()
        .position(|n| n == "Male")
        .unwrap();
    let weights = Provenance::Accepted {
        weights: "w, \"x\"".into(),
        bulk: true,
    };
    set.samples[0]
        .annotation
        .provenance
        .insert((1, male), weights);
    let out = root.path().join("more");
    write(&set, &folder, Format::FacesCsv, &out);
    let text = fs::read_to_string(out.join("faces.csv")).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "who;image; nose_x;nose_y;Bald;Young;note;Male;Male_source"
    );
    assert!(lines[2].ends_with(";x;;"), "{text}");
    let again = opened(&out);
    for (ours, theirs) in set.samples.iter().zip(&again.samples) {
        assert_eq!(ours.annotation, theirs.annotation);
    }
}

#[test]
fn mtfls_lines_keep_what_was_not_mended() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    with_pictures(&folder, &["a b.png", "c.png"]);
    let text = " a b.png 106.75 147.750 129.25 108.25 144.75 108.25 112.25 124.25  148.25 152.25 1 2 2 3\n\
                 c.png 10 50 30.00 12 48 20 20 40 60 60 2 2 1 4\r\n";
    fs::write(folder.join("training.txt"), text).unwrap();
    let mut set = opened(&folder);
    set_attribute(&mut set.samples[1], "Smiling", Presence::Present);
    set_point(&mut set.samples[1], 0, PointLabel::visible([11.0, 19.5]));
    let out = root.path().join("out");
    write(&set, &folder, Format::Mtfl, &out);
    let expected = text
        .replace("a b.png", "../set/a b.png")
        .replace("c.png 10", "../set/c.png 11.5")
        .replace("60 2 2 1", "60 2 1 1");
    assert_eq!(
        fs::read_to_string(out.join("training.txt")).unwrap(),
        expected
    );
}

#[test]
fn a_folder_is_read_where_it_was_moved_with_its_pictures() {
    let root = tempfile::tempdir().unwrap();
    let all = root.path().join("all");
    let folder = all.join("set");
    with_pictures(&folder, &["a.png", "b.png"]);
    let table = "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,left_mouth_x,\
                 left_mouth_y,right_mouth_x,right_mouth_y,Male\n";
    let row = |name: &str| format!("{name},10,10,30,10,20,20,12,30,28,30,1\n");
    let table = format!("{table}{}{}", row("a.png"), row("b.png"));
    fs::write(folder.join("faces.csv"), table).unwrap();
    let set = opened(&folder);
    for format in Format::ALL {
        write(&set, &folder, format, &all.join(format!("{format:?}")));
    }
    let moved = root.path().join("elsewhere").join("deeper");
    fs::create_dir(moved.parent().unwrap()).unwrap();
    fs::rename(&all, &moved).unwrap();
    for format in Format::ALL {
        let again = opened(&moved.join(format!("{format:?}")));
        assert_eq!(again.samples.len(), 2, "{format:?}: {:?}", again.problems);
        assert!(
            again.problems.is_empty(),
            "{format:?}: {:?}",
            again.problems
        );
        for (ours, theirs) in set.samples.iter().zip(&again.samples) {
            assert_eq!(points(ours), points(theirs), "{format:?}");
            assert!(theirs.load().is_ok(), "{format:?}: the picture");
        }
    }
}

#[test]
fn an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let folder = root.join("set");
    with_pictures(&folder, &["a.png"]);
    let table = |x: u32| format!("image,nose_x,nose_y,Male\na.png,{x},20,1\n");
    fs::write(folder.join("faces.csv"), table(10)).unwrap();
    let arguments = ["convert", "set", "--to", "pts", "--out", "out"];
    let (success, output) = cli::run(root, &arguments);
    assert!(success, "{output}");
    assert!(output.contains("all-labels.csv beside"), "{output}");
    let beside = opened(&root.join("out/all-labels.csv"));
    assert_eq!(
        attributes(&beside.samples[0]),
        attributes(&opened(&folder).samples[0])
    );
    assert_eq!(opened(&root.join("out")).samples.len(), 1);
    cli::fails(
        root,
        &arguments,
        &["an earlier export lies there", "--replace"],
    );
    fs::write(folder.join("faces.csv"), table(12)).unwrap();
    let replace = [&arguments[..], &["--replace"]].concat();
    let (success, output) = cli::run(root, &replace);
    assert!(success, "{output}");
    let beside = opened(&root.join("out/all-labels.csv"));
    assert_eq!(points(&beside.samples[0])[2].at, [12.5, 20.5]);
    fs::write(root.join("out/mine.txt"), "mine").unwrap();
    cli::fails(root, &replace, &["it holds mine.txt"]);
    fs::remove_file(root.join("out/mine.txt")).unwrap();
    // Never where the set's own pictures lie.
    let own: PathBuf = root.join("table.csv");
    fs::write(&own, "image,nose_x,nose_y\nout/a.png,1,2\n").unwrap();
    let arguments = [
        "convert",
        "table.csv",
        "--to",
        "faces-csv",
        "--out",
        "out",
        "--replace",
    ];
    cli::fails(root, &arguments, &["lie"]);
    assert!(root.join("out/a.png").exists());
}

#[test]
fn what_would_be_read_otherwise_is_not_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("set");
    with_pictures(&folder, &["a.png"]);
    let mut set = opened(&folder);
    // Less than half a pixel is none in CelebA's whole numbers.
    let face_box = FaceBox::new(10.0, 20.0, 0.3, 0.4);
    set.samples[0].face_box = Some((face_box, BoxSource::DataSet));
    let out = root.path().join("out");
    let written = |format| {
        let sources = Sources::default();
        export::export(&set, &sources, &out, options(format), |_| ())
    };
    let error = written(Format::Celeba).unwrap_err().to_string();
    assert!(error.contains("a.png: the face's box is"), "{error}");
    let left: Vec<_> = fs::read_dir(root.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "nothing half done is left: {left:?}");
}
