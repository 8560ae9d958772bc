//! What menus and the canvas want to know of a whole list, learned once away from the window's
//! thread: the values of its columns, and which faces are in the same picture.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::dataset::{Sample, Samples, Split, is_generated_column};
use crate::label::TaskLabels;

/// Values of a column that a menu lists; the most frequent ones where there are more.
const VALUES: usize = 24;
/// A column of no more values is listed even where each face has its own.
const FEW: usize = 6;
/// Values of all columns together that can be found by typing them.
const TYPED: usize = 4096;

/// The values of a column.
#[derive(Debug, Default, PartialEq)]
pub struct Values {
    /// Those that menus list, and how many faces have each, in their order: none where most faces
    /// have a value of their own.
    pub listed: Vec<(Arc<str>, usize)>,
    /// Others, which are found by typing them.
    pub typed: Vec<Arc<str>>,
    /// Whether there are more, which cannot be found.
    pub more: bool,
}

#[derive(Default)]
pub struct ListSummary {
    /// By column.
    pub values: Vec<Values>,
    /// Splits that there are, and how many faces each has.
    pub splits: Vec<(Split, usize)>,
    /// Whether faces have identities or numbers in their picture.
    pub told: bool,
    /// Whether any attribute of any face is labelled.
    pub labelled: bool,
    /// Faces that share their picture with others, by any of them.
    together: HashMap<u32, Arc<[u32]>>,
}

impl ListSummary {
    /// `columns` are the names of the samples' columns.
    pub fn of(samples: &Samples, columns: &[String]) -> Self {
        let mut room = TYPED;
        let mut values_of = |(at, name): (usize, &String)| match is_generated_column(name) {
            true => Values::default(),
            false => values(samples, at, &mut room),
        };
        let splits = [Split::Train, Split::Validation, Split::Test].map(|split| {
            let count = samples.iter().filter(|s| s.split == Some(split)).count();
            (split, count)
        });
        Self {
            values: columns.iter().enumerate().map(&mut values_of).collect(),
            splits: splits.into_iter().filter(|s| s.1 > 0).collect(),
            told: samples
                .iter()
                .any(|s| s.identity.is_some() || s.ordinal.is_some()),
            labelled: samples.iter().any(is_labelled),
            together: together(samples),
        }
    }

    /// One more face in the picture of another.
    pub fn add_to_picture(&mut self, of: usize, index: usize) {
        let mut all: Vec<u32> = self.in_picture(of).iter().map(|i| *i as u32).collect();
        all.push(index as u32);
        let all: Arc<[u32]> = all.into();
        for face in all.iter() {
            self.together.insert(*face, all.clone());
        }
    }

    /// All faces in the picture of the face at `index`, itself among them.
    pub fn in_picture(&self, index: usize) -> Vec<usize> {
        match self.together.get(&(index as u32)) {
            Some(faces) => faces.iter().map(|f| *f as usize).collect(),
            None => vec![index],
        }
    }
}

/// Whether the label of any attribute is known.
fn is_labelled(sample: &Sample) -> bool {
    sample.annotation.tasks.iter().any(|labels| match labels {
        TaskLabels::Binary(values) => values.iter().any(|v| v.known().is_some()),
        TaskLabels::Points(_) => false,
    })
}

