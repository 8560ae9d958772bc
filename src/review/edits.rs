//! What entries leave: for each face that was edited, each value as it was and as it is. An overlay
//! over samples, which stay as they were read.

use std::collections::{BTreeMap, HashMap};

use super::entry::{Change, Entry, EntryId, FaceRef, Field, Gesture, Labelled, Value};

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
    /// What the set had when it was first edited, or when somebody last decided about another value
    /// that it had by then.
    pub base: Labelled,
    pub now: Labelled,
    /// What undoing goes back to: each entry that changed it, and what there was before, if it was
    /// edited at all. A base too: the changes of an undo alone would forget it.
    before: Vec<(EntryId, Option<[Labelled; 2]>)>,
}

impl EditedValue {
    /// Whether this is no news: the set had it as it was edited, or it is what somebody made of it
    /// then or on the way.
    pub fn knows(&self, value: &Value) -> bool {
        let known = |label: &Labelled| label.value == *value;
        let mut passed = self.before.iter().filter_map(|(_, before)| before.as_ref());
        known(&self.base) || known(&self.now) || passed.any(|both| both.iter().any(known))
    }

    /// Whether it is another than the set's: a value that was set back, or looked at and kept, is
    /// none.
    pub fn is_mended(&self) -> bool {
        self.now.value != self.base.value
    }
}

impl EditedFace {
    /// Whether everything was taken back, so that nothing is left of the edits.
    pub fn is_untouched(&self) -> bool {
        self.values.is_empty()
    }

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

    /// Takes in the next entry; what it says of a value takes the place of what was said before. One
    /// that takes another back leaves what was before that, a conflict with the set too.
    pub fn add(&mut self, entry: &Entry) {
        for of in &entry.faces {
            let at = self.position(&of.face);
            let values = &mut self.faces[at].values;
            for change in &of.changes {
                let undone = match entry.gesture {
                    Gesture::Undo(id) => take_back(values, &change.field, id),
                    Gesture::Edit | Gesture::Redo(_) => false,
                };
                if !undone {
                    let id = match entry.gesture {
                        Gesture::Redo(of) => of,
                        Gesture::Edit | Gesture::Undo(_) => entry.id,
                    };
                    take(values, id, change);
                }
            }
        }
    }

    /// The faces of a picture that were edited, by its path below the set.
    pub fn of_picture(&self, picture: &str) -> impl Iterator<Item = &EditedFace> {
        let at = self.by_picture.get(picture);
        at.into_iter().flatten().map(|i| &self.faces[*i])
    }

    /// The edits of a face.
    pub fn of_face(&self, face: &FaceRef) -> Option<&EditedFace> {
        self.position_of(face).map(|at| &self.faces[at])
    }

    /// Where in `faces` they are.
    pub fn position_of(&self, face: &FaceRef) -> Option<usize> {
        let mut known = self.by_picture.get(&face.picture)?.iter();
        known.find(|i| self.faces[**i].face.is(face)).copied()
    }

    /// How many values are others than the set's.
    pub fn mended(&self) -> usize {
        self.faces.iter().map(|face| face.mended().count()).sum()
    }

    fn position(&mut self, face: &FaceRef) -> usize {
        if let Some(at) = self.position_of(face) {
            self.faces[at].face.learn_picture(face);
            return at;
        }
        self.faces.push(EditedFace {
            face: face.clone(),
            values: BTreeMap::new(),
        });
        let of_picture = self.by_picture.entry(face.picture.clone()).or_default();
        of_picture.push(self.faces.len() - 1);
        self.faces.len() - 1
    }
}

fn take(values: &mut BTreeMap<Field, EditedValue>, id: EntryId, change: &Change) {
    let Some(value) = values.get_mut(&change.field) else {
        let new = EditedValue {
            base: change.before.clone(),
            now: change.after.clone(),
            before: vec![(id, None)],
        };
        values.insert(change.field.clone(), new);
        return;
    };
    let before = [value.base.clone(), value.now.clone()];
    value.before.push((id, Some(before)));
    // Somebody who found another value there has decided about that one.
    if change.before.value != value.now.value {
        value.base = change.before.clone();
    }
    value.now = change.after.clone();
}

