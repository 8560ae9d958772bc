//! Files as other programs leave them, through the commands.

use std::fs;

use super::cli::{fails, photo, run};

#[test]
fn a_picture_that_is_cut_is_left_out_by_every_command_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("photos/below")).unwrap();
    photo(root, "photos/whole.jpg");
    photo(root, "photos/below/in.png");
    let bytes = fs::read(root.join("photos/whole.jpg")).unwrap();
    fs::write(root.join("photos/cut.jpg"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(root.join("photos/._whole.jpg"), "x").unwrap();

    let (success, said) = run(root, &["data", "photos"]);
    assert!(success && said.contains("2 faces in 2 pictures"), "{said}");
    assert!(said.contains("cut.jpg: broken picture"), "{said}");
    let (success, said) = run(
        root,
        &["predict", "photos", "--out", "out", "--device", "cpu"],
    );
    assert!(
        success && said.contains("cut.jpg: broken picture"),
        "{said}"
    );
    let lines = fs::read_to_string(root.join("out/predictions.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(
        lines.contains("in.png") && !lines.contains("cut.jpg"),
        "{lines}"
    );
    let (success, said) = run(
        root,
        &["convert", "photos", "--to", "faces-csv", "--out", "csv"],
    );
    assert!(
        success && said.contains("cut.jpg: broken picture"),
        "{said}"
    );

    fails(
        root,
        &["predict", "photos/cut.jpg", "--out", "x"],
        &["cut.jpg: broken picture"],
    );
    // A label file that names it is read; the face is left out where it is looked at.
    let table = "image,nose_x,nose_y\ncut.jpg,1,2\nwhole.jpg,1,2\n";
    fs::write(root.join("photos/faces.csv"), table).unwrap();
    let (success, said) = run(root, &["data", "photos", "--check-pictures"]);
    assert!(
        success && said.contains("cut.jpg: broken picture"),
        "{said}"
    );
    let (success, said) = run(
        root,
        &["predict", "photos", "--out", "out", "--device", "cpu"],
    );
    assert!(success && said.contains("could not be read"), "{said}");
}

#[test]
fn what_a_file_is_and_that_there_is_none_are_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("a.onnx"), b"\x08\x07\x12\x07pytorch").unwrap();
    fs::write(root.join("a.json"), "<annotations></annotations>").unwrap();
    photo(root, "a.png");
    for (arguments, said) in [
        (&["data", "a.onnx"][..], "an ONNX network"),
        (&["data", "a.json"], "an XML file of CVAT's"),
        (
            &["predict", "a.png", "--out", "x", "--weights", "a.onnx"],
            "it is an ONNX network",
        ),
        (
            &["predict", "a.png", "--out", "x", "--weights", "a.png"],
            "it is a PNG picture",
        ),
    ] {
        fails(root, arguments, &[said]);
    }
    for arguments in [
        &["data", "none"][..],
        &["predict", "none.png", "--out", "x"],
        &[
            "predict",
            "a.png",
            "--out",
            "x",
            "--weights",
            "none.safetensors",
        ],
        &["convert", "none", "--to", "coco", "--out", "x"],
        &["eval", "synthetic:4", "--predictions", "none.jsonl"],
    ] {
        let (success, said) = run(root, arguments);
        assert!(!success, "{arguments:?}: {said}");
        assert_eq!(
            said.matches("No such file").count(),
            1,
            "{arguments:?}: {said}"
        );
    }
}
