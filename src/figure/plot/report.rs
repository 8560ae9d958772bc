//! The plots of a report: error distributions of points, bars of points and attributes.

use super::{Bar, BarRow, Bars, Curve, Curves, GUESS, INK, Look, PALETTE, QUIET};
use crate::evaluation::{Evaluation, FigureNote};
use crate::figure::page::{Anchor, Page};
use crate::figure::palette::Colour;
use crate::figure::text::text_lines;
use crate::humanize::counted;
use crate::measure::{
    Group, Measure, Normalizer, PredictorEstimates, Report, Row, RowKind, TaskEstimates, Who,
    averaged_items, each_intervals_text, intervals_text, row_name,
};

/// Slices that are drawn as curves, and as bars; of more, those with the most faces are drawn.
const SLICED_CURVES: usize = 12;
const SLICED_BARS: usize = 6;
/// Of the notes below a plot.
const NOTE: f32 = 11.0;
const NOTE_LINE: f32 = 15.0;
const MARGIN: f32 = 16.0;
const WARNS: Colour = [0x94, 0x60, 0x00];

/// All plots of an evaluation with their names, as the command line and the window write them: of
/// each points task the error distributions of every predictor, of each point and of each slice; of
/// each task its rates, also by slice. Below each stands what was measured and what to beware of.
pub fn plots(evaluation: &Evaluation) -> Vec<(String, Page)> {
    let page = |drawn: Drawn| {
        let notes = evaluation.figure_notes(&drawn.task, drawn.by.as_deref(), drawn.guess);
        (drawn.name, noted(drawn.plot.page(), &notes))
    };
    drawn(&evaluation.report).into_iter().map(page).collect()
}

/// The names alone.
pub fn plot_names(report: &Report) -> Vec<String> {
    drawn(report).into_iter().map(|p| p.name).collect()
}

struct Drawn {
    name: String,
    task: String,
    /// The column by which it is sliced.
    by: Option<String>,
    /// Whether the guess is shown.
    guess: bool,
    plot: Plot,
}

enum Plot {
    Bars(Bars),
    Curves(Curves),
}

impl Plot {
    fn page(&self) -> Page {
        match self {
            Self::Bars(bars) => bars.page(),
            Self::Curves(curves) => curves.page(),
        }
    }
}

/// The page with notes below.
fn noted(mut page: Page, notes: &[FigureNote]) -> Page {
    let [width, mut y] = page.size;
    for note in notes {
        let tint = match note.warns {
            true => WARNS,
            false => QUIET,
        };
        for line in text_lines(&note.text, NOTE, width - 2.0 * MARGIN) {
            page.text(&line, [MARGIN, y + NOTE], NOTE, tint, Anchor::Start);
            y += NOTE_LINE;
        }
    }
    page.size[1] = y + 6.0;
    page
}

fn drawn(report: &Report) -> Vec<Drawn> {
    let mut all = Vec::new();
    let Some((whole, parts)) = report.groups.split_first() else {
        return all;
    };
    for (t, figures) in whole.tasks.iter().enumerate() {
        if !(0..figures.task.len()).any(|item| figures.is_measured(item)) {
            continue;
        }
        let task = &figures.task.name;
        let rate = Measure::of(&figures.task)[0].key();
        let mut add = |what: String, by: Option<&str>, guess: bool, plot: Plot| {
            all.push(Drawn {
                name: format!("{task}-{what}"),
                task: task.clone(),
                by: by.map(str::to_owned),
                guess,
                plot,
            });
        };
        let slices = || parts.chunk_by(|a, b| a.by == b.by);
        let bars = bars(report, whole, figures);
        add(rate.into(), None, true, Plot::Bars(bars));
        for slices in slices() {
            let by = slices[0].by.as_deref().unwrap_or_default();
            let bars = bars_by_slice(report, whole, slices, t, by);
            let name = format!("{rate}-by-{}", file(by));
            add(name, Some(by), false, Plot::Bars(bars));
        }
        if !figures.task.is_points() {
            continue;
        }
        let curves = by_predictor(report, whole, figures);
        add("ced".into(), None, true, Plot::Curves(curves));
        let curves = by_point(report, whole, figures);
        add("ced-points".into(), None, false, Plot::Curves(curves));
        for slices in slices() {
            let by = slices[0].by.as_deref().unwrap_or_default();
            let curves = by_slice(report, whole, slices, t, by);
            let name = format!("ced-by-{}", file(by));
            add(name, Some(by), false, Plot::Curves(curves));
        }
    }
    all
}

/// A column's name in the name of a file.
fn file(by: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    by.chars().map(plain).collect()
}

