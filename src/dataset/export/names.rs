//! What pictures are called in what is written, and how they get there.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::exported_faces::ExportedFaces;
use super::format::Format;
use crate::dataset::celeba;
use crate::dataset::folders::folder_of;
use crate::dataset::{DatasetError, PictureSource, Problem, Sample, name_of, synthetic};

/// Where a format's pictures lie, and what their names must be like.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The folder below the target; `None` where pictures stay where they are.
    pub folder: Option<String>,
    /// Sub-folders as they lie below the folder that all pictures share; else all lie beside each
    /// other.
    pub mirrored: bool,
    /// Label files separate values by blanks or commas.
    pub one_word: bool,
    /// A label file is named after each picture.
    pub own_stem: bool,
}

impl Layout {
    /// `pictures` is the folder of a format that wants its own whatever is copied.
    pub fn of(format: Format, pictures: Option<String>, copied: bool) -> Self {
        let folder = pictures.or_else(|| copied.then(|| "pictures".to_owned()));
        let celeba = format.celeba_form().is_some();
        Self {
            folder,
            mirrored: !celeba && format != Format::Pts,
            one_word: celeba || format == Format::Mtfl,
            own_stem: celeba || matches!(format, Format::Pts | Format::Labelme),
        }
    }
}

/// Names of pictures, no two alike even where upper and lower case are the same.
pub struct Names {
    folder: Option<String>,
    /// In the order in which the pictures were given.
    pictures: Vec<(Arc<Path>, PictureSource)>,
    /// Paths below the folder, with `/` between their parts.
    files: HashMap<Arc<Path>, String>,
    /// The real folders of the pictures.
    real: HashMap<PathBuf, PathBuf>,
    /// The real path of the folder that is written, from which pictures elsewhere are named.
    out: Option<PathBuf>,
}

impl Names {
    pub fn of(samples: &[&Sample], layout: &Layout) -> Self {
        let mut names = Self {
            folder: layout.folder.clone(),
            pictures: Vec::new(),
            files: HashMap::new(),
            real: HashMap::new(),
            out: None,
        };
        let mut seen = HashSet::new();
        for sample in samples.iter().filter(|s| seen.insert(&s.path)) {
            let folder = folder_of(&sample.path);
            if sample.source.is_file() && !names.real.contains_key(folder) {
                let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
                names.real.insert(folder.to_owned(), real);
            }
            let picture = (sample.path.clone(), sample.source.clone());
            names.pictures.push(picture);
        }
        let top = layout.mirrored.then(|| names.top());
        let mut taken = HashSet::new();
        for (path, source) in &names.pictures {
            let file = match layout.one_word {
                true => one_word(&name_of(path)).into_owned(),
                false => name_of(path),
            };
            let (stem, ending) = match file.rsplit_once('.') {
                Some((stem, ending)) => (stem, format!(".{ending}")),
                None => (file.as_str(), String::new()),
            };
            let below = match &top {
                Some(top) if source.is_file() => names.below(path, top, layout.one_word),
                // What is no file lies in no folder.
                _ => String::new(),
            };
            let free = (1..).map(|n| match n {
                1 => format!("{below}{stem}"),
                n => format!("{below}{stem}-{n}"),
            });
            let mut free = free.filter(|name| {
                let key = match layout.own_stem {
                    true => name.to_lowercase(),
                    false => format!("{name}{ending}").to_lowercase(),
                };
                taken.insert(key)
            });
            let name = free.next().unwrap_or_default();
            names.files.insert(path.clone(), name + &ending);
        }
        names
    }

    /// The deepest folder that all pictures have in common.
    fn top(&self) -> PathBuf {
        let mut folders = self.real.values();
        let Some(first) = folders.next() else {
            return PathBuf::new();
        };
        folders.fold(first.clone(), |top, folder| {
            let same = top.components().zip(folder.components());
            let same = same.take_while(|(a, b)| a == b);
            same.map(|(a, _)| a).collect()
        })
    }

    /// The folders between `top` and a picture, each with its `/`. None is hidden, which other
    /// programs and this one pass over.
    fn below(&self, path: &Path, top: &Path, text: bool) -> String {
        let folder = folder_of(path);
        let real = self.real.get(folder).map_or(folder, PathBuf::as_path);
        let below = real.strip_prefix(top).ok();
        let Some(below) = below else {
            return String::new();
        };
        let mut all = String::new();
        for part in below.components() {
            let Component::Normal(part) = part else {
                continue;
            };
            let part = part.to_string_lossy();
            let shown = match part.strip_prefix('.') {
                Some(rest) => Cow::Owned(format!("_{rest}")),
                None => part,
            };
            let shown = if text {
                one_word(&shown)
            } else {
                Cow::Borrowed(&*shown)
            };
            all = all + &shown + "/";
        }
        all
    }

