//! Whether two figures over the same faces differ: every resample measures both with the same
//! weights, so that what makes all faces harder or easier cancels.

use serde::Serialize;

use super::bootstrap::{Bootstrap, FEW_UNITS, FEW_WORDS, LEAST_UNITS, Resampled, Units, resampled};
use crate::humanize::counted;

/// What studies of channels and towers resample by.
pub const PAIRED: Bootstrap = Bootstrap {
    resamples: 1000,
    seed: 1,
};

/// How far one figure is from another over the same faces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub value: f64,
    /// The middle 95 % over resamples; `None` over too few faces.
    pub interval: Option<[f64; 2]>,
}

impl Difference {
    /// The value and the ends of its interval, as far as they are numbers.
    pub fn ends(self) -> impl Iterator<Item = f64> {
        let ends = self.interval.into_iter().flatten();
        ends.chain([self.value]).filter(|v| v.is_finite())
    }

    /// Whether the interval leaves zero out.
    pub fn differs(&self) -> bool {
        self.interval.is_some_and(differs)
    }
}

/// Whether an interval leaves zero out.
pub fn differs([low, high]: [f64; 2]) -> bool {
    low > 0.0 || high < 0.0
}

impl Resampled {
    /// "95 % intervals over 1000 resamples of 40 faces", and what is to be said of few.
    pub fn describe(&self) -> String {
        let units = self.units;
        let noun = if self.by_identity { "person" } else { "face" };
        let drawn = counted(units, noun);
        if units < LEAST_UNITS {
            return format!("{drawn}: too few to tell anything from zero");
        }
        let resamples = counted(PAIRED.resamples as usize, "resample");
        let text = format!("95 % intervals over {resamples} of {drawn}");
        match units < FEW_UNITS {
            true => format!("{text}, {FEW_WORDS}"),
            false => text,
        }
    }
}

/// Resamples of some faces.
pub struct Resampling {
    units: Units,
    bootstrap: Bootstrap,
}

impl Resampling {
    /// Of faces with these identities; a face without one is drawn by itself.
    pub fn new<'a>(
        identities: impl Iterator<Item = Option<&'a str>>,
        bootstrap: Bootstrap,
    ) -> Self {
        Self {
            units: Units::new(identities),
            bootstrap,
        }
    }

    pub fn resampled(&self) -> Resampled {
        self.units.resampled
    }

    /// Whether the faces that `counts` lets through are enough for an interval.
    pub fn suffices(&self, counts: impl Fn(usize) -> bool) -> bool {
        self.units.among(counts) >= LEAST_UNITS
    }

    /// The interval of each number that `figures` makes of weights, one for each face: always
    /// equally many numbers.
    pub fn intervals(
        &self,
        figures: impl Fn(&[u32]) -> Vec<f64> + Sync + Send,
    ) -> Vec<Option<[f64; 2]>> {
        let Bootstrap { resamples, seed } = self.bootstrap;
        let figures = |number| Some(figures(&self.units.weights(seed, number)));
        // Nothing ends it on the way.
        resampled(resamples, figures).unwrap_or_default()
    }
}

/// A mean over what is known of faces, and how it changes under several alternatives: of each, the
/// sums of what changes over the count of what is known.
pub struct Changes {
    /// Face and count, of the faces of which anything is known.
    known: Vec<(u32, f32)>,
    /// Face and change, of those on which an alternative does something.
    alternatives: Vec<Vec<(u32, f32)>>,
}

impl Changes {
    pub fn new(alternatives: usize) -> Self {
        Self {
            known: Vec::new(),
            alternatives: vec![Vec::new(); alternatives],
        }
    }

    pub fn know(&mut self, face: usize, count: usize) {
        if count > 0 {
            self.known.push((face as u32, count as f32));
        }
    }

    pub fn change(&mut self, alternative: usize, face: usize, by: f64) {
        if by != 0.0 {
            self.alternatives[alternative].push((face as u32, by as f32));
        }
    }

