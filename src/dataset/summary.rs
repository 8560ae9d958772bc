//! What is in a data set: faces, splits, known labels, balance and what could not be used. For
//! people as text, for programs as JSON.

mod display;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use super::{BoxSource, Dataset, Problem, Sample, Split};
use crate::label::{PointState, Task, TaskLabels};

/// Values of a column that are counted one by one.
const SHOWN_VALUES: usize = 12;

#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub name: String,
    pub faces: usize,
    pub pictures: usize,
    /// The largest number of faces in a picture.
    pub faces_in_a_picture: usize,
    /// Faces of each split; those of no split are under "none".
    pub splits: BTreeMap<String, usize>,
    pub identities: Identities,
    pub tasks: Vec<TaskSummary>,
    /// Faces by where their box comes from. Those of the whole picture or its centre square have
    /// neither a box nor all points.
    pub boxes: Vec<(String, usize)>,
    pub columns: Vec<ColumnSummary>,
    pub problems: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Identities {
    pub faces: usize,
    pub distinct: usize,
    /// Identities with faces in several splits, by which a measure flatters itself.
    pub in_several_splits: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct TaskSummary {
    pub name: String,
    /// Faces of which something is known, and all of it.
    pub faces: usize,
    pub complete: usize,
    pub points: Vec<PointSummary>,
    pub attributes: Vec<AttributeSummary>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PointSummary {
    pub name: String,
    pub known: usize,
    pub occluded: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct AttributeSummary {
    pub name: String,
    pub known: usize,
    pub present: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct ColumnSummary {
    pub name: String,
    /// Faces that have a value.
    pub known: usize,
    pub distinct: usize,
    /// The most frequent values and how many faces have them.
    pub values: Vec<(String, usize)>,
}

impl Summary {
    pub fn of(set: &Dataset) -> Self {
        let mut faces_in: HashMap<&Path, usize> = HashMap::new();
        let mut splits = BTreeMap::new();
        let mut boxes: BTreeMap<BoxSource, usize> = BTreeMap::new();
        let mut bare = 0;
        for sample in &set.samples {
            *faces_in.entry(&sample.path).or_default() += 1;
            let split = sample.split.map_or("none".into(), |s| s.to_string());
            *splits.entry(split).or_default() += 1;
            match sample.region() {
                Some((_, source)) => *boxes.entry(source).or_default() += 1,
                None => bare += 1,
            }
        }
        let mut boxes: Vec<(String, usize)> = boxes
            .into_iter()
            .map(|(source, n)| (source.to_string(), n))
            .collect();
        if bare > 0 {
            boxes.push((
                "unknown: the whole picture or its centre square is taken".into(),
                bare,
            ));
        }
        let tasks = set.schema.tasks.iter().enumerate();
        Self {
            name: set.name.clone(),
            faces: set.samples.len(),
            pictures: faces_in.len(),
            faces_in_a_picture: faces_in.values().copied().max().unwrap_or(0),
            splits,
            identities: Identities::of(&set.samples),
            tasks: tasks
                .map(|(t, task)| TaskSummary::of(task, t, set.samples.iter()))
                .collect(),
            boxes,
            columns: set
                .columns
                .iter()
                .enumerate()
                .map(|(c, name)| column(name, c, &set.samples))
                .collect(),
            problems: set.problems.iter().map(Problem::to_string).collect(),
        }
    }
}

impl Identities {
    fn of(samples: &[Sample]) -> Self {
        let mut splits: HashMap<&str, HashSet<Option<Split>>> = HashMap::new();
        let mut faces = 0;
        for sample in samples {
            if let Some(identity) = &sample.identity {
                faces += 1;
                splits.entry(identity).or_default().insert(sample.split);
            }
        }
        Self {
            faces,
            distinct: splits.len(),
            in_several_splits: splits.values().filter(|s| s.len() > 1).count(),
        }
    }
}

impl TaskSummary {
    /// What is known of task number `t` in these samples.
    pub fn of<'a>(task: &Task, t: usize, samples: impl Iterator<Item = &'a Sample>) -> Self {
        let mut summary = Self {
            name: task.name.clone(),
            faces: 0,
            complete: 0,
            points: Vec::new(),
            attributes: Vec::new(),
        };
        // (known, occluded or present) of each item
        let mut counts = vec![(0, 0); task.len()];
        for sample in samples {
            let known = sample.annotation.known(t);
            summary.faces += usize::from(known > 0);
            summary.complete += usize::from(known == task.len());
            match &sample.annotation.tasks[t] {
                TaskLabels::Points(points) => {
                    for (count, point) in counts.iter_mut().zip(points) {
                        count.0 += usize::from(point.known().is_some());
                        count.1 += usize::from(point.state == PointState::Occluded);
                    }
                }
                TaskLabels::Binary(values) => {
                    for (count, value) in counts.iter_mut().zip(values) {
                        count.0 += usize::from(value.known().is_some());
                        count.1 += usize::from(value.known() == Some(true));
                    }
                }
            }
        }
        for (name, (known, other)) in task.items().map(String::from).zip(counts) {
            match task.is_points() {
                true => summary.points.push(PointSummary {
                    name,
                    known,
                    occluded: other,
                }),
                false => summary.attributes.push(AttributeSummary {
                    name,
                    known,
                    present: other,
                }),
            }
        }
        summary
    }
}

fn column(name: &str, c: usize, samples: &[Sample]) -> ColumnSummary {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let values = samples.iter().filter_map(|s| s.columns.get(c));
    for value in values.filter(|v| !v.is_empty()) {
        *counts.entry(value).or_default() += 1;
    }
    let (known, distinct) = (counts.values().sum(), counts.len());
    let mut values: Vec<_> = counts.into_iter().map(|(v, n)| (v.to_owned(), n)).collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(SHOWN_VALUES);
    ColumnSummary {
        name: name.to_owned(),
        known,
        distinct,
        values,
    }
}

fn percent(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::check_pictures;
    use crate::label::Schema;

    #[test]
    fn what_is_there_is_counted() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.png"] {
            std::fs::write(root.path().join(name), "no picture").unwrap();
        }
        let table = "image,face,split,identity,Smiling,left_eye_x,left_eye_y,left_eye_state,pose\n\
            a.png,0,train,x,1,10,11,occluded,left\na.png,1,test,x,-1,,,,left\n\
            b.png,0,train,y,,10,11,,right\nc.png,0,train,y,,,,,\n";
        std::fs::write(root.path().join("faces.csv"), table).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        let summary = Summary::of(&set);
        assert_eq!(
            (summary.faces, summary.pictures, summary.faces_in_a_picture),
            (3, 2, 2)
        );
        assert_eq!(summary.splits["train"], 2);
        let Identities {
            faces,
            distinct,
            in_several_splits,
        } = summary.identities;
        assert_eq!((faces, distinct, in_several_splits), (3, 2, 1));
        let eye = &summary.tasks[0].points[0];
        assert_eq!((eye.known, eye.occluded), (2, 1));
        let smiling = summary.tasks[1]
            .attributes
            .iter()
            .find(|a| a.name == "Smiling")
            .unwrap();
        assert_eq!((smiling.known, smiling.present), (2, 1));
        assert_eq!(
            summary.columns[0].values,
            [("left".into(), 2), ("right".into(), 1)]
        );
        let text = summary.to_string();
        for part in [
            "3 faces in 2 pictures",
            "( 50.0 %)",
            "problems: 1",
            "c.png: no such",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let unreadable = check_pictures(&set, |_| ());
        assert_eq!(unreadable.len(), 2, "each picture once");
        assert!(
            unreadable[0].what.starts_with("not a picture"),
            "{unreadable:?}"
        );
    }
}
