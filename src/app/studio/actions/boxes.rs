//! Boxes are drawn, moved, removed, and all of it undone.

use std::path::Path;
use std::sync::Arc;

use crate::app::faces::boxes::{BoxEdit, HandBox, PhotoFace};
use crate::app::faces::item::{Face, Item};
use crate::app::studio::Studio;
use crate::dataset::BoxSource;
use crate::engine::{FaceTicket, ListTicket};
use crate::label::FaceBox;

impl Studio {
    /// How many boxes somebody drew in the photo that is shown.
    pub fn drawn_boxes(&self) -> usize {
        let all = self.model.faces.in_photo();
        let drawn = |(which, _): &&(PhotoFace, Face)| matches!(which, PhotoFace::Drawn(_));
        all.iter().filter(drawn).count()
    }

    /// Puts a box into the photo that is shown, and looks at it.
    pub fn add_box(&mut self, face_box: FaceBox) {
        let Some(sample) = self.model.faces.samples.get(self.model.faces.selected()) else {
            return;
        };
        if !face_box.is_valid() {
            return;
        }
        if self.model.faces.is_guessed_alone() {
            self.activate(PhotoFace::Listed(self.model.faces.selected()));
            self.box_is_taken();
            return self.move_box(face_box);
        }
        let number = self.model.faces.boxes.next_number();
        let path = sample.path.clone();
        let hand = HandBox::new(number, path, face_box);
        self.model.faces.boxes.hands.push(hand);
        self.model.faces.boxes.changed = true;
        self.model.faces.boxes.by_hand_changed = true;
        self.model.faces.boxes.edits.push(BoxEdit::Added(number));
        self.activate(PhotoFace::Drawn(number));
        self.predict_hand(number);
    }

    /// Takes the active box away; a face of the data set has nothing to take away.
    pub(in crate::app::studio) fn remove_box(&mut self) {
        match self.model.faces.active() {
            PhotoFace::Drawn(number) => {
                if let Some(hand) = self.take_hand(number) {
                    self.model
                        .faces
                        .boxes
                        .edits
                        .push(BoxEdit::Removed(Box::new(hand)));
                }
            }
            PhotoFace::Listed(_) => {}
        }
    }

    fn take_hand(&mut self, number: u32) -> Option<HandBox> {
        let at = self
            .model
            .faces
            .boxes
            .hands
            .iter()
            .position(|h| h.number == number)?;
        let hand = self.model.faces.boxes.hands.remove(at);
        self.model.faces.boxes.by_hand_changed = true;
        self.activate(PhotoFace::Listed(self.model.faces.selected()));
        Some(hand)
    }

    /// Undoes what was done last to a box of the open list.
    pub(in crate::app::studio) fn undo_box(&mut self) {
        if let Some(edit) = self.model.faces.boxes.edits.done.pop()
            && let Some(inverse) = self.reverse(edit)
        {
            self.model.faces.boxes.edits.undone.push(inverse);
        }
    }

    /// Does again what was undone last.
    pub(in crate::app::studio) fn redo_box(&mut self) {
        if let Some(edit) = self.model.faces.boxes.edits.undone.pop()
            && let Some(inverse) = self.reverse(edit)
        {
            self.model.faces.boxes.edits.done.push(inverse);
        }
    }

