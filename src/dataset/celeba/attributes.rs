//! The table of attributes: which column is which, and what its values mean.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::faces::Rows;
use super::table::{BadValue, Values};
use super::values::expect_count;
use crate::dataset::attribute_value::{AttributeValue, ValueCounts, ZeroMeaning};
use crate::dataset::schema_items::attribute_like;
use crate::dataset::value_error::ValueError;
use crate::dataset::{Problem, Sample};
use crate::label::{Presence, Schema, TaskLabels};

/// Where the attributes of the table stand in the schema.
#[derive(Default)]
pub struct Columns {
    pub names: Vec<String>,
    /// (task, item) for each column; the others are foreign.
    pub places: Vec<Option<(usize, usize)>>,
    pub foreign: Vec<String>,
    /// Which of the foreign ones have nothing but marks; the others are text.
    pub marked: Vec<bool>,
    pub marks: ValueCounts,
}

/// What a row says of the attributes, and the texts of its foreign columns.
#[derive(PartialEq)]
pub struct Attributes<'a> {
    pub marks: Vec<AttributeValue>,
    pub foreign: Vec<&'a str>,
}

impl Columns {
    pub fn of(path: &Path, names: &[String], schema: &Schema, problems: &mut Vec<Problem>) -> Self {
        let mut seen = HashSet::new();
        let mut place = |name: &String| {
            let place = attribute_like(schema, name)?;
            if seen.insert(place) {
                return Some(place);
            }
            let what = format!("the column {name:?} is there twice; the first one is read");
            problems.push(Problem::new(path, None, what));
            None
        };
        let places: Vec<_> = names.iter().map(&mut place).collect();
        let foreign = names.iter().zip(&places).filter(|(_, p)| p.is_none());
        Self {
            names: names.to_vec(),
            foreign: foreign.map(|(name, _)| name.clone()).collect(),
            places,
            ..Self::default()
        }
    }

    pub fn row<'a>(
        &self,
        values: Values<'a>,
        bad: &mut Vec<BadValue>,
    ) -> Result<Attributes<'a>, ValueError> {
        let belong = self.places.len();
        let mut row = Attributes {
            marks: Vec::with_capacity(belong - self.foreign.len()),
            foreign: Vec::with_capacity(self.foreign.len()),
        };
        let mut count = 0;
        for value in values {
            match self.places.get(count) {
                Some(Some(_)) => {
                    row.marks
                        .push(AttributeValue::parse(value).unwrap_or_else(|what| {
                            bad.push((count, what));
                            AttributeValue::Missing
                        }))
                }
                Some(None) => row.foreign.push(value),
                None if value.is_empty() => continue,
                None => {}
            }
            count += 1;
        }
        expect_count(count, belong)?;
        Ok(row)
    }

    /// Decides what the marks of the whole table mean.
    pub fn understand(&mut self, rows: &Rows<Attributes>) {
        self.marked = vec![true; self.foreign.len()];
        let all = || rows.rows.iter().filter_map(|row| row.values.as_ref().ok());
        for row in all() {
            for (marked, text) in self.marked.iter_mut().zip(&row.foreign) {
                *marked = *marked && AttributeValue::parse(text).is_ok();
            }
        }
        for row in all() {
            let marked = row.foreign.iter().zip(&self.marked);
            let foreign = marked.filter(|(_, marked)| **marked);
            let foreign = foreign.filter_map(|(text, _)| AttributeValue::parse(text).ok());
            for mark in row.marks.iter().copied().chain(foreign) {
                self.marks.count(mark);
            }
        }
    }

    pub fn label(&self, row: &Attributes, sample: &mut Sample, words: &[(Presence, Arc<str>)]) {
        let zero: ZeroMeaning = self.marks.zero();
        let places = self.places.iter().flatten();
        for (&(task, item), mark) in places.zip(&row.marks) {
            if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task] {
                labels[item] = zero.presence(*mark);
            }
        }
        for (text, marked) in row.foreign.iter().zip(&self.marked) {
            let mark = AttributeValue::parse(text).ok().filter(|_| *marked);
            let value = mark.map(|mark| zero.presence(mark));
            let word = words.iter().find(|(v, _)| Some(*v) == value);
            let word = word.map_or_else(|| Arc::from(*text), |(_, word)| word.clone());
            sample.columns.push(word);
        }
    }
}
