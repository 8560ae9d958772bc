//! COCO keypoints. Its left and right are the person's, ours the picture's, so `left_eye` there is
//! our `right_eye`: mapped by name, never by position. Keypoints are pixel indices counted from 0
//! and become continuous coordinates by adding 0.5 (as detectron2 does); `bbox` is an extent and
//! stays. `v` is 0 unknown, 1 occluded, 2 visible.
//!
//! Beyond COCO, an annotation can have `attributes` (as CVAT writes them), `split`, `identity` and
//! `columns`; other programs pass over them.

mod write;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::folders::{Folders, Words, folder_of};
use super::json::{Numbers, word, yes};
use super::number::{self, CONTINUOUS, FROM_ZERO};
use super::{BoxSource, Dataset, DatasetError, Problem, Sample, Split, name_of};
use crate::label::{FaceBox, PointLabel, PointState, Schema, TaskKind, TaskLabels};
pub use write::{attributes, plain, write};

#[derive(Deserialize)]
struct File {
    images: Vec<Image>,
    annotations: Vec<Face>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    file_name: Value,
}

#[derive(Deserialize)]
struct Face {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    image_id: Value,
    #[serde(default)]
    category_id: Value,
    #[serde(default)]
    bbox: Numbers,
    /// As this program writes it: there is no box of the face's own.
    #[serde(default)]
    bbox_source: Value,
    #[serde(default)]
    keypoints: Numbers,
    #[serde(default)]
    iscrowd: Value,
    #[serde(default)]
    attributes: Value,
    #[serde(default)]
    split: Value,
    #[serde(default)]
    identity: Value,
    #[serde(default)]
    columns: Value,
}

#[derive(Deserialize)]
struct Category {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    keypoints: Value,
}

/// Where the keypoints of a category stand in the schema.
struct Places {
    points: Vec<Option<(usize, usize)>>,
    /// It also has keypoints of a body, so that its boxes are not of faces.
    body: bool,
}

/// Boxes of persons, which are kept as text: a face is only a part of them.
const PERSON_BOX: &str = "person_box";
/// The most foreign columns: each has a place in every face.
pub const MAX_COLUMNS: usize = 256;

pub fn read(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let bytes = fs::read(path).map_err(DatasetError::io(path))?;
    let file: File = serde_json::from_slice(&bytes)
        .map_err(|e| DatasetError::format(path, format!("no COCO file: {e}")))?;
    drop(bytes);
    let mut reader = Reader {
        path,
        schema,
        categories: HashMap::new(),
        words: Words::default(),
        set: Dataset {
            name: name_of(path),
            schema: schema.clone(),
            samples: Vec::new(),
            columns: Vec::new(),
            problems: Vec::new(),
        },
    };
    for category in &file.categories {
        reader.category(category);
    }
    let pictures = reader.pictures(&file.images);
    let mut next: HashMap<Arc<Path>, u32> = HashMap::new();
    for face in &file.annotations {
        let Some(picture) = word(&face.image_id).and_then(|id| pictures.get(&id)) else {
            let id = shown(&face.image_id);
            reader.problem(face, format!("no image of the id {id}"));
            continue;
        };
        // A picture that is not there was named with its image.
        let Some(picture) = picture else {
            continue;
        };
        if yes(&face.iscrowd) == Some(true) {
            reader.problem(face, "a crowd rather than a face".into());
            continue;
        }
        match reader.sample(face, picture) {
            Ok(mut sample) => {
                let next = next.entry(picture.clone()).or_default();
                sample.face = *next;
                *next += 1;
                reader.set.samples.push(sample);
            }
            Err(what) => reader.problem(face, what),
        }
    }
    let mut set = reader.set;
    let nothing: Arc<str> = "".into();
    for sample in &mut set.samples {
        sample.columns.resize(set.columns.len(), nothing.clone());
    }
    Ok(set)
}

/// As much of a value as a message needs.
fn shown(value: &Value) -> String {
    number::shown(&value.to_string()).to_owned()
}

