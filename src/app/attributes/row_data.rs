//! The attributes of a face as rows: prediction, label, and what another predictor says.

use crate::app::faces::arrangement::Place;
use crate::app::faces::item::Face;
use crate::app::model::Model;
use crate::engine::NetworkInfo;
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
    /// Why the other network never was.
    pub other_untrained: Option<UntrainedReason>,
    pub place: Place,
}

impl Row<'_> {
    pub fn disagrees(&self) -> bool {
        self.label.is_some_and(|l| l != (self.probability >= 0.5))
    }

    /// The other's probability less the network's; none where either was never trained on it, as
    /// its numbers mean nothing.
    pub fn difference(&self) -> Option<f32> {
        let other = self.other?;
        let trained = self.untrained.is_none() && self.other_untrained.is_none();
        trained.then_some(other - self.probability)
    }
}

/// The network that the faces are compared with, if it is one: a file does not say what its predictor
/// was trained on.
pub fn beside(model: &Model) -> Option<&NetworkInfo> {
    let other = model.faces.other.as_ref().and_then(|o| o.network);
    model.networks.other().filter(|n| Some(n.hash) == other)
}

/// The attributes of a face; none before it is predicted. `untrained` is what the network was never
/// trained on, and what the one beside it was not.
pub fn rows<'a>(
    face: Face<'a>,
    schema: &'a Schema,
    [untrained, other_untrained]: [Option<&Untrained>; 2],
) -> Vec<Row<'a>> {
    let reason = |of: Option<&Untrained>, task: &str, item: &str| of?.reason(task, item);
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
                untrained: reason(untrained, &task.name, &attribute.name),
                other_untrained: reason(other_untrained, &task.name, &attribute.name),
                place: (t, i),
            }
        }));
    }
    all
}
