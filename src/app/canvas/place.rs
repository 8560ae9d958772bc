//! Places within the pane.

use eframe::egui::{self, Layout, Rect, Ui};

/// Draws in a place of its own: what has no room there moves nothing else.
pub fn inside(ui: &mut Ui, place: Rect, layout: Layout, content: impl FnOnce(&mut Ui)) {
    let mut own = ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout));
    own.shrink_clip_rect(place);
    content(&mut own);
}
