//! How the maps that have come are looked at: which channels in which order, in what colours and
//! ranges, and where on the face a place in a map is. What depends on the look alone is worked out
//! once, not in each frame.

use std::collections::BTreeSet;

use eframe::egui::{self, Rect, pos2};

use super::compare::Set;
use super::muting::Heard;
use super::order::Find;
use super::{FeatureView, Tower};
use crate::engine::TowerMaps;
use crate::figure::{ColourMap, GridLook, Scale, Stats, short};
use crate::label::INPUT_SIZE;
use crate::words::counted_of;

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
    Fixed,
}

impl ScaleChoice {
    pub fn next(self) -> Self {
        match self {
            Self::Layer => Self::Channel,
            Self::Channel => Self::Fixed,
            Self::Fixed => Self::Layer,
        }
    }
}

/// In which order a tower's channels stand.
enum Order<'a> {
    /// As its own maps say.
    Own,
    /// So too, but what is alive in these is not hidden.
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
        let place = shown.place;
        let order = |tower: &mut Tower, how: Order, silent: &str| {
            let layer = Self::layer_key(place, &tower.maps.tower);
            let empty = BTreeSet::new();
            let stars = favourites.of(network, &layer).unwrap_or(&empty);
            let heard = |c| match place.is_conv() {
                true => muting.heard(tower.maps.id, place.layer, c),
                false => Heard::Plain,
            };
            let held = |c| matches!(heard(c), Heard::Muted | Heard::Drowned);
            let order = match how {
                Order::Given(order) => order.to_vec(),
                Order::Own => self.look.find.order(&tower.maps.stats, stars, held),
                Order::BesideThese(others) => {
                    let alive = |c| others.get(c as usize).is_some_and(|s| !s.is_dead());
                    let kept = |c| held(c) || alive(c);
                    self.look.find.order(&tower.maps.stats, stars, kept)
                }
            };
            let marks = order.iter().enumerate();
            let marks = marks.map(|(n, c)| (n, heard(*c), stars.contains(c)));
            let marks = marks
                .filter(|m| m.1 != Heard::Plain || m.2)
                .collect::<Vec<_>>();
            tower.facts = facts(&tower.maps, order.len(), held, silent);
            (tower.order, tower.marks) = (order, marks);
        };
        for tower in &mut shown.towers {
            order(tower, Order::Own, "dead");
        }
        shown.arranged = Some(key);
        if let Some(sets) = &mut self.comparison.sets {
            // The same channel stands at the same place in all three.
            for index in 0..sets.towers[0].len() {
                let [first, second, difference] = &mut sets.towers;
                let (first, second) = (&mut first[index], &mut second[index]);
                order(first, Order::BesideThese(&second.maps.stats), "dead");
                let given = first.order.clone();
                order(second, Order::Given(&given), "dead");
                order(&mut difference[index], Order::Given(&given), "the same");
            }
        }
        self.comparison.arranged = Some(key);
    }

    /// The colours of the place that is shown, or of a difference.
    pub(super) fn colours(&self, set: Set) -> ColourMap {
        let fused = self.shown.as_ref().is_some_and(|s| !s.place.is_conv());
        match (set, fused) {
            (Set::Difference, _) => ColourMap::Signed,
            (_, true) => self.look.fused_colours,
            (_, false) => self.look.colours,
        }
    }

    /// The range of colours of a channel.
    pub(super) fn range(&self, set: Set, stats: &[Stats], channel: u32) -> (f32, f32) {
        let look = GridLook {
            scale: self.scale(set),
            colours: self.colours(set),
            ..GridLook::all(0, 1, 1, 0)
        };
        let own = stats.get(channel as usize).copied().unwrap_or_default();
        look.range(&own, &stats.last().copied().unwrap_or_default())
    }

    pub(super) fn scale(&self, set: Set) -> Scale {
        match self.look.scale {
            ScaleChoice::Fixed if set != Set::Difference => {
                let (a, b) = self.look.fixed.unwrap_or((0.0, 1.0));
                Scale::Fixed(a.min(b), a.max(b))
            }
            ScaleChoice::Channel => Scale::Channel,
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
            range: format!("{} … {}", short(all.min), short(all.max)),
            facts: String::new(),
            order: Vec::new(),
            marks: Vec::new(),
            grid: None,
            maps,
        }
    }
}

/// "64 channels, 3 dead · 128 × 128"; how many are shown where that is not all. Of a difference,
/// the `silent` channels are not dead but the same.
fn facts(maps: &TowerMaps, shown: usize, held: impl Fn(u32) -> bool, silent: &str) -> String {
    let (channels, side) = (maps.channels(), maps.side());
    let own = (0_u32..).zip(&maps.stats[..channels.min(maps.stats.len())]);
    let dead = own.filter(|(c, s)| s.is_dead() && !held(*c)).count();
    let counted = counted_of(shown, channels, "channel");
    match dead {
        0 => format!("{counted} · {side} × {side}"),
        _ => format!("{counted}, {dead} {silent} · {side} × {side}"),
    }
}

/// A part of `whole`, in shares of it.
pub(super) fn part_of(whole: Rect, share: Rect) -> Rect {
    let place = |p: egui::Pos2| whole.min + p.to_vec2() * whole.size();
    Rect::from_min_max(place(share.min), place(share.max))
}

/// So many columns that the grid of `channels` maps fits into `width` × `height` points, with
/// maps of at least a size that can be seen.
pub(super) fn columns(channels: usize, width: f32, height: f32, zoom: f32) -> u32 {
    const SMALLEST: f32 = 26.0;
    let most = (width / SMALLEST).floor().max(1.0) as usize;
    let fits = |columns: &usize| {
        let cell = width / *columns as f32;
        channels.div_ceil(*columns) as f32 * cell <= height
    };
    let columns = (1..=most).find(fits).unwrap_or(most);
    ((columns as f32 / zoom).round() as u32).clamp(1, channels.max(1) as u32)
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn grids_fit_their_pane_while_maps_can_be_seen() {
        assert_eq!(columns(64, 400.0, 400.0, 1.0), 8);
        assert_eq!(columns(64, 400.0, 700.0, 1.0), 7);
        assert_eq!(columns(512, 400.0, 400.0, 1.0), 15);
        assert_eq!(columns(64, 400.0, 400.0, 2.0), 4);
        assert_eq!(columns(1, 10.0, 400.0, 1.0), 1);
    }
}
