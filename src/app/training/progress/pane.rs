//! The pane of one run.

use eframe::egui::{self, Ui};

use crate::app::model::Context;
use crate::app::training::action::Action;
use crate::app::training::progress::options::{PlotOptions, options_ui};
use crate::app::training::progress::plots::{plots_of, plots_ui};
use crate::app::training::progress::state::{facts_ui, kept_ui, state_ui, used_ui, warnings_ui};
use crate::app::training::run_state::is_result;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::train::RunSnapshot;

pub fn run_ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    options: &mut PlotOptions,
    context: &Context,
    actions: &mut Vec<Action>,
) {
    header_ui(ui, &run.name(), &run.path.display().to_string());
    let used = context
        .model
        .networks
        .current
        .as_ref()
        .is_some_and(|n| is_result(run, &n.origin));
    let margin = egui::Margin {
        left: 12,
        right: 12,
        top: 8,
        bottom: 4,
    };
    // What is done to a run stays in sight, wherever its plots are scrolled to.
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        let command = state_ui(ui, run, &context.model.runs, context.keys);
        actions.extend(command.map(Action::Run));
        if used {
            actions.extend(used_ui(ui, run, context.keys).map(Action::Run));
        }
    });
    let margin = egui::Margin { top: 0, ..margin };
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                facts_ui(ui, run);
                actions.extend(kept_ui(ui, run));
                warnings_ui(ui, run);
                ui.add_space(6.0);
                let Some(stage) = options.shown_stage(run) else {
                    let p = theme::palette(ui.ctx());
                    ui.add_space(20.0);
                    ui.colored_label(p.quiet, "Waiting for the first steps to be logged…");
                    return;
                };
                let plots = plots_of(run, stage, options, theme::palette(ui.ctx()));
                actions.extend(options_ui(ui, run, stage, options, &plots));
                plots_ui(ui, &plots, options);
            });
        });
}
