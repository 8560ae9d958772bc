//! The ring around what has the focus since keys moved it there: what Enter would press has to be
//! seen, also on buttons that have no edge of their own.

use eframe::egui::{self, Id, Stroke, StrokeKind};

use crate::app::widgets::theme;

/// What had the focus in the last frame, and whether keys took it there.
#[derive(Clone, Copy, Default)]
struct Last {
    focused: Option<Id>,
    by_keys: bool,
}

impl Last {
    /// Focus that changes without a press of the pointer was moved by keys.
    fn then(self, focused: Option<Id>, pressed: bool) -> Self {
        let by_keys = !pressed && (self.by_keys || focused != self.focused);
        Self { focused, by_keys }
    }
}

/// Draws the ring over a frame whose widgets are all there.
pub fn ring(ctx: &egui::Context) {
    let key = Id::unique("last focus");
    let focused = ctx.memory(|m| m.focused());
    let pressed = ctx.input(|i| i.pointer.any_down() || i.pointer.any_released());
    let last: Last = ctx.data(|d| d.get_temp(key)).unwrap_or_default();
    let now = last.then(focused, pressed);
    ctx.data_mut(|d| d.insert_temp(key, now));
    // A field shows its cursor and its own edge.
    if !now.by_keys || ctx.text_edit_focused() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keys_moved_has_a_ring_until_the_pointer_presses() {
        let (one, other) = (Some(Id::unique("one")), Some(Id::unique("other")));
        let clicked = Last::default().then(one, true);
        assert!(!clicked.by_keys);
        assert!(!clicked.then(one, false).by_keys, "it stays where it was");
        let moved = clicked.then(other, false);
        assert!(moved.by_keys && moved.then(other, false).by_keys);
        assert!(!moved.then(other, true).by_keys);
    }
}
