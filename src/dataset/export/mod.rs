//! Data sets into other programs' formats: whole and atomically, never over what was read, and
//! with a list of what the format cannot hold before anything is written.

mod dropped;
mod format;
pub(super) mod kept;
pub(super) mod names;
pub(super) mod target;

use std::path::{Path, PathBuf};

use super::{Dataset, DatasetError, celeba, coco, faces_csv, labelme, mtfl, pts};
pub use dropped::{Dropped, DroppedKind, dropped};
pub use format::Format;
pub use kept::Kept;
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
        Format::Celeba => celeba::write(
            &kept,
            celeba::TableFormat::Text,
            &names,
            origin.as_ref(),
            to,
        )?,
        Format::CelebaCsv => {
            celeba::write(&kept, celeba::TableFormat::Csv, &names, origin.as_ref(), to)?
        }
        Format::Mtfl => mtfl::write(&kept, &names, to)?,
        Format::Pts => pts::write(&kept, &names, to)?,
        Format::Coco => {
            let origin = coco::Origin::of(sources, &set.schema);
            coco::write(&kept, &names, origin.as_ref(), to)?;
        }
        Format::Labelme => {
            let origin = labelme::Origin::of(sources, &set.schema);
            labelme::write(&kept, &names, &origin, to)?;
        }
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

/// Whether a COCO file that is written keeps the ids, categories and names of the one that was
/// read.
pub fn keeps_ids(set: &Dataset, sources: &[PathBuf]) -> bool {
    let kept = Kept::of(set, Format::Coco, None);
    let names = Names::of(&kept.samples, &Layout::default());
    coco::Origin::of(sources, &set.schema).is_some_and(|o| o.file(&kept, &names).is_some())
}

/// How many of the labelme files that were read are written again with all that they say.
pub fn keeps_files(set: &Dataset, sources: &[PathBuf]) -> usize {
    let kept = Kept::of(set, Format::Labelme, None);
    let origin = labelme::Origin::of(sources, &set.schema);
    origin.left_out(set, &kept.by_picture()).1.len()
}

/// The CelebA files that were read, if nothing else was.
pub fn origin(sources: &[PathBuf]) -> Option<celeba::Files> {
    match sources {
        [one] => celeba::Files::at(one),
        _ => None,
    }
}
