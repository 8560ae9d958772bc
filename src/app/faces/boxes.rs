//! Several faces in a photo: those that the data set has of it, and boxes that somebody draws.
//! Drawn boxes are predicted like any other and never reach the data set.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::app::faces::findings::Finding;
use crate::app::faces::item::{Face, Item, Picture};
use crate::app::faces::list::List;
use crate::app::studio::Studio;
use crate::dataset::{BoxSource, Sample};
use crate::engine::{FaceId, FaceTicket, ListTicket};
use crate::label::{FaceBox, Prediction, Schema};

/// A box that somebody drew.
pub struct HandBox {
    pub number: u32,
    /// The picture it is in.
    path: Arc<Path>,
    face_box: FaceBox,
    pub finding: Option<Finding>,
    latency: Option<Duration>,
}

impl HandBox {
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

/// A picture, and which of its faces in the list's order.
type FaceKey = (Arc<Path>, usize);

/// Where a face's box was moved to.
struct MovedBox {
    /// Where its data set has it: in another set the same place may be another face's.
    from: Option<FaceBox>,
    to: FaceBox,
    /// What the network of this hash found there.
    found: Option<(u64, Finding)>,
}

/// Boxes that somebody moved or drew, kept for the session: they are there when a picture is opened
/// again, as predictions are.
#[derive(Default)]
pub struct KeptBoxes {
    moved: HashMap<FaceKey, MovedBox>,
    drawn: HashMap<Arc<Path>, Vec<FaceBox>>,
}

impl KeptBoxes {
    /// How many boxes would be lost with this.
    pub fn count(&self) -> usize {
        self.moved.len() + self.drawn.values().map(Vec::len).sum::<usize>()
    }

