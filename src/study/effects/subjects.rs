//! Faces as a network sees them, with what is known of them.

use std::sync::Arc;

use crate::dataset::{BoxSource, Sample};
use crate::label::{Annotation, BoxTransform, Prediction};
use crate::model::{Mask, Predictor, crop_group, decode};
use crate::photo::PhotoError;

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

/// Faces decoded together.
const GROUP: usize = 16;

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

/// What the network says of a face, `n` times, each with its own part of the masks.
pub(super) fn predictions(
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
