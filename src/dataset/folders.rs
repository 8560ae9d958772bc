//! What the readers share: listings of picture folders, and texts that are stored once.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::photo::EXTENSIONS;

/// Names of the files in folders, each listed once: far cheaper than asking for every file.
#[derive(Default)]
pub struct Folders(HashMap<PathBuf, HashSet<OsString>>);

impl Folders {
    /// Whether there is such a file.
    pub fn have(&mut self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        if !self.0.contains_key(folder) {
            // A folder that is called a.png is no picture.
            let is_file = |entry: &DirEntry| match entry.file_type() {
                Ok(kind) if kind.is_symlink() => entry.path().is_file(),
                Ok(kind) => !kind.is_dir(),
                Err(_) => false,
            };
            let names = std::fs::read_dir(here(folder)).map(|entries| {
                let files = entries.flatten().filter(is_file);
                files.map(|e| e.file_name()).collect()
            });
            self.0.insert(folder.to_owned(), names.unwrap_or_default());
        }
        self.0[folder].contains(name)
    }

    /// The picture beside a file that is called as the file is, but for the ending.
    pub fn picture_beside(&mut self, file: &Path) -> Option<PathBuf> {
        let endings = EXTENSIONS.iter().map(|e| (*e).to_owned());
        let upper = EXTENSIONS.iter().map(|e| e.to_uppercase());
        let mut paths = endings.chain(upper).map(|e| file.with_extension(e));
        paths.find(|path| self.have(path))
    }
}

/// Texts that repeat; each is stored once.
#[derive(Default)]
pub struct Interner(HashSet<Arc<str>>);

impl Interner {
    pub fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let word: Arc<str> = text.into();
        self.0.insert(word.clone());
        word
    }
}

/// A folder that can be opened: the one of a bare file name is the current one.
pub fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

/// The folder in which a file lies.
pub fn folder_of(file: &Path) -> &Path {
    here(file.parent().unwrap_or(Path::new("")))
}
