//! The step loop of one stage: compute, log, validate, keep the best, checkpoint, obey.

mod optimizer;
mod saving;
mod step;
mod validation;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use burn::tensor::Device;

use self::optimizer::optimizer;
use super::checkpoints::{BestCheckpoint, Progress};
use super::config::{Stage, TrainConfig};
use super::folder::{Control, RunFolder, State, Status, host};
use super::loss::LossSum;
use super::step_timer::StepTimer;
use crate::batch::Loader;
use crate::dataset::Sample;
use crate::humanize::counted;
use crate::label::Untrained;
use crate::model::{Checkpoint, Network, TaskStart};

/// Steps between two lines of metrics, fewer in a stage that would have fewer than so many lines.
const LOG_EVERY: u64 = 10;
const LINES: u64 = 50;
/// How often a paused run looks for a word.
const PAUSE_POLL: Duration = Duration::from_millis(200);

/// How a stage came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageEnd {
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
    pub keepers: Vec<BestCheckpoint>,
    /// The device with autodiff.
    pub device: Device,
    /// What the weights are saved with.
    pub template: &'a Checkpoint,
    pub untrained: &'a Untrained,
}

impl StageRun<'_> {
    /// Trains `network` from `progress` on, whose files are loaded if it has any.
    pub fn run(&self, mut network: Network, mut progress: Progress) -> Result<StageEnd> {
        let mut optimizer = optimizer(self.stage);
        if progress.finished {
            return Ok(StageEnd::Finished);
        }
        let resumed = !progress.network_file.is_empty();
        if resumed {
            (network, optimizer) = self.load(network, optimizer, &progress)?;
        }
        let mut metrics = self.folder.metrics(progress.metrics_length)?;
        let steps = self.stage.steps(self.loader.batches_per_epoch());
        let validate_every = (steps / self.config.validations.max(1)).max(1);
        let log_every = (steps / LINES).clamp(1, LOG_EVERY);
        let mut timer = StepTimer::new(self.number, steps, progress.step);
        timer.say(&self.plan(&progress, steps, validate_every));
        // Who watches knows from the first record on how long the stage is.
        self.status(&timer, &progress, State::Running, None)?;
        if self.begins_trained() && !resumed {
            // What it starts with is the best so far: no tower ends worse than it began.
            self.validate(&network, &mut progress, &mut metrics, &mut timer)?;
        }
        let mut unknown = None;
        let offset = u64::from(self.number - 1) << 40; // other batches than stage 1's
        for batch in self.loader.stream(offset + progress.step..offset + steps) {
            if self.obey(&mut timer, &progress, &mut unknown)? == Control::Stop {
                self.save(&network, &optimizer, &mut progress, &mut metrics)?;
                self.status(&timer, &progress, State::Stopped, None)?;
                return Ok(StageEnd::Stopped);
            }
            let rate = self.stage.learning_rate_at(progress.step, steps);
            let losses;
            (network, losses) = self.step(network, &mut optimizer, &batch, progress.step, rate)?;
            progress.step += 1;
            timer.step(batch.len);
            let tasks = batch.targets.len();
            progress.losses.resize_with(tasks, LossSum::default);
            for (t, loss) in losses {
                progress.losses[t].add(loss, batch.targets[t].count());
            }
            // The first step too: a curve begins where its stage does.
            let first = progress.step == 1;
            if first || progress.step.is_multiple_of(log_every) || progress.step == steps {
                let means: Vec<_> = progress.losses.drain(..).map(|l| l.mean()).collect();
                metrics.append(&self.step_line(&progress, &means, rate, &timer))?;
                timer.show(&means);
            }
            let last = progress.step == steps;
            let mut ended = last;
            if progress.step.is_multiple_of(validate_every) || last {
                self.validate(&network, &mut progress, &mut metrics, &mut timer)?;
                ended |= self.config.patience > 0 && progress.stale >= self.config.patience;
            }
            if ended {
                progress.finished = true;
                self.keep_last(&network, &progress)?;
            }
            if ended || timer.checkpoint_is_due() {
                let began = Instant::now();
                self.save(&network, &optimizer, &mut progress, &mut metrics)?;
                timer.checkpointed(began.elapsed());
            }
            if timer.status_is_due() {
                self.status(&timer, &progress, State::Running, None)?;
            }
            if ended {
                break;
            }
        }
        timer.finish();
        ensure!(
            progress.finished,
            "loading ended before step {} of {steps}",
            progress.step + 1
        );
        Ok(StageEnd::Finished)
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

    fn step_line(
        &self,
        progress: &Progress,
        losses: &[Option<f32>],
        rate: f64,
        timer: &StepTimer,
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
            "images_per_s": timer.images_per_s(),
        })
    }

    /// Does what the control file says; waits as long as it says pause. What it does not know changes
    /// nothing, and is said once.
    fn obey(
        &self,
        timer: &mut StepTimer,
        progress: &Progress,
        unknown: &mut Option<String>,
    ) -> Result<Control> {
        let mut paused = false;
        let mut waited = Instant::now();
        loop {
            let wanted = match self.folder.control() {
                Ok(wanted) => {
                    if wanted.is_some() {
                        *unknown = None;
                    }
                    wanted
                }
                Err(why) => {
                    let why = format!("{why:#}");
                    if unknown.as_ref() != Some(&why) {
                        log::warn!("{why}");
                        *unknown = Some(why);
                    }
                    None
                }
            };
            let before = if paused { Control::Pause } else { Control::Run };
            match wanted.unwrap_or(before) {
                Control::Pause => {
                    if !paused || timer.status_is_due() {
                        self.status(timer, progress, State::Paused, None)?;
                    }
                    paused = true;
                    std::thread::sleep(PAUSE_POLL);
                    timer.paused(waited.elapsed());
                    waited = Instant::now();
                    timer.beat();
                }
                other => return Ok(other),
            }
        }
    }

    pub fn status(
        &self,
        timer: &StepTimer,
        progress: &Progress,
        state: State,
        why: Option<String>,
    ) -> Result<()> {
        let status = Status {
            state,
            why,
            warnings: Vec::new(),
            pid: std::process::id(),
            host: host(),
            stage: self.number,
            step: progress.step,
            steps: timer.steps(),
            images_per_s: timer.images_per_s(),
            heartbeat: timer.heartbeat(),
        };
        self.folder.write_json("status.json", &status)
    }
}
