//! Validation within a stage: measures, the best checkpoint of each task, and what is said of it.

use std::time::Instant;

use anyhow::Result;

use super::StageRun;
use crate::logs::error_chain;
use crate::measure::TaskReport;
use crate::model::{Checkpoint, Network, Predictor};
use crate::train::checkpoints::{Best, Progress};
use crate::train::folder::{Metrics, State};
use crate::train::measures::{sentence, summary, validation_reports};
use crate::train::step_timer::StepTimer;

impl StageRun<'_> {
    pub(super) fn validate(
        &self,
        network: &Network,
        progress: &mut Progress,
        metrics: &mut Metrics,
        timer: &mut StepTimer,
    ) -> Result<()> {
        if self.validation.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let folded = network.folded();
        let device = folded.device();
        let checkpoint = Checkpoint {
            network: folded,
            ..self.template.clone()
        };
        let predictor = Predictor::new(checkpoint.clone(), device);
        // A large set takes long: whoever looks on sees that the run lives.
        let reports = validation_reports(&predictor, self.untrained, self.validation, || {
            timer.beat();
            if timer.status_is_due()
                && let Err(e) = self.status(timer, progress, State::Running, None)
            {
                log::warn!("{}", error_chain(&e));
            }
        });
        let schema = network.schema();
        let step = progress.step;
        let mut kept = Vec::new();
        for (keeper, best) in self.keepers.iter().zip(&mut progress.best) {
            let scores: Vec<f64> = keeper
                .tasks
                .iter()
                .filter_map(|&t| reports[t].average())
                .collect();
            if scores.is_empty() {
                continue;
            }
            let score = scores.iter().sum::<f64>() / scores.len() as f64;
            let errors: Vec<f64> = keeper
                .tasks
                .iter()
                .filter_map(|&t| match &reports[t] {
                    TaskReport::Points { nme_percent, .. } => *nme_percent,
                    _ => None,
                })
                .collect();
            let nme =
                (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64);
            if best.as_ref().is_none_or(|b| b.is_worse_than(score, nme)) {
                kept.push(keeper.name.clone());
                let reports = summary(schema, &reports);
                let chosen = [
                    ("chosen_by".to_owned(), "validation".into()),
                    ("validation".to_owned(), reports.clone()),
                ];
                let chosen = chosen.into_iter().collect();
                self.keep(keeper, network, checkpoint.clone(), step, chosen)?;
                *best = Some(Best {
                    score,
                    nme,
                    step,
                    reports,
                });
            }
        }
        let better = !kept.is_empty();
        progress.stale = if better { 0 } else { progress.stale + 1 };
        metrics.append(&serde_json::json!({
            "kind": "validation", "stage": self.number, "step": progress.step,
            "measures": summary(schema, &reports), "kept": kept, "seconds": began.elapsed().as_secs_f64(),
        }))?;
        timer.say(&format!(
            "stage {}, step {} of {}: {}{}",
            self.number,
            progress.step,
            timer.steps(),
            sentence(schema, &reports),
            kept_text(&kept, self.keepers.len()),
        ));
        timer.leave_out(began.elapsed());
        Ok(())
    }
}

/// Of how many keepers which ones keep what was just measured.
fn kept_text(kept: &[String], keepers: usize) -> String {
    match kept.len() {
        0 => String::new(),
        n if n == keepers => "; kept".into(),
        _ => format!("; kept for {}", kept.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_validation_says_for_what_it_is_kept() {
        let names = ["landmarks".to_owned(), "attributes".to_owned()];
        assert_eq!(kept_text(&[], 2), "");
        assert_eq!(kept_text(&names[..1], 2), "; kept for landmarks");
        assert_eq!(kept_text(&names, 2), "; kept");
        assert_eq!(kept_text(&["stage1".into()], 1), "; kept");
    }
}
