use std::fs;

use image::RgbImage;

use super::super::{DatasetError, Split, open, open_all};
use super::*;

fn write(root: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match is_picture(&path) && bytes.as_ref() == b"picture" {
        true => RgbImage::new(20, 20)
            .save_with_format(&path, image::ImageFormat::Png)
            .unwrap(),
        false => fs::write(&path, bytes).unwrap(),
    }
    path
}

/// A face by its picture, how many of its labels are known, and its split.
type FaceFacts = (String, usize, Option<Split>);

fn read(root: &Path) -> (Dataset, Vec<FaceFacts>, String) {
    let set = open(root, &Schema::face()).unwrap();
    let faces = set.samples.iter().map(|s| {
        let below = s.path.strip_prefix(root).unwrap_or(&s.path);
        let known = s.annotation.known(0);
        (below.display().to_string(), known, s.split)
    });
    let faces = faces.collect();
    let said: Vec<_> = set.problems.iter().map(Problem::to_string).collect();
    (set, faces, said.join("\n"))
}

const PTS: &str = "version: 1\nn_points: 5\n{\n1 2\n3 4\n5 6\n7 8\n9 9\n}\n";
const LABELME: &str =
    r#"{"shapes": [{"label": "nose", "points": [[1, 2]], "shape_type": "point"}]}"#;

fn coco(image: &str) -> String {
    format!(
        r#"{{"images": [{{"id": 1, "file_name": "{image}"}}], "categories": [
            {{"id": 1, "name": "face", "keypoints": ["nose", "left_eye"]}}], "annotations": [
            {{"id": 1, "image_id": 1, "category_id": 1, "keypoints": [1, 2, 2, 3, 4, 2]}}]}}"#
    )
}

#[test]
fn folders_below_are_part_of_an_opened_one_with_their_labels() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for name in [
        "top.png",
        "train/a.png",
        "val/a.PNG",
        "val/b.png",
        "more/c.png",
        ".x/d.png",
    ] {
        write(root, name, "picture");
    }
    write(root, "train/a.pts", PTS);
    write(root, "val/a.pts", PTS);
    write(root, "val/b.json", LABELME);
    write(root, "more/faces.csv", "image,nose_x,nose_y\nc.png,1,2\n");
    let (set, faces, actual) = read(root);
    let expected = [
        ("more/c.png", 1, None),
        ("top.png", 0, None),
        ("train/a.png", 5, Some(Split::Train)),
        ("val/a.PNG", 5, Some(Split::Validation)),
        ("val/b.png", 1, Some(Split::Validation)),
    ];
    let faces: Vec<_> = faces.iter().map(|(p, n, s)| (p.as_str(), *n, *s)).collect();
    assert_eq!(faces, expected, "{actual}");
    assert!(set.problems.is_empty(), "{actual}");
}

#[test]
fn several_coco_files_are_joined_with_the_splits_of_their_names() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for name in ["images/a.png", "images/b.png", "images/c.png"] {
        write(root, name, "picture");
    }
    write(
        root,
        "annotations/person_keypoints_train2017.json",
        coco("a.png"),
    );
    let bom = format!("\u{feff}{}", coco("b.png"));
    write(root, "annotations/person_keypoints_val2017.json", bom);
    let captions = r#"{"images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [{"id": 1, "image_id": 1, "caption": "a face"}]}"#;
    write(root, "annotations/captions_train2017.json", captions);
    let (_, faces, actual) = read(root);
    let expected = [
        ("images/a.png".to_owned(), 2, Some(Split::Train)),
        ("images/b.png".to_owned(), 2, Some(Split::Validation)),
        ("images/c.png".to_owned(), 0, None),
    ];
    assert_eq!(faces, expected, "{actual}");
    assert!(actual.contains("neither box nor points"), "{actual}");
    assert_eq!(actual.lines().count(), 1, "{actual}");
}

#[test]
fn what_only_looks_like_a_picture_is_no_face_and_named() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for name in [
        "good.png",
        "named.png/in.JPG",
        "._good.png",
        "cut.png",
        "whole.webp",
    ] {
        write(root, name, "picture");
    }
    let png = fs::read(root.join("good.png")).unwrap();
    write(root, "cut.png", &png[..png.len() / 2]);
    write(root, "empty.jpg", "");
    write(root, "also_empty.jpg", "");
    write(root, "page.jpg", "<!DOCTYPE html><html>not found</html>");
    write(
        root,
        "voc.png",
        "<annotation><folder>x</folder></annotation>",
    );
    write(root, "phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    write(root, "Thumbs.db", "x");
    write(root, "cut.json", LABELME);
    write(root, "cut.pts", PTS);
    let (_, faces, actual) = read(root);
    let names: Vec<_> = faces.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(
        names,
        ["good.png", "named.png/in.JPG", "whole.webp"],
        "{actual}"
    );
    for part in [
        "cut.png: broken picture",
        "also_empty.jpg: the file is empty (and 1 more file named as a picture)",
        "page.jpg: not a picture that this program reads (JPEG, PNG, WebP, BMP, GIF, TIFF): it is a web",
        "it is an XML file of Pascal VOC's",
        "phone.jpg: HEIC pictures are not read",
        "labels of faces in pictures that cannot be read: 1 left out",
        "cut.pts: its picture cannot be read",
    ] {
        assert!(actual.contains(part), "{part}: {actual}");
    }
    assert_eq!(actual.lines().count(), 7, "{actual}");
}

