//! Numbers in figures and on the axes of plots, in files as in the window.

/// A value in three digits.
pub fn short(v: f32) -> String {
    let text = match v.abs() {
        0.0 => return "0".into(),
        a if !(1e-3..1e4).contains(&a) => format!("{v:.1e}"),
        a if a >= 100.0 => format!("{v:.0}"),
        a if a >= 10.0 => format!("{v:.1}"),
        a if a >= 1.0 => format!("{v:.2}"),
        a if a >= 0.1 => format!("{v:.3}"),
        a if a >= 0.01 => format!("{v:.4}"),
        _ => format!("{v:.5}"),
    };
    text.replace('-', "−")
}

/// A value in two digits, where there is no room for three: "0.48", "1.2", "12", "1e−3".
pub fn brief(v: f32) -> String {
    let text = match v.abs() {
        0.0 => return "0".into(),
        a if !(0.01..9999.5).contains(&a) => format!("{v:.0e}"),
        a if a >= 9.95 => format!("{v:.0}"),
        a if a >= 0.995 => format!("{v:.1}"),
        _ => format!("{v:.2}"),
    };
    text.replace('-', "−")
}

/// "0 to 4.21": the values from the lowest to the highest, as windows and figures both say them.
pub fn span(low: f32, high: f32) -> String {
    span_as(short, low, high)
}

/// What stands at both ends of a key to the colours of a range: "0" and "≥ 3.00" where `values`, from
/// the lowest to the highest, go beyond it and are cut.
pub fn ends((low, high): (f32, f32), values: (f32, f32)) -> [String; 2] {
    let end = |sign: &str, at: f32, is_cut: bool| match is_cut {
        true => format!("{sign} {}", short(at)),
        false => short(at),
    };
    [
        end("≤", low, values.0 < low),
        end("≥", high, values.1 > high),
    ]
}

/// The same in the digits that there is room for: "−0.20 to 0.59".
pub fn span_as(write: fn(f32) -> String, low: f32, high: f32) -> String {
    format!("{} to {}", write(low), write(high))
}

/// "0.31", "−0.05", and "0.00" for what rounds to it.
pub fn decimals(v: f64, digits: usize) -> String {
    let text = signed(v, digits);
    text.strip_prefix('+').map_or(text.clone(), str::to_owned)
}

/// "+0.31", "−0.05", and "0.00" for what rounds to it.
pub fn signed(v: f64, digits: usize) -> String {
    let text = format!("{v:+.digits$}");
    match text[1..].chars().all(|c| matches!(c, '0' | '.')) {
        true => text[1..].to_owned(),
        false => text.replace('-', "−"),
    }
}

/// Round values in a range, about `wanted` of them, and how far each is from the next.
pub fn marks([low, high]: [f64; 2], wanted: usize) -> (f64, Vec<f64>) {
    let rough = (high - low) / wanted.max(1) as f64;
    if !(rough.is_finite() && rough > 0.0) {
        return (0.0, Vec::new());
    }
    let unit = 10_f64.powi(power(rough));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|s| s * unit);
    let nearest = |a: &f64, b: &f64| (a / rough).ln().abs().total_cmp(&(b / rough).ln().abs());
    let step = steps.into_iter().min_by(nearest).unwrap_or(unit);
    (step, multiples([low, high], step))
}

