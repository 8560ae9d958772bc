//! Predictions kept on disk, so that a list that was predicted before is not predicted again: in the
//! user's cache folder a file for each network, which only grows and may be deleted at any time. What
//! cannot be written or read is predicted anew, and one line of the log says so.

mod folder;
mod record;
mod writer;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::place::{FileId, Place};
use crate::hash::StrongHash;
use crate::label::{Prediction, Untrained};
use crate::model::Checkpoint;
use folder::{ENDING, files, remove};
pub use record::Record;
use writer::Writer;

/// Rises where the same weights, picture and box give other predictions than before, or where they
/// are written in another way.
const VERSION: u32 = 1;

/// Predictions on disk, of the networks that are loaded.
pub struct Kept {
    folder: PathBuf,
    /// The file of each network, by the hash that the session knows it by.
    files: Mutex<HashMap<u64, PathBuf>>,
    writer: Mutex<Option<Writer>>,
}

impl Kept {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            files: Mutex::default(),
            writer: Mutex::new(Some(Writer::start(folder.clone()))),
            folder,
        }
    }

    /// A network was loaded. What decides its answers names its file: its tensors, how it has its
    /// pictures, what its outputs mean, and which of them it was never taught.
    pub fn loaded(&self, hash: u64, fingerprint: &str, checkpoint: &Checkpoint) {
        let (preprocessing, schema) = (&checkpoint.preprocessing, checkpoint.network.schema());
        let mut untrained = serde_json::json!({});
        Untrained::from_training(&checkpoint.training).write_to(&mut untrained);
        let decides = (VERSION, fingerprint, preprocessing, schema, untrained);
        if let Ok(text) = serde_json::to_string(&decides) {
            let name = StrongHash::of(text.as_bytes()).to_string();
            let path = self.folder.join(format!("{}.{ENDING}", &name[..32]));
            lock(&self.files).insert(hash, path);
        }
    }

    /// Keeps a prediction of a network, soon.
    pub fn keep(&self, hash: u64, place: Place, prediction: &Arc<Prediction>) {
        let path = lock(&self.files).get(&hash).cloned();
        if let (Some(path), Some(writer)) = (path, &*lock(&self.writer)) {
            let prediction = prediction.clone();
            writer.write(path, Record { place, prediction });
        }
    }

    /// What is kept of a network about the files that are `wanted`, the oldest first.
    pub fn read(&self, hash: u64, wanted: impl Fn(FileId) -> bool, take: impl FnMut(Record)) {
        let Some(path) = lock(&self.files).get(&hash).cloned() else {
            return;
        };
        match File::open(&path).and_then(|file| record::read(file, wanted, take)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                log::info!("kept predictions: {}: {error}", path.display());
            }
            _ => {}
        }
    }

    /// Deletes all that is kept.
    ///
    /// # Errors
    /// If a file cannot be deleted.
    pub fn clear(&self) -> io::Result<()> {
        for (path, ..) in files(&self.folder) {
            remove(&path)?;
        }
        Ok(())
    }

    /// Writes what is to be kept and ends; nothing is kept from then on.
    pub fn finish(&self) {
        drop(lock(&self.writer).take());
    }
}

// What stands under these locks is whole whatever panicked meanwhile.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
