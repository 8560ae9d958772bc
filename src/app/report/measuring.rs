//! Measuring the faces that a report is about, away from the window's thread.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::faces::findings::{Finding, Findings};
use crate::app::report::plot_data::{PlotData, plot_data};
use crate::app::report::slices::SliceFaces;
use crate::app::report::subset::SubsetFaces;
use crate::dataset::predictions::MadeBy;
use crate::dataset::{BoxSource, Sample, Samples};
use crate::evaluation::{
    self, Column, EvaluatedFace, Evaluation, OtherPredictor, Placing, PredictionsFile, Trained,
    Warning,
};
use crate::humanize::{counted, thousands};
use crate::label::{FaceBox, Prediction, Schema, Untrained};
use crate::measure::{Bootstrap, Options, ProgressFn, Slice};

/// What a report is about.
#[derive(Clone)]
pub struct Question {
    pub samples: Samples,
    /// Names of their columns.
    pub columns: Vec<String>,
    pub schema: Schema,
    pub found: Findings,
    pub other: Option<Compared>,
    /// Only these faces.
    pub faces: SubsetFaces,
    /// What they are, in a word.
    pub subset: Option<String>,
    pub by: Option<Column>,
    /// Faces of these whose pictures could not be read.
    pub unread: usize,
    /// The data set's name, and where the network comes from.
    pub data: String,
    pub weights: String,
    /// The network's hash.
    pub network: String,
    pub trained: Arc<Trained>,
    /// What the network was never trained on.
    pub untrained: Arc<Untrained>,
}

/// What another predictor says of the list's faces, and the file that it was read from.
#[derive(Clone)]
pub struct Compared {
    pub name: String,
    pub found: Findings,
    pub file: Option<PathBuf>,
    pub made_by: MadeBy,
}

/// All that was measured.
#[derive(Clone, Debug, Default)]
pub struct Results {
    pub plots: PlotData,
    /// `None` where there are no predictions.
    pub evaluation: Option<Arc<Evaluation>>,
    /// Faces of the list by the column that was asked for.
    pub slices: Vec<SliceFaces>,
    /// Why there are no slices by it.
    pub unsliced: Option<String>,
    /// Faces that are left out because their pictures could not be read.
    pub unread: usize,
    /// Whether so few are predicted that the figures say little of the others.
    pub few: bool,
}

/// How often faces are resampled for the intervals, and what that depends on: as
/// `eval --bootstrap 1000`.
pub const BOOTSTRAP: Bootstrap = Bootstrap {
    resamples: 1000,
    seed: 1,
};