/// The values of a column; those that are typed take from the room that is left for such.
fn values(samples: &Samples, column: usize, room: &mut usize) -> Values {
    let mut counts: HashMap<&Arc<str>, usize> = HashMap::new();
    for value in samples.iter().filter_map(|s| s.columns.get(column)) {
        if !value.is_empty() {
            *counts.entry(value).or_default() += 1;
        }
    }
    let faces: usize = counts.values().sum();
    let mut listed: Vec<_> = counts.into_iter().map(|(v, n)| (v.clone(), n)).collect();
    listed.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let is_own = listed.len() > FEW && 2 * listed.len() > faces;
    let rest = match is_own {
        true => std::mem::take(&mut listed),
        false => listed.split_off(VALUES.min(listed.len())),
    };
    let number = |v: &str| v.parse::<f64>().unwrap_or(f64::INFINITY);
    listed.sort_by(|(a, _), (b, _)| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    let more = rest.len() > *room;
    let typed: Vec<Arc<str>> = rest.into_iter().take(*room).map(|(v, _)| v).collect();
    *room -= typed.len();
    Values {
        listed,
        typed,
        more,
    }
}

fn together(samples: &Samples) -> HashMap<u32, Arc<[u32]>> {
    let mut first: HashMap<&Path, u32> = HashMap::with_capacity(samples.len());
    let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
    for (at, sample) in (0_u32..).zip(samples.iter()) {
        let first = *first.entry(&sample.path).or_insert(at);
        if first != at {
            groups.entry(first).or_insert_with(|| vec![first]).push(at);
        }
    }
    let mut all = HashMap::new();
    for faces in groups.into_values() {
        let faces: Arc<[u32]> = faces.into();
        all.extend(faces.iter().map(|f| (*f, faces.clone())));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Presence, Schema};

    #[test]
    fn columns_splits_and_pictures_are_known() {
        let rows = [("a", "10", 0), ("b", "9", 0), ("a", "9", 1), ("c", "", 0)];
        let samples = rows.map(|(path, value, face)| {
            let mut sample = Sample::unlabelled(Path::new(path), &Schema::face());
            (sample.face, sample.columns) = (face, vec![value.into()]);
            sample.split = (face == 0).then_some(Split::Test);
            sample
        });
        let summary = ListSummary::of(&samples.to_vec().into(), &["pose".into()]);
        let listed = vec![("9".into(), 2), ("10".into(), 1)];
        let pose = Values {
            listed,
            ..Values::default()
        };
        assert_eq!(summary.values, [pose]);
        assert_eq!(summary.splits, [(Split::Test, 3)]);
        assert_eq!(summary.in_picture(2), [0, 2]);
        assert_eq!(summary.in_picture(1), [1]);
        assert!(!summary.labelled);
        let mut labelled = samples[0].clone();
        if let TaskLabels::Binary(values) = &mut labelled.annotation.tasks[1] {
            values[5] = Presence::Absent;
        }
        assert!(ListSummary::of(&vec![labelled].into(), &[]).labelled);
    }

    #[test]
    fn a_value_of_each_face_s_own_is_typed_and_what_the_program_made_is_no_filter() {
        let names = ["note", "annotator", "box", "camera", "person_box"].map(str::to_owned);
        let sample = |n: usize| {
            let mut sample = Sample::unlabelled(Path::new("a"), &Schema::face());
            let values = [
                format!("note {n}"),
                ["ann", "ben"][n % 2].to_owned(),
                // Nearly all of them.
                format!("{} {n} 5 5", n / 2 * 2),
                format!("camera {}", n % 30),
                format!("{n}"),
            ];
            sample.columns = values.map(Into::into).to_vec();
            sample
        };
        let samples: Vec<Sample> = (0..90).map(sample).collect();
        let summary = ListSummary::of(&samples.clone().into(), &names);
        let counts = |v: &Values| (v.listed.len(), v.typed.len(), v.more);
        let all: Vec<_> = summary.values.iter().map(counts).collect();
        assert_eq!(
            all,
            [
                (0, 90, false),
                (2, 0, false),
                (0, 90, false),
                (24, 6, false),
                (0, 0, false)
            ]
        );
        let few = ListSummary::of(&samples[..5].to_vec().into(), &names[..1]);
        assert_eq!(counts(&few.values[0]), (5, 0, false), "few are listed");
        let many: Vec<Sample> = (0..TYPED + 1).map(sample).collect();
        let many = ListSummary::of(&many.into(), &names[..3]);
        assert_eq!(counts(&many.values[0]), (0, TYPED, true));
        assert_eq!(counts(&many.values[2]), (0, 0, true), "no room is left");
    }
}
