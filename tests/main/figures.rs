//! The figures as a user has them written, and what the commands say of what they cannot draw.

use std::fs;
use std::path::Path;

use smn_studio::model::{Checkpoint, FeatureMap, Layer, Predictor, TapLayer};

use super::cli::{fails, golden, photo, run};

pub fn ours(variant: &str) -> String {
    golden(variant).display().to_string()
}

pub fn does(folder: &Path, arguments: &[&str]) -> String {
    let (success, output) = run(folder, arguments);
    assert!(success, "{arguments:?}: {output}");
    output
}

pub fn text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

/// The maps that the command should have drawn, and the network's name.
pub fn maps(variant: &str, photo: &Path, place: TapLayer) -> (Vec<FeatureMap>, String) {
    let device = burn::tensor::Device::flex();
    let checkpoint = Checkpoint::load(&golden(variant), &device).unwrap();
    let predictor = Predictor::new(checkpoint, device);
    let image = smn_studio::photo::Photo::open(photo).unwrap().image;
    let (face, _) = smn_studio::dataset::picture_box(image.width(), image.height());
    let taps = predictor.network().taps_at(place);
    let maps = predictor.features(&image, &face, &taps);
    (maps, predictor.network().fingerprint())
}

#[test]
fn figure_6_is_written_for_print_with_the_networks_name_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let picture = photo(folder.path(), "a.png");
    let weights = ours("ours_concat");
    let (_, name) = maps("ours_concat", &picture, TapLayer::conv(Layer::Conv1_2));
    assert_eq!(name.len(), 16);
    for file in ["f.png", "f.svg", "f.pdf"] {
        let arguments = ["features", "a.png", "--weights", &weights, "--out", file];
        does(folder.path(), &arguments);
        let written = text(&folder.path().join(file));
        assert!(written.contains(&name), "{file}");
        if file == "f.svg" {
            for word in ["Shared Conv1-2", "Landmarks Conv1-2", "Attributes Conv1-2"] {
                assert!(written.contains(word), "{file} lacks {word}");
            }
        }
    }
    let pdf = text(&folder.path().join("f.pdf"));
    assert!(pdf.starts_with("%PDF-1.7") && pdf.trim_end().ends_with("%%EOF"));
    // The only font is in the file.
    assert_eq!(pdf.matches("/FontDescriptor ").count(), 1);
    assert!(pdf.contains("+Inter-Regular") && pdf.contains("/FontFile3 "));
    assert!(pdf.contains("/MediaBox [0 0 510.24")); // 180 mm
    let image = image::open(folder.path().join("f.png")).unwrap();
    assert_eq!(image.width(), 2126); // 180 mm of 300 dpi
    for (size, width) in [("--dpi=100", 197), ("--scale=1.5", 283)] {
        let base = ["features", "a.png", "--weights", &weights, "--out", "g.png"];
        let arguments = [&base[..], &["--width-mm", "50", size]].concat();
        does(folder.path(), &arguments);
        let image = image::open(folder.path().join("g.png")).unwrap();
        assert_eq!(image.width(), width, "{size}");
    }
}

