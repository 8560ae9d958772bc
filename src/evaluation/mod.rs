//! How good predictions are on a data set, with all that a reader must know of the figures: boxes,
//! what the guess learned from, what the network was trained on. The command line and the window
//! ask here, so that both say the same of the same faces.

mod boxes;
mod column;
mod conventions;
mod document;
mod error;
mod guess;
mod pixels;
mod trained;
mod warnings;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use crate::dataset::{BoxSource, Sample};
use crate::label::{FaceBox, Prediction, Schema, TaskPrediction};
use crate::measure::{Face, Length, Measured, Options, Predicted, ProgressFn, Report, Who};
use crate::words::{counted, counted_of};

pub use boxes::{Jitter, Placing};
pub use column::Column;
pub use conventions::other_conventions;
pub use document::{FigureNote, Format, WriteError};
pub use error::EvaluationError;
pub use pixels::half_a_pixel;
pub use trained::{Trained, Warning};

/// A face with what the judged network says of it.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    pub sample: &'a Sample,
    pub prediction: &'a Prediction,
    pub face_box: FaceBox,
    pub source: BoxSource,
}

/// Another predictor of the same faces.
#[derive(Clone, Debug)]
pub struct Other<'a> {
    pub name: &'a str,
    /// One for each face; `None` where it says nothing.
    pub predictions: Vec<Option<&'a Prediction>>,
    /// How many of its predictions belong to none of the faces.
    pub unmatched: usize,
}

impl Other<'_> {
    /// That nothing is said about so many faces, of one task or of all.
    fn missing(&self, missing: usize, all: usize, task: Option<&str>) -> Option<Warning> {
        let name = self.name;
        let of = task.map_or(String::new(), |task| format!("{task}: "));
        let (badge, words) = match missing {
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
            words,
            task: task.map(str::to_owned),
            ..Warning::default()
        })
    }

    /// What a reader of its figures must know.
    fn warnings(&self, schema: &Schema, faces: &[Judged]) -> Vec<Warning> {
        let mut all = Vec::new();
        // Of each measured task, how many faces it says nothing about.
        let tasks = schema.tasks.iter().enumerate();
        let tasks = tasks.filter(|(t, _)| faces.iter().any(|f| f.sample.annotation.known(*t) > 0));
        let missing: Vec<(&str, usize)> = tasks
            .map(|(t, task)| {
                let said = |p: &&Option<&Prediction>| p.is_some_and(|p| says(p, t));
                let said = self.predictions.iter().filter(said).count();
                (task.name.as_str(), faces.len() - said)
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
                words: format!("{}: {count} {belong} to no measured face", self.name),
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

/// What is evaluated, and how.
pub struct Question<'a> {
    pub schema: &'a Schema,
    /// Where the judged network comes from.
    pub weights: &'a str,
    /// The network's hash.
    pub network: &'a str,
    pub trained: &'a Trained,
    /// What no label taught the network, a line a task.
    pub untrained: &'a [String],
    /// The data set's name.
    pub data: &'a str,
    /// Which part of it, in a word; `None` for all of it.
    pub split: Option<String>,
    /// All of the data set: the guess learns from its training faces.
    pub samples: &'a [Sample],
    pub faces: &'a [Judged<'a>],
    pub others: &'a [Other<'a>],
    pub placing: Placing,
    /// By what the figures are sliced, with its name.
    pub by: &'a [(String, Column)],
    pub options: Options,
}

/// What was measured, and how.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    pub weights: String,
    /// The network's hash, as figures of it have it.
    pub network: String,
    pub data: String,
    pub split: Option<String>,
    pub faces: usize,
    /// Of how many of them the identity is known.
    pub identified: usize,
    /// How many faces were looked at in which box.
    pub boxes: BTreeMap<BoxSource, usize>,
    pub jitter: Option<Jitter>,
    /// What the guess learned from.
    pub guess: String,
    pub warnings: Vec<Warning>,
    /// Whether the paper's rows are wanted.
    #[serde(skip)]
    pub paper: bool,
    pub report: Report,
}

