//! Where a journal's bytes are: a file that only grows, behind a trait, so that tests can lose
//! power, fill the disk and tear lines.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes that are appended to.
pub trait Storage {
    /// How many bytes there are, of whoever wrote them.
    ///
    /// # Errors
    /// Whatever the system says.
    fn size(&mut self) -> io::Result<u64>;

    /// The bytes from a place on.
    ///
    /// # Errors
    /// Whatever the system says.
    fn read_from(&mut self, start: u64) -> io::Result<Vec<u8>>;

    /// Appends bytes; some of them may be there where it fails.
    ///
    /// # Errors
    /// Whatever the system says.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once what was appended outlives a power cut.
    ///
    /// # Errors
    /// Whatever the system says; what was appended may be lost then.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts what is behind a place.
    ///
    /// # Errors
    /// Whatever the system says.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
}

/// A file on disk.
pub struct FileStorage {
    file: File,
}

impl FileStorage {
    /// Opens a file for reading and appending, which is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made, read or written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let is_new = !path.exists();
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        if is_new {
            file.sync_all()?;
            sync_folder(path)?;
        }
        Ok(Self { file })
    }
}

impl Storage for FileStorage {
    fn size(&mut self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_from(&mut self, start: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        self.file.sync_data()
    }
}

/// A new file outlives a power cut once its folder is written too.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
