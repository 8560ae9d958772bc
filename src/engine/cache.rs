//! Predictions that were made before, so that a network that comes back, or a folder that is opened
//! again, shows at once.
//!
//! A prediction belongs to weights (by their bytes), a picture (path, size and time of its file)
//! and a box. In memory they stay within a budget; where they are also kept on disk, another session
//! has them. The window shares each prediction with the cache.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::kept::Kept as OnDisk;
use super::place::{BoxKey, FileId, Place};
use crate::label::{FaceBox, Prediction, TaskPrediction};

/// Bytes of predictions that are kept, about 0.5 KB each: all of CelebA under one network, and
/// more.
const BUDGET: usize = 128 << 20;
/// What an entry takes beside its prediction: its key in the table and in the queue, and what a
/// table leaves free.
const ENTRY: usize = 3 * size_of::<Key>() + 2 * size_of::<Entry>();
/// What the system's allocator adds to a block.
const BLOCK: usize = 16;

/// Hash of the weights, picture, place.
pub type Key = (u64, FileId, BoxKey);

#[derive(Default)]
pub struct Cache {
    held: Mutex<Held>,
    /// None where nothing is kept for another session.
    pub on_disk: Option<OnDisk>,
}

#[derive(Default)]
struct Held {
    found: HashMap<Key, Entry>,
    /// The oldest first.
    order: VecDeque<Key>,
    bytes: usize,
}

struct Entry {
    face_box: FaceBox,
    prediction: Arc<Prediction>,
    bytes: usize,
}

/// Bytes of a prediction with all that belongs to it.
fn bytes_of(prediction: &Prediction) -> usize {
    let tasks = prediction.tasks.iter().map(|task| {
        let values = match task {
            TaskPrediction::Points(points) => size_of_val(&points[..]),
            TaskPrediction::Binary(values) => size_of_val(&values[..]),
        };
        size_of::<TaskPrediction>() + values + BLOCK
    });
    size_of::<Prediction>() + 2 * BLOCK + tasks.sum::<usize>()
}

impl Cache {
    pub fn new(on_disk: Option<OnDisk>) -> Self {
        Self {
            held: Mutex::default(),
            on_disk,
        }
    }

    pub fn get(&self, key: &Key) -> Option<(FaceBox, Arc<Prediction>)> {
        let held = self.held();
        let entry = held.found.get(key)?;
        Some((entry.face_box, entry.prediction.clone()))
    }

    /// Keeps a prediction that a network of this hash has made.
    pub fn put(&self, hash: u64, place: Place, prediction: &Arc<Prediction>) {
        if let Some(on_disk) = &self.on_disk {
            on_disk.keep(hash, place, prediction);
        }
        self.remember(hash, place, prediction);
    }

    /// Keeps a prediction for the session.
    pub fn remember(&self, hash: u64, place: Place, prediction: &Arc<Prediction>) {
        let mut held = self.held();
        let mut own = bytes_of(prediction);
        for at in place.keys() {
            let key = (hash, place.file, at);
            let entry = Entry {
                face_box: place.face_box,
                prediction: prediction.clone(),
                bytes: ENTRY + std::mem::take(&mut own),
            };
            held.bytes += entry.bytes;
            match held.found.insert(key, entry) {
                Some(before) => held.bytes -= before.bytes,
                None => held.order.push_back(key),
            }
        }
        while held.bytes > BUDGET
            && let Some(old) = held.order.pop_front()
        {
            held.bytes -= held.found.remove(&old).map_or(0, |e| e.bytes);
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        // Every write leaves it whole enough to go on with.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hash of bytes that are read piece by piece.
pub fn hash_of(mut bytes: impl std::io::Read) -> std::io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match bytes.read(&mut piece)? {
            0 => return Ok(hasher.finish()),
            n => hasher.write(&piece[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let cache = Cache::default();
        let face_box = FaceBox::new(0.0, 0.0, 1.0, 1.0);
        let file = |i: u64| FileId(std::array::from_fn(|n| i.to_le_bytes()[n % 8]));
        let place = |i: u64| Place {
            file: file(i),
            face_box,
            is_pictures: false,
        };
        let key = |i: u64| (1, file(i), face_box.into());
        let actual = Arc::new(Prediction {
            tasks: vec![TaskPrediction::Binary(vec![0.5; 40])],
        });
        let fit = (BUDGET / (ENTRY + bytes_of(&actual))) as u64;
        assert!(fit > 202_599, "CelebA fits: {fit}");
        for i in 0..fit + 5 {
            cache.put(1, place(i), &actual);
        }
        assert!(cache.get(&key(4)).is_none() && cache.get(&key(5)).is_some());
        assert!(cache.get(&(2, file(5), face_box.into())).is_none());
        // The same under two names, and once more: nothing is counted twice.
        for _ in 0..3 {
            let is_pictures = true;
            cache.put(
                1,
                Place {
                    is_pictures,
                    ..place(7)
                },
                &actual,
            );
        }
        assert!(cache.get(&(1, file(7), BoxKey::Picture)).is_some());
        let held = cache.held();
        let counted: usize = held.found.values().map(|e| e.bytes).sum();
        assert!(held.bytes == counted && counted <= BUDGET);
        assert_eq!(held.found.len(), held.order.len());
    }
}
