//! The tables that a report makes.

use super::Table;
use super::latex::{label_of, set_labels};
use super::notes::{
    each_intervals_text, fewer_items, heading, interval_words, intervals, measured_text, percent,
};
use crate::humanize::counted;
use crate::label::{Task, trained_or_all};
use crate::measure::estimate::Measure;
use crate::measure::paper::PAPER_SOURCE;
use crate::measure::report::{Group, PredictorEstimates, Report, Row, RowKind, TaskEstimates, Who};

/// The tables of a report: each task of which anything is known, beside the paper's rows if `paper`
/// says on which data the report is, then the averages of each slice.
pub fn tables(report: &Report, paper: Option<&str>) -> Vec<Table> {
    let mut all = Vec::new();
    let Some((whole, parts)) = report.groups.split_first() else {
        return all;
    };
    for figures in whole.tasks.iter().filter(|f| f.any_measured()) {
        all.push(task_table(report, whole, figures));
        all.extend(paper.and_then(|on| paper_table(report, figures, on)));
    }
    for by in parts.chunk_by(|a, b| a.by == b.by) {
        for t in (0..whole.tasks.len()).filter(|&t| whole.tasks[t].any_measured()) {
            all.push(slice_table(report, whole, by, t, RowKind::Average));
            // The figures' curves are of these.
            if whole.tasks[t].task.is_points() {
                all.push(slice_table(report, whole, by, t, RowKind::WholeFace));
            }
        }
    }
    set_labels(&mut all);
    all
}

fn task_table(report: &Report, group: &Group, figures: &TaskEstimates) -> Table {
    let task = &figures.task;
    let mut header = vec![String::new(), String::new()];
    header.extend(headings(task, report));
    header.push("known".into());
    let rows = figures.predictors.first().map_or(0, |p| p.rows.len());
    let row_group = |r: usize| {
        let mut lines = Vec::new();
        for (n, predictor) in figures.said().into_iter().enumerate() {
            let row = &predictor.rows[r];
            let name = match n {
                0 => row_name(row),
                _ => String::new(),
            };
            let mut line = vec![name, predictor.name.clone()];
            line.extend(cells(row, figures, report));
            line.push(match row.kind {
                // Of how many: predictors may know different ones.
                RowKind::Average => counted(averaged_items(predictor, figures), "item"),
                _ => row.known.to_string(),
            });
            lines.push(line);
        }
        lines
    };
    // Nobody reads rows about nothing.
    let known = (0..rows).filter(|&r| figures.is_measured(r));
    Table {
        title: format!(
            "{}{}{}",
            title(report, task, ""),
            untrained(figures),
            intervals(report, group)
        ),
        task: task.name.clone(),
        label: String::new(),
        by: None,
        header,
        groups: known.map(row_group).collect(),
        names: 2,
    }
}

/// What a row is called: that the network was never trained on it is part of that.
pub fn row_name(row: &Row) -> String {
    match row.untrained {
        Some(_) => format!("{} (untrained)", row.name),
        None => row.name.clone(),
    }
}

/// Of how many items a predictor's average may be: those of which anything is known to it, without
/// those that the judged network was never trained on if it was on any.
pub fn averaged_items(predictor: &PredictorEstimates, figures: &TaskEstimates) -> usize {
    let counted = match predictor.who {
        Who::Network => figures.trained(),
        Who::File | Who::Trivial => trained_or_all(figures.trained()),
    };
    let rows = predictor.rows.iter().zip(counted);
    rows.filter(|(row, counts)| *counts && row.known > 0)
        .count()
}

/// What averages leave out since nothing taught it.
fn untrained(figures: &TaskEstimates) -> String {
    let text = figures.untrained_text();
    text.map_or(String::new(), |text| format!("; {text}"))
}

