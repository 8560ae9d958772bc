//! Heat over inputs for networks of which is known where they look.

use super::occlusion::{outputs, spread};
use super::*;
use crate::model::INPUT_LEN;
use crate::model::Layer;
use crate::model::TapLayer;
use crate::model::testing::{identity, made, noise, predictor, random};

/// Colours go through unchanged; `fc` says which of the 8×8 values of which channel count,
/// for the x of the left eye and for the first attribute alike.
fn looking(fc: impl Fn(usize, usize, usize) -> bool) -> Predictor {
    let config = Config::variant("single_task").unwrap().sized(2, 1);
    predictor(made(&config, |name, place| {
        let is = |yes: bool| f32::from(u8::from(yes));
        if name.ends_with("bias") {
            0.0
        } else if name.ends_with("fc.weight") {
            let i = place[1];
            is(fc(i / 64, i % 8, i / 8 % 8))
        } else if name == "landmarks.output.weight" {
            0.01 * is(place[0] == 0)
        } else if name == "attributes.output.weight" {
            is(place[0] == 1)
        } else {
            identity(place)
        }
    }))
}

fn target(predictor: &Predictor, name: &str) -> Target {
    Target::find(predictor.schema(), name).unwrap()
}

#[test]
fn targets_are_found_by_name() {
    let schema = Schema::face();
    let find = |name| Target::find(&schema, name);
    let (task, item) = (0, 0);
    assert_eq!(find("left_eye").unwrap(), Target::Point { task, item });
    let axis = 1;
    assert_eq!(
        find("left_eye.y").unwrap(),
        Target::Coordinate { task, item, axis }
    );
    assert_eq!(find("smiling").unwrap().name(&schema), "Smiling");
    let (task, item) = (7, 1);
    assert_eq!(Target::Attribute { task, item }.name(&schema), "");
    let actual = find("third_eye").unwrap_err().to_string();
    assert!(
        actual.contains("third_eye") && actual.contains("Smiling"),
        "{actual}"
    );
}

#[test]
fn occlusion_finds_the_corner_that_matters() {
    let predictor = looking(|channel, x, y| channel == 0 && x < 2 && y < 2);
    let white = vec![1.0; INPUT_LEN];
    for name in ["5_o_Clock_Shadow", "left_eye", "left_eye.x"] {
        let target = target(&predictor, name);
        let mut told = Vec::new();
        let heat = occlusion(&predictor, &white, target, Occlusion::default(), |n| {
            told.push(n);
            true
        });
        let heat = heat.unwrap().unwrap();
        assert_eq!((heat.grid_side, told.last()), (15, Some(&225)));
        for (i, value) in heat.values.iter().enumerate() {
            let corner = i % INPUT_SIZE < 32 && i / INPUT_SIZE < 32;
            assert_eq!(*value != 0.0, corner, "{name} at {i}");
        }
        // One of four cells of the corner hidden: a logit of 1, or 0.01 of 128 pixels.
        let most = heat.grid.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let expected = if name.starts_with('5') { 1.0 } else { 1.28 };
        assert!((most - expected).abs() < 1e-4, "{name}: {most}");
        assert_eq!(
            heat.normalised()
                .iter()
                .fold(0.0_f32, |m, v| m.max(v.abs())),
            1.0
        );
    }
    let y = target(&predictor, "left_eye.y");
    let heat = occlusion(&predictor, &white, y, Occlusion::default(), |_| true);
    assert_eq!(heat.unwrap().unwrap().reach(), 0.0);
    let stopped = occlusion(&predictor, &white, y, Occlusion::default(), |_| false);
    assert_eq!(stopped.unwrap(), None);
}

#[test]
fn patches_reach_every_edge_and_are_refused_if_they_leave_gaps() {
    let how = |patch, stride| Occlusion {
        patch,
        stride,
        ..Occlusion::default()
    };
    assert_eq!(how(50, 40).places(), [0, 40, 78]);
    assert_eq!(how(128, 3).places(), [0]);
    for (patch, stride) in [(0, 1), (129, 1), (8, 9), (8, 0)] {
        assert!(how(patch, stride).validate().is_err());
    }
    let corners = [(0, 0), (78, 0), (0, 78), (78, 78), (40, 40)];
    let values = spread(&[1.0, 1.0, 1.0, 1.0, 3.0], &corners, 50);
    assert_eq!(
        (values[0], values[45 * 128 + 45], values[60 * 128 + 60]),
        (1.0, 2.0, 3.0)
    );
}

