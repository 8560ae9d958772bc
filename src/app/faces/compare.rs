//! Another predictor beside the network: what it says of the same faces, read from a file, or
//! given by a second network.

use std::path::{Path, PathBuf};

use crate::app::faces::findings::{Finding, Findings};
use crate::dataset::predictions::{self, FaceReference, MadeBy, PredictedFace, matches};
use crate::dataset::{Samples, name_of};
use crate::evaluation;
use crate::humanize::{counted, counted_of};
use crate::label::{FaceBox, Schema, TaskKind, TaskPrediction, distance};

/// What another predictor says of a list's faces.
pub struct ComparedPredictor {
    /// The file's name, or the network's.
    pub name: String,
    pub findings: Findings,
    /// The file that it was read from.
    pub file: Option<PathBuf>,
    /// By which network the file says that it was made.
    pub made_by: MadeBy,
    /// Hash of the second network's weights, by which two of one name are told apart; `None` for
    /// a file's.
    pub network: Option<u64>,
}

/// How far two predictions are apart, for "differences first": the mean distance of their points
/// as a share of the network's own reference distance (between its eyes), which makes it comparable
/// to NME; or where they share no points the mean difference of their probabilities. NaN where they
/// share nothing.
pub fn difference(schema: &Schema, ours: &Finding, theirs: &Finding) -> f32 {
    let tasks = schema.tasks.iter().zip(&ours.prediction.tasks);
    let points = mean(
        tasks
            .zip(&theirs.prediction.tasks)
            .filter_map(|((task, a), b)| match (&task.kind, a, b) {
                (
                    TaskKind::Points { reference, .. },
                    TaskPrediction::Points(a),
                    TaskPrediction::Points(b),
                ) => {
                    let length = distance(*a.get(reference.0)?, *a.get(reference.1)?);
                    let apart = a.iter().zip(b).map(move |(a, b)| distance(*a, *b) / length);
                    Some(apart)
                }
                _ => None,
            })
            .flatten(),
    );
    if points.is_finite() {
        return points;
    }
    mean(both(ours, theirs, |a, b| match (a, b) {
        (TaskPrediction::Binary(a), TaskPrediction::Binary(b)) => {
            a.iter().zip(b).map(|(a, b)| (a - b).abs()).collect()
        }
        _ => Vec::new(),
    }))
}

fn both<'a>(
    ours: &'a Finding,
    theirs: &'a Finding,
    apart: impl Fn(&TaskPrediction, &TaskPrediction) -> Vec<f32> + 'a,
) -> impl Iterator<Item = f32> + 'a {
    let tasks = ours.prediction.tasks.iter().zip(&theirs.prediction.tasks);
    tasks.flat_map(move |(a, b)| apart(a, b))
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let known = values.filter(|v| v.is_finite());
    let (sum, count) = known.fold((0.0, 0.0_f32), |(s, n), v| (s + v, n + 1.0));
    sum / count
}

/// Why a file cannot be held against the faces that are open.
#[derive(Debug)]
pub enum Unusable {
    /// It has no predictions.
    Unread(String),
    /// It says something of other faces; `probable` of what no label is: probabilities.
    OfOthers { text: String, probable: bool },
}

/// Reads a file of predictions for `samples`; what cannot be used is counted.
pub fn read(
    path: &Path,
    samples: &Samples,
    schema: &Schema,
) -> Result<(ComparedPredictor, String), Unusable> {
    let said = predictions::read(path, schema).map_err(|e| Unusable::Unread(e.to_string()))?;
    let mut findings = Findings::none(samples.len());
    // Boxes tell faces apart where both sides have some, else their order does.
    let (placed, unplaced): (Vec<usize>, Vec<usize>) =
        (0..samples.len()).partition(|i| samples[*i].region().is_some());
    find(&placed, &said.faces, samples, schema, &mut findings);
    if !unplaced.is_empty() {
        let mut faces = said.faces.clone();
        faces.iter_mut().for_each(|f| f.face_box = None);
        find(&unplaced, &faces, samples, schema, &mut findings);
    }
    let broken = said.problems.first();
    if findings.found() == 0 {
        return Err(match (said.faces.first(), broken) {
            (Some(first), _) => Unusable::OfOthers {
                text: format!(
                    "{}: predictions for {}, none of which is open; the first is of {}",
                    name_of(path),
                    counted(said.faces.len(), "face"),
                    first.image
                ),
                probable: said.faces.iter().any(has_probabilities),
            },
            (None, Some(first)) => Unusable::Unread(first.to_string()),
            (None, None) => Unusable::Unread(format!("{}: no predictions", path.display())),
        });
    }
    let mut text = format!(
        "{}: predictions for {}",
        name_of(path),
        counted_of(findings.found(), samples.len(), "face")
    );
    if let Some(first) = broken {
        let count = said.problems.len();
        text += &format!("; {}, the first: {first}", counted(count, "broken line"));
    }
    // What eval would warn of.
    let pairs = samples.iter().enumerate().filter_map(|(index, sample)| {
        let finding = findings.get(index)?;
        Some((&sample.annotation, &*finding.prediction))
    });
    let warnings = evaluation::half_a_pixel(schema, &said.name, pairs.clone());
    let others = evaluation::other_conventions(schema, &said.name, pairs);
    for warning in warnings.into_iter().chain(others) {
        text += &format!("; {}", warning.text);
    }
    let other = ComparedPredictor {
        name: said.name,
        findings,
        file: Some(path.to_owned()),
        made_by: said.made_by,
        network: None,
    };
    Ok((other, text))
}

