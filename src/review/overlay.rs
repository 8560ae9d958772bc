//! Edits over the samples of a set, which stay as they were read: what each face is once its edits
//! count, and which edits find no face or were overtaken by the set.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::edits::{EditedFace, Edits};
use super::entry::{FaceRef, Field, Labelled, Status, Value};
use super::matching::{Conflict, SetFace, conflicts, matched};
use super::pictures::{Pictures, picture_name};
use crate::dataset::{BoxSource, Sample};
use crate::label::{Annotation, Provenance, Schema, TaskLabels};

/// What the edits make of a set.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// Index of a sample, position of its edits, and the sample as edited.
    pub edited: Vec<(usize, usize, Sample)>,
    /// Position of the edits, and a face that the set does not have: somebody drew its box.
    pub added: Vec<(usize, Sample)>,
    /// Positions of edits whose faces the set has no more.
    pub lost: Vec<usize>,
    /// Values that the set has changed since: they keep what the set has until a person decides.
    pub conflicts: Vec<Conflict>,
    /// Pictures that have other names by now, or other contents.
    pub pictures: Pictures,
}

/// What a face of a set is found again by. `root` is the set's folder.
pub fn face_ref(sample: &Sample, root: &Path) -> FaceRef {
    FaceRef {
        picture_hash: None,
        picture_bytes: None,
        picture: picture_name(&sample.path, root),
        id: sample.number,
        face_box: sample.region().map(|(face_box, _)| face_box),
        place: sample.ordinal.unwrap_or(1),
    }
}

/// Applies edits to the samples of a set, in their order, whose pictures were looked for.
pub fn apply<'a>(
    samples: impl Iterator<Item = &'a Sample> + Clone,
    (edits, pictures): (&Edits, Pictures),
    root: &Path,
    schema: &Schema,
) -> Applied {
    let mut out = Applied::default();
    if edits.faces.is_empty() {
        return out;
    }
    let name = |at: usize| pictures.name(&edits.faces[at].face);
    let known: HashSet<&str> = (0..edits.faces.len()).filter_map(name).collect();
    let named = samples.clone().enumerate().filter_map(|(index, sample)| {
        let name = picture_name(&sample.path, root);
        known.contains(&*name).then_some((index, name, sample))
    });
    let named: Vec<(usize, String, &Sample)> = named.collect();
    let set: Vec<SetFace> = named
        .iter()
        .map(|(_, picture, sample)| SetFace {
            picture,
            id: sample.number,
            face_box: sample.region().map(|(face_box, _)| face_box),
            place: sample.ordinal.unwrap_or(1),
        })
        .collect();
    let found = matched(&set, edits, &pictures);
    for ((index, _, sample), at) in named.iter().zip(found.of) {
        let Some(at) = at else { continue };
        let face = &edits.faces[at];
        let overtaken = conflicts((at, face), |field| value(sample, schema, field));
        let skipped: HashSet<&Field> = overtaken.iter().map(|c| &c.field).collect();
        let new = edited(sample, face, schema, |field| skipped.contains(field));
        out.edited.push((*index, at, new));
        out.conflicts.extend(overtaken);
    }
    let mut next: HashMap<&str, (u32, u32)> = HashMap::new();
    for (_, picture, sample) in &named {
        let (place, face) = next.entry(picture).or_default();
        *place = (*place).max(sample.ordinal.unwrap_or(1));
        *face = (*face).max(sample.face);
    }
    let is_gone = |at: &usize| edits.faces[*at].is_untouched() || edits.faces[*at].is_removed();
    for at in found.lost.into_iter().filter(|at| !is_gone(at)) {
        let face = &edits.faces[at];
        let picture = named.iter().find(|(_, own, _)| Some(&**own) == name(at));
        match picture.filter(|_| face.is_added()) {
            Some((_, own, of)) => {
                let numbers = next.entry(own).or_insert((1, 0));
                *numbers = (numbers.0 + 1, numbers.1 + 1);
                out.added.push((at, added(of, face, *numbers, schema)));
            }
            None => out.lost.push(at),
        }
    }
    out.pictures = pictures;
    out
}