#[test]
fn grad_cam_finds_the_colour_that_matters() {
    // Red counts, green does not; the left half is red, the right one green.
    let predictor = looking(|channel, _, _| channel == 0);
    let plane = INPUT_SIZE * INPUT_SIZE;
    let input: Vec<f32> = (0..3 * plane)
        .map(|i| {
            let left = i % INPUT_SIZE < 64;
            let on = (i / plane == 0 && left) || (i / plane == 1 && !left);
            f32::from(u8::from(on))
        })
        .collect();
    for (name, value) in [
        ("5_o_Clock_Shadow", 0.25),
        ("left_eye", 0.32),
        ("left_eye.x", 0.32),
    ] {
        let target = target(&predictor, name);
        let tap = last_tap(predictor.network(), target.task()).unwrap();
        assert_eq!(tap.layer, Layer::Conv4_3);
        let heat = grad_cam(&predictor, &input, target, tap).unwrap();
        assert_eq!(heat.grid_side, 16);
        for (i, v) in heat.grid.iter().enumerate() {
            // A quarter of the values is a pool's largest.
            let expected = if i % 16 < 8 { value } else { 0.0 };
            assert!((v - expected).abs() < 1e-5, "{name} at {i}: {v}");
        }
        assert!((heat.values[10] - value).abs() < 1e-5 && heat.values[100] == 0.0);
        let earlier = Tap::conv(tap.tower, Layer::Conv1_1);
        let heat = grad_cam(&predictor, &input, target, earlier).unwrap();
        assert!(heat.values[10] > 0.0 && heat.values[100] == 0.0);
    }
}

#[test]
fn grad_cam_takes_fused_and_shared_maps_and_refuses_others() {
    let predictor = predictor(random("ours_channelwise", 2, 3));
    let input = noise(INPUT_LEN, 1);
    let target = target(&predictor, "nose");
    let of = |tap| grad_cam(&predictor, &input, target, tap);
    let fused = TapLayer::fused(Layer::Conv3_1);
    for tap in [
        Tap::conv(TowerId::Shared, Layer::Conv1_2),
        Tap::at(TowerId::Task(0), fused),
    ] {
        assert!(of(tap).unwrap().reach() > 0.0, "{tap:?}");
    }
    assert!(
        of(Tap::at(TowerId::Task(1), fused))
            .unwrap_err()
            .to_string()
            .contains("attributes")
    );
    let none = Tap::at(TowerId::Shared, fused);
    assert!(of(none).unwrap_err().to_string().contains("fuse3_1"));
}

#[test]
fn random_weights_give_another_map_and_the_same_ones_the_same() {
    let predictor = predictor(random("ours_concat", 2, 3));
    let input = noise(INPUT_LEN, 1);
    let target = target(&predictor, "nose");
    let tap = last_tap(predictor.network(), 0).unwrap();
    let map = |p: &Predictor| grad_cam(p, &input, target, tap).unwrap().grid;
    let own = map(&predictor);
    assert_eq!(rank_correlation(&own, &map(&predictor)), Some(1.0));
    let other = map(&randomised(&predictor, 99));
    assert!(rank_correlation(&own, &other).is_some_and(|r| r < 0.9));
    assert_eq!(map(&randomised(&predictor, 99)), other);
}

#[test]
fn rank_correlation_is_spearmans() {
    let close = |a: &[f32], b: &[f32], r: f64| {
        assert!((rank_correlation(a, b).unwrap() - r).abs() < 1e-9);
    };
    close(&[1.0, 2.0, 3.0], &[10.0, 20.0, 900.0], 1.0);
    close(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0], -1.0);
    // With ties, as scipy.stats.spearmanr([1, 2, 2, 3], [1, 3, 2, 4]).
    close(
        &[1.0, 2.0, 2.0, 3.0],
        &[1.0, 3.0, 2.0, 4.0],
        0.948_683_298_050_513_8,
    );
    assert_eq!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
}

/// Behind an Fc that weighs all places alike Grad-CAM shares out the answer; behind one that listens
/// to a corner alone it says the same everywhere, where hiding a patch tells the corner.
#[test]
fn grad_cam_is_what_a_place_does_only_where_all_places_count_alike() {
    let white = vec![1.0; INPUT_LEN];
    let of = |predictor: &Predictor| {
        let target = target(predictor, "5_o_Clock_Shadow");
        let tap = last_tap(predictor.network(), target.task()).unwrap();
        let cam = grad_cam(predictor, &white, target, tap).unwrap();
        assert_eq!(cam.unit, "relative");
        let how = Occlusion::default();
        let hidden = occlusion(predictor, &white, target, how, |_| true);
        let y = outputs(predictor, &white, target);
        (cam, hidden.unwrap().unwrap(), y[1] - y[0])
    };
    let (cam, _, y) = of(&looking(|channel, _, _| channel == 0));
    let sum: f32 = cam.grid.iter().sum();
    assert!(y > 1.0 && (sum - y).abs() < 1e-3 * y, "{sum} of {y}");
    let (cam, hidden, y) = of(&looking(|channel, x, y| channel == 0 && x < 2 && y < 2));
    let last = INPUT_SIZE * INPUT_SIZE - 1;
    assert!(y > 1.0 && cam.values[last] > 0.0 && cam.values[last] == cam.values[0]);
    assert!(hidden.values[0] > 0.1 && hidden.values[last] == 0.0);
    assert_eq!(hidden.unit, "logit lost");
}
