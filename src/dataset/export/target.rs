//! The folder that is written: made beside its place and moved there when it is complete.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::atomic::exchange;
use crate::dataset::DatasetError;
use crate::dataset::folders::folder_of;
use crate::photo::is_picture;

/// What becomes of what the folder holds already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// A folder that holds something is refused.
    #[default]
    Refuse,
    /// Files of the same names are replaced, one by one.
    Overwrite,
    /// An earlier export goes as a whole, once the new one is complete; what holds anything else is
    /// refused.
    Replace,
}

/// By what an export is known again: the files that were written.
const MARKER: &str = ".smn-studio-export";

/// The files of an export, below its folder with `/` between folders, and checksums of those that are
/// no pictures.
#[derive(Serialize, Deserialize)]
struct Marker {
    version: u32,
    files: BTreeMap<String, Option<u32>>,
}

/// Refuses a folder that holds something, as `existing` says, and, always, one that has to do with
/// what was read: opened data sets are never written.
pub fn check(out: &Path, sources: &[PathBuf], existing: Existing) -> Result<(), DatasetError> {
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
    if empty {
        return Ok(());
    }
    let foreign = foreign(out).map_err(DatasetError::io(out))?;
    match (existing, foreign) {
        (Existing::Overwrite, _) | (Existing::Replace, None) => Ok(()),
        (Existing::Replace, Some(what)) => refuse(&format!(
            "it holds {what}, which no export of this program put there as it is, and is not replaced"
        )),
        (Existing::Refuse, None) => refuse(
            "an earlier export lies there; --replace puts the new one in its place, --force replaces \
             files in it",
        ),
        (Existing::Refuse, Some(_)) => {
            refuse("the folder holds something already; --force replaces files in it")
        }
    }
}

/// Whether a folder holds an earlier export and nothing else.
pub fn is_export(folder: &Path) -> bool {
    foreign(folder).is_ok_and(|what| what.is_none())
}

/// The first thing in a folder that is not as an export of this program left it.
fn foreign(folder: &Path) -> io::Result<Option<String>> {
    let marker = fs::read(folder.join(MARKER)).ok();
    let marker: Option<Marker> = marker.and_then(|text| serde_json::from_slice(&text).ok());
    let Some(marker) = marker.filter(|marker| marker.version == 1) else {
        let first = fs::read_dir(folder)?.flatten().next();
        let name = first.map(|entry| entry.file_name().to_string_lossy().into_owned());
        return Ok(Some(name.unwrap_or_default()));
    };
    let there = files(folder)?;
    let is_known = |name: &str| match marker.files.get(name) {
        Some(None) => true,
        Some(Some(sum)) => checksum(&folder.join(name)).is_ok_and(|now| now == *sum),
        None => false,
    };
    let foreign = there.into_par_iter().find_first(|name| !is_known(name));
    Ok(foreign)
}

/// The files of a folder but for the marker, and its folders that are empty, by their paths below it.
fn files(folder: &Path) -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, below)) = open.pop() {
        let mut empty = true;
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            empty = false;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            match entry.file_type()?.is_dir() {
                true => open.push((entry.path(), name + "/")),
                false if name != MARKER => all.push(name),
                false => {}
            }
        }
        if empty && !below.is_empty() {
            all.push(below);
        }
    }
    all.sort();
    Ok(all)
}

fn checksum(file: &Path) -> io::Result<u32> {
    Ok(crc32fast::hash(&fs::read(file)?))
}

/// The real path of what may not exist yet.
pub fn real(path: &Path) -> io::Result<PathBuf> {
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
    pub fn finish(self, out: &Path, existing: Existing) -> Result<(), DatasetError> {
        let error = DatasetError::io(out);
        let moved = self.mark().and_then(|()| {
            // Whoever may read the folder above may read this one; a temporary folder starts private.
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                fs::set_permissions(self.path(), fs::Permissions::from_mode(0o755))?;
            }
            // Fails where something is in it.
            let _ = fs::remove_dir(out);
            match (out.exists(), existing) {
                (false, _) => fs::rename(self.path(), out),
                // What was there is in the draft's place then, and goes with it.
                (true, Existing::Replace) => swap(self.path(), out),
                (true, _) => move_into(self.path(), out),
            }
        });
        moved.map_err(error)
    }

    /// Writes down what was written.
    fn mark(&self) -> io::Result<()> {
        let names = files(self.path())?.into_par_iter();
        let sums = names.map(|name| {
            let path = self.path().join(&name);
            let sum = match is_picture(&path) {
                true => None,
                false => Some(checksum(&path)?),
            };
            Ok((name, sum))
        });
        let files: BTreeMap<String, Option<u32>> = sums.collect::<io::Result<_>>()?;
        let marker = Marker { version: 1, files };
        fs::write(self.path().join(MARKER), serde_json::to_vec(&marker)?)
    }
}

