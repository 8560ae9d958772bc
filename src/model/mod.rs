//! The networks: their configuration, their towers, taps into them, and the files they live in.

mod checkpoint;
mod config;
mod effects;
mod excite;
mod explain;
mod fusion;
mod inferred;
mod layers;
mod matching;
mod network;
mod ops;
mod parameters;
mod predict;
mod start;
mod state_dict;
mod sweep;
mod taps;
#[cfg(test)]
mod testing;
mod untrained;
mod vgg16;

pub use checkpoint::{BUNDLED, Checkpoint, CheckpointError, bundled, weights_name};
pub use config::{Branch, Config, Fusion, Layer, Norm, Topology};
pub use effects::{Differing, Effects, Subject, TaskEffect, channel_effects, subjects};
pub use excite::{Activation, Example, Excitement, most_exciting};
pub use explain::{
    Fill, GRAD_CAM_MEANS, HeatMap, Occlusion, Target, grad_cam, grad_cam_words, last_tap,
    occlusion, randomised, rank_correlation,
};
pub use fusion::{Base, Share, Towers, fusion_norms, towers};
pub use layers::Dropout;
pub use matching::{Kinship, Matching, Pair, match_channels};
pub use network::{Network, TowerId, input_shape};
pub use predict::{FeatureMap, Predictor, decode_task};
pub use start::TaskStart;
pub use sweep::{Found, predict_samples, predict_samples_in};
pub use taps::{Cut, Depth, Half, InputRectangle, Mask, Place, Tap, TapKind};
pub use untrained::{Untrained, UntrainedReason};
pub use vgg16::load_vgg16;