struct Reader<'a> {
    path: &'a Path,
    schema: &'a Schema,
    categories: HashMap<String, Places>,
    words: Words,
    set: Dataset,
}

impl Reader<'_> {
    fn problem(&mut self, face: &Face, what: String) {
        let what = format!("annotation {}: {what}", shown(&face.id));
        self.set.problems.push(Problem::new(self.path, None, what));
    }

    fn category(&mut self, category: &Category) {
        let (Some(id), Value::Array(names)) = (word(&category.id), &category.keypoints) else {
            return;
        };
        let ours = theirs(self.schema);
        let names: Vec<&str> = names.iter().map(|n| n.as_str().unwrap_or("")).collect();
        let place = |name: &&str| ours.iter().find(|(n, _)| n == canonical(name)).map(|o| o.1);
        let points: Vec<_> = names.iter().map(place).collect();
        let other: Vec<&str> = names
            .iter()
            .zip(&points)
            .filter_map(|(name, place)| place.is_none().then_some(*name))
            .collect();
        if !other.is_empty() {
            const SHOWN: usize = 20;
            let some = other[..other.len().min(SHOWN)].join(", ");
            let what = format!(
                "category {}: {} of its {} keypoints are none that this program knows: {}",
                shown(&category.id),
                other.len(),
                names.len(),
                number::shown(&some)
            );
            self.set.problems.push(Problem::new(self.path, None, what));
        }
        let limb = |name: &&str| {
            ["shoulder", "hip", "knee", "wrist"]
                .iter()
                .any(|l| name.contains(l))
        };
        let body = other.iter().any(limb);
        self.categories.insert(id, Places { points, body });
    }

    /// The picture of each image id; `None` where it is not there.
    fn pictures(&mut self, images: &[Image]) -> HashMap<String, Option<Arc<Path>>> {
        let roots = roots(self.path);
        let mut folders = Folders::default();
        let mut pictures = HashMap::new();
        let mut paths: std::collections::HashSet<Arc<Path>> = Default::default();
        for image in images {
            let wrong = |what: String| {
                Problem::new(
                    self.path,
                    None,
                    format!("image {}: {what}", shown(&image.id)),
                )
            };
            let (Some(id), Some(name)) = (word(&image.id), image.file_name.as_str()) else {
                let problem = wrong("it needs an id and a file_name".into());
                self.set.problems.push(problem);
                continue;
            };
            if pictures.contains_key(&id) {
                let problem = wrong("this id is there twice; the first image is kept".into());
                self.set.problems.push(problem);
                continue;
            }
            let mut paths_of = roots.iter().map(|root| root.join(name));
            let path: Option<Arc<Path>> = paths_of.find(|p| folders.have(p)).map(Into::into);
            match &path {
                None => {
                    let problem = wrong(format!("{}: no such picture", number::shown(name)));
                    self.set.problems.push(problem);
                }
                Some(path) => {
                    if !paths.insert(path.clone()) {
                        let problem = wrong(format!("{} has another id too", number::shown(name)));
                        self.set.problems.push(problem);
                    }
                }
            }
            pictures.insert(id, path);
        }
        pictures
    }

    fn sample(&mut self, face: &Face, picture: &Arc<Path>) -> Result<Sample, String> {
        let mut sample = Sample::unlabelled(picture, self.schema);
        sample.path = picture.clone();
        let places = word(&face.category_id).and_then(|id| self.categories.get(&id));
        if let Some(values) = &face.keypoints.0 {
            let Some(places) = places else {
                let id = shown(&face.category_id);
                return Err(format!("category {id} does not name its keypoints"));
            };
            points(values, places, &mut sample)?;
        }
        let body = places.is_some_and(|p| p.body);
        if let Some(values) = &face.bbox.0
            && face.bbox_source.is_null()
        {
            let face_box = box_of(&face.bbox).ok_or_else(|| format!("a box of {values:?}"))?;
            if body {
                let text = values
                    .iter()
                    .map(f64::to_string)
                    .collect::<Vec<_>>()
                    .join(" ");
                self.column(&mut sample, PERSON_BOX, &text)?;
            } else {
                sample.face_box = Some((face_box, BoxSource::DataSet));
            }
        }
        if let Value::Object(attributes) = &face.attributes {
            for (name, value) in attributes {
                self.attribute(&mut sample, name, value)?;
            }
        }
        if let Some(split) = face.split.as_str() {
            sample.split = Split::parse(split)?;
        }
        sample.identity = word(&face.identity).map(|name| self.words.get(&name));
        if let Value::Object(columns) = &face.columns {
            for (name, value) in columns {
                let value = word(value).unwrap_or_else(|| value.to_string());
                self.column(&mut sample, name, &value)?;
            }
        }
        Ok(sample)
    }

    fn attribute(&mut self, sample: &mut Sample, name: &str, value: &Value) -> Result<(), String> {
        match (super::attribute(self.schema, name), yes(value)) {
            (Some((task, item)), Some(yes)) => {
                if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task] {
                    labels[item] = yes.into();
                }
                Ok(())
            }
            (Some(_), None) if value.is_null() => Ok(()),
            (Some(_), None) => {
                let value = shown(value);
                Err(format!("{name} {value} is not true or false"))
            }
            (None, _) => {
                let value = word(value).unwrap_or_else(|| value.to_string());
                self.column(sample, name, &value)
            }
        }
    }

    fn column(&mut self, sample: &mut Sample, name: &str, value: &str) -> Result<(), String> {
        let columns = &mut self.set.columns;
        if columns.len() >= MAX_COLUMNS && !columns.iter().any(|c| c == name) {
            return Err(format!("more than {MAX_COLUMNS} other columns"));
        }
        let at = super::position_or_push(columns, name);
        if sample.columns.len() <= at {
            sample.columns.resize(at + 1, self.words.get(""));
        }
        sample.columns[at] = self.words.get(value);
        Ok(())
    }
}

