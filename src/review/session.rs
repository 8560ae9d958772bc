//! One annotator's work on one set: what was edited, what can be undone, and what is saved. Everything
//! here returns at once; the disk is the writer's.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{SystemTime, UNIX_EPOCH};

use super::edits::Edits;
use super::entry::{Entry, EntryId, FaceChanges, FaceRef, Gesture};
use super::history::History;
use super::journal::{Contents, Journal, JournalError, Problem};
use super::lock::{Holder, Lock, LockError, held_by};
use super::notes::Notes;
use super::place::journal_files;
use super::storage::FileStorage;
use super::writer::{Report, Writer};
use crate::photo::PictureFile;

/// A journal that is worked on.
pub struct Session {
    annotator: String,
    edits: Edits,
    history: History,
    /// In the order of the file.
    entries: Vec<Entry>,
    unsaved: HashSet<EntryId>,
    /// None where the journal is read alone.
    writer: Option<Writer>,
    /// As the writer.
    notes: Option<Notes>,
    reports: Receiver<Report>,
    /// Why what waits is not saved.
    failure: Option<String>,
    /// What was wrong with the journal, as it was read.
    pub problems: Vec<Problem>,
    /// Why the journal is only read.
    pub read_only: Option<ReadOnly>,
}

/// Why a journal is only read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// Somebody else writes it; nobody knows who where the lock does not say.
    Held(Option<Holder>),
    /// It lies where nothing may be written, and what the system says.
    Unwritable(String),
}

/// "The journal is open in process 7 on host".
impl fmt::Display for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Held(holder) => write!(f, "The journal is {}", held_by(holder.as_ref())),
            Self::Unwritable(why) => write!(f, "The journal cannot be written ({why})"),
        }
    }
}

/// Whether everything is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    Saved,
    /// So many entries are being written.
    Waiting(usize),
    /// So many cannot be written, and why; they are tried again.
    Failed(usize, String),
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the journal cannot be opened: {0}")]
    Io(#[from] std::io::Error),
}

impl Session {
    /// Opens an annotator's journal in a folder; read-only where another process writes it, and where
    /// one that is there cannot be written. `wake` is called when there is something to
    /// [`Session::receive`].
    ///
    /// # Errors
    /// If the files cannot be made or read.
    pub fn open(
        folder: &Path,
        annotator: &str,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, SessionError> {
        let [path, lock_path] = journal_files(folder, annotator);
        let (sender, reports) = channel();
        let files = Lock::take(&lock_path)
            .and_then(|lock| Ok((lock, FileStorage::open(&path).map_err(LockError::Io)?)));
        let (writer, contents, read_only) = match files {
            Ok((lock, storage)) => {
                let (journal, contents) = Journal::open(storage)?;
                let writer = Writer::start(journal, Some(lock), move |report| {
                    let _ = sender.send(report);
                    wake();
                });
                (Some(writer), contents, None)
            }
            Err(error) => {
                let bytes = fs::read(&path);
                let (bytes, why) = match (error, bytes) {
                    (LockError::Held(holder), Ok(bytes)) => (bytes, ReadOnly::Held(holder)),
                    // There may be none yet.
                    (LockError::Held(holder), Err(e)) if e.kind() == ErrorKind::NotFound => {
                        (Vec::new(), ReadOnly::Held(holder))
                    }
                    (LockError::Held(_), Err(error)) => return Err(error.into()),
                    (LockError::Io(error), Ok(bytes)) => {
                        (bytes, ReadOnly::Unwritable(error.to_string()))
                    }
                    (LockError::Io(error), Err(_)) => return Err(error.into()),
                };
                (None, Contents::of(&bytes), Some(why))
            }
        };
        let mut session = Self {
            annotator: annotator.to_owned(),
            edits: Edits::default(),
            history: History::default(),
            entries: Vec::new(),
            unsaved: HashSet::new(),
            notes: writer.as_ref().map(|_| Notes::start(folder, annotator)),
            writer,
            reports,
            failure: None,
            problems: contents.problems,
            read_only,
        };
        contents.entries.into_iter().for_each(|e| session.take(e));
        Ok(session)
    }

    pub fn annotator(&self) -> &str {
        &self.annotator
    }

    pub fn edits(&self) -> &Edits {
        &self.edits
    }

    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }

    pub fn can_undo(&self) -> bool {
        self.history.next_undo().is_some() && !self.is_read_only()
    }

    pub fn can_redo(&self) -> bool {
        self.history.next_redo().is_some() && !self.is_read_only()
    }

    /// Notes a gesture, which counts at once and is saved as soon as may be. `false` where the journal
    /// is read-only, or where nothing changes.
    pub fn edit(&mut self, faces: Vec<FaceChanges>) -> bool {
        let changes = faces.iter().flat_map(|of| &of.changes);
        let changed = changes.into_iter().any(|c| c.before != c.after);
        changed && self.write(Gesture::Edit, faces)
    }

