//! labelme: a JSON file a picture. Shapes of type `point` are named as in the schema (left is the
//! picture's left), a `rectangle` is the face's box, `flags` are attributes. Coordinates are
//! continuous already: (0, 0) is the outer corner of the first pixel. Several faces of a picture
//! are told apart by `group_id`, and then flags are those of a face's shapes; a point whose own
//! flag `occluded` is set is that.

mod write;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::coco::MAX_COLUMNS;
use super::folders::{Folders, Words, folder_of};
use super::json::{Numbers, broken, yes};
use super::number::{self, CONTINUOUS};
use super::{BoxSource, Dataset, DatasetError, Problem, Sample, name_of};
use crate::label::{FaceBox, PointLabel, PointState, Schema, TaskKind, TaskLabels};
pub use write::write;

/// A file of labelme's, and what tells others from it.
#[derive(Deserialize)]
struct File {
    shapes: Option<Vec<Shape>>,
    #[serde(default)]
    flags: Value,
    #[serde(default, rename = "imagePath")]
    image_path: Value,
    images: Option<IgnoredAny>,
    annotations: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    label: Value,
    #[serde(default)]
    points: Vec<Numbers>,
    #[serde(default)]
    group_id: Value,
    #[serde(default)]
    shape_type: Value,
    #[serde(default)]
    flags: Value,
}

const OCCLUDED: &str = "occluded";

/// Reads `files` and, as faces of which nothing is known, those of `pictures` that none is about.
pub fn read(
    path: &Path,
    pictures: &[PathBuf],
    files: &[PathBuf],
    schema: &Schema,
) -> Result<Dataset, DatasetError> {
    let mut set = Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples: Vec::new(),
        columns: Vec::new(),
        problems: Vec::new(),
    };
    let parsed: Vec<Result<Parsed, Problem>> =
        files.par_iter().map(|file| parse(file, schema)).collect();
    let mut words = Words::default();
    let mut folders = Folders::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    for (file, parsed) in files.iter().zip(parsed) {
        let Parsed {
            picture,
            faces,
            problems,
        } = match parsed {
            Ok(parsed) => parsed,
            Err(problem) => {
                set.problems.push(problem);
                continue;
            }
        };
        let problems = problems
            .into_iter()
            .map(|what| Problem::new(file, None, what));
        set.problems.extend(problems);
        let Some(picture) = find(file, &picture, &mut folders) else {
            let what = format!(
                "{}: no such picture",
                number::shown(&picture.to_string_lossy())
            );
            set.problems.push(Problem::new(file, None, what));
            continue;
        };
        if !seen.insert(picture.clone()) {
            let what = format!(
                "{} has labels in another file, which are kept",
                name_of(&picture)
            );
            set.problems.push(Problem::new(file, None, what));
            continue;
        }
        for found in faces {
            found.enter(&mut set, file, &picture, &mut words);
        }
    }
    let others = pictures.iter().filter(|p| !seen.contains(*p));
    set.samples
        .extend(others.map(|p| Sample::unlabelled(p, schema)));
    set.samples
        .sort_by(|a, b| (&a.path, a.face).cmp(&(&b.path, b.face)));
    let nothing = words.get("");
    for sample in &mut set.samples {
        sample.columns.resize(set.columns.len(), nothing.clone());
    }
    Ok(set)
}

/// The picture of a file: the one it names, else the one of its own name.
fn find(file: &Path, named: &Path, folders: &mut Folders) -> Option<PathBuf> {
    let path = folder_of(file).join(named);
    if !named.as_os_str().is_empty() && folders.have(&path) {
        return Some(path);
    }
    let endings = [
        "jpg", "png", "jpeg", "JPG", "PNG", "bmp", "webp", "tif", "tiff", "gif",
    ];
    let mut paths = endings.iter().map(|ending| file.with_extension(ending));
    paths.find(|path| folders.have(path))
}

/// A face of a file, and flags of it that are no attributes.
struct Found {
    sample: Sample,
    flags: BTreeMap<String, bool>,
}

impl Found {
    /// Adds the face to those of `set`, its flags as columns.
    fn enter(mut self, set: &mut Dataset, file: &Path, picture: &Path, words: &mut Words) {
        self.sample.path = picture.into();
        let columns = &mut self.sample.columns;
        for (name, yes) in self.flags {
            if set.columns.len() >= MAX_COLUMNS && !set.columns.contains(&name) {
                let what = format!("more than {MAX_COLUMNS} other flags");
                set.problems.push(Problem::new(file, None, what));
                break;
            }
            let at = super::position_or_push(&mut set.columns, &name);
            if columns.len() <= at {
                columns.resize(at + 1, words.get(""));
            }
            columns[at] = words.get(if yes { "true" } else { "false" });
        }
        set.samples.push(self.sample);
    }
}

