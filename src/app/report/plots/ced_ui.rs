//! The cumulative error distribution in the pane.

use eframe::egui::{self, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::report::plot_data::PlotData;
use crate::app::report::plots::ced::{Axes, ced_marks};
use crate::app::report::plots::colours::{EDGE, plot_colours};
use crate::app::report::query::FaceQuery;
use crate::app::widgets::chips::caption;
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::humanize::{counted, thousands};

const CURVES: f32 = 300.0;

/// The cumulative error distribution; a click leads to the faces with larger errors.
pub fn ced_ui(ui: &mut Ui, data: &PlotData) -> Option<FaceQuery> {
    let first = data.curves.first()?;
    let text = match data.slices.len() {
        0 => "CUMULATIVE ERROR OF WHOLE FACES".to_owned(),
        n if n < data.slice_count => format!(
            "CUMULATIVE ERROR OF WHOLE FACES, THE FIRST {n} OF {} SLICES",
            thousands(data.slice_count)
        ),
        _ => "CUMULATIVE ERROR OF WHOLE FACES, BY SLICE".to_owned(),
    };
    caption(ui, &text);
    let size = vec2(ui.available_width(), CURVES);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let mean = first.mean().unwrap_or(f32::NAN);
        let label = format!("Cumulative error, network NME {:.2} %", 100.0 * mean);
        WidgetInfo::labeled(Role::Button, true, label)
    });
    let at = [rect.left() + EDGE - 8.0, rect.top()];
    let axes = Axes::within(at, [rect.width() - EDGE, rect.height()]);
    let mut marks = Vec::new();
    ced_marks(&mut marks, axes, &data.curves, plot_colours(ui));
    let painter = ui.painter_at(rect);
    paint(&painter, &marks);
    let pointer = response.hover_pos().or(response.interact_pointer_pos())?;
    let error = axes.error_at(pointer.x)?;
    let p = theme::palette(ui.ctx());
    let [x, bottom] = axes.place(error, 0.0);
    let line = Stroke::new(1.0, p.working);
    painter.vline(x, axes.at[1]..=bottom, line);
    for curve in &data.curves {
        let [x, y] = axes.place(error, curve.share(error));
        painter.circle_filled(pos2(x, y), 3.5, p.working);
    }
    let beyond = first.errors.len() - first.errors.partition_point(|e| e.0 <= error);
    let clicked = response.clicked();
    response.on_hover_ui_at_pointer(|ui| {
        ui.label(egui::RichText::new(format!("error up to {:.1} %", 100.0 * error)).strong());
        for curve in &data.curves {
            let share = 100.0 * curve.share(error);
            ui.label(format!("{}: {share:.1} % of faces", curve.name));
        }
        if beyond > 0 {
            let text = format!("click: the {} beyond it", counted(beyond, "face"));
            ui.colored_label(p.working, text);
        }
    });
    (clicked && beyond > 0).then_some(FaceQuery::ErrorAbove(error))
}
