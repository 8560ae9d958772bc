//! The prediction of many faces in the background.

use std::time::Duration;

use crate::app::model::SweepProgress;
use crate::app::studio::Studio;
use crate::engine::{Request, SweepTicket};

impl Studio {
    /// Predicts every face that has no prediction yet, those that are shown first; says at the
    /// end how fast, unless `quiet`.
    pub(in crate::app::studio) fn predict_all(&mut self, quiet: bool) {
        let list = &self.model.faces;
        let new = |i: &u32| list.findings.get(*i as usize).is_none();
        let mut wanted: Vec<u32> = list.order.shown.iter().copied().filter(new).collect();
        let first: std::collections::HashSet<u32> = wanted.iter().copied().collect();
        wanted.extend((0..list.items.len() as u32).filter(|i| new(i) && !first.contains(i)));
        self.predict_faces(wanted, quiet);
    }

    /// Predicts these faces of the list, in this order.
    pub(in crate::app::studio) fn predict_faces(&mut self, wanted: Vec<u32>, quiet: bool) {
        if wanted.is_empty() {
            return self.toasts.say("Every face is predicted already");
        }
        self.start_sweep(wanted, quiet);
    }

    /// Predicts the faces `wanted` in the background, in their order, in place of what was being
    /// predicted.
    pub(in crate::app::studio) fn start_sweep(&mut self, wanted: Vec<u32>, quiet: bool) {
        self.model.sweep.count += 1;
        self.model.sweep.progress = Some(SweepProgress {
            ticket: SweepTicket(self.model.sweep.count),
            done: 0,
            of: wanted.len(),
            elapsed: Duration::ZERO,
            quiet,
        });
        self.engine.ask(Request::Sweep {
            ticket: SweepTicket(self.model.sweep.count),
            samples: self.model.faces.samples.clone(),
            wanted,
        });
    }
}
