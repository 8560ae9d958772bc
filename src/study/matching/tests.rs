//! Networks whose channels are in another order, or have another origin.

use image::{Rgb, RgbImage};

use super::*;
use crate::label::Schema;
use crate::model::Checkpoint;
use crate::model::testing::{made, predictor, random};
use crate::model::{Config, Layer};
use crate::model::{Network, TowerId};

/// Each layer's channels stand in this order in the copy: its rows by its own, the columns of the
/// next by the same.
fn turned(channels: usize) -> Vec<usize> {
    (0..channels).map(|c| (3 * c + 1) % channels).collect()
}

/// The same network with the channels of one layer of the shared tower in another order, which
/// answers the same.
fn reordered(network: &Network, layer: &str, next: &str) -> Network {
    let tensors = network.tensors(true);
    made(network.config(), |name, place| {
        let mut place = place.to_vec();
        let tensor = &tensors[name];
        let shape = tensor.shape().to_vec();
        if name.starts_with(&format!("shared.{layer}.")) {
            place[0] = turned(shape[0])[place[0]];
        }
        if name == format!("shared.{next}.weight") {
            place[1] = turned(shape[1])[place[1]];
        }
        let at = place.iter().zip(&shape).fold(0, |at, (p, s)| at * s + p);
        tensor.as_slice::<f32>().unwrap()[at]
    })
}

fn samples(folder: &std::path::Path, count: usize) -> Vec<Sample> {
    let sample = |i: usize| {
        let path = folder.join(format!("{i}.png"));
        let draw = |x: u32, y: u32| {
            let v = (x * (3 + i as u32) + y * y / 7) as u8;
            Rgb([v, (x ^ y) as u8, (y * 2) as u8])
        };
        RgbImage::from_fn(128, 128, draw).save(&path).unwrap();
        Sample::unlabelled(&path, &Schema::face())
    };
    (0..count).map(sample).collect()
}

#[test]
fn a_copy_with_its_channels_in_another_order_is_matched_back() {
    let folder = tempfile::tempdir().unwrap();
    let samples = samples(folder.path(), 5);
    let samples: Vec<&Sample> = samples.iter().collect();
    let network = random("baseline_fc", 4, 6);
    let copy = predictor(reordered(&network, "conv2_1", "conv2_2"));
    let own = predictor(network);
    let place = TapLayer::conv(Layer::Conv2_1);
    let (found, problems) = match_channels([&own, &copy], place, &samples, |_| true).unwrap();
    assert!(problems.is_empty() && found.len() == 1);
    let matching = &found[0];
    assert_eq!((matching.tower.as_str(), matching.faces), ("shared", 5));
    let order = turned(8);
    let mut alive = 0;
    for pair in &matching.pairs {
        let Some(correlation) = pair.correlation else {
            continue;
        };
        alive += 1;
        assert!(correlation > 1.0 - 1e-6, "{pair:?}");
        assert_eq!(order[pair.partner], pair.channel, "{pair:?}");
        assert_eq!(pair.best, pair.partner);
    }
    assert!(alive >= 5, "{alive} channels vary");
    assert!(matching.mean().unwrap() > 1.0 - 1e-6);
    // Paired, the copy's maps are the own ones.
    let taps = own.network().taps_at(place);
    let maps = |p: &Predictor| {
        let photo = samples[0].load().unwrap();
        let (face, _) = samples[0].region_in(photo.width(), photo.height());
        p.features(&photo.image, &face, &taps).swap_remove(0)
    };
    let (first, second) = (maps(&own), maps(&copy));
    assert_ne!(first.data, second.data);
    let difference = matching.paired(&second, second.channels).minus(&first);
    assert!(difference.data.iter().all(|v| v.abs() < 1e-5));
}

