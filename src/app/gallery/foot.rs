//! The lines below the list of faces: what can be done with the chosen ones, and how far predicting
//! them is.

use eframe::egui::{self, Rect, Sense, Ui, pos2, vec2};

use super::action::Action;
use crate::app::command::Command;
use crate::app::model::{Context, SweepProgress};
use crate::app::widgets::chips::chip;
use crate::app::widgets::theme;
use crate::humanize::thousands;

pub const FOOT: f32 = 32.0;

/// A line at the pane's lower end.
pub fn foot_ui(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let p = theme::palette(ui.ctx());
    let room = vec2(ui.available_width(), FOOT);
    let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
    let line = egui::Stroke::new(1.0, p.hairline);
    ui.painter().hline(rect.x_range(), rect.top(), line);
    let inner = Rect::from_min_max(pos2(rect.left() + 12.0, rect.top()), rect.max);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    content(&mut inside);
}

/// What can be done with the chosen faces.
pub fn chosen_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    let count = context.model.faces.selection.chosen.len();
    ui.label(format!("{} chosen", thousands(count)));
    let sheet = chip(ui, "sheet", Command::SaveSheet.name());
    if context.explained(sheet, Command::SaveSheet).clicked() {
        actions.push(Action::Run(Command::SaveSheet));
    }
    let only = chip(ui, "only these", "Only these");
    if only.on_hover_text("Show the chosen faces alone").clicked() {
        actions.push(Action::ShowChosen);
    }
    let none = ui.add(egui::Button::new("×").small().frame(false));
    if none.on_hover_text("Choose none").clicked() {
        actions.push(Action::ChooseNone);
    }
    ui.colored_label(p.quiet, "");
}

/// How far predicting the list is, and its start or end.
pub fn progress_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    match context.model.sweep.progress {
        Some(sweep) => sweep_ui(ui, context, sweep, actions),
        None => predicted_ui(ui, context, actions),
    }
}

fn predicted_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    let list = &context.model.faces;
    let (found, all) = (list.found(), list.count());
    let text = format!("{} of {} predicted", thousands(found), thousands(all));
    let text = egui::RichText::new(text).size(theme::SMALL).color(p.quiet);
    // From the right, so that the words give way in a narrow pane, not the button.
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.with_layout(layout, |ui| {
        ui.add_space(8.0);
        let can = found < all && context.model.networks.current.is_some();
        if can && list.is_filtered() {
            predict_shown_ui(ui, context, actions);
        } else if can {
            let command = Command::PredictAll;
            let button = chip(ui, "predict all", command.name());
            if context.explained(button, command).clicked() {
                actions.push(Action::Run(command));
            }
        }
        let left = egui::Layout::left_to_right(egui::Align::Center);
        ui.with_layout(left, |ui| ui.add(egui::Label::new(text).truncate()));
    });
}

fn sweep_ui(ui: &mut Ui, context: &Context, sweep: SweepProgress, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(56.0, theme::BAR), Sense::hover());
    ui.painter().rect_filled(rect, 3, p.hairline);
    let share = sweep.done as f32 / sweep.of.max(1) as f32;
    let done = rect.with_max_x(rect.left() + rect.width() * share);
    ui.painter().rect_filled(done, 3, p.working);
    let stop = Command::StopPredicting;
    let button = ui.add(egui::Button::new("×").small().frame(false));
    if context.explained(button, stop).clicked() {
        actions.push(Action::Run(stop));
    }
    let text = egui::RichText::new(sweep.describe()).size(theme::SMALL);
    ui.add(egui::Label::new(text.color(p.quiet)).truncate());
}

/// Predicts what the filters leave; the rest of a large set would take its time.
fn predict_shown_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let button = chip(ui, "predict shown", "Predict the faces shown");
    let about = "Predict the faces that the filters leave; Predict all in the menu takes all";
    if button.on_hover_text(about).clicked() {
        let list = &context.model.faces;
        let new = |i: &&u32| list.findings.get(**i as usize).is_none();
        let shown = list.order.shown.iter().filter(new).copied().collect();
        actions.push(Action::Predict(shown));
    }
}
