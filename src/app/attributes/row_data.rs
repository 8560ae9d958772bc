//! The attributes of a face as rows: prediction, label, and what another predictor says.

use crate::app::faces::arrangement::Place;
use crate::app::faces::item::Face;
use crate::label::{
    Schema, TaskKind, TaskLabels, TaskPrediction, Untrained, UntrainedReason, unreliable,
};

/// One attribute of a face.
pub struct Row<'a> {
    pub name: String,
    pub group: &'a str,
    pub probability: f32,
    pub label: Option<bool>,
    /// What another predictor says.
    pub other: Option<f32>,
    /// Why its labels are unreliable.
    pub doubt: Option<&'static str>,
    /// Why the network was never trained on it.
    pub untrained: Option<UntrainedReason>,
    pub place: Place,
}

impl Row<'_> {
    pub fn disagrees(&self) -> bool {
        self.label.is_some_and(|l| l != (self.probability >= 0.5))
    }

    /// The other's probability less the network's.
    pub fn difference(&self) -> Option<f32> {
        Some(self.other? - self.probability)
    }
}

/// The attributes of a face; none before it is predicted.
pub fn rows<'a>(face: Face<'a>, schema: &'a Schema, untrained: &Untrained) -> Vec<Row<'a>> {
    let mut all = Vec::new();
    let Some(prediction) = face.prediction() else {
        return all;
    };
    for (t, (task, said)) in schema.tasks.iter().zip(&prediction.tasks).enumerate() {
        let (TaskKind::Binary { attributes }, TaskPrediction::Binary(values)) = (&task.kind, said)
        else {
            continue;
        };
        let labels = match face.labels().and_then(|a| a.tasks.get(t)) {
            Some(TaskLabels::Binary(labels)) => Some(labels),
            _ => None,
        };
        let theirs = match face.other.and_then(|o| o.prediction.tasks.get(t)) {
            Some(TaskPrediction::Binary(theirs)) => Some(theirs),
            _ => None,
        };
        let each = attributes.iter().zip(values).enumerate();
        all.extend(each.map(|(i, (attribute, value))| {
            Row {
                name: attribute.name.replace('_', " "),
                group: &attribute.group,
                probability: *value,
                label: labels.and_then(|l| l.get(i)?.known()),
                other: theirs
                    .and_then(|o| o.get(i).copied())
                    .filter(|v| v.is_finite()),
                doubt: unreliable(&attribute.name),
                untrained: untrained.reason(&task.name, &attribute.name),
                place: (t, i),
            }
        }));
    }
    all
}
