//! Which channels are shown and in which order.

use std::collections::BTreeSet;

use crate::figure::Stats;

/// What channels are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Mean,
    Max,
    Sparsity,
}

impl Quantity {
    pub const ALL: [Self; 3] = [Self::Mean, Self::Max, Self::Sparsity];

    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Max => "maximum",
            Self::Sparsity => "sparsity",
        }
    }

    pub fn of(self, stats: &Stats) -> f32 {
        match self {
            Self::Mean => stats.mean,
            Self::Max => stats.max,
            Self::Sparsity => stats.sparsity,
        }
    }
}

/// Only channels on one side of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    pub of: Quantity,
    pub at_least: bool,
    pub value: f32,
}

impl Threshold {
    /// A channel without any number is on neither side.
    fn lets(&self, stats: &Stats) -> bool {
        let value = self.of.of(stats);
        if self.at_least {
            value >= self.value
        } else {
            value <= self.value
        }
    }

    pub fn text(&self) -> String {
        let sign = if self.at_least { '≥' } else { '≤' };
        format!("{} {sign} {:.3}", self.of.name(), self.value)
    }
}

/// How channels are found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Find {
    /// Largest first; as they are numbered if `None`.
    pub sort: Option<Quantity>,
    pub threshold: Option<Threshold>,
    pub hide_zero: bool,
    pub favourites_only: bool,
}

impl Find {
    pub fn is_filter(&self) -> bool {
        self.threshold.is_some() || self.hide_zero || self.favourites_only
    }

    /// The channels to show, of those that `stats` describes before its last entry, the layer's.
    /// What is held at zero by hand is not hidden.
    pub fn order(
        &self,
        stats: &[Stats],
        starred: &BTreeSet<u32>,
        masked: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let channels = stats.len().saturating_sub(1) as u32;
        let stat = |c: &u32| &stats[*c as usize];
        let mut order: Vec<u32> = (0..channels)
            .filter(|c| !(self.hide_zero && stat(c).is_zero() && !masked(*c)))
            .filter(|c| self.threshold.is_none_or(|t| t.lets(stat(c))))
            .filter(|c| !self.favourites_only || starred.contains(c))
            .collect();
        // Equal ones stay in their own order.
        if let Some(by) = self.sort {
            // One without any number comes last.
            let size = |c: &u32| match by.of(stat(c)) {
                v if v.is_nan() => f32::NEG_INFINITY,
                v => v,
            };
            order.sort_by(|a, b| size(b).total_cmp(&size(a)));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats() -> Vec<Stats> {
        [1.0, 0.0, 3.0, 3.0, 2.0]
            .map(|mean| Stats {
                mean,
                max: mean,
                sparsity: 1.0 - mean / 4.0,
                ..Stats::default()
            })
            .to_vec()
    }

    #[test]
    fn channels_are_sorted_largest_first_and_filtered() {
        let none = BTreeSet::new();
        let mut find = Find {
            sort: Some(Quantity::Mean),
            hide_zero: true,
            ..Find::default()
        };
        assert_eq!(find.order(&stats(), &none, |_| false), [2, 3, 0]);
        assert_eq!(find.order(&stats(), &none, |c| c == 1), [2, 3, 0, 1]);
        find.threshold = Some(Threshold {
            of: Quantity::Sparsity,
            at_least: true,
            value: 0.5,
        });
        assert_eq!(find.order(&stats(), &none, |_| false), [0]);
        find = Find {
            favourites_only: true,
            ..Find::default()
        };
        assert_eq!(find.order(&stats(), &[3, 1].into(), |_| false), [1, 3]);
        assert!(find.order(&[], &none, |_| false).is_empty());
    }

    #[test]
    fn a_channel_without_any_number_comes_last() {
        let mut stats = stats();
        stats[2] = Stats::NONE;
        let none = BTreeSet::new();
        for by in Quantity::ALL {
            let find = Find {
                sort: Some(by),
                ..Find::default()
            };
            let order = find.order(&stats, &none, |_| false);
            assert_eq!(order.last(), Some(&2), "{}", by.name());
        }
    }
}
