//! What each channel of a layer does: the landmarks and attributes with it muted against those
//! with all channels, over one or several faces.
//!
//! Each sample of a batch has a mask of its own, so a batch is one face with several channels
//! muted in turn, and what lies before the layer is computed once a batch.

mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dataset::{BoxSource, Sample};
use crate::label::{
    Annotation, BoxTransform, PointLabel, Prediction, Presence, Task, TaskKind, TaskLabels,
    TaskPrediction, distance,
};
use crate::measure::{PAIRED, Resampled, Resampling, differs, reference_length};
use crate::model::Layer;
use crate::model::TowerId;
use crate::model::crop_group;
use crate::model::{Mask, TapLayer};
use crate::model::{Predictor, decode};
use crate::photo::PhotoError;
use terms::{Intervals, TaskTerms};

/// Channels muted in turn in one batch of a narrow network.
const MASKS: usize = 16;
/// Faces decoded together.
const GROUP: usize = 16;

/// Answers that are nearer than this come from rounding, which depends on how many faces are in a
/// batch: probabilities, and points in parts of L.
const ROUNDING_OF_PROBABILITIES: f32 = 1e-6;
const ROUNDING_OF_POINTS: f64 = 1e-5;

/// A face as the network sees it, with what is known of it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Three planes of 128×128, preprocessed.
    pub input: Vec<f32>,
    pub transform: BoxTransform,
    pub source: BoxSource,
    pub labels: Option<Annotation>,
    /// Whose face it is, where that is known.
    pub identity: Option<Arc<str>>,
}

/// The faces of samples, a few at a time in memory.
pub fn subjects<'a>(
    predictor: &'a Predictor,
    samples: &'a [&'a Sample],
) -> impl Iterator<Item = Result<Subject, PhotoError>> + 'a {
    samples.chunks(GROUP).flat_map(move |group| {
        let cut = crop_group(predictor, group, Sample::region_in)
            .into_iter()
            .zip(group);
        cut.map(|(cut, sample)| {
            let cut = cut?;
            Ok(Subject {
                input: cut.input,
                transform: cut.face_box.transform(),
                source: cut.source,
                labels: Some(sample.annotation.clone()),
                identity: sample.identity.clone(),
            })
        })
        .collect::<Vec<_>>()
    })
}

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

    fn take(&mut self, found: Intervals) {
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

/// Mutes each channel of a layer in turn. `progress` is told how many faces are done and how many
/// channels of the present one, and stops the work by returning false: the means are then over
/// the faces that were finished.
///
/// # Panics
/// If the tower does not have the layer; see [`crate::model::Network::taps`].
pub fn channel_effects(
    predictor: &Predictor,
    (tower, layer): (TowerId, Layer),
    subjects: impl IntoIterator<Item = Subject>,
    mut progress: impl FnMut(usize, usize) -> bool,
) -> Effects {
    let schema = predictor.schema();
    let width = predictor.network().config().width;
    let channels = TapLayer::conv(layer).channels(width);
    let empty: Vec<Sum> = schema.tasks.iter().map(|t| Sum::new(&t.kind)).collect();
    let mut sums = vec![empty.clone(); channels];
    let mut terms = TaskTerms::all(schema, channels);
    let mut identities = Vec::new();
    let step = masks_together(predictor, layer);
    let (mut faces, mut labelled) = (0, vec![0; schema.tasks.len()]);
    let mut boxes = BTreeMap::new();
    'faces: for subject in subjects {
        let whole = Whole::of(predictor, &subject);
        let mut muted = Vec::with_capacity(channels);
        for first in (0..channels).step_by(step) {
            if !progress(faces, first) {
                break 'faces;
            }
            let last = (first + step).min(channels);
            let keep = (first..last).flat_map(|m| (0..channels).map(move |c| c != m));
            let mask = Mask {
                tower,
                layer,
                keep: keep.collect(),
            };
            muted.extend(predictions(predictor, &subject, &[mask], last - first));
        }
        for (terms, known) in terms.iter_mut().zip(&whole.known) {
            terms.face(faces, known.map_or(0, Known::count));
        }
        for (channel, (sums, muted)) in sums.iter_mut().zip(&muted).enumerate() {
            let mut own = empty.clone();
            whole.compare(muted, &mut own);
            for ((sum, own), terms) in sums.iter_mut().zip(&own).zip(&mut terms) {
                terms.channel(channel, faces, own);
                sum.add(own);
            }
        }
        identities.push(subject.identity.clone());
        for (count, known) in labelled.iter_mut().zip(&whole.known) {
            *count += usize::from(known.is_some());
        }
        *boxes.entry(subject.source).or_default() += 1;
        faces += 1;
    }
    progress(faces, 0);
    let means = |sums: &Vec<Sum>| sums.iter().map(|s| s.mean(faces)).collect();
    let mut found: Vec<Vec<TaskEffect>> = sums.iter().map(means).collect();
    let resampling = Resampling::new(identities.iter().map(Option::as_deref), PAIRED);
    for (t, terms) in terms.iter().enumerate() {
        let effects: Vec<TaskEffect> = found.iter().map(|c| c[t].clone()).collect();
        let intervals = terms.intervals(&resampling, &effects);
        for (channel, intervals) in found.iter_mut().zip(intervals) {
            channel[t].take(intervals);
        }
    }
    Effects {
        tower,
        layer,
        faces,
        boxes,
        resampled: resampling.resampled(),
        labelled,
        channels: found,
    }
}

