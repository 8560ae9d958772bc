//! What is written beside a journal and is no label, so that nothing is lost with it: a thread does it
//! now and then, and nobody waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::index::PictureIndex;
use crate::photo::PictureFile;

/// What comes within this is written together.
const EVERY: Duration = Duration::from_secs(2);

enum Note {
    /// A picture was read, by its path below the set's folder.
    Picture(String, PictureFile),
}

/// Gives notes to the thread, which ends when this is gone.
pub struct Notes {
    notes: Option<Sender<Note>>,
    thread: Option<JoinHandle<()>>,
}

impl Notes {
    /// Starts the thread for a folder of journals.
    pub fn start(folder: &Path) -> Self {
        let (notes, inbox) = channel();
        let folder = folder.to_owned();
        let thread = thread::spawn(move || work(&folder, &inbox));
        Self {
            notes: Some(notes),
            thread: Some(thread),
        }
    }

    pub fn picture(&self, name: String, file: PictureFile) {
        self.note(Note::Picture(name, file));
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

fn work(folder: &Path, inbox: &Receiver<Note>) {
    let mut writing = Writing {
        folder: folder.to_owned(),
        index: None,
        said: false,
    };
    while let Ok(first) = inbox.recv() {
        writing.take(first);
        let until = Instant::now() + EVERY;
        loop {
            match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(note) => writing.take(note),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        writing.write();
    }
}

struct Writing {
    folder: PathBuf,
    /// Read once it is needed.
    index: Option<PictureIndex>,
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
        }
    }

    fn write(&mut self) {
        let written = self.index.as_mut().map_or(Ok(()), PictureIndex::write);
        if let Err(error) = written
            && !std::mem::replace(&mut self.said, true)
        {
            log::info!("{}: {error}", self.folder.display());
        }
    }
}
