//! What commands and other parts of the window do to the view.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;

use crate::app::command::Command;
use crate::app::features::state::export::What;
use crate::app::features::state::muting::{MuteButton, Muted};
use crate::app::features::state::stars::Favourites;
use crate::app::features::view::{FeatureView, Tab};
use crate::engine::{ExportTicket, NetworkInfo, PhotoFace};
use crate::figure::PhotoProvenance;
use crate::model::{Layer, TapLayer};

impl FeatureView {
    /// Does what a command says of the maps that are looked at.
    pub fn run(&mut self, command: Command, network: Option<&NetworkInfo>) {
        let places = network.map_or(&[][..], |n| &n.places);
        let selected = self.place_selected();
        match command {
            Command::NextLayer => self.step_layer(places, 1),
            Command::PreviousLayer => self.step_layer(places, -1),
            Command::FusedMaps => self.toggle_fused(places),
            Command::NextTower => self.step_tower(),
            Command::NextScale => {
                self.display.scale = self.display.scale.next(self.comparison.is_on());
            }
            Command::Mute => self.press(MuteButton::Mute, selected),
            Command::Solo => self.press(MuteButton::Solo, selected),
            Command::HearAll => self.muting.hear_all(),
            Command::Favourite => self.star(selected),
            Command::ExportFigure => self.turn_export(network),
            _ => {}
        }
    }

    /// What was muted until somebody let all channels be heard just now.
    pub fn take_muted(&mut self) -> Option<Muted> {
        self.muting.take_before()
    }

    /// Mutes again what was, in place of what is.
    pub fn put_back(&mut self, muted: Muted) {
        self.muting.put_back(muted);
    }

    /// Shows the tab of a command, where it has one.
    pub fn show_tab(&mut self, command: Command) -> bool {
        let tab = Tab::of(command);
        self.tab = tab.unwrap_or(self.tab);
        tab.is_some()
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
    fn step_layer(&mut self, places: &[TapLayer], by: isize) {
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

    /// Shows the nearest place that the network has.
    pub(super) fn go_near(&mut self, places: &[TapLayer]) {
        if let Some(near) = nearest(places, self.place) {
            self.go(near);
        }
    }

    pub fn export_is_open(&self) -> bool {
        self.export.open
    }

    pub fn close_export(&mut self) {
        self.export.open = false;
    }

    /// Opens or closes the dialog; it opens with what was chosen for the tab, or else for what that
    /// shows.
    pub(super) fn turn_export(&mut self, network: Option<&NetworkInfo>) {
        self.export.open ^= true;
        if !self.export.open {
            return;
        }
        let towers = self.joins_towers(network);
        let attention = self.attention.found.is_some();
        let shown = match self.tab {
            Tab::Towers if towers => What::Towers,
            Tab::Attention if attention => What::Attention,
            _ => What::View,
        };
        let is_there = match self.export.what {
            What::View | What::Figure6 => true,
            What::Channel => self.tower().is_some(),
            What::Towers => towers,
            What::Attention => attention,
        };
        if self.export.opened_for != Some(shown) || !is_there {
            self.export.what = shown;
        }
        self.export.opened_for = Some(shown);
    }

    pub fn favourites(&self) -> &Favourites {
        &self.stars.favourites
    }

    pub fn restore(&mut self, favourites: Favourites) {
        self.stars.restore(favourites);
    }

    pub fn compare_with(&mut self, weights: Option<PathBuf>) {
        self.comparison.with_weights(weights);
    }

    pub fn pin(&mut self, name: String, photo: Arc<RgbImage>, from: PhotoProvenance) {
        self.comparison.with_photo(name, photo, from);
    }

    /// The layer whose maps are shown, once they are there.
    pub fn shown_layer(&self) -> Option<Layer> {
        Some(self.maps.shown.as_ref()?.place.layer)
    }

    /// Whether maps are waited for, or have still to be asked for; `face` is what is looked at.
    pub fn waits_for_maps(&self, face: Option<&PhotoFace>) -> bool {
        let key = face.map(|face| self.maps_key(face));
        self.maps.waiting.is_some() || key.is_none() || self.maps.asked != key
    }

    /// Whether the maps are drawn, or nothing.
    pub fn draw_maps(&mut self, drawn: bool) {
        self.maps.hidden = !drawn;
    }

    /// What the dialog has chosen to draw.
    pub fn figure_wanted(&self) -> What {
        self.export.what
    }

    /// A figure's file until somebody gives another, and its ending.
    pub fn figure_file(&self, what: What) -> (String, &'static str) {
        (self.export.name(what, self.place), self.export.ending())
    }

    /// Notes that an export starts.
    pub fn start_export(&mut self) -> ExportTicket {
        self.export.starts()
    }
}

pub(super) const TABS: [(Tab, &str, Command); 4] = [
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

/// What to show in place of a map that the network does not have.
fn nearest(places: &[TapLayer], wanted: TapLayer) -> Option<TapLayer> {
    if places.is_empty() || places.contains(&wanted) {
        return None;
    }
    let conv = TapLayer::conv(wanted.layer);
    let same = places.contains(&conv).then_some(conv);
    same.or_else(|| places.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_missing_gives_way_to_its_convolution() {
        let places = [
            TapLayer::conv(Layer::Conv1_1),
            TapLayer::conv(Layer::Conv2_1),
            TapLayer::fused(Layer::Conv2_1),
        ];
        assert_eq!(nearest(&places, TapLayer::fused(Layer::Conv2_1)), None);
        let without = &places[..2];
        let conv = Some(TapLayer::conv(Layer::Conv2_1));
        assert_eq!(nearest(without, TapLayer::fused(Layer::Conv2_1)), conv);
        assert_eq!(
            nearest(without, TapLayer::fused(Layer::Conv4_3)),
            Some(places[0])
        );
        assert_eq!(nearest(&[], TapLayer::conv(Layer::Conv1_1)), None);
    }

    #[test]
    fn layers_are_written_as_in_the_paper() {
        assert_eq!(TapLayer::conv(Layer::Conv1_2).title(), "Conv1-2");
        assert_eq!(TapLayer::fused(Layer::Conv4_3).title(), "Fuse4-3");
    }
}
