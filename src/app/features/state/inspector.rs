//! The channel that is looked at closely, and the place under the pointer.

use crate::app::features::state::comparison::Slot;
use crate::engine::ValuesTicket;
use crate::model::TowerId;

/// The channel that is looked at closely, and the place under the pointer.
pub struct Inspector {
    /// Tower and channel; another tower where this one has no such layer.
    pub selected: (TowerId, u32),
    /// Strength of the channel over the face, 0 to 1.
    pub strength: f32,
    /// Whether the channel is shown without the face.
    pub alone: bool,
    /// The map that is to be brought into sight.
    pub reveal: Option<(usize, u32)>,
    /// The map that a menu was opened on.
    pub menu: (usize, u32),
    pub pointer: Option<Pointer>,
    pub probe: Probe,
}

impl Default for Inspector {
    fn default() -> Self {
        Self {
            selected: (TowerId::Shared, 0),
            strength: 0.75,
            alone: false,
            reveal: None,
            menu: (0, 0),
            pointer: None,
            probe: Probe::default(),
        }
    }
}

/// A place in a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// `None` where the pointer is on the face and means every map.
    pub map: Option<(Slot, u32)>,
    pub x: u32,
    pub y: u32,
}

/// The value that is asked for: where the pointer is, in a channel of which maps.
#[derive(Default)]
pub struct Probe {
    pub asked: Option<(Pointer, Slot, u32, u64)>,
    /// The newest question.
    pub ticket: ValuesTicket,
    /// Of the maps that were asked for; of a comparison, of both and their difference; none where
    /// it could not be read.
    pub values: Vec<Option<f32>>,
}

impl Probe {
    pub fn take(&mut self, ticket: ValuesTicket, values: &[Option<f32>]) {
        if ticket == self.ticket {
            self.values = values.to_vec();
        }
    }
}