    /// The path of a picture's own file below the folder of pictures.
    pub fn file(&self, path: &Path) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    /// The same without its ending.
    pub fn stem(&self, path: &Path) -> &str {
        let file = self.file(path);
        let name = file.rfind('/').map_or(0, |at| at + 1);
        let end = file[name..].rfind('.').map_or(file.len(), |at| name + at);
        &file[..end]
    }

    /// The same for what is written into a folder: there, pictures elsewhere are named from it, so
    /// that both can be moved together.
    pub fn seen_from(mut self, out: PathBuf) -> Self {
        self.out = Some(out);
        self
    }

    /// What a label file in the target folder calls a picture.
    pub fn text(&self, path: &Path) -> String {
        let placed = self.folder.as_ref().zip(self.files.get(path));
        match placed {
            None => {
                let real = self.real(path);
                let out = self.out.as_deref();
                let from_out = out.and_then(|out| relative(&real, out));
                from_out.unwrap_or_else(|| real.display().to_string())
            }
            Some((folder, file)) if folder.is_empty() => file.clone(),
            Some((folder, file)) => format!("{folder}/{file}"),
        }
    }

    /// Whether a picture can be named: it lies in the target folder, or in a file elsewhere.
    pub fn has(&self, sample: &Sample) -> bool {
        sample.source.is_file() || self.files.contains_key(&sample.path)
    }

    /// Whether pictures lie in the target folder.
    pub fn are_placed(&self) -> bool {
        self.folder.is_some()
    }

    fn real(&self, path: &Path) -> PathBuf {
        let folder = folder_of(path);
        let known = self.real.get(folder).cloned();
        let asked = || fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        known
            .unwrap_or_else(asked)
            .join(path.file_name().unwrap_or_default())
    }

    /// What a link in the place of a picture says: the way from where it will lie.
    fn link_text(&self, from: &Path, path: &Path) -> Option<PathBuf> {
        let folder = self.out.as_ref()?.join(self.folder.as_ref()?);
        let at = folder.join(self.file(path));
        relative(from, folder_of(&at)).map(PathBuf::from)
    }

    /// The pictures that are called something else than before, and what.
    pub fn renamed(&self) -> impl Iterator<Item = (&Path, &str)> {
        let named = self.pictures.iter().filter(|_| self.folder.is_some());
        let named = named.map(|(path, _)| (&**path, self.file(path)));
        named.filter(|(path, file)| !self.real(path).ends_with(file))
    }

