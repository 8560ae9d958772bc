//! Buttons that are one of several.

use eframe::egui::{Color32, Role, Ui, WidgetInfo};

use crate::app::widgets::buttons::toggle;
use crate::app::widgets::theme;

/// Begins a new row where the buttons of a group, as [`choice_ui`] draws them, have no room in this one
/// but have it in one of their own.
pub fn keep_together<'a>(ui: &mut Ui, names: impl Iterator<Item = &'a str>) {
    let spacing = ui.spacing();
    let (around, between) = (2.0 * spacing.button_padding.x, spacing.item_spacing.x);
    let width = |name: &str| {
        let font = theme::font(theme::SMALL);
        let galley = ui
            .painter()
            .layout_no_wrap(name.to_owned(), font, Color32::WHITE);
        galley.size().x + around + between
    };
    let wide = names.map(width).sum::<f32>() - between;
    if wide > ui.available_size_before_wrap().x && wide <= ui.max_rect().width() {
        ui.end_row();
    }
}

/// A button that is one of several; true when it is clicked.
pub fn choice_ui(ui: &mut Ui, chosen: bool, name: &str, accessible_name: &str, tip: &str) -> bool {
    let response = toggle(ui, chosen, name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, accessible_name));
    response.on_hover_text(tip).clicked()
}
