//! Accuracy, balanced accuracy, F1 and calibration of attributes at a probability of 0.5.
//!
//! - balanced accuracy: the mean of the share found among the present and among the absent; of
//!   nothing where one of them is missing;
//! - F1 of "present": 2·TP / (2·TP + FP + FN);
//! - expected calibration error: faces go into equal bins by their probability p; the sum over
//!   bins of |Σp − number present|, divided by the number of faces (Naeini et al., 2015).

use super::estimate::{MEASURES, Options};
use super::points::average;
use crate::label::{TaskLabels, TaskPrediction};

/// What one predictor says about the attributes of one task, over known labels.
pub(super) struct BinaryTerms {
    attributes: Vec<Attribute>,
    bins: usize,
}

/// The faces of each cell, cell by cell: (bin, said present, is present), the last fastest. Sums
/// over cells give all measures, and a sorted walk adds up a resample without a branch.
struct Attribute {
    /// Where each cell ends in `faces`.
    ends: Vec<usize>,
    faces: Vec<u32>,
    probability: Vec<f64>,
}

impl BinaryTerms {
    /// A probability that was not said is not a number; where there is no pair, nothing is known or
    /// said.
    pub fn new<'a>(
        attributes: usize,
        options: &Options,
        pairs: impl Iterator<Item = Option<(&'a TaskLabels, &'a TaskPrediction)>>,
    ) -> Self {
        let bins = options.bins.max(1);
        let mut cells = vec![vec![Vec::new(); 4 * bins]; attributes];
        for (face, pair) in (0_u32..).zip(pairs) {
            let Some((TaskLabels::Binary(labels), TaskPrediction::Binary(found))) = pair else {
                continue;
            };
            for ((label, p), cells) in labels.iter().zip(found).zip(&mut cells) {
                let (Some(present), true) = (label.known(), p.is_finite()) else {
                    continue;
                };
                let p = f64::from(*p);
                let bin = ((p * bins as f64) as usize).min(bins - 1);
                let cell = 4 * bin + 2 * usize::from(p >= 0.5) + usize::from(present);
                cells[cell].push((face, p));
            }
        }
        let attributes = cells.into_iter().map(Attribute::new).collect();
        Self { attributes, bins }
    }

    pub fn faces(&self, attribute: usize) -> &[u32] {
        &self.attributes[attribute].faces
    }

    pub fn known(&self, attribute: usize) -> u64 {
        self.attributes[attribute].faces.len() as u64
    }

    /// Accuracy, balanced accuracy, F1 and calibration error of each attribute and of their
    /// average, in percent; NaN of nothing. `weights` say how often each face counts.
    pub fn figures(&self, weights: &[u32]) -> Vec<[f64; MEASURES]> {
        let mut rows: Vec<[f64; MEASURES]> = self
            .attributes
            .iter()
            .map(|a| a.figures(weights, self.bins))
            .collect();
        rows.push(average(&rows));
        rows
    }
}

impl Attribute {
    fn new(cells: Vec<Vec<(u32, f64)>>) -> Self {
        let ends = cells
            .iter()
            .scan(0, |end, cell| {
                *end += cell.len();
                Some(*end)
            })
            .collect();
        let (faces, probability) = cells.into_iter().flatten().unzip();
        Self {
            ends,
            faces,
            probability,
        }
    }

    fn figures(&self, weights: &[u32], bins: usize) -> [f64; MEASURES] {
        // [said present][is present]
        let mut confusion = [[0_u64; 2]; 2];
        let mut off = 0.0;
        let mut start = 0;
        for bin in 0..bins {
            let (mut said, mut present) = (0.0, 0_u64);
            for cell in 0..4 {
                let end = self.ends[4 * bin + cell];
                let mut count = 0_u64;
                for (&face, p) in self.faces[start..end]
                    .iter()
                    .zip(&self.probability[start..end])
                {
                    let w = weights[face as usize];
                    count += u64::from(w);
                    said += f64::from(w) * p;
                }
                confusion[cell / 2][cell % 2] += count;
                present += (cell as u64 % 2) * count;
                start = end;
            }
            off += (said - present as f64).abs();
        }
        let [[tn, missed], [fp, tp]] = confusion.map(|row| row.map(|v| v as f64));
        let n = tn + missed + fp + tp;
        [
            100.0 * (tn + tp) / n,
            50.0 * (tp / (tp + missed) + tn / (tn + fp)),
            200.0 * tp / (2.0 * tp + fp + missed),
            100.0 * off / n,
            f64::NAN,
        ]
    }
}
