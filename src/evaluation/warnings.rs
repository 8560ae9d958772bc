//! What the figures themselves ask to be careful of: few labels, few faces behind intervals, and
//! faces that carry much of a mean.

use super::trained::Warning;
use crate::humanize::counted;
use crate::label::Task;
use crate::measure::{FEW_UNITS, Measure, Report, RowKind, TaskEstimates, few_in_slices};

/// Errors above this share of L are those of faces that were not found at all.
const OUTLIER: f64 = 1.0;
/// Items that are named one by one.
const NAMED: usize = 5;

/// All warnings of a report.
pub fn of(report: &Report) -> Vec<Warning> {
    let Some((whole, parts)) = report.groups.split_first() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for figures in &whole.tasks {
        all.extend(few_labels(figures));
        all.extend(outliers(figures));
    }
    all.extend(whole.resampled.and_then(|drawn| {
        Some(Warning {
            badge: format!("only {}", drawn.drawn()),
            text: drawn.few()?,
            of_intervals: true,
            ..Warning::default()
        })
    }));
    for slices in parts.chunk_by(|a, b| a.by == b.by) {
        all.extend(few_in_slices(slices).map(|text| Warning {
            badge: "small slices".into(),
            text,
            by: slices[0].by.clone(),
            of_intervals: true,
            ..Warning::default()
        }));
    }
    all
}

/// Faces with a known label of a task, as the judged network is measured on them.
fn known(figures: &TaskEstimates) -> usize {
    let rows = figures.predictors.first().map_or(&[][..], |p| &p.rows);
    let single = rows.iter().filter(|r| r.kind != RowKind::Average);
    single.map(|r| r.known as usize).max().unwrap_or(0)
}

/// Few faces have labels of a task, or of some of its points or attributes.
fn few_labels(figures: &TaskEstimates) -> Option<Warning> {
    let task = &figures.task;
    let faces = known(figures);
    if (1..FEW_UNITS).contains(&faces) {
        return Some(Warning {
            badge: format!("{}: {}", task.name, counted(faces, "labelled face")),
            text: format!(
                "{}: labels are known of {} only, so the figures say little",
                task.name,
                counted(faces, "face")
            ),
            task: Some(task.name.clone()),
            ..Warning::default()
        });
    }
    let rows = &figures.predictors.first()?.rows[..task.len()];
    let few = rows
        .iter()
        .filter(|r| (1..FEW_UNITS).contains(&(r.known as usize)));
    let few: Vec<String> = few
        .map(|r| format!("{} ({})", r.name.replace('_', " "), r.known))
        .collect();
    let mut named = few[..few.len().min(NAMED)].join(", ");
    match few.len() {
        0 => return None,
        n if n > NAMED => named += &format!(" and {} more", n - NAMED),
        _ => {}
    }
    Some(Warning {
        badge: format!("{} of few faces", counted(few.len(), item(task))),
        text: format!(
            "{}: labels are known of fewer than {FEW_UNITS} faces, so the figures say little, of \
             {named}",
            task.name
        ),
        task: Some(task.name.clone()),
        ..Warning::default()
    })
}

fn item(task: &Task) -> &'static str {
    match task.is_points() {
        true => "point",
        false => "attribute",
    }
}

/// The faces whose error is so large that the mean says little of the others.
fn outliers(figures: &TaskEstimates) -> Option<Warning> {
    let judged = figures.predictors.first()?;
    let row = judged.rows.iter().find(|r| r.kind == RowKind::WholeFace)?;
    let errors = row.errors.iter().copied();
    let (out, others): (Vec<(u32, f64)>, Vec<_>) = errors.partition(|e| e.1 > OUTLIER);
    if out.is_empty() || others.is_empty() {
        return None;
    }
    let mean = row.figures.get(&Measure::Nme)?.value?;
    let without = others.iter().map(|e| e.1).sum::<f64>() / others.len() as f64 * 100.0;
    let median = row.figures.get(&Measure::MedianNme)?.value?;
    let verb = if out.len() == 1 { "adds" } else { "add" };
    Some(Warning {
        badge: format!("{} above 100 %", counted(out.len(), "face")),
        text: format!(
            "{}: {} with an error above 100 % {verb} {:.2} to the mean NME: {mean:.2}, without \
             {without:.2}; the median is {median:.2}",
            figures.task.name,
            counted(out.len(), "face"),
            mean - without,
        ),
        faces: out.iter().map(|e| e.0).collect(),
        task: Some(figures.task.name.clone()),
        ..Warning::default()
    })
}
