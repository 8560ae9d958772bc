//! The hashes of pictures that were read: a cache beside the journals, by each picture's name, size
//! and time, so that none is read twice to know it. It may be deleted at any time.

use std::collections::HashMap;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::entry::{sealed, unsealed};
use crate::photo::PictureFile;

/// No journal, which its ending says.
const FILE: &str = "pictures.index";

/// A picture as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    picture: String,
    bytes: u64,
    /// Nanoseconds since 1970.
    modified: u64,
    hash: String,
}

/// What is known of a set's pictures, by their paths below its folder.
#[derive(Debug)]
pub struct PictureIndex {
    path: PathBuf,
    known: HashMap<String, Line>,
    /// Lines that the file has not yet.
    new: String,
}

/// What the index says of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Indexed<'a> {
    Hash(&'a str),
    /// It was another file when it was read.
    Changed,
    Unknown,
}

impl PictureIndex {
    /// Reads the index in a folder of journals; what of it is damaged is not there.
    pub fn read(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let bytes = fs::read(&path).unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n').filter_map(unsealed);
        let lines = lines.filter_map(|text| serde_json::from_str::<Line>(&text).ok());
        Self {
            path,
            known: lines.map(|line| (line.picture.clone(), line)).collect(),
            new: String::new(),
        }
    }

    pub fn get(&self, picture: &str, file: &Metadata) -> Indexed<'_> {
        let Some(line) = self.known.get(picture) else {
            return Indexed::Unknown;
        };
        let modified = file.modified().ok().and_then(nanoseconds);
        match (line.bytes, Some(line.modified)) == (file.len(), modified) {
            true => Indexed::Hash(&line.hash),
            false => Indexed::Changed,
        }
    }

    /// Takes in a picture that was read.
    pub fn note(&mut self, picture: &str, file: &PictureFile) {
        let Some(modified) = file.modified.and_then(nanoseconds) else {
            return;
        };
        let line = Line {
            picture: picture.to_owned(),
            bytes: file.bytes,
            modified,
            hash: file.hash.to_string(),
        };
        if self.known.get(picture) == Some(&line) {
            return;
        }
        if let Ok(object) = serde_json::to_string(&line) {
            self.new += &sealed(object);
        }
        self.known.insert(picture.to_owned(), line);
    }

    /// Writes what the file has not yet, in one piece, so that two who write do not mix.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn write(&mut self) -> io::Result<()> {
        if self.new.is_empty() {
            return Ok(());
        }
        // Whoever wrote last may have ended in the middle of a line.
        let lines = format!("\n{}", std::mem::take(&mut self.new));
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.path)?;
        file.write_all(lines.as_bytes())
    }
}

/// Since 1970.
fn nanoseconds(time: SystemTime) -> Option<u64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    since.as_nanos().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_known_until_the_file_is_another_and_damage_costs_its_line_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a.jpg", "b.jpg"].map(|name| folder.path().join(name));
        fs::write(&a, "one").unwrap();
        fs::write(&b, "two").unwrap();
        let read = |path: &Path| PictureFile::read(path).unwrap();
        let open = || PictureIndex::read(folder.path());
        let mut index = open();
        index.note("a.jpg", &read(&a));
        index.write().unwrap();
        // A line that was not written whole.
        let file = folder.path().join(FILE);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}{}", &text[..text.len() / 2])).unwrap();
        let mut index = open();
        index.note("b.jpg", &read(&b));
        index.note("a.jpg", &read(&a));
        index.write().unwrap();
        let lines = fs::read_to_string(&file).unwrap().matches("b.jpg").count();
        assert_eq!(lines, 1);
        let index = open();
        let meta = |path: &Path| fs::metadata(path).unwrap();
        for (name, path) in [("a.jpg", &a), ("b.jpg", &b)] {
            let hash = read(path).hash.to_string();
            assert_eq!(index.get(name, &meta(path)), Indexed::Hash(&hash));
        }
        assert_eq!(index.get("c.jpg", &meta(&a)), Indexed::Unknown);
        fs::write(&a, "three").unwrap();
        assert_eq!(index.get("a.jpg", &meta(&a)), Indexed::Changed);
        fs::remove_file(&file).unwrap();
        assert_eq!(open().get("b.jpg", &meta(&b)), Indexed::Unknown);
    }
}
