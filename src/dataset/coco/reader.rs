//! The annotations of a COCO file as samples.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::categories::{Categories, KeypointItems, Role};
use super::file::{Face, File, Image};
use super::points::coco_points;
use super::values::{MAX_COLUMNS, PERSON_BOX, box_of, point, shown, size};
use crate::dataset::folders::{Interner, folder_of};
use crate::dataset::join::position_or_push;
use crate::dataset::json::{Numbers, Text, word, yes};
use crate::dataset::number;
use crate::dataset::paths::{self, PictureReference};
use crate::dataset::problems::Problems;
use crate::dataset::schema_items::attribute_like;
use crate::dataset::{
    BoxSource, Dataset, DatasetError, LabelPlace, Problem, Sample, Split, name_of,
};
use crate::label::{FaceBox, Schema, TaskLabels};

/// A picture of the file.
struct Picture {
    path: Arc<Path>,
    /// Its place among the file's images.
    image: usize,
    /// As the file has it.
    size: Option<[u32; 2]>,
}

/// What was read, and where in the file it stands.
pub struct Faces {
    pub set: Dataset,
    /// The places of the pictures among the images.
    pub images: Vec<(Arc<Path>, usize)>,
    /// The places among the annotations of the first samples; the others are pictures alone.
    pub annotations: Vec<usize>,
}

pub fn read_faces(path: &Path, schema: &Schema) -> Result<Faces, DatasetError> {
    let wrong = |mut problem: Problem| {
        problem.what = format!("no COCO file: {}", problem.what);
        DatasetError::of_problem(path, problem)
    };
    let parsed = Text::read(path).and_then(|text| text.parse(path));
    let (file, unknown): (File, _) = parsed.map_err(wrong)?;
    let mut reader = Reader {
        path,
        file: path.into(),
        schema,
        categories: Categories::of(&file.categories, &coco_points(schema)),
        text: Interner::default(),
        problems: Problems::default(),
        passed: Problems::default(),
        annotations: Vec::new(),
        set: Dataset {
            name: name_of(path),
            schema: schema.clone(),
            samples: Vec::new(),
            columns: Vec::new(),
            problems: Vec::from_iter(unknown),
        },
    };
    let said = reader.categories.unknown.iter();
    let said = said.map(|what| Problem::new(path, None, what));
    reader.set.problems.extend(said);
    let pictures = reader.pictures(&file.images);
    let mut faces = HashMap::new();
    for (at, face) in file.annotations.iter().enumerate() {
        let before = reader.set.samples.len();
        reader.face(face, &pictures, &mut faces);
        if reader.set.samples.len() > before {
            reader.annotations.push(at);
        }
    }
    reader.duplicates(&file.annotations);
    number(&mut reader.set.samples);
    let all = pictures.values().flatten();
    let mut bare: Vec<&Picture> = all.filter(|p| !faces.contains_key(&p.path)).collect();
    bare.sort_by(|a, b| a.path.cmp(&b.path));
    bare.dedup_by(|a, b| a.path == b.path);
    for picture in bare {
        let mut sample = Sample::unlabelled(&picture.path, schema);
        sample.stated_size = picture.size;
        reader.set.samples.push(sample);
    }
    let Reader {
        categories,
        problems,
        passed,
        annotations,
        mut set,
        ..
    } = reader;
    set.problems.extend(problems.of(path));
    set.problems.extend(categories.passed_over(path));
    set.problems.extend(passed.of(path));
    let nothing: Arc<str> = "".into();
    for sample in &mut set.samples {
        sample.columns.resize(set.columns.len(), nothing.clone());
    }
    let images = pictures.into_values().flatten();
    Ok(Faces {
        set,
        images: images.map(|p| (p.path, p.image)).collect(),
        annotations,
    })
}

struct Reader<'a> {
    path: &'a Path,
    file: Arc<Path>,
    schema: &'a Schema,
    categories: Categories,
    text: Interner,
    /// What could not be used of faces, and annotations that are none.
    problems: Problems,
    passed: Problems,
    annotations: Vec<usize>,
    set: Dataset,
}

