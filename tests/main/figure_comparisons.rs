//! Figures of two networks or photos side by side.

use std::fs;

use smn_studio::model::{Checkpoint, Predictor};

use crate::cli::{fails, photo};
use crate::figures::{does, ours, text};

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
    let output = does(folder.path(), &arguments);
    let alone = "compared in the towers that both have: the first alone has Landmarks, Attributes";
    assert!(output.contains(alone), "{output}");
    let written = text(&folder.path().join("f.svg"));
    assert!(
        written.contains(alone) && written.contains("Shared"),
        "{written}"
    );
    assert!(written.contains("\"LeftOut\">"), "{written}");
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
        for text in [
            format!("{first}.safetensors has Shared {}", counts[0]),
            format!("{second}.safetensors has Shared {}", counts[1]),
            "--match".into(),
        ] {
            assert!(said.contains(&text), "{text}: {said}");
        }
        let figure = text(&folder.path().join("f.svg"));
        for text in ["8 maps of 64", "4 maps of 64", "no difference: "] {
            assert!(figure.contains(text), "{text}: {figure}");
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
        for text in [
            &alone,
            "channels matched by correlation over all 4 faces of synthetic:4: mean r ",
            "4 of 8 maps of 64",
            "4 maps of 64",
        ] {
            assert!(said.contains(text), "{text}: {said}");
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
        let output = does(folder.path(), &[&base[..], &networks, more, &out].concat());
        assert_eq!(output.contains(warning), apart, "{output}");
        assert!(output.contains("maps.json"), "{output}");
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
                    let text = format!(">{channel}: at most {}<", short(high));
                    assert!(figure.contains(&text), "{scale}{which}: {text}: {figure}");
                }
            }
        }
        for (channel, plane) in array("_difference").chunks_exact(128 * 128).enumerate() {
            let (low, high) = extent(plane);
            if low < 0.0 {
                let text = format!(">{channel}: {}<", span(low, high));
                assert!(figure.contains(&text), "{scale}: {text}: {figure}");
            }
        }
    }
}