/// The multiples of a step in a range, with a hair of room for ends that are not exact.
pub fn multiples([low, high]: [f64; 2], step: f64) -> Vec<f64> {
    let first = (low / step - 1e-6).ceil() as i64;
    let last = (high / step + 1e-6).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// The ends of an axis with these marks, and how far they are apart.
pub fn span_of(marks: &[f64]) -> (f64, f64, f64) {
    match marks {
        [first, second, ..] => (*first, marks[marks.len() - 1], second - first),
        _ => (0.0, 1.0, 1.0),
    }
}

/// The number at a mark of an axis whose marks are `step` apart, with as many digits as tell it
/// from its neighbours.
pub fn tick(v: f64, step: f64) -> String {
    let step = step.abs();
    if !(step.is_finite() && step > 0.0 && v.is_finite()) {
        return format!("{v}");
    }
    let zero = v.abs() < 0.5 * step;
    let v = if zero { 0.0 } else { v };
    let digits = digits(step);
    let text = if digits <= 3 && v.abs() < 1e6 {
        format!("{v:.*}", digits.max(0) as usize)
    } else if zero {
        "0".into()
    } else {
        // Ones, before which the power of ten is the number's own.
        let mut power = power(v);
        let places = |power: i32| (digits + power).max(0) as usize;
        let mut ones = format!("{:.*}", places(power), v / 10_f64.powi(power));
        // 9.96 may have become 10.0.
        if ones.trim_start_matches('-').starts_with("10") {
            power += 1;
            ones = format!("{:.*}", places(power), v / 10_f64.powi(power));
        }
        format!("{ones}e{power}")
    };
    text.replace('-', "−")
}

/// The numbers at the marks of an axis that are `step` apart, in one notation: with their digits, or
/// all with the same power of ten.
pub fn ticks(values: &[f64], step: f64) -> Vec<String> {
    const DIGITS: i32 = 5;
    let step = step.abs();
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if !(step.is_finite() && step > 0.0 && largest.is_finite() && largest > 0.0) {
        return values.iter().map(|v| tick(*v, step)).collect();
    }
    let digits = digits(step);
    let power = match digits <= DIGITS && largest < 1e6 {
        true => 0,
        false => power(largest),
    };
    let places = (digits + power).max(0) as usize;
    let text = |v: &f64| {
        let zero = v.abs() < 0.5 * step;
        match (power, zero) {
            (0, _) => {
                let v = if zero { 0.0 } else { *v };
                format!("{v:.places$}").replace('-', "−")
            }
            (_, true) => "0".into(),
            _ => format!("{:.places$}e{power}", v / 10_f64.powi(power)).replace('-', "−"),
        }
    };
    values.iter().map(text).collect()
}

/// The numbers at the marks of a logarithmic axis, in one notation: all with all their digits, or
/// all with a power of ten.
pub fn round_ticks(values: &[f64]) -> Vec<String> {
    let plain = |v: &f64| (1e-5 - 1e-10..1e6).contains(&v.abs());
    if !values.iter().all(plain) {
        return values.iter().map(|v| scientific(*v)).collect();
    }
    let message = |v: &f64| {
        let text = format!("{v:.8}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.replace('-', "−")
    };
    values.iter().map(message).collect()
}

/// The number at a mark of a logarithmic axis, whose marks are round: all its digits, and a power of
/// ten only where it is far from 1, so that the marks of an axis have one form.
pub fn round_tick(v: f64) -> String {
    if (1e-4 - 1e-9..1e6).contains(&v.abs()) {
        let text = format!("{v:.7}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        return text.replace('-', "−");
    }
    scientific(v)
}

/// A round number with its power of ten.
fn scientific(v: f64) -> String {
    if !(v.is_finite() && v != 0.0) {
        return tick(v, 1.0);
    }
    // Beyond these are only errors of rounding.
    const MOST: i32 = 6;
    let unit = 10_f64.powi(power(v) - MOST);
    let mut whole = (v / unit).round();
    let mut step = unit;
    while whole % 10.0 == 0.0 {
        (whole, step) = (whole / 10.0, step * 10.0);
    }
    let power = power(v);
    let places = (power - self::power(step)).max(0) as usize;
    let ones = v / 10_f64.powi(power);
    format!("{ones:.places$}e{power}").replace('-', "−")
}

/// The power of ten of a number's first digit.
fn power(v: f64) -> i32 {
    // A hair of room, for powers of ten that are not exact.
    (v.abs().log10() + 1e-9).floor() as i32
}

/// Digits behind the point, or less than none, that multiples of a step need.
fn digits(step: f64) -> i32 {
    let least = -power(step);
    let exact = |d: &i32| {
        let scaled = step * 10_f64.powi(*d);
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    };
    (least..=least + 3).find(exact).unwrap_or(least + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_say_the_most() {
        let actual = [0.0, 0.484, -0.036, 0.996, 1.236, 9.96, 48.2, 123.4, 0.0012].map(brief);
        let expected = [
            "0", "0.48", "−0.04", "1.0", "1.2", "10", "48", "123", "1e−3",
        ];
        assert_eq!(actual, expected);
    }

    #[test]
    fn nothing_has_no_sign() {
        let text = [0.004, -0.004, 0.0, -0.31, 1.0].map(|v| signed(v, 2));
        assert_eq!(text, ["0.00", "0.00", "0.00", "−0.31", "+1.00"]);
        let text = [0.004, -0.004, -0.0, -0.31, 1.0].map(|v| decimals(v, 2));
        assert_eq!(text, ["0.00", "0.00", "0.00", "−0.31", "1.00"]);
    }

    #[test]
    fn marks_of_an_axis_can_be_told_apart_and_are_what_they_say() {
        let exact = [1.0, 2.0, 2.5, 5.0, 10.0];
        for (power, round) in (-12..9).flat_map(|p| exact.map(|r| (p, r))) {
            let step = round * 10_f64.powi(power);
            for start in [0, 1, 7, 95, 996, -12, -100] {
                let marks: Vec<f64> = (start..start + 12).map(|n| f64::from(n) * step).collect();
                let mut said: Vec<String> = marks.iter().map(|v| tick(*v, step)).collect();
                for (text, v) in said.iter().zip(&marks) {
                    let read: f64 = text.replace('−', "-").parse().unwrap();
                    assert!((read - v).abs() <= 1e-6 * step, "{text} for {v}");
                    assert!(text.chars().count() <= 10, "{text} is long");
                }
                said.sort();
                said.dedup();
                assert_eq!(said.len(), marks.len(), "{step}: {said:?}");
            }
        }
    }

    #[test]
    fn small_rates_and_large_counts_are_written_in_powers() {
        assert_eq!(tick(1e-4, 1e-4), "1e−4");
        assert_eq!(
            [0.0, 5e-5, 1e-4].map(|v| tick(v, 5e-5)),
            ["0", "5e−5", "1.0e−4"]
        );
        assert_eq!([0.0015, 0.002].map(|v| tick(v, 5e-4)), ["1.5e−3", "2.0e−3"]);
        assert_eq!([0.25, 0.5].map(|v| tick(v, 0.25)), ["0.25", "0.50"]);
        assert_eq!([80.0, -20.0].map(|v| tick(v, 20.0)), ["80", "−20"]);
        assert_eq!(tick(2e6, 1e6), "2e6");
        assert_eq!(
            [0.002, 2e-4, 1e-3, 0.0115, 30.0].map(round_tick),
            ["0.002", "0.0002", "0.001", "0.0115", "30"]
        );
        assert_eq!([3e-5, 2e6, -0.25].map(round_tick), ["3e−5", "2e6", "−0.25"]);
    }

    #[test]
    fn an_axis_has_one_notation() {
        let axis = |marks: &[f64], step: f64| ticks(marks, step);
        assert_eq!(
            axis(&[0.0, 5e-4, 1e-3, 1.5e-3], 5e-4),
            ["0.0000", "0.0005", "0.0010", "0.0015"]
        );
        assert_eq!(axis(&[0.0, 5e-7, 1e-6], 5e-7), ["0", "0.5e−6", "1.0e−6"]);
        assert_eq!(axis(&[5e5, 1e6, 1.5e6], 5e5), ["0.5e6", "1.0e6", "1.5e6"]);
        assert_eq!(axis(&[-20.0, 0.0, 20.0], 20.0), ["−20", "0", "20"]);
        assert_eq!(
            round_ticks(&[2e-3, 2.5e-3, 3e-3]),
            ["0.002", "0.0025", "0.003"]
        );
        assert_eq!(
            round_ticks(&[5e-5, 1e-4, 2e-4]),
            ["0.00005", "0.0001", "0.0002"]
        );
        assert_eq!(round_ticks(&[1e-7, 2.5e-3, 1.0]), ["1e−7", "2.5e−3", "1e0"]);
        // What is written can be told apart and is what it stands for.
        for power in -12..9 {
            for start in [0, 1, 95, -12] {
                let step = 2.5 * 10_f64.powi(power);
                let marks: Vec<f64> = (start..start + 8).map(|n| f64::from(n) * step).collect();
                let actual = ticks(&marks, step);
                for (text, v) in actual.iter().zip(&marks) {
                    let read: f64 = text.replace('−', "-").parse().unwrap();
                    assert!((read - v).abs() <= 1e-6 * step, "{text} for {v}");
                }
                let powers = actual
                    .iter()
                    .filter(|w| *w != "0" && w.contains('e'))
                    .count();
                let zeros = actual.iter().filter(|w| *w == "0").count();
                assert!(powers == 0 || powers + zeros == actual.len(), "{actual:?}");
            }
        }
    }

    #[test]
    fn values_are_written_short() {
        let actual = [0.0, 1234.5, 12.34, -1.236, 0.0123, 0.00712, 1e-9].map(short);
        assert_eq!(
            actual,
            ["0", "1234", "12.3", "−1.24", "0.0123", "0.00712", "1.0e−9"]
        );
        let actual = [0.0, 1234.5, 12.34, -1.236, -0.2, 1e-9].map(brief);
        assert_eq!(actual, ["0", "1234", "12", "−1.2", "−0.20", "1e−9"]);
    }

    #[test]
    fn ranges_have_one_style_with_any_digits() {
        assert_eq!(span(-0.2, 0.5912), "−0.200 to 0.591");
        assert_eq!(span_as(brief, -0.2, 0.5912), "−0.20 to 0.59");
        assert_eq!(span_as(brief, 0.0, 12.3), "0 to 12");
    }
}
