//! What two networks' or two photos' maps differ in, tower by tower.

use crate::model::FeatureMap;
use crate::study::matching::Matching;

/// Whether the second's channels can be held against those of the first: where two networks have
/// different numbers of channels, only those that are paired can.
pub fn has_difference(first: &[FeatureMap], second: &[FeatureMap]) -> bool {
    first.iter().zip(second).all(|(a, b)| a.has_shape_of(b))
}

/// Second − first; nothing where they cannot be held against each other. With `scaled` each channel
/// is divided by its largest absolute value first.
pub fn difference(first: &[FeatureMap], second: &[FeatureMap], scaled: bool) -> Vec<FeatureMap> {
    if !has_difference(first, second) {
        return Vec::new();
    }
    let pairs = first.iter().zip(second);
    pairs
        .map(|(a, b)| match scaled {
            true => b.scaled_by_maxima().minus(&a.scaled_by_maxima()),
            false => b.minus(a),
        })
        .collect()
}

/// The channels of the first whose difference is of none: those that are muted on either side, by the
/// numbers that each has for them.
pub fn muted_pairs(first: &[usize], second: &[usize], matching: Option<&Matching>) -> Vec<usize> {
    let beside = second.iter().filter_map(|channel| match matching {
        None => Some(*channel),
        Some(matching) => {
            let mut pairs = matching.pairs.iter();
            pairs.find(|p| p.partner == *channel).map(|p| p.channel)
        }
    });
    let mut all: Vec<usize> = first.iter().copied().chain(beside).collect();
    all.sort_unstable();
    all.dedup();
    all
}
