//! Data sets into other programs' formats: whole and atomically, never over what was read, and
//! with a list of what the format cannot hold before anything is written.

mod dropped;
mod names;
mod target;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{
    Dataset, DatasetError, Sample, celeba, coco, faces_csv, five_points, labelme, mtfl, pts,
};
use crate::label::{Schema, TaskLabels};
pub use dropped::{Dropped, DroppedKind, dropped};
pub use names::{Layout, Names, one_word};
pub use target::check as check_target;
pub use target::write_file;

/// A format that data sets are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// CelebA's folder with its text tables
    Celeba,
    /// The same with CSV tables
    CelebaCsv,
    /// MTFL's training.txt and testing.txt
    Mtfl,
    /// A 300-W .pts file of five points beside each picture
    Pts,
    /// COCO keypoints, one JSON file
    Coco,
    /// labelme, a JSON file a picture
    Labelme,
    /// faces.csv, one row a face
    FacesCsv,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Self::Celeba,
        Self::CelebaCsv,
        Self::Mtfl,
        Self::Pts,
        Self::Coco,
        Self::Labelme,
        Self::FacesCsv,
    ];

    pub fn celeba_form(self) -> Option<celeba::Form> {
        match self {
            Self::Celeba => Some(celeba::Form::Text),
            Self::CelebaCsv => Some(celeba::Form::Csv),
            _ => None,
        }
    }

    /// Whether there is room for one face a picture only.
    fn one_face(self) -> bool {
        matches!(
            self,
            Self::Celeba | Self::CelebaCsv | Self::Mtfl | Self::Pts
        )
    }
}

/// The faces for which a format has a place.
pub struct Kept<'a> {
    pub set: &'a Dataset,
    pub samples: Vec<&'a Sample>,
    /// In CelebA's layout, these are aligned pictures.
    pub aligned: bool,
    /// In CelebA's layout, an attribute of which nothing is known has its column too.
    pub every_attribute: bool,
    /// Faces left out because their picture has another one.
    pub second_faces: usize,
    /// Faces left out because the format needs to know more of them.
    pub unlabelled: usize,
    /// Faces left out because label files cannot hold the names of their pictures.
    pub unnamed: usize,
}

impl<'a> Kept<'a> {
    pub fn of(set: &'a Dataset, format: Format, origin: Option<&celeba::Files>) -> Self {
        let all: Vec<&Sample> = set.samples.iter().collect();
        let aligned = celeba::aligned(&all, origin);
        let mut kept = Self {
            set,
            aligned,
            every_attribute: false,
            samples: Vec::with_capacity(set.samples.len()),
            second_faces: 0,
            unlabelled: 0,
            unnamed: 0,
        };
        let crowded = match format {
            Format::Labelme => crowded(set),
            _ => HashSet::new(),
        };
        let mut seen = HashSet::new();
        for sample in all {
            if !nameable(format, &sample.path) {
                kept.unnamed += 1;
            } else if !says(format, sample, &set.schema, aligned, &crowded) {
                kept.unlabelled += 1;
            } else if format.one_face() && !seen.insert(&*sample.path) {
                kept.second_faces += 1;
            } else {
                kept.samples.push(sample);
            }
        }
        kept
    }
}

/// Whether the format can say anything of a face.
fn says(
    format: Format,
    sample: &Sample,
    schema: &Schema,
    aligned: bool,
    crowded: &HashSet<&Path>,
) -> bool {
    match format {
        Format::Celeba | Format::CelebaCsv => celeba::says(sample, schema, aligned),
        Format::Mtfl => five_points(sample, schema).is_some(),
        // Where faces share a picture, only their shapes tell them apart.
        Format::Labelme => {
            let shapes = sample.face_box.is_some() || any_point(sample);
            shapes || !crowded.contains(&*sample.path)
        }
        Format::Pts | Format::Coco | Format::FacesCsv => true,
    }
}

fn any_point(sample: &Sample) -> bool {
    sample.annotation.tasks.iter().any(|labels| match labels {
        TaskLabels::Points(points) => points.iter().any(|p| p.known().is_some()),
        TaskLabels::Binary(_) => false,
    })
}

