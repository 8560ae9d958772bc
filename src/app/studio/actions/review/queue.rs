//! Which faces the queue has: those that are to do, whose labels may be wrong, or of which the set has
//! changed what was edited. It is a snapshot: what is mended stays in it until another is asked for.

use rayon::prelude::*;

use crate::app::faces::criterion::Criterion;
use crate::app::faces::review::{FaceEdit, Review};
use crate::app::faces::review_states::ReviewIs;
use crate::app::opening::Arrival;
use crate::app::studio::Studio;
use crate::label::{Provenance, TaskKind, TaskLabels};
use crate::review::{self, Conflict, Field, Labelled, Status, Value};

impl Studio {
    pub(super) fn only_todo(&mut self) {
        let none = "No face of the list is still to be reviewed";
        self.only(ReviewIs::Status(Status::Todo), none);
    }

    pub(super) fn only_conflicts(&mut self) {
        let none = "The set has changed nothing that was edited";
        self.only(ReviewIs::InConflict, none);
    }

    /// Shows those of the faces alone that are so, or all again; `none` says that there are none.
    fn only(&mut self, is: ReviewIs, none: &str) {
        let (criterion, list) = (Criterion::Review(is), &self.model.faces);
        let states = self.model.review.states();
        let mut shown = list.order.shown.iter();
        let is_on = criterion.is_on(&list.order.arrangement);
        match is_on || shown.any(|i| is.is(states.of(*i))) {
            true => self.choose(&criterion, true),
            false => self.toasts.say(none),
        }
    }

    /// The faces whose labels may be wrong.
    pub(super) fn check_labels(&mut self) {
        let (samples, schema) = (self.model.faces.samples.clone(), self.schema());
        let list = self.model.faces.number;
        let statuses = self.model.review.open().map(|open| open.statuses.clone());
        let doubts = move || {
            let all = 0..samples.len() as u32;
            let wrong = |i: &u32| {
                let sample = &samples[*i as usize];
                let size = sample.stated_size.map(|[w, h]| (w, h));
                let status = statuses.as_ref().and_then(|all| all.get(i).copied());
                !review::suspicions(sample, status.unwrap_or_default(), &schema, size).is_empty()
            };
            all.into_par_iter().filter(wrong).collect()
        };
        self.opening
            .away(move |say| say(Arrival::InDoubt(list, doubts())));
    }

    /// Shows the faces whose labels may be wrong, if they are of the list that is open.
    pub(in crate::app::studio) fn take_doubts(&mut self, list: u64, faces: Vec<u32>) {
        if list != self.model.faces.number {
            return;
        }
        match faces.is_empty() {
            true => self
                .toasts
                .say("No face's labels contradict themselves or each other"),
            false => self.show_among("labels in doubt".into(), faces),
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
