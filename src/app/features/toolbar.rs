//! Above the maps: layer, scale, colours and order. Below: what is under the pointer.

use eframe::egui::{self, Align, Layout, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::grid::number;
use super::{FeatureView, ScaleChoice, Sort, theme};
use crate::figure::ColourMap;
use crate::model::Layer;

impl FeatureView {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, available: &[Layer]) {
        let p = theme::palette(ui.ctx());
        ui.add_space(5.0);
        ui.horizontal_wrapped(|ui| {
            ui.add_space(10.0);
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.colored_label(p.quiet, "Conv");
            for layer in available {
                let name = layer.place().replace('_', "-");
                let tip = format!("Maps of {}, after ReLU and before pooling", layer.name());
                let said = format!("Layer {}", layer.name());
                if choice_ui(ui, *layer == self.layer, &name, &said, &tip) {
                    self.layer = *layer;
                    self.asked = false;
                }
            }
            ui.add_space(14.0);
            self.scale_ui(ui);
            ui.add_space(14.0);
            let look = &mut self.look;
            ui.menu_button(look.colours.name(), |ui| {
                for map in ColourMap::ALL {
                    if ui
                        .selectable_label(look.colours == map, map.name())
                        .clicked()
                    {
                        look.colours = map;
                        ui.close();
                    }
                }
            })
            .response
            .on_hover_text("Colour map; all are perceptually uniform");
            let sorts = [
                (Sort::Channel, "channel"),
                (Sort::Mean, "mean"),
                (Sort::Max, "maximum"),
                (Sort::Sparsity, "sparsity"),
            ];
            let name = sorts.iter().find(|s| s.0 == look.sort).map_or("", |s| s.1);
            ui.menu_button(format!("sort: {name}"), |ui| {
                for (sort, name) in sorts {
                    if ui.selectable_label(look.sort == sort, name).clicked() {
                        look.sort = sort;
                        ui.close();
                    }
                }
                ui.separator();
                ui.checkbox(&mut look.hide_dead, "hide dead channels");
            })
            .response
            .on_hover_text("Order of the channels, largest first");
            let slider = egui::Slider::new(&mut look.zoom, 0.5..=8.0)
                .logarithmic(true)
                .show_value(false);
            ui.spacing_mut().slider_width = 70.0;
            let response = ui.add(slider).on_hover_text("Size of the maps");
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Size of the maps"));
        });
        ui.add_space(2.0);
        ui.separator();
    }

    fn scale_ui(&mut self, ui: &mut Ui) {
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
                ScaleChoice::Fixed,
                "fixed",
                "From one value to another, the same for all photos and towers",
            ),
        ];
        for (scale, name, tip) in choices {
            if choice_ui(
                ui,
                self.look.scale == scale,
                name,
                &format!("Scale {name}"),
                tip,
            ) {
                self.look.scale = scale;
                if scale == ScaleChoice::Fixed
                    && let Some(shown) = &self.shown
                {
                    let layers = shown.towers.iter().filter_map(|t| t.maps.stats.last());
                    let (low, high) =
                        layers.fold((0.0_f32, 0.0_f32), |(l, h), s| (l.min(s.min), h.max(s.max)));
                    self.look.fixed = (low, high);
                }
            }
        }
        if self.look.scale == ScaleChoice::Fixed {
            let (low, high) = &mut self.look.fixed;
            ui.add(egui::DragValue::new(low).speed(0.02))
                .on_hover_text("Lowest value");
            ui.add(egui::DragValue::new(high).speed(0.02))
                .on_hover_text("Highest value");
        }
    }

    /// What is under the pointer, and what the colours mean.
    pub(super) fn foot_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
        ui.painter()
            .hline(area.x_range(), area.top(), Stroke::new(1.0, p.hairline));
        let mut ui = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(area.shrink2(vec2(12.0, 0.0)))
                .layout(Layout::left_to_right(Align::Center)),
        );
        let small = |words: String| egui::RichText::new(words).size(theme::SMALL);
        if let Some(at) = self.pointer {
            let layer = self.layer.place().replace('_', "-");
            let tower = at
                .map
                .and_then(|(t, c)| Some((self.shown.as_ref()?.towers.get(t)?, c)));
            if let Some((tower, channel)) = tower {
                ui.label(small(format!(
                    "{} · Conv{layer} · channel {channel}",
                    tower.maps.tower
                )));
            }
            ui.label(small(format!("({}, {})", at.x, at.y)));
            if let Some((asked, value)) = self.value
                && asked == at
            {
                ui.label(small(format!("value {value:.3}")).strong());
            }
            let side = self.layer.receptive_field().0;
            ui.colored_label(p.quiet, small(format!("receptive field {side} × {side}")));
        } else {
            ui.colored_label(
                p.quiet,
                small("point at a map or at the face; click a map to look closer".into()),
            );
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.key_ui(ui));
    }

    /// The colours from the lowest to the highest value, and which values those are.
    fn key_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some(shown) = &self.shown else {
            return;
        };
        let of = self.pointer.and_then(|at| at.map).unwrap_or(self.selected);
        let words = match (self.look.scale, shown.towers.get(of.0)) {
            (_, None) => String::new(),
            (ScaleChoice::Channel, Some(_)) if self.pointer.is_none() => {
                "each map's own range".into()
            }
            (_, Some(tower)) => {
                let range = tower
                    .grid
                    .as_ref()
                    .map(|g| self.range(g.look(), &tower.maps.stats, of.1));
                range.map_or(String::new(), |(l, h)| {
                    format!("{} … {}", number(l), number(h))
                })
            }
        };
        ui.label(egui::RichText::new(words).size(theme::SMALL).color(p.quiet));
        let (bar, response) = ui.allocate_exact_size(vec2(150.0, theme::BAR), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Colour key"));
        let steps = 50;
        for step in 0..steps {
            let [r, g, b] = self.look.colours.colour((step as f32 + 0.5) / steps as f32);
            let left = bar.left() + bar.width() * step as f32 / steps as f32;
            let piece = Rect::from_min_size(
                egui::pos2(left, bar.top()),
                vec2(bar.width() / steps as f32 + 0.5, bar.height()),
            );
            ui.painter()
                .rect_filled(piece, 0, egui::Color32::from_rgb(r, g, b));
        }
    }
}

/// A button that is one of several; true when it is clicked.
fn choice_ui(ui: &mut Ui, chosen: bool, name: &str, said: &str, tip: &str) -> bool {
    let button = ui.selectable_label(chosen, name);
    button.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, said));
    button.on_hover_text(tip).clicked()
}