#[test]
fn fused_maps_are_drawn_and_written_for_numpy() {
    let folder = tempfile::tempdir().unwrap();
    let picture = photo(folder.path(), "a.png");
    let weights = ours("ours_channelwise");
    let base = [
        "features",
        "a.png",
        "--weights",
        &weights,
        "--layer",
        "fuse2_1",
        "--device",
        "cpu",
    ];
    let more = [
        "--npy",
        "maps",
        "--out",
        "f.svg",
        "--scale-mode",
        "layer",
        "--colours",
        "signed",
        "--channels",
        "1,0",
    ];
    let output = does(folder.path(), &[&base[..], &more].concat());
    assert!(output.contains("landmarks_fuse2_1.npy"), "{output}");
    assert!(text(&folder.path().join("f.svg")).contains("Landmarks Fuse2-1"));
    let (maps, _) = maps(
        "ours_channelwise",
        &picture,
        TapLayer::fused(Layer::Conv2_1),
    );
    assert_eq!(maps.len(), 2);
    for map in &maps {
        let path = folder
            .path()
            .join(format!("maps/{}_fuse2_1.npy", map.tower));
        let file = fs::read(path).unwrap();
        let header = u16::from_le_bytes([file[8], file[9]]) as usize;
        let shape = format!("'shape': ({}, 64, 64, )", map.channels);
        assert!(String::from_utf8_lossy(&file[10..10 + header]).contains(&shape));
        let values: Vec<f32> = bytemuck::pod_collect_to_vec(&file[10 + header..]);
        assert_eq!(values, map.data);
    }
    // Concat networks have none, and say what they have.
    let weights = ours("ours_concat");
    let none = [
        "features",
        "a.png",
        "--weights",
        &weights,
        "--layer",
        "fuse2_1",
        "--out",
        "f.png",
    ];
    fails(folder.path(), &none, &["fuse2_1", "conv1_1"]);
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let wrong: [(&[&str], &str); 8] = [
        (&["--out", "f.jpg"], "f.jpg"),
        (
            &["--out", "f.png", "--channels", "0,9999"],
            "no channel 9999",
        ),
        (
            &["--out", "f.png", "--scale-mode", "fixed:3,1"],
            "fixed:LO,HI",
        ),
        (&["--out", "f.png", "--dpi", "0"], "0 dots per inch"),
        (&["--out", "f.png", "--scale", "NaN"], "NaN dots per inch"),
        (&["--out", "f.png", "--width-mm", "1"], "1 is not in"),
        (
            &["--out", "f.png", "--compare", "none.safetensors"],
            "none.safetensors",
        ),
        (&[], "--out"),
    ];
    for (more, output) in wrong {
        fails(
            folder.path(),
            &[&["features", "a.png"][..], more].concat(),
            &[output],
        );
    }
    let explain: [(&[&str], &str); 6] = [
        (&["--target", "Beard"], "no point or attribute \"Beard\""),
        (
            &["--target", "nose", "--patch", "8", "--stride", "9"],
            "stride of 9",
        ),
        (&["--target", "nose", "--patch", "0"], "patch of 0"),
        (
            &[
                "--target", "nose", "--method", "gradcam", "--layer", "fuse1_1",
            ],
            "fuse1_1",
        ),
        (
            &[
                "--target", "nose", "--method", "gradcam", "--layer", "conv1_1", "--tower", "x",
            ],
            "no tower \"x\"",
        ),
        (
            &[
                "--target",
                "nose",
                "--method",
                "gradcam",
                "--layer",
                "conv1_1",
                "--tower",
                "attributes",
            ],
            "does not depend on the tower attributes",
        ),
    ];
    for (more, output) in explain {
        let arguments = [&["explain", "a.png", "--out", "f.png"][..], more].concat();
        fails(folder.path(), &arguments, &[output]);
    }
    let hard = ours("baseline_fc");
    fails(
        folder.path(),
        &["towers", "--weights", &hard, "--out", "t"],
        &["joins no towers"],
    );
}

#[test]
fn explanations_are_drawn_and_checked_against_random_weights() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let weights = ours("ours_channelwise");
    for (method, target, file) in [
        ("occlusion", "left_eye", "o.png"),
        ("gradcam", "Smiling", "g.svg"),
        ("gradcam", "nose.x", "g.pdf"),
    ] {
        let base = [
            "explain",
            "a.png",
            "--weights",
            &weights,
            "--target",
            target,
        ];
        let more = [
            "--method", method, "--check", "--stride", "16", "--out", file,
        ];
        let output = does(folder.path(), &[&base[..], &more].concat());
        assert!(output.contains("random weights: "), "{output}");
        assert!(folder.path().join(file).is_file());
    }
    let figure = text(&folder.path().join("g.svg"));
    let whose = "Smiling, Grad-CAM of Attributes Conv4-";
    assert!(figure.contains(whose) && figure.contains("from random weights"));
    // Whose maps of a layer were weighed is said, in the picture and in the file's facts.
    for tower in [None, Some("shared")] {
        let mut arguments = vec!["explain", "a.png", "--weights", &weights];
        arguments.extend(["--target", "Smiling", "--method", "gradcam"]);
        arguments.extend(["--layer", "conv1_2", "--out", "one.svg"]);
        arguments.extend(tower.iter().flat_map(|tower| ["--tower", *tower]));
        does(folder.path(), &arguments);
        let figure = text(&folder.path().join("one.svg"));
        let shown = if tower.is_some() {
            "Shared"
        } else {
            "Attributes"
        };
        let method = format!("Grad-CAM of {shown} Conv1-2");
        // Its note is too long for the map, and stands below.
        assert_eq!(figure.matches(&method).count(), 5, "{method}");
    }
}

