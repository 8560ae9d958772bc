//! The list of the runs that are watched.

use eframe::egui::{self, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::command::hint::tooltip;
use crate::app::model::Context;
use crate::app::training::action::Action;
use crate::app::training::run_state::{is_result, tint};
use crate::app::training::view::TrainingView;
use crate::app::widgets::buttons::{cut, primary, wrapped};
use crate::app::widgets::header::header_ui;
use crate::app::widgets::menus::closing;
use crate::app::widgets::theme;
use crate::train::RunSnapshot;

const ROW: f32 = 48.0;
/// From the middle of a run's dot to the row's end.
const DOT: f32 = 16.0;

impl TrainingView {
    pub fn runs_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let runs = &context.model.runs;
        header_ui(ui, "Runs", &runs.watched().len().to_string());
        ui.add_space(6.0);
        wrapped(ui, 10, |ui| {
            let button = primary(ui, Command::NewRun.name());
            if tooltip(button, Command::NewRun, context.keys).clicked() {
                actions.push(Action::Run(Command::NewRun));
            }
            let button = ui.button(Command::OpenRun.name());
            if tooltip(button, Command::OpenRun, context.keys).clicked() {
                actions.push(Action::Run(Command::OpenRun));
            }
        });
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let shown = self.shown(runs).map(|r| r.path.clone());
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                for run in runs.watched() {
                    let selected = shown.as_ref() == Some(&run.path);
                    let response = run_row_ui(ui, run, selected, context);
                    response.context_menu(|ui| {
                        closing(ui, |ui| {
                            if ui.button("Stop watching").clicked() {
                                actions.push(Action::StopWatching(run.path.clone()));
                            }
                        });
                    });
                    if response.clicked() {
                        self.select(run.path.clone());
                    }
                }
                if runs.watched().is_empty() {
                    no_runs_ui(ui);
                }
            });
    }
}

fn no_runs_ui(ui: &mut Ui) {
    let p = theme::palette(ui.ctx());
    let margin = egui::Margin::symmetric(12, 8);
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.colored_label(
            p.quiet,
            "No run is watched. Start one at the right, or drop a run's folder on the window.",
        );
    });
}

fn run_row_ui(ui: &mut Ui, run: &RunSnapshot, selected: bool, context: &Context) -> Response {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = run.name();
    response.widget_info(|| {
        let label = format!("Run {name}: {}", run.state_text());
        WidgetInfo::selected(Role::Button, true, selected, label)
    });
    if selected || response.hovered() {
        ui.painter().rect_filled(rect, 0, p.raised);
    }
    if selected {
        let edge = rect.with_max_x(rect.left() + 2.0);
        ui.painter().rect_filled(edge, 0, p.prediction);
    }
    let painter = ui.painter_at(rect);
    let left = rect.left() + 12.0;
    let room = rect.right() - DOT - 8.0 - left;
    let line = |message: &str, middle: f32, size: f32, tint| {
        let galley = cut(ui.painter(), message, (theme::font(size), tint), room);
        painter.galley(pos2(left, middle - galley.size().y / 2.0), galley, tint);
    };
    line(&name, rect.center().y - 9.0, theme::BODY, p.text);
    let mut text = context.model.runs.summary(run);
    if context
        .model
        .networks
        .current
        .as_ref()
        .is_some_and(|n| is_result(run, &n.origin))
    {
        text += " · in use";
    }
    line(&text, rect.center().y + 9.0, theme::CAPTION, p.quiet);
    painter.circle_filled(pos2(rect.right() - DOT, rect.center().y), 3.5, tint(run, p));
    response.on_hover_text(format!("{}\n{}", run.path.display(), run.state_text()))
}
