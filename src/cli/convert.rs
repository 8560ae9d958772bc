//! `smn-studio convert`: data sets into other programs' formats.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;

use super::files::{Files, Opened, Output};
use super::inputs::warn;
use crate::dataset::Dataset;
use crate::dataset::export::{self, Format, Options, Sources};
use crate::humanize::counted;
use crate::label::Schema;
use crate::review;
use crate::terminal::{bar, errln, outln};

/// Writes data sets in another format, as a whole folder or not at all.
///
/// What the format cannot hold is listed first, and pictures that get another name are named.
/// Pictures stay where they are: label files name them by their full path, and where a format
/// wants them in its own folder (CelebA, .pts, labelme), links to them are put there. Copies lie in
/// sub-folders as the originals do; CelebA and .pts have all of them in one. Drawn pictures
/// (synthetic:N) are written. Rows of CelebA's tables that say the same as before are written as
/// they were, letter by letter. A face without a box gets the extent of its points as COCO's bbox.
#[derive(Args)]
pub struct ConvertArgs {
    /// Data sets; several are joined
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// The format to write
    #[arg(long, value_enum)]
    to: Format,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Copy the pictures into the folder
    #[arg(long)]
    copy_pictures: bool,
    /// Write into a folder that holds something: files of the same names are replaced
    #[arg(long)]
    force: bool,
    /// Only report what would be lost
    #[arg(long)]
    dry_run: bool,
}

impl Files for ConvertArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.data.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn outputs(&self) -> Vec<Output> {
        // Where these do not want pictures in their folder, none is written.
        let beside = [
            Format::Celeba,
            Format::CelebaCsv,
            Format::Pts,
            Format::Labelme,
        ];
        let pictures = self.copy_pictures || beside.contains(&self.to);
        let writes = pictures && !self.dry_run;
        let folder = writes.then(|| Output::Folder(self.out.clone()));
        folder.into_iter().collect()
    }
}

pub fn run(args: ConvertArgs, opened: &mut Opened) -> Result<()> {
    let mode = (args.copy_pictures, args.force);
    export::check_target(&args.out, &review::sources(&args.data), args.force)?;
    let (set, read) = open(&args.data, opened)?;
    let sources = Sources::of(&read, &set.schema, args.to);
    report(&set, &sources, args.to, args.copy_pictures);
    if args.dry_run {
        return Ok(());
    }
    write(&set, &sources, args.to, &args.out, mode)
}

/// Writes data sets, journals among them, in a format; copies pictures, and replaces files, as is
/// asked.
pub(super) fn write_set(
    (data, opened): (&[PathBuf], &mut Opened),
    to: Format,
    out: &Path,
    mode: (bool, bool),
) -> Result<()> {
    let (set, read) = open(data, opened)?;
    let sources = Sources::of(&read, &set.schema, to);
    report(&set, &sources, to, mode.0);
    write(&set, &sources, to, out, mode)
}

/// The set, and the paths that it was read from.
fn open(data: &[PathBuf], opened: &mut Opened) -> Result<(Dataset, Vec<PathBuf>)> {
    let set = opened.take(data, &Schema::face())?;
    warn(&set.problems);
    ensure!(!set.samples.is_empty(), "{}: no faces", set.name);
    Ok((set, review::sources(data)))
}

/// What the format cannot hold, and what is called otherwise.
fn report(set: &Dataset, sources: &Sources, to: Format, copy_pictures: bool) {
    let dropped = export::dropped(set, sources, to);
    if dropped.is_empty() {
        errln!("the format holds all that was read");
    } else {
        errln!("the format does not hold:");
        for entry in &dropped {
            errln!("  {entry}");
        }
    }
    let keeps_ids = to == Format::Coco && export::keeps_ids(set, sources);
    if keeps_ids {
        errln!(
            "ids, categories and what else the file says of faces and their images stay as they are"
        );
        match copy_pictures {
            true => errln!("file_name is that of the copy"),
            false => errln!("file_name stays, and source_path says where the picture lies"),
        }
    } else if to == Format::Coco {
        errln!("ids of images and annotations are numbered anew; each area is that of its box");
        errln!(
            "the one category is 1, face, with this program's points in its order, whatever was read"
        );
        if !copy_pictures {
            errln!("pictures are named by their whole paths; --copy-pictures puts them beside");
        }
    }
    if to == Format::Labelme {
        let kept = export::keeps_files(set, sources);
        if kept > 0 {
            errln!(
                "{} of labelme's, as they were but for their pictures' names",
                counted(kept, "file")
            );
        }
    }
    say_renamed(&export::renamed(set, sources, to, copy_pictures));
}

fn write(
    set: &Dataset,
    sources: &Sources,
    to: Format,
    out: &Path,
    (copy_pictures, force): (bool, bool),
) -> Result<()> {
    let options = Options {
        format: to,
        copy_pictures,
        force,
    };
    let bar = bar(set.samples.len());
    let problems = export::export(set, sources, out, options, |done| {
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    warn(&problems?);
    outln!("{}", out.display());
    Ok(())
}

/// Names pictures that are called something else than before: the first few, and how many.
fn say_renamed(renamed: &[(PathBuf, String)]) {
    const SHOWN: usize = 10;
    if renamed.is_empty() {
        return;
    }
    errln!("pictures that get another name: {}", renamed.len());
    for (path, name) in renamed.iter().take(SHOWN) {
        errln!("  {} → {name}", path.display());
    }
    if renamed.len() > SHOWN {
        errln!("  … and {} more", renamed.len() - SHOWN);
    }
}
