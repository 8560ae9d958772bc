//! Files to samples and back: CelebA, MTFL, 300-W's `.pts`, COCO keypoints, labelme, `faces.csv`
//! and folders of plain pictures, joined with partial labels. Opened data sets are never written.
//!
//! A broken row never stops the rest: it becomes a [`Problem`] with its file and line, is left
//! out and counted. Coordinates become continuous image coordinates here: integer labels name
//! pixel centres, so 0.5 is added to points when they are read; boxes are extents and stay.

mod boxes;
mod celeba;
mod choice;
mod coco;
pub mod export;
mod faces_csv;
mod folders;
mod join;
mod json;
mod key;
mod labelme;
mod listing;
mod marks;
mod mtfl;
mod number;
mod paths;
mod places;
pub mod predictions;
mod problems;
mod pts;
mod recognise;
mod rows;
mod summary;
pub mod synthetic;
mod text;
mod unread;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;

use crate::label::{Annotation, FaceBox, Schema};
use crate::photo::{Photo, PhotoError};
pub use boxes::Boxes;
pub use choice::{CHOICE_SEED, FaceChoice, Population};
use join::{join, position_or_push};
pub(crate) use json::reason as json_reason;
pub use key::key;
use places::{attribute, face_points, five_points};
pub use summary::{Summary, TaskSummary, check_pictures};

/// Part of a data set.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    Train,
    Validation,
    Test,
}

impl Split {
    /// Reads the name of a split; `None` where none is named.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, String> {
        if number::missing(text) {
            return Ok(None);
        }
        match text.to_ascii_lowercase().as_str() {
            "train" | "training" => Ok(Some(Self::Train)),
            "val" | "valid" | "validation" => Ok(Some(Self::Validation)),
            "test" | "testing" => Ok(Some(Self::Test)),
            _ => {
                let shown = number::shown(text);
                Err(format!("split {shown:?} is not train, validation or test"))
            }
        }
    }

    /// Reads the number that CelebA has for a split.
    fn of_code(text: &str) -> Result<Option<Self>, String> {
        match number::integer(text) {
            Ok(None) => Ok(None),
            Ok(Some(0)) => Ok(Some(Self::Train)),
            Ok(Some(1)) => Ok(Some(Self::Validation)),
            Ok(Some(2)) => Ok(Some(Self::Test)),
            _ => {
                let shown = number::shown(text);
                Err(format!("partition {shown:?} is not 0, 1 or 2"))
            }
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        })
    }
}

/// Where a face box comes from. A box made from labelled points tells where the face is, so every
/// measure says which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxSource {
    Given,
    DataSet,
    /// Pictures that were aligned by their makers have the same box each.
    Aligned,
    Labels,
    WholePicture,
    CentreSquare,
}

impl BoxSource {
    /// Whether nobody says that a face is there: the box is made of the picture's size alone.
    pub fn is_guess(self) -> bool {
        matches!(self, Self::WholePicture | Self::CentreSquare)
    }
}

impl fmt::Display for BoxSource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "by hand",
            Self::DataSet => "the data set's box",
            Self::Aligned => "the place of aligned faces",
            Self::Labels => "from the labelled points",
            Self::WholePicture => "the whole picture",
            Self::CentreSquare => "the picture's centre square",
        })
    }
}

/// In which boxes faces were looked at: "in the place of aligned faces", or how many in which, the
/// most frequent first: "100 in boxes from the labelled points, 3 in the whole picture".
pub fn box_words(boxes: &BTreeMap<BoxSource, usize>) -> String {
    let mut counts: Vec<_> = boxes.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let inside = |source: BoxSource| match source {
        BoxSource::Given => "in boxes set by hand",
        BoxSource::DataSet => "in the data set's boxes",
        BoxSource::Aligned => "in the place of aligned faces",
        BoxSource::Labels => "in boxes from the labelled points",
        BoxSource::WholePicture => "in the whole picture",
        BoxSource::CentreSquare => "in the picture's centre square",
    };
    if let [(source, _)] = counts[..] {
        return inside(*source).to_owned();
    }
    let words = counts
        .iter()
        .map(|(source, count)| format!("{count} {}", inside(**source)));
    words.collect::<Vec<_>>().join(", ")
}

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

