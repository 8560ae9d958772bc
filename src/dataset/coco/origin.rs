//! A COCO file that was read, for writing it again with its own ids, categories and names, so that
//! other programs can hold the two files against each other.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::categories::{Categories, Category, Role};
use super::edited::{Place, edit};
use super::points::coco_points;
use super::reader::read_faces;
use super::values::{
    BOX_SOURCE, FROM_KEYPOINTS, UNKNOWN, box_of, extent, hundredths, keypoints, numbers, plain,
};
use crate::dataset::check_labels::check_labels;
use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::export::names::Names;
use crate::dataset::json::{Text, word};
use crate::dataset::{Dataset, Sample, recognise};
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
    /// The annotation of each face, and what was read of it, by its image and number.
    annotations: HashMap<(usize, u32), (usize, Sample)>,
    /// Where the keypoints of each category of faces stand in the schema, by its id.
    places: HashMap<String, CategoryPlaces>,
}

struct CategoryPlaces {
    points: Vec<Option<Place>>,
    /// Its boxes are not of faces.
    body: bool,
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
        let mut found = read_faces(&path, schema).ok()?;
        check_labels(&mut found.set);
        let mut images = HashMap::new();
        for (path, image) in found.images {
            // Two images of one picture would have each other's faces.
            if images.insert(real(&path), image).is_some() {
                return None;
            }
        }
        let mut annotations = HashMap::new();
        for (sample, annotation) in found.set.samples.into_iter().zip(found.annotations) {
            let image = *images.get(&real(&sample.path))?;
            annotations.insert((image, sample.face), (annotation, sample));
        }
        let places = places(&raw.categories, schema);
        Some(Self {
            raw,
            images,
            annotations,
            places,
        })
    }

    /// The file with the faces that are kept, each annotation as it was but for what was edited; `None`
    /// where a picture is not of this file, or where a category has no place for what was edited.
    pub fn file(&self, kept: &ExportedFaces, names: &Names) -> Option<Value> {
        let copied = names.are_placed();
        let ids = self.raw.annotations.iter().filter_map(|a| a.get("id"));
        let mut next_id = ids.filter_map(Value::as_u64).max().unwrap_or(0);
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
                Some((at, was)) => {
                    let face = self.raw.annotations[*at].clone();
                    let face = self.annotation(face, image, (kept.set, was, sample))?;
                    annotations.push((*at, face));
                }
                // A picture without faces has no annotation.
                None if says_nothing(sample) => {}
                None => {
                    next_id += 1;
                    let at = self.raw.annotations.len() + annotations.len();
                    let was = Sample::unlabelled(&sample.path, &kept.set.schema);
                    let face = self.new_face(next_id)?;
                    let face = self.annotation(face, image, (kept.set, &was, sample))?;
                    annotations.push((at, face));
                }
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

    /// A face that the file does not have, of the first category that has points of faces alone.
    fn new_face(&self, id: u64) -> Option<Map<String, Value>> {
        let category = self.raw.categories.iter().find(|c| {
            let places = word(&c["id"]).and_then(|id| self.places.get(&id));
            places.is_some_and(|places| !places.body && !places.points.is_empty())
        });
        let mut face = Map::new();
        face.insert("id".into(), id.into());
        face.insert("category_id".into(), category?["id"].clone());
        face.insert("keypoints".into(), json!([]));
        Some(face)
    }

    /// The annotation as it was but for what was edited, its numbers in the form that COCO's own tools
    /// read.
    fn annotation(
        &self,
        mut face: Map<String, Value>,
        image: usize,
        (set, was, sample): (&Dataset, &Sample, &Sample),
    ) -> Option<Value> {
        face.insert("image_id".into(), self.raw.images[image]["id"].clone());
        let category = self.category(face.get("category_id"));
        if let Some(category) = category {
            face.insert("category_id".into(), category["id"].clone());
        }
        let places = category.and_then(|c| self.places.get(&word(&c["id"])?));
        let body = places.is_some_and(|places| places.body);
        if body && sample.face_box != was.face_box {
            return None;
        }
        let points = places.map_or(&[][..], |places| &places.points);
        edit(&mut face, points, set, (was, sample))?;
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
            face.insert("area".into(), plain(hundredths(sides[2] * sides[3])));
        }
        // A crowd is no face.
        face.insert("iscrowd".into(), 0.into());
        if let (Some(split), None) = (sample.split, face.get("split")) {
            face.insert("split".into(), split.to_string().into());
        }
        Some(Value::Object(face))
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

/// Whether nothing is known of a face.
fn says_nothing(sample: &Sample) -> bool {
    let tasks = 0..sample.annotation.tasks.len();
    sample.face_box.is_none() && tasks.into_iter().all(|t| sample.annotation.known(t) == 0)
}

fn places(categories: &[Value], schema: &Schema) -> HashMap<String, CategoryPlaces> {
    let parsed = categories.iter().cloned().map(serde_json::from_value);
    let parsed: Vec<Category> = parsed.filter_map(Result::ok).collect();
    let known = Categories::of(&parsed, &coco_points(schema));
    let each = categories.iter().filter_map(|category| {
        let id = &category["id"];
        let (points, body) = match known.role(id) {
            Role::Points(items) => (items.points.clone(), items.body),
            Role::Box | Role::Other | Role::Missing => (Vec::new(), false),
        };
        Some((word(id)?, CategoryPlaces { points, body }))
    });
    each.collect()
}
