//! The step loop of one stage: compute, log, validate, keep the best, checkpoint, obey.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor, TensorData};

use super::checkpoints::{Best, Keeper, Progress};
use super::config::{Optimizer, Stage, TrainConfig};
use super::folder::{Control, Metrics, RunFolder, State, Status};
use super::loss::{LossSum, task_loss};
use super::watch::Watch;
use crate::batch::{Batch, Loader};
use crate::dataset::Sample;
use crate::label::Schema;
use crate::logs::error_words;
use crate::measure::{ALPHA, Guess, TaskReport, measure};
use crate::model::{
    Checkpoint, Dropout, FacePrediction, Network, Predictor, TaskStart, Untrained, input_shape,
    predict_samples,
};
use crate::words::counted;

/// Steps between two lines of metrics, fewer in a stage that would have fewer than so many lines.
const LOG_EVERY: u64 = 10;
const LINES: u64 = 50;
/// How often a paused run looks for a word.
const PAUSE_POLL: Duration = Duration::from_millis(200);

/// How a stage came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Finished,
    Stopped,
}

/// What does not change during a stage.
pub struct StageRun<'a> {
    pub number: u8,
    pub stage: &'a Stage,
    pub config: &'a TrainConfig,
    pub folder: &'a RunFolder,
    pub loader: Arc<Loader>,
    pub validation: &'a [Sample],
    pub keepers: Vec<Keeper>,
    /// The device with autodiff.
    pub device: Device,
    /// What the weights are saved with.
    pub template: &'a Checkpoint,
    pub untrained: &'a Untrained,
}

