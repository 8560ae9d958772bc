//! What a network was never trained on. It answers all the same, and its answer means nothing:
//! so it is noted in the checkpoint, for whoever shows the answer.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Prediction, Schema, Task, TaskLabels, TaskPrediction};

/// Why something could not be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UntrainedReason {
    NoLabel,
    OnlyAbsent,
    OnlyPresent,
    /// Another task alone was to be trained.
    LeftOut,
    /// The loss of the task had a weight of 0, so that no gradient came of it.
    NoWeight,
}

impl fmt::Display for UntrainedReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::NoLabel => "no label known",
            Self::OnlyAbsent => "every label absent",
            Self::OnlyPresent => "every label present",
            Self::LeftOut => "the run left them out",
            Self::NoWeight => "a loss weight of 0",
        })
    }
}

/// The points and attributes that a network was never trained on, by the names of task and item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrained(BTreeMap<String, BTreeMap<String, UntrainedReason>>);

/// Of the items of a task those that were trained or, if none was, all: what counts where a network
/// that knows nothing of a task is measured too.
pub fn trained_or_all(trained: Vec<bool>) -> Vec<bool> {
    match trained.contains(&true) {
        true => trained,
        false => vec![true; trained.len()],
    }
}

impl Untrained {
    /// What labels do not teach.
    pub fn of_labels<'a>(schema: &Schema, labels: impl Iterator<Item = &'a [TaskLabels]>) -> Self {
        // Whether absent and present are known; of points, whether the point is.
        let mut known: Vec<Vec<[bool; 2]>> = schema
            .tasks
            .iter()
            .map(|task| vec![[false; 2]; task.len()])
            .collect();
        for tasks in labels {
            for (known, labels) in known.iter_mut().zip(tasks) {
                match labels {
                    TaskLabels::Points(points) => {
                        for (known, point) in known.iter_mut().zip(points) {
                            *known = [known[0] | point.known().is_some(); 2];
                        }
                    }
                    TaskLabels::Binary(values) => {
                        for (known, value) in known.iter_mut().zip(values) {
                            if let Some(present) = value.known() {
                                known[usize::from(present)] = true;
                            }
                        }
                    }
                }
            }
        }
        let mut untrained = Self::default();
        for (task, known) in schema.tasks.iter().zip(known) {
            let items = task.items().zip(known).filter_map(|(item, known)| {
                let why = match known {
                    [false, false] => UntrainedReason::NoLabel,
                    [true, false] => UntrainedReason::OnlyAbsent,
                    [false, true] => UntrainedReason::OnlyPresent,
                    [true, true] => return None,
                };
                Some((item.to_owned(), why))
            });
            untrained.set(&task.name, items.collect());
        }
        untrained
    }

    /// As a checkpoint's `training` says it. One that does not say counts as trained.
    pub fn from_training(training: &serde_json::Value) -> Self {
        let noted = training.get(KEY).cloned();
        noted
            .and_then(|v| serde_json::from_value(v).ok())
            .unwrap_or_default()
    }

    /// Writes it into a checkpoint's `training`.
    pub fn write_to(&self, training: &mut serde_json::Value) {
        if let (false, serde_json::Value::Object(entries)) = (self.is_empty(), training) {
            entries.insert(KEY.into(), serde_json::json!(self.0));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn reason(&self, task: &str, item: &str) -> Option<UntrainedReason> {
        self.0.get(task)?.get(item).copied()
    }

    /// Of each item of a task, whether it was trained.
    pub fn trained(&self, task: &Task) -> Vec<bool> {
        task.items()
            .map(|item| self.reason(&task.name, item).is_none())
            .collect()
    }

    /// Takes what a network says of what it was never taught for unknown, so that nobody who is given
    /// the prediction takes it for an answer.
    pub fn hide(&self, schema: &Schema, prediction: &mut Prediction) {
        self.hide_points(schema, prediction);
        for (task, prediction) in schema.tasks.iter().zip(&mut prediction.tasks) {
            if let TaskPrediction::Binary(values) = prediction {
                let values = values.iter_mut().zip(self.trained(task));
                let untrained = values.filter(|(_, trained)| !trained);
                untrained.for_each(|(value, _)| *value = f32::NAN);
            }
        }
    }

    /// As [`Self::hide`] for points alone: a point that was never taught is nowhere, while an attribute
    /// can be shown as one that was not.
    pub fn hide_points(&self, schema: &Schema, prediction: &mut Prediction) {
        for (task, prediction) in schema.tasks.iter().zip(&mut prediction.tasks) {
            if let TaskPrediction::Points(points) = prediction {
                let points = points.iter_mut().zip(self.trained(task));
                let untrained = points.filter(|(_, trained)| !trained);
                untrained.for_each(|(point, _)| *point = [f32::NAN; 2]);
            }
        }
    }

    /// What is untrained of a task.
    pub fn task(&self, name: &str) -> BTreeMap<String, UntrainedReason> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    pub fn set(&mut self, task: &str, items: BTreeMap<String, UntrainedReason>) {
        match items.is_empty() {
            true => self.0.remove(task),
            false => self.0.insert(task.to_owned(), items),
        };
    }

    /// Notes that a whole task was not trained.
    pub fn leave_out(&mut self, task: &Task, why: UntrainedReason) {
        let items = task.items().map(|i| (i.to_owned(), why));
        self.set(&task.name, items.collect());
    }

    /// Takes away what `earlier` training had taught already.
    pub fn retain_untrained(&mut self, task: &str, earlier: &Self) {
        let mut items = self.task(task);
        items.retain(|item, _| earlier.reason(task, item).is_some());
        self.set(task, items);
    }

    /// A sentence for each task and reason, with a few names: "38 attributes are not taught: no label
    /// known (Bald, Young, Male and 35 more)".
    pub fn sentences(&self, schema: &Schema) -> Vec<String> {
        const NAMED: usize = 3;
        let mut sentences = Vec::new();
        for task in &schema.tasks {
            for (why, items) in self.by_reason(task) {
                let (n, all) = (items.len(), task.len());
                let name = &task.name;
                sentences.push(match &items[..] {
                    _ if n == all => format!("{name} are not taught: {why}"),
                    [one] => format!("{one} is not taught: {why}"),
                    _ if n <= NAMED + 1 => {
                        format!("{n} {name} are not taught: {why} ({})", items.join(", "))
                    }
                    _ => format!(
                        "{n} {name} are not taught: {why} ({} and {} more)",
                        items[..NAMED].join(", "),
                        n - NAMED
                    ),
                });
            }
        }
        sentences
    }

    fn by_reason<'a>(&self, task: &'a Task) -> BTreeMap<UntrainedReason, Vec<&'a str>> {
        let mut by: BTreeMap<UntrainedReason, Vec<&str>> = BTreeMap::new();
        for item in task.items() {
            if let Some(why) = self.reason(&task.name, item) {
                by.entry(why).or_default().push(item);
            }
        }
        by
    }

    /// A line for each task and reason: "attributes (no label known): Bald, Young".
    pub fn lines(&self, schema: &Schema) -> Vec<String> {
        let mut lines = Vec::new();
        for task in &schema.tasks {
            for (why, items) in self.by_reason(task) {
                let named = match items.len() == task.len() {
                    true => "all of them".to_owned(),
                    false => items.join(", "),
                };
                lines.push(format!("{} ({why}): {named}", task.name));
            }
        }
        lines
    }
}

