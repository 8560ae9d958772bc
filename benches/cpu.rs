//! Training steps and single-face inference on the CPU, beside PyTorch's in the same run.
//!
//! ```text
//! SMN_PYTHON=python3 SMN_REFERENCE=smn_reference.py cargo bench --bench cpu -- [WIDTH FC BATCH N]
//! ```
//! The reference program's `bench` prints PyTorch's seconds; without it only ours are shown. Run
//! it on a quiet machine: what else computes falls on whoever has its turn.

// What goes wrong ends a bench.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Command;
use std::time::Instant;

use burn::module::Module;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Distribution, Tensor};
use smn_studio::batch::Targets;
use smn_studio::dataset::synthetic;
use smn_studio::label::Schema;
use smn_studio::memory::{Keeping, keep_blocks};
use smn_studio::model::{self, Config, Dropout, Network, Predictor, input_shape};
use smn_studio::train::task_loss;

/// As in the program.
#[global_allocator]
static MEMORY: Keeping = Keeping;

struct Sizes {
    width: usize,
    fc: usize,
    batch: usize,
    repeats: usize,
}

/// Median seconds.
struct Times {
    infer: f64,
    step: f64,
}

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = match numbers[..] {
        [width, fc, batch, repeats] => Sizes {
            width,
            fc,
            batch,
            repeats,
        },
        _ => Sizes {
            width: 16,
            fc: 256,
            batch: 32,
            repeats: 5,
        },
    };
    println!(
        "width {}, fc {}, batch {}, median of {}",
        sizes.width, sizes.fc, sizes.batch, sizes.repeats
    );
    let theirs = pytorch(&sizes);
    keep_blocks();
    for name in ["baseline_fc", "ours_concat"] {
        let ours = measure(name, &sizes);
        let their = theirs
            .as_ref()
            .and_then(|t| t.iter().find(|(n, _)| n == name));
        println!(
            "{name:12} infer {:.4} s   step {:.3} s",
            ours.infer, ours.step
        );
        if let Some((_, t)) = their {
            println!("  PyTorch    infer {:.4} s   step {:.3} s", t.infer, t.step);
            println!(
                "  ours / PyTorch: infer {:.2}, step {:.2}",
                ours.infer / t.infer,
                ours.step / t.step
            );
        }
    }
    println!(
        "bundled      crop and forward of one face {:.4} s",
        bundled()
    );
    if theirs.is_none() {
        println!("no PyTorch: set SMN_PYTHON and SMN_REFERENCE to compare");
    }
}

/// Seconds from a photo and a box to the bundled network's prediction.
fn bundled() -> f64 {
    let device = Device::flex();
    let predictor = Predictor::new(model::bundled(&device).unwrap(), device);
    let portrait = synthetic::portrait(1, 1);
    median(25, || {
        std::hint::black_box(predictor.predict(&portrait.image, &[portrait.face_box]));
    })
}

fn median(repeats: usize, mut f: impl FnMut()) -> f64 {
    f();
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// As the reference does it: the shared tower of a separation network is fixed.
fn measure(name: &str, sizes: &Sizes) -> Times {
    let config = Config::variant(name).unwrap().sized(sizes.width, sizes.fc);
    let device = Device::flex().autodiff();
    let schema = Schema::face();
    let mut network = Network::new(&config, &schema, 1, &device).frozen_except(|_| true);
    let still = network.folded();
    let random = |n, device: &Device| Tensor::random(input_shape(n), Distribution::Default, device);
    let one: Tensor<4> = random(1, &Device::flex());
    let infer = median(sizes.repeats, || {
        for output in still.forward(one.clone()) {
            output.into_data();
        }
    });
    let momentum = MomentumConfig::new().with_momentum(0.9).with_dampening(0.0);
    let mut optimizer = SgdConfig::new().with_momentum(Some(momentum)).init();
    let x: Tensor<4> = random(sizes.batch, &device);
    let targets = schema.tasks.iter().map(|task| {
        let values = sizes.batch
            * if task.is_points() {
                task.outputs()
            } else {
                task.len()
            };
        Targets {
            values: vec![1.0; values],
            known: vec![1.0; values],
        }
    });
    let targets: Vec<Targets> = targets.collect();
    let step = median(sizes.repeats, || {
        let outputs = network.forward_training(x.clone(), Dropout::default());
        let losses = schema.tasks.iter().zip(outputs).zip(&targets);
        let total = losses
            .map(|((task, output), targets)| task_loss(task, output, targets))
            .reduce(|a, b| a + b)
            .unwrap();
        let gradients = GradientsParams::from_grads(total.backward(), &network);
        network = optimizer.step(1e-4, network.clone(), gradients);
    });
    std::hint::black_box(network.num_params());
    Times { infer, step }
}

fn pytorch(sizes: &Sizes) -> Option<Vec<(String, Times)>> {
    let python = std::env::var("SMN_PYTHON").ok()?;
    let reference = std::env::var("SMN_REFERENCE").ok()?;
    let arguments = [sizes.width, sizes.fc, sizes.batch, sizes.repeats].map(|v| v.to_string());
    let output = Command::new(python)
        .arg(reference)
        .arg("bench")
        .args(arguments)
        .output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    let number = |words: &[&str], after: &str| {
        let at = words.iter().position(|w| w.ends_with(after))?;
        words[at + 1..].iter().find_map(|w| w.parse().ok())
    };
    let rows = text.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let infer = number(&words, "infer")?;
        // "train step (batch 32) 0.481 s"
        let step = words.iter().rev().find_map(|w| w.parse().ok())?;
        Some((words[0].to_owned(), Times { infer, step }))
    });
    Some(rows.collect())
}
