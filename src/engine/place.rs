//! Of what a prediction was made, by which it is found again: a file as it was, and a box in it.

use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::hash::StrongHash;
use crate::label::FaceBox;

/// A file as it is now, the same in every session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(pub [u8; 16]);

impl FileId {
    /// `None` where there is no such file. Reads its size and time, not the file.
    pub fn of(path: &Path) -> Option<Self> {
        let meta = std::fs::metadata(path).ok()?;
        let modified = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let path = std::path::absolute(path).ok()?;
        let mut said = path.as_os_str().as_encoded_bytes().to_vec();
        said.extend(meta.len().to_le_bytes());
        said.extend(modified.as_nanos().to_le_bytes());
        Some(Self(StrongHash::of(&said).short()))
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

/// Of what a prediction was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub file: FileId,
    pub face_box: FaceBox,
    /// Whether the box is the one that the picture has by its size, and so is found by that too.
    pub is_pictures: bool,
}

impl Place {
    /// Under what names the box is looked for.
    pub fn keys(&self) -> impl Iterator<Item = BoxKey> + use<> {
        let second = self.is_pictures.then_some(BoxKey::Picture);
        std::iter::once(self.face_box.into()).chain(second)
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
}
