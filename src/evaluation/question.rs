//! One evaluation: what is asked, and what was measured, how, and what flatters it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use super::boxes::{Jitter, Placing};
use super::column::Column;
use super::evaluated::{EvaluatedFace, OtherPredictor, PredictionsFile};
use super::trained::{Trained, Warning};
use super::{trivial_baseline, warnings};
use crate::dataset::{BoxSource, Sample};
use crate::label::{Prediction, Schema, Untrained};
use crate::measure::{Face, Measured, Normalizer, Options, Predicted, ProgressFn, Report, Who};

/// What is evaluated, and how.
pub struct Question<'a> {
    pub schema: &'a Schema,
    /// Where the judged network comes from.
    pub weights: &'a str,
    /// The network's hash.
    pub network: &'a str,
    pub trained: &'a Trained,
    /// What the network was never trained on.
    pub untrained: &'a Untrained,
    /// The data set's name.
    pub data: &'a str,
    /// Which part of it, in a word; `None` for all of it.
    pub split: Option<String>,
    /// All of the data set: the guess learns from its training faces.
    pub samples: &'a [&'a Sample],
    pub faces: &'a [EvaluatedFace<'a>],
    pub others: &'a [OtherPredictor<'a>],
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
    /// The files of predictions that are measured too.
    pub predictions: Vec<PredictionsFile>,
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
        let (guess, learned) = trivial_baseline::learn(schema, question.samples, faces, placing);
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
        all.push(predicted("guess", Who::Trivial, &guesses));
        let measured: Vec<Face> = faces
            .iter()
            .map(|f| Face {
                labels: &f.sample.annotation,
                box_length: f.sample.region().map(|(b, _)| Normalizer::of_box(&b)),
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
                untrained: question.untrained,
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
                text: format!(
                    "the network was never trained on {}: no average counts them",
                    question.untrained.lines(schema).join("; ")
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
            predictions: question
                .others
                .iter()
                .filter_map(|o| o.file.clone())
                .collect(),
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
