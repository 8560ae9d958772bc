//! How the maps that have come are looked at: which channels in which order, in what colours and
//! ranges, and where on the face a place in a map is. What depends on the look alone is worked out
//! once, not in each frame.

use std::collections::BTreeSet;

use eframe::egui::{self, Rect, pos2};

use crate::app::features::compare::{Set, Slot};
use crate::app::features::muting::Heard;
use crate::app::features::order::Find;
use crate::app::features::{FeatureView, Tower};
use crate::engine::TowerMaps;
use crate::figure::{ColourMap, GridStyle, Scale, Stats, span};
use crate::humanize::plural;
use crate::label::INPUT_SIZE;
use crate::model::TowerId;

/// How maps are shown, whatever the layer.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub scale: ScaleChoice,
    /// Ends of the fixed range, once it was chosen.
    pub fixed: Option<(f32, f32)>,
    pub colours: ColourMap,
    /// Fused maps are of either sign.
    pub fused_colours: ColourMap,
    pub find: Find,
    /// Size of a map beside that at which the grid fits the pane.
    pub zoom: f32,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            scale: ScaleChoice::Channel,
            fixed: None,
            colours: ColourMap::default(),
            fused_colours: ColourMap::Signed,
            find: Find::default(),
            zoom: 1.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScaleChoice {
    Layer,
    Channel,
    /// Of two that are compared, each in its own range.
    Own,
    Fixed,
}

impl ScaleChoice {
    /// Own ranges are a choice where two are `compared`.
    pub fn next(self, compared: bool) -> Self {
        match self {
            Self::Layer => Self::Channel,
            Self::Channel if compared => Self::Own,
            Self::Channel | Self::Own => Self::Fixed,
            Self::Fixed => Self::Layer,
        }
    }
}

