//! The files of kept predictions, which together stay within a budget.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub const ENDING: &str = "predictions";
/// Bytes of all networks' files together; the files that were written least lately go.
pub const AT_MOST: u64 = 512 << 20;

/// The files with predictions: when each was written last, and its size.
pub fn files(folder: &Path) -> Vec<(PathBuf, SystemTime, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let (path, meta) = (entry.path(), entry.metadata().ok()?);
        let is_ours = meta.is_file() && path.extension().is_some_and(|e| e == ENDING);
        is_ours.then(|| Some((path, meta.modified().ok()?, meta.len())))?
    });
    files.collect()
}

/// Deletes the oldest files until the others take no more than `most` bytes.
pub fn keep_within(folder: &Path, most: u64) -> io::Result<()> {
    let mut files = files(folder);
    files.sort_by_key(|(_, written, _)| *written);
    let mut bytes: u64 = files.iter().map(|(.., len)| len).sum();
    for (path, _, len) in files {
        if bytes <= most {
            break;
        }
        remove(&path)?;
        bytes -= len;
    }
    Ok(())
}

/// Another window may have deleted it.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
