//! The sheet of chosen faces waits until all of them are predicted: one that shows some with and
//! some without points would say that nothing was found.

use crate::app::canvas::sheet;
use crate::app::export::{Made, Target};
use crate::app::faces::item::Picture;
use crate::app::model::WaitingSheet;
use crate::app::studio::Studio;
use crate::humanize::counted;

impl Studio {
    /// Draws the chosen faces, after predicting those that are not predicted yet.
    pub(in crate::app::studio) fn export_sheet(&mut self, target: Target) {
        let faces = match sheet::sheet_faces(&self.model) {
            Ok(faces) => faces,
            Err(why) => return self.toasts.say(why.to_string()),
        };
        if self.model.faces.selection.chosen.is_empty() && self.model.faces.order.shown.len() > 1 {
            let words = "The sheet has the face that is shown: no others are chosen";
            self.toasts.say(words);
        }
        let missing = self.unpredicted(&faces);
        if missing.is_empty() || !self.panels.canvas.layers.prediction.on {
            return self.draw_sheet(&faces, target);
        }
        let count = counted(missing.len(), "face");
        if self.model.networks.current.is_none() {
            let words = format!("The sheet has {count} without points: there is no network yet");
            self.toasts.warn(words);
            return self.draw_sheet(&faces, target);
        }
        self.toasts
            .say(format!("Predicting {count} for the sheet first"));
        self.model.sweep.sheet = Some(WaitingSheet {
            list: self.model.faces.number,
            faces,
            target,
            answered: false,
        });
        let mut wanted: Vec<u32> = missing.iter().map(|i| *i as u32).collect();
        let quiet = self.model.sweep.progress.is_none_or(|s| s.quiet);
        if self.model.sweep.progress.is_some() {
            // What was being predicted goes on after these.
            let new = |i: &u32| self.model.faces.findings.get(*i as usize).is_none();
            let first: std::collections::HashSet<u32> = wanted.iter().copied().collect();
            let all = 0..self.model.faces.items.len() as u32;
            wanted.extend(all.filter(|i| new(i) && !first.contains(i)));
        }
        self.start_sweep(wanted, quiet);
    }

    /// Draws the sheet that waits as soon as its faces are predicted, or says why it does not come.
    pub(in crate::app::studio) fn draw_waiting_sheet(&mut self) {
        let Some(waiting) = self.model.sweep.sheet.take() else {
            return;
        };
        if waiting.list != self.model.faces.number {
            return self
                .toasts
                .warn("The sheet was not drawn: its faces are not open any more");
        }
        let missing = self.unpredicted(&waiting.faces).len();
        if missing > 0 && !waiting.answered {
            if self.model.sweep.progress.is_some() {
                self.model.sweep.sheet = Some(waiting);
            } else {
                self.toasts
                    .warn("The sheet was not drawn: predicting its faces was stopped");
            }
            return;
        }
        if missing > 0 {
            let count = counted(missing, "face");
            let words =
                format!("The sheet has {count} without points, which could not be predicted");
            self.toasts.warn(words);
        }
        self.draw_sheet(&waiting.faces, waiting.target);
    }

    /// Those that have no prediction and may get one.
    fn unpredicted(&self, faces: &[usize]) -> Vec<usize> {
        let missing = faces.iter().copied().filter(|i| {
            let face = self.model.faces.face(*i);
            let failed = matches!(self.model.faces.items[*i].state, Picture::Failed(_));
            face.is_some_and(|f| f.finding.is_none()) && !failed
        });
        missing.collect()
    }

    fn draw_sheet(&mut self, faces: &[usize], target: Target) {
        let faces = sheet::faces_to_draw(&self.model, faces);
        let (schema, layers) = (self.schema(), self.panels.canvas.layers);
        let make = move || Ok(Made::Drawing(sheet::drawing(&faces, &schema, &layers)?));
        self.deliver(Box::new(make), self.model.export_scale, target);
    }
}
