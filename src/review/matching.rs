//! Which face of a picture an edited face is, when the set is opened again: by its file's number for it,
//! else by its box, else by its place in the picture. What the set says now is held against what
//! was edited.

use std::collections::HashMap;

use super::edits::{EditedFace, Edits};
use super::entry::{FaceRef, Field, Labelled};
use super::pictures::Pictures;
use crate::label::FaceBox;

/// Boxes that share less than this of their union are of different faces.
const MIN_OVERLAP: f32 = 0.5;

/// A face of the set as it is now.
#[derive(Clone, Debug)]
pub struct SetFace<'a> {
    /// Its picture's path below the set's folder, with `/` between folders.
    pub picture: &'a str,
    pub id: Option<u32>,
    pub face_box: Option<FaceBox>,
    /// From 1.
    pub place: u32,
}

/// What became of the edited faces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// For each face of the set the position of its edits.
    pub of: Vec<Option<usize>>,
    /// Positions of edited faces that the set has no more: they are kept and listed.
    pub lost: Vec<usize>,
}

/// A value that the set has changed since it was edited: a person decides which holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Position in [`Edits::faces`].
    pub face: usize,
    pub field: Field,
    /// What the set had, and has.
    pub base: Labelled,
    pub present: Labelled,
    /// What it was edited to.
    pub edited: Labelled,
}

impl FaceRef {
    /// Whether this is the same face of the same picture, as two entries say it. Where both know what is
    /// in the picture, it is the same content too.
    pub fn is(&self, other: &Self) -> bool {
        let hashes = self.picture_hash.as_ref().zip(other.picture_hash.as_ref());
        self.picture == other.picture
            && hashes.is_none_or(|(own, theirs)| own == theirs)
            && same(
                (self.id, self.face_box, self.place),
                (other.id, other.face_box, other.place),
            )
    }

    /// Takes over what another entry about the same face knows of its picture's content.
    pub fn learn_picture(&mut self, other: &Self) {
        if self.picture_hash.is_none() {
            self.picture_hash.clone_from(&other.picture_hash);
            self.picture_bytes = other.picture_bytes;
        }
    }
}

type Identity = (Option<u32>, Option<FaceBox>, u32);

fn same((id, face_box, place): Identity, other: Identity) -> bool {
    match (id.zip(other.0), face_box.zip(other.1)) {
        (Some((a, b)), _) => a == b,
        (None, Some((a, b))) => a.iou(&b) >= MIN_OVERLAP,
        (None, None) => place == other.2,
    }
}

/// Finds for each face of a set what was edited of it. Of several boxes the one that overlaps most
/// counts, and no edits go to two faces.
pub fn matched(set: &[SetFace], edits: &Edits, pictures: &Pictures) -> Matched {
    let mut by_picture: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, face) in set.iter().enumerate() {
        by_picture.entry(face.picture).or_default().push(i);
    }
    let mut out = Matched {
        of: vec![None; set.len()],
        lost: Vec::new(),
    };
    let mut pairs = Vec::new();
    for (e, edited) in edits.faces.iter().enumerate() {
        let picture = pictures.name(&edited.face);
        let faces = picture.and_then(|picture| by_picture.get(picture));
        let candidates = faces.into_iter().flatten();
        pairs.extend(candidates.filter_map(|i| Some((rank(&set[*i], edited)?, e, *i))));
    }
    // Numbers before boxes, the larger overlap first, places last.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut found = vec![false; edits.faces.len()];
    for (_, e, i) in pairs {
        if out.of[i].is_none() && !found[e] {
            out.of[i] = Some(e);
            found[e] = true;
        }
    }
    out.lost = (0..found.len()).filter(|e| !found[*e]).collect();
    out
}

/// How surely a face of the set is an edited one; `None` where it is not.
fn rank(face: &SetFace, edited: &EditedFace) -> Option<f32> {
    let known = &edited.face;
    let (own, other) = (
        (face.id, face.face_box, face.place),
        (known.id, known.face_box, known.place),
    );
    if !same(own, other) {
        return None;
    }
    Some(match (own.0.zip(other.0), own.1.zip(other.1)) {
        (Some(_), _) => 2.0,
        (None, Some((a, b))) => a.iou(&b),
        (None, None) => 0.0,
    })
}