impl StageRun<'_> {
    /// Trains `network` from `progress` on, whose files are loaded if it has any.
    pub fn run(&self, mut network: Network, mut progress: Progress) -> Result<Ended> {
        let mut optimizer = optimizer(self.stage);
        if progress.finished {
            return Ok(Ended::Finished);
        }
        let resumed = !progress.network_file.is_empty();
        if resumed {
            (network, optimizer) = self.load(network, optimizer, &progress)?;
        }
        let mut metrics = self.folder.metrics(progress.metrics_length)?;
        let steps = self.stage.steps(self.loader.batches_per_epoch());
        let validate_every = (steps / self.config.validations.max(1)).max(1);
        let log_every = (steps / LINES).clamp(1, LOG_EVERY);
        let mut watch = Watch::new(self.number, steps, progress.step);
        watch.say(&self.plan(&progress, steps, validate_every));
        // Who watches knows from the first record on how long the stage is.
        self.status(&watch, &progress, State::Running, None)?;
        if self.begins_trained() && !resumed {
            // What it starts with is the best so far: no tower ends worse than it began.
            self.validate(&network, &mut progress, &mut metrics, &mut watch)?;
        }
        let offset = u64::from(self.number - 1) << 40; // other batches than stage 1's
        for batch in self.loader.stream(offset + progress.step..offset + steps) {
            if self.obey(&mut watch, &progress)? == Control::Stop {
                self.save(&network, &optimizer, &mut progress, &mut metrics)?;
                self.status(&watch, &progress, State::Stopped, None)?;
                return Ok(Ended::Stopped);
            }
            let rate = self.stage.learning_rate_at(progress.step, steps);
            let losses;
            (network, losses) = self.step(network, &mut optimizer, &batch, progress.step, rate)?;
            progress.step += 1;
            watch.step(batch.len);
            let tasks = batch.targets.len();
            progress.losses.resize_with(tasks, LossSum::default);
            for (t, loss) in losses {
                progress.losses[t].add(loss, batch.targets[t].count());
            }
            // The first step too: a curve begins where its stage does.
            let first = progress.step == 1;
            if first || progress.step.is_multiple_of(log_every) || progress.step == steps {
                let means: Vec<_> = progress.losses.drain(..).map(|l| l.mean()).collect();
                metrics.append(&self.step_line(&progress, &means, rate, &watch))?;
                watch.show(&means);
            }
            let last = progress.step == steps;
            let mut ended = last;
            if progress.step.is_multiple_of(validate_every) || last {
                self.validate(&network, &mut progress, &mut metrics, &mut watch)?;
                ended |= self.config.patience > 0 && progress.stale >= self.config.patience;
            }
            if ended {
                progress.finished = true;
                self.keep_last(&network, &progress)?;
            }
            if ended || watch.checkpoint_is_due() {
                let began = Instant::now();
                self.save(&network, &optimizer, &mut progress, &mut metrics)?;
                watch.checkpointed(began.elapsed());
            }
            if watch.status_is_due() {
                self.status(&watch, &progress, State::Running, None)?;
            }
            if ended {
                break;
            }
        }
        watch.finish();
        ensure!(
            progress.finished,
            "loading ended before step {} of {steps}",
            progress.step + 1
        );
        Ok(Ended::Finished)
    }

    /// What is about to be done, in a line.
    fn plan(&self, progress: &Progress, steps: u64, validate_every: u64) -> String {
        let from = match progress.step {
            0 => String::new(),
            done => format!(" from step {done} on"),
        };
        let validated = match (self.validation.len(), validate_every) {
            (0, _) => "without validation".into(),
            (faces, 1) => format!("a validation on {} every step", counted(faces, "face")),
            (faces, steps) => format!(
                "a validation on {} every {steps} steps",
                counted(faces, "face")
            ),
        };
        format!(
            "stage {}: {} of {}{from} ({} {}, learning rate {}), {validated}",
            self.number,
            counted(steps as usize, "step"),
            counted(self.config.batch.min(self.loader.samples().len()), "face"),
            self.stage.epochs,
            if self.stage.epochs == 1.0 {
                "epoch"
            } else {
                "epochs"
            },
            self.stage.learning_rate,
        )
    }

    /// Whether stage 2 starts with stage 1's function.
    fn begins_trained(&self) -> bool {
        self.number == 2 && self.config.task_start == TaskStart::Warm
    }

    /// The tasks that this stage trains, in their order.
    fn trained(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.keepers.iter().flat_map(|k| k.tasks.clone()).collect();
        all.sort_unstable();
        all
    }

    /// One step of the optimizer; returns the loss of each task that is trained.
    fn step(
        &self,
        network: Network,
        optimizer: &mut ModuleOptimizer,
        batch: &Batch,
        step: u64,
        rate: f64,
    ) -> Result<(Network, Vec<(usize, f32)>)> {
        let dropout = Dropout {
            probability: self.config.dropout,
            seed: self.config.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ (u64::from(self.number) << 48)
                ^ (step << 8), // room for the tasks
        };
        let x = TensorData::new(batch.inputs.clone(), input_shape(batch.len));
        let trained = self.trained();
        let x = Tensor::from_data(x, &self.device);
        let outputs = network.train_tasks(x, dropout, &trained);
        let mut losses = Vec::new();
        let mut total: Option<Tensor<1>> = None;
        for (&t, output) in trained.iter().zip(outputs) {
            let task = &network.schema().tasks[t];
            let loss = task_loss(task, output, &batch.targets[t]);
            losses.push(loss.clone());
            let weighted = if task.is_points() {
                loss.mul_scalar(self.config.points_weight)
            } else {
                loss
            };
            total = Some(match total {
                Some(sum) => sum + weighted,
                None => weighted,
            });
        }
        let Some(total) = total else {
            bail!("the network has no task");
        };
        let gradients = GradientsParams::from_grads(total.backward(), &network);
        let network = optimizer.step(rate, network, gradients);
        let losses: Vec<f32> = losses
            .into_iter()
            .flat_map(|l| l.into_data().iter::<f32>().collect::<Vec<_>>())
            .collect();
        let losses: Vec<(usize, f32)> = trained.into_iter().zip(losses).collect();
        if losses.iter().any(|(_, l)| !l.is_finite()) {
            bail!(
                "the loss is not a finite number at step {step}: the learning rate may be too high"
            );
        }
        Ok((network, losses))
    }

    fn step_line(
        &self,
        progress: &Progress,
        losses: &[Option<f32>],
        rate: f64,
        watch: &Watch,
    ) -> serde_json::Value {
        let per_epoch = self.loader.batches_per_epoch() as f64;
        let names = self
            .template
            .network
            .schema()
            .tasks
            .iter()
            .map(|t| t.name.clone());
        let losses: serde_json::Map<_, _> = names.zip(losses.iter().map(|l| (*l).into())).collect();
        serde_json::json!({
            "kind": "step", "stage": self.number, "step": progress.step,
            "epoch": progress.step as f64 / per_epoch, "loss": losses, "learning_rate": rate,
            "images_per_s": watch.images_per_s(),
        })
    }

    fn validate(
        &self,
        network: &Network,
        progress: &mut Progress,
        metrics: &mut Metrics,
        watch: &mut Watch,
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
        let reports = validation_reports(&predictor, self.validation, || {
            watch.beat();
            if watch.status_is_due()
                && let Err(e) = self.status(watch, progress, State::Running, None)
            {
                log::warn!("{}", error_words(&e));
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
        watch.say(&format!(
            "stage {}, step {} of {}: {}{}",
            self.number,
            progress.step,
            watch.steps(),
            sentence(schema, &reports),
            kept_words(&kept, self.keepers.len()),
        ));
        watch.leave_out(began.elapsed());
        Ok(())
    }

    /// Does what the control file says; waits as long as it says pause.
    fn obey(&self, watch: &mut Watch, progress: &Progress) -> Result<Control> {
        let mut paused = false;
        loop {
            match self.folder.control() {
                Control::Pause => {
                    if !paused || watch.status_is_due() {
                        self.status(watch, progress, State::Paused, None)?;
                    }
                    paused = true;
                    std::thread::sleep(PAUSE_POLL);
                    watch.leave_out(PAUSE_POLL);
                    watch.beat();
                }
                other => return Ok(other),
            }
        }
    }

    pub fn status(
        &self,
        watch: &Watch,
        progress: &Progress,
        state: State,
        why: Option<String>,
    ) -> Result<()> {
        let status = Status {
            state,
            why,
            findings: Vec::new(),
            pid: std::process::id(),
            host: host(),
            stage: self.number,
            step: progress.step,
            steps: watch.steps(),
            images_per_s: watch.images_per_s(),
            heartbeat: watch.heartbeat(),
        };
        self.folder.write_json("status.json", &status)
    }
}

/// This machine's name, as far as it says.
pub fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|h| h.trim().to_owned())
        .unwrap_or_default()
}

