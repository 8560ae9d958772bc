//! Where the journals of a set are: beside what they are about, so that they travel with it, or in
//! the user's data folder where nothing may be written there.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::dataset;
use crate::hash::StableHasher;

/// What the folder of a set's journals is called, and how that of a single file ends.
pub const FOLDER: &str = dataset::REVIEWS;

/// The folder of the journals of what was opened, which is made if it is not there: below a folder
/// that was opened alone, beside a file, else below `data`, the user's folder for such things.
/// `sources` are absolute.
///
/// # Errors
/// If no folder can be made.
pub fn journal_folder(sources: &[PathBuf], data: &Path) -> io::Result<PathBuf> {
    if let Some(beside) = beside(sources) {
        match writable(&beside) {
            Ok(()) => return Ok(beside),
            Err(error) => log::info!("{}: {error}", beside.display()),
        }
    }
    let folder = elsewhere(sources, data);
    writable(&folder)?;
    Ok(folder)
}

/// The folder in which an annotator has a journal of what was opened; nothing is made.
pub fn existing_folder(sources: &[PathBuf], data: &Path, annotator: &str) -> Option<PathBuf> {
    let folders = beside(sources)
        .into_iter()
        .chain([elsewhere(sources, data)]);
    let mut folders = folders.filter(|folder| {
        let [journal, _] = journal_files(folder, annotator);
        journal.metadata().is_ok_and(|file| file.len() > 0)
    });
    folders.next()
}

/// For what has no place of its own, or one that cannot be written to.
fn elsewhere(sources: &[PathBuf], data: &Path) -> PathBuf {
    let mut hasher = StableHasher::default();
    for source in sources {
        hasher.add(source.as_os_str().as_encoded_bytes());
        hasher.add(b"\0");
    }
    data.join("reviews").join(hasher.to_hex())
}

/// An annotator's journal and its lock in such a folder.
pub fn journal_files(folder: &Path, annotator: &str) -> [PathBuf; 2] {
    let plain = |c: char| c.is_alphanumeric() || "-_ @".contains(c);
    let name = annotator.trim();
    let name: String = name
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    let name = if name.is_empty() { "_".into() } else { name };
    ["jsonl", "lock"].map(|ending| folder.join(format!("{name}.{ending}")))
}

/// Who edits unless somebody says otherwise: the system's user.
pub fn system_user() -> String {
    let names = ["USER", "USERNAME", "LOGNAME"];
    let mut names = names
        .into_iter()
        .filter_map(|name| std::env::var(name).ok());
    let name = names.find(|name| !name.trim().is_empty());
    name.unwrap_or_else(|| "annotator".into())
}

/// Where the journals of one folder or file are; several, and what is no file, have no such place.
pub(super) fn beside(sources: &[PathBuf]) -> Option<PathBuf> {
    let [source] = sources else { return None };
    if source.is_dir() {
        return Some(source.join(FOLDER));
    }
    if !source.is_file() {
        return None;
    }
    let mut name = source.file_name().map(OsString::from)?;
    name.push(FOLDER);
    Some(source.with_file_name(name))
}

/// Makes a folder and finds out whether it takes files.
fn writable(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_are_with_what_they_are_about() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        let set = root.path().join("set");
        fs::create_dir(&set).unwrap();
        let table = root.path().join("faces.csv");
        fs::write(&table, "image\n").unwrap();
        let folder = |sources: &[&PathBuf]| {
            let sources: Vec<PathBuf> = sources.iter().map(|s| (*s).clone()).collect();
            journal_folder(&sources, &data).unwrap()
        };
        assert_eq!(folder(&[&set]), set.join(".smn-review"));
        assert_eq!(folder(&[&table]), root.path().join("faces.csv.smn-review"));
        // Several sets together, and what is nowhere, are by what they are.
        let both = folder(&[&set, &table]);
        assert!(both.starts_with(&data));
        assert_eq!(both, folder(&[&set, &table]));
        assert_ne!(both, folder(&[&table, &set]));
        // A file where the folder would be.
        let blocked = root.path().join("b.csv");
        fs::write(root.path().join("b.csv.smn-review"), "").unwrap();
        assert!(folder(&[&blocked]).starts_with(&data));
    }

    #[test]
    fn every_name_is_one_of_a_file() {
        let names = ["Änne B-2", "../x", "a/b\\c:d", "", "CON\n"];
        let files = names.map(|name| {
            let [journal, lock] = journal_files(Path::new("f"), name);
            assert_eq!(journal.parent(), Some(Path::new("f")));
            assert_eq!(lock.extension(), Some("lock".as_ref()));
            journal.file_name().unwrap().to_string_lossy().into_owned()
        });
        let expected = ["Änne B-2", "___x", "a_b_c_d", "_", "CON"];
        assert_eq!(files, expected.map(|name| format!("{name}.jsonl")));
    }
}
