//! `faces.csv` from samples: everything that is known of a face has a column.

use std::path::Path;

use super::Origin;
use super::columns::{Column, cell, columns};
use crate::dataset::DatasetError;
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::export::target::write_file;

/// Writes the table of a folder; as the one that was read, but for what was edited, if there was one.
pub fn write(
    kept: &ExportedFaces,
    names: &Names,
    origin: Option<&Origin>,
    to: &Path,
) -> Result<(), DatasetError> {
    let path = to.join("faces.csv");
    match origin.and_then(|origin| origin.table(kept, names)) {
        Some(text) => write_file(&path, text.as_bytes()),
        None => write_as(kept, names, &path),
    }
}

/// Writes a table under any name.
pub fn write_as(kept: &ExportedFaces, names: &Names, path: &Path) -> Result<(), DatasetError> {
    let columns = columns(kept);
    let error = |e: csv::Error| DatasetError::format(path, e.to_string());
    let mut table = csv::Writer::from_writer(Vec::new());
    table
        .write_record(columns.iter().map(|(name, _)| name))
        .map_err(error)?;
    let mut image = String::new();
    for sample in &kept.samples {
        image.clear();
        image.push_str(&names.text(&sample.path));
        let cells = columns.iter().map(|(_, column)| match column {
            Column::Image => image.clone(),
            column => cell(column, sample),
        });
        table.write_record(cells).map_err(error)?;
    }
    let bytes = table
        .into_inner()
        .map_err(|e| error(e.into_error().into()))?;
    write_file(path, &bytes)
}
