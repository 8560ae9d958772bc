//! The points of a face: predicted, labelled, and by another predictor.

use crate::label::{
    Annotation, Point, Prediction, Schema, TaskKind, TaskLabels, TaskPrediction, distance,
};
use crate::measure::{ALPHA, reference_length};

/// A point as predicted and as labelled, in photo coordinates.
pub struct PointView<'a> {
    /// Its task and its place there.
    pub place: (usize, usize),
    pub name: &'a str,
    pub found: Option<Point>,
    pub label: Option<Point>,
    /// What another predictor found.
    pub other: Option<Point>,
    /// The reference distance L in pixels.
    pub length: Option<f32>,
}

/// Each point of each points task: its name, the prediction and the label as far as there are
/// such, and L.
pub fn points_of<'s>(
    schema: &'s Schema,
    labels: Option<&Annotation>,
    prediction: Option<&Prediction>,
) -> Vec<PointView<'s>> {
    let mut all = Vec::new();
    for (t, task) in schema.tasks.iter().enumerate() {
        let TaskKind::Points {
            points, reference, ..
        } = &task.kind
        else {
            continue;
        };
        let labels = match labels.and_then(|a| a.tasks.get(t)) {
            Some(TaskLabels::Points(labels)) if labels.len() == points.len() => Some(labels),
            _ => None,
        };
        let found = match prediction.and_then(|p| p.tasks.get(t)) {
            Some(TaskPrediction::Points(found)) if found.len() == points.len() => Some(found),
            _ => None,
        };
        let length = labels.and_then(|l| reference_length(l, *reference));
        all.extend(points.iter().enumerate().map(|(i, name)| {
            PointView {
                place: (t, i),
                name,
                // Another program may have left a point out.
                found: found
                    .map(|f| f[i])
                    .filter(|p| p[0].is_finite() && p[1].is_finite()),
                label: labels.and_then(|l| l[i].known()),
                other: None,
                length,
            }
        }));
    }
    all
}

/// The mean distance of predicted and labelled points over L, as a fraction; NaN where unknown.
pub fn nme(points: &[PointView]) -> f32 {
    let offs = points.iter().filter_map(|p| Some(p.off()? / p.length?));
    let (sum, count) = offs.fold((0.0, 0.0_f32), |(s, n), off| (s + off, n + 1.0));
    sum / count
}

impl PointView<'_> {
    /// Pixels between prediction and label.
    pub fn off(&self) -> Option<f32> {
        Some(distance(self.found?, self.label?))
    }

    /// Pixels between the two predictions.
    pub fn apart(&self) -> Option<f32> {
        Some(distance(self.found?, self.other?))
    }

    /// Whether the point is within α·L of its label.
    pub fn is_found(&self) -> Option<bool> {
        Some(self.off()? <= ALPHA * self.length?)
    }

    /// The name as people write it.
    pub fn title(&self) -> String {
        self.name.replace('_', " ")
    }
}