    /// Copies the pictures into the folder `to`, or links them where they have to lie there; draws
    /// those that are no files. One that cannot be had is a problem, not the end.
    pub fn place(
        &self,
        to: &Path,
        copy: bool,
        placed: impl Fn(usize) + Sync,
    ) -> Result<Vec<Problem>, DatasetError> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let folder = to.join(folder);
        let folders: HashSet<PathBuf> = self
            .pictures
            .iter()
            .map(|(path, _)| folder_of(&folder.join(self.file(path))).to_owned())
            .collect();
        for folder in folders {
            fs::create_dir_all(&folder).map_err(DatasetError::io(&folder))?;
        }
        let done = AtomicUsize::new(0);
        let problems = self.pictures.par_iter().filter_map(|(path, source)| {
            let (from, to) = (self.real(path), folder.join(self.file(path)));
            let result = match source {
                PictureSource::File if copy => fs::copy(&from, &to).map(drop),
                PictureSource::File => link(&from, &to, self.link_text(&from, path).as_deref()),
                PictureSource::Memory(image) => image.save(&to).map_err(io::Error::other),
                PictureSource::Drawn { seed, index } => {
                    let drawn = synthetic::picture(*seed, *index).image;
                    drawn.save(&to).map_err(io::Error::other)
                }
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

/// The way from a folder to a file, both by their real paths, with `/` between its parts; `None` where
/// there is none, as between two drives.
fn relative(file: &Path, folder: &Path) -> Option<String> {
    let same = |(a, b): &(Component, Component)| a == b;
    let shared = file.components().zip(folder.components());
    let shared = shared.take_while(same).count();
    if shared == 0 || !file.is_absolute() {
        return None;
    }
    let up = folder.components().skip(shared).map(|_| "..".into());
    let down = file.components().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy());
    let parts: Vec<Cow<str>> = up.chain(down).collect();
    Some(parts.join("/"))
}

/// A link to a picture, which may say another way there: a symbolic one, else a second name, else, on a file system or for a user
/// that has neither, a copy.
fn link(from: &Path, to: &Path, text: Option<&Path>) -> io::Result<()> {
    fs::metadata(from)?;
    let text = text.unwrap_or(from);
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(text, to);
    #[cfg(windows)]
    let linked = std::os::windows::fs::symlink_file(text, to);
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

/// Where a format's pictures lie. Drawn ones are no files that could be named.
pub fn layout(kept: &ExportedFaces, format: Format, copy_pictures: bool) -> Layout {
    let drawn = || kept.samples.iter().any(|s| !s.source.is_file());
    let pictures = match format {
        Format::Celeba | Format::CelebaCsv => format
            .celeba_form()
            .map(|form| celeba::picture_folder(form, kept.aligned)),
        Format::Pts | Format::Labelme => Some(String::new()),
        _ => None,
    };
    Layout::of(format, pictures, copy_pictures || drawn())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of pictures in folders that are there.
    fn names(layout: &Layout, paths: &[&str]) -> (Vec<String>, Vec<String>) {
        let root = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(root.path()).unwrap();
        let paths: Vec<Arc<Path>> = paths.iter().map(|p| root.join(p).into()).collect();
        for path in &paths {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
        }
        let schema = crate::label::Schema::face();
        let samples: Vec<Sample> = paths
            .iter()
            .map(|p| Sample::unlabelled(p, &schema))
            .collect();
        let samples: Vec<&Sample> = samples.iter().collect();
        let names = Names::of(&samples, layout);
        let files = paths.iter().map(|p| names.file(p).to_owned()).collect();
        let renamed = names.renamed().map(|(_, file)| file.to_owned()).collect();
        (files, renamed)
    }

    fn layout(format: Format) -> Layout {
        Layout::of(format, Some(String::new()), true)
    }

    #[test]
    fn sub_folders_are_mirrored_and_names_kept() {
        let paths = ["set/x/1.jpg", "set/y/1.jpg", "set/.z/a b.jpg", "set/1.png"];
        let (files, renamed) = names(&layout(Format::Coco), &paths);
        assert_eq!(files, ["x/1.jpg", "y/1.jpg", "_z/a b.jpg", "1.png"]);
        assert_eq!(renamed, ["_z/a b.jpg"]);
        let (files, _) = names(
            &layout(Format::Mtfl),
            &["my set/x y/a,b.jpg", "my set/c.jpg"],
        );
        assert_eq!(files, ["x_y/a_b.jpg", "c.jpg"]);
    }

    #[test]
    fn names_that_would_be_the_same_file_are_changed_and_said() {
        let paths = ["a.jpg", "a.png", "A.JPG", "b.v1"];
        let (files, renamed) = names(&layout(Format::FacesCsv), &paths);
        assert_eq!(files, ["a.jpg", "a.png", "A-2.JPG", "b.v1"]);
        assert_eq!(renamed, ["A-2.JPG"]);
        // Their label files would be the same one.
        let (files, renamed) = names(&layout(Format::Labelme), &paths);
        assert_eq!(files, ["a.jpg", "a-2.png", "A-3.JPG", "b.v1"]);
        assert_eq!(renamed, ["a-2.png", "A-3.JPG"]);
        // All beside each other.
        let (files, renamed) = names(&layout(Format::Pts), &["x/a.jpg", "y/a.jpg"]);
        assert_eq!(files, ["a.jpg", "a-2.jpg"]);
        assert_eq!(renamed, ["a-2.jpg"]);
    }

    #[test]
    fn pictures_elsewhere_are_named_from_the_folder() {
        let way = |file: &str, folder: &str| relative(Path::new(file), Path::new(folder));
        for (file, folder, expected) in [
            ("/set/x/a.png", "/set/out", "../x/a.png"),
            ("/set/a.png", "/set/out/deep", "../../a.png"),
            ("/home/a.png", "/tmp/out", "../../home/a.png"),
            ("/out/a.png", "/out", "a.png"),
        ] {
            assert_eq!(way(file, folder).as_deref(), Some(expected));
        }
        assert_eq!(way("a.png", "/out"), None);
    }
}
