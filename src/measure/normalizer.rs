//! Distances, and what they are divided by.

use serde::{Deserialize, Serialize};

use crate::label::{FaceBox, Point, PointLabel, Task, TaskKind, distance};

/// What the distances of NME and CED are divided by. Success at α is always by the eyes (eq. 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Normalizer {
    /// The distance of the task's two reference points: the eyes
    #[default]
    Eyes,
    /// The square root of the face box's area, from the data set or the labels, never jittered
    Box,
}

/// L: the distance between the labels of the two reference points in pixels, if both are known
/// and apart.
pub fn reference_length(labels: &[PointLabel], reference: (usize, usize)) -> Option<f32> {
    let (a, b) = (labels[reference.0].known()?, labels[reference.1].known()?);
    let length = distance(a, b);
    (length > 0.0).then_some(length)
}

/// [`reference_length`] in double precision.
pub(super) fn length(labels: &[PointLabel], reference: (usize, usize)) -> Option<f64> {
    let (a, b) = (labels[reference.0].known()?, labels[reference.1].known()?);
    let length = apart(a, b);
    (length > 0.0).then_some(length)
}

/// The distance of two points in pixels; not finite if one of them is not.
pub(super) fn apart(a: Point, b: Point) -> f64 {
    let d = |i: usize| f64::from(a[i]) - f64::from(b[i]);
    d(0).hypot(d(1))
}

impl Normalizer {
    /// What stands for it beside numbers. L is the distance of eq. 2 and nothing else.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eyes => "L",
            Self::Box => "B",
        }
    }

    /// As arguments and files have it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Eyes => "eyes",
            Self::Box => "box",
        }
    }

    /// "L: distance between labels of left eye and right eye"; nothing of a task without points.
    pub fn definition(self, task: &Task) -> String {
        match (self, &task.kind) {
            (_, TaskKind::Binary { .. }) => String::new(),
            (Self::Box, _) => format!("{}: root of the box's area", self.symbol()),
            (
                Self::Eyes,
                TaskKind::Points {
                    points, reference, ..
                },
            ) => {
                let [a, b] = [reference.0, reference.1].map(|i| points[i].replace('_', " "));
                format!("{}: distance between labels of {a} and {b}", self.symbol())
            }
        }
    }

    /// The length of a box, for [`Normalizer::Box`].
    pub fn of_box(face_box: &FaceBox) -> f64 {
        (f64::from(face_box.w) * f64::from(face_box.h)).sqrt()
    }
}
