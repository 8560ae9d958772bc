//! What a file or a folder is, by what is in it and only then by its name.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folders::folder_of;
use super::json::{self, Outline};
use super::listing::{self, Listing};
use super::{
    Dataset, DatasetError, Problem, celeba, coco, csv_table, faces_csv, join, labelme, mtfl,
    name_of, pictures, pts, unused_files,
};
use crate::file_type::{self, FileCategory};
use crate::label::Schema;
use crate::photo::{Photo, is_picture};

/// Opens a data set: what opens a folder opens those in it too.
pub type Open = fn(&Path, &Schema) -> Result<Dataset, DatasetError>;

/// A folder that is not CelebA's.
pub fn folder(path: &Path, schema: &Schema, open: Open) -> Result<Dataset, DatasetError> {
    let listing = listing::list(path)?;
    let lists = mtfl::files(path);
    let (mut set, table) = match (faces_csv::file(path), lists.first()) {
        (Some(table), _) => (faces_csv::read(&table, schema)?, table),
        (None, Some(first)) => (mtfl::read(path, &lists, schema)?, first.clone()),
        (None, None) => return by_files(path, listing, schema, open),
    };
    set.problems.extend(beside(&listing, &name_of(&table)));
    let files = listing.files.iter().map(PathBuf::as_path);
    let unnamed = unused_files::without_row(files, &set, (path, &name_of(&table)));
    set.problems.extend(unnamed);
    Ok(set)
}

/// A file, by what is in it and, for text, by its ending.
pub fn file(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let one = || vec![path.to_owned()];
    let kind = file_type::of_file(path).map_err(DatasetError::io(path))?;
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let text = matches!(kind.category, FileCategory::Text | FileCategory::Unknown);
    match &*ending.to_ascii_lowercase() {
        _ if kind.category == FileCategory::Json => json_file(path, schema),
        "csv" | "tsv" if text => faces_csv::read(path, schema),
        "txt" if text && mtfl::is_label_file(path) => mtfl::read(path, &one(), schema),
        "txt" if text && unused_files::faces_in(path).is_some() => faces_csv::read(path, schema),
        "pts" if text => {
            let mut files = siblings(path)?;
            files.retain(|f| is_picture(f));
            pts::of_file(path, &files, schema)
        }
        _ if kind.category == FileCategory::Picture || is_picture(path) => {
            Photo::check(path).map_err(|e| DatasetError::Picture {
                path: path.to_owned(),
                what: e.reason(),
            })?;
            Ok(pictures(path, one(), schema))
        }
        "txt" if text => Err(DatasetError::format(
            path,
            format!(
                "{}, but neither one of CelebA's tables nor MTFL's lines of a path and 14 numbers",
                kind.description
            ),
        )),
        _ => {
            let advice = match kind.category {
                FileCategory::OtherPicture => "export photos as JPEG or PNG first",
                FileCategory::Archive => "unpack it first",
                FileCategory::Weights => "no faces are in it; networks are given as --weights",
                _ => {
                    "faces are read from pictures, COCO and labelme JSON, CelebA, MTFL, .pts and \
                     faces.csv"
                }
            };
            let what = format!("{}, which is not read here: {advice}", kind.description);
            Err(DatasetError::format(path, what))
        }
    }
}

/// The COCO file that is opened with a path, if it is the only file of labels there.
pub fn coco_file(path: &Path) -> Option<PathBuf> {
    let is_coco = |file: &Path| matches!(json::outline(file), Ok(Outline::Coco));
    if path.is_file() {
        let json = file_type::of_file(path).is_ok_and(|k| k.category == FileCategory::Json);
        return (json && is_coco(path)).then(|| path.to_owned());
    }
    if is_table(path) {
        return None;
    }
    let listing = listing::list(path).ok()?;
    let labels = |f: &&PathBuf| ends(f, "json") || ends(f, "pts");
    let labels: Vec<&PathBuf> = listing.files.iter().filter(labels).collect();
    match labels[..] {
        [one] if listing.sets.is_empty() && is_coco(one) => Some(one.clone()),
        _ => None,
    }
}

