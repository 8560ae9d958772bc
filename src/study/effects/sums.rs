//! Sums over faces of what muting a channel changes in a task.

use super::effect::TaskEffect;
use crate::label::TaskKind;

/// What counts in the size of a change: what the network was trained on or, if that is nothing, all.
pub(super) fn counted(trained: &[bool]) -> Vec<bool> {
    match trained.contains(&true) {
        true => trained.to_vec(),
        false => vec![true; trained.len()],
    }
}

/// How many items these are, at least one.
pub(super) fn of(counts: &[bool]) -> usize {
    counts.iter().filter(|counts| **counts).count().max(1)
}

/// Sums over faces for one channel and task.
#[derive(Clone)]
pub(super) enum Sum {
    Points(PointSum),
    Binary(BinarySum),
}

#[derive(Clone, Default)]
pub(super) struct PointSum {
    pub shift: f64,
    pub nme: f64,
    pub known: usize,
}

#[derive(Clone, Default)]
pub(super) struct BinarySum {
    /// For each attribute the absolute and the signed change.
    pub each: Vec<(f64, f64)>,
    /// Of how many of them a mean is.
    pub of: usize,
    pub loss: f64,
    pub known: usize,
}

impl Sum {
    pub fn new(kind: &TaskKind, trained: &[bool]) -> Self {
        match kind {
            TaskKind::Points { .. } => Self::Points(PointSum::default()),
            TaskKind::Binary { attributes } => Self::Binary(BinarySum {
                each: vec![(0.0, 0.0); attributes.len()],
                of: of(&counted(trained)),
                ..BinarySum::default()
            }),
        }
    }

    pub fn add(&mut self, other: &Self) {
        match (self, other) {
            (Self::Points(sum), Self::Points(other)) => {
                sum.shift += other.shift;
                sum.nme += other.nme;
                sum.known += other.known;
            }
            (Self::Binary(sum), Self::Binary(other)) => {
                for (sum, other) in sum.each.iter_mut().zip(&other.each) {
                    sum.0 += other.0;
                    sum.1 += other.1;
                }
                sum.loss += other.loss;
                sum.known += other.known;
            }
            _ => {}
        }
    }

    pub fn mean(&self, faces: usize) -> TaskEffect {
        let n = faces.max(1) as f64;
        match self {
            Self::Points(sum) => TaskEffect::Points {
                shift_percent: 100.0 * sum.shift / n,
                shift_interval: None,
                nme_change_percent: (sum.known > 0).then(|| 100.0 * sum.nme / sum.known as f64),
                nme_change_interval: None,
            },
            Self::Binary(BinarySum {
                each,
                of,
                loss,
                known,
            }) => {
                let largest = each
                    .iter()
                    .enumerate()
                    .max_by(|a, b| a.1.0.total_cmp(&b.1.0));
                let (most, (_, change)) = largest.map_or((0, (0.0, 0.0)), |(i, s)| (i, *s));
                let all: f64 = each.iter().map(|s| s.0).sum();
                TaskEffect::Binary {
                    change: all / n / *of as f64,
                    change_interval: None,
                    loss_change: (*known > 0).then(|| loss / *known as f64),
                    loss_change_interval: None,
                    most,
                    most_change: change / n,
                    most_change_interval: None,
                }
            }
        }
    }
}
