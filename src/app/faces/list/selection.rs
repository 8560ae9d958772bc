//! Which faces of a list are looked at and chosen.

use std::collections::BTreeSet;

#[derive(Default)]
pub struct Selection {
    /// Index of the face that is looked at.
    pub index: usize,
    /// Faces that were chosen together.
    pub chosen: BTreeSet<u32>,
    /// Whether the face that is looked at is to be brought into sight.
    pub scroll: bool,
    /// Rows of the gallery that are in sight, less one.
    pub page: usize,
}
