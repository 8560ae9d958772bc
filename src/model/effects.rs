//! What each channel of a layer does: the landmarks and attributes with it muted against those
//! with all channels, over one or several faces.
//!
//! Each sample of a batch has a mask of its own, so a batch is one face with several channels
//! muted in turn, and what lies before the layer is computed once a batch.

use std::collections::BTreeMap;

use super::config::Layer;
use super::network::TowerId;
use super::predict::{Predictor, decode};
use super::sweep::cut_group;
use super::taps::{Mask, Place};
use crate::dataset::{BoxSource, Sample};
use crate::label::{
    Annotation, BoxTransform, PointLabel, Prediction, Task, TaskKind, TaskLabels, TaskPrediction,
    distance,
};
use crate::measure::reference_length;
use crate::photo::PhotoError;

/// Channels muted in turn in one batch of a narrow network.
const MASKS: usize = 16;
/// Faces decoded together.
const GROUP: usize = 16;

/// A face as the network sees it, with what is known of it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Three planes of 128×128, preprocessed.
    pub input: Vec<f32>,
    pub transform: BoxTransform,
    pub source: BoxSource,
    pub labels: Option<Annotation>,
}

/// The faces of samples, a few at a time in memory.
pub fn subjects<'a>(
    predictor: &'a Predictor,
    samples: &'a [&'a Sample],
) -> impl Iterator<Item = Result<Subject, PhotoError>> + 'a {
    samples.chunks(GROUP).flat_map(move |group| {
        let cut = cut_group(predictor, group, Sample::region_in)
            .into_iter()
            .zip(group);
        cut.map(|(cut, sample)| {
            let cut = cut?;
            Ok(Subject {
                input: cut.input,
                transform: cut.face_box.transform(),
                source: cut.source,
                labels: Some(sample.annotation.clone()),
            })
        })
        .collect::<Vec<_>>()
    })
}

/// What muting a channel changes in a task, as a mean over faces.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskEffect {
    Points {
        /// How far the points move, in percent of L: the distance of the labelled reference
        /// points, or of the predicted ones where there are no labels.
        shift_percent: f64,
        /// By how much the NME grows, in percent of L, over the faces whose L is labelled; `None`
        /// without such.
        nme_change_percent: Option<f64>,
    },
    Binary {
        /// Mean absolute change of the probabilities, 0 to 1.
        change: f64,
        /// The attribute that changes most.
        most: usize,
        /// By how much the probability of that one grows.
        most_change: f64,
    },
}

impl TaskEffect {
    /// What channels are ranked by: the loss where labels tell it, else the size of the change.
    pub fn size(&self) -> f64 {
        match self {
            Self::Points {
                shift_percent,
                nme_change_percent,
            } => nme_change_percent.unwrap_or(*shift_percent),
            Self::Binary { change, .. } => *change,
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
    /// For each task, over how many of them the growth of its NME is: those whose reference points
    /// are labelled, and apart. None for attributes, whose change takes no labels.
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

    /// The channels by their effect on a task, the largest first.
    pub fn ranked(&self, task: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.channels.len()).collect();
        order.sort_by(|a, b| self.size(*b, task).total_cmp(&self.size(*a, task)));
        order
    }

    /// Nothing on a task that was not looked at: findings may be of another network.
    fn size(&self, channel: usize, task: usize) -> f64 {
        let effect = self.channels[channel].get(task);
        effect.map_or(0.0, TaskEffect::size)
    }
}

/// Mutes each channel of a layer in turn. `progress` is told how many faces are done and how many
/// channels of the present one, and stops the work by returning false: the means are then over
/// the faces that were finished.
///
/// # Panics
/// If the tower does not have the layer; see [`super::Network::taps`].
pub fn channel_effects(
    predictor: &Predictor,
    (tower, layer): (TowerId, Layer),
    subjects: impl IntoIterator<Item = Subject>,
    mut progress: impl FnMut(usize, usize) -> bool,
) -> Effects {
    let schema = predictor.schema();
    let width = predictor.network().config().width;
    let channels = Place::conv(layer).channels(width);
    let empty: Vec<Sum> = schema.tasks.iter().map(|t| Sum::new(&t.kind)).collect();
    let mut sums = vec![empty; channels];
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
        for (sums, muted) in sums.iter_mut().zip(&muted) {
            whole.compare(muted, sums);
        }
        for (count, known) in labelled.iter_mut().zip(&whole.known) {
            *count += usize::from(known.is_some());
        }
        *boxes.entry(subject.source).or_default() += 1;
        faces += 1;
    }
    progress(faces, 0);
    let means = |sums: &Vec<Sum>| sums.iter().map(|s| s.mean(faces)).collect();
    Effects {
        tower,
        layer,
        faces,
        boxes,
        labelled,
        channels: sums.iter().map(means).collect(),
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
        .map(|o| super::taps::repeated(o, n))
        .map(|o| predictor.read_back(o))
        .collect();
    let schema = predictor.schema();
    (0..n)
        .map(|i| decode(schema, &outputs, i, &subject.transform))
        .collect()
}

/// A face with all channels, and what its points are measured by; an entry per task.
struct Whole<'a> {
    prediction: Prediction,
    /// The labelled points, where they give an L; nothing for attributes.
    known: Vec<Option<&'a [PointLabel]>>,
    /// L in photo pixels: of the labels or, for the shift, of what is predicted.
    lengths: Vec<f64>,
}