/// labelme's files that are opened with a path, but for those of whole sets below it.
pub fn labelme_files(path: &Path) -> Vec<PathBuf> {
    let is_labelme = |file: &Path| matches!(json::outline(file), Ok(Outline::Labelme));
    if path.is_file() {
        let json = file_type::of_file(path).is_ok_and(|k| k.category == FileCategory::Json);
        return if json && is_labelme(path) {
            vec![path.to_owned()]
        } else {
            Vec::new()
        };
    }
    if is_table(path) {
        return Vec::new();
    }
    let files = listing::list(path).map_or(Vec::new(), |listing| listing.files);
    let files = files.into_par_iter();
    files.filter(|f| ends(f, "json") && is_labelme(f)).collect()
}

/// Whether a file has labels of faces in a form that is read, or may have: JSON that is broken can
/// be mended.
pub fn has_labels(path: &Path) -> bool {
    let table = || csv_table::open(path, &Schema::face()).is_ok();
    match path.extension().unwrap_or_default().to_string_lossy() {
        _ if celeba::Files::at(path).is_some() => true,
        e if e.eq_ignore_ascii_case("json") => {
            !matches!(json::outline(path), Ok(Outline::Other(_)))
        }
        e if e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("tsv") => table(),
        e if e.eq_ignore_ascii_case("txt") => mtfl::is_label_file(path),
        e => e.eq_ignore_ascii_case("pts"),
    }
}

/// Whether a folder is known by a table of its own.
fn is_table(path: &Path) -> bool {
    celeba::Files::at(path).is_some()
        || faces_csv::file(path).is_some()
        || !mtfl::files(path).is_empty()
}

fn json_file(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    match json::outline(path) {
        Ok(Outline::Labelme) => labelme::read(path, &[], &[path.to_owned()], schema),
        Ok(Outline::Coco) => coco::read(path, schema),
        Ok(Outline::Other(text)) => Err(DatasetError::format(path, unknown_json(&text))),
        Err(problem) => Err(DatasetError::of_problem(path, problem)),
    }
}

fn unknown_json(text: &str) -> String {
    format!("neither a COCO file (images and annotations) nor one of labelme's (shapes): {text}")
}

fn siblings(path: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let folder = folder_of(path);
    let entries = std::fs::read_dir(folder).map_err(DatasetError::io(folder))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|e| folder.join(e.file_name()))
        .collect();
    files.sort();
    Ok(files)
}

