//! The figures of a report, with who is behind each: pure, and computed away from the window's
//! thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::findings::{Finding, Findings};
use crate::dataset::{BoxSource, Sample, Split};
use crate::label::{Annotation, FaceBox, Prediction, Schema};
use crate::measure::{ALPHA, Guess, Rate, TaskReport, measure};
use crate::words::counted;

/// By what faces are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Split,
    /// A column of the data set.
    Column(usize),
}

/// What a report is about.
#[derive(Clone)]
pub struct Question {
    pub samples: Arc<Vec<Sample>>,
    pub schema: Schema,
    pub found: Findings,
    pub other: Option<(String, Findings)>,
    /// Only this part of the data set.
    pub split: Option<Split>,
    pub by: Option<By>,
}

#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Faces that are measured, of those that were asked for.
    pub faces: usize,
    pub of: usize,
    /// In which boxes, the most frequent first.
    pub boxes: Vec<(BoxSource, usize)>,
    /// From what the guess learned.
    pub learned: String,
    /// The network, the guess and, if there is one, the other predictor.
    pub curves: Vec<Curve>,
    pub tasks: Vec<TaskBars>,
    pub slices: Vec<SliceRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Network,
    Guess,
    Other,
}

/// A cumulative error distribution: mean error over L of each face, rising, with the face.
#[derive(Clone, Debug)]
pub struct Curve {
    pub who: Who,
    pub name: String,
    pub errors: Vec<(f32, u32)>,
}

impl Curve {
    /// The share of faces whose error is at most `error`, 0 to 1.
    pub fn share(&self, error: f32) -> f32 {
        let within = self.errors.partition_point(|e| e.0 <= error);
        within as f32 / self.errors.len().max(1) as f32
    }

    /// The faces whose error is larger, in rising order.
    pub fn beyond(&self, error: f32) -> Vec<u32> {
        let within = self.errors.partition_point(|e| e.0 <= error);
        let mut faces: Vec<u32> = self.errors[within..].iter().map(|e| e.1).collect();
        faces.sort_unstable();
        faces
    }

    pub fn mean(&self) -> Option<f32> {
        let sum: f64 = self.errors.iter().map(|e| f64::from(e.0)).sum();
        (!self.errors.is_empty()).then(|| (sum / self.errors.len() as f64) as f32)
    }
}

/// A bar for each point or attribute of a task, and their average.
#[derive(Clone, Debug)]
pub struct TaskBars {
    pub task: usize,
    pub name: String,
    pub is_points: bool,
    pub bars: Vec<Bar>,
    pub average: Values,
    pub nme: Values,
}

#[derive(Clone, Debug)]
pub struct Bar {
    pub item: usize,
    pub name: String,
    pub known: u64,
    /// Success at α or accuracy.
    pub values: Values,
}

/// In percent; `None` of nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Values {
    pub network: Option<f64>,
    pub guess: Option<f64>,
    pub other: Option<f64>,
}

/// The faces that have one value of a column.
#[derive(Clone, Debug)]
pub struct SliceRow {
    pub value: Arc<str>,
    pub faces: usize,
    pub nme: Option<f64>,
    /// The average of each task.
    pub averages: Vec<Option<f64>>,
}

type Measured<'a> = (u32, &'a Sample, &'a Finding);

pub fn figures(question: &Question) -> Figures {
    let Question {
        samples, schema, ..
    } = question;
    let asked = |s: &Sample| question.split.is_none() || s.split == question.split;
    let of = samples.iter().filter(|s| asked(s)).count();
    let faces: Vec<Measured> = (0_u32..)
        .zip(samples.iter())
        .filter(|(_, s)| asked(s))
        .filter_map(|(i, s)| Some((i, s, question.found.get(i as usize)?)))
        .collect();
    if faces.is_empty() {
        return Figures {
            of,
            ..Figures::default()
        };
    }
    let (guess, learned) = guess(samples, schema, &faces);
    let guesses: Vec<Finding> = faces
        .iter()
        .map(|(_, s, f)| {
            let prediction = guess.predict(&f.face_box.transform());
            Finding::new(Some(&s.annotation), schema, f.face_box, prediction)
        })
        .collect();
    let theirs: Vec<Measured> = match &question.other {
        Some((_, other)) => faces
            .iter()
            .filter_map(|(i, s, _)| Some((*i, *s, other.get(*i as usize)?)))
            .collect(),
        None => Vec::new(),
    };
    let guessed: Vec<Measured> = faces
        .iter()
        .zip(&guesses)
        .map(|((i, s, _), g)| (*i, *s, g))
        .collect();
    let all = [&faces, &guessed, &theirs].map(|f| reports(schema, f));
    let mut curves = vec![
        curve(Who::Network, "network", &faces),
        curve(Who::Guess, "mean face", &guessed),
    ];
    if let Some((name, _)) = &question.other {
        curves.push(curve(Who::Other, name, &theirs));
    }
    curves.retain(|c| !c.errors.is_empty());
    Figures {
        faces: faces.len(),
        of,
        boxes: boxes(&faces),
        learned,
        curves,
        tasks: (0..schema.tasks.len())
            .map(|t| bars(schema, t, &all))
            .collect(),
        slices: question
            .by
            .map_or(Vec::new(), |by| slices(schema, by, &faces)),
    }
}

