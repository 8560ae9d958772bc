//! Two networks, or two photos, on the same layer in the same scale, and their difference.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, RichText, Role, TextureHandle, Ui, WidgetInfo, vec2};
use image::RgbImage;

use crate::app::features::grid::Column;
use crate::app::features::pairs::Pairs;
use crate::app::features::toolbar::{choice_ui, keep_together};
use crate::app::features::{
    Around, FeatureView, ScaleChoice, Shown, Tower, Wish, late, texture, theme, title,
};
use crate::app::widgets::buttons::wrapped;
use crate::engine::{
    Against, CompareRequest, CompareTicket, Compared, EngineError, FeatureRequest, PhotoFace,
};
use crate::figure::PhotoProvenance;
use crate::model::{BUNDLED, Layer, Mask, TapLayer, TowerId, weights_name};
use crate::study::{Kinship, Matched};

pub(super) use crate::engine::Compare as Set;

pub(super) const SETS: [Set; 3] = [Set::First, Set::Second, Set::Difference];

/// A tower in a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub set: Set,
    pub tower: usize,
}

/// What is held against the face at hand, and the maps of both.
#[derive(Default)]
pub(super) struct Comparison {
    against: Option<Against>,
    /// What the second is called.
    pub name: String,
    /// What a figure says of the second photo, where two are compared.
    pub photo: Option<PhotoProvenance>,
    pub asked: bool,
    /// Since when the newest maps are waited for.
    pub waiting: Option<Instant>,
    pub sets: Option<Sets>,
    /// Why there are no maps.
    problem: Option<String>,
    /// One set of all towers; or else all three sets of the tower that is looked at.
    pub one: Option<Set>,
    /// Whose map of the selected channel is looked at closely.
    pub inspected: Set,
    pub arranged: Option<(super::Find, u64, u64)>,
    pub pairs: Pairs,
}

pub(super) struct Sets {
    place: TapLayer,
    /// By [`Set`].
    pub towers: [Vec<Tower>; 3],
    pub second_input: TextureHandle,
    /// Of two networks, tower by tower.
    pub kinship: Vec<Kinship>,
    /// How the second's channels were put beside those of the first.
    pub matched: Option<Arc<Matched>>,
    /// What is muted in each of the two networks.
    masks: [Vec<Mask>; 2],
}

impl Sets {
    /// Whether what is muted in the first network is not muted in the second, which has other layers.
    pub fn mutes_first_alone(&self) -> bool {
        self.masks[1].len() < self.masks[0].len()
    }

    /// Whether anything of a tower's layer is muted in the second network.
    pub fn mutes_second(&self, tower: TowerId, layer: Layer) -> bool {
        let here = |mask: &Mask| (mask.tower, mask.layer) == (tower, layer);
        self.masks[1].iter().any(here)
    }

    /// None where the networks have different numbers of channels that are not paired.
    pub fn have_difference(&self) -> bool {
        !self.towers[Set::Difference as usize].is_empty()
    }

    /// Those that there are.
    pub fn all(&self) -> impl Iterator<Item = Set> {
        let difference = self.have_difference();
        let there = move |set: &Set| difference || *set != Set::Difference;
        SETS.into_iter().filter(there)
    }
}

impl Comparison {
    pub fn is_on(&self) -> bool {
        self.against.is_some()
    }

    pub fn against(&self) -> Option<&Against> {
        self.against.as_ref()
    }

    /// Whether two photos are compared, not two networks.
    pub fn is_of_photos(&self) -> bool {
        matches!(self.against, Some(Against::Photo(..)))
    }

    /// What a set is called.
    pub fn set_name(&self, set: Set) -> &'static str {
        match (set, self.is_of_photos()) {
            (Set::First, true) => "this photo",
            (Set::Second, true) => "pinned photo",
            (Set::First, false) => "first",
            (Set::Second, false) => "second",
            (Set::Difference, _) => "difference",
        }
    }

    /// What a difference is of.
    pub fn difference(&self) -> &'static str {
        match self.is_of_photos() {
            true => "pinned photo − this photo",
            false => "second − first",
        }
    }
}

impl FeatureView {
    /// Compares with the network of a file, or with the bundled one.
    pub(super) fn compare_with(&mut self, weights: Option<PathBuf>) {
        let origin = weights.as_ref().map(|path| path.to_string_lossy());
        self.comparison = Comparison {
            name: weights_name(origin.as_deref().unwrap_or(BUNDLED)),
            against: Some(Against::Weights(weights)),
            ..Comparison::default()
        };
    }