impl<'a> Whole<'a> {
    fn of(predictor: &Predictor, subject: &'a Subject) -> Self {
        let prediction = predictions(predictor, subject, &[], 1).swap_remove(0);
        let tasks = &predictor.schema().tasks;
        let scale = |(t, task): (usize, &Task)| {
            let (TaskKind::Points { reference, .. }, TaskPrediction::Points(found)) =
                (&task.kind, &prediction.tasks[t])
            else {
                return (None, 1.0);
            };
            let known = known_points(subject, t, task);
            let known = known.and_then(|l| Some((l, reference_length(l, *reference)?)));
            let predicted = distance(found[reference.0], found[reference.1]);
            let length = known.map_or(predicted, |(_, length)| length);
            let length = f64::from(length).max(f64::from(f32::EPSILON));
            (known.map(|(labels, _)| labels), length)
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
                    let moved: f64 = a.iter().zip(b).map(|(a, b)| off(a, b)).sum();
                    sum.shift += moved / a.len().max(1) as f64;
                    let labels = self.known[t].into_iter().flatten();
                    for (label, (a, b)) in labels.zip(a.iter().zip(b)) {
                        if let Some(at) = label.known() {
                            sum.nme += off(&at, b) - off(&at, a);
                            sum.known += 1;
                        }
                    }
                }
                (Sum::Binary(sums), TaskPrediction::Binary(a), TaskPrediction::Binary(b)) => {
                    for ((a, b), sum) in a.iter().zip(b).zip(sums) {
                        let change = f64::from(b - a);
                        sum.0 += change.abs();
                        sum.1 += change;
                    }
                }
                _ => {}
            }
        }
    }
}

/// The labels of a points task, as far as there are such.
fn known_points<'a>(subject: &'a Subject, t: usize, task: &Task) -> Option<&'a [PointLabel]> {
    match subject.labels.as_ref()?.of(t, task)? {
        TaskLabels::Points(points) => Some(points),
        TaskLabels::Binary(_) => None,
    }
}

/// Sums over faces for one channel and task.
#[derive(Clone)]
enum Sum {
    Points(PointSum),
    /// For each attribute the absolute and the signed change.
    Binary(Vec<(f64, f64)>),
}

#[derive(Clone, Default)]
struct PointSum {
    shift: f64,
    nme: f64,
    known: usize,
}

impl Sum {
    fn new(kind: &TaskKind) -> Self {
        match kind {
            TaskKind::Points { .. } => Self::Points(PointSum::default()),
            TaskKind::Binary { attributes } => Self::Binary(vec![(0.0, 0.0); attributes.len()]),
        }
    }

