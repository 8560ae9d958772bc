//! Which faces something is measured over: drawn at random under a seed from the whole set, so that
//! neither the order of a list nor how it is sorted decides what is found.

use std::borrow::Borrow;

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use serde::Serialize;

use super::Sample;
use crate::humanize::{counted, thousands};

/// The seed unless somebody gives another.
pub const SUBSET_SEED: u64 = 1;

/// Faces that were drawn, and from which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaceSubset {
    /// The data set that they are of; may be empty.
    pub data: String,
    /// Their places in the set, in the order in which they are looked at: a random one, so that
    /// what is stopped early is over a random part too.
    #[serde(skip)]
    pub indices: Vec<u32>,
    pub drawn: usize,
    /// How many there were to draw from.
    pub from: usize,
    /// Whether those without labels were left out before.
    pub labelled: bool,
    /// Whether only those were drawn from that a list shows at the moment.
    pub shown: bool,
    pub seed: u64,
}

/// From which faces of a set to draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Population<'a> {
    /// What the data set is called; may be empty.
    pub data: &'a str,
    /// Only these of them, in whatever order; all of them if `None`.
    pub shown: Option<&'a [u32]>,
    /// Only those with a label, where there is one that has.
    pub labelled: bool,
}

impl FaceSubset {
    /// For what needs no faces of a set.
    pub fn none() -> Self {
        Self::draw(&[] as &[Sample], Population::default(), None, SUBSET_SEED)
    }

    /// Draws `at_most` faces, or all of them, without replacement. More of the same are the same and
    /// others.
    pub fn draw(
        samples: &[impl Borrow<Sample>],
        population: Population,
        at_most: Option<usize>,
        seed: u64,
    ) -> Self {
        let mut all: Vec<u32> = match population.shown {
            None => (0..samples.len() as u32).collect(),
            Some(shown) => {
                let mut shown = shown.to_vec();
                shown.sort_unstable();
                shown.dedup();
                shown.retain(|i| (*i as usize) < samples.len());
                shown
            }
        };
        let mut labelled = false;
        if population.labelled {
            let has = |i: &u32| samples[*i as usize].borrow().is_labelled();
            let known: Vec<u32> = all.iter().copied().filter(has).collect();
            if !known.is_empty() {
                (all, labelled) = (known, true);
            }
        }
        let from = all.len();
        all.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        all.truncate(at_most.unwrap_or(from));
        Self {
            data: population.data.to_owned(),
            drawn: all.len(),
            indices: all,
            from,
            labelled,
            shown: population.shown.is_some(),
            seed,
        }
    }

    /// Over which faces something is that was found over the first `faces` of them: "100 of all 4,000
    /// labelled faces of celeba, drawn at random (seed 1)", "all 8 faces", "100 of the 312 faces shown
    /// of celeba, …".
    pub fn describe(&self, faces: usize) -> String {
        let noun = match self.labelled {
            true => "labelled face",
            false => "face",
        };
        let shown = if self.shown { " shown" } else { "" };
        let of = match self.data.as_str() {
            "" => String::new(),
            data => format!(" of {data}"),
        };
        let from = format!("{}{shown}{of}", counted(self.from, noun));
        match (faces >= self.from, self.shown) {
            (true, true) => format!("the {from}"),
            (true, false) => format!("all {from}"),
            (false, shown) => {
                let all = if shown { "the" } else { "all" };
                let (faces, seed) = (thousands(faces), self.seed);
                format!("{faces} of {all} {from}, drawn at random (seed {seed})")
            }
        }
    }
}

impl Sample {
    /// Whether anything of it is known.
    pub fn is_labelled(&self) -> bool {
        let tasks = 0..self.annotation.tasks.len();
        tasks.into_iter().any(|t| self.annotation.known(t) > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Presence, Schema, TaskLabels};

    fn samples(count: usize) -> Vec<Sample> {
        let sample = |i: usize| {
            let mut sample = Sample::unlabelled(format!("{i}.png").as_ref(), &Schema::face());
            // Two of three are labelled.
            if !i.is_multiple_of(3) {
                sample.annotation.tasks[1] = TaskLabels::Binary(vec![Presence::Absent; 40]);
            }
            sample
        };
        (0..count).map(sample).collect()
    }

    #[test]
    fn the_order_of_a_list_does_not_change_which_faces_are_drawn() {
        let samples = samples(300);
        let drawn = |shown: Option<&[u32]>| {
            let population = Population {
                shown,
                labelled: true,
                ..Population::default()
            };
            FaceSubset::draw(&samples, population, Some(40), 1)
        };
        let mut order: Vec<u32> = (0..300).collect();
        let first = drawn(Some(&order));
        order.reverse();
        assert_eq!(drawn(Some(&order)), first);
        order.sort_by_key(|i| (i * 7919) % 300);
        assert_eq!(drawn(Some(&order)), first);
        assert_eq!(drawn(None).indices, first.indices);
        assert!(first.indices.iter().all(|i| i % 3 > 0), "labelled ones");
        // From all over the list: a quarter of it has about a quarter of them.
        for quarter in 0..4 {
            let own = |i: &&u32| **i / 75 == quarter;
            let count = first.indices.iter().filter(own).count();
            assert!((4..=16).contains(&count), "{count} in quarter {quarter}");
        }
    }

    #[test]
    fn fewer_faces_are_the_first_of_more_and_another_seed_draws_others() {
        let samples = samples(300);
        let drawn = |n, seed| FaceSubset::draw(&samples, Population::default(), Some(n), seed);
        assert_eq!(drawn(10, 1).indices, drawn(40, 1).indices[..10]);
        assert_ne!(drawn(10, 1).indices, drawn(10, 2).indices);
        let all = FaceSubset::draw(&samples, Population::default(), None, 1);
        let mut sorted = all.indices.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..300).collect::<Vec<u32>>());
    }

    #[test]
    fn it_is_said_of_which_faces_they_are() {
        let samples = samples(300);
        let text = |shown: Option<&[u32]>, labelled, n| {
            let population = Population {
                shown,
                labelled,
                ..Population::default()
            };
            let choice = FaceSubset::draw(&samples, population, n, 1);
            choice.describe(choice.drawn)
        };
        let some: Vec<u32> = (0..30).collect();
        let random = "drawn at random (seed 1)";
        let actual = format!("40 of all 200 labelled faces, {random}");
        assert_eq!(text(None, true, Some(40)), actual);
        assert_eq!(text(None, false, None), "all 300 faces");
        let actual = format!("5 of the 20 labelled faces shown, {random}");
        assert_eq!(text(Some(&some), true, Some(5)), actual);
        assert_eq!(text(Some(&some), false, Some(99)), "the 30 faces shown");
        // Without any label there is nothing to leave out.
        assert_eq!(text(Some(&[0, 3]), true, None), "the 2 faces shown");
    }
    #[test]
    fn the_data_set_is_named() {
        let samples = samples(300);
        let text = |shown: Option<&[u32]>, n| {
            let population = Population {
                data: "celeba",
                shown,
                labelled: false,
            };
            let choice = FaceSubset::draw(&samples, population, n, 7);
            choice.describe(choice.drawn)
        };
        let random = "drawn at random (seed 7)";
        assert_eq!(
            text(None, Some(32)),
            format!("32 of all 300 faces of celeba, {random}")
        );
        assert_eq!(text(None, None), "all 300 faces of celeba");
        assert_eq!(
            text(Some(&[4, 9, 2]), Some(2)),
            format!("2 of the 3 faces shown of celeba, {random}")
        );
    }
}
