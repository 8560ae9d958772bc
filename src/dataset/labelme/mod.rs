//! labelme: a JSON file a picture, as labelme and X-AnyLabeling write it. Shapes of type `point` are
//! named as in the schema (left is the picture's left), a `rectangle` (of two corners or of four) is
//! the face's box, `flags` and a shape's `attributes` are attributes. Coordinates are continuous
//! already: (0, 0) is the outer corner of the first pixel. Several faces of a picture are told apart
//! by `group_id`, and then flags are those of a face's shapes: of its box, or of a rectangle about its
//! points where it has none. `occluded` at a point says that the point is.

mod edited;
mod file;
mod geometry;
mod origin;
mod shape_error;
mod shapes;
mod write;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value};

use self::shape_error::ShapeError;
use self::shapes::FROM_POINTS;
use super::coco::MAX_COLUMNS;
use super::folders::{Folders, Interner, folder_of};
use super::join::position_or_push;
use super::json::{Text, yes};
use super::number::{self, CONTINUOUS};
use super::paths::{self, PictureReference};
use super::schema_items::{attribute_like, point};
use super::{BoxSource, Dataset, DatasetError, LabelPlace, PictureError, Problem, Sample, name_of};
use crate::label::{FaceBox, PointLabel, PointState, Schema, TaskLabels};
pub use file::LeftOut;
pub use file::OCCLUDED;
use file::{File, Shape};
use geometry::{about_points, corners, extent, group};
pub use origin::Origin;
pub use shapes::carries_flags;
pub use write::write;

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
    let mut text = Interner::default();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut folders = Folders::default();
    let mut broken = Vec::new();
    for (file, picture, parsed) in read_files(files, schema, &mut set.problems, &mut broken) {
        for found in parsed.faces {
            found.enter(&mut set, file, &picture, &mut text);
        }
        seen.insert(picture);
    }
    // The picture beside a file that cannot be read is there all the same.
    let beside = broken
        .iter()
        .filter_map(|file| folders.picture_beside(file));
    let others: Vec<PathBuf> = pictures.iter().cloned().chain(beside).collect();
    let others = others.into_iter().filter(|p| seen.insert(p.clone()));
    set.samples
        .extend(others.map(|p| Sample::unlabelled(&p, schema)));
    // Faces of a picture stay in the order of their file.
    set.samples.sort_by(|a, b| a.path.cmp(&b.path));
    let nothing = text.get("");
    for sample in &mut set.samples {
        sample.columns.resize(set.columns.len(), nothing.clone());
    }
    Ok(set)
}

/// The files that can be used, the picture of each and what it says; and those that are `broken`.
fn read_files<'a>(
    files: &'a [PathBuf],
    schema: &Schema,
    problems: &mut Vec<Problem>,
    broken: &mut Vec<&'a Path>,
) -> Vec<(&'a Path, PathBuf, Parsed)> {
    let parsed: Vec<Result<Parsed, Problem>> =
        files.par_iter().map(|file| parse(file, schema)).collect();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut located = locate(files, &parsed).into_iter();
    let mut used = Vec::new();
    for (file, parsed) in files.iter().zip(parsed) {
        let mut parsed = match parsed {
            Ok(parsed) => parsed,
            Err(problem) => {
                problems.push(problem);
                broken.push(file.as_path());
                continue;
            }
        };
        problems.append(&mut parsed.problems);
        let picture = match located.next() {
            Some(Ok(picture)) => picture,
            Some(Err(what)) => {
                problems.push(Problem::new(file, None, what.to_string()));
                continue;
            }
            None => continue,
        };
        if !seen.insert(picture.clone()) {
            let what = format!(
                "{} has labels in another file, which are kept",
                name_of(&picture)
            );
            problems.push(Problem::new(file, None, what));
            continue;
        }
        used.push((file.as_path(), picture, parsed));
    }
    used
}

