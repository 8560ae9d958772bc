//! The networks against PyTorch, and what stage 2 promises.

use std::path::PathBuf;

use burn::tensor::{Device, DeviceKind, Tensor, TensorData};
use safetensors::SafeTensors;
use smn_studio::label::Schema;
use smn_studio::model::{
    Ablation, Checkpoint, Config, Fusion, FusionHalf, FusionLayer, Layer, Mask, Network, TaskStart,
    TowerError, TowerId, input_shape,
};

/// Networks of width 2 with an input and the outputs that PyTorch gives
/// (`smn_reference.py golden`).
fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.safetensors"))
}

fn floats(data: &TensorData) -> Vec<f32> {
    data.iter::<f32>().collect()
}

fn stored(bytes: &[u8], name: &str) -> Vec<f32> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let view = file.tensor(name).unwrap();
    bytemuck::pod_collect_to_vec(view.data())
}

/// The largest difference between the network's outputs and PyTorch's, over the largest output.
fn golden_error(name: &str, device: &Device) -> f32 {
    let checkpoint = Checkpoint::load(&golden(name), device).unwrap();
    let bytes = std::fs::read(golden(name)).unwrap();
    let input = TensorData::new(stored(&bytes, "golden.input"), input_shape(1));
    let outputs = checkpoint.network.forward(Tensor::from_data(input, device));
    let ours: Vec<f32> = outputs
        .into_iter()
        .flat_map(|o| floats(&o.into_data()))
        .collect();
    let theirs = [
        stored(&bytes, "golden.landmarks"),
        stored(&bytes, "golden.logits"),
    ]
    .concat();
    assert_eq!(ours.len(), theirs.len());
    let largest = theirs.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    ours.iter()
        .zip(&theirs)
        .fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()))
        / largest
}

fn check_golden(device: &Device) {
    for name in Config::VARIANTS.iter().filter(|n| **n != "single_task") {
        let error = golden_error(name, device);
        assert!(error <= 1e-4, "{name}: {error}");
    }
}

#[test]
fn golden_networks_agree_with_pytorch_on_flex() {
    check_golden(&Device::flex());
}

#[test]
fn golden_networks_agree_with_pytorch_on_wgpu() {
    check_golden(&Device::wgpu(DeviceKind::DefaultDevice));
}

fn random_input(n: usize) -> Tensor<4> {
    let len: usize = input_shape(n).iter().product();
    let values: Vec<f32> = (0..len)
        .map(|i| ((i * 7919) % 255) as f32 / 127.5 - 1.0)
        .collect();
    Tensor::from_data(TensorData::new(values, input_shape(n)), &Device::flex())
}

fn outputs(network: &Network) -> Vec<Vec<f32>> {
    let outputs = network.forward(random_input(2));
    outputs
        .into_iter()
        .map(|o| floats(&o.into_data()))
        .collect()
}

fn small(name: &str) -> Config {
    Config::variant(name).unwrap().sized(2, 8)
}

#[test]
fn a_warm_start_begins_with_the_outputs_of_stage_1() {
    let device = Device::flex();
    let stage1 = Network::new(&small("baseline_fc"), &Schema::face(), 1, &device);
    let before = outputs(&stage1);
    for name in ["ours_concat", "ours_channelwise", "changed_ours_conv2_2"] {
        let network =
            Network::separate(&stage1, &small(name), TaskStart::Warm, 2, &device).unwrap();
        for (a, b) in before
            .iter()
            .flatten()
            .zip(outputs(&network).iter().flatten())
        {
            assert!((a - b).abs() < 1e-4, "{name}: {a} {b}");
        }
    }
}

#[test]
fn finetuning_takes_the_shared_convolutions_over() {
    let device = Device::flex();
    let stage1 = Network::new(&small("baseline_fc"), &Schema::face(), 1, &device);
    let config = small("ours_channelwise");
    assert_eq!(config.fusion, Fusion::Channelwise);
    let network = Network::separate(&stage1, &config, TaskStart::Finetune, 2, &device).unwrap();
    let bytes = Checkpoint::new(network).to_bytes().unwrap();
    assert_eq!(
        stored(&bytes, "shared.conv3_2.weight"),
        stored(&bytes, "landmarks.conv3_2.weight")
    );
}

