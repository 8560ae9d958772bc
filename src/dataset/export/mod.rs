//! Data sets into other programs' formats: whole and atomically, never over what was read, and
//! with a list of what the format cannot hold before anything is written.

mod dropped;
pub(super) mod exported_faces;
mod format;
pub(super) mod names;
pub(super) mod target;

use std::path::{Path, PathBuf};

use super::{Dataset, DatasetError, celeba, coco, faces_csv, labelme, mtfl, pts};
use crate::label::Schema;
pub use dropped::{Dropped, DroppedKind, dropped};
pub use exported_faces::ExportedFaces;
pub use format::Format;
use names::layout;
pub use names::{Layout, Names};
pub use target::check as check_target;

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

/// What a data set was read from, as far as an export needs it: its files are read once.
#[derive(Default)]
pub struct Sources<'a> {
    paths: &'a [PathBuf],
    /// CelebA's files, if nothing else was read.
    celeba: Option<celeba::Files>,
    labelme: labelme::Origin,
    /// For an export to COCO alone.
    coco: Option<coco::Origin>,
}

impl<'a> Sources<'a> {
    /// Of a data set of `schema` that was read from `paths` and will be written in `format`.
    pub fn of(paths: &'a [PathBuf], schema: &Schema, format: Format) -> Self {
        let coco = || coco::Origin::of(paths, schema);
        Self {
            paths,
            celeba: match paths {
                [one] => celeba::Files::at(one),
                _ => None,
            },
            labelme: labelme::Origin::of(paths, schema),
            coco: (format == Format::Coco).then(coco).flatten(),
        }
    }
}

/// Writes `set`, which was read from `sources`, into the folder `out`. `placed` hears how many
/// pictures are done. Returns the problems met with pictures that could not be placed.
pub fn export(
    set: &Dataset,
    sources: &Sources,
    out: &Path,
    options: Options,
    placed: impl Fn(usize) + Sync,
) -> Result<Vec<super::Problem>, DatasetError> {
    target::check(out, sources.paths, options.force)?;
    let origin = sources.celeba.as_ref();
    let kept = ExportedFaces::of(set, options.format, origin);
    let layout = layout(&kept, options.format, options.copy_pictures);
    let names = Names::of(&kept.samples, &layout);
    let draft = target::Draft::beside(out)?;
    let to = draft.path();
    match options.format {
        Format::Celeba => celeba::write(&kept, celeba::TableFormat::Text, &names, origin, to)?,
        Format::CelebaCsv => celeba::write(&kept, celeba::TableFormat::Csv, &names, origin, to)?,
        Format::Mtfl => mtfl::write(&kept, &names, to)?,
        Format::Pts => pts::write(&kept, &names, to)?,
        Format::Coco => coco::write(&kept, &names, sources.coco.as_ref(), to)?,
        Format::Labelme => labelme::write(&kept, &names, &sources.labelme, to)?,
        Format::FacesCsv => faces_csv::write(&kept, &names, to)?,
    }
    let problems = names.place(to, options.copy_pictures, placed)?;
    draft.finish(out)?;
    Ok(problems)
}

/// The pictures that [`export`] will call something else than before, and what.
pub fn renamed(
    set: &Dataset,
    sources: &Sources,
    format: Format,
    copy_pictures: bool,
) -> Vec<(PathBuf, String)> {
    let kept = ExportedFaces::of(set, format, sources.celeba.as_ref());
    let layout = layout(&kept, format, copy_pictures);
    let names = Names::of(&kept.samples, &layout);
    let renamed = names.renamed();
    renamed
        .map(|(path, name)| (path.to_owned(), name.to_owned()))
        .collect()
}

/// Whether a COCO file that is written keeps the ids, categories and names of the one that was
/// read.
pub fn keeps_ids(set: &Dataset, sources: &Sources) -> bool {
    let kept = ExportedFaces::of(set, Format::Coco, None);
    let names = Names::of(&kept.samples, &Layout::default());
    let origin = sources.coco.as_ref();
    origin.is_some_and(|o| o.file(&kept, &names).is_some())
}

/// How many of the labelme files that were read are written again with all that they say.
pub fn keeps_files(set: &Dataset, sources: &Sources) -> usize {
    let kept = ExportedFaces::of(set, Format::Labelme, None);
    sources.labelme.left_out(set, &kept.by_picture()).1.len()
}
