//! Above the maps: what is asked of them, layer, scale, colours and order.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{
    self, Align, Button, Color32, Layout, PopupCloseBehavior, RichText, Role, Stroke, Ui,
    WidgetInfo, vec2,
};

use crate::app::command::Command;
use crate::app::command::hint::{about, hint};
use crate::app::command::keys::Keys;
use crate::app::features::compare::Sets;
use crate::app::features::order::{Quantity, Threshold};
use crate::app::features::{Around, FeatureView, ScaleChoice, Tab, Tower, Wish, theme};
use crate::app::widgets::buttons::wrapped;
use crate::figure::ColourMap;
use crate::model::{TapKind, TapLayer};

/// Width of a pane from which on all controls of the maps have room in two rows.
const ONE_ROW: f32 = 790.0;

const TABS: [(Tab, &str, Command); 4] = [
    (Tab::Maps, "Maps", Command::ShowMaps),
    (Tab::Effects, "Effects", Command::ShowEffects),
    (Tab::Towers, "Towers", Command::ShowTowers),
    (Tab::Attention, "Attention", Command::ShowAttention),
];

impl Tab {
    /// The tab that a command shows.
    pub(super) fn of(command: Command) -> Option<Self> {
        let mut tabs = TABS.iter();
        tabs.find(|tab| tab.2 == command).map(|tab| tab.0)
    }
}