#[test]
fn a_task_added_leaves_the_others_bit_for_bit_and_joins_elsewhere() {
    let device = Device::flex();
    let stage1 = Network::new(&small("baseline_fc"), &Schema::face(), 1, &device);
    let network =
        Network::separate(&stage1, &small("ours_concat"), TaskStart::Fresh, 2, &device).unwrap();
    let mut mask = Schema::face().tasks[1].clone();
    mask.name = "mask".into();
    let grown = network.with_task(mask, 3).unwrap();
    assert_eq!(outputs(&grown)[..2], outputs(&network)[..]);

    let joined = network.joined(&grown, "mask").unwrap();
    assert_eq!(outputs(&joined), outputs(&grown));

    let other = Network::new(&small("baseline_fc"), &Schema::face(), 9, &device);
    let other =
        Network::separate(&other, &small("ours_concat"), TaskStart::Fresh, 2, &device).unwrap();
    let apart = other.joined(&grown, "mask");
    assert!(
        matches!(apart, Err(TowerError::SharedTower(_))),
        "{apart:?}"
    );
    let unknown = network.joined(&grown, "hair");
    assert!(matches!(unknown, Err(TowerError::NoTask(task)) if task == "hair"));
}

#[test]
fn a_checkpoint_survives_the_file() {
    let device = Device::flex();
    let network = Network::new(&small("changed_ours_conv1_2"), &Schema::face(), 5, &device);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let mut checkpoint = Checkpoint::new(network);
    checkpoint.license = "test".into();
    checkpoint.save(&path).unwrap();
    let loaded = Checkpoint::load(&path, &device).unwrap();
    assert_eq!(loaded.license, "test");
    assert_eq!(outputs(&loaded.network), outputs(&checkpoint.network));
}

#[test]
fn every_layer_of_every_tower_can_be_tapped() {
    let device = Device::flex();
    for name in Config::VARIANTS {
        let network = Network::new(&small(name), &Schema::face(), 1, &device);
        let taps = network.taps();
        let maps = network.maps(random_input(1), &[], &taps);
        for (tap, map) in taps.iter().zip(&maps) {
            let (_, channels) = tap.layer.channels(2);
            let side = tap.layer.side();
            assert_eq!(map.dims(), [1, channels, side, side], "{name} {tap:?}");
        }
    }
}

/// Muted channels, a row of them for each sample, and a cut half: on wgpu as on flex.
#[test]
fn muting_and_cutting_are_the_same_on_wgpu() {
    let run = |device: &Device, name: &str| -> Vec<f32> {
        let network = Checkpoint::load(&golden(name), device).unwrap().network;
        let x = random_input(1).to_device(device);
        let (tower, layer) = (TowerId::Task(1), Layer::Conv2_1);
        let rows = [[true, false, true, true], [false, true, false, true]];
        let masks = [
            Mask::muting(TowerId::Shared, Layer::Conv1_2, 2, &[1]),
            Mask {
                tower,
                layer,
                keep: rows.concat(),
            },
        ];
        let outputs = network.forward_masked(x.clone(), &masks);
        let cut = Ablation {
            task: 0,
            layer: FusionLayer::Conv(Layer::Conv3_2),
            half: FusionHalf::Own,
        };
        let cut = network.forward_ablated(x, &[cut]);
        assert_eq!(outputs[0].dims(), [2, 10]);
        let all = outputs.into_iter().chain(cut);
        all.flat_map(|o| floats(&o.into_data())).collect()
    };
    // One network: on a software GPU most of the time goes into compiling kernels.
    let name = "ours_channelwise";
    let ours = run(&Device::flex(), name);
    let theirs = run(&Device::wgpu(DeviceKind::DefaultDevice), name);
    let largest = ours.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
    for (a, b) in ours.iter().zip(&theirs) {
        assert!((a - b).abs() <= 1e-4 * largest, "{a} {b}");
    }
}