    /// Makes an edit not done, and looks at its box; returns the edit that this is.
    fn reverse(&mut self, edit: BoxEdit) -> Option<BoxEdit> {
        self.model.faces.boxes.by_hand_changed = true;
        match edit {
            BoxEdit::Added(number) => {
                let path = self.model.faces.boxes.hand(number)?.path.clone();
                self.look_at_picture(&path);
                let hand = self.take_hand(number)?;
                Some(BoxEdit::Removed(Box::new(hand)))
            }
            BoxEdit::Removed(mut hand) => {
                let (number, path) = (hand.number, hand.path.clone());
                hand.forget(); // another network may be in use by now
                self.model.faces.boxes.hands.push(*hand);
                self.look_at_picture(&path);
                self.activate(PhotoFace::Drawn(number));
                self.predict_hand(number);
                Some(BoxEdit::Added(number))
            }
            BoxEdit::Moved(which @ PhotoFace::Drawn(number), face_box, source) => {
                let hand = self.model.faces.boxes.hand_mut(number)?;
                let before = std::mem::replace(&mut hand.face_box, face_box);
                let path = hand.path.clone();
                self.look_at_picture(&path);
                self.activate(which);
                self.predict_hand(number);
                Some(BoxEdit::Moved(which, before, source))
            }
            BoxEdit::Moved(which @ PhotoFace::Listed(index), face_box, source) => {
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
        let samples = self.model.faces.samples.clone();
        if samples
            .get(self.model.faces.selected())
            .is_none_or(|s| s.path != *path)
            && let Some(index) = samples.iter().position(|s| s.path == *path)
        {
            self.select(index);
            self.model.faces.selection.reveal();
        }
    }

    /// Remembers where the active box was before it is moved.
    pub(in crate::app::studio) fn box_is_taken(&mut self) {
        if let Some(face) = self.model.faces.shown() {
            let edit = BoxEdit::Moved(self.model.faces.active(), face.face_box, face.source);
            self.model.faces.boxes.changed = true;
            self.model.faces.boxes.edits.push(edit);
        }
    }

    /// Looks at a face of the photo that is shown.
    pub(in crate::app::studio) fn activate(&mut self, which: PhotoFace) {
        match which {
            PhotoFace::Drawn(number) => {
                self.model.faces.boxes.active = Some(number);
                self.lifetime.latency = self.model.faces.active_hand().and_then(|h| h.latency);
            }
            PhotoFace::Listed(index) => {
                self.model.faces.boxes.active = None;
                if index != self.model.faces.selected() {
                    self.select(index);
                    self.model.faces.selection.reveal();
                }
            }
        }
    }

    /// Moves the active box; its prediction follows.
    pub(in crate::app::studio) fn move_box(&mut self, face_box: FaceBox) {
        match self.model.faces.active() {
            PhotoFace::Drawn(number) => {
                if let Some(hand) = self.model.faces.boxes.hand_mut(number) {
                    hand.face_box = face_box;
                }
                self.predict_hand(number);
            }
            PhotoFace::Listed(index) => {
                if let Some(item) = self.model.faces.items.get_mut(index) {
                    self.model.faces.boxes.by_hand_changed |= item.source != BoxSource::Given;
                    (item.face_box, item.source) = (face_box, BoxSource::Given);
                }
                self.predict(index, true);
            }
        }
    }

    /// Puts the active box where it was at first.
    pub(in crate::app::studio) fn reset_box(&mut self) {
        let PhotoFace::Listed(index) = self.model.faces.active() else {
            return;
        };
        let moved = |i: &Item| (i.face_box, i.source) != i.first_box;
        if !self.model.faces.items.get(index).is_some_and(moved) {
            return;
        }
        self.box_is_taken();
        if let Some(item) = self.model.faces.items.get_mut(index) {
            (item.face_box, item.source) = item.first_box;
            self.model.faces.boxes.by_hand_changed = true;
            self.predict(index, true);
        }
    }

    pub(in crate::app::studio) fn predict_hand(&self, number: u32) {
        let photo = self.model.faces.items.get(self.model.faces.selected());
        let hand = self.model.faces.boxes.hand(number);
        if let (Some(hand), Some(photo)) = (hand, photo.and_then(|i| i.picture())) {
            self.ask_prediction(self.hand_ticket(number), photo, hand.face_box, true);
        }
    }

    fn hand_ticket(&self, number: u32) -> FaceTicket {
        FaceTicket::drawn(ListTicket(self.model.faces.number), number)
    }

    /// Asks for what is not known yet of the other faces in the photo that is shown, in their boxes
    /// as they are.
    pub(in crate::app::studio) fn predict_others(&self) {
        let Some(photo) = self
            .model
            .faces
            .face(self.model.faces.selected())
            .and_then(|f| f.item.picture())
        else {
            return;
        };
        for (which, face) in self.model.faces.in_photo() {
            let ticket = match which {
                _ if face.finding.is_some_and(|f| f.face_box == face.face_box) => continue,
                PhotoFace::Listed(index) if index == self.model.faces.selection.index => continue,
                PhotoFace::Listed(index) => self.ticket(index),
                PhotoFace::Drawn(number) => self.hand_ticket(number),
            };
            self.ask_prediction(ticket, photo, face.face_box, false);
        }
    }
}
