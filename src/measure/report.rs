//! Everything that is measured of several predictors on the same faces, as numbers to draw or
//! print: the command line and the window read the same [`Report`].

mod average;
mod part;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Serialize};

use super::ALPHA;
use super::accepted::without_accepted;
use super::bootstrap::{Bootstrap, Resampled};
use super::length::Length;
use super::paper::{PaperRow, paper};
use super::points::CED_STEPS;
use super::slice::Slice;
use crate::label::{Annotation, Prediction, Schema, Task};
use part::{Part, Progress};

/// What is measured, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// A point is found within this share of L.
    pub alpha: f64,
    /// Up to where the area under the CED goes, and beyond which a face has failed.
    pub limit: f64,
    pub nme: Length,
    /// Equal bins of the probability for the calibration error.
    pub bins: usize,
    pub bootstrap: Option<Bootstrap>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // The decimal number itself, not its nearest number in single precision.
            alpha: (f64::from(ALPHA) * 1e6).round() / 1e6,
            limit: 0.1,
            nme: Length::Eyes,
            bins: 10,
            bootstrap: None,
        }
    }
}

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

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub options: Options,
    pub faces: usize,
    /// Values that were accepted from the judged network. They count only in the group "with
    /// accepted labels".
    pub accepted: usize,
    /// Where the CEDs are stated: errors as shares of the length.
    pub ced_at: Vec<f64>,
    /// All faces, then the same with accepted labels if there are any, then the slices.
    pub groups: Vec<Group>,
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

/// In percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// `None` of nothing.
    pub value: Option<f64>,
    /// The 95 % interval, if faces of more than one person (or face) were resampled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// Over how many items an average is; the network's and the guess's are over the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<usize>,
}

/// As many measures as a task may have; those that it has not are not numbers.
pub(super) const MEASURES: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Success,
    Nme,
    MedianNme,
    Auc,
    Failure,
    Accuracy,
    BalancedAccuracy,
    F1,
    CalibrationError,
}

impl Measure {
    /// The measures of a task, the paper's first.
    pub fn of(task: &Task) -> &'static [Self] {
        if task.is_points() {
            &[
                Self::Success,
                Self::Nme,
                Self::MedianNme,
                Self::Auc,
                Self::Failure,
            ]
        } else {
            &[
                Self::Accuracy,
                Self::BalancedAccuracy,
                Self::F1,
                Self::CalibrationError,
            ]
        }
    }

    /// Whether resampling tells how far it may be off. The calibration error is a sum of absolute
    /// values, which resampling raises: its percentiles can leave the measured value out.
    pub fn has_interval(self) -> bool {
        self != Self::CalibrationError
    }

    /// As in the JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Nme => "nme",
            Self::MedianNme => "median_nme",
            Self::Auc => "auc",
            Self::Failure => "failure",
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::F1 => "f1",
            Self::CalibrationError => "calibration_error",
        }
    }
}

impl Report {
    /// Measures. Labels and predictions under another schema are unknown. `progress` is asked after
    /// each group and each resample; the report is `None` where it ended the work.
    pub fn new(measured: &Measured, progress: ProgressFn) -> Option<Self> {
        let limit = measured.options.limit;
        let step = |k| 2.0 * limit * k as f64 / CED_STEPS as f64;
        let ced_at: Vec<f64> = (0..=CED_STEPS).map(step).collect();
        let kept: Vec<_> = measured
            .faces
            .iter()
            .map(|f| without_accepted(f.labels, measured.is_judged))
            .collect();
        let accepted = kept.iter().map(|(_, count)| count).sum();
        let own: Vec<Cow<Annotation>> = kept.into_iter().map(|(labels, _)| labels).collect();
        let all: Vec<u32> = (0..measured.faces.len() as u32).collect();
        let sliced: usize = measured.slices.iter().map(|s| s.faces.len()).sum();
        let whole = all.len() * if accepted > 0 { 2 } else { 1 };
        let times = 1 + u64::from(measured.options.bootstrap.map_or(0, |b| b.resamples));
        let progress = Progress {
            tell: progress,
            done: AtomicU64::new(0),
            of: times * (whole + sliced) as u64,
        };
        let group = |labels: &[Cow<Annotation>], faces: &[u32], by, value: &str| {
            let part = Part {
                measured,
                labels,
                faces,
                ced_at: &ced_at,
                progress: &progress,
            };
            part.group(by, value)
        };
        let mut groups = vec![group(&own, &all, None, "all")?];
        if accepted > 0 {
            let every: Vec<_> = measured
                .faces
                .iter()
                .map(|f| Cow::Borrowed(f.labels))
                .collect();
            let by = Some("labels".to_owned());
            groups.push(group(&every, &all, by, "with accepted labels")?);
        }
        for slice in measured.slices {
            let by = Some(slice.by.clone());
            groups.push(group(&own, &slice.faces, by, &slice.value)?);
        }
        Some(Self {
            options: measured.options.clone(),
            faces: measured.faces.len(),
            accepted,
            ced_at,
            groups,
        })
    }

    /// The paper's rows for what is measured of a task; none if that is another measure.
    pub fn paper(&self, figures: &TaskEstimates) -> Vec<PaperRow> {
        if figures.task.is_points() && self.options.alpha != Options::default().alpha {
            return Vec::new();
        }
        paper(&figures.task, &|item| figures.is_measured(item))
    }
}
