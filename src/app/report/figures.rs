//! The figures of a report, with who is behind each: pure, and computed away from the window's
//! thread. The numbers are those of [`crate::evaluation`], which `eval` prints.

use std::sync::Arc;

use crate::app::faces::findings::{Finding, Findings};
use crate::app::report::part::Chosen;
use crate::app::report::tables::slice_of;
use crate::dataset::{BoxSource, Sample};
use crate::evaluation::{self, Column, Evaluation, Judged, Other, Placing, Trained, Warning};
use crate::figure::Page;
use crate::figure::plot::{self, PALETTE};
use crate::humanize::{counted, thousands};
use crate::label::{FaceBox, Prediction, Schema};
use crate::measure::{
    self, Bootstrap, Group, Measure, Options, PredictorEstimates, ProgressFn, Report, Row, RowKind,
    TaskEstimates,
};

/// What a report is about.
#[derive(Clone)]
pub struct Question {
    pub samples: Arc<Vec<Sample>>,
    /// Names of their columns.
    pub columns: Vec<String>,
    pub schema: Schema,
    pub found: Findings,
    pub other: Option<(String, Findings)>,
    /// Only these faces.
    pub chosen: Chosen,
    /// What they are, in a word.
    pub part: Option<String>,
    pub by: Option<Column>,
    /// Faces of these whose pictures could not be read.
    pub unread: usize,
    /// The data set's name, and where the network comes from.
    pub data: String,
    pub weights: String,
    /// The network's hash.
    pub network: String,
    pub trained: Arc<Trained>,
    /// What no label taught the network, a line a task.
    pub untrained: Vec<String>,
}

/// All that was measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    pub figures: Figures,
    /// `None` where there are no predictions.
    pub evaluation: Option<Evaluation>,
    /// Faces of the list by the column that was asked for.
    pub slices: Vec<SliceFaces>,
    /// Why there are no slices by it.
    pub unsliced: Option<String>,
    /// Faces that are left out because their pictures could not be read.
    pub unread: usize,
    /// Whether so few are predicted that the figures say little of the others.
    pub few: bool,
}

/// The faces that have one value of a column.
#[derive(Clone, Debug)]
pub struct SliceFaces {
    pub value: String,
    /// In rising order.
    pub faces: Vec<u32>,
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
    /// The network, the other predictor if there is one, and the guess; where there are slices, the
    /// network on all faces and on each of them.
    pub curves: Vec<Curve>,
    /// Names of the slices that bars have values of.
    pub slices: Vec<String>,
    /// How many there are, of which the first are drawn.
    pub of_slices: usize,
    pub tasks: Vec<TaskBars>,
}

impl Figures {
    /// Whether anything is labelled.
    pub fn any_measured(&self) -> bool {
        !self.curves.is_empty() || self.tasks.iter().any(|t| !t.bars.is_empty())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Network,
    Guess,
    Other,
    /// The network on a slice, by its number.
    Slice(usize),
}

/// A cumulative error distribution: mean error over L of each face, rising, with the face.
#[derive(Clone, Debug)]
pub struct Curve {
    pub who: Who,
    pub name: String,
    pub errors: Vec<(f32, u32)>,
    /// In percent, as the plots' files have it.
    pub auc: Option<f64>,
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
    /// The network's average in each slice.
    pub sliced_average: Vec<Option<f64>>,
}

#[derive(Clone, Debug)]
pub struct Bar {
    pub item: usize,
    pub name: String,
    pub known: u64,
    /// Success at α or accuracy.
    pub values: Values,
    /// The network's value in each slice.
    pub slices: Vec<Option<f64>>,
}

/// In percent; `None` of nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Values {
    pub network: Option<f64>,
    pub guess: Option<f64>,
    pub other: Option<f64>,
    /// Their 95 % intervals, in the same order, once these are made.
    pub intervals: [Option<[f64; 2]>; 3],
}

/// How often faces are resampled for the intervals, and what that depends on: as
/// `eval --bootstrap 1000`.
pub const BOOTSTRAP: Bootstrap = Bootstrap {
    resamples: 1000,
    seed: 1,
};

/// So many slices are drawn in the plots; tables and files have all.
const SLICES: usize = PALETTE.len();

impl Measured {
    /// The plots that `eval --plots` draws of it, with their names.
    pub fn plots(&self) -> Vec<(String, Page)> {
        self.evaluation.as_ref().map_or(Vec::new(), plot::plots)
    }
}

