//! The plots of a report: error distributions of points, bars of attributes.

use super::{Bar, BarRow, Bars, Curve, Curves, GUESS, INK, Look, PALETTE};
use crate::figure::Page;
use crate::label::TaskKind;
use crate::measure::{
    Group, Length, Measure, PredictorFigures, Report, Row, RowKind, TaskFigures, Who,
};
use crate::words::counted;

/// All plots of a report with their names: of each points task the error distributions of every
/// predictor, of each point and of each slice; of each binary task the accuracies.
pub fn plots(report: &Report) -> Vec<(String, Page)> {
    let mut all = Vec::new();
    let Some((whole, parts)) = report.groups.split_first() else {
        return all;
    };
    for (t, figures) in whole.tasks.iter().enumerate() {
        if !(0..figures.task.len()).any(|item| figures.is_measured(item)) {
            continue;
        }
        let name = &figures.task.name;
        if !figures.task.is_points() {
            all.push((format!("{name}-accuracy"), bars(whole, figures).page()));
            continue;
        }
        let curves = by_predictor(report, whole, figures);
        all.push((format!("{name}-ced"), curves.page()));
        let curves = by_point(report, whole, figures);
        all.push((format!("{name}-ced-points"), curves.page()));
        for slices in parts.chunk_by(|a, b| a.by == b.by) {
            let by = slices[0].by.as_deref().unwrap_or_default();
            let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
            let file: String = by.chars().map(plain).collect();
            let curves = by_slice(report, whole, slices, t, by);
            all.push((format!("{name}-ced-by-{file}"), curves.page()));
        }
    }
    all
}

/// Whose error a curve is of.
#[derive(Clone, Copy)]
enum Error {
    OfFaces,
    OfPoints,
}

fn axes(
    report: &Report,
    figures: &TaskFigures,
    (title, error): (String, Error),
    curves: Vec<Curve>,
) -> Curves {
    let limit = 100.0 * report.options.limit;
    let length = match (&figures.task.kind, report.options.nme) {
        (
            TaskKind::Points {
                points, reference, ..
            },
            Length::Eyes,
        ) => {
            let [a, b] = [reference.0, reference.1].map(|i| plain(&points[i]));
            format!("distance between labels of {a} and {b}")
        }
        _ => "root of the box's area".into(),
    };
    let (what, of) = match error {
        Error::OfFaces => ("NME of a face", "faces"),
        Error::OfPoints => ("error of a point", "points"),
    };
    Curves {
        title,
        x_label: format!("{what} [% of L], L: {length}"),
        y_label: format!("{of} with at most this error [%]"),
        x_range: [0.0, 2.0 * limit],
        y_range: [0.0, 100.0],
        logarithmic: false,
        mark: Some((limit, format!("{}·L: AUC up to here", report.options.limit))),
        curves,
    }
}

fn plain(name: &str) -> String {
    name.replace('_', " ")
}

fn curve(report: &Report, row: &Row, name: &str, n: usize) -> Curve {
    let auc = row.figures[&Measure::Auc].value;
    let points = report.ced_at.iter().zip(&row.ced);
    Curve {
        name: match auc {
            Some(auc) => format!("{name}, AUC {auc:.2}"),
            None => name.to_owned(),
        },
        points: points.map(|(x, y)| [100.0 * x, *y]).collect(),
        colour: PALETTE[n % PALETTE.len()],
        look: match n / PALETTE.len() {
            0 => Look::Strong,
            _ => Look::Dashed,
        },
    }
}

fn whole_face(predictor: &PredictorFigures) -> Option<&Row> {
    let mut rows = predictor.rows.iter();
    rows.find(|r| r.kind == RowKind::WholeFace && r.known > 0)
}

/// Whole faces, each predictor a curve.
fn by_predictor(report: &Report, whole: &Group, figures: &TaskFigures) -> Curves {
    let predictors = figures.predictors.iter().enumerate();
    let curves = predictors.filter_map(|(n, predictor)| {
        let mut curve = curve(report, whole_face(predictor)?, &predictor.name, n);
        if predictor.who == Who::Guess {
            (curve.colour, curve.look) = (GUESS, Look::Dashed);
        }
        Some(curve)
    });
    let curves = curves.collect();
    let title = format!(
        "{}: error distribution, {}",
        figures.task.name,
        counted(whole.faces, "face")
    );
    axes(report, figures, (title, Error::OfFaces), curves)
}

/// The judged network, each point a curve.
fn by_point(report: &Report, whole: &Group, figures: &TaskFigures) -> Curves {
    let judged = &figures.predictors[0];
    let rows = judged.rows.iter().enumerate();
    let points = rows.filter(|(_, r)| r.kind == RowKind::Item && r.known > 0);
    let curves = points.map(|(n, row)| curve(report, row, &plain(&row.name), n));
    let title = format!(
        "{}: {}, each point, {}",
        figures.task.name,
        judged.name,
        counted(whole.faces, "face")
    );
    axes(report, figures, (title, Error::OfPoints), curves.collect())
}

/// The judged network on whole faces, each slice a curve.
fn by_slice(report: &Report, whole: &Group, slices: &[Group], t: usize, by: &str) -> Curves {
    let figures = &whole.tasks[t];
    let all = std::iter::once(whole).chain(slices).enumerate();
    let curves = all.filter_map(|(n, group)| {
        let row = whole_face(&group.tasks[t].predictors[0])?;
        let name = format!("{} ({})", group.value, row.known);
        let mut curve = curve(report, row, &name, n.saturating_sub(1));
        if n == 0 {
            curve.colour = INK;
        }
        Some(curve)
    });
    let title = format!(
        "{}: {}, by {by}",
        figures.task.name, figures.predictors[0].name
    );
    axes(report, figures, (title, Error::OfFaces), curves.collect())
}

/// Accuracies of each attribute and their average before the majority's.
fn bars(whole: &Group, figures: &TaskFigures) -> Bars {
    let (guesses, predictors): (Vec<_>, Vec<_>) =
        figures.predictors.iter().partition(|p| p.who == Who::Guess);
    let bar = |predictor: &PredictorFigures, r: usize| {
        let figure = predictor.rows[r].figures[&Measure::Accuracy];
        Some(Bar {
            value: figure.value?,
            interval: figure.interval,
        })
    };
    let rows = 0..figures.task.len() + 1;
    let known = rows.filter(|&r| predictors.iter().any(|p| bar(p, r).is_some()));
    let rows = known.map(|r| BarRow {
        name: plain(&predictors[0].rows[r].name),
        guess: guesses.first().and_then(|g| Some(bar(g, r)?.value)),
        bars: predictors.iter().map(|p| bar(p, r)).collect(),
        apart: r == figures.task.len(),
    });
    let rows: Vec<BarRow> = rows.collect();
    let known = || rows.iter().flat_map(|r| &r.bars).flatten();
    let intervals = known().any(|bar| bar.interval.is_some());
    let series = predictors.iter().enumerate();
    Bars {
        title: format!(
            "{}: accuracy, {}",
            figures.task.name,
            counted(whole.faces, "face")
        ),
        label: match intervals {
            true => "accuracy [%], whiskers: 95 % interval".into(),
            false => "accuracy [%]".into(),
        },
        guess: guesses.first().map_or(String::new(), |g| g.name.clone()),
        series: series
            .map(|(n, p)| (p.name.clone(), PALETTE[n % PALETTE.len()]))
            .collect(),
        end: 100.0,
        rows,
    }
}
