//! The networks: their configuration, their towers, taps into them, and the files they live in.

mod checkpoint;
mod config;
mod layers;
mod network;
mod ops;
mod predict;
mod start;
mod sweep;
mod vgg16;

pub use checkpoint::{Checkpoint, CheckpointError, Preprocessing, bundled};
pub use config::{Branch, Config, Fusion, Layer, Norm, Topology};
pub use layers::Dropout;
pub use network::{Network, Tap, TowerId, input_shape};
pub use predict::{FeatureMap, Predictor, decode_task};
pub use start::TaskStart;
pub use sweep::{Found, predict_samples, predict_samples_in};
pub use vgg16::load_vgg16;
