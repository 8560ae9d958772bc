//! What is compared, and which of it is shown.

use std::path::PathBuf;

use eframe::egui::{self, RichText, Role, Ui, WidgetInfo, vec2};

use crate::app::features::action::Action;
use crate::app::features::parts::choice::{choice_ui, keep_together};
use crate::app::features::state::comparison::{SETS, Set};
use crate::app::features::state::maps::late;
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::humanize::title;
use crate::model::{BUNDLED, weights_name};
use crate::study::alone_text;

impl FeatureView {
    /// What is compared, which of it is shown, and in which pairs.
    pub(super) fn compare_bar_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        if !self.comparison.is_on() {
            return;
        }
        self.compared_ui(ui);
        self.pairs_ui(ui, actions);
    }

    fn compared_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let towers = self.maps.names();
        let (at, _) = self.place_selected();
        ui.add_space(4.0);
        wrapped(ui, 10, |ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
            ui.colored_label(p.quiet, "compared with");
            if let Some(sets) = &self.comparison.sets {
                ui.image((sets.second_input.id(), vec2(22.0, 22.0)));
            }
            ui.label(egui::RichText::new(&self.comparison.name).strong());
            let end = ui.small_button("×").on_hover_text("End the comparison");
            end.widget_info(|| WidgetInfo::labeled(Role::Button, true, "End the comparison"));
            if end.clicked() {
                self.comparison.end();
                return;
            }
            // They stand where they will be while maps are still to come.
            let sets = self.comparison.sets.as_ref();
            let alone = sets.and_then(|sets| alone_text(&sets.alone));
            let alone_towers = sets
                .into_iter()
                .flat_map(|sets| sets.alone.iter().flatten());
            let alone_towers: Vec<String> = alone_towers.map(|name| title(name)).collect();
            let sets: Vec<Set> = sets.map_or(SETS.to_vec(), |sets| sets.all().collect());
            ui.add_space(10.0);
            let names: Vec<String> = towers.iter().map(|name| title(name)).collect();
            keep_together(ui, names.iter().map(String::as_str));
            for (tower, name) in towers.iter().enumerate() {
                let chosen = self.comparison.one.is_none() && at == tower;
                let tip = match self.comparison.is_of_photos() {
                    true => "This photo, the pinned one and the difference of this tower",
                    false => "First, second and difference of this tower side by side",
                };
                let accessible_name = format!("Compare {name}");
                if choice_ui(ui, chosen, &title(name), &accessible_name, tip) {
                    self.comparison.one = None;
                    let channel = self.inspector.selected.1;
                    self.select(tower, channel);
                }
            }
            ui.add_space(6.0);
            keep_together(ui, sets.iter().map(|set| self.comparison.set_name(*set)));
            for set in sets {
                let chosen = self.comparison.one == Some(set);
                let name = self.comparison.set_name(set);
                let accessible_name = format!("All towers, {name}");
                let tip = format!(
                    "This one of all towers side by side; difference is {}",
                    self.comparison.difference()
                );
                if choice_ui(ui, chosen, name, &accessible_name, &tip) {
                    self.comparison.one = Some(set);
                    self.comparison.inspected = set;
                }
            }
            // Last, so that it moves nothing.
            ui.add_space(6.0);
            let late = late(self.comparison.waiting);
            if late || (self.comparison.sets.is_none() && self.comparison.problem.is_none()) {
                let what = self.comparison.set_name(Set::Second);
                ui.colored_label(p.waiting, format!("computing the maps of the {what}…"));
            } else if let Some(why) = &self.comparison.problem {
                ui.colored_label(p.label, why);
            } else if let Some(text) = alone {
                // Short, so that the maps do not move from layer to layer.
                let towers = alone_towers.join(", ");
                ui.colored_label(p.waiting, format!("without {towers}"))
                    .on_hover_text(text);
            }
        });
    }

    /// What can be compared.
    pub(super) fn compare_menu_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context,
        actions: &mut Vec<Action>,
    ) {
        let menu = choice_menu(ui, RichText::new("compare").size(theme::SMALL), |ui| {
            let tip = "Hold this photo still and compare the next ones with it";
            if ui.button("pin this photo").on_hover_text(tip).clicked() {
                actions.push(Action::Pin);
            }
            for (origin, tip) in others(context) {
                let button = ui.button(format!("with {}", weights_name(origin)));
                if button.on_hover_text(tip).clicked() {
                    let file = (origin != BUNDLED).then(|| PathBuf::from(origin));
                    actions.push(Action::CompareWith(file));
                }
            }
            let tip = "Choose a second weights file for the same photo";
            if ui
                .button("with other weights…")
                .on_hover_text(tip)
                .clicked()
            {
                actions.push(Action::ChooseWeights);
            }
            if self.comparison.is_on() && ui.button("end the comparison").clicked() {
                self.comparison.end();
            }
        });
        menu.response
            .on_hover_text("Two networks or two photos on this layer, and their difference");
    }
}

/// The networks one may want beside the one at hand, by their origin, and what they are.
fn others<'a>(context: &'a Context) -> Vec<(&'a str, &'static str)> {
    let own = context
        .model
        .networks
        .current
        .as_ref()
        .map(|n| n.origin.as_str());
    let loaded = context.model.networks.other().map(|n| n.origin.as_str());
    let mut others = Vec::new();
    if let Some(loaded) = loaded {
        others.push((loaded, "The network that is loaded beside this one"));
    }
    if own != Some(BUNDLED) && loaded != Some(BUNDLED) {
        others.push((BUNDLED, "The network that comes with the program"));
    }
    others
}