impl FeatureView {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let wide = ui.available_width() >= ONE_ROW;
        ui.add_space(5.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            ui.spacing_mut().item_spacing.x = 3.0;
            for (tab, name, command) in TABS {
                let (said, tip) = (
                    format!("Show {name}"),
                    about(ui.ctx(), command, around.keys.of(command)),
                );
                if choice_ui(ui, self.tab == tab, name, &said, &tip) {
                    self.tab = tab;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(10.0);
                self.figure_ui(ui, around, wishes);
                if wide {
                    self.find_ui(ui);
                }
            });
        });
        if self.tab == Tab::Maps || self.tab == Tab::Effects {
            ui.add_space(2.0);
            wrapped(ui, 10, |ui| {
                ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
                self.layers_ui(ui, around.places(), around.keys);
                if self.tab == Tab::Maps && wide {
                    ui.add_space(6.0);
                    self.scale_ui(ui);
                    ui.add_space(6.0);
                    self.colours_ui(ui);
                }
            });
        }
        if !wide {
            ui.add_space(2.0);
            wrapped(ui, 10, |ui| {
                ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
                if self.tab == Tab::Maps {
                    self.scale_ui(ui);
                    self.colours_ui(ui);
                    ui.add_space(6.0);
                }
                self.find_ui(ui);
            });
        }
        ui.add_space(2.0);
        ui.separator();
    }

    /// What leaves the pane, and what stands beside the maps.
    fn figure_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let export = ui.button(RichText::new("export").size(theme::SMALL));
        if hint(export, Command::ExportFigure, around.keys).clicked() {
            self.turn_export(around.network);
        }
        self.compare_menu_ui(ui, around, wishes);
    }

    /// Which channels there are to see, in which order and size; and which are muted.
    fn find_ui(&mut self, ui: &mut Ui) {
        if self.tab == Tab::Maps {
            ui.add_space(6.0);
            self.size_ui(ui);
            self.filter_ui(ui);
            self.sort_ui(ui);
        }
        self.muted_chip_ui(ui);
    }

    /// What is muted anywhere, and the way back.
    fn muted_chip_ui(&mut self, ui: &mut Ui) {
        if self.muting.is_empty() {
            return;
        }
        let p = theme::palette(ui.ctx());
        let elsewhere = if self.tab == Tab::Maps {
            ""
        } else {
            ", not here"
        };
        let alone = self.comparison.sets.as_ref();
        let alone = alone.is_some_and(Sets::mutes_first_alone);
        let first = if alone { " in the first alone" } else { "" };
        let words = format!("{}{first}{elsewhere} ×", self.muting.words());
        let button = Button::new(RichText::new(words).size(theme::SMALL).color(p.label))
            .fill(p.label.gamma_multiply(0.14))
            .stroke(Stroke::new(1.0, p.label.gamma_multiply(0.5)));
        let response = ui.add(button);
        let said = match alone {
            true => "Hear all channels, muted in the first alone",
            false => "Hear all channels",
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, said));
        let tip = "Channels are held at zero in the maps and in what the network says beside \
                   them, not in where it looked or in what is measured over the list; click to \
                   hear all again";
        let alone = match alone {
            true => {
                "; nothing is muted in the network beside it, which has layers of another width"
            }
            false => "",
        };
        if response.on_hover_text(format!("{tip}{alone}")).clicked() {
            self.hear_all();
        }
    }

    fn layers_ui(&mut self, ui: &mut Ui, places: &[TapLayer], keys: &Keys) {
        let p = theme::palette(ui.ctx());
        let fused = !self.place.is_conv();
        ui.colored_label(p.quiet, if fused { "Fused" } else { "Conv" });
        for place in places.iter().filter(|p| p.is_conv() != fused) {
            let (name, tip) = layer_words(*place);
            let said = format!("Layer {place}");
            if choice_ui(ui, *place == self.place, &name, &said, &tip) {
                self.go(*place);
            }
        }
        if places.iter().any(|p| p.is_conv() == fused) {
            let command = Command::FusedMaps;
            let tip = about(ui.ctx(), command, keys.of(command));
            if choice_ui(ui, fused, "fused", "Fused maps", &tip) {
                self.toggle_fused(places);
            }
        }
    }

    /// From the convolutions to the fused maps or back, at the same depth where it has both.
    pub(super) fn toggle_fused(&mut self, places: &[TapLayer]) {
        let fused = !self.place.is_conv();
        let mut others = places.iter().filter(|p| p.is_conv() == fused).peekable();
        let first = others.peek().copied();
        let same = others.find(|p| p.layer == self.place.layer);
        if let Some(place) = same.or(first) {
            self.go(*place);
        }
    }

    /// Up or down the layers of a kind.
    pub(super) fn step_layer(&mut self, places: &[TapLayer], by: isize) {
        let conv = self.place.is_conv();
        let alike: Vec<TapLayer> = places
            .iter()
            .copied()
            .filter(|p| p.is_conv() == conv)
            .collect();
        let at = alike.iter().position(|p| *p == self.place);
        let next = at.and_then(|at| at.checked_add_signed(by));
        if let Some(place) = next.and_then(|at| alike.get(at)) {
            self.go(*place);
        }
    }

    pub(super) fn choose_scale(&mut self, scale: ScaleChoice) {
        let own = [self.look.scale, scale].map(|s| s == ScaleChoice::Own);
        if own[0] != own[1] {
            // Both sides are coloured anew, and their difference is another one.
            self.comparison.asked = false;
        }
        self.look.scale = scale;
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
        let shown = match self.look.scale {
            ScaleChoice::Own if !compared => ScaleChoice::Channel,
            scale => scale,
        };
        for (scale, name, tip) in choices {
            if scale == ScaleChoice::Own && !compared {
                continue;
            }
            let chosen = shown == scale;
            if choice_ui(ui, chosen, name, &format!("Scale {name}"), tip) {
                self.choose_scale(scale);
            }
        }
        if self.look.scale != ScaleChoice::Fixed {
            return;
        }
        if self.look.fixed.is_none() {
            self.fit_range();
        }
        if let Some((low, high)) = &mut self.look.fixed {
            for (value, said) in [(low, "Lowest value"), (high, "Highest value")] {
                let field = ui.add(egui::DragValue::new(value).speed(0.02));
                field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, said));
                field.on_hover_text(said);
            }
            let tip = "From the lowest to the highest value that is shown now";
            if choice_ui(ui, false, "fit", "Fit the range", tip) {
                self.fit_range();
            }
        }
    }

    /// From the lowest to the highest value that is shown now, of either of two.
    fn fit_range(&mut self) {
        let shown: Vec<&Tower> = match self.compared_sets() {
            Some(sets) => sets.towers[..2].iter().flatten().collect(),
            None => self.shown.iter().flat_map(|s| &s.towers).collect(),
        };
        let layers = shown.iter().filter_map(|t| t.maps.stats.last());
        let (low, high) = layers.fold((0.0_f32, 0.0_f32), |(l, h), s| (l.min(s.min), h.max(s.max)));
        if !shown.is_empty() {
            self.look.fixed = Some((low, high));
        }
    }

    fn colours_ui(&mut self, ui: &mut Ui) {
        let colours = match self.place.is_conv() {
            true => &mut self.look.colours,
            false => &mut self.look.fused_colours,
        };
        let words = RichText::new(colours.name()).size(theme::SMALL);
        let menu = ui
            .menu_button(words, |ui| {
                for map in ColourMap::CHOICES {
                    if ui.selectable_label(*colours == map, map.name()).clicked() {
                        *colours = map;
                        ui.close();
                    }
                }
            })
            .response;
        let said = format!("Colours: {}", colours.name());
        menu.widget_info(|| WidgetInfo::labeled(Role::Button, true, said.clone()));
        menu.on_hover_text(
            "Colour map; all are perceptually uniform, signed has its middle at zero",
        );
    }

    fn sort_ui(&mut self, ui: &mut Ui) {
        let find = &mut self.look.find;
        let name = find.sort.map_or("channel", Quantity::name);
        let words = RichText::new(format!("sort: {name}")).size(theme::SMALL);
        ui.menu_button(words, |ui| {
            if ui
                .selectable_label(find.sort.is_none(), "channel")
                .clicked()
            {
                find.sort = None;
                ui.close();
            }
            for by in Quantity::ALL {
                let chosen = find.sort == Some(by);
                if ui.selectable_label(chosen, by.name()).clicked() {
                    find.sort = Some(by);
                    ui.close();
                }
            }
        })
        .response
        .on_hover_text("Order of the channels, largest first");
    }

    fn filter_ui(&mut self, ui: &mut Ui) {
        let find = &mut self.look.find;
        let words = match (find.threshold, find.is_filter()) {
            (Some(t), _) => t.words(),
            (None, true) => "filtered".into(),
            (None, false) => "filter".into(),
        };
        let stay = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let words = RichText::new(words).size(theme::SMALL);
        let button = MenuButton::new(words).config(stay);
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

    fn size_ui(&mut self, ui: &mut Ui) {
        let slider = egui::Slider::new(&mut self.look.zoom, 0.5..=8.0)
            .logarithmic(true)
            .show_value(false);
        ui.spacing_mut().slider_width = 64.0;
        let response = ui.add(slider);
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Size of the maps"));
        response.on_hover_text("Size of the maps (Ctrl and the wheel)");
    }
}

