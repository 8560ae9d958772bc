//! Everything that is measured of several predictors on the same faces, as numbers to draw or
//! print: the command line and the window read the same [`Report`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ALPHA;
use super::accepted::without_accepted;
use super::binary::BinaryTerms;
use super::bootstrap::{Bootstrap, Resampled, Units, interval};
use super::length::Length;
use super::paper::{PaperRow, paper};
use super::points::{CED_STEPS, PointTerms};
use super::slice::Slice;
use crate::label::{Annotation, Prediction, Schema, Task, TaskKind};

/// What is measured, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// A point is found within this share of L.
    pub alpha: f64,
    /// Up to where the area under the CED goes, and beyond which a face has failed.
    pub limit: f64,
    pub nme: Length,
    /// Equal bins of the probability for the calibration error.
    pub bins: usize,
    pub bootstrap: Option<Bootstrap>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // The decimal number itself, not its nearest number in single precision.
            alpha: (f64::from(ALPHA) * 1e6).round() / 1e6,
            limit: 0.1,
            nme: Length::Eyes,
            bins: 10,
            bootstrap: None,
        }
    }
}

/// A measured face.
#[derive(Clone, Debug)]
pub struct Face<'a> {
    pub labels: &'a Annotation,
    /// For [`Length::Box`], in pixels.
    pub box_length: Option<f64>,
    pub identity: Option<&'a str>,
}

/// Who says something about faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Network,
    /// Another program, by its file.
    File,
    /// Nobody: [`super::Guess`].
    Guess,
}

/// What one predictor says about all faces. A coordinate or probability that is not a number was
/// not said, and counts as little as an unknown label.
#[derive(Clone, Debug)]
pub struct Predicted<'a> {
    pub name: &'a str,
    pub who: Who,
    /// One for each face.
    pub faces: &'a [Prediction],
}

/// All that a report is made from.
pub struct Measured<'a> {
    pub schema: &'a Schema,
    pub faces: &'a [Face<'a>],
    /// The first is judged; the others stand beside it.
    pub predicted: &'a [Predicted<'a>],
    pub slices: &'a [Slice],
    /// Whether weights of this name are the judged ones, so that labels accepted from them do not
    /// count.
    pub is_judged: &'a dyn Fn(&str) -> bool,
    pub options: Options,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub options: Options,
    pub faces: usize,
    /// Values that were accepted from the judged network. They count only in the group "with
    /// accepted labels".
    pub accepted: usize,
    /// Where the CEDs are stated: errors as shares of the length.
    pub ced_at: Vec<f64>,
    /// All faces, then the same with accepted labels if there are any, then the slices.
    pub groups: Vec<Group>,
}

/// Some of the faces.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The column of a slice; `None` for all faces.
    pub by: Option<String>,
    pub value: String,
    pub faces: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resampled: Option<Resampled>,
    pub tasks: Vec<TaskFigures>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskFigures {
    #[serde(flatten)]
    pub task: Task,
    pub predictors: Vec<PredictorFigures>,
}

impl TaskFigures {
    /// Whether anything is known about an item.
    pub fn is_measured(&self, item: usize) -> bool {
        self.predictors.iter().any(|p| p.rows[item].known > 0)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictorFigures {
    pub name: String,
    pub who: Who,
    /// The items in their order, their average, and for points whole faces.
    pub rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    Item,
    /// The mean over the items, as the paper averages.
    Average,
    /// The mean error over a face's points as one error.
    WholeFace,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub name: String,
    pub kind: RowKind,
    /// Faces for which label and prediction are known; of an average, all those of its items.
    pub known: u64,
    pub figures: BTreeMap<Measure, Figure>,
    /// The share of faces up to each of [`Report::ced_at`], in percent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ced: Vec<f64>,
    /// Face and error: who is behind each point of the CED.
    #[serde(skip)]
    pub errors: Vec<(u32, f64)>,
}

/// In percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figure {
    /// `None` of nothing.
    pub value: Option<f64>,
    /// The 95 % interval, if faces were resampled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    Success,
    Nme,
    Auc,
    Failure,
    Accuracy,
    BalancedAccuracy,
    F1,
    CalibrationError,
}

impl Measure {
    /// The four measures of a task, the paper's first.
    pub fn of(task: &Task) -> [Self; 4] {
        if task.is_points() {
            [Self::Success, Self::Nme, Self::Auc, Self::Failure]
        } else {
            [
                Self::Accuracy,
                Self::BalancedAccuracy,
                Self::F1,
                Self::CalibrationError,
            ]
        }
    }

