//! The bars of points and attributes as marks.

use crate::app::report::plot_data::{Bar, Series};
use crate::app::report::plots::colours::{CAPTION, EYES, LEGEND_LINE, PlotColours, SMALL};
use crate::figure::{Anchor, Colour, Ink, Mark, Text};
use crate::label::Point;
use crate::measure::ALPHA;

/// Height of a bar's row.
pub const ROW: f32 = 22.0;

/// Its name, with what must not be overlooked about it.
pub fn shown_name(bar: &Bar) -> String {
    match bar.untrained {
        Some(_) => format!("{} (untrained)", bar.name),
        None => bar.name.clone(),
    }
}

/// A bar's name, its value as a bar, the guess as a tick, and the numbers.
pub fn bar_marks(out: &mut Vec<Mark>, at: Point, width: f32, bar: &Bar, colours: PlotColours) {
    let v = bar.values;
    // What the network was never trained on is no answer of its own.
    let (text, network) = match bar.untrained {
        Some(_) => (colours.quiet, colours.quiet),
        None => (colours.text, colours.network),
    };
    let middle = at[1] + ROW / 2.0;
    let ink = Ink::from;
    let names = 150.0_f32.min(width * 0.36);
    let numbers = if v.other.is_some() { 138.0 } else { 92.0 };
    let (left, right) = (at[0] + names, at[0] + width - numbers);
    out.push(Mark::text(
        shown_name(bar),
        [at[0], middle],
        SMALL,
        ink(text),
        Anchor::Start,
    ));
    let full = (right - left).max(10.0);
    let to = |percent: f64| full * (percent / 100.0).clamp(0.0, 1.0) as f32;
    out.push(Mark::area(
        [left, middle - 3.0],
        [full, 6.0],
        ink(colours.grid),
    ));
    if let Some(percent) = v.network {
        out.push(Mark::area(
            [left, middle - 3.0],
            [to(percent), 6.0],
            ink(network),
        ));
    }
    let mut whisker = |interval: Option<[f64; 2]>, y: f32, tint: Colour| {
        let Some(interval) = interval.filter(|[low, high]| low < high) else {
            return;
        };
        let [low, high] = interval.map(|percent| left + to(percent));
        out.push(Mark::line([[low, y], [high, y]], 1.0, ink(tint)));
        for end in [low, high] {
            let ends = [[end, y - 2.5], [end, y + 2.5]];
            out.push(Mark::line(ends, 1.0, ink(tint)));
        }
    };
    whisker(v.intervals[0], middle, colours.text);
    whisker(v.intervals[2], middle + 5.5, colours.other);
    // One below the other, so that each is seen.
    let slices = bar.slice_intervals.len().max(1) as f32;
    for (n, interval) in bar.slice_intervals.iter().enumerate() {
        let y = middle + 14.0 * ((n as f32 + 0.5) / slices - 0.5);
        whisker(*interval, y, colours.of(Series::Slice(n)));
    }
    for (percent, tint) in [(v.guess, colours.quiet), (v.other, colours.other)] {
        if let Some(percent) = percent {
            let x = left + to(percent);
            let ends = [[x, middle - 6.5], [x, middle + 6.5]];
            out.push(Mark::line(ends, 2.0, ink(tint)));
        }
    }
    for (n, percent) in bar.slices.iter().enumerate() {
        if let Some(percent) = percent {
            let x = left + to(*percent);
            let ends = [[x, middle - 5.0], [x, middle + 5.0]];
            out.push(Mark::line(ends, 2.0, ink(colours.of(Series::Slice(n)))));
        }
    }
    let columns = [
        (v.network, text, right + 44.0),
        (v.guess, colours.quiet, right + 90.0),
        (v.other, colours.other, right + 136.0),
    ];
    for (percent, tint, x) in columns {
        if let Some(percent) = percent {
            let text = format!("{percent:.1}");
            out.push(Mark::text(text, [x, middle], SMALL, ink(tint), Anchor::End));
        }
    }
}

/// What the bar, the ticks and the numbers of a task's rows stand for, each beside its sign.
pub fn legend_marks(
    out: &mut Vec<Mark>,
    at: Point,
    width: f32,
    names: &[(Series, String)],
    colours: PlotColours,
) {
    let middle = at[1] + LEGEND_LINE / 2.0;
    let mut x = at[0];
    for (series, name) in names {
        let text = Text::new(name, CAPTION).width;
        if x + text + 22.0 > at[0] + width {
            break;
        }
        let tint = Ink::from(colours.of(*series));
        match series {
            Series::Network => out.push(Mark::area([x, middle - 3.0], [14.0, 6.0], tint)),
            _ => {
                let tick = [[x + 7.0, middle - 6.0], [x + 7.0, middle + 6.0]];
                out.push(Mark::line(tick, 2.0, tint));
            }
        }
        let at = [x + 19.0, middle];
        out.push(Mark::text(
            name.as_str(),
            at,
            CAPTION,
            Ink::from(colours.quiet),
            Anchor::Start,
        ));
        x += 19.0 + text + 16.0;
    }
}

