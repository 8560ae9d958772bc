//! What maps, and what muting does, are asked for.

use crate::engine::FaceKey;
use crate::model::{Layer, Mask, TapLayer, TowerId};

/// What maps are asked for: they are asked for again as soon as any of it is another.
#[derive(Clone, Copy, PartialEq)]
pub struct MapsKey {
    /// The face at hand, and where it is looked at.
    pub face: FaceKey,
    pub place: TapLayer,
    /// The version of what is muted.
    pub muting: u64,
}

/// What the effect of muting is asked for.
#[derive(Clone, Copy, PartialEq)]
pub enum EffectOf {
    /// All that is muted, in this version.
    Muted(u64),
    /// One channel that is not muted, of as many as its layer has.
    Channel {
        tower: TowerId,
        layer: Layer,
        channel: usize,
        channels: usize,
    },
}

/// What muting was asked for, of which face.
pub struct EffectKey {
    pub face: FaceKey,
    pub of: EffectOf,
    /// What its answer bears.
    pub masks: Vec<Mask>,
}
