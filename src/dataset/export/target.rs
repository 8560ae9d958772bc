//! The folder that is written: made beside its place and moved there when it is complete.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::dataset::DatasetError;
use crate::dataset::folders::folder_of;

/// Refuses a folder that holds something, unless `force`, and, always, one that has to do with
/// what was read: opened data sets are never written.
pub fn check(out: &Path, sources: &[PathBuf], force: bool) -> Result<(), DatasetError> {
    let refuse = |what: &str| Err(DatasetError::format(out, what));
    if out.is_file() {
        return refuse("this is a file; a folder is written");
    }
    let target = real(out).map_err(DatasetError::io(out))?;
    for source in sources.iter().filter(|s| s.exists()) {
        let source = fs::canonicalize(source).map_err(DatasetError::io(source))?;
        if source.starts_with(&target) || target.starts_with(&source) {
            return refuse("the data set that is read lies there; choose another folder");
        }
    }
    let empty = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(DatasetError::io(out)(error)),
    };
    match empty || force {
        true => Ok(()),
        false => refuse("the folder holds something already; --force replaces files in it"),
    }
}

/// The real path of what may not exist yet.
fn real(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or(error)?;
            Ok(real(folder_of(path))?.join(name))
        }
        other => other,
    }
}

/// A folder that is gone again unless it is finished.
pub struct Draft(tempfile::TempDir);

impl Draft {
    /// On the same file system as `out`, so that it can be moved there at once.
    pub fn beside(out: &Path) -> Result<Self, DatasetError> {
        let parent = folder_of(out);
        fs::create_dir_all(parent).map_err(DatasetError::io(parent))?;
        let made = tempfile::Builder::new()
            .prefix(".smn-studio-")
            .tempdir_in(parent);
        Ok(Self(made.map_err(DatasetError::io(parent))?))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Moves everything to its place.
    pub fn finish(self, out: &Path) -> Result<(), DatasetError> {
        let error = DatasetError::io(out);
        // Whoever may read the folder above may read this one; a temporary folder starts private.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let open = fs::Permissions::from_mode(0o755);
            if let Err(e) = fs::set_permissions(self.path(), open) {
                return Err(error(e));
            }
        }
        // Fails where something is in it.
        let _ = fs::remove_dir(out);
        let moved = match out.exists() {
            false => fs::rename(self.path(), out),
            true => move_into(self.path(), out),
        };
        moved.map_err(error)
    }
}

/// Writes a label file down to the disk: one that holds a whole data set must not be found empty
/// after a power cut.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), DatasetError> {
    let write = || {
        let mut file = fs::File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(DatasetError::io(path))
}

/// Moves the files of one folder into another, each at once.
fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => move_into(&entry.path(), &target)?,
            false => fs::rename(entry.path(), target)?,
        }
    }
    Ok(())
}