fn ends(file: &Path, ending: &str) -> bool {
    file.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// What a folder is by the files in it and below. Whatever they know of a picture is joined.
fn by_files(
    path: &Path,
    listing: Listing,
    schema: &Schema,
    open: Open,
) -> Result<Dataset, DatasetError> {
    let Listing {
        files,
        sets,
        mut problems,
        ..
    } = listing;
    let named: Vec<PathBuf> = files.iter().filter(|f| is_picture(f)).cloned().collect();
    let (photos, wrong) = unused_files::pictures(named.clone());
    problems.extend(wrong);
    let good: HashSet<&PathBuf> = photos.iter().collect();
    let unread: Vec<PathBuf> = named
        .iter()
        .filter(|f| !good.contains(f))
        .cloned()
        .collect();
    let broken: HashSet<PathBuf> = unread
        .iter()
        .filter_map(|f| std::fs::canonicalize(f).ok())
        .collect();

    let (json, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        files.into_iter().partition(|f| ends(f, "json"));
    let (points, rest): (Vec<PathBuf>, Vec<PathBuf>) =
        rest.into_iter().partition(|f| ends(f, "pts"));
    problems.extend(unused_files::others(&rest));

    // First, so that each picture has the path by which it is listed. Those beside .pts are in what
    // their reader makes of them.
    let beside = by_folder(&photos);
    let points = by_folder(&points);
    let plain = photos.iter().filter(|p| !points.contains_key(folder_of(p)));
    let mut parts = vec![pictures(path, plain.cloned().collect(), schema)];
    for (folder, points) in &points {
        let here = beside.get(folder).map_or(&[][..], Vec::as_slice);
        let broken = unread.iter().filter(|f| folder_of(f) == *folder);
        let broken: Vec<PathBuf> = broken.cloned().collect();
        parts.push(pts::read(folder, here, &broken, points, schema)?);
    }
    let outlines: Vec<_> = json.par_iter().map(|file| json::outline(file)).collect();
    let (mut one_each, mut whole) = (Vec::new(), Vec::new());
    let mut unknown: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
    for (file, outline) in json.iter().zip(outlines) {
        match outline {
            Ok(Outline::Labelme) => one_each.push(file.clone()),
            Ok(Outline::Coco) => whole.push(file),
            Ok(Outline::Other(text)) => unknown.entry(text).or_default().push(file),
            Err(problem) => problems.push(problem),
        }
    }
    for (text, files) in unknown {
        let more = match files.len() {
            1 => String::new(),
            n => format!(" (and {} more like it)", n - 1),
        };
        let what = format!("not read: {}{more}", unknown_json(&text));
        problems.push(Problem::new(files[0], None, what));
    }
    if !one_each.is_empty() {
        parts.push(labelme::read(path, &[], &one_each, schema)?);
    }
    for file in &whole {
        let mut set = coco::read(file, schema)?;
        if whole.len() > 1 {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let split = listing::split_in(&stem);
            set.samples
                .iter_mut()
                .for_each(|s| s.split = s.split.or(split));
        }
        parts.push(set);
    }
    for folder in &sets {
        parts.push(open(folder, schema)?);
    }
    if parts.len() == 1 && photos.is_empty() {
        let mut what = "no pictures, no label files (CelebA, MTFL, faces.csv, .pts, COCO or \
                        labelme JSON) in this folder or below it"
            .to_owned();
        for problem in problems.iter().take(3) {
            what += &format!("; {problem}");
        }
        return Err(DatasetError::format(path, what));
    }
    let mut set = join::join(name_of(path), parts, schema);
    if !broken.is_empty() {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let labelled = set.samples.iter().filter(|s| {
            let known = (0..schema.tasks.len()).any(|t| s.annotation.known(t) > 0);
            (known || s.face_box.is_some()) && broken.contains(&real(&s.path))
        });
        let lost = labelled.count();
        set.samples.retain(|s| !broken.contains(&real(&s.path)));
        if lost > 0 {
            let what = format!("labels of faces in pictures that cannot be read: {lost} left out");
            set.problems.push(Problem::new(path, None, what));
        }
    }
    // Faces of a picture stay in the order of their file.
    set.samples.sort_by(|a, b| a.path.cmp(&b.path));
    for sample in set.samples.iter_mut().filter(|s| s.split.is_none()) {
        sample.split = listing::split_of(path, &sample.path);
    }
    set.problems.extend(problems);
    Ok(set)
}

/// Files by the folder in which they are.
fn by_folder(files: &[PathBuf]) -> BTreeMap<&Path, Vec<PathBuf>> {
    let mut folders: BTreeMap<&Path, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        folders
            .entry(folder_of(file))
            .or_default()
            .push(file.clone());
    }
    folders
}

/// Names the label files beside a table that says which pictures are in the set.
fn beside(listing: &Listing, table: &str) -> Vec<Problem> {
    let with = |ending: &str| -> Vec<&Path> {
        let files = listing.files.iter().map(PathBuf::as_path);
        files.filter(|f| ends(f, ending)).collect()
    };
    let sets: Vec<&Path> = listing.sets.iter().map(PathBuf::as_path).collect();
    let mut labelme = Vec::new();
    let mut coco = Vec::new();
    let files = with("json");
    let outlines: Vec<_> = files.par_iter().map(|file| json::outline(file)).collect();
    for (file, outline) in files.into_iter().zip(outlines) {
        match outline {
            Ok(Outline::Labelme) => labelme.push(file),
            Ok(Outline::Coco) => coco.push(file),
            _ => {}
        }
    }
    let groups = [
        (with("pts"), "a .pts file"),
        (labelme, "a labelme file"),
        (coco, "a COCO file"),
        (sets, "a data set in a folder below"),
    ];
    let said = groups
        .iter()
        .filter_map(|(files, text)| unused_files::set_aside(files, text, table));
    said.chain(listing.problems.iter().cloned()).collect()
}

#[cfg(test)]
mod tests;