/// As many as take about one pass: only what lies behind the layer is computed for each.
fn masks_together(predictor: &Predictor, layer: Layer) -> usize {
    let behind = Layer::ALL.len() - 1 - layer.index();
    let passes = predictor.together(MASKS);
    (passes * Layer::ALL.len() / behind.max(1)).clamp(1, MASKS)
}

fn predictions(
    predictor: &Predictor,
    subject: &Subject,
    masks: &[Mask],
    n: usize,
) -> Vec<Prediction> {
    let x = predictor.tensor(&subject.input, 1);
    let outputs = predictor.network().forward_masked(x, masks);
    let outputs: Vec<Vec<f32>> = outputs
        .into_iter()
        .map(|o| crate::model::repeated(o, n))
        .map(|o| predictor.read_back(o))
        .collect();
    let schema = predictor.schema();
    (0..n)
        .map(|i| decode(schema, &outputs, i, &subject.transform))
        .collect()
}

/// What is labelled of a task.
#[derive(Clone, Copy)]
enum Known<'a> {
    Points(&'a [PointLabel]),
    Binary(&'a [Presence]),
}

impl<'a> Known<'a> {
    /// The labels of a task, as far as there are such.
    fn of(subject: &'a Subject, t: usize, task: &Task) -> Option<Self> {
        match subject.labels.as_ref()?.of(t, task)? {
            TaskLabels::Points(points) => Some(Self::Points(points)),
            TaskLabels::Binary(labels) => {
                let any = labels.iter().any(|l| l.known().is_some());
                any.then_some(Self::Binary(labels))
            }
        }
    }

    fn count(self) -> usize {
        match self {
            Self::Points(points) => points.iter().filter(|l| l.known().is_some()).count(),
            Self::Binary(labels) => labels.iter().filter(|l| l.known().is_some()).count(),
        }
    }
}

/// Of a probability, what the label says against it: no more than what single precision tells
/// from certainty.
fn cross_entropy(probability: f32, present: bool) -> f64 {
    let right = match present {
        true => f64::from(probability),
        false => 1.0 - f64::from(probability),
    };
    -right.max(f64::from(f32::EPSILON)).ln()
}

/// A face with all channels, and what its points are measured by; an entry per task.
struct Whole<'a> {
    prediction: Prediction,
    /// The labelled points, where they give an L, or the attributes, where any is known.
    known: Vec<Option<Known<'a>>>,
    /// L in photo pixels: of the labels or, for the shift, of what is predicted.
    lengths: Vec<f64>,
}

impl<'a> Whole<'a> {
    fn of(predictor: &Predictor, subject: &'a Subject) -> Self {
        let prediction = predictions(predictor, subject, &[], 1).swap_remove(0);
        let tasks = &predictor.schema().tasks;
        let scale = |(t, task): (usize, &Task)| {
            let labels = Known::of(subject, t, task);
            let (TaskKind::Points { reference, .. }, TaskPrediction::Points(found)) =
                (&task.kind, &prediction.tasks[t])
            else {
                return (labels, 1.0);
            };
            let length = match labels {
                Some(Known::Points(points)) => reference_length(points, *reference),
                _ => None,
            };
            let known = length.and(labels);
            let predicted = distance(found[reference.0], found[reference.1]);
            let length = f64::from(length.unwrap_or(predicted)).max(f64::from(f32::EPSILON));
            (known, length)
        };
        let (known, lengths) = tasks.iter().enumerate().map(scale).unzip();
        Self {
            prediction,
            known,
            lengths,
        }
    }