    /// The photos that they are in, by their names.
    pub fn photos(&self) -> Vec<String> {
        let moved = self.moved.keys().map(|(path, _)| path);
        let paths: BTreeSet<&Arc<Path>> = moved.chain(self.drawn.keys()).collect();
        paths
            .into_iter()
            .map(|p| crate::dataset::name_of(p))
            .collect()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes over what was done in a list. Pictures in memory have no file to be known again by.
    pub fn keep(&mut self, list: &List, network: Option<u64>) {
        if list.is_in_memory() || !list.boxes_changed {
            return;
        }
        for (index, (key, item)) in keys(&list.samples).zip(&list.items).enumerate() {
            if key.1 == 0 {
                self.drawn.remove(&key.0);
            }
            match item.source == BoxSource::Given {
                true => {
                    let found = list.findings.get(index);
                    let found = found.filter(|f| f.face_box == item.face_box);
                    let moved = MovedBox {
                        from: list.samples[index].region().map(|r| r.0),
                        to: item.face_box,
                        found: network.zip(found.cloned()),
                    };
                    self.moved.insert(key, moved)
                }
                false => self.moved.remove(&key),
            };
        }
        for hand in &list.hands {
            let all = self.drawn.entry(hand.path.clone()).or_default();
            all.push(hand.face_box);
        }
    }

    /// Puts boxes back into a list; how many.
    pub fn restore(&self, list: &mut List, network: Option<u64>) -> usize {
        if list.is_in_memory() || self.moved.is_empty() && self.drawn.is_empty() {
            return 0;
        }
        let mut count = 0;
        let samples = list.samples.clone();
        for (index, (key, item)) in keys(&samples).zip(&mut list.items).enumerate() {
            let from = samples[index].region().map(|r| r.0);
            if let Some(moved) = self.moved.get(&key).filter(|moved| moved.from == from) {
                (item.face_box, item.source) = (moved.to, BoxSource::Given);
                count += 1;
                if let Some((hash, found)) = &moved.found
                    && network == Some(*hash)
                {
                    list.findings.set(index, found.clone());
                }
            }
            // With the picture's first face.
            let (path, 0) = key else { continue };
            for face_box in self.drawn.get(&path).into_iter().flatten() {
                list.hands.push(HandBox {
                    number: list.hands.len() as u32,
                    path: path.clone(),
                    face_box: *face_box,
                    finding: None,
                    latency: None,
                });
                count += 1;
            }
        }
        list.boxes_changed = count > 0;
        count
    }
}

/// What each face of a list is known by.
fn keys(samples: &[Sample]) -> impl Iterator<Item = FaceKey> {
    let mut counts: HashMap<&Path, usize> = HashMap::new();
    samples.iter().map(move |sample| {
        let count = counts.entry(&sample.path).or_default();
        *count += 1;
        (sample.path.clone(), *count - 1)
    })
}

/// More faces than this in one photo are not drawn: nobody could tell them apart.
const AT_MOST: usize = 256;

/// What was done to a box, so that it can be undone.
enum BoxEdit {
    Added(u32),
    Removed(Box<HandBox>),
    /// Where it was before.
    Moved(Which, FaceBox, BoxSource),
}

/// What was done to the boxes of a list, and what was undone of it; the last one last.
#[derive(Default)]
pub struct BoxEdits {
    done: Vec<BoxEdit>,
    undone: Vec<BoxEdit>,
}

impl BoxEdits {
    /// A new edit ends what could be done again.
    fn push(&mut self, edit: BoxEdit) {
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
pub enum Which {
    /// One of the list.
    Listed(usize),
    /// A drawn box, by its number.
    Drawn(u32),
}

impl List {
    /// Faces whose boxes somebody moved, and those in whose photos somebody drew some.
    pub fn by_hand(&self) -> Vec<u32> {
        let drawn: HashSet<&Path> = self.hands.iter().map(|h| &*h.path).collect();
        let all = (0_u32..).zip(self.samples.iter().zip(&self.items));
        let by_hand = all.filter(|(_, (sample, item))| {
            item.source == BoxSource::Given || !drawn.is_empty() && drawn.contains(&*sample.path)
        });
        by_hand.map(|(index, _)| index).collect()
    }

    /// What somebody did to the boxes of a face's photo, in a word or two.
    pub fn box_words(&self, index: usize) -> Option<&'static str> {
        let (sample, item) = (self.samples.get(index)?, self.items.get(index)?);
        if item.source == BoxSource::Given {
            return Some("box by hand");
        }
        let drawn = self.hands.iter().any(|h| h.path == sample.path);
        drawn.then_some("box drawn")
    }

    pub fn active(&self) -> Which {
        match self.active_hand() {
            Some(hand) => Which::Drawn(hand.number),
            None => Which::Listed(self.selected),
        }
    }

    fn hand(&self, number: u32) -> Option<&HandBox> {
        self.hands.iter().find(|h| h.number == number)
    }

    /// The drawn box that is looked at.
    pub fn active_hand(&self) -> Option<&HandBox> {
        let number = self.hand?;
        let path = &self.samples.get(self.selected)?.path;
        let mut hands = self.hands.iter();
        hands.find(|h| h.number == number && h.path == *path)
    }

    /// Whether the photo has one face in a box that nobody set: it gives way to the first one that
    /// somebody draws.
    fn is_guessed_alone(&self) -> bool {
        let all = self.in_photo();
        matches!(&all[..], [(Which::Listed(_), face)] if face.source.is_guess())
    }

    /// All faces in the photo that is looked at, the active one last, so that it lies on top.
    pub fn in_photo(&self) -> Vec<(Which, Face<'_>)> {
        let Some(photo) = self.face(self.selected) else {
            return Vec::new();
        };
        let size = photo.item.picture().map(|p| p.dimensions());
        let others = self.facts.in_picture(self.selected).into_iter();
        let others = others.filter(|i| *i != self.selected).take(AT_MOST);
        let listed = others.chain([self.selected]);
        let mut all: Vec<_> = listed
            .filter_map(|index| {
                let mut face = self.face(index)?;
                // The picture was read for another of its faces.
                if let (Picture::Unread, Some((w, h))) = (&face.item.state, size)
                    && face.source != BoxSource::Given
                {
                    (face.face_box, face.source) = face.sample.region_in(w, h);
                }
                Some((Which::Listed(index), face))
            })
            .collect();
        let hands = self.hands.iter().filter(|h| h.path == photo.sample.path);
        all.extend(hands.map(|h| (Which::Drawn(h.number), h.face(photo))));
        let active = self.active();
        all.sort_by_key(|(which, _)| *which == active);
        all
    }

    /// The face that a ticket is of, or for a drawn box the one whose photo it is in.
    pub fn sample_of(&self, ticket: FaceTicket) -> usize {
        match ticket.face {
            FaceId::Drawn(_) => self.selected,
            FaceId::Listed(index) => index,
        }
    }

    /// Takes what was predicted for a drawn box; nothing where there is no such box.
    pub fn hand_predicted(
        &mut self,
        number: u32,
        schema: &Schema,
        face_box: FaceBox,
        (prediction, latency): (Arc<Prediction>, Option<Duration>),
    ) -> Option<Duration> {
        let hand = self.hands.iter_mut().find(|h| h.number == number)?;
        // A box that has moved on since gets its own answer.
        if hand.face_box == face_box || hand.finding.is_none() {
            hand.finding = Some(Finding::new(None, schema, face_box, prediction));
            hand.latency = latency.or(hand.latency);
        }
        hand.latency.filter(|_| self.hand == Some(number))
    }
}

impl Studio {
    /// How many boxes somebody drew in the photo that is shown.
    pub fn drawn_boxes(&self) -> usize {
        let all = self.model.faces.in_photo();
        let drawn = |(which, _): &&(Which, Face)| matches!(which, Which::Drawn(_));
        all.iter().filter(drawn).count()
    }

