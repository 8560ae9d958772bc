//! Intervals where resampling has none to give: of a share of 0 or 100 %, every resample has the
//! same, so that its interval has no width however few the faces are.

use super::estimate::{Estimate, Measure};

/// The 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Measure {
    /// Whether it is a mean of numbers between 0 and 1, one a face. No such mean spreads wider than
    /// a share.
    fn is_share(self) -> bool {
        matches!(
            self,
            Self::Success | Self::Auc | Self::Failure | Self::Accuracy
        )
    }

    /// Whether it lies between 0 and 100 %.
    fn is_bounded(self) -> bool {
        self.is_share() || matches!(self, Self::BalancedAccuracy | Self::F1)
    }
}

impl Estimate {
    /// At 0 and 100 %, gives a share Wilson's interval over `units` faces (or identities, of which
    /// each counts once), and what is no share none.
    pub(super) fn settle_at_bounds(&mut self, measure: Measure, units: usize) {
        let Some(value) = self.value.filter(|v| *v == 0.0 || *v == 100.0) else {
            return;
        };
        if self.interval.is_none() || !measure.is_bounded() {
            return;
        }
        self.interval = measure.is_share().then(|| wilson(value, units));
        self.wilson = self.interval.is_some();
    }
}

/// Wilson's score interval of a share of 0 or 100 % among `n` (E. B. Wilson, *Probable inference,
/// the law of succession, and statistical inference*, JASA 1927), in percent.
fn wilson(share: f64, n: usize) -> [f64; 2] {
    let n = n as f64;
    let reach = 100.0 * Z * Z / (n + Z * Z);
    match share == 0.0 {
        true => [0.0, reach],
        false => [100.0 - reach, 100.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_wilsons_formula_at_its_ends() {
        for n in [2, 10, 300] {
            let formula = |p: f64| -> [f64; 2] {
                let n = f64::from(n);
                let middle = p + Z * Z / (2.0 * n);
                let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
                [-1.0, 1.0].map(|sign| 100.0 * (middle + sign * reach) / (1.0 + Z * Z / n))
            };
            for share in [0.0, 1.0] {
                let ours = wilson(100.0 * share, n as usize);
                for (a, b) in ours.iter().zip(formula(share)) {
                    assert!((a - b).abs() < 1e-9, "{n}: {ours:?}");
                }
            }
        }
        // As tables of it have it: none of 10 is up to 27.75 %.
        assert!((wilson(0.0, 10)[1] - 27.75).abs() < 0.005);
    }

    #[test]
    fn only_what_resampling_leaves_without_width_is_settled() {
        let at = |measure, value, interval| {
            let mut figure = Estimate {
                value: Some(value),
                interval,
                ..Estimate::default()
            };
            figure.settle_at_bounds(measure, 10);
            (figure.interval, figure.wilson)
        };
        let flat = |v| Some([v, v]);
        let (found, wilson) = at(Measure::Success, 100.0, flat(100.0));
        assert!(wilson && found.unwrap()[0] < 73.0 && found.unwrap()[1] == 100.0);
        assert!(at(Measure::Failure, 0.0, flat(0.0)).1);
        assert_eq!(at(Measure::F1, 100.0, flat(100.0)), (None, false));
        assert_eq!(at(Measure::Accuracy, 100.0, None), (None, false));
        let own = Some([97.0, 100.0]);
        assert_eq!(at(Measure::Accuracy, 99.0, own), (own, false));
        assert_eq!(at(Measure::Nme, 0.0, flat(0.0)), (flat(0.0), false));
    }
}
