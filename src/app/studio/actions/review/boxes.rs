//! Boxes that are drawn or moved become those of faces.

use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::item::Picture;
use crate::app::faces::review::{FaceEdit, Review};
use crate::app::studio::Studio;
use crate::label::FaceBox;
use crate::review::{Field, Value};

impl Studio {
    /// The box that was moved or drawn becomes the face's own.
    pub(in crate::app::studio) fn use_box(&mut self) {
        if matches!(self.model.review, Review::Closed | Review::Opening(_)) {
            self.open_review(true);
            return self
                .toasts
                .say("The journal is being opened; once more, please");
        }
        let Some(face) = self.model.faces.shown() else {
            return;
        };
        let face_box = face.face_box;
        match self.model.faces.active() {
            PhotoFace::Drawn(_) => {
                if self.add_face(face_box) {
                    self.remove_box();
                }
            }
            PhotoFace::Listed(index) => {
                let first = face.item.first_box.0;
                if face_box == first {
                    return self.toasts.say("The box is where it was at first");
                }
                let value = Self::by_person(Value::Box(Some(face_box)));
                let changes = vec![(Field::Box, value)];
                self.edit_faces(vec![FaceEdit { index, changes }]);
            }
        }
    }

    /// A face more in the photo that is looked at; whether it is one.
    pub(in crate::app::studio) fn add_face(&mut self, face_box: FaceBox) -> bool {
        let Review::Open(open) = &mut self.model.review else {
            return false;
        };
        let index = self.model.faces.selected();
        let picture = self.model.faces.items.get(index).and_then(|i| i.decoded());
        let picture = picture.cloned();
        let Some(added) = open.add(&mut self.model.faces, index, face_box) else {
            self.toasts.say("There is a face in this box already");
            return false;
        };
        if let (Some(picture), Some(item)) = (picture, self.model.faces.items.get_mut(added)) {
            item.state = Picture::Ready(picture);
            self.model.faces.took_picture(added);
        }
        self.select(added);
        self.model.faces.selection.reveal();
        true
    }

    /// Deletes a face that somebody drew: one gesture, which can be undone.
    pub(in crate::app::studio) fn remove_face(&mut self) {
        let index = self.model.faces.selected();
        let mut others = self.model.faces.in_picture(index).into_iter();
        let other = others.rfind(|i| *i != index && !self.model.faces.is_removed(*i));
        let value = Self::by_person(Value::Box(None));
        let changes = vec![(Field::Box, value)];
        if self.edit_faces(vec![FaceEdit { index, changes }])
            && let Some(other) = other.or_else(|| self.model.faces.neighbour(1))
        {
            self.select(other);
            self.model.faces.selection.reveal();
        }
    }

    /// Somebody drew a box: a face, or the place of the only one, which nothing said before.
    pub(in crate::app::studio) fn review_box(&mut self, face_box: FaceBox) {
        if !face_box.is_valid() {
            return;
        }
        if self.model.faces.is_guessed_alone() {
            self.move_box(face_box);
            return self.use_box();
        }
        self.add_face(face_box);
    }
}
