//! What prediction and labels of a face say of its attributes and points, in numbers that lists are
//! filtered and sorted by.

use super::findings::Finding;
use super::points::{PointView, points_of};
use crate::dataset::Sample;
use crate::label::{Presence, Schema, TaskLabels, TaskPrediction};

/// Task and attribute.
pub type AttributeIndex = (usize, usize);

/// How many attributes are predicted otherwise than labelled, of how many that are labelled and
/// predicted.
pub fn disputes(sample: &Sample, found: &Finding) -> (usize, usize) {
    both(sample, found).fold((0, 0), |(differ, all), (_, label, p)| {
        (differ + usize::from(label != (p >= 0.5)), all + 1)
    })
}

/// Whether the point of this number, or any, misses its label.
pub fn point_misses(
    sample: &Sample,
    found: &Finding,
    point: Option<usize>,
    schema: &Schema,
) -> bool {
    let Some(point) = point.filter(|_| found.misses) else {
        return found.misses;
    };
    let points = points_of(schema, Some(&sample.annotation), Some(&found.prediction));
    points
        .get(point)
        .is_some_and(|p| p.is_found() == Some(false))
}

/// Whether an attribute is predicted as present, where it is predicted.
pub fn predicted_presence(found: &Finding, place: AttributeIndex) -> Option<bool> {
    let value = Some(probability(found, place)).filter(|v| v.is_finite());
    value.map(|v| v >= 0.5)
}

/// The label of an attribute, where it is known.
pub fn label(sample: &Sample, (task, item): AttributeIndex) -> Option<bool> {
    match sample.annotation.tasks.get(task)? {
        TaskLabels::Binary(values) => values.get(item).copied().and_then(Presence::known),
        TaskLabels::Points(_) => None,
    }
}

/// The probability of an attribute; NaN where it is unknown.
pub fn probability(found: &Finding, (task, at): AttributeIndex) -> f32 {
    match found.prediction.tasks.get(task) {
        Some(TaskPrediction::Binary(values)) => values.get(at).copied().unwrap_or(f32::NAN),
        _ => f32::NAN,
    }
}

/// The mean cross-entropy of the attributes that are labelled and predicted; NaN where none is.
pub fn attribute_loss(sample: &Sample, found: &Finding) -> f32 {
    /// The least probability of what is labelled, as in training.
    const LEAST: f32 = 1e-6;
    let losses = both(sample, found).map(|(_, label, p)| {
        let of_label = if label { p } else { 1.0 - p };
        -of_label.max(LEAST).ln()
    });
    mean(losses)
}

/// The attribute that is predicted otherwise than labelled with the most confidence, and its
/// probability.
pub fn surest_dispute(sample: &Sample, found: &Finding) -> Option<(AttributeIndex, f32)> {
    let disputed = both(sample, found).filter(|(_, label, p)| *label != (*p >= 0.5));
    let surest = disputed.max_by(|a, b| (a.2 - 0.5).abs().total_cmp(&(b.2 - 0.5).abs()));
    surest.map(|(place, _, p)| (place, p))
}

/// The mean probability of what the network says of the attributes, 0.5 to 1; NaN where it says
/// nothing.
pub fn confidence(found: &Finding) -> f32 {
    let tasks = found.prediction.tasks.iter();
    let values = tasks.flat_map(|task| match task {
        TaskPrediction::Binary(values) => values.as_slice(),
        TaskPrediction::Points(_) => &[],
    });
    mean(values.filter(|p| p.is_finite()).map(|p| p.max(1.0 - p)))
}

/// How far the point of this number is from its label, over L; NaN where that is unknown.
pub fn point_error(sample: &Sample, found: &Finding, point: usize, schema: &Schema) -> f32 {
    let points = points_of(schema, Some(&sample.annotation), Some(&found.prediction));
    let error = |p: &PointView| Some(p.off()? / p.length?);
    points.get(point).and_then(error).unwrap_or(f32::NAN)
}

/// The attributes that are labelled and predicted: label and probability.
fn both<'a>(
    sample: &'a Sample,
    found: &'a Finding,
) -> impl Iterator<Item = (AttributeIndex, bool, f32)> + 'a {
    attribute_places(sample).filter_map(|place| {
        let p = Some(probability(found, place)).filter(|p| p.is_finite())?;
        Some((place, label(sample, place)?, p))
    })
}

fn attribute_places(sample: &Sample) -> impl Iterator<Item = AttributeIndex> + '_ {
    let tasks = sample.annotation.tasks.iter().enumerate();
    tasks.flat_map(|(t, labels)| {
        let count = match labels {
            TaskLabels::Binary(values) => values.len(),
            TaskLabels::Points(_) => 0,
        };
        (0..count).map(move |i| (t, i))
    })
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0.0_f32), |(s, n), v| (s + v, n + 1.0));
    sum / count
}
