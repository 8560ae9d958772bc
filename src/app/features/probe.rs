//! The value under the pointer.

use crate::app::features::state::comparison::{SETS, Slot};
use crate::app::features::state::inspector::Pointer;
use crate::app::features::view::FeatureView;
use crate::engine::{Request, TowerMaps, ValuesTicket};

impl FeatureView {
    /// What is under the pointer, in which maps.
    fn pointed(&self) -> Option<(Pointer, Slot, u32, u64)> {
        let (slot, channel) = self.keyed();
        Some((self.inspector.pointer?, slot, channel, self.maps.received))
    }

    /// The values under the pointer, once they have come: those of the place where it was before
    /// are not shown beside the new one.
    pub(super) fn values(&self) -> &[Option<f32>] {
        match self.asks_for_value() {
            true => &[],
            false => &self.inspector.probe.values,
        }
    }

    /// Whether the pointer is where nothing has been asked about yet.
    pub fn asks_for_value(&self) -> bool {
        self.inspector.pointer.is_some() && self.inspector.probe.asked != self.pointed()
    }

    /// The value under the pointer, as far as that has not been asked.
    pub fn value_request(&mut self) -> Option<Request> {
        let asked = self.pointed();
        let (at, slot, channel, _) = asked?;
        if self.inspector.probe.asked == asked {
            return None;
        }
        let of = |set| {
            let tower = self.tower_of(Slot { set, ..slot });
            tower.map(|tower| tower.maps.clone())
        };
        let towers: Vec<TowerMaps> = match self.compared_sets() {
            Some(sets) if sets.have_difference() => SETS.into_iter().filter_map(of).collect(),
            _ => of(slot.set).into_iter().collect(),
        };
        if towers.is_empty() {
            return None;
        }
        self.inspector.probe.asked = asked;
        self.inspector.probe.ticket.0 += 1;
        self.inspector.probe.values.clear();
        Some(Request::Values {
            ticket: self.inspector.probe.ticket,
            towers,
            channel,
            x: at.x,
            y: at.y,
        })
    }

    pub fn take_value(&mut self, ticket: ValuesTicket, values: &[Option<f32>]) {
        self.inspector.probe.take(ticket, values);
    }
}
