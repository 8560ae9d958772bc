//! A COCO file as it is parsed, each value for itself.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::categories::Category;
use crate::dataset::json::Numbers;

#[derive(Deserialize)]
pub struct File {
    pub images: Vec<Image>,
    pub annotations: Vec<Face>,
    #[serde(default)]
    pub categories: Vec<Category>,
}

#[derive(Deserialize)]
pub struct Image {
    #[serde(default)]
    pub id: Value,
    #[serde(default)]
    pub file_name: Value,
    #[serde(default)]
    pub width: Value,
    #[serde(default)]
    pub height: Value,
    /// As this program writes it where `file_name` is that of another file.
    #[serde(default)]
    pub source_path: Value,
}

impl Image {
    /// Where the picture is looked for, whose file lies in `folder`.
    pub fn named(&self, folder: &Path) -> Option<&str> {
        let source = self.source_path.as_str();
        source
            .filter(|path| folder.join(path).is_file())
            .or(self.file_name.as_str())
    }
}

#[derive(Deserialize)]
pub struct Face {
    #[serde(default)]
    pub id: Value,
    #[serde(default)]
    pub image_id: Value,
    #[serde(default)]
    pub category_id: Value,
    #[serde(default)]
    pub bbox: Numbers,
    /// As this program writes it: there is no box of the face's own.
    #[serde(default)]
    pub bbox_source: Value,
    #[serde(default)]
    pub keypoints: Numbers,
    #[serde(default)]
    pub iscrowd: Value,
    #[serde(default)]
    pub attributes: Value,
    #[serde(default)]
    pub split: Value,
    #[serde(default)]
    pub identity: Value,
    #[serde(default)]
    pub columns: Value,
}

impl Face {
    /// Whether anything is said of the face, as in a caption nothing is.
    pub fn is_bare(&self) -> bool {
        let nothing = |value: &Value| match value {
            Value::Null => true,
            Value::Object(values) => values.is_empty(),
            _ => false,
        };
        let values = [&self.attributes, &self.split, &self.identity, &self.columns];
        self.bbox.cells().is_empty()
            && self.keypoints == Numbers::Missing
            && values.into_iter().all(nothing)
    }
}
