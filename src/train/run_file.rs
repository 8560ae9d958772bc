//! `run.json`: what a run was started with.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use crate::dataset::{Dataset, Split, name_of};
use crate::hash::StableHasher;

/// What is trained on, so that a run says where its weights come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    pub paths: Vec<PathBuf>,
    pub train: usize,
    pub validation: usize,
    /// Of the names, boxes and labels of all samples: the same data give the same number.
    pub fingerprint: String,
}

/// Weights from elsewhere that a run begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InitialWeights {
    /// torchvision's VGG16, for stage 1's towers.
    pub vgg16: Option<PathBuf>,
    /// A checkpoint with hard sharing in place of stage 1.
    pub stage1: Option<PathBuf>,
}

/// `run.json`: enough to start the run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    pub program: String,
    pub device: String,
    pub config: TrainConfig,
    pub data: Data,
    #[serde(rename = "starts")]
    pub initial_weights: InitialWeights,
    /// The terms under which the weights may be used.
    pub license: String,
}

impl Data {
    /// The names of the data sets.
    pub fn names(&self) -> Vec<String> {
        let names = self.paths.iter().map(|path| name_of(path));
        names.collect()
    }

    /// Describes what the paths hold.
    pub(super) fn describe(paths: &[PathBuf], dataset: &Dataset) -> Self {
        let count = |wanted: Option<bool>| {
            dataset
                .samples
                .iter()
                .filter(|s| match s.split {
                    Some(Split::Test) => false,
                    split => Some(split == Some(Split::Validation)) == wanted,
                })
                .count()
        };
        // Of what the batches depend on.
        let mut hash = StableHasher::default();
        for sample in &dataset.samples {
            let name = sample.path.file_name().unwrap_or_default();
            hash.add(name.as_encoded_bytes());
            hash.add(
                format!("{:?}{:?}{:?}", sample.face, sample.split, sample.face_box).as_bytes(),
            );
            hash.add(format!("{:?}", sample.annotation.tasks).as_bytes());
        }
        Self {
            paths: paths.to_vec(),
            train: count(Some(false)),
            validation: count(Some(true)),
            fingerprint: hash.to_hex(),
        }
    }
}
