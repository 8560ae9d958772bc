//! Success at α, NME, and the cumulative error distribution with its area and failures.
//!
//! With e the distance of a point from its label over a length, of n faces:
//!
//! - success at α: the share with e ≤ α, the length being L (eq. 2 of the paper);
//! - NME: the mean of e;
//! - CED: for each x, the share with e ≤ x; its area up to a limit l, divided by l, is exactly the
//!   mean of max(0, 1 − e/l);
//! - failure rate: the share with e > l.

use super::estimate::{MEASURES, Options};
use super::normalizer::{Normalizer, apart, length};
use crate::label::{TaskLabels, TaskPrediction};

/// A CED is stated at this many steps from 0 to twice the limit.
pub const CED_STEPS: usize = 200;

/// The errors of one predictor in one points task: a column for each point, and one for whole
/// faces, whose error is the mean over their known points.
pub(super) struct PointTerms {
    pub columns: Vec<Column>,
}

/// Face and error, of the faces where both are known, in the order of the faces.
#[derive(Default)]
pub(super) struct Column {
    /// Distance over L.
    off: Vec<(u32, f64)>,
    /// Distance over the length that was chosen.
    pub error: Vec<(u32, f64)>,
    /// The same, the smallest first.
    sorted: Vec<(u32, f64)>,
}

impl PointTerms {
    /// `counted` says which points are part of whole faces. `box_lengths` and pairs are of the same
    /// faces. A point that was not said has a coordinate
    /// that is not a number; where there is no pair, nothing is known or said.
    pub fn new<'a>(
        counted: &[bool],
        reference: (usize, usize),
        options: &Options,
        pairs: impl Iterator<Item = Option<(&'a TaskLabels, &'a TaskPrediction)>>,
        box_lengths: &[Option<f64>],
    ) -> Self {
        let points = counted.len();
        let mut columns: Vec<Column> = (0..=points).map(|_| Column::default()).collect();
        for (face, pair) in (0_u32..).zip(pairs) {
            let Some((TaskLabels::Points(labels), TaskPrediction::Points(found))) = pair else {
                continue;
            };
            let by_eyes = length(labels, reference);
            let chosen = match options.nme {
                Normalizer::Eyes => by_eyes,
                Normalizer::Box => box_lengths[face as usize],
            };
            let (mut sum, mut known) = (0.0, 0_u32);
            let pairs = labels.iter().zip(found).zip(counted);
            for (((label, found), counted), column) in pairs.zip(&mut columns) {
                let Some(off) = label.known().map(|at| apart(at, *found)) else {
                    continue;
                };
                if !off.is_finite() {
                    continue;
                }
                column.push(face, off, by_eyes, chosen);
                if *counted {
                    sum += off;
                    known += 1;
                }
            }
            if known > 0 {
                columns[points].push(face, sum / f64::from(known), by_eyes, chosen);
            }
        }
        for column in &mut columns {
            column.sorted.clone_from(&column.error);
            column.sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
        }
        Self { columns }
    }

    /// Success, NME, its median, area and failures of each point, of their average, and of whole faces, in
    /// percent; NaN of nothing. `weights` say how often each face counts.
    pub fn figures(&self, weights: &[u32], options: &Options) -> Vec<[f64; MEASURES]> {
        let mut rows: Vec<[f64; MEASURES]> = self
            .columns
            .iter()
            .map(|c| c.figures(weights, options))
            .collect();
        let faces = rows.len() - 1;
        rows.insert(faces, average(&rows[..faces]));
        rows
    }
}

impl Column {
    fn push(&mut self, face: u32, off: f64, by_eyes: Option<f64>, chosen: Option<f64>) {
        self.off.extend(by_eyes.map(|l| (face, off / l)));
        self.error.extend(chosen.map(|l| (face, off / l)));
    }

    /// The faces that it is of; those with both lengths twice.
    pub fn faces(&self) -> Vec<u32> {
        self.off.iter().chain(&self.error).map(|f| f.0).collect()
    }

    pub fn known(&self) -> u64 {
        self.off.len().max(self.error.len()) as u64
    }

    fn figures(&self, weights: &[u32], options: &Options) -> [f64; MEASURES] {
        let weight = |face: u32| u64::from(weights[face as usize]);
        let (mut hits, mut of) = (0, 0);
        for &(face, off) in &self.off {
            of += weight(face);
            hits += if off <= options.alpha {
                weight(face)
            } else {
                0
            };
        }
        let (mut failures, mut n) = (0, 0);
        let (mut sum, mut area) = (0.0, 0.0);
        for &(face, error) in &self.error {
            let w = weight(face);
            n += w;
            sum += w as f64 * error;
            if error > options.limit {
                failures += w;
            } else {
                area += w as f64 * (1.0 - error / options.limit);
            }
        }
        let percent = |part: f64, all: u64| 100.0 * part / all as f64;
        [
            percent(hits as f64, of),
            percent(sum, n),
            100.0 * self.median(weights, n),
            percent(area, n),
            percent(failures as f64, n),
        ]
    }

    /// The error in the middle of `n`, or the mean of both there; NaN of nothing.
    fn median(&self, weights: &[u32], n: u64) -> f64 {
        let mut passed = 0;
        let mut lower = None;
        for &(face, error) in &self.sorted {
            passed += u64::from(weights[face as usize]);
            if lower.is_none() && 2 * passed >= n && n > 0 {
                lower = Some(error);
            }
            if let Some(lower) = lower
                && 2 * passed > n
            {
                return (lower + error) / 2.0;
            }
        }
        f64::NAN
    }

    /// The share of errors up to each of `at`, in percent; empty of nothing.
    pub fn ced(&self, at: &[f64]) -> Vec<f64> {
        if self.error.is_empty() {
            return Vec::new();
        }
        let mut errors: Vec<f64> = self.error.iter().map(|&(_, e)| e).collect();
        errors.sort_by(f64::total_cmp);
        let share = |x: &f64| errors.partition_point(|e| e <= x) as f64 / errors.len() as f64;
        at.iter().map(|x| 100.0 * share(x)).collect()
    }
}

/// The mean of what is known in each column.
pub(super) fn average(rows: &[[f64; MEASURES]]) -> [f64; MEASURES] {
    std::array::from_fn(|m| {
        let known: Vec<f64> = rows
            .iter()
            .map(|r| r[m])
            .filter(|v| v.is_finite())
            .collect();
        known.iter().sum::<f64>() / known.len() as f64
    })
}
