//! A file of labelme's as it is written, and how much of it samples have no place for.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::dataset::json::Numbers;

/// A flag of points, which says that they are hidden.
pub const OCCLUDED: &str = "occluded";

/// A file, and what tells others from it.
#[derive(Deserialize)]
pub struct File {
    pub shapes: Option<Vec<Shape>>,
    #[serde(default)]
    pub flags: Value,
    #[serde(default, rename = "imagePath")]
    pub image_path: Value,
    #[serde(default, rename = "imageWidth")]
    pub width: Value,
    #[serde(default, rename = "imageHeight")]
    pub height: Value,
    pub images: Option<IgnoredAny>,
    pub annotations: Option<IgnoredAny>,
    #[serde(rename = "version")]
    _version: Option<IgnoredAny>,
    /// The picture itself, which is large.
    #[serde(rename = "imageData")]
    _image_data: Option<IgnoredAny>,
    /// What labelme's own program does not write.
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
pub struct Shape {
    #[serde(default)]
    pub label: Value,
    #[serde(default)]
    pub points: Numbers,
    #[serde(default)]
    pub group_id: Value,
    #[serde(default)]
    pub shape_type: Value,
    #[serde(default)]
    pub flags: Value,
    /// X-AnyLabeling's.
    #[serde(default)]
    pub attributes: Value,
    /// As this program writes it: the rectangle has a face's flags, and is none of its box.
    #[serde(default, rename = "bbox_source")]
    pub box_source: Value,
    #[serde(default)]
    description: Value,
    #[serde(rename = "mask")]
    _mask: Option<IgnoredAny>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// What files say that is of no face, or nothing that samples hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub descriptions: usize,
    /// Neither points of a face nor its box.
    pub shapes: usize,
    /// Those that are of no face.
    pub flags: usize,
    /// Entries of files and shapes that labelme's own program does not write.
    pub entries: usize,
}

impl LeftOut {
    pub fn with(self, other: Self) -> Self {
        Self {
            descriptions: self.descriptions + other.descriptions,
            shapes: self.shapes + other.shapes,
            flags: self.flags + other.flags,
            entries: self.entries + other.entries,
        }
    }
}

impl File {
    /// Counts what has no place in samples, but for shapes and flags of the whole picture, of which
    /// the reader of its faces says more.
    pub fn left_out(&self) -> LeftOut {
        let [images, annotations] = [&self.images, &self.annotations].map(Option::is_some);
        let mut found = LeftOut {
            entries: entries(&self.other) + usize::from(images) + usize::from(annotations),
            ..LeftOut::default()
        };
        for shape in self.shapes.iter().flatten() {
            found.entries += entries(&shape.other);
            found.descriptions += usize::from(says(&shape.description));
        }
        found
    }
}

fn entries(other: &Map<String, Value>) -> usize {
    other.values().filter(|value| says(value)).count()
}

fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
