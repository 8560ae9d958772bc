//! Predictions over many samples: pictures are decoded and cut by all threads while the network
//! takes them batch by batch. Memory holds one group of faces, never the whole set.

use rayon::prelude::*;

use super::predict::Predictor;
use crate::batch::crop;
use crate::dataset::{BoxSource, Sample};
use crate::label::{FaceBox, INPUT_SIZE, Prediction};
use crate::photo::PhotoError;

/// Faces decoded together.
const GROUP: usize = 64;

/// A prediction with the box it was made in.
#[derive(Clone, Debug)]
pub struct FacePrediction {
    pub face_box: FaceBox,
    pub source: BoxSource,
    /// The picture's width and height.
    pub picture_size: [u32; 2],
    pub prediction: Prediction,
}

/// Predicts every sample, in order; an unreadable picture gives its error. `progress` is told how
/// many are done after each group, and stops the sweep by returning false.
pub fn predict_samples<'a>(
    predictor: &Predictor,
    samples: impl IntoIterator<Item = &'a Sample>,
    progress: impl FnMut(usize) -> bool,
) -> Vec<Result<FacePrediction, PhotoError>> {
    predict_samples_in(predictor, samples, Sample::region_in, progress)
}

/// As [`predict_samples`], looking at each face where `place` says, which is told the sample and
/// its picture's width and height.
pub fn predict_samples_in<'a>(
    predictor: &Predictor,
    samples: impl IntoIterator<Item = &'a Sample>,
    place: impl Fn(&Sample, u32, u32) -> (FaceBox, BoxSource) + Sync,
    mut progress: impl FnMut(usize) -> bool,
) -> Vec<Result<FacePrediction, PhotoError>> {
    let samples: Vec<&Sample> = samples.into_iter().collect();
    let mut all = Vec::with_capacity(samples.len());
    for group in samples.chunks(predictor.batch_size(GROUP)) {
        let cut = crop_group(predictor, group, &place);
        let readable = || cut.iter().flatten();
        let inputs: Vec<f32> = readable().flat_map(|c| c.input.iter().copied()).collect();
        let transforms: Vec<_> = readable().map(|c| c.face_box.transform()).collect();
        let mut predictions = predictor.predict_inputs(&inputs, &transforms).into_iter();
        all.extend(cut.into_iter().map(|cut| {
            cut.map(|cut| FacePrediction {
                face_box: cut.face_box,
                source: cut.source,
                picture_size: cut.picture_size,
                prediction: predictions.next().unwrap_or_else(|| {
                    unreachable!("one prediction per input");
                }),
            })
        }));
        if !progress(all.len()) {
            break;
        }
    }
    all
}

/// A face as the network sees it.
#[derive(Clone, Debug)]
pub(crate) struct CroppedFace {
    pub face_box: FaceBox,
    pub source: BoxSource,
    pub picture_size: [u32; 2],
    pub input: Vec<f32>,
}

/// Decodes and crops samples by all threads, in order.
pub(crate) fn crop_group(
    predictor: &Predictor,
    group: &[&Sample],
    place: impl Fn(&Sample, u32, u32) -> (FaceBox, BoxSource) + Sync,
) -> Vec<Result<CroppedFace, PhotoError>> {
    let cut = |s: &&Sample| cut(predictor, s, &place);
    group.par_iter().map(cut).collect()
}

fn cut(
    predictor: &Predictor,
    sample: &Sample,
    place: impl Fn(&Sample, u32, u32) -> (FaceBox, BoxSource),
) -> Result<CroppedFace, PhotoError> {
    let photo = sample.load()?;
    let (face_box, source) = place(sample, photo.width(), photo.height());
    let mut input = vec![0.0; 3 * INPUT_SIZE * INPUT_SIZE];
    crop(
        &photo.image,
        &face_box.transform(),
        predictor.preprocessing(),
        &mut input,
    );
    Ok(CroppedFace {
        face_box,
        source,
        picture_size: [photo.width(), photo.height()],
        input,
    })
}
