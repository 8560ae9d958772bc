//! Numbers along an axis.

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
        let [low, high] = self.range;
        let rough = (high - low) / wanted.max(1) as f64;
        if !(rough.is_finite() && rough > 0.0) {
            return Vec::new();
        }
        let unit = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|s| s * unit);
        let nearest = |a: &f64, b: &f64| (a / rough).ln().abs().total_cmp(&(b / rough).ln().abs());
        let step = steps.into_iter().min_by(nearest).unwrap_or(unit);
        let digits = (-step.log10().floor()).max(0.0) as usize;
        // A hair of room, for ends that are not exact.
        let first = (low / step - 1e-6).ceil() as i64;
        let last = (high / step + 1e-6).floor() as i64;
        (first..=last)
            .map(|n| n as f64 * step)
            .map(|v| (v, format!("{v:.digits$}")))
            .collect()
    }
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
    fn values_are_placed_in_proportion() {
        let axis = Axis {
            range: [0.0, 50.0],
            span: [200.0, 100.0],
        };
        assert_eq!(axis.at(25.0), 150.0);
    }
}
