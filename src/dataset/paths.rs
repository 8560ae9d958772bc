//! Pictures by the paths that label files give them: with the separators of another system, of
//! another machine, or in other case. A path that leads to a picture is taken as it is; only what
//! then is missing is looked for beside and below the label file, by its name.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::folders::{Folders, here};
use super::number::shown;
use super::value_error::PictureError;
use crate::humanize::counted;
use crate::photo::is_picture;

/// More files than this are not looked through for a picture that is not at its place.
const MAX_FILES: usize = 300_000;
const MAX_DEPTH: usize = 6;

/// A picture as a label file names it.
#[derive(Clone, Copy, Debug)]
pub struct PictureReference<'a> {
    /// Folders from which the path may lead; by its name it is looked for below the first one.
    pub roots: &'a [PathBuf],
    pub named: &'a str,
}

/// Where the pictures are, in the order in which they were asked for.
#[derive(Debug, Default)]
pub struct Located {
    pub of: Vec<Result<PathBuf, PictureError>>,
    /// How many are not where the file says, and the first of them.
    moved: usize,
    first: Option<(String, PathBuf)>,
}

/// The parts of a path of any system from its end.
pub fn parts(path: &str) -> impl Iterator<Item = &str> {
    let separator = |c| c == '/' || c == '\\';
    path.rsplit(separator)
        .filter(|part| !part.is_empty() && *part != ".")
}

/// How many parts of two paths are the same from their ends, in any case; and how many letter by
/// letter, which tells apart what only case does.
pub fn agreement(a: &str, b: &str) -> (usize, usize) {
    let pairs = || parts(a).zip(parts(b));
    let same = pairs().take_while(|(a, b)| a == b || folded(a) == folded(b));
    let exact = pairs().take_while(|(a, b)| a == b);
    (same.count(), exact.count())
}

/// What a data set or picture is called: the last part of its path.
pub(crate) fn name_of(path: &Path) -> String {
    let named = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    // A folder may be given as "." or "..".
    let real = || named(&path.canonicalize().ok()?);
    let named = named(path).or_else(real);
    named.unwrap_or_else(|| path.to_string_lossy().into_owned())
}

/// A name as file systems that do not tell case apart compare it, nor an ü from a u with two dots.
pub fn folded(name: &str) -> String {
    match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => name.nfc().collect::<String>().to_lowercase(),
    }
}

