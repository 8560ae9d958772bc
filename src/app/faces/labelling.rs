//! Samples with their edits, which are put together away from the window's thread: a set of two
//! hundred thousand takes longer than a frame to copy.

use std::collections::{HashMap, HashSet};

use crate::dataset::{Sample, Samples};

/// Samples with their edits, to be put together away from the window's thread.
pub struct Labelling {
    pub samples: Samples,
    /// As their edits make them, by index.
    pub made: HashMap<usize, Sample>,
    pub left_out: HashSet<usize>,
}

impl Labelling {
    /// Samples that nobody has edited.
    pub fn of(samples: Samples) -> Self {
        Self {
            samples,
            made: HashMap::new(),
            left_out: HashSet::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.samples.len() - self.left_out.len()
    }

    pub fn samples(mut self) -> Vec<Sample> {
        let each = self.samples.iter().enumerate();
        let kept = each.filter(|(index, _)| !self.left_out.contains(index));
        kept.map(|(index, sample)| {
            let made = self.made.remove(&index);
            made.unwrap_or_else(|| sample.clone())
        })
        .collect()
    }
}
