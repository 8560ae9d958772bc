//! What becomes of a face: approved, unsure, excluded or still to do, and what is noted of it.

use crate::app::studio::Studio;
use crate::review::{Field, Status, Value};

impl Studio {
    /// Approves the face and goes to the next one that is to be reviewed.
    pub(super) fn approve(&mut self) {
        let approved = Value::Status(Status::Approved);
        self.edit(vec![(Field::Status, Self::by_person(approved))]);
        self.panels.canvas.photo.placing = false;
        if let Some(next) = self.model.faces.neighbour(1) {
            self.select(next);
            self.model.faces.selection.reveal();
        } else {
            self.toasts.say("This is the last face of the queue");
        }
    }

    pub(super) fn toggle_status(&mut self, status: Status) {
        let now = self.model.review.status(self.model.faces.selected());
        let status = if now == status { Status::Todo } else { status };
        self.set_status(status);
    }

    pub(super) fn set_status(&mut self, status: Status) {
        self.edit(vec![(
            Field::Status,
            Self::by_person(Value::Status(status)),
        )]);
    }

    pub(in crate::app::studio) fn set_note(&mut self, note: String) {
        self.edit(vec![(Field::Note, Self::by_person(Value::Note(note)))]);
    }
}
