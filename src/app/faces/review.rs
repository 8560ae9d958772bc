//! The review of the open list: an annotator's journal, and what its edits make of the faces.

mod conflicts;
mod opened;
mod pictures;
mod undo;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::faces::labelling::Labelling;
use crate::app::faces::list::List;
use crate::app::faces::review_states::{ReviewState, ReviewStates};
use crate::dataset::{BoxSource, Sample};
use crate::label::{Annotation, FaceBox, Provenance, Schema, TaskLabels};
use crate::review::{
    self, Change, EditedFace, FaceChanges, FaceRef, Field, Labelled, Saving, Session, Status, Value,
};
pub use opened::OpenedReview;

/// How far the review of the open list is.
#[derive(Default)]
pub enum Review {
    /// No journal is open.
    #[default]
    Closed,
    /// The journal of this list is being read.
    Opening(u64),
    Open(Box<Journaled>),
    /// Why it cannot be opened.
    Failed(String),
}

/// A journal that is open, and the faces that it is about.
pub struct Journaled {
    /// Number of the list.
    list: u64,
    session: Session,
    /// Where the journal is.
    pub folder: PathBuf,
    root: PathBuf,
    /// The face at which the queue goes on once it is looked at.
    pub resume: Option<usize>,
    /// The face of which it was said last that points are missing.
    pub asked: Option<usize>,
    /// The face that was noted last for the next session.
    noted: Option<usize>,
    schema: Schema,
    /// Faces that were edited, by index.
    faces: HashMap<usize, Reviewed>,
    by_picture: HashMap<String, Vec<usize>>,
    /// Of faces that are not to be reviewed any more.
    pub statuses: Arc<HashMap<u32, Status>>,
    /// How many faces have each status but *to do*; a frame does not count them.
    counts: [usize; Status::ALL.len()],
    /// Edits that find no face.
    pub lost: Vec<FaceRef>,
    /// Pictures that have other names than in the journal: by theirs the journal's, and the hash.
    renamed: HashMap<String, (String, String)>,
    /// The journal's names of pictures whose content is another than when they were edited.
    pub changed: Vec<String>,
}

/// A face that was edited.
struct Reviewed {
    face: FaceRef,
    /// As the set has it; one that somebody drew without its labels.
    base: Sample,
    added: bool,
}

/// What is changed of a face of the list: each field and what it becomes.
pub struct FaceEdit {
    pub index: usize,
    pub changes: Vec<(Field, Labelled)>,
}

impl Review {
    pub fn open(&self) -> Option<&Journaled> {
        match self {
            Self::Open(open) => Some(open),
            _ => None,
        }
    }

    pub fn status(&self, index: usize) -> Status {
        self.open().map_or(Status::Todo, |open| open.status(index))
    }

    /// How far the review of all faces is now.
    pub fn states(&self) -> Arc<ReviewStates> {
        let states = self.open().map(Journaled::states);
        Arc::new(states.unwrap_or_default())
    }
}

impl Journaled {
    /// Takes a journal for a list, and its edits into the list.
    pub fn new(opened: OpenedReview, list: &mut List) -> Self {
        let edits = opened.session.edits().clone();
        let face = |at: usize| edits.faces[at].face.clone();
        let mut new = Self {
            list: opened.list,
            session: opened.session,
            folder: opened.folder,
            root: opened.root,
            resume: opened.resume,
            asked: None,
            noted: None,
            schema: opened.schema,
            faces: HashMap::new(),
            by_picture: HashMap::new(),
            statuses: Arc::default(),
            counts: [0; Status::ALL.len()],
            lost: opened.applied.lost.iter().map(|at| face(*at)).collect(),
            renamed: HashMap::new(),
            changed: opened.applied.pictures.changed.clone(),
        };
        for (name, known_as, hash) in opened.applied.pictures.renamed() {
            let known_as = (known_as.to_owned(), hash.to_owned());
            new.renamed.insert(name.to_owned(), known_as);
        }
        list.files.extend(opened.applied.pictures.read);
        for (index, at, sample) in opened.applied.edited {
            let Some(base) = list.samples.get(index).cloned() else {
                continue;
            };
            list.relabel(index, frozen(sample, &base), &new.schema);
            new.know(index, face(at), base, false);
        }
        for (at, sample) in opened.applied.added {
            let annotation = Annotation::unknown(&new.schema);
            let base = Sample {
                annotation,
                ..sample.clone()
            };
            new.know(list.add(sample), face(at), base, true);
        }
        // Pictures that were read before the journal.
        let read = list.files.iter().map(|(path, file)| (path.clone(), *file));
        for (path, file) in read.collect::<Vec<_>>() {
            new.read(&path, &file);
        }
        new
    }