    /// Takes back the last edit; returns the faces that it concerns, the first to go back to.
    pub fn undo(&mut self) -> Option<Vec<FaceRef>> {
        let id = self.history.next_undo()?;
        let entry = self.entry(id)?;
        let (faces, changes) = (of_changes(&entry.faces), entry.reversed());
        self.write(Gesture::Undo(id), changes).then_some(faces)
    }

    /// Does again what was taken back last; returns as [`Session::undo`].
    pub fn redo(&mut self) -> Option<Vec<FaceRef>> {
        let id = self.history.next_redo()?;
        let changes = self.entry(id)?.faces.clone();
        let faces = of_changes(&changes);
        self.write(Gesture::Redo(id), changes).then_some(faces)
    }

    /// Folds in what the writer has done. Whether somebody else has appended to the journal, so that
    /// any edit may be another.
    pub fn receive(&mut self) -> bool {
        let mut changed = false;
        while let Ok(report) = self.reports.try_recv() {
            match report {
                Report::Saved(ids) => {
                    self.failure = None;
                    ids.iter().for_each(|id| {
                        self.unsaved.remove(id);
                    });
                }
                Report::Failed { error, .. } => self.failure = Some(error.to_string()),
                Report::News(news) => {
                    self.take_news(news);
                    changed = true;
                }
            }
        }
        changed
    }

    pub fn saving(&self) -> Saving {
        match (self.unsaved.len(), &self.failure) {
            (0, _) => Saving::Saved,
            (waiting, None) => Saving::Waiting(waiting),
            (waiting, Some(why)) => Saving::Failed(waiting, why.clone()),
        }
    }

    /// Notes the content of a picture that is edited, by its path below the set's folder.
    pub fn note_picture(&self, name: String, file: PictureFile) {
        if let Some(notes) = &self.notes {
            notes.picture(name, file);
        }
    }

    /// Notes the face that is looked at, at which the next session goes on.
    pub fn note_looked_at(&self, face: FaceRef) {
        if let Some(notes) = &self.notes {
            notes.bookmark(face);
        }
    }

    /// The face that was edited last.
    pub fn last_edited(&self) -> Option<&FaceRef> {
        let last = self.entries.last()?;
        last.faces.first().map(|of| &of.face)
    }

    /// Saves what waits and ends; returns what could not be saved.
    pub fn close(mut self) -> Vec<Entry> {
        self.writer.take().map(Writer::finish).unwrap_or_default()
    }

    fn write(&mut self, gesture: Gesture, faces: Vec<FaceChanges>) -> bool {
        let Some(writer) = &self.writer else {
            return false;
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let entry = Entry {
            id: EntryId::random(),
            sequence: 0,
            time: now.map_or(0, |time| time.as_millis() as u64),
            annotator: self.annotator.clone(),
            gesture,
            faces,
        };
        writer.write(entry.clone());
        self.unsaved.insert(entry.id);
        self.take(entry);
        true
    }

    fn take(&mut self, entry: Entry) {
        self.edits.add(&entry);
        self.history.add(&entry);
        self.entries.push(entry);
    }

    /// The newest are undone first.
    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.id == id)
    }

    /// Takes in what somebody else appended: it stands in the file before what waits here.
    fn take_news(&mut self, news: Contents) {
        self.problems.extend(news.problems);
        let known: HashSet<EntryId> = self.entries.iter().map(|entry| entry.id).collect();
        let (waiting, mut entries): (Vec<Entry>, Vec<Entry>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| self.unsaved.contains(&entry.id));
        let news = news.entries.into_iter();
        entries.extend(news.filter(|entry| !known.contains(&entry.id)));
        entries.extend(waiting);
        (self.edits, self.history) = (Edits::default(), History::default());
        entries.into_iter().for_each(|entry| self.take(entry));
    }
}

