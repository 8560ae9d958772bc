//! Which channel of one network answers to the same things as which channel of another. Networks
//! that were trained apart have their channels in any order, so channel k of one says nothing about
//! channel k of the other; those whose maps correlate over faces and places do (Y. Li, J. Yosinski,
//! J. Clune, H. Lipson, J. Hopcroft, *Convergent Learning*, 2016).

mod assignment;
mod correlation;

use super::error::StudyError;
use crate::dataset::Sample;
use crate::humanize::title;
use crate::model::{FeatureMap, Predictor, Tap, TapLayer, crop_group, run_of};
use crate::photo::PhotoError;
use assignment::assigned;
use correlation::Correlations;

/// Faces that go through both networks together.
const GROUP: usize = 8;
/// Mean cosine of the weights of equal channels from which two networks are of one origin: those
/// that began apart have about 0.
const ALIKE: f64 = 0.5;

/// A channel and its partner in another network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub channel: usize,
    /// No two channels have the same.
    pub partner: usize,
    /// Pearson's, over faces and places; `None` where one of the two never varies.
    pub correlation: Option<f64>,
    /// The one that correlates most, which others may share.
    pub best: usize,
    pub best_correlation: Option<f64>,
}

/// The pairs of a tower, by channel; of a network that has fewer channels than the other, each has
/// one.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    pub tower: String,
    pub place: TapLayer,
    pub faces: usize,
    /// How many the first network has and how many the second, paired or not.
    pub channels: [usize; 2],
    pub pairs: Vec<Pair>,
}

/// The channels of two networks in pairs, and over which faces they were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// Tower by tower.
    pub towers: Vec<Matching>,
    /// Over which faces.
    pub faces: String,
    /// Fingerprints of both.
    pub networks: [String; 2],
}

impl Matched {
    /// How the channels of a tower are matched.
    ///
    /// # Errors
    /// If they are not.
    pub fn at(&self, place: TapLayer, tower: &str) -> Result<&Matching, StudyError> {
        let of = |m: &&Matching| (m.place, m.tower.as_str()) == (place, tower);
        let found = self.towers.iter().find(of);
        found.ok_or_else(|| StudyError::NotMatched(format!("{} {}", title(tower), place.title())))
    }
}

impl Matching {
    /// The mean correlation of the pairs that have one.
    pub fn mean(&self) -> Option<f64> {
        let known = || self.pairs.iter().filter_map(|p| p.correlation);
        let count = known().count();
        (count > 0).then(|| known().sum::<f64>() / count as f64)
    }

    /// The pair of a channel of the first.
    pub fn pair(&self, channel: usize) -> Option<&Pair> {
        // They are in order, without those that have no partner.
        let at = self
            .pairs
            .binary_search_by_key(&channel, |pair| pair.channel);
        at.ok().map(|at| &self.pairs[at])
    }

    /// For each of so many channels the partner's maps in its place; no number where it has none.
    pub fn paired(&self, map: &FeatureMap, channels: usize) -> FeatureMap {
        let plane = map.side * map.side;
        let mut data = vec![f32::NAN; channels * plane];
        for pair in &self.pairs {
            let from = &map.data[pair.partner * plane..(pair.partner + 1) * plane];
            data[pair.channel * plane..(pair.channel + 1) * plane].copy_from_slice(from);
        }
        FeatureMap {
            data,
            channels,
            ..map.clone()
        }
    }
}

/// The taps of the towers that have a place in both networks, in the order of the first.
pub fn common_taps([first, second]: [&Predictor; 2], place: TapLayer) -> Vec<[Tap; 2]> {
    let (own, other) = (first.network(), second.network());
    let pairs = own.taps_at(place).into_iter().filter_map(|tap| {
        let tower = other.tower(own.tower_name(tap.tower))?;
        let there = other.taps_at(place);
        let beside = there.into_iter().find(|tap| tap.tower == tower)?;
        Some([tap, beside])
    });
    pairs.collect()
}

