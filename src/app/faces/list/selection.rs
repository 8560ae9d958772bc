//! Which faces of a list are looked at and chosen.

use std::collections::BTreeSet;

#[derive(Default)]
pub struct Selection {
    /// Index of the face that is looked at.
    pub index: usize,
    /// Faces that were chosen together.
    pub chosen: BTreeSet<u32>,
    /// How often the face that is looked at was to be brought into sight.
    reveals: u64,
}

impl Selection {
    /// The face that is looked at is to be brought into sight.
    pub fn reveal(&mut self) {
        self.reveals += 1;
    }

    /// Rises whenever that is asked for.
    pub fn reveals(&self) -> u64 {
        self.reveals
    }
}
