//! What maps are asked for.

use crate::engine::FaceKey;
use crate::model::{Mask, TapLayer};

/// What maps are asked for: they are asked for again as soon as any of it is another.
#[derive(Clone, PartialEq)]
pub struct MapsKey {
    /// The face at hand, and where it is looked at.
    pub face: FaceKey,
    pub place: TapLayer,
    pub masks: Vec<Mask>,
    /// Hash of the weights, and what computes them.
    pub network: Option<(u64, String)>,
}