fn points(values: &[f64], places: &Places, sample: &mut Sample) -> Result<(), String> {
    let belong = 3 * places.points.len();
    if values.len() != belong {
        let count = values.len();
        return Err(format!(
            "{count} numbers of keypoints where {belong} belong"
        ));
    }
    for (place, xyv) in places.points.iter().zip(values.chunks_exact(3)) {
        let state = match xyv[2] {
            0.0 => continue,
            1.0 => PointState::Occluded,
            2.0 => PointState::Visible,
            other => return Err(format!("a visibility of {other}")),
        };
        let moved = |v: f64| number::moved(v, FROM_ZERO).ok_or("a keypoint too far away");
        let at = [moved(xyv[0])?, moved(xyv[1])?];
        if let Some((task, item)) = *place
            && let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task]
        {
            labels[item] = PointLabel { at, state };
        }
    }
    Ok(())
}

fn box_of(numbers: &Numbers) -> Option<FaceBox> {
    let [x, y, w, h] = numbers.exactly()?.map(|v| number::moved(v, CONTINUOUS));
    let face_box = FaceBox::new(x?, y?, w?, h?);
    face_box.is_valid().then_some(face_box)
}

/// The folders in which a file's pictures may lie: its own, `images` in it, the one above with
/// its `images`, and there the one that the file is named after (`person_keypoints_val2017.json`
/// of COCO itself has its pictures in `../val2017`).
fn roots(path: &Path) -> Vec<PathBuf> {
    let folder = folder_of(path);
    let above = folder.join("..");
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let last = stem.rsplit('_').next().unwrap_or("").to_owned();
    let mut roots = vec![
        folder.to_owned(),
        folder.join("images"),
        above.clone(),
        above.join("images"),
    ];
    for name in [last.clone(), format!("images/{last}")] {
        roots.push(above.join(name));
    }
    roots
}