    /// Another network is at hand: what was compared with it is compared with the one before.
    pub(super) fn compare_after_switch(&mut self, before: &str) {
        self.comparison.sets = None;
        self.comparison.asked = false;
        self.comparison.pairs.forget();
        if let Some(Against::Weights(weights)) = &self.comparison.against {
            let second = weights.as_ref().map(|path| path.to_string_lossy());
            if second.as_deref().unwrap_or(BUNDLED) == self.known.origin {
                let pairs = self.comparison.pairs.alike();
                self.compare_with((before != BUNDLED).then(|| PathBuf::from(before)));
                self.comparison.pairs = pairs;
            }
        }
    }

    /// Compares with a photo, whatever is shown later.
    pub(super) fn pin(&mut self, name: String, photo: Arc<RgbImage>, from: PhotoProvenance) {
        self.comparison = Comparison {
            name,
            against: Some(Against::Photo(photo, from.face_box)),
            photo: Some(from),
            ..Comparison::default()
        };
    }

    pub(super) fn compare_request(&mut self, face: &PhotoFace) -> Option<FeatureRequest> {
        let against = self.comparison.against.clone()?;
        if self.comparison.asked {
            return None;
        }
        self.comparison.asked = true;
        self.comparison.waiting.get_or_insert_with(Instant::now);
        self.compared.0 += 1;
        let wanted = CompareRequest {
            face: face.clone(),
            place: self.place,
            masks: self.muting.masks(),
            against,
            matched: self.comparison.pairs.of(self.place),
            own_ranges: self.look.scale == ScaleChoice::Own,
        };
        Some(FeatureRequest::Compare(self.compared, wanted))
    }

    /// Takes the answer to the newest question; another second may have been chosen meanwhile.
    pub(super) fn take_compared(
        &mut self,
        ctx: &egui::Context,
        ticket: CompareTicket,
        result: Result<Compared, EngineError>,
    ) {
        let comparison = &mut self.comparison;
        if !comparison.asked || ticket != self.compared || comparison.against.is_none() {
            return;
        }
        self.probe.maps += 1;
        comparison.waiting = None;
        match result {
            Err(why) => {
                comparison.sets = None;
                comparison.problem = Some(why.to_string());
            }
            Ok(found) => {
                let towers = |maps: Vec<_>| maps.into_iter().map(Tower::new).collect();
                comparison.sets = Some(Sets {
                    place: found.place,
                    towers: [found.first, found.second, found.difference].map(towers),
                    second_input: texture(ctx, "second input", &found.second_input),
                    kinship: found.kinship,
                    matched: found.matched,
                    masks: found.masks,
                });
                comparison.problem = None;
                comparison.arranged = None;
                // There may be a difference no longer.
                let none = comparison
                    .sets
                    .as_ref()
                    .is_some_and(|s| !s.have_difference());
                if none && comparison.one == Some(Set::Difference) {
                    comparison.one = None;
                }
                if none && comparison.inspected == Set::Difference {
                    comparison.inspected = Set::First;
                }
            }
        }
    }

    /// After a tower's name, where something is compared.
    pub(super) fn set_said(&self, set: Set) -> String {
        match self.compared_sets() {
            Some(_) => format!(", {}", self.comparison.set_name(set)),
            None => String::new(),
        }
    }

    /// The maps that are compared, where they are of the layer that is shown.
    pub(super) fn compared_sets(&self) -> Option<&Sets> {
        let sets = self.comparison.sets.as_ref()?;
        let shown = self.shown.as_ref()?;
        let fits = sets.place == shown.place && sets.towers[0].len() == shown.towers.len();
        fits.then_some(sets)
    }

    /// Whose map of the selected channel is looked at closely.
    pub(super) fn inspected_set(&self) -> Set {
        match self.compared_sets() {
            Some(_) => self.comparison.inspected,
            None => Set::First,
        }
    }

    /// Whether each side of the comparison that is shown has a range of its own.
    pub(super) fn has_own_ranges(&self) -> bool {
        let sets = self.compared_sets();
        sets.is_some_and(|sets| sets.towers[0].iter().all(|t| !t.maps.is_joint()))
    }

