//! Two networks, or two photos, on the same layer in the same scale, and their difference.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, TextureHandle};
use image::RgbImage;

use crate::app::features::state::key::MapsKey;
use crate::app::features::state::maps::{Tower, texture};
use crate::app::features::state::order::Find;
use crate::app::features::state::pairs::Pairs;
use crate::engine::{
    Against, CompareRequest, CompareTicket, Compared, EngineError, FeatureRequest, PhotoFace,
};
use crate::figure::PhotoProvenance;
use crate::model::{BUNDLED, Layer, Mask, TapLayer, TowerId, weights_name};
use crate::study::{Kinship, Matched, SecondMuting};

pub use crate::engine::Compare as Set;

pub const SETS: [Set; 3] = [Set::First, Set::Second, Set::Difference];

/// A tower in a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub set: Set,
    pub tower: usize,
}

/// What is held against the face at hand, and the maps of both.
#[derive(Default)]
pub struct Comparison {
    against: Option<Against>,
    /// What the second is called.
    pub name: String,
    /// What a figure says of the second photo, where two are compared.
    pub photo: Option<PhotoProvenance>,
    /// What was asked for last.
    pub asked: Option<CompareKey>,
    /// The newest question.
    pub ticket: CompareTicket,
    /// Since when the newest maps are waited for.
    pub waiting: Option<Instant>,
    pub sets: Option<Sets>,
    /// Why there are no maps.
    pub problem: Option<String>,
    /// One set of all towers; or else all three sets of the tower that is looked at.
    pub one: Option<Set>,
    /// Whose map of the selected channel is looked at closely.
    pub inspected: Set,
    pub arranged: Option<(Find, u64, u64)>,
    pub pairs: Pairs,
}

/// What is asked for of what is compared.
pub struct CompareKey {
    pub maps: MapsKey,
    pub matched: Option<Arc<Matched>>,
    pub own_ranges: bool,
}

impl PartialEq for CompareKey {
    fn eq(&self, other: &Self) -> bool {
        let pairs = match (&self.matched, &other.matched) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        pairs && self.maps == other.maps && self.own_ranges == other.own_ranges
    }
}

pub struct Sets {
    pub place: TapLayer,
    /// By [`Set`], as the first's towers stand; nothing of those that the second has not.
    pub towers: [Vec<Option<Tower>>; 3],
    /// The towers that one of two networks has alone.
    pub alone: [Vec<String>; 2],
    pub second_input: TextureHandle,
    /// Of two networks, tower by tower.
    pub kinship: Vec<Kinship>,
    /// How the second's channels were put beside those of the first.
    pub matched: Option<Arc<Matched>>,
    /// What is muted in each of the two networks.
    pub masks: [Vec<Mask>; 2],
    pub second_muting: SecondMuting,
}

impl Sets {
    /// Whether anything of a tower's layer is muted in the second network.
    pub fn mutes_second(&self, tower: TowerId, layer: Layer) -> bool {
        let here = |mask: &Mask| (mask.tower, mask.layer) == (tower, layer);
        self.masks[1].iter().any(here)
    }

    /// None where the networks have different numbers of channels that are not paired.
    pub fn have_difference(&self) -> bool {
        self.of(Set::Difference).next().is_some()
    }

    /// Those towers of a set that there are.
    pub fn of(&self, set: Set) -> impl Iterator<Item = &Tower> {
        self.towers[set as usize].iter().flatten()
    }

    /// Whether both networks have a tower.
    pub fn has(&self, tower: usize) -> bool {
        self.towers[0].get(tower).is_some_and(Option::is_some)
    }

    /// Those that there are.
    pub fn all(&self) -> impl Iterator<Item = Set> {
        let difference = self.have_difference();
        let there = move |set: &Set| difference || *set != Set::Difference;
        SETS.into_iter().filter(there)
    }
}

impl Comparison {
    /// Something else is compared; what is still asked about the one before is not taken.
    fn restart(&mut self, other: Self) {
        let ticket = self.ticket;
        *self = Self { ticket, ..other };
    }

    pub fn end(&mut self) {
        self.restart(Self::default());
    }

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

