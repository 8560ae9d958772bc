//! What menus and the canvas want to know of a whole list, learned once away from the window's
//! thread: the values of its columns, and which faces are in the same picture.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::dataset::{Sample, Split};

/// Values of a column that a menu lists; the most frequent ones where there are more.
const VALUES: usize = 24;

#[derive(Default)]
pub struct Facts {
    /// For each column its values and how many faces have each, in their order.
    pub values: Vec<Vec<(Arc<str>, usize)>>,
    /// Splits that there are, and how many faces each has.
    pub splits: Vec<(Split, usize)>,
    /// Faces that share their picture with others, by any of them.
    together: HashMap<u32, Arc<[u32]>>,
}

impl Facts {
    pub fn of(samples: &[Sample], columns: usize) -> Self {
        let splits = [Split::Train, Split::Validation, Split::Test].map(|split| {
            let count = samples.iter().filter(|s| s.split == Some(split)).count();
            (split, count)
        });
        Self {
            values: (0..columns).map(|c| values(samples, c)).collect(),
            splits: splits.into_iter().filter(|s| s.1 > 0).collect(),
            together: together(samples),
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

fn values(samples: &[Sample], column: usize) -> Vec<(Arc<str>, usize)> {
    let mut counts: HashMap<&Arc<str>, usize> = HashMap::new();
    for value in samples.iter().filter_map(|s| s.columns.get(column)) {
        if !value.is_empty() {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut values: Vec<_> = counts.into_iter().map(|(v, n)| (v.clone(), n)).collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(VALUES);
    let number = |v: &str| v.parse::<f64>().unwrap_or(f64::INFINITY);
    values.sort_by(|(a, _), (b, _)| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    values
}

fn together(samples: &[Sample]) -> HashMap<u32, Arc<[u32]>> {
    let mut first: HashMap<&Path, u32> = HashMap::with_capacity(samples.len());
    let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
    for (at, sample) in (0_u32..).zip(samples) {
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
    use crate::label::Schema;

    #[test]
    fn columns_splits_and_pictures_are_known() {
        let rows = [("a", "10", 0), ("b", "9", 0), ("a", "9", 1), ("c", "", 0)];
        let samples = rows.map(|(path, value, face)| {
            let mut sample = Sample::unlabelled(Path::new(path), &Schema::face());
            (sample.face, sample.columns) = (face, vec![value.into()]);
            sample.split = (face == 0).then_some(Split::Test);
            sample
        });
        let facts = Facts::of(&samples, 1);
        assert_eq!(facts.values, [vec![("9".into(), 2), ("10".into(), 1)]]);
        assert_eq!(facts.splits, [(Split::Test, 3)]);
        assert_eq!(facts.in_picture(2), [0, 2]);
        assert_eq!(facts.in_picture(1), [1]);
    }
}
