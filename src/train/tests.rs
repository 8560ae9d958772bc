//! Small runs in cases that data sets and machines bring about: no validation rows, a loss that
//! overflows, a run broken off between checkpoints. And the gradients of whole networks.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};
use safetensors::SafeTensors;

use super::*;
use crate::batch::{Augmentation, Batch, Loader, LoaderConfig, Preprocessing};
use crate::dataset::{BoxSource, Dataset, Sample, Split, synthetic};
use crate::label::Schema;
use crate::model::{
    Branch, Checkpoint, Config, Dropout, Fusion, Layer, Network, Norm, TaskStart, Topology,
    input_shape,
};

/// `count` drawn faces, written to `folder`.
fn faces(folder: &Path, count: u64) -> Vec<Sample> {
    (0..count)
        .map(|i| {
            let portrait = synthetic::portrait(3, i);
            let path = folder.join(format!("{i}.bmp"));
            portrait.image.save(&path).unwrap();
            Sample {
                face_box: Some((portrait.face_box, BoxSource::DataSet)),
                annotation: portrait.annotation,
                split: Some(Split::Train),
                ..Sample::unlabelled(&path, &Schema::face())
            }
        })
        .collect()
}

fn dataset(samples: Vec<Sample>) -> Dataset {
    Dataset {
        name: "drawn".into(),
        schema: Schema::face(),
        samples,
        columns: Vec::new(),
        problems: Vec::new(),
    }
}

fn run_file(config: &TrainConfig) -> RunFile {
    RunFile {
        program: "test".into(),
        device: "CPU".into(),
        config: config.clone(),
        data: Data {
            paths: Vec::new(),
            train: 0,
            validation: 0,
            fingerprint: String::new(),
        },
        initial_weights: InitialWeights::default(),
        license: String::new(),
    }
}

fn begin(folder: &Path, config: &TrainConfig, samples: &[Sample]) -> Run {
    let (samples, file) = (dataset(samples.to_vec()), run_file(config));
    Run::create(folder, &[], samples, file, Device::flex()).unwrap()
}

/// Continues the run in `folder` as if `config` had been its plan from the start.
fn go_on(folder: &Path, config: &TrainConfig, samples: &[Sample]) -> Run {
    let folder = RunFolder::open(folder).unwrap();
    let mut file: RunFile = folder.read_json("run.json").unwrap();
    file.config = config.clone();
    Run::resume(folder, file, dataset(samples.to_vec()), Device::flex()).unwrap()
}

/// A network so small that 60 steps take a moment. The constant schedule lets a run be longer
/// without changing its beginning.
fn tiny(network: &str, optimizer: Optimizer) -> TrainConfig {
    let mut config = TrainConfig::preset(Preset::Compact);
    config.network = Config {
        norm: Norm::Batch,
        ..Config::variant(network).unwrap().sized(1, 8)
    };
    config.batch = 2;
    for stage in [&mut config.stage1, &mut config.stage2] {
        stage.optimizer = optimizer;
        stage.schedule = Schedule::Constant;
        stage.learning_rate = 1e-3;
    }
    config
}

/// Epochs that are `steps` steps of two of six faces.
fn epochs(steps: u64) -> f64 {
    steps as f64 / 3.0
}

/// The lines of `metrics.jsonl` without how fast it went.
fn metrics(folder: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join("metrics.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        let fields = line.as_object_mut().unwrap();
        fields.remove("images_per_s");
        fields.remove("seconds");
        line
    });
    lines.collect()
}

