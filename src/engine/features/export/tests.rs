use std::sync::Arc;

use burn::tensor::Device;
use image::RgbImage;

use super::*;
use crate::engine::features::compare::Against;
use crate::engine::{FaceKey, FaceTicket, ListTicket};
use crate::label::FaceBox;
use crate::model::{Checkpoint, Config, Layer, Network, TowerId};
use crate::study::{Matched, Matching, Pair, fusion_norms};

fn key(face_box: FaceBox) -> FaceKey {
    FaceKey {
        ticket: FaceTicket::listed(ListTicket(1), 1),
        face_box,
    }
}

#[test]
fn another_networks_findings_are_written_as_its_own_and_its_maps_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    let predictor = Predictor::new(Checkpoint::new(network), Device::flex());
    let norms = fusion_norms(predictor.checkpoint());
    let wanted = |out: &str, drawing| ExportRequest {
        out: Some(folder.path().join(out)),
        width_mm: 180.0,
        dpi: 96.0,
        network: ("before.safetensors".into(), "0123abcd".into()),
        provenance: Provenance::default(),
        content: drawing,
    };
    let write = |request: &ExportRequest| export(&predictor, request);
    write(&wanted(
        "towers.svg",
        ExportContent::Towers(norms, String::new()),
    ))
    .unwrap();
    let svg = std::fs::read_to_string(folder.path().join("towers.svg")).unwrap();
    assert!(svg.contains("0123abcd") && svg.contains("before.safetensors"));
    let numbers = ExportContent::Numbers(MapsOf::One {
        face: PhotoFace {
            key: key(FaceBox::new(0.0, 0.0, 32.0, 32.0)),
            photo: Arc::new(RgbImage::new(32, 32)),
        },
        place: TapLayer::conv(Layer::Conv1_1),
        masks: Vec::new(),
    });
    let mut wanted = wanted("maps", numbers);
    let why = write(&wanted).err().unwrap().to_string();
    assert!(why.contains("another network"), "{why}");
    wanted.network.1 = predictor.network().fingerprint();
    assert!(write(&wanted).is_ok());
}

#[test]
fn a_narrower_network_is_drawn_beside_its_partners_in_a_wider_one() {
    let folder = tempfile::tempdir().unwrap();
    let network = |width| {
        let config = Config::variant("ours_concat").unwrap().sized(width, 4);
        Network::new(&config, &Schema::face(), width as u64, &Device::flex())
    };
    let place = TapLayer::conv(Layer::Conv2_1);
    for (own, other) in [(1, 2), (2, 1), (1, 1)] {
        let predictor = Predictor::new(Checkpoint::new(network(own)), Device::flex());
        let second = folder.path().join("second.safetensors");
        Checkpoint::new(network(other)).save(&second).unwrap();
        let channels = [own, other].map(|width| place.channels(width));
        let least = channels[0].min(channels[1]);
        let pair = |channel: usize| Pair {
            channel,
            partner: channels[1] - 1 - channel,
            correlation: Some(0.31),
            best: 0,
            best_correlation: None,
        };
        let taps = predictor.network().taps_at(place);
        let matching = |tap: &Tap| Matching {
            tower: predictor.network().tower_name(tap.tower).to_owned(),
            place,
            faces: 7,
            channels,
            pairs: (0..least).map(pair).collect(),
        };
        let matched = Matched {
            towers: taps.iter().map(matching).collect(),
            faces: "7 of all 300 faces, drawn at random (seed 1)".into(),
            networks: Default::default(),
        };
        let face = PhotoFace {
            key: key(FaceBox::new(0.0, 0.0, 32.0, 32.0)),
            photo: Arc::new(RgbImage::from_fn(32, 32, |x, y| {
                image::Rgb([(7 * x) as u8, (5 * y) as u8, 90])
            })),
        };
        // Of the second network, whose layer is as wide, the same channel is silent.
        let masks = vec![Mask::muting(taps[0].tower, place.layer, channels[0], &[0])];
        let beside = CompareRequest {
            face: face.clone(),
            place,
            masks: masks.clone(),
            against: Against::Weights(Some(second.clone())),
            matched: Some(Arc::new(matched)),
            own_ranges: false,
        };
        let figure = MapsFigure {
            maps: MapsOf::Two(beside),
            names: ["a", "b"].map(str::to_owned),
            scale: Scale::Channel,
            colours: ColourMap::default(),
            channels: None,
        };
        let out = folder.path().join("figure.svg");
        let request = ExportRequest {
            out: Some(out.clone()),
            width_mm: 180.0,
            dpi: 96.0,
            network: (String::new(), predictor.network().fingerprint()),
            provenance: Provenance::default(),
            content: ExportContent::Maps(figure),
        };
        let written = export(&predictor, &request).unwrap();
        assert!(matches!(written, ExportOutcome::Written(files) if files == [out.clone()]));
        let svg = std::fs::read_to_string(&out).unwrap();
        std::fs::remove_file(&out).unwrap();
        let last = channels[1] - 1;
        for text in [
            format!("0 ↔ {last}, r .31"),
            "over 7 of all 300 faces, drawn at random (seed 1): mean r 0.31".into(),
        ] {
            assert!(svg.contains(&text), "{own} beside {other}: {text}: {svg}");
        }
        // Where the network is muted, and in the difference: which has two such pairs where both
        // are, since equal numbers are not paired.
        let both = own == other;
        let counts = ["1 muted<", "2 muted<"].map(|text| svg.matches(text).count());
        assert_eq!(
            counts,
            if both { [2, 1] } else { [2, 0] },
            "{own} {other}: {svg}"
        );
        // In pairs their numbers mean something.
        assert!(!svg.contains("trained apart") && !svg.contains("\"Warning\""));
        let apart = svg.contains("another width");
        assert_eq!(apart, !both, "{own} {other}: {svg}");
        assert_eq!(svg.contains("ComparedMuted"), both);
        let facts = [
            ("Muted", "Shared Conv2-1: channel 0 muted".to_owned()),
            ("ComparedWeights", second.display().to_string()),
            (
                "MatchedOver",
                "7 of all 300 faces, drawn at random (seed 1)".into(),
            ),
        ];
        for (name, value) in facts {
            assert!(
                svg.contains(&format!("\"{name}\">{value}<")),
                "{name}: {svg}"
            );
        }
    }
}