    fn know(&mut self, index: usize, face: FaceRef, base: Sample, added: bool) {
        let known = self.by_picture.entry(face.picture.clone()).or_default();
        known.push(index);
        let status = self.session.edits().of_face(&face).map(EditedFace::status);
        self.faces.insert(index, Reviewed { face, base, added });
        self.note_status(index, status.unwrap_or_default());
    }

    fn note_status(&mut self, index: usize, status: Status) {
        let statuses = Arc::make_mut(&mut self.statuses);
        let before = match status {
            Status::Todo => statuses.remove(&(index as u32)),
            status => statuses.insert(index as u32, status),
        };
        if let Some(before) = before {
            self.counts[before as usize] -= 1;
        }
        if status != Status::Todo {
            self.counts[status as usize] += 1;
        }
    }

    /// How many faces have a status other than *to do*.
    pub fn count(&self, status: Status) -> usize {
        self.counts[status as usize]
    }

    pub fn is_of(&self, list: &List) -> bool {
        self.list == list.number
    }

    pub fn saving(&self) -> Saving {
        self.session.saving()
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What was edited of a face.
    pub fn edits(&self, index: usize) -> Option<&EditedFace> {
        let known = self.faces.get(&index)?;
        self.session.edits().of_face(&known.face)
    }

    pub fn status(&self, index: usize) -> Status {
        let status = self.statuses.get(&(index as u32));
        status.copied().unwrap_or_default()
    }

    /// How far the review of all faces is now.
    pub fn states(&self) -> ReviewStates {
        let conflicts: HashSet<u32> = self.in_conflict().1.into_iter().collect();
        let faces = self.faces.iter().map(|(index, known)| {
            let index = *index as u32;
            (
                index,
                self.state_of(known, index, conflicts.contains(&index)),
            )
        });
        faces.collect()
    }

    /// How far the review of a face is now.
    pub fn state(&self, index: usize) -> ReviewState {
        let in_conflict = !self.conflicts_of(index).is_empty();
        let known = self.faces.get(&index);
        known.map_or_else(ReviewState::default, |known| {
            self.state_of(known, index as u32, in_conflict)
        })
    }

    fn state_of(&self, known: &Reviewed, index: u32, in_conflict: bool) -> ReviewState {
        let edits = self.session.edits().of_face(&known.face);
        ReviewState {
            status: self.status(index as usize),
            mended: !known.added && edits.is_some_and(EditedFace::is_mended),
            noted: edits.is_some_and(|edits| !edits.note().is_empty()),
            in_conflict,
            drawn: known.added,
            removed: known.added && edits.is_none_or(EditedFace::is_removed),
        }
    }

    /// What became of a face, in a word.
    pub fn describe(&self, index: usize) -> Option<&'static str> {
        let state = self.state(index);
        match state.status {
            Status::Todo if state.drawn => Some("drawn"),
            Status::Todo => state.mended.then_some("mended"),
            status => Some(status.name()),
        }
    }

    /// The samples of a list as the set has them, with their edits and nothing else; faces that are
    /// excluded or taken away are left out.
    pub fn labelled(&self, list: &List) -> Labelling {
        let faces = self.faces.iter();
        let is_left_out =
            |index: &usize| self.status(*index) == Status::Excluded || list.is_removed(*index);
        Labelling {
            samples: list.samples.clone(),
            made: faces
                .map(|(index, known)| (*index, self.made(known)))
                .collect(),
            left_out: (self.faces.keys().copied()).filter(is_left_out).collect(),
        }
    }

    /// A face as its edits make it; where a conflict is open, as the set has it.
    fn made(&self, known: &Reviewed) -> Sample {
        let Some(edits) = self.session.edits().of_face(&known.face) else {
            return known.base.clone();
        };
        let open = self.conflicts_with(known);
        let is_open = |field: &Field| open.iter().any(|c| c.field == *field);
        review::edited(&known.base, edits, &self.schema, is_open)
    }