/// The measures of a predictor on samples; those that cannot be read do not count.
/// `beat` is called after each group of them.
pub fn validation_reports(
    predictor: &Predictor,
    samples: &[Sample],
    mut beat: impl FnMut(),
) -> Vec<TaskReport> {
    let found = predict_samples(predictor, samples, |_| {
        beat();
        true
    });
    reports(predictor, samples, &found)
}

/// The same, and those of the guess on the same faces in the same boxes.
pub fn reports_beside_guess(
    predictor: &Predictor,
    samples: &[Sample],
    guess: &Guess,
) -> [Vec<TaskReport>; 2] {
    let mut found = predict_samples(predictor, samples, |_| true);
    let own = reports(predictor, samples, &found);
    for found in found.iter_mut().flatten() {
        found.prediction = guess.predict(&found.face_box.transform());
    }
    [own, reports(predictor, samples, &found)]
}

fn reports<E>(
    predictor: &Predictor,
    samples: &[Sample],
    found: &[Result<FacePrediction, E>],
) -> Vec<TaskReport> {
    let pairs = samples.iter().zip(found);
    let pairs: Vec<_> = pairs
        .filter_map(|(s, f)| Some((&s.annotation, &f.as_ref().ok()?.prediction)))
        .collect();
    measure(predictor.schema(), pairs.iter().copied(), ALPHA)
}

