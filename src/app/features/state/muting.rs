//! Channels held at zero, as at a mixing desk.

use std::collections::BTreeSet;

use crate::app::features::state::effect::Effect;
use crate::model::{Layer, Mask, TowerId};

/// Whether a channel takes part in the maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    Active,
    Muted,
    Solo,
    /// Others of its layer are solo.
    Masked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MuteButton {
    Mute,
    Solo,
}

impl ChannelState {
    /// Whether it is held at zero.
    pub fn is_masked(self) -> bool {
        matches!(self, Self::Muted | Self::Masked)
    }
}

/// Which channels are muted or solo, in any layer of any tower.
#[derive(Default)]
pub struct Muting {
    layers: Vec<LayerMuting>,
    /// Counts changes.
    pub version: u64,
    pub effect: Effect,
    /// What was muted until somebody let all be heard.
    before: Option<Muted>,
}

/// Channels that are muted or solo.
pub struct Muted(Vec<LayerMuting>);

/// A layer of a tower.
#[derive(Clone)]
struct LayerMuting {
    tower: TowerId,
    layer: Layer,
    channels: u32,
    muted: BTreeSet<u32>,
    solo: BTreeSet<u32>,
}

impl LayerMuting {
    fn keeps(&self, channel: u32) -> bool {
        !self.muted.contains(&channel) && (self.solo.is_empty() || self.solo.contains(&channel))
    }
}

impl Muting {
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Presses a channel's button; `channels` is how many its layer has.
    pub fn press(
        &mut self,
        button: MuteButton,
        (tower, layer, channels): (TowerId, Layer, u32),
        channel: u32,
    ) {
        let here = |d: &LayerMuting| (d.tower, d.layer) == (tower, layer);
        let at = self.layers.iter().position(here).unwrap_or_else(|| {
            self.layers.push(LayerMuting {
                tower,
                layer,
                channels,
                muted: BTreeSet::new(),
                solo: BTreeSet::new(),
            });
            self.layers.len() - 1
        });
        let desk = &mut self.layers[at];
        let (pressed, other) = match button {
            MuteButton::Mute => (&mut desk.muted, &mut desk.solo),
            MuteButton::Solo => (&mut desk.solo, &mut desk.muted),
        };
        if !pressed.remove(&channel) {
            pressed.insert(channel);
            other.remove(&channel);
        }
        self.layers
            .retain(|d| !(d.muted.is_empty() && d.solo.is_empty()));
        self.version += 1;
    }

    pub fn reset(&mut self) {
        self.layers.clear();
        self.version += 1;
    }

    /// Resets because somebody wants so, who may want it back.
    pub fn hear_all(&mut self) {
        if !self.is_empty() {
            self.before = Some(Muted(self.layers.clone()));
        }
        self.reset();
    }

    /// What was muted until just now.
    pub fn take_before(&mut self) -> Option<Muted> {
        self.before.take()
    }

    pub fn put_back(&mut self, muted: Muted) {
        self.layers = muted.0;
        self.version += 1;
    }

    pub fn state(&self, tower: TowerId, layer: Layer, channel: u32) -> ChannelState {
        let here = |d: &&LayerMuting| (d.tower, d.layer) == (tower, layer);
        match self.layers.iter().find(here) {
            None => ChannelState::Active,
            Some(d) if d.muted.contains(&channel) => ChannelState::Muted,
            Some(d) if d.solo.contains(&channel) => ChannelState::Solo,
            Some(d) if !d.solo.is_empty() => ChannelState::Masked,
            Some(_) => ChannelState::Active,
        }
    }

    pub fn masks(&self) -> Vec<Mask> {
        let mask = |d: &LayerMuting| Mask {
            tower: d.tower,
            layer: d.layer,
            keep: (0..d.channels).map(|c| d.keeps(c)).collect(),
        };
        self.layers.iter().map(mask).collect()
    }

    /// "2 muted, 1 solo"; nothing where none is.
    pub fn text(&self) -> String {
        let count = |of: fn(&LayerMuting) -> usize| self.layers.iter().map(of).sum::<usize>();
        let (muted, solo) = (count(|d| d.muted.len()), count(|d| d.solo.len()));
        match (muted, solo) {
            (0, 0) => String::new(),
            (m, 0) => format!("{m} muted"),
            (0, s) => format!("{s} solo"),
            (m, s) => format!("{m} muted, {s} solo"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: (TowerId, Layer, u32) = (TowerId::Shared, Layer::Conv1_2, 4);

    #[test]
    fn buttons_work_as_at_a_mixing_desk() {
        let mut desk = Muting::default();
        desk.press(MuteButton::Mute, AT, 1);
        assert_eq!(desk.masks()[0].keep, [true, false, true, true]);
        desk.press(MuteButton::Solo, AT, 2);
        assert_eq!(desk.masks()[0].keep, [false, false, true, false]);
        assert_eq!(desk.text(), "1 muted, 1 solo");
        let state = |d: &Muting, c| d.state(AT.0, AT.1, c);
        assert_eq!(state(&desk, 0), ChannelState::Masked);
        desk.press(MuteButton::Solo, AT, 1);
        assert_eq!(state(&desk, 1), ChannelState::Solo, "no longer muted");
        desk.press(MuteButton::Solo, AT, 1);
        desk.press(MuteButton::Solo, AT, 2);
        assert!(desk.is_empty() && desk.masks().is_empty());
        desk.press(MuteButton::Mute, AT, 0);
        desk.reset();
        assert_eq!(state(&desk, 0), ChannelState::Active);
    }
}
