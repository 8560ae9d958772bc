//! labelme's files that were read, for writing them again with all that this program has no place
//! for: descriptions, other shapes, groups, flags where they stand. What a file says beside its
//! faces is counted for those formats that lose it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::{FoundFace, OCCLUDED, Parsed, read_files};
use crate::dataset::json::{Text, yes};
use crate::dataset::schema_items::point;
use crate::dataset::{Dataset, Sample, recognise};
use crate::label::Schema;

/// What files say that is of no face, or nothing that samples hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub descriptions: usize,
    /// Neither points of a face nor its box.
    pub shapes: usize,
    /// Those that are of no face.
    pub flags: usize,
    /// Entries of files and shapes that labelme's own program does not write.
    pub entries: usize,
}

/// A file and its faces.
struct Source {
    file: PathBuf,
    faces: Vec<FoundFace>,
    left_out: LeftOut,
}

/// The files that data sets were read from.
#[derive(Default)]
pub struct Origin {
    /// By the real path of their pictures.
    files: HashMap<PathBuf, Source>,
}

impl Origin {
    pub fn of(sources: &[PathBuf], schema: &Schema) -> Self {
        let mut origin = Self::default();
        for source in sources {
            let files = recognise::labelme_files(source);
            let found = read_files(&files, schema, &mut Vec::new());
            let found: Vec<_> = found
                .into_par_iter()
                .map(|(file, picture, parsed)| (real(&picture), Source::of(file, parsed, schema)))
                .collect();
            for (picture, source) in found {
                origin.files.entry(picture).or_insert(source);
            }
        }
        origin
    }

    /// The file of a picture if it says what is said of these, all faces of the picture.
    fn source(&self, set: &Dataset, faces: &[&Sample]) -> Option<&Source> {
        if self.files.is_empty() {
            return None;
        }
        let source = self.files.get(&real(&faces.first()?.path))?;
        let same = source.faces.len() == faces.len()
            && source.faces.iter().zip(faces).all(|(a, b)| a.says(set, b));
        same.then_some(source)
    }

    /// The file of a picture as it was, but for the picture's name; `None` where something else
    /// is said of its faces by now.
    pub fn file(&self, set: &Dataset, faces: &[&Sample], image: &str) -> Option<Value> {
        let path = &self.source(set, faces)?.file;
        let (mut file, _): (Map<String, Value>, _) = Text::read(path).ok()?.parse(path).ok()?;
        file.insert("imagePath".into(), image.into());
        // The picture stands beside the file.
        file.insert("imageData".into(), Value::Null);
        let (width, height) = faces.first()?.picture_size().ok().unzip();
        for (key, value) in [
            ("version", json!("5.5.0")),
            ("flags", json!({})),
            ("imageWidth", json!(width)),
            ("imageHeight", json!(height)),
        ] {
            if file.get(key).is_none_or(Value::is_null) {
                file.insert(key.into(), value);
            }
        }
        Some(Value::Object(file))
    }

    /// What the files say beside faces where they are not written again as they were, and the
    /// pictures where they are. `pictures` are the faces of each.
    pub fn left_out<'a>(
        &self,
        set: &Dataset,
        pictures: &[Vec<&'a Sample>],
    ) -> (LeftOut, HashSet<&'a Path>) {
        let (mut lost, mut kept) = (LeftOut::default(), HashSet::new());
        if self.files.is_empty() {
            return (lost, kept);
        }
        for faces in pictures {
            match self.source(set, faces) {
                Some(_) => kept.extend(faces.iter().map(|face| &*face.path)),
                None => lost = lost.with(self.all_of(faces)),
            }
        }
        (lost, kept)
    }

    /// The same for a format in which none of it has a place.
    pub fn beside_faces(&self, pictures: &[Vec<&Sample>]) -> LeftOut {
        let all = pictures.iter().map(|faces| self.all_of(faces));
        all.fold(LeftOut::default(), LeftOut::with)
    }

    fn all_of(&self, faces: &[&Sample]) -> LeftOut {
        let picture = faces.first().filter(|_| !self.files.is_empty());
        let source = picture.and_then(|face| self.files.get(&real(&face.path)));
        source.map_or(LeftOut::default(), |source| source.left_out)
    }
}

impl LeftOut {
    fn with(self, other: Self) -> Self {
        Self {
            descriptions: self.descriptions + other.descriptions,
            shapes: self.shapes + other.shapes,
            flags: self.flags + other.flags,
            entries: self.entries + other.entries,
        }
    }
}

impl Source {
    fn of(file: &Path, parsed: Parsed, schema: &Schema) -> Self {
        let text = Text::read(file).and_then(|text| text.parse::<Map<String, Value>>(file));
        let mut left_out = text.map_or(LeftOut::default(), |(raw, _)| beside(&raw, schema));
        left_out.shapes = parsed.other_shapes;
        left_out.flags += parsed.other_flags;
        Self {
            file: file.to_owned(),
            faces: parsed.faces,
            left_out,
        }
    }
}

impl FoundFace {
    /// Whether a sample of `set` says what this one did.
    fn says(&self, set: &Dataset, sample: &Sample) -> bool {
        let columns = set.columns.iter().zip(&sample.columns);
        let flags = columns.filter_map(|(name, value)| Some((name.clone(), value.parse().ok()?)));
        let ours = &self.sample;
        ours.face == sample.face
            && ours.annotation == sample.annotation
            && ours.face_box == sample.face_box
            && flags.collect::<BTreeMap<String, bool>>() == self.flags
    }
}

/// Counts what of a file has no place in samples, but for shapes, of which its reader says more.
fn beside(file: &Map<String, Value>, schema: &Schema) -> LeftOut {
    const FILE: [&str; 7] = [
        "version",
        "flags",
        "shapes",
        "imagePath",
        "imageData",
        "imageHeight",
        "imageWidth",
    ];
    const SHAPE: [&str; 8] = [
        "label",
        "points",
        "group_id",
        "description",
        "shape_type",
        "flags",
        "attributes",
        "mask",
    ];
    let says = |value: &&Value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    };
    let entries = |map: &Map<String, Value>, usual: &[&str]| {
        let other = map
            .iter()
            .filter(|(key, value)| !usual.contains(&key.as_str()) && says(value));
        other.count()
    };
    let occluded = |map: &Map<String, Value>| {
        let flags = map.get("flags").and_then(|flags| flags.get(OCCLUDED));
        usize::from(flags.is_some_and(|flag| yes(flag).is_some()))
    };
    let mut found = LeftOut {
        entries: entries(file, &FILE),
        flags: occluded(file),
        ..LeftOut::default()
    };
    let shapes = file.get("shapes").and_then(Value::as_array);
    for shape in shapes.into_iter().flatten().filter_map(Value::as_object) {
        found.entries += entries(shape, &SHAPE);
        found.descriptions += usize::from(shape.get("description").filter(says).is_some());
        let label = shape.get("label").and_then(Value::as_str).unwrap_or("");
        if point(schema, label).is_none() {
            found.flags += occluded(shape);
        }
    }
    found
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
