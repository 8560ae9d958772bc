//! What a pane says in place of figures.

use eframe::egui::Ui;

use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;

pub fn message_ui(ui: &mut Ui, text: &str) {
    let p = theme::palette(ui.ctx());
    ui.add_space(16.0);
    wrapped(ui, 12, |ui| {
        ui.colored_label(p.quiet, text);
    });
}