/// The path in an address (`https://host/a/b.jpg?size=1` has `/a/b.jpg`), if a name is one; none of
/// what holds the picture itself.
fn of_address(named: &str) -> Option<String> {
    if named.starts_with("data:image/") {
        return Some(String::new());
    }
    let (scheme, rest) = named.split_once("://")?;
    let is_scheme = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
    let rest = rest.split(['?', '#']).next().filter(|_| is_scheme)?;
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    // %20 is a space.
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes();
    while let Some((&byte, after)) = left.split_first() {
        let digits = after.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| u8::from_str_radix(d, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                left = &after[2..];
            }
            _ => {
                bytes.push(byte);
                left = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Finds pictures of one data set. All at once, so that a picture that one path leads to is never
/// taken for what another path names.
pub fn locate(wanted: &[PictureReference]) -> Located {
    let mut folders = Folders::default();
    let found: Vec<Option<PathBuf>> = wanted.iter().map(|w| exact(w, &mut folders)).collect();
    let missing = || wanted.iter().zip(&found).filter(|(_, f)| f.is_none());
    let claimed: HashSet<PathBuf> = match missing().next() {
        Some(_) => found.iter().flatten().cloned().collect(),
        None => HashSet::new(),
    };
    let mut trees: HashMap<&Path, Tree> = HashMap::new();
    // What each path that leads nowhere may be, and which paths a picture may be meant by.
    let mut guesses: HashMap<(&Path, &str), Result<PathBuf, PictureError>> = HashMap::new();
    let mut names_of: HashMap<PathBuf, HashSet<&str>> = HashMap::new();
    for (w, _) in missing() {
        let tree = trees.entry(w.root()).or_insert_with(|| Tree::of(w.root()));
        let guess = guesses
            .entry((w.root(), w.named))
            .or_insert_with(|| tree.find(w.named, &claimed));
        if let Ok(path) = guess {
            names_of.entry(path.clone()).or_default().insert(w.named);
        }
    }
    let mut located = Located::default();
    for (w, found) in wanted.iter().zip(found) {
        let guess = |w: &PictureReference| match guesses.get(&(w.root(), w.named)) {
            Some(guess) => guess.clone(),
            None => Err(PictureError::Missing(shown(w.named).into())),
        };
        let of = match found {
            Some(path) => Ok(path),
            None => guess(w).and_then(|path| {
                if names_of.get(&path).is_some_and(|names| names.len() > 1) {
                    return Err(PictureError::NamedTwice {
                        name: shown(w.named).into(),
                        path,
                    });
                }
                if !w.leads_to(&path) {
                    located.moved += 1;
                    let first = || (w.named.to_owned(), path.clone());
                    located.first.get_or_insert_with(first);
                }
                Ok(path)
            }),
        };
        located.of.push(of);
    }
    located
}

impl PictureReference<'_> {
    fn root(&self) -> &Path {
        self.roots.first().map_or(Path::new(""), PathBuf::as_path)
    }

    /// Whether the path leads from the first root to where the picture is, but for separators and
    /// case.
    fn leads_to(&self, path: &Path) -> bool {
        let below = path.strip_prefix(self.root()).unwrap_or(path);
        let below = below.to_string_lossy();
        let count = agreement(self.named, &below).0;
        count == parts(self.named).count() && count == parts(&below).count()
    }
}

impl Located {
    /// Says how many pictures were found by their names alone, and the first of them.
    pub fn notice(&self) -> Option<String> {
        let (named, path) = self.first.as_ref()?;
        let (named, path) = (shown(named), path.display());
        let (are, were) = match self.moved {
            1 => ("is", "was"),
            _ => ("are", "were"),
        };
        let pictures = counted(self.moved, "picture");
        let pictures = format!("{pictures} {are} not where the file says and {were}");
        Some(format!("{pictures} found by name, first {named} as {path}"))
    }
}

/// The picture to which a path leads, with its own separators or those of Windows.
fn exact(wanted: &PictureReference, folders: &mut Folders) -> Option<PathBuf> {
    let named = wanted.named.trim();
    if named.is_empty() {
        return None;
    }
    let turned = named.contains('\\').then(|| named.replace('\\', "/"));
    let file = named.starts_with("file://").then(|| of_address(named));
    let file = file.flatten();
    let texts = [Some(named), turned.as_deref(), file.as_deref()];
    let mut paths = wanted
        .roots
        .iter()
        .flat_map(|root| texts.into_iter().flatten().map(|text| root.join(text)));
    paths.find(|path| folders.have(path))
}

/// Whether a path begins at a root, of whichever system.
fn absolute(named: &str) -> bool {
    let drive = |b: &[u8]| b.len() > 2 && b[0].is_ascii_alphabetic() && b[1] == b':';
    named.starts_with(['/', '\\']) || drive(named.as_bytes())
}

/// The pictures of a folder and of those in it, by their names.
struct Tree {
    root: PathBuf,
    /// Folders below the root, and names in the file system's case.
    by_name: HashMap<String, Vec<PathBuf>>,
}

impl Tree {
    fn of(root: &Path) -> Self {
        let mut tree = Self {
            root: root.to_owned(),
            by_name: HashMap::new(),
        };
        let mut left = MAX_FILES;
        if !tree.list(Path::new(""), 0, &mut left) {
            // What was not looked at may have the name too.
            tree.by_name.clear();
        }
        tree
    }

    /// Lists a folder below the root; `false` where there are too many files.
    fn list(&mut self, below: &Path, depth: usize, left: &mut usize) -> bool {
        let folder = self.root.join(below);
        let Ok(entries) = std::fs::read_dir(here(&folder)) else {
            return true;
        };
        let mut inner = Vec::new();
        for entry in entries.flatten() {
            let (name, Ok(kind)) = (entry.file_name(), entry.file_type()) else {
                continue;
            };
            let Some(text) = name.to_str().filter(|n| !n.starts_with('.')) else {
                continue;
            };
            if *left == 0 {
                return false;
            }
            *left -= 1;
            if kind.is_dir() {
                inner.push(below.join(&name));
            } else if is_picture(Path::new(&name)) {
                let paths = self.by_name.entry(folded(text)).or_default();
                paths.push(below.join(&name));
            }
        }
        inner.sort();
        depth >= MAX_DEPTH || inner.iter().all(|f| self.list(f, depth + 1, left))
    }

    /// The one picture that a path may mean, or why there is none.
    fn find(&self, named: &str, claimed: &HashSet<PathBuf>) -> Result<PathBuf, PictureError> {
        let name = shown(named);
        let address = of_address(named);
        let none = || match address {
            Some(_) => PictureError::Address(name.into()),
            None => PictureError::Missing(name.into()),
        };
        let named = address.as_deref().unwrap_or(named);
        let base = parts(named).next().map(folded).ok_or_else(none)?;
        let paths = self.by_name.get(&base).map_or(&[][..], Vec::as_slice);
        let all = paths.iter().map(|path| (path, self.root.join(path)));
        let free: Vec<_> = all.filter(|(_, p)| !claimed.contains(p)).collect();
        let ranked = free
            .iter()
            .map(|(below, path)| (agreement(named, &below.to_string_lossy()), *below, path));
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let Some(&(best, below, path)) = ranked.first() else {
            return Err(none());
        };
        if let Some((_, other, _)) = ranked.get(1).filter(|second| second.0 == best) {
            return Err(PictureError::Ambiguous {
                name: name.into(),
                first: below.clone(),
                second: other.to_path_buf(),
            });
        }
        // A path that starts at the label file says in which folder below it the picture is. Where
        // that is another one, it is another picture: train/1.png is not val/1.png.
        let folders = parts(named).take_while(|part| *part != "..").count();
        let agrees = best.0 == folders || best.0 == below.components().count();
        match agrees || absolute(named) {
            true => Ok(path.clone()),
            false => Err(PictureError::OtherFolder {
                name: name.into(),
                below: below.clone(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in names {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        root
    }

    /// Where each is found below the folder, or what is said.
    fn found(root: &tempfile::TempDir, names: &[&str]) -> (Vec<String>, Option<String>) {
        let roots = [root.path().to_owned()];
        let wanted: Vec<_> = names
            .iter()
            .map(|named| PictureReference {
                roots: &roots,
                named,
            })
            .collect();
        let located = locate(&wanted);
        let below = |path: &PathBuf| {
            let path = path.strip_prefix(root.path()).unwrap_or(path);
            path.to_string_lossy().into_owned()
        };
        let of = located.of.iter().map(|found| match found {
            Ok(path) => below(path),
            Err(what) => format!("! {what}"),
        });
        (of.collect(), located.notice())
    }

    #[test]
    fn paths_of_other_systems_and_machines_lead_to_the_pictures() {
        let root = folder(&[
            "a.png",
            "sub/c.png",
            "deep/er/D.JPG",
            "B.PNG",
            "M\u{fc}ller.png",
            "Jose\u{301}.png",
            "my own.png",
        ]);
        for (named, place, moved) in [
            ("a.png", "a.png", false),
            ("./a.png", "a.png", false),
            (".\\a.png", "a.png", false),
            ("sub\\c.png", "sub/c.png", false),
            ("SUB\\C.PNG", "sub/c.png", false),
            ("b.png", "B.PNG", false),
            ("A.PNG", "a.png", false),
            ("c.png", "sub/c.png", true),
            ("C:\\data\\set\\a.png", "a.png", true),
            ("D:\\set\\sub\\c.png", "sub/c.png", true),
            ("\\\\server\\share\\sub\\c.png", "sub/c.png", true),
            ("/home/somebody/er/d.jpg", "deep/er/D.JPG", true),
            ("/mnt/other/pictures/c.png", "sub/c.png", true),
            ("../elsewhere/a.png", "a.png", true),
            ("images/a.png", "a.png", true),
            // Composed and decomposed letters, as systems write them.
            ("mu\u{308}ller.png", "M\u{fc}ller.png", false),
            ("jos\u{e9}.png", "Jose\u{301}.png", false),
            ("https://host.org/set/a.png?w=1#x", "a.png", true),
            ("file:///x/my%20own.png", "my own.png", true),
        ] {
            let (paths, notice) = found(&root, &[named]);
            assert_eq!(paths, [place], "{named}");
            assert_eq!(notice.is_some(), moved, "{named}: {notice:?}");
        }
        let (_, notice) = found(&root, &["C:\\x\\a.png", "C:\\x\\b.png", "sub/c.png"]);
        let notice = notice.unwrap();
        assert!(
            notice.starts_with("2 pictures are not where") && notice.contains("C:\\x\\a.png as"),
            "{notice}"
        );
    }

    #[test]
    fn a_picture_is_never_taken_for_another() {
        let root = folder(&["val/1.png", "one/2.png", "two/2.png", "3.png", "val/.4.png"]);
        for (named, actual) in [
            (&["train/1.png"][..], "in another folder: val/1.png"),
            (&["2.png"], "several of this name: one/2.png, two/2.png"),
            (&["/x/2.png"], "several of this name"),
            (&["4.png"], "4.png: no such picture"),
            (&["", "3.png"], "no such picture"),
            (&["/x/1.png", "val/1.png"], "/x/1.png: no such picture"),
            (&["/x/3.png", "/y/3.png"], "also what another row names"),
            (
                &["https://host.org/9.png"],
                "9.png: an address, and no file here",
            ),
            (&["s3://bucket/9.png"], "an address, and no file here"),
            (
                &["data:image/png;base64,AAAA"],
                "an address, and no file here",
            ),
        ] {
            let (paths, _) = found(&root, named);
            assert!(paths[0].starts_with('!'), "{paths:?}");
            assert!(paths[0].contains(actual), "{actual}: {paths:?}");
        }
        let (paths, _) = found(&root, &["x/2.png", "two/2.png", "one/2.png", "3.png"]);
        assert_eq!(paths[1..], ["two/2.png", "one/2.png", "3.png"]);
        assert!(paths[0].starts_with('!'), "{paths:?}");
        let (paths, _) = found(&root, &["/a/one/2.png", "/a/two/2.png", "/a/two/2.png"]);
        assert_eq!(paths, ["one/2.png", "two/2.png", "two/2.png"]);
    }
}
