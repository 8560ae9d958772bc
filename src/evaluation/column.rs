//! The columns by which measures are sliced.

use std::borrow::Cow;
use std::collections::HashSet;

use super::error::EvaluationError;
use super::evaluated::EvaluatedFace;
use crate::dataset::{BoxSource, Sample};
use crate::label::{Presence, Schema, TaskLabels};
use crate::measure::{Slice, slices};

/// More values than a table is good for: the column is a number or a name of something.
const MAX_VALUES: usize = 200;

/// What a face is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Split,
    Identity,
    Box,
    /// A column of the data set that is kept as text.
    Foreign(usize),
    /// The label of an attribute: task and item.
    Attribute(usize, usize),
}

/// The attributes of all tasks: task, item and name.
fn attributes(schema: &Schema) -> impl Iterator<Item = (usize, usize, &str)> {
    let binary = schema.tasks.iter().enumerate();
    let binary = binary.filter(|(_, task)| !task.is_points());
    binary.flat_map(|(t, task)| task.items().enumerate().map(move |(i, name)| (t, i, name)))
}

impl Column {
    /// Every column that there is: of the data set first, then of the labels.
    pub fn all(columns: usize, schema: &Schema) -> Vec<Self> {
        let own = (0..columns).map(Self::Foreign);
        let attributes = attributes(schema).map(|(t, i, _)| Self::Attribute(t, i));
        own.chain([Self::Split, Self::Identity, Self::Box])
            .chain(attributes)
            .collect()
    }

    /// The column of this name; says which there are where there is none. `columns` are the data
    /// set's own.
    pub fn find(columns: &[String], schema: &Schema, name: &str) -> Result<Self, EvaluationError> {
        let all = Self::all(columns.len(), schema);
        let named = all.iter().find(|c| c.name(columns, schema) == name);
        named.copied().ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|c| c.name(columns, schema)).collect();
            EvaluationError::NoColumn {
                name: name.to_owned(),
                known: names.join(", "),
            }
        })
    }

    /// Its name among `columns`, the data set's own, and those of every face.
    pub fn name<'a>(&self, columns: &'a [String], schema: &'a Schema) -> &'a str {
        match *self {
            Self::Split => "split",
            Self::Identity => "identity",
            Self::Box => "box",
            Self::Foreign(at) => columns.get(at).map_or("", String::as_str),
            Self::Attribute(task, item) => attributes(schema)
                .find(|(t, i, _)| (*t, *i) == (task, item))
                .map_or("", |a| a.2),
        }
    }

    /// The measured faces by its values.
    pub fn slices(&self, name: &str, faces: &[EvaluatedFace]) -> Vec<Slice> {
        let values: Vec<Cow<str>> = faces
            .iter()
            .map(|f| self.value(f.sample, Some(f.source)))
            .collect();
        slices(name, values.iter().map(AsRef::as_ref))
    }

    /// Refuses a column that has more values than are listed.
    pub fn check<'a>(
        &self,
        name: &str,
        samples: impl Iterator<Item = &'a Sample>,
    ) -> Result<(), EvaluationError> {
        let values: HashSet<Cow<str>> = samples.map(|s| self.value(s, None)).collect();
        match values.len() {
            n if n > MAX_VALUES => Err(EvaluationError::ManyValues {
                name: name.to_owned(),
                values: n,
                most: MAX_VALUES,
            }),
            _ => Ok(()),
        }
    }

    fn value<'a>(&self, sample: &'a Sample, source: Option<BoxSource>) -> Cow<'a, str> {
        match *self {
            Self::Split => sample.split.map_or(String::new(), |s| s.to_string()).into(),
            Self::Identity => sample.identity.as_deref().unwrap_or_default().into(),
            Self::Box => source.map_or(String::new(), |s| s.to_string()).into(),
            Self::Foreign(at) => sample.columns.get(at).map_or("", AsRef::as_ref).into(),
            Self::Attribute(task, item) => match sample.annotation.tasks.get(task) {
                Some(TaskLabels::Binary(values)) => match values.get(item) {
                    Some(Presence::Present) => "present",
                    Some(Presence::Absent) => "absent",
                    Some(Presence::Unknown) | None => "",
                },
                Some(TaskLabels::Points(_)) | None => "",
            }
            .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_what_there_is_is_said() {
        let (schema, columns) = (Schema::face(), ["pose".to_owned()]);
        for column in Column::all(1, &schema) {
            let name = column.name(&columns, &schema);
            assert_eq!(Column::find(&columns, &schema, name), Ok(column), "{name}");
        }
        let why = Column::find(&columns, &schema, "colour")
            .unwrap_err()
            .to_string();
        assert!(why.contains("colour") && why.contains("pose") && why.contains("Male"));
    }

    #[test]
    fn a_column_of_names_is_refused() {
        let schema = Schema::face();
        let samples: Vec<Sample> = (0..300)
            .map(|i| {
                let mut sample = Sample::unlabelled(std::path::Path::new("a.png"), &schema);
                sample.columns = vec![i.to_string().into()];
                sample
            })
            .collect();
        let column = Column::Foreign(0);
        assert!(column.check("row", samples.iter().take(200)).is_ok());
        let why = column.check("row", samples.iter()).unwrap_err().to_string();
        assert!(why.contains("row has 300 values"), "{why}");
        assert!(Column::Split.check("split", samples.iter()).is_ok());
    }
}
