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
    let (success, said) = run(folder, &[&["convert"], arguments].concat());
    assert!(success, "{said}");
    said
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
        let said = converted(root.path(), &arguments);
        // Its label file would be that of one.bmp or of one.png.
        assert!(said.contains("get another name: 1"), "{said}");
        assert!(said.contains("→ y/one-2."), "{said}");
        let all = files(&out);
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
        let said = copy(format);
        assert!(!said.contains("another name"), "{said}");
        let kept = ["two words.png", "x/one.png", "y/one.bmp", "y/one.png"];
        assert_eq!(names(format), kept.map(|n| format!("pictures/{n}")));
        let set = open(&root.path().join(format));
        assert_eq!(set.samples.len(), 4);
    }
    let said = copy("celeba");
    assert!(said.contains("get another name: 3"), "{said}");
    for part in ["two words.png → two_words.png", "→ one-2.", "→ one-3."] {
        assert!(said.contains(part), "{part}: {said}");
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
