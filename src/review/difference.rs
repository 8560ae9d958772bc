//! What a journal makes of a set, in numbers and value by value: what an export writes otherwise than
//! the set has it, and what of the edits does not get there.

use super::edits::{EditedFace, Edits};
use super::entry::{FaceRef, Field, Labelled, Status, Value};
use super::overlay::{Applied, value};
use crate::dataset::{Dataset, Sample};
use crate::label::Schema;

/// How many faces and values of a set a journal is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Faces of the set, and those that were drawn.
    pub faces: usize,
    pub drawn: usize,
    /// In the order of [`Status::ALL`].
    pub statuses: [usize; 4],
    /// Faces and values that are otherwise than in the set.
    pub mended_faces: usize,
    pub mended: usize,
    /// Values that the set has changed since, about which nobody has decided.
    pub conflicts: usize,
    /// Edited faces that the set does not have.
    pub lost: usize,
}

/// What is otherwise than in the set with a face.
pub struct FaceDifference<'a> {
    pub face: &'a FaceRef,
    /// As the set has it; `None` of a face that somebody drew.
    pub sample: Option<&'a Sample>,
    pub status: Status,
    pub note: &'a str,
    /// Labels before and after; none where the face is excluded.
    pub labels: Vec<Change>,
}

/// A label before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub field: Field,
    pub before: Value,
    pub after: Labelled,
}

impl Counts {
    /// Of what edits make of a set.
    pub fn of(set: &Dataset, edits: &Edits, applied: &Applied) -> Self {
        let mut counts = Self {
            faces: set.samples.len(),
            drawn: applied.added.len(),
            conflicts: applied.conflicts.len(),
            lost: applied.lost.len(),
            ..Self::default()
        };
        let edited = applied.edited.iter().map(|(_, at, _)| *at);
        let added = applied.added.iter().map(|(at, _)| *at);
        for at in edited.chain(added) {
            counts.statuses[edits.faces[at].status() as usize] += 1;
        }
        let others = counts.statuses.iter().skip(1).sum::<usize>();
        counts.statuses[Status::Todo as usize] = counts.faces + counts.drawn - others;
        for face in differences(set, edits, applied) {
            counts.mended += face.labels.len();
            counts.mended_faces += usize::from(!face.labels.is_empty());
        }
        counts
    }
}

/// The faces that are otherwise than in the set, in its order, drawn ones last.
pub fn differences<'a>(
    set: &'a Dataset,
    edits: &'a Edits,
    applied: &'a Applied,
) -> Vec<FaceDifference<'a>> {
    let schema = &set.schema;
    let of_set = applied.edited.iter().map(|(index, at, sample)| {
        let base = &set.samples[*index];
        difference(&edits.faces[*at], Some(base), sample, schema)
    });
    let drawn = applied
        .added
        .iter()
        .map(|(at, sample)| difference(&edits.faces[*at], None, sample, schema));
    let all = of_set.chain(drawn);
    all.filter(|face| {
        face.status != Status::Todo || !face.note.is_empty() || !face.labels.is_empty()
    })
    .collect()
}

fn difference<'a>(
    edits: &'a EditedFace,
    base: Option<&'a Sample>,
    edited: &Sample,
    schema: &Schema,
) -> FaceDifference<'a> {
    let status = edits.status();
    let written = status != Status::Excluded;
    let fields = edits.values.iter().filter(|(f, _)| f.is_label() && written);
    let labels = fields.filter_map(|(field, of)| {
        let mut after = value(edited, schema, field)?;
        if *field == Field::Box {
            // One that is made of points moves with them.
            if base.is_some_and(|base| base.face_box == edited.face_box) {
                return None;
            }
            after.source = of.now.source.clone();
        }
        let before = match base {
            Some(base) => value(base, schema, field)?.value,
            None => of.base.value.clone(),
        };
        let field = field.clone();
        (before != after.value).then_some(Change {
            field,
            before,
            after,
        })
    });
    FaceDifference {
        face: &edits.face,
        sample: base,
        status,
        note: edits.note(),
        labels: labels.collect(),
    }
}
