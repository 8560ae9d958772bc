//! Muting, cutting and looking against networks whose weights say what must come.

use burn::module::Module;

use super::super::layers::Pass;
use super::super::network::Network;
use super::super::network::input_shape;
use super::super::testing::{floats, made, noise, noise_input, random};
use super::*;

#[test]
fn places_are_named_as_in_checkpoints() {
    assert_eq!("conv2_1".parse(), Ok(TapLayer::conv(Layer::Conv2_1)));
    assert_eq!("Fuse4_3".parse(), Ok(TapLayer::fused(Layer::Conv4_3)));
    assert_eq!("fuse_fc".parse(), Ok(TapLayer::fused_fc()));
    for bad in ["fuse1_1", "fuse9_9", "fuse", "conv5_1", ""] {
        let actual = bad.parse::<TapLayer>().unwrap_err().to_string();
        assert!(actual.contains("fuse1_2 to fuse4_3"), "{actual}");
    }
    for place in random("ours_channelwise", 1, 1).tap_layers() {
        assert_eq!(place.name().parse(), Ok(place));
    }
}

#[test]
fn only_channelwise_networks_have_fused_maps() {
    assert!(random("ours_concat", 1, 1).fused_taps().is_empty());
    assert!(random("baseline_conv2_2", 1, 1).fused_taps().is_empty());
    let network = random("ours_channelwise", 2, 1);
    let taps = network.fused_taps();
    assert_eq!(taps.len(), 2 * 10);
    let maps = network.maps(noise_input(2, 1), &[], &taps);
    for (tap, map) in taps.iter().zip(&maps) {
        let (channels, side) = (tap.tap_layer().channels(2), tap.tap_layer().side());
        assert_eq!(map.dims(), [2, channels, side, side], "{tap:?}");
    }
    assert_eq!(network.tap_layers().len(), 20);
}

#[test]
fn a_fused_map_is_the_1x1_convolution_of_both() {
    let network = random("ours_channelwise", 2, 3);
    let task = TowerId::Task(1);
    let taps = [
        Tap::conv(task, Layer::Conv1_1),
        Tap::conv(TowerId::Shared, Layer::Conv1_1),
        Tap::at(task, TapLayer::fused(Layer::Conv1_2)),
    ];
    let maps = network.maps(noise_input(1, 4), &[], &taps);
    let [own, shared, fused] = [0, 1, 2].map(|i| floats(&maps[i]));
    let weight = network.fusion_weight(1, FusionLayer::Conv(Layer::Conv1_2));
    let weight: Vec<f32> = weight.unwrap().iter::<f32>().collect();
    let plane = 128 * 128;
    for (c, at) in [(0, 5), (1, 9999)] {
        let sum: f32 = (0..2)
            .map(|i| {
                weight[4 * c + i] * own[i * plane + at]
                    + weight[4 * c + 2 + i] * shared[i * plane + at]
            })
            .sum();
        assert!((fused[c * plane + at] - sum).abs() < 1e-5);
    }
}

#[test]
fn maps_alone_are_those_of_a_whole_pass() {
    for variant in ["ours_channelwise", "ours_concat", "baseline_conv2_2"] {
        let network = random(variant, 2, 7);
        let x = noise_input(1, 8);
        let task = TowerId::Task(1);
        let mask = Mask::muting(task, Layer::Conv3_1, 8, &[1, 5]);
        for place in network.tap_layers() {
            let taps = network.taps_at(place);
            let masks = std::slice::from_ref(&mask);
            let alone = network.maps(x.clone(), masks, &taps);
            let mut hooks = Hooks::taps(&taps).masks(masks);
            network.run(x.clone(), Pass::Inference, &mut hooks);
            let whole = hooks.tapped();
            for (alone, whole) in alone.iter().zip(&whole) {
                assert_eq!(floats(alone), floats(whole), "{variant} {place}");
            }
        }
    }
}

#[test]
fn what_lies_beyond_a_map_is_not_computed() {
    let mut network = random("ours_concat", 2, 7);
    network.shared.truncate(2);
    for tower in &mut network.tasks {
        tower.convs.truncate(2);
    }
    let taps = network.taps_at(TapLayer::conv(Layer::Conv1_2));
    assert_eq!(network.maps(noise_input(1, 8), &[], &taps).len(), 3);
    let landmarks = Tap::conv(TowerId::Task(0), Layer::Conv1_2);
    network.shared.truncate(1);
    network.tasks.truncate(1);
    let map = network.maps(noise_input(1, 8), &[], &[landmarks]).remove(0);
    assert_eq!(map.dims(), [1, 2, 128, 128]);
}

