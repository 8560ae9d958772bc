//! What a file or a folder is, by its name and by what is in it.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::folders::folder_of;
use super::json::broken;
use super::{
    Dataset, DatasetError, Problem, coco, faces_csv, labelme, mtfl, name_of, pictures, pts,
};
use crate::label::Schema;
use crate::photo::is_picture;

/// A folder that is not CelebA's.
pub fn folder(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    if let Some(table) = faces_csv::file(path) {
        return faces_csv::read(&table, schema);
    }
    let lists = mtfl::files(path);
    if !lists.is_empty() {
        return mtfl::read(path, &lists, schema);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(DatasetError::io(path))? {
        files.push(entry.map_err(DatasetError::io(path))?.path());
    }
    files.sort();
    by_files(path, files, schema)
}

/// A file, by its ending and, for text and JSON, by what it begins with or names.
pub fn file(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let one = || vec![path.to_owned()];
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    match ending.to_ascii_lowercase().as_str() {
        "csv" => faces_csv::read(path, schema),
        "txt" if mtfl::is_label_file(path) => mtfl::read(path, &one(), schema),
        "txt" => Err(DatasetError::format(
            path,
            "neither one of CelebA's tables nor MTFL's lines of a path and 14 numbers",
        )),
        "pts" => {
            let mut files = siblings(path)?;
            files.retain(|f| is_picture(f));
            pts::of_file(path, &files, schema)
        }
        "json" => match kind(path) {
            Ok(Kind::Labelme) => labelme::read(path, &[], &one(), schema),
            Ok(Kind::Coco) => coco::read(path, schema),
            Ok(Kind::Other) => Err(DatasetError::format(
                path,
                "neither a COCO file (images and annotations) nor one of labelme's (shapes)",
            )),
            Err(problem) => Err(DatasetError::format(path, problem.what)),
        },
        _ => Ok(pictures(path, one(), schema)),
    }
}

/// What a JSON file is.
enum Kind {
    Labelme,
    Coco,
    Other,
}

fn kind(path: &Path) -> Result<Kind, Problem> {
    #[derive(Deserialize)]
    struct Outline {
        shapes: Option<IgnoredAny>,
        images: Option<IgnoredAny>,
        annotations: Option<IgnoredAny>,
    }
    let bytes = std::fs::read(path).map_err(|e| Problem::new(path, None, e.to_string()))?;
    // A list or a number is JSON too.
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Ok(Kind::Other);
    }
    let outline: Outline = serde_json::from_slice(&bytes).map_err(|e| broken(path, &e))?;
    Ok(
        match (outline.shapes, outline.images, outline.annotations) {
            (Some(_), ..) => Kind::Labelme,
            (_, Some(_), Some(_)) => Kind::Coco,
            _ => Kind::Other,
        },
    )
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

/// What a folder is by the files in it.
fn by_files(path: &Path, files: Vec<PathBuf>, schema: &Schema) -> Result<Dataset, DatasetError> {
    let ends = |ending: &str| -> Vec<PathBuf> {
        let has = |f: &&PathBuf| {
            f.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case(ending))
        };
        files.iter().filter(has).cloned().collect()
    };
    let photos: Vec<PathBuf> = files.iter().filter(|f| is_picture(f)).cloned().collect();
    let points = ends("pts");
    if !points.is_empty() {
        let mut set = pts::read(path, &photos, &points, schema)?;
        if !ends("json").is_empty() {
            let what = "there are .pts files, so its .json files are not read";
            set.problems.push(Problem::new(path, None, what));
        }
        return Ok(set);
    }
    let mut problems = Vec::new();
    let (mut one_each, mut whole) = (Vec::new(), Vec::new());
    let files = ends("json");
    let kinds: Vec<_> = files.par_iter().map(|file| kind(file)).collect();
    for (file, kind) in files.into_iter().zip(kinds) {
        match kind {
            Ok(Kind::Labelme) => one_each.push(file),
            Ok(Kind::Coco) => whole.push(file),
            Ok(Kind::Other) => {}
            Err(problem) => problems.push(problem),
        }
    }
    let mut set = match (&whole[..], one_each.is_empty()) {
        ([one], true) => coco::read(one, schema)?,
        ([], true) if !photos.is_empty() => pictures(path, photos, schema),
        ([], true) => {
            return Err(DatasetError::format(
                path,
                "no pictures, no label files (CelebA, MTFL, faces.csv, .pts, COCO or labelme \
                 JSON) in this folder",
            ));
        }
        (_, true) => {
            return Err(DatasetError::format(
                path,
                "several COCO files: open each by itself",
            ));
        }
        (_, false) => {
            one_each.extend(whole);
            labelme::read(path, &photos, &one_each, schema)?
        }
    };
    set.name = name_of(path);
    set.problems.extend(problems);
    Ok(set)
}