/// What a place is called in the row of layers, and what it is.
fn layer_words(place: TapLayer) -> (String, String) {
    let (name, layer) = (place.layer.suffix().replace('_', "-"), place.layer.name());
    match place.kind {
        TapKind::Conv => (
            name,
            format!("Maps of {layer}, after ReLU and before pooling"),
        ),
        TapKind::Fused => (
            name,
            format!("What enters {layer}: the 1×1 convolution of the task's and the shared map"),
        ),
        TapKind::FusedFc => (
            "Fc".into(),
            "What enters Fc: the 1×1 convolution of the task's and the shared map after pooling"
                .into(),
        ),
    }
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
        for (at_least, words) in [(true, "at least"), (false, "at most")] {
            if ui
                .selectable_label(threshold.at_least == at_least, words)
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

/// Begins a new row where the buttons of a group, as [`choice_ui`] draws them, have no room in this one
/// but have it in one of their own.
pub(super) fn keep_together<'a>(ui: &mut Ui, names: impl Iterator<Item = &'a str>) {
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
pub(super) fn choice_ui(ui: &mut Ui, chosen: bool, name: &str, said: &str, tip: &str) -> bool {
    let p = theme::palette(ui.ctx());
    let (fill, line, text) = if chosen {
        (
            p.prediction.gamma_multiply(0.16),
            p.prediction.gamma_multiply(0.45),
            p.prediction,
        )
    } else {
        (p.raised, p.hairline, p.text)
    };
    let button = Button::new(RichText::new(name).size(theme::SMALL).color(text))
        .fill(fill)
        .stroke(Stroke::new(1.0, line));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, said));
    response.on_hover_text(tip).clicked()
}
