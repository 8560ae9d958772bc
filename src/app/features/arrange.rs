//! Which channels of the maps that have come are shown, in which order, and what is said of them.
//! Worked out once, not in each frame.

use std::collections::BTreeSet;

use crate::app::features::state::comparison::Sets;
use crate::app::features::state::maps::Tower;
use crate::app::features::state::muting::{ChannelState, Muting};
use crate::app::features::state::order::Find;
use crate::app::features::state::stars::{Favourites, layer_key};
use crate::app::features::state::studies::Studies;
use crate::app::features::view::FeatureView;
use crate::figure::{Stats, span};
use crate::humanize::plural;
use crate::model::{TapLayer, TowerId};

/// In which order a tower's channels stand.
enum Order<'a> {
    /// As its own maps say.
    Own,
    /// So too, but what is not zero in these is not hidden.
    BesideThese(&'a [Stats]),
    Given(&'a [u32]),
}

/// The state of a channel, and whether it is masked there or in what it stands beside.
type States<'a> = (&'a dyn Fn(u32) -> ChannelState, &'a dyn Fn(u32) -> bool);

impl FeatureView {
    /// Puts the channels in order where that has changed.
    pub(super) fn arrange(&mut self) {
        let key = (self.display.find, self.stars.version, self.muting.version);
        let Some(shown) = &mut self.maps.shown else {
            return;
        };
        if shown.arranged == Some(key) && self.comparison.arranged == Some(key) {
            return;
        }
        let arranger = Arranger {
            find: self.display.find,
            place: shown.place,
            network: &self.source.network,
            favourites: &self.stars.favourites,
            muting: &self.muting,
            studies: &self.studies,
        };
        shown.towers.iter_mut().for_each(|t| arranger.alone(t));
        shown.arranged = Some(key);
        let second = match self.comparison.is_of_photos() {
            true => Silent::Pinned,
            false => Silent::Here,
        };
        if let Some(sets) = &mut self.comparison.sets {
            for index in 0..sets.towers[0].len() {
                arranger.compared(sets, index, second);
            }
        }
        self.comparison.arranged = Some(key);
    }
}

/// What the order of channels depends on.
struct Arranger<'a> {
    find: Find,
    place: TapLayer,
    /// By its fingerprint.
    network: &'a str,
    favourites: &'a Favourites,
    muting: &'a Muting,
    studies: &'a Studies,
}

impl Arranger<'_> {
    fn state(&self, tower: TowerId, channel: u32) -> ChannelState {
        match self.place.is_conv() {
            true => self.muting.state(tower, self.place.layer, channel),
            false => ChannelState::Active,
        }
    }

    /// A tower that stands beside nothing.
    fn alone(&self, tower: &mut Tower) {
        let id = tower.maps.id;
        let state = |c| self.state(id, c);
        let masked = |c| self.state(id, c).is_masked();
        self.put(tower, Order::Own, (Silent::Here, None), (&state, &masked));
    }

    /// A tower of a comparison: the same channel stands at the same place in all three sets.
    fn compared(&self, sets: &mut Sets, index: usize, second: Silent) {
        let have_difference = sets.have_difference();
        let Some(id) = sets.towers[0][index].as_ref().map(|t| t.maps.id) else {
            return;
        };
        let mutes_second = sets.mutes_second(id, self.place.layer);
        let matched = sets.matched.clone();
        let [first, second_set, difference] = &mut sets.towers;
        let (Some(first), Some(other)) = (&mut first[index], &mut second_set[index]) else {
            return;
        };
        let matching = matched.as_ref().and_then(|matched| {
            let mut towers = matched.towers.iter();
            towers.find(|m| m.tower == first.maps.tower)
        });
        // Each network by its own numbers, and the second only where it is muted too.
        let state = |c| self.state(id, c);
        let state_beside = |c: u32| match matching {
            _ if !mutes_second => ChannelState::Active,
            None => self.state(id, c),
            Some(matching) => {
                let pair = matching.pair(c as usize);
                pair.map_or(ChannelState::Active, |pair| {
                    self.state(id, pair.partner as u32)
                })
            }
        };
        let masked = |c| state(c).is_masked() || state_beside(c).is_masked();
        if !have_difference {
            self.put(first, Order::Own, (Silent::Here, None), (&state, &masked));
            self.put(other, Order::Own, (second, None), (&state_beside, &masked));
            return;
        }
        let beside = Order::BesideThese(&other.maps.stats);
        self.put(first, beside, (Silent::Here, None), (&state, &masked));
        let mut given = first.order.clone();
        if let Some(matching) = matching
            && matching.pairs.len() < first.maps.channels()
        {
            // What has no partner stands beside nothing.
            given.retain(|c| matching.pair(*c as usize).is_some());
            let there = Order::Given(&given);
            self.put(first, there, (Silent::Here, None), (&state, &masked));
        }
        // In pairs it has other channels than its network.
        let theirs = matching.map(|m| m.channels[1]);
        let paired = matching.map(|m| m.pairs.len());
        let there = Order::Given(&given);
        self.put(other, there, (second, theirs), (&state_beside, &masked));
        // What is muted has no difference, and is hatched there.
        let (there, plain) = (Order::Given(&given), |_| ChannelState::Active);
        let Some(difference) = &mut difference[index] else {
            return;
        };
        self.put(difference, there, (Silent::Same, paired), (&plain, &masked));
    }

    fn put(
        &self,
        tower: &mut Tower,
        how: Order,
        (silent, all): (Silent, Option<usize>),
        (state, masked): States,
    ) {
        let layer = layer_key(self.place, &tower.maps.tower);
        let empty = BTreeSet::new();
        let stars = self.favourites.of(self.network, &layer).unwrap_or(&empty);
        let order = match how {
            Order::Given(order) => order.to_vec(),
            Order::Own => self.find.order(&tower.maps.stats, stars, masked),
            Order::BesideThese(others) => {
                let alive = |c| others.get(c as usize).is_some_and(|s: &Stats| !s.is_zero());
                let kept = |c| masked(c) || alive(c);
                self.find.order(&tower.maps.stats, stars, kept)
            }
        };
        let marks = order.iter().enumerate();
        let marks = marks.map(|(n, c)| (n, state(*c), stars.contains(c)));
        let marks = marks
            .filter(|m| m.1 != ChannelState::Active || m.2)
            .collect();
        let dead = self.studies.dead(self.place, tower.maps.id);
        let dead = dead.filter(|_| silent == Silent::Here);
        let silenced = |c| match silent {
            Silent::Same => masked(c),
            _ => state(c).is_masked(),
        };
        let seen = Seen {
            order: &order,
            stats: &tower.maps.stats,
            side: tower.maps.side(),
            all: all.unwrap_or(tower.maps.channels()),
        };
        (tower.facts, tower.range) = (seen.facts(silenced, (silent, dead)), seen.range());
        (tower.order, tower.marks) = (order, marks);
    }
}

