//! A table of the slices for each task: each value of the column that was asked for.

use eframe::egui::Ui;

use crate::app::report::measuring::Results;
use crate::app::report::message::message_ui;
use crate::app::report::query::FaceQuery;
use crate::app::report::slices::slice_of;
use crate::app::report::tables::content::slice_grid;
use crate::app::report::tables::grid::Click;
use crate::app::widgets::chips::caption;
use crate::measure::RowKind;

/// With `all`, also of whole faces, which the curves are of.
pub fn slices_ui(ui: &mut Ui, results: &Results, intervals: bool, all: bool) -> Option<FaceQuery> {
    if let Some(why) = &results.unsliced {
        message_ui(ui, &format!("No slices: {why}."));
        return None;
    }
    let evaluation = results.evaluation.as_ref()?;
    let report = &evaluation.report;
    let mut query = None;
    for (t, figures) in report.groups.first()?.tasks.iter().enumerate() {
        let task = &figures.task;
        let whole = usize::from(all && task.is_points());
        let kinds = [RowKind::Average, RowKind::WholeFace];
        for kind in kinds.into_iter().take(1 + whole) {
            let Some(mut grid) = slice_grid(report, t, kind, intervals) else {
                continue;
            };
            // The column as the set calls it.
            let column = report.groups.iter().find_map(|g| slice_of(g, report));
            let about = evaluation.warnings_about(&task.name, column);
            grid.note(about.filter(|w| intervals || !w.of_intervals));
            let what = match kind {
                RowKind::WholeFace => "whole faces of",
                _ => "averages over",
            };
            let title = format!("by {}: {what} {} [%]", grid.names, task.name);
            caption(ui, &title.to_uppercase());
            let id = format!("slices: {what} {}", task.name);
            if let Some(Click::Primary(slice)) = grid.ui(ui, &id) {
                query = Some(FaceQuery::Slice(slice));
            }
        }
    }
    ui.add_space(10.0);
    query
}