/// What a file says.
struct Parsed {
    picture: PathBuf,
    faces: Vec<Found>,
    problems: Vec<String>,
}

fn parse(path: &Path, schema: &Schema) -> Result<Parsed, Problem> {
    let bytes = fs::read(path).map_err(|e| Problem::new(path, None, e.to_string()))?;
    let file: File = serde_json::from_slice(&bytes).map_err(|e| broken(path, &e))?;
    let Some(shapes) = file.shapes else {
        let what = match file.images.is_some() && file.annotations.is_some() {
            true => "a COCO file among labelme's: open it by itself",
            false => "no labelme file: it has no shapes",
        };
        return Err(Problem::new(path, None, what));
    };
    let name = file.image_path.as_str().unwrap_or("").replace('\\', "/");
    let mut faces = Faces {
        schema,
        by_group: BTreeMap::new(),
        problems: Vec::new(),
    };
    for shape in &shapes {
        if let Err(what) = faces.shape(shape) {
            faces.problems.push(what);
        }
    }
    if let Value::Object(flags) = &file.flags {
        if faces.by_group.is_empty() {
            faces.face(0);
        }
        let only = faces.by_group.keys().next().copied();
        match only.filter(|_| faces.by_group.len() == 1) {
            Some(group) => faces.flags(group, flags),
            None if flags.is_empty() => {}
            None => {
                let what =
                    "flags of a picture with several faces, which say nothing of one of them";
                faces.problems.push(what.into());
            }
        }
    }
    if faces.by_group.is_empty() {
        faces.face(0);
    }
    Ok(Parsed {
        picture: name.into(),
        problems: faces.problems,
        faces: faces.by_group.into_values().collect(),
    })
}

struct Faces<'a> {
    schema: &'a Schema,
    by_group: BTreeMap<u32, Found>,
    problems: Vec<String>,
}

