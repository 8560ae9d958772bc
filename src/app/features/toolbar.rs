//! Above the maps: tabs and layers, what is muted, and what leaves the pane.

use eframe::egui::{Align, Button, Layout, RichText, Role, Stroke, Ui, WidgetInfo, vec2};

use crate::app::command::Command;
use crate::app::command::hint::{about, hint};
use crate::app::command::keys::Keys;
use crate::app::features::action::Action;
use crate::app::features::commands::TABS;
use crate::app::features::find_menu::{filter_ui, size_ui, sort_ui};
use crate::app::features::parts::choice::choice_ui;
use crate::app::features::scale_bar::colours_ui;
use crate::app::features::view::{FeatureView, Tab};
use crate::app::model::Context;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;
use crate::model::{TapKind, TapLayer};
use crate::study::SecondMuting;

/// Width of a pane from which on all controls of the maps have room in two rows.
const ONE_ROW: f32 = 790.0;

/// Width from which on what leaves the pane has room beside the tabs.
const BESIDE_TABS: f32 = 420.0;

impl FeatureView {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let wide = ui.available_width() >= ONE_ROW;
        let narrow = ui.available_width() < BESIDE_TABS;
        ui.add_space(5.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            ui.spacing_mut().item_spacing.x = 3.0;
            for (tab, name, command) in TABS {
                let (accessible_name, tip) = (
                    format!("Show {name}"),
                    about(ui.ctx(), command, context.keys.of(command)),
                );
                if choice_ui(ui, self.tab == tab, name, &accessible_name, &tip) {
                    self.tab = tab;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(10.0);
                if !narrow {
                    self.figure_ui(ui, context, actions);
                }
                if wide {
                    self.find_ui(ui);
                }
            });
        });
        if self.tab == Tab::Maps || self.tab == Tab::Effects {
            ui.add_space(2.0);
            wrapped(ui, 10, |ui| {
                ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
                self.layers_ui(ui, context.model.networks.places(), context.keys);
                if self.tab == Tab::Maps && wide {
                    ui.add_space(6.0);
                    self.scale_ui(ui);
                    ui.add_space(6.0);
                    colours_ui(ui, self.display.colours_of(self.place));
                }
            });
        }
        // Without maps there is nothing but what is muted.
        let any = self.tab == Tab::Maps || !self.muting.is_empty();
        if !wide && (any || narrow) {
            ui.add_space(2.0);
            wrapped(ui, 10, |ui| {
                ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
                if self.tab == Tab::Maps {
                    self.scale_ui(ui);
                    colours_ui(ui, self.display.colours_of(self.place));
                    ui.add_space(6.0);
                }
                self.find_ui(ui);
                if narrow {
                    self.figure_ui(ui, context, actions);
                }
            });
        }
        ui.add_space(2.0);
        ui.separator();
    }

    /// What leaves the pane, and what stands beside the maps.
    fn figure_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let export = ui.button(RichText::new("export").size(theme::SMALL));
        if hint(export, Command::ExportFigure, context.keys).clicked() {
            self.turn_export(context.model.networks.current.as_ref());
        }
        self.compare_menu_ui(ui, context, actions);
    }

    /// Which channels there are to see, in which order and size; and which are muted.
    fn find_ui(&mut self, ui: &mut Ui) {
        if self.tab == Tab::Maps {
            ui.add_space(6.0);
            size_ui(ui, &mut self.display.zoom);
            filter_ui(ui, &mut self.display.find);
            sort_ui(ui, &mut self.display.find);
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
        let sets = self.comparison.sets.as_ref();
        let muting = sets.map_or(SecondMuting::All, |sets| sets.second_muting);
        let matched = sets.is_some_and(|sets| sets.matched.is_some());
        let (first, accessible_name, why) = second_text(muting, matched);
        let text = format!("{}{first}{elsewhere} ×", self.muting.text());
        let button = Button::new(RichText::new(text).size(theme::SMALL).color(p.label))
            .fill(p.label.gamma_multiply(0.14))
            .stroke(Stroke::new(1.0, p.label.gamma_multiply(0.5)));
        let response = ui.add(button);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, accessible_name));
        let tip = "Channels are held at zero in the maps and in what the network says beside \
                   them, not in where it looked or in what is measured over the list; click to \
                   hear all again";
        if response.on_hover_text(format!("{tip}{why}")).clicked() {
            self.muting.hear_all();
        }
    }

    fn layers_ui(&mut self, ui: &mut Ui, places: &[TapLayer], keys: &Keys) {
        let p = theme::palette(ui.ctx());
        let fused = !self.place.is_conv();
        ui.colored_label(p.quiet, if fused { "Fused" } else { "Conv" });
        for place in places.iter().filter(|p| p.is_conv() != fused) {
            let (name, tip) = layer_text(*place);
            let accessible_name = format!("Layer {place}");
            if choice_ui(ui, *place == self.place, &name, &accessible_name, &tip) {
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
}

/// What of the muted channels a second network mutes: on the button, in its name and in its tip.
fn second_text(muting: SecondMuting, matched: bool) -> (&'static str, &'static str, &'static str) {
    let alone = (
        " in the first alone",
        "Hear all channels, muted in the first alone",
    );
    match muting {
        SecondMuting::All if matched => (
            " by number in both",
            "Hear all channels, muted by number in both",
            "; in the network beside it the channels of the same numbers are muted, not their partners",
        ),
        SecondMuting::All => ("", "Hear all channels", ""),
        SecondMuting::Part => (
            ", not all in the second",
            "Hear all channels, not all muted in the second",
            "; in the network beside it those are muted whose layers it has",
        ),
        SecondMuting::NoLayers => (
            alone.0,
            alone.1,
            "; nothing is muted in the network beside it, which has no such layers",
        ),
        SecondMuting::OtherWidth => (
            alone.0,
            alone.1,
            "; nothing is muted in the network beside it, which has layers of another width",
        ),
    }
}

/// What a place is called in the row of layers, and what it is.
fn layer_text(place: TapLayer) -> (String, String) {
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
