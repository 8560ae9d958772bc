//! What the view asks the engine for the face at hand, and what it makes of the answers.

use std::time::Instant;

use eframe::egui;

use crate::app::features::compare::{SETS, Slot};
use crate::app::features::{Effect, FeatureView, Pointer, Shown, Tower, muting, texture};
use crate::engine::{
    EffectRequest, FaceKey, FaceTicket, FeatureRequest, LayerMaps, LayerMapsRequest, MutedAnswer,
    PhotoFace, Request, TowerMaps, ValuesTicket,
};
use crate::label::Schema;
use crate::model::{Mask, TapLayer};

impl FeatureView {
    /// What to ask the engine for the face at hand, as far as that has not been asked.
    pub(super) fn requests(&mut self, face: PhotoFace) -> Vec<FeatureRequest> {
        let mut ask = Vec::new();
        self.attention.turn_to(Some(face.key));
        if self.face != Some(face.key) {
            if self.face.is_none_or(|key| key.ticket != face.key.ticket) {
                self.effect = Effect::default();
            }
            self.face = Some(face.key);
        }
        self.absent = None;
        if !self.asked {
            self.asked = true;
            self.failed = None;
            self.waiting.get_or_insert_with(Instant::now);
            self.effect.asked = false;
            self.comparison.asked = false;
            ask.push(FeatureRequest::Maps(LayerMapsRequest {
                face: face.clone(),
                place: self.place,
                masks: self.muting.masks(),
            }));
        }
        ask.extend(self.compare_request(&face));
        // Maps of another network may have come since, whose channels are others.
        if let Some(masks) = self.effect_masks()
            && !(self.effect.asked && self.effect.of == masks)
        {
            self.effect.asked = true;
            self.effect.answered = false;
            self.effect.of.clone_from(&masks);
            ask.push(FeatureRequest::Effect(EffectRequest { face, masks }));
        }
        ask
    }

    /// There is no face to look at: its picture is still read, or `why` it never will be.
    pub(super) fn has_no_face(&mut self, ticket: FaceTicket, why: Option<String>) {
        if self.face.is_some_and(|key| key.ticket != ticket) {
            self.attention.turn_to(None);
        }
        self.absent = why;
        self.asked = false;
        self.waiting = match self.absent {
            Some(_) => None,
            None => self.waiting.or_else(|| Some(Instant::now())),
        };
        self.pointer = None;
    }

    /// What is muted, or else the selected channel alone.
    fn effect_masks(&self) -> Option<Vec<Mask>> {
        if !self.muting.is_empty() {
            return Some(self.muting.masks());
        }
        let shown = self.shown.as_ref().filter(|s| s.place == self.place)?;
        let (tower, channel) = (self.tower()?, self.selected.1 as usize);
        let layer = Some(shown.place.layer).filter(|_| shown.place.is_conv())?;
        let channels = tower.maps.channels();
        if channel >= channels {
            return None; // of a wider network beside this one
        }
        Some(vec![Mask::muting(
            tower.maps.id,
            layer,
            channels,
            &[channel],
        )])
    }

    pub fn take(&mut self, ctx: &egui::Context, maps: LayerMaps) {
        if maps.place != self.place {
            return;
        }
        // Those of an older box are shown until the newer ones come.
        if self.is_fresh(maps.key) {
            self.waiting = None;
        }
        self.failed = None;
        self.probe.maps += 1;
        if self.shown.as_ref().is_none_or(|s| s.place != maps.place) {
            self.effect = Effect::default();
        }
        self.shown = Some(Shown {
            place: maps.place,
            input: texture(ctx, "network input", &maps.input),
            towers: maps.towers.into_iter().map(Tower::new).collect(),
            all: maps.all,
            heat: None,
            arranged: None,
        });
        let channels = self.tower().map_or(1, |t| t.maps.channels()) as u32;
        let (tower, _) = self.place_selected();
        self.select(tower, self.selected.1.min(channels.saturating_sub(1)));
    }

    /// Whether an answer is for the face at hand, in the box where it is now.
    fn is_fresh(&self, key: FaceKey) -> bool {
        self.face == Some(key)
    }

    /// There will be no maps of a place for the face at hand.
    pub(super) fn fail(&mut self, place: TapLayer, why: &str) {
        if place != self.place {
            return;
        }
        (self.waiting, self.pointer) = (None, None);
        self.failed = Some(format!("The maps of this layer cannot be made: {why}"));
    }

    pub(super) fn take_effect(&mut self, schema: &Schema, answer: &MutedAnswer) {
        const ROWS: usize = 5;
        if self.effect_masks().as_ref() != Some(&answer.masks) {
            return; // something else has been chosen meanwhile
        }
        // That of an older box is shown until the newer one comes.
        self.effect.answered = self.is_fresh(answer.key);
        self.effect.of_all = !self.muting.is_empty();
        self.effect.rows = muting::changes(schema, answer, ROWS);
        self.effect.moves = muting::moves(answer);
    }

    /// What is under the pointer, in which maps.
    fn pointed(&self) -> Option<(Pointer, Slot, u32, u64)> {
        let (slot, channel) = self.keyed();
        Some((self.pointer?, slot, channel, self.probe.maps))
    }

    /// The values under the pointer, once they have come: those of the place where it was before
    /// are not shown beside the new one.
    pub(super) fn values(&self) -> &[Option<f32>] {
        match self.asks_for_value() {
            true => &[],
            false => &self.probe.values,
        }
    }

    /// Whether the pointer is where nothing has been asked about yet.
    pub(super) fn asks_for_value(&self) -> bool {
        self.pointer.is_some() && self.probe.asked != self.pointed()
    }

    /// The value under the pointer, as far as that has not been asked.
    pub(super) fn value_request(&mut self) -> Option<Request> {
        let asked = self.pointed();
        let (at, slot, channel, _) = asked?;
        if self.probe.asked == asked {
            return None;
        }
        let of = |set| {
            let tower = self.tower_of(Slot { set, ..slot });
            tower.map(|tower| tower.maps.clone())
        };
        let towers: Vec<TowerMaps> = match self.compared_sets() {
            Some(sets) if sets.have_difference() => SETS.into_iter().filter_map(of).collect(),
            _ => of(slot.set).into_iter().collect(),
        };
        if towers.is_empty() {
            return None;
        }
        self.probe.asked = asked;
        self.probe.ticket.0 += 1;
        self.probe.values.clear();
        Some(Request::Values {
            ticket: self.probe.ticket,
            towers,
            channel,
            x: at.x,
            y: at.y,
        })
    }

    pub fn take_value(&mut self, ticket: ValuesTicket, values: &[Option<f32>]) {
        if ticket == self.probe.ticket {
            self.probe.values = values.to_vec();
        }
    }
}
