//! What pictures are called in what is written, and how they get there.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::dataset::folders::{folder_of, here};
use crate::dataset::{DatasetError, Problem, name_of};
use std::borrow::Cow;

/// Names of pictures; each has a file name whose stem no other has.
pub struct Names {
    /// The folder below the target in which pictures lie; `None` where they stay where they are.
    folder: Option<String>,
    /// In the order in which the pictures were given.
    pictures: Vec<Arc<Path>>,
    files: HashMap<Arc<Path>, String>,
    /// The real folders of the pictures.
    real: HashMap<PathBuf, PathBuf>,
}

impl Names {
    pub fn of<'a>(paths: impl Iterator<Item = &'a Arc<Path>>, folder: Option<String>) -> Self {
        let mut stems = HashSet::new();
        let mut names = Self {
            folder,
            pictures: Vec::new(),
            files: HashMap::new(),
            real: HashMap::new(),
        };
        for path in paths {
            if names.files.contains_key(path) {
                continue;
            }
            let folder = folder_of(path);
            if !names.real.contains_key(folder) {
                let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
                names.real.insert(folder.to_owned(), real);
            }
            let file = one_word(&name_of(path)).into_owned();
            let (stem, ending) = match file.rsplit_once('.') {
                Some((stem, ending)) => (stem, format!(".{ending}")),
                None => (file.as_str(), String::new()),
            };
            let mut free = stem.to_owned();
            let mut n = 1;
            while !stems.insert(free.clone()) {
                n += 1;
                free = format!("{stem}-{n}");
            }
            names.files.insert(path.clone(), free + &ending);
            names.pictures.push(path.clone());
        }
        names
    }

    /// The name of a picture's own file.
    pub fn file(&self, path: &Path) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    pub fn stem(&self, path: &Path) -> &str {
        let file = self.file(path);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    /// What a label file in the target folder calls a picture.
    pub fn text(&self, path: &Path) -> String {
        match self.folder.as_deref() {
            None => self.real(path).display().to_string(),
            Some("") => self.file(path).to_owned(),
            Some(folder) => format!("{folder}/{}", self.file(path)),
        }
    }

    fn real(&self, path: &Path) -> PathBuf {
        let folder = folder_of(path);
        let real = self.real.get(folder).map_or(folder, PathBuf::as_path);
        real.join(path.file_name().unwrap_or_default())
    }

    /// How many pictures are called something else than before.
    pub fn renamed(&self) -> usize {
        let other = |path: &&Arc<Path>| self.file(path) != name_of(path);
        self.folder
            .as_ref()
            .map_or(0, |_| self.pictures.iter().filter(other).count())
    }

    /// Copies the pictures into the folder `to`, or links them where they have to lie there. One
    /// that cannot be had is a problem, not the end.
    pub fn place(
        &self,
        to: &Path,
        copy: bool,
        placed: impl Fn(usize) + Sync,
    ) -> Result<Vec<Problem>, DatasetError> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let folder = here(&to.join(folder)).to_owned();
        fs::create_dir_all(&folder).map_err(DatasetError::io(&folder))?;
        let done = AtomicUsize::new(0);
        let problems = self.pictures.par_iter().filter_map(|path| {
            let (from, to) = (self.real(path), folder.join(self.file(path)));
            let result = match copy {
                true => fs::copy(&from, &to).map(drop),
                false => link(&from, &to),
            };
            placed(done.fetch_add(1, Ordering::Relaxed) + 1);
            let error = result.err()?;
            Some(Problem::new(
                path,
                None,
                format!("the picture is not there: {error}"),
            ))
        });
        Ok(problems.collect())
    }
}

/// A link to a picture: a symbolic one, else a second name, else, on a file system or for a user
/// that has neither, a copy.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::metadata(from)?;
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(from, to);
    #[cfg(windows)]
    let linked = std::os::windows::fs::symlink_file(from, to);
    #[cfg(not(any(unix, windows)))]
    let linked: io::Result<()> = Err(io::ErrorKind::Unsupported.into());
    linked
        .or_else(|_| fs::hard_link(from, to))
        .or_else(|_| fs::copy(from, to).map(drop))
}

/// A text without the signs that separate values.
pub fn one_word(text: &str) -> Cow<'_, str> {
    let separates = |c: char| c.is_whitespace() || c == ',' || c == '"';
    match text.contains(separates) {
        true => Cow::Owned(text.replace(separates, "_")),
        false => Cow::Borrowed(text),
    }
}
