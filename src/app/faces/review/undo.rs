//! Gestures that are taken back, and done again.

use super::{Journaled, free_numbers};
use crate::app::faces::answers::AttributeIndex;
use crate::app::faces::list::List;
use crate::dataset::Sample;
use crate::label::{Annotation, TaskLabels};
use crate::review::{self, FaceRef};

impl Journaled {
    /// A face that was drawn and taken back before the journal was opened, and is there again.
    fn add_again(&mut self, list: &mut List, face: &FaceRef) {
        let picture = |s: &Sample| review::picture_name(&s.path, &self.root);
        let at = list.samples.iter().position(|s| picture(s) == face.picture);
        let edits = self.session.edits().of_face(face);
        if let Some((at, edits)) = at.zip(edits.filter(|edits| edits.is_added())) {
            let (numbers, of) = (free_numbers(list, at), &list.samples[at]);
            let sample = review::added(of, edits, numbers, &self.schema);
            let annotation = Annotation::unknown(&self.schema);
            let base = Sample {
                annotation,
                ..sample.clone()
            };
            self.know(list.add(sample), face.clone(), base, true);
        }
    }

    /// Takes back the last gesture; the face to go back to, and what of it was labelled, where that is
    /// one point or attribute.
    pub fn undo(&mut self, list: &mut List) -> Option<(usize, Option<AttributeIndex>)> {
        let faces = self.session.undo()?;
        self.went(list, &faces)
    }

    /// Does again what was taken back last; returns as [`Self::undo`].
    pub fn redo(&mut self, list: &mut List) -> Option<(usize, Option<AttributeIndex>)> {
        let faces = self.session.redo()?;
        self.went(list, &faces)
    }

    fn went(
        &mut self,
        list: &mut List,
        faces: &[FaceRef],
    ) -> Option<(usize, Option<AttributeIndex>)> {
        for face in faces {
            if self.index(face).is_none() {
                self.add_again(list, face);
            }
        }
        let found: Vec<usize> = faces.iter().filter_map(|face| self.index(face)).collect();
        let first = *found.first()?;
        let before = list.samples.get(first).cloned();
        for index in &found {
            self.refresh(list, *index);
        }
        let both = before.zip(list.samples.get(first));
        let place = both.and_then(|(before, now)| only_change(&before, now));
        Some((first, place))
    }
}

/// The point or attribute that is labelled otherwise, where it is one.
fn only_change(before: &Sample, now: &Sample) -> Option<AttributeIndex> {
    let tasks = before.annotation.tasks.iter().zip(&now.annotation.tasks);
    let changed = tasks.enumerate().flat_map(|(t, tasks)| {
        let items: Vec<usize> = match tasks {
            (TaskLabels::Points(a), TaskLabels::Points(b)) => changes(a, b),
            (TaskLabels::Binary(a), TaskLabels::Binary(b)) => changes(a, b),
            _ => Vec::new(),
        };
        items.into_iter().map(move |i| (t, i))
    });
    let changed: Vec<AttributeIndex> = changed.collect();
    match changed.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

fn changes<T: PartialEq>(before: &[T], now: &[T]) -> Vec<usize> {
    let both = before.iter().zip(now).enumerate();
    both.filter(|(_, (a, b))| a != b).map(|(i, _)| i).collect()
}
