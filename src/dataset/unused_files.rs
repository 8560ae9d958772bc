//! Files of a folder that are not read, said by what they are: a set whose labels are in a form
//! that this program does not know must not look like one without labels.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Dataset, Problem, csv_table, faces_csv, name_of};
use crate::file_type::{self, FileCategory, FileType};
use crate::humanize;
use crate::label::Schema;
use crate::photo::{DecodeError, Photo, PhotoError, is_picture};

/// A group of files of one kind: the first, and how many.
struct Group {
    first: PathBuf,
    count: usize,
}

/// Names the files that are neither pictures nor labels that are read, a problem for each kind.
pub fn others(files: &[PathBuf]) -> Vec<Problem> {
    // What an export has beside its labels says the same.
    let own = |file: &&PathBuf| {
        file.file_name()
            .is_some_and(|name| name == faces_csv::BESIDE)
    };
    let files: Vec<PathBuf> = files.iter().filter(|file| !own(file)).cloned().collect();
    let files = files.as_slice();
    // A hundred thousand files of one ending are asked once what they are.
    let mut by_ending: BTreeMap<String, Group> = BTreeMap::new();
    let tables = files.iter().filter(|f| may_be_table(f)).take(TABLES);
    let tables: Vec<(&PathBuf, String)> = tables
        .filter_map(|file| Some((file, faces_in(file)?)))
        .collect();
    let is_table = |file: &PathBuf| tables.iter().any(|(table, _)| *table == file);
    for file in files.iter().filter(|f| !is_picture(f) && !is_table(f)) {
        let ending = file.extension().unwrap_or_default().to_string_lossy();
        let group = by_ending
            .entry(ending.to_ascii_lowercase())
            .or_insert(Group {
                first: file.clone(),
                count: 0,
            });
        group.count += 1;
    }
    let mut problems = Vec::new();
    for (table, text) in tables {
        let what = format!(
            "a table of faces ({text}), not read with the folder since it is not called faces.csv \
             and may as well hold predictions: rename it, or open the table by itself"
        );
        problems.push(Problem::new(table, None, what));
    }
    for (ending, Group { first, count }) in by_ending {
        let Ok(kind) = file_type::of_file(&first) else {
            continue;
        };
        if let Some(advice) = advice(&kind, &ending) {
            let description = match (kind.category, &*ending) {
                (FileCategory::Text, "csv" | "tsv") => "a table",
                _ => kind.description,
            };
            let what = counted(description, count, &format!(".{ending}"));
            problems.push(Problem::new(&first, None, format!("{what}: {advice}")));
        }
    }
    problems
}

/// The most tables that are looked into.
const TABLES: usize = 20;

fn may_be_table(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default();
    ["csv", "tsv", "txt"]
        .iter()
        .any(|e| ending.eq_ignore_ascii_case(e))
}

/// What a table says of faces, where it has columns as faces.csv has.
pub fn faces_in(file: &Path) -> Option<String> {
    let (_, columns) = csv_table::open(file, &Schema::face()).ok()?;
    let text = columns.describe();
    (!text.is_empty()).then_some(text)
}

/// What to do about files of a kind; `None` where nobody takes them for labels or faces.
fn advice(kind: &FileType, ending: &str) -> Option<&'static str> {
    const NOT_READ: &str =
        "not read; labels are read from COCO and labelme JSON, CelebA, MTFL, .pts and faces.csv";
    match kind.category {
        FileCategory::OtherPicture => Some("not read; export photos as JPEG or PNG first"),
        FileCategory::Archive => Some("not read; unpack it first"),
        FileCategory::Weights => Some("no part of a data set"),
        // Lines of JSON are predictions and logs.
        FileCategory::Json if ending == "jsonl" => None,
        FileCategory::Labels | FileCategory::Json => Some(NOT_READ),
        FileCategory::Picture => {
            Some("not read as a picture, since its ending is none of a picture's")
        }
        // It may as well hold predictions as labels.
        FileCategory::Text if ending == "csv" || ending == "tsv" => Some(
            "not read with the folder, since it is not called faces.csv; open the table by itself",
        ),
        FileCategory::Text if kind.description != "a text file" => Some(NOT_READ),
        FileCategory::Text | FileCategory::Unknown | FileCategory::Other => None,
    }
}

/// "an XML file", or "an XML file, and 11 more of the ending .xml".
fn counted(text: &str, count: usize, ending: &str) -> String {
    match count {
        1 => text.to_owned(),
        n => format!("{text}, and {} more of the ending {ending}", n - 1),
    }
}