fn reports(schema: &Schema, faces: &[Measured]) -> Vec<TaskReport> {
    let pairs = faces
        .iter()
        .map(|(_, s, f)| (&s.annotation, &*f.prediction));
    let known: Vec<(&Annotation, &Prediction)> = pairs.collect();
    measure(schema, known.iter().copied(), ALPHA)
}

/// What training faces teach, or where there are none the measured ones, which flatters the guess.
fn guess(samples: &[Sample], schema: &Schema, faces: &[Measured]) -> (Guess, String) {
    let train: Vec<_> = samples
        .iter()
        .filter(|s| s.split == Some(Split::Train))
        .filter_map(|s| Some((&s.annotation, s.region()?.0.transform())))
        .collect();
    if train.is_empty() {
        let own = faces
            .iter()
            .map(|(_, s, f)| (&s.annotation, f.face_box.transform()));
        let own: Vec<_> = own.collect();
        let guess = Guess::learn(schema, own.iter().copied());
        return (guess, "the measured faces themselves".into());
    }
    let words = counted(train.len(), "training face");
    (Guess::learn(schema, train.iter().copied()), words)
}

fn curve(who: Who, name: &str, faces: &[Measured]) -> Curve {
    let known = faces.iter().map(|(i, _, f)| (f.nme, *i));
    let mut errors: Vec<_> = known.filter(|e| e.0.is_finite()).collect();
    errors.sort_by(|a, b| a.0.total_cmp(&b.0));
    Curve {
        who,
        name: name.into(),
        errors,
    }
}

fn boxes(faces: &[Measured]) -> Vec<(BoxSource, usize)> {
    let mut counts = BTreeMap::<BoxSource, usize>::new();
    for (_, sample, finding) in faces {
        let FaceBox { x, y, w, h, .. } = finding.face_box;
        let source = match sample.region() {
            Some((face_box, source)) if face_box == finding.face_box => source,
            None if x == 0.0 && y == 0.0 => BoxSource::WholePicture,
            None if w == h && (x == 0.0 || y == 0.0) => BoxSource::CentreSquare,
            _ => BoxSource::Given,
        };
        *counts.entry(source).or_default() += 1;
    }
    let mut boxes: Vec<_> = counts.into_iter().collect();
    boxes.sort_by_key(|b| std::cmp::Reverse(b.1));
    boxes
}

fn bars(schema: &Schema, t: usize, [ours, guess, theirs]: &[Vec<TaskReport>; 3]) -> TaskBars {
    let task = &schema.tasks[t];
    let percent = |r: &TaskReport, i: usize| r.rates().get(i).and_then(Rate::percent);
    let values = |of: &dyn Fn(&TaskReport) -> Option<f64>| Values {
        network: of(&ours[t]),
        guess: of(&guess[t]),
        other: of(&theirs[t]),
    };
    let bars = task.items().enumerate().map(|(i, name)| Bar {
        item: i,
        name: name.replace('_', " "),
        known: ours[t].rates()[i].of,
        values: values(&|r| percent(r, i)),
    });
    TaskBars {
        task: t,
        name: task.name.clone(),
        is_points: task.is_points(),
        bars: bars.filter(|b| b.known > 0).collect(),
        average: values(&TaskReport::average),
        nme: values(&nme),
    }
}