/// The towers that have the place in both networks, which their channels can be matched in.
///
/// # Errors
/// If there are none.
pub fn towers_at(both: [&Predictor; 2], place: TapLayer) -> Result<Vec<String>, StudyError> {
    let names = |p: &Predictor| -> Vec<String> {
        let taps = p.network().taps_at(place).into_iter();
        let names = taps.map(|tap| p.network().tower_name(tap.tower).to_owned());
        names.collect()
    };
    let common = common_taps(both, place).into_iter();
    let name = |[tap, _]: [Tap; 2]| both[0].network().tower_name(tap.tower).to_owned();
    let common: Vec<String> = common.map(name).collect();
    if common.is_empty() {
        let [first, second] = both.map(names);
        let listed = |names: &[String]| match names {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        return Err(StudyError::DifferentTowers {
            place: place.title(),
            first: listed(&first),
            second: listed(&second),
        });
    }
    Ok(common)
}

/// Matches the channels of every tower that has the place, one to one so that the sum of their
/// correlations over the samples is largest: as many as the network with fewer has. `progress` is told how many samples are done and stops
/// the work by returning false: the matching is then over those that were finished.
///
/// # Errors
/// If the two have no tower in common at the place.
pub fn match_channels(
    [first, second]: [&Predictor; 2],
    place: TapLayer,
    samples: &[&Sample],
    mut progress: impl FnMut(usize) -> bool,
) -> Result<(Vec<Matching>, Vec<PhotoError>), StudyError> {
    let towers = towers_at([first, second], place)?;
    let (own, others) = common_taps([first, second], place)
        .into_iter()
        .map(|[a, b]| (a, b))
        .unzip();
    let taps: [Vec<Tap>; 2] = [own, others];
    let channels = [first, second].map(|p| place.channels(p.network().config().width));
    let mut sums: Vec<Correlations> = towers.iter().map(|_| Correlations::new(channels)).collect();
    let (mut faces, mut problems) = (0, Vec::new());
    let size = first.batch_size(GROUP).min(second.batch_size(GROUP));
    for (g, group) in samples.chunks(size).enumerate() {
        if !progress(g * size) {
            break;
        }
        let mut inputs = [Vec::new(), Vec::new()];
        let cuts = [first, second].map(|p| crop_group(p, group, Sample::region_in));
        let [own, others] = cuts;
        let mut readable = 0;
        for cuts in own.into_iter().zip(others) {
            match cuts {
                (Ok(a), Ok(b)) => {
                    inputs[0].extend(a.input);
                    inputs[1].extend(b.input);
                    readable += 1;
                }
                (Err(problem), _) | (_, Err(problem)) => problems.push(problem),
            }
        }
        if readable == 0 {
            continue;
        }
        let maps = |p: &Predictor, inputs: &[f32], taps: &[Tap]| -> Vec<Vec<f32>> {
            let maps = p.network().maps(p.tensor(inputs, readable), &[], taps);
            maps.into_iter().map(|map| p.read_back(map)).collect()
        };
        let a = maps(first, &inputs[0], &taps[0]);
        let b = maps(second, &inputs[1], &taps[1]);
        for ((sums, a), b) in sums.iter_mut().zip(a).zip(b) {
            let [own, other] = [&a, &b].map(|maps| maps.len() / readable);
            for (a, b) in a.chunks_exact(own).zip(b.chunks_exact(other)) {
                sums.add(a, b);
            }
        }
        faces += readable;
    }
    progress(samples.len());
    let matched = towers.into_iter().zip(sums).map(|(tower, sums)| Matching {
        tower,
        place,
        faces,
        channels: sums.channels(),
        pairs: pairs(&sums),
    });
    Ok((matched.collect(), problems))
}

fn pairs(sums: &Correlations) -> Vec<Pair> {
    let [own, others] = sums.channels();
    // Where one has fewer, the channels that are left are paired with nothing.
    let n = own.max(others);
    // What never varies is like nothing, and paired with what is left.
    let gain = |i: usize| {
        let (channel, other) = (i / n, i % n);
        let known = channel < own && other < others;
        let found = known.then(|| sums.of(channel, other)).flatten();
        found.unwrap_or(0.0)
    };
    let gains: Vec<f64> = (0..n * n).map(gain).collect();
    let partners = assigned(&gains, n);
    let pair = |(channel, partner): (usize, usize)| {
        let gain = |other: &usize| gains[channel * n + other];
        let best = (0..others).max_by(|a, b| gain(a).total_cmp(&gain(b)));
        let best = best.unwrap_or(partner);
        Pair {
            channel,
            partner,
            correlation: sums.of(channel, partner),
            best,
            best_correlation: sums.of(channel, best),
        }
    };
    let both = |(channel, partner): &(usize, usize)| *channel < own && *partner < others;
    let partners = partners.into_iter().enumerate().filter(both);
    partners.map(pair).collect()
}

/// What is said of networks that are apart.
pub const TRAINED_APART: &str =
    "the networks were trained apart: channel k of one is not channel k of the other";

/// Whether channel k of one network is channel k of another at some place of a tower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kinship {
    /// Mean cosine of the weights that make channel k in both; `None` where they have different
    /// shapes.
    pub cosine: Option<f64>,
    /// Whether both are of one run.
    pub same_run: bool,
}

impl Kinship {
    /// Of the map at a tap of one network and its like in another.
    pub fn between([first, second]: [&Predictor; 2], taps: [Tap; 2]) -> Self {
        let weights = [first, second].map(|p| p.checkpoint().origin.clone());
        let [own, other] =
            [(first, taps[0]), (second, taps[1])].map(|(p, tap)| p.network().map_weight(tap));
        let same_run = run_of(&weights[0]).is_some_and(|run| run_of(&weights[1]) == Some(run));
        Self {
            cosine: own.zip(other).and_then(|(a, b)| mean_cosine(&a, &b)),
            same_run,
        }
    }

    /// Whether pairing equal numbers means nothing.
    pub fn is_apart(&self) -> bool {
        !self.same_run && self.cosine.is_none_or(|c| c < ALIKE)
    }
}

/// Of the rows of two weights, each of which makes a channel.
fn mean_cosine(a: &(Vec<f32>, usize), b: &(Vec<f32>, usize)) -> Option<f64> {
    if a.1 != b.1 || a.0.len() != b.0.len() || a.1 == 0 {
        return None;
    }
    let product = |a: &[f32], b: &[f32]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let row = a.0.len() / a.1;
    let rows = a.0.chunks_exact(row).zip(b.0.chunks_exact(row));
    let cosines: Vec<f64> = rows
        .map(|(a, b)| product(a, b) / (product(a, a) * product(b, b)).sqrt())
        .filter(|c| c.is_finite())
        .collect();
    (!cosines.is_empty()).then(|| cosines.iter().sum::<f64>() / cosines.len() as f64)
}

#[cfg(test)]
mod tests;
