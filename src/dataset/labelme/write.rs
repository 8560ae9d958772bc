//! labelme's files from samples: one a picture, with the shapes and flags of its faces. labelme
//! finds the labels of a picture by its name, in the file of the same stem beside it.

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::Origin;
use super::shapes::{self_flags, shapes_of, shapes_with_flags};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::folders::folder_of;
use crate::dataset::{Dataset, DatasetError, Sample, name_of};

pub fn write(
    kept: &ExportedFaces,
    names: &Names,
    origin: &Origin,
    to: &Path,
) -> Result<(), DatasetError> {
    kept.by_picture().par_iter().try_for_each(|faces| {
        let path = &faces[0].path;
        let image = name_of(Path::new(names.file(path)));
        let file = origin.file(kept.set, faces, &image);
        let file = file.unwrap_or_else(|| anew(kept.set, faces, &image));
        let path = to.join(names.stem(path).to_owned() + ".json");
        let folder = folder_of(&path);
        fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
        let text = serde_json::to_string_pretty(&file).unwrap_or_default();
        fs::write(&path, text).map_err(DatasetError::io(&path))
    })
}

/// A file of what is known of a picture's faces.
fn anew(set: &Dataset, faces: &[&Sample], image: &str) -> Value {
    let alone = faces.len() == 1;
    let all = faces.iter().flat_map(|sample| match alone {
        true => shapes_of(set, sample),
        false => shapes_with_flags(set, sample),
    });
    let mut shapes: Vec<Value> = all.collect();
    let flags = match faces {
        [only] => self_flags(set, only),
        _ => Map::new(),
    };
    // With one face of number 0 the group is clear.
    if let [only] = faces
        && only.face == 0
    {
        shapes
            .iter_mut()
            .for_each(|shape| shape["group_id"] = Value::Null);
    }
    let (width, height) = faces[0].picture_size().ok().unzip();
    json!({
        "version": "5.5.0", "flags": flags, "shapes": shapes,
        "imagePath": image, "imageData": null,
        "imageHeight": height, "imageWidth": width,
    })
}