impl Evaluation {
    /// Measures, beside the guess; `None` where `progress` ended it.
    pub fn new(question: &Question, progress: ProgressFn) -> Option<Self> {
        let Question {
            schema,
            faces,
            placing,
            ..
        } = question;
        let (guess, learned) = guess::learn(schema, question.samples, faces, placing);
        let guesses: Vec<Prediction> = faces
            .iter()
            .map(|f| guess.predict(&f.face_box.transform()))
            .collect();
        let guesses: Vec<_> = guesses.iter().map(Some).collect();
        let found: Vec<_> = faces.iter().map(|f| Some(f.prediction)).collect();
        let predicted = |name, who, faces| Predicted { name, who, faces };
        let mut all = vec![predicted("network", Who::Network, &found[..])];
        let others = question.others.iter();
        all.extend(others.map(|o| predicted(o.name, Who::File, &o.predictions)));
        all.push(predicted("guess", Who::Guess, &guesses));
        let measured: Vec<Face> = faces
            .iter()
            .map(|f| Face {
                labels: &f.sample.annotation,
                box_length: f.sample.region().map(|(b, _)| Length::of_box(&b)),
                identity: f.sample.identity.as_deref(),
            })
            .collect();
        let slices = question.by.iter();
        let slices: Vec<_> = slices.flat_map(|(name, c)| c.slices(name, faces)).collect();
        let same = SameWeights::new(question.weights);
        let report = Report::new(
            &Measured {
                schema,
                faces: &measured,
                predicted: &all,
                slices: &slices,
                is_judged: &|name| same.is(name),
                options: question.options.clone(),
            },
            progress,
        )?;
        let samples = faces.iter().map(|f| f.sample);
        let mut warnings = Vec::new();
        if !question.untrained.is_empty() {
            warnings.push(Warning {
                badge: "partly untrained".into(),
                words: format!(
                    "the network was never trained on {}",
                    question.untrained.join("; ")
                ),
                ..Warning::default()
            });
        }
        warnings.extend(question.trained.warnings(question.data, samples));
        for other in question.others {
            warnings.extend(other.warnings(schema, faces));
        }
        warnings.extend(warnings::of(&report));
        let mut boxes = BTreeMap::<BoxSource, usize>::new();
        for face in *faces {
            *boxes.entry(face.source).or_default() += 1;
        }
        Some(Self {
            weights: question.weights.to_owned(),
            network: question.network.to_owned(),
            data: question.data.to_owned(),
            split: question.split.clone(),
            faces: faces.len(),
            identified: measured.iter().filter(|f| f.identity.is_some()).count(),
            boxes,
            jitter: placing.jitter,
            guess: learned,
            warnings,
            paper: false,
            report,
        })
    }
}

/// Whether a label's weights are those that are measured. A set has many labels and few weights,
/// so that each name is looked up once.
struct SameWeights<'a> {
    origin: &'a str,
    known: RefCell<HashMap<String, bool>>,
}

impl<'a> SameWeights<'a> {
    fn new(origin: &'a str) -> Self {
        Self {
            origin,
            known: RefCell::default(),
        }
    }

    fn is(&self, name: &str) -> bool {
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        let real = |path: &str| std::fs::canonicalize(Path::new(path)).ok();
        let same =
            name == self.origin || real(name).is_some_and(|path| real(self.origin) == Some(path));
        self.known.borrow_mut().insert(name.to_owned(), same);
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_the_same_by_their_name_or_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.safetensors");
        std::fs::write(&file, "").unwrap();
        let origin = file.to_str().unwrap();
        let same = SameWeights::new(origin);
        let roundabout = folder.path().join("./a.safetensors");
        assert!(same.is(origin) && same.is(roundabout.to_str().unwrap()));
        assert!(!same.is("bundled") && !same.is("bundled"));
        assert!(SameWeights::new("bundled").is("bundled"));
    }
}
