//! What training promises: it learns, it can be continued to the same bits, and stage 2 leaves
//! the shared tower alone.

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use safetensors::SafeTensors;
use smn_studio::batch::Augmentation;
use smn_studio::dataset::{self, Split, synthetic};
use smn_studio::label::{Schema, TaskLabels};
use smn_studio::model::{Checkpoint, Config, Norm, Predictor, TaskStart};
use smn_studio::train::{
    Data, InitialWeights, Optimizer, Preset, Run, RunFile, RunFolder, Schedule, Stage, TrainConfig,
};

/// Drawn faces as a data set: `faces.csv` and pictures, of which the first `validation` are for
/// validation.
pub fn faces(folder: &Path, count: u64, validation: u64) -> PathBuf {
    let schema = Schema::face();
    let mut header = vec!["image".to_owned(), "split".to_owned()];
    let points: Vec<&str> = schema.tasks[0].items().collect();
    header.extend(
        points
            .iter()
            .flat_map(|p| [format!("{p}_x"), format!("{p}_y")]),
    );
    header.extend(schema.tasks[1].items().map(String::from));
    let mut text = header.join(",") + "\n";
    for index in 0..count {
        let portrait = synthetic::portrait(7, index);
        portrait
            .image
            .save(folder.join(format!("{index}.png")))
            .unwrap();
        let split = if index < validation { "val" } else { "train" };
        let mut row = vec![format!("{index}.png"), split.to_owned()];
        for labels in &portrait.annotation.tasks {
            match labels {
                TaskLabels::Points(points) => row.extend(
                    points
                        .iter()
                        .flat_map(|p| p.at.map(|v| (v - 0.5).to_string())),
                ),
                TaskLabels::Binary(values) => row.extend(values.iter().map(|v| match v.known() {
                    Some(true) => "1".to_owned(),
                    Some(false) => "-1".to_owned(),
                    None => String::new(),
                })),
            }
        }
        text += &(row.join(",") + "\n");
    }
    fs::write(folder.join("faces.csv"), text).unwrap();
    folder.to_owned()
}

fn stage(epochs: f64, optimizer: Optimizer, learning_rate: f64) -> Stage {
    Stage {
        epochs,
        optimizer,
        learning_rate,
        schedule: Schedule::Cosine { warmup: 5 },
    }
}

const MOMENTUM: Optimizer = Optimizer::Sgd { momentum: 0.9 };
const ADAM: Optimizer = Optimizer::AdamW { weight_decay: 1e-3 };

fn config(optimizer: Optimizer, rate: f64, epochs: f64) -> TrainConfig {
    let compact = TrainConfig::preset(Preset::Compact);
    TrainConfig {
        network: compact.network.clone().sized(2, 8),
        stage1: stage(epochs, optimizer, rate),
        stage2: stage(epochs, optimizer, rate),
        batch: 4,
        validations: 2,
        ..compact
    }
}

