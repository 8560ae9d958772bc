//! Predictions of other programs, beside the network's.

use std::path::PathBuf;

use anyhow::Result;

use crate::cli::inputs::warn;
use crate::dataset::Sample;
use crate::dataset::predictions::{self, FaceReference, Predictions, matches};
use crate::evaluation::Other;
use crate::label::Schema;
use crate::model::FacePrediction;

/// Those that are named one by one.
const SHOWN: usize = 10;

/// Reads the files; what is wrong in them is logged.
pub fn read(paths: &[PathBuf], schema: &Schema) -> Result<Vec<Predictions>> {
    let mut files: Vec<Predictions> = Vec::new();
    for path in paths {
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
        let taken = |name: &str| files.iter().any(|f| f.name == name) || name == "network";
        let stem = file.name.clone();
        let mut numbered = (2..).map(|n| format!("{stem}-{n}"));
        while taken(&file.name) {
            file.name = numbered.next().unwrap_or_default();
        }
        files.push(file);
    }
    Ok(files)
}

/// Gives each face what each file says of it. What belongs to no face is named and counted.
pub fn matched<'a>(
    files: &'a [Predictions],
    faces: &[(&Sample, FacePrediction)],
) -> Vec<Other<'a>> {
    let wanted: Vec<FaceReference> = faces
        .iter()
        .map(|(sample, found)| FaceReference {
            path: &sample.path,
            face: sample.face,
            ordinal: sample.ordinal,
            // Where the face is, whatever part of the picture the network was shown.
            face_box: sample.region().map_or(found.face_box, |(b, _)| b),
        })
        .collect();
    let all = files.iter().map(|file| {
        let found = matches(&wanted, &file.faces);
        for &(n, why) in found.unmatched.iter().take(SHOWN) {
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
        Other {
            name: &file.name,
            unmatched: found.unmatched.len(),
            predictions,
        }
    });
    all.collect()
}