#[test]
fn towers_writes_numbers_and_the_figure() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    photo(folder.path(), "b.png");
    photo(folder.path(), "c.png");
    let points = "left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y";
    let rows = format!(
        "image,x,y,w,h,{points},Smiling\na.png,0,0,60,60,20,20,40,20,30,30,1\n\
         b.png,0,0,60,60,20,20,40,20,30,30,-1\nc.png,,,,,,,,,,,1\n"
    );
    fs::write(folder.path().join("faces.csv"), rows).unwrap();
    let weights = ours("ours_channelwise");
    let arguments = ["towers", "faces.csv", "--weights", &weights, "--out", "t"];
    let output = does(folder.path(), &arguments);
    assert!(
        output.contains("Landmarks: NME") && output.contains("Conv4-3") && output.contains("Fc"),
        "{output}"
    );
    let report: serde_json::Value =
        serde_json::from_str(&text(&folder.path().join("t/towers.json"))).unwrap();
    let towers = &report["towers"];
    assert_eq!(towers["faces"], 3);
    let boxes = serde_json::json!({ "data_set": 2, "centre_square": 1 });
    assert_eq!(towers["boxes"], boxes);
    let over = "2 in the data set's boxes, 1 in the picture's centre square";
    assert!(output.contains(over), "{output}");
    let figure = text(&folder.path().join("t/towers.svg"));
    assert!(figure.contains(over), "{figure}");
    assert_eq!(towers["shares"].as_array().unwrap().len(), 20);
    assert!(towers["shares"][0]["without_own"].is_number());
    let table = text(&folder.path().join("t/towers.csv"));
    assert_eq!(table.lines().count(), 21);
    assert!(table.starts_with("task,depth,own_norm"));
    let network = report["network"].as_str().unwrap();
    assert!(figure.contains(&format!("network {network} (")), "{figure}");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let first = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &first[heads.iter().position(|h| h == name).unwrap()];
    let found = [cell("items"), cell("unit"), cell("network")];
    assert_eq!(found, ["5", "face", network]);
    let nme = "NME with a half at zero − NME with both: plus is worse";
    let accuracy = "accuracy with a half at zero − accuracy with both: minus is worse";
    assert_eq!(cell("change"), nme);
    assert_eq!(report["changes"]["attributes"], accuracy);
    for text in [nme, accuracy] {
        assert!(output.contains(text) && table.contains(text), "{output}");
        assert!(figure.contains(text), "{figure}");
    }
    assert!(cell("resamples").parse::<u32>().unwrap() >= 100);
    assert!(cell("resampling_seed").parse::<u64>().is_ok());
    // Opened from within: the set is called as its folder is.
    let set = folder.path().canonicalize().unwrap();
    let set = set.file_name().unwrap().to_string_lossy();
    let faces = format!("all 3 labelled faces of {set}");
    assert_eq!([cell("faces"), cell("boxes")], [faces.as_str(), over]);
    for file in ["towers.png", "towers.svg", "towers.pdf"] {
        assert!(folder.path().join("t").join(file).is_file(), "{file}");
    }
    does(
        folder.path(),
        &["towers", "--weights", &weights, "--out", "norms"],
    );
    let table = text(&folder.path().join("norms/towers.csv"));
    let first = table.lines().nth(1).unwrap();
    // Nothing was measured, so nothing is said of faces.
    assert!(
        first.ends_with(&format!(",,,,0,5,,,,,,,{network},")),
        "{first}"
    );
}

/// As `eval` does of the same faces and weights.
#[test]
fn towers_warns_of_faces_that_trained_the_weights_and_of_what_their_run_found() {
    let folder = tempfile::tempdir().unwrap();
    let device = burn::tensor::Device::flex();
    let mut own = Checkpoint::load(&golden("ours_channelwise"), &device).unwrap();
    let found = "landmarks: not trained in stage 2 (attributes alone was), so this task's tower is \
                 that of stage 1";
    own.training = serde_json::json!({"data": ["synthetic:6"], "findings": [found]});
    own.save(&folder.path().join("own.safetensors")).unwrap();
    let warnings = |said: &str| -> Vec<String> {
        let lines = said.lines().filter(|line| line.starts_with("warning: "));
        lines.map(str::to_owned).collect()
    };
    let (set, weights) = ("synthetic:6", ["--weights", "own.safetensors"]);
    let evaluated = does(folder.path(), &[&["eval", set][..], &weights].concat());
    let said = does(
        folder.path(),
        &[&["towers", set, "--out", "t"][..], &weights].concat(),
    );
    let trained = warnings(&said);
    assert_eq!(trained.len(), 2, "{said}");
    assert!(trained[0].contains("trained these weights (on synthetic:6)"));
    assert!(trained[1].ends_with(found));
    for warning in &trained {
        assert!(warnings(&evaluated).contains(warning), "{evaluated}");
    }
    let file = |name: &str| text(&folder.path().join("t").join(name));
    let report: serde_json::Value = serde_json::from_str(&file("towers.json")).unwrap();
    let listed = report["towers"]["warnings"].as_array().unwrap();
    let listed = listed
        .iter()
        .map(|w| format!("warning: {}", w.as_str().unwrap()));
    assert!(listed.eq(trained.iter().cloned()), "{report}");
    let badges = "training faces; landmarks: not trained in stage 2";
    let table = file("towers.csv");
    assert!(
        table.lines().skip(1).all(|row| row.ends_with(badges)),
        "{table}"
    );
    assert!(file("towers.svg").contains(&trained[0]));
    // Of the weights alone it is said too.
    let alone = ["towers", "--out", "norms"];
    let said = does(folder.path(), &[&alone[..], &weights].concat());
    assert_eq!(warnings(&said), trained[1..]);
}

