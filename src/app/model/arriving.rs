//! Predictions that have come, many at once, and are still to be taken in.

use std::collections::VecDeque;
use std::sync::Arc;
use std::vec::IntoIter;

use crate::engine::ListTicket;
use crate::label::{FaceBox, Prediction};

/// What was found of a face: its index, and the box.
pub type Found = (usize, FaceBox, Arc<Prediction>);

/// What came of a list, by the network of this hash.
pub type Part = (ListTicket, u64, IntoIter<Found>);

#[derive(Default)]
pub struct Arriving(VecDeque<Part>);

impl Arriving {
    pub fn push(&mut self, (list, network): (ListTicket, u64), found: Vec<Found>) {
        self.0.push_back((list, network, found.into_iter()));
    }

    /// What came first.
    pub fn next(&mut self) -> Option<Part> {
        self.0.pop_front()
    }

    /// The rest of what came first, which the next frame goes on with.
    pub fn put_back(&mut self, part: Part) {
        self.0.push_front(part);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