/// COCO's name of each point of the schema.
fn theirs(schema: &Schema) -> Vec<(String, (usize, usize))> {
    let mut names = Vec::new();
    for (t, task) in schema.tasks.iter().enumerate() {
        let TaskKind::Points {
            points, flip_pairs, ..
        } = &task.kind
        else {
            continue;
        };
        for (i, name) in points.iter().enumerate() {
            let sided = name.contains("left") || name.contains("right");
            let other = flip_pairs.iter().find_map(|&(a, b)| match i {
                _ if i == a => Some(b),
                _ if i == b => Some(a),
                _ => None,
            });
            let name = match other {
                Some(other) if sided => &points[other],
                _ => name,
            };
            names.push((name.clone(), (t, i)));
        }
    }
    names
}

/// Other names under which a face's points are found.
fn canonical(name: &str) -> &str {
    match name {
        "lefteye" | "eye_left" => "left_eye",
        "righteye" | "eye_right" => "right_eye",
        "nose_tip" => "nose",
        "mouth_left" | "left_mouth_corner" | "mouth_left_corner" | "leftmouth" => "left_mouth",
        "mouth_right" | "right_mouth_corner" | "mouth_right_corner" | "rightmouth" => "right_mouth",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"images": [
        {"id": 7, "file_name": "a.jpg"}, {"id": "8", "file_name": "none.jpg"}, {"id": 9},
        {"id": 7, "file_name": "a.jpg"}],
      "annotations": [
        {"id": 1, "image_id": 7, "category_id": 1, "bbox": [1, 2, 30.5, 40], "segmentation": [[1, 2]],
         "keypoints": [10, 11, 2,  20, 12, 1,  15, 16, 0], "attributes": {"Smiling": true, "x": "y"}},
        {"id": 2, "image_id": 7, "category_id": 2, "bbox": [1, 2, 300, 400],
         "keypoints": [10, 11, 2,  1, 1, 2]},
        {"id": 3, "image_id": 7, "category_id": 1, "keypoints": [10, 11]},
        {"id": 4, "image_id": 5}, {"id": 5, "image_id": 8}, {"id": 6, "image_id": 7, "iscrowd": 1},
        {"id": 7, "image_id": 7, "bbox": [1, 2, 0, 4]},
        {"id": 8, "image_id": 7, "category_id": 3, "keypoints": [1, 1, 2]}],
      "categories": [
        {"id": 1, "keypoints": ["left_eye", "nose", "right_mouth_corner"]},
        {"id": 2, "keypoints": ["left_eye", "left_shoulder"]}]}"#;

    #[test]
    fn a_persons_left_is_the_pictures_right() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.jpg"), "").unwrap();
        fs::write(root.path().join("faces.json"), FILE).unwrap();
        let set = super::super::open(&root.path().join("faces.json"), &Schema::face()).unwrap();
        assert_eq!(set.samples.len(), 2);
        let first = &set.samples[0];
        let TaskLabels::Points(points) = &first.annotation.tasks[0] else {
            unreachable!()
        };
        assert_eq!(
            points[1].at,
            [10.5, 11.5],
            "their left eye is our right one"
        );
        assert_eq!(
            (points[2].at, points[2].state),
            ([20.5, 12.5], PointState::Occluded)
        );
        let unknown = [0, 3, 4].map(|i| points[i].state);
        assert_eq!(unknown, [PointState::Unknown; 3]);
        assert_eq!(
            first.face_box.unwrap().0,
            FaceBox::new(1.0, 2.0, 30.5, 40.0)
        );
        assert_eq!(first.annotation.known(1), 1);
        assert_eq!(set.columns, ["x", PERSON_BOX]);
        let second = &set.samples[1];
        assert_eq!(
            (second.face, second.face_box),
            (1, None),
            "a person's box is no face's"
        );
        assert_eq!(&*second.columns[1], "1 2 300 400");
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        for part in [
            "category 2: 1 of its 2 keypoints are none that this program knows: left_shoulder",
            "none.jpg: no such picture",
            "image 9: it needs",
            "image 7: this id is there twice",
            "annotation 3: 2 numbers",
            "annotation 4: no image",
            "annotation 6: a crowd",
            "annotation 7: a box",
            "annotation 8: category 3",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert_eq!(problems.len(), 9);
    }
}
