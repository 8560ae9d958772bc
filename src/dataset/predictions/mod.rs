//! What other programs, or this one, said about the faces of a data set: files of predictions in
//! photo coordinates, and to which faces they belong.
//!
//! A point or an attribute that a file does not have is unknown, never zero: its coordinates or
//! its probability are not numbers, which measures leave out.

mod matching;
mod read;

use std::path::PathBuf;

pub use matching::{FaceReference, Matches, matches, names_one_of};
pub use read::read;

use super::Problem;
use crate::label::{FaceBox, Prediction, Schema, TaskKind, TaskPrediction};

/// A file of predictions.
#[derive(Clone, Debug)]
pub struct Predictions {
    pub path: PathBuf,
    /// The file's name without its extension.
    pub name: String,
    pub made_by: MadeBy,
    pub faces: Vec<PredictedFace>,
    /// Lines that could not be used.
    pub problems: Vec<Problem>,
    /// Names in the file that the schema does not have.
    pub foreign: Vec<String>,
}

/// Which network made predictions, as far as their file says: this program writes it into each line.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct MadeBy {
    /// The weights' file.
    pub weights: Option<String>,
    /// The network's hash.
    pub network: Option<String>,
}

/// What a file says about one face.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedFace {
    pub line: u64,
    /// The picture as the file names it.
    pub image: String,
    /// Number of the face in its picture, if the file says.
    pub face: Option<u32>,
    /// Its place among the faces that the file has of the picture.
    pub order: u32,
    pub face_box: Option<FaceBox>,
    pub prediction: Prediction,
}

/// A prediction in which nothing is said.
pub fn unknown_prediction(schema: &Schema) -> Prediction {
    let tasks = schema.tasks.iter().map(|task| match task.kind {
        TaskKind::Points { .. } => TaskPrediction::Points(vec![[f32::NAN; 2]; task.len()]),
        TaskKind::Binary { .. } => TaskPrediction::Binary(vec![f32::NAN; task.len()]),
    });
    Prediction {
        tasks: tasks.collect(),
    }
}
