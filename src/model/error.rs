//! What can be wrong with a network's configuration, with the tensors of a file, and with two
//! networks that are to become one.

use crate::label::SchemaError;

/// Why a configuration describes no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("width {width} is not in 1..={max}")]
    Width { width: usize, max: usize },
    #[error("fc {fc} is not in 1..={max}")]
    Fc { fc: usize, max: usize },
}

/// A name that none of the network's layers has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no layer {name:?}; there are {layers}")]
pub struct UnknownLayer {
    pub name: String,
    /// The names that there are.
    pub layers: String,
}

/// A name that none of the maps of the paper's networks has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTapLayer {
    #[error(
        "no fused map {0:?}; there are fuse1_2 to fuse4_3 and fuse_fc, in channelwise networks"
    )]
    Fused(String),
    #[error("{0}; and fuse1_2 to fuse4_3 and fuse_fc in channelwise networks")]
    Conv(UnknownLayer),
}

/// Why tensors of a file are not those of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TensorError {
    /// The library that reads the format says no.
    #[error("{0}")]
    File(String),
    /// A file of another kind, as "a PNG picture".
    #[error("it is {0}")]
    FileType(&'static str),
    #[error("it has no tensors")]
    NoTensors,
    #[error("none of its {count} tensors is called so: {names}, …")]
    OtherNames { count: usize, names: String },
    #[error("missing")]
    Missing,
    #[error("{0} is missing")]
    NamedMissing(String),
    #[error("features.0.weight is missing; {0}")]
    NoFeatures(Box<TensorError>),
    #[error("shape {found:?} where {expected:?} belongs")]
    Shape {
        found: Vec<usize>,
        expected: Vec<usize>,
    },
    #[error("claims the shape {0:?}")]
    TooLarge(Vec<usize>),
    #[error("{0} values where floats belong")]
    Type(String),
    #[error("holds values that are not finite")]
    NotFinite,
    #[error("{0} belongs to no layer of this program's networks")]
    OtherLayer(String),
    #[error(
        "the file does not say what the tasks of its towers are: {0} (a safetensors file of this \
         program does)"
    )]
    UnknownTasks(String),
    #[error("{task}.output has {found} units where {expected} belong")]
    Outputs {
        task: String,
        found: String,
        expected: usize,
    },
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Why towers of networks cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TowerError {
    #[error("stage 2 needs a separation network")]
    NoSeparation,
    #[error("stage 1 must share all ten convolutions; this one is {0}")]
    PartlyShared(String),
    #[error("stage 1 has width {stage1}, stage 2 asks for {stage2}")]
    Width { stage1: usize, stage2: usize },
    #[error(
        "a warm start needs hard sharing with the branch at Fc and fc {fc}; stage 1 is {stage1} \
         with fc {stage1_fc}"
    )]
    WarmStart {
        fc: usize,
        stage1: String,
        stage1_fc: usize,
    },
    #[error("the networks differ: {0} and {1}")]
    Networks(String, String),
    #[error("the other network has no task {0:?}")]
    NoTask(String),
    #[error(
        "the shared towers differ at {0}: only towers trained beside the same shared tower can be \
         joined"
    )]
    SharedTower(String),
    #[error(transparent)]
    Schema(#[from] SchemaError),
}
