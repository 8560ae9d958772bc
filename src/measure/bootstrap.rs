//! How far figures would move with other faces of the same kind: intervals by resampling.
//!
//! Pictures of one person resemble each other, so where identities are known whole identities are
//! drawn with replacement, else single faces. A resample is a weight for each face; all predictors
//! are measured with the same ones.

use std::collections::{HashMap, HashSet};

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::humanize::counted;

/// A difference has no interval over fewer faces (or identities): of five, all have one sign by
/// chance in 2 · 2⁻⁵ > 5 % of cases.
pub const LEAST_UNITS: usize = 6;
/// Below so many, intervals by resampling tend to be too narrow: it is said.
pub const FEW_UNITS: usize = 30;
/// What is said then.
pub(super) const FEW_WORDS: &str = "which are few: the intervals may be too narrow";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    pub resamples: u32,
    pub seed: u64,
}

/// What was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resampled {
    /// Identities, of `units` of them; a face without one is drawn by itself.
    pub by_identity: bool,
    pub units: usize,
}

impl Resampled {
    /// What is drawn, in the singular.
    pub fn unit(&self) -> &'static str {
        match self.by_identity {
            true => "identity",
            false => "face",
        }
    }

    /// "12 identities".
    pub fn drawn(&self) -> String {
        counted(self.units, self.unit())
    }

    /// What is to be said of few; `None` of enough.
    pub fn few(&self) -> Option<String> {
        match self.units {
            0 | 1 => Some(format!("{} alone: no interval can be made", self.drawn())),
            2..FEW_UNITS => Some(format!("{}, {FEW_WORDS}", self.drawn())),
            _ => None,
        }
    }
}

/// The units that are drawn, and to which each face belongs.
pub(super) struct Units {
    unit_of: Vec<u32>,
    pub resampled: Resampled,
}

impl Units {
    pub fn new<'a>(identities: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut known = HashMap::new();
        let mut units = 0_u32;
        let mut next = || {
            units += 1;
            units - 1
        };
        let unit_of = identities
            .map(|identity| match identity {
                Some(identity) => *known.entry(identity).or_insert_with(&mut next),
                None => next(),
            })
            .collect();
        Self {
            unit_of,
            resampled: Resampled {
                by_identity: !known.is_empty(),
                units: units as usize,
            },
        }
    }

    /// To how many of them the faces belong that `counts` lets through.
    pub fn among(&self, counts: impl Fn(usize) -> bool) -> usize {
        let own = self.unit_of.iter().enumerate();
        let own = own.filter(|(face, _)| counts(*face)).map(|(_, unit)| unit);
        own.collect::<HashSet<_>>().len()
    }

    /// Whether these faces belong to more than one of them: of one, all resamples are the same.
    pub fn several(&self, faces: impl IntoIterator<Item = u32>) -> bool {
        let mut units = faces.into_iter().map(|f| self.unit_of[f as usize]);
        let first = units.next();
        units.any(|unit| Some(unit) != first)
    }

    /// To how many of them these faces belong.
    pub fn count(&self, faces: impl IntoIterator<Item = u32>) -> usize {
        let own = faces.into_iter().map(|f| self.unit_of[f as usize]);
        own.collect::<HashSet<_>>().len()
    }

    /// How often each face counts in resample `number`.
    pub fn weights(&self, seed: u64, number: u32) -> Vec<u32> {
        let stream = seed ^ u64::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(stream);
        let units = self.resampled.units;
        let mut drawn = vec![0_u32; units];
        for _ in 0..units {
            drawn[rng.random_range(0..units)] += 1;
        }
        self.unit_of.iter().map(|&u| drawn[u as usize]).collect()
    }
}

/// The interval of each of the figures that a resample gives: always equally many, or `None` to
/// end the work, which then has no result.
pub(super) fn resampled(
    resamples: u32,
    figures: impl Fn(u32) -> Option<Vec<f64>> + Sync + Send,
) -> Option<Vec<Option<[f64; 2]>>> {
    let resamples = (0..resamples).into_par_iter().map(figures);
    let resamples: Vec<Vec<f64>> = resamples.collect::<Option<_>>()?;
    let Some(first) = resamples.first() else {
        return Some(Vec::new());
    };
    let intervals = (0..first.len())
        .into_par_iter()
        .map(|i| interval(resamples.iter().map(|r| r[i]).collect()));
    Some(intervals.collect())
}

/// The middle 95 % of `values`: their 2.5th and 97.5th percentiles, between two values in
/// proportion. Those that are not numbers are left out; `None` of fewer than two.
pub fn interval(mut values: Vec<f64>) -> Option<[f64; 2]> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1).filter(|n| *n > 0)?;
    Some([0.025, 0.975].map(|q| {
        let place = q * last as f64;
        let below = place as usize;
        let above = (below + 1).min(last);
        values[below] + (values[above] - values[below]) * (place - below as f64)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn faces_of_one_identity_are_drawn_together() {
        let people = [Some("a"), None, Some("b"), Some("a"), None];
        let units = Units::new(people.into_iter());
        assert_eq!(
            units.resampled,
            Resampled {
                by_identity: true,
                units: 4
            }
        );
        let mut different = std::collections::BTreeSet::new();
        for number in 0..50 {
            let w = units.weights(3, number);
            assert_eq!(w[0], w[3]);
            assert_eq!(w[0] + w[1] + w[2] + w[4], 4);
            assert_eq!(w, units.weights(3, number));
            different.insert(w);
        }
        assert!(different.len() > 10);
    }

    #[test]
    fn faces_of_one_identity_are_not_several_and_few_are_said() {
        let people = [Some("a"), None, Some("b"), Some("a")];
        let units = Units::new(people.into_iter());
        assert_eq!([units.count([0, 3]), units.count([3, 2, 0, 1])], [1, 3]);
        assert!(!units.several([0, 3]) && !units.several([1]) && !units.several([]));
        assert!(units.several([0, 3, 2]) && units.several([0, 1]));
        let few = |by_identity, units| Resampled { by_identity, units }.few();
        assert!(few(true, 1).unwrap().starts_with("1 identity alone: no"));
        assert!(few(true, 2).unwrap().starts_with("2 identities, which are"));
        assert!(few(false, 29).unwrap().contains("may be too narrow"));
        assert_eq!(few(false, 30), None);
    }

    #[test]
    fn an_interval_needs_two_values() {
        assert_eq!(interval(vec![f64::NAN, 3.0]), None);
        assert_eq!(interval(vec![]), None);
        let [low, high] = interval((0..=1000).map(f64::from).collect()).unwrap();
        assert!((low - 25.0).abs() < 1e-9 && (high - 975.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn an_interval_lies_within_its_values(values in prop::collection::vec(-1e3f64..1e3, 2..60)) {
            let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
            let [low, high] = interval(values).unwrap();
            prop_assert!(least <= low && low <= high && high <= most);
        }
    }
}
