//! `smn-studio eval`: how good predictions are on a data set, beside what guessing gives, what
//! other programs say and what the paper reports.

mod others;
mod output;
mod plots;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use super::files::{Files, Opened, Output};
use super::inputs::{NetworkArgs, warn, warn_of_boxes};
use crate::dataset::{BoxPolicy, Sample, Split};
use crate::evaluation::{
    Column, EvaluatedFace, Evaluation, Format, Jitter, Placing, Question, Trained,
};
use crate::figure;
use crate::humanize::counted;
use crate::label::Untrained;
use crate::measure::{Bootstrap, Normalizer, Options};
use crate::model::{FacePrediction, Predictor, predict_samples_in};
use crate::terminal::{self, bar};

/// Evaluates predictions against labels, with the mean face and the majority class as baselines.
///
/// Per point and on average: success at α (eq. 2 of the paper), NME and its median, the area under
/// the cumulative error distribution (AUC) and the failure rate. Per attribute: accuracy, balanced
/// accuracy, F1 and the expected calibration error (ECE). Everything is over known labels only, in
/// percent; an average is the mean over points or attributes, "whole face" the mean error over a
/// face's points, which the curves are of.
#[derive(Args)]
pub struct EvalArgs {
    /// Data sets
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Only the faces of this split
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Success threshold: a point is correct within this fraction of the reference distance
    #[arg(long, default_value_t = Options::default().alpha)]
    alpha: f64,
    /// Upper limit of the area under the CED, and the failure threshold of a face
    #[arg(long, default_value_t = Options::default().limit)]
    limit: f64,
    /// What errors are divided by
    #[arg(long, value_enum, default_value_t)]
    nme: Normalizer,
    /// Number of equal-width probability bins of the ECE
    #[arg(long, value_name = "N", default_value_t = Options::default().bins as u32,
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    bins: u32,
    /// Bootstrap resamples for 95 % intervals: of the identities, or of the faces where none are
    /// known
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    bootstrap: Option<u32>,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also evaluate each value of this column separately: one of the data set's, split, identity,
    /// box, or an attribute's name for its label; may be given again
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// Which face boxes to crop
    #[arg(long, value_enum, default_value_t)]
    boxes: BoxPolicy,
    /// Jitter each box at random, the same for the same seed and face: standard deviations of its
    /// place in half sides, its size as a fraction and its turn in radians
    #[arg(long, value_name = "SHIFT,SCALE,ROTATION,SEED")]
    jitter: Option<Jitter>,
    /// Another program's predictions of the same faces: JSON lines as `predict` writes them, or CSV
    /// with image[,face][,x,y,w,h], NAME_x, NAME_y and probabilities of attributes; may be given
    /// again. Points are in the photo's pixels from its outer corner, as this program's are: (0.5,
    /// 0.5) is the centre of the first pixel. Add 0.5 to those of a program that calls it (0, 0);
    /// files of labels need no such care
    #[arg(long, value_name = "FILE")]
    predictions: Vec<PathBuf>,
    /// Also print the rows of the paper's tables
    #[arg(long)]
    paper: bool,
    /// Format of the results
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the results to this file, not to the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write the results as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also plot error distributions and rates with their intervals into this folder
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Format of the plots
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORMAT,…", requires = "plots",
        default_values = ["svg", "png"])]
    plot_formats: Vec<figure::Format>,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Files for EvalArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.data.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        [self.network.files(), self.predictions.clone()].concat()
    }

    fn outputs(&self) -> Vec<Output> {
        let files = [&self.out, &self.json].map(|path| Output::file(path.as_ref()));
        let plots = self.plots.iter();
        let plots = plots.flat_map(|folder| plots::written_before(folder, &self.plot_formats));
        files.into_iter().flatten().chain(plots).collect()
    }
}

pub fn run(args: EvalArgs, opened: &mut Opened) -> Result<()> {
    for (name, value) in [("α", args.alpha), ("the limit", args.limit)] {
        ensure!(
            value.is_finite() && value > 0.0,
            "{name} must be above zero"
        );
    }
    let predictor = args.network.predictor()?;
    let schema = predictor.schema();
    let set = opened.take(&args.data, schema)?;
    warn(&set.problems);
    // What may fail fails before the network works.
    let mut by = Vec::new();
    for name in &args.by {
        let column = Column::find(&set.columns, &set.schema, name)?;
        by.push((name.clone(), column));
    }
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
    for (name, column) in &by {
        let samples = samples.iter().copied();
        column.check(name, samples)?;
    }
    let placing = Placing {
        boxes: args.boxes,
        jitter: args.jitter,
    };
    let faces = predict(&predictor, &samples, &placing);
    ensure!(!faces.is_empty(), "none of the pictures could be read");

    let others = others::matched(&files, &faces, &set.samples);
    let judged: Vec<EvaluatedFace> = faces
        .iter()
        .map(|(sample, found)| EvaluatedFace {
            sample,
            prediction: &found.prediction,
            face_box: found.face_box,
            source: found.source,
        })
        .collect();
    let checkpoint = predictor.checkpoint();
    let question = Question {
        schema,
        weights: &checkpoint.origin,
        network: &predictor.network().fingerprint(),
        trained: &Trained::of(&checkpoint.training),
        untrained: &Untrained::from_training(&checkpoint.training),
        data: &set.name,
        split: args.split.map(|s| s.to_string()),
        samples: &set.samples.iter().collect::<Vec<_>>(),
        faces: &judged,
        others: &others,
        placing,
        by: &by,
        options: args.options(),
    };
    // Resamples may take long; the figures themselves do not.
    let bar = question
        .options
        .bootstrap
        .map(|_| terminal::named("resamples", 0, 0));
    // Nobody ends it but by ending the program.
    let measured = Evaluation::new(&question, &|done, of| {
        if let Some(bar) = &bar {
            bar.set_length(of);
            bar.set_position(done);
        }
        true
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let Some(mut evaluation) = measured else {
        return Ok(());
    };
    evaluation.paper = args.paper;
    output::write(
        &evaluation,
        args.format,
        args.out.as_deref(),
        args.json.as_deref(),
    )?;
    if let Some(folder) = &args.plots {
        let formats = &args.plot_formats;
        plots::write(folder, formats, &evaluation, &predictor)?;
    }
    Ok(())
}

impl EvalArgs {
    fn options(&self) -> Options {
        Options {
            alpha: self.alpha,
            limit: self.limit,
            nme: self.nme,
            bins: self.bins as usize,
            bootstrap: self.bootstrap.map(|resamples| Bootstrap {
                resamples,
                seed: self.seed,
            }),
        }
    }
}

/// Predicts all samples; those that cannot be read are named and left out.
fn predict<'a>(
    predictor: &Predictor,
    samples: &[&'a Sample],
    placing: &Placing,
) -> Vec<(&'a Sample, FacePrediction)> {
    let bar = bar(samples.len());
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
    warn_of_boxes(faces.iter().map(|(sample, found)| (*sample, found)));
    faces
}
