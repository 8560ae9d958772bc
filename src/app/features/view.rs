//! The state of the view of feature maps, and what needs several parts of it.

use std::path::Path;
use std::sync::Arc;

use crate::app::features::state::attention::Attention;
use crate::app::features::state::comparison::{Comparison, Set, Slot};
use crate::app::features::state::display::Display;
use crate::app::features::state::export::Export;
use crate::app::features::state::inspector::Inspector;
use crate::app::features::state::maps::{Maps, Tower, late};
use crate::app::features::state::muting::{ChannelState, MuteButton, Muting};
use crate::app::features::state::stars::{Stars, layer_key};
use crate::app::features::state::studies::Studies;
use crate::map_painter::MapPainter;
use crate::model::{Layer, TapLayer, TowerId};

/// The feature maps of the face at hand, and all that one asks about them.
pub struct FeatureView {
    pub(super) place: TapLayer,
    pub(super) tab: Tab,
    pub(super) maps: Maps,
    pub(super) inspector: Inspector,
    pub(super) display: Display,
    pub(super) muting: Muting,
    pub(super) stars: Stars,
    pub(super) studies: Studies,
    pub(super) comparison: Comparison,
    pub(super) attention: Attention,
    pub(super) export: Export,
    pub(super) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Maps,
    Effects,
    Towers,
    Attention,
}

/// The network and the list that all that was found is about.
#[derive(Default)]
pub(super) struct Source {
    /// Its fingerprint: other weights in the same file are another network.
    pub(super) network: String,
    /// "bundled", or its file.
    pub(super) origin: String,
    pub(super) list: u64,
}

impl Source {
    /// Origin and fingerprint.
    pub(super) fn named(&self) -> (String, String) {
        (self.origin.clone(), self.network.clone())
    }
}

impl FeatureView {
    pub fn new(painter: Option<Arc<MapPainter>>) -> Self {
        Self {
            place: TapLayer::conv(Layer::Conv1_2),
            tab: Tab::Maps,
            maps: Maps {
                painter,
                ..Maps::default()
            },
            inspector: Inspector::default(),
            display: Display::default(),
            muting: Muting::default(),
            stars: Stars::default(),
            studies: Studies::default(),
            comparison: Comparison::default(),
            attention: Attention::default(),
            export: Export::default(),
            source: Source::default(),
        }
    }

    /// The file of the network that is compared with, if there is one.
    pub fn compared_weights(&self) -> Option<&Path> {
        self.comparison.weights()?.as_deref()
    }

    /// Shows another place.
    pub fn go(&mut self, place: TapLayer) {
        self.place = place;
    }

    /// Selects a channel of the tower that stands there.
    pub(super) fn select(&mut self, tower: usize, channel: u32) {
        if let Some(id) = self.maps.towers().get(tower).map(|t| t.maps.id) {
            self.select_of(id, channel);
        }
    }

    pub(super) fn select_of(&mut self, tower: TowerId, channel: u32) {
        self.inspector.selected = (tower, channel);
    }

    /// Where the tower that is looked at closely stands, and its channel.
    pub(super) fn place_selected(&self) -> (usize, u32) {
        let (tower, channel) = self.inspector.selected;
        (self.maps.index_of(tower), channel)
    }

    /// The tower that is looked at closely.
    pub(super) fn tower(&self) -> Option<&Tower> {
        self.maps.towers().get(self.place_selected().0)
    }

    pub(super) fn is_starred(&self, tower: usize, channel: u32) -> bool {
        let Some(shown) = &self.maps.shown else {
            return false;
        };
        let key = shown
            .towers
            .get(tower)
            .map(|t| layer_key(shown.place, &t.maps.tower));
        let stars = key.and_then(|key| self.stars.favourites.of(&self.source.network, &key));
        stars.is_some_and(|s| s.contains(&channel))
    }

    pub(super) fn star(&mut self, (tower, channel): (usize, u32)) {
        if let Some(shown) = &self.maps.shown
            && let Some(tower) = shown.towers.get(tower)
            && (channel as usize) < tower.maps.channels()
        {
            let key = layer_key(shown.place, &tower.maps.tower);
            self.stars.toggle(&self.source.network, &key, channel);
        }
    }

    /// Presses mute or solo of a channel of the place that is shown.
    pub(super) fn press(&mut self, button: MuteButton, (tower, channel): (usize, u32)) {
        if let Some(shown) = &self.maps.shown
            && shown.place.is_conv()
            && let Some(tower) = shown.towers.get(tower)
            && (channel as usize) < tower.maps.channels()
        {
            let desk = (
                tower.maps.id,
                shown.place.layer,
                tower.maps.channels() as u32,
            );
            self.muting.press(button, desk, channel);
        }
    }

    /// Selects the same channel of the next tower.
    pub(super) fn step_tower(&mut self) {
        let (tower, channel) = self.place_selected();
        let towers = self.maps.towers().len();
        self.select((tower + 1) % towers.max(1), channel);
        self.inspector.reveal = Some((self.place_selected().0, channel));
    }

    /// Moves the selection among the channels in sight.
    pub fn step(&mut self, by: isize) {
        let (tower, channel) = self.place_selected();
        let set = self.inspected_set();
        let Some(order) = self.tower_of(Slot { set, tower }).map(|t| &t.order) else {
            return;
        };
        let next = match order.iter().position(|c| *c == channel) {
            Some(row) => row.checked_add_signed(by).and_then(|n| order.get(n)),
            None => order.first(),
        };
        if let Some(channel) = next.copied() {
            self.select(tower, channel);
            self.inspector.reveal = Some((tower, channel));
        }
    }

    /// Whether what is shown has been waited for so long that it is worth a word.
    pub(super) fn is_late(&self) -> bool {
        let compared = self.compared_sets().and(self.comparison.waiting);
        late(self.maps.waiting) || late(compared)
    }

    /// Looks closely at a channel, in the maps of the set that was chosen.
    pub(super) fn inspect(&mut self, slot: Slot, channel: u32) {
        self.select(slot.tower, channel);
        self.comparison.inspected = slot.set;
    }

    pub(super) fn selected_state(&self) -> ChannelState {
        match (self.tower(), &self.maps.shown) {
            (Some(tower), Some(shown)) if shown.place.is_conv() => {
                self.muting
                    .state(tower.maps.id, shown.place.layer, self.inspector.selected.1)
            }
            _ => ChannelState::Active,
        }
    }

    /// In which network the selected channel is held at zero by hand, if it is in the one whose map is
    /// looked at; of a difference, in either.
    pub(super) fn silenced(&self, slot: Slot) -> Option<&'static str> {
        let first = self.selected_state().is_masked();
        let second = self.compared_sets().is_some_and(|sets| {
            let Some(Some(tower)) = sets.towers[0].get(slot.tower) else {
                return false;
            };
            let (id, layer) = (tower.maps.id, self.place.layer);
            let selected = self.inspector.selected.1;
            let own = match self.pair_of(slot.tower, selected) {
                Some(pair) => Some(pair.partner as u32),
                None => Some(selected).filter(|_| sets.matched.is_none()),
            };
            let is_masked = |own| self.muting.state(id, layer, own).is_masked();
            sets.mutes_second(id, layer) && own.is_some_and(is_masked)
        });
        match (slot.set, first, second) {
            (Set::First, true, _) => Some("muted"),
            (Set::Second, _, true) => Some("muted"),
            (Set::Difference, true, true) => Some("muted in both"),
            (Set::Difference, true, false) => Some("muted in the first"),
            (Set::Difference, false, true) => Some("muted in the second"),
            _ => None,
        }
    }
}