fn file(config: TrainConfig) -> RunFile {
    RunFile {
        program: "test".into(),
        device: "cpu".into(),
        config,
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

fn start(out: &Path, data: &Path, config: TrainConfig) -> Run {
    let set = dataset::open(data, &Schema::face()).unwrap();
    Run::create(out, &[data.to_owned()], set, file(config), Device::flex()).unwrap()
}

fn resume(out: &Path, data: &Path) -> anyhow::Result<Run> {
    let folder = RunFolder::open(out)?;
    let file = folder.read_json("run.json")?;
    let set = dataset::open(data, &Schema::face())?;
    Run::resume(folder, file, set, Device::flex())
}

/// Stops a run as soon as its metrics have `lines` lines, as a person would, and leaves its folder.
fn stop_after(run: Run, lines: usize) {
    let folder = run.folder().path().to_owned();
    let stopper = std::thread::spawn(move || {
        for _ in 0..60_000 {
            let text = fs::read_to_string(folder.join("metrics.jsonl")).unwrap_or_default();
            if text.lines().count() >= lines {
                return fs::write(folder.join("control"), "stop").unwrap();
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        panic!("the run wrote no metrics");
    });
    assert!(
        run.run().unwrap().is_none(),
        "the run ended before it could be stopped"
    );
    stopper.join().unwrap();
}

/// The metrics without what depends on the clock.
fn steps(out: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    text.lines()
        .map(|line| {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            let entry = value.as_object_mut().unwrap();
            entry.remove("images_per_s");
            entry.remove("seconds");
            value
        })
        .collect()
}

fn tensors(path: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut all: Vec<_> = file
        .iter()
        .map(|(name, view)| (name.to_owned(), view.data().to_vec()))
        .collect();
    all.sort();
    all
}

/// A run that is stopped in each stage and continued ends with the same bits and the same metrics
/// as one that was left alone; each stage has 60 steps.
fn stopped_and_continued(optimizer: Optimizer, rate: f64) {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    faces(&data, 24, 4);
    let (whole, parts) = (root.path().join("whole"), root.path().join("parts"));
    let settings = config(optimizer, rate, 12.0);
    start(&whole, &data, settings.clone()).run().unwrap();

    let run = start(&parts, &data, settings);
    stop_after(run, 2); // within stage 1
    let run = resume(&parts, &data).unwrap();
    stop_after(run, 11); // within stage 2
    resume(&parts, &data).unwrap().run().unwrap();

    for (a, b) in steps(&whole).iter().zip(&steps(&parts)) {
        assert_eq!(a, b);
    }
    assert_eq!(steps(&whole).len(), steps(&parts).len());
    let end = |out: &Path| tensors(&out.join("final.safetensors"));
    assert!(end(&whole) == end(&parts), "the weights differ");
}

#[test]
fn a_run_with_momentum_continues_bit_for_bit() {
    stopped_and_continued(MOMENTUM, 0.01);
}

#[test]
fn a_run_with_adamw_continues_bit_for_bit() {
    stopped_and_continued(ADAM, 1e-3);
}

#[test]
fn other_data_are_refused_when_a_run_continues() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    faces(&data, 8, 0);
    let out = root.path().join("run");
    start(&out, &data, config(MOMENTUM, 0.01, 1.0))
        .run()
        .unwrap();
    faces(&data, 9, 0);
    let error = resume(&out, &data).err().unwrap().to_string();
    assert!(error.contains("not those this run began with"), "{error}");
}

#[test]
fn stage_2_leaves_the_shared_tower_bit_for_bit() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    faces(&data, 12, 4);
    for task_start in [TaskStart::Fresh, TaskStart::Warm] {
        let out = root.path().join(format!("{task_start:?}"));
        let settings = TrainConfig {
            task_start,
            ..config(ADAM, 1e-3, 4.0)
        };
        start(&out, &data, settings).run().unwrap();
        let stage1 = tensors(&out.join("checkpoints/best-stage1.safetensors"));
        let end = tensors(&out.join("final.safetensors"));
        let shared = |all: &[(String, Vec<u8>)]| -> Vec<(String, Vec<u8>)> {
            let own = all.iter().filter(|(name, _)| name.starts_with("shared."));
            own.cloned().collect()
        };
        assert_eq!(shared(&stage1).len(), 20);
        assert!(shared(&stage1) == shared(&end), "{task_start:?}");
        let task = |all: &[(String, Vec<u8>)]| {
            all.iter()
                .find(|(n, _)| n == "landmarks.output.bias")
                .cloned()
        };
        // A warm start is kept where no validation was better.
        if task_start == TaskStart::Fresh {
            assert_ne!(task(&stage1), task(&end));
        }
    }
}

#[test]
fn thirty_two_faces_can_be_learned_by_heart() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    faces(&data, 32, 0);
    let out = root.path().join("run");
    let settings = TrainConfig {
        network: Config {
            norm: Norm::Batch,
            ..Config::variant("baseline_fc").unwrap().sized(4, 64)
        },
        augmentation: Augmentation::none(),
        dropout: 0.0,
        batch: 16,
        ..config(ADAM, 3e-3, 120.0)
    };
    start(&out, &data, settings).run().unwrap();

    let device = Device::flex();
    let checkpoint = Checkpoint::load(&out.join("final.safetensors"), &device).unwrap();
    let predictor = Predictor::new(checkpoint, device);
    let set = dataset::open(&data, &Schema::face()).unwrap();
    assert!(set.samples.iter().all(|s| s.split == Some(Split::Train)));
    let found = smn_studio::model::predict_samples(&predictor, &set.samples, |_| true);
    let pairs: Vec<_> = set
        .samples
        .iter()
        .zip(&found)
        .map(|(s, f)| (&s.annotation, &f.as_ref().unwrap().prediction))
        .collect();
    let none = smn_studio::label::Untrained::default();
    let reports = smn_studio::measure::measure(&set.schema, &none, pairs.into_iter(), 0.1);
    assert_eq!(reports[0].average(), Some(100.0));
    assert_eq!(reports[1].average(), Some(100.0));
}
