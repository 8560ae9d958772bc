//! What is written in the table of what muting each channel changes.

use crate::dataset::{FaceSubset, describe_boxes};
use crate::humanize::{counted, title};
use crate::label::Schema;
use crate::measure::LEAST_UNITS;
use crate::study::{Differing, Effects, TaskEffect};

/// "mean over 100 of all 4000 labelled faces", and of which tasks not all of them are labelled.
pub(super) fn sample_text(schema: &Schema, effects: &Effects, choice: &FaceSubset) -> String {
    let faces = effects.faces;
    let which = choice.describe(faces);
    let mut text = format!("mean over {which}, {}", describe_boxes(&effects.boxes));
    for (task, labelled) in schema.tasks.iter().zip(&effects.labelled) {
        if *labelled < faces {
            let name = title(&task.name);
            text += &format!(
                " · {name}: {labelled} of {} labelled",
                counted(faces, "face")
            );
        }
    }
    text
}

/// How sure the means are, and how many channels do something that is told from nothing.
pub(super) fn significance_text(schema: &Schema, effects: &Effects) -> String {
    let mut text = effects.resampled.describe();
    if effects.resampled.units < LEAST_UNITS {
        return text;
    }
    for (t, task) in schema.tasks.iter().enumerate() {
        let name = title(&task.name);
        if !effects.touches(t) {
            continue;
        }
        text += &match effects.differing(t) {
            None => format!(" · {name}: no labels, so nothing is told from zero"),
            Some(found) => format!(" · {name}: {}", differing_text(found)),
        };
    }
    text
}

/// "5 of 64 channels differ, about 3 are expected by chance".
fn differing_text(found: Differing) -> String {
    let Differing { channels, of, .. } = found;
    let verb = if channels == 1 { "differs" } else { "differ" };
    let chance = match found.by_chance().round() {
        n if n < 1.0 => "fewer than 1 is expected by chance".to_owned(),
        1.0 => "about 1 is expected by chance".to_owned(),
        n => format!("about {n:.0} are expected by chance"),
    };
    format!("{channels} of {} {verb}, {chance}", counted(of, "channel"))
}

/// Decimals of a task's effects, and of its most changed attributes.
pub(super) fn column_digits(effects: &Effects, task: usize) -> [usize; 2] {
    let column = || effects.channels.iter().filter_map(|c| c.get(task));
    let (mut least, mut most) = (2, 0.0_f64);
    for effect in column() {
        if let TaskEffect::Binary { most_change, .. } = effect {
            (least, most) = (4, most.max(most_change.abs()));
        }
    }
    let largest = match effects.touches(task) {
        true => effects.largest(task),
        false => 0.0,
    };
    [digits(largest, least), digits(most, 3)]
}

/// As many decimals as show the largest of some values in three digits, and no fewer than `least`.
fn digits(largest: f64, least: usize) -> usize {
    const MOST: i32 = 9;
    if !(largest > 0.0 && largest.is_finite()) {
        return least;
    }
    let wanted = 2 - largest.log10().floor() as i32;
    wanted.clamp(least as i32, MOST) as usize
}

/// A number of so many decimals; what is smaller than they can show is said to be so, and is not
/// written as a zero.
pub(super) fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let is_zero = |text: &str| text.chars().all(|c| matches!(c, '0' | '.'));
    if is_zero(text.trim_start_matches('-')) {
        let least = format!("{:.digits$}", 10.0_f64.powi(-(digits as i32)));
        return match value {
            v if v > 0.0 => format!("<{least}"),
            v if v < 0.0 => format!(">−{least}"),
            _ => text.replace('-', ""),
        };
    }
    text.replace('-', "−")
}

/// What a task's column holds, and what that is.
pub(super) fn measure_text(
    effect: Option<&TaskEffect>,
    points: bool,
) -> (&'static str, &'static str) {
    match (points, effect.and_then(TaskEffect::worse).is_some()) {
        (true, true) => (
            "ΔNME, % of L",
            "By how much the mean error of the labelled points grows; below zero it falls.",
        ),
        (true, false) => (
            "shift, % of L",
            "No labels tell whether the points get worse. How far they move is never below zero, \
             so it does not tell whether a channel does anything.",
        ),
        (false, true) => (
            "Δcross-entropy, nats",
            "By how much the mean loss over the known labels grows; below zero it falls.",
        ),
        (false, false) => (
            "mean |Δprobability|",
            "No labels tell whether the attributes get worse. The mean of absolute changes is \
             never below zero, so it does not tell whether a channel does anything.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_tell_them_apart() {
        assert_eq!(digits(0.000_123, 4), 6);
        assert_eq!(digits(0.31, 2), 3);
        assert_eq!(digits(12.0, 2), 2);
        assert_eq!(digits(0.0, 4), 4);
        assert_eq!(digits(f64::INFINITY, 2), 2);
        assert_eq!(number(-0.000_02, 4), ">−0.0001");
        assert_eq!(number(0.000_02, 4), "<0.0001");
        assert_eq!([number(0.0, 2), number(-0.0, 2)], ["0.00", "0.00"]);
        assert_eq!(number(-0.000_02, 6), "−0.000020");
        assert_eq!(number(1.25, 2), "1.25");
    }

    #[test]
    fn what_differs_by_chance_is_said() {
        let text = |channels, of, tested| {
            differing_text(Differing {
                channels,
                of,
                tested,
            })
        };
        assert_eq!(
            text(5, 64, 64),
            "5 of 64 channels differ, about 3 are expected by chance"
        );
        let one = "1 of 32 channels differs, about 1 is expected by chance";
        assert_eq!(text(1, 32, 20), one);
        let few = "2 of 4 channels differ, fewer than 1 is expected by chance";
        assert_eq!(text(2, 4, 4), few);
    }
}
