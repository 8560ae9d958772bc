//! `smn-studio eval`: how good predictions are on a data set, beside what guessing gives, what
//! other programs say and what the paper reports.

mod boxes;
mod column;
mod guess;
mod others;
mod output;
mod plots;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;

use super::inputs::{NetworkArgs, warn};
use crate::dataset::{self, BoxSource, Boxes, Dataset, Sample, Split};
use crate::figure;
use crate::label::Prediction;
use crate::measure::{
    Bootstrap, Face, Length, Measured, Options, Predicted, Report, Slice, Who, slices,
};
use crate::model::{Checkpoint, Found, Predictor, Untrained, predict_samples_in};
use crate::words::counted;
use boxes::{Jitter, Placing};
use output::{Evaluation, Format};

/// Measures predictions against labels, beside the mean face and the majority guess.
///
/// Per point and on average: success at α (eq. 2 of the paper), NME, the area under the cumulative
/// error distribution and the failure rate. Per attribute: accuracy, balanced accuracy, F1 and the
/// expected calibration error (ECE). Everything is over known labels only, in percent; an average
/// is the mean over points or attributes, "whole face" the mean error over a face's points.
#[derive(Args)]
pub struct EvalArgs {
    /// Data sets
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Only the faces of this split
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// A point is found within this share of the reference distance
    #[arg(long, default_value_t = Options::default().alpha)]
    alpha: f64,
    /// Up to this error goes the area under the CED; beyond it, a face has failed
    #[arg(long, default_value_t = Options::default().limit)]
    limit: f64,
    /// What errors are divided by
    #[arg(long, value_enum, default_value_t)]
    nme: Length,
    /// Equal bins of the probability for the ECE
    #[arg(long, value_name = "N", default_value_t = Options::default().bins as u32,
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    bins: u32,
    /// 95 % intervals from so many resamples of the identities, or of the faces where none are known
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    bootstrap: Option<u32>,
    /// What resamples depend on
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also each value of this column by itself: one of the data set's, split, identity, box, or an
    /// attribute's name for its label; may be given again
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// In which boxes faces are looked at
    #[arg(long, value_enum, default_value_t)]
    boxes: Boxes,
    /// Move each box by chance, the same for the same seed and face: standard deviations of its
    /// place in half sides, its size as a fraction and its turn in radians
    #[arg(long, value_name = "SHIFT,SCALE,ROTATION,SEED")]
    jitter: Option<Jitter>,
    /// What another program says of the same faces, in photo coordinates: JSON lines as `predict`
    /// writes them, or CSV with image[,face][,x,y,w,h], NAME_x, NAME_y and probabilities of
    /// attributes; may be given again
    #[arg(long, value_name = "FILE")]
    predictions: Vec<PathBuf>,
    /// Also the paper's rows
    #[arg(long)]
    paper: bool,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the figures here and not to the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also draw error distributions and attributes into this folder
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// What the plots are written as
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT,…", requires = "plots",
        default_values = ["svg", "png"])]
    plot_formats: Vec<figure::Format>,
    #[command(flatten)]
    network: NetworkArgs,
}

pub fn run(args: EvalArgs) -> Result<()> {
    for (name, value) in [("α", args.alpha), ("the limit", args.limit)] {
        ensure!(
            value.is_finite() && value > 0.0,
            "{name} must be above zero"
        );
    }
    let predictor = args.network.predictor()?;
    let schema = predictor.schema();
    let set = dataset::open_all(&args.data, schema)?;
    warn(&set.problems);
    // What may fail fails before the network works.
    let columns = args
        .by
        .iter()
        .map(|name| column::find(&set, name))
        .collect::<Result<Vec<_>>>()?;
    let files = others::read(&args.predictions, schema)?;
    let samples: Vec<&Sample> = set.split(args.split).collect();
    ensure!(
        !samples.is_empty(),
        "{}: no faces{}",
        set.name,
        args.split
            .map_or(String::new(), |s| format!(" in the {s} split"))
    );
    let known = |s: &Sample| (0..schema.tasks.len()).any(|t| s.annotation.known(t) > 0);
    ensure!(
        samples.iter().any(|s| known(s)),
        "{}: no label is known of its {}, so there is nothing to measure; `smn-studio predict` \
         predicts them",
        set.name,
        counted(samples.len(), "face")
    );
    for (name, column) in args.by.iter().zip(&columns) {
        column::check(name, column, &samples)?;
    }
    let placing = Placing {
        boxes: args.boxes,
        jitter: args.jitter,
    };
    let faces = predict(&predictor, &samples, &placing);
    ensure!(!faces.is_empty(), "none of the pictures could be read");

    let mut parts = Vec::new();
    for (name, column) in args.by.iter().zip(&columns) {
        parts.extend(column::slices_by(name, column, &faces));
    }
    let others = others::matched(schema, &files, &faces);
    let evaluation = evaluate(&args, &predictor, &set, &faces, &placing, &others, &parts);
    output::write(
        &evaluation,
        args.format,
        args.out.as_deref(),
        args.json.as_deref(),
    )?;
    if let Some(folder) = &args.plots {
        let formats = &args.plot_formats;
        plots::write(folder, formats, &evaluation.report, &predictor)?;
    }
    Ok(())
}

