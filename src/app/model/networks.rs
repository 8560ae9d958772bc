//! The two networks that can be loaded side by side.

use crate::engine::{NetworkInfo, Slot};
use crate::label::Schema;
use crate::model::TapLayer;

#[derive(Default)]
pub struct Networks {
    /// The one in use: what the panes show is its.
    pub current: Option<NetworkInfo>,
    /// Both, by their slots.
    pub slots: [Option<NetworkInfo>; 2],
    /// Names of weights that are being read, by the slot that they are for.
    pub loading: [Option<String>; 2],
}

impl Networks {
    /// The schema of the network in use, or of faces where there is none yet.
    pub fn schema(&self) -> Schema {
        let current = self.current.as_ref();
        current.map_or_else(Schema::face, |n| n.schema.clone())
    }

    /// The slot of the network in use.
    pub fn in_use(&self) -> Slot {
        self.current.as_ref().map_or(Slot::A, |n| n.slot)
    }

    /// The network beside the one in use.
    pub fn other(&self) -> Option<&NetworkInfo> {
        self.slots[self.in_use().other() as usize].as_ref()
    }

    /// What the network beside the one in use is called where both could have one name.
    pub fn other_title(&self) -> Option<String> {
        let other = self.other()?;
        Some(format!("{}: {}", other.slot.name(), other.name()))
    }

    /// Every map that some tower of the network in use has.
    pub fn places(&self) -> &[TapLayer] {
        self.current.as_ref().map_or(&[], |n| &n.places)
    }

    /// Hash of the weights in use.
    pub fn hash(&self) -> Option<u64> {
        self.current.as_ref().map(|n| n.hash)
    }
}
