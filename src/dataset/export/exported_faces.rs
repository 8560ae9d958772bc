//! The faces that an export keeps.

use std::collections::HashSet;
use std::path::Path;

use super::format::Format;
use crate::dataset::{Dataset, Sample, by_picture, celeba, five_points};
use crate::label::{Schema, TaskLabels};

/// The faces for which a format has a place.
pub struct ExportedFaces<'a> {
    pub set: &'a Dataset,
    pub samples: Vec<&'a Sample>,
    /// In CelebA's layout, these are aligned pictures.
    pub aligned: bool,
    /// In CelebA's layout, an attribute of which nothing is known has its column too.
    pub every_attribute: bool,
    /// Faces left out because their picture has another one.
    pub second_faces: usize,
    /// Faces left out because the format needs to know more of them.
    pub unlabelled: usize,
    /// Faces left out because label files cannot hold the names of their pictures.
    pub unnamed: usize,
}

impl<'a> ExportedFaces<'a> {
    pub fn of(set: &'a Dataset, format: Format, origin: Option<&celeba::Files>) -> Self {
        let all: Vec<&Sample> = set.samples.iter().collect();
        let aligned = celeba::aligned(&all, origin);
        let mut kept = Self {
            set,
            aligned,
            every_attribute: false,
            samples: Vec::with_capacity(set.samples.len()),
            second_faces: 0,
            unlabelled: 0,
            unnamed: 0,
        };
        let crowded = match format {
            Format::Labelme => crowded(set),
            _ => HashSet::new(),
        };
        let mut seen = HashSet::new();
        for sample in all {
            if !nameable(format, &sample.path) {
                kept.unnamed += 1;
            } else if !can_hold(format, sample, &set.schema, aligned, &crowded) {
                kept.unlabelled += 1;
            } else if format.one_face() && !seen.insert(&*sample.path) {
                kept.second_faces += 1;
            } else {
                kept.samples.push(sample);
            }
        }
        kept
    }

    /// The faces of each picture, in the order in which pictures first appear.
    pub fn by_picture(&self) -> Vec<Vec<&'a Sample>> {
        by_picture(self.samples.iter().copied(), |sample| &sample.path)
    }
}

/// Whether the format can say anything of a face.
fn can_hold(
    format: Format,
    sample: &Sample,
    schema: &Schema,
    aligned: bool,
    crowded: &HashSet<&Path>,
) -> bool {
    match format {
        Format::Celeba | Format::CelebaCsv => celeba::has_row(sample, schema, aligned),
        Format::Mtfl => five_points(sample, schema).is_some(),
        // Where faces share a picture, only their shapes tell them apart.
        Format::Labelme => {
            let shapes = sample.face_box.is_some() || any_point(sample);
            shapes || !crowded.contains(&*sample.path)
        }
        Format::Pts | Format::Coco | Format::FacesCsv => true,
    }
}

fn any_point(sample: &Sample) -> bool {
    sample.annotation.tasks.iter().any(|labels| match labels {
        TaskLabels::Points(points) => points.iter().any(|p| p.known().is_some()),
        TaskLabels::Binary(_) => false,
    })
}

/// Pictures with more than one face.
fn crowded(set: &Dataset) -> HashSet<&Path> {
    let mut seen = HashSet::new();
    let paths = set.samples.iter().map(|s| &*s.path);
    paths.filter(|path| !seen.insert(*path)).collect()
}

/// Label files are UTF-8, and those that are no JSON have a line a face.
fn nameable(format: Format, path: &Path) -> bool {
    let json = matches!(format, Format::Coco | Format::Labelme);
    path.to_str()
        .is_some_and(|text| json || !text.contains(['\n', '\r']))
}