const KEY: &str = "untrained";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{PointLabel, Presence};

    fn labels(points: &[usize], attributes: &[(usize, bool)]) -> Vec<TaskLabels> {
        let mut tasks = vec![
            TaskLabels::Points(vec![PointLabel::default(); 5]),
            TaskLabels::Binary(vec![Presence::Unknown; 40]),
        ];
        if let TaskLabels::Points(all) = &mut tasks[0] {
            points
                .iter()
                .for_each(|p| all[*p] = PointLabel::visible([1.0, 2.0]));
        }
        if let TaskLabels::Binary(all) = &mut tasks[1] {
            attributes.iter().for_each(|(a, v)| all[*a] = (*v).into());
        }
        tasks
    }

    #[test]
    fn what_no_label_teaches_is_known_and_noted() {
        let schema = Schema::face();
        let faces = [
            labels(&[0, 1], &[(0, true), (1, true), (2, false)]),
            labels(&[2], &[(0, false), (1, true)]),
        ];
        let untrained = Untrained::of_labels(&schema, faces.iter().map(Vec::as_slice));
        let why = |task: usize, item: usize| {
            let task = &schema.tasks[task];
            untrained.reason(&task.name, task.items().nth(item).unwrap())
        };
        assert_eq!(
            [0, 1, 2, 3].map(|p| why(0, p)),
            [None, None, None, Some(UntrainedReason::NoLabel)]
        );
        let expected = [
            None,
            Some(UntrainedReason::OnlyPresent),
            Some(UntrainedReason::OnlyAbsent),
            Some(UntrainedReason::NoLabel),
        ];
        assert_eq!([0, 1, 2, 3].map(|a| why(1, a)), expected);
        let lines = untrained.lines(&schema);
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert!(
            lines[0].contains("(no label known): left_mouth, right_mouth"),
            "{lines:?}"
        );

        assert_eq!(
            untrained.sentences(&schema),
            [
                "2 landmarks are not taught: no label known (left_mouth, right_mouth)",
                "37 attributes are not taught: no label known (Bags_Under_Eyes, Bald, Bangs and 34 more)",
                "Attractive is not taught: every label absent",
                "Arched_Eyebrows is not taught: every label present",
            ]
        );
        assert_eq!(
            Untrained::of_labels(&schema, std::iter::empty()).sentences(&schema)[1],
            "attributes are not taught: no label known"
        );

        let mut training = serde_json::json!({"seed": 1});
        untrained.write_to(&mut training);
        assert_eq!(Untrained::from_training(&training), untrained);
        let mut nothing = serde_json::json!({"seed": 1});
        Untrained::default().write_to(&mut nothing);
        assert_eq!(nothing, serde_json::json!({"seed": 1}));
        assert!(Untrained::from_training(&serde_json::Value::Null).is_empty());
    }

    #[test]
    fn what_was_never_taught_is_no_answer() {
        let schema = Schema::face();
        let faces = [
            labels(&[0, 1, 2, 3], &[(0, true)]),
            labels(&[], &[(0, false)]),
        ];
        let untrained = Untrained::of_labels(&schema, faces.iter().map(Vec::as_slice));
        let mut actual = Prediction {
            tasks: vec![
                TaskPrediction::Points(vec![[3.0, 4.0]; 5]),
                TaskPrediction::Binary(vec![0.5; 40]),
            ],
        };
        untrained.hide(&schema, &mut actual);
        let [
            TaskPrediction::Points(points),
            TaskPrediction::Binary(values),
        ] = &actual.tasks[..]
        else {
            unreachable!()
        };
        assert_eq!(points[..4], [[3.0, 4.0]; 4]);
        assert!(points[4].iter().all(|v| v.is_nan()));
        assert_eq!(values[0], 0.5);
        assert!(values[1..].iter().all(|v| v.is_nan()));
    }

    #[test]
    fn what_was_taught_before_stays_taught() {
        let schema = Schema::face();
        let by = |faces: &[Vec<TaskLabels>]| {
            Untrained::of_labels(&schema, faces.iter().map(Vec::as_slice))
        };
        let earlier = by(&[labels(&[0, 1, 2, 3], &[])]);
        let mut now = by(&[labels(&[4], &[(0, true), (1, false)])]);
        now.retain_untrained("landmarks", &earlier);
        assert!(now.task("landmarks").is_empty());
        assert_eq!(now.task("attributes").len(), 40, "as the labels now say");
    }
}
