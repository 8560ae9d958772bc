//! What each channel of a layer does: the landmarks and attributes with it muted against those
//! with all channels, over one or several faces.
//!
//! Each sample of a batch has a mask of its own, so a batch is one face with several channels
//! muted in turn, and what lies before the layer is computed once a batch.

mod effect;
mod subjects;
mod sums;
mod terms;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use effect::{Differing, Effects, TaskEffect};

use crate::dataset::Sample;
use crate::evaluation::Trained;
use crate::label::Untrained;
use crate::measure::{PAIRED, Resampling};
use crate::model::{Layer, Mask, Predictor, TapLayer, TowerId};
use crate::photo::PhotoError;
use subjects::{Subject, predictions, subjects};
use sums::{Items, Sum};
use terms::TaskTerms;
use whole::{Known, Whole};

/// Channels muted in turn in one batch of a narrow network.
const MASKS: usize = 16;

/// Mutes each channel of a layer in turn, over faces of the data set `data`; what cannot be read is
/// left out. Else as [`channel_effects`].
pub fn effects_over(
    predictor: &Predictor,
    place: (TowerId, Layer),
    (data, samples): (&str, &[&Sample]),
    progress: impl FnMut(usize, usize) -> bool,
) -> (Effects, Vec<PhotoError>) {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    let readable = samples.iter().zip(subjects(predictor, samples));
    let readable = readable.filter_map(|(sample, subject)| match subject {
        Ok(subject) => {
            read.push(*sample);
            Some(subject)
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    });
    let mut found = channel_effects(predictor, place, readable, progress);
    let trained = Trained::of(&predictor.checkpoint().training);
    found.warnings = trained.warnings(data, read.into_iter().take(found.faces));
    (found, problems)
}

/// Mutes each channel of a layer in turn. `progress` is told how many faces are done and how many
/// channels of the present one, and stops the work by returning false: the means are then over
/// the faces that were finished.
///
/// # Panics
/// If the tower does not have the layer; see [`crate::model::Network::taps`].
fn channel_effects(
    predictor: &Predictor,
    (tower, layer): (TowerId, Layer),
    subjects: impl IntoIterator<Item = Subject>,
    mut progress: impl FnMut(usize, usize) -> bool,
) -> Effects {
    let schema = predictor.schema();
    let width = predictor.network().config().width;
    let channels = TapLayer::conv(layer).channels(width);
    let untrained = Untrained::from_training(&predictor.checkpoint().training);
    let tasks = schema.tasks.iter();
    let items: Vec<Items> = tasks.clone().map(|t| Items::of(t, &untrained)).collect();
    let empty: Vec<Sum> = tasks.map(|t| Sum::new(&t.kind)).collect();
    let mut sums = vec![empty.clone(); channels];
    let mut terms = TaskTerms::all(schema, channels);
    let mut identities = Vec::new();
    let step = masks_together(predictor, layer);
    let (mut faces, mut labelled) = (0, vec![0; schema.tasks.len()]);
    let mut boxes = BTreeMap::new();
    'faces: for subject in subjects {
        let whole = Whole::of(predictor, &subject, &items);
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
        for ((terms, known), items) in terms.iter_mut().zip(&whole.known).zip(&items) {
            terms.face(faces, known.map_or(0, |k: Known| k.count(&items.trained)));
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
        warnings: Vec::new(),
    }
}

/// As many as take about one pass: only what lies behind the layer is computed for each.
fn masks_together(predictor: &Predictor, layer: Layer) -> usize {
    let behind = Layer::ALL.len() - 1 - layer.index();
    let passes = predictor.batch_size(MASKS);
    (passes * Layer::ALL.len() / behind.max(1)).clamp(1, MASKS)
}
