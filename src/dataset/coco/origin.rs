//! A COCO file that was read, for writing it again with its own ids, categories and names, so that
//! other programs can hold the two files against each other.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::reader::read_faces;
use super::values::{BOX_SOURCE, FROM_KEYPOINTS, UNKNOWN, box_of, extent, plain, point};
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::json::{Numbers, Text, word};
use crate::dataset::{Sample, recognise};
use crate::label::Schema;

/// Where a picture lies that `file_name` does not lead to from the file.
pub const SOURCE_PATH: &str = "source_path";

#[derive(Deserialize)]
struct Raw {
    images: Vec<Map<String, Value>>,
    annotations: Vec<Map<String, Value>>,
    #[serde(default)]
    categories: Vec<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

pub struct Origin {
    raw: Raw,
    /// The image of each picture, by its real path.
    images: HashMap<PathBuf, usize>,
    /// The annotation of each face, by its image and number.
    annotations: HashMap<(usize, u32), usize>,
}

impl Origin {
    /// The one COCO file that a set was read from; `None` where there is another source, or ids
    /// that do not tell what they are of.
    pub fn of(sources: &[PathBuf], schema: &Schema) -> Option<Self> {
        let [source] = sources else { return None };
        let path = recognise::coco_file(source)?;
        let (raw, _): (Raw, _) = Text::read(&path).ok()?.parse(&path).ok()?;
        if !(are_ids(&raw.images) && are_ids(&raw.annotations)) {
            return None;
        }
        let found = read_faces(&path, schema).ok()?;
        let mut images = HashMap::new();
        for (path, image) in found.images {
            // Two images of one picture would have each other's faces.
            if images.insert(real(&path), image).is_some() {
                return None;
            }
        }
        let mut annotations = HashMap::new();
        for (sample, annotation) in found.set.samples.iter().zip(found.annotations) {
            let image = *images.get(&real(&sample.path))?;
            annotations.insert((image, sample.face), annotation);
        }
        Some(Self {
            raw,
            images,
            annotations,
        })
    }

    /// The file with the faces that are kept; `None` where one of them is not of this file.
    pub fn file(&self, kept: &ExportedFaces, names: &Names) -> Option<Value> {
        let copied = names.are_placed();
        let mut places: HashMap<&Path, usize> = HashMap::new();
        let mut images: Vec<Option<Value>> = vec![None; self.raw.images.len()];
        let mut annotations = Vec::with_capacity(kept.samples.len());
        for sample in &kept.samples {
            let image = match places.get(&*sample.path) {
                Some(&image) => image,
                None => {
                    let image = *self.images.get(&real(&sample.path))?;
                    let text = names.text(&sample.path);
                    images[image] = Some(self.image(image, text, copied));
                    places.insert(&sample.path, image);
                    image
                }
            };
            match self.annotations.get(&(image, sample.face)) {
                Some(&at) => annotations.push((at, self.annotation(at, image, sample))),
                // A picture without faces has no annotation.
                None if sample.face == 0 => {}
                None => return None,
            }
        }
        annotations.sort_by_key(|(at, _)| *at);
        let annotations: Vec<Value> = annotations.into_iter().map(|(_, face)| face).collect();
        let mut file = self.raw.rest.clone();
        file.insert(
            "images".into(),
            images.into_iter().flatten().collect::<Vec<_>>().into(),
        );
        file.insert("annotations".into(), annotations.into());
        file.insert("categories".into(), self.raw.categories.clone().into());
        Some(Value::Object(file))
    }

    fn image(&self, at: usize, text: String, copied: bool) -> Value {
        let mut image = self.raw.images[at].clone();
        let name = if copied { "file_name" } else { SOURCE_PATH };
        image.insert(name.into(), text.into());
        Value::Object(image)
    }

    /// The annotation as it was, its numbers in the form that COCO's own tools read.
    fn annotation(&self, at: usize, image: usize, sample: &Sample) -> Value {
        let mut face = self.raw.annotations[at].clone();
        face.insert("image_id".into(), self.raw.images[image]["id"].clone());
        let category = self.category(face.get("category_id"));
        if let Some(category) = category {
            face.insert("category_id".into(), category["id"].clone());
        }
        let names = category.and_then(|c| c["keypoints"].as_array());
        let keypoints = names.map(|names| keypoints(face.get("keypoints"), names.len()));
        if let Some(keypoints) = &keypoints {
            let known = keypoints.chunks_exact(3).filter(|k| k[2] > 0.0).count();
            face.insert("num_keypoints".into(), known.into());
            let numbers: Vec<Value> = keypoints.iter().map(|n| plain(*n)).collect();
            face.insert("keypoints".into(), numbers.into());
        }
        let sides = numbers(face.get("bbox")).exactly::<4>();
        let sides = match sides.filter(|sides| box_of(*sides).is_some()) {
            Some([x, y, w, h]) => [x + w.min(0.0), y + h.min(0.0), w.abs(), h.abs()],
            None => {
                let extent = keypoints.as_deref().and_then(extent);
                let source = extent.map_or(UNKNOWN, |_| FROM_KEYPOINTS);
                face.insert(BOX_SOURCE.into(), source.into());
                extent.unwrap_or_default()
            }
        };
        face.insert("bbox".into(), json!(sides.map(plain)));
        if !face.get("area").is_some_and(Value::is_number) {
            face.insert("area".into(), plain(sides[2] * sides[3]));
        }
        // A crowd is no face.
        face.insert("iscrowd".into(), 0.into());
        if let (Some(split), None) = (sample.split, face.get("split")) {
            face.insert("split".into(), split.to_string().into());
        }
        Value::Object(face)
    }

    fn category(&self, id: Option<&Value>) -> Option<&Value> {
        let all = &self.raw.categories;
        match id.and_then(word) {
            Some(id) => all.iter().find(|c| word(&c["id"]).as_ref() == Some(&id)),
            None if all.len() == 1 => all.first(),
            None => None,
        }
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Whether each has an id of its own.
fn are_ids(all: &[Map<String, Value>]) -> bool {
    let mut seen = HashSet::new();
    all.iter().all(|one| {
        one.get("id")
            .and_then(word)
            .is_some_and(|id| seen.insert(id))
    })
}

fn numbers(value: Option<&Value>) -> Numbers {
    let value = value.cloned().unwrap_or_default();
    serde_json::from_value(value).unwrap_or_default()
}

/// x, y and v of each point as they were; zeros where they say nothing that can be used.
fn keypoints(value: Option<&Value>, count: usize) -> Vec<f64> {
    let numbers = numbers(value);
    let cells = numbers.cells();
    if cells.len() != 3 * count {
        return vec![0.0; 3 * count];
    }
    let triples = cells.chunks_exact(3).flat_map(|xyv| {
        let all: Option<Vec<f64>> = xyv.iter().map(|cell| cell.number()).collect();
        match (all.as_deref(), point(xyv)) {
            (Some(&[x, y, v]), Ok(_)) => [x, y, v],
            _ => [0.0; 3],
        }
    });
    triples.collect()
}
