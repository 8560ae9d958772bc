//! The figures as a user has them written, and what the commands say of what they cannot draw.

use std::fs;
use std::path::Path;

use smn_studio::model::{Checkpoint, FeatureMap, Layer, Predictor, TapLayer};

use super::cli::{fails, golden, photo, run};

fn ours(variant: &str) -> String {
    golden(variant).display().to_string()
}

fn does(folder: &Path, arguments: &[&str]) -> String {
    let (success, said) = run(folder, arguments);
    assert!(success, "{arguments:?}: {said}");
    said
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

/// The maps that the command should have drawn, and the network's name.
fn maps(variant: &str, photo: &Path, place: TapLayer) -> (Vec<FeatureMap>, String) {
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
    let said = does(folder.path(), &[&base[..], &more].concat());
    assert!(said.contains("landmarks_fuse2_1.npy"), "{said}");
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
fn two_networks_or_photos_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let other = image::RgbImage::from_pixel(90, 90, image::Rgb([200, 30, 90]));
    other.save(folder.path().join("b.png")).unwrap();
    let (first, second) = (ours("ours_concat"), ours("ours_channelwise"));
    let base = [
        "features",
        "a.png",
        "--weights",
        &first,
        "--layer",
        "conv1_1",
    ];
    for with in [["--compare", &second], ["--compare-photo", "b.png"]] {
        let arguments = [&base[..], &with, &["--out", "f.svg", "--npy", "n"]].concat();
        does(folder.path(), &arguments);
        let written = text(&folder.path().join("f.svg"));
        let both = match with[0] {
            "--compare" => "difference: ours_channelwise",
            _ => "b − a",
        };
        assert!(written.contains(both), "{with:?}: {written}");
        for name in ["Photo", "FaceBox", "ComparedNetwork", "ComparedWeights"] {
            let fact = format!("\"{name}\">");
            assert!(written.contains(&fact), "{with:?}: {fact}");
        }
        let photos = written.contains("\"ComparedPhoto\">b.png<");
        assert!(!(photos && written.contains("trained apart")));
        assert_eq!(photos, with[0] == "--compare-photo");
        assert_eq!(written.contains("\"ComparedFaceBox\">"), photos);
        let numbers = |which: &str| {
            let path = format!("n/shared_conv1_1{which}.npy");
            let file = fs::read(folder.path().join(path)).unwrap();
            let header = u16::from_le_bytes([file[8], file[9]]) as usize;
            bytemuck::pod_collect_to_vec::<u8, f32>(&file[10 + header..])
        };
        let (a, b) = (numbers(""), numbers("_second"));
        let off: Vec<f32> = b.iter().zip(&a).map(|(b, a)| b - a).collect();
        assert_eq!(off, numbers("_difference"));
        // Both networks were made from one seed, so their shared towers begin alike.
        let apart = off.iter().any(|v| *v != 0.0);
        assert_eq!(apart, with[0] == "--compare-photo");
    }
    let own = [
        "--compare",
        &second,
        "--scale-mode",
        "own",
        "--out",
        "own.svg",
    ];
    does(folder.path(), &[&base[..], &own].concat());
    let written = text(&folder.path().join("own.svg"));
    assert!(written.contains("in its own range") && !written.contains("in both"));
    let hard = ours("baseline_fc");
    // Of a network whose tasks have no such layer, the shared tower alone.
    let arguments = [&base[..], &["--compare", &hard, "--out", "f.svg"]].concat();
    let said = does(folder.path(), &arguments);
    let alone = "compared in the towers that both have: the first alone has Landmarks, Attributes";
    assert!(said.contains(alone), "{said}");
    let written = text(&folder.path().join("f.svg"));
    assert!(
        written.contains(alone) && written.contains("Shared"),
        "{written}"
    );
    assert!(written.contains("\"LeftOut\">"), "{written}");
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
    for (more, said) in wrong {
        fails(
            folder.path(),
            &[&["features", "a.png"][..], more].concat(),
            &[said],
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
    for (more, said) in explain {
        let arguments = [&["explain", "a.png", "--out", "f.png"][..], more].concat();
        fails(folder.path(), &arguments, &[said]);
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
        let said = does(folder.path(), &[&base[..], &more].concat());
        assert!(said.contains("random weights: "), "{said}");
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
    let said = does(folder.path(), &arguments);
    assert!(
        said.contains("Landmarks: NME") && said.contains("Conv4-3") && said.contains("Fc"),
        "{said}"
    );
    let report: serde_json::Value =
        serde_json::from_str(&text(&folder.path().join("t/towers.json"))).unwrap();
    let towers = &report["towers"];
    assert_eq!(towers["faces"], 3);
    let boxes = serde_json::json!({ "data_set": 2, "centre_square": 1 });
    assert_eq!(towers["boxes"], boxes);
    let over = "2 in the data set's boxes, 1 in the picture's centre square";
    assert!(said.contains(over), "{said}");
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
    for words in [nme, accuracy] {
        assert!(said.contains(words) && table.contains(words), "{said}");
        assert!(figure.contains(words), "{figure}");
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
fn channels_are_matched_over_faces() {
    use burn::tensor::Device;
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let weights = ours("ours_concat");
    let base = [
        "features",
        "a.png",
        "--weights",
        &weights,
        "--layer",
        "conv1_2",
    ];
    let compared = ["--compare", &weights, "--match", "synthetic:6"];
    let over = ["--match-faces", "4", "--matches", "m.csv", "--out", "f.svg"];
    does(folder.path(), &[&base[..], &compared, &over].concat());
    // The figure can be made again from what its file says.
    let figure = text(&folder.path().join("f.svg"));
    let faces = "4 of all 6 faces of synthetic:6, drawn at random (seed 1)";
    let network = Predictor::new(
        Checkpoint::load(weights.as_ref(), &Device::flex()).unwrap(),
        Device::flex(),
    );
    let fingerprint = network.network().fingerprint();
    for (name, value) in [
        ("Photo", "a.png"),
        ("MatchedOver", faces),
        ("Weights", &weights),
        ("Network", &fingerprint),
        ("ComparedWeights", &weights),
        ("ComparedNetwork", &fingerprint),
    ] {
        let fact = format!("\"{name}\">{value}<");
        assert!(figure.contains(&fact), "{fact}: {figure}");
    }
    assert!(figure.contains("centre square)"));
    assert_eq!(figure.matches("\"ComparedWeights\"").count(), 1);
    let mut table = csv::Reader::from_path(folder.path().join("m.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert!(!rows.is_empty());
    for row in &rows {
        // A network beside itself: each channel is its own partner, unless its maps are constant.
        let Ok(correlation) = row[4].parse::<f64>() else {
            continue;
        };
        assert!(row[2] == row[3] && correlation > 0.999, "{row:?}");
        assert_eq!([&row[7], &row[8]], ["4", faces]);
    }
    assert!(rows.iter().any(|r| r[4].parse::<f64>().is_ok()));
    // There is nothing to match with without a second network.
    let alone = [&base[..], &compared[2..], &["--out", "g.svg"]].concat();
    fails(folder.path(), &alone, &["--compare"]);
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
fn networks_without_a_layer_in_common_are_refused_before_any_face_is_read() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let (own, other) = (ours("ours_channelwise"), ours("ours_concat"));
    let base = ["features", "a.png", "--weights", &own, "--compare", &other];
    let more = ["--layer", "fuse1_2", "--match", "nowhere", "--out", "f.svg"];
    let said = ["different towers at Fuse1-2", "and none"];
    fails(folder.path(), &[&base[..], &more[..]].concat(), &said);
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
        for (more, said) in [
            (&[][..], "centre square)"),
            (&["--data", "faces.csv"], "2,3,40,40 (the data set"),
            (&["--data", ".", "--face", "4"], "2,3,40,40 (the data set"),
            (&["--data", ".", "--face", "1"], "10,12,30,30 (the data set"),
            (&["--box", "1,2,30,30"], "1,2,30,30 (by hand)"),
        ] {
            does(folder.path(), &[&base[..], more].concat());
            let figure = text(&folder.path().join("f.svg"));
            assert!(figure.contains(said), "{more:?}");
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
        for (more, said) in [
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
            fails(folder.path(), &[&base[..], more].concat(), &[said]);
        }
    }
    let other = ["features", "b.png", "--data", "faces.csv", "--out", "f.svg"];
    fails(folder.path(), &other, &["b.png is no picture of"]);
}

#[test]
fn networks_of_different_widths_stand_side_by_side() {
    use burn::tensor::Device;
    use smn_studio::label::Schema;
    use smn_studio::model::{Checkpoint, Config, Network};
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    for (name, width) in [("wide.safetensors", 4), ("narrow.safetensors", 2)] {
        let config = Config::variant("ours_concat").unwrap().sized(width, 8);
        let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
        let file = folder.path().join(name);
        Checkpoint::new(network).save(&file).unwrap();
    }
    for (first, second, counts) in [("wide", "narrow", [8, 4]), ("narrow", "wide", [4, 8])] {
        let files = [first, second].map(|name| format!("{name}.safetensors"));
        let base = ["features", "a.png", "--layer", "conv2_1", "--npy", "n"];
        let networks = ["--weights", &files[0], "--compare", &files[1]];
        let numbers = |which: &str| {
            let path = folder.path().join(format!("n/shared_conv2_1{which}.npy"));
            let file = fs::read(path).ok()?;
            let header = u16::from_le_bytes([file[8], file[9]]) as usize;
            Some(bytemuck::pod_collect_to_vec::<u8, f32>(
                &file[10 + header..],
            ))
        };
        let _ = fs::remove_dir_all(folder.path().join("n"));
        let said = does(
            folder.path(),
            &[&base[..], &networks, &["--out", "f.svg"]].concat(),
        );
        // Both, their numbers and why there is no difference.
        for words in [
            format!("{first}.safetensors has Shared {}", counts[0]),
            format!("{second}.safetensors has Shared {}", counts[1]),
            "--match".into(),
        ] {
            assert!(said.contains(&words), "{words}: {said}");
        }
        let figure = text(&folder.path().join("f.svg"));
        for words in ["8 maps of 64", "4 maps of 64", "no difference: "] {
            assert!(figure.contains(words), "{words}: {figure}");
        }
        assert!(numbers("_difference").is_none());
        let [a, b] = ["", "_second"].map(|which| numbers(which).unwrap().len());
        assert_eq!(a * counts[1], b * counts[0]);
        // In pairs there are as many as the narrower one has.
        let over = [
            "--match",
            "synthetic:4",
            "--matches",
            "m.csv",
            "--out",
            "f.svg",
        ];
        does(folder.path(), &[&base[..], &networks, &over].concat());
        let mut table = csv::Reader::from_path(folder.path().join("m.csv")).unwrap();
        let rows = table.records().map(Result::unwrap);
        let rows: Vec<_> = rows.filter(|row| &row[0] == "shared").collect();
        let mut partners: Vec<String> = rows.iter().map(|row| row[3].to_owned()).collect();
        partners.sort();
        partners.dedup();
        assert_eq!((rows.len(), partners.len()), (4, 4), "one to one");
        let figure = text(&folder.path().join("f.svg"));
        let lines = figure.split("<text ").skip(1);
        let lines = lines.filter_map(|line| line.split(['>', '<']).nth(1));
        let said = lines.collect::<Vec<_>>().join(" ");
        let whose = if counts[0] == 8 {
            ","
        } else {
            " of the second,"
        };
        let alone = format!("without a partner, and not shown: Shared 4 of 8{whose}");
        for words in [
            &alone,
            "channels matched by correlation over all 4 faces of synthetic:4: mean r ",
            "4 of 8 maps of 64",
            "4 maps of 64",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!figure.contains("no difference"));
        let difference = numbers("_difference").unwrap();
        let known = difference.iter().filter(|v| !v.is_nan()).count();
        assert_eq!(known, 4 * 64 * 64, "of the pairs");
    }
}

/// What a reader has to know of a comparison stands in the figure and beside the numbers, not only on
/// the screen.
#[test]
fn networks_that_were_trained_apart_are_said_to_be_in_the_figure_and_beside_the_numbers() {
    use burn::tensor::Device;
    use smn_studio::label::Schema;
    use smn_studio::model::{Config, Network};
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    for (name, seed) in [("one.safetensors", 1), ("two.safetensors", 2)] {
        let config = Config::variant("ours_concat").unwrap().sized(2, 8);
        let network = Network::new(&config, &Schema::face(), seed, &Device::flex());
        let file = folder.path().join(name);
        Checkpoint::new(network).save(&file).unwrap();
    }
    let base = ["features", "a.png", "--layer", "conv1_2"];
    let networks = [
        "--weights",
        "one.safetensors",
        "--compare",
        "two.safetensors",
    ];
    let warning = "the networks were trained apart: channel k of one is not channel k of the other";
    for (more, apart) in [(&[][..], true), (&["--match", "synthetic:4"], false)] {
        let out = [
            "--out",
            "f.svg",
            "--npy",
            "n",
            "--scale-mode",
            "fixed:0,0.001",
        ];
        let said = does(folder.path(), &[&base[..], &networks, more, &out].concat());
        assert_eq!(said.contains(warning), apart, "{said}");
        assert!(said.contains("maps.json"), "{said}");
        let figure = text(&folder.path().join("f.svg"));
        let fact = format!("\"Warning\">{warning}<");
        assert_eq!(figure.contains(&fact), apart, "{figure}");
        assert_eq!(figure.contains(&format!(">warning: {warning}<")), apart);
        // Values beyond the fixed range are said to be cut.
        assert!(figure.contains(">≥ 0.00100<") && figure.contains("of the layer's difference"));
        let told = text(&folder.path().join("n/maps.json"));
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let files = fs::read_dir(folder.path().join("n")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let arrays: Vec<String> = names.filter(|name| name.ends_with(".npy")).collect();
        assert_eq!(arrays.len(), 9);
        for array in &arrays {
            let of = &told[array];
            for (name, value) in [
                ("Photo", "a.png"),
                ("Layer", "conv1_2"),
                ("Weights", "one.safetensors"),
                ("ComparedWeights", "two.safetensors"),
            ] {
                assert_eq!(of[name], value, "{array}: {name}");
            }
            assert!(of["FaceBox"].as_str().unwrap().contains("centre square"));
            assert_eq!(of["Network"].as_str().unwrap().len(), 16);
            assert_eq!(of["Warning"] == warning, apart, "{array}");
            assert_eq!(of["MatchedOver"].is_null(), apart, "{array}");
        }
    }
}

#[test]
fn each_row_of_a_comparison_in_one_range_has_its_own_maxima() {
    let folder = tempfile::tempdir().unwrap();
    photo(folder.path(), "a.png");
    let other = image::RgbImage::from_pixel(90, 90, image::Rgb([200, 30, 90]));
    other.save(folder.path().join("b.png")).unwrap();
    let weights = ours("ours_concat");
    let base = [
        "features",
        "a.png",
        "--weights",
        &weights,
        "--layer",
        "conv1_1",
    ];
    let with = ["--compare-photo", "b.png", "--npy", "n", "--out", "f.svg"];
    let wide = ["--width-mm", "400"];
    let array = |which: &str| {
        let path = format!("n/shared_conv1_1{which}.npy");
        let file = fs::read(folder.path().join(path)).unwrap();
        let header = u16::from_le_bytes([file[8], file[9]]) as usize;
        bytemuck::pod_collect_to_vec::<u8, f32>(&file[10 + header..])
    };
    let extent = |values: &[f32]| {
        let low = values.iter().copied().fold(f32::INFINITY, f32::min);
        (
            low,
            values.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        )
    };
    use smn_studio::figure::{short, span};
    for scale in ["layer", "fixed:0,0.5"] {
        let more = ["--scale-mode", scale];
        does(folder.path(), &[&base[..], &with, &wide, &more].concat());
        let figure = text(&folder.path().join("f.svg"));
        for which in ["", "_second"] {
            for (channel, plane) in array(which).chunks_exact(128 * 128).enumerate() {
                let (_, high) = extent(plane);
                if high > 0.0 {
                    let words = format!(">{channel}: at most {}<", short(high));
                    assert!(figure.contains(&words), "{scale}{which}: {words}: {figure}");
                }
            }
        }
        for (channel, plane) in array("_difference").chunks_exact(128 * 128).enumerate() {
            let (low, high) = extent(plane);
            if low < 0.0 {
                let words = format!(">{channel}: {}<", span(low, high));
                assert!(figure.contains(&words), "{scale}: {words}: {figure}");
            }
        }
    }
}