/// As `network`, with weights of the joining layers as `change` makes them from whether they
/// are for the shared map, or else for the task's own.
fn rejoined(network: &Network, change: impl Fn(&str, bool) -> f32) -> Network {
    let tensors = network.tensors(true);
    made(network.config(), |name, place| {
        let tensor = &tensors[name];
        let shape = tensor.shape().to_vec();
        let at = place.iter().zip(&shape).fold(0, |at, (p, s)| at * s + p);
        let value = tensor.as_slice::<f32>().unwrap()[at];
        let joins = network.fusions().iter().any(|d| {
            let layer = d.name();
            let fuse = layer.replace("conv", "fuse").replace("fc", "fuse_fc");
            let of = if network.config().has_fuse_fc() {
                fuse
            } else {
                layer
            };
            !name.starts_with("shared.") && name.ends_with(&format!(".{of}.weight"))
        });
        if joins {
            value * change(name, place[1] >= shape[1] / 2)
        } else {
            value
        }
    })
}

fn outputs(outputs: Vec<Tensor<2>>) -> Vec<f32> {
    outputs.iter().flat_map(floats).collect()
}

#[test]
fn a_muted_tower_is_one_whose_output_is_zero() {
    for variant in ["ours_concat", "ours_channelwise", "changed_ours_conv2_2"] {
        let network = random(variant, 2, 7);
        let x = noise_input(2, 8);
        // The shared tower at every layer: nothing of it is joined anywhere. Where the task
        // towers branch off later, they begin with what is muted.
        let all = |tower, layers: &[Layer]| -> Vec<Mask> {
            let mask = |l: &Layer| Mask::solo(tower, *l, l.channels(2).1, &[]);
            layers.iter().map(mask).collect()
        };
        let from = network.config().branch.first_layer();
        let masks = all(TowerId::Shared, &Layer::ALL[from..]);
        let muted = network.forward_masked(x.clone(), &masks);
        let without = rejoined(&network, |_, shared| f32::from(u8::from(!shared)));
        let muted = outputs(muted);
        assert_eq!(muted, outputs(without.forward(x.clone())), "{variant}");
        assert_ne!(muted, outputs(network.forward(x.clone())), "{variant}");
        // A task's tower: its own half is nothing, the other task is untouched.
        let masks = all(TowerId::Task(0), network.config().task_layers());
        let muted = network.forward_masked(x.clone(), &masks);
        let without = rejoined(&network, |name, shared| {
            f32::from(u8::from(shared || !name.starts_with("landmarks")))
        });
        let whole = network.forward(x.clone());
        assert_eq!(floats(&muted[1]), floats(&whole[1]), "{variant}");
        assert_eq!(outputs(muted), outputs(without.forward(x)), "{variant}");
    }
}

#[test]
fn a_half_that_is_cut_is_one_without_weights() {
    let network = random("ours_channelwise", 2, 5);
    let x = noise_input(1, 6);
    for (half, layer, name) in [
        (
            FusionHalf::Own,
            FusionLayer::Conv(Layer::Conv3_1),
            "attributes.fuse3_1.weight",
        ),
        (
            FusionHalf::Shared,
            FusionLayer::Fc,
            "attributes.fuse_fc.weight",
        ),
    ] {
        let cut = Ablation {
            task: 1,
            layer,
            half,
        };
        let without = rejoined(&network, |of, shared| {
            let here = of == name && shared == (half == FusionHalf::Shared);
            f32::from(u8::from(!here))
        });
        let cut = outputs(network.forward_ablated(x.clone(), &[cut]));
        assert_eq!(cut, outputs(without.forward(x.clone())));
        assert_ne!(cut, outputs(network.forward(x.clone())));
    }
}

#[test]
fn a_muted_channel_is_zero_in_its_tap_and_a_solo_one_the_only_other() {
    let network = random("baseline_conv1_2", 2, 5);
    let tap = Tap::conv(TowerId::Task(0), Layer::Conv4_3);
    let planes = |mask: &Mask| -> Vec<bool> {
        let masks = std::slice::from_ref(mask);
        let maps = network.maps(noise_input(1, 2), masks, &[tap]);
        let values = floats(&maps[0]);
        values
            .chunks(256)
            .map(|p| p.iter().any(|v| *v != 0.0))
            .collect()
    };
    let whole = planes(&Mask::muting(tap.tower, tap.layer, 16, &[]));
    let heard: Vec<usize> = (0..16).filter(|c| whole[*c]).collect();
    assert!(heard.len() > 4);
    let muted = planes(&Mask::muting(tap.tower, tap.layer, 16, &heard[..2]));
    let solo = planes(&Mask::solo(tap.tower, tap.layer, 16, &heard[..2]));
    for c in 0..16 {
        let chosen = heard[..2].contains(&c);
        assert_eq!((muted[c], solo[c]), (whole[c] && !chosen, chosen));
    }
}

#[test]
fn masks_may_differ_from_sample_to_sample() {
    for variant in ["ours_concat", "ours_channelwise", "baseline_conv1_2"] {
        let network = random(variant, 2, 11);
        let x = noise_input(1, 3);
        for tower in [TowerId::Shared, TowerId::Task(1)] {
            let layer = match tower {
                TowerId::Shared => Layer::Conv1_2,
                TowerId::Task(_) => Layer::Conv3_2,
            };
            let channels = layer.channels(2).1;
            let rows: Vec<Mask> = (0..3)
                .map(|c| Mask::muting(tower, layer, channels, &[c, c + 1]))
                .collect();
            let together = Mask {
                keep: rows.iter().flat_map(|m| m.keep.clone()).collect(),
                ..rows[0].clone()
            };
            let all = network.forward_masked(x.clone(), &[together]);
            for (n, mask) in rows.into_iter().enumerate() {
                let one = network.forward_masked(x.clone(), &[mask]);
                for (all, one) in all.iter().zip(&one) {
                    let row = floats(&all.clone().narrow(0, n, 1));
                    for (a, b) in row.iter().zip(floats(one)) {
                        // Rounding depends on how many samples are in a batch.
                        assert!((a - b).abs() < 1e-5, "{variant} {tower:?} {n}: {a} {b}");
                    }
                }
            }
        }
    }
}

