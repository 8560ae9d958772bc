//! The colours and ranges in which maps are drawn, and where on the face a place in a map is.

use eframe::egui::{self, Rect, pos2};

use crate::app::features::state::comparison::{Set, Slot};
use crate::app::features::state::display::ScaleChoice;
use crate::app::features::state::maps::Tower;
use crate::app::features::view::FeatureView;
use crate::figure::{ColourMap, GridStyle, HeatScale, Scale, ends};
use crate::label::INPUT_SIZE;

/// What the colours of a channel stand for.
#[derive(Default)]
pub(super) struct ColourRange {
    /// The values of the lowest and the highest colour.
    pub(super) range: (f32, f32),
    /// Whose range it is.
    pub(super) whose: String,
    /// From the lowest to the highest value of the channel, which may go beyond it.
    values: (f32, f32),
}

impl ColourRange {
    /// What stands at both ends of a key.
    pub(super) fn ends(&self) -> [String; 2] {
        ends(self.range, self.values)
    }
}

impl FeatureView {
    /// The colours on the screen: on the dark theme zero is dark.
    pub(super) fn colours(&self, set: Set) -> ColourMap {
        match self.display.dark {
            true => self.colours_on_paper(set).on_dark(),
            false => self.colours_on_paper(set),
        }
    }

    /// The colours of the place that is shown, or of a difference.
    pub(super) fn colours_on_paper(&self, set: Set) -> ColourMap {
        let fused = self.maps.shown.as_ref().is_some_and(|s| !s.place.is_conv());
        match (set, fused) {
            (Set::Difference, _) => ColourMap::Signed,
            (_, true) => self.display.fused_colours,
            (_, false) => self.display.colours,
        }
    }

    pub(super) fn scale(&self, set: Set) -> Scale {
        match self.display.scale {
            ScaleChoice::Fixed if set != Set::Difference => {
                let (a, b) = self.display.fixed.unwrap_or((0.0, 1.0));
                Scale::Fixed(a.min(b), a.max(b))
            }
            ScaleChoice::Own if self.comparison.is_on() && set != Set::Difference => Scale::Own,
            ScaleChoice::Channel | ScaleChoice::Own => Scale::Channel,
            _ => Scale::Layer,
        }
    }

    /// The range of colours of a channel, and whose it is.
    pub(super) fn range(&self, slot: Slot, channel: u32) -> Option<ColourRange> {
        let maps = &self.tower_of(slot)?.maps;
        let scale = self.scale(slot.set);
        let alone = self.lacks_partner(slot.tower, channel);
        if alone && slot.set != Set::First {
            return None; // there is no map
        }
        let look = GridStyle {
            scale,
            colours: self.colours(slot.set),
            joint: maps.is_joint() && !(alone && scale == Scale::Channel),
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
        let values = maps.stats.get(channel as usize);
        let values = values.copied().unwrap_or_default();
        Some(ColourRange {
            range: look.range(&own, &layer),
            whose,
            values: (values.min, values.max),
        })
    }

    /// The same for a figure, which is on paper.
    pub(super) fn inspected_scale(&self) -> HeatScale {
        let (slot, channel) = self.inspected();
        let ColourRange { range, whose, .. } = self.range(slot, channel).unwrap_or_default();
        HeatScale {
            colours: self.colours_on_paper(slot.set),
            range,
            whose,
        }
    }

    /// From the lowest to the highest value that is shown now, of either of two.
    pub(super) fn fit_range(&mut self) {
        let shown: Vec<&Tower> = match self.compared_sets() {
            Some(sets) => sets.of(Set::First).chain(sets.of(Set::Second)).collect(),
            None => self.maps.shown.iter().flat_map(|s| &s.towers).collect(),
        };
        let layers = shown.iter().filter_map(|t| t.maps.stats.last());
        let (low, high) = layers.fold((0.0_f32, 0.0_f32), |(l, h), s| (l.min(s.min), h.max(s.max)));
        if !shown.is_empty() {
            self.display.fixed = Some((low, high));
        }
    }

    /// Where the pointer is on the network's input, and the receptive field there, both in shares
    /// of the input.
    pub(super) fn place_on_input(&self) -> Option<(egui::Pos2, Rect)> {
        let (at, shown) = (self.inspector.pointer?, self.maps.shown.as_ref()?);
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