    /// Puts a box into the photo that is shown, and looks at it.
    pub fn add_box(&mut self, face_box: FaceBox) {
        let Some(sample) = self.model.faces.samples.get(self.model.faces.selected) else {
            return;
        };
        if !face_box.is_valid() {
            return;
        }
        if self.model.faces.is_guessed_alone() {
            self.activate(Which::Listed(self.model.faces.selected));
            self.box_is_taken();
            return self.move_box(face_box);
        }
        let number = self
            .model
            .faces
            .hands
            .iter()
            .map(|h| h.number + 1)
            .max()
            .unwrap_or(0);
        self.model.faces.hands.push(HandBox {
            number,
            path: sample.path.clone(),
            face_box,
            finding: None,
            latency: None,
        });
        self.model.faces.boxes_changed = true;
        self.model.faces.edits.push(BoxEdit::Added(number));
        self.activate(Which::Drawn(number));
        self.predict_hand(number);
    }

    /// Takes the active box away; a face of the data set has nothing to take away.
    pub(in crate::app) fn remove_box(&mut self) {
        match self.model.faces.active() {
            Which::Drawn(number) => {
                if let Some(hand) = self.take_hand(number) {
                    self.model
                        .faces
                        .edits
                        .push(BoxEdit::Removed(Box::new(hand)));
                }
            }
            Which::Listed(_) => {
                let words =
                    "Only boxes that were added can be removed; the data set stays as it is";
                self.toasts.say(words);
            }
        }
    }

    fn take_hand(&mut self, number: u32) -> Option<HandBox> {
        let at = self
            .model
            .faces
            .hands
            .iter()
            .position(|h| h.number == number)?;
        let hand = self.model.faces.hands.remove(at);
        self.activate(Which::Listed(self.model.faces.selected));
        Some(hand)
    }

    /// Undoes what was done last to a box of the open list.
    pub(in crate::app) fn undo_box(&mut self) {
        if let Some(edit) = self.model.faces.edits.done.pop()
            && let Some(inverse) = self.reverse(edit)
        {
            self.model.faces.edits.undone.push(inverse);
        }
    }

    /// Does again what was undone last.
    pub(in crate::app) fn redo_box(&mut self) {
        if let Some(edit) = self.model.faces.edits.undone.pop()
            && let Some(inverse) = self.reverse(edit)
        {
            self.model.faces.edits.done.push(inverse);
        }
    }

    /// Makes an edit not done, and looks at its box; returns the edit that this is.
    fn reverse(&mut self, edit: BoxEdit) -> Option<BoxEdit> {
        match edit {
            BoxEdit::Added(number) => {
                let path = self.model.faces.hand(number)?.path.clone();
                self.look_at_picture(&path);
                let hand = self.take_hand(number)?;
                Some(BoxEdit::Removed(Box::new(hand)))
            }
            BoxEdit::Removed(mut hand) => {
                let (number, path) = (hand.number, hand.path.clone());
                hand.forget(); // another network may be in use by now
                self.model.faces.hands.push(*hand);
                self.look_at_picture(&path);
                self.activate(Which::Drawn(number));
                self.predict_hand(number);
                Some(BoxEdit::Added(number))
            }
            BoxEdit::Moved(which @ Which::Drawn(number), face_box, source) => {
                let hand = self
                    .model
                    .faces
                    .hands
                    .iter_mut()
                    .find(|h| h.number == number)?;
                let before = std::mem::replace(&mut hand.face_box, face_box);
                let path = hand.path.clone();
                self.look_at_picture(&path);
                self.activate(which);
                self.predict_hand(number);
                Some(BoxEdit::Moved(which, before, source))
            }
            BoxEdit::Moved(which @ Which::Listed(index), face_box, source) => {
                let item = self.model.faces.items.get_mut(index)?;
                let before = (item.face_box, item.source);
                (item.face_box, item.source) = (face_box, source);
                self.activate(which);
                self.predict(index, true);
                Some(BoxEdit::Moved(which, before.0, before.1))
            }
        }
    }

