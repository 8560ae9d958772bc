//! Which face an annotator looked at last: the queue goes on there. It is kept beside the journal, and
//! is none of the labels: one that is lost or cannot be read is no loss.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::entry::FaceRef;
use super::place::journal_files;
use crate::atomic::write_atomic;

fn path(folder: &Path, annotator: &str) -> PathBuf {
    let [journal, _] = journal_files(folder, annotator);
    journal.with_extension("bookmark")
}

/// Keeps the face for the next time.
///
/// # Errors
/// If it cannot be written.
pub fn write_bookmark(folder: &Path, annotator: &str, face: &FaceRef) -> io::Result<()> {
    let text = serde_json::to_string(face).map_err(io::Error::from)?;
    write_atomic(&path(folder, annotator), text.as_bytes())
}

/// The face that was kept last.
pub fn read_bookmark(folder: &Path, annotator: &str) -> Option<FaceRef> {
    let text = fs::read(path(folder, annotator)).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_comes_back_and_a_broken_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_bookmark(folder.path(), "anna"), None);
        let face = FaceRef {
            picture_hash: None,
            picture_bytes: None,
            picture: "a/b.jpg".into(),
            id: Some(3),
            face_box: None,
            place: 2,
        };
        write_bookmark(folder.path(), "anna", &face).unwrap();
        assert_eq!(read_bookmark(folder.path(), "anna"), Some(face));
        assert_eq!(read_bookmark(folder.path(), "bert"), None);
        fs::write(path(folder.path(), "anna"), "{").unwrap();
        assert_eq!(read_bookmark(folder.path(), "anna"), None);
    }
}