/// What a set says of a field, where such a thing is in a set.
pub fn value(sample: &Sample, schema: &Schema, field: &Field) -> Option<Labelled> {
    match field {
        Field::Label { task, item } => {
            let (t, i) = place(schema, task, item)?;
            let value = match sample.annotation.of(t, &schema.tasks[t])? {
                TaskLabels::Points(points) => Value::Point(*points.get(i)?),
                TaskLabels::Binary(values) => Value::Presence(*values.get(i)?),
            };
            let source = sample.annotation.provenance(t, i);
            Some(Labelled { value, source })
        }
        Field::Box => Some(Labelled {
            value: Value::Box(sample.region().map(|(face_box, _)| face_box)),
            source: Provenance::Imported,
        }),
        Field::Status | Field::Note => None,
    }
}

/// A sample as its edits make it, but for the fields that are skipped. What the schema does not have
/// stays in the journal.
pub fn edited(
    base: &Sample,
    edits: &EditedFace,
    schema: &Schema,
    skip: impl Fn(&Field) -> bool,
) -> Sample {
    let mut sample = base.clone();
    for (field, value) in edits.values.iter().filter(|(field, _)| !skip(field)) {
        match (field, &value.now.value) {
            (Field::Label { task, item }, now) => {
                if let Some(at) = place(schema, task, item) {
                    set_label(&mut sample.annotation, at, now, &value.now.source);
                }
            }
            (Field::Box, Value::Box(Some(face_box))) if value.is_mended() => {
                sample.face_box = Some((*face_box, BoxSource::DataSet));
            }
            _ => {}
        }
    }
    sample
}

/// A face that the set does not have, in the picture of another, with its place there and a number
/// that none of the picture's faces has: files tell them apart by it.
pub fn added(
    of: &Sample,
    edits: &EditedFace,
    (place, face): (u32, u32),
    schema: &Schema,
) -> Sample {
    let base = Sample {
        path: of.path.clone(),
        source: of.source.clone(),
        face,
        ordinal: Some(place),
        stated_size: of.stated_size,
        split: of.split,
        columns: vec!["".into(); of.columns.len()],
        ..Sample::unlabelled(&of.path, schema)
    };
    edited(&base, edits, schema, |_| false)
}

/// Number of a task and of its item by their names.
fn place(schema: &Schema, task: &str, item: &str) -> Option<(usize, usize)> {
    let t = schema.position(task)?;
    let i = schema.tasks[t].items().position(|name| name == item)?;
    Some((t, i))
}

fn set_label(
    annotation: &mut Annotation,
    (t, i): (usize, usize),
    value: &Value,
    source: &Provenance,
) {
    match (annotation.tasks.get_mut(t), value) {
        (Some(TaskLabels::Points(points)), Value::Point(point)) if i < points.len() => {
            points[i] = *point;
        }
        (Some(TaskLabels::Binary(values)), Value::Presence(presence)) if i < values.len() => {
            values[i] = *presence;
        }
        _ => return,
    }
    match source {
        Provenance::Imported => annotation.provenance.remove(&(t, i)),
        source => annotation.provenance.insert((t, i), source.clone()),
    };
}

impl EditedFace {
    /// Whether somebody drew it: the set did not have it.
    pub fn is_added(&self) -> bool {
        let base = self.values.get(&Field::Box).map(|v| &v.base.value);
        base == Some(&Value::Box(None)) && self.face.face_box.is_some()
    }

    /// Whether a face that was added was taken away again.
    pub fn is_removed(&self) -> bool {
        let now = self.values.get(&Field::Box).map(|v| &v.now.value);
        self.is_added() && now == Some(&Value::Box(None))
    }

    pub fn status(&self) -> Status {
        match self.values.get(&Field::Status).map(|v| &v.now.value) {
            Some(Value::Status(status)) => *status,
            _ => Status::Todo,
        }
    }

    /// What somebody noted of it; empty where nobody did.
    pub fn note(&self) -> &str {
        match self.values.get(&Field::Note).map(|v| &v.now.value) {
            Some(Value::Note(note)) => note,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests;
