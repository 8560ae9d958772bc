//! Exports as other programs open them: what COCO's own tools need of every face, and labelme's
//! files beside their pictures.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use smn_studio::dataset::{self, Dataset};
use smn_studio::label::Schema;

use crate::cli::{photo, run};

fn open(path: &Path) -> Dataset {
    let set = dataset::open(path, &Schema::face()).unwrap();
    assert!(set.problems.is_empty(), "{:?}", set.problems);
    set
}

fn converted(folder: &Path, arguments: &[&str]) -> String {
    let (success, output) = run(folder, &[&["convert"], arguments].concat());
    assert!(success, "{output}");
    output
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Faces with a box and points, points alone, one point, attributes alone, and nothing.
const FACES: &str = "image,x,y,w,h,left_eye_x,left_eye_y,nose_x,nose_y,nose_state,Smiling\n\
    a.png,1,2,30,40,10,11,20,25.5,,1\n\
    b.png,,,,,10,11,20,25.5,occluded,\n\
    c.png,,,,,,,7,8,,-1\n\
    d.png,,,,,,,,,,1\n\
    e.png,,,,,,,,,,\n";

/// What pycocotools' `COCOeval` takes from each annotation, by its own names.
fn check_as_coco_reads_it(file: &Value) {
    let list = |key: &str| file[key].as_array().unwrap().clone();
    let id = |v: &Value| v["id"].as_u64().unwrap();
    let images: Vec<u64> = list("images").iter().map(id).collect();
    assert!(file["info"].is_object() && list("licenses").is_empty());
    let categories = list("categories");
    let names = categories[0]["keypoints"].as_array().unwrap().len();
    let mut seen = std::collections::HashSet::new();
    for face in list("annotations") {
        assert!(id(&face) > 0 && seen.insert(id(&face)), "{face}");
        assert!(images.contains(&face["image_id"].as_u64().unwrap()));
        assert_eq!(face["category_id"], categories[0]["id"]);
        assert_eq!(face["iscrowd"], 0);
        let bbox: Vec<f64> = face["bbox"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_f64().unwrap())
            .collect();
        assert_eq!(bbox.len(), 4);
        let area = face["area"].as_f64().unwrap();
        assert!((area - bbox[2] * bbox[3]).abs() < 1e-3, "{face}");
        let keypoints = face["keypoints"].as_array().unwrap();
        assert_eq!(keypoints.len(), 3 * names);
        let known = keypoints.chunks(3).filter(|k| k[2].as_f64() > Some(0.0));
        let known: Vec<_> = known.collect();
        assert_eq!(face["num_keypoints"], known.len());
        for k in known.into_iter().filter(|_| area > 0.0) {
            for axis in [0, 1] {
                let at = k[axis].as_f64().unwrap();
                let inside = bbox[axis]..=bbox[axis] + bbox[axis + 2];
                let is_given = face.get("bbox_source").is_none();
                assert!(inside.contains(&at) || is_given, "{face}");
            }
        }
    }
}

#[test]
fn every_face_in_coco_has_what_cocos_own_tools_need() {
    let root = tempfile::tempdir().unwrap();
    let set = root.path().join("set");
    fs::create_dir(&set).unwrap();
    for name in ["a.png", "b.png", "c.png", "d.png", "e.png"] {
        photo(&set, name);
    }
    fs::write(set.join("faces.csv"), FACES).unwrap();
    converted(root.path(), &["set", "--to", "coco", "--out", "coco"]);
    let path = root.path().join("coco/annotations.json");
    let file = json(&path);
    check_as_coco_reads_it(&file);
    let face = |n: usize| &file["annotations"][n];
    assert_eq!(face(0)["bbox"], serde_json::json!([1, 2, 30, 40]));
    // The keypoints are pixels: from the left edge of the first to the right edge of the last.
    assert_eq!(face(1)["bbox"], serde_json::json!([10, 11, 11, 15.5]));
    assert_eq!(face(2)["bbox"], serde_json::json!([7, 8, 1, 1]));
    assert_eq!(face(4)["bbox"], serde_json::json!([0, 0, 0, 0]));

    // What is read again is what was there: an extent of points is no face's box.
    let (before, after) = (open(&set), open(&path));
    assert_eq!(after.samples.len(), 5);
    for (a, b) in before.samples.iter().zip(&after.samples) {
        assert_eq!(a.annotation.tasks, b.annotation.tasks);
        assert_eq!(a.face_box.map(|b| b.0), b.face_box.map(|b| b.0));
    }
}

/// Pictures in sub-folders, some of which have the same name or the same stem.
fn album(root: &Path) -> PathBuf {
    let set = root.join("album");
    let names = ["x/one.png", "y/one.png", "y/one.bmp", "two words.png"];
    let mut table = "image,Smiling,nose_x,nose_y\n".to_owned();
    for name in names {
        let path = set.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        photo(
            path.parent().unwrap(),
            &path.file_name().unwrap().to_string_lossy(),
        );
        table += &format!("{name},1,3,4\n");
    }
    fs::write(set.join("faces.csv"), table).unwrap();
    set
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all.sort();
    all
}

#[test]
fn labelme_finds_each_file_beside_its_picture() {
    let root = tempfile::tempdir().unwrap();
    album(root.path());
    for copy in [false, true] {
        let out = root.path().join(format!("labelme-{copy}"));
        let target = out.display().to_string();
        let mut arguments = vec!["album", "--to", "labelme", "--out", &target];
        arguments.extend(copy.then_some("--copy-pictures"));
        let output = converted(root.path(), &arguments);
        // Its label file would be that of one.bmp or of one.png.
        assert!(output.contains("get another name: 1"), "{output}");
        assert!(output.contains("→ y/one-2."), "{output}");
        let mut all = files(&out);
        // By which an export is known as one.
        all.retain(|f| !f.ends_with(".smn-studio-export"));
        let (labels, pictures): (Vec<_>, Vec<_>) = all
            .iter()
            .partition(|f| f.extension().is_some_and(|e| e == "json"));
        assert_eq!((labels.len(), pictures.len()), (4, 4), "{all:?}");
        for picture in pictures {
            assert_eq!(picture.is_symlink(), !copy && cfg!(unix), "{picture:?}");
            image::open(picture).unwrap();
            let label = json(&picture.with_extension("json"));
            let name = picture.file_name().unwrap().to_string_lossy();
            assert_eq!(label["imagePath"], *name, "opened from its own folder");
            assert_eq!(label["imageWidth"], 80);
            assert_eq!(label["shapes"][0]["label"], "nose");
        }
    }
}

#[test]
fn copies_keep_their_names_and_changed_ones_are_said() {
    let root = tempfile::tempdir().unwrap();
    album(root.path());
    let copy = |format: &str| {
        let arguments = ["album", "--to", format, "--out", format, "--copy-pictures"];
        converted(root.path(), &arguments)
    };
    let names = |format: &str| -> Vec<String> {
        let folder = root.path().join(format);
        let pictures = files(&folder)
            .into_iter()
            .filter(|f| image::open(f).is_ok());
        let below = pictures.map(|f| f.strip_prefix(&folder).unwrap().display().to_string());
        below.collect()
    };
    for format in ["coco", "faces-csv"] {
        let output = copy(format);
        assert!(!output.contains("another name"), "{output}");
        let kept = ["two words.png", "x/one.png", "y/one.bmp", "y/one.png"];
        assert_eq!(names(format), kept.map(|n| format!("pictures/{n}")));
        let set = open(&root.path().join(format));
        assert_eq!(set.samples.len(), 4);
    }
    let output = copy("celeba");
    assert!(output.contains("get another name: 3"), "{output}");
    for part in ["two words.png → two_words.png", "→ one-2.", "→ one-3."] {
        assert!(output.contains(part), "{part}: {output}");
    }
}

#[test]
fn drawn_faces_are_exported_with_their_pictures() {
    let root = tempfile::tempdir().unwrap();
    for format in [
        "celeba",
        "celeba-csv",
        "mtfl",
        "pts",
        "coco",
        "labelme",
        "faces-csv",
    ] {
        converted(
            root.path(),
            &["synthetic:3@5", "--to", format, "--out", format],
        );
        let set = open(&root.path().join(format));
        assert_eq!(set.samples.len(), 3, "{format}");
        for sample in &set.samples {
            let picture = sample.load().unwrap().image;
            assert_eq!(picture.dimensions(), (240, 300), "{format}");
        }
    }
    check_as_coco_reads_it(&json(&root.path().join("coco/annotations.json")));
}

/// A file of another program: ids, categories, order of points and fields of its own.
const THEIRS: &str = r#"{"info": {"year": 2024}, "licenses": [{"id": 3}],
  "images": [
    {"id": 907, "file_name": "b.png", "width": 60, "height": 80, "flickr_url": "u", "license": 3},
    {"id": "12", "file_name": "sub/a.png", "width": 60, "height": 80},
    {"id": 5, "file_name": "gone.png"},
    {"id": 4, "file_name": "c.png"}],
  "categories": [
    {"id": 9, "name": "dog"},
    {"id": 21, "name": "portrait", "keypoints": ["chin", "nose", "right_eye", "left_eye"],
     "skeleton": [[2, 3]]}],
  "annotations": [
    {"id": 70, "image_id": 12, "category_id": 21.0, "bbox": [1, 2, 30.25, 40], "area": 333.5,
     "iscrowd": 0, "keypoints": [9, 50, 2, 20.3, 30, 1, 10, 20, 2, 30, 20, 2], "num_keypoints": 4,
     "segmentation": [[1, 2, 3, 4, 5, 6]], "attributes": {"Smiling": true, "worker": "k"}},
    {"id": 71, "image_id": 907, "category_id": 9, "bbox": [1, 2, 3, 4]},
    {"id": 3, "image_id": 907, "category_id": 21, "keypoints":
      [9, 50, 2, "20", 30, 1, null, null, null, 30, NaN, 2]},
    {"id": 8, "image_id": 907, "category_id": 21, "bbox": [40, 9, -30, 8],
     "keypoints": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}]}"#;

