//! The tables of a report in its pane.

use eframe::egui::{self, Ui};

use crate::app::report::lead::{Lead, find};
use crate::app::report::measuring::Measured;
use crate::app::report::message::message_ui;
use crate::app::report::tables::content::{slice_grid, task_grid};
use crate::app::report::tables::grid::Click;
use crate::app::studio::Studio;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::chips::caption;
use crate::app::widgets::theme;
use crate::evaluation::Evaluation;
use crate::humanize::thousands;
use crate::measure::{Group, RowKind};

impl Studio {
    /// Every point and attribute, over all measured faces or one slice of them.
    pub(in crate::app::report) fn tables_ui(
        &mut self,
        ui: &mut Ui,
        evaluation: &Evaluation,
    ) -> Option<Lead> {
        let report = &evaluation.report;
        let view = &mut self.view.report;
        view.group = view.group.min(report.groups.len().saturating_sub(1));
        if report.groups.len() > 1 {
            ui.add_space(10.0);
            wrapped(ui, 12, |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let name = |g: &Group| match &g.by {
                    None => g.value.clone(),
                    Some(by) => format!("{} {}", by.replace('_', " "), g.value),
                };
                let words = format!(
                    "points and attributes of: {}",
                    name(&report.groups[view.group])
                );
                let menu = ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
                    egui::ScrollArea::vertical().show(ui, |ui| {
                        for (n, group) in report.groups.iter().enumerate() {
                            let words = format!("{}  {}", name(group), thousands(group.faces));
                            ui.selectable_value(&mut view.group, n, words);
                        }
                    });
                });
                menu.response
                    .on_hover_text("Over which of the measured faces these tables are");
            });
        }
        let group = report.groups.get(view.group)?;
        let mut lead = None;
        for (t, task) in group.tasks.iter().enumerate() {
            let Some(grid) = task_grid(report, group, t, !view.no_intervals) else {
                continue;
            };
            caption(ui, &format!("{} [%]", task.task.name.to_uppercase()));
            let Some(click) = grid.ui(ui, &task.task.name) else {
                continue;
            };
            lead = match click {
                Click::Primary(item) if task.task.is_points() => Some(Lead::Misses(t, item)),
                Click::Primary(item) => Some(Lead::Disputed(t, item)),
                Click::Secondary(item) => task.task.items().nth(item).map(find),
            };
        }
        lead
    }
}

/// Each value of the column that was asked for.
/// With `all`, also of whole faces, which the curves are of.
pub fn slices_ui(ui: &mut Ui, measured: &Measured, intervals: bool, all: bool) -> Option<Lead> {
    if let Some(why) = &measured.unsliced {
        message_ui(ui, &format!("No slices: {why}."));
        return None;
    }
    let report = &measured.evaluation.as_ref()?.report;
    let mut lead = None;
    for t in 0..report.groups.first()?.tasks.len() {
        let task = &report.groups[0].tasks[t].task;
        let kinds = [RowKind::Average, RowKind::WholeFace];
        let kinds = kinds
            .into_iter()
            .take(1 + usize::from(all && task.is_points()));
        for kind in kinds {
            let Some(grid) = slice_grid(report, t, kind, intervals) else {
                continue;
            };
            let what = match kind {
                RowKind::WholeFace => "whole faces of",
                _ => "averages over",
            };
            let words = format!("by {}: {what} {} [%]", grid.names, task.name);
            caption(ui, &words.to_uppercase());
            let id = format!("slices: {what} {}", task.name);
            if let Some(Click::Primary(slice)) = grid.ui(ui, &id) {
                lead = Some(Lead::Slice(slice));
            }
        }
    }
    ui.add_space(10.0);
    lead
}