/// Whose error a curve is of.
#[derive(Clone, Copy)]
enum Error {
    OfFaces,
    OfPoints,
}

fn axes(
    report: &Report,
    figures: &TaskEstimates,
    (title, error): (String, Error),
    curves: Vec<Curve>,
) -> Curves {
    let limit = 100.0 * report.options.limit;
    let length = report.options.nme;
    let (symbol, defined) = (length.symbol(), length.definition(&figures.task));
    let (what, of) = match error {
        Error::OfFaces => ("NME of a face", "faces"),
        Error::OfPoints => ("error of a point", "points"),
    };
    Curves {
        title,
        x_label: format!("{what} [% of {symbol}], {defined}"),
        y_label: format!("{of} with at most this error [%]"),
        x_range: [0.0, 2.0 * limit],
        y_range: [0.0, 100.0],
        logarithmic: false,
        mark: Some((
            limit,
            format!("{}·{symbol}: AUC up to here", report.options.limit),
        )),
        counts: false,
        notes: Vec::new(),
        metadata: Vec::new(),
        curves,
    }
}

fn plain(name: &str) -> String {
    name.replace('_', " ")
}

fn curve(report: &Report, row: &Row, name: &str, n: usize) -> Curve {
    let value = |measure| row.figures.get(&measure).and_then(|f| f.value);
    let points = report.ced_at.iter().zip(&row.ced);
    Curve {
        name: match (value(Measure::Nme), value(Measure::Auc)) {
            (Some(nme), Some(auc)) => format!("{name}: NME {nme:.2}, AUC {auc:.2}"),
            _ => name.to_owned(),
        },
        points: points.map(|(x, y)| [100.0 * x, *y]).collect(),
        colour: PALETTE[n % PALETTE.len()],
        look: match n / PALETTE.len() {
            0 => Look::Strong,
            _ => Look::Dashed,
        },
        dots: false,
        ringed: None,
    }
}

fn whole_face(predictor: &PredictorEstimates) -> Option<&Row> {
    let mut rows = predictor.rows.iter();
    rows.find(|r| r.kind == RowKind::WholeFace && r.known > 0)
}

/// Whole faces, each predictor a curve.
fn by_predictor(report: &Report, whole: &Group, figures: &TaskEstimates) -> Curves {
    let predictors = figures.predictors.iter().enumerate();
    let curves = predictors.filter_map(|(n, predictor)| {
        let mut curve = curve(report, whole_face(predictor)?, &predictor.name, n);
        if predictor.who == Who::Trivial {
            (curve.colour, curve.look) = (GUESS, Look::Dashed);
        }
        Some(curve)
    });
    let curves = curves.collect();
    let title = format!(
        "{}: error distribution of whole faces, {}",
        figures.task.name,
        counted(whole.faces, "face")
    );
    axes(report, figures, (title, Error::OfFaces), curves)
}

/// The judged network, each point a curve.
fn by_point(report: &Report, whole: &Group, figures: &TaskEstimates) -> Curves {
    let judged = &figures.predictors[0];
    let rows = judged.rows.iter().enumerate();
    let points = rows.filter(|(_, r)| r.kind == RowKind::Item && r.known > 0);
    let curves = points.map(|(n, row)| curve(report, row, &plain(&row_name(row)), n));
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
    let (slices, left_out) = largest(slices, SLICED_CURVES);
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
        "{}: {}, whole faces by {}{left_out}",
        figures.task.name,
        figures.predictors[0].name,
        plain(by)
    );
    axes(report, figures, (title, Error::OfFaces), curves.collect())
}

/// The slices with the most faces, in their order, and what is said of those left out.
fn largest(slices: &[Group], most: usize) -> (Vec<&Group>, String) {
    let mut sizes: Vec<usize> = slices.iter().map(|g| g.faces).collect();
    sizes.sort_unstable_by_key(|n| std::cmp::Reverse(*n));
    let Some(&least) = sizes.get(most) else {
        return (slices.iter().collect(), String::new());
    };
    // Of those as large as the first that is left out, the first ones fill what is free.
    let mut free = most - sizes.iter().filter(|n| **n > least).count();
    let kept = slices.iter().filter(|g| {
        let tied = g.faces == least && free > 0;
        free -= usize::from(tied);
        tied || g.faces > least
    });
    let text = format!(", the {most} largest of {}", slices.len());
    (kept.collect(), text)
}

/// What a bar of row `r` shows of a predictor.
fn bar(figures: &TaskEstimates, predictor: &PredictorEstimates, r: usize) -> Option<Bar> {
    let figure = predictor.rows[r].figures[&Measure::of(&figures.task)[0]];
    Some(Bar {
        value: figure.value?,
        interval: figure.interval,
    })
}

