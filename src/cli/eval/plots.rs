//! The plots of a report: error distributions of points, bars of attributes.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::atomic::write_atomic;
use crate::figure::plot::{Bar, BarRow, Bars, Curve, Curves, GUESS, INK, Look, PALETTE, Scene};
use crate::label::TaskKind;
use crate::measure::{
    Group, Length, Measure, PredictorFigures, Report, Row, RowKind, TaskFigures, Who,
};

/// Pixels of a picture to a CSS pixel of the drawing: sharp in print at column width.
const SCALE: f32 = 3.0;

/// Draws what the report has into `folder`, each plot as SVG and PNG.
pub fn write(folder: &Path, report: &Report) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let Some((whole, parts)) = report.groups.split_first() else {
        return Ok(());
    };
    for (t, figures) in whole.tasks.iter().enumerate() {
        let judged = figures.predictors.first();
        if judged.is_none_or(|p| p.rows.iter().all(|r| r.known == 0)) {
            continue;
        }
        let name = &figures.task.name;
        if !figures.task.is_points() {
            save(
                folder,
                &format!("{name}-accuracy"),
                &bars(whole, figures).scene(),
            )?;
            continue;
        }
        let plots = [
            ("ced", by_predictor(report, whole, figures)),
            ("ced-points", by_point(report, whole, figures)),
        ];
        for (kind, curves) in plots {
            save(folder, &format!("{name}-{kind}"), &curves.scene())?;
        }
        for slices in parts.chunk_by(|a, b| a.by == b.by) {
            let by = slices[0].by.as_deref().unwrap_or_default();
            let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
            let file: String = by.chars().map(plain).collect();
            let curves = by_slice(report, whole, slices, t, by);
            save(folder, &format!("{name}-ced-by-{file}"), &curves.scene())?;
        }
    }
    Ok(())
}

fn save(folder: &Path, name: &str, scene: &Scene) -> Result<()> {
    let path = folder.join(format!("{name}.svg"));
    write_atomic(&path, scene.svg().as_bytes()).with_context(|| path.display().to_string())?;
    log::info!("{}", path.display());
    let path = folder.join(format!("{name}.png"));
    let picture = scene.picture(SCALE);
    ensure!(picture.is_some(), "{}: too large to draw", path.display());
    if let Some(picture) = picture {
        picture
            .save(&path)
            .with_context(|| path.display().to_string())?;
    }
    log::info!("{}", path.display());
    Ok(())
}

fn axes(report: &Report, figures: &TaskFigures, title: String, curves: Vec<Curve>) -> Curves {
    let limit = 100.0 * report.options.limit;
    let length = match (&figures.task.kind, report.options.nme) {
        (
            TaskKind::Points {
                points, reference, ..
            },
            Length::Eyes,
        ) => {
            let [a, b] = [reference.0, reference.1].map(|i| plain(&points[i]));
            format!("distance {a} – {b}")
        }
        _ => "root of the box's area".into(),
    };
    Curves {
        title,
        x_label: format!("error [% of the {length}]"),
        y_label: "faces up to this error [%]".into(),
        x_range: [0.0, 2.0 * limit],
        y_range: [0.0, 100.0],
        mark: Some((limit, format!("AUC limit {}", report.options.limit))),
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
        "{}: mean error of a face, {} faces",
        figures.task.name, whole.faces
    );
    axes(report, figures, title, curves)
}

/// The judged network, each point a curve.
fn by_point(report: &Report, whole: &Group, figures: &TaskFigures) -> Curves {
    let judged = &figures.predictors[0];
    let rows = judged.rows.iter().enumerate();
    let points = rows.filter(|(_, r)| r.kind == RowKind::Item && r.known > 0);
    let curves = points.map(|(n, row)| curve(report, row, &plain(&row.name), n));
    let title = format!(
        "{}: {}, each point, {} faces",
        figures.task.name, judged.name, whole.faces
    );
    axes(report, figures, title, curves.collect())
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
    axes(report, figures, title, curves.collect())
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
    let series = predictors.iter().enumerate();
    Bars {
        title: format!("{}: accuracy, {} faces", figures.task.name, whole.faces),
        label: "accuracy [%]".into(),
        guess: guesses.first().map_or(String::new(), |g| g.name.clone()),
        series: series
            .map(|(n, p)| (p.name.clone(), PALETTE[n % PALETTE.len()]))
            .collect(),
        end: 100.0,
        rows: rows.collect(),
    }
}