/// Without validation rows the last weights of each stage are kept. Stage 2 is broken off at step
/// 30 of 60 and goes on from there.
#[test]
fn a_run_without_validation_keeps_its_last_weights_and_continues_bit_for_bit() {
    let root = tempfile::tempdir().unwrap();
    let samples = faces(root.path(), 6);
    let mut config = tiny("ours_concat", Optimizer::Sgd { momentum: 0.9 });
    config.task_start = TaskStart::Fresh;
    config.stage1.epochs = epochs(5);
    config.stage2.epochs = epochs(60);
    let (straight, broken) = (root.path().join("straight"), root.path().join("broken"));
    begin(&straight, &config, &samples).run().unwrap().unwrap();

    let mut shorter = config.clone();
    shorter.stage2.epochs = epochs(30);
    begin(&broken, &shorter, &samples).run().unwrap().unwrap();
    let mut last = read(&broken.join("checkpoints/last.json"));
    assert_eq!(last["step"], 30);
    last["finished"] = false.into(); // as a checkpoint in the middle has it
    std::fs::write(broken.join("checkpoints/last.json"), last.to_string()).unwrap();
    // Steps after the last checkpoint were logged and lost.
    let mut log = std::fs::read(broken.join("metrics.jsonl")).unwrap();
    log.extend(b"{\"lost\": 1}\n{\"torn");
    std::fs::write(broken.join("metrics.jsonl"), log).unwrap();
    let halfway = weights(&broken);
    go_on(&broken, &config, &samples).run().unwrap().unwrap();

    let (a, b) = (weights(&straight), weights(&broken));
    assert!(a == b, "other weights");
    assert_eq!(metrics(&straight), metrics(&broken));
    let name = "attributes.output.weight";
    assert_ne!(a[name], halfway[name]);
}

/// What can be asked for is trained to its end: each topology, branch point and fusion, with and
/// without normalisation and dropout, from each start.
#[test]
fn every_network_goes_through_its_stages_from_every_start() {
    let root = tempfile::tempdir().unwrap();
    let mut samples = faces(root.path(), 4);
    samples[0].split = Some(Split::Validation);
    let branches = std::iter::once(Branch::Input).chain(Layer::ALL.map(Branch::After));
    let mut number = 0;
    for branch in branches {
        for (topology, fusion) in [
            (Topology::Separation, Fusion::Concat),
            (Topology::Separation, Fusion::Channelwise),
            (Topology::HardSharing, Fusion::Concat),
        ] {
            for norm in [Norm::None, Norm::Batch] {
                number += 1;
                let mut config = tiny("ours_concat", Optimizer::Sgd { momentum: 0.9 });
                config.network = Config {
                    topology,
                    branch,
                    fusion,
                    norm,
                    ..config.network
                };
                // A warm start is the one that takes most over.
                config.task_start = match number % 4 {
                    0 => TaskStart::Finetune,
                    1 => TaskStart::Fresh,
                    _ => TaskStart::Warm,
                };
                if branch != Branch::Input && topology == Topology::Separation {
                    config.task_start = TaskStart::Warm;
                }
                config.dropout = if number % 2 == 0 { 0.0 } else { 0.4 };
                config.stage1.epochs = 1.0;
                config.stage2.epochs = 1.0;
                config.validations = 1;
                let out = root.path().join(number.to_string());
                let ended = begin(&out, &config, &samples).run();
                let ended = ended.unwrap_or_else(|e| panic!("{:?}: {e:#}", config.network));
                let end = Checkpoint::load(&ended.unwrap(), &Device::flex()).unwrap();
                let wanted = Config {
                    norm: Norm::None,
                    ..config.network
                };
                assert_eq!(*end.network.config(), wanted);
            }
        }
    }
}

/// Weights that would fit the width, and yet are of other tasks or leave nothing to train.
#[test]
fn weights_of_other_tasks_or_for_one_stage_are_refused_before_the_start() {
    let root = tempfile::tempdir().unwrap();
    let samples = faces(root.path(), 4);
    let mut config = tiny("changed_ours_conv2_2", Optimizer::Sgd { momentum: 0.9 });
    let refused = |schema: &Schema, config: &TrainConfig, named: &str| -> String {
        let network = Config::variant("baseline_fc").unwrap().sized(1, 8);
        let network = Network::new(&network, schema, 1, &Device::flex());
        let stage1 = root.path().join("stage1.safetensors");
        Checkpoint::new(network).save(&stage1).unwrap();
        let mut file = run_file(config);
        file.initial_weights.stage1 = Some(stage1);
        let folder = root.path().join(named);
        let run = Run::create(&folder, &[], dataset(samples.clone()), file, Device::flex());
        assert!(!folder.exists());
        run.err().unwrap().to_string()
    };
    let mut points = Schema::face();
    points.tasks.truncate(1);
    let actual = refused(&points, &config, "tasks");
    assert!(
        actual.ends_with(
            "its network answers landmarks (5), the data are labelled for landmarks (5) and \
             attributes (40)"
        ),
        "{actual}"
    );
    config.network = Config::variant("baseline_conv2_2").unwrap().sized(1, 8);
    let actual = refused(&Schema::face(), &config, "one stage");
    assert!(
        actual.contains("hard sharing to conv2_2 is trained in one stage"),
        "{actual}"
    );
}

