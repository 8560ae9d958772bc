//! What the report's pane asks for, and what of the report others read.

use std::sync::Arc;

use crate::app::report::{Action, Export};
use crate::app::studio::Studio;
use crate::evaluation::Evaluation;

impl Studio {
    pub(in crate::app::studio) fn apply_report(&mut self, action: Action) {
        match action {
            Action::Predict(faces) => self.predict_faces(faces, false),
            Action::ShowFaces(arrangement) => {
                self.model.faces.order.lead();
                self.model.faces.order.arrangement = *arrangement;
                self.arrange_from_top();
            }
            Action::Search(text) => self.find_faces(&text),
            Action::Export(Export::Tables(target)) => self.export_report(target),
            Action::Export(Export::Plot(name, target)) => self.export_plot(name, target),
            Action::Export(Export::AllPlots(format)) => self.export_plots(None, format),
            Action::ExportScale(scale) => self.model.export_scale = scale,
            Action::Warn(text) => self.toasts.warn(text),
        }
    }

    /// Whether the report that is shown has its intervals.
    pub fn has_intervals(&self) -> bool {
        self.panels.report.has_intervals(&self.model)
    }

    /// Whether the intervals of the report that is shown are still to come.
    pub(in crate::app::studio) fn intervals_pending(&self) -> bool {
        self.panels.report.intervals_pending(&self.model)
    }

    /// What a report is called as a file.
    pub(in crate::app::studio) fn report_file_name(&self) -> String {
        self.panels.report.file_name(&self.model)
    }

    /// What was measured, for files and the clipboard.
    pub(in crate::app::studio) fn report_evaluation(&self) -> Option<Arc<Evaluation>> {
        self.panels.report.evaluation(&self.model).cloned()
    }
}