    /// What stands side by side.
    pub(super) fn columns_shown(&self, shown: &Shown) -> Vec<Column> {
        let first = |set| move |tower| Column::Maps(Slot { set, tower });
        if self.compared_sets().is_some() {
            return match self.comparison.one {
                Some(set) => (0..shown.towers.len()).map(first(set)).collect(),
                None => {
                    let (tower, _) = self.place_selected();
                    let sets = self.compared_sets().into_iter().flat_map(Sets::all);
                    sets.map(|set| first(set)(tower)).collect()
                }
            };
        }
        let mut towers = 0..;
        let column = |name: &String| {
            if shown.towers.iter().any(|t| t.maps.tower == *name) {
                towers.next().map(first(Set::First))
            } else {
                Some(Column::Absent(name.clone()))
            }
        };
        shown.all.iter().filter_map(column).collect()
    }

    /// What is compared, which of it is shown, and in which pairs.
    pub(super) fn compare_bar_ui(&mut self, ui: &mut Ui, wishes: &mut Vec<Wish>) {
        if !self.comparison.is_on() {
            return;
        }
        self.compared_ui(ui);
        self.pairs_ui(ui, wishes);
    }

    fn compared_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let towers: Vec<String> = self
            .shown
            .iter()
            .flat_map(|s| s.towers.iter().map(|t| t.maps.tower.clone()))
            .collect();
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
                self.comparison = Comparison::default();
                return;
            }
            let late = late(self.comparison.waiting);
            if late || (self.comparison.sets.is_none() && self.comparison.problem.is_none()) {
                let what = self.comparison.set_name(Set::Second);
                ui.colored_label(p.waiting, format!("computing the maps of the {what}…"));
            } else if let Some(why) = &self.comparison.problem {
                ui.colored_label(p.label, why);
            }
            let Some(sets) = &self.comparison.sets else {
                return;
            };
            let sets: Vec<Set> = sets.all().collect();
            ui.add_space(10.0);
            let names: Vec<String> = towers.iter().map(|name| title(name)).collect();
            keep_together(ui, names.iter().map(String::as_str));
            for (tower, name) in towers.iter().enumerate() {
                let chosen = self.comparison.one.is_none() && at == tower;
                let tip = match self.comparison.is_of_photos() {
                    true => "This photo, the pinned one and the difference of this tower",
                    false => "First, second and difference of this tower side by side",
                };
                let said = format!("Compare {name}");
                if choice_ui(ui, chosen, &title(name), &said, tip) {
                    self.comparison.one = None;
                    let channel = self.selected.1;
                    self.select(tower, channel);
                }
            }
            ui.add_space(6.0);
            keep_together(ui, sets.iter().map(|set| self.comparison.set_name(*set)));
            for set in sets {
                let chosen = self.comparison.one == Some(set);
                let name = self.comparison.set_name(set);
                let said = format!("All towers, {name}");
                let tip = format!(
                    "This one of all towers side by side; difference is {}",
                    self.comparison.difference()
                );
                if choice_ui(ui, chosen, name, &said, &tip) {
                    self.comparison.one = Some(set);
                    self.comparison.inspected = set;
                }
            }
        });
    }

    /// What can be compared.
    pub(super) fn compare_menu_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let menu = ui.menu_button(RichText::new("compare").size(theme::SMALL), |ui| {
            let tip = "Hold this photo still and compare the next ones with it";
            if ui.button("pin this photo").on_hover_text(tip).clicked() {
                wishes.push(Wish::Pin);
                ui.close();
            }
            for (origin, tip) in others(around) {
                let button = ui.button(format!("with {}", weights_name(origin)));
                if button.on_hover_text(tip).clicked() {
                    let file = (origin != BUNDLED).then(|| PathBuf::from(origin));
                    wishes.push(Wish::CompareWith(file));
                    ui.close();
                }
            }
            let tip = "Choose a second weights file for the same photo";
            if ui
                .button("with other weights…")
                .on_hover_text(tip)
                .clicked()
            {
                wishes.push(Wish::ChooseSecond);
                ui.close();
            }
            if self.comparison.is_on() && ui.button("end the comparison").clicked() {
                self.comparison = Comparison::default();
                ui.close();
            }
        });
        menu.response
            .on_hover_text("Two networks or two photos on this layer, and their difference");
    }
}

/// The networks one may want beside the one at hand, by their origin, and what they are.
fn others<'a>(around: &'a Around) -> Vec<(&'a str, &'static str)> {
    let own = around.network.map(|n| n.origin.as_str());
    let loaded = around.other.map(|n| n.origin.as_str());
    let mut others = Vec::new();
    if let Some(loaded) = loaded {
        others.push((loaded, "The network that is loaded beside this one"));
    }
    if own != Some(BUNDLED) && loaded != Some(BUNDLED) {
        others.push((BUNDLED, "The network that comes with the program"));
    }
    others
}
