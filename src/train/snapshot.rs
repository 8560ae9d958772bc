//! A run as its folder shows it at one moment, and the words for that.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::curves::Curves;
use super::folder::{State, Status};
use super::run_file::RunFile;
use crate::humanize::human_duration;

/// Whether somebody works on a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Liveness {
    /// No status has been written yet.
    Starting,
    Alive,
    /// No sign for this long, but not known to be dead: it may be validating.
    Silent(Duration),
    /// The status says running, and nobody runs it.
    Dead,
    /// Stopped, done or failed, as the status says.
    Ended,
}

/// A run as it is now.
#[derive(Clone, Debug)]
pub struct RunSnapshot {
    pub path: PathBuf,
    pub file: Option<Arc<RunFile>>,
    pub status: Option<Status>,
    pub liveness: Liveness,
    pub curves: Arc<Curves>,
    /// The final weights, once they are there.
    pub result: Option<PathBuf>,
    /// The weights that were kept until now, by what was chosen by them: a task, or a whole stage.
    pub kept: BTreeMap<String, PathBuf>,
    /// What in the folder cannot be read.
    pub error: Option<String>,
}

impl RunSnapshot {
    pub fn name(&self) -> String {
        crate::dataset::name_of(&self.path)
    }

    /// Part of the run's steps that are done, and the time left; stage 2's steps are estimated as
    /// long as it has not begun.
    pub fn progress(&self) -> Option<(f64, Option<Duration>)> {
        let status = self.status.as_ref()?;
        if status.state == State::Done {
            return Some((1.0, None));
        }
        let (step, steps) = (self.step()? as f64, status.steps.max(1) as f64);
        let config = self.file.as_ref().map(|f| &f.config);
        let stages = config.map_or((1.0, 0.0), |c| {
            let two = c.network.topology == crate::model::Topology::Separation;
            (c.stage1.epochs, if two { c.stage2.epochs } else { 0.0 })
        });
        let given = self
            .file
            .as_ref()
            .is_some_and(|f| f.initial_weights.stage1.is_some());
        let stages = (if given { 0.0 } else { stages.0 }, stages.1);
        let (done, left) = if status.stage == 1 {
            (step, steps - step + steps * stages.1 / stages.0.max(1e-9))
        } else {
            (step + steps * stages.0 / stages.1.max(1e-9), steps - step)
        };
        let batch = config.map_or(1, |c| c.batch) as f64;
        let seconds = left * batch / status.images_per_s;
        let time = Duration::try_from_secs_f64(seconds).ok();
        Some((done / (done + left).max(1.0), time))
    }

    /// How far the stage is, in epochs, and all of them.
    pub fn epoch(&self) -> Option<(f64, f64)> {
        let (status, file) = (self.status.as_ref()?, self.file.as_ref()?);
        let stage = match status.stage {
            1 => &file.config.stage1,
            _ => &file.config.stage2,
        };
        let part = self.step()? as f64 / status.steps.max(1) as f64;
        Some((stage.epochs * part, stage.epochs))
    }

    /// The steps of the stage that are done. The status is written now and then only, and the last
    /// step of a stage is always logged.
    pub fn step(&self) -> Option<u64> {
        let status = self.status.as_ref()?;
        let logged = self.curves.stages.get(&status.stage).map_or(0, |s| s.step);
        Some(status.step.max(logged))
    }

    /// The steps that are planned for the stage at which the run is.
    pub fn steps(&self, stage: u8) -> Option<u64> {
        let status = self.status.as_ref()?;
        (status.stage == stage).then_some(status.steps)
    }

    /// "34 % of the run · stage 2 · 12 min left".
    pub fn progress_text(&self) -> String {
        let (Some(status), Some((part, left))) = (&self.status, self.progress()) else {
            return "starting".into();
        };
        if status.state == State::Done {
            return "100 %".into();
        }
        if self.is_first_step() {
            return "first step…".into();
        }
        // Beside it stands the step, which is of the stage.
        let mut text = format!("{:.0} % of the run · stage {}", 100.0 * part, status.stage);
        if let Some(left) = left.filter(|_| status.state == State::Running) {
            text.push_str(&format!(" · {} left", human_duration(left)));
        }
        text
    }

    /// Whether the run works on its first step, which may take long and has no time yet.
    fn is_first_step(&self) -> bool {
        let running = |s: &Status| s.state == State::Running && s.stage == 1;
        self.status.as_ref().is_some_and(running) && self.step() == Some(0)
    }

    /// How far the run is while it goes on, else how it is.
    pub fn summary(&self) -> String {
        let running = self
            .status
            .as_ref()
            .is_some_and(|s| s.state == State::Running);
        match self.liveness {
            Liveness::Alive if running => self.progress_text(),
            _ => self.state_text(),
        }
    }

    /// Whether somebody works on it, as far as that is known.
    pub fn is_active(&self) -> bool {
        matches!(self.liveness, Liveness::Alive | Liveness::Silent(_))
    }

    /// "running", "paused", or what else there is to say in a word or two.
    pub fn state_text(&self) -> String {
        match (&self.liveness, self.status.as_ref().map(|s| s.state)) {
            (Liveness::Starting, _) | (_, None) => "starting".into(),
            (Liveness::Dead, _) => "dead: its process is gone".into(),
            (Liveness::Silent(time), _) => {
                format!("no sign for {}", human_duration(*time))
            }
            (_, Some(state)) => match state {
                State::Running => "running",
                State::Paused => "paused",
                State::Stopped => "stopped",
                State::Done => "done",
                State::Failed => "failed",
            }
            .into(),
        }
    }
}
