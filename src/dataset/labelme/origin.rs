//! labelme's files that were read, for writing them again with all that this program has no place
//! for: descriptions, other shapes, groups, flags where they stand. What a file says beside its
//! faces is counted for those formats that lose it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::edited::edit;
use super::file::LeftOut;
use super::{FoundFace, read_files};
use crate::dataset::check_labels::check_labels;
use crate::dataset::json::Text;
use crate::dataset::{Dataset, Sample, recognise};
use crate::label::Schema;

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
            let found = read_files(&files, schema, &mut Vec::new(), &mut Vec::new());
            for (file, picture, parsed) in found {
                let mut faces = parsed.faces;
                faces
                    .iter_mut()
                    .for_each(|face| face.sample.path = picture.as_path().into());
                origin.files.entry(real(&picture)).or_insert(Source {
                    file: file.to_owned(),
                    faces,
                    left_out: parsed.left_out,
                });
            }
        }
        origin.check(schema);
        origin
    }

    /// What is taken for unknown as a set is opened is no edit.
    fn check(&mut self, schema: &Schema) {
        let faces = || self.files.values().flat_map(|source| &source.faces);
        let mut set = Dataset {
            name: String::new(),
            schema: schema.clone(),
            samples: faces().map(|face| face.sample.clone()).collect(),
            columns: Vec::new(),
            problems: Vec::new(),
        };
        check_labels(&mut set);
        let faces = self.files.values_mut().flat_map(|source| &mut source.faces);
        for (face, sample) in faces.zip(set.samples) {
            face.sample = sample;
        }
    }

    /// The file of a picture with these faces.
    fn source(&self, faces: &[&Sample]) -> Option<&Source> {
        match self.files.is_empty() {
            true => None,
            false => self.files.get(&real(&faces.first()?.path)),
        }
    }

    /// The file of a picture as it was, but for the picture's name and what was edited since.
    pub fn file(&self, set: &Dataset, faces: &[&Sample], image: &str) -> Option<Value> {
        let source = self.source(faces)?;
        let path = &source.file;
        let (mut file, _): (Map<String, Value>, _) = Text::read(path).ok()?.parse(path).ok()?;
        if !source.says(set, faces) {
            edit(&mut file, &source.faces, set, faces);
        }
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
    pub fn left_out<'a>(&self, pictures: &[Vec<&'a Sample>]) -> (LeftOut, HashSet<&'a Path>) {
        let (mut lost, mut kept) = (LeftOut::default(), HashSet::new());
        if self.files.is_empty() {
            return (lost, kept);
        }
        for faces in pictures {
            match self.source(faces) {
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

impl Source {
    /// Whether the file says what is said of these, all faces of its picture.
    fn says(&self, set: &Dataset, faces: &[&Sample]) -> bool {
        let mut pairs = self.faces.iter().zip(faces);
        self.faces.len() == faces.len() && pairs.all(|(a, b)| a.says(set, b))
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

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
