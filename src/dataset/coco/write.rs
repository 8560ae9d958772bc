//! COCO keypoints from samples: one file with a category of our points under their names there.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::origin::Origin;
use super::points::coco_points;
use super::values::{
    BOX_SOURCE, FROM_KEYPOINTS, UNKNOWN, attributes, extent, hundredths, plain, triple,
};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::export::target::write_file;
use crate::dataset::number::{self, CONTINUOUS};
use crate::dataset::{Dataset, DatasetError, Sample};
use crate::label::{PointLabel, TaskLabels};

/// What the file is called.
const FILE: &str = "annotations.json";

pub fn write(
    kept: &ExportedFaces,
    names: &Names,
    origin: Option<&Origin>,
    to: &Path,
) -> Result<(), DatasetError> {
    let file = origin.and_then(|origin| origin.file(kept, names));
    let file = file.unwrap_or_else(|| anew(kept, names));
    write_file(&to.join(FILE), file.to_string().as_bytes())
}

/// A file with ids and a category of this program's.
fn anew(kept: &ExportedFaces, names: &Names) -> Value {
    let theirs = coco_points(&kept.set.schema);
    let mut ids: HashMap<&Path, usize> = HashMap::new();
    let mut pictures: Vec<&Sample> = Vec::new();
    let mut faces = Vec::with_capacity(kept.samples.len());
    for (n, sample) in (1..).zip(&kept.samples) {
        let image = *ids.entry(&sample.path).or_insert_with(|| {
            pictures.push(sample);
            pictures.len()
        });
        faces.push(face_json(kept.set, sample, &theirs, n, image));
    }
    let sizes: Vec<_> = pictures
        .par_iter()
        .map(|sample| sample.picture_size().ok())
        .collect();
    let images = (1..)
        .zip(pictures.iter().zip(sizes))
        .map(|(id, (sample, size)): (usize, _)| {
            let (width, height) = size.unzip();
            json!({"id": id, "file_name": names.text(&sample.path), "width": width, "height": height})
        });
    let keypoints: Vec<&String> = theirs.iter().map(|(name, _)| name).collect();
    json!({
        "info": {"description": kept.set.name},
        "licenses": [],
        "images": images.collect::<Vec<_>>(),
        "annotations": faces,
        "categories": [{
            "id": 1, "name": "face", "supercategory": "person", "keypoints": keypoints,
            "skeleton": [],
        }],
    })
}

fn face_json(
    set: &Dataset,
    sample: &Sample,
    theirs: &[(String, (usize, usize))],
    id: usize,
    image: usize,
) -> Value {
    let mut keypoints = Vec::with_capacity(3 * theirs.len());
    for (_, (task, item)) in theirs {
        let label = match &sample.annotation.tasks[*task] {
            TaskLabels::Points(labels) => labels[*item],
            TaskLabels::Binary(_) => PointLabel::default(),
        };
        keypoints.extend(triple(label));
    }
    let known = keypoints.chunks_exact(3).filter(|k| k[2] > 0.0).count();
    let (sides, source) = match sample.face_box {
        Some((b, _)) => {
            let sides = [b.x, b.y, b.w, b.h].map(|v| number::unmoved(v, CONTINUOUS));
            (sides, None)
        }
        None => match extent(&keypoints) {
            Some(extent) => (extent, Some(FROM_KEYPOINTS)),
            None => ([0.0; 4], Some(UNKNOWN)),
        },
    };
    let keypoints: Vec<Value> = keypoints.into_iter().map(plain).collect();
    let mut face = json!({
        "id": id, "image_id": image, "category_id": 1, "iscrowd": 0,
        "keypoints": keypoints, "num_keypoints": known,
        "bbox": sides.map(plain), "area": plain(hundredths(sides[2] * sides[3])),
    });
    if let Some(source) = source {
        face[BOX_SOURCE] = source.into();
    }
    let attributes = attributes(set, sample);
    if !attributes.is_empty() {
        face["attributes"] = Value::Object(attributes);
    }
    if let Some(split) = sample.split {
        face["split"] = split.to_string().into();
    }
    if let Some(identity) = &sample.identity {
        face["identity"] = (**identity).into();
    }
    let columns: BTreeMap<&String, &str> = set
        .columns
        .iter()
        .zip(&sample.columns)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, &**value))
        .collect();
    if !columns.is_empty() {
        face["columns"] = json!(columns);
    }
    face
}