/// Measures; `None` where `progress` ended it.
pub fn measured(question: &Question, intervals: bool, progress: ProgressFn) -> Option<Measured> {
    let Question {
        samples, schema, ..
    } = question;
    let asked: Vec<u32> = question.chosen.faces(samples).collect();
    let of = asked.len();
    let faces: Vec<u32> = asked
        .into_iter()
        .filter(|&i| question.found.get(i as usize).is_some())
        .collect();
    if faces.is_empty() {
        let figures = Figures {
            of,
            ..Figures::default()
        };
        return Some(Measured {
            figures,
            unread: question.unread,
            ..Measured::default()
        });
    }
    let judged: Vec<Judged> = faces
        .iter()
        .filter_map(|&i| {
            let sample = &samples[i as usize];
            let finding = question.found.get(i as usize)?;
            Some(Judged {
                sample,
                prediction: &finding.prediction,
                face_box: finding.face_box,
                source: box_source(sample, finding),
            })
        })
        .collect();
    let others = question.other.as_ref();
    let others: Vec<Other> = others.map(|o| other(o, &faces)).into_iter().collect();
    let (mut by, mut unsliced) = (Vec::new(), None);
    if let Some(column) = question.by {
        let name = column.name(&question.columns, schema);
        match column.check(name, judged.iter().map(|f| f.sample)) {
            Ok(()) => by.push((name.to_owned(), column)),
            Err(why) => unsliced = Some(why.to_string()),
        }
    }
    let evaluation = Evaluation::new(
        &evaluation::Question {
            schema,
            weights: &question.weights,
            network: &question.network,
            trained: &question.trained,
            untrained: &question.untrained,
            data: &question.data,
            split: question.part.clone(),
            samples,
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
    let in_list = |slice: measure::Slice| SliceFaces {
        value: slice.value,
        faces: slice.faces.iter().map(|f| faces[*f as usize]).collect(),
    };
    let slices = by.iter().flat_map(|(name, c)| c.slices(name, &judged));
    let slices = slices.map(in_list).collect();
    let mut evaluation = evaluation;
    let missing = (of - faces.len()).saturating_sub(question.unread);
    let warning = few_predicted(faces.len(), missing, of);
    let few = warning.is_some();
    for warning in &mut evaluation.warnings {
        let in_list = |n: &u32| faces.get(*n as usize).copied();
        warning.faces = warning.faces.iter().filter_map(in_list).collect();
    }
    evaluation.warnings.splice(0..0, warning);
    let figures = figures(&evaluation, &faces, of);
    // They are drawn from now on; of slices nobody asks.
    forget_errors(&mut evaluation);
    Some(Measured {
        figures,
        evaluation: Some(evaluation),
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
        words: format!(
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
fn other<'a>((name, found): &'a (String, Findings), faces: &[u32]) -> Other<'a> {
    let said = |i: &u32| -> Option<&Prediction> { Some(&found.get(*i as usize)?.prediction) };
    let predictions: Vec<_> = faces.iter().map(said).collect();
    Other {
        name,
        predictions,
        // What belongs to none of them was said when the file was read.
        unmatched: 0,
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

fn figures(evaluation: &Evaluation, faces: &[u32], of: usize) -> Figures {
    let whole = evaluation.report.groups.first();
    let slices = sliced(&evaluation.report);
    let mut boxes: Vec<_> = evaluation.boxes.iter().map(|(s, n)| (*s, *n)).collect();
    boxes.sort_by_key(|b| std::cmp::Reverse(b.1));
    Figures {
        faces: faces.len(),
        of,
        boxes,
        learned: evaluation.guess.clone(),
        curves: whole.map_or(Vec::new(), |whole| match slices.is_empty() {
            true => curves(whole, faces),
            false => sliced_curves(whole, &slices, faces),
        }),
        slices: slices.iter().map(|g| g.value.clone()).collect(),
        of_slices: all_slices(&evaluation.report).count(),
        tasks: whole.map_or(Vec::new(), |whole| {
            let tasks = whole.tasks.iter().enumerate();
            tasks.map(|(t, task)| bars(t, task, &slices)).collect()
        }),
    }
}

/// The curves of whole faces; named with their task where there are several of points.
fn curves(whole: &Group, faces: &[u32]) -> Vec<Curve> {
    let points: Vec<_> = whole.tasks.iter().filter(|t| t.task.is_points()).collect();
    let name = |task: &TaskEstimates, predictor: &PredictorEstimates| match points.len() {
        1 => predictor.name.clone(),
        _ => format!("{}: {}", task.task.name, predictor.name),
    };
    let all = points.iter().flat_map(|task| {
        let all = task.predictors.iter();
        all.filter_map(|p| curve(p, p.who.into(), name(task, p), faces))
    });
    all.collect()
}

/// The network's curves of all faces and of each slice, of the first task of points.
fn sliced_curves(whole: &Group, slices: &[&Group], faces: &[u32]) -> Vec<Curve> {
    let mut tasks = whole.tasks.iter();
    let Some(t) = tasks.position(|t| t.task.is_points() && t.any_measured()) else {
        return Vec::new();
    };
    let all = std::iter::once((Who::Network, whole));
    let slices = slices.iter().enumerate().map(|(n, g)| (Who::Slice(n), *g));
    let curves = all.chain(slices).filter_map(|(who, group)| {
        let judged = group.tasks.get(t)?.predictors.first()?;
        let name = format!("{} ({})", group.value, thousands(group.faces));
        curve(judged, who, name, faces)
    });
    curves.collect()
}

fn curve(predictor: &PredictorEstimates, who: Who, name: String, faces: &[u32]) -> Option<Curve> {
    let mut rows = predictor.rows.iter();
    let row = rows.find(|r| r.kind == RowKind::WholeFace)?;
    let errors = row.errors.iter();
    let mut errors: Vec<(f32, u32)> = errors
        .filter_map(|(face, error)| Some((*error as f32, *faces.get(*face as usize)?)))
        .collect();
    errors.sort_by(|a, b| a.0.total_cmp(&b.0));
    (!errors.is_empty()).then(|| Curve {
        who,
        name,
        errors,
        auc: row.figures.get(&Measure::Auc).and_then(|f| f.value),
    })
}

/// The slices that are drawn: colours for more are not told apart.
fn sliced(report: &Report) -> Vec<&Group> {
    all_slices(report).take(SLICES).collect()
}

fn all_slices(report: &Report) -> impl Iterator<Item = &Group> {
    let groups = report.groups.iter();
    groups.filter(|g| slice_of(g, report).is_some())
}

impl From<measure::Who> for Who {
    fn from(who: measure::Who) -> Self {
        match who {
            measure::Who::Network => Self::Network,
            measure::Who::File => Self::Other,
            measure::Who::Guess => Self::Guess,
        }
    }
}

fn bars(t: usize, figures: &TaskEstimates, slices: &[&Group]) -> TaskBars {
    let task = &figures.task;
    let row = |who: Who, r: usize| -> Option<&Row> {
        let mut predictors = figures.predictors.iter();
        predictors.find(|p| Who::from(p.who) == who)?.rows.get(r)
    };
    let values = |r: usize, measure: Measure| {
        let figure = |who| row(who, r)?.figures.get(&measure);
        let of = |who| figure(who)?.value;
        Values {
            network: of(Who::Network),
            guess: of(Who::Guess),
            other: of(Who::Other),
            intervals: [Who::Network, Who::Guess, Who::Other].map(|who| figure(who)?.interval),
        }
    };
    let measure = Measure::of(task)[0];
    let sliced = |r: usize| -> Vec<Option<f64>> {
        let value = |group: &&Group| {
            let judged = group.tasks.get(t)?.predictors.first()?;
            judged.rows.get(r)?.figures.get(&measure)?.value
        };
        slices.iter().map(value).collect()
    };
    let bars = task.items().enumerate().map(|(i, name)| Bar {
        item: i,
        name: name.replace('_', " "),
        known: row(Who::Network, i).map_or(0, |r| r.known),
        values: values(i, measure),
        slices: sliced(i),
    });
    TaskBars {
        task: t,
        name: task.name.clone(),
        is_points: task.is_points(),
        bars: bars.filter(|b| b.known > 0).collect(),
        average: values(task.len(), measure),
        sliced_average: sliced(task.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Split;
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
            columns: vec!["kind".into()],
            schema,
            found,
            other: None,
            chosen: Chosen::All,
            part: None,
            by: Some(Column::Foreign(0)),
            unread: 1,
            data: "set".into(),
            weights: "bundled".into(),
            network: "cac2".into(),
            trained: Arc::default(),
            untrained: Vec::new(),
        }
    }

    #[test]
    fn few_of_many_predicted_faces_are_warned_of() {
        let badge = |faces, missing, of| few_predicted(faces, missing, of).map(|w| w.badge);
        assert_eq!(badge(1, 149, 150).unwrap(), "1 of 150");
        assert_eq!(badge(9, 3, 12).unwrap(), "9 of 12");
        assert_eq!(badge(100, 1100, 1200).unwrap(), "100 of 1,200");
        assert_eq!(badge(15, 135, 150), None);
        assert_eq!(badge(6, 0, 6), None);
        assert_eq!(badge(6, 0, 8), None, "the others cannot be read");
        let mut question = question();
        question.unread = 0;
        let evaluation = all(&question).evaluation.unwrap();
        assert_eq!(evaluation.network, "cac2");
        let notes = evaluation.notes().join("\n");
        assert!(
            notes.contains("warning: only 4 of 5 faces are predicted"),
            "{notes}"
        );
    }

    fn all(question: &Question) -> Measured {
        measured(question, false, &|_, _| true).unwrap()
    }

    #[test]
    fn figures_name_the_faces_behind_them() {
        let Measured {
            figures,
            slices,
            unread,
            ..
        } = all(&question());
        assert_eq!(unread, 1);
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
        // Where there are slices, curves and bars have them.
        let names: Vec<_> = figures.curves.iter().map(|c| (c.who, &*c.name)).collect();
        let expected = [
            (Who::Network, "all (4)"),
            (Who::Slice(0), "x (1)"),
            (Who::Slice(1), "y (2)"),
            (Who::Slice(2), "(none) (1)"),
        ];
        assert_eq!(names, expected);
        assert_eq!(figures.curves[2].beyond(0.05), [3]);
        assert_eq!(nose.slices, [Some(100.0), Some(0.0), Some(100.0)]);
        assert_eq!((figures.slices.len(), figures.of_slices), (3, 3));
        let slices: Vec<_> = slices.iter().map(|s| (&*s.value, &s.faces[..])).collect();
        let expected: [(&str, &[u32]); 3] = [("x", &[1]), ("y", &[2, 3]), ("(none)", &[0])];
        assert_eq!(slices, expected);
    }

    #[test]
    fn a_part_is_measured_alone_and_another_predictor_stands_beside() {
        let mut part = question();
        part.chosen = Chosen::Split(Split::Test);
        part.other = Some(("theirs".into(), part.found.clone()));
        part.by = None;
        let figures = all(&part).figures;
        assert_eq!((figures.faces, figures.of), (3, 4));
        let who: Vec<_> = figures.curves.iter().map(|c| c.who).collect();
        assert_eq!(who, [Who::Network, Who::Other, Who::Guess]);
        let nose = figures.tasks[0].bars[2].values;
        assert_eq!(nose.network, nose.other);
    }

    #[test]
    fn shown_faces_are_measured_and_training_faces_are_told() {
        let mut shown = question();
        shown.chosen = Chosen::Shown(vec![0, 2, 4].into());
        shown.by = Some(Column::Attribute(1, 20));
        let measured = all(&shown);
        assert_eq!((measured.figures.faces, measured.figures.of), (2, 3));
        let slices: Vec<_> = measured
            .slices
            .iter()
            .map(|s| (&*s.value, &s.faces[..]))
            .collect();
        let expected: [(&str, &[u32]); 2] = [("absent", &[2]), ("present", &[0])];
        assert_eq!(slices, expected);
        let evaluation = measured.evaluation.unwrap();
        assert!(evaluation.warnings[0].badge.contains("1 of the training"));
        shown.chosen = Chosen::Split(Split::Test);
        let warnings = all(&shown).evaluation.unwrap().warnings;
        let badges: Vec<&str> = warnings.iter().map(|w| w.badge.as_str()).collect();
        let expected = [
            "landmarks: 3 labelled faces",
            "attributes: 3 labelled faces",
        ];
        assert_eq!(badges, expected);
    }

    #[test]
    fn intervals_come_where_they_are_asked_for_and_end_where_nobody_wants_them() {
        let question = question();
        let made = measured(&question, true, &|_, _| true).unwrap();
        let groups = &made.evaluation.unwrap().report.groups;
        let nose = &groups[0].tasks[0].predictors[0].rows[2];
        let success = nose.figures[&Measure::Success];
        assert_eq!(success.value, Some(50.0));
        let [low, high] = success.interval.unwrap();
        assert!(low < 50.0 && high > 50.0);
        assert!(measured(&question, true, &|_, _| false).is_none());
    }

    #[test]
    fn a_column_of_names_is_measured_whole_and_said() {
        let mut question = question();
        let mut samples = (*question.samples).clone();
        let mut found = Findings::none(300);
        for i in 0..300 {
            samples.push(samples[0].clone());
            samples[i].columns = vec![i.to_string().into()];
            found.set(i, question.found.get(0).unwrap().clone());
        }
        (question.samples, question.found) = (Arc::new(samples), found);
        let measured = all(&question);
        assert_eq!(measured.figures.faces, 300);
        assert!(measured.slices.is_empty());
        let why = measured.unsliced.unwrap();
        assert!(why.contains("kind has 300 values"), "{why}");
    }
}
