//! What is known about a face, and what a network says about it, task by task.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::template::completed;
use super::{FaceBox, Point, Schema, Task, TaskKind};

/// How sure a labelled point is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointState {
    Visible,
    /// Hidden in the picture, its place guessed.
    Occluded,
    /// Not labelled; its coordinates mean nothing.
    #[default]
    Unknown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PointLabel {
    /// In photo coordinates.
    pub at: Point,
    pub state: PointState,
}

impl PointLabel {
    pub fn visible(at: Point) -> Self {
        Self {
            at,
            state: PointState::Visible,
        }
    }

    /// Where the point is, unless that is unknown.
    pub fn known(&self) -> Option<Point> {
        (self.state != PointState::Unknown).then_some(self.at)
    }
}

/// A yes-or-no label, which may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    #[default]
    Unknown,
    Absent,
    Present,
}

impl Presence {
    /// "present", "absent", "unknown".
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }

    pub fn known(self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Absent => Some(false),
            Self::Present => Some(true),
        }
    }
}

impl From<bool> for Presence {
    fn from(present: bool) -> Self {
        if present { Self::Present } else { Self::Absent }
    }
}

/// Where a label came from. Measuring a network on labels that were accepted from it would be
/// circular, so each value remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Read from a data set.
    #[default]
    Imported,
    /// Set by a person.
    Person,
    /// Looked at by a person and kept.
    Confirmed,
    /// Accepted from a network's prediction, one by one or in bulk.
    Accepted { weights: Arc<str>, bulk: bool },
}

/// Before the weights from which a label was accepted.
const ACCEPTED: &str = "accepted:";
const IN_BULK: &str = "accepted-in-bulk:";

impl Provenance {
    /// As tables have it: "person", "confirmed", "accepted:weights"; nothing of what is imported.
    pub fn word(&self) -> String {
        match self {
            Self::Imported => String::new(),
            Self::Person => "person".into(),
            Self::Confirmed => "confirmed".into(),
            Self::Accepted { weights, bulk } => {
                let how = if *bulk { IN_BULK } else { ACCEPTED };
                format!("{how}{weights}")
            }
        }
    }

    /// What such a word says; `None` of another one.
    pub fn of_word(word: &str) -> Option<Self> {
        let accepted = |weights: &str, bulk| Self::Accepted {
            weights: weights.into(),
            bulk,
        };
        match word {
            "" => Some(Self::Imported),
            "person" => Some(Self::Person),
            "confirmed" => Some(Self::Confirmed),
            word => match (word.strip_prefix(ACCEPTED), word.strip_prefix(IN_BULK)) {
                (Some(weights), _) => Some(accepted(weights, false)),
                (_, Some(weights)) => Some(accepted(weights, true)),
                _ => None,
            },
        }
    }
}

/// "in the set", "by a person", "accepted from weights".
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Imported => f.write_str("in the set"),
            Self::Person => f.write_str("by a person"),
            Self::Confirmed => f.write_str("confirmed by a person"),
            Self::Accepted { weights, bulk } => {
                let bulk = if *bulk { " in bulk" } else { "" };
                write!(f, "accepted{bulk} from {weights}")
            }
        }
    }
}

/// The labels of one task, in the order of its items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskLabels {
    Points(Vec<PointLabel>),
    Binary(Vec<Presence>),
}

/// The labels of one face, one entry per task of the schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    pub tasks: Vec<TaskLabels>,
    /// Values, by (task, item), that were not imported. Most labels are, so only the others
    /// take room.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<(usize, usize), Provenance>,
}

impl Annotation {
    /// An annotation of `schema` in which everything is unknown.
    pub fn unknown(schema: &Schema) -> Self {
        let tasks = schema
            .tasks
            .iter()
            .map(|task| match &task.kind {
                TaskKind::Points { points, .. } => {
                    TaskLabels::Points(vec![PointLabel::default(); points.len()])
                }
                TaskKind::Binary { attributes } => {
                    TaskLabels::Binary(vec![Presence::Unknown; attributes.len()])
                }
            })
            .collect();
        Self {
            tasks,
            provenance: BTreeMap::new(),
        }
    }

