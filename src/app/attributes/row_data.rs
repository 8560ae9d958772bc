//! The attributes of a face as rows: prediction, label, and what another predictor says.

use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::item::Face;
use crate::app::model::Model;
use crate::engine::NetworkInfo;
use crate::label::{
    Presence, Schema, TaskKind, TaskLabels, TaskPrediction, Untrained, UntrainedReason, unreliable,
};

/// One attribute of a face.
pub struct Row<'a> {
    pub name: String,
    pub group: &'a str,
    /// NaN where there is no prediction.
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
    pub place: AttributeIndex,
    /// What the label was before somebody changed it.
    pub before: Option<Presence>,
}

impl Row<'_> {
    pub fn disagrees(&self) -> bool {
        let predicted = self.probability >= 0.5;
        self.probability.is_finite() && self.label.is_some_and(|l| l != predicted)
    }

    /// The other's probability less the network's; none where either was never trained on it, as
    /// its numbers mean nothing.
    pub fn difference(&self) -> Option<f32> {
        let other = self.other?;
        let trained = self.untrained.is_none() && self.other_untrained.is_none();
        let known = trained && self.probability.is_finite();
        known.then_some(other - self.probability)
    }
}

/// The network that the faces are compared with, if it is one: a file does not say what its predictor
/// was trained on.
pub fn beside(model: &Model) -> Option<&NetworkInfo> {
    let other = model.faces.other.as_ref().and_then(|o| o.network);
    model.networks.other().filter(|n| Some(n.hash) == other)
}

/// The attributes of a face; none before it is predicted, unless `labelling`. `untrained` is what the network was never
/// trained on, and what the one beside it was not.
pub fn rows<'a>(
    face: Face<'a>,
    schema: &'a Schema,
    [untrained, other_untrained]: [Option<&Untrained>; 2],
    labelling: bool,
) -> Vec<Row<'a>> {
    let reason = |of: Option<&Untrained>, task: &str, item: &str| of?.reason(task, item);
    let mut all = Vec::new();
    if face.finding.is_none() && !labelling {
        return all;
    }
    for (t, task) in schema.tasks.iter().enumerate() {
        let TaskKind::Binary { attributes } = &task.kind else {
            continue;
        };
        let values = match face.prediction().and_then(|p| p.of(t, task)) {
            Some(TaskPrediction::Binary(values)) => Some(values),
            _ if labelling => None,
            _ => continue,
        };
        let labels = match face.labels().and_then(|a| a.tasks.get(t)) {
            Some(TaskLabels::Binary(labels)) => Some(labels),
            _ => None,
        };
        let theirs = match face.other.and_then(|o| o.prediction.tasks.get(t)) {
            Some(TaskPrediction::Binary(theirs)) => Some(theirs),
            _ => None,
        };
        let each = attributes.iter().enumerate();
        all.extend(each.map(|(i, attribute)| {
            Row {
                name: attribute.name.replace('_', " "),
                group: &attribute.group,
                probability: values.map_or(f32::NAN, |values| values[i]),
                label: labels.and_then(|l| l.get(i)?.known()),
                other: theirs
                    .and_then(|o| o.get(i).copied())
                    .filter(|v| v.is_finite()),
                doubt: unreliable(&attribute.name),
                untrained: reason(untrained, &task.name, &attribute.name),
                other_untrained: reason(other_untrained, &task.name, &attribute.name),
                place: (t, i),
                before: None,
            }
        }));
    }
    all
}
