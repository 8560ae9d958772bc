//! Files as other programs leave them, through the commands.

use std::fs;
use std::path::{Path, PathBuf};

use super::cli::{fails, golden, photo, run};

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

    let (success, output) = run(root, &["data", "photos"]);
    assert!(
        success && output.contains("2 faces in 2 pictures"),
        "{output}"
    );
    assert!(output.contains("cut.jpg: broken picture"), "{output}");
    let (success, output) = run(
        root,
        &["predict", "photos", "--out", "out", "--device", "cpu"],
    );
    assert!(
        success && output.contains("cut.jpg: broken picture"),
        "{output}"
    );
    let lines = fs::read_to_string(root.join("out/predictions.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(
        lines.contains("in.png") && !lines.contains("cut.jpg"),
        "{lines}"
    );
    let (success, output) = run(
        root,
        &["convert", "photos", "--to", "faces-csv", "--out", "csv"],
    );
    assert!(
        success && output.contains("cut.jpg: broken picture"),
        "{output}"
    );

    fails(
        root,
        &["predict", "photos/cut.jpg", "--out", "x"],
        &["cut.jpg: broken picture"],
    );
    // A label file that names it is read; the face is left out where it is looked at.
    let table = "image,nose_x,nose_y\ncut.jpg,1,2\nwhole.jpg,1,2\n";
    fs::write(root.join("photos/faces.csv"), table).unwrap();
    let (success, output) = run(root, &["data", "photos", "--check-pictures"]);
    assert!(
        success && output.contains("cut.jpg: broken picture"),
        "{output}"
    );
    let (success, output) = run(
        root,
        &["predict", "photos", "--out", "out", "--device", "cpu"],
    );
    assert!(success && output.contains("could not be read"), "{output}");
}

#[test]
fn what_a_file_is_and_that_there_is_none_are_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("a.onnx"), b"\x08\x07\x12\x07pytorch").unwrap();
    fs::write(root.join("a.json"), "<annotations></annotations>").unwrap();
    photo(root, "a.png");
    for (arguments, output) in [
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
        fails(root, arguments, &[output]);
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
        let (success, output) = run(root, arguments);
        assert!(!success, "{arguments:?}: {output}");
        assert_eq!(
            output.matches("No such file").count(),
            1,
            "{arguments:?}: {output}"
        );
    }
}

#[test]
fn no_command_writes_over_what_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("set/Eval")).unwrap();
    fs::create_dir_all(root.join("results/overlays")).unwrap();
    for name in ["q.png", "set/a.png", "results/overlays/b.png"] {
        photo(root, name);
    }
    fs::copy(golden("ours_concat"), root.join("k.safetensors")).unwrap();
    fs::create_dir(root.join("run")).unwrap();
    fs::copy(golden("ours_concat"), root.join("run/final.safetensors")).unwrap();
    let table = "image,split,nose_x,nose_y,Smiling\na.png,val,1,2,1\n";
    for name in ["set/faces.csv", "set/landmarks-table.csv"] {
        fs::write(root.join(name), table).unwrap();
    }
    let outside = "image,nose_x,nose_y\n../set/a.png,1,2\n";
    fs::create_dir(root.join("labels")).unwrap();
    fs::write(root.join("labels/faces.csv"), outside).unwrap();
    let line = r#"{"image": "a.png", "faces": [{"landmarks": {"nose": [1, 2]}}]}"#;
    fs::create_dir(root.join("told")).unwrap();
    fs::write(root.join("told/predictions.jsonl"), line).unwrap();
    let before = contents(root);
    for (arguments, part) in [
        ("features q.png --out q.png", "q.png"),
        ("features q.png --out ./set/../q.png", "q.png"),
        ("features q.png --data set --out set/a.png", "a.png"),
        (
            "features q.png --compare-photo set/a.png --out set/a.png",
            "a.png",
        ),
        (
            "features q.png --weights k.safetensors --npy n --out k.safetensors",
            "k.safetensors",
        ),
        ("explain q.png --target Smiling --out q.png", "q.png"),
        ("predict results/overlays --out results --overlay", "b.png"),
        (
            "predict set told/predictions.jsonl --out told",
            "predictions.jsonl",
        ),
        ("eval set --out set/faces.csv --format csv", "faces.csv"),
        (
            "eval set --weights k.safetensors --json k.safetensors",
            "k.safetensors",
        ),
        (
            "eval set --predictions told/predictions.jsonl --out told/predictions.jsonl",
            "jsonl",
        ),
        ("eval labels --out set/a.png", "a.png"),
        ("eval set --out e --json ./e", "twice"),
        (
            "data set --json set/landmarks-table.csv",
            "landmarks-table.csv",
        ),
        ("data set --json set/../set/faces.csv", "faces.csv"),
        (
            "join k.safetensors --from k.safetensors --task attributes --out k.safetensors",
            "k.saf",
        ),
        (
            "train set --stage1 run/final.safetensors --out run",
            "final.safetensors",
        ),
        ("convert labels --to pts --out set --force", "a.png"),
        (
            "convert labels --to coco --copy-pictures --out set --force",
            "a.png",
        ),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        fails(root, &arguments, &[part]);
        assert_eq!(contents(root), before, "{arguments:?}");
    }
    // What a command wrote before is none of its inputs.
    for _ in 0..2 {
        let again = [
            "eval",
            "set",
            "--out",
            "set/t.csv",
            "--format",
            "csv",
            "--plots",
            "set",
        ];
        let (success, output) = run(root, &again);
        assert!(success, "{output}");
        let again = ["predict", "set", "--out", "set", "--overlay"];
        let (success, output) = run(root, &again);
        assert!(success, "{output}");
    }
}

/// All files below a folder, with what is in them.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(contents(&path)),
            false => all.push((path.clone(), fs::read(path).unwrap())),
        }
    }
    all.sort();
    all
}
