//! By what a picture's file is known again.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use crate::hash::StrongHash;

/// A picture's file as it was when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureFile {
    pub hash: StrongHash,
    pub bytes: u64,
    /// Where the system says.
    pub modified: Option<SystemTime>,
}

impl PictureFile {
    /// A file whose bytes were read, and what the system said of it before.
    pub fn of(bytes: &[u8], meta: &Metadata) -> Self {
        Self {
            hash: StrongHash::of(bytes),
            bytes: bytes.len() as u64,
            modified: meta.modified().ok(),
        }
    }

    /// Reads a file that is not decoded.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let meta = std::fs::metadata(path)?;
        Ok(Self {
            hash: StrongHash::of_file(path)?,
            bytes: meta.len(),
            modified: meta.modified().ok(),
        })
    }
}
