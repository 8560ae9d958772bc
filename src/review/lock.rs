//! One process writes a journal at a time: the system's lock of a file that says who holds it. The
//! lock ends with the process, however that ends; on file systems without locks what the file says
//! counts, until somebody breaks it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const ATTEMPTS: u32 = 5;

/// Holds a journal's lock until it is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// Locked as long as it is open.
    file: File,
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub host: String,
    pub process: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else writes the journal; nobody knows who where the file does not say.
    #[error("{}", held_by(.0.as_ref()))]
    Held(Option<Holder>),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// By whom a journal is open, in words.
pub fn held_by(holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder { host, process }) => format!("open in process {process} on {host}"),
        None => "open in another program".into(),
    }
}

impl Holder {
    pub fn this() -> Self {
        Self {
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            process: std::process::id(),
        }
    }
}

impl Lock {
    /// Takes the lock at a path.
    ///
    /// # Errors
    /// [`LockError::Held`] if somebody else has it; else if the file cannot be written.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        // Whoever had it may remove the file between its opening and its locking here.
        for _ in 0..ATTEMPTS {
            let lock = Self::attempt(path)?;
            if lock.is_held() {
                return Ok(lock);
            }
        }
        Err(LockError::Held(None))
    }

    fn attempt(path: &Path) -> Result<Self, LockError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => {
                log::info!("{}: no locks here: {error}", path.display());
                if let Some(other) = holder(&mut file) {
                    return Err(LockError::Held(Some(other)));
                }
            }
        }
        let text = serde_json::to_string(&Holder::this()).map_err(io::Error::from)?;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    /// Takes the lock from whoever has it, which a person has decided: who had it writes no more,
    /// see [`Lock::is_held`].
    ///
    /// # Errors
    /// If the file cannot be replaced.
    pub fn take_by_force(path: &Path) -> Result<Self, LockError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Self::take(path),
        }
    }

    /// Whether it is still this process that the file at the lock's place names.
    pub fn is_held(&self) -> bool {
        let holder = File::open(&self.path)
            .ok()
            .and_then(|mut file| holder(&mut file));
        holder == Some(Holder::this())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.is_held() {
            // Where it cannot be removed, the next process finds it empty of locks.
            let _ = self.file.set_len(0);
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_once_and_says_by_whom() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anna.lock");
        let lock = Lock::take(&path).unwrap();
        assert!(lock.is_held());
        let actual = Lock::take(&path).unwrap_err().to_string();
        let process = std::process::id();
        assert!(
            actual.contains(&format!("process {process} on ")),
            "{actual}"
        );
        drop(lock);
        assert!(!path.exists());
        drop(Lock::take(&path).unwrap());
    }

    #[test]
    fn what_a_dead_process_left_is_no_lock_and_a_stale_one_can_be_broken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anna.lock");
        fs::write(&path, r#"{"host":"elsewhere","process":1}"#).unwrap();
        let first = Lock::take(&path).unwrap();
        let second = Lock::take_by_force(&path).unwrap();
        assert!(second.is_held());
        // Both are this process here; the file that the first has open is another one.
        fs::write(&path, r#"{"host":"elsewhere","process":1}"#).unwrap();
        assert!(!first.is_held() && !second.is_held());
        drop((first, second));
        assert!(path.exists(), "nobody removes another's lock");
    }
}
