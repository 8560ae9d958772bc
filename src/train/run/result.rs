//! What a run ends with: the best of its stages as one network, measured, and where it comes from.

use std::path::PathBuf;

use anyhow::Result;

use super::Run;
use crate::batch::Preprocessing;
use crate::humanize::counted;
use crate::label::Untrained;
use crate::model::{Checkpoint, Network, Predictor};
use crate::terminal::errln;
use crate::train::checkpoints::BestCheckpoint;
use crate::train::folder::State;
use crate::train::measures::{reports_with_baseline, sentence, summary};
use crate::train::run_file::RunFile;
use crate::train::warnings;

impl Run {
    /// The network whose task towers are each the best of their own, and what is to be said of
    /// those for which the stage brought nothing.
    pub(super) fn joined(
        &self,
        mut network: Network,
        keepers: &[BestCheckpoint],
    ) -> Result<(Network, Vec<String>)> {
        let mut found = Vec::new();
        let device = self.device.clone().without_autodiff();
        for keeper in keepers {
            let best = Checkpoint::load(&keeper.weights(&self.folder), &device)?;
            errln!("{}", self.kept_text(&best.training, keeper, &keeper.name));
            found.extend(warnings::stage2_without_gain(&keeper.name, &best.training));
            network = network.joined(&best.network, &keeper.name)?;
        }
        Ok((network, found))
    }

    /// Measures and writes the final weights. `found` speaks against them already.
    pub(super) fn finish(
        &self,
        network: Network,
        untrained: &Untrained,
        mut found: Vec<String>,
    ) -> Result<Option<PathBuf>> {
        let mut checkpoint = self.template(network);
        let device = checkpoint.network.device();
        let predictor = Predictor::new(checkpoint.clone(), device);
        let [reports, guesses] =
            reports_with_baseline(&predictor, untrained, &self.validation, &self.guess);
        found.extend(warnings::worse_than_baseline(
            &self.schema,
            &reports,
            &guesses,
        ));
        let chosen_by = if self.validation.is_empty() {
            "being the last"
        } else {
            "validation"
        };
        checkpoint.training["chosen_by"] = chosen_by.into();
        checkpoint.training["validation"] = summary(&self.schema, &reports);
        untrained.write_to(&mut checkpoint.training);
        if !found.is_empty() {
            checkpoint.training[warnings::KEY] = serde_json::json!(found);
        }
        // What the run's own labels do not teach was said before its start.
        if *untrained != self.labels.untrained {
            for line in untrained.sentences(&self.schema) {
                log::warn!("in the result, {line}");
            }
        }
        let path = self.folder.file("final.safetensors");
        checkpoint.save(&path)?;
        let measured = match self.validation.len() {
            0 => "no face was kept for validation".into(),
            faces => format!(
                "in validation on {}: {}",
                counted(faces, "face"),
                sentence(&self.schema, &reports)
            ),
        };
        errln!("the result, {measured}");
        for line in &found {
            log::warn!("{line}");
        }
        self.end(State::Done, None, found)?;
        Ok(Some(path))
    }

    pub(super) fn template(&self, network: Network) -> Checkpoint {
        Checkpoint {
            preprocessing: match self.file.initial_weights.vgg16 {
                Some(_) => Preprocessing::imagenet(),
                None => Preprocessing::default(),
            },
            license: self.file.license.clone(),
            training: self.provenance(),
            ..Checkpoint::new(network)
        }
    }

    /// Which step was kept of some tasks, called `of`, and why.
    pub(super) fn kept_text(
        &self,
        training: &serde_json::Value,
        keeper: &BestCheckpoint,
        of: &str,
    ) -> String {
        // A task that is not taught is not measured.
        let tasks = || keeper.tasks.iter().filter(|t| self.labels.teach(**t));
        let points = |t: &usize| self.schema.tasks[*t].is_points();
        let by = match (tasks().any(points), tasks().all(points)) {
            (_, true) => "success, then by NME",
            (false, _) => "accuracy",
            (true, false) => "the mean of success and accuracy, then by NME",
        };
        let why = match training["chosen_by"].as_str() {
            Some("validation") => format!("the best in validation by {by}"),
            _ => "the last".into(),
        };
        format!(
            "stage {}, {of}: step {} is kept, {why}",
            training["stage"], training["step"]
        )
    }

    /// What every checkpoint of the run says of where it comes from.
    fn provenance(&self) -> serde_json::Value {
        let RunFile {
            program,
            config,
            data,
            ..
        } = &self.file;
        serde_json::json!({
            "data": data.names(), "fingerprint": data.fingerprint, "train": data.train,
            "seed": config.seed, "config": config, "program": program,
        })
    }
}
