//! The columns of a table: whose figure each has, and which.

use crate::app::report::tables::grid::{Cell, Column};
use crate::app::widgets::buttons::shortened;
use crate::label::{Task, TaskKind};
use crate::measure::{Measure, Options, PredictorEstimates, TaskEstimates, Who, heading};

/// A column of a task: whose figure it is, and which.
#[derive(Clone)]
pub struct ColumnSource<'a> {
    /// Position among the predictors.
    predictor: usize,
    figures: &'a PredictorEstimates,
    measure: Measure,
}

/// What stands in a task's table: the judged network's measures, beside each of them the same of
/// others, and beside the first what the guess reaches, if there is a figure of theirs in `whole`,
/// which are those of all faces.
pub fn column_sources<'a>(
    figures: &'a TaskEstimates,
    whole: &TaskEstimates,
    measures: &[Measure],
) -> Vec<ColumnSource<'a>> {
    let any = |n: usize, measure: &Measure| {
        let rows = whole.predictors.get(n).map_or(&[][..], |p| &p.rows);
        let figures = rows.iter().filter_map(|row| row.figures.get(measure));
        figures.into_iter().any(|figure| figure.value.is_some())
    };
    let mut sources = Vec::new();
    for &measure in measures {
        let compared = match figures.task.is_points() {
            true => matches!(measure, Measure::Success | Measure::Nme),
            false => measure == Measure::Accuracy,
        };
        for (n, predictor) in figures.predictors.iter().enumerate() {
            let stands = compared || predictor.who == Who::File;
            if n == 0 || stands && any(n, &measure) {
                sources.push(ColumnSource {
                    predictor: n,
                    figures: predictor,
                    measure,
                });
            }
        }
    }
    sources
}

impl ColumnSource<'_> {
    pub fn column(&self, task: &Task, options: &Options, intervals: bool) -> Column {
        let measure = heading(self.measure, options);
        let judged = self.predictor == 0;
        Column {
            heading: match judged {
                true => measure.clone(),
                false => brief(&self.figures.name),
            },
            description: match judged {
                true => measure_description(self.measure, task, options),
                false => format!("{measure} of {}", self.figures.name),
            },
            intervals: self.figures.who != Who::Trivial && intervals && self.measure.has_interval(),
            compared: !judged,
            counts: false,
        }
    }

    pub fn cell(&self, row: usize, interval: bool) -> Cell {
        let row = self.figures.rows.get(row);
        let figure = row.and_then(|r| r.figures.get(&self.measure));
        let figure = figure.copied().unwrap_or_default();
        Cell::Percent(figure.value, figure.interval.filter(|_| interval))
    }
}

/// A predictor's name with room for a number's column: a file's own, without folder and ending.
fn brief(name: &str) -> String {
    const SIGNS: usize = 14;
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    shortened(file.strip_suffix(".safetensors").unwrap_or(file), SIGNS)
}

/// What a measure is.
fn measure_description(measure: Measure, task: &Task, options: &Options) -> String {
    let Options {
        alpha, limit, bins, ..
    } = options;
    match (measure, &task.kind) {
        (
            Measure::Success,
            TaskKind::Points {
                points, reference, ..
            },
        ) => {
            let (a, b) = (&points[reference.0], &points[reference.1]);
            format!(
                "Share of faces whose point is within {alpha}·L of its label, in percent; L is the \
                 distance from {a} to {b}"
            )
        }
        (Measure::Success, _) => String::new(),
        (Measure::Nme, _) => {
            "Normalised mean error: the mean distance from the label over L, in percent".into()
        }
        (Measure::MedianNme, _) => "Half of the errors are at most this, in percent of L: a few \
             large errors move the mean, not this"
            .into(),
        (Measure::Auc, _) => {
            format!("Area under the cumulative error distribution up to {limit}·L, in percent")
        }
        (Measure::Failure, _) => format!("Share of faces with an error above {limit}·L"),
        (Measure::Accuracy, _) => "Share of right answers at a probability of 0.5".into(),
        (Measure::BalancedAccuracy, _) => {
            "Mean of the shares that are right among the present and among the absent".into()
        }
        (Measure::F1, _) => {
            "Harmonic mean of precision and recall of \"present\": 2·TP / (2·TP + FP + FN)".into()
        }
        (Measure::CalibrationError, _) => {
            format!(
                "Expected calibration error: how far probabilities are from how often they are \
                 right, in {bins} equal bins of the probability"
            )
        }
    }
}
