//! What lies in a folder that is opened, and in those below it: pictures, files that may hold
//! labels, and folders that are data sets of their own. Hidden files and folders never count, nor
//! what file managers and archives put beside pictures.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{DatasetError, Problem, Split, celeba, faces_csv, mtfl};

/// More than this is somebody's whole disk.
const MAX_ENTRIES: usize = 2_000_000;
const MAX_DEPTH: usize = 64;

/// Folders that programs put beside pictures: thumbnails of a NAS, what macOS packs into archives,
/// Windows' bin.
const NOT_FOLDERS: [&str; 4] = [
    "@eaDir",
    "__MACOSX",
    "$RECYCLE.BIN",
    "System Volume Information",
];
/// What folders of journals of mended labels end in.
pub const REVIEWS: &str = ".smn-review";
/// Files that file managers put beside pictures.
const NOT_FILES: [&str; 3] = ["Thumbs.db", "ehthumbs.db", "desktop.ini"];

/// What is in a folder, by path.
#[derive(Default)]
pub struct Listing {
    pub files: Vec<PathBuf>,
    /// Folders below with labels that say by themselves what they are of: they are not gone into.
    pub sets: Vec<PathBuf>,
    pub problems: Vec<Problem>,
    seen: HashSet<PathBuf>,
    entries: usize,
}

/// Lists a folder and all below it. Links are followed, each folder is gone into once.
pub fn list(root: &Path) -> Result<Listing, DatasetError> {
    let mut listing = Listing::default();
    listing.folder(root, 0).map_err(DatasetError::io(root))?;
    listing.files.sort();
    listing.sets.sort();
    Ok(listing)
}

/// Whether file managers show it: not hidden, and none of what they keep for themselves.
fn shown(name: &str) -> bool {
    let known = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let hidden = name.starts_with('.') || name.ends_with(REVIEWS);
    !hidden && !known(&NOT_FOLDERS) && !known(&NOT_FILES)
}

impl Listing {
    fn folder(&mut self, folder: &Path, depth: usize) -> std::io::Result<()> {
        let real = fs::canonicalize(folder)?;
        if !self.seen.insert(real) {
            return Ok(());
        }
        let (mut inner, mut files) = (Vec::new(), Vec::new());
        let mut may_be_set = false;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.to_string_lossy();
            if !shown(&text) {
                continue;
            }
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                let what =
                    format!("more than {MAX_ENTRIES} files and folders: the rest is not listed");
                self.problems.push(Problem::new(folder, None, what));
                break;
            }
            let path = folder.join(&name);
            let kind = entry.file_type()?;
            let is_folder = match kind.is_symlink() {
                false => kind.is_dir(),
                true => match fs::metadata(&path) {
                    Ok(meta) => meta.is_dir(),
                    Err(_) => {
                        let what = "a link that leads nowhere";
                        self.problems.push(Problem::new(&path, None, what));
                        continue;
                    }
                },
            };
            may_be_set |= begins_a_set(&text);
            match is_folder {
                true => inner.push(path),
                false => files.push(path),
            }
        }
        if depth > 0 && may_be_set && is_set(folder) {
            self.sets.push(folder.to_owned());
            return Ok(());
        }
        // This program's pictures with predictions drawn in are no photos.
        let results = files.iter().any(|f| f.ends_with("predictions.jsonl"));
        self.files.append(&mut files);
        inner.sort();
        for path in inner {
            if results && path.ends_with("overlays") {
                continue;
            }
            if depth >= MAX_DEPTH {
                let what = "too deep in other folders: it is not listed";
                self.problems.push(Problem::new(&path, None, what));
                continue;
            }
            if let Err(error) = self.folder(&path, depth + 1) {
                let what = format!("it cannot be listed: {error}");
                self.problems.push(Problem::new(&path, None, what));
            }
        }
        Ok(())
    }
}

/// Whether a name is among those by which [`is_set`] knows a data set: to ask the folder costs
/// dozens of look-ups.
fn begins_a_set(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "faces.csv",
        "training.txt",
        "validation.txt",
        "testing.txt",
        "anno",
        "eval",
    ]
    .contains(&&*lower)
        || lower.starts_with("list_")
        || lower.starts_with("identity_celeba")
}