#[test]
fn weights_tell_networks_of_one_origin_from_those_trained_apart() {
    let tap = Tap::conv(TowerId::Shared, Layer::Conv3_2);
    let apart = |a: &Network, b: &Network| {
        let both = [a.clone(), b.clone()].map(predictor);
        Kinship::between([&both[0], &both[1]], [tap, tap])
    };
    let [first, other] = [1, 2].map(|seed| random("ours_concat", 4, seed));
    let kin = apart(&first, &other);
    assert!(kin.is_apart() && kin.cosine.unwrap().abs() < 0.3, "{kin:?}");
    assert!(!apart(&first, &first).is_apart());
    // Trained on: a fifth of the weights is another's.
    let tensors = [&first, &other].map(|n| n.tensors(true));
    let later = made(first.config(), |name, place| {
        let shape = tensors[0][name].shape().to_vec();
        let at = place.iter().zip(&shape).fold(0, |at, (p, s)| at * s + p);
        let [a, b] = [0, 1].map(|n: usize| tensors[n][name].as_slice::<f32>().unwrap()[at]);
        0.8 * a + 0.2 * b
    });
    let kin = apart(&first, &later);
    assert!(!kin.is_apart() && kin.cosine.unwrap() > 0.9, "{kin:?}");
    // Of one run they are of one origin, whatever their weights.
    let run = |file: &str, network: &Network| {
        let checkpoint = Checkpoint {
            origin: format!("/runs/a/{file}"),
            ..Checkpoint::new(network.clone())
        };
        Predictor::new(checkpoint, network.device())
    };
    let both = [
        run("checkpoints/epoch-1.safetensors", &first),
        run("final.safetensors", &other),
    ];
    assert!(!Kinship::between([&both[0], &both[1]], [tap, tap]).is_apart());
}

#[test]
fn a_stopped_matching_is_over_what_was_looked_at_and_other_towers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut samples = samples(folder.path(), GROUP + 3);
    std::fs::write(&*samples[2].path, "no picture").unwrap();
    samples[GROUP + 1] = samples[0].clone();
    let samples: Vec<&Sample> = samples.iter().collect();
    let [a, b] = [1, 2].map(|seed| predictor(random("ours_concat", 2, seed)));
    let place = TapLayer::conv(Layer::Conv1_2);
    let (found, problems) = match_channels([&a, &b], place, &samples, |done| done < 1).unwrap();
    assert_eq!(
        (found.len(), found[0].faces, problems.len()),
        (3, GROUP - 1, 1)
    );
    let wider = predictor(Network::new(
        &Config::variant("ours_concat").unwrap().sized(3, 8),
        &Schema::face(),
        1,
        a.device(),
    ));
    // As many are paired as the narrower one has, one to one.
    for (networks, channels) in [([&a, &wider], [2, 3]), ([&wider, &a], [3, 2])] {
        let (found, _) = match_channels(networks, place, &samples, |_| true).unwrap();
        for matching in found {
            let pairs = &matching.pairs;
            let partners: std::collections::BTreeSet<_> = pairs.iter().map(|p| p.partner).collect();
            assert_eq!((pairs.len(), partners.len()), (2, 2));
            let within = |p: &Pair| p.channel < channels[0] && p.partner.max(p.best) < channels[1];
            assert!(pairs.iter().all(within), "{pairs:?}");
            let alone: Vec<usize> = (0..channels[0])
                .filter(|c| matching.pair(*c).is_none())
                .collect();
            assert_eq!(alone.len(), channels[0] - 2);
        }
    }
    // Of towers that one has alone there is nothing to match.
    let shared = predictor(random("baseline_fc", 2, 1));
    let (found, _) = match_channels([&a, &shared], place, &samples, |_| true).unwrap();
    let towers: Vec<&str> = found.iter().map(|m| m.tower.as_str()).collect();
    assert_eq!(towers, ["shared"]);
    let fused = predictor(random("ours_channelwise", 2, 1));
    let fuse = TapLayer::fused(Layer::Conv1_2);
    let actual = match_channels([&fused, &a], fuse, &samples, |_| true)
        .unwrap_err()
        .to_string();
    assert!(actual.contains("different towers at Fuse1-2"), "{actual}");
}