/// Where the gradient of a map's value, summed over its channels, with respect to the input is
/// not zero: 128×128 pixels, row by row.
fn support(network: &Network, tap: Tap, (x, y): (usize, usize), input: Vec<f32>) -> Vec<bool> {
    let device = network.device().autodiff();
    let data = TensorData::new(input, input_shape(1));
    let input: Tensor<4> = Tensor::from_data(data, &device).require_grad();
    let network = network.clone().train().freeze();
    let taps = [tap];
    let mut hooks = Hooks::taps(&taps);
    let only;
    if let TowerId::Task(task) = tap.tower {
        only = [task];
        hooks = hooks.only(&only);
    }
    network.run(input.clone(), Pass::Inference, &mut hooks);
    let map = hooks.tapped().swap_remove(0);
    let value = map.narrow(2, y, 1).narrow(3, x, 1).sum();
    let gradient = floats(&input.grad(&value.backward()).unwrap());
    let plane = INPUT_SIZE * INPUT_SIZE;
    (0..plane)
        .map(|i| (0..3).any(|c| gradient[c * plane + i] != 0.0))
        .collect()
}

fn inside(field: InputRectangle, i: usize) -> bool {
    let (x, y) = (i % INPUT_SIZE, i / INPUT_SIZE);
    (field.left..field.right).contains(&x) && (field.top..field.bottom).contains(&y)
}

#[test]
fn gradients_lie_inside_the_receptive_field() {
    for (variant, seed) in [("single_task", 1), ("ours_channelwise", 2)] {
        let network = random(variant, 1, seed);
        for place in network.tap_layers() {
            let Some(tap) = network.taps_at(place).pop() else {
                continue;
            };
            let last = place.side() - 1;
            for at in [(0, 0), (last / 2, last / 3), (last, 1)] {
                let input = noise(3 * INPUT_SIZE * INPUT_SIZE, last);
                let field = place.field_of(at.0, at.1);
                let found = support(&network, tap, at, input);
                for (i, found) in found.iter().enumerate() {
                    assert!(!found || inside(field, i), "{place} {at:?} {field:?} {i}");
                }
            }
        }
    }
}

/// Positive inputs: slopes towards each corner, by which pooling takes each of its four, and
/// noise.
fn positive_inputs() -> Vec<Vec<f32>> {
    let side = INPUT_SIZE as f32;
    let slope = |fx: bool, fy: bool| -> Vec<f32> {
        let value = |i: usize| {
            let (x, y) = (
                (i % INPUT_SIZE) as f32,
                (i / INPUT_SIZE % INPUT_SIZE) as f32,
            );
            let along = |v: f32, falls: bool| if falls { side - v } else { v };
            1.0 + (along(x, fx) + along(y, fy)) / side
        };
        (0..3 * INPUT_SIZE * INPUT_SIZE).map(value).collect()
    };
    let mut all: Vec<Vec<f32>> = [(false, false), (false, true), (true, false), (true, true)]
        .into_iter()
        .map(|(fx, fy)| slope(fx, fy))
        .collect();
    for salt in 0..2 {
        let noise = noise(3 * INPUT_SIZE * INPUT_SIZE, salt);
        all.push(noise.into_iter().map(|v| v + 1.01).collect());
    }
    all
}

#[test]
fn with_positive_weights_gradients_fill_the_receptive_field() {
    for (variant, fused) in [("single_task", false), ("ours_channelwise", true)] {
        let config = super::super::Config::variant(variant).unwrap().sized(1, 1);
        let network = made(&config, |name, place| {
            if name.ends_with("bias") {
                return 0.0;
            }
            // About as much goes out as comes in.
            if place.len() == 4 { 0.1 } else { 0.001 }
        });
        let places = network.tap_layers().into_iter();
        for place in places.filter(|p| p.is_conv() != fused) {
            let Some(tap) = network.taps_at(place).pop() else {
                continue;
            };
            let last = place.side() - 1;
            for at in [(0, last), (last / 2, last / 3)] {
                let field = place.field_of(at.0, at.1);
                let mut union = vec![false; INPUT_SIZE * INPUT_SIZE];
                for input in positive_inputs() {
                    let found = support(&network, tap, at, input);
                    union.iter_mut().zip(found).for_each(|(u, f)| *u |= f);
                }
                for (i, found) in union.iter().enumerate() {
                    assert_eq!(*found, inside(field, i), "{place} {at:?} {field:?} {i}");
                }
            }
        }
    }
}