#[test]
fn a_second_network_that_has_not_all_layers_is_said_to_mute_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let network = |variant: &str| {
        let config = Config::variant(variant).unwrap().sized(2, 4);
        Checkpoint::new(Network::new(&config, &Schema::face(), 1, &Device::flex()))
    };
    let predictor = Predictor::new(network("baseline_conv1_2"), Device::flex());
    let second = folder.path().join("second.safetensors");
    network("baseline_conv2_2").save(&second).unwrap();
    let out = folder.path().join("figure.svg");
    let mask = |tower, layer| Mask::muting(tower, layer, TapLayer::conv(layer).channels(2), &[1]);
    // In the second the tasks part behind Conv2-2.
    let apart = mask(TowerId::Task(0), Layer::Conv2_1);
    let both = mask(TowerId::Shared, Layer::Conv1_1);
    let drawn = |masks: Vec<Mask>| {
        let wanted = CompareRequest {
            face: PhotoFace {
                key: key(FaceBox::new(0.0, 0.0, 32.0, 32.0)),
                photo: Arc::new(RgbImage::new(32, 32)),
            },
            place: TapLayer::conv(Layer::Conv4_1),
            masks,
            against: Against::Weights(Some(second.clone())),
            matched: None,
            own_ranges: false,
        };
        let figure = MapsFigure {
            maps: MapsOf::Two(wanted),
            names: ["a", "b"].map(str::to_owned),
            scale: Scale::Channel,
            colours: ColourMap::default(),
            channels: None,
        };
        let request = ExportRequest {
            out: Some(out.clone()),
            width_mm: 180.0,
            dpi: 96.0,
            network: (String::new(), predictor.network().fingerprint()),
            provenance: Provenance::default(),
            content: ExportContent::Maps(figure),
        };
        export(&predictor, &request).unwrap();
        std::fs::read_to_string(&out).unwrap()
    };
    let (own, other) = (
        "Landmarks Conv2-1: channel 1 muted",
        "Shared Conv1-1: channel 1 muted",
    );
    let svg = drawn(vec![both, apart.clone()]);
    for (name, value) in [
        ("Muted", &*format!("{other}; {own}")),
        ("ComparedMuted", other),
    ] {
        let fact = format!("\"{name}\">{value}<");
        assert!(svg.contains(&fact), "{fact}: {svg}");
    }
    assert!(svg.contains("not all of these layers") && !svg.contains("another width"));
    let svg = drawn(vec![apart]);
    assert!(
        svg.contains("no such layers") && !svg.contains("ComparedMuted"),
        "{svg}"
    );
    assert!(!svg.contains("another width"), "{svg}");
}

#[test]
fn exports_run_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    let fingerprint = network.fingerprint();
    let own = Checkpoint::new(network);
    let (news, heard) = std::sync::mpsc::channel();
    let request = |name: &str| {
        Box::new(ExportRequest {
            out: Some(folder.path().join(name)),
            width_mm: 100.0,
            dpi: 96.0,
            network: (String::new(), fingerprint.clone()),
            provenance: Provenance::default(),
            content: ExportContent::Numbers(MapsOf::One {
                face: PhotoFace {
                    key: key(FaceBox::new(0.0, 0.0, 32.0, 32.0)),
                    photo: Arc::new(RgbImage::new(32, 32)),
                },
                place: TapLayer::conv(Layer::Conv1_1),
                masks: Vec::new(),
            }),
        })
    };
    for (n, name) in [(1, "a"), (2, "b")] {
        start(own.clone(), (ExportTicket(n), request(name)), {
            let news = news.clone();
            move |exported| {
                let _ = news.send(exported);
            }
        });
    }
    drop(news);
    let mut told: Vec<(u64, bool)> = heard
        .into_iter()
        .map(|e| (e.ticket.0, matches!(e.outcome, ExportOutcome::Written(_))))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [(1, true), (2, true)]);
}

