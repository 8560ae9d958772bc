//! Over how many faces something is measured, and of which.

use eframe::egui::{self, RichText, Role, Ui, WidgetInfo};

use crate::app::faces::list::List;
use crate::app::features::parts::choice::choice_ui;
use crate::app::widgets::theme;

/// How many faces are wanted, and of which; a longer list may come, so the wish stays.
pub fn faces_ui(ui: &mut Ui, list: &List, (wanted, of_shown): (&mut usize, &mut bool), tip: &str) {
    let p = theme::palette(ui.ctx());
    ui.colored_label(p.quiet, "faces");
    let (all, shown) = (list.items.len(), list.order.shown.len());
    let most = match *of_shown && list.is_filtered() {
        true => shown,
        false => all,
    }
    .max(1);
    let mut faces = (*wanted).clamp(1, most);
    let field = ui.add(egui::DragValue::new(&mut faces).range(1..=most).speed(0.2));
    field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Faces to measure"));
    if field.on_hover_text(tip).changed() {
        *wanted = faces;
    }
    of_which_ui(ui, list, of_shown);
}

/// From which faces of the list those are drawn that are measured.
pub fn of_which_ui(ui: &mut Ui, list: &List, of_shown: &mut bool) {
    let p = theme::palette(ui.ctx());
    let (all, shown) = (list.items.len(), list.order.shown.len());
    let tip = "Drawn at random with the same seed every time, whatever the list is sorted by";
    if !list.is_filtered() {
        let text = RichText::new(format!("of all {all}")).size(theme::SMALL);
        ui.colored_label(p.quiet, text).on_hover_text(tip);
        return;
    }
    for (choice, text, accessible_name) in [
        (false, format!("of all {all}"), "Faces of the whole list"),
        (true, format!("of the {shown} shown"), "Faces shown"),
    ] {
        if choice_ui(ui, *of_shown == choice, &text, accessible_name, tip) {
            *of_shown = choice;
        }
    }
}
