//! What a reader of a study must know of its faces and its network.

use eframe::egui::Ui;

use crate::app::widgets::badge::badge_ui;
use crate::app::widgets::buttons::wrapped;
use crate::evaluation::Warning;

pub fn warnings_ui(ui: &mut Ui, warnings: &[Warning]) {
    if warnings.is_empty() {
        return;
    }
    ui.add_space(4.0);
    wrapped(ui, 12, |ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for warning in warnings {
            badge_ui(ui, warning);
        }
    });
    ui.add_space(4.0);
}