    /// Compares with the network of a file, or with the bundled one.
    pub fn with_weights(&mut self, weights: Option<PathBuf>) {
        let origin = weights.as_ref().map(|path| path.to_string_lossy());
        self.restart(Self {
            name: weights_name(origin.as_deref().unwrap_or(BUNDLED)),
            against: Some(Against::Weights(weights)),
            ..Self::default()
        });
    }

    /// Compares with a photo, whatever is shown later.
    pub fn with_photo(&mut self, name: String, photo: Arc<RgbImage>, from: PhotoProvenance) {
        self.restart(Self {
            name,
            against: Some(Against::Photo(photo, from.face_box)),
            photo: Some(from),
            ..Self::default()
        });
    }

    /// Another network is at hand: what was compared with it is compared with the one before.
    pub fn after_switch(&mut self, before: &str, now: &str) {
        self.sets = None;
        self.asked = None;
        self.pairs.forget();
        if let Some(Against::Weights(weights)) = &self.against {
            let second = weights.as_ref().map(|path| path.to_string_lossy());
            if second.as_deref().unwrap_or(BUNDLED) == now {
                let pairs = self.pairs.alike();
                self.with_weights((before != BUNDLED).then(|| PathBuf::from(before)));
                self.pairs = pairs;
            }
        }
    }

    /// The second network's file, where two networks are compared.
    pub fn weights(&self) -> Option<&Option<PathBuf>> {
        match self.against.as_ref()? {
            Against::Weights(second) => Some(second),
            Against::Photo(..) => None,
        }
    }

    /// What to ask the engine, where that has not been asked.
    pub fn request(
        &mut self,
        face: &PhotoFace,
        maps: MapsKey,
        masks: impl FnOnce() -> Vec<Mask>,
        own_ranges: bool,
    ) -> Option<FeatureRequest> {
        let against = self.against.as_ref()?;
        let key = CompareKey {
            maps,
            matched: self.pairs.of(maps.place),
            own_ranges,
        };
        if self.asked.as_ref() == Some(&key) {
            return None;
        }
        self.waiting.get_or_insert_with(Instant::now);
        self.ticket.0 += 1;
        let wanted = CompareRequest {
            face: face.clone(),
            place: maps.place,
            masks: masks(),
            against: against.clone(),
            matched: key.matched.clone(),
            own_ranges,
        };
        self.asked = Some(key);
        Some(FeatureRequest::Compare(self.ticket, wanted))
    }

    /// Takes the answer to the newest question; another face or second may have been chosen
    /// meanwhile. Returns whether it did.
    pub fn take(
        &mut self,
        ctx: &egui::Context,
        ticket: CompareTicket,
        result: Result<Compared, EngineError>,
    ) -> bool {
        if self.asked.is_none() || ticket != self.ticket {
            return false;
        }
        self.waiting = None;
        match result {
            Err(why) => {
                self.sets = None;
                self.problem = Some(why.to_string());
            }
            Ok(found) => self.show(ctx, found),
        }
        true
    }

    fn show(&mut self, ctx: &egui::Context, found: Compared) {
        let tower = |maps: Option<_>| maps.map(Tower::new);
        let towers = |maps: Vec<_>| maps.into_iter().map(tower).collect();
        let sets = Sets {
            place: found.place,
            towers: [found.first, found.second, found.difference].map(towers),
            second_input: texture(ctx, "second input", &found.second_input),
            alone: found.alone,
            kinship: found.kinship,
            matched: found.matched,
            masks: found.masks,
            second_muting: found.second_muting,
        };
        // There may be a difference no longer.
        if !sets.have_difference() {
            self.one = self.one.filter(|set| *set != Set::Difference);
            if self.inspected == Set::Difference {
                self.inspected = Set::First;
            }
        }
        self.sets = Some(sets);
        self.problem = None;
        self.arranged = None;
    }

    /// Takes what was found out about the second network, if it still is the second.
    pub fn take_pairs(&mut self, place: TapLayer, second: &Option<PathBuf>, matched: Matched) {
        if self.weights() == Some(second) {
            self.pairs.take(place, matched);
        }
    }
}