impl Reader<'_> {
    fn problem(&mut self, face: &Face, kind: &str, what: String) {
        self.problems
            .of_id("annotation", &shown(&face.id), kind, || what);
    }

    /// The picture of each image id; `None` where it is not there.
    fn pictures(&mut self, images: &[Image]) -> HashMap<String, Option<Picture>> {
        let roots = roots(self.path);
        let folder = folder_of(self.path);
        let named = images.iter().filter_map(|image| image.named(folder));
        let wanted: Vec<PictureReference> = named
            .map(|named| PictureReference {
                roots: &roots,
                named,
            })
            .collect();
        let located = paths::locate(&wanted);
        let notice = located.notice();
        let notice = notice.map(|what| Problem::new(self.path, None, what));
        self.set.problems.extend(notice);
        let mut located = located.of.into_iter();
        let mut pictures: HashMap<String, Option<Picture>> = HashMap::new();
        let mut paths: HashSet<Arc<Path>> = HashSet::new();
        for (at, image) in images.iter().enumerate() {
            let name = image.named(folder);
            let found = name.and_then(|_| located.next());
            let mut wrong = |kind: &str, what: String| {
                self.problems
                    .of_id("image", &shown(&image.id), kind, || what);
            };
            let (Some(id), Some(name), Some(found)) = (word(&image.id), name, found) else {
                wrong("needs", "it needs an id and a file_name".into());
                continue;
            };
            if pictures.contains_key(&id) {
                wrong(
                    "twice",
                    "this id is there twice; the first image is kept".into(),
                );
                continue;
            }
            let picture = match found {
                Ok(path) => Some(Picture {
                    path: path.into(),
                    image: at,
                    size: size(&image.width)
                        .zip(size(&image.height))
                        .map(<[u32; 2]>::from),
                }),
                Err(what) => {
                    wrong("picture", what.to_string());
                    None
                }
            };
            if let Some(picture) = &picture
                && !paths.insert(picture.path.clone())
            {
                wrong("ids", format!("{} has another id too", number::shown(name)));
            }
            pictures.insert(id, picture);
        }
        pictures
    }

    /// Reads an annotation; `faces` are how many each picture has so far.
    fn face(
        &mut self,
        face: &Face,
        pictures: &HashMap<String, Option<Picture>>,
        faces: &mut HashMap<Arc<Path>, u32>,
    ) {
        let picture = word(&face.image_id).and_then(|id| pictures.get(&id));
        let Some(picture) = picture else {
            let what = format!("no image of the id {}", shown(&face.image_id));
            return self.problem(face, "image", what);
        };
        // A picture that is not there was named with its image; how many faces it had is said too.
        let Some(picture) = picture else {
            let what = "its picture is not there".into();
            return self.problem(face, "picture", what);
        };
        let mut pass = |kind: &str, what: &str| {
            let id = shown(&face.id);
            self.passed
                .of_id("annotation", &id, kind, || what.to_owned());
        };
        if yes(&face.iscrowd) == Some(true) {
            return pass("crowd", "a crowd rather than a face");
        }
        if face.is_bare() {
            return pass("bare", "neither box nor points: no face");
        }
        let places = match self.categories.role(&face.category_id) {
            Role::Points(places) => Some(places),
            Role::Box => None,
            Role::Other => return,
            Role::Missing => {
                let what = format!("no category of the id {}", shown(&face.category_id));
                self.problem(face, "category", what);
                None
            }
        };
        let mut sample = Sample::unlabelled(&picture.path, self.schema);
        sample.path = picture.path.clone();
        sample.labelled_at = Some(LabelPlace::new(&self.file, None));
        sample.stated_size = picture.size;
        self.points(face, places.as_deref(), &mut sample);
        let body = places.is_some_and(|p| p.body);
        if body && !self.knows(face, &sample) {
            let id = shown(&face.id);
            let what = || "a person of whose face no point is known: no face".to_owned();
            return self.passed.of_id("annotation", &id, "person", what);
        }
        self.face_box(face, body, &mut sample);
        self.more(face, &mut sample);
        let number = faces.entry(picture.path.clone()).or_default();
        sample.face = *number;
        sample.number = id_number(&face.id);
        *number += 1;
        self.set.samples.push(sample);
    }

    /// Names faces whose annotations have one id: whoever finds them by it finds the wrong one.
    fn duplicates(&mut self, all: &[Face]) {
        let mut first: HashMap<String, usize> = HashMap::new();
        let mut found = Vec::new();
        for (n, &at) in self.annotations.iter().enumerate() {
            let Some(id) = word(&all[at].id) else {
                continue;
            };
            match first.entry(id) {
                Entry::Vacant(place) => {
                    place.insert(n);
                }
                Entry::Occupied(place) => found.push((at, *place.get(), n)),
            }
        }
        for (at, first, second) in found {
            let [first, second] = [first, second].map(|n| name_of(&self.set.samples[n].path));
            let what = match first == second {
                true => format!("two faces of {first} have this id; both are read"),
                false => {
                    format!("a face of {first} and one of {second} have this id; both are read")
                }
            };
            self.problem(&all[at], "twice", what);
        }
    }

    /// Whether any point or attribute of the face is known.
    fn knows(&self, face: &Face, sample: &Sample) -> bool {
        let attributes = face.attributes.as_object().into_iter().flatten();
        let mut attributes = attributes.filter(|(_, value)| yes(value).is_some());
        (0..self.schema.tasks.len()).any(|t| sample.annotation.known(t) > 0)
            || attributes.any(|(name, _)| attribute_like(self.schema, name).is_some())
    }

    fn points(&mut self, face: &Face, places: Option<&KeypointItems>, sample: &mut Sample) {
        if face.keypoints == Numbers::Missing {
            return;
        }
        let cells = face.keypoints.cells();
        let Some(places) = places else {
            let known = cells.iter().any(|c| c.number().is_some_and(|n| n != 0.0));
            if known {
                let id = shown(&face.category_id);
                let what =
                    format!("its points are unknown: category {id} does not name its keypoints");
                self.problem(face, "names", what);
            }
            return;
        };
        let belong = 3 * places.points.len();
        if cells.len() != belong {
            let what = match face.keypoints {
                Numbers::Odd => "its points are unknown: they are no list".to_owned(),
                _ => format!(
                    "its points are unknown: {} numbers of keypoints where {belong} belong",
                    cells.len()
                ),
            };
            return self.problem(face, "count", what);
        }
        for ((place, name), xyv) in places
            .points
            .iter()
            .zip(&places.names)
            .zip(cells.chunks_exact(3))
        {
            let Some((task, item)) = *place else {
                continue;
            };
            match point(xyv) {
                Ok(label) => {
                    if let TaskLabels::Points(labels) = &mut sample.annotation.tasks[task] {
                        labels[item] = label;
                    }
                }
                Err(kind) => {
                    let triple = Numbers::List(xyv.to_vec());
                    self.problem(
                        face,
                        kind,
                        format!("{name} is unknown: {triple} has {kind}"),
                    );
                }
            }
        }
    }

    fn face_box(&mut self, face: &Face, body: bool, sample: &mut Sample) {
        let none = face.bbox.cells().is_empty() && face.bbox != Numbers::Odd;
        // With a source it is one that this program made for others.
        if none || !face.bbox_source.is_null() {
            return;
        }
        let sides: Option<[f64; 4]> = face.bbox.exactly();
        let turned = sides.is_some_and(|[_, _, w, h]| w < 0.0 || h < 0.0);
        let Some(face_box) = sides.and_then(box_of) else {
            // CVAT writes them of skeletons that lie on a line, and for points without a shape.
            let empty = sides.is_some_and(|[_, _, w, h]| w == 0.0 || h == 0.0);
            let share = sides.is_some_and(|all| all.iter().all(|v| (0.0..=1.0).contains(v)));
            let (kind, why) = match (empty, share) {
                (true, _) => ("empty box", "it has no area"),
                (_, true) => ("normalised box", "it is less than a pixel (normalised?)"),
                _ => ("box", "it is no box of x, y, width and height"),
            };
            let what = format!("its box {} is unknown: {why}", face.bbox);
            return self.problem(face, kind, what);
        };
        if turned {
            let what = format!("its box {} is taken from its corners", face.bbox);
            self.problem(face, "turned box", what);
        }
        if body {
            let FaceBox { x, y, w, h, .. } = face_box;
            let text = [x, y, w, h].map(|v| v.to_string()).join(" ");
            self.column(face, sample, PERSON_BOX, &text);
        } else {
            sample.face_box = Some((face_box, BoxSource::DataSet));
        }
    }

    /// Attributes, split, identity and columns.
    fn more(&mut self, face: &Face, sample: &mut Sample) {
        match &face.attributes {
            Value::Object(attributes) => {
                for (name, value) in attributes {
                    self.attribute(face, sample, name, value);
                }
            }
            Value::Null => {}
            Value::Array(list) if list.is_empty() => {}
            other => {
                let what = format!("its attributes are unknown: {}", shown(other));
                self.problem(face, "attributes", what);
            }
        }
        match face.split.as_str().map(Split::parse) {
            Some(Ok(split)) => sample.split = split,
            Some(Err(error)) => self.problem(face, "split", error.to_string()),
            None => {}
        }
        sample.identity = word(&face.identity).map(|name| self.text.get(&name));
        if let Value::Object(columns) = &face.columns {
            for (name, value) in columns {
                let value = word(value).unwrap_or_else(|| value.to_string());
                self.column(face, sample, name, &value);
            }
        }
    }

    fn attribute(&mut self, face: &Face, sample: &mut Sample, name: &str, value: &Value) {
        let Some((task, item)) = attribute_like(self.schema, name) else {
            let value = word(value).unwrap_or_else(|| value.to_string());
            return self.column(face, sample, name, &value);
        };
        match yes(value) {
            Some(yes) => {
                if let TaskLabels::Binary(labels) = &mut sample.annotation.tasks[task] {
                    labels[item] = yes.into();
                }
            }
            None if value.is_null() => {}
            None => {
                let what = format!("{name} is unknown: {} is not true or false", shown(value));
                self.problem(face, &format!("attribute {name}"), what);
            }
        }
    }

    fn column(&mut self, face: &Face, sample: &mut Sample, name: &str, value: &str) {
        let columns = &mut self.set.columns;
        if columns.len() >= MAX_COLUMNS && !columns.iter().any(|c| c == name) {
            let what = format!("more than {MAX_COLUMNS} other columns: the rest is left out");
            return self.problem(face, "columns", what);
        }
        let at = position_or_push(columns, name);
        if sample.columns.len() <= at {
            sample.columns.resize(at + 1, self.text.get(""));
        }
        sample.columns[at] = self.text.get(value);
    }
}

/// The id of an annotation as the number of its face; larger ones are shown by no face.
fn id_number(id: &Value) -> Option<u32> {
    word(id)?.parse().ok()
}

/// Takes ids away by which the faces of a picture cannot be told apart.
fn number(samples: &mut [Sample]) {
    let mut seen: HashMap<(Arc<Path>, u32), u32> = HashMap::new();
    let key = |sample: &Sample| Some((sample.path.clone(), sample.number?));
    for key in samples.iter().filter_map(key) {
        *seen.entry(key).or_default() += 1;
    }
    let twice = seen.into_iter().filter(|(_, count)| *count > 1);
    let twice: HashSet<Arc<Path>> = twice.map(|((path, _), _)| path).collect();
    for sample in samples.iter_mut().filter(|s| twice.contains(&s.path)) {
        sample.number = None;
    }
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
