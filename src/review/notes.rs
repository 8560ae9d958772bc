//! What is written beside a journal and is no label, so that nothing is lost with it: a thread does it
//! now and then, and nobody waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::bookmark::write_bookmark;
use super::entry::FaceRef;
use super::index::PictureIndex;
use crate::photo::PictureFile;

/// What comes within this is written together.
const EVERY: Duration = Duration::from_secs(2);

enum Note {
    /// A picture was read, by its path below the set's folder.
    Picture(String, PictureFile),
    /// The face that is looked at.
    Bookmark(FaceRef),
}

/// Gives notes to the thread, which ends when this is gone.
pub struct Notes {
    notes: Option<Sender<Note>>,
    thread: Option<JoinHandle<()>>,
}

impl Notes {
    /// Starts the thread for an annotator's journal in a folder.
    pub fn start(folder: &Path, annotator: &str) -> Self {
        let (notes, inbox) = channel();
        let writing = Writing {
            folder: folder.to_owned(),
            annotator: annotator.to_owned(),
            index: None,
            bookmark: None,
            said: false,
        };
        let thread = thread::spawn(move || work(writing, &inbox));
        Self {
            notes: Some(notes),
            thread: Some(thread),
        }
    }

    pub fn picture(&self, name: String, file: PictureFile) {
        self.note(Note::Picture(name, file));
    }

    pub fn bookmark(&self, face: FaceRef) {
        self.note(Note::Bookmark(face));
    }

    fn note(&self, note: Note) {
        // A thread that has ended said why.
        let _ = self.notes.as_ref().map(|notes| notes.send(note));
    }
}

/// Waits for what is being written.
impl Drop for Notes {
    fn drop(&mut self) {
        self.notes = None;
        if self.thread.take().is_some_and(|t| t.join().is_err()) {
            log::error!("the thread that notes pictures has ended");
        }
    }
}

fn work(mut writing: Writing, inbox: &Receiver<Note>) {
    while let Ok(first) = inbox.recv() {
        writing.take(first);
        let until = Instant::now() + EVERY;
        while let Ok(note) = inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
            writing.take(note);
        }
        writing.write();
    }
}

struct Writing {
    folder: PathBuf,
    annotator: String,
    /// Read once it is needed.
    index: Option<PictureIndex>,
    bookmark: Option<FaceRef>,
    /// Whether it was said that nothing can be written.
    said: bool,
}

impl Writing {
    fn take(&mut self, note: Note) {
        match note {
            Note::Picture(name, file) => {
                let folder = &self.folder;
                let index = self.index.get_or_insert_with(|| PictureIndex::read(folder));
                index.note(&name, &file);
            }
            // Of those that were looked at meanwhile only the last counts.
            Note::Bookmark(face) => self.bookmark = Some(face),
        }
    }

    fn write(&mut self) {
        let index = self.index.as_mut().map_or(Ok(()), PictureIndex::write);
        let bookmark = self.bookmark.take();
        let bookmark = bookmark.map_or(Ok(()), |face| {
            write_bookmark(&self.folder, &self.annotator, &face)
        });
        if let Err(error) = index.and(bookmark)
            && !std::mem::replace(&mut self.said, true)
        {
            log::info!("{}: {error}", self.folder.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::read_bookmark;

    #[test]
    fn the_face_that_is_looked_at_is_kept_while_somebody_works() {
        let folder = tempfile::tempdir().unwrap();
        let face = |n: u32| FaceRef {
            picture_hash: None,
            picture_bytes: None,
            picture: format!("{n}.jpg"),
            id: None,
            face_box: None,
            place: 1,
        };
        let notes = Notes::start(folder.path(), "anna");
        (0..50).for_each(|n| notes.bookmark(face(n)));
        // Nothing is closed meanwhile, as where the program is killed.
        let since = Instant::now();
        while read_bookmark(folder.path(), "anna") != Some(face(49)) {
            assert!(since.elapsed() < Duration::from_secs(60));
            thread::sleep(Duration::from_millis(5));
        }
        notes.bookmark(face(50));
        drop(notes);
        assert_eq!(read_bookmark(folder.path(), "anna"), Some(face(50)));
    }
}
