//! Which point is to be clicked next, while points are placed one after the other.

use eframe::egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::scene::Scene;
use crate::app::widgets::theme;

const EDGE: f32 = 12.0;

/// "Click the left eye (1 of 5)", above the photo.
pub fn prompt_ui(ui: &Ui, pane: Rect, scene: &Scene) {
    let places = scene.schema.tasks.iter().enumerate();
    let points = places.filter(|(_, task)| task.is_points());
    let all = points.flat_map(|(t, task)| task.items().enumerate().map(move |(i, n)| ((t, i), n)));
    let all: Vec<_> = all.collect();
    let Some(at) = all
        .iter()
        .position(|(place, _)| Some(*place) == scene.point)
    else {
        return;
    };
    let (name, of) = (all[at].1.replace('_', " "), all.len());
    let text = format!(
        "Click the {name} ({} of {of}); Tab leaves it out, Esc ends",
        at + 1
    );
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::BODY);
    let galley = ui.painter().layout_no_wrap(text.clone(), font, p.text);
    let middle = pane.center_bottom() - vec2(0.0, EDGE);
    let place = Align2::CENTER_BOTTOM.anchor_size(middle, galley.size() + vec2(20.0, 12.0));
    let id = ui.scope_id().with("which point comes next");
    let response = ui.interact(place, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let edge = Stroke::new(1.0, p.prediction);
    let painter = ui.painter();
    painter.rect(place, theme::RADIUS, p.raised, edge, StrokeKind::Outside);
    painter.galley(place.center() - galley.size() / 2.0, galley, p.text);
}
