//! What is asked of a trained network over faces: which channels matter and what activates them most,
//! where it looked, what each tower gives, which channels of two networks answer alike.
//!
//! Plain functions that tell how far they are and end when they are told to; the commands call them
//! as they are, the window's engine on threads.

mod attention;
mod effects;
mod error;
mod explanation;
mod feature_maps;
mod matching;
mod top_activations;
mod towers;

pub use attention::{Fill, HeatMap, Occlusion, Target, last_tap};
pub use effects::{Differing, Effects, TaskEffect, effects_over};
pub use error::StudyError;
pub use explanation::{ExplainRequest, Explanation, Method, RandomCheck, TargetLabel};
pub use feature_maps::{
    FaceMaps, MapsRequest, Second, SecondMuting, SideMaps, alone_text, difference, has_difference,
    maps_at, masks_for, muted_pairs,
};
pub use matching::{Kinship, Matched, Matching, Pair, TRAINED_APART, match_channels, towers_at};
pub use top_activations::{Activation, Example, TopActivations, top_activations};
pub use towers::{Base, Share, Towers, fusion_norms, towers};
