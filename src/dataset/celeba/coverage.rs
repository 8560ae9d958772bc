//! What CelebA's layout can hold of faces, and where it has their pictures.

use super::table::TableFormat;
use super::{ALIGNED, Files, WILD};
use crate::dataset::{Sample, five_points};
use crate::label::{Schema, TaskLabels};

/// Whether these are aligned pictures, which have tables of their own: as they were read, else by
/// the folder in which they lie.
pub fn aligned(samples: &[&Sample], origin: Option<&Files>) -> bool {
    if let Some(files) = origin {
        return files.aligned;
    }
    let by_folder = |sample: &&Sample| {
        let folder = sample.path.parent().and_then(|p| p.file_name());
        folder.is_some_and(|f| f.to_string_lossy().starts_with(ALIGNED))
    };
    !samples.is_empty() && samples.iter().all(by_folder)
}

/// Whether any table has a row for this face.
pub fn has_row(sample: &Sample, schema: &Schema, aligned: bool) -> bool {
    let attributes = sample.annotation.tasks.iter().any(|labels| match labels {
        TaskLabels::Binary(values) => values.iter().any(|v| v.known().is_some()),
        TaskLabels::Points(_) => false,
    });
    attributes
        || five_points(sample, schema).is_some()
        || sample.split.is_some()
        || sample.identity.is_some()
        || (!aligned && sample.face_box.is_some())
}

/// Where the pictures lie in the folder that is written.
pub fn picture_folder(form: TableFormat, aligned: bool) -> String {
    let name = if aligned { ALIGNED } else { WILD };
    match form {
        TableFormat::Text => format!("Img/{name}"),
        TableFormat::Csv => name.to_owned(),
    }
}
