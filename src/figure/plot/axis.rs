//! Numbers along an axis.

use crate::figure::number::{marks, ticks};

/// A linear axis from one value to another, across pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Lowest and highest value.
    pub range: [f64; 2],
    /// Where these are, in pixels.
    pub span: [f32; 2],
}

impl Axis {
    pub fn at(&self, value: f64) -> f32 {
        let part = (value - self.range[0]) / (self.range[1] - self.range[0]);
        self.span[0] + (self.span[1] - self.span[0]) * part as f32
    }

    /// Round values along the axis, about `wanted` of them, with their texts.
    pub fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        let (step, values) = marks(self.range, wanted);
        let text = ticks(&values, step);
        values.into_iter().zip(text).collect()
    }
}

/// Logarithms of round values, of a range of logarithms: powers of ten, between few of which their
/// twofold and fivefold stand too, or within one, values at equal distances.
pub fn log_marks([low, high]: [f64; 2], wanted: usize) -> Vec<f64> {
    if !(high > low && (high - low).is_finite() && low.abs().max(high.abs()) < 300.0) {
        return Vec::new();
    }
    let span = high - low;
    if span < 1.0 {
        let (_, values) = marks([low, high].map(|e| 10_f64.powf(e)), wanted);
        let inside = values.into_iter().filter(|v| *v > 0.0);
        return inside.map(f64::log10).collect();
    }
    let few = span < 0.75 * wanted as f64;
    let between: &[f64] = if few { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let apart = (span / wanted.max(1) as f64).ceil().max(1.0) as i32;
    let powers = (low.floor() as i32..=high.ceil() as i32).filter(|p| p.rem_euclid(apart) == 0);
    let all = powers.flat_map(|p| between.iter().map(move |m| f64::from(p) + m.log10()));
    all.filter(|e| (low - 1e-9..=high + 1e-9).contains(e))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_ends() {
        let texts = |low, high, n| -> Vec<String> {
            let axis = Axis {
                range: [low, high],
                span: [0.0, 100.0],
            };
            axis.ticks(n).into_iter().map(|t| t.1).collect()
        };
        assert_eq!(texts(0.0, 100.0, 5), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(0.0, 0.2, 4), ["0.00", "0.05", "0.10", "0.15", "0.20"]);
        assert_eq!(texts(3.0, 3.0, 5), Vec::<String>::new());
    }

    #[test]
    fn marks_of_a_logarithmic_axis_are_round_and_few() {
        use crate::figure::round_tick;
        let texts = |low: f64, high: f64| -> Vec<String> {
            let marks = log_marks([low.log10(), high.log10()], 5);
            marks
                .into_iter()
                .map(|e| round_tick(10_f64.powf(e)))
                .collect()
        };
        assert_eq!(texts(1e-4, 1.0), ["0.0001", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(texts(0.01, 0.3), ["0.01", "0.02", "0.05", "0.1", "0.2"]);
        // The loss of a run that hardly learns: neighbours differ in their last digit.
        assert_eq!(
            texts(0.0021, 0.0026),
            ["0.0021", "0.0022", "0.0023", "0.0024", "0.0025", "0.0026"]
        );
        for (low, high) in [(1e-9, 1e3), (0.5, 0.50001), (3.0, 7e4), (0.99, 1.01)] {
            let texts = texts(low, high);
            let mut single = texts.clone();
            single.dedup();
            assert!(
                (2..=12).contains(&texts.len()) && single == texts,
                "{texts:?}"
            );
        }
    }

    #[test]
    fn values_are_placed_in_proportion() {
        let axis = Axis {
            range: [0.0, 50.0],
            span: [200.0, 100.0],
        };
        assert_eq!(axis.at(25.0), 150.0);
    }
}