    fn compare(&self, muted: &Prediction, sums: &mut [Sum]) {
        for (t, sum) in sums.iter_mut().enumerate() {
            match (sum, &self.prediction.tasks[t], &muted.tasks[t]) {
                (Sum::Points(sum), TaskPrediction::Points(a), TaskPrediction::Points(b)) => {
                    let off =
                        |a: &[f32; 2], b: &[f32; 2]| f64::from(distance(*a, *b)) / self.lengths[t];
                    let moves = |(a, b): (&[f32; 2], &[f32; 2])| off(a, b) > ROUNDING_OF_POINTS;
                    let moved = a.iter().zip(b).filter(|both| moves(*both));
                    let moved: f64 = moved.map(|(a, b)| off(a, b)).sum();
                    sum.shift += moved / a.len().max(1) as f64;
                    let Some(Known::Points(labels)) = self.known[t] else {
                        continue;
                    };
                    for (label, (a, b)) in labels.iter().zip(a.iter().zip(b)) {
                        let Some(at) = label.known() else { continue };
                        sum.known += 1;
                        if moves((a, b)) {
                            sum.nme += off(&at, b) - off(&at, a);
                        }
                    }
                }
                (Sum::Binary(sum), TaskPrediction::Binary(a), TaskPrediction::Binary(b)) => {
                    let changes = |a: f32, b: f32| (b - a).abs() > ROUNDING_OF_PROBABILITIES;
                    for ((a, b), sum) in a.iter().zip(b).zip(&mut sum.each) {
                        if changes(*a, *b) {
                            let change = f64::from(b - a);
                            sum.0 += change.abs();
                            sum.1 += change;
                        }
                    }
                    let Some(Known::Binary(labels)) = self.known[t] else {
                        continue;
                    };
                    for (label, (a, b)) in labels.iter().zip(a.iter().zip(b)) {
                        let Some(present) = label.known() else {
                            continue;
                        };
                        sum.known += 1;
                        if changes(*a, *b) {
                            sum.loss += cross_entropy(*b, present) - cross_entropy(*a, present);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Sums over faces for one channel and task.
#[derive(Clone)]
enum Sum {
    Points(PointSum),
    Binary(BinarySum),
}

#[derive(Clone, Default)]
struct PointSum {
    shift: f64,
    nme: f64,
    known: usize,
}

#[derive(Clone, Default)]
struct BinarySum {
    /// For each attribute the absolute and the signed change.
    each: Vec<(f64, f64)>,
    loss: f64,
    known: usize,
}

impl Sum {
    fn new(kind: &TaskKind) -> Self {
        match kind {
            TaskKind::Points { .. } => Self::Points(PointSum::default()),
            TaskKind::Binary { attributes } => Self::Binary(BinarySum {
                each: vec![(0.0, 0.0); attributes.len()],
                ..BinarySum::default()
            }),
        }
    }

    fn add(&mut self, other: &Self) {
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

    fn mean(&self, faces: usize) -> TaskEffect {
        let n = faces.max(1) as f64;
        match self {
            Self::Points(sum) => TaskEffect::Points {
                shift_percent: 100.0 * sum.shift / n,
                shift_interval: None,
                nme_change_percent: (sum.known > 0).then(|| 100.0 * sum.nme / sum.known as f64),
                nme_change_interval: None,
            },
            Self::Binary(BinarySum { each, loss, known }) => {
                let largest = each
                    .iter()
                    .enumerate()
                    .max_by(|a, b| a.1.0.total_cmp(&b.1.0));
                let (most, (_, change)) = largest.map_or((0, (0.0, 0.0)), |(i, s)| (i, *s));
                let all: f64 = each.iter().map(|s| s.0).sum();
                TaskEffect::Binary {
                    change: all / n / each.len().max(1) as f64,
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

#[cfg(test)]
mod tests;
