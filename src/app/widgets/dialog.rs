//! Dialogs in the middle of the window.

use eframe::egui::{self, Align2};

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

/// The window of this title.
pub fn window_id(title: &str) -> egui::Id {
    egui::Id::unique(title)
}

/// Lays the window of this title above the others.
pub fn raise(ctx: &egui::Context, title: &str) {
    ctx.move_to_top(egui::LayerId::new(egui::Order::Middle, window_id(title)));
}
