//! What muting a channel changes, task by task, and how channels rank by it.

use std::collections::BTreeMap;

use crate::dataset::BoxSource;
use crate::evaluation::Warning;
use crate::measure::{Resampled, differs};
use crate::model::{Layer, TowerId};

/// What muting a channel changes in a task, as a mean over faces, with intervals of 95 % over
/// resamples of the faces; without one where the faces are too few.
///
/// Two things are told apart: how large the change is, which is never below zero and so is no test
/// of whether there is one; and how much worse the task gets, which may be zero or an improvement,
/// and takes labels. Whether a channel does anything is told from the latter's interval alone.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskEffect {
    Points {
        /// How far the points move, in percent of L: the distance of the labelled reference
        /// points, or of the predicted ones where there are no labels.
        shift_percent: f64,
        shift_interval: Option<[f64; 2]>,
        /// By how much the NME grows, in percent of L, over the faces whose L is labelled; `None`
        /// without such.
        nme_change_percent: Option<f64>,
        nme_change_interval: Option<[f64; 2]>,
    },
    Binary {
        /// Mean absolute change of the probabilities, 0 to 1.
        change: f64,
        change_interval: Option<[f64; 2]>,
        /// By how much the cross-entropy grows, in nats, as a mean over the known labels; `None`
        /// without such.
        loss_change: Option<f64>,
        loss_change_interval: Option<[f64; 2]>,
        /// The attribute that changes most.
        most: usize,
        /// By how much the probability of that one grows.
        most_change: f64,
        most_change_interval: Option<[f64; 2]>,
    },
}

impl TaskEffect {
    /// How much worse the task gets, where labels tell it: NME or cross-entropy.
    pub fn worse(&self) -> Option<f64> {
        match self {
            Self::Points {
                nme_change_percent, ..
            } => *nme_change_percent,
            Self::Binary { loss_change, .. } => *loss_change,
        }
    }

    /// What channels are ranked by: how much worse the task gets where labels tell it, else the
    /// size of the change.
    pub fn size(&self) -> f64 {
        let change = match self {
            Self::Points { shift_percent, .. } => *shift_percent,
            Self::Binary { change, .. } => *change,
        };
        self.worse().unwrap_or(change)
    }

    /// The interval of [`TaskEffect::size`].
    pub fn interval(&self) -> Option<[f64; 2]> {
        let (signed, size) = match self {
            Self::Points {
                nme_change_interval,
                shift_interval,
                ..
            } => (nme_change_interval, shift_interval),
            Self::Binary {
                loss_change_interval,
                change_interval,
                ..
            } => (loss_change_interval, change_interval),
        };
        match self.worse() {
            Some(_) => *signed,
            None => *size,
        }
    }

    /// Whether the effect is told from none: the interval of how much worse the task gets leaves
    /// zero out. `None` where that is not known, as the size of a change is never below zero.
    pub fn differs(&self) -> Option<bool> {
        self.worse()?;
        Some(self.interval().is_some_and(differs))
    }

    /// Zero, and surely so: no resample has anything else.
    pub fn is_nothing(&self) -> bool {
        self.size() == 0.0 && self.interval().is_none_or(|i| i == [0.0; 2])
    }

    pub(super) fn take(&mut self, found: Intervals) {
        match self {
            Self::Points {
                shift_interval,
                nme_change_interval,
                ..
            } => (*shift_interval, *nme_change_interval) = (found.size, found.worse),
            Self::Binary {
                change_interval,
                loss_change_interval,
                most_change_interval,
                ..
            } => {
                (*change_interval, *loss_change_interval) = (found.size, found.worse);
                *most_change_interval = found.most;
            }
        }
    }
}

/// The effect of every channel of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    pub tower: TowerId,
    pub layer: Layer,
    /// Faces over which the means are.
    pub faces: usize,
    /// In which boxes they were looked at.
    pub boxes: BTreeMap<BoxSource, usize>,
    /// What was drawn for the intervals.
    pub resampled: Resampled,
    /// For each task, over how many of them it is known how much worse it gets: those whose
    /// reference points are labelled, and apart; those of which any attribute is labelled.
    pub labelled: Vec<usize>,
    /// For each channel one entry per task of the schema.
    pub channels: Vec<Vec<TaskEffect>>,
    /// What a reader must know of the weights and the faces.
    pub warnings: Vec<Warning>,
}

impl Effects {
    /// The size of the largest effect on a task, of either sign; not zero.
    pub fn largest(&self, task: usize) -> f64 {
        let sizes = (0..self.channels.len()).map(|c| self.size(c, task).abs());
        sizes.fold(f64::MIN_POSITIVE, f64::max)
    }

    /// Whether any channel does anything to a task: a tower of another task cannot.
    pub fn touches(&self, task: usize) -> bool {
        (0..self.channels.len()).any(|c| self.size(c, task) != 0.0)
    }

    /// The channels by their effect on a task, the largest first.
    pub fn ranked(&self, task: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.channels.len()).collect();
        order.sort_by(|a, b| self.size(*b, task).total_cmp(&self.size(*a, task)));
        order
    }

    /// Which channels have an effect on a task that is told from none; `None` where no labels tell
    /// how much worse it gets.
    pub fn differing(&self, task: usize) -> Option<Differing> {
        let own: Vec<&TaskEffect> = self.channels.iter().filter_map(|c| c.get(task)).collect();
        let told: Option<Vec<bool>> = own.iter().map(|effect| effect.differs()).collect();
        Some(Differing {
            channels: told?.into_iter().filter(|differs| *differs).count(),
            of: own.len(),
            tested: own.iter().filter(|effect| !effect.is_nothing()).count(),
        })
    }

    /// Nothing on a task that was not looked at: findings may be of another network.
    fn size(&self, channel: usize, task: usize) -> f64 {
        let effect = self.channels[channel].get(task);
        effect.map_or(0.0, TaskEffect::size)
    }
}

/// How many of so many channels have an effect that is told from none, each by an interval of its
/// own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    pub channels: usize,
    pub of: usize,
    /// Those that change anything at all: only these can seem to differ.
    pub tested: usize,
}

impl Differing {
    /// How many intervals of 95 % leave zero out by chance where no channel does anything.
    pub fn by_chance(&self) -> f64 {
        0.05 * self.tested as f64
    }
}

/// The intervals of a channel's effect on a task.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Intervals {
    pub size: Option<[f64; 2]>,
    pub worse: Option<[f64; 2]>,
    pub most: Option<[f64; 2]>,
}
