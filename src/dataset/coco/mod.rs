//! COCO keypoints. Its left and right are the person's, ours the picture's, so `left_eye` there is
//! our `right_eye`: mapped by name, never by position. Keypoints are pixel indices counted from 0
//! and become continuous coordinates by adding 0.5 (as detectron2 does); `bbox` is an extent and
//! stays. `v` is 0 unknown, 1 occluded, 2 visible.
//!
//! Beyond COCO, an annotation can have `attributes` (as CVAT writes them), `split`, `identity` and
//! `columns`; other programs pass over them.
//!
//! A value that cannot be used is unknown and named; the rest of its face stays. What is no face
//! (other categories, crowds, persons of whom nothing of the face is known) is counted.

mod categories;
mod edited;
mod file;
mod origin;
mod points;
mod reader;
mod values;
mod write;

use std::path::Path;

use self::reader::read_faces;
use super::{Dataset, DatasetError};
use crate::label::Schema;
pub use origin::Origin;
pub use values::{MAX_COLUMNS, attributes, plain};
pub use write::write;

/// Whether a column of this name was made by this program when the file was read: it tells of the
/// file, and faces are not told apart by it.
pub fn is_generated_column(column: &str) -> bool {
    column == values::PERSON_BOX
}

pub fn read(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    read_faces(path, schema).map(|found| found.set)
}

#[cfg(test)]
mod tests;