fn of_changes(changes: &[FaceChanges]) -> Vec<FaceRef> {
    changes.iter().map(|of| of.face.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Provenance;
    use crate::review::{Change, Field, Labelled, Value};

    fn face(picture: &str) -> FaceRef {
        FaceRef {
            picture_hash: None,
            picture_bytes: None,
            picture: picture.into(),
            id: None,
            face_box: None,
            place: 1,
        }
    }

    fn status(note: &str) -> Labelled {
        Labelled {
            value: Value::Note(note.into()),
            source: Provenance::Person,
        }
    }

    fn note(picture: &str, [before, after]: [&str; 2]) -> Vec<FaceChanges> {
        vec![FaceChanges {
            face: face(picture),
            changes: vec![Change {
                field: Field::Note,
                before: status(before),
                after: status(after),
            }],
        }]
    }

    fn notes(session: &Session) -> Vec<String> {
        let faces = session.edits().faces.iter();
        let notes = faces.map(|face| format!("{}: {}", face.face.picture, face.note()));
        notes.collect()
    }

    #[test]
    fn undo_goes_back_over_faces_and_sessions() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Session::open(folder.path(), "anna", || {}).unwrap();
        let mut session = open();
        assert!(!session.can_undo() && session.undo().is_none());
        assert!(session.edit(note("a.jpg", ["", "x"])));
        assert!(session.edit(note("b.jpg", ["", "y"])));
        assert!(!session.edit(note("b.jpg", ["y", "y"])), "nothing changes");
        assert_eq!(session.close(), []);
        let mut session = open();
        assert_eq!(notes(&session), ["a.jpg: x", "b.jpg: y"]);
        assert_eq!(session.last_edited(), Some(&face("b.jpg")));
        assert_eq!(session.undo(), Some(vec![face("b.jpg")]));
        assert_eq!(session.close(), []);
        let mut session = open();
        assert_eq!(session.undo(), Some(vec![face("a.jpg")]));
        assert_eq!(session.undo(), None);
        assert_eq!(notes(&session), ["a.jpg: ", "b.jpg: "]);
        assert_eq!(session.redo(), Some(vec![face("a.jpg")]));
        assert!(session.can_redo());
        assert!(session.edit(note("c.jpg", ["", "z"])));
        assert!(!session.can_redo(), "a new edit ends redo");
        while session.saving() != Saving::Saved {
            session.receive();
        }
        assert_eq!(session.close(), []);
        assert_eq!(notes(&open()), ["a.jpg: x", "b.jpg: ", "c.jpg: z"]);
    }

    #[test]
    fn the_second_session_reads_alone_and_says_who_writes() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = Session::open(folder.path(), "anna", || {}).unwrap();
        first.edit(note("a.jpg", ["", "x"]));
        while first.saving() != Saving::Saved {
            first.receive();
        }
        let mut second = Session::open(folder.path(), "anna", || {}).unwrap();
        assert!(second.is_read_only());
        let holder = Some(Holder::this());
        assert_eq!(second.read_only, Some(ReadOnly::Held(holder)));
        assert_eq!(notes(&second), ["a.jpg: x"]);
        assert!(!second.edit(note("a.jpg", ["x", "y"])) && second.undo().is_none());
        let other = Session::open(folder.path(), "bert", || {}).unwrap();
        assert!(!other.is_read_only(), "each annotator has a journal");
        drop((first, second));
        assert!(
            !Session::open(folder.path(), "anna", || {})
                .unwrap()
                .is_read_only()
        );
    }

    #[test]
    fn what_somebody_else_appends_comes_before_what_waits() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session::open(folder.path(), "anna", || {}).unwrap();
        let file = FileStorage::open(&folder.path().join("anna.jsonl")).unwrap();
        let (mut other, _) = Journal::open(file).unwrap();
        let mut theirs = [Entry {
            id: EntryId::random(),
            sequence: 0,
            time: 0,
            annotator: "other".into(),
            gesture: Gesture::Edit,
            faces: note("a.jpg", ["", "theirs"]),
        }];
        other.append(&mut theirs).unwrap();
        session.edit(note("a.jpg", ["", "own"]));
        while session.saving() != Saving::Saved {
            session.receive();
        }
        assert_eq!(notes(&session), ["a.jpg: own"]);
        let seen = session.edits().clone();
        assert_eq!(session.undo(), Some(vec![face("a.jpg")]));
        assert_eq!(session.redo(), Some(vec![face("a.jpg")]));
        assert_eq!(session.close(), []);
        let again = Session::open(folder.path(), "anna", || {}).unwrap();
        assert_eq!(*again.edits(), seen);
        assert_eq!(again.entries.len(), 4);
    }

    #[test]
    fn what_cannot_be_saved_is_said_and_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session::open(folder.path(), "anna", || {}).unwrap();
        let lock = folder.path().join("anna.lock");
        fs::write(&lock, r#"{"host":"b","process":2}"#).unwrap();
        session.edit(note("a.jpg", ["", "x"]));
        while !matches!(session.saving(), Saving::Failed(..)) {
            session.receive();
        }
        let Saving::Failed(waiting, why) = session.saving() else {
            panic!("it failed")
        };
        assert_eq!(waiting, 1);
        assert!(why.contains("another process"), "{why}");
        assert_eq!(notes(&session), ["a.jpg: x"]);
        assert_eq!(session.close().len(), 1);
    }

    #[test]
    fn a_journal_that_cannot_be_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session::open(folder.path(), "anna", || {}).unwrap();
        session.edit(note("a.jpg", ["", "x"]));
        assert_eq!(session.close(), []);
        // Whoever runs this may write everywhere, but no file in place of a folder.
        let lock = folder.path().join("anna.lock");
        fs::create_dir(&lock).unwrap();
        let mut session = Session::open(folder.path(), "anna", || {}).unwrap();
        let why = session.read_only.as_ref().unwrap().to_string();
        assert!(why.starts_with("The journal cannot be written ("), "{why}");
        assert_eq!(notes(&session), ["a.jpg: x"]);
        assert!(!session.edit(note("a.jpg", ["x", "y"])) && session.undo().is_none());
        assert_eq!(session.saving(), Saving::Saved);
        // Where there is none, none can be made.
        fs::create_dir(folder.path().join("bert.lock")).unwrap();
        assert!(Session::open(folder.path(), "bert", || {}).is_err());
    }
}
