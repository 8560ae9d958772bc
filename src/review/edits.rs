//! What entries leave: for each face that was edited, each value as it was and as it is. An overlay
//! over samples, which stay as they were read.

use std::collections::{BTreeMap, HashMap};

use super::entry::{Change, Entry, FaceRef, Field, Labelled};

/// The faces that were edited, in the order of their first edits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    pub faces: Vec<EditedFace>,
    /// Positions in `faces`, by picture.
    by_picture: HashMap<String, Vec<usize>>,
}

/// A face, and what of it was edited.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedFace {
    pub face: FaceRef,
    pub values: BTreeMap<Field, EditedValue>,
}

/// A value that was edited.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedValue {
    /// What the set had when it was first edited.
    pub base: Labelled,
    pub now: Labelled,
}

impl EditedValue {
    /// Whether it is another than the set's: a value that was set back, or looked at and kept, is
    /// none.
    pub fn is_mended(&self) -> bool {
        self.now.value != self.base.value
    }
}

impl EditedFace {
    pub fn is_mended(&self) -> bool {
        self.mended().next().is_some()
    }

    /// Labels that are others than the set's.
    pub fn mended(&self) -> impl Iterator<Item = (&Field, &EditedValue)> {
        let labels = self.values.iter().filter(|(field, _)| field.is_label());
        labels.filter(|(_, value)| value.is_mended())
    }
}

impl Edits {
    pub fn of(entries: &[Entry]) -> Self {
        let mut edits = Self::default();
        entries.iter().for_each(|entry| edits.add(entry));
        edits
    }

    /// Takes in the next entry; what it says of a value takes the place of what was said before.
    pub fn add(&mut self, entry: &Entry) {
        for of in &entry.faces {
            let at = self.position(&of.face);
            let values = &mut self.faces[at].values;
            of.changes.iter().for_each(|change| take(values, change));
        }
    }

    /// The faces of a picture that were edited, by its path below the set.
    pub fn of_picture(&self, picture: &str) -> impl Iterator<Item = &EditedFace> {
        let at = self.by_picture.get(picture);
        at.into_iter().flatten().map(|i| &self.faces[*i])
    }

    /// The edits of a face.
    pub fn of_face(&self, face: &FaceRef) -> Option<&EditedFace> {
        self.of_picture(&face.picture).find(|of| of.face.is(face))
    }

    /// How many values are others than the set's.
    pub fn mended(&self) -> usize {
        self.faces.iter().map(|face| face.mended().count()).sum()
    }

    fn position(&mut self, face: &FaceRef) -> usize {
        let of_picture = self.by_picture.entry(face.picture.clone()).or_default();
        let mut known = of_picture.iter().copied();
        if let Some(at) = known.find(|i| self.faces[*i].face.is(face)) {
            self.faces[at].face.learn_picture(face);
            return at;
        }
        self.faces.push(EditedFace {
            face: face.clone(),
            values: BTreeMap::new(),
        });
        of_picture.push(self.faces.len() - 1);
        self.faces.len() - 1
    }
}

fn take(values: &mut BTreeMap<Field, EditedValue>, change: &Change) {
    let value = values
        .entry(change.field.clone())
        .or_insert_with(|| EditedValue {
            base: change.before.clone(),
            now: change.before.clone(),
        });
    // Somebody who found another value there has decided about that one.
    if change.before.value != value.now.value {
        value.base = change.before.clone();
    }
    value.now = change.after.clone();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{FaceBox, Presence, Provenance};
    use crate::review::{EntryId, FaceChanges, Gesture, History, Value};

    fn face(picture: &str, place: u32) -> FaceRef {
        FaceRef {
            picture_hash: None,
            picture_bytes: None,
            picture: picture.into(),
            id: None,
            face_box: Some(FaceBox::new(100.0 * place as f32, 0.0, 50.0, 50.0)),
            place,
        }
    }

    fn presence(value: Presence) -> Labelled {
        Labelled {
            value: Value::Presence(value),
            source: Provenance::Person,
        }
    }

    fn edit(face: FaceRef, item: &str, [before, after]: [Presence; 2]) -> Entry {
        let field = Field::Label {
            task: "attributes".into(),
            item: item.into(),
        };
        let change = Change {
            field,
            before: presence(before),
            after: presence(after),
        };
        Entry {
            id: EntryId::random(),
            sequence: 0,
            time: 0,
            annotator: "anna".into(),
            gesture: Gesture::Edit,
            faces: vec![FaceChanges {
                face,
                changes: vec![change],
            }],
        }
    }

    #[test]
    fn a_picture_that_is_read_after_its_first_edit_is_known_by_its_content_from_then_on() {
        use Presence::{Absent, Present, Unknown};
        let hashed = |hash: &str| FaceRef {
            picture_hash: Some(hash.into()),
            picture_bytes: Some(9),
            ..face("a.jpg", 1)
        };
        let edits = Edits::of(&[
            edit(face("a.jpg", 1), "Bald", [Unknown, Absent]),
            edit(hashed("x"), "Bald", [Absent, Present]),
            edit(face("a.jpg", 1), "Smiling", [Unknown, Present]),
            // Another picture that has its name by now.
            edit(hashed("y"), "Bald", [Unknown, Absent]),
        ]);
        let known: Vec<_> = edits.faces.iter().map(|f| &f.face).collect();
        assert_eq!(known, [&hashed("x"), &hashed("y")]);
        assert_eq!(edits.faces[0].values.len(), 2);
        assert_eq!(edits.of_face(&hashed("y")), Some(&edits.faces[1]));
    }

    #[test]
    fn the_last_value_counts_and_the_first_base_is_kept() {
        use Presence::{Absent, Present, Unknown};
        let entries = [
            edit(face("a.jpg", 1), "Bald", [Unknown, Absent]),
            edit(face("a.jpg", 2), "Bald", [Absent, Present]),
            edit(face("a.jpg", 1), "Bald", [Absent, Present]),
            edit(face("a.jpg", 1), "Smiling", [Present, Present]),
        ];
        let mut edits = Edits::of(&entries);
        let faces: Vec<u32> = edits.of_picture("a.jpg").map(|f| f.face.place).collect();
        assert_eq!(faces, [1, 2]);
        assert_eq!(edits.of_picture("b.jpg").count(), 0);
        let bald = edits.faces[0].values.values().next().unwrap();
        assert_eq!(bald.base, presence(Unknown));
        assert_eq!(bald.now, presence(Present));
        assert_eq!(
            edits.mended(),
            2,
            "a label that was looked at is not mended"
        );
        // All taken back.
        for entry in entries.iter().rev() {
            edits.add(&Entry {
                gesture: Gesture::Undo(entry.id),
                faces: entry.reversed(),
                ..entry.clone()
            });
        }
        assert_eq!(edits.mended(), 0);
        assert!(!edits.faces.iter().any(EditedFace::is_mended));
        assert_eq!(History::of(&entries).next_undo(), Some(entries[3].id));
    }
}
