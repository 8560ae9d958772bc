//! labelme's files from samples: one a picture, with the shapes and flags of its faces. labelme
//! finds the labels of a picture by its name, in the file of the same stem beside it.

use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::Origin;
use super::file::OCCLUDED;
use crate::dataset::coco::{attributes, plain};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::folders::folder_of;
use crate::dataset::number::{self, CONTINUOUS};
use crate::dataset::{Dataset, DatasetError, Sample, name_of};
use crate::label::{PointState, TaskLabels};

/// The label of boxes.
const BOX: &str = "face";

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
    let mut flags = Map::new();
    let mut shapes = Vec::new();
    for sample in faces {
        let mut own = self_flags(set, sample);
        let mut of_face = shapes_of(set, sample);
        if faces.len() == 1 {
            flags.append(&mut own);
        } else if let Some(first) = of_face.first_mut()
            && let Value::Object(of_shape) = &mut first["flags"]
        {
            // Of a point it says that the point is.
            if sample.face_box.is_none() {
                own.remove(OCCLUDED);
            }
            of_shape.append(&mut own);
        }
        shapes.append(&mut of_face);
    }
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

/// Attributes, and columns that are yes or no.
fn self_flags(set: &Dataset, sample: &Sample) -> Map<String, Value> {
    let mut flags = attributes(set, sample);
    for (name, value) in set.columns.iter().zip(&sample.columns) {
        if let Ok(yes) = value.parse::<bool>() {
            flags.insert(name.clone(), yes.into());
        }
    }
    flags
}

fn shapes_of(set: &Dataset, sample: &Sample) -> Vec<Value> {
    let shape = |label: &str, kind: &str, points: &[[f64; 2]], hidden: bool| {
        let points: Vec<_> = points.iter().map(|p| p.map(plain)).collect();
        let flags = if hidden {
            json!({ OCCLUDED: true })
        } else {
            json!({})
        };
        json!({
            "label": label, "points": points, "group_id": sample.face, "description": "",
            "shape_type": kind, "flags": flags,
        })
    };
    let short = |v: f32| number::unmoved(v, CONTINUOUS);
    let mut shapes = Vec::new();
    if let Some((b, _)) = sample.face_box {
        // In double precision, so that the sides come back as they were.
        let [x, y, w, h] = [b.x, b.y, b.w, b.h].map(short);
        shapes.push(shape(BOX, "rectangle", &[[x, y], [x + w, y + h]], false));
    }
    for (task, labels) in set.schema.tasks.iter().zip(&sample.annotation.tasks) {
        if let TaskLabels::Points(labels) = labels {
            for (name, label) in task.items().zip(labels) {
                let hidden = label.state == PointState::Occluded;
                if let Some(at) = label.known() {
                    shapes.push(shape(name, "point", &[at.map(short)], hidden));
                }
            }
        }
    }
    shapes
}