/// What of an edited face the set says otherwise now than when it was edited, unless it says now
/// what was edited. `present` gives the set's value of a field, where it has one.
pub fn conflicts(
    (at, edited): (usize, &EditedFace),
    present: impl Fn(&Field) -> Option<Labelled>,
) -> Vec<Conflict> {
    let values = edited.values.iter();
    values
        .filter_map(|(field, value)| {
            let present = present(field)?;
            (!value.knows(&present.value)).then(|| Conflict {
                face: at,
                field: field.clone(),
                base: value.base.clone(),
                present,
                edited: value.now.clone(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Presence, Provenance};
    use crate::review::{Change, Entry, EntryId, FaceChanges, Gesture, Value};

    fn label(value: Presence) -> Labelled {
        Labelled {
            value: Value::Presence(value),
            source: Provenance::Imported,
        }
    }

    fn bald() -> Field {
        Field::Label {
            task: "attributes".into(),
            item: "Bald".into(),
        }
    }

    fn edits(faces: &[(Option<u32>, Option<f32>, u32)]) -> Edits {
        let faces = faces.iter().map(|(id, x, place)| FaceChanges {
            face: FaceRef {
                picture_hash: None,
                picture_bytes: None,
                picture: "a.jpg".into(),
                id: *id,
                face_box: x.map(at),
                place: *place,
            },
            changes: vec![Change {
                field: bald(),
                before: label(Presence::Absent),
                after: label(Presence::Present),
            }],
        });
        Edits::of(&[Entry {
            id: EntryId::random(),
            sequence: 1,
            time: 0,
            annotator: String::new(),
            gesture: Gesture::Edit,
            faces: faces.collect(),
        }])
    }

    fn at(x: f32) -> FaceBox {
        FaceBox::new(x, 0.0, 100.0, 100.0)
    }

    fn set(faces: &[(Option<u32>, Option<f32>, u32)]) -> Vec<SetFace<'static>> {
        let faces = faces.iter().map(|(id, x, place)| SetFace {
            picture: "a.jpg",
            id: *id,
            face_box: x.map(at),
            place: *place,
        });
        faces.collect()
    }

    #[test]
    fn numbers_come_before_boxes_and_boxes_before_places() {
        let edited = edits(&[
            (Some(7), Some(0.0), 1),
            (None, Some(300.0), 2),
            (None, None, 3),
        ]);
        let now = set(&[
            (None, Some(310.0), 1),
            (None, None, 3),
            (Some(7), Some(900.0), 4),
            (None, Some(600.0), 2),
        ]);
        let found = matched(&now, &edited, &Pictures::default());
        assert_eq!(found.of, [Some(1), Some(2), Some(0), None]);
        assert!(found.lost.is_empty());
        // Gone, or in another picture.
        let other = SetFace {
            picture: "b.jpg",
            ..now[2].clone()
        };
        let found = matched(&[other], &edited, &Pictures::default());
        assert_eq!((found.of, found.lost), (vec![None], vec![0, 1, 2]));
    }

    #[test]
    fn of_two_boxes_the_nearer_one_is_the_face_and_none_counts_twice() {
        let edited = edits(&[(None, Some(0.0), 1)]);
        let now = set(&[(None, Some(20.0), 1), (None, Some(5.0), 2)]);
        assert_eq!(
            matched(&now, &edited, &Pictures::default()).of,
            [None, Some(0)]
        );
        let far = set(&[(None, Some(40.0), 1)]);
        assert_eq!(matched(&far, &edited, &Pictures::default()).lost, [0]);
    }

    #[test]
    fn a_value_that_the_set_has_changed_is_a_conflict_and_one_it_agrees_with_is_none() {
        let edited = edits(&[(Some(1), None, 1)]);
        let now = |value: Presence| {
            let present = move |field: &Field| (*field == bald()).then(|| label(value));
            conflicts((0, &edited.faces[0]), present)
        };
        assert_eq!(now(Presence::Absent), []);
        assert_eq!(now(Presence::Present), []);
        let conflict = &now(Presence::Unknown)[0];
        assert_eq!(conflict.present, label(Presence::Unknown));
        assert_eq!(conflict.edited, label(Presence::Present));
        let gone = conflicts((0, &edited.faces[0]), |_| None);
        assert_eq!(gone, []);
    }
}
