//! How task towers come to a trained shared tower: stage 2 of the paper's training, a task added
//! later, and towers that were trained apart and are joined.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, TensorData};
use serde::{Deserialize, Serialize};

use super::config::{Branch, Config, Layer, Norm};
use super::error::TowerError;
use super::layers::floats;
use super::network::Network;
use super::parameters::{ParameterSpec, he_normal, same_bits};
use crate::label::{Schema, Task};

/// What the task towers of stage 2 start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum TaskStart {
    /// Random weights, as in the paper.
    #[default]
    Fresh,
    /// The paper's fine-tuned variant: task convolutions start from the shared ones wherever the
    /// shapes allow (all of them when channelwise), the rest is random.
    Finetune,
    /// Stage 1's whole network, heads included: fused inputs start as the mean of both halves,
    /// which at first are equal, so stage 2 begins with exactly the outputs of stage 1. Where
    /// "stage 1" is a separation network of the same shape, its towers go on as they are.
    Warm,
}

impl Network {
    /// The network of stage 2: `stage1`'s shared tower, frozen, and new task towers beside it.
    ///
    /// `config` is the separation network wanted; its normalisation applies to the task towers
    /// only. A warm start keeps stage 1's normalisation, or goes without if stage 1 has none.
    ///
    /// A warm start gives the outputs of stage 1, within rounding. While training it does so only
    /// without normalisation: the task towers normalise by the batch, the frozen shared tower by
    /// what stage 1 remembered, so that the halves of a joined map differ.
    pub fn separate(
        stage1: &Network,
        config: &Config,
        start: TaskStart,
        seed: u64,
        device: &Device,
    ) -> Result<Self, TowerError> {
        let from = stage1.config();
        if !config.is_separation() {
            return Err(TowerError::NoSeparation);
        }
        if from.shared_layers().len() < Layer::ALL.len() {
            return Err(TowerError::PartlyShared(from.title()));
        }
        if from.width != config.width {
            return Err(TowerError::Width {
                stage1: from.width,
                stage2: config.width,
            });
        }
        let mut config = config.clone();
        let warm = start == TaskStart::Warm;
        let goes_on = from.is_separation()
            && (from.branch, from.fusion, from.fc) == (config.branch, config.fusion, config.fc);
        if warm {
            let hard = from.branch == Branch::After(Layer::Conv4_3) && !from.is_separation();
            if !(hard || goes_on) || from.fc != config.fc {
                return Err(TowerError::WarmStart {
                    fc: config.fc,
                    stage1: from.title(),
                    stage1_fc: from.fc,
                });
            }
            if from.norm == Norm::None {
                config.norm = Norm::None;
            }
        }
        let folded = stage1.tensors(true);
        let raw = stage1.tensors(!warm || config.norm == Norm::None);
        let starts = Stage2Source {
            start,
            goes_on,
            seed,
            folded: &folded,
            raw: &raw,
        };
        let mut source = |wanted: ParameterSpec| Ok::<_, TowerError>(starts.tensor(&wanted));
        let mut network = Self::build(&config, stage1.schema(), device, &mut source)?;
        if warm && config.norm == Norm::Batch {
            // A task tower begins at its branch point, so that its first layer is a later one of the
            // shared tower.
            let first = config.branch.first_layer();
            for (tower, of) in network.tasks.iter_mut().zip(&stage1.tasks) {
                tower.fc_norm = of.fc_norm.clone().map(|n| n.fork(device));
                let convs = match goes_on {
                    true => &of.convs[..],
                    false => &stage1.shared[first..],
                };
                for (layer, of) in tower.convs.iter_mut().zip(convs) {
                    layer.norm = of.norm.clone().map(|n| n.fork(device));
                }
            }
        }
        Ok(network.frozen_except(|_| true))
    }

    /// The same network in which the shared tower, and all tasks but those `trained`, take no
    /// gradient.
    pub fn frozen_except(mut self, trained: impl Fn(usize) -> bool) -> Self {
        if self.config.is_separation() {
            self.shared = self.shared.freeze();
        }
        let towers = self.tasks.into_iter().enumerate();
        let towers = towers.map(|(t, tower)| if trained(t) { tower } else { tower.freeze() });
        self.tasks = towers.collect();
        self
    }

    /// The network with a tower more, random, for a new task. The other towers are as they were,
    /// bit for bit.
    pub fn with_task(&self, task: Task, seed: u64) -> Result<Self, TowerError> {
        let mut schema = self.schema().clone();
        schema.tasks.push(task);
        schema.validate()?;
        self.rebuilt(&schema, self.tensors(true), seed)
    }