/// One face of a data set.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The picture's file, or what it is called where it has none.
    pub path: Arc<Path>,
    pub source: PictureSource,
    /// Number of the face in its picture as the data set has it, and by which other files name it.
    pub face: u32,
    /// Its place among the faces of its picture, from 1, where there are several: what people call
    /// it, however the file numbers them.
    pub place: Option<u32>,
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
            face: 0,
            place: None,
            stated_size: None,
            face_box: None,
            annotation: Annotation::unknown(schema),
            split: None,
            identity: None,
            columns: Vec::new(),
        }
    }

    /// What the face is called: its picture's name, "photo.jpg · 2" where that has several.
    pub fn name(&self) -> String {
        self.called(name_of(&self.path))
    }

    /// The same after the whole path.
    pub fn full_name(&self) -> String {
        self.called(self.path.display().to_string())
    }

    fn called(&self, picture: String) -> String {
        match self.place {
            Some(place) => format!("{picture} · {place}"),
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

    /// Width and height of the picture once it is upright, without decoding it.
    pub fn picture_size(&self) -> Result<(u32, u32), PhotoError> {
        match &self.source {
            PictureSource::File => Photo::size(&self.path),
            PictureSource::Drawn { .. } => Ok(synthetic::SET_SIZE),
            PictureSource::Memory(image) => Ok(image.dimensions()),
        }
    }
}

/// The box of a picture about which nothing is known, and what it is.
pub fn picture_box(width: u32, height: u32) -> (FaceBox, BoxSource) {
    let face_box = FaceBox::of_picture(width, height);
    let whole = face_box.w == width as f32 && face_box.h == height as f32;
    let source = if whole {
        BoxSource::WholePicture
    } else {
        BoxSource::CentreSquare
    };
    (face_box, source)
}

/// Whether a column of this name was made by this program when the file was read: it tells of the
/// file, and faces are not told apart by it.
pub fn is_made_here(column: &str) -> bool {
    column == coco::PERSON_BOX
}

/// Something in a data set that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: PathBuf,
    pub line: Option<u64>,
    pub what: String,
    /// How many values, rows or pictures it is about.
    pub count: usize,
}

impl Problem {
    pub(crate) fn new(path: &Path, line: Option<u64>, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            count: 1,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.what)
    }
}

#[derive(Clone, Debug)]
pub struct Dataset {
    pub name: String,
    pub schema: Schema,
    pub samples: Vec<Sample>,
    /// Names of the columns that are neither image, box, split, identity nor label.
    pub columns: Vec<String>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: {what}", path.display())]
    Format { path: PathBuf, what: String },
    /// A file that is named as a picture and is none that can be looked at.
    #[error("{}: {what}", path.display())]
    Picture { path: PathBuf, what: String },
}