impl Faces<'_> {
    fn face(&mut self, group: u32) -> &mut Found {
        self.by_group.entry(group).or_insert_with(|| {
            let mut sample = Sample::unlabelled(Path::new(""), self.schema);
            sample.face = group;
            Found {
                sample,
                flags: BTreeMap::new(),
            }
        })
    }

    fn shape(&mut self, shape: &Shape) -> Result<(), String> {
        let label = number::shown(shape.label.as_str().unwrap_or("")).to_owned();
        let group = match &shape.group_id {
            Value::Null => 0,
            id => match id.as_u64().and_then(|id| u32::try_from(id).ok()) {
                Some(id) => id,
                None => return Err(format!("{label:?}: its group_id is not a number")),
            },
        };
        let points: Option<Vec<[f64; 2]>> = shape.points.iter().map(Numbers::exactly).collect();
        let points = points.ok_or_else(|| format!("{label:?}: a point is not two numbers"))?;
        match (shape.shape_type.as_str(), &points[..]) {
            (Some("point"), [at]) => {
                let [x, y] = at.map(|v| number::moved(v, CONTINUOUS));
                let at = x.zip(y).ok_or_else(|| format!("{label:?}: too far away"))?;
                self.point(group, &label, at.into(), &shape.flags)?;
            }
            (Some("rectangle"), [a, b]) => self.rectangle(group, *a, *b)?,
            (kind, _) => {
                let (kind, n) = (number::shown(kind.unwrap_or("shape")), points.len());
                return Err(format!(
                    "{label:?}: a {kind} of {n} points is neither point nor box"
                ));
            }
        }
        if let Value::Object(flags) = &shape.flags {
            self.flags(group, flags);
        }
        Ok(())
    }

    fn point(
        &mut self,
        group: u32,
        label: &str,
        at: [f32; 2],
        flags: &Value,
    ) -> Result<(), String> {
        let place = self.schema.tasks.iter().enumerate().find_map(|(t, task)| {
            let points = matches!(task.kind, TaskKind::Points { .. });
            let item = task.items().position(|name| name == label)?;
            points.then_some((t, item))
        });
        let Some((task, item)) = place else {
            return Err(format!("{label:?} is no point of the schema"));
        };
        let hidden = yes(&flags[OCCLUDED]) == Some(true);
        let state = if hidden {
            PointState::Occluded
        } else {
            PointState::Visible
        };
        let found = self.face(group);
        if let TaskLabels::Points(labels) = &mut found.sample.annotation.tasks[task] {
            if labels[item].known().is_some() {
                return Err(format!("{label:?} is there twice; the first one is kept"));
            }
            labels[item] = PointLabel { at, state };
        }
        Ok(())
    }

    fn rectangle(&mut self, group: u32, a: [f64; 2], b: [f64; 2]) -> Result<(), String> {
        let [x, y] = [0, 1].map(|i| a[i].min(b[i]) as f32);
        let [w, h] = [0, 1].map(|i| (a[i] - b[i]).abs() as f32);
        let face_box = number::checked(FaceBox::new(x, y, w, h))?;
        let found = self.face(group);
        if found.sample.face_box.is_some() {
            return Err(format!(
                "a second box of face {group}; the first one is kept"
            ));
        }
        found.sample.face_box = Some((face_box, BoxSource::DataSet));
        Ok(())
    }

    fn flags(&mut self, group: u32, flags: &Map<String, Value>) {
        for (name, value) in flags.iter().filter(|(name, _)| *name != OCCLUDED) {
            let Some(yes) = yes(value) else {
                let name = number::shown(name);
                self.problems
                    .push(format!("the flag {name:?} is not true or false"));
                continue;
            };
            let place = super::attribute(self.schema, name);
            let found = self.face(group);
            match place {
                Some((task, item)) => {
                    if let TaskLabels::Binary(labels) = &mut found.sample.annotation.tasks[task] {
                        labels[item] = yes.into();
                    }
                }
                None if found.flags.len() < MAX_COLUMNS => {
                    found.flags.insert(name.clone(), yes);
                }
                None => self
                    .problems
                    .push(format!("more than {MAX_COLUMNS} other flags")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_several_faces_and_wrong_ones() {
        let shape = |label: &str, points: &str, group: &str, kind: &str, flags: &str| {
            format!(
                r#"{{"label": "{label}", "points": {points}, "group_id": {group},
                    "shape_type": "{kind}", "flags": {flags}}}"#
            )
        };
        let shapes = [
            shape(
                "left_eye",
                "[[10, 11]]",
                "null",
                "point",
                r#"{"occluded": true}"#,
            ),
            shape(
                "face",
                "[[40, 50], [10, 20.5]]",
                "0",
                "rectangle",
                r#"{"Smiling": true}"#,
            ),
            shape(
                "nose",
                "[[5, 6]]",
                "3",
                "point",
                r#"{"Smiling": false, "odd": true}"#,
            ),
            shape("nose", "[[7, 8]]", "3", "point", "{}"),
            shape("chin", "[[7, 8]]", "3", "point", "{}"),
            shape("hair", "[[7, 8], [1, 1], [2, 2]]", "3", "polygon", "{}"),
            shape("face", "[[1, 1], [9, 9]]", "0", "rectangle", "{}"),
            shape("nose", "[[7]]", "0", "point", "{}"),
        ];
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        let file = |shapes: &str, flags: &str, image: &str| {
            format!(r#"{{"shapes": [{shapes}], "flags": {flags}, "imagePath": "{image}"}}"#)
        };
        write("a.json", &file(&shapes.join(","), "{}", "a.jpg"));
        write(
            "b.json",
            &file("", r#"{"Young": true, "odd": false}"#, "moved/b.jpg"),
        );
        write("c.json", &file("", "{}", "c.jpg"));
        write("d.json", "{\"shapes\": [\n5]}");
        for name in ["a.jpg", "b.jpg", "plain.jpg"] {
            write(name, "");
        }
        let set = crate::dataset::open(root.path(), &Schema::face()).unwrap();
        let faces: Vec<_> = set
            .samples
            .iter()
            .map(|s| (name_of(&s.path), s.face))
            .collect();
        let expected = [("a.jpg", 0), ("a.jpg", 3), ("b.jpg", 0), ("plain.jpg", 0)];
        assert_eq!(faces, expected.map(|(name, face)| (name.to_owned(), face)));
        let point = |sample: usize, item: usize| match &set.samples[sample].annotation.tasks[0] {
            TaskLabels::Points(points) => points[item],
            TaskLabels::Binary(_) => unreachable!(),
        };
        assert_eq!(
            (point(0, 0).at, point(0, 0).state),
            ([10.0, 11.0], PointState::Occluded)
        );
        assert_eq!(point(1, 2).at, [5.0, 6.0], "the first of two");
        let face_box = set.samples[0].face_box.unwrap().0;
        assert_eq!(face_box, FaceBox::new(10.0, 20.5, 30.0, 29.5));
        let known: Vec<_> = set.samples.iter().map(|s| s.annotation.known(1)).collect();
        assert_eq!(known, [1, 1, 1, 0]);
        assert_eq!(set.columns, ["odd"]);
        let odd: Vec<_> = set.samples.iter().map(|s| &*s.columns[0]).collect();
        assert_eq!(odd, ["", "true", "false", ""]);
        let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
        let all = problems.join("\n");
        for part in [
            "a.json: \"nose\" is there twice",
            "\"chin\" is no point",
            "\"hair\": a polygon of 3 points",
            "a second box of face 0",
            "\"nose\": a point is not two numbers",
            "c.json: c.jpg: no such picture",
            "d.json:2: ",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert_eq!(problems.len(), 7, "{all}");
    }
}