/// Where channels without any value but zero are so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silent {
    /// On the photo at hand: another one may activate them.
    Here,
    /// On the photo that it is compared with.
    Pinned,
    /// In a difference.
    Same,
}

/// The maps of a tower that are in sight.
struct Seen<'a> {
    order: &'a [u32],
    /// Of each channel that the maps have, their own.
    stats: &'a [Stats],
    side: usize,
    /// How many channels the network has there, or pairs.
    all: usize,
}

impl Seen<'_> {
    fn stats_of(&self, channel: u32) -> Stats {
        let stats = self.stats.get(channel as usize);
        stats.copied().unwrap_or(Stats::NONE)
    }

    /// "0 to 6.52": of those in sight.
    fn range(&self) -> String {
        let shown: Vec<Stats> = self.order.iter().map(|c| self.stats_of(*c)).collect();
        let all = Stats::of_layer(&shown);
        match all.min.is_nan() {
            true => "–".to_owned(),
            false => span(all.min, all.max),
        }
    }

    /// "64 channels, 3 zero on this photo · 128 × 128", and shorter; how many are shown of how many
    /// where that is not all, and what is said is of those. `dead` are those that are zero on all
    /// photos that were looked through.
    fn facts(
        &self,
        masked: impl Fn(u32) -> bool,
        (silent, dead): (Silent, Option<Vec<u32>>),
    ) -> Vec<String> {
        let (shown, all, side) = (self.order.len(), self.all, self.side);
        let count = |is: &dyn Fn(u32) -> bool| self.order.iter().filter(|c| is(**c)).count();
        let zero = count(&|c| self.stats_of(c).is_zero() && !masked(c));
        let muted = match silent {
            Silent::Same => count(&masked),
            _ => 0, // each is marked
        };
        let dead = dead.map_or(0, |dead| count(&|c| dead.contains(&c)));
        let counted = match shown == all {
            true => all.to_string(),
            false => format!("{shown} of {all}"),
        };
        let noun = plural(all, "channel");
        let (short, long) = match (silent, zero) {
            (_, 0) => (String::new(), String::new()),
            (Silent::Same, n) => (format!(", {n} the same"), format!(", {n} the same")),
            (Silent::Here, n) => (format!(", {n} zero"), format!(", {n} zero on this photo")),
            (Silent::Pinned, n) => {
                let long = format!(", {n} zero on the pinned photo");
                (format!(", {n} zero"), long)
            }
        };
        let muted = match muted {
            0 => String::new(),
            n => format!(", {n} muted"),
        };
        let (short, long) = (format!("{muted}{short}"), format!("{muted}{long}"));
        let dead = match dead {
            0 => String::new(),
            n => format!(", {n} on all looked through"),
        };
        vec![
            format!("{counted} {noun}{long}{dead} · {side} × {side}"),
            format!("{counted} {noun}{long} · {side} × {side}"),
            format!("{counted} {noun}{long}"),
            format!("{counted} {noun}{short}"),
            format!("{counted}{short}"),
            counted,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of pairs, and of maps that a filter leaves.
    #[test]
    fn what_is_said_of_maps_is_of_those_in_sight() {
        let stats = [7.5, 0.0, 6.5, 3.0, 0.0].map(|max| Stats {
            max,
            sparsity: if max == 0.0 { 1.0 } else { 0.5 },
            ..Stats::default()
        });
        let seen = |order: &'static [u32]| Seen {
            order,
            stats: &stats,
            side: 8,
            all: 5,
        };
        let facts = |order, silent, muted: &[u32]| {
            let masked = |c| muted.contains(&c);
            seen(order).facts(masked, (silent, Some(vec![1, 4])))[0].clone()
        };
        let two = &[3, 2];
        assert_eq!(seen(two).range(), "0 to 6.50");
        assert_eq!(seen(&[0, 3]).range(), "0 to 7.50");
        assert_eq!(seen(&[]).range(), "–");
        let actual = |order, muted: &[u32]| facts(order, Silent::Same, muted);
        assert_eq!(actual(two, &[0]), "2 of 5 channels · 8 × 8");
        assert_eq!(actual(two, &[2, 0]), "2 of 5 channels, 1 muted · 8 × 8");
        assert_eq!(facts(two, Silent::Here, &[]), "2 of 5 channels · 8 × 8");
        assert_eq!(
            facts(&[1, 2, 3], Silent::Here, &[]),
            "3 of 5 channels, 1 zero on this photo, 1 on all looked through · 8 × 8"
        );
    }
}
