use burn::tensor::Device;

use super::*;
use crate::label::Schema;
use crate::model::{Checkpoint, Config, Layer, TowerId};
use crate::study::matching::{Pair, match_channels};

fn predictor(width: usize, seed: u64) -> Predictor {
    let config = Config::variant("ours_concat").unwrap().sized(width, 4);
    let network = Network::new(&config, &Schema::face(), seed, &Device::flex());
    Predictor::new(Checkpoint::new(network), Device::flex())
}

fn photo(shade: u32) -> RgbImage {
    RgbImage::from_fn(40, 32, |x, y| {
        image::Rgb([(7 * x) as u8, (5 * y) as u8, shade as u8])
    })
}

const FACE: FaceBox = FaceBox {
    x: 2.0,
    y: 1.0,
    w: 30.0,
    h: 30.0,
    angle: 0.0,
};

#[test]
fn two_photos_have_the_difference_of_their_maps() {
    let (own, first, second) = (predictor(1, 1), photo(9), photo(200));
    let request = MapsRequest {
        second: Some(Second::Photo(&second, &FACE)),
        ..MapsRequest::new(&own, &first, &FACE, TapLayer::conv(Layer::Conv1_2))
    };
    let found = request.run().unwrap();
    let (a, b) = (
        &found.first.maps[0],
        &found.second.as_ref().unwrap().maps[0],
    );
    assert_ne!(a.data, b.data);
    assert_eq!(found.difference(false)[0], b.minus(a));
}

#[test]
fn a_layer_that_is_not_there_is_named_with_those_that_are() {
    let (own, photo) = (predictor(1, 1), photo(9));
    let place: TapLayer = "fuse1_2".parse().unwrap();
    let actual = MapsRequest::new(&own, &photo, &FACE, place)
        .run()
        .unwrap_err()
        .to_string();
    assert!(
        actual.contains("conv1_1, ") && actual.contains("conv4_3"),
        "{actual}"
    );
}

#[test]
fn what_is_muted_on_either_side_has_no_difference() {
    let (own, other, photo) = (predictor(3, 1), predictor(3, 2), photo(9));
    let place = TapLayer::conv(Layer::Conv1_1);
    let channels = place.channels(3);
    let masks = [Mask::muting(
        TowerId::Shared,
        Layer::Conv1_1,
        channels,
        &[0],
    )];
    let towers = own.network().taps_at(place);
    let turned = |channel: usize| Pair {
        channel,
        partner: channels - 1 - channel,
        correlation: None,
        best: 0,
        best_correlation: None,
    };
    let matched = Matched {
        towers: towers
            .iter()
            .map(|tap| Matching {
                tower: own.network().tower_name(tap.tower).to_owned(),
                place,
                faces: 3,
                channels: [channels; 2],
                pairs: (0..channels).map(turned).collect(),
            })
            .collect(),
        faces: "3 faces".into(),
        networks: Default::default(),
    };
    let by_number = MapsRequest {
        masks: &masks,
        second: Some(Second::Network(&other)),
        ..MapsRequest::new(&own, &photo, &FACE, place)
    };
    let found = by_number.run().unwrap();
    assert_eq!(found.muted_pairs()[0], [0]);
    assert_eq!(found.second_muting, SecondMuting::All);
    assert!(found.matching.is_empty());
    let paired = MapsRequest {
        matched: Some(&matched),
        ..by_number
    };
    let found = paired.run().unwrap();
    assert!(channels > 1, "or both are one");
    assert_eq!(found.muted_pairs()[0], [0, channels - 1]);
    assert_eq!(found.matched_over, "3 faces");
    // A network of another width has no such channel, and other pairs.
    let wider = predictor(2, 3);
    let apart = MapsRequest {
        second: Some(Second::Network(&wider)),
        ..by_number
    };
    let found = apart.run().unwrap();
    assert_eq!(found.second_muting, SecondMuting::OtherWidth);
    assert!(found.difference(false).is_empty());
    let wrong = MapsRequest {
        matched: Some(&matched),
        ..apart
    };
    let actual = wrong.run().unwrap_err();
    assert!(
        matches!(actual, StudyError::MatchedForOthers { .. }),
        "{actual}"
    );
}

