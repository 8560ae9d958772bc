//! Which channels there are to see, in which order and size.

use eframe::egui;
use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{PopupCloseBehavior, RichText, Role, Ui, WidgetInfo};

use crate::app::features::state::order::{Find, Quantity, Threshold};
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;

pub(super) fn sort_ui(ui: &mut Ui, find: &mut Find) {
    let name = find.sort.map_or("channel", Quantity::name);
    let text = RichText::new(format!("sort: {name}")).size(theme::SMALL);
    choice_menu(ui, text, |ui| {
        if ui
            .selectable_label(find.sort.is_none(), "channel")
            .clicked()
        {
            find.sort = None;
        }
        for by in Quantity::ALL {
            let chosen = find.sort == Some(by);
            if ui.selectable_label(chosen, by.name()).clicked() {
                find.sort = Some(by);
            }
        }
    })
    .response
    .on_hover_text("Order of the channels, largest first");
}

pub(super) fn filter_ui(ui: &mut Ui, find: &mut Find) {
    let text = match (find.threshold, find.is_filter()) {
        (Some(t), _) => t.text(),
        (None, true) => "filtered".into(),
        (None, false) => "filter".into(),
    };
    let stay = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let text = RichText::new(text).size(theme::SMALL);
    let button = MenuButton::new(text).config(stay);
    let (response, _) = button.ui(ui, |ui| {
        ui.checkbox(
            &mut find.hide_zero,
            "hide channels that are zero on this photo",
        );
        ui.checkbox(&mut find.favourites_only, "favourites only");
        ui.separator();
        let mut on = find.threshold.is_some();
        if ui
            .checkbox(&mut on, "only channels above or below a value")
            .changed()
        {
            find.threshold = on.then_some(Threshold {
                of: Quantity::Mean,
                at_least: true,
                value: 0.01,
            });
        }
        if let Some(threshold) = &mut find.threshold {
            threshold_ui(ui, threshold);
        }
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Filter channels"));
    response.on_hover_text("Show only some of the channels");
}

pub(super) fn size_ui(ui: &mut Ui, zoom: &mut f32) {
    let slider = egui::Slider::new(zoom, 0.5..=8.0)
        .logarithmic(true)
        .show_value(false);
    ui.spacing_mut().slider_width = 64.0;
    let response = ui.add(slider);
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Size of the maps"));
    response.on_hover_text("Size of the maps (Ctrl and the wheel)");
}

fn threshold_ui(ui: &mut Ui, threshold: &mut Threshold) {
    ui.horizontal(|ui| {
        for of in Quantity::ALL {
            if ui.selectable_label(threshold.of == of, of.name()).clicked() {
                threshold.of = of;
            }
        }
    });
    ui.horizontal(|ui| {
        for (at_least, text) in [(true, "at least"), (false, "at most")] {
            if ui
                .selectable_label(threshold.at_least == at_least, text)
                .clicked()
            {
                threshold.at_least = at_least;
            }
        }
        let field = egui::DragValue::new(&mut threshold.value)
            .speed(0.005)
            .max_decimals(4);
        let field = ui.add(field);
        field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Threshold"));
    });
}