    /// A value as it is now.
    fn value(&self, list: &List, index: usize, field: &Field) -> Option<Labelled> {
        let edits = || self.edits(index);
        let imported = |value| Labelled {
            value,
            source: Provenance::Imported,
        };
        match field {
            Field::Status => Some(imported(Value::Status(self.status(index)))),
            Field::Note => {
                let note = edits().map_or("", EditedFace::note);
                Some(imported(Value::Note(note.into())))
            }
            field => review::value(list.samples.get(index)?, &self.schema, field),
        }
    }

    /// One gesture: changes values of faces and keeps that. `false` where nothing changes, or where
    /// the journal is read-only.
    pub fn edit(&mut self, list: &mut List, edits: Vec<FaceEdit>) -> bool {
        let mut faces = Vec::new();
        for edit in &edits {
            let there = self.places(list, edit.index);
            let changes = edit.changes.iter().filter_map(|(field, after)| {
                let before = self.value(list, edit.index, field)?;
                let mut after = after.clone();
                if !there.contains(&after.value.place()) {
                    after.value = after.value.rounded();
                }
                let changes = before != after && !forgets_person(&before, &after);
                changes.then(|| Change {
                    field: field.clone(),
                    before,
                    after,
                })
            });
            let mut changes: Vec<Change> = changes.collect();
            changes.extend(self.reopened(edit.index, &changes));
            if let Some(face) = self
                .face_ref(list, edit.index)
                .filter(|_| !changes.is_empty())
            {
                faces.push(FaceChanges { face, changes });
            }
        }
        if faces.is_empty() || !self.session.edit(faces) {
            return false;
        }
        for edit in &edits {
            self.note_picture(list, edit.index);
            self.refresh(list, edit.index);
        }
        true
    }

    /// Where a face has its points and its box, or may have them once a conflict is decided.
    fn places(&self, list: &List, index: usize) -> Vec<Option<[f32; 4]>> {
        let Some(sample) = list.samples.get(index) else {
            return Vec::new();
        };
        let tasks = sample.annotation.tasks.iter();
        let points = tasks.flat_map(|labels| match labels {
            TaskLabels::Points(points) => points.clone(),
            TaskLabels::Binary(_) => Vec::new(),
        });
        let open = self.conflicts_of(index).into_iter();
        let open = open.flat_map(|c| [c.present.value, c.edited.value]);
        let face_box = Value::Box(sample.region().map(|(face_box, _)| face_box));
        let points = points.map(Value::Point);
        let all = points.chain(open).chain([face_box]);
        all.map(|value| value.place()).collect()
    }

    /// What was approved is what was seen: a face whose labels change afterwards is to do again.
    fn reopened(&self, index: usize, changes: &[Change]) -> Option<Change> {
        let status = |status, source| Labelled {
            value: Value::Status(status),
            source,
        };
        let relabels = |c: &Change| c.field.is_label() && c.before.value != c.after.value;
        let decided = changes.iter().any(|c| c.field == Field::Status);
        let reopens =
            self.status(index) == Status::Approved && !decided && changes.iter().any(relabels);
        reopens.then(|| Change {
            field: Field::Status,
            before: status(Status::Approved, Provenance::Imported),
            after: status(Status::Todo, Provenance::Person),
        })
    }

    /// A face that nobody has labelled yet, in the picture of the face at `index`; returns its index.
    /// `None` where the journal is read-only, or where a face is there already.
    pub fn add(&mut self, list: &mut List, index: usize, face_box: FaceBox) -> Option<usize> {
        let face_box = review::rounded(face_box);
        let of = list.samples.get(index)?;
        let path = of.path.clone();
        let together = list.in_picture(index);
        let boxes = together.iter().filter(|i| !list.is_removed(**i));
        let mut boxes = boxes.filter_map(|i| list.samples[*i].region());
        if boxes.any(|(other, _)| other.iou(&face_box) >= 0.5) {
            return None;
        }
        let numbers = free_numbers(list, index);
        let face = FaceRef {
            picture_hash: None,
            picture_bytes: None,
            picture: String::new(),
            id: None,
            face_box: Some(face_box),
            place: numbers.0,
        };
        let face = self.with_picture(list, &path, face);
        let source = Provenance::Person;
        let change = Change {
            field: Field::Box,
            before: Labelled {
                value: Value::Box(None),
                source: Provenance::Imported,
            },
            after: Labelled {
                value: Value::Box(Some(face_box)),
                source,
            },
        };
        let changes = vec![change];
        if !self.session.edit(vec![FaceChanges {
            face: face.clone(),
            changes,
        }]) {
            return None;
        }
        let edits = self.session.edits().of_face(&face)?;
        let of = &list.samples[index];
        let sample = review::added(of, edits, numbers, &self.schema);
        let added = list.add(sample.clone());
        self.know(added, face, sample, true);
        self.note_picture(list, added);
        Some(added)
    }

