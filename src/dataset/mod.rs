//! Files to samples and back: CelebA, MTFL, 300-W's `.pts`, COCO keypoints, labelme, `faces.csv`
//! and folders of plain pictures, joined with partial labels. Opened data sets are never written.
//!
//! A broken row never stops the rest: it becomes a [`Problem`] with its file and line, is left
//! out and counted. Coordinates become continuous image coordinates here: integer labels name
//! pixel centres, so 0.5 is added to points when they are read; boxes are extents and stay.

mod attribute_value;
mod box_columns;
mod box_source;
mod boxes;
mod celeba;
mod check_labels;
mod check_pictures;
mod coco;
mod content_hash;
mod csv_table;
mod error;
pub mod export;
mod face_name;
mod faces_csv;
mod folders;
mod guard;
mod join;
mod json;
mod labelme;
mod listing;
mod mtfl;
mod number;
mod open;
mod paths;
mod pixel_origin;
pub mod predictions;
mod problems;
mod pts;
mod recognise;
mod sample;
mod samples;
mod schema_items;
mod split;
mod subset;
mod summary;
pub mod synthetic;
mod text;
mod unused_files;
mod value_error;

use std::path::{Path, PathBuf};

use crate::label::Schema;
pub use box_source::{BoxSource, describe_boxes, picture_box};
pub use boxes::BoxPolicy;
pub use check_labels::{are_sides_exchanged, opposite_pairs};
pub use check_pictures::check_pictures;
pub use coco::is_generated_column;
pub use content_hash::content_hash;
pub use error::DatasetError;
pub use face_name::FaceName;
pub use guard::Guard;
pub(crate) use json::reason as json_reason;
pub use listing::REVIEWS;
pub use open::{absolute, exists, joined, number_faces, open, open_all};
pub(crate) use paths::name_of;
pub use pixel_origin::PixelOrigin;
pub use problems::Problem;
pub use sample::{LabelPlace, PictureSource, Sample, by_picture};
pub use samples::Samples;
use schema_items::{attribute, face_points, five_points};
pub use split::Split;
pub use subset::{FaceSubset, Population, SUBSET_SEED};
pub use summary::{Summary, TaskSummary};
pub use value_error::{PictureError, ValueError};

/// Samples with one schema, and what could not be used of them.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub name: String,
    pub schema: Schema,
    pub samples: Vec<Sample>,
    /// Names of the columns that are neither image, box, split, identity nor label.
    pub columns: Vec<String>,
    pub problems: Vec<Problem>,
}

impl Dataset {
    /// The samples of one split; all of them for `None`.
    pub fn split(&self, split: Option<Split>) -> impl Iterator<Item = &Sample> {
        self.samples
            .iter()
            .filter(move |s| split.is_none() || s.split == split)
    }
}

fn pictures(path: &Path, files: Vec<PathBuf>, schema: &Schema) -> Dataset {
    Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples: files
            .iter()
            .map(|f| Sample::unlabelled(f, schema))
            .collect(),
        columns: Vec::new(),
        problems: Vec::new(),
    }
}
