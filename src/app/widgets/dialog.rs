//! Dialogs in the middle of the window.

use eframe::egui::{self, Align2, Frame, Id, LayerId, Memory, Pos2, Rect, Tooltip, Vec2};

/// Between what lies over the panes and the window's edges, in points.
const MARGIN: f32 = 8.0;

/// The part of the window that what lies over the panes stays in.
pub fn bounds(ctx: &egui::Context) -> Rect {
    ctx.content_rect().shrink(MARGIN)
}

/// The room that a dialog has for its content there.
pub fn room(ctx: &egui::Context) -> Vec2 {
    let frame = Frame::window(&ctx.global_style());
    let title = 2.0 * crate::app::widgets::theme::CONTROL;
    let around = frame.total_margin().sum() + egui::vec2(0.0, title);
    (bounds(ctx).size() - around).max(Vec2::ZERO)
}

/// A dialog in the middle of the window. While it is open, what is typed is for it and for what
/// lies above it, and it does not become lower again when it shows something else: what is clicked
/// in it stays where it is.
pub fn dialog_ui(
    ctx: &egui::Context,
    title: &str,
    open: &mut bool,
    content: impl FnOnce(&mut egui::Ui),
) {
    /// The frame in which it was drawn last, the window's height then, and its own.
    type Drawn = (u64, f32, f32);
    let id = window_id(title);
    let (frame, room) = (ctx.cumulative_frame_nr(), ctx.content_rect().height());
    let before = ctx.data(|d| d.get_temp::<Drawn>(id));
    let before = before.filter(|b| b.0 + 1 >= frame && b.1 == room);
    egui::Window::new(title)
        .id(id)
        .open(open)
        .constrain_to(bounds(ctx))
        .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
        .collapsible(false)
        .resizable(false)
        .show(ctx, |ui| {
            ctx.memory_mut(|m| m.set_modal_layer(ui.layer_id()));
            ui.set_min_height(before.map_or(0.0, |b| b.2));
            content(ui);
            let drawn: Drawn = (frame, room, ui.min_rect().height());
            ctx.data_mut(|d| d.insert_temp(id, drawn));
        });
}

/// Keeps what lies below `above`, or else below a dialog, from showing tooltips: they would be
/// painted over it. Called before anything else is drawn in a frame.
pub fn hold_tooltips(ctx: &egui::Context, above: Option<LayerId>) {
    let id = Id::unique("the pointer when the layer above came");
    let Some(above) = above.or_else(|| ctx.memory(|m| m.top_modal_layer())) else {
        ctx.data_mut(|d| d.remove::<Option<Pos2>>(id));
        return;
    };
    let at = ctx.pointer_hover_pos();
    let before = ctx.data_mut(|d| *d.get_temp_mut_or_insert_with(id, || at));
    // Layers of the same order stand in the list from the back to the front.
    let rank = |m: &Memory, layer: LayerId| (layer.order, m.layer_ids().position(|l| l == layer));
    let is_below = |m: &Memory, layer: LayerId| rank(m, layer) < rank(m, above);
    let is_over_what_lies_below = ctx.memory(|m| {
        let layer = at.and_then(|at| m.areas().layer_id_at(at, &m.to_global));
        layer.is_some_and(|layer| is_below(m, layer))
    });
    // A tooltip that is open stays so until the pointer moves, also where the layer covers it.
    if !is_over_what_lies_below && at != before {
        return;
    }
    let below: Vec<LayerId> = ctx.memory(|m| {
        let all = std::iter::once(LayerId::background()).chain(m.layer_ids());
        all.filter(|layer| is_below(m, *layer)).collect()
    });
    // Each layer shows one tooltip: an empty one takes the place.
    for layer in below {
        let mut empty = Tooltip::always_open(ctx.clone(), layer, id.with(layer), Rect::ZERO);
        empty.popup = empty.popup.frame(Frame::NONE);
        empty.show(|_| ());
    }
}

/// The window of this title.
pub fn window_id(title: &str) -> egui::Id {
    egui::Id::unique(title)
}

/// Lays the window of this title above the others.
pub fn raise(ctx: &egui::Context, title: &str) {
    ctx.move_to_top(egui::LayerId::new(egui::Order::Middle, window_id(title)));
}