/// In which order a tower's channels stand.
enum Order<'a> {
    /// As its own maps say.
    Own,
    /// So too, but what is not zero in these is not hidden.
    BesideThese(&'a [Stats]),
    Given(&'a [u32]),
}

impl FeatureView {
    /// Puts the channels in order where that has changed.
    pub(super) fn arrange(&mut self) {
        let key = (self.look.find, self.starred, self.muting.version);
        let Some(shown) = &mut self.shown else {
            return;
        };
        if shown.arranged == Some(key) && self.comparison.arranged == Some(key) {
            return;
        }
        let (muting, favourites, network) = (&self.muting, &self.favourites, &self.known.network);
        let (place, studies) = (shown.place, &self.studies);
        let own = |tower: TowerId, c: u32| match place.is_conv() {
            true => muting.heard(tower, place.layer, c),
            false => Heard::Plain,
        };
        // By how a channel is heard, and whether it is silent there or in what it is beside.
        let order =
            |tower: &mut Tower,
             how: Order,
             (silent, all): (Silent, Option<usize>),
             (heard, held): (&dyn Fn(u32) -> Heard, &dyn Fn(u32) -> bool)| {
                let layer = Self::layer_key(place, &tower.maps.tower);
                let empty = BTreeSet::new();
                let stars = favourites.of(network, &layer).unwrap_or(&empty);
                let order = match how {
                    Order::Given(order) => order.to_vec(),
                    Order::Own => self.look.find.order(&tower.maps.stats, stars, held),
                    Order::BesideThese(others) => {
                        let alive = |c| others.get(c as usize).is_some_and(|s| !s.is_zero());
                        let kept = |c| held(c) || alive(c);
                        self.look.find.order(&tower.maps.stats, stars, kept)
                    }
                };
                let marks = order.iter().enumerate();
                let marks = marks.map(|(n, c)| (n, heard(*c), stars.contains(c)));
                let marks = marks
                    .filter(|m| m.1 != Heard::Plain || m.2)
                    .collect::<Vec<_>>();
                let dead = studies.dead(place, tower.maps.id);
                let dead = dead.filter(|_| silent == Silent::Here);
                let counts = [order.len(), all.unwrap_or(tower.maps.channels())];
                let silenced = |c| match silent {
                    Silent::Same => held(c),
                    _ => heard(c).is_silent(),
                };
                tower.facts = facts(&tower.maps, counts, silenced, (silent, dead));
                (tower.order, tower.marks) = (order, marks);
            };
        for tower in &mut shown.towers {
            let id = tower.maps.id;
            let heard = |c| own(id, c);
            let held = |c| own(id, c).is_silent();
            order(tower, Order::Own, (Silent::Here, None), (&heard, &held));
        }
        shown.arranged = Some(key);
        let second = match self.comparison.is_of_photos() {
            true => Silent::Pinned,
            false => Silent::Here,
        };
        if let Some(sets) = &mut self.comparison.sets {
            // The same channel stands at the same place in all three.
            let have_difference = sets.have_difference();
            for index in 0..sets.towers[0].len() {
                let (id, name) = {
                    let maps = &sets.towers[0][index].maps;
                    (maps.id, maps.tower.clone())
                };
                let mutes_second = sets.mutes_second(id, place.layer);
                let [first, second_set, difference] = &mut sets.towers;
                let (first, other) = (&mut first[index], &mut second_set[index]);
                let matching = sets.matched.as_ref().and_then(|matched| {
                    let mut towers = matched.towers.iter();
                    towers.find(|m| m.tower == name)
                });
                // Each network by its own numbers, and the second only where it is muted too.
                let heard = |c| own(id, c);
                let heard_beside = |c: u32| match matching {
                    _ if !mutes_second => Heard::Plain,
                    None => own(id, c),
                    Some(matching) => {
                        let pair = matching.pair(c as usize);
                        pair.map_or(Heard::Plain, |pair| own(id, pair.partner as u32))
                    }
                };
                let held = |c| heard(c).is_silent() || heard_beside(c).is_silent();
                if !have_difference {
                    order(first, Order::Own, (Silent::Here, None), (&heard, &held));
                    order(other, Order::Own, (second, None), (&heard_beside, &held));
                    continue;
                }
                let beside = Order::BesideThese(&other.maps.stats);
                order(first, beside, (Silent::Here, None), (&heard, &held));
                let mut given = first.order.clone();
                if let Some(matching) = matching
                    && matching.pairs.len() < first.maps.channels()
                {
                    // What has no partner stands beside nothing.
                    given.retain(|c| matching.pair(*c as usize).is_some());
                    let given = Order::Given(&given);
                    order(first, given, (Silent::Here, None), (&heard, &held));
                }
                // In pairs it has other channels than its network.
                let theirs = matching.map(|m| m.channels[1]);
                let paired = matching.map(|m| m.pairs.len());
                let difference = &mut difference[index];
                let there = Order::Given(&given);
                order(other, there, (second, theirs), (&heard_beside, &held));
                // What is muted has no difference, and is hatched there.
                let (there, plain) = (Order::Given(&given), |_| Heard::Plain);
                order(difference, there, (Silent::Same, paired), (&plain, &held));
            }
        }
        self.comparison.arranged = Some(key);
    }

    /// The colours on the screen: on the dark theme zero is dark.
    pub(super) fn colours(&self, set: Set) -> ColourMap {
        match self.dark {
            true => self.colours_on_paper(set).on_dark(),
            false => self.colours_on_paper(set),
        }
    }

    /// The colours of the place that is shown, or of a difference.
    pub(super) fn colours_on_paper(&self, set: Set) -> ColourMap {
        let fused = self.shown.as_ref().is_some_and(|s| !s.place.is_conv());
        match (set, fused) {
            (Set::Difference, _) => ColourMap::Signed,
            (_, true) => self.look.fused_colours,
            (_, false) => self.look.colours,
        }
    }

    /// The range of colours of a channel, and whose it is.
    pub(super) fn range(&self, slot: Slot, channel: u32) -> Option<((f32, f32), String)> {
        let maps = &self.tower_of(slot)?.maps;
        let look = GridStyle {
            scale: self.scale(slot.set),
            colours: self.colours(slot.set),
            joint: maps.is_joint(),
            ..GridStyle::all(0, 1, 1, 0)
        };
        let ranges = maps.ranges();
        let own = ranges.get(channel as usize).copied().unwrap_or_default();
        let layer = ranges.last().copied().unwrap_or_default();
        let own_ranges = self.has_own_ranges();
        let pair = self.pair_of(slot.tower, channel).map(|p| p.partner);
        let name = match (pair, slot.set) {
            (None, _) => format!("channel {channel}"),
            (Some(_), Set::First) if own_ranges => format!("channel {channel}"),
            (Some(partner), Set::Second) if own_ranges => format!("channel {partner}"),
            (Some(partner), _) => format!("channel {channel} ↔ {partner}"),
        };
        let mut whose = look.whose().replace("each channel", &name);
        if own_ranges && slot.set == Set::Difference {
            whose += ", each ÷ its maximum";
        }
        Some((look.range(&own, &layer), whose))
    }

    pub(super) fn scale(&self, set: Set) -> Scale {
        match self.look.scale {
            ScaleChoice::Fixed if set != Set::Difference => {
                let (a, b) = self.look.fixed.unwrap_or((0.0, 1.0));
                Scale::Fixed(a.min(b), a.max(b))
            }
            ScaleChoice::Own if self.comparison.is_on() && set != Set::Difference => Scale::Own,
            ScaleChoice::Channel | ScaleChoice::Own => Scale::Channel,
            _ => Scale::Layer,
        }
    }

    /// Where the pointer is on the network's input, and the receptive field there, both in shares
    /// of the input.
    pub(super) fn place_on_input(&self) -> Option<(egui::Pos2, Rect)> {
        let (at, shown) = (self.pointer?, self.shown.as_ref()?);
        let step = shown.place.receptive_field().1;
        let size = INPUT_SIZE as f32;
        let middle = |v: u32| (v as f32 + 0.5) * step as f32 / size;
        let field = shown.place.field_of(at.x as usize, at.y as usize);
        let corner = |x: usize, y: usize| pos2(x as f32 / size, y as f32 / size);
        Some((
            pos2(middle(at.x), middle(at.y)),
            Rect::from_min_max(
                corner(field.left, field.top),
                corner(field.right, field.bottom),
            ),
        ))
    }
}

impl Tower {
    pub fn new(maps: TowerMaps) -> Self {
        let all = maps.stats.last().copied().unwrap_or_default();
        Self {
            range: span(all.min, all.max),
            facts: Vec::new(),
            order: Vec::new(),
            marks: Vec::new(),
            grid: None,
            maps,
        }
    }
}

/// Where channels without any value but zero are so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silent {
    /// On the photo at hand: another one may excite them.
    Here,
    /// On the photo that it is compared with.
    Pinned,
    /// In a difference.
    Same,
}