/// Brings a value back to what it was before an entry; `false` where that is not the last one that
/// changed it, as between two programs that write one journal.
fn take_back(values: &mut BTreeMap<Field, EditedValue>, field: &Field, id: EntryId) -> bool {
    let Some(value) = values.get_mut(field) else {
        return false;
    };
    match value.before.pop_if(|(last, _)| *last == id) {
        Some((_, Some([base, now]))) => (value.base, value.now) = (base, now),
        Some((_, None)) => {
            values.remove(field);
        }
        None => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::label::{FaceBox, Presence, Provenance};
    use crate::review::{FaceChanges, History, conflicts};

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

    /// What somebody does to one label of a set that changes meanwhile.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Edit(u8),
        TakeSet,
        TakeEdited,
        Undo,
        Redo,
        SetBecomes(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => (0u8..3).prop_map(Step::Edit),
            1 => Just(Step::TakeSet),
            1 => Just(Step::TakeEdited),
            3 => Just(Step::Undo),
            1 => Just(Step::Redo),
            2 => (0u8..3).prop_map(Step::SetBecomes),
        ];
        prop::collection::vec(step, 1..40)
    }

    const VALUES: [Presence; 3] = [Presence::Unknown, Presence::Absent, Presence::Present];

    proptest! {
        #[test]
        fn undo_gives_what_was_before_and_no_edit_is_lost_silently(steps in steps()) {
            let face = face("a.jpg", 1);
            let mut set = Presence::Unknown;
            let (mut entries, mut edits) = (Vec::<Entry>::new(), Edits::default());
            // What there was before each edit that can be undone, and what the person wants there.
            let mut before: Vec<(Edits, Option<Presence>)> = Vec::new();
            let mut wanted = None;
            for step in steps {
                let edited = edits.of_face(&face).and_then(|f| f.values.values().next().cloned());
                let present = |set: Presence| move |_: &Field| Some(Labelled {
                    value: Value::Presence(set),
                    source: Provenance::Imported,
                });
                let open = edits.faces.first();
                let open = open.map_or(Vec::new(), |f| conflicts((0, f), present(set)));
                let shown = match (&edited, open.is_empty()) {
                    (Some(edited), true) => edited.now.clone(),
                    _ => present(set)(&Field::Box).unwrap(),
                };
                let history = History::of(&entries);
                let known = |id| entries.iter().find(|e: &&Entry| e.id == id).unwrap();
                let (gesture, after) = match step {
                    Step::SetBecomes(value) => {
                        set = VALUES[value as usize];
                        continue;
                    }
                    Step::Edit(value) => (Gesture::Edit, Some(VALUES[value as usize])),
                    Step::TakeSet if !open.is_empty() => (Gesture::Edit, Some(set)),
                    Step::TakeEdited if !open.is_empty() => (Gesture::Edit, wanted),
                    Step::TakeSet | Step::TakeEdited => continue,
                    Step::Undo => match history.next_undo() {
                        Some(id) => (Gesture::Undo(id), None),
                        None => continue,
                    },
                    Step::Redo => match history.next_redo() {
                        Some(id) => (Gesture::Redo(id), None),
                        None => continue,
                    },
                };
                let mut entry = edit(face.clone(), "Bald", [Presence::Unknown; 2]);
                entry.gesture = gesture;
                match gesture {
                    Gesture::Edit => {
                        let change = &mut entry.faces[0].changes[0];
                        change.before = shown;
                        change.after = presence(after.unwrap());
                    }
                    Gesture::Undo(id) => entry.faces = known(id).reversed(),
                    Gesture::Redo(id) => entry.faces = known(id).faces.clone(),
                }
                match gesture {
                    Gesture::Undo(_) => {
                        edits.add(&entry);
                        let (was, wish) = before.pop().unwrap();
                        let values = |edits: &Edits| edits.faces.first().map(|f| f.values.clone());
                        prop_assert_eq!(
                            values(&edits).unwrap_or_default(), values(&was).unwrap_or_default()
                        );
                        wanted = wish;
                    }
                    Gesture::Edit | Gesture::Redo(_) => {
                        before.push((edits.clone(), wanted));
                        edits.add(&entry);
                        let Value::Presence(value) = entry.faces[0].changes[0].after.value else {
                            unreachable!()
                        };
                        wanted = Some(value);
                    }
                }
                entries.push(entry);
                prop_assert_eq!(&Edits::of(&entries), &edits);
                // It is shown, or it waits for a decision.
                let face = &edits.faces[0];
                let now = face.values.values().next().map(|v| v.now.value.clone());
                prop_assert_eq!(now, wanted.map(Value::Presence));
                let open = conflicts((0, face), present(set));
                prop_assert!(open.len() <= usize::from(wanted.is_some()));
                if matches!(gesture, Gesture::Edit) {
                    prop_assert!(open.is_empty(), "what somebody has just decided is decided");
                }
            }
        }
    }
}
