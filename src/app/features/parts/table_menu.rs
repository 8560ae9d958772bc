//! Where numbers that were found out go.

use eframe::egui::{RichText, Ui};

use crate::app::export::targets;
use crate::app::features::action::Action;
use crate::app::features::state::export::TableKind;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;

/// Where a table can go.
pub fn table_menu_ui(ui: &mut Ui, listing: TableKind, actions: &mut Vec<Action>) {
    let menu = choice_menu(ui, RichText::new("table").size(theme::SMALL), |ui| {
        for (text, target) in targets(listing.name(), listing.name(), &["csv", "md"]) {
            if ui.button(text).clicked() {
                actions.push(Action::ExportTable(listing, target));
            }
        }
    });
    menu.response.on_hover_text("Save or copy the numbers");
}