    /// The labels of task number `t` of a schema. `None` if they were read under another schema,
    /// which has no such task, one of another kind or one of another length.
    pub fn of(&self, t: usize, task: &Task) -> Option<&TaskLabels> {
        let fits = |labels: &&TaskLabels| match labels {
            TaskLabels::Points(points) => task.is_points() && points.len() == task.len(),
            TaskLabels::Binary(values) => !task.is_points() && values.len() == task.len(),
        };
        self.tasks.get(t).filter(fits)
    }

    pub fn provenance(&self, task: usize, item: usize) -> Provenance {
        self.provenance
            .get(&(task, item))
            .cloned()
            .unwrap_or_default()
    }

    /// How many values of `task` are known.
    pub fn known(&self, task: usize) -> usize {
        match &self.tasks[task] {
            TaskLabels::Points(points) => points.iter().filter(|p| p.known().is_some()).count(),
            TaskLabels::Binary(values) => values.iter().filter(|v| v.known().is_some()).count(),
        }
    }

    /// Takes every value that is unknown here from `other`, so that label files which each know
    /// a part can be joined. Returns how many known values disagreed (ours are kept).
    pub fn fill_from(&mut self, other: &Annotation) -> usize {
        let mut disagreements = 0;
        for (task, (ours, theirs)) in self.tasks.iter_mut().zip(&other.tasks).enumerate() {
            match (ours, theirs) {
                (TaskLabels::Points(ours), TaskLabels::Points(theirs)) => {
                    for (item, (a, b)) in ours.iter_mut().zip(theirs).enumerate() {
                        if a.known().is_none() {
                            *a = *b;
                            copy_provenance(&mut self.provenance, other, (task, item));
                        } else if b.known().is_some() && a != b {
                            disagreements += 1;
                        }
                    }
                }
                (TaskLabels::Binary(ours), TaskLabels::Binary(theirs)) => {
                    for (item, (a, b)) in ours.iter_mut().zip(theirs).enumerate() {
                        if a.known().is_none() {
                            *a = *b;
                            copy_provenance(&mut self.provenance, other, (task, item));
                        } else if b.known().is_some() && a != b {
                            disagreements += 1;
                        }
                    }
                }
                _ => disagreements += 1,
            }
        }
        disagreements
    }

    /// The box that labelled points suggest: around their mean, its half side twice the larger side
    /// of their bounding rectangle. Where only some of a face's five are known, the others are taken
    /// to lie as in a mean face. `None` where fewer than two are.
    pub fn box_from_points(&self) -> Option<FaceBox> {
        self.tasks.iter().find_map(|task| match task {
            TaskLabels::Points(points) => {
                let known: Vec<Option<Point>> = points.iter().map(PointLabel::known).collect();
                let all: Option<Vec<Point>> = known.iter().copied().collect();
                FaceBox::around(&all.or_else(|| completed(&known))?)
            }
            TaskLabels::Binary(_) => None,
        })
    }
}

fn copy_provenance(
    into: &mut BTreeMap<(usize, usize), Provenance>,
    from: &Annotation,
    key: (usize, usize),
) {
    if let Some(p) = from.provenance.get(&key) {
        into.insert(key, p.clone());
    }
}

/// What a network says about one face, one entry per task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    pub tasks: Vec<TaskPrediction>,
}

impl Prediction {
    /// What is said about task number `t` of a schema, as [`Annotation::of`].
    pub fn of(&self, t: usize, task: &Task) -> Option<&TaskPrediction> {
        let fits = |said: &&TaskPrediction| match said {
            TaskPrediction::Points(points) => task.is_points() && points.len() == task.len(),
            TaskPrediction::Binary(values) => !task.is_points() && values.len() == task.len(),
        };
        self.tasks.get(t).filter(fits)
    }

