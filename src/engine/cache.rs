//! Predictions that were made before in this session, so that a network that comes back, or a
//! folder that is opened again, shows at once.
//!
//! A prediction belongs to weights (by their bytes), a picture (path, size and time of its file)
//! and a box. Nothing is written to disk.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::label::{FaceBox, Prediction};

/// Predictions that are kept, about 0.4 KB each: all of CelebA under one network, and more.
const MOST: usize = 1 << 18;

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
pub enum Place {
    /// The bits of x, y, w, h and angle.
    Box([u32; 5]),
    /// The box that is made from the picture's size, which is not known before it is decoded.
    Picture,
}

impl From<FaceBox> for Place {
    fn from(b: FaceBox) -> Self {
        Self::Box([b.x, b.y, b.w, b.h, b.angle].map(f32::to_bits))
    }
}

/// Hash of the weights, picture, place.
pub type Key = (u64, FileId, Place);

#[derive(Default)]
pub struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    found: HashMap<Key, (FaceBox, Prediction)>,
    /// The oldest first.
    order: VecDeque<Key>,
}

impl Cache {
    pub fn get(&self, key: &Key) -> Option<(FaceBox, Prediction)> {
        self.kept().found.get(key).cloned()
    }

    pub fn put(&self, key: Key, face_box: FaceBox, prediction: Prediction) {
        let mut kept = self.kept();
        if kept.found.insert(key, (face_box, prediction)).is_none() {
            kept.order.push_back(key);
        }
        while kept.order.len() > MOST
            && let Some(old) = kept.order.pop_front()
        {
            kept.found.remove(&old);
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
        let key = |i: u64| (1, FileId(i), Place::Picture);
        for i in 0..MOST as u64 + 5 {
            cache.put(key(i), face, Prediction { tasks: Vec::new() });
        }
        assert!(cache.get(&key(4)).is_none() && cache.get(&key(5)).is_some());
        assert!(cache.get(&(2, FileId(5), Place::Picture)).is_none());
    }
}