#[test]
fn coco_of_one_coco_file_keeps_what_is_its_own() {
    let root = tempfile::tempdir().unwrap();
    let set = root.path().join("set");
    fs::create_dir_all(set.join("sub")).unwrap();
    for name in ["sub/a.png", "b.png", "c.png"] {
        photo(&set, name);
    }
    let source = set.join("theirs.json");
    fs::write(&source, THEIRS).unwrap();
    for (from, out, copied) in [
        ("set/theirs.json", "one", false),
        ("set", "two", false),
        ("set", "three", true),
    ] {
        let mut arguments = vec![from, "--to", "coco", "--out", out];
        arguments.extend(copied.then_some("--copy-pictures"));
        let said = converted(root.path(), &arguments);
        assert!(said.contains("stay as they are"), "{said}");
        assert!(!said.contains("numbered anew"), "{said}");
        let path = root.path().join(out).join("annotations.json");
        let file = json(&path);
        assert_eq!(file["info"]["year"], 2024);
        let image = |n: usize| &file["images"][n];
        let ids: Vec<_> = (0..3).map(|n| image(n)["id"].clone()).collect();
        assert_eq!(serde_json::json!(ids), serde_json::json!([907, "12", 4]));
        assert_eq!(image(0)["flickr_url"], "u");
        let name = if copied {
            "pictures/sub/a.png"
        } else {
            "sub/a.png"
        };
        assert_eq!(image(1)["file_name"], name);
        assert_eq!(
            file["categories"][1]["skeleton"],
            serde_json::json!([[2, 3]])
        );
        let faces = file["annotations"].as_array().unwrap();
        let ids: Vec<_> = faces.iter().map(|face| face["id"].clone()).collect();
        assert_eq!(serde_json::json!(ids), serde_json::json!([70, 3, 8]));
        // The point that this program does not have, and fields of others, stay.
        let numbers = serde_json::json!([9, 50, 2, 20.3, 30, 1, 10, 20, 2, 30, 20, 2]);
        assert_eq!(faces[0]["keypoints"], numbers);
        assert_eq!(faces[0]["image_id"], "12");
        assert_eq!(faces[0]["category_id"], 21);
        assert_eq!(faces[0]["area"], 333.5);
        assert_eq!(faces[0]["attributes"]["worker"], "k");
        assert!(faces[0]["segmentation"].is_array());
        // What COCO's own tools cannot read is unknown.
        let numbers = serde_json::json!([9, 50, 2, 20, 30, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(faces[1]["keypoints"], numbers);
        assert_eq!(faces[1]["num_keypoints"], 2);
        assert_eq!(faces[1]["bbox"], serde_json::json!([9, 30, 12, 21]));
        assert_eq!(faces[2]["bbox"], serde_json::json!([10, 9, 30, 8]));
        // And what is read again is what was there.
        let read = |path: &Path| dataset::open_all(&[path.to_owned()], &Schema::face()).unwrap();
        let (before, after) = (read(&source), read(&path));
        assert_eq!(
            after.samples.len(),
            before.samples.len(),
            "{:?}",
            after.problems
        );
        for (a, b) in before.samples.iter().zip(&after.samples) {
            assert_eq!(a.annotation.tasks, b.annotation.tasks);
            assert_eq!(a.face_box.map(|b| b.0), b.face_box.map(|b| b.0));
            assert_eq!(a.name(), b.name());
        }
    }
    // Of two files, and of one whose ids do not tell, they are counted anew, and that is said.
    fs::write(set.join("more.json"), THEIRS.replace("907", "908")).unwrap();
    let said = converted(root.path(), &["set", "--to", "coco", "--out", "both"]);
    assert!(said.contains("numbered anew"), "{said}");
    fs::remove_file(set.join("more.json")).unwrap();
    fs::write(&source, THEIRS.replace("\"id\": 71", "\"id\": 70")).unwrap();
    let said = converted(root.path(), &["set", "--to", "coco", "--out", "twice"]);
    assert!(said.contains("numbered anew"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_name_of_two_lines_is_held_by_json_and_said_of_tables() {
    let root = tempfile::tempdir().unwrap();
    let set = root.path().join("set");
    fs::create_dir(&set).unwrap();
    photo(&set, "a.png");
    fs::rename(set.join("a.png"), set.join("a\nb.png")).unwrap();
    let table = "image,nose_x,nose_y\n\"a\nb.png\",7,8\n";
    fs::write(set.join("faces.csv"), table).unwrap();
    for format in ["coco", "labelme"] {
        converted(root.path(), &["set", "--to", format, "--out", format]);
        assert_eq!(open(&root.path().join(format)).samples.len(), 1, "{format}");
    }
    let said = converted(root.path(), &["set", "--to", "pts", "--out", "pts"]);
    let why = "the format cannot hold the name of their picture: 1";
    assert!(said.contains(why), "{said}");
}

/// Files of labelme's with more than faces have: descriptions, another outline, a point of no face,
/// flags that are false, groups, and an entry of somebody's own.
fn annotated(folder: &Path) -> [&'static str; 3] {
    let files = [
        (
            "a",
            r#"{"version": "4.0", "flags": {"Young": true, "occluded": false}, "imagePath": "a.png",
                "imageData": "AAAA", "imageHeight": 60, "imageWidth": 80, "reviewer": "ann",
                "shapes": [
                {"label": "person's face", "shape_type": "rectangle", "points": [[40, 50], [2, 3]],
                 "group_id": 1, "description": "unsure", "mask": null,
                 "flags": {"blur": true, "occluded": false, "Smiling": true}},
                {"label": "Nose Tip", "shape_type": "point", "points": [[20, 25.5]], "group_id": 1,
                 "description": "", "flags": {"occluded": true}, "score": 0.5},
                {"label": "scarf", "shape_type": "polygon", "points": [[1, 1], [9, 9], [3, 8]],
                 "group_id": null, "description": "red scarf", "flags": {"wool": true}},
                {"label": "left_ear", "shape_type": "point", "points": [[5, 6]], "group_id": 1,
                 "flags": {}}]}"#,
        ),
        (
            "two",
            r#"{"version": "5.5.0", "flags": {}, "imagePath": "two.png", "imageData": null,
                "imageHeight": 60, "imageWidth": 80, "shapes": [
                {"label": "face", "shape_type": "rotation", "group_id": 9, "flags": {},
                 "points": [[30, 10], [30, 30], [10, 30], [10, 10]], "description": "left"},
                {"label": "nose", "shape_type": "point", "points": [[50, 20]], "group_id": 2,
                 "flags": {"odd": false}, "description": "right"}]}"#,
        ),
    ];
    for (name, text) in files {
        photo(folder, &format!("{name}.png"));
        fs::write(folder.join(format!("{name}.json")), text).unwrap();
    }
    photo(folder, "plain.png");
    ["a", "two", "plain"]
}

#[test]
fn labelme_files_keep_what_is_of_no_face() {
    let root = tempfile::tempdir().unwrap();
    let set = root.path().join("set");
    fs::create_dir(&set).unwrap();
    let names = annotated(&set);
    let convert = |from: &[&str], to: &str, out: &str| {
        let arguments = ["--to", to, "--out", out, "--copy-pictures"];
        converted(root.path(), &[from, &arguments[..]].concat())
    };
    let said = convert(&["set"], "labelme", "kept");
    assert!(
        said.contains("the format holds all that was read"),
        "{said}"
    );
    assert!(
        said.contains("2 files of labelme's, as they were"),
        "{said}"
    );
    convert(&["kept"], "labelme", "again");
    for name in &names[..2] {
        let file = |folder: &str| json(&root.path().join(folder).join(format!("{name}.json")));
        let mut before = file("set");
        before["imageData"] = Value::Null;
        assert_eq!(file("kept"), before);
        assert_eq!(file("again"), before);
    }
    assert!(root.path().join("kept/plain.json").is_file());

    // Every other format says what of it is lost.
    for to in ["faces-csv", "coco"] {
        let said = convert(&["set"], to, to);
        for loss in [
            "descriptions of shapes: 4",
            "neither a point of a face nor its box: 2",
            "entries of label files and shapes that labelme does not have: 2",
        ] {
            assert!(said.contains(loss), "{to} {loss}: {said}");
        }
    }

    // Another source knows more of one picture: its file is written anew, the other one's is not.
    let more = "image,face,Bald\na.png,1,1\n";
    fs::write(set.join("more.csv"), more).unwrap();
    let said = convert(
        &["set/a.json", "set/two.json", "set/more.csv"],
        "labelme",
        "joined",
    );
    assert!(said.contains("holds all that was read"), "{said}");
    assert!(
        said.contains("2 files of labelme's, as they were"),
        "{said}"
    );
    assert!(!said.contains("turns of face boxes"), "{said}");
    let a = json(&root.path().join("joined/a.json"));
    assert!(a.to_string().contains("\"Bald\":true") && a.to_string().contains("scarf"));
    let two = json(&root.path().join("joined/two.json"));
    assert_eq!(two["shapes"][0]["description"], "left");
}