#[test]
fn towers_looks_at_faces_in_the_boxes_that_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let weights = ours("ours_concat");
    for (boxes, source) in [("labels", "labels"), ("picture", "centre_square")] {
        let out = format!("by-{boxes}");
        let set = ["towers", "synthetic:6", "--faces", "4", "--boxes", boxes];
        let arguments = [&set[..], &["--weights", &weights, "--out", &out]].concat();
        does(folder.path(), &arguments);
        let report = text(&folder.path().join(out).join("towers.json"));
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["towers"]["boxes"], serde_json::json!({ source: 4 }));
    }
}

#[test]
fn a_number_of_the_file_goes_before_a_place() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let rows = "image,face,x,y,w,h\na.png,,2,3,40,40\na.png,1,10,12,30,30\n";
    fs::write(folder.path().join("faces.csv"), rows).unwrap();
    let weights = ours("ours_concat");
    let base = ["features", "a.png", "--weights", &weights, "--out", "f.svg"];
    let of = |number| [&base[..], &["--data", "faces.csv", "--face", number]].concat();
    does(folder.path(), &of("1"));
    let figure = text(&folder.path().join("f.svg"));
    assert!(figure.contains("10,12,30,30 (the data set"), "{figure}");
    let known = "place 1, face 1: --face 2 is none of them";
    fails(folder.path(), &of("2"), &[known]);
}

#[test]
fn a_face_of_a_data_set_is_looked_at_in_its_box_there() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    photo(folder.path(), "b.png");
    let rows = "image,face,x,y,w,h,Smiling\na.png,4,2,3,40,40,1\na.png,1,10,12,30,30,\n";
    fs::write(folder.path().join("faces.csv"), rows).unwrap();
    let weights = ours("ours_concat");
    let commands = [
        &["features", "./a.png"][..],
        &[
            "explain", "a.png", "--target", "Smiling", "--method", "gradcam",
        ],
    ];
    for command in commands {
        let base = [command, &["--weights", &weights, "--out", "f.svg"]].concat();
        for (more, output) in [
            (&[][..], "centre square)"),
            (&["--data", "faces.csv"], "2,3,40,40 (the data set"),
            (&["--data", ".", "--face", "4"], "2,3,40,40 (the data set"),
            (&["--data", ".", "--face", "1"], "10,12,30,30 (the data set"),
            (&["--box", "1,2,30,30"], "1,2,30,30 (by hand)"),
        ] {
            does(folder.path(), &[&base[..], more].concat());
            let figure = text(&folder.path().join("f.svg"));
            assert!(figure.contains(output), "{more:?}");
            assert!(figure.contains(&format!("\"Photo\">{}<", command[1])));
            // What the network says with nothing hidden.
            let explains = command[0] == "explain";
            assert_eq!(figure.contains("\"Probability\">0."), explains);
            assert_eq!(figure.contains("probability 0."), explains);
            // Beside it the face's label, which no other photo has.
            let label = match more {
                ["--data", "faces.csv"] | ["--data", ".", "--face", "4"] => Some("present"),
                ["--data", ..] => Some("unknown"),
                _ => None,
            };
            let label = label.filter(|_| explains);
            assert_eq!(figure.contains("label"), label.is_some(), "{more:?}");
            if let Some(label) = label {
                assert!(figure.contains(&format!(", label {label}; ")), "{more:?}");
                assert!(figure.contains(&format!("\"Label\">{label}<")), "{more:?}");
            }
            if let ["--data", data, ..] = more {
                assert!(figure.contains(&format!("\"Data\">{data}<")), "{more:?}");
            }
        }
        for (more, output) in [
            (&["--data", "faces.csv", "--face", "2"][..], "has 2 faces"),
            (
                &["--data", "faces.csv", "--face", "0"],
                "face 4, face 1: --face 0 is",
            ),
            (
                &["--data", "faces.csv", "--box", "1,2,3,4"],
                "cannot be used",
            ),
            (&["--face", "1"], "--data"),
        ] {
            fails(folder.path(), &[&base[..], more].concat(), &[output]);
        }
    }
    let other = ["features", "b.png", "--data", "faces.csv", "--out", "f.svg"];
    fails(folder.path(), &other, &["b.png is no picture of"]);
}
