//! Predictions of other programs, beside the network's.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::inputs::warn;
use crate::dataset::Sample;
use crate::dataset::predictions::{self, FaceReference, Predictions, matches, names_one_of};
use crate::evaluation::{OtherPredictor, PredictionsFile};
use crate::label::Schema;
use crate::model::FacePrediction;

/// Those that are named one by one.
const SHOWN: usize = 10;

/// Reads the files; what is wrong in them is logged.
pub fn read(paths: &[PathBuf], schema: &Schema) -> Result<Vec<Predictions>> {
    let mut files: Vec<Predictions> = Vec::new();
    for (path, name) in paths.iter().zip(names(paths)) {
        let mut file = predictions::read(path, schema)?;
        warn(&file.problems);
        if !file.foreign.is_empty() {
            let names = file.foreign.iter().take(SHOWN);
            let names: Vec<&str> = names.map(String::as_str).collect();
            log::warn!(
                "{}: {} names that the network does not have are left out: {}",
                path.display(),
                file.foreign.len(),
                names.join(", ")
            );
        }
        file.name = name;
        files.push(file);
    }
    Ok(files)
}

/// What files are called: as they are; where several are called alike, by their folders, else by
/// their paths; numbered where one is given again.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let text = |part: Option<&std::ffi::OsStr>| {
        let part = part.unwrap_or_default();
        part.to_string_lossy().into_owned()
    };
    let stem = |path: &Path| text(path.file_stem());
    let folder = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        text(path.parent().and_then(Path::file_name))
    };
    let whole = |path: &Path| path.display().to_string();
    let ways: [&dyn Fn(&Path) -> String; 3] = [&stem, &folder, &whole];
    let mut names: Vec<String> = paths.iter().map(|path| stem(path)).collect();
    for way in ways {
        let before = names.clone();
        // The network and the guess have names of their own.
        let taken = |name: &String| name.is_empty() || ["network", "guess"].contains(&&**name);
        let alike = |name: &String| before.iter().filter(|n| *n == name).count() > 1;
        for (name, path) in names.iter_mut().zip(paths) {
            if taken(name) || alike(name) {
                *name = way(path);
            }
        }
    }
    let mut used = HashSet::from(["network".to_owned(), "guess".to_owned()]);
    for name in &mut names {
        let own = name.clone();
        let mut numbered = (2..).map(|n| format!("{own}-{n}"));
        while !used.insert(name.clone()) {
            *name = numbered.next().unwrap_or_default();
        }
    }
    names
}

/// Gives each face what each file says of it. What belongs to no face of `all`, the data set, is
/// named and counted.
pub fn matched<'a>(
    files: &'a [Predictions],
    faces: &[(&Sample, FacePrediction)],
    all: &[Sample],
) -> Vec<OtherPredictor<'a>> {
    let wanted: Vec<FaceReference> = faces
        .iter()
        .map(|(sample, found)| FaceReference {
            path: &sample.path,
            face: sample.face,
            number: sample.number,
            ordinal: sample.ordinal,
            // Where the face is, whatever part of the picture the network was shown.
            face_box: sample.region().map_or(found.face_box, |(b, _)| b),
        })
        .collect();
    let measured: HashSet<*const Sample> =
        faces.iter().map(|(s, _)| std::ptr::from_ref(*s)).collect();
    let others = all
        .iter()
        .filter(|s| !measured.contains(&std::ptr::from_ref(*s)));
    let is_of_others = names_one_of(others.map(|sample| &*sample.path));
    let matched = files.iter().map(|file| {
        let found = matches(&wanted, &file.faces);
        let mut unmatched = found.unmatched;
        let without_face = unmatched.len();
        unmatched.retain(|(n, _)| !is_of_others(&file.faces[*n].image));
        for &(n, why) in unmatched.iter().take(SHOWN) {
            let face = &file.faces[n];
            log::warn!("{}:{}: {}: {why}", file.name, face.line, face.image);
        }
        let without = faces.iter().zip(&found.of).filter(|(_, m)| m.is_none());
        for ((sample, _), _) in without.take(SHOWN) {
            log::warn!("{}: nothing about {}", file.name, sample.full_name());
        }
        let predictions = found.of.into_iter();
        let predictions: Vec<_> = predictions
            .map(|m| m.map(|n| &file.faces[n].prediction))
            .collect();
        OtherPredictor {
            name: &file.name,
            unmatched: unmatched.len(),
            file: Some(PredictionsFile {
                name: file.name.clone(),
                path: file.path.display().to_string(),
                made_by: file.made_by.clone(),
                not_measured: without_face - unmatched.len(),
            }),
            predictions,
        }
    });
    matched.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_name_are_called_by_their_folders() {
        let called = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            names(&paths)
        };
        assert_eq!(
            called(&["pr/predictions.jsonl", "b/theirs.csv"]),
            ["predictions", "theirs"]
        );
        let two = ["pr/predictions.jsonl", "prA/predictions.jsonl", "x.csv"];
        assert_eq!(called(&two), ["pr", "prA", "x"]);
        let deep = ["a/pr/predictions.jsonl", "b/pr/predictions.jsonl"];
        assert_eq!(called(&deep), deep);
        assert_eq!(
            called(&["pr/p.csv", "pr/p.jsonl"]),
            ["pr/p.csv", "pr/p.jsonl"]
        );
        assert_eq!(called(&["p.csv", "p.csv"]), ["p.csv", "p.csv-2"]);
        assert_eq!(called(&["mine/network.csv", "mine/b.csv"]), ["mine", "b"]);
    }
}