/// Puts a folder in the place of another, which then is where the first was.
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    match exchange(new, old) {
        Ok(()) => Ok(()),
        Err(_) => swap_by_names(new, old),
    }
}

/// The same in several steps: whoever is interrupted finds the old one under another name beside.
fn swap_by_names(new: &Path, old: &Path) -> io::Result<()> {
    let mut name = old.file_name().unwrap_or_default().to_owned();
    name.push(".before-export");
    let aside = old.with_file_name(name);
    if aside.exists() {
        let what = format!("{} is in the way", aside.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
    }
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn export(out: &Path, labels: &str, existing: Existing) -> Result<(), DatasetError> {
        check(out, &[], existing)?;
        let draft = Draft::beside(out)?;
        write_file(&draft.path().join("faces.csv"), labels.as_bytes())?;
        fs::create_dir(draft.path().join("pictures")).unwrap();
        fs::write(draft.path().join("pictures/a.png"), "").unwrap();
        draft.finish(out, existing)
    }

    #[test]
    fn an_earlier_export_is_replaced_whole_and_nothing_else_is() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("mended");
        let labels = || fs::read_to_string(out.join("faces.csv")).unwrap();
        export(&out, "1", Existing::Replace).unwrap();
        let error = export(&out, "2", Existing::Refuse).unwrap_err();
        assert!(error.to_string().contains("an earlier export"), "{error}");
        export(&out, "2", Existing::Replace).unwrap();
        assert_eq!(labels(), "2");
        let beside: Vec<_> = fs::read_dir(root.path()).unwrap().flatten().collect();
        assert_eq!(beside.len(), 1, "the old one is gone: {beside:?}");
        // What somebody put there, wrote in or keeps for later is theirs.
        for (name, text) in [
            ("notes.txt", "mine"),
            ("pictures/b.png", ""),
            ("faces.csv", "by hand"),
            (".smn-review/anna.jsonl", ""),
        ] {
            let path = out.join(name);
            let before = fs::read(&path).ok();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let error = export(&out, "3", Existing::Replace)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(&format!("it holds {name}, which")),
                "{error}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            match before {
                Some(before) => fs::write(&path, before).unwrap(),
                None if name.starts_with('.') => {
                    fs::remove_dir_all(path.parent().unwrap()).unwrap();
                }
                None => fs::remove_file(&path).unwrap(),
            }
        }
        fs::create_dir(out.join("empty")).unwrap();
        assert!(export(&out, "3", Existing::Replace).is_err());
        fs::remove_dir(out.join("empty")).unwrap();
        export(&out, "3", Existing::Replace).unwrap();
        assert_eq!(labels(), "3");
    }

    #[test]
    fn a_swap_without_help_of_the_system_leaves_one_of_the_two() {
        let root = tempfile::tempdir().unwrap();
        let [new, old] = ["new", "old"].map(|name| root.path().join(name));
        for folder in [&new, &old] {
            fs::create_dir(folder).unwrap();
            fs::write(
                folder.join("name"),
                folder.file_name().unwrap().as_encoded_bytes(),
            )
            .unwrap();
        }
        let actual = |folder: &Path| fs::read_to_string(folder.join("name")).unwrap();
        swap(&new, &old).unwrap();
        assert_eq!([actual(&new), actual(&old)], ["old", "new"]);
        swap_by_names(&new, &old).unwrap();
        assert_eq!([actual(&new), actual(&old)], ["new", "old"]);
        // What cannot be put there leaves the old one.
        assert!(swap_by_names(&root.path().join("none"), &old).is_err());
        assert_eq!(actual(&old), "old");
    }
}
