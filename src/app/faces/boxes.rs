//! Boxes that somebody draws in a photo, and what was done to boxes, so that it can be undone. Drawn
//! boxes are predicted like any other and never reach the data set.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::findings::Finding;
use super::item::Face;
use crate::dataset::BoxSource;
use crate::label::FaceBox;

/// What somebody did to the boxes of a list.
#[derive(Default)]
pub struct Boxes {
    /// Boxes that somebody drew; the data set never has them.
    pub hands: Vec<HandBox>,
    /// The number of the drawn box that is looked at, in place of the selected face.
    pub active: Option<u32>,
    /// What was done, and what was undone of it.
    pub edits: BoxEdits,
    /// Whether a box was moved or drawn, here or when these faces were open before.
    pub changed: bool,
    /// Whether other faces than before have boxes by hand, which a filter has not heard of yet.
    pub by_hand_changed: bool,
}

impl Boxes {
    pub fn hand(&self, number: u32) -> Option<&HandBox> {
        self.hands.iter().find(|h| h.number == number)
    }

    pub fn hand_mut(&mut self, number: u32) -> Option<&mut HandBox> {
        self.hands.iter_mut().find(|h| h.number == number)
    }

    /// A number that no drawn box has.
    pub fn next_number(&self) -> u32 {
        let numbers = self.hands.iter().map(|h| h.number + 1);
        numbers.max().unwrap_or(0)
    }
}

/// A box that somebody drew.
pub struct HandBox {
    pub number: u32,
    /// The picture it is in.
    pub path: Arc<Path>,
    pub face_box: FaceBox,
    pub finding: Option<Finding>,
    pub latency: Option<Duration>,
}

impl HandBox {
    pub fn new(number: u32, path: Arc<Path>, face_box: FaceBox) -> Self {
        Self {
            number,
            path,
            face_box,
            finding: None,
            latency: None,
        }
    }

    /// Forgets what another network said.
    pub fn forget(&mut self) {
        (self.finding, self.latency) = (None, None);
    }

    /// As a face, `face` being one in the same picture.
    pub fn face<'a>(&'a self, face: Face<'a>) -> Face<'a> {
        Face {
            face_box: self.face_box,
            source: BoxSource::Given,
            finding: self.finding.as_ref(),
            other: None,
            hand: Some(self.number),
            ..face
        }
    }
}

/// What was done to a box, so that it can be undone.
pub enum BoxEdit {
    Added(u32),
    Removed(Box<HandBox>),
    /// Where it was before.
    Moved(PhotoFace, FaceBox, BoxSource),
}

/// What was done to the boxes of a list, and what was undone of it; the last one last.
#[derive(Default)]
pub struct BoxEdits {
    pub done: Vec<BoxEdit>,
    pub undone: Vec<BoxEdit>,
}

impl BoxEdits {
    /// A new edit ends what could be done again.
    pub fn push(&mut self, edit: BoxEdit) {
        self.done.push(edit);
        self.undone.clear();
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

/// Which face of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoFace {
    /// One of the list.
    Listed(usize),
    /// A drawn box, by its number.
    Drawn(u32),
}
