//! Which maps stand where while two networks or photos are compared, and what they are called.

use crate::app::features::state::comparison::{Set, Sets, Slot};
use crate::app::features::state::maps::{Shown, Tower};
use crate::app::features::view::FeatureView;
use crate::figure::{decimals, short_correlation};
use crate::model::weights_name;
use crate::study::Pair;

/// What stands side by side.
#[derive(Clone, PartialEq)]
pub(super) enum Column {
    Maps(Slot),
    /// A tower that has no such layer.
    Absent(String),
    /// A tower that the second of two networks has not.
    Alone(String),
}

impl FeatureView {
    /// After a tower's name, where something is compared.
    pub(super) fn set_label(&self, set: Set) -> String {
        match self.compared_sets() {
            Some(_) => format!(", {}", self.comparison.set_name(set)),
            None => String::new(),
        }
    }

    /// The same with the name of the network or photo, where there is room for it.
    pub(super) fn named_set_label(&self, set: Set) -> String {
        let label = self.set_label(set);
        let photos = self.comparison.is_of_photos();
        match set {
            _ if label.is_empty() => label,
            Set::First if !photos => format!("{label}: {}", weights_name(&self.source.origin)),
            Set::Second => format!("{label}: {}", self.comparison.name),
            Set::First | Set::Difference => label,
        }
    }

    /// The maps that are compared, where they are of the layer that is shown.
    pub(super) fn compared_sets(&self) -> Option<&Sets> {
        let sets = self.comparison.sets.as_ref()?;
        let shown = self.maps.shown.as_ref()?;
        let fits = sets.place == shown.place && sets.towers[0].len() == shown.towers.len();
        fits.then_some(sets)
    }

    /// Whose map of the selected channel is looked at closely.
    pub(super) fn inspected_set(&self) -> Set {
        match self.compared_sets() {
            Some(sets) if sets.has(self.place_selected().0) => self.comparison.inspected,
            // Nothing stands beside it.
            _ => Set::First,
        }
    }

    /// The map that is looked at closely; in a comparison that of the set which was clicked.
    pub(super) fn inspected(&self) -> (Slot, u32) {
        let (tower, channel) = self.place_selected();
        let set = self.inspected_set();
        (Slot { set, tower }, channel)
    }

    /// The maps and the channel that the foot speaks of: those under the pointer, or else the
    /// selected ones.
    pub(super) fn keyed(&self) -> (Slot, u32) {
        let (tower, channel) = self.place_selected();
        let set = self.inspected_set();
        let under = self.inspector.pointer.and_then(|at| at.map);
        under.unwrap_or((Slot { set, tower }, channel))
    }

    pub(super) fn tower_of(&self, slot: Slot) -> Option<&Tower> {
        match self.compared_sets() {
            Some(sets) if sets.has(slot.tower) || slot.set != Set::First => {
                sets.towers[slot.set as usize].get(slot.tower)?.as_ref()
            }
            _ => self.maps.shown.as_ref()?.towers.get(slot.tower),
        }
    }

    pub(super) fn tower_mut(&mut self, slot: Slot) -> Option<&mut Tower> {
        if self.compared_sets().is_some() {
            let sets = self.comparison.sets.as_mut()?;
            return sets.towers[slot.set as usize].get_mut(slot.tower)?.as_mut();
        }
        self.maps.shown.as_mut()?.towers.get_mut(slot.tower)
    }

    /// Whether each side of the comparison that is shown has a range of its own.
    pub(super) fn has_own_ranges(&self) -> bool {
        let sets = self.compared_sets();
        sets.is_some_and(|sets| sets.of(Set::First).all(|t| !t.maps.is_joint()))
    }

    /// What stands side by side.
    pub(super) fn columns_shown(&self, shown: &Shown) -> Vec<Column> {
        let first = |set| move |tower| Column::Maps(Slot { set, tower });
        if let Some(sets) = self.compared_sets() {
            let both = (0..shown.towers.len()).filter(|tower| sets.has(*tower));
            let (tower, _) = self.place_selected();
            return match (self.comparison.one, shown.towers.get(tower)) {
                (Some(set), _) => both.map(first(set)).collect(),
                (None, Some(of)) if !sets.has(tower) => vec![Column::Alone(of.maps.tower.clone())],
                (None, _) => sets.all().map(|set| first(set)(tower)).collect(),
            };
        }
        let mut towers = 0..;
        let column = |name: &String| {
            if shown.towers.iter().any(|t| t.maps.tower == *name) {
                towers.next().map(first(Set::First))
            } else {
                Some(Column::Absent(name.clone()))
            }
        };
        shown.all.iter().filter_map(column).collect()
    }

    /// The pair of a channel, where the maps that are shown are in pairs.
    pub(super) fn pair_of(&self, tower: usize, channel: u32) -> Option<Pair> {
        let sets = self.compared_sets()?;
        let name = &sets.towers[0].get(tower)?.as_ref()?.maps.tower;
        let towers = &sets.matched.as_ref()?.towers;
        let matching = towers.iter().find(|m| m.tower == *name)?;
        matching.pair(channel as usize).copied()
    }

    /// Whether the maps that are shown are in pairs, of which none is this channel's.
    pub(super) fn lacks_partner(&self, tower: usize, channel: u32) -> bool {
        let matched = self.compared_sets().and_then(|sets| sets.matched.as_ref());
        matched.is_some() && self.pair_of(tower, channel).is_none()
    }

    /// What a channel of a tower is called: its own number, and its partner's where it has one.
    pub(super) fn channel_label(&self, tower: usize, channel: u32) -> String {
        match self.pair_of(tower, channel) {
            None => format!("channel {channel}"),
            Some(pair) => {
                let r = correlation_text(pair.correlation);
                format!("channel {channel} ↔ {} ({r})", pair.partner)
            }
        }
    }

    /// What stands in the corner of a map that is beside its partner.
    pub(super) fn badge(&self, slot: Slot, channel: u32) -> Option<String> {
        let pair = self.pair_of(slot.tower, channel)?;
        Some(badge_text(slot.set, &pair))
    }
}

/// Each network's own number, beside the second's how well they match.
fn badge_text(set: Set, pair: &Pair) -> String {
    let r = pair.correlation.map_or("–".into(), short_correlation);
    match set {
        Set::First => pair.channel.to_string(),
        Set::Second => format!("{} · {r}", pair.partner),
        Set::Difference => r,
    }
}

/// "r 0.83".
fn correlation_text(correlation: Option<f64>) -> String {
    match correlation {
        Some(r) => format!("r {}", decimals(r, 2)),
        None => "no correlation: one never varies".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_map_of_a_pair_has_a_badge() {
        let pair = Pair {
            channel: 2,
            partner: 7,
            correlation: Some(0.834),
            best: 7,
            best_correlation: None,
        };
        let badges = [Set::First, Set::Second, Set::Difference].map(|set| badge_text(set, &pair));
        assert_eq!(badges, ["2", "7 · .83", ".83"]);
    }

    #[test]
    fn correlations_are_written_short() {
        assert_eq!(short_correlation(0.834), ".83");
        assert_eq!(short_correlation(-0.2), "−.20");
        assert_eq!(short_correlation(-0.002), ".00");
        assert_eq!(correlation_text(Some(-0.002)), "r 0.00");
        assert_eq!(short_correlation(1.0), "1.00");
        assert_eq!(correlation_text(Some(-0.5)), "r −0.50");
    }
}
