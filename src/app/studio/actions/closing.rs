//! What becomes of boxes and runs when the window closes.

use crate::app::studio::Studio;

impl Studio {
    /// Keeps the boxes of the list that is open with those of earlier ones; returns how many there
    /// are that nobody could put back.
    pub(in crate::app::studio) fn keep_boxes(&mut self) -> usize {
        let network = self.model.networks.hash();
        self.model.kept_boxes.keep(&self.model.faces, network);
        self.model.kept_boxes.count()
    }

    /// Lets boxes go, and training runs go on without the window or end at a checkpoint.
    pub(in crate::app::studio) fn leave(&mut self, stop_runs: bool) {
        if stop_runs {
            self.model.runs.stop_all();
        }
        self.model.runs.leave_running();
        self.model.faces.boxes.changed = false;
        self.model.kept_boxes.clear();
    }
}