/// One number a task (two for points), by name.
pub fn summary(schema: &Schema, reports: &[TaskReport]) -> serde_json::Value {
    let entries = schema.tasks.iter().zip(reports).map(|(task, report)| {
        let value = match report {
            TaskReport::Points { nme_percent, .. } => serde_json::json!({
                "success": report.average(), "nme": nme_percent, "faces": report.faces(),
            }),
            TaskReport::Binary { .. } => serde_json::json!({
                "accuracy": report.average(), "faces": report.faces(),
            }),
        };
        (task.name.clone(), value)
    });
    serde_json::Value::Object(entries.collect())
}

/// Of how many keepers which ones keep what was just measured.
fn kept_words(kept: &[String], keepers: usize) -> String {
    match kept.len() {
        0 => String::new(),
        n if n == keepers => "; kept".into(),
        _ => format!("; kept for {}", kept.join(", ")),
    }
}

/// The same for people: "landmarks success 93.1 %, NME 5.24 %; attributes accuracy 88.0 %". A task of
/// which nothing is known is left out.
pub fn sentence(schema: &Schema, reports: &[TaskReport]) -> String {
    let tasks = schema.tasks.iter().zip(reports);
    let parts = tasks.filter_map(|(task, report)| {
        let average = report.average()?;
        let name = &task.name;
        Some(match report {
            TaskReport::Points { nme_percent, .. } => {
                let nme = nme_percent.map_or(String::new(), |nme| format!(", NME {nme:.2} %"));
                format!("{name} success {average:.1} %{nme}")
            }
            TaskReport::Binary { .. } => format!("{name} accuracy {average:.1} %"),
        })
    });
    let parts: Vec<String> = parts.collect();
    match parts.is_empty() {
        true => "no label is known in validation".into(),
        false => parts.join("; "),
    }
}

fn optimizer(stage: &Stage) -> ModuleOptimizer {
    match stage.optimizer {
        Optimizer::Sgd { momentum } => {
            // burn dampens by 0.1 unless told otherwise; the paper's momentum does not.
            let momentum = MomentumConfig::new()
                .with_momentum(momentum)
                .with_dampening(0.0);
            SgdConfig::new().with_momentum(Some(momentum)).init()
        }
        Optimizer::AdamW { weight_decay } => {
            AdamWConfig::new().with_weight_decay(weight_decay).init()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Annotation, Prediction, Presence, TaskLabels, TaskPrediction};

    #[test]
    fn a_validation_says_for_what_it_is_kept() {
        let names = ["landmarks".to_owned(), "attributes".to_owned()];
        assert_eq!(kept_words(&[], 2), "");
        assert_eq!(kept_words(&names[..1], 2), "; kept for landmarks");
        assert_eq!(kept_words(&names, 2), "; kept");
        assert_eq!(kept_words(&["stage1".into()], 1), "; kept");
    }

    #[test]
    fn a_validation_is_a_sentence_with_rounded_numbers() {
        let schema = Schema::face();
        let mut labels = Annotation::unknown(&schema);
        let said = Prediction {
            tasks: vec![
                TaskPrediction::Points(vec![[1.0, 1.0]; 5]),
                TaskPrediction::Binary(vec![0.9; 40]),
            ],
        };
        let words = |labels: &Annotation| {
            let reports = measure(&schema, [(labels, &said)].into_iter(), ALPHA);
            sentence(&schema, &reports)
        };
        assert_eq!(words(&labels), "no label is known in validation");
        if let TaskLabels::Binary(values) = &mut labels.tasks[1] {
            values[..3].copy_from_slice(&[Presence::Present, Presence::Absent, Presence::Absent]);
        }
        // Each attribute counts alike, so one of three is right.
        assert_eq!(words(&labels), "attributes accuracy 33.3 %");
    }
}
