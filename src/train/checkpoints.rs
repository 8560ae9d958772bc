//! What a run keeps: where it stands, to go on from there, and the best weights of each task.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use burn::module::Module;
use burn::store::ModuleRecord;
use serde::{Deserialize, Serialize};

use super::folder::RunFolder;
use super::loss::LossSum;
use crate::atomic::write_atomic;
use crate::model::Network;

/// Where a stage stands: what a checkpoint holds beside parameters and optimizer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Progress {
    pub stage: u8,
    pub step: u64,
    /// Bytes of `metrics.jsonl` that belong to the steps done.
    pub metrics_length: u64,
    /// The best validation so far of each keeper.
    pub best: Vec<Option<Best>>,
    /// Validations since any keeper found a better one.
    pub stale: u64,
    /// The losses since the last line of metrics, of each task.
    #[serde(default)]
    pub losses: Vec<LossSum>,
    /// Whether the stage has ended, which it may do before its last step.
    #[serde(default)]
    pub finished: bool,
    /// The files of this checkpoint.
    pub network_file: String,
    pub optimizer_file: String,
}

impl Progress {
    pub fn start(stage: u8, keepers: usize, metrics_length: u64) -> Self {
        Self {
            stage,
            step: 0,
            metrics_length,
            best: vec![None; keepers],
            stale: 0,
            losses: Vec::new(),
            finished: false,
            network_file: String::new(),
            optimizer_file: String::new(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Best {
    /// Percent: the mean of success or accuracy over the keeper's tasks.
    pub score: f64,
    /// Percent: the mean NME over its tasks of points, which decides where scores are equal.
    #[serde(default)]
    pub nme: Option<f64>,
    pub step: u64,
    pub reports: serde_json::Value,
}

impl Best {
    /// Whether these measures are better.
    pub fn is_worse_than(&self, score: f64, nme: Option<f64>) -> bool {
        let closer = nme.zip(self.nme).is_some_and(|(now, best)| now < best);
        score > self.score || score == self.score && closer
    }
}

/// Keeps the best checkpoint for some tasks: all of them in stage 1, one each in stage 2.
#[derive(Clone, Debug)]
pub struct BestCheckpoint {
    pub name: String,
    pub tasks: Vec<usize>,
}

impl BestCheckpoint {
    pub fn weights(&self, folder: &RunFolder) -> PathBuf {
        folder.checkpoint(&format!("best-{}.safetensors", self.name))
    }

    /// The keeper whose weights a file of this name has.
    pub fn of_file(name: &str) -> Option<&str> {
        name.strip_prefix("best-")?.strip_suffix(".safetensors")
    }

    /// The same with normalisation as it was trained.
    pub fn record(&self, folder: &RunFolder) -> PathBuf {
        folder.checkpoint(&format!("best-{}.bpk", self.name))
    }
}

pub fn save_record(network: &Network, path: &Path) -> Result<()> {
    let bytes = network
        .clone()
        .into_record()
        .into_bytes()
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    write_atomic(path, &bytes).with_context(|| format!("cannot write {}", path.display()))
}

pub fn load_record(network: Network, path: &Path) -> Result<Network> {
    let say = |e: &dyn std::fmt::Display| anyhow::anyhow!("{}: {e}", path.display());
    let record = ModuleRecord::load(path).map_err(|e| say(&e))?;
    network.try_load_record(record).map_err(|e| say(&e))
}

#[cfg(test)]
mod tests {
    use super::Best;

    #[test]
    fn of_equal_success_the_lower_error_is_better() {
        let best = |nme| Best {
            score: 12.0,
            nme,
            step: 0,
            reports: serde_json::Value::Null,
        };
        assert!(best(Some(27.4)).is_worse_than(12.0, Some(23.9)));
        assert!(!best(Some(23.9)).is_worse_than(12.0, Some(23.9)));
        assert!(!best(Some(23.9)).is_worse_than(11.0, Some(3.0)));
        assert!(best(Some(23.9)).is_worse_than(13.0, Some(40.0)));
        // Attributes have none.
        assert!(!best(None).is_worse_than(12.0, None));
    }
}
