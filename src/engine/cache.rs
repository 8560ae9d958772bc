//! Predictions that were made before in this session, so that a network that comes back, or a
//! folder that is opened again, shows at once.
//!
//! A prediction belongs to weights (by their bytes), a picture (path, size and time of its file)
//! and a box. Nothing is written to disk, and what is kept stays within a budget. The window shares
//! each prediction with the cache.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::label::{FaceBox, Prediction, TaskPrediction};

/// Bytes of predictions that are kept, about 0.5 KB each: all of CelebA under one network, and
/// more.
const BUDGET: usize = 128 << 20;
/// What an entry takes beside its prediction: its key in the table and in the queue, and what a
/// table leaves free.
const ENTRY: usize = 3 * size_of::<Key>() + 2 * size_of::<Entry>();
/// What the system's allocator adds to a block.
const BLOCK: usize = 16;

/// A file as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(u64);

impl FileId {
    /// `None` where there is no such file. Reads its size and time, not the file.
    pub fn of(path: &Path) -> Option<Self> {
        let meta = std::fs::metadata(path).ok()?;
        let mut hasher = DefaultHasher::new();
        (path, meta.len(), meta.modified().ok()?).hash(&mut hasher);
        Some(Self(hasher.finish()))
    }
}

/// Where in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoxKey {
    /// The bits of x, y, w, h and angle.
    Box([u32; 5]),
    /// The box that is made from the picture's size, which is not known before it is decoded.
    Picture,
}

impl From<FaceBox> for BoxKey {
    fn from(b: FaceBox) -> Self {
        Self::Box([b.x, b.y, b.w, b.h, b.angle].map(f32::to_bits))
    }
}

/// Hash of the weights, picture, place.
pub type Key = (u64, FileId, BoxKey);

#[derive(Default)]
pub struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
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
    pub fn get(&self, key: &Key) -> Option<(FaceBox, Arc<Prediction>)> {
        let kept = self.kept();
        let entry = kept.found.get(key)?;
        Some((entry.face_box, entry.prediction.clone()))
    }

    /// Keeps a prediction under its keys: a face's own box may be known under two names.
    pub fn put(
        &self,
        keys: impl IntoIterator<Item = Key>,
        face_box: FaceBox,
        prediction: &Arc<Prediction>,
    ) {
        let mut kept = self.kept();
        let mut own = bytes_of(prediction);
        for key in keys {
            let entry = Entry {
                face_box,
                prediction: prediction.clone(),
                bytes: ENTRY + std::mem::take(&mut own),
            };
            kept.bytes += entry.bytes;
            match kept.found.insert(key, entry) {
                Some(before) => kept.bytes -= before.bytes,
                None => kept.order.push_back(key),
            }
        }
        while kept.bytes > BUDGET
            && let Some(old) = kept.order.pop_front()
        {
            kept.bytes -= kept.found.remove(&old).map_or(0, |e| e.bytes);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Every write leaves it whole enough to go on with.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn a_picture_that_changed_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        assert_eq!(FileId::of(&path), None);
        std::fs::write(&path, "one").unwrap();
        let first = FileId::of(&path).unwrap();
        assert_eq!(FileId::of(&path), Some(first));
        std::fs::write(&path, "longer").unwrap();
        assert_ne!(FileId::of(&path), Some(first));
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let cache = Cache::default();
        let face = FaceBox::new(0.0, 0.0, 1.0, 1.0);
        let key = |i: u64| (1, FileId(i), BoxKey::Picture);
        let actual = Arc::new(Prediction {
            tasks: vec![TaskPrediction::Binary(vec![0.5; 40])],
        });
        let fit = (BUDGET / (ENTRY + bytes_of(&actual))) as u64;
        assert!(fit > 202_599, "CelebA fits: {fit}");
        for i in 0..fit + 5 {
            cache.put([key(i)], face, &actual);
        }
        assert!(cache.get(&key(4)).is_none() && cache.get(&key(5)).is_some());
        assert!(cache.get(&(2, FileId(5), BoxKey::Picture)).is_none());
        // The same under two names, and once more: nothing is counted twice.
        for _ in 0..3 {
            cache.put([key(7), (1, FileId(7), face.into())], face, &actual);
        }
        let kept = cache.kept();
        let counted: usize = kept.found.values().map(|e| e.bytes).sum();
        assert!(kept.bytes == counted && counted <= BUDGET);
        assert_eq!(kept.found.len(), kept.order.len());
    }
}
