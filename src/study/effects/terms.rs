//! What muting changes face by face, kept until the intervals of the means are known.

use super::effect::{Intervals, TaskEffect};
use super::sums::Sum;
use crate::label::{Schema, Task, TaskKind};
use crate::measure::{Changes, Resampling};

/// Values of single attributes that are kept at most, 256 MB; of more faces the interval of the
/// attribute that changes most is not told.
const MOST_KEPT: usize = 64 << 20;

/// Of one task, the changes of every channel.
pub(super) struct TaskTerms {
    /// The shift of points, or the mean absolute change of probabilities.
    size: Changes,
    /// The growth of the points' error, or of the attributes' cross-entropy.
    worse: Changes,
    /// What shift and error of points are multiplied by for percent; 1 for attributes.
    factor: f64,
    /// For each channel the signed changes of each attribute, face by face.
    signed: Option<Vec<Vec<f32>>>,
    attributes: usize,
}

impl TaskTerms {
    pub fn all(schema: &Schema, channels: usize) -> Vec<Self> {
        let of = |task: &Task| {
            let points = task.is_points();
            Self {
                size: Changes::new(channels),
                worse: Changes::new(channels),
                factor: if points { 100.0 } else { 1.0 },
                signed: (!points).then(|| vec![Vec::new(); channels]),
                attributes: match &task.kind {
                    TaskKind::Points { .. } => 0,
                    TaskKind::Binary { attributes } => attributes.len(),
                },
            }
        };
        schema.tasks.iter().map(of).collect()
    }

    /// A face of which so many labels are known in a task.
    pub fn face(&mut self, face: usize, known: usize) {
        self.size.know(face, 1);
        self.worse.know(face, known);
        let kept = |signed: &Vec<Vec<f32>>| signed.len() * (face + 1) * self.attributes;
        if self.signed.as_ref().is_some_and(|s| kept(s) > MOST_KEPT) {
            self.signed = None;
        }
    }

    /// What a channel does on the newest face: sums of that face alone.
    pub fn channel(&mut self, channel: usize, face: usize, own: &Sum) {
        match own {
            Sum::Points(sum) => {
                self.size.change(channel, face, sum.shift);
                self.worse.change(channel, face, sum.nme);
            }
            Sum::Binary(sum) => {
                self.size.change(channel, face, sum.change);
                self.worse.change(channel, face, sum.loss);
                if let Some(signed) = &mut self.signed {
                    signed[channel].extend(sum.each.iter().map(|s| s.1 as f32));
                }
            }
        }
    }

    /// The intervals of every channel's effect.
    pub fn intervals(&self, resampling: &Resampling, effects: &[TaskEffect]) -> Vec<Intervals> {
        let channels = effects.len();
        if !resampling.suffices(|_| true) {
            return vec![Intervals::default(); channels];
        }
        let suffices = resampling.suffices(|face| self.worse.knows(face));
        let worse = suffices.then_some(&self.worse);
        let nothing = || vec![f64::NAN; channels];
        let most = |channel: usize, weights: &[u32]| {
            let (Some(signed), TaskEffect::Binary { most, .. }) = (&self.signed, &effects[channel])
            else {
                return f64::NAN;
            };
            let own = signed[channel].iter().skip(*most).step_by(self.attributes);
            let pairs = own.zip(weights);
            let sum: f64 = pairs.map(|(v, w)| f64::from(*v) * f64::from(*w)).sum();
            sum / weights.iter().map(|w| f64::from(*w)).sum::<f64>()
        };
        let found = resampling.intervals(|weights| {
            let size = self.size.means(weights).unwrap_or_else(nothing);
            let worse = worse.and_then(|worse| worse.means(weights));
            let worse = worse.unwrap_or_else(nothing);
            let most = (0..channels).map(|c| most(c, weights));
            size.into_iter()
                .chain(worse)
                .map(|v| self.factor * v)
                .chain(most)
                .collect()
        });
        let of = |channel: usize| Intervals {
            size: found[channel],
            worse: found[channels + channel],
            most: found[2 * channels + channel],
        };
        (0..channels).map(of).collect()
    }
}
