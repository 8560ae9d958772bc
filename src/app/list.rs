//! The faces that are open: samples as they were read, what became of each, and which of them are
//! shown in which order. Pictures and thumbnails are held within budgets.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::{ColorImage, TextureHandle};

use super::arrange::Arrangement;
use super::boxes::{BoxEdit, HandBox};
use super::compare::Other;
use super::facts::Facts;
use super::findings::{Finding, Findings};
use super::item::{Decoded, Face, Item, Picture};
use super::reading::THUMBNAIL;
use crate::dataset::Sample;
use crate::engine::in_background;
use crate::label::{FaceBox, Prediction, Schema};

/// Bytes of decoded pictures that are kept.
const PICTURES: usize = 384 << 20;
/// Bytes of thumbnails that are kept.
const THUMBNAILS: usize = 64 << 20;
/// While predictions come, a list that depends on them is arranged anew this often.
const ARRANGE_EVERY: Duration = Duration::from_secs(2);

type Wake = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
pub struct List {
    pub name: String,
    pub samples: Arc<Vec<Sample>>,
    pub items: Vec<Item>,
    /// What the network has said.
    pub findings: Findings,
    /// Rises with every finding that comes or goes.
    pub version: u64,
    /// What another predictor says of the same faces.
    pub other: Option<Other>,
    /// Boxes that somebody drew; the data set never has them.
    pub hands: Vec<HandBox>,
    /// The number of the drawn box that is looked at, in place of the selected face.
    pub hand: Option<u32>,
    /// What was done to boxes, the last edit last.
    pub edits: Vec<BoxEdit>,
    /// Names of the samples' columns.
    pub columns: Vec<String>,
    pub facts: Facts,
    /// Indices of the faces that are shown.
    pub order: Vec<u32>,
    /// Index of the face that is looked at.
    pub selected: usize,
    /// Faces that were chosen together.
    pub chosen: BTreeSet<u32>,
    /// Number of the list, so that what comes late for another is dropped.
    pub number: u64,
    pub scroll: bool,
    pub arrangement: Arrangement,
    /// The photo on the screen, and whether its pixels are hard.
    pub texture: Option<(Arc<ColorImage>, bool, TextureHandle)>,
    /// Drawn pictures cannot be read again.
    pub drawn: bool,
    pictures: Held,
    thumbnails: Held,
    arranging: Option<Receiver<Vec<u32>>>,
    learning: Option<Receiver<Facts>>,
    /// Whether predictions have come since the list was arranged.
    stale: bool,
    arranged: Option<Instant>,
}

impl List {
    pub fn new(name: String, samples: Vec<Sample>, columns: Vec<String>, number: u64) -> Self {
        Self {
            name,
            items: samples.iter().map(|_| Item::unread()).collect(),
            findings: Findings::none(samples.len()),
            order: (0..samples.len() as u32).collect(),
            samples: Arc::new(samples),
            columns,
            number,
            ..Self::default()
        }
    }

    /// A list of pictures that are there already.
    pub fn of_drawn(name: String, drawn: Vec<(Sample, Decoded)>, number: u64) -> Self {
        let (samples, pictures): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
        let mut list = Self::new(name, samples, Vec::new(), number);
        list.drawn = true;
        for ((item, picture), sample) in list.items.iter_mut().zip(pictures).zip(&*list.samples) {
            item.read(picture, sample);
        }
        list
    }

    /// Whether the pictures were drawn, and so are in no file.
    pub fn is_drawn(&self) -> bool {
        self.drawn
    }

