//! What the view asks the engine for the face at hand, and what it makes of the answers.

use std::time::Instant;

use eframe::egui;

use super::{Effect, FeatureView, Shown, Tower, muting, texture};
use crate::engine::{
    EffectWanted, FeatureRequest, LayerMaps, LookedAt, MapsWanted, MutedAnswer, TowerMaps,
};
use crate::label::Schema;
use crate::model::Mask;

impl FeatureView {
    /// What to ask the engine for the face at hand, as far as that has not been asked.
    pub(super) fn requests(&mut self, face: LookedAt) -> Vec<FeatureRequest> {
        let mut ask = Vec::new();
        if self.face != face.ticket {
            self.face = face.ticket;
            self.effect = Effect::default();
            self.attention.forget();
        }
        if !self.asked {
            self.asked = true;
            self.waiting = Some(Instant::now());
            self.effect.asked = false;
            self.comparison.asked = false;
            ask.push(FeatureRequest::Maps(MapsWanted {
                face: face.clone(),
                place: self.place,
                masks: self.muting.masks(),
            }));
        }
        ask.extend(self.compare_request(&face));
        if !self.effect.asked
            && let Some(masks) = self.effect_masks()
        {
            self.effect.asked = true;
            self.effect.of_all = !self.muting.is_empty();
            ask.push(FeatureRequest::Effect(EffectWanted { face, masks }));
        }
        ask
    }

    /// What is muted, or else the selected channel alone.
    fn effect_masks(&self) -> Option<Vec<Mask>> {
        if !self.muting.is_empty() {
            return Some(self.muting.masks());
        }
        let shown = self.shown.as_ref().filter(|s| s.place == self.place)?;
        let (tower, channel) = (shown.towers.get(self.selected.0)?, self.selected.1 as usize);
        let layer = Some(shown.place.layer).filter(|_| shown.place.is_conv())?;
        let channels = tower.maps.channels();
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
        self.waiting = None;
        self.value = None;
        let tower = self.selected.0.min(maps.towers.len().saturating_sub(1));
        let channels = maps.towers.get(tower).map_or(1, TowerMaps::channels) as u32;
        let selected = (tower, self.selected.1.min(channels.saturating_sub(1)));
        let changed = self
            .shown
            .as_ref()
            .is_none_or(|s| s.place != maps.place || selected != self.selected);
        self.selected = selected;
        if changed {
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
    }

    pub(super) fn take_effect(&mut self, schema: &Schema, answer: &MutedAnswer) {
        const ROWS: usize = 5;
        if self.effect_masks().as_ref() != Some(&answer.masks) {
            return; // something else has been chosen meanwhile
        }
        self.effect.rows = muting::changes(schema, answer, ROWS);
        self.effect.moves = muting::moves(answer);
    }

    /// A value has come for a place that was asked for.
    pub fn take_value(&mut self, channel: u32, x: u32, y: u32, values: &[f32]) {
        if let Some(at) = self.pointer
            && (at.map.map_or(self.selected.1, |m| m.1), at.x, at.y) == (channel, x, y)
            && let Some(value) = values.first()
        {
            self.value = Some((at, *value));
        }
    }
}