#[test]
fn numbers_are_written_of_both_and_of_their_difference() {
    let folder = tempfile::tempdir().unwrap();
    let (own, photo) = (predictor(1, 1), photo(9));
    let files = |second, name: &str| {
        let request = MapsRequest {
            second,
            ..MapsRequest::new(&own, &photo, &FACE, TapLayer::conv(Layer::Conv1_1))
        };
        let found = request.run().unwrap();
        let written = found.write_npy(&folder.path().join(name)).unwrap();
        assert!(written.iter().all(|path| path.exists()));
        written.len() / found.first.maps.len()
    };
    let (like, wider) = (predictor(1, 2), predictor(2, 2));
    assert_eq!(files(None, "one"), 1);
    assert_eq!(files(Some(Second::Network(&like)), "like"), 3);
    assert_eq!(files(Some(Second::Network(&wider)), "wider"), 2);
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "a file").unwrap();
    let found = MapsRequest::new(&own, &photo, &FACE, TapLayer::conv(Layer::Conv1_1))
        .run()
        .unwrap();
    let actual = found.write_npy(&taken).unwrap_err().to_string();
    assert!(actual.contains("taken"), "{actual}");
}

#[test]
fn of_what_is_muted_the_second_mutes_the_layers_that_it_has() {
    let branched = |variant: &str| {
        let config = Config::variant(variant).unwrap().sized(2, 4);
        let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
        Predictor::new(Checkpoint::new(network), Device::flex())
    };
    let (own, other) = (branched("baseline_conv1_2"), branched("baseline_conv2_2"));
    let (photo, place) = (photo(9), TapLayer::conv(Layer::Conv4_1));
    let mask = |tower, layer| Mask::muting(tower, layer, TapLayer::conv(layer).channels(2), &[1]);
    // In the second the tasks part behind this layer.
    let apart = mask(TowerId::Task(0), Layer::Conv2_1);
    let both = mask(TowerId::Shared, Layer::Conv1_1);
    for (masks, muting, left) in [
        (vec![both.clone(), apart.clone()], SecondMuting::Part, 1),
        (vec![apart], SecondMuting::NoLayers, 0),
        (vec![both], SecondMuting::All, 1),
        (Vec::new(), SecondMuting::All, 0),
    ] {
        let request = MapsRequest {
            masks: &masks,
            second: Some(Second::Network(&other)),
            ..MapsRequest::new(&own, &photo, &FACE, place)
        };
        let found = request.run().unwrap();
        assert_eq!(found.first.masks, masks);
        let second = found.second.unwrap().masks;
        assert_eq!((found.second_muting, second.len()), (muting, left));
    }
}

/// One of attributes alone beside one of points and attributes: its only task is another number.
#[test]
fn two_networks_are_compared_in_the_towers_that_both_have() {
    let both = predictor(1, 1);
    let mut schema = Schema::face();
    schema.tasks.remove(0);
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &schema, 2, &Device::flex());
    let one = Predictor::new(Checkpoint::new(network), Device::flex());
    let (photo, place) = (photo(9), TapLayer::conv(Layer::Conv1_2));
    let masks = |task| {
        let channels = place.channels(1);
        [Mask::muting(
            TowerId::Task(task),
            Layer::Conv1_2,
            channels,
            &[0],
        )]
    };
    for (own, other, task, alone) in [
        (&both, &one, 1, ["the first", "Landmarks"]),
        (&one, &both, 0, ["the second", "Landmarks"]),
    ] {
        let masks = masks(task);
        let request = MapsRequest {
            masks: &masks,
            second: Some(Second::Network(other)),
            ..MapsRequest::new(own, &photo, &FACE, place)
        };
        let found = request.run().unwrap();
        let second = found.second.as_ref().unwrap();
        for side in [&found.first, second] {
            assert_eq!(side.towers(), ["shared", "attributes"]);
            // The same tower is muted, whatever its number is.
            assert_eq!(side.muted, [vec![], vec![0]]);
        }
        assert_eq!(second.masks[0].tower, TowerId::Task(1 - task));
        assert_eq!((found.difference(false).len(), found.kinship.len()), (2, 2));
        let text = found.alone_text().unwrap();
        assert!(
            text.ends_with(&format!("{} alone has {}", alone[0], alone[1])),
            "{text}"
        );
        assert_eq!(found.second_muting, SecondMuting::All);
        let matched = match_channels([own, other], place, &[], |_| true)
            .unwrap()
            .0;
        let towers: Vec<&str> = matched.iter().map(|m| m.tower.as_str()).collect();
        assert_eq!(towers, ["shared", "attributes"]);
    }
    let same = MapsRequest {
        second: Some(Second::Network(&both)),
        ..MapsRequest::new(&both, &photo, &FACE, place)
    };
    assert_eq!(same.run().unwrap().alone_text(), None);
}