fn nme(report: &TaskReport) -> Option<f64> {
    match report {
        TaskReport::Points { nme_percent, .. } => *nme_percent,
        TaskReport::Binary { .. } => None,
    }
}

fn slices(schema: &Schema, by: By, faces: &[Measured]) -> Vec<SliceRow> {
    /// More are a column of names or numbers, not of kinds.
    const AT_MOST: usize = 40;
    let mut groups: BTreeMap<Arc<str>, Vec<Measured>> = BTreeMap::new();
    for face in faces {
        let value = match by {
            By::Split => face.1.split.map(|s| s.to_string().into()),
            By::Column(c) => face.1.columns.get(c).cloned(),
        };
        let value = value.filter(|v| !v.is_empty());
        groups
            .entry(value.unwrap_or_else(|| "(none)".into()))
            .or_default()
            .push(*face);
    }
    let rows = groups.into_iter().take(AT_MOST).map(|(value, faces)| {
        let reports = reports(schema, &faces);
        SliceRow {
            value,
            faces: faces.len(),
            nme: reports.iter().find_map(nme),
            averages: reports.iter().map(TaskReport::average).collect(),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{PointLabel, Presence, TaskLabels, TaskPrediction};

    /// Four faces whose nose is off by 0, 1, 2 and 3 of L = 10 pixels, all said to be "Male".
    fn question() -> Question {
        let schema = Schema::face();
        let mut found = Findings::none(5);
        let mut samples = Vec::new();
        for i in 0..5 {
            let mut sample = Sample::unlabelled(std::path::Path::new("a.png"), &schema);
            sample.split = Some(if i == 0 { Split::Train } else { Split::Test });
            sample.columns = vec![["", "x", "y", "y", "y"][i].into()];
            let points = [[0.0, 0.0], [10.0, 0.0], [5.0, 5.0], [1.0, 9.0], [9.0, 9.0]];
            let labels = points.map(PointLabel::visible).to_vec();
            sample.annotation.tasks[0] = TaskLabels::Points(labels);
            if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
                values[20] = Presence::from(i != 2);
            }
            let mut points = points.to_vec();
            points[2][0] += i as f32;
            let mut said = vec![0.0; 40];
            said[20] = 0.9;
            let tasks = vec![TaskPrediction::Points(points), TaskPrediction::Binary(said)];
            let face_box = FaceBox::new(-5.0, -5.0, 20.0, 20.0);
            let labels = Some(&sample.annotation);
            if i < 4 {
                found.set(
                    i,
                    Finding::new(labels, &schema, face_box, Prediction { tasks }),
                );
            }
            samples.push(sample);
        }
        Question {
            samples: Arc::new(samples),
            schema,
            found,
            other: None,
            split: None,
            by: Some(By::Column(0)),
        }
    }

    #[test]
    fn figures_name_the_faces_behind_them() {
        let figures = figures(&question());
        assert_eq!((figures.faces, figures.of), (4, 5));
        let curve = &figures.curves[0];
        // A nose that is 0.2·L off is 0.04 over five points.
        assert_eq!(curve.share(0.05), 0.75);
        assert_eq!(curve.beyond(0.03), [2, 3]);
        assert!((curve.mean().unwrap() - 0.03).abs() < 1e-6);
        let nose = &figures.tasks[0].bars[2];
        assert_eq!((nose.known, nose.values.network), (4, Some(50.0)));
        let male = &figures.tasks[1].bars[0];
        assert_eq!(
            (male.item, male.values.network, male.values.guess),
            (20, Some(75.0), Some(75.0))
        );
        assert!(figures.learned.contains("1 training"));
        assert_eq!(figures.curves[1].who, Who::Guess);
        let slices: Vec<_> = figures
            .slices
            .iter()
            .map(|s| (&*s.value, s.faces))
            .collect();
        assert_eq!(slices, [("(none)", 1), ("x", 1), ("y", 2)]);
    }

    #[test]
    fn a_part_is_measured_alone_and_another_predictor_stands_beside() {
        let mut part = question();
        part.split = Some(Split::Test);
        part.other = Some(("theirs".into(), part.found.clone()));
        let figures = figures(&part);
        assert_eq!((figures.faces, figures.of), (3, 4));
        assert_eq!(figures.curves.len(), 3);
        let nose = figures.tasks[0].bars[2].values;
        assert_eq!(nose.network, nose.other);
    }
}
