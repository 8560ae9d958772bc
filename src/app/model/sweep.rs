//! Predicting the whole list in the background.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::app::export::Target;
use crate::engine::SweepTicket;
use crate::humanize::{human_duration, thousands};

/// The prediction of the list, while it goes on.
#[derive(Default)]
pub struct Sweep {
    pub progress: Option<SweepProgress>,
    /// How many there have been.
    pub count: u64,
    /// A sheet that is drawn once its faces are predicted.
    pub sheet: Option<WaitingSheet>,
    /// Faces that had another box when their answers came.
    pub again: BTreeSet<u32>,
}

/// How far predicting the whole list is.
#[derive(Clone, Copy)]
pub struct SweepProgress {
    /// Of this sweep; what another one brings is dropped.
    pub ticket: SweepTicket,
    pub done: usize,
    pub of: usize,
    pub elapsed: Duration,
    /// Whether nobody asked for it, so that nothing is said at its end.
    pub quiet: bool,
}

impl SweepProgress {
    /// "1,200 of 12,200 · 310/s · 35 s left".
    pub fn describe(&self) -> String {
        let counted = format!("{} of {}", thousands(self.done), thousands(self.of));
        let rate = self.done as f64 / self.elapsed.as_secs_f64().max(1e-3);
        if self.done == 0 {
            return counted;
        }
        let left = (self.of - self.done) as f64 / rate.max(1e-3);
        match Duration::try_from_secs_f64(left) {
            Ok(left) => format!("{counted} · {rate:.0}/s · {} left", human_duration(left)),
            Err(_) => counted,
        }
    }
}

/// A sheet that is drawn once its faces are predicted.
pub struct WaitingSheet {
    /// The number of the list that they are in.
    pub list: u64,
    pub faces: Vec<usize>,
    pub target: Target,
    /// Whether everything that was asked for has an answer, also that there is none.
    pub answered: bool,
}