/// Whether something between absent and present is said, which labels never are.
fn has_probabilities(face: &PredictedFace) -> bool {
    face.prediction.tasks.iter().any(|task| match task {
        TaskPrediction::Binary(values) => values.iter().any(|p| *p > 0.0 && *p < 1.0),
        TaskPrediction::Points(_) => false,
    })
}

/// Takes what was said about the samples at `indices`.
fn find(
    indices: &[usize],
    said: &[PredictedFace],
    samples: &Samples,
    schema: &Schema,
    findings: &mut Findings,
) {
    let anywhere = FaceBox::new(0.0, 0.0, 1.0, 1.0);
    let wanted: Vec<FaceReference> = indices
        .iter()
        .map(|i| &samples[*i])
        .map(|s| FaceReference {
            path: &s.path,
            face: s.face,
            number: s.number,
            ordinal: s.ordinal,
            face_box: s.region().map_or(anywhere, |r| r.0),
        })
        .collect();
    let found = matches(&wanted, said);
    for ((&index, wanted), at) in indices.iter().zip(&wanted).zip(&found.of) {
        let Some(face) = at.and_then(|at| said.get(at)) else {
            continue;
        };
        let labels = Some(&samples[index].annotation);
        let face_box = face.face_box.unwrap_or(wanted.face_box);
        let finding = Finding::new(labels, schema, face_box, face.prediction.clone());
        findings.set(index, finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::label::{PointLabel, TaskLabels};

    #[test]
    fn a_file_is_matched_and_what_is_broken_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("theirs.jsonl");
        let text = concat!(
            r#"{"image":"/elsewhere/a.png","faces":[{"box":[0,0,10,10],"landmarks":{"nose":[3,4],"left_eye":[1,1],"right_eye":[6,1]}},"#,
            r#"{"box":[20,0,10,10],"attributes":{"Smiling":0.75}}]}"#,
            "\n{\n",
            r#"{"image":"b.png","faces":[7]}"#,
        );
        std::fs::write(&path, text).unwrap();
        let schema = Schema::face();
        let mut samples = Vec::new();
        for (name, face) in [("a.png", 0), ("a.png", 1), ("b.png", 0)] {
            let mut sample = Sample::unlabelled(Path::new(name), &schema);
            sample.face = face;
            samples.push(sample);
        }
        crate::dataset::number_faces(&mut samples);
        let (other, message) = read(&path, &samples.clone().into(), &schema).unwrap();
        assert_eq!((other.name.as_str(), other.findings.found()), ("theirs", 2));
        assert!(
            message.contains("2 of 3") && message.contains("2 broken"),
            "{message}"
        );
        assert!(message.contains("theirs.jsonl:2"), "{message}");
        let first = other.findings.get(0).unwrap();
        let TaskPrediction::Points(points) = &first.prediction.tasks[0] else {
            unreachable!()
        };
        assert_eq!(points[2], [3.0, 4.0]);
        assert!(points[3][0].is_nan());
        assert!(difference(&schema, first, first).abs() < 1e-6);
        let second = other.findings.get(1).unwrap();
        assert!(difference(&schema, first, second).is_nan());
        // In units of the distance between the eyes, as NME is: the nose is 2 of 5 pixels off.
        let mut moved = (*first.prediction).clone();
        if let TaskPrediction::Points(points) = &mut moved.tasks[0] {
            points[2] = [3.0, 6.0];
        }
        let moved = Finding::new(None, &schema, FaceBox::new(0.0, 0.0, 50.0, 50.0), moved);
        let apart = difference(&schema, first, &moved);
        assert!((apart - 2.0 / 5.0 / 3.0).abs() < 1e-6, "{apart}");
        let read_others = read(&path, &samples[2..].to_vec().into(), &schema);
        let Err(Unusable::OfOthers {
            text: why,
            probable,
        }) = read_others
        else {
            panic!("it says nothing of b.png");
        };
        assert!(probable, "Smiling is .75");
        assert!(why.contains("2 faces, none of which is open"), "{why}");
        assert!(why.ends_with("/elsewhere/a.png"), "{why}");
        assert!(read(Path::new("none.jsonl"), &samples.into(), &schema).is_err());
    }

    #[test]
    fn what_eval_would_warn_of_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let schema = Schema::face();
        let names: Vec<&str> = schema.tasks[0].items().collect();
        let place = |face: usize, point: usize| [20 * point + face, 30 + 7 * point + 2 * face];
        let samples = (0..5)
            .map(|face| {
                let name = format!("{face}.png");
                let mut sample = Sample::unlabelled(Path::new(&name), &schema);
                if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[0] {
                    for (point, label) in labels.iter_mut().enumerate() {
                        let at = place(face, point).map(|v| v as f32 + 0.5);
                        *label = PointLabel::visible(at);
                    }
                }
                sample
            })
            .collect::<Vec<Sample>>()
            .into();
        for (shift, warned) in [(0.0, true), (0.5, false)] {
            let heads: Vec<String> = names.iter().map(|n| format!("{n}_x,{n}_y")).collect();
            let mut table = format!("image,{}\n", heads.join(","));
            for face in 0..5 {
                let row = (0..names.len()).map(|point| {
                    let [x, y] = place(face, point).map(|v| v as f32 + shift);
                    format!("{x},{y}")
                });
                let row: Vec<String> = row.collect();
                table += &format!("{face}.png,{}\n", row.join(","));
            }
            let path = folder.path().join("theirs.csv");
            std::fs::write(&path, table).unwrap();
            let (_, text) = read(&path, &samples, &schema).unwrap();
            let says = text.contains("lie 0.5 pixels left of and above the labels");
            assert_eq!(says, warned, "{text}");
        }
    }
}