impl DatasetError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn format(path: &Path, what: impl Into<String>) -> Self {
        Self::Format {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}

/// Opens a data set, recognised by what it is: drawn faces (`synthetic:N`), a folder in CelebA's layout (or one of its tables,
/// or one of its folders of pictures), a `faces.csv`, MTFL's text files, a folder of pictures with
/// `.pts` or labelme files beside them, a COCO file, a folder of pictures, or a single picture.
pub fn open(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    let mut set = open_one(path, schema)?;
    places_of_faces(&mut set.samples);
    Ok(set)
}

/// Sets [`Sample::place`] of all faces, which are in the order of their files.
pub fn places_of_faces(samples: &mut [Sample]) {
    // Most pictures have one face; only of the others more than a flag is kept.
    let mut faces: HashMap<Arc<Path>, u32> = HashMap::with_capacity(samples.len());
    for sample in &*samples {
        *faces.entry(sample.path.clone()).or_default() += 1;
    }
    faces.retain(|_, faces| std::mem::replace(faces, 0) > 1);
    for sample in samples {
        sample.place = faces.get_mut(&sample.path).map(|place| {
            *place += 1;
            *place
        });
    }
}

fn open_one(path: &Path, schema: &Schema) -> Result<Dataset, DatasetError> {
    if let Some(words) = path
        .to_str()
        .and_then(|p| p.strip_prefix(synthetic::SCHEME))
    {
        return synthetic::open(path, words, schema);
    }
    let meta = std::fs::metadata(path).map_err(DatasetError::io(path))?;
    if let Some(files) = celeba::Files::at(path) {
        return celeba::read(&files, schema);
    }
    if meta.is_file() {
        return recognise::file(path, schema);
    }
    recognise::folder(path, schema)
}

/// The same path from any working folder; drawn portraits lie in none.
pub fn absolute(path: &Path) -> PathBuf {
    match synthetic::is_drawn(path) {
        true => path.to_owned(),
        false => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

/// Whether there is a data set of this name at all, of whatever kind.
pub fn exists(path: &Path) -> bool {
    synthetic::is_drawn(path) || path.exists()
}

fn pictures(path: &Path, files: Vec<PathBuf>, schema: &Schema) -> Dataset {
    Dataset {
        name: name_of(path),
        schema: schema.clone(),
        samples: files
            .iter()
            .map(|f| Sample::unlabelled(f, schema))
            .collect(),
        columns: Vec::new(),
        problems: Vec::new(),
    }
}

pub(crate) fn name_of(path: &Path) -> String {
    let named = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    // A folder may be given as "." or "..".
    let real = || named(&path.canonicalize().ok()?);
    let named = named(path).or_else(real);
    named.unwrap_or_else(|| path.to_string_lossy().into_owned())
}

/// Opens several data sets as one. Faces of the same picture file are one sample, whose unknown
/// labels each set fills; the first known value of a label is kept. A picture among others that
/// cannot be read is a problem, and ends only what is opened by itself.
pub fn open_all(paths: &[PathBuf], schema: &Schema) -> Result<Dataset, DatasetError> {
    if let [one] = paths {
        return open(one, schema);
    }
    let names: Vec<String> = paths.iter().map(|p| name_of(p)).collect();
    let mut sets = Vec::with_capacity(paths.len());
    let mut broken = Vec::new();
    for path in paths {
        match open(path, schema) {
            Ok(set) => sets.push(set),
            Err(DatasetError::Picture { path, what }) => broken.push((path, what)),
            Err(error) => return Err(error),
        }
    }
    match broken.pop() {
        Some((path, what)) if sets.is_empty() => return Err(DatasetError::Picture { path, what }),
        last => broken.extend(last),
    }
    let mut set = join(names.join("+"), sets, schema);
    let broken = broken.into_iter();
    set.problems
        .extend(broken.map(|(path, what)| Problem::new(&path, None, what)));
    places_of_faces(&mut set.samples);
    Ok(set)
}

impl Dataset {
    /// The samples of one split; all of them for `None`.
    pub fn split(&self, split: Option<Split>) -> impl Iterator<Item = &Sample> {
        self.samples
            .iter()
            .filter(move |s| split.is_none() || s.split == split)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Presence;
    use crate::label::TaskLabels;

    #[test]
    fn sets_of_the_same_pictures_are_joined_however_they_are_spelled() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("set");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.png"), "").unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let one = write("faces.csv", "image,Smiling,Young,pose\na.png,1,,left\n");
        write("more.csv", "image,Smiling,Male,split\na.png,-1,1,val\n");
        let around = root.path().join("set/../set/more.csv");
        let set = open_all(&[one, around], &Schema::face()).unwrap();
        assert_eq!(set.samples.len(), 1);
        let sample = &set.samples[0];
        assert_eq!(sample.split, Some(Split::Validation));
        assert_eq!(&*sample.columns[0], "left");
        let TaskLabels::Binary(values) = &sample.annotation.tasks[1] else {
            unreachable!()
        };
        let known = values.iter().filter(|v| **v == Presence::Present).count();
        assert_eq!(known, 2, "Smiling as the first set has it, and Male");
        assert_eq!(set.problems.len(), 1, "the disagreement is said");
    }

    #[test]
    fn faces_are_called_by_their_place_however_files_number_them() {
        let point = |group: &str| {
            format!(
                r#"{{"label":"nose","points":[[3,4]],"shape_type":"point","group_id":{group}}}"#
            )
        };
        let labelme = |groups: &[&str]| {
            let shapes: Vec<String> = groups.iter().map(|group| point(group)).collect();
            let shapes = shapes.join(",");
            format!(r#"{{"imagePath":"a.png","shapes":[{shapes}]}}"#)
        };
        let coco = |faces: &str| {
            format!(
                r#"{{"images":[{{"id":5,"file_name":"a.png"}}],"annotations":[{faces}],
                "categories":[{{"id":3,"name":"face"}}]}}"#
            )
        };
        let annotation =
            |id: u32| format!(r#"{{"id":{id},"image_id":5,"category_id":3,"bbox":[1,1,5,5]}}"#);
        let (one, two) = (&["a.png"][..], &["a.png · 1", "a.png · 2"][..]);
        for (file, text, numbers, names) in [
            ("a.json", labelme(&["1"]), &[1][..], one),
            ("a.json", labelme(&["7", "2"]), &[7, 2], two),
            ("a.json", labelme(&["null", "3"]), &[0, 3], two),
            ("faces.csv", "image,face\na.png,1\n".into(), &[1], one),
            (
                "faces.csv",
                "image,face\na.png,1\na.png,2\n".into(),
                &[1, 2],
                two,
            ),
            ("coco.json", coco(&annotation(9)), &[0], one),
            (
                "coco.json",
                coco(&[9, 4].map(annotation).join(",")),
                &[0, 1],
                two,
            ),
        ] {
            let root = tempfile::tempdir().unwrap();
            let picture = image::RgbImage::new(9, 9);
            picture.save(root.path().join("a.png")).unwrap();
            std::fs::write(root.path().join(file), &text).unwrap();
            for path in [root.path().to_owned(), root.path().join(file)] {
                let set = open(&path, &Schema::face()).unwrap();
                let has: Vec<u32> = set.samples.iter().map(|s| s.face).collect();
                assert_eq!(has, numbers, "{text} {:?}", set.problems);
                let called: Vec<String> = set.samples.iter().map(Sample::name).collect();
                assert_eq!(called, names, "{text}");
            }
        }
    }

    #[test]
    fn a_folder_without_anything_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let error = open(root.path(), &Schema::face()).unwrap_err().to_string();
        assert!(error.contains("no pictures"), "{error}");
        assert!(open(&root.path().join("none"), &Schema::face()).is_err());
    }
}