    fn mean(&self, faces: usize) -> TaskEffect {
        let n = faces.max(1) as f64;
        match self {
            Self::Points(sum) => TaskEffect::Points {
                shift_percent: 100.0 * sum.shift / n,
                nme_change_percent: (sum.known > 0).then(|| 100.0 * sum.nme / sum.known as f64),
            },
            Self::Binary(sums) => {
                let largest = sums
                    .iter()
                    .enumerate()
                    .max_by(|a, b| a.1.0.total_cmp(&b.1.0));
                let (most, (_, change)) = largest.map_or((0, (0.0, 0.0)), |(i, s)| (i, *s));
                let all: f64 = sums.iter().map(|s| s.0).sum();
                TaskEffect::Binary {
                    change: all / n / sums.len().max(1) as f64,
                    most,
                    most_change: change / n,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::Network;
    use super::super::testing::{made, noise, predictor, random};
    use super::*;
    use crate::label::{FaceBox, Schema};

    fn subject(salt: usize, labels: bool) -> Subject {
        let mut annotation = Annotation::unknown(&Schema::face());
        annotation.tasks[0] = TaskLabels::Points(
            (0..5)
                .map(|i| PointLabel::visible([20.0 * i as f32, 30.0]))
                .collect(),
        );
        Subject {
            input: noise(3 * 128 * 128, salt),
            transform: FaceBox::new(0.0, 0.0, 128.0, 128.0).transform(),
            source: match labels {
                true => BoxSource::Labels,
                false => BoxSource::WholePicture,
            },
            labels: labels.then_some(annotation),
        }
    }

    #[test]
    fn effects_are_those_of_muting_one_channel_after_another() {
        let predictor = predictor(random("ours_concat", 2, 4));
        let (tower, layer) = (TowerId::Shared, Layer::Conv4_2);
        let faces = [subject(1, true), subject(2, true)];
        let mut calls = 0;
        let found = channel_effects(&predictor, (tower, layer), faces.clone(), |_, _| {
            calls += 1;
            true
        });
        assert_eq!((found.faces, found.channels.len(), calls), (2, 16, 3));
        assert_eq!(found.labelled, [2, 0]);
        let c = found.ranked(0)[0];
        let mask = Mask::muting(tower, layer, 16, &[c]);
        let (mut nme, mut shift, mut change) = (0.0, 0.0, vec![0.0; 40]);
        for face in &faces {
            let said = |masks: &[Mask]| predictions(&predictor, face, masks, 1).remove(0);
            let (whole, muted) = (said(&[]), said(std::slice::from_ref(&mask)));
            let (TaskPrediction::Points(a), TaskPrediction::Points(b)) =
                (&whole.tasks[0], &muted.tasks[0])
            else {
                unreachable!()
            };
            for i in 0..5 {
                let at = [20.0 * i as f32, 30.0];
                nme += f64::from(distance(at, b[i]) - distance(at, a[i])) / 20.0 / 10.0;
                shift += f64::from(distance(a[i], b[i])) / 20.0 / 10.0;
            }
            if let (TaskPrediction::Binary(a), TaskPrediction::Binary(b)) =
                (&whole.tasks[1], &muted.tasks[1])
            {
                for i in 0..40 {
                    change[i] += f64::from((a[i] - b[i]).abs()) / 2.0;
                }
            }
        }
        let TaskEffect::Points {
            shift_percent,
            nme_change_percent,
        } = found.channels[c][0]
        else {
            unreachable!()
        };
        assert!((shift_percent - 100.0 * shift).abs() < 1e-2 * shift_percent.abs());
        assert!((nme_change_percent.unwrap() - 100.0 * nme).abs() < 1e-2 * shift_percent);
        let TaskEffect::Binary {
            change: mean, most, ..
        } = found.channels[c][1]
        else {
            unreachable!()
        };
        assert!((mean - change.iter().sum::<f64>() / 40.0).abs() < 1e-5);
        assert!(change.iter().all(|v| *v <= change[most] + 1e-6));
        let sizes: Vec<f64> = found
            .ranked(1)
            .iter()
            .map(|c| found.channels[*c][1].size())
            .collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes[0] > sizes[15]);
    }

    #[test]
    fn without_labels_the_shift_counts_and_a_channel_without_signal_does_nothing() {
        let network: Network = random("ours_concat", 2, 4);
        let tensors = network.tensors(true);
        let network = made(network.config(), |name, place| {
            let tensor = &tensors[name];
            let shape = tensor.shape().to_vec();
            let at = place.iter().zip(&shape).fold(0, |at, (p, s)| at * s + p);
            let dead = name.starts_with("attributes.conv2_1.") && place[0] == 3;
            if dead {
                0.0
            } else {
                tensor.as_slice::<f32>().unwrap()[at]
            }
        });
        let predictor = predictor(network);
        let place = (TowerId::Task(1), Layer::Conv2_1);
        let found = channel_effects(&predictor, place, [subject(3, false)], |_, _| true);
        for (c, tasks) in found.channels.iter().enumerate() {
            let TaskEffect::Points {
                shift_percent,
                nme_change_percent,
            } = tasks[0]
            else {
                unreachable!()
            };
            assert_eq!((shift_percent, nme_change_percent), (0.0, None));
            // Rounding depends on how many faces are in a batch.
            assert_eq!(tasks[1].size() < 1e-6, c == 3, "{c}");
        }
        assert_eq!(found.ranked(1)[3], 3);
    }

    #[test]
    fn a_cancelled_ranking_keeps_the_finished_faces() {
        let predictor = predictor(random("ours_concat", 2, 4));
        let place = (TowerId::Shared, Layer::Conv4_3);
        let faces = || (0..3).map(|i| subject(i, true));
        let found = channel_effects(&predictor, place, faces(), |done, _| done < 1);
        assert_eq!(found.boxes, BTreeMap::from([(BoxSource::Labels, 1)]));
        let one = channel_effects(&predictor, place, faces().take(1), |_, _| true);
        assert_eq!(found, one);
        assert_eq!(found.faces, 1);
    }

    #[test]
    fn only_faces_with_a_labelled_length_tell_of_the_nme() {
        let predictor = predictor(random("ours_concat", 2, 4));
        let place = (TowerId::Shared, Layer::Conv4_2);
        let effects = |faces: Vec<Subject>| channel_effects(&predictor, place, faces, |_, _| true);
        let other = |change: &dyn Fn(&mut Vec<TaskLabels>)| {
            let mut face = subject(2, true);
            change(&mut face.labels.as_mut().unwrap().tasks);
            face
        };
        let point = |tasks: &mut Vec<TaskLabels>, i: usize, label| match &mut tasks[0] {
            TaskLabels::Points(points) => points[i] = label,
            TaskLabels::Binary(_) => unreachable!(),
        };
        let nme = |found: &Effects| -> Vec<Option<f64>> {
            let of = |c: &Vec<TaskEffect>| match c[0] {
                TaskEffect::Points {
                    nme_change_percent, ..
                } => nme_change_percent,
                TaskEffect::Binary { .. } => None,
            };
            found.channels.iter().map(of).collect()
        };
        let alone = effects(vec![subject(1, true)]);
        for odd in [
            // An eye is not known, or both are in one place.
            other(&|t| point(t, 0, PointLabel::default())),
            other(&|t| point(t, 0, PointLabel::visible([20.0, 30.0]))),
            // Labels of another schema.
            other(&|t| t.clear()),
            other(&|t| t.reverse()),
            other(&|t| t[0] = TaskLabels::Points(vec![PointLabel::visible([1.0, 2.0])])),
            other(&|t| t[0] = TaskLabels::Points(vec![PointLabel::visible([1.0, 2.0]); 7])),
        ] {
            let found = effects(vec![subject(1, true), odd]);
            assert_eq!((found.faces, &found.labelled[..]), (2, &[1, 0][..]));
            assert_eq!(nme(&found), nme(&alone));
        }
        let both = effects(vec![subject(1, true), subject(2, false), subject(3, true)]);
        let boxes = [(BoxSource::Labels, 2), (BoxSource::WholePicture, 1)];
        assert_eq!((both.faces, both.boxes), (3, BTreeMap::from(boxes)));
        let more = other(&|t| t.push(t[1].clone()));
        assert_eq!(effects(vec![more]).labelled, [1, 0]);
    }

    #[test]
    fn a_task_that_was_not_looked_at_ranks_nothing() {
        let effects = Effects {
            tower: TowerId::Shared,
            layer: Layer::Conv1_1,
            faces: 1,
            boxes: BTreeMap::new(),
            labelled: Vec::new(),
            channels: vec![Vec::new(); 3],
        };
        assert_eq!(effects.ranked(7), [0, 1, 2]);
        assert_eq!(effects.largest(7), f64::MIN_POSITIVE);
    }
}