fn weights(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = std::fs::read(folder.join("final.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = file.iter();
    tensors
        .map(|(name, view)| (name.to_owned(), view.data().to_vec()))
        .collect()
}

fn read(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Two of six faces have labels of points, none has those of attributes in the first two steps.
#[test]
fn a_loss_is_the_mean_over_the_labels_known_since_the_last_record() {
    let root = tempfile::tempdir().unwrap();
    let mut samples = faces(root.path(), 8);
    let unknown = crate::label::Annotation::unknown(&Schema::face());
    for sample in &mut samples[1..] {
        sample.annotation.tasks[0] = unknown.tasks[0].clone();
    }
    let mut config = tiny("baseline_fc", Optimizer::Sgd { momentum: 0.9 });
    config.stage1.learning_rate = 1e-9;
    // A batch is two of eight faces: one in four batches knows points.
    config.stage1.epochs = 3.0;
    let short = root.path().join("short");
    begin(&short, &config, &samples).run().unwrap().unwrap();
    let losses = |folder: &Path, task: &str| -> Vec<Option<f64>> {
        let lines = metrics(folder);
        let lines = lines.iter().filter(|l| l["kind"] == "step");
        lines.map(|l| l["loss"][task].as_f64()).collect()
    };
    let landmarks = losses(&short, "landmarks");
    assert_eq!(landmarks.len(), 12, "each step of a short stage");
    let known: Vec<f64> = landmarks.iter().copied().flatten().collect();
    assert_eq!(
        known.len(),
        3,
        "an epoch has one batch that knows: {landmarks:?}"
    );
    assert!(known.iter().all(|l| *l > 0.0));
    assert!(losses(&short, "attributes").iter().all(Option::is_some));

    // A long one has a line every few steps, the first and the last.
    config.stage1.epochs = 26.0; // 104 steps, a line every two of them
    let long = root.path().join("long");
    begin(&long, &config, &samples).run().unwrap().unwrap();
    let steps: Vec<u64> = metrics(&long)
        .iter()
        .filter(|l| l["kind"] == "step")
        .filter_map(|l| l["step"].as_u64())
        .collect();
    assert_eq!((steps[0], steps[1], steps.last()), (1, 2, Some(&104)));
    let all: Vec<f64> = losses(&long, "landmarks").into_iter().flatten().collect();
    // Two steps a line: no line of the 26 batches that know is lost.
    assert!(all.len() > 13, "{}", all.len());
    // The rate changes nothing, so each is the loss of the one face, but for augmentation.
    let mean = known.iter().sum::<f64>() / 3.0;
    assert!(
        all.iter().all(|l| (0.1..10.0).contains(&(l / mean))),
        "{all:?}"
    );
}

#[test]
fn a_run_that_ended_early_is_not_trained_further() {
    let root = tempfile::tempdir().unwrap();
    let mut samples = faces(root.path(), 8);
    for sample in &mut samples[..2] {
        sample.split = Some(Split::Validation);
    }
    let mut config = tiny("baseline_fc", Optimizer::Sgd { momentum: 0.9 });
    config.stage1.epochs = epochs(20);
    config.stage1.learning_rate = 1e-12; // nothing gets better
    config.validations = 20;
    config.patience = 2;
    let path = root.path().join("run");
    begin(&path, &config, &samples).run().unwrap().unwrap();
    let last = read(&path.join("checkpoints/last.json"));
    assert!(last["step"].as_u64().unwrap() < 20 && last["finished"] == true);
    let before = metrics(&path);
    go_on(&path, &config, &samples).run().unwrap().unwrap();
    assert_eq!(metrics(&path), before);
    assert_eq!(read(&path.join("status.json"))["state"], "done");
}

#[test]
fn a_loss_that_is_no_number_fails_the_run_in_words() {
    let root = tempfile::tempdir().unwrap();
    let mut config = tiny("baseline_fc", Optimizer::Sgd { momentum: 0.9 });
    config.network.norm = Norm::None;
    config.stage1.learning_rate = 1e30;
    let path = root.path().join("run");
    let run = begin(&path, &config, &faces(root.path(), 6));
    assert!(run.run().is_err());
    let status = read(&path.join("status.json"));
    assert_eq!(status["state"], "failed");
    assert!(status["why"].as_str().unwrap().contains("learning rate"));
}

/// One batch of noise with the labels of `count` drawn faces. In the even areas of a drawing
/// thousands of units would pass ReLU's kink at once, where there is no gradient to compare.
fn batch(count: u64) -> Batch {
    let root = tempfile::tempdir().unwrap();
    let plan = LoaderConfig {
        schema: Schema::face(),
        preprocessing: Preprocessing::default(),
        augmentation: Augmentation::default(),
        batch: count as usize,
        seed: 1,
        threads: 1,
        cache_bytes: 0,
    };
    let mut batch = Loader::new(faces(root.path(), count), plan).batch(0);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let noise = StandardNormal.sample_iter(&mut rng);
    for (value, noise) in batch.inputs.iter_mut().zip(noise) {
        *value = noise;
    }
    batch
}

/// eq. (1) for a batch.
fn loss(network: &Network, batch: &Batch) -> Tensor<1> {
    let x = TensorData::new(batch.inputs.clone(), input_shape(batch.len));
    let x = Tensor::from_data(x, &network.device());
    let outputs = network.forward_training(x, Dropout::default());
    let tasks = &network.schema().tasks;
    let losses = tasks.iter().zip(outputs).zip(&batch.targets);
    losses
        .map(|((task, output), targets)| task_loss(task, output, targets))
        .reduce(|a, b| a + b)
        .unwrap()
}

/// Collects the gradient of every parameter.
struct Collect<'a> {
    gradients: &'a Gradients,
    found: Vec<Option<Vec<f32>>>,
}

impl ModuleVisitor for Collect<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        // Running statistics are visited too; they have none.
        let gradient = param.val().grad(self.gradients);
        self.found
            .push(gradient.map(|g| g.into_data().iter().collect()));
    }
}