    /// Folds in what the writer has done, and what somebody else has appended.
    pub fn receive(&mut self, list: &mut List) {
        if self.session.receive() {
            let known: Vec<usize> = self.faces.keys().copied().collect();
            for index in known {
                self.refresh(list, index);
            }
        }
    }

    /// Saves what waits; returns how many edits could not be saved.
    pub fn close(self) -> usize {
        self.session.close().len()
    }

    fn index(&self, face: &FaceRef) -> Option<usize> {
        let known = self.by_picture.get(&face.picture)?;
        known.iter().copied().find(|i| self.faces[i].face.is(face))
    }

    /// What a face is known by, which is settled when it is edited first.
    fn face_ref(&mut self, list: &List, index: usize) -> Option<FaceRef> {
        let base = list.samples.get(index)?.clone();
        let face = review::face_ref(&base, &self.root);
        let face = self.with_picture(list, &base.path, face);
        if let Some(known) = self.faces.get_mut(&index) {
            known.face.learn_picture(&face);
            return Some(known.face.clone());
        }
        self.know(index, face.clone(), base, false);
        Some(face)
    }

    /// Brings a face of the list up to its edits.
    fn refresh(&mut self, list: &mut List, index: usize) {
        let Some(known) = self.faces.get(&index) else {
            return;
        };
        let edits = self.session.edits().of_face(&known.face);
        let status = edits.map(EditedFace::status).unwrap_or_default();
        let is_there = |edits: &EditedFace| edits.is_added() && !edits.is_removed();
        let removed = known.added && !edits.is_some_and(is_there);
        let sample = frozen(self.made(known), &known.base);
        list.remove(index, removed);
        list.relabel(index, sample, &self.schema);
        // One that was taken away is nothing that was done.
        self.note_status(index, if removed { Status::Todo } else { status });
    }

    /// The faces whose labels are otherwise than the set has them.
    pub fn mended(&self) -> HashSet<usize> {
        let faces = self.faces.iter().filter(|(_, known)| {
            let Some(edits) = self.session.edits().of_face(&known.face) else {
                return false;
            };
            let open = self.conflicts_with(known);
            let is_open = |field: &Field| open.iter().any(|c| c.field == *field);
            edits.mended().any(|(field, _)| !is_open(field))
        });
        faces.map(|(index, _)| *index).collect()
    }
}

/// Whether the same value would only be said to come from a network, where a person has set or confirmed
/// it.
fn forgets_person(before: &Labelled, after: &Labelled) -> bool {
    let by_person = matches!(before.source, Provenance::Person | Provenance::Confirmed);
    let by_network = matches!(after.source, Provenance::Accepted { .. });
    by_person && by_network && before.value == after.value
}

/// The place that a further face of a picture has in it, and a number that none of its faces has.
fn free_numbers(list: &List, index: usize) -> (u32, u32) {
    let together = list.in_picture(index);
    let largest = |of: fn(&Sample) -> u32| together.iter().map(|i| of(&list.samples[*i])).max();
    let place = largest(|sample| sample.ordinal.unwrap_or(1));
    let number = largest(|sample| sample.face);
    (place.unwrap_or(0) + 1, number.unwrap_or(0) + 1)
}

/// Where a journal is kept, and below which folder its pictures are named.
pub fn root_of(opened: &[PathBuf]) -> PathBuf {
    match opened {
        [source] => review::root(source),
        _ => PathBuf::new(),
    }
}

/// A box that was made of labelled points stays where it was, so that the picture's crop and its
/// prediction do not move under the hand.
fn frozen(mut sample: Sample, base: &Sample) -> Sample {
    if sample.face_box.is_none() {
        sample.face_box = base
            .region()
            .map(|(face_box, _)| (face_box, BoxSource::Labels));
    }
    sample
}