/// What row `r` is called; an average that leaves items out says of how many it is.
fn bar_name(figures: &TaskEstimates, predictor: &PredictorEstimates, r: usize) -> String {
    let row = &predictor.rows[r];
    if row.kind == RowKind::Average && figures.untrained_text().is_some() {
        return format!("{} of {}", row.name, averaged_items(predictor, figures));
    }
    plain(&row_name(row))
}

/// Rates of each item and their average before the guess's.
fn bars(report: &Report, whole: &Group, figures: &TaskEstimates) -> Bars {
    let (guesses, predictors): (Vec<_>, Vec<_>) = figures
        .predictors
        .iter()
        .partition(|p| p.who == Who::Trivial);
    // A file that says nothing of this task has no bars; the others keep their colours.
    let predictors = predictors.into_iter().enumerate();
    let predictors: Vec<(usize, &PredictorEstimates)> = predictors
        .filter(|(n, p)| *n == 0 || p.rows.iter().any(|r| r.known > 0))
        .collect();
    let rows = (0..figures.task.len() + 1).map(|r| BarRow {
        name: bar_name(figures, predictors[0].1, r),
        guess: guesses
            .first()
            .and_then(|g| Some(bar(figures, g, r)?.value)),
        bars: predictors.iter().map(|(_, p)| bar(figures, p, r)).collect(),
        apart: r == figures.task.len(),
        faint: r < figures.task.len() && !figures.is_trained(r),
    });
    let series = predictors.iter();
    let series = series.map(|(n, p)| (p.name.clone(), PALETTE[n % PALETTE.len()]));
    let guess = guesses.first().map_or(String::new(), |g| g.name.clone());
    let what = counted(whole.faces, "face");
    let drawn = intervals_text(report, whole).unwrap_or_default();
    let mut bars = rates(report, figures, &what, guess, series.collect(), rows);
    bars.whiskers = whiskers(&bars, &drawn);
    bars
}

/// Of what the whiskers of bars are, if there are any.
fn whiskers(bars: &Bars, drawn: &str) -> String {
    let mut known = bars.rows.iter().flat_map(|r| &r.bars).flatten();
    match known.any(|bar| bar.interval.is_some()) {
        true => format!("whiskers: 95 % intervals, {drawn}"),
        false => String::new(),
    }
}

/// The judged network's rates of each item in each slice.
fn bars_by_slice(report: &Report, whole: &Group, slices: &[Group], t: usize, by: &str) -> Bars {
    let figures = &whole.tasks[t];
    let (slices, left_out) = largest(slices, SLICED_BARS);
    let judged = |group: &Group, r| bar(&group.tasks[t], &group.tasks[t].predictors[0], r);
    let rows = (0..figures.task.len() + 1).map(|r| BarRow {
        name: bar_name(figures, &figures.predictors[0], r),
        guess: None,
        bars: slices.iter().map(|g| judged(g, r)).collect(),
        apart: r == figures.task.len(),
        faint: r < figures.task.len() && !figures.is_trained(r),
    });
    let series = slices.iter().enumerate();
    let series = series.map(|(n, g)| {
        let name = format!("{} ({})", g.value, g.faces);
        (name, PALETTE[n % PALETTE.len()])
    });
    let what = format!("{} by {}{left_out}", figures.predictors[0].name, plain(by));
    let drawn = each_intervals_text(report, slices.iter().copied(), "slice").unwrap_or_default();
    let series = series.collect();
    let mut bars = rates(report, figures, &what, String::new(), series, rows);
    bars.whiskers = whiskers(&bars, &drawn);
    bars
}

fn rates(
    report: &Report,
    figures: &TaskEstimates,
    what: &str,
    guess: String,
    series: Vec<(String, Colour)>,
    rows: impl Iterator<Item = BarRow>,
) -> Bars {
    let rows: Vec<BarRow> = rows
        .filter(|r| r.bars.iter().any(Option::is_some))
        .collect();
    let (rate, label) = match figures.task.is_points() {
        true => (
            "success",
            format!(
                "points within {}·{} [%], {}",
                report.options.alpha,
                Normalizer::Eyes.symbol(),
                Normalizer::Eyes.definition(&figures.task)
            ),
        ),
        false => ("accuracy", "accuracy [%]".to_owned()),
    };
    Bars {
        title: format!("{}: {rate}, {what}", figures.task.name),
        label,
        whiskers: String::new(),
        guess,
        series,
        end: 100.0,
        rows,
    }
}
