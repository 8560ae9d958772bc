//! Faces with their labels and what is said of them by the network and by others.

use serde::Serialize;

use super::conventions::other_conventions;
use super::pixels::half_a_pixel;
use super::trained::Warning;
use crate::dataset::predictions::MadeBy;
use crate::dataset::{BoxSource, Sample};
use crate::humanize::{counted, counted_of};
use crate::label::{FaceBox, Prediction, Schema, TaskPrediction};

/// A face with what the judged network says of it.
#[derive(Clone, Copy, Debug)]
pub struct EvaluatedFace<'a> {
    pub sample: &'a Sample,
    pub prediction: &'a Prediction,
    pub face_box: FaceBox,
    pub source: BoxSource,
}

/// Where predictions come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PredictionsFile {
    /// As which they stand in tables.
    pub name: String,
    pub path: String,
    #[serde(flatten)]
    pub made_by: MadeBy,
    /// How many of them are of faces of the data set that are not measured.
    pub not_measured: usize,
}

/// Another predictor of the same faces.
#[derive(Clone, Debug)]
pub struct OtherPredictor<'a> {
    pub name: &'a str,
    /// One for each face; `None` where it says nothing.
    pub predictions: Vec<Option<&'a Prediction>>,
    /// How many of its predictions belong to none of the faces of the data set.
    pub unmatched: usize,
    /// The file that it is read from.
    pub file: Option<PredictionsFile>,
}

impl OtherPredictor<'_> {
    /// That nothing is said about so many faces, of one task or of all.
    fn missing(&self, missing: usize, all: usize, task: Option<&str>) -> Option<Warning> {
        let name = self.name;
        let of = task.map_or(String::new(), |task| format!("{task}: "));
        let (badge, text) = match missing {
            0 => return None,
            n if n == all => (
                format!("{name}: no {}", task.unwrap_or("predictions")),
                format!("{name}: {of}nothing about any face, so it has no figures here"),
            ),
            n => (
                format!("{name}: {of}{} without", counted(n, "face")),
                format!(
                    "{name}: {of}nothing about {}, so its figures are of {} and are no comparison \
                     with those of all",
                    counted_of(n, all, "face"),
                    counted(all - n, "face"),
                ),
            ),
        };
        Some(Warning {
            badge,
            text,
            task: task.map(str::to_owned),
            ..Warning::default()
        })
    }

    /// What a reader of its figures must know.
    pub(super) fn warnings(&self, schema: &Schema, faces: &[EvaluatedFace]) -> Vec<Warning> {
        let mut all = Vec::new();
        // Of each measured task, how many faces it says nothing about.
        let tasks = schema.tasks.iter().enumerate();
        let tasks = tasks.filter(|(t, _)| faces.iter().any(|f| f.sample.annotation.known(*t) > 0));
        let missing: Vec<(&str, usize)> = tasks
            .map(|(t, task)| {
                let has_task = |p: &&Option<&Prediction>| p.is_some_and(|p| says(p, t));
                let predicted = self.predictions.iter().filter(has_task).count();
                (task.name.as_str(), faces.len() - predicted)
            })
            .collect();
        let alike = missing.windows(2).all(|m| m[0].1 == m[1].1);
        for &(task, count) in missing.iter().take(if alike { 1 } else { missing.len() }) {
            all.extend(self.missing(count, faces.len(), (!alike).then_some(task)));
        }
        if self.unmatched > 0 {
            let count = counted(self.unmatched, "prediction");
            let belong = if self.unmatched == 1 {
                "belongs"
            } else {
                "belong"
            };
            all.push(Warning {
                badge: format!("{}: {count} of other faces", self.name),
                text: format!("{}: {count} {belong} to no measured face", self.name),
                ..Warning::default()
            });
        }
        let pairs = faces.iter().zip(&self.predictions);
        let pairs = pairs.filter_map(|(face, p)| Some((&face.sample.annotation, (*p)?)));
        all.extend(half_a_pixel(schema, self.name, pairs.clone()));
        all.extend(other_conventions(schema, self.name, pairs));
        all
    }
}

/// Whether anything is said of a task.
fn says(prediction: &Prediction, task: usize) -> bool {
    match prediction.tasks.get(task) {
        Some(TaskPrediction::Points(points)) => points.iter().any(|p| p[0].is_finite()),
        Some(TaskPrediction::Binary(values)) => values.iter().any(|v| v.is_finite()),
        None => false,
    }
}
