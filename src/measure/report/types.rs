//! What a report is made from, and what it consists of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::label::{Annotation, Prediction, Schema, Task};
use crate::measure::bootstrap::Resampled;
use crate::measure::estimate::{Estimate, Measure, Options};
use crate::measure::slice::Slice;

/// A measured face.
#[derive(Clone, Debug)]
pub struct Face<'a> {
    pub labels: &'a Annotation,
    /// For [`Length::Box`], in pixels.
    pub box_length: Option<f64>,
    pub identity: Option<&'a str>,
}

/// Who says something about faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Network,
    /// Another program, by its file.
    File,
    /// Nobody: [`super::Guess`].
    Guess,
}

/// What one predictor says about all faces. A coordinate or probability that is not a number was
/// not said, and counts as little as an unknown label.
#[derive(Clone, Debug)]
pub struct Predicted<'a> {
    pub name: &'a str,
    pub who: Who,
    /// One for each face; `None` where it says nothing.
    pub faces: &'a [Option<&'a Prediction>],
}

/// Hears how much is done of how much, and says whether to go on.
pub type ProgressFn<'a> = &'a (dyn Fn(u64, u64) -> bool + Sync);

/// All that a report is made from.
pub struct Measured<'a> {
    pub schema: &'a Schema,
    pub faces: &'a [Face<'a>],
    /// The first is judged; the others stand beside it.
    pub predicted: &'a [Predicted<'a>],
    pub slices: &'a [Slice],
    /// Whether weights of this name are the judged ones, so that labels accepted from them do not
    /// count.
    pub is_judged: &'a dyn Fn(&str) -> bool,
    pub options: Options,
}

/// Some of the faces.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The column of a slice; `None` for all faces.
    pub by: Option<String>,
    pub value: String,
    pub faces: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resampled: Option<Resampled>,
    pub tasks: Vec<TaskEstimates>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskEstimates {
    #[serde(flatten)]
    pub task: Task,
    pub predictors: Vec<PredictorEstimates>,
}

impl TaskEstimates {
    /// Whether anything is known about an item.
    pub fn is_measured(&self, item: usize) -> bool {
        self.predictors.iter().any(|p| p.rows[item].known > 0)
    }

    /// Of how many items anything is known.
    pub fn measured_items(&self) -> usize {
        (0..self.task.len())
            .filter(|&i| self.is_measured(i))
            .count()
    }

    /// Whether anything is known of the task.
    pub fn any_measured(&self) -> bool {
        (0..self.task.len()).any(|item| self.is_measured(item))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictorEstimates {
    pub name: String,
    pub who: Who,
    /// The items in their order, their average, and for points whole faces.
    pub rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    Item,
    /// The mean over the items, as the paper averages.
    Average,
    /// The mean error over a face's points as one error.
    WholeFace,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub name: String,
    pub kind: RowKind,
    /// Faces for which label and prediction are known; of an average, all those of its items.
    pub known: u64,
    pub figures: BTreeMap<Measure, Estimate>,
    /// The share of faces up to each of [`Report::ced_at`], in percent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ced: Vec<f64>,
    /// Face and error: who is behind each point of the CED.
    #[serde(skip)]
    pub errors: Vec<(u32, f64)>,
}