    /// The change of the mean under each alternative; nothing where nothing is known.
    pub fn means(&self, weights: &[u32]) -> Option<Vec<f64>> {
        let sum = |terms: &[(u32, f32)]| -> f64 {
            let weighted = |(face, v): &(u32, f32)| {
                let weight = weights.get(*face as usize).copied().unwrap_or(0);
                f64::from(weight) * f64::from(*v)
            };
            terms.iter().map(weighted).sum()
        };
        let known = sum(&self.known);
        let means = || self.alternatives.iter().map(|a| sum(a) / known).collect();
        (known > 0.0).then(means)
    }

    /// Whether anything is known of a face.
    pub fn knows(&self, face: usize) -> bool {
        let at = self.known.binary_search_by_key(&(face as u32), |k| k.0);
        at.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::interval;
    use super::*;

    fn alone(count: usize) -> impl Iterator<Item = Option<&'static str>> {
        (0..count).map(|_| None)
    }

    #[test]
    fn an_interval_is_that_of_the_resampled_differences() {
        let values: Vec<f64> = (0..40).map(|i| f64::from((i * 37) % 41) - 12.0).collect();
        let mean = |weights: &[u32]| {
            let (sum, n) = values
                .iter()
                .zip(weights)
                .fold((0.0, 0.0), |(s, n), (v, w)| {
                    (s + v * f64::from(*w), n + f64::from(*w))
                });
            sum / n
        };
        let resampling = Resampling::new(alone(40), PAIRED);
        let found = resampling.intervals(|w| vec![mean(w), -mean(w)]);
        // The same, drawn one after another.
        let units = Units::new(alone(40));
        let drawn = |n| mean(&units.weights(PAIRED.seed, n));
        let direct = interval((0..PAIRED.resamples).map(drawn).collect()).unwrap();
        let near = |found: Option<[f64; 2]>, expected: [f64; 2]| {
            let pairs = found.into_iter().flatten().zip(expected);
            found.is_some() && pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-9)
        };
        assert!(near(found[0], direct) && near(found[1], [-direct[1], -direct[0]]));
        // And as the normal distribution has it, roughly.
        let n = values.len() as f64;
        let average = values.iter().sum::<f64>() / n;
        let spread = values.iter().map(|v| (v - average).powi(2)).sum::<f64>() / n;
        let reach = 1.96 * (spread / n).sqrt();
        let [low, high] = direct;
        assert!((low - (average - reach)).abs() < 0.2 * reach, "{low}");
        assert!((high - (average + reach)).abs() < 0.2 * reach, "{high}");
    }

    #[test]
    fn few_faces_do_not_suffice_and_those_of_one_person_count_once() {
        let suffices = |n| Resampling::new(alone(n), PAIRED).suffices(|_| true);
        assert!(!suffices(LEAST_UNITS - 1) && suffices(LEAST_UNITS));
        let people = (0..40).map(|i| Some(["a", "b", "c"][i % 3]));
        assert!(!Resampling::new(people, PAIRED).suffices(|_| true));
        let resampling = Resampling::new(alone(40), PAIRED);
        assert!(!resampling.suffices(|face| face < 5));
    }

    #[test]
    fn few_faces_are_said() {
        let text = |by_identity, units| Resampled { by_identity, units }.describe();
        assert!(text(false, 8).contains("of 8 faces, which are few"));
        assert!(text(false, 1).starts_with("1 face: too few"));
        assert!(text(true, 5).starts_with("5 persons: too few"));
        assert!(text(true, 40).ends_with("resamples of 40 persons"));
    }

    #[test]
    fn only_an_interval_on_one_side_of_zero_differs() {
        let difference = |interval| Difference {
            value: 1.0,
            interval,
        };
        assert!(difference(Some([0.1, 2.0])).differs());
        assert!(difference(Some([-2.0, -0.1])).differs());
        assert!(!difference(Some([-0.1, 2.0])).differs());
        assert!(!difference(Some([0.0, 2.0])).differs());
        assert!(!difference(None).differs());
    }
}