/// The predictors' paper measure, which is `on` other data than the paper's rows beside it.
fn paper_table(report: &Report, figures: &TaskEstimates, on: &str) -> Option<Table> {
    let task = &figures.task;
    let papers = report.paper(figures);
    let table = papers.first()?.table;
    let measure = Measure::of(task)[0];
    let said = figures.said();
    let mut header = vec![String::new()];
    header.extend(said.iter().map(|p| p.name.clone()));
    header.extend(papers.iter().map(|p| format!("paper's {}", p.network)));
    let two = percent;
    let line = |r: usize, shown: &[usize]| {
        let rows = said.iter().map(|p| &p.rows);
        let name = rows.clone().map(|rows| rows[r].name.clone()).take(1);
        let value = |rows: &[Row], r: usize| rows[r].figures[&measure].value;
        let ours = rows.map(|rows| match rows[r].kind {
            RowKind::Item => two(value(rows, r)),
            _ => two(mean(
                shown
                    .iter()
                    .filter(|s| **s < r)
                    .filter_map(|&s| value(rows, s)),
            )),
        });
        let theirs = papers.iter().map(|p| match p.values.get(r) {
            Some(value) => two(*value),
            None => two(Some(p.average)),
        });
        vec![name.chain(ours).chain(theirs).collect()]
    };
    let compared = |r: &usize| match papers[0].values.get(*r) {
        Some(value) => value.is_some(),
        None => true,
    };
    let shown: Vec<usize> = (0..=task.len()).filter(compared).collect();
    let all = shown.len() == task.len() + 1;
    let averages = if all {
        ""
    } else {
        "; averages over what both have"
    };
    let groups = shown.iter().map(|&r| line(r, &shown));
    Some(Table {
        title: format!(
            "{}: {} [%], {} on {on}, beside {table} of {PAPER_SOURCE}{averages}",
            task.name,
            heading(measure, &report.options),
            listed(&said)
        ),
        task: task.name.clone(),
        label: format!("{}-paper", label_of(&task.name)),
        by: None,
        header,
        groups: groups.collect(),
        names: 1,
    })
}

/// "network, theirs and mean face".
fn listed(predictors: &[&PredictorEstimates]) -> String {
    let names: Vec<&str> = predictors.iter().map(|p| p.name.as_str()).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

fn headings(task: &Task, report: &Report) -> impl Iterator<Item = String> {
    let measures = Measure::of(task).iter();
    measures.map(|m| heading(*m, &report.options))
}

/// All faces and each slice by one column: averages over the items, or whole faces.
fn slice_table(report: &Report, whole: &Group, slices: &[Group], t: usize, kind: RowKind) -> Table {
    let task = &whole.tasks[t].task;
    let by = slices[0].by.as_deref().unwrap_or_default();
    let mut header = vec![by.to_owned(), String::new()];
    header.extend(headings(task, report));
    header.push("faces".into());
    let rows = || std::iter::once(whole).chain(slices);
    // Each row has intervals of its own.
    let by_identity = rows().any(|group| group.resampled.is_some_and(|r| r.by_identity));
    if by_identity {
        header.push("identities".into());
    }
    let groups = rows().map(|group| {
        // Those of which anything is known of all faces, in each slice.
        let said = whole.tasks[t].said();
        let names = |p: &&PredictorEstimates| said.iter().any(|s| s.name == p.name);
        let predictors = group.tasks[t].predictors.iter().filter(names);
        let lines = predictors.enumerate().map(|(n, predictor)| {
            let name = if n == 0 { group.value.as_str() } else { "" };
            let mut line = vec![name.to_owned(), predictor.name.clone()];
            let mut known = predictor.rows.iter().map(|r| r.known);
            let faces = match task.is_points() {
                true => known.next_back(),
                false => known.take(task.len()).max(),
            };
            let row = match kind {
                RowKind::WholeFace => task.len() + 1,
                _ => task.len(),
            };
            line.extend(cells(&predictor.rows[row], &group.tasks[t], report));
            line.push(faces.unwrap_or(0).to_string());
            if by_identity {
                let drawn = group.resampled.filter(|r| r.by_identity);
                line.push(drawn.map_or("–".into(), |r| r.units.to_string()));
            }
            line
        });
        lines.collect()
    });
    let what = match kind {
        RowKind::WholeFace => format!(" by {by}, whole faces"),
        _ if task.is_points() => format!(" by {by}, averages over points"),
        _ => format!(" by {by}, averages"),
    };
    Table {
        title: format!(
            "{}{}{}",
            title(report, task, &what),
            untrained(&whole.tasks[t]),
            each_intervals_text(report, rows(), "row")
                .map_or(String::new(), |text| format!("; 95 % intervals of {text}"))
        ),
        task: task.name.clone(),
        label: String::new(),
        by: slices[0].by.clone(),
        header,
        groups: groups.collect(),
        names: 2,
    }
}

/// What the numbers are; `what` says of whom.
fn title(report: &Report, task: &Task, what: &str) -> String {
    let measured = measured_text(&report.options, task);
    format!("{}{what} [%]: {measured}", task.name)
}

fn cells(row: &Row, figures: &TaskEstimates, report: &Report) -> Vec<String> {
    let resampled = report.options.bootstrap.is_some();
    let cell = |measure: Measure| {
        let figure = &row.figures[&measure];
        let mut text = percent(figure.value);
        match (figure.value, figure.interval) {
            (Some(_), Some(interval)) => text += &format!(" {}", interval_words(interval)),
            (Some(_), None) if resampled && measure.has_interval() => text += " [–]",
            _ => {}
        }
        if let Some(items) = fewer_items(figure, figures) {
            text += &format!(" ({items})");
        }
        text
    };
    let measures = Measure::of(&figures.task);
    measures.iter().map(|m| cell(*m)).collect()
}