/// Splits files that are named as pictures into those that are, and what the others are: a problem
/// for each that is broken, one for all empty ones and one for each other kind.
pub fn pictures(files: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<Problem>) {
    let looked: Vec<Option<PhotoError>> = files
        .par_iter()
        .map(|file| Photo::check(file).err())
        .collect();
    let mut good = Vec::with_capacity(files.len());
    let mut problems = Vec::new();
    let mut kinds: BTreeMap<String, Group> = BTreeMap::new();
    for (file, error) in files.into_iter().zip(looked) {
        let Some(error) = error else {
            good.push(file);
            continue;
        };
        match error {
            PhotoError::File {
                reason:
                    reason
                    @ (DecodeError::Empty | DecodeError::Unknown(_) | DecodeError::Unsupported(_)),
                ..
            } => {
                let group = kinds.entry(reason.to_string()).or_insert(Group {
                    first: file,
                    count: 0,
                });
                group.count += 1;
            }
            error => problems.push(Problem::new(&file, None, error.reason())),
        }
    }
    for (reason, Group { first, count }) in kinds {
        let what = match count {
            1 => reason,
            n => format!(
                "{reason} (and {} named as a picture)",
                humanize::counted(n - 1, "more file")
            ),
        };
        problems.push(Problem::new(&first, None, what));
    }
    (good, problems)
}

/// Counts the pictures of a folder of which its `table`, so called, has no row: they are no faces of the set.
pub fn without_row<'a>(
    files: impl Iterator<Item = &'a Path>,
    set: &Dataset,
    (folder, table): (&Path, &str),
) -> Option<Problem> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let paths: HashSet<&Path> = set.samples.iter().map(|s| &*s.path).collect();
    let unnamed = files.filter(|f| is_picture(f) && !paths.contains(f));
    let unnamed: Vec<&Path> = unnamed.collect();
    // A table may name them by a link, or by another way to the same file.
    let names: HashSet<_> = unnamed.iter().filter_map(|f| f.file_name()).collect();
    let alike = |path: &&&Path| path.file_name().is_some_and(|name| names.contains(name));
    let known: HashSet<PathBuf> = paths.iter().filter(alike).map(|p| real(p)).collect();
    let other = |file: &&&Path| known.is_empty() || !known.contains(&real(file));
    let others: Vec<&&Path> = unnamed.iter().filter(other).collect();
    let first = name_of(others.first()?);
    let text = match others.len() {
        1 => format!("1 picture has no row in {table} ({first}) and is no face of the set"),
        n => format!(
            "{} have no row in {table} ({first} and others) and are no faces of the set",
            humanize::counted(n, "picture")
        ),
    };
    let what = format!("{text}: a row with its name alone lists a face without labels");
    Some(Problem::new(folder, None, what))
}

/// Says that the label files among `files` are not read, since `instead` is.
pub fn set_aside(files: &[&Path], text: &str, instead: &str) -> Option<Problem> {
    let first = files.first()?;
    let count = match files.len() {
        1 => text.to_owned(),
        n => format!("{text}, and {} more like it", n - 1),
    };
    let what = format!("{count}: not read, since {instead} says what is in the folder");
    Some(Problem::new(first, None, what))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dataset::Sample;

    #[test]
    fn pictures_that_no_row_names_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a.png", "b.png", "c.png", "notes.txt"] {
            fs::write(path(name), "").unwrap();
        }
        let set = |names: &[&str]| Dataset {
            name: "set".into(),
            schema: Schema::face(),
            samples: names
                .iter()
                .map(|name| {
                    // By another way to the same file.
                    let path: Arc<Path> = folder.path().join(".").join(name).into();
                    Sample::unlabelled(&path, &Schema::face())
                })
                .collect(),
            columns: Vec::new(),
            problems: Vec::new(),
        };
        let files = ["a.png", "b.png", "c.png", "notes.txt"].map(path);
        let actual = |names: &[&str]| {
            let files = files.iter().map(PathBuf::as_path);
            let of = (folder.path(), "faces.csv");
            without_row(files, &set(names), of).map(|problem| problem.what)
        };
        assert_eq!(actual(&["a.png", "b.png", "c.png"]), None);
        let one = actual(&["a.png", "c.png"]).unwrap();
        assert!(
            one.starts_with("1 picture has no row in faces.csv (b.png)"),
            "{one}"
        );
        let two = actual(&["c.png"]).unwrap();
        assert!(
            two.starts_with("2 pictures have no row in faces.csv (a.png and"),
            "{two}"
        );
    }
}
