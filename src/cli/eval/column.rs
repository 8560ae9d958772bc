//! The columns by which measures are sliced.

use std::borrow::Cow;
use std::collections::HashSet;

use anyhow::{Result, bail, ensure};

use super::{Slice, slices};
use crate::dataset::{BoxSource, Dataset, Sample};
use crate::label::{Presence, TaskLabels};
use crate::model::Found;

/// More values than a table is good for: the column is a number or a name of something.
const MAX_VALUES: usize = 200;

/// What a face is asked for.
pub enum Column {
    Split,
    Identity,
    Box,
    /// A column of the data set that is kept as text.
    Foreign(usize),
    /// The label of an attribute: task and item.
    Attribute(usize, usize),
}

/// The column of this name: of the data set first, then of the labels.
pub fn find(set: &Dataset, name: &str) -> Result<Column> {
    if let Some(at) = set.columns.iter().position(|c| c == name) {
        return Ok(Column::Foreign(at));
    }
    match name {
        "split" => return Ok(Column::Split),
        "identity" => return Ok(Column::Identity),
        "box" => return Ok(Column::Box),
        _ => {}
    }
    let binary = || {
        set.schema
            .tasks
            .iter()
            .enumerate()
            .filter(|t| !t.1.is_points())
    };
    for (t, task) in binary() {
        if let Some(item) = task.items().position(|i| i == name) {
            return Ok(Column::Attribute(t, item));
        }
    }
    let own = set.columns.iter().map(String::as_str);
    let attributes = binary().flat_map(|(_, task)| task.items());
    let all: Vec<&str> = own
        .chain(["split", "identity", "box"])
        .chain(attributes)
        .collect();
    bail!(
        "no column {name:?} to slice by; there are {}",
        all.join(", ")
    );
}

/// The measured faces by the values of a column.
pub fn slices_by(name: &str, column: &Column, faces: &[(&Sample, Found)]) -> Vec<Slice> {
    let values: Vec<Cow<str>> = faces
        .iter()
        .map(|(s, f)| column.value(s, Some(f.source)))
        .collect();
    slices(name, values.iter().map(AsRef::as_ref))
}

/// Refuses a column that has more values than are listed.
pub fn check(name: &str, column: &Column, samples: &[&Sample]) -> Result<()> {
    let values: HashSet<Cow<str>> = samples.iter().map(|s| column.value(s, None)).collect();
    ensure!(
        values.len() <= MAX_VALUES,
        "{name} has {} values, more than the {MAX_VALUES} that are listed",
        values.len()
    );
    Ok(())
}

impl Column {
    fn value<'a>(&self, sample: &'a Sample, source: Option<BoxSource>) -> Cow<'a, str> {
        match *self {
            Self::Split => sample.split.map_or(String::new(), |s| s.to_string()).into(),
            Self::Identity => sample.identity.as_deref().unwrap_or_default().into(),
            Self::Box => source.map_or(String::new(), |s| s.to_string()).into(),
            Self::Foreign(at) => sample.columns.get(at).map_or("", AsRef::as_ref).into(),
            Self::Attribute(task, item) => match &sample.annotation.tasks[task] {
                TaskLabels::Binary(values) => match values[item] {
                    Presence::Present => "present",
                    Presence::Absent => "absent",
                    Presence::Unknown => "",
                },
                TaskLabels::Points(_) => "",
            }
            .into(),
        }
    }
}