/// Whether a folder's own tables say which pictures are in the set.
pub fn is_set(folder: &Path) -> bool {
    faces_csv::file(folder).is_some()
        || !mtfl::files(folder).is_empty()
        || celeba::Files::at(folder).is_some()
}

/// The split that a folder between `root` and the picture is named after: `train2017/a.jpg`.
pub fn split_of(root: &Path, picture: &Path) -> Option<Split> {
    let below = picture.strip_prefix(root).ok()?;
    let folders = below.parent()?.components();
    let mut splits = folders.filter_map(|part| match part {
        Component::Normal(name) => named(name.to_str()?),
        _ => None,
    });
    splits.next_back()
}

/// The split that a whole name stands for, but for a year after it.
fn named(name: &str) -> Option<Split> {
    let name = name.to_ascii_lowercase();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    match name {
        "train" | "training" => Some(Split::Train),
        "val" | "valid" | "validation" | "dev" => Some(Split::Validation),
        "test" | "testing" => Some(Split::Test),
        _ => None,
    }
}

/// The split that one of a name's words stands for: `person_keypoints_val2017`.
pub fn split_in(stem: &str) -> Option<Split> {
    let mut splits = stem.split(|c: char| !c.is_alphanumeric()).filter_map(named);
    let first = splits.next()?;
    splits.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(listing: &Listing, root: &Path) -> Vec<String> {
        let below = |p: &PathBuf| p.strip_prefix(root).unwrap().display().to_string();
        listing.files.iter().map(below).collect()
    }

    #[test]
    fn what_is_hidden_or_not_a_file_of_the_user_is_not_listed() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "b.png",
            "a/x.png/in.JPG",
            "._b.png",
            ".hidden/c.png",
            "a/.git/d.png",
            "__MACOSX/e.png",
            "a/@eaDir/f.png",
            "Thumbs.db",
            "out/predictions.jsonl",
            "out/overlays/g.png",
            "overlays/h.png",
            "deep/er/faces.csv",
            "deep/er/i.png",
            "deep/list_a.txt",
        ] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let listing = list(root.path()).unwrap();
        let expected = [
            "a/x.png/in.JPG",
            "b.png",
            "deep/list_a.txt",
            "out/predictions.jsonl",
            "overlays/h.png",
        ];
        assert_eq!(names(&listing, root.path()), expected);
        assert_eq!(listing.sets, [root.path().join("deep/er")]);
        assert!(list(&root.path().join("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("far.png"), "").unwrap();
        fs::create_dir(root.path().join("a")).unwrap();
        fs::write(root.path().join("a/near.png"), "").unwrap();
        symlink(root.path(), root.path().join("a/loop")).unwrap();
        symlink(other.path(), root.path().join("linked")).unwrap();
        symlink("nowhere", root.path().join("gone.png")).unwrap();
        let listing = list(root.path()).unwrap();
        assert_eq!(
            names(&listing, root.path()),
            ["a/near.png", "linked/far.png"]
        );
        assert_eq!(listing.problems.len(), 1, "{:?}", listing.problems);
        assert!(listing.problems[0].path.ends_with("gone.png"));
    }

    #[test]
    fn folders_and_files_are_named_after_splits() {
        let root = Path::new("/train/set");
        let split = |path: &str| split_of(root, &root.join(path));
        assert_eq!(
            split("a.png"),
            None,
            "folders above the opened one say nothing"
        );
        assert_eq!(split("images/Train/a.png"), Some(Split::Train));
        assert_eq!(split("val2017/a.png"), Some(Split::Validation));
        assert_eq!(split("testing/deep/a.png"), Some(Split::Test));
        assert_eq!(split("trained/val.png"), None);
        assert_eq!(
            split_in("person_keypoints_val2017"),
            Some(Split::Validation)
        );
        assert_eq!(split_in("instances-train"), Some(Split::Train));
        assert_eq!(split_in("train_val"), None);
        assert_eq!(split_in("result"), None);
    }
}
