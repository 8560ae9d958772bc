//! Which faces the queue has: those that are to do, whose labels may be wrong, or of which the set has
//! changed what was edited. It is a snapshot: what is mended stays in it until another is asked for.

use rayon::prelude::*;

use crate::app::faces::review::{FaceEdit, Review};
use crate::app::studio::Studio;
use crate::label::{Provenance, TaskKind, TaskLabels};
use crate::review::{self, Conflict, Field, Labelled, Status, Value};

impl Studio {
    pub(super) fn only_todo(&mut self) {
        let list = &self.model.faces;
        let todo = |i: &u32| self.model.review.status(*i as usize) == Status::Todo;
        let mut faces: Vec<u32> = list.order.shown.iter().copied().filter(todo).collect();
        faces.sort_unstable();
        self.show_queue(
            "to do",
            faces,
            "No face of the list is still to be reviewed",
        );
    }

    /// The faces whose labels may be wrong.
    pub(super) fn check_labels(&mut self) {
        let (samples, schema) = (self.model.faces.samples.clone(), self.schema());
        let statuses = self.model.review.open().map(|open| open.statuses.clone());
        let all = 0..samples.len() as u32;
        let wrong = |i: &u32| {
            let sample = &samples[*i as usize];
            let size = sample.stated_size.map(|[w, h]| (w, h));
            let status = statuses.as_ref().and_then(|all| all.get(i).copied());
            !review::suspicions(sample, status.unwrap_or_default(), &schema, size).is_empty()
        };
        let faces: Vec<u32> = all.into_par_iter().filter(wrong).collect();
        self.show_queue(
            "labels in doubt",
            faces,
            "No check finds anything wrong with the labels",
        );
    }

    pub(super) fn only_conflicts(&mut self) {
        let open = self.model.review.open();
        let mut faces: Vec<u32> = open.map_or(Vec::new(), |open| open.in_conflict().1);
        faces.sort_unstable();
        let none = "The set has changed nothing that was edited";
        self.show_queue("conflicts", faces, none);
    }

    fn show_queue(&mut self, text: &str, faces: Vec<u32>, none: &'static str) {
        match faces.is_empty() {
            true => self.toasts.say(none),
            false => self.show_among(text.to_owned(), faces),
        }
    }

    /// The points of one side become those of the other, of every task that has sides.
    pub(super) fn exchange_sides(&mut self) {
        let schema = self.schema();
        let Some(sample) = self.model.faces.samples.get(self.model.faces.selected()) else {
            return;
        };
        let mut changes = Vec::new();
        for (t, task) in schema.tasks.iter().enumerate() {
            let TaskKind::Points { flip_pairs, .. } = &task.kind else {
                continue;
            };
            let Some(TaskLabels::Points(points)) = sample.annotation.of(t, task) else {
                continue;
            };
            let exchanged = review::exchanged(points, flip_pairs);
            for (i, (before, after)) in points.iter().zip(exchanged).enumerate() {
                if *before != after
                    && let Some(field) = self.field((t, i))
                {
                    changes.push((field, Self::by_person(Value::Point(after))));
                }
            }
        }
        self.edit(changes);
    }

    /// Somebody has decided which value of a conflict holds: what was edited, or the set's.
    pub(in crate::app::studio) fn decide(&mut self, conflict: &Conflict, edited: bool) {
        let label = match edited {
            true => conflict.edited.clone(),
            false => Labelled {
                value: conflict.present.value.clone(),
                source: Provenance::Confirmed,
            },
        };
        let Review::Open(open) = &self.model.review else {
            return;
        };
        if let Some(index) = open.face_of(conflict) {
            let changes: Vec<(Field, Labelled)> = vec![(conflict.field.clone(), label)];
            self.edit_faces(vec![FaceEdit { index, changes }]);
        }
    }
}