/// Predicts all samples; those that cannot be read are named and left out.
fn predict<'a>(
    predictor: &Predictor,
    samples: &[&'a Sample],
    placing: &Placing,
) -> Vec<(&'a Sample, Found)> {
    let bar = super::bar(samples.len());
    let place = |s: &Sample, w, h| placing.place(s, w, h);
    let found = predict_samples_in(predictor, samples.iter().copied(), place, |done| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();
    let mut faces = Vec::new();
    for (sample, found) in samples.iter().zip(found) {
        match found {
            Ok(found) => faces.push((*sample, found)),
            Err(error) => log::warn!("left out: {error}"),
        }
    }
    faces
}

fn evaluate(
    args: &EvalArgs,
    predictor: &Predictor,
    set: &Dataset,
    faces: &[(&Sample, Found)],
    placing: &Placing,
    others: &[others::Matched],
    parts: &[Slice],
) -> Evaluation {
    let checkpoint = predictor.checkpoint();
    let (guess, learned) = guess::learn(set, faces, placing);
    let guesses: Vec<Prediction> = faces
        .iter()
        .map(|(_, f)| guess.predict(&f.face_box.transform()))
        .collect();
    let found: Vec<Prediction> = faces.iter().map(|(_, f)| f.prediction.clone()).collect();
    let predicted = |name, who, faces| Predicted { name, who, faces };
    let mut all = vec![predicted("network", Who::Network, &found)];
    let theirs = others.iter();
    all.extend(theirs.map(|o| predicted(&o.name, Who::File, &o.predictions)));
    all.push(predicted("guess", Who::Guess, &guesses));
    let measured: Vec<Face> = faces
        .iter()
        .map(|(sample, _)| Face {
            labels: &sample.annotation,
            box_length: sample.region().map(|(b, _)| Length::of_box(&b)),
            identity: sample.identity.as_deref(),
        })
        .collect();
    let report = Report::new(&Measured {
        schema: predictor.schema(),
        faces: &measured,
        predicted: &all,
        slices: parts,
        is_judged: &|name| is_same(name, &checkpoint.origin),
        options: Options {
            alpha: args.alpha,
            limit: args.limit,
            nme: args.nme,
            bins: args.bins as usize,
            bootstrap: args.bootstrap.map(|resamples| Bootstrap {
                resamples,
                seed: args.seed,
            }),
        },
    });
    let untrained = Untrained::noted(&checkpoint.training).lines(predictor.schema());
    let mut warnings: Vec<String> = untrained
        .into_iter()
        .map(|line| format!("the network was never trained on {line}"))
        .collect();
    if chose(checkpoint, faces) {
        let what = "the validation split chose these weights, so its figures flatter them";
        warnings.push(what.to_owned());
    }
    warnings.extend(others.iter().filter_map(others::Matched::warning));
    let mut boxes = BTreeMap::<BoxSource, usize>::new();
    for (_, found) in faces {
        *boxes.entry(found.source).or_default() += 1;
    }
    Evaluation {
        weights: checkpoint.origin.clone(),
        data: set.name.clone(),
        split: args.split,
        faces: faces.len(),
        boxes,
        jitter: args.jitter,
        guess: learned,
        warnings,
        paper: args.paper,
        report,
    }
}

/// Whether a label's weights are those that are measured.
fn is_same(name: &str, origin: &str) -> bool {
    let real = |path: &str| std::fs::canonicalize(Path::new(path)).ok();
    name == origin || real(name).is_some_and(|path| real(origin) == Some(path))
}

/// Whether rows like those measured chose the checkpoint.
fn chose(checkpoint: &Checkpoint, faces: &[(&Sample, Found)]) -> bool {
    let by = checkpoint
        .training
        .get("chosen_by")
        .and_then(|v| v.as_str());
    by == Some("validation")
        && faces
            .iter()
            .any(|(s, _)| s.split == Some(Split::Validation))
}
