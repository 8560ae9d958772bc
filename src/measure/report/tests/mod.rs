//! Against the same measures in NumPy: `tests/measures/reference.py` wrote the fixture.

mod unknown;

use serde::Deserialize;

use super::measured_faces::{figures, intervals};
use super::*;
use crate::label::{
    Attribute, Point, PointLabel, Prediction, Presence, Schema, Task, TaskKind, TaskLabels,
    TaskPrediction, Untrained, UntrainedReason,
};
use crate::measure::bootstrap::Bootstrap;
use crate::measure::estimate::Measure;
use crate::measure::normalizer::Normalizer;
use crate::measure::slice::Slice;
use crate::measure::tables;
use std::collections::BTreeMap;

const FIXTURE: &str = include_str!("../../../../tests/measures/fixture.json");
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
    nme: Normalizer,
    bins: usize,
}

#[derive(Deserialize)]
struct Numbers {
    rows: Vec<Vec<Vec<Option<f64>>>>,
    known: [Vec<u64>; 2],
    ced: Vec<Vec<f64>>,
    intervals: Vec<Vec<Vec<Option<[f64; 2]>>>>,
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
    let said: Vec<(&str, Vec<Option<&Prediction>>)> = said
        .iter()
        .map(|(name, faces)| (*name, faces.iter().map(Some).collect()))
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
            untrained: &Untrained::default(),
            is_judged: &|_| false,
            options: Options {
                alpha: case.options.alpha,
                limit: case.options.limit,
                nme: case.options.nme,
                bins: case.options.bins,
                bootstrap: None,
            },
        };
        let report = Report::new(&measured, &|_, _| true).unwrap();
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

fn check(predictor: &PredictorEstimates, numbers: &Numbers, t: usize) {
    for (row, expected) in predictor.rows.iter().zip(&numbers.rows[t]) {
        assert_eq!(row.figures.len(), expected.len());
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
    let part = MeasuredFaces {
        measured,
        labels: &labels,
        faces: &all,
        ced_at: &[],
        progress: &Progress {
            tell: &|_, _| true,
            done: AtomicU64::new(0),
            of: 0,
        },
    };
    for (t, predicted) in (0..2).flat_map(|t| measured.predicted.iter().map(move |p| (t, p))) {
        let terms = [part.terms(t, predicted)];
        let trained = vec![true; measured.schema.tasks[t].len()];
        let options = &measured.options;
        let figures = |weights: &[u32]| {
            let figures = figures(&terms, &[predicted.who], &trained, weights, options);
            let figures = figures.into_iter().flat_map(|(rows, _)| rows);
            let measures = Measure::of(&measured.schema.tasks[t]).len();
            figures
                .flat_map(|row| row.into_iter().take(measures))
                .collect()
        };
        let weights = |number: u32| fixture.weights[number as usize].clone();
        let n = fixture.weights.len() as u32;
        let ours = intervals(figures, n, weights, &|| true).unwrap();
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
    let mut actual = vec![0.9; 40];
    actual[1] = 0.1;
    let prediction = Prediction {
        tasks: vec![
            TaskPrediction::Points(vec![[0.0; 2]; 5]),
            TaskPrediction::Binary(actual),
        ],
    };
    let measured = Measured {
        schema: &schema,
        faces: &[Face {
            labels: &labels,
            box_length: None,
            identity: None,
        }],
        predicted: &[Predicted {
            name: "network",
            who: Who::Network,
            faces: &[Some(&prediction)],
        }],
        slices: &[Slice {
            by: "pose".into(),
            value: "left".into(),
            faces: vec![0],
        }],
        untrained: &Untrained::default(),
        is_judged: &|name| name == "ours",
        options: Options::default(),
    };
    let report = Report::new(&measured, &|_, _| true).unwrap();
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
    let said: Vec<Option<&Prediction>> = said.iter().map(Some).collect();
    let faces: Vec<Face> = annotations
        .iter()
        .map(|labels| Face {
            labels,
            box_length: None,
            identity: None,
        })
        .collect();
    let report = |seed| {
        let measured = Measured {
            schema: &schema,
            faces: &faces,
            predicted: &[Predicted {
                name: "network",
                who: Who::Network,
                faces: &said,
            }],
            slices: &[],
            untrained: &Untrained::default(),
            is_judged: &|_| false,
            options: Options {
                bootstrap: Some(Bootstrap {
                    resamples: 200,
                    seed,
                }),
                ..Options::default()
            },
        };
        Report::new(&measured, &|_, _| true).unwrap()
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

#[test]
fn work_tells_how_far_it_is_and_ends_where_nobody_wants_it() {
    let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
    let schema = fixture.schema();
    let annotations = fixture.annotations(&schema);
    let said = fixture.predictions["network"].predictions();
    let said: Vec<Option<&Prediction>> = said.iter().map(Some).collect();
    let faces: Vec<Face> = annotations
        .iter()
        .map(|labels| Face {
            labels,
            box_length: None,
            identity: None,
        })
        .collect();
    let slices = [("left", vec![0, 2]), ("right", vec![1])].map(|(value, faces)| Slice {
        by: "pose".into(),
        value: value.into(),
        faces,
    });
    let measured = Measured {
        schema: &schema,
        faces: &faces,
        predicted: &[Predicted {
            name: "network",
            who: Who::Network,
            faces: &said,
        }],
        slices: &slices,
        untrained: &Untrained::default(),
        is_judged: &|_| false,
        options: Options {
            bootstrap: Some(Bootstrap {
                resamples: 20,
                seed: 1,
            }),
            ..Options::default()
        },
    };
    let heard = std::sync::Mutex::new(Vec::new());
    let tell = |done, of| {
        heard.lock().unwrap().push((done, of));
        true
    };
    assert!(Report::new(&measured, &tell).is_some());
    let heard = heard.into_inner().unwrap();
    // Each of three groups once, and each of its resamples.
    assert_eq!(heard.len(), 3 * 21);
    let (most, of) = heard.iter().max().unwrap();
    assert_eq!(most, of, "all of it is done in the end");
    let asked = AtomicU64::new(0);
    let stop = |_, _| asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 4;
    assert!(Report::new(&measured, &stop).is_none());
    assert!(asked.into_inner() < 3 * 21, "it does not go on to the end");
}
