//! The networks: their configuration, their towers, taps into them, and the files they live in.

mod checkpoint;
mod config;
mod error;
mod inferred;
mod layers;
mod network;
mod ops;
mod parameters;
mod predict;
mod stage_two;
mod state_dict;
mod sweep;
mod taps;
#[cfg(test)]
pub(crate) mod testing;
mod tower_id;
mod vgg16;

pub use checkpoint::{BUNDLED, Checkpoint, CheckpointError, bundled, weights_name};
pub use config::{Branch, Config, Fusion, Layer, Norm, Topology};
pub use error::{ConfigError, TensorError, TowerError, UnknownLayer, UnknownTapLayer};
pub use layers::Dropout;
pub use network::{Network, input_shape};
pub use predict::{FeatureMap, Predictor, decode_task};
pub use stage_two::TaskStart;
pub use sweep::{FacePrediction, predict_samples, predict_samples_in};
pub use taps::{Ablation, FusionHalf, FusionLayer, InputRectangle, Mask, Tap, TapKind, TapLayer};
pub use tower_id::TowerId;
pub use vgg16::load_vgg16;

// What studies need of a single pass.
pub(crate) use checkpoint::run_of;
pub(crate) use layers::{Pass, floats};
pub(crate) use predict::{INPUT_LEN, decode};
pub(crate) use sweep::crop_group;
pub(crate) use taps::{Hooks, repeated};
