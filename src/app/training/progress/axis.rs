//! Marks of the axes of a plot, and what they span.

use egui_plot::{GridInput, GridMark};

use crate::app::training::progress::curve::Curve;
use crate::figure::plot::{log_marks, marks};
use crate::figure::{round_ticks, ticks};

/// Marks of an axis.
const WANTED: usize = 5;

/// The number at a mark of an axis over a range; all marks of an axis have one notation.
pub fn number_at(value: f64, range: [f64; 2], logarithmic: bool) -> String {
    let (marks, text) = match logarithmic {
        true => {
            let marks = log_marks(range, WANTED);
            let values: Vec<f64> = marks.iter().map(|e| 10_f64.powf(*e)).collect();
            (marks, round_ticks(&values))
        }
        false => {
            let (step, marks) = marks(range, WANTED);
            let text = ticks(&marks, step);
            (marks, text)
        }
    };
    let off = |mark: &f64| (mark - value).abs();
    let nearest = marks.iter().zip(text);
    let nearest = nearest.min_by(|a, b| off(a.0).total_cmp(&off(b.0)));
    nearest.map_or_else(String::new, |(_, text)| text)
}

/// Marks about as far apart as texts need.
pub fn spaced(input: GridInput, logarithmic: bool) -> Vec<GridMark> {
    let range = [input.bounds.0, input.bounds.1];
    let (step, values) = match logarithmic {
        true => {
            let values = log_marks(range, WANTED);
            // For egui_plot, which draws lines fainter that are close together.
            ((range[1] - range[0]) / values.len().max(1) as f64, values)
        }
        false => marks(range, WANTED),
    };
    let mark = |value| GridMark {
        value,
        step_size: step,
    };
    values.into_iter().map(mark).collect()
}

/// Marks of the steps: whole ones from 0 on.
pub fn step_marks(input: GridInput) -> Vec<GridMark> {
    let (step, values) = marks([input.bounds.0.max(0.0), input.bounds.1], WANTED);
    let whole = values.into_iter().filter(|v| v.fract() == 0.0);
    whole
        .map(|value| GridMark {
            value,
            step_size: step.max(1.0),
        })
        .collect()
}

/// The least that a linear axis spans, as a share of its highest value.
const LEAST: f64 = 0.2;

/// What an axis spans besides its curves, so that a curve that stays at one value is not drawn on
/// an axis of other magnitudes.
pub fn span(curves: &[Curve], height: impl Fn(f64) -> f64, logarithmic: bool) -> Option<[f64; 2]> {
    let all = || curves.iter().flat_map(|c| &c.points).map(|p| height(p[1]));
    let (low, high) = all().fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(y), h.max(y)));
    let flat = high - low <= 1e-6 * high.abs();
    // A change that is small beside the values must not look like a large one.
    let least = LEAST * high.abs();
    match (low <= high && flat, logarithmic) {
        (false, false) if low <= high && high - low < least => {
            let middle = (low + high) / 2.0;
            Some([middle - least / 2.0, middle + least / 2.0])
        }
        (false, _) => None,
        (true, true) => Some([low - 0.5, low + 0.5]),
        (true, false) if low == 0.0 => Some([0.0, 1.0]),
        (true, false) => Some([0.0, 2.0 * low]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::tick;
    use crate::humanize::thousands;

    #[test]
    fn an_axis_of_the_window_has_one_notation() {
        let text = |range: [f64; 2], logarithmic| -> Vec<String> {
            let bounds = (range[0], range[1]);
            let input = GridInput {
                bounds,
                base_step_size: 0.0,
            };
            let marks = spaced(input, logarithmic).into_iter();
            marks
                .map(|m| number_at(m.value, range, logarithmic))
                .collect()
        };
        let loss = text([0.0019_f64.log10(), 0.0031_f64.log10()], true);
        assert!(
            loss.len() > 2 && loss.iter().all(|w| w.starts_with("0.00")),
            "{loss:?}"
        );
        let rate = text([0.0, 0.0016], false);
        assert!(
            rate.len() > 2 && rate.iter().all(|w| w.starts_with("0.00")),
            "{rate:?}"
        );
    }

    #[test]
    fn the_steps_begin_at_0_and_are_whole() {
        for (low, high) in [
            (-0.1, 5.0),
            (-10.0, 64.0),
            (-400.0, 20_400.0),
            (-0.02, 1.02),
        ] {
            let bounds = (low, high);
            let marks = step_marks(GridInput {
                bounds,
                base_step_size: 0.0,
            });
            let values: Vec<f64> = marks.iter().map(|m| m.value).collect();
            let words: Vec<String> = values.iter().map(|v| thousands(*v as usize)).collect();
            let mut single = words.clone();
            single.dedup();
            assert!(
                values[0] == 0.0 && values.len() > 1 && single == words,
                "{values:?}"
            );
        }
    }

    #[test]
    fn a_rate_that_stays_is_on_an_axis_of_its_size() {
        for rate in [1e-4, 3e-7, 250.0] {
            let [low, high] = span(&[Curve::of(&[rate, rate])], |y| y, false).unwrap();
            let bounds = (low, high);
            let marks = spaced(
                GridInput {
                    bounds,
                    base_step_size: 0.0,
                },
                false,
            );
            let texts: Vec<String> = marks.iter().map(|m| tick(m.value, m.step_size)).collect();
            let mut single = texts.clone();
            single.dedup();
            assert!(single.len() >= 3 && single == texts, "{texts:?}");
            assert!(texts.last().unwrap() != "0" && high > rate, "{texts:?}");
        }
        assert_eq!(span(&[Curve::of(&[1e-4, 1e-5])], |y| y, false), None);
        assert_eq!(span(&[], |y| y, false), None);
        let [low, high] = span(&[Curve::of(&[12.69, 12.82])], |y| y, false).unwrap();
        assert!(
            high - low > 2.5 && low > 11.0 && high < 14.5,
            "{low} {high}"
        );
        let [low, high] = span(&[Curve::of(&[0.01])], f64::log10, true).unwrap();
        assert!(low < -2.0 && high > -2.0);
    }
}
