//! The panes beside the list: one run's progress, and the form of a new one.

use eframe::egui::Ui;

use crate::app::model::Context;
use crate::app::training::action::Action;
use crate::app::training::progress::run_ui;
use crate::app::training::view::TrainingView;
use crate::app::widgets::buttons::hint_ui;
use crate::app::widgets::header::header_ui;

impl TrainingView {
    pub fn progress_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let Some(run) = self.shown(&context.model.runs) else {
            header_ui(ui, "Progress", "");
            return hint_ui(
                ui,
                "The curves of a training run will stand here.\nStart one with New run, or open a run's folder.",
            );
        };
        run_ui(ui, run, &mut self.plots, context, actions);
    }

    pub fn new_run_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        header_ui(ui, "New run", "");
        self.form.ui(ui, context, actions);
    }
}