/// Measures; `None` where `progress` ended it.
pub fn measure(question: &Question, intervals: bool, progress: ProgressFn) -> Option<Results> {
    let Question {
        samples, schema, ..
    } = question;
    let asked: Vec<u32> = question.faces.faces(samples).collect();
    let of = asked.len();
    let faces: Vec<u32> = asked
        .into_iter()
        .filter(|&i| question.found.get(i as usize).is_some())
        .collect();
    if faces.is_empty() {
        let plots = PlotData {
            requested: of,
            ..PlotData::default()
        };
        return Some(Results {
            plots,
            unread: question.unread,
            ..Results::default()
        });
    }
    let judged: Vec<EvaluatedFace> = faces
        .iter()
        .filter_map(|&i| {
            let sample = &samples[i as usize];
            let finding = question.found.get(i as usize)?;
            Some(EvaluatedFace {
                sample,
                prediction: &finding.prediction,
                face_box: finding.face_box,
                source: box_source(sample, finding),
            })
        })
        .collect();
    let others = question.other.as_ref();
    let others: Vec<OtherPredictor> = others.map(|o| other(o, &faces)).into_iter().collect();
    let (mut by, mut unsliced) = (Vec::new(), None);
    if let Some(column) = question.by {
        let name = column.name(&question.columns, schema);
        match column.check(name, judged.iter().map(|f| f.sample)) {
            Ok(()) => by.push((name.to_owned(), column)),
            Err(why) => unsliced = Some(why.to_string()),
        }
    }
    let mut evaluation = Evaluation::new(
        &evaluation::Question {
            schema,
            weights: &question.weights,
            network: &question.network,
            trained: &question.trained,
            untrained: &question.untrained,
            data: &question.data,
            split: question.subset.clone(),
            samples: &samples.iter().collect::<Vec<_>>(),
            faces: &judged,
            others: &others,
            placing: Placing::default(),
            by: &by,
            options: Options {
                bootstrap: intervals.then_some(BOOTSTRAP),
                ..Options::default()
            },
        },
        progress,
    )?;
    let in_list = |slice: Slice| SliceFaces {
        value: slice.value,
        faces: slice.faces.iter().map(|f| faces[*f as usize]).collect(),
    };
    let slices = by.iter().flat_map(|(name, c)| c.slices(name, &judged));
    let slices = slices.map(in_list).collect();
    let missing = (of - faces.len()).saturating_sub(question.unread);
    let warning = few_predicted(faces.len(), missing, of);
    let few = warning.is_some();
    for warning in &mut evaluation.warnings {
        let in_list = |n: &u32| faces.get(*n as usize).copied();
        warning.faces = warning.faces.iter().filter_map(in_list).collect();
    }
    evaluation.warnings.splice(0..0, warning);
    let plots = plot_data(&evaluation, &faces, of);
    // They are drawn from now on; of slices nobody asks.
    forget_errors(&mut evaluation);
    Some(Results {
        plots,
        evaluation: Some(Arc::new(evaluation)),
        slices,
        unsliced,
        unread: question.unread,
        few,
    })
}

/// Fewer measured faces than this, or than a tenth of what was asked for, say nothing of the rest.
const FEW: usize = 10;

/// A warning where so few faces are predicted that their figures say nothing of the others.
fn few_predicted(faces: usize, missing: usize, of: usize) -> Option<Warning> {
    let few = missing > 0 && (faces < FEW || faces * 10 < of);
    few.then(|| Warning {
        badge: format!("{} of {}", thousands(faces), thousands(of)),
        text: format!(
            "only {} of {} predicted: the figures say little of the others",
            thousands(faces),
            match of {
                1 => "1 face is".into(),
                _ => format!("{} are", counted(of, "face")),
            }
        ),
        ..Warning::default()
    })
}

/// What another predictor says of these faces.
fn other<'a>(compared: &'a Compared, faces: &[u32]) -> OtherPredictor<'a> {
    let Compared { name, found, .. } = compared;
    let predicted = |i: &u32| -> Option<&Prediction> { Some(&found.get(*i as usize)?.prediction) };
    let predictions: Vec<_> = faces.iter().map(predicted).collect();
    let measured = predictions.iter().flatten().count();
    OtherPredictor {
        name,
        // What belongs to none of them was said when the file was read.
        unmatched: 0,
        file: compared.file.as_ref().map(|path| PredictionsFile {
            name: name.clone(),
            path: path.display().to_string(),
            made_by: compared.made_by.clone(),
            not_measured: found.found() - measured,
        }),
        predictions,
    }
}

/// In which box a face was looked at. A box that is neither the data set's nor the picture's was
/// moved by hand.
fn box_source(sample: &Sample, finding: &Finding) -> BoxSource {
    let FaceBox { x, y, w, h, .. } = finding.face_box;
    match sample.region() {
        Some((face_box, source)) if face_box == finding.face_box => source,
        None if x == 0.0 && y == 0.0 => BoxSource::WholePicture,
        None if w == h && (x == 0.0 || y == 0.0) => BoxSource::CentreSquare,
        _ => BoxSource::Given,
    }
}

fn forget_errors(evaluation: &mut Evaluation) {
    let tasks = evaluation
        .report
        .groups
        .iter_mut()
        .flat_map(|g| &mut g.tasks);
    let predictors = tasks.flat_map(|t| &mut t.predictors);
    for row in predictors.flat_map(|p| &mut p.rows) {
        row.errors = Vec::new();
    }
}

#[cfg(test)]
mod tests;
