//! Data sets into other programs' formats: whole and atomically, never over what was read, and
//! with a list of what the format cannot hold before anything is written.

mod dropped;
pub(super) mod exported_faces;
mod format;
pub(super) mod names;
pub(super) mod target;
mod verify;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::folders::folder_of;
use super::{Dataset, DatasetError, celeba, coco, faces_csv, labelme, mtfl, pts};
use crate::label::Schema;
pub use dropped::{Dropped, DroppedKind, dropped};
pub use exported_faces::ExportedFaces;
pub use format::Format;
use names::layout;
pub use names::{Layout, Names};
pub use target::{Existing, check as check_target, is_export};

/// How a data set is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub format: Format,
    /// Copy the pictures; else label files name the originals, or have links beside them where a
    /// format wants its pictures in its own folder. Drawn ones are written whatever this says.
    pub copy_pictures: bool,
    /// What becomes of what the folder holds already.
    pub existing: Existing,
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
    /// For one to faces.csv.
    table: Option<faces_csv::Origin>,
}

impl<'a> Sources<'a> {
    /// Of a data set of `schema` that was read from `paths` and will be written in `format`.
    pub fn of(paths: &'a [PathBuf], schema: &Schema, format: Format) -> Self {
        let coco = || coco::Origin::of(paths, schema);
        let table = || faces_csv::Origin::of(paths, schema);
        Self {
            paths,
            celeba: match paths {
                [one] => celeba::Files::at(one),
                _ => None,
            },
            labelme: labelme::Origin::of(paths, schema),
            coco: (format == Format::Coco).then(coco).flatten(),
            table: (format == Format::FacesCsv).then(table).flatten(),
        }
    }
}

/// Writes `set`, which was read from `sources`, into the folder `out`. `placed` hears how many
/// pictures are done. Returns the problems met with pictures that could not be placed.
///
/// # Errors
/// If `out` must not be written, or cannot be, and if what was written would be read otherwise.
pub fn export(
    set: &Dataset,
    sources: &Sources,
    out: &Path,
    options: Options,
    placed: impl Fn(usize) + Sync,
) -> Result<Vec<super::Problem>, DatasetError> {
    target::check(out, sources.paths, options.existing)?;
    let real_out = target::real(out).map_err(DatasetError::io(out))?;
    if options.existing == Existing::Replace {
        keep_pictures(set, &real_out)?;
    }
    let kept = ExportedFaces::of(set, options.format, sources.celeba.as_ref());
    let layout = layout(&kept, options.format, options.copy_pictures);
    let names = Names::of(&kept.samples, &layout).seen_from(real_out.clone());
    let nothing = Sources::default();
    let lost = dropped(set, sources, options.format);
    // As the files that were read; where these cannot say what is to be said, anew.
    let mut wrong = String::new();
    for sources in [sources, &nothing] {
        let draft = target::Draft::beside(&real_out)?;
        write(&kept, &names, sources, options.format, draft.path())?;
        if beside(&lost, options.format) {
            let all = ExportedFaces::of(set, Format::FacesCsv, None);
            let all = ExportedFaces {
                samples: all
                    .samples
                    .iter()
                    .copied()
                    .filter(|s| names.has(s))
                    .collect(),
                ..all
            };
            faces_csv::write_as(&all, &names, &draft.path().join(faces_csv::BESIDE))?;
        }
        let problems = names.place(draft.path(), options.copy_pictures, &placed)?;
        match verify::misread(&kept, &names, options.format, draft.path()) {
            None => {
                draft.finish(&real_out, options.existing)?;
                return Ok(problems);
            }
            Some(what) => wrong = what,
        }
    }
    let what = format!("nothing was written, since it would be read otherwise: {wrong}");
    Err(DatasetError::format(out, what))
}

fn write(
    kept: &ExportedFaces,
    names: &Names,
    sources: &Sources,
    format: Format,
    to: &Path,
) -> Result<(), DatasetError> {
    let celeba = sources.celeba.as_ref();
    match format {
        Format::Celeba => celeba::write(kept, celeba::TableFormat::Text, names, celeba, to),
        Format::CelebaCsv => celeba::write(kept, celeba::TableFormat::Csv, names, celeba, to),
        Format::Mtfl => mtfl::write(kept, names, to),
        Format::Pts => pts::write(kept, names, to),
        Format::Coco => coco::write(kept, names, sources.coco.as_ref(), to),
        Format::Labelme => labelme::write(kept, names, &sources.labelme, to),
        Format::FacesCsv => faces_csv::write(kept, names, sources.table.as_ref(), to),
    }
}

/// Whether a table of this program's own is written beside a format that loses labels, which has them.
fn beside(lost: &[Dropped], format: Format) -> bool {
    format != Format::FacesCsv && lost.iter().any(|lost| lost.kind.is_of_labels())
}

/// What is said of that table.
pub fn beside_text(lost: &[Dropped], format: Format) -> Option<String> {
    let text = format!(
        "{} beside, a table of this program's, has the labels that the format does not hold",
        faces_csv::BESIDE
    );
    beside(lost, format).then_some(text)
}

/// Refuses a folder that goes as a whole where pictures of the set lie in it.
fn keep_pictures(set: &Dataset, out: &Path) -> Result<(), DatasetError> {
    let files = set.samples.iter().filter(|s| s.source.is_file());
    let folders: HashSet<&Path> = files.map(|s| folder_of(&s.path)).collect();
    let within = |folder: &&Path| folder.canonicalize().is_ok_and(|f| f.starts_with(out));
    match folders.into_iter().find(within) {
        Some(folder) => {
            let what = "pictures of the data set lie there; choose another folder";
            Err(DatasetError::format(folder, what))
        }
        None => Ok(()),
    }
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
    sources.labelme.left_out(&kept.by_picture()).1.len()
}