    /// As in the JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Nme => "nme",
            Self::Auc => "auc",
            Self::Failure => "failure",
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::F1 => "f1",
            Self::CalibrationError => "calibration_error",
        }
    }
}

impl Report {
    pub fn new(measured: &Measured) -> Self {
        let limit = measured.options.limit;
        let step = |k| 2.0 * limit * k as f64 / CED_STEPS as f64;
        let ced_at: Vec<f64> = (0..=CED_STEPS).map(step).collect();
        let kept: Vec<_> = measured
            .faces
            .iter()
            .map(|f| without_accepted(f.labels, measured.is_judged))
            .collect();
        let accepted = kept.iter().map(|(_, count)| count).sum();
        let own: Vec<Cow<Annotation>> = kept.into_iter().map(|(labels, _)| labels).collect();
        let all: Vec<u32> = (0..measured.faces.len() as u32).collect();
        let group = |labels: &[Cow<Annotation>], faces: &[u32], by, value: &str| {
            let part = Part {
                measured,
                labels,
                faces,
                ced_at: &ced_at,
            };
            part.group(by, value)
        };
        let mut groups = vec![group(&own, &all, None, "all")];
        if accepted > 0 {
            let every: Vec<_> = measured
                .faces
                .iter()
                .map(|f| Cow::Borrowed(f.labels))
                .collect();
            let by = Some("labels".to_owned());
            groups.push(group(&every, &all, by, "with accepted labels"));
        }
        for slice in measured.slices {
            groups.push(group(
                &own,
                &slice.faces,
                Some(slice.by.clone()),
                &slice.value,
            ));
        }
        Self {
            options: measured.options.clone(),
            faces: measured.faces.len(),
            accepted,
            ced_at,
            groups,
        }
    }

    /// The paper's rows for what is measured of a task; none if that is another measure.
    pub fn paper(&self, figures: &TaskFigures) -> Vec<PaperRow> {
        if figures.task.is_points() && self.options.alpha != Options::default().alpha {
            return Vec::new();
        }
        paper(&figures.task, &|item| figures.is_measured(item))
    }
}

/// Some of the faces, about to be measured.
struct Part<'a> {
    measured: &'a Measured<'a>,
    /// Of all faces.
    labels: &'a [Cow<'a, Annotation>],
    faces: &'a [u32],
    ced_at: &'a [f64],
}

/// What is needed to measure one predictor in one task under any weights.
enum Terms {
    Points(PointTerms),
    Binary(BinaryTerms),
}

impl Terms {
    fn figures(&self, weights: &[u32], options: &Options) -> Vec<[f64; 4]> {
        match self {
            Self::Points(terms) => terms.figures(weights, options),
            Self::Binary(terms) => terms.figures(weights),
        }
    }
}

