//! In which range and colours maps are drawn.

use eframe::egui::{self, RichText, Role, Ui, WidgetInfo};

use crate::app::features::parts::choice::choice_ui;
use crate::app::features::state::display::ScaleChoice;
use crate::app::features::view::FeatureView;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::figure::ColourMap;

impl FeatureView {
    pub(super) fn scale_ui(&mut self, ui: &mut Ui) {
        let choices = [
            (
                ScaleChoice::Layer,
                "per layer",
                "One scale for all channels of a tower: a faint channel looks faint",
            ),
            (
                ScaleChoice::Channel,
                "per channel",
                "Each channel from its lowest to its highest value",
            ),
            (
                ScaleChoice::Own,
                "own ranges",
                "Each channel of either side in its own range, so that a weaker network is seen \
                 too; the difference is of channels divided by their largest absolute value",
            ),
            (
                ScaleChoice::Fixed,
                "fixed",
                "From one value to another, the same for all photos and towers",
            ),
        ];
        let compared = self.comparison.is_on();
        // Of one alone, its own range is that of its channels.
        let shown = match self.display.scale {
            ScaleChoice::Own if !compared => ScaleChoice::Channel,
            scale => scale,
        };
        for (scale, name, tip) in choices {
            if scale == ScaleChoice::Own && !compared {
                continue;
            }
            let chosen = shown == scale;
            if choice_ui(ui, chosen, name, &format!("Scale {name}"), tip) {
                self.display.scale = scale;
            }
        }
        if self.display.scale != ScaleChoice::Fixed {
            return;
        }
        if self.display.fixed.is_none() {
            self.fit_range();
        }
        if let Some((low, high)) = &mut self.display.fixed {
            for (value, accessible_name) in [(low, "Lowest value"), (high, "Highest value")] {
                let field = ui.add(egui::DragValue::new(value).speed(0.02));
                field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, accessible_name));
                field.on_hover_text(accessible_name);
            }
            let tip = "From the lowest to the highest value that is shown now";
            if choice_ui(ui, false, "fit", "Fit the range", tip) {
                self.fit_range();
            }
        }
    }
}

pub(super) fn colours_ui(ui: &mut Ui, colours: &mut ColourMap) {
    let text = RichText::new(colours.name()).size(theme::SMALL);
    let menu = choice_menu(ui, text, |ui| {
        for map in ColourMap::CHOICES {
            if ui.selectable_label(*colours == map, map.name()).clicked() {
                *colours = map;
            }
        }
    })
    .response;
    let accessible_name = format!("Colours: {}", colours.name());
    menu.widget_info(|| WidgetInfo::labeled(Role::Button, true, accessible_name.clone()));
    menu.on_hover_text("Colour map; all are perceptually uniform, signed has its middle at zero");
}
