//! The figures of an evaluation as tables: a task's points or attributes, and slices.

use crate::app::report::slices::slice_of;
use crate::app::report::tables::columns::column_sources;
use crate::app::report::tables::grid::{Cell, Column, Grid, Row};
use crate::humanize::counted;
use crate::label::Task;
use crate::measure::{
    Group, Measure, Options, Report, RowKind, TaskEstimates, averaged_items, each_intervals_text,
    few_in_slices, fewer_items, heading, intervals_text, measured_text, row_name,
};

/// The points or attributes of task `t`, over the faces of a group.
/// With room for `intervals` if they are there or will be.
pub fn task_grid(report: &Report, group: &Group, t: usize, intervals: bool) -> Option<Grid> {
    let figures = group.tasks.get(t)?;
    let task = &figures.task;
    let judged = figures.predictors.first()?;
    let sources = column_sources(figures, figures, Measure::of(task));
    let mut columns: Vec<Column> = sources
        .iter()
        .map(|w| w.column(task, &report.options, intervals))
        .collect();
    let rows = judged.rows.iter().enumerate();
    let rows = rows
        .filter(|(r, _)| figures.is_measured(*r))
        .map(|(r, row)| {
            let cells = sources.iter().zip(&columns);
            let mut cells: Vec<Cell> = cells.map(|(w, c)| w.cell(r, c.intervals)).collect();
            cells.push(match row.kind {
                RowKind::Average => Cell::Text(counted(averaged_items(judged, figures), "item")),
                _ => Cell::Count(row.known),
            });
            let item = row.kind == RowKind::Item;
            let right = row.figures.get(&Measure::of(task)[0]).and_then(|f| f.value);
            let perfect = right == Some(100.0);
            Row {
                name: row_name(row).replace('_', " "),
                cells,
                summary: !item,
                link: item.then_some(r),
                perfect,
                faint: row.untrained.is_some(),
                tip: match (item, task.is_points()) {
                    _ if let Some(why) = row.untrained => {
                        format!("the network was never trained on it ({why}): no average counts it")
                    }
                    (false, _) => String::new(),
                    (true, true) if perfect => {
                        "no face misses it; right click to find others".into()
                    }
                    (true, false) if perfect => {
                        "label and prediction agree everywhere; right click to find others".into()
                    }
                    (true, true) => {
                        "click to see the faces that miss it, right click to find others".into()
                    }
                    (true, false) => {
                        "click to see the faces where label and prediction differ, right click \
                                      to find others"
                            .into()
                    }
                },
            }
        });
    let rows: Vec<Row> = rows.collect();
    let drawn = intervals_text(report, group);
    columns.push(Column {
        heading: "known".into(),
        description: "Faces for which label and prediction are known".into(),
        counts: true,
        ..Column::default()
    });
    (!rows.is_empty()).then(|| Grid {
        description: grid_description(report, task, drawn.filter(|_| intervals)),
        names: match task.is_points() {
            true => "point".into(),
            false => "attribute".into(),
        },
        columns,
        rows,
        notes: notes(report, [("", figures)].into_iter()),
    })
}

/// What the numbers of a table are, and of what its intervals, as the tables of `eval` say it.
fn grid_description(report: &Report, task: &Task, intervals: Option<String>) -> String {
    let measured = measured_text(&report.options, task);
    match intervals {
        Some(text) => format!("{measured}; [95 % intervals] of {text}"),
        None => measured,
    }
}

/// Which averages are over fewer items than are known, and why.
fn notes<'a>(
    report: &Report,
    groups: impl Iterator<Item = (&'a str, &'a TaskEstimates)> + Clone,
) -> Vec<String> {
    let Some((_, first)) = groups.clone().next() else {
        return Vec::new();
    };
    let mut notes: Vec<String> = first.untrained_text().into_iter().collect();
    notes.extend(partial_averages(&first.task, &report.options, groups));
    notes
}

/// Which averages are over fewer items than others: some measures have no value for some.
fn partial_averages<'a>(
    task: &Task,
    options: &Options,
    groups: impl Iterator<Item = (&'a str, &'a TaskEstimates)>,
) -> Vec<String> {
    const NAMED: usize = 6;
    let measures = Measure::of(task);
    let all = groups.flat_map(|(value, figures)| {
        let average = figures
            .predictors
            .first()
            .and_then(|p| p.rows.get(figures.task.len()));
        let parts = measures.iter().filter_map(move |m| {
            let items = fewer_items(average?.figures.get(m)?, figures)?;
            let of = if value.is_empty() { "" } else { " of " };
            Some(format!("{}{of}{value} over {items}", heading(*m, options)))
        });
        parts.collect::<Vec<_>>()
    });
    let all: Vec<String> = all.collect();
    let more = match all.len() {
        0 => return Vec::new(),
        n if n > NAMED => format!(" and {} more", n - NAMED),
        _ => String::new(),
    };
    let named = all[..all.len().min(NAMED)].join(", ");
    vec![format!(
        "averages of {}, since the others have no value: {named}{more}; the guess's over the same",
        task.name
    )]
}

/// The averages of task `t`, or whole faces, over all faces and over each value of a column. Rows
/// lead to slices by their number.
pub fn slice_grid(report: &Report, t: usize, kind: RowKind, intervals: bool) -> Option<Grid> {
    let (whole, parts) = report.groups.split_first()?;
    let by = parts.iter().find_map(|g| slice_of(g, report))?;
    let figures = whole.tasks.get(t)?;
    let task = &figures.task;
    if !figures.any_measured() {
        return None;
    }
    let measures = Measure::of(task);
    let mut columns = vec![Column {
        heading: "faces".into(),
        description: "Measured faces".into(),
        counts: true,
        ..Column::default()
    }];
    columns.extend(column_sources(figures, figures, measures).iter().map(|w| {
        let mut column = w.column(task, &report.options, intervals);
        column.description = match kind {
            RowKind::WholeFace => format!("{}; of the mean error of a face", column.description),
            _ => format!("{}; average over {}", column.description, task.name),
        };
        column
    }));
    let mut slices = 0;
    let rows = report.groups.iter().enumerate().map(|(n, group)| {
        let sources = column_sources(&group.tasks[t], figures, measures);
        let averages = sources.iter().zip(&columns[1..]);
        let r = match kind {
            RowKind::WholeFace => task.len() + 1,
            _ => task.len(),
        };
        let averages = averages.map(|(w, c)| w.cell(r, c.intervals));
        let cells = std::iter::once(Cell::Count(group.faces as u64)).chain(averages);
        let slice = slice_of(group, report).is_some();
        let link = slice.then_some(slices);
        slices += usize::from(slice);
        Row {
            name: group.value.clone(),
            cells: cells.collect(),
            summary: n == 0,
            link,
            perfect: false,
            faint: false,
            tip: match slice {
                true => "Show these faces in the gallery".into(),
                false => String::new(),
            },
        }
    });
    let rows = rows.collect();
    let drawn = each_intervals_text(report, report.groups.iter(), "row");
    let groups = report.groups.iter();
    let groups = groups.map(|g| (g.value.as_str(), &g.tasks[t]));
    let mut notes = notes(report, groups);
    notes.extend(few_in_slices(parts).filter(|_| intervals));
    Some(Grid {
        description: grid_description(report, task, drawn.filter(|_| intervals)),
        names: by.replace('_', " "),
        rows,
        notes,
        columns,
    })
}

#[cfg(test)]
mod tests;