/// What a task's bars are.
pub fn task_title(is_points: bool, name: &str) -> String {
    match is_points {
        true => format!("{name}: found within {ALPHA}·L [%], L: {EYES}"),
        false => format!("{name}: accuracy [%], beside the majority"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::report::plot_data::Values;
    use crate::label::UntrainedReason;

    #[test]
    fn an_interval_is_drawn_where_its_ends_are() {
        let tint = [1, 2, 3];
        let colours = PlotColours {
            text: tint,
            quiet: tint,
            grid: tint,
            network: tint,
            other: tint,
        };
        let lines = |interval: Option<[f64; 2]>| -> Vec<Vec<Point>> {
            let bar = Bar {
                item: 0,
                name: "nose".into(),
                known: 9,
                values: Values {
                    network: Some(60.0),
                    intervals: [interval, None, None],
                    ..Default::default()
                },
                slices: Vec::new(),
                slice_intervals: Vec::new(),
                untrained: None,
            };
            let mut marks = Vec::new();
            bar_marks(&mut marks, [0.0, 0.0], 592.0, &bar, colours);
            let lines = marks.into_iter().filter_map(|m| match m {
                Mark::Line { points, .. } => Some(points),
                _ => None,
            });
            lines.collect()
        };
        assert!(lines(None).is_empty() && lines(Some([60.0, 60.0])).is_empty());
        // The bar's axis begins after 150 for the name and ends 92 before the end.
        let drawn = lines(Some([40.0, 80.0]));
        assert_eq!(drawn.len(), 3);
        let [from, to] = [drawn[0][0][0], drawn[0][1][0]];
        assert!(
            (from - 290.0).abs() < 0.01 && (to - 430.0).abs() < 0.01,
            "{drawn:?}"
        );
    }

    #[test]
    fn what_was_never_trained_is_grey_and_says_so() {
        let colours = PlotColours {
            text: [1; 3],
            quiet: [2; 3],
            grid: [3; 3],
            network: [4; 3],
            other: [5; 3],
        };
        let marks = |untrained| {
            let bar = Bar {
                item: 3,
                name: "Bald".into(),
                known: 9,
                values: Values {
                    network: Some(60.0),
                    ..Default::default()
                },
                slices: Vec::new(),
                slice_intervals: Vec::new(),
                untrained,
            };
            let mut marks = Vec::new();
            bar_marks(&mut marks, [0.0, 0.0], 592.0, &bar, colours);
            marks
        };
        let trained = marks(None);
        let untrained = marks(Some(UntrainedReason::NoLabel));
        let of = |marks: &[Mark], tint: [u8; 3]| {
            let shown = format!("{:?}", Ink::from(tint));
            let drawn = marks.iter().map(|m| format!("{m:?}"));
            drawn.filter(|m| m.contains(&shown)).count()
        };
        // Its name, its bar and its number.
        assert_eq!(
            [of(&trained, colours.text), of(&trained, colours.quiet)],
            [2, 0]
        );
        assert_eq!(of(&trained, colours.network), 1);
        assert_eq!(
            [of(&untrained, colours.text), of(&untrained, colours.quiet)],
            [0, 3]
        );
        assert_eq!(of(&untrained, colours.network), 0);
        assert!(format!("{untrained:?}").contains("Bald (untrained)"));
    }

    #[test]
    fn slices_and_the_other_predictor_have_whiskers_of_their_own() {
        let colours = PlotColours {
            text: [0; 3],
            quiet: [1; 3],
            grid: [2; 3],
            network: [3; 3],
            other: [4; 3],
        };
        let bar = |intervals: bool| Bar {
            item: 0,
            name: "nose".into(),
            known: 9,
            values: Values {
                network: Some(60.0),
                other: Some(70.0),
                intervals: [None, None, intervals.then_some([65.0, 75.0])],
                ..Default::default()
            },
            slices: vec![Some(50.0), Some(60.0)],
            slice_intervals: match intervals {
                true => vec![Some([40.0, 55.0]), None],
                false => Vec::new(),
            },
            untrained: None,
        };
        let lines = |intervals: bool, tint: Colour| {
            let mut marks = Vec::new();
            bar_marks(&mut marks, [0.0, 0.0], 592.0, &bar(intervals), colours);
            let of = |m: &&Mark| matches!(m, Mark::Line { rim, .. } if rim.ink == Ink::from(tint));
            marks.iter().filter(of).count()
        };
        // A tick, and a line with two ends.
        let both = |tint: Colour| [lines(false, tint), lines(true, tint)];
        assert_eq!(both(colours.other), [1, 4]);
        assert_eq!(both(colours.of(Series::Slice(0))), [1, 4]);
        assert_eq!(both(colours.of(Series::Slice(1))), [1, 1]);
    }
}
