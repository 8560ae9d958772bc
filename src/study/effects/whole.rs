//! The predictions with all channels, against which those with muted ones are held.

use super::subjects::{Subject, predictions};
use super::sums::{Items, Sum};
use crate::label::{
    PointLabel, Prediction, Presence, Task, TaskKind, TaskLabels, TaskPrediction, distance,
};
use crate::measure::reference_length;
use crate::model::Predictor;

/// Answers that are nearer than this come from rounding, which depends on how many faces are in a
/// batch: probabilities, and points in parts of L.
const ROUNDING_OF_PROBABILITIES: f32 = 1e-6;
const ROUNDING_OF_POINTS: f64 = 1e-5;

/// What is labelled of a task.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    Points(&'a [PointLabel]),
    Binary(&'a [Presence]),
}

impl<'a> Known<'a> {
    /// The labels of a task, as far as there are such.
    pub fn of(subject: &'a Subject, t: usize, task: &Task, trained: &[bool]) -> Option<Self> {
        match subject.labels.as_ref()?.of(t, task)? {
            TaskLabels::Points(points) => Some(Self::Points(points)),
            TaskLabels::Binary(labels) => {
                let labels = Self::Binary(labels);
                (labels.count(trained) > 0).then_some(labels)
            }
        }
    }

    /// How many labels are known of what the network was trained on.
    pub fn count(self, trained: &[bool]) -> usize {
        let known: Vec<bool> = match self {
            Self::Points(points) => points.iter().map(|l| l.known().is_some()).collect(),
            Self::Binary(labels) => labels.iter().map(|l| l.known().is_some()).collect(),
        };
        let pairs = known.iter().zip(trained);
        pairs
            .filter(|(known, trained)| **known && **trained)
            .count()
    }
}

/// Of a probability, what the label says against it: no more than what single precision tells
/// from certainty.
fn cross_entropy(probability: f32, present: bool) -> f64 {
    let right = match present {
        true => f64::from(probability),
        false => 1.0 - f64::from(probability),
    };
    -right.max(f64::from(f32::EPSILON)).ln()
}

/// A face with all channels, and what its points are measured by; an entry per task.
pub(super) struct Whole<'a> {
    prediction: Prediction,
    /// The labelled points, where they give an L, or the attributes, where any is known.
    pub known: Vec<Option<Known<'a>>>,
    /// L in photo pixels: of the labels or, for the shift, of what is predicted.
    lengths: Vec<f64>,
    /// Task by task, what counts.
    items: &'a [Items],
}

impl<'a> Whole<'a> {
    pub fn of(predictor: &Predictor, subject: &'a Subject, items: &'a [Items]) -> Self {
        let prediction = predictions(predictor, subject, &[], 1).swap_remove(0);
        let tasks = &predictor.schema().tasks;
        let scale = |(t, task): (usize, &Task)| {
            let labels = Known::of(subject, t, task, &items[t].trained);
            let (TaskKind::Points { reference, .. }, TaskPrediction::Points(found)) =
                (&task.kind, &prediction.tasks[t])
            else {
                return (labels, 1.0);
            };
            let length = match labels {
                Some(Known::Points(points)) => reference_length(points, *reference),
                _ => None,
            };
            let known = length.and(labels);
            let predicted = distance(found[reference.0], found[reference.1]);
            let length = f64::from(length.unwrap_or(predicted)).max(f64::from(f32::EPSILON));
            (known, length)
        };
        let (known, lengths) = tasks.iter().enumerate().map(scale).unzip();
        Self {
            prediction,
            known,
            lengths,
            items,
        }
    }

    pub fn compare(&self, muted: &Prediction, sums: &mut [Sum]) {
        for (t, sum) in sums.iter_mut().enumerate() {
            let Items {
                trained,
                sized,
                count,
            } = &self.items[t];
            match (sum, &self.prediction.tasks[t], &muted.tasks[t]) {
                (Sum::Points(sum), TaskPrediction::Points(a), TaskPrediction::Points(b)) => {
                    let off =
                        |a: &[f32; 2], b: &[f32; 2]| f64::from(distance(*a, *b)) / self.lengths[t];
                    let moves = |(a, b): (&[f32; 2], &[f32; 2])| off(a, b) > ROUNDING_OF_POINTS;
                    let moved = a.iter().zip(b).zip(sized).filter(|(_, counts)| **counts);
                    let moved = moved.map(|(both, _)| both).filter(|both| moves(*both));
                    let moved: f64 = moved.map(|(a, b)| off(a, b)).sum();
                    sum.shift += moved / count;
                    let Some(Known::Points(labels)) = self.known[t] else {
                        continue;
                    };
                    let points = labels.iter().zip(trained).zip(a.iter().zip(b));
                    for ((label, trained), (a, b)) in points {
                        let Some(at) = label.known().filter(|_| *trained) else {
                            continue;
                        };
                        sum.known += 1;
                        if moves((a, b)) {
                            sum.nme += off(&at, b) - off(&at, a);
                        }
                    }
                }
                (Sum::Binary(sum), TaskPrediction::Binary(a), TaskPrediction::Binary(b)) => {
                    let changes = |a: f32, b: f32| (b - a).abs() > ROUNDING_OF_PROBABILITIES;
                    let mut all = 0.0;
                    let each = a.iter().zip(b).zip(&mut sum.each).zip(sized);
                    for (((a, b), sum), counts) in each {
                        if *counts && changes(*a, *b) {
                            let change = f64::from(b - a);
                            sum.0 += change.abs();
                            sum.1 += change;
                            all += change.abs();
                        }
                    }
                    sum.change += all / count;
                    let Some(Known::Binary(labels)) = self.known[t] else {
                        continue;
                    };
                    let each = labels.iter().zip(trained).zip(a.iter().zip(b));
                    for ((label, trained), (a, b)) in each {
                        let Some(present) = label.known().filter(|_| *trained) else {
                            continue;
                        };
                        sum.known += 1;
                        if changes(*a, *b) {
                            sum.loss += cross_entropy(*b, present) - cross_entropy(*a, present);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}
