//! One face of a data set: its picture's source, its box and its labels.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use image::RgbImage;

use super::box_source::{BoxSource, picture_box};
use super::face_name::FaceName;
use super::paths::name_of;
use super::split::Split;
use super::synthetic;
use crate::label::{Annotation, FaceBox, Schema};
use crate::photo::{Photo, PhotoError, PictureFile};

/// Where the pixels of a sample's picture come from.
#[derive(Clone, Debug, Default)]
pub enum PictureSource {
    /// The file at its path.
    #[default]
    File,
    /// A portrait that is drawn whenever it is wanted.
    Drawn { seed: u64, index: u64 },
    /// They are here, and in no file; the path is its name.
    Memory(Arc<RgbImage>),
}

impl PictureSource {
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File)
    }
}

/// Where a face is labelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPlace {
    pub file: Arc<Path>,
    /// In a file that has a line a face.
    pub line: Option<u32>,
}

impl LabelPlace {
    pub fn new(file: &Arc<Path>, line: Option<u64>) -> Self {
        Self {
            file: file.clone(),
            line: line.and_then(|line| line.try_into().ok()),
        }
    }
}

/// One face of a data set.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The picture's file, or what it is called where it has none.
    pub path: Arc<Path>,
    pub source: PictureSource,
    /// Where its labels stand, if they are in a file.
    pub labelled_at: Option<LabelPlace>,
    /// Number of the face in its picture as the data set has it or was counted as it was read, and by
    /// which files that are joined know it again.
    pub face: u32,
    /// The number by which its file calls it, if it does: the same, or COCO's id of an annotation.
    pub number: Option<u32>,
    /// Its place among the faces of its picture, from 1, where there are several.
    pub ordinal: Option<u32>,
    /// Width and height of the picture as the label file has them.
    pub stated_size: Option<[u32; 2]>,
    /// The data set's own box, with its source.
    pub face_box: Option<(FaceBox, BoxSource)>,
    pub annotation: Annotation,
    pub split: Option<Split>,
    pub identity: Option<Arc<str>>,
    /// The other columns of its row, in the order of [`Dataset::columns`].
    pub columns: Vec<Arc<str>>,
}

impl Sample {
    /// A picture about which nothing is known.
    pub fn unlabelled(path: &Path, schema: &Schema) -> Self {
        Self {
            path: path.into(),
            source: PictureSource::File,
            labelled_at: None,
            face: 0,
            number: None,
            ordinal: None,
            stated_size: None,
            face_box: None,
            annotation: Annotation::unknown(schema),
            split: None,
            identity: None,
            columns: Vec::new(),
        }
    }

    /// Which of its picture's faces it is, where there are several: by the file's number for it if
    /// there is one.
    pub fn which(&self) -> Option<FaceName> {
        self.ordinal.map(|_| self.number_or_place())
    }

    /// The same where it is the only one too.
    pub fn number_or_place(&self) -> FaceName {
        match self.number {
            Some(number) => FaceName::Number(number),
            None => FaceName::Place(self.ordinal.unwrap_or(1)),
        }
    }

    /// What the face is called: its picture's name, "photo.jpg · face 2" where that has several.
    pub fn name(&self) -> String {
        self.called(name_of(&self.path))
    }

    /// The same after the whole path.
    pub fn full_name(&self) -> String {
        self.called(self.path.display().to_string())
    }

    fn called(&self, picture: String) -> String {
        match self.which() {
            Some(which) => format!("{picture} · {which}"),
            None => picture,
        }
    }

    /// Where the face is, if the data set says: its box, else one made from the labelled points.
    pub fn region(&self) -> Option<(FaceBox, BoxSource)> {
        let labels = || Some((self.annotation.box_from_points()?, BoxSource::Labels));
        self.face_box.or_else(labels)
    }

    /// Where the face is, or is taken to be: [`Sample::region`], else by the picture's size.
    pub fn region_in(&self, width: u32, height: u32) -> (FaceBox, BoxSource) {
        self.region().unwrap_or_else(|| picture_box(width, height))
    }

    pub fn load(&self) -> Result<Photo, PhotoError> {
        match &self.source {
            PictureSource::File => Photo::open(&self.path),
            PictureSource::Drawn { seed, index } => Ok(synthetic::picture(*seed, *index)),
            PictureSource::Memory(image) => Ok(Photo {
                image: RgbImage::clone(image),
            }),
        }
    }

    /// The same, and by what the picture's file is known again, where it is in one.
    pub fn load_known(&self) -> Result<(Photo, Option<PictureFile>), PhotoError> {
        match &self.source {
            PictureSource::File => {
                Photo::open_known(&self.path).map(|(photo, file)| (photo, Some(file)))
            }
            PictureSource::Drawn { .. } | PictureSource::Memory(_) => Ok((self.load()?, None)),
        }
    }

    /// Width and height of the picture once it is upright, without decoding it.
    pub fn picture_size(&self) -> Result<(u32, u32), PhotoError> {
        match &self.source {
            PictureSource::File => Photo::size(&self.path),
            PictureSource::Drawn { .. } => Ok(synthetic::SET_SIZE),
            PictureSource::Memory(image) => Ok(image.dimensions()),
        }
    }
}

/// What belongs to each picture, in the order in which pictures first appear.
pub fn by_picture<'a, T>(
    all: impl IntoIterator<Item = T>,
    path: impl Fn(&T) -> &'a Path,
) -> Vec<Vec<T>> {
    let mut places: HashMap<&Path, usize> = HashMap::new();
    let mut pictures: Vec<Vec<T>> = Vec::new();
    for one in all {
        let at = *places.entry(path(&one)).or_insert_with(|| {
            pictures.push(Vec::new());
            pictures.len() - 1
        });
        pictures[at].push(one);
    }
    pictures
}