impl Part<'_> {
    fn group(&self, by: Option<String>, value: &str) -> Group {
        let options = &self.measured.options;
        let tasks = &self.measured.schema.tasks;
        let predicted = self.measured.predicted;
        let terms: Vec<Vec<Terms>> = (0..tasks.len())
            .map(|t| predicted.iter().map(|p| self.terms(t, p)).collect())
            .collect();
        let identities = self.faces.iter();
        let identities = identities.map(|&f| self.measured.faces[f as usize].identity);
        let units = options.bootstrap.map(|b| (b, Units::new(identities)));
        let intervals = match &units {
            Some((bootstrap, units)) => {
                let weights = |number| units.weights(bootstrap.seed, number);
                intervals(&terms, bootstrap.resamples, weights, options)
            }
            None => Vec::new(),
        };
        let once = vec![1; self.faces.len()];
        let mut intervals = intervals.into_iter();
        let tasks = tasks.iter().zip(terms).map(|(task, terms)| TaskFigures {
            task: task.clone(),
            predictors: predicted
                .iter()
                .zip(terms)
                .map(|(p, terms)| PredictorFigures {
                    name: name(p, task).to_owned(),
                    who: p.who,
                    rows: self.rows(task, terms, &once, &mut intervals),
                })
                .collect(),
        });
        Group {
            by,
            value: value.to_owned(),
            faces: self.faces.len(),
            resampled: units.as_ref().map(|(_, u)| u.resampled),
            tasks: tasks.collect(),
        }
    }

    fn terms(&self, t: usize, predicted: &Predicted) -> Terms {
        let task = &self.measured.schema.tasks[t];
        let options = &self.measured.options;
        let faces = self.faces.iter().map(|&f| f as usize);
        let pairs = faces
            .clone()
            .map(|f| (&self.labels[f].tasks[t], &predicted.faces[f].tasks[t]));
        match &task.kind {
            TaskKind::Points {
                points, reference, ..
            } => {
                let lengths: Vec<_> = faces.map(|f| self.measured.faces[f].box_length).collect();
                let n = points.len();
                Terms::Points(PointTerms::new(n, *reference, options, pairs, &lengths))
            }
            TaskKind::Binary { attributes } => {
                Terms::Binary(BinaryTerms::new(attributes.len(), options, pairs))
            }
        }
    }

    fn rows(
        &self,
        task: &Task,
        terms: Terms,
        once: &[u32],
        intervals: &mut impl Iterator<Item = Option<[f64; 2]>>,
    ) -> Vec<Row> {
        let figures = terms.figures(once, &self.measured.options);
        let names = task.items().chain(["average", "whole face"]);
        let mut rows: Vec<Row> = names
            .zip(figures)
            .enumerate()
            .map(|(i, (name, figures))| Row {
                name: name.to_owned(),
                kind: match i.checked_sub(task.len()) {
                    None => RowKind::Item,
                    Some(0) => RowKind::Average,
                    Some(_) => RowKind::WholeFace,
                },
                known: 0,
                figures: Measure::of(task)
                    .into_iter()
                    .zip(figures)
                    .map(|(measure, v)| {
                        let figure = Figure {
                            value: v.is_finite().then_some(v),
                            interval: intervals.next().flatten(),
                        };
                        (measure, figure)
                    })
                    .collect(),
                ced: Vec::new(),
                errors: Vec::new(),
            })
            .collect();
        let single = |rows: &mut Vec<Row>| -> Vec<usize> {
            (0..rows.len())
                .filter(|&r| rows[r].kind != RowKind::Average)
                .collect()
        };
        match terms {
            Terms::Points(terms) => {
                for (r, column) in single(&mut rows).into_iter().zip(terms.columns) {
                    rows[r].known = column.known();
                    rows[r].ced = column.ced(self.ced_at);
                    let global = |(face, error)| (self.faces[face as usize], error);
                    rows[r].errors = column.error.into_iter().map(global).collect();
                }
            }
            Terms::Binary(terms) => {
                for (i, r) in single(&mut rows).into_iter().enumerate() {
                    rows[r].known = terms.known(i);
                }
            }
        }
        let items = &rows[..task.len()];
        rows[task.len()].known = items.iter().map(|r| r.known).sum();
        rows
    }
}