/// Pictures with more than one face.
fn crowded(set: &Dataset) -> HashSet<&Path> {
    let mut seen = HashSet::new();
    let paths = set.samples.iter().map(|s| &*s.path);
    paths.filter(|path| !seen.insert(*path)).collect()
}

/// Label files are UTF-8, and those that are no JSON have a line a face.
fn nameable(format: Format, path: &Path) -> bool {
    let json = matches!(format, Format::Coco | Format::Labelme);
    path.to_str()
        .is_some_and(|text| json || !text.contains(['\n', '\r']))
}

/// How a data set is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub format: Format,
    /// Copy the pictures; else label files name the originals, or have links beside them where a
    /// format wants its pictures in its own folder. Drawn ones are written whatever this says.
    pub copy_pictures: bool,
    /// Write into a folder that holds something already: files of the same names are replaced.
    pub force: bool,
}

/// Writes `set`, which was read from `sources`, into the folder `out`. `placed` hears how many
/// pictures are done. Returns the problems met with pictures that could not be placed.
pub fn export(
    set: &Dataset,
    sources: &[PathBuf],
    out: &Path,
    options: Options,
    placed: impl Fn(usize) + Sync,
) -> Result<Vec<super::Problem>, DatasetError> {
    target::check(out, sources, options.force)?;
    let origin = origin(sources);
    let kept = Kept::of(set, options.format, origin.as_ref());
    let layout = layout(&kept, options.format, options.copy_pictures);
    let names = Names::of(&kept.samples, &layout);
    let draft = target::Draft::beside(out)?;
    let to = draft.path();
    match options.format {
        Format::Celeba => celeba::write(&kept, celeba::Form::Text, &names, origin.as_ref(), to)?,
        Format::CelebaCsv => celeba::write(&kept, celeba::Form::Csv, &names, origin.as_ref(), to)?,
        Format::Mtfl => mtfl::write(&kept, &names, to)?,
        Format::Pts => pts::write(&kept, &names, to)?,
        Format::Coco => {
            let origin = coco::Origin::of(sources, &set.schema);
            coco::write(&kept, &names, origin.as_ref(), to)?;
        }
        Format::Labelme => labelme::write(&kept, &names, to)?,
        Format::FacesCsv => faces_csv::write(&kept, &names, to)?,
    }
    let problems = names.place(to, options.copy_pictures, placed)?;
    draft.finish(out)?;
    Ok(problems)
}

/// The pictures that [`export`] will call something else than before, and what.
pub fn renamed(
    set: &Dataset,
    sources: &[PathBuf],
    format: Format,
    copy_pictures: bool,
) -> Vec<(PathBuf, String)> {
    let kept = Kept::of(set, format, origin(sources).as_ref());
    let layout = layout(&kept, format, copy_pictures);
    let names = Names::of(&kept.samples, &layout);
    let renamed = names.renamed();
    renamed
        .map(|(path, name)| (path.to_owned(), name.to_owned()))
        .collect()
}

/// Where a format's pictures lie. Drawn ones are no files that could be named.
fn layout(kept: &Kept, format: Format, copy_pictures: bool) -> Layout {
    let drawn = || kept.samples.iter().any(|s| !s.source.is_file());
    let pictures = match format {
        Format::Celeba | Format::CelebaCsv => format
            .celeba_form()
            .map(|form| celeba::picture_folder(form, kept.aligned)),
        Format::Pts | Format::Labelme => Some(String::new()),
        _ => None,
    };
    Layout::of(format, pictures, copy_pictures || drawn())
}

/// Whether a COCO file that is written keeps the ids, categories and names of the one that was
/// read.
pub fn keeps_ids(set: &Dataset, sources: &[PathBuf]) -> bool {
    let kept = Kept::of(set, Format::Coco, None);
    let names = Names::of(&kept.samples, &Layout::default());
    coco::Origin::of(sources, &set.schema).is_some_and(|o| o.file(&kept, &names).is_some())
}

/// The CelebA files that were read, if nothing else was.
pub fn origin(sources: &[PathBuf]) -> Option<celeba::Files> {
    match sources {
        [one] => celeba::Files::at(one),
        _ => None,
    }
}
