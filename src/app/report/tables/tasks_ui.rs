//! A table for each task: every point and attribute, over all measured faces or one slice of them.

use eframe::egui::{RichText, ScrollArea, Ui};

use crate::app::report::query::FaceQuery;
use crate::app::report::tables::content::task_grid;
use crate::app::report::tables::grid::Click;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::chips::caption;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::evaluation::Evaluation;
use crate::humanize::thousands;
use crate::measure::Group;

/// `shown` is the group of faces that the tables are of.
pub fn tasks_ui(
    ui: &mut Ui,
    evaluation: &Evaluation,
    shown: &mut usize,
    intervals: bool,
) -> Option<FaceQuery> {
    let report = &evaluation.report;
    *shown = (*shown).min(report.groups.len().saturating_sub(1));
    if report.groups.len() > 1 {
        ui.add_space(10.0);
        groups_ui(ui, &report.groups, shown);
    }
    let group = report.groups.get(*shown)?;
    let mut query = None;
    for (t, task) in group.tasks.iter().enumerate() {
        let Some(mut grid) = task_grid(report, group, t, intervals) else {
            continue;
        };
        grid.note(evaluation.warnings_about(&task.task.name, None));
        caption(ui, &format!("{} [%]", task.task.name.to_uppercase()));
        let Some(click) = grid.ui(ui, &task.task.name) else {
            continue;
        };
        query = match click {
            Click::Primary(item) if task.task.is_points() => Some(FaceQuery::Misses(t, item)),
            Click::Primary(item) => Some(FaceQuery::Disputed(t, item)),
            Click::Secondary(item) => task.task.items().nth(item).map(FaceQuery::search),
        };
    }
    query
}

fn groups_ui(ui: &mut Ui, groups: &[Group], shown: &mut usize) {
    let name = |g: &Group| match &g.by {
        None => g.value.clone(),
        Some(by) => format!("{} {}", by.replace('_', " "), g.value),
    };
    wrapped(ui, 12, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let title = format!("points and attributes of: {}", name(&groups[*shown]));
        let menu = choice_menu(ui, RichText::new(title).size(theme::SMALL), |ui| {
            ScrollArea::vertical().show(ui, |ui| {
                for (n, group) in groups.iter().enumerate() {
                    let text = format!("{}  {}", name(group), thousands(group.faces));
                    ui.selectable_value(shown, n, text);
                }
            });
        });
        menu.response
            .on_hover_text("Over which of the measured faces these tables are");
    });
}
