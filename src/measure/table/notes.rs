//! What is written above and below tables: units, lengths, resamples, and what few units mean.

use crate::humanize::{counted, plural, thousands};
use crate::label::Task;
use crate::measure::bootstrap::FEW_UNITS;
use crate::measure::estimate::{Estimate, Measure, Options};
use crate::measure::normalizer::Normalizer;
use crate::measure::report::{Group, Report, TaskEstimates};

/// At what the measures of a task are taken, and what the lengths are that they are shares of.
pub fn measured_text(options: &Options, task: &Task) -> String {
    if !task.is_points() {
        return format!(
            "at a probability of 0.5; ECE in {} equal bins",
            options.bins
        );
    }
    let (eyes, by) = (Normalizer::Eyes, options.nme);
    let mut text = format!(
        "success within {}·{}; NME, AUC and failures by {}; {}",
        options.alpha,
        eyes.symbol(),
        by.symbol(),
        eyes.definition(task)
    );
    if by != eyes {
        text += &format!("; {}", by.definition(task));
    }
    text
}

/// Of what the intervals of a group are, if there are any: "1,000 resamples of 86 identities", and
/// which have another.
pub fn intervals_text(report: &Report, group: &Group) -> Option<String> {
    let (drawn, bootstrap) = (group.resampled?, report.options.bootstrap?);
    (drawn.units > 1).then(|| {
        format!(
            "{} of {}{}",
            counted(bootstrap.resamples as usize, "resample"),
            drawn.few().unwrap_or_else(|| drawn.drawn()),
            wilson_text(std::iter::once(group))
        )
    })
}

/// What is to be said of shares of 0 and 100 %, where there are any: resamples of them have no
/// width.
pub fn wilson_text<'a>(mut groups: impl Iterator<Item = &'a Group>) -> &'static str {
    let of = |group: &Group| {
        let rows = group.tasks.iter().flat_map(|t| &t.predictors);
        let mut figures = rows.flat_map(|p| &p.rows).flat_map(|r| r.figures.values());
        figures.any(|f| f.wilson)
    };
    match groups.any(of) {
        true => ", at 0 and 100 % Wilson's",
        false => "",
    }
}

/// The same of groups that are resampled each by itself: "1,000 resamples of the identities of each
/// slice".
pub fn each_intervals_text<'a>(
    report: &Report,
    groups: impl Iterator<Item = &'a Group>,
    each: &str,
) -> Option<String> {
    let bootstrap = report.options.bootstrap?;
    let groups: Vec<&Group> = groups.collect();
    let wilson = wilson_text(groups.iter().copied());
    let units = groups.iter().filter_map(|g| Some(g.resampled?.unit()));
    let mut units: Vec<&str> = units.collect();
    units.sort_unstable();
    units.dedup();
    let units: Vec<String> = units.iter().rev().map(|one| plural(2, one)).collect();
    (!units.is_empty()).then(|| {
        format!(
            "{} of the {} of each {each}{wilson}",
            counted(bootstrap.resamples as usize, "resample"),
            units.join(" or ")
        )
    })
}

pub(super) fn intervals(report: &Report, group: &Group) -> String {
    let few = || Some(format!("; {}", group.resampled?.few()?));
    match intervals_text(report, group) {
        Some(text) => format!("; 95 % intervals of {text}"),
        None => few().unwrap_or_default(),
    }
}

/// What is to be said of the intervals of slices by one column that are over few faces or
/// identities: by their names, or of many how many they are.
pub fn few_in_slices(slices: &[Group]) -> Option<String> {
    const NAMED: usize = 5;
    const SO: &str = "their intervals may be too narrow, and of one there is none";
    let few = slices.iter().filter_map(|g| {
        let by = g.by.as_deref()?;
        let drawn = g.resampled.filter(|r| r.few().is_some())?;
        Some((by, g.value.as_str(), drawn))
    });
    let few: Vec<_> = few.collect();
    let (by, ..) = few.first()?;
    if few.len() > NAMED {
        let mut units: Vec<&str> = few.iter().map(|(.., drawn)| drawn.unit()).collect();
        units.sort_unstable();
        units.dedup();
        let units: Vec<String> = units.iter().rev().map(|one| plural(2, one)).collect();
        return Some(format!(
            "{} of {} slices by {by} are of fewer than {FEW_UNITS} {}: {SO}",
            thousands(few.len()),
            thousands(slices.len()),
            units.join(" or ")
        ));
    }
    let named = few
        .iter()
        .map(|(by, value, drawn)| format!("{by} {value} ({})", drawn.drawn()));
    let named: Vec<String> = named.collect();
    Some(format!("{}: few, {SO}", named.join(", ")))
}

/// What a measure's column is called.
pub fn heading(measure: Measure, options: &Options) -> String {
    match measure {
        Measure::Success => format!("success@{}", options.alpha),
        Measure::Nme => "NME".into(),
        Measure::MedianNme => "median NME".into(),
        Measure::Auc => format!("AUC@{}", options.limit),
        Measure::Failure => format!("failure@{}", options.limit),
        Measure::Accuracy => "accuracy".into(),
        Measure::BalancedAccuracy => "balanced".into(),
        Measure::F1 => "F1".into(),
        Measure::CalibrationError => "ECE".into(),
    }
}

/// A percentage as tables have it; "–" of nothing.
pub fn percent(value: Option<f64>) -> String {
    value.map_or("–".into(), |v| format!("{v:.2}"))
}

/// An interval as tables have it.
pub fn interval_words([low, high]: [f64; 2]) -> String {
    format!("[{low:.2}, {high:.2}]")
}

/// "36 of 40" where an average is over fewer items than are known.
pub fn fewer_items(figure: &Estimate, figures: &TaskEstimates) -> Option<String> {
    let of = figures.measured_items();
    let items = figure.items.filter(|n| *n < of && figure.value.is_some())?;
    Some(format!("{items} of {of}"))
}
