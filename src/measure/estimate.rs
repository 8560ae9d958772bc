//! What is measured of a task and within which limits, and the values that come of it.

use serde::{Deserialize, Serialize};

use super::ALPHA;
use super::bootstrap::Bootstrap;
use super::normalizer::Normalizer;
use crate::label::Task;

/// What is measured, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// A point is found within this share of L.
    pub alpha: f64,
    /// Up to where the area under the CED goes, and beyond which a face has failed.
    pub limit: f64,
    pub nme: Normalizer,
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
            nme: Normalizer::Eyes,
            bins: 10,
            bootstrap: None,
        }
    }
}

/// In percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// `None` of nothing.
    pub value: Option<f64>,
    /// The 95 % interval, if faces of more than one person (or face) were resampled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// Whether the interval is Wilson's, as that of a share of 0 or 100 %, and none of resamples.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub wilson: bool,
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