#[test]
fn labels_that_are_not_read_are_named_for_what_they_are() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(root, "a.png", "picture");
    write(root, "a.xml", "<annotation><folder>f</folder><object>");
    write(root, "b.xml", "<annotation><folder>f</folder><object>");
    write(root, "data.yaml", "train: x\n");
    write(root, "labels/a.txt", "0 0.5 0.5 0.25 0.25\n");
    write(root, "all.zip", b"PK\x03\x04\0\0");
    write(root, "photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    write(
        root,
        "other.json",
        r#"{"regions": {}, "filename": "a.png"}"#,
    );
    write(
        root,
        "list.Json",
        r#"[{"image_id": 1, "category_id": 1, "score": 1, "bbox": []}]"#,
    );
    write(root, "cut.json", r#"{"images": [{"id": 1}"#);
    write(root, "page.json", "<html></html>");
    write(root, "weights.onnx", b"\x08\x07\x12\x07pytorch");
    write(root, "table.csv", "picture,smiling\na.png,1\n");
    write(root, "README.md", "words");
    let (_, faces, actual) = read(root);
    assert_eq!(faces.len(), 1);
    for part in [
        "a.xml: an XML file of Pascal VOC's, and 1 more of the ending .xml: not read",
        "data.yaml: a YAML file: not read",
        "a.txt: a text file of YOLO's: not read",
        "all.zip: a ZIP archive: not read; unpack it first",
        "photo.heic: a HEIC picture: not read; export",
        "other.json: not read: neither a COCO file (images and annotations) nor one of labelme's \
         (shapes): of the VGG Image",
        "list.Json: not read: neither",
        "COCO results, it is a list of",
        "cut.json:1: the JSON ends in the middle",
        "page.json: named as JSON, but a web page",
        "weights.onnx: an ONNX network: no part of a data set",
        "table.csv: a table of faces (1 attribute), not read with the folder",
    ] {
        assert!(actual.contains(part), "{part}: {actual}");
    }
    assert_eq!(actual.lines().count(), 11, "{actual}");
}

#[test]
fn what_a_table_sets_aside_is_named() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for name in ["a.png", "b.png", "deep/c.png"] {
        write(root, name, "picture");
    }
    write(root, "faces.csv", "image,nose_x,nose_y\na.png,1,2\n");
    write(root, "a.pts", PTS);
    write(root, "b.pts", PTS);
    write(root, "b.json", LABELME);
    write(root, "deep/faces.csv", "image,nose_x,nose_y\nc.png,1,2\n");
    let (_, faces, actual) = read(root);
    assert_eq!(faces.len(), 1, "{actual}");
    for part in [
        "a.pts: a .pts file, and 1 more like it: not read, since faces.csv says",
        "b.json: a labelme file: not read",
        "deep: a data set in a folder below: not read",
    ] {
        assert!(actual.contains(part), "{part}: {actual}");
    }
}

#[test]
fn a_file_is_told_by_what_is_in_it() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(root, "a.png", "picture");
    let schema = Schema::face();
    let text = write(root, "labels.txt", coco("a.png"));
    assert_eq!(
        open(&text, &schema).unwrap().samples[0].annotation.known(0),
        2
    );
    let png = fs::read(root.join("a.png")).unwrap();
    let renamed = write(root, "photo.dat", &png);
    assert_eq!(open(&renamed, &schema).unwrap().samples.len(), 1);
    for (name, bytes, actual) in [
        (
            "a.csv",
            &b"<?xml version='1.0'?><annotations>"[..],
            "an XML file of CVAT's, which is not",
        ),
        (
            "b.json",
            b"PK\x03\x04\x14\0",
            "a ZIP archive, which is not read here: unpack it first",
        ),
        (
            "c.json",
            b"\x02\0\0\0\0\0\0\0{}",
            "weights in safetensors, which is not read here: no faces",
        ),
        ("d.onnx", b"\x08\x07\x12\x07pytorch", "an ONNX network"),
        ("e.json", b"[1, 2]", "neither a COCO file"),
        ("f.yaml", b"a: b", "a YAML file"),
        (
            "g.txt",
            b"0 0.1 0.2 0.3 0.4",
            "a text file of YOLO's, but neither one of CelebA's",
        ),
        (
            "h.heic",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1",
            "a HEIC picture, which is not read here: export",
        ),
        ("i.json", b"", "an empty file"),
    ] {
        let error = open(&write(root, name, bytes), &schema)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(actual) && error.contains(name),
            "{actual}: {error}"
        );
    }
    let cut = write(root, "cut.png", &png[..png.len() / 2]);
    let error = open(&cut, &schema).unwrap_err();
    assert!(matches!(error, DatasetError::Picture { .. }), "{error}");
    let both = open_all(&[cut.clone(), root.join("a.png")], &schema).unwrap();
    assert_eq!((both.samples.len(), both.problems.len()), (1, 1));
    assert!(open_all(&[cut.clone(), cut], &schema).is_err());
}
