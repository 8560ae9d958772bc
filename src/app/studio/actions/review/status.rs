//! What becomes of a face: approved, unsure, excluded or still to do, and what is noted of it.

use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::review::Review;
use crate::app::studio::Studio;
use crate::humanize::counted;
use crate::label::{Provenance, TaskLabels};
use crate::review::{Field, Status, Value};

impl Studio {
    /// Approves the face and goes to the next one of the queue. A face of which points are missing
    /// is asked about once.
    pub(super) fn approve(&mut self) {
        let index = self.model.faces.selected();
        let before = self.model.review.status(index);
        if before != Status::Approved && self.asks_about_points(index) {
            return;
        }
        self.set_status(Status::Approved);
        self.go_on(before == Status::Approved);
    }

    /// Gives the face this status and goes to the next one, or takes the status back.
    pub(super) fn toggle_status(&mut self, status: Status) {
        let now = self.model.review.status(self.model.faces.selected());
        if now == status {
            return self.set_status(Status::Todo);
        }
        self.set_status(status);
        self.go_on(false);
    }

    pub(super) fn set_status(&mut self, status: Status) {
        self.edit(vec![(
            Field::Status,
            Self::by_person(Value::Status(status)),
        )]);
    }

    /// Goes to the next face of the queue; at its end, where that was approved `before`, to the
    /// first that is still to do.
    fn go_on(&mut self, before: bool) {
        if let Some(next) = self.model.faces.neighbour(1) {
            self.select(next);
            return self.model.faces.selection.reveal();
        }
        let shown = self.model.faces.order.shown.iter();
        let todo = |i: &&u32| self.model.review.status(**i as usize) == Status::Todo;
        let todo: Vec<u32> = shown.filter(todo).copied().collect();
        match todo.first() {
            Some(first) if before => {
                self.select(*first as usize);
                self.model.faces.selection.reveal();
            }
            Some(_) => {
                let faces = counted(todo.len(), "face");
                let are = crate::humanize::is_or_are(todo.len());
                self.toasts.say(format!(
                    "The queue ends here; {faces} of it {are} still to do: approve once more to go \
                     to the first"
                ));
            }
            None => self
                .toasts
                .say("The queue ends here: none of its faces is to do"),
        }
    }

    /// Says once which points of a face are missing that other faces have.
    fn asks_about_points(&mut self, index: usize) -> bool {
        let missing = self.missing_points(index);
        let Review::Open(open) = &mut self.model.review else {
            return false;
        };
        if missing.is_empty() || open.asked.replace(index) == Some(index) {
            return false;
        }
        let (names, are) = (
            missing.join(", "),
            crate::humanize::is_or_are(missing.len()),
        );
        self.toasts.say(format!(
            "{names} {are} unknown: approve once more if that is right"
        ));
        true
    }

    /// The points of a face that are unknown, though it has others, another face of the list (of its
    /// first thousands: a key waits for this) has them, and nobody said that they are.
    fn missing_points(&self, index: usize) -> Vec<String> {
        /// Faces that are looked at for a point.
        const OTHERS: usize = 4096;
        let samples = &self.model.faces.samples;
        let schema = self.schema();
        let Some(sample) = samples.get(index) else {
            return Vec::new();
        };
        let known = |sample: &crate::dataset::Sample, (t, i): AttributeIndex| {
            let points = match schema
                .tasks
                .get(t)
                .and_then(|task| sample.annotation.of(t, task))
            {
                Some(TaskLabels::Points(points)) => points.get(i).and_then(|p| p.known()),
                _ => None,
            };
            points.is_some()
        };
        let (labelled, unknown): (Vec<AttributeIndex>, Vec<AttributeIndex>) = self
            .point_places()
            .into_iter()
            .partition(|place| known(sample, *place));
        if labelled.is_empty() {
            return Vec::new();
        }
        let by_person = |(t, i): AttributeIndex| {
            let source = sample.annotation.provenance(t, i);
            matches!(source, Provenance::Person | Provenance::Confirmed)
        };
        let has = |place| samples.iter().take(OTHERS).any(|other| known(other, place));
        let missing = unknown
            .into_iter()
            .filter(|place| !by_person(*place) && has(*place));
        missing.map(|place| self.item_name(place)).collect()
    }

    /// What a point or an attribute is called, as people write it.
    pub(super) fn item_name(&self, (task, item): AttributeIndex) -> String {
        let schema = self.schema();
        let name = schema.tasks.get(task).and_then(|t| t.items().nth(item));
        name.unwrap_or_default().replace('_', " ")
    }

    pub(in crate::app::studio) fn set_note(&mut self, note: String) {
        self.edit(vec![(Field::Note, Self::by_person(Value::Note(note)))]);
    }
}