    /// Shows a picture of the list, unless it is shown.
    fn look_at_picture(&mut self, path: &Arc<Path>) {
        let samples = &self.model.faces.samples;
        if samples
            .get(self.model.faces.selected)
            .is_none_or(|s| s.path != *path)
            && let Some(index) = samples.iter().position(|s| s.path == *path)
        {
            self.select(index);
            self.model.faces.scroll = true;
        }
    }

    /// Remembers where the active box was before it is moved.
    pub(in crate::app) fn box_is_taken(&mut self) {
        if let Some(face) = self.model.faces.shown() {
            let edit = BoxEdit::Moved(self.model.faces.active(), face.face_box, face.source);
            self.model.faces.boxes_changed = true;
            self.model.faces.edits.push(edit);
        }
    }

    /// Looks at a face of the photo that is shown.
    pub(in crate::app) fn activate(&mut self, which: Which) {
        self.view.features.asked = false;
        match which {
            Which::Drawn(number) => {
                self.model.faces.hand = Some(number);
                self.view.latency = self.model.faces.active_hand().and_then(|h| h.latency);
            }
            Which::Listed(index) => {
                self.model.faces.hand = None;
                if index != self.model.faces.selected {
                    self.select(index);
                    self.model.faces.scroll = true;
                }
            }
        }
    }

    /// Moves the active box; its prediction follows.
    pub(in crate::app) fn move_box(&mut self, face_box: FaceBox) {
        self.view.features.asked = false;
        match self.model.faces.active() {
            Which::Drawn(number) => {
                let mut hands = self.model.faces.hands.iter_mut();
                if let Some(hand) = hands.find(|h| h.number == number) {
                    hand.face_box = face_box;
                }
                self.predict_hand(number);
            }
            Which::Listed(index) => {
                if let Some(item) = self.model.faces.items.get_mut(index) {
                    (item.face_box, item.source) = (face_box, BoxSource::Given);
                }
                self.predict(index, true);
            }
        }
    }

    /// Puts the active box where it was at first.
    pub(in crate::app) fn reset_box(&mut self) {
        let Which::Listed(index) = self.model.faces.active() else {
            return;
        };
        let moved = |i: &Item| (i.face_box, i.source) != i.first_box;
        if !self.model.faces.items.get(index).is_some_and(moved) {
            return;
        }
        self.box_is_taken();
        if let Some(item) = self.model.faces.items.get_mut(index) {
            (item.face_box, item.source) = item.first_box;
            self.view.features.asked = false;
            self.predict(index, true);
        }
    }

    pub(in crate::app) fn predict_hand(&self, number: u32) {
        let photo = self.model.faces.items.get(self.model.faces.selected);
        let hand = self.model.faces.hand(number);
        if let (Some(hand), Some(photo)) = (hand, photo.and_then(|i| i.picture())) {
            self.ask_prediction(self.hand_ticket(number), photo, hand.face_box, true);
        }
    }

    fn hand_ticket(&self, number: u32) -> FaceTicket {
        FaceTicket::drawn(ListTicket(self.model.faces.number), number)
    }

    /// Asks for what is not known yet of the other faces in the photo that is shown, in their boxes
    /// as they are.
    pub(in crate::app) fn predict_others(&self) {
        let Some(photo) = self
            .model
            .faces
            .face(self.model.faces.selected)
            .and_then(|f| f.item.picture())
        else {
            return;
        };
        for (which, face) in self.model.faces.in_photo() {
            let ticket = match which {
                _ if face.finding.is_some_and(|f| f.face_box == face.face_box) => continue,
                Which::Listed(index) if index == self.model.faces.selected => continue,
                Which::Listed(index) => self.ticket(index),
                Which::Drawn(number) => self.hand_ticket(number),
            };
            self.ask_prediction(ticket, photo, face.face_box, false);
        }
    }
}