    pub fn face(&self, index: usize) -> Option<Face<'_>> {
        let (sample, item) = (self.samples.get(index)?, self.items.get(index)?);
        Some(Face {
            sample,
            item,
            face_box: item.face_box,
            source: item.source,
            finding: self.findings.get(index),
            other: self.other.as_ref().and_then(|o| o.findings.get(index)),
            hand: None,
        })
    }

    /// The face that is looked at: the selected one, or a box drawn in its picture.
    pub fn shown(&self) -> Option<Face<'_>> {
        let face = self.face(self.selected)?;
        match self.active_hand() {
            Some(hand) => Some(hand.face(face)),
            None => Some(face),
        }
    }

    /// Row of the selected face, if it is among those shown.
    pub fn row(&self) -> Option<usize> {
        self.row_of(self.selected)
    }

    pub fn row_of(&self, index: usize) -> Option<usize> {
        let at = |i: &u32| *i as usize == index;
        // Nearly always where it is without any filter.
        match self.order.get(index) {
            Some(i) if at(i) => Some(index),
            _ => self.order.iter().position(at),
        }
    }

    /// The face `by` rows away from the selected one.
    pub fn neighbour(&self, by: isize) -> Option<usize> {
        let row = match self.row() {
            Some(row) => row.checked_add_signed(by)?,
            None => 0,
        };
        self.order.get(row).map(|i| *i as usize)
    }

    /// A picture has come; earlier ones go when there is no room.
    pub fn took_picture(&mut self, index: usize) {
        let Some(bytes) = self
            .items
            .get(index)
            .and_then(Item::decoded)
            .map(Decoded::bytes)
        else {
            return;
        };
        self.pictures.took(index, bytes);
        // Drawn pictures cannot be read again, and the one on the screen stays.
        while !self.drawn
            && let Some(old) = self.pictures.excess(PICTURES, self.selected)
        {
            if let Some(item) = self.items.get_mut(old)
                && item.picture().is_some()
            {
                item.state = Picture::Unread;
            }
        }
    }

    /// A thumbnail has come; the oldest go when there are too many.
    pub fn took_thumbnail(&mut self, index: usize, thumbnail: TextureHandle) {
        let Some(item) = self.items.get_mut(index) else {
            return;
        };
        item.thumbnail = Some(thumbnail);
        self.thumbnails
            .took(index, 4 * (THUMBNAIL * THUMBNAIL) as usize);
        while let Some(old) = self.thumbnails.excess(THUMBNAILS, index) {
            if let Some(item) = self.items.get_mut(old) {
                item.thumbnail = None;
            }
        }
    }

    /// A prediction has come for the face at `index`.
    pub fn predicted(
        &mut self,
        index: usize,
        schema: &Schema,
        face_box: FaceBox,
        prediction: Prediction,
    ) {
        let Some(sample) = self.samples.get(index) else {
            return;
        };
        let labels = Some(&sample.annotation);
        let finding = Finding::new(labels, schema, face_box, prediction);
        self.findings.set(index, finding);
        self.version += 1;
        self.stale = true;
    }

    /// Forgets what another network said.
    pub fn forget_findings(&mut self) {
        self.findings.clear();
        self.items.iter_mut().for_each(|i| i.latency = None);
        self.hands.iter_mut().for_each(HandBox::forget);
        self.version += 1;
        self.stale = true;
    }

    /// What another predictor says has come or gone.
    pub fn compare(&mut self, other: Option<Other>) {
        self.other = other;
        self.version += 1;
        self.stale = true;
        self.arranged = None;
    }

    /// Learns what menus and the canvas want to know, away from the window's thread.
    pub fn learn(&mut self, wake: Wake) {
        let (done, result) = channel();
        let (samples, columns) = (self.samples.clone(), self.columns.len());
        in_background(move || {
            let _ = done.send(Facts::of(&samples, columns));
            wake();
        });
        self.learning = Some(result);
    }

    /// Arranges the list as is asked, away from the window's thread.
    pub fn arrange(&mut self, schema: Schema, wake: Wake) {
        let (done, result) = channel();
        let (samples, arrangement) = (self.samples.clone(), self.arrangement.clone());
        let found = self.findings.clone();
        let other = self.other.as_ref().map(|o| o.findings.clone());
        in_background(move || {
            let order = arrangement.apply(&samples, &found, other.as_ref(), &schema);
            let _ = done.send(order);
            wake();
        });
        self.arranging = Some(result);
        self.stale = false;
        self.arranged = Some(Instant::now());
    }

    /// Takes in what has come from the background, and asks for the next arrangement where
    /// predictions changed it.
    pub fn keep_arranged(&mut self, schema: impl FnOnce() -> Schema, wake: &Wake) {
        if let Some(facts) = self.learning.as_ref().and_then(|r| r.try_recv().ok()) {
            self.facts = facts;
            self.learning = None;
        }
        match self.arranging.as_ref().map(Receiver::try_recv) {
            Some(Ok(order)) => {
                self.order = order;
                self.arranging = None;
            }
            Some(Err(TryRecvError::Disconnected)) => self.arranging = None,
            _ => {}
        }
        let due = self.arranged.is_none_or(|t| t.elapsed() > ARRANGE_EVERY);
        if self.stale && due && self.arranging.is_none() && self.arrangement.needs_predictions() {
            self.arrange(schema(), wake.clone());
        }
    }
}

/// What is held of something large, the oldest first.
#[derive(Default)]
struct Held {
    queue: VecDeque<(usize, usize)>,
    bytes: usize,
}

impl Held {
    fn took(&mut self, index: usize, bytes: usize) {
        self.queue.push_back((index, bytes));
        self.bytes += bytes;
    }

    /// What has to go so that no more than `budget` bytes are held; never `kept`, nor the last.
    fn excess(&mut self, budget: usize, kept: usize) -> Option<usize> {
        if self.bytes <= budget || self.queue.len() < 2 {
            return None;
        }
        let (mut old, mut bytes) = self.queue.pop_front()?;
        if old == kept {
            self.queue.push_back((old, bytes));
            (old, bytes) = self.queue.pop_front()?;
        }
        self.bytes -= bytes;
        // Read twice, it is held once more.
        match self.queue.iter().any(|(i, _)| *i == old) {
            true => self.excess(budget, kept),
            false => (old != kept).then_some(old),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_and_what_is_looked_at_stays() {
        let mut held = Held::default();
        for index in 0..5 {
            held.took(index, 10);
        }
        assert_eq!(held.excess(50, 0), None);
        assert_eq!(held.excess(35, 0), Some(1));
        assert_eq!(held.excess(35, 0), Some(2));
        assert_eq!(held.excess(35, 0), None);
        held.took(3, 10);
        // 3 is held twice: dropping its older entry frees no picture, so 4 goes.
        assert_eq!(held.excess(25, 0), Some(4));
        assert_eq!(held.bytes, 20);
    }
}
