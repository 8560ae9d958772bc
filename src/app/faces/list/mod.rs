//! The faces that are open: samples as they were read, what became of each, and which of them are
//! shown in which order. Pictures and thumbnails are held within budgets.

mod held;
mod info;
mod order;
mod photo;
mod selection;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use eframe::egui::TextureHandle;

use super::arrangement::Arranged;
use super::boxes::{Boxes, HandBox, PhotoFace};
use super::compare::ComparedPredictor;
use super::findings::{Finding, Findings};
use super::item::{Decoded, Face, Item, Picture};
use super::reading::THUMBNAIL;
use super::review_states::ReviewStates;
use super::waiting::Waiting;
use crate::background::Wake;
use crate::dataset::{self, BoxSource, PictureSource, Sample, Samples};
use crate::label::{FaceBox, Prediction, Schema};
use crate::photo::PictureFile;
use held::Held;
pub use info::SetInfo;
pub use order::{Order, Then};
pub use selection::Selection;

/// Bytes of decoded pictures that are kept: a dozen photos of two megapixels, to go back to.
const PICTURES: usize = 96 << 20;
/// Bytes of thumbnails that are kept: some forty screens full of rows.
const THUMBNAILS: usize = 16 << 20;

#[derive(Default)]
pub struct List {
    /// Number of the list, so that what comes late for another is dropped.
    pub number: u64,
    pub info: SetInfo,
    pub samples: Samples,
    pub items: Vec<Item>,
    /// What the network has said.
    pub findings: Findings,
    /// Rises with every finding that comes or goes.
    pub version: u64,
    /// What another predictor says of the same faces.
    pub other: Option<ComparedPredictor>,
    pub boxes: Boxes,
    /// Whether the answer for the box at hand keeps one waiting.
    pub waiting: Waiting,
    /// The same of a second network's.
    pub other_waiting: Waiting,
    pub selection: Selection,
    pub order: Order,
    /// How far the review of the faces was when a person asked for their order last.
    pub states: Arc<ReviewStates>,
    /// Faces that were added and taken away again.
    removed: BTreeSet<usize>,
    /// Faces that are numbered as long as another was added to their pictures.
    numbered: BTreeSet<usize>,
    pictures: Held,
    thumbnails: Held,
    /// Faces whose boxes are others than when they were asked about.
    outdated: BTreeSet<usize>,
    /// Pictures' files that were read, by their paths.
    pub files: HashMap<Arc<Path>, PictureFile>,
}

impl List {
    pub fn new(name: String, samples: Vec<Sample>, columns: Vec<String>, number: u64) -> Self {
        Self {
            number,
            items: samples.iter().map(|_| Item::unread()).collect(),
            findings: Findings::none(samples.len()),
            order: Order::listed(samples.len()),
            samples: samples.into(),
            info: SetInfo::new(name, columns),
            ..Self::default()
        }
    }

    /// A list of pictures that are decoded already.
    pub fn of_decoded(name: String, pictures: Vec<(Sample, Decoded)>, number: u64) -> Self {
        let (samples, pictures): (Vec<_>, Vec<_>) = pictures.into_iter().unzip();
        let key = dataset::content_hash(&samples);
        let mut list = Self::new(name, samples, Vec::new(), number);
        list.info.key = key;
        for ((item, picture), sample) in
            list.items.iter_mut().zip(pictures).zip(list.samples.iter())
        {
            item.read(picture, sample);
        }
        list
    }

    /// Whether the pictures are in no file, and so are not known again.
    pub fn is_in_memory(&self) -> bool {
        let first = self.samples.first();
        first.is_some_and(|s| matches!(s.source, PictureSource::Memory(_)))
    }

    /// How many faces there are.
    pub fn count(&self) -> usize {
        self.items.len() - self.removed.len()
    }