    /// What was said under the schema `from`, for the tasks of `to`: by the names of tasks and of
    /// their items. What is not said is no number.
    pub fn between(&self, from: &Schema, to: &Schema) -> Self {
        let said = |task: &Task| {
            let t = from.position(&task.name)?;
            Some((&from.tasks[t], self.of(t, &from.tasks[t])?))
        };
        let place = |own: &Task, name: &str| own.items().position(|item| item == name);
        let task = |task: &Task| match (&task.kind, said(task)) {
            (TaskKind::Points { .. }, Some((own, TaskPrediction::Points(points)))) => {
                let at = |name| Some(points[place(own, name)?]);
                let all = task.items().map(|name| at(name).unwrap_or([f32::NAN; 2]));
                TaskPrediction::Points(all.collect())
            }
            (TaskKind::Binary { .. }, Some((own, TaskPrediction::Binary(values)))) => {
                let at = |name| Some(values[place(own, name)?]);
                let all = task.items().map(|name| at(name).unwrap_or(f32::NAN));
                TaskPrediction::Binary(all.collect())
            }
            (TaskKind::Points { .. }, _) => TaskPrediction::Points(vec![[f32::NAN; 2]; task.len()]),
            (TaskKind::Binary { .. }, _) => TaskPrediction::Binary(vec![f32::NAN; task.len()]),
        };
        Self {
            tasks: to.tasks.iter().map(task).collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskPrediction {
    /// In photo coordinates.
    Points(Vec<Point>),
    /// The probability that each attribute is present, 0 to 1.
    Binary(Vec<f32>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_fills_only_what_is_unknown() {
        let schema = Schema::face();
        let mut a = Annotation::unknown(&schema);
        let mut b = Annotation::unknown(&schema);
        let TaskLabels::Binary(ours) = &mut a.tasks[1] else {
            unreachable!()
        };
        ours[0] = Presence::Present;
        let TaskLabels::Binary(theirs) = &mut b.tasks[1] else {
            unreachable!()
        };
        theirs[0] = Presence::Absent;
        theirs[1] = Presence::Absent;
        b.provenance.insert((1, 1), Provenance::Person);
        assert_eq!(a.fill_from(&b), 1);
        assert_eq!(a.known(1), 2);
        assert_eq!(a.provenance(1, 0), Provenance::Imported);
        assert_eq!(a.provenance(1, 1), Provenance::Person);
    }

    #[test]
    fn what_another_schema_says_is_found_by_names() {
        let both = Schema::face();
        let mut one = both.clone();
        one.tasks.remove(0);
        let TaskKind::Binary { attributes } = &mut one.tasks[0].kind else {
            unreachable!()
        };
        attributes.reverse();
        attributes.pop();
        let said = Prediction {
            tasks: vec![TaskPrediction::Binary((0..39).map(|n| n as f32).collect())],
        };
        let found = said.between(&one, &both);
        assert!(matches!(&found.tasks[0], TaskPrediction::Points(p) if p.len() == 5));
        let TaskPrediction::Binary(values) = &found.tasks[1] else {
            panic!("{found:?}");
        };
        assert!(values[0].is_nan() && values.len() == 40);
        assert_eq!([values[1], values[39]], [38.0, 0.0]);
        // And back: nothing of the points.
        assert_eq!(found.between(&both, &one), said);
        assert_eq!(said.between(&one, &one), said);
    }

    #[test]
    fn labels_of_another_schema_are_none() {
        let schema = Schema::face();
        let [points, binary] = &schema.tasks[..] else {
            unreachable!()
        };
        let a = Annotation::unknown(&schema);
        assert!(a.of(0, points).is_some() && a.of(1, binary).is_some());
        assert!(a.of(0, binary).is_none() && a.of(2, binary).is_none());
        let mut fewer = points.clone();
        if let TaskKind::Points { points, .. } = &mut fewer.kind {
            points.pop();
        }
        assert!(a.of(0, &fewer).is_none());
        let actual = Prediction {
            tasks: vec![TaskPrediction::Binary(vec![0.5; 40])],
        };
        assert!(actual.of(0, binary).is_some() && actual.of(0, points).is_none());
        assert!(actual.of(1, binary).is_none());
    }
}