/// Moves parameter number `which` by `by`.
struct Move<'a> {
    at: usize,
    which: usize,
    by: &'a [f32],
}

impl ModuleMapper for Move<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.at += 1;
        if self.at - 1 != self.which {
            return param;
        }
        param.map(|tensor| {
            let by = TensorData::new(self.by.to_vec(), tensor.dims());
            let device = tensor.device();
            tensor.detach() + Tensor::from_data(by, &device)
        })
    }
}

#[test]
fn gradients_of_a_whole_network_agree_with_central_differences() {
    let batch = batch(4);
    for (name, norm) in [
        ("ours_channelwise", Norm::Batch),
        ("ours_concat", Norm::None),
        ("baseline_conv2_2", Norm::Batch),
    ] {
        let config = Config {
            norm,
            ..Config::variant(name).unwrap().sized(2, 8)
        };
        let device = Device::flex().autodiff();
        let network = Network::new(&config, &Schema::face(), 5, &device);
        let gradients = loss(&network, &batch).backward();
        let mut collect = Collect {
            gradients: &gradients,
            found: Vec::new(),
        };
        network.visit(&mut collect);
        let found = collect.found.iter().enumerate();
        for (which, gradient) in found.filter_map(|(i, g)| Some((i, g.as_ref()?))) {
            // Along the gradient, the loss grows by the gradient's length.
            let length = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
            // Short, as the loss bends sharply, but long enough for f32.
            let step = (1e-3 / length).clamp(2e-4, 2e-3);
            let at = |by: f32| {
                let by: Vec<f32> = gradient.iter().map(|g| g / length.max(1e-9) * by).collect();
                let mut mover = Move {
                    at: 0,
                    which,
                    by: &by,
                };
                let moved = network.clone().map(&mut mover);
                loss(&moved, &batch)
                    .into_data()
                    .iter::<f32>()
                    .next()
                    .unwrap()
            };
            // The loss bends, and units pass their kinks: less so along a shorter step. A wrong
            // gradient is wrong along each.
            let differences = [1.0, 0.3, 0.1, 0.03].map(|part| {
                let step = part * step;
                (at(step) - at(-step)) / (2.0 * step)
            });
            let close = |d: &f32| (d - length).abs() < 0.1 * length + 1e-3;
            assert!(
                differences.iter().any(close),
                "{name}, parameter {which}: {length} and {differences:?}"
            );
        }
    }
}
