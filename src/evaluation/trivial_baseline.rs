//! From which faces the guess learns.

use rayon::prelude::*;

use super::boxes::Placing;
use super::evaluated::EvaluatedFace;
use crate::dataset::{Sample, Split};
use crate::humanize::counted;
use crate::label::{Annotation, BoxTransform, FaceBox, Schema, TaskLabels};
use crate::measure::TrivialBaseline;

/// Pictures that are read for their size, where boxes depend on it; more would teach the mean face
/// nothing and take long.
const MAX_READ: usize = 2000;

/// The guess that the training faces among `samples` teach, and which they were. Where there are
/// none it is the measured faces themselves, which flatters the guess.
pub fn learn(
    schema: &Schema,
    samples: &[&Sample],
    faces: &[EvaluatedFace],
    placing: &Placing,
) -> (TrivialBaseline, String) {
    let train: Vec<&Sample> = samples
        .iter()
        .copied()
        .filter(|s| s.split == Some(Split::Train))
        .collect();
    if train.is_empty() {
        let own = faces
            .iter()
            .map(|f| (&f.sample.annotation, f.face_box.transform()));
        let guess = TrivialBaseline::learn(schema, own);
        let learned = match faces.len() {
            // Not a guess at all: it would look like the best of all predictors.
            1 => "the one measured face itself, so that it repeats the labels and is no comparison",
            _ => "the measured faces themselves, which flatters it",
        };
        return (guess, learned.into());
    }
    let (placed, unplaced): (Vec<&Sample>, Vec<&Sample>) = train
        .into_iter()
        .partition(|s| !has_points(s) || placing.without_picture(s).is_some());
    // Attributes are learned from anywhere.
    let anywhere = FaceBox::new(0.0, 0.0, 1.0, 1.0);
    let mut known: Vec<(&Annotation, BoxTransform)> = placed
        .into_iter()
        .map(|s| {
            let face = placing.without_picture(s).map_or(anywhere, |f| f.0);
            (&s.annotation, face.transform())
        })
        .collect();
    let step = unplaced.len().div_ceil(MAX_READ).max(1);
    known.par_extend(unplaced.par_iter().step_by(step).filter_map(|s| {
        let photo = s.load().ok()?;
        let face = placing.place(s, photo.width(), photo.height()).0;
        Some((&s.annotation, face.transform()))
    }));
    let guess = TrivialBaseline::learn(schema, known.iter().copied());
    (guess, counted(known.len(), "training face"))
}

fn has_points(sample: &Sample) -> bool {
    let tasks = sample.annotation.tasks.iter();
    tasks
        .filter_map(|task| match task {
            TaskLabels::Points(points) => Some(points),
            TaskLabels::Binary(_) => None,
        })
        .flatten()
        .any(|p| p.known().is_some())
}