    /// How many of them are predicted.
    pub fn found(&self) -> usize {
        let removed = self.removed.iter();
        let gone = removed.filter(|i| self.findings.get(**i).is_some());
        self.findings.found() - gone.count()
    }

    /// Whether some of the faces are not shown.
    pub fn is_filtered(&self) -> bool {
        self.order.shown.len() < self.count()
    }

    pub fn face(&self, index: usize) -> Option<Face<'_>> {
        let is_shown = index == self.selected() && self.active_hand().is_none();
        let face = self.waiting.without_old(self.as_found(index)?, is_shown);
        Some(match self.compares_networks() {
            true => self.other_waiting.without_old_other(face, is_shown),
            false => face,
        })
    }

    /// Whether the other predictor is a network, which is asked anew where a box is moved.
    pub fn compares_networks(&self) -> bool {
        self.other.as_ref().is_some_and(|o| o.network.is_some())
    }

    /// A face with what was found of it, be that in a box from which it was moved.
    fn as_found(&self, index: usize) -> Option<Face<'_>> {
        let (sample, item) = (self.samples.get(index)?, self.items.get(index)?);
        Some(Face {
            sample,
            item,
            face_box: item.face_box,
            source: item.source,
            finding: self.findings.get(index),
            other: self.other.as_ref().and_then(|o| o.findings.get(index)),
            hand: None,
            dragged: None,
        })
    }

    /// The face that is looked at: the selected one, or a box drawn in its picture.
    pub fn shown(&self) -> Option<Face<'_>> {
        let face = self.face(self.selected())?;
        match self.active_hand() {
            Some(hand) => Some(self.waiting.without_old(hand.face(face), true)),
            None => Some(face),
        }
    }

    /// Whether the answer for the box at hand is still to come, in place of an older one.
    pub fn is_waiting(&self) -> bool {
        let face = self.as_found_of(self.active());
        face.is_some_and(|face| face.is_waiting())
    }

    /// The same of a second network's answer.
    pub fn is_other_waiting(&self) -> bool {
        let face = self.as_found_of(self.active());
        self.compares_networks() && face.is_some_and(|face| face.is_other_waiting())
    }

    /// What the other predictor says, to be counted: of a second network, what it says of boxes from
    /// which faces were moved is left out.
    pub fn other_found(&self) -> Option<Findings> {
        let mut found = self.other.as_ref()?.findings.clone();
        if self.compares_networks() {
            for index in self.by_hand() {
                let face = self.as_found(index as usize);
                if face.is_some_and(|face| face.is_other_waiting()) {
                    found.remove(index as usize);
                }
            }
        }
        Some(found)
    }

    /// Whether the answer for a box that somebody moved or drew is still to come.
    pub fn is_unanswered(&self, which: PhotoFace) -> bool {
        let face = self.as_found_of(which);
        face.is_some_and(|face| face.is_unanswered())
    }

    /// A drawn box is one of the photo at hand.
    fn as_found_of(&self, which: PhotoFace) -> Option<Face<'_>> {
        match which {
            PhotoFace::Listed(index) => self.as_found(index),
            PhotoFace::Drawn(number) => {
                let photo = self.as_found(self.selected())?;
                Some(self.boxes.hand(number)?.face(photo))
            }
        }
    }

    /// Index of the face that is looked at.
    pub fn selected(&self) -> usize {
        self.selection.index
    }

    /// Row of the selected face, if it is among those shown.
    pub fn row(&self) -> Option<usize> {
        self.order.row(self.selected())
    }

    /// The face `by` rows away from the selected one, or from where it stood.
    pub fn neighbour(&self, by: isize) -> Option<usize> {
        self.order.neighbour(self.selected(), by)
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
        // The one on the screen stays.
        while let Some(old) = self.pictures.excess(PICTURES, self.selected()) {
            if let Some(item) = self.items.get_mut(old)
                && item.picture().is_some()
            {
                item.state = Picture::Unread;
            }
        }
    }

    /// How many pictures like those that are kept may be read ahead, so that none that was read
    /// goes again before it is looked at: at least the next one.
    pub fn room_ahead(&self) -> usize {
        self.pictures.room(PICTURES)
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
        prediction: Arc<Prediction>,
    ) {
        let Some(sample) = self.samples.get(index) else {
            return;
        };
        let labels = Some(&sample.annotation);
        let finding = Finding::new(labels, schema, face_box, prediction);
        // A face whose box is moved keeps its row: the order stands while somebody works in it.
        if self.findings.get(index).is_none() {
            self.order.is_stale(false);
        }
        self.findings.set(index, finding);
        self.version += 1;
    }

    /// Whether the face has a box in its set, or by an annotator, and that is not this one; unless
    /// somebody has moved it for a trial.
    pub fn is_outdated(&self, index: usize, face_box: FaceBox) -> bool {
        let (sample, item) = (self.samples.get(index), self.items.get(index));
        let own = sample.and_then(Sample::region);
        // By their bits: what is no number is never equal to itself, and would be asked for for ever.
        let bits = |b: FaceBox| [b.x, b.y, b.w, b.h, b.angle].map(f32::to_bits);
        item.is_some_and(|item| item.source != BoxSource::Given)
            && own.is_some_and(|(own, _)| bits(own) != bits(face_box))
    }

    /// Faces whose boxes are others than when they were asked about, each once.
    pub fn take_outdated(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.outdated)
    }

    /// Another sample takes the place of one, whose labels were edited: what was found of it is
    /// measured anew, and where its box is another now, it is to be asked about again. The order
    /// stands while somebody works in it.
    pub fn relabel(&mut self, index: usize, sample: Sample, schema: &Schema) {
        let before = self.samples.get(index).and_then(Sample::region);
        let moved = before.map(|b| b.0) != sample.region().map(|b| b.0);
        let other = self.other.as_mut().map(|other| &mut other.findings);
        for findings in [Some(&mut self.findings), other].into_iter().flatten() {
            if let Some(finding) = findings.get(index) {
                let labels = Some(&sample.annotation);
                let prediction = finding.prediction.clone();
                let finding = Finding::new(labels, schema, finding.face_box, prediction);
                findings.set(index, finding);
            }
        }
        if let Some(item) = self.items.get_mut(index) {
            let place = match item.picture() {
                Some(picture) => Some(sample.region_in(picture.width(), picture.height())),
                None => sample.region(),
            };
            // A box that was moved for a trial stays where it is.
            if let Some(place) = place.filter(|place| place.0 != item.first_box.0) {
                (item.face_box, item.source, item.first_box) = (place.0, place.1, place);
            }
        }
        self.samples.replace(index, sample);
        if self.numbered.contains(&index) {
            self.number_again(index);
        }
        if moved {
            self.outdated.insert(index);
            // Of a face that is looked at it stays until the answer comes, which is on its way.
            let unread = self.items.get(index).is_some_and(|i| i.picture().is_none());
            let found = self.findings.get(index).map(|f| f.face_box);
            if unread && found.is_some_and(|found| self.is_outdated(index, found)) {
                self.findings.remove(index);
                self.order.is_stale(false);
            }
        }
        self.version += 1;
    }

    /// Adds a face behind the others of its picture; returns its index.
    pub fn add(&mut self, sample: Sample) -> usize {
        let index = self.items.len();
        let path = sample.path.clone();
        let mut others = self.samples.iter();
        let of = others.position(|other| other.path == path);
        drop(others);
        let mut item = Item::unread();
        if let Some(place) = sample.face_box {
            (item.face_box, item.source, item.first_box) = (place.0, place.1, place);
        }
        self.items.push(item);
        self.findings.push();
        if let Some(other) = &mut self.other {
            other.findings.push();
        }
        if let Some(of) = of {
            let together = self.info.summary.in_picture(of);
            if let (&[only], Some(first)) = (&together[..], self.samples.get(of))
                && first.ordinal.is_none()
            {
                let first = Sample {
                    ordinal: Some(1),
                    ..first.clone()
                };
                self.samples.replace(only, first);
                self.numbered.insert(only);
            }
            self.info.add_to_picture(of, index);
        }
        self.samples.push(sample);
        self.order.add(index, of);
        self.version += 1;
        index
    }

    /// Takes a face that was added out of the list, or back into it.
    pub fn remove(&mut self, index: usize, removed: bool) {
        if removed == self.is_removed(index) {
            return;
        }
        match removed {
            true => {
                self.removed.insert(index);
                self.order.shown.retain(|i| *i as usize != index);
            }
            false => {
                self.removed.remove(&index);
                let path = self.samples.get(index).map(|s| s.path.clone());
                let mut all = self.samples.iter();
                let of = all.position(|s| Some(&s.path) == path.as_ref());
                self.order.add(index, of);
            }
        }
        self.number_again(index);
        self.version += 1;
    }

    /// Numbers the face of a picture that had no number, while there are others.
    fn number_again(&mut self, index: usize) {
        let together = self.in_picture(index);
        let there = together.iter().filter(|i| !self.is_removed(**i)).count();
        let ordinal = (there > 1).then_some(1);
        for first in together.into_iter().filter(|i| self.numbered.contains(i)) {
            if let Some(sample) = self.samples.get(first).cloned() {
                self.samples.replace(first, Sample { ordinal, ..sample });
            }
        }
    }

    /// Whether a face was added and taken away again.
    pub fn is_removed(&self, index: usize) -> bool {
        self.removed.contains(&index)
    }

    /// All faces in the picture of one, itself among them.
    pub fn in_picture(&self, index: usize) -> Vec<usize> {
        self.info.summary.in_picture(index)
    }

    /// Forgets what another network said.
    pub fn forget_findings(&mut self) {
        self.findings.clear();
        self.items.iter_mut().for_each(|i| i.latency = None);
        self.boxes.hands.iter_mut().for_each(HandBox::forget);
        self.version += 1;
        self.order.is_stale(false);
    }

    /// What another predictor says has come or gone.
    pub fn compare(&mut self, other: Option<ComparedPredictor>) {
        if other.is_none() {
            self.order.stop_comparing();
        }
        self.other = other;
        self.version += 1;
        self.order.is_stale(true);
    }

    /// Learns what menus and the canvas want to know, away from the window's thread.
    pub fn learn(&mut self, wake: Wake) {
        self.info.learn(self.samples.clone(), wake);
    }

    /// Arranges the list as is asked, away from the window's thread.
    pub fn arrange(&mut self, schema: Schema, wake: Wake, then: Then) {
        let of = Arranged {
            samples: self.samples.clone(),
            findings: self.findings.clone(),
            other: self.other_found(),
            states: self.states.clone(),
            schema,
        };
        self.order.arrange(of, wake, then);
    }

    /// Takes in what has come from the background, and asks for the next arrangement where
    /// predictions changed it. Returns the face to look at from now on, where that is another.
    pub fn keep_arranged(&mut self, schema: impl FnOnce() -> Schema, wake: &Wake) -> Option<usize> {
        self.info.take();
        let order = self.order.take();
        let select = order.and_then(|(order, then)| self.take_order(order, then));
        if self.order.is_due() || self.order.lacks(self.items.len()) {
            self.arrange(schema(), wake.clone(), Then::Stay);
        }
        select
    }

    fn take_order(&mut self, mut order: Vec<u32>, then: Then) -> Option<usize> {
        order.retain(|i| !self.is_removed(*i as usize));
        let (scroll, select) = self.order.set(order, then, self.selected());
        if scroll {
            self.selection.reveal();
        }
        select
    }
}

#[cfg(test)]
mod tests;
