//! What the plots of a report draw, with who is behind each part: pure, and computed away from the
//! window's thread. The numbers are those of [`crate::evaluation`], which `eval` prints.

use crate::app::report::slices::all_slices;
use crate::dataset::BoxSource;
use crate::evaluation::Evaluation;
use crate::figure::plot::PALETTE;
use crate::humanize::thousands;
use crate::label::UntrainedReason;
use crate::measure::{
    self, Group, Measure, PredictorEstimates, Report, Row, RowKind, TaskEstimates,
};

#[derive(Clone, Debug, Default)]
pub struct PlotData {
    /// Faces that are measured, of those that were asked for.
    pub measured: usize,
    pub requested: usize,
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
    pub slice_count: usize,
    pub tasks: Vec<TaskBars>,
}

impl PlotData {
    /// Whether anything is labelled.
    pub fn any_measured(&self) -> bool {
        !self.curves.is_empty() || self.tasks.iter().any(|t| !t.bars.is_empty())
    }
}

/// Whose values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    Network,
    Trivial,
    Other,
    /// The network on a slice, by its number.
    Slice(usize),
}

impl From<measure::Who> for Series {
    fn from(who: measure::Who) -> Self {
        match who {
            measure::Who::Network => Self::Network,
            measure::Who::File => Self::Other,
            measure::Who::Trivial => Self::Trivial,
        }
    }
}

/// A cumulative error distribution: mean error over L of each face, rising, with the face.
#[derive(Clone, Debug)]
pub struct Curve {
    pub series: Series,
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
    pub sliced_average_intervals: Vec<Option<[f64; 2]>>,
    /// What averages leave out.
    pub left_out: Option<String>,
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
    /// The 95 % interval of each of these, once they are made.
    pub slice_intervals: Vec<Option<[f64; 2]>>,
    /// Why the network was never trained on it.
    pub untrained: Option<UntrainedReason>,
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

/// So many slices are drawn in the plots; tables and files have all.
const SLICES: usize = PALETTE.len();

pub fn plot_data(evaluation: &Evaluation, faces: &[u32], of: usize) -> PlotData {
    let whole = evaluation.report.groups.first();
    let slices = sliced(&evaluation.report);
    let mut boxes: Vec<_> = evaluation.boxes.iter().map(|(s, n)| (*s, *n)).collect();
    boxes.sort_by_key(|b| std::cmp::Reverse(b.1));
    PlotData {
        measured: faces.len(),
        requested: of,
        boxes,
        learned: evaluation.guess.clone(),
        curves: whole.map_or(Vec::new(), |whole| match slices.is_empty() {
            true => curves(whole, faces),
            false => sliced_curves(whole, &slices, faces),
        }),
        slices: slices.iter().map(|g| g.value.clone()).collect(),
        slice_count: all_slices(&evaluation.report).count(),
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
    let all = std::iter::once((Series::Network, whole));
    let slices = slices
        .iter()
        .enumerate()
        .map(|(n, g)| (Series::Slice(n), *g));
    let curves = all.chain(slices).filter_map(|(series, group)| {
        let judged = group.tasks.get(t)?.predictors.first()?;
        let name = format!("{} ({})", group.value, thousands(group.faces));
        curve(judged, series, name, faces)
    });
    curves.collect()
}

fn curve(
    predictor: &PredictorEstimates,
    series: Series,
    name: String,
    faces: &[u32],
) -> Option<Curve> {
    let mut rows = predictor.rows.iter();
    let row = rows.find(|r| r.kind == RowKind::WholeFace)?;
    let errors = row.errors.iter();
    let mut errors: Vec<(f32, u32)> = errors
        .filter_map(|(face, error)| Some((*error as f32, *faces.get(*face as usize)?)))
        .collect();
    errors.sort_by(|a, b| a.0.total_cmp(&b.0));
    (!errors.is_empty()).then(|| Curve {
        series,
        name,
        errors,
        auc: row.figures.get(&Measure::Auc).and_then(|f| f.value),
    })
}

/// The slices that are drawn: colours for more are not told apart.
fn sliced(report: &Report) -> Vec<&Group> {
    all_slices(report).take(SLICES).collect()
}

fn bars(t: usize, figures: &TaskEstimates, slices: &[&Group]) -> TaskBars {
    let task = &figures.task;
    let row = |series: Series, r: usize| -> Option<&Row> {
        let mut predictors = figures.predictors.iter();
        predictors
            .find(|p| Series::from(p.who) == series)?
            .rows
            .get(r)
    };
    let values = |r: usize, measure: Measure| {
        let figure = |series| row(series, r)?.figures.get(&measure);
        let of = |series| figure(series)?.value;
        Values {
            network: of(Series::Network),
            guess: of(Series::Trivial),
            other: of(Series::Other),
            intervals: [Series::Network, Series::Trivial, Series::Other]
                .map(|series| figure(series)?.interval),
        }
    };
    let measure = Measure::of(task)[0];
    let sliced_figures = |r: usize| {
        let figure = move |group: &&Group| {
            let judged = group.tasks.get(t)?.predictors.first()?;
            judged.rows.get(r)?.figures.get(&measure).copied()
        };
        slices.iter().map(figure)
    };
    let sliced = |r: usize| -> Vec<Option<f64>> { sliced_figures(r).map(|f| f?.value).collect() };
    let intervals = |r: usize| -> Vec<_> { sliced_figures(r).map(|f| f?.interval).collect() };
    let bars = task.items().enumerate().map(|(i, name)| Bar {
        item: i,
        name: name.replace('_', " "),
        known: row(Series::Network, i).map_or(0, |r| r.known),
        values: values(i, measure),
        slices: sliced(i),
        slice_intervals: intervals(i),
        untrained: row(Series::Network, i).and_then(|r| r.untrained),
    });
    TaskBars {
        task: t,
        name: task.name.clone(),
        is_points: task.is_points(),
        bars: bars.filter(|b| b.known > 0).collect(),
        average: values(task.len(), measure),
        sliced_average: sliced(task.len()),
        sliced_average_intervals: intervals(task.len()),
        left_out: figures.untrained_text(),
    }
}
