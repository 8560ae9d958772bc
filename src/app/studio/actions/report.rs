//! What the report's pane asks for, and what of the report others read.

use std::sync::Arc;

use eframe::egui::Ui;

use crate::app::model::{Blocked, Context};
use crate::app::report::{Action, Export};
use crate::app::studio::Studio;
use crate::evaluation::Evaluation;

impl Studio {
    pub(in crate::app::studio) fn report_ui(&mut self, ui: &mut Ui) {
        let blocked = Blocked::new(|command| self.blocked(command));
        let context = Context {
            model: &self.model,
            keys: &self.keys,
            blocked: &blocked,
        };
        let mut scale = self.model.export_scale;
        let mut actions = Vec::new();
        let report = &mut self.panels.report;
        report.ui(ui, &context, &mut scale, &mut actions);
        self.model.export_scale = scale;
        for action in actions {
            self.apply_report(action);
        }
    }

    fn apply_report(&mut self, action: Action) {
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