    /// The network with `other`'s tower for the task named `name`: in place of its own if it has
    /// that task, else added. Both must have the same shared tower, bit for bit, since a task
    /// tower is of use only beside the one it was trained with.
    pub fn joined(&self, other: &Network, name: &str) -> Result<Self, TowerError> {
        let (ours, theirs) = (self.folded_config(), other.folded_config());
        if ours != theirs {
            return Err(TowerError::Networks(ours.title(), theirs.title()));
        }
        let position = other
            .schema()
            .position(name)
            .ok_or_else(|| TowerError::NoTask(name.to_owned()))?;
        let mut tensors = self.tensors(true);
        let added = other.tensors(true);
        let shared = |n: &&String| n.starts_with("shared.");
        for tower in tensors.keys().filter(shared) {
            if !same_bits(&tensors[tower], &added[tower]) {
                return Err(TowerError::SharedTower(tower.clone()));
            }
        }
        let mut schema = self.schema().clone();
        let task = other.schema().tasks[position].clone();
        match schema.position(name) {
            Some(own) => schema.tasks[own] = task,
            None => schema.tasks.push(task),
        }
        let prefix = format!("{name}.");
        tensors.retain(|n, _| !n.starts_with(&prefix));
        tensors.extend(added.into_iter().filter(|(n, _)| n.starts_with(&prefix)));
        self.rebuilt(&schema, tensors, 0)
    }

    fn folded_config(&self) -> Config {
        Config {
            norm: Norm::None,
            ..self.config().clone()
        }
    }

    fn rebuilt(
        &self,
        schema: &Schema,
        mut tensors: BTreeMap<String, TensorData>,
        seed: u64,
    ) -> Result<Self, TowerError> {
        let mut source = |wanted: ParameterSpec| {
            Ok(tensors
                .remove(wanted.name)
                .unwrap_or_else(|| he_normal(&wanted, seed)))
        };
        Self::build(&self.folded_config(), schema, &self.device(), &mut source)
    }
}

/// Where each parameter of stage 2 comes from.
struct Stage2Source<'a> {
    start: TaskStart,
    /// Whether a warm start takes every tensor as it is.
    goes_on: bool,
    seed: u64,
    /// Stage 1 with normalisation folded in: the shared tower.
    folded: &'a BTreeMap<String, TensorData>,
    /// Stage 1 as the task towers take it over.
    raw: &'a BTreeMap<String, TensorData>,
}

impl Stage2Source<'_> {
    fn tensor(&self, wanted: &ParameterSpec) -> TensorData {
        if wanted.name.starts_with("shared.") {
            return self.folded[wanted.name].clone();
        }
        let taken = match self.start {
            TaskStart::Fresh => None,
            TaskStart::Finetune => self.finetuned(wanted),
            TaskStart::Warm => self.warm(wanted),
        };
        taken.unwrap_or_else(|| he_normal(wanted, self.seed))
    }

    /// The shared tower's tensor for the same layer, if it has the shape wanted.
    fn finetuned(&self, wanted: &ParameterSpec) -> Option<TensorData> {
        let (_, layer) = wanted.name.split_once('.')?;
        let shared = self.folded.get(&format!("shared.{layer}"))?;
        (shared.shape().as_slice() == wanted.shape).then(|| shared.clone())
    }

    /// Stage 1's function written with the new shapes.
    fn warm(&self, wanted: &ParameterSpec) -> Option<TensorData> {
        if self.goes_on {
            return self.raw.get(wanted.name).cloned();
        }
        let (_, layer) = wanted.name.split_once('.')?;
        if layer.starts_with("fuse") {
            return Some(mean_of_halves(wanted.shape));
        }
        let from = if layer.starts_with("conv") {
            self.raw.get(&format!("shared.{layer}"))?
        } else {
            self.raw.get(wanted.name)?
        };
        if from.shape().as_slice() == wanted.shape {
            return Some(from.clone());
        }
        Some(halves(from, wanted.shape))
    }
}

/// [W/2, W/2] along the input axis: the weights for an input that is there twice.
fn halves(from: &TensorData, shape: &[usize]) -> TensorData {
    let row = floats(from).len() / shape[0];
    let values = floats(from)
        .chunks_exact(row)
        .flat_map(|r| r.iter().chain(r).map(|w| w / 2.0).collect::<Vec<_>>())
        .collect();
    TensorData::new(values, shape.to_vec())
}

/// [I/2, I/2] as a 1×1 convolution `[C, 2C, 1, 1]`, or its zero bias.
fn mean_of_halves(shape: &[usize]) -> TensorData {
    let mut values = vec![0.0_f32; shape.iter().product()];
    if let &[output, input, 1, 1] = shape {
        for c in 0..output {
            values[c * input + c] = 0.5;
            values[c * input + output + c] = 0.5;
        }
    }
    TensorData::new(values, shape.to_vec())
}

#[cfg(test)]
mod tests;