/// The name of a predictor in a task: a guess is something else in each.
fn name<'a>(predicted: &Predicted<'a>, task: &Task) -> &'a str {
    match predicted.who {
        Who::Guess if task.is_points() => "mean face",
        Who::Guess => "majority",
        _ => predicted.name,
    }
}

/// The interval of each figure, in the order of tasks, predictors, rows and measures.
fn intervals(
    terms: &[Vec<Terms>],
    resamples: u32,
    weights: impl Fn(u32) -> Vec<u32> + Sync,
    options: &Options,
) -> Vec<Option<[f64; 2]>> {
    let resamples: Vec<Vec<f64>> = (0..resamples)
        .into_par_iter()
        .map(|number| {
            let weights = weights(number);
            let figures = terms.iter().flatten().map(|t| t.figures(&weights, options));
            figures.flatten().flatten().collect()
        })
        .collect();
    let Some(first) = resamples.first() else {
        return Vec::new();
    };
    (0..first.len())
        .into_par_iter()
        .map(|i| interval(resamples.iter().map(|r| r[i]).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    //! Against the same measures in NumPy: `tests/measures/reference.py` wrote the fixture.

    use super::*;
    use crate::label::{Attribute, Point, PointLabel, Presence, TaskLabels, TaskPrediction};
    use serde::Deserialize;

    const FIXTURE: &str = include_str!("../../tests/measures/fixture.json");
    const CLOSE: f64 = 1e-6;

    #[derive(Deserialize)]
    struct Fixture {
        points: Vec<String>,
        reference: (usize, usize),
        attributes: Vec<String>,
        labels: Vec<Vec<[Option<f32>; 2]>>,
        present: Vec<Vec<Option<f32>>>,
        box_lengths: Vec<Option<f64>>,
        identities: Vec<Option<String>>,
        weights: Vec<Vec<u32>>,
        predictions: BTreeMap<String, Said>,
        expected: Vec<Expected>,
    }

    #[derive(Deserialize)]
    struct Said {
        points: Vec<Vec<[Option<f32>; 2]>>,
        binary: Vec<Vec<Option<f32>>>,
    }

    #[derive(Deserialize)]
    struct Expected {
        options: Case,
        predictors: BTreeMap<String, Numbers>,
    }

    #[derive(Deserialize)]
    struct Case {
        alpha: f64,
        limit: f64,
        nme: Length,
        bins: usize,
    }

    #[derive(Deserialize)]
    struct Numbers {
        rows: Vec<Vec<[Option<f64>; 4]>>,
        known: [Vec<u64>; 2],
        ced: Vec<Vec<f64>>,
        intervals: Vec<Vec<[Option<[f64; 2]>; 4]>>,
    }

    impl Fixture {
        fn schema(&self) -> Schema {
            let attribute = |name: &String| Attribute {
                name: name.clone(),
                group: String::new(),
            };
            let points = TaskKind::Points {
                points: self.points.clone(),
                flip_pairs: vec![],
                reference: self.reference,
            };
            let binary = TaskKind::Binary {
                attributes: self.attributes.iter().map(attribute).collect(),
            };
            let tasks = [("points", points), ("binary", binary)];
            let tasks = tasks.map(|(name, kind)| Task {
                name: name.into(),
                kind,
            });
            Schema {
                tasks: tasks.to_vec(),
            }
        }

        fn annotations(&self, schema: &Schema) -> Vec<Annotation> {
            let point = |p: &[Option<f32>; 2]| match *p {
                [Some(x), Some(y)] => PointLabel::visible([x, y]),
                _ => PointLabel::default(),
            };
            let presence = |v: &Option<f32>| match v {
                None => Presence::Unknown,
                Some(v) => (*v == 1.0).into(),
            };
            let both = self.labels.iter().zip(&self.present);
            both.map(|(points, values)| {
                let mut annotation = Annotation::unknown(schema);
                annotation.tasks = vec![
                    TaskLabels::Points(points.iter().map(point).collect()),
                    TaskLabels::Binary(values.iter().map(presence).collect()),
                ];
                annotation
            })
            .collect()
        }
    }

    impl Said {
        fn predictions(&self) -> Vec<Prediction> {
            let nan = |v: &Option<f32>| v.unwrap_or(f32::NAN);
            let point = |p: &[Option<f32>; 2]| -> Point { [nan(&p[0]), nan(&p[1])] };
            let both = self.points.iter().zip(&self.binary);
            both.map(|(points, values)| Prediction {
                tasks: vec![
                    TaskPrediction::Points(points.iter().map(point).collect()),
                    TaskPrediction::Binary(values.iter().map(nan).collect()),
                ],
            })
            .collect()
        }
    }

    fn close(ours: Option<f64>, theirs: Option<f64>) -> bool {
        match (ours, theirs) {
            (Some(a), Some(b)) => (a - b).abs() < CLOSE,
            (None, None) => true,
            _ => false,
        }
    }

    #[test]
    fn figures_are_those_of_numpy() {
        let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
        let schema = fixture.schema();
        let annotations = fixture.annotations(&schema);
        let said: Vec<(&str, Vec<Prediction>)> = fixture
            .predictions
            .iter()
            .map(|(name, said)| (name.as_str(), said.predictions()))
            .collect();
        let predicted: Vec<Predicted> = said
            .iter()
            .map(|(name, faces)| Predicted {
                name,
                who: Who::File,
                faces,
            })
            .collect();
        let faces: Vec<Face> = annotations
            .iter()
            .zip(fixture.box_lengths.iter().zip(&fixture.identities))
            .map(|(labels, (box_length, identity))| Face {
                labels,
                box_length: *box_length,
                identity: identity.as_deref(),
            })
            .collect();
        for case in &fixture.expected {
            let measured = Measured {
                schema: &schema,
                faces: &faces,
                predicted: &predicted,
                slices: &[],
                is_judged: &|_| false,
                options: Options {
                    alpha: case.options.alpha,
                    limit: case.options.limit,
                    nme: case.options.nme,
                    bins: case.options.bins,
                    bootstrap: None,
                },
            };
            let report = Report::new(&measured);
            for (t, task) in report.groups[0].tasks.iter().enumerate() {
                for predictor in &task.predictors {
                    let numbers = &case.predictors[&predictor.name];
                    assert_eq!(predictor.rows.len(), numbers.rows[t].len());
                    check(predictor, numbers, t);
                }
            }
            check_intervals(&fixture, &measured, case);
        }
    }

    fn check(predictor: &PredictorFigures, numbers: &Numbers, t: usize) {
        for (row, expected) in predictor.rows.iter().zip(&numbers.rows[t]) {
            for ((measure, ours), theirs) in row.figures.iter().zip(expected) {
                let what = format!("{} {} {measure:?}", predictor.name, row.name);
                assert!(close(ours.value, *theirs), "{what}: {ours:?} {theirs:?}");
            }
        }
        let single = predictor.rows.iter().filter(|r| r.kind != RowKind::Average);
        let known: Vec<u64> = single.clone().map(|r| r.known).collect();
        assert_eq!(known, numbers.known[t]);
        if t == 0 {
            for (row, expected) in single.zip(&numbers.ced) {
                for (n, theirs) in expected.iter().enumerate() {
                    let ours = row.ced[n * CED_STEPS / (expected.len() - 1)];
                    assert!((ours - theirs).abs() < CLOSE, "{} step {n}", row.name);
                }
            }
        }
    }

    /// With NumPy's resamples in place of our own.
    fn check_intervals(fixture: &Fixture, measured: &Measured, case: &Expected) {
        let all: Vec<u32> = (0..measured.faces.len() as u32).collect();
        let labels: Vec<Cow<Annotation>> = measured
            .faces
            .iter()
            .map(|f| Cow::Borrowed(f.labels))
            .collect();
        let part = Part {
            measured,
            labels: &labels,
            faces: &all,
            ced_at: &[],
        };
        for (t, predicted) in (0..2).flat_map(|t| measured.predicted.iter().map(move |p| (t, p))) {
            let terms = vec![vec![part.terms(t, predicted)]];
            let weights = |number: u32| fixture.weights[number as usize].clone();
            let n = fixture.weights.len() as u32;
            let ours = intervals(&terms, n, weights, &measured.options);
            let theirs = &case.predictors[predicted.name].intervals[t];
            let theirs: Vec<_> = theirs.iter().flatten().collect();
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                for end in [0, 1] {
                    let pair = (ours.map(|i| i[end]), theirs.map(|i| i[end]));
                    assert!(close(pair.0, pair.1), "{} {pair:?}", predicted.name);
                }
            }
        }
    }

    #[test]
    fn accepted_labels_count_only_in_their_own_group() {
        let schema = Schema::face();
        let mut labels = Annotation::unknown(&schema);
        if let TaskLabels::Binary(values) = &mut labels.tasks[1] {
            values[0] = Presence::Present;
            values[1] = Presence::Present;
        }
        let accepted = crate::label::Provenance::Accepted {
            weights: "ours".into(),
            bulk: false,
        };
        labels.provenance.insert((1, 0), accepted);
        let mut said = vec![0.9; 40];
        said[1] = 0.1;
        let prediction = Prediction {
            tasks: vec![
                TaskPrediction::Points(vec![[0.0; 2]; 5]),
                TaskPrediction::Binary(said),
            ],
        };
        let report = Report::new(&Measured {
            schema: &schema,
            faces: &[Face {
                labels: &labels,
                box_length: None,
                identity: None,
            }],
            predicted: &[Predicted {
                name: "network",
                who: Who::Network,
                faces: &[prediction],
            }],
            slices: &[Slice {
                by: "pose".into(),
                value: "left".into(),
                faces: vec![0],
            }],
            is_judged: &|name| name == "ours",
            options: Options::default(),
        });
        assert_eq!(report.accepted, 1);
        let averages: Vec<_> = report
            .groups
            .iter()
            .map(|g| g.tasks[1].predictors[0].rows[40].figures[&Measure::Accuracy].value)
            .collect();
        assert_eq!(averages, [Some(0.0), Some(50.0), Some(0.0)]);
        assert_eq!(report.groups[1].value, "with accepted labels");
    }

    #[test]
    fn intervals_hold_the_value_and_depend_on_the_seed_alone() {
        let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
        let schema = fixture.schema();
        let annotations = fixture.annotations(&schema);
        let said = fixture.predictions["network"].predictions();
        let faces: Vec<Face> = annotations
            .iter()
            .map(|labels| Face {
                labels,
                box_length: None,
                identity: None,
            })
            .collect();
        let report = |seed| {
            Report::new(&Measured {
                schema: &schema,
                faces: &faces,
                predicted: &[Predicted {
                    name: "network",
                    who: Who::Network,
                    faces: &said,
                }],
                slices: &[],
                is_judged: &|_| false,
                options: Options {
                    bootstrap: Some(Bootstrap {
                        resamples: 200,
                        seed,
                    }),
                    ..Options::default()
                },
            })
        };
        let (one, two) = (report(1), report(1));
        assert_eq!(one, two);
        assert_ne!(one, report(2));
        let group = &one.groups[0];
        let drawn = group.resampled.unwrap();
        assert_eq!((drawn.by_identity, drawn.units), (false, annotations.len()));
        let nme = group.tasks[0].predictors[0].rows[0].figures[&Measure::Nme];
        let ([low, high], value) = (nme.interval.unwrap(), nme.value.unwrap());
        assert!(low < value && value < high, "{low} {value} {high}");
    }
}
