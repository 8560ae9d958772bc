//! Paths are opened for what they are.

use std::path::{Path, PathBuf};

use super::arrival::{Arrival, FaceSet};
use super::recognise::{Opened, recognise};
use crate::dataset::{self, DatasetError, Problem, Sample};
use crate::humanize::{counted, thousands};
use crate::label::Schema;

/// Problems of a data set that are logged one by one.
const LOGGED: usize = 1000;

/// Opens paths for what they are.
pub fn open(paths: Vec<PathBuf>, number: u64, schema: &Schema, say: &dyn Fn(Arrival)) {
    // However a file is named, it is known again.
    let paths: Vec<PathBuf> = paths.iter().map(|p| dataset::absolute(p)).collect();
    let (mut faces, mut predictions) = (Vec::new(), Vec::new());
    let mut networks = 0;
    for path in &paths {
        let Some(all) = recognise(path) else {
            faces.push(path.clone());
            continue;
        };
        for opened in all {
            match opened {
                // They are of faces that may be opened together with them.
                Opened::Predictions(path) => predictions.push(path),
                Opened::Weights(path) => {
                    networks += 1;
                    say(match networks {
                        1 => Arrival::Opened(Opened::Weights(path)),
                        2 => Arrival::SecondWeights(path),
                        _ => {
                            let name = dataset::name_of(&path);
                            Arrival::Failed(format!(
                                "{name} is left out: two networks can be open side by side"
                            ))
                        }
                    });
                }
                _ => say(Arrival::Opened(opened)),
            }
        }
    }
    if faces.is_empty() {
        for path in predictions {
            say(Arrival::Opened(Opened::Predictions(path)));
        }
    } else {
        match open_faces(faces, schema) {
            Ok((set, is_table)) => show(
                FaceSet {
                    number,
                    predictions,
                    ..set
                },
                is_table,
                say,
            ),
            Err(error) => return say(Arrival::Failed(error.to_string())),
        }
    }
    say(Arrival::Recent(paths));
}

/// Faces, and whether they come from a table that may be one of predictions.
fn open_faces(paths: Vec<PathBuf>, schema: &Schema) -> Result<(FaceSet, bool), DatasetError> {
    let set = dataset::open_all(&paths, schema)?;
    let faces = set.samples.len();
    let lost: usize = set.problems.iter().map(|p| p.count).sum();
    let known = |s: &Sample| -> usize {
        let tasks = 0..s.annotation.tasks.len();
        tasks.map(|task| s.annotation.known(task)).sum()
    };
    let known: usize = set.samples.iter().map(known).sum();
    // Where a data set has 1 and −1, predictions have probabilities: row after row loses more
    // labels than it has.
    let poor = faces == 0 || (known < lost && faces <= 2 * lost);
    let table = poor && matches!(&paths[..], [one] if is_table(one));
    let opened = FaceSet {
        key: dataset::content_hash(&set.samples),
        number: 0,
        problems: problem_text(&set.name, faces, &set.problems),
        log: set
            .problems
            .iter()
            .take(LOGGED)
            .map(Problem::to_string)
            .collect(),
        name: set.name,
        samples: set.samples,
        columns: set.columns,
        paths,
        predictions: Vec::new(),
    };
    Ok((opened, table))
}

/// Hands faces over. What holds none that can be used never takes the place of what is open.
fn show(set: FaceSet, is_table: bool, say: &dyn Fn(Arrival)) {
    if !is_table {
        set.log_problems();
    }
    say(match set.paths.first().cloned() {
        Some(path) if is_table => Arrival::Table(path, set),
        _ if set.samples.is_empty() => Arrival::Failed(set.problems.unwrap_or_default()),
        _ => Arrival::List(set),
    });
}

fn is_table(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"))
}

/// What is wrong with a data set in one sentence, however much it is; the log has each problem.
fn problem_text(name: &str, faces: usize, problems: &[Problem]) -> Option<String> {
    let none = match faces {
        0 => "no face in it can be used",
        _ => "",
    };
    // Its own file has its name said already.
    let said = |p: &Problem| match (p.line, dataset::name_of(&p.path) == name) {
        (Some(line), true) => format!("line {line}: {}", p.what),
        (None, true) => p.what.clone(),
        (_, false) => p.to_string(),
    };
    let all = match (problems, none) {
        ([], "") => return None,
        ([], none) => none.to_owned(),
        ([one], "") => said(one),
        ([one], none) => format!("{none}: {}", said(one)),
        ([first, ..], none) => {
            let logged = match problems.len() {
                n if n > LOGGED => format!("the first {} of them in the log", thousands(LOGGED)),
                _ => "all in the log".to_owned(),
            };
            let counted = counted(problems.len(), "problem");
            let comma = if none.is_empty() { "" } else { ", " };
            format!(
                "{none}{comma}{counted}, {logged}; the first: {}",
                said(first)
            )
        }
    };
    Some(format!("{name}: {all}"))
}