/// The picture of each file that was read: the one it names, else the one of its own name.
fn locate(
    files: &[PathBuf],
    parsed: &[Result<Parsed, Problem>],
) -> Vec<Result<PathBuf, PictureError>> {
    let read: Vec<(&PathBuf, &Parsed)> = files
        .iter()
        .zip(parsed)
        .filter_map(|(file, parsed)| Some((file, parsed.as_ref().ok()?)))
        .collect();
    let roots: Vec<[PathBuf; 1]> = read
        .iter()
        .map(|(file, _)| [folder_of(file).to_owned()])
        .collect();
    let wanted: Vec<PictureReference> = read
        .iter()
        .zip(&roots)
        .map(|((_, parsed), roots)| PictureReference {
            roots,
            named: &parsed.picture,
        })
        .collect();
    let located = paths::locate(&wanted);
    let mut folders = Folders::default();
    let mut beside = |file: &Path| folders.picture_beside(file);
    let found = read.iter().zip(located.of);
    found
        .map(|((file, _), found)| found.or_else(|what| beside(file).ok_or(what)))
        .collect()
}

/// A face of a file, and flags of it that are no attributes.
struct FoundFace {
    sample: Sample,
    flags: BTreeMap<String, bool>,
    /// The shapes, in the order of the file, that its points are, by task and item.
    points_at: BTreeMap<(usize, usize), usize>,
    /// The one that is its box, or has its flags in place of one.
    box_at: Option<usize>,
}

impl FoundFace {
    /// Adds the face to those of `set`, its flags as columns.
    fn enter(mut self, set: &mut Dataset, file: &Path, picture: &Path, text: &mut Interner) {
        self.sample.path = picture.into();
        self.sample.labelled_at = Some(LabelPlace::new(&file.into(), None));
        let columns = &mut self.sample.columns;
        for (name, yes) in self.flags {
            if set.columns.len() >= MAX_COLUMNS && !set.columns.contains(&name) {
                let what = format!("more than {MAX_COLUMNS} other flags");
                set.problems.push(Problem::new(file, None, what));
                break;
            }
            let at = position_or_push(&mut set.columns, &name);
            if columns.len() <= at {
                columns.resize(at + 1, text.get(""));
            }
            columns[at] = text.get(if yes { "true" } else { "false" });
        }
        set.samples.push(self.sample);
    }
}

/// What a file says.
struct Parsed {
    /// The picture as it names it.
    picture: String,
    faces: Vec<FoundFace>,
    problems: Vec<Problem>,
    left_out: LeftOut,
}

fn parse(path: &Path, schema: &Schema) -> Result<Parsed, Problem> {
    let (file, unknown): (File, _) = Text::read(path)?.parse(path)?;
    let mut left_out = file.left_out();
    let Some(shapes) = file.shapes else {
        let what = match file.images.is_some() && file.annotations.is_some() {
            true => "a COCO file among labelme's: open it by itself",
            false => "no labelme file: it has no shapes",
        };
        return Err(Problem::new(path, None, what));
    };
    let mut faces = Faces {
        schema,
        size: side(&file.width)
            .zip(side(&file.height))
            .map(<[u32; 2]>::from),
        by_group: BTreeMap::new(),
        problems: Vec::new(),
        other_shapes: 0,
    };
    // Boxes that are named as faces' go before others of the same face.
    let named = |(_, shape): &(usize, &Shape)| is_face(label(shape));
    let numbered = shapes.iter().enumerate();
    let (first, then): (Vec<(usize, &Shape)>, Vec<_>) = numbered.partition(named);
    let (mut other, mut made) = (Vec::new(), Vec::new());
    for (at, shape) in first.into_iter().chain(then) {
        if shape.box_source == FROM_POINTS {
            made.push((at, shape));
            continue;
        }
        match faces.shape(at, shape) {
            Ok(true) => {}
            Ok(false) => other.push((at, shape)),
            Err(error) => faces.pass_over(error.to_string()),
        }
    }
    for (at, shape) in other {
        faces.other_box(at, shape);
    }
    for (at, shape) in made {
        faces.made_box(at, shape);
    }
    if let Value::Object(flags) = &file.flags {
        if faces.by_group.is_empty() {
            faces.face(0);
        }
        let only = faces.by_group.keys().next().copied();
        match only.filter(|_| faces.by_group.len() == 1) {
            Some(group) => faces.flags(group, flags, |_| true),
            None if flags.is_empty() => {}
            None => {
                let what =
                    "flags of a picture with several faces, which say nothing of one of them";
                left_out.flags += flags.len();
                faces.problems.push(what.into());
            }
        }
    }
    if faces.by_group.is_empty() {
        faces.face(0);
    }
    let problems = std::mem::take(&mut faces.problems).into_iter();
    let problems = problems.map(|what| Problem::new(path, None, what));
    let of_group =
        |shape: &Shape, of| !shape.group_id.is_null() && group(&shape.group_id) == Some(of);
    for (group, found) in &mut faces.by_group {
        let numbered = shapes.iter().any(|shape| of_group(shape, *group));
        found.sample.number = numbered.then_some(*group);
    }
    let first = |of: u32| shapes.iter().position(|s| group(&s.group_id) == Some(of));
    let mut in_order: Vec<(u32, FoundFace)> =
        std::mem::take(&mut faces.by_group).into_iter().collect();
    in_order.sort_by_cached_key(|(group, _)| first(*group));
    Ok(Parsed {
        picture: file.image_path.as_str().unwrap_or("").to_owned(),
        problems: unknown.into_iter().chain(problems).collect(),
        faces: in_order.into_iter().map(|(_, found)| found).collect(),
        left_out: LeftOut {
            shapes: faces.other_shapes,
            ..left_out
        },
    })
}

