//! `smn-studio eval`: how good predictions are on a data set, beside what guessing gives.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;

use super::inputs::NetworkArgs;
use crate::atomic::write_atomic;
use crate::dataset::{self, BoxSource, Dataset, Sample, Split};
use crate::label::{Annotation, Prediction};
use crate::measure::{ALPHA, Comparison, Guess, measure};
use crate::model::{Checkpoint, Found, Predictor, predict_samples};

/// Measures predictions against labels: success at α (eq. 2 of the paper), NME and attribute
/// accuracy, beside the mean face and the majority guess.
#[derive(Args)]
pub struct EvalArgs {
    /// Data sets
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Only the faces of this split
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// A point is found within this share of the reference distance
    #[arg(long, default_value_t = ALPHA)]
    alpha: f32,
    /// Also write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    network: NetworkArgs,
}

pub fn run(args: EvalArgs) -> Result<()> {
    ensure!(
        args.alpha.is_finite() && args.alpha > 0.0,
        "α must be above zero"
    );
    let predictor = args.network.predictor()?;
    let set = dataset::open_all(&args.data, predictor.schema())?;
    for problem in &set.problems {
        log::warn!("{problem}");
    }
    let samples: Vec<&Sample> = set.split(args.split).collect();
    ensure!(
        !samples.is_empty(),
        "{}: no faces{}",
        set.name,
        args.split
            .map_or(String::new(), |s| format!(" in the {s} split"))
    );
    let bar = super::bar(samples.len());
    let found = predict_samples(&predictor, samples.iter().copied(), |done| {
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
    ensure!(!faces.is_empty(), "none of the pictures could be read");
    print(&args, &predictor, &set, &faces)
}

fn print(
    args: &EvalArgs,
    predictor: &Predictor,
    set: &Dataset,
    faces: &[(&Sample, Found)],
) -> Result<()> {
    let schema = predictor.schema();
    let (guess, learned) = guess(set, faces);
    let guesses: Vec<Prediction> = faces
        .iter()
        .map(|(_, f)| guess.predict(&f.face_box.transform()))
        .collect();
    let said = faces.iter().map(|(s, f)| (&s.annotation, &f.prediction));
    let guessed = faces
        .iter()
        .zip(&guesses)
        .map(|((s, _), g)| (&s.annotation, g));
    let ours = measure(schema, said, args.alpha);
    let theirs = measure(schema, guessed, args.alpha);

    let checkpoint = predictor.checkpoint();
    println!(
        "{} on {}{}: {} faces",
        checkpoint.origin,
        set.name,
        args.split.map_or(String::new(), |s| format!(", {s}")),
        faces.len()
    );
    let mut sources = BTreeMap::<BoxSource, usize>::new();
    for (_, found) in faces {
        *sources.entry(found.source).or_default() += 1;
    }
    for (source, count) in &sources {
        println!("box: {source} ({count})");
    }
    println!("guess learned from {learned}");
    if chose(checkpoint, faces) {
        println!("warning: the validation split chose these weights, so its figures flatter them");
    }
    for ((task, ours), theirs) in schema.tasks.iter().zip(&ours).zip(&theirs) {
        let guess = if task.is_points() {
            "mean face"
        } else {
            "majority"
        };
        println!();
        let columns = vec![("network", ours), (guess, theirs)];
        print!("{}", Comparison { task, columns });
    }
    if let Some(path) = &args.json {
        let tasks: serde_json::Map<_, _> = schema
            .tasks
            .iter()
            .zip(ours.iter().zip(&theirs))
            .map(|(task, (ours, theirs))| {
                let entry = json!({
                    "items": task.items().collect::<Vec<_>>(),
                    "network": ours, "network_average": ours.average(),
                    "guess": theirs, "guess_average": theirs.average(),
                });
                (task.name.clone(), entry)
            })
            .collect();
        let report = json!({
            "weights": checkpoint.origin, "data": set.name, "split": args.split,
            "faces": faces.len(), "boxes": sources, "tasks": tasks,
        });
        write_atomic(path, &serde_json::to_vec_pretty(&report)?)
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The guess that training faces teach; where there are none, the measured faces themselves, which
/// flatters the guess.
fn guess(set: &Dataset, faces: &[(&Sample, Found)]) -> (Guess, String) {
    let placed = |s: &Sample| s.region().map(|(b, _)| b.transform());
    let train: Vec<(&Annotation, _)> = set
        .split(Some(Split::Train))
        .filter(|s| s.split.is_some())
        .filter_map(|s| Some((&s.annotation, placed(s)?)))
        .collect();
    if train.is_empty() {
        let own = faces
            .iter()
            .map(|(s, f)| (&s.annotation, f.face_box.transform()));
        (
            Guess::learn(&set.schema, own),
            "the measured faces themselves".into(),
        )
    } else {
        let said = format!("{} training faces", train.len());
        (Guess::learn(&set.schema, train.iter().copied()), said)
    }
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
