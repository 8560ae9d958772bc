//! What a warm start begins with, for every kind of network that stage 2 trains.

use burn::nn::BatchNorm;

use super::super::config::Fusion;
use super::super::config::Topology;
use super::super::layers::Dropout;
use super::super::testing::{floats, noise_input};
use super::*;

const SAMPLES: usize = 6;

/// Every separation network: where it branches, and how it joins maps.
fn separations() -> impl Iterator<Item = Config> {
    let branches = std::iter::once(Branch::Input).chain(Layer::ALL.map(Branch::After));
    branches.flat_map(|branch| {
        [Fusion::Concat, Fusion::Channelwise].map(|fusion| Config {
            topology: Topology::Separation,
            branch,
            fusion,
            width: 1,
            fc: 4,
            norm: Norm::None,
        })
    })
}

fn norms(network: &mut Network) -> Vec<&mut BatchNorm> {
    let Network { shared, tasks, .. } = network;
    let own = shared.iter_mut().filter_map(|l| l.norm.as_mut());
    let towers = tasks.iter_mut().flat_map(|tower| {
        let convs = tower.convs.iter_mut().filter_map(|l| l.norm.as_mut());
        convs.chain(tower.fc_norm.as_mut())
    });
    own.chain(towers).collect()
}

/// A network with hard sharing whose normalisation remembers of each batch so much.
fn stage1(norm: Norm, momentum: f64) -> Network {
    let config = Config {
        norm,
        ..Config::variant("baseline_fc").unwrap().sized(1, 4)
    };
    let mut network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    for norm in norms(&mut network) {
        norm.momentum = momentum;
    }
    network.forward_training(noise_input(SAMPLES, 1), Dropout::default());
    network
}

fn separate(stage1: &Network, config: &Config, norm: Norm) -> Network {
    let config = Config {
        norm,
        ..config.clone()
    };
    Network::separate(stage1, &config, TaskStart::Warm, 2, &Device::flex()).unwrap()
}

fn all(outputs: &[burn::tensor::Tensor<2>]) -> Vec<f32> {
    outputs.iter().flat_map(floats).collect()
}

fn training(network: &Network, salt: usize, probability: f64) -> Vec<f32> {
    let dropout = Dropout {
        probability,
        seed: 5,
    };
    all(&network.forward_training(noise_input(SAMPLES, salt), dropout))
}

fn apart(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let largest = a.iter().fold(1e-3_f32, |m, v| m.max(v.abs()));
    let pairs = a.iter().zip(b);
    pairs.fold(0.0, |m: f32, (a, b)| m.max((a - b).abs())) / largest
}

/// Of the largest output.
const ROUNDING: f32 = 1e-3;

#[test]
fn a_warm_start_answers_as_stage_1_in_every_network_and_normalisation() {
    for (theirs, ours) in [
        (Norm::None, Norm::None),
        (Norm::Batch, Norm::Batch),
        (Norm::Batch, Norm::None),
        (Norm::None, Norm::Batch),
    ] {
        let stage1 = stage1(theirs, 0.3);
        let before = all(&stage1.forward(noise_input(2, 9)));
        for config in separations() {
            let network = separate(&stage1, &config, ours);
            let answers = all(&network.forward(noise_input(2, 9)));
            let off = apart(&before, &answers);
            assert!(off < ROUNDING, "{config:?} {theirs:?} {ours:?}: {off}");
            let folded = all(&network.folded().forward(noise_input(2, 9)));
            let off = apart(&before, &folded);
            assert!(off < ROUNDING, "{config:?} folded: {off}");
        }
    }
}

#[test]
fn a_warm_start_trains_on_from_the_outputs_of_stage_1_where_nothing_is_normalised() {
    let stage1 = stage1(Norm::None, 0.3);
    for probability in [0.0, 0.4] {
        let before = training(&stage1, 9, probability);
        for config in separations() {
            let network = separate(&stage1, &config, Norm::Batch);
            let off = apart(&before, &training(&network, 9, probability));
            assert!(off < ROUNDING, "{config:?}, dropout {probability}: {off}");
        }
    }
}

/// The shared tower is frozen with what stage 1 remembered of all batches; the towers beside it
/// normalise by the one at hand. Only where both are the same do they give the same maps.
#[test]
fn with_normalisation_only_the_batch_that_is_remembered_trains_from_the_same_outputs() {
    for config in separations() {
        // One that remembers its last batch, and nothing else.
        let stage1 = stage1(Norm::Batch, 1.0);
        let network = separate(&stage1, &config, Norm::Batch);
        let same = apart(&training(&stage1, 1, 0.0), &training(&network, 1, 0.0));
        assert!(same < 0.02, "{config:?}: {same}");
        let other = 2.5;
        let loud = |network: &Network| {
            let x = noise_input(SAMPLES, 9) * other;
            all(&network.forward_training(x, Dropout::default()))
        };
        let off = apart(&loud(&network), &loud(&stage1));
        assert!(off > 0.02, "{config:?}: {off}");
    }
}

/// Stage 2 that goes on from a separation network which is still normalised.
#[test]
fn towers_that_go_on_keep_their_own_normalisation() {
    let stage1 = stage1(Norm::Batch, 0.3);
    for config in separations() {
        let network = separate(&stage1, &config, Norm::Batch);
        network.forward_training(noise_input(SAMPLES, 7), Dropout::default());
        let on = separate(&network, &config, Norm::Batch);
        let [before, after] = [&network, &on].map(|n| all(&n.forward(noise_input(2, 9))));
        let off = apart(&before, &after);
        assert!(off < ROUNDING, "{config:?}: {off}");
    }
}
