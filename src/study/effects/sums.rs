//! Sums over faces of what muting a channel changes in a task.

use super::effect::TaskEffect;
use crate::label::{Task, TaskKind, Untrained, trained_or_all};

/// Which points or attributes of a task count.
pub(super) struct Items {
    /// In how much worse it gets: those that the network was trained on.
    pub trained: Vec<bool>,
    /// In the size of a change: these or, if there are none, all.
    pub sized: Vec<bool>,
    /// How many the latter are, at least one.
    pub count: f64,
}

impl Items {
    pub fn of(task: &Task, untrained: &Untrained) -> Self {
        let trained = untrained.trained(task);
        let sized = trained_or_all(trained.clone());
        let count = sized.iter().filter(|counts| **counts).count().max(1) as f64;
        Self {
            trained,
            sized,
            count,
        }
    }
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
    /// The mean absolute change over those that count.
    pub change: f64,
    pub loss: f64,
    pub known: usize,
}

impl Sum {
    pub fn new(kind: &TaskKind) -> Self {
        match kind {
            TaskKind::Points { .. } => Self::Points(PointSum::default()),
            TaskKind::Binary { attributes } => Self::Binary(BinarySum {
                each: vec![(0.0, 0.0); attributes.len()],
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
                sum.change += other.change;
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
                change: size,
                loss,
                known,
            }) => {
                let largest = each
                    .iter()
                    .enumerate()
                    .max_by(|a, b| a.1.0.total_cmp(&b.1.0));
                let (most, (_, change)) = largest.map_or((0, (0.0, 0.0)), |(i, s)| (i, *s));
                TaskEffect::Binary {
                    change: size / n,
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
