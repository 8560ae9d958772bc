//! What the window asks, and what it is answered.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;

use super::features::{FeatureReply, FeatureRequest, TowerMaps};
use super::sweep::SweepNews;
use super::tickets::{FaceTicket, ListTicket, SweepTicket, ValuesTicket};
use crate::dataset::Samples;
use crate::evaluation::Trained;
use crate::label::{FaceBox, Prediction, Schema, Untrained};
use crate::model::{TapLayer, weights_name};
use crate::study::Towers;

/// The places of the two networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    A,
    B,
}

impl Slot {
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// What the window asks. `ticket` is its own name for what it asks about.
pub enum Request {
    /// Predict a face that somebody is looking at, before all others; the one it takes the place of
    /// is predicted later.
    Predict(PredictRequest),
    /// Predict a face when there is nothing better to do.
    PredictLater(PredictRequest),
    /// What the network that is not in use says about a face.
    Compare(PredictRequest),
    /// About feature maps.
    Feature(FeatureRequest),
    /// The value at a place of a channel in each of these towers.
    Values {
        ticket: ValuesTicket,
        towers: Vec<TowerMaps>,
        channel: u32,
        x: u32,
        y: u32,
    },
    /// Predict these samples in the background, in this order; ends another such sweep. Each has a
    /// ticket of its own.
    Sweep {
        ticket: SweepTicket,
        samples: Samples,
        wanted: Vec<u32>,
    },
    StopSweep,
    /// Nothing that was asked about faces is wanted any more: another list is open.
    Forget,
    /// What the network in use has found before about these samples, all unless some are wanted.
    Recall {
        ticket: ListTicket,
        samples: Samples,
        wanted: Option<Vec<u32>>,
    },
    /// Delete the predictions that are kept for other sessions.
    ForgetKept,
    /// Read weights into a place; if it is the one in use, use them.
    Load {
        slot: Slot,
        path: PathBuf,
    },
    /// Put the bundled weights into a place.
    LoadBundled(Slot),
    /// Use the network in this place, if there is one.
    Use(Slot),
    /// Use the other network, if there is one.
    Switch,
    /// Let the two change places; the one in use stays in use.
    Swap,
}

/// A face to predict.
#[derive(Clone)]
pub struct PredictRequest {
    pub ticket: FaceTicket,
    pub photo: Arc<RgbImage>,
    pub face_box: FaceBox,
    /// The picture's file, by which its prediction is found again; `None` for one without a file.
    pub file: Option<Arc<Path>>,
}

/// What the engine answers.
pub enum Reply {
    /// A network is ready; also sent when it moves to another device.
    Network(NetworkInfo),
    /// What was to be loaded into this place cannot be.
    NotLoaded(Slot, String),
    /// The network in this place is in use from now on.
    InUse(Slot),
    /// The networks have changed places.
    Swapped,
    Predicted {
        ticket: FaceTicket,
        face_box: FaceBox,
        prediction: Arc<Prediction>,
        /// `None` for what was found before.
        latency: Option<Duration>,
    },
    /// What the other network says.
    Compared {
        ticket: FaceTicket,
        face_box: FaceBox,
        prediction: Arc<Prediction>,
    },
    Recalled {
        ticket: ListTicket,
        /// Hash of the weights that had answered.
        network: u64,
        found: Vec<(usize, FaceBox, Arc<Prediction>)>,
    },
    Feature(FeatureReply),
    Values {
        ticket: ValuesTicket,
        /// One for each tower; none where it could not be read.
        values: Vec<Option<f32>>,
    },
    Swept(SweepNews),
    Failed(String),
}

/// What there is to say about the network in use.
#[derive(Clone, Debug)]
pub struct NetworkInfo {
    pub slot: Slot,
    /// Of the weights' bytes.
    pub hash: u64,
    /// As [`crate::model::Network::fingerprint`].
    pub fingerprint: String,
    pub schema: Schema,
    /// "separation, channelwise".
    pub title: String,
    /// "bundled", or the file.
    pub origin: String,
    pub license: String,
    /// Which faces made it.
    pub trained: Arc<Trained>,
    pub parameters: usize,
    /// Every map that some tower has, from the input to the output.
    pub places: Vec<TapLayer>,
    /// What it was never trained on.
    pub untrained: Arc<Untrained>,
    /// What the joining weights say of the towers; nothing in it is measured.
    pub norms: Arc<Towers>,
    /// What computes it now.
    pub device: String,
    /// Whether the GPU is compiling its kernels, to take it over.
    pub warming: bool,
}

impl NetworkInfo {
    /// "bundled", or what the file is called.
    pub fn name(&self) -> String {
        weights_name(&self.origin)
    }
}