/// A side of the picture.
fn side(value: &Value) -> Option<u32> {
    value
        .as_f64()
        .filter(|s| (1.0..1e6).contains(s))
        .map(|s| s as u32)
}

fn label(shape: &Shape) -> &str {
    number::shown(shape.label.as_str().unwrap_or(""))
}

/// Whether a box or outline of this label is of a face.
fn is_face(label: &str) -> bool {
    let label = label.to_lowercase();
    label.contains("face") || label.contains("head") || ["bbox", "box"].contains(&&*label)
}

struct Faces<'a> {
    schema: &'a Schema,
    /// The picture's, as the file has it.
    size: Option<[u32; 2]>,
    by_group: BTreeMap<u32, FoundFace>,
    problems: Vec<String>,
    other_shapes: usize,
}

impl Faces<'_> {
    /// Says why a shape is not used.
    fn pass_over(&mut self, what: String) {
        self.problems.push(what);
        self.other_shapes += 1;
    }

    fn face(&mut self, group: u32) -> &mut FoundFace {
        self.by_group.entry(group).or_insert_with(|| {
            let mut sample = Sample::unlabelled(Path::new(""), self.schema);
            sample.face = group;
            sample.stated_size = self.size;
            FoundFace {
                sample,
                flags: BTreeMap::new(),
                points_at: BTreeMap::new(),
                box_at: None,
            }
        })
    }

    /// Enters a shape; `false` for a box that is not named as a face's.
    fn shape(&mut self, at: usize, shape: &Shape) -> Result<bool, ShapeError> {
        let label = label(shape).to_owned();
        let group = group(&shape.group_id).ok_or_else(|| ShapeError::GroupId(label.clone()))?;
        let points =
            corners(&shape.points).ok_or_else(|| ShapeError::Coordinates(label.clone()))?;
        let kind = number::shown(shape.shape_type.as_str().unwrap_or("shape"));
        let place = point(self.schema, &label);
        match (kind, &points[..], place) {
            // The centre of a circle, which is drawn about a point.
            (_, [middle], Some(place)) | ("circle", [middle, _], Some(place)) => {
                self.point(group, &label, place, *middle, &shape.flags)?;
                self.face(group).points_at.insert(place, at);
                self.flags_of(group, shape, |name| name != OCCLUDED);
                return Ok(true);
            }
            ("point" | "points", [_], None) => {
                return Err(ShapeError::UnknownPoint(label));
            }
            _ => match extent(kind, &points) {
                Some(_) if !is_face(&label) && !label.is_empty() => return Ok(false),
                Some(face_box) => self.enter_box(group, &label, (at, face_box)),
                None => {
                    let n = points.len();
                    let kind = kind.to_owned();
                    return Err(ShapeError::Kind {
                        label,
                        kind,
                        points: n,
                    });
                }
            },
        }
        self.flags_of(group, shape, |_| true);
        Ok(true)
    }

    /// A box of another label: that of a face of which more is known, or else of something else.
    fn other_box(&mut self, at: usize, shape: &Shape) {
        let (label, group) = (label(shape).to_owned(), group(&shape.group_id).unwrap_or(0));
        let kind = shape.shape_type.as_str().unwrap_or("");
        let free = |found: &FoundFace| found.sample.face_box.is_none();
        let of_points = self.by_group.get(&group).is_some_and(free);
        let face_box = corners(&shape.points).and_then(|points| extent(kind, &points));
        match face_box {
            Some(face_box) if of_points => {
                self.enter_box(group, &label, (at, face_box));
                self.flags_of(group, shape, |_| true);
            }
            _ => {
                let what = format!("{label:?}: a box that is not named as a face's is passed over");
                self.pass_over(what);
            }
        }
    }

    /// A box that was drawn about a face's points for its flags; one that somebody has changed since is
    /// the face's own.
    fn made_box(&mut self, at: usize, shape: &Shape) {
        let (label, group) = (label(shape).to_owned(), group(&shape.group_id).unwrap_or(0));
        let kind = shape.shape_type.as_str().unwrap_or("");
        let Some(face_box) = corners(&shape.points).and_then(|points| extent(kind, &points)) else {
            return self.pass_over(ShapeError::Coordinates(label).to_string());
        };
        let about = about_points(&self.face(group).sample);
        let sides = |b: FaceBox| [b.x, b.y, b.w, b.h];
        let near = |a: FaceBox| {
            let pairs = sides(a).into_iter().zip(sides(face_box));
            pairs.into_iter().all(|(a, b)| (a - b).abs() < 0.05)
        };
        match about.is_some_and(near) {
            true => self.face(group).box_at = Some(at),
            false => self.enter_box(group, &label, (at, face_box)),
        }
        self.flags_of(group, shape, |_| true);
    }

    fn enter_box(&mut self, group: u32, label: &str, (at, face_box): (usize, FaceBox)) {
        let found = self.face(group);
        let what = match number::checked(face_box) {
            Ok(_) if found.sample.face_box.is_some() => {
                format!("a second box of the group {group}, {label:?}; the first one is kept")
            }
            Ok(face_box) => {
                found.sample.face_box = Some((face_box, BoxSource::DataSet));
                found.box_at = Some(at);
                return;
            }
            Err(what) => format!("{label:?}: {what}, so that it is unknown"),
        };
        self.pass_over(what);
    }

    fn point(
        &mut self,
        group: u32,
        label: &str,
        (task, item): (usize, usize),
        at: [f64; 2],
        flags: &Value,
    ) -> Result<(), ShapeError> {
        let [x, y] = at.map(|v| number::moved(v, CONTINUOUS));
        let at = x.zip(y).ok_or_else(|| ShapeError::TooFar(label.into()))?;
        let hidden = yes(&flags[OCCLUDED]) == Some(true);
        let state = match hidden {
            true => PointState::Occluded,
            false => PointState::Visible,
        };
        let found = self.face(group);
        if let TaskLabels::Points(labels) = &mut found.sample.annotation.tasks[task] {
            if labels[item].known().is_some() {
                return Err(ShapeError::Twice(label.into()));
            }
            labels[item] = PointLabel {
                at: at.into(),
                state,
            };
        }
        Ok(())
    }

    /// What a shape says of its face, by those of its flags that are meant.
    fn flags_of(&mut self, group: u32, shape: &Shape, meant: impl Fn(&str) -> bool) {
        for flags in [&shape.flags, &shape.attributes] {
            if let Value::Object(flags) = flags {
                self.flags(group, flags, &meant);
            }
        }
    }

    fn flags(&mut self, group: u32, flags: &Map<String, Value>, meant: impl Fn(&str) -> bool) {
        for (name, value) in flags.iter().filter(|(name, _)| meant(name)) {
            let place = attribute_like(self.schema, name);
            let Some(yes) = yes(value) else {
                // What is not set says nothing.
                if !value.is_null() && value.as_str() != Some("") {
                    let (name, value) = (number::shown(name), value.to_string());
                    let value = number::shown(&value);
                    let what =
                        format!("the flag {name:?} is unknown: {value} is not true or false");
                    self.problems.push(what);
                }
                continue;
            };
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
mod tests;
