//! Which faces of a list are shown, and in which order. Pure, and run off the window's thread:
//! a list may have 200,000 faces.

use rayon::prelude::*;

use super::item::name;
use crate::dataset::{Sample, Split};
use crate::label::{Presence, TaskLabels};

/// What a person asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// Part of the name.
    pub text: String,
    pub split: Option<Split>,
    /// A column and its value.
    pub column: Option<(usize, String)>,
    pub attribute: Option<(Place, AttributeIs)>,
    /// Only faces of which a predicted point misses its label.
    pub misses: bool,
    pub sort: Sort,
}

/// Task and attribute.
pub type Place = (usize, usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeIs {
    Labelled(bool),
    Predicted(bool),
    /// Prediction and label differ.
    Disputed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As the data set has them.
    #[default]
    Listed,
    Name,
    /// Largest error first.
    Nme,
    /// The network's least sure answers first.
    Doubt(Place),
}

/// What predictions have given so far, for each face; NaN where unknown.
#[derive(Default)]
pub struct Predicted {
    pub nme: Vec<f32>,
    pub misses: Vec<bool>,
    /// The probability of the attribute that is filtered by.
    pub filtered: Vec<f32>,
    /// The probability of the attribute that is sorted by.
    pub sorted: Vec<f32>,
}

impl Arrangement {
    /// Whether predictions that come change what is shown.
    pub fn needs_predictions(&self) -> bool {
        let by_attribute = |is| matches!(is, AttributeIs::Predicted(_) | AttributeIs::Disputed);
        self.misses
            || matches!(self.sort, Sort::Nme | Sort::Doubt(_))
            || self.attribute.is_some_and(|(_, is)| by_attribute(is))
    }

    pub fn is_filter(&self) -> bool {
        *self
            != Self {
                sort: self.sort,
                ..Self::default()
            }
    }

    /// Indices of the faces to show, in order.
    pub fn apply(&self, samples: &[Sample], found: &Predicted) -> Vec<u32> {
        let text = self.text.to_lowercase();
        let mut order: Vec<u32> = (0..samples.len() as u32)
            .into_par_iter()
            .filter(|&i| self.shows(&samples[i as usize], i as usize, found, &text))
            .collect();
        let key = |values: &[f32], i: u32| values.get(i as usize).copied().unwrap_or(f32::NAN);
        match self.sort {
            Sort::Listed => {}
            Sort::Name => order.par_sort_by_cached_key(|&i| name(&samples[i as usize])),
            Sort::Nme => largest_first(&mut order, |i| key(&found.nme, i)),
            Sort::Doubt(_) => {
                largest_first(&mut order, |i| -(key(&found.sorted, i) - 0.5).abs());
            }
        }
        order
    }

    fn shows(&self, sample: &Sample, i: usize, found: &Predicted, text: &str) -> bool {
        (text.is_empty() || name(sample).to_lowercase().contains(text))
            && self.split.is_none_or(|s| sample.split == Some(s))
            && self.column.as_ref().is_none_or(|(column, value)| {
                sample.columns.get(*column).is_some_and(|v| **v == **value)
            })
            && (!self.misses || found.misses.get(i) == Some(&true))
            && self.attribute.is_none_or(|(place, is)| {
                let label = label(sample, place);
                let value = found.filtered.get(i).copied().filter(|v| v.is_finite());
                let said = value.map(|v| v >= 0.5);
                match is {
                    AttributeIs::Labelled(yes) => label == Some(yes),
                    AttributeIs::Predicted(yes) => said == Some(yes),
                    AttributeIs::Disputed => label.zip(said).is_some_and(|(a, b)| a != b),
                }
            })
    }
}

fn label(sample: &Sample, (task, item): Place) -> Option<bool> {
    match sample.annotation.tasks.get(task)? {
        TaskLabels::Binary(values) => values.get(item).copied().and_then(Presence::known),
        TaskLabels::Points(_) => None,
    }
}

/// What is unknown comes last; equal ones stay as listed.
fn largest_first(order: &mut [u32], key: impl Fn(u32) -> f32 + Sync) {
    let known = |i| {
        Some(key(i))
            .filter(|v| v.is_finite())
            .unwrap_or(f32::NEG_INFINITY)
    };
    order.par_sort_by(|a, b| known(*b).total_cmp(&known(*a)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    fn samples() -> Vec<Sample> {
        let schema = Schema::face();
        ["b.png", "a.png", "c.png"]
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let mut sample = Sample::unlabelled(std::path::Path::new(name), &schema);
                sample.split = [Some(Split::Train), None, Some(Split::Test)][i];
                sample.columns = vec![["left", "right", "left"][i].into()];
                if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
                    values[3] = [Presence::Present, Presence::Absent, Presence::Unknown][i];
                }
                sample
            })
            .collect()
    }

    #[test]
    fn faces_are_filtered_and_sorted() {
        let samples = samples();
        let found = Predicted {
            nme: vec![0.1, f32::NAN, 0.3],
            misses: vec![false, false, true],
            filtered: vec![0.2, 0.9, 0.9],
            sorted: vec![0.9, 0.45, f32::NAN],
        };
        let shown = |a: Arrangement| a.apply(&samples, &found);
        let all = Arrangement::default();
        let sorted = |sort| Arrangement {
            sort,
            ..all.clone()
        };
        assert_eq!(shown(all.clone()), [0, 1, 2]);
        assert_eq!(shown(sorted(Sort::Name)), [1, 0, 2]);
        assert_eq!(shown(sorted(Sort::Nme)), [2, 0, 1]);
        assert_eq!(shown(sorted(Sort::Doubt((1, 3)))), [1, 0, 2]);
        let text = Arrangement {
            text: "A.P".into(),
            ..all.clone()
        };
        assert_eq!(shown(text.clone()), [1]);
        assert!(text.is_filter() && !sorted(Sort::Name).is_filter());
        let split = Arrangement {
            split: Some(Split::Test),
            ..all.clone()
        };
        assert_eq!(shown(split), [2]);
        let column = Arrangement {
            column: Some((0, "left".into())),
            ..all.clone()
        };
        assert_eq!(shown(column), [0, 2]);
        let misses = Arrangement {
            misses: true,
            ..all.clone()
        };
        assert_eq!(shown(misses), [2]);
        let attribute = |is| Arrangement {
            attribute: Some(((1, 3), is)),
            ..all.clone()
        };
        assert_eq!(shown(attribute(AttributeIs::Labelled(true))), [0]);
        assert_eq!(shown(attribute(AttributeIs::Predicted(true))), [1, 2]);
        assert_eq!(shown(attribute(AttributeIs::Disputed)), [0, 1]);
        assert!(attribute(AttributeIs::Disputed).needs_predictions());
    }
}
