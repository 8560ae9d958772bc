//! The ring around what has the focus since keys moved it there: what Enter would press has to be
//! seen, also on buttons that have no edge of their own.

use eframe::egui::{self, Id, Stroke, StrokeKind};

use super::theme;

/// What had the focus in the last frame, and whether keys took it there.
#[derive(Clone, Copy, Default)]
struct Last {
    focused: Option<Id>,
    by_keys: bool,
}

/// Draws the ring over a frame whose widgets are all there.
pub fn ring(ctx: &egui::Context) {
    let key = Id::unique("last focus");
    let focused = ctx.memory(|m| m.focused());
    let pressed = ctx.input(|i| i.pointer.any_down() || i.pointer.any_released());
    let last: Last = ctx.data(|d| d.get_temp(key)).unwrap_or_default();
    let by_keys = !pressed && (last.by_keys || focused != last.focused);
    ctx.data_mut(|d| d.insert_temp(key, Last { focused, by_keys }));
    // A field shows its cursor and its own edge.
    if !by_keys || ctx.text_edit_focused() {
        return;
    }
    let Some(response) = focused.and_then(|id| ctx.read_response(id)) else {
        return;
    };
    let room = response.interact_rect.expand(3.0);
    let painter = ctx.layer_painter(response.layer_id).with_clip_rect(room);
    let edge = Stroke::new(2.0, theme::palette(ctx).prediction);
    painter.rect_stroke(
        response.rect.expand(1.0),
        theme::RADIUS,
        edge,
        StrokeKind::Outside,
    );
}
