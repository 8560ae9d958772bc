//! What a stage writes: the best checkpoint of each task, and the state from which a run goes on.

use anyhow::{Context, Result};
use burn::optim::ModuleOptimizer;

use super::StageRun;
use crate::atomic::write_atomic;
use crate::model::{Checkpoint, Network};
use crate::train::checkpoints::{BestCheckpoint, Progress, load_record, save_record};
use crate::train::folder::Metrics;

impl StageRun<'_> {
    /// Without a validation that says which is best, the last one is kept.
    pub(super) fn keep_last(&self, network: &Network, progress: &Progress) -> Result<()> {
        for (keeper, best) in self.keepers.iter().zip(&progress.best) {
            if best.is_none() {
                let checkpoint = Checkpoint {
                    network: network.folded(),
                    ..self.template.clone()
                };
                let chosen = ("chosen_by".to_owned(), "being the last".into());
                let chosen = [chosen].into_iter().collect();
                self.keep(keeper, network, checkpoint, progress.step, chosen)?;
            }
        }
        Ok(())
    }

    /// Writes a keeper's weights, and the record with normalisation as trained. `checkpoint` holds
    /// `network` folded; `chosen` says why it is kept, beside where the run comes from.
    pub(super) fn keep(
        &self,
        keeper: &BestCheckpoint,
        network: &Network,
        mut checkpoint: Checkpoint,
        step: u64,
        chosen: serde_json::Map<String, serde_json::Value>,
    ) -> Result<()> {
        let training = &mut checkpoint.training;
        for (name, value) in chosen {
            training[name] = value;
        }
        training["stage"] = self.number.into();
        training["step"] = step.into();
        self.untrained.write_to(training);
        checkpoint.save(&keeper.weights(self.folder))?;
        save_record(network, &keeper.record(self.folder))
    }

    /// Writes a checkpoint: new files first, then the one that points at them, then the old ones
    /// go. A kill at any moment leaves one whole.
    pub(super) fn save(
        &self,
        network: &Network,
        optimizer: &ModuleOptimizer,
        progress: &mut Progress,
        metrics: &mut Metrics,
    ) -> Result<()> {
        let stem = format!("last-{}-{}", progress.stage, progress.step);
        progress.network_file = format!("{stem}.network.bpk");
        progress.optimizer_file = format!("{stem}.optimizer.bpk");
        progress.metrics_length = metrics.length()?;
        save_record(network, &self.folder.checkpoint(&progress.network_file))?;
        let path = self.folder.checkpoint(&progress.optimizer_file);
        let bytes = optimizer
            .to_record()
            .into_bytes()
            .map_err(|e| anyhow::anyhow!("{e}"))?;
        write_atomic(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        self.folder.write_json("checkpoints/last.json", progress)?;
        self.remove_others(progress);
        Ok(())
    }

    pub(super) fn load(
        &self,
        network: Network,
        optimizer: ModuleOptimizer,
        progress: &Progress,
    ) -> Result<(Network, ModuleOptimizer)> {
        let network = load_record(network, &self.folder.checkpoint(&progress.network_file))?;
        let path = self.folder.checkpoint(&progress.optimizer_file);
        let record = burn::optim::OptimizerRecord::load(&path)
            .map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        Ok((network, optimizer.load_record(record)))
    }

    /// Removes earlier checkpoints, those of an earlier stage too.
    fn remove_others(&self, progress: &Progress) {
        let keep = [&progress.network_file, &progress.optimizer_file];
        let Ok(files) = std::fs::read_dir(self.folder.file("checkpoints")) else {
            return;
        };
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let old = name.starts_with("last-") && name.ends_with(".bpk") && !keep.contains(&&name);
            if old && let Err(e) = std::fs::remove_file(file.path()) {
                log::warn!("cannot remove {name}: {e}");
            }
        }
    }
}
