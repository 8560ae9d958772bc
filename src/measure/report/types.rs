//! What a report is made from, and what it consists of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::label::{
    Annotation, Prediction, Schema, Task, Untrained, UntrainedReason, trained_or_all,
};
use crate::measure::bootstrap::Resampled;
use crate::measure::estimate::{Estimate, Measure, Options};
use crate::measure::slice::Slice;

/// A measured face.
#[derive(Clone, Debug)]
pub struct Face<'a> {
    pub labels: &'a Annotation,
    /// For [`Normalizer::Box`], in pixels.
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
    /// Nobody: [`super::TrivialBaseline`].
    #[serde(rename = "guess")]
    Trivial,
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
    /// What the judged network was never trained on.
    pub untrained: &'a Untrained,
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

    /// The judged network, and those of the others of which anything is known here.
    pub fn said(&self) -> Vec<&PredictorEstimates> {
        let all = self.predictors.iter().enumerate();
        let says = |p: &PredictorEstimates| p.rows.iter().any(|r| r.known > 0);
        let said = all.filter(|(n, p)| *n == 0 || says(p));
        said.map(|(_, p)| p).collect()
    }

    /// Of how many items anything is known that the network was trained on, if it was on any.
    pub fn measured_items(&self) -> usize {
        let counted = trained_or_all(self.trained()).into_iter().enumerate();
        counted
            .filter(|(i, counts)| *counts && self.is_measured(*i))
            .count()
    }

    /// Of each item, whether the judged network was trained on it.
    pub fn trained(&self) -> Vec<bool> {
        (0..self.task.len()).map(|i| self.is_trained(i)).collect()
    }

    /// Whether the judged network was trained on an item.
    pub fn is_trained(&self, item: usize) -> bool {
        let rows = self.predictors.iter().filter_map(|p| p.rows.get(item));
        rows.into_iter().all(|r| r.untrained.is_none())
    }

    /// What the averages leave out since the network was never trained on it: "averages over 39 of 40
    /// attributes; never trained: Attractive".
    pub fn untrained_text(&self) -> Option<String> {
        const NAMED: usize = 5;
        let measured = (0..self.task.len()).filter(|&i| self.is_measured(i));
        let (trained, others): (Vec<usize>, Vec<usize>) =
            measured.partition(|&i| self.is_trained(i));
        if others.is_empty() {
            return None;
        }
        let name = &self.task.name;
        if trained.is_empty() {
            return Some(format!("the network was never trained on {name}"));
        }
        let items = self.task.items().enumerate();
        let named = items.filter(|(i, _)| others.contains(i)).take(NAMED);
        let named: Vec<String> = named.map(|(_, item)| item.replace('_', " ")).collect();
        let more = match others.len() {
            n if n > NAMED => format!(" and {} more", n - NAMED),
            _ => String::new(),
        };
        Some(format!(
            "averages over {} of {} {name}; never trained: {}{more}",
            trained.len(),
            trained.len() + others.len(),
            named.join(", ")
        ))
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
    /// Why the network, if it is its row, was never trained on this item: the item is in no average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrained: Option<UntrainedReason>,
    pub figures: BTreeMap<Measure, Estimate>,
    /// The share of faces up to each of [`Report::ced_at`], in percent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ced: Vec<f64>,
    /// Face and error: who is behind each point of the CED.
    #[serde(skip)]
    pub errors: Vec<(u32, f64)>,
}
