//! Time: rates, what is due, and the bar on a terminal. Kept from the step loop, which should read
//! as what a step is.

use std::time::{Duration, Instant};

use crate::terminal::{self, Progress, errln};

/// At most this much work is lost when a run is killed,
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);
/// or as much as keeps writing checkpoints below this share of the time.
const CHECKPOINT_SHARE: f64 = 0.05;
const STATUS_EVERY: Duration = Duration::from_secs(1);

pub(super) struct StepTimer {
    bar: Progress,
    steps: u64,
    began: Instant,
    /// Time that was not spent on steps.
    left_out: Duration,
    images: u64,
    last_checkpoint: Instant,
    checkpoint_every: Duration,
    last_status: Option<Instant>,
    heartbeat: u64,
}

impl StepTimer {
    pub fn new(stage: u8, steps: u64, done: u64) -> Self {
        Self {
            bar: terminal::named(&format!("stage {stage}"), steps, done),
            steps,
            began: Instant::now(),
            left_out: Duration::ZERO,
            images: 0,
            last_checkpoint: Instant::now(),
            checkpoint_every: CHECKPOINT_EVERY,
            last_status: None,
            heartbeat: 0,
        }
    }

    pub fn step(&mut self, images: usize) {
        self.images += images as u64;
        self.bar.inc(1);
        self.beat();
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub fn heartbeat(&self) -> u64 {
        self.heartbeat
    }

    pub fn finish(&self) {
        self.bar.finish();
    }

    pub fn beat(&mut self) {
        self.heartbeat += 1;
    }

    /// Time in which the run waited for a word: nothing was to be done.
    pub fn paused(&mut self, time: Duration) {
        self.leave_out(time);
        self.bar.leave_out(time);
    }

    pub fn leave_out(&mut self, time: Duration) {
        self.left_out += time;
    }

    pub fn images_per_s(&self) -> f64 {
        let worked = self.began.elapsed().saturating_sub(self.left_out);
        self.images as f64 / worked.as_secs_f64().max(1e-3)
    }

    /// Shows each task's loss, if any label of it was known.
    pub fn show(&self, losses: &[Option<f32>]) {
        let text = |l: &Option<f32>| l.map_or("–".to_owned(), |l| format!("{l:.4}"));
        let losses: Vec<_> = losses.iter().map(text).collect();
        self.bar.set_message(format!(
            "loss {}  {:.0} images/s",
            losses.join(" "),
            self.images_per_s()
        ));
    }

    /// A line that stays: above the bar on a terminal. Elsewhere no bar tells the speed.
    pub fn say(&self, line: &str) {
        if self.bar.is_hidden() && self.images > 0 {
            errln!("{line} ({:.1} images/s)", self.images_per_s());
        } else {
            errln!("{line}");
        }
    }

    pub fn checkpoint_is_due(&self) -> bool {
        self.last_checkpoint.elapsed() >= self.checkpoint_every
    }

    pub fn checkpointed(&mut self, took: Duration) {
        self.last_checkpoint = Instant::now();
        self.checkpoint_every = CHECKPOINT_EVERY.max(took.div_f64(CHECKPOINT_SHARE));
        self.leave_out(took);
    }

    pub fn status_is_due(&mut self) -> bool {
        let due = self.last_status.is_none_or(|t| t.elapsed() >= STATUS_EVERY);
        if due {
            self.last_status = Some(Instant::now());
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_no_working_time() {
        let hour = Duration::from_secs(3600);
        let mut timer = StepTimer::new(1, 9, 0);
        timer.step(4);
        // As if it had begun an hour ago, and waited since.
        let Some(began) = timer.began.checked_sub(hour) else {
            return; // the machine has just been started
        };
        timer.began = began;
        let slow = timer.images_per_s();
        timer.paused(hour);
        assert!(timer.images_per_s() > 100.0 * slow);
    }
}