/// "64 channels, 3 zero on this photo · 128 × 128", and shorter; how many are shown of how many where
/// that is not all. `dead` are those that are zero on all photos that were looked through.
fn facts(
    maps: &TowerMaps,
    [shown, all]: [usize; 2],
    held: impl Fn(u32) -> bool,
    (silent, dead): (Silent, Option<Vec<u32>>),
) -> Vec<String> {
    let (channels, side) = (maps.channels(), maps.side());
    let own = (0_u32..).zip(&maps.stats[..channels.min(maps.stats.len())]);
    let zero = own.filter(|(c, s)| s.is_zero() && !held(*c)).count();
    let muted = match silent {
        Silent::Same => (0..channels as u32).filter(|c| held(*c)).count(),
        _ => 0, // each is marked
    };
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
    let dead = match dead.map_or(0, |dead| dead.len()) {
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

/// A part of `whole`, in shares of it.
pub(super) fn part_of(whole: Rect, share: Rect) -> Rect {
    let place = |p: egui::Pos2| whole.min + p.to_vec2() * whole.size();
    Rect::from_min_max(place(share.min), place(share.max))
}

/// How a grid of maps stands in a pane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    pub columns: u32,
    /// Side of a map with the gap after it, in points.
    pub cell: f32,
}

/// The largest maps with which the grid of `channels` fits into `width` × `height` points, of at
/// least a size that can be seen, in full rows where that costs little.
pub(super) fn fit(channels: usize, width: f32, height: f32, zoom: f32) -> Fit {
    const SMALLEST: f32 = 26.0;
    /// Full rows may take so much of a map's side.
    const FULL: f32 = 0.66;
    /// How much it counts to be square.
    const SQUARE: f32 = 0.25;
    /// And be so much smaller than is wanted, or as much larger.
    const LEAST: f32 = 0.66;
    let channels = channels.max(1);
    let divides = |columns: usize| channels.is_multiple_of(columns);
    let cell = |columns: usize| {
        let rows = channels.div_ceil(columns) as f32;
        (width / columns as f32).min(height / rows)
    };
    // A grid that is about square is found one's way in more easily.
    let square = |columns: usize| {
        let rows = channels.div_ceil(columns) as f32;
        let (columns, rows) = (columns.min(channels) as f32, rows);
        (columns.min(rows) / columns.max(rows)).powf(SQUARE)
    };
    let best = |only: &dyn Fn(usize) -> bool, score: &dyn Fn(usize) -> f32| {
        let all = (1..=channels).filter(|c| only(*c));
        all.max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)))
            .map_or((1, cell(1)), |columns| (columns, cell(columns)))
    };
    let any = best(&|_| true, &cell);
    let (columns, cell) = [
        best(&divides, &|columns| square(columns) * cell(columns)),
        best(&divides, &cell),
    ]
    .into_iter()
    .find(|full| full.1 >= FULL * any.1)
    .unwrap_or(any);
    if zoom == 1.0 && cell >= SMALLEST {
        return Fit {
            columns: columns as u32,
            cell,
        };
    }
    // As many as stand side by side in about the size that is wanted; what does not fit is
    // scrolled to.
    let wanted = (cell.max(SMALLEST) * zoom).min(width);
    let side_by_side = width / wanted;
    let off = |columns: usize| (columns as f32 / side_by_side).ln().abs();
    let full = (1..=channels)
        .filter(|c| divides(*c) && *c as f32 <= side_by_side / LEAST)
        .min_by(|a, b| off(*a).total_cmp(&off(*b)));
    let columns = match full.filter(|c| *c as f32 >= LEAST * side_by_side || *c == channels) {
        Some(columns) => columns,
        None => (side_by_side as usize).clamp(1, channels),
    };
    let cell = match zoom < 1.0 {
        true => wanted,
        false => width / columns as f32,
    };
    Fit {
        columns: columns as u32,
        cell: cell.min(width / columns as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_have_full_rows_at_every_size_of_the_pane() {
        for channels in [8, 16, 32, 64, 128, 256, 512] {
            for width in [180.0, 240.0, 330.0, 400.0, 520.0, 900.0, 1500.0] {
                for height in [200.0, 350.0, 500.0, 700.0, 1000.0] {
                    let fit = fit(channels, width, height, 1.0);
                    let columns = fit.columns as usize;
                    let case = format!("{channels} in {width} × {height}: {fit:?}");
                    assert!(channels.is_multiple_of(columns), "{case}");
                    assert!(fit.cell * columns as f32 <= width + 0.1, "{case}");
                    let fits = fit.cell * (channels / columns) as f32 <= height + 0.1;
                    // What does not fit is as small as can be seen, or nearly so.
                    assert!(fits || fit.cell < 1.6 * 26.0, "{case}");
                }
            }
        }
        // 64 maps are 8 × 8, in a pane that is narrow, wide or high.
        for (width, height) in [
            (400.0, 400.0),
            (400.0, 700.0),
            (330.0, 500.0),
            (620.0, 420.0),
        ] {
            assert_eq!(fit(64, width, height, 1.0).columns, 8, "{width} × {height}");
        }
    }

    #[test]
    fn rows_are_not_full_where_that_would_make_maps_small() {
        let prime = fit(61, 400.0, 400.0, 1.0);
        assert!(prime.columns == 8 && prime.cell == 50.0, "{prime:?}");
        let one = fit(1, 10.0, 400.0, 1.0);
        assert_eq!((one.columns, one.cell), (1, 10.0));
    }

    #[test]
    fn zooming_makes_maps_larger_or_smaller() {
        let cell = |zoom| fit(64, 400.0, 400.0, zoom);
        assert_eq!((cell(1.0).columns, cell(1.0).cell), (8, 50.0));
        assert_eq!((cell(2.0).columns, cell(2.0).cell), (4, 100.0));
        assert!(cell(0.6).cell < 35.0 && cell(0.6).columns > 8);
        assert_eq!(cell(8.0).columns, 1);
        assert!(fit(2, 400.0, 400.0, 0.5).cell < fit(2, 400.0, 400.0, 1.0).cell);
    }
}