/// The figure of a channel over the face, and the folder of numbers.
#[test]
fn a_channel_and_numbers_say_what_is_muted_and_that_networks_are_apart() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = |seed| Network::new(&config, &Schema::face(), seed, &Device::flex());
    let predictor = Predictor::new(Checkpoint::new(network(1)), Device::flex());
    let second = folder.path().join("second.safetensors");
    Checkpoint::new(network(2)).save(&second).unwrap();
    let place = TapLayer::conv(Layer::Conv2_1);
    let shared = predictor.network().taps_at(place)[0];
    let channels = place.channels(1);
    let face = PhotoFace {
        key: key(FaceBox::new(0.0, 0.0, 32.0, 32.0)),
        photo: Arc::new(RgbImage::from_fn(32, 32, |x, y| {
            image::Rgb([(7 * x) as u8, (5 * y) as u8, 90])
        })),
    };
    let one = || MapsOf::One {
        face: face.clone(),
        place,
        masks: vec![Mask::muting(shared.tower, place.layer, channels, &[0])],
    };
    let both = || {
        MapsOf::Two(CompareRequest {
            face: face.clone(),
            place,
            masks: vec![Mask::muting(shared.tower, place.layer, channels, &[0])],
            against: Against::Weights(Some(second.clone())),
            matched: None,
            own_ranges: false,
        })
    };
    let muted = "Shared Conv2-1: channel 0 muted";
    let request = |out: &str, content| ExportRequest {
        out: Some(folder.path().join(out)),
        width_mm: 180.0,
        dpi: 96.0,
        network: (
            "first.safetensors".into(),
            predictor.network().fingerprint(),
        ),
        provenance: Provenance {
            muted: muted.into(),
            data: "set".into(),
            ..Provenance::default()
        },
        content,
    };
    let channel = |maps, of, channel: usize| ExportContent::Channel {
        maps,
        tap: shared,
        channel,
        name: format!("channel {channel}"),
        of,
        scale: HeatScale {
            colours: ColourMap::Viridis,
            range: (0.0, 1.0),
            whose: String::new(),
        },
    };
    let apart = "the networks were trained apart";
    for (maps, of, number, is_muted, is_apart) in [
        (one(), Compare::First, 0, true, false),
        (one(), Compare::First, 1, false, false),
        (both(), Compare::Second, 0, true, false),
        (both(), Compare::Second, 1, false, false),
        (both(), Compare::Difference, 0, true, true),
        (both(), Compare::Difference, 1, false, true),
    ] {
        let case = format!("{of:?} {number}");
        let out = folder.path().join("channel.svg");
        let content = channel(maps, of, number);
        export(&predictor, &request("channel.svg", content)).unwrap();
        let svg = std::fs::read_to_string(&out).unwrap();
        assert!(svg.contains(&format!(" with {muted}")), "{case}: {svg}");
        assert_eq!(svg.contains("muted: held at zero"), is_muted, "{case}");
        assert_eq!(
            svg.contains(&format!(">warning: {apart}")),
            is_apart,
            "{case}"
        );
    }
    let content = ExportContent::Numbers(one());
    export(&predictor, &request("maps", content)).unwrap();
    let told = || -> serde_json::Value {
        let text = std::fs::read_to_string(folder.path().join("maps/maps.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let alone = told();
    let of = &alone["shared_conv2_1.npy"];
    assert_eq!(
        [&of["Muted"], &of["Data"], &of["Layer"], &of["Weights"]],
        [muted, "set", "conv2_1", "first.safetensors"]
    );
    assert!(of["Warning"].is_null() && of["ComparedWeights"].is_null());
    // Another layer beside it leaves what was said of the first.
    let content = ExportContent::Numbers(MapsOf::One {
        face: face.clone(),
        place: TapLayer::conv(Layer::Conv1_1),
        masks: Vec::new(),
    });
    let mut plain = request("maps", content);
    plain.provenance = Provenance::default();
    export(&predictor, &plain).unwrap();
    assert_eq!(told()["shared_conv2_1.npy"], *of);
    assert!(told()["shared_conv1_1.npy"]["Muted"].is_null());
    let content = ExportContent::Numbers(both());
    export(&predictor, &request("maps", content)).unwrap();
    let of = &told()["shared_conv2_1_difference.npy"];
    assert_eq!(of["ComparedWeights"], second.display().to_string());
    assert!(of["Warning"].as_str().unwrap().starts_with(apart), "{of}");
    // What is another's stays as it is.
    std::fs::write(folder.path().join("maps/maps.json"), "[1]").unwrap();
    let content = ExportContent::Numbers(one());
    let actual = export(&predictor, &request("maps", content)).err().unwrap();
    assert!(error_chain(&actual).contains("maps.json: it describes no maps"));
}
