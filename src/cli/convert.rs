//! `smn-studio convert`: data sets into other programs' formats.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use super::files::{Files, Opened, Output};
use super::inputs::warn;
use crate::dataset::Dataset;
use crate::dataset::export::{self, Existing, Format, Options, Sources};
use crate::humanize::counted;
use crate::label::Schema;
use crate::review;
use crate::terminal::{bar, errln, outln};

/// Writes data sets in another format, as a whole folder or not at all.
///
/// What the format cannot hold is listed first, and pictures that get another name are named. Where
/// labels would be lost, all-labels.csv beside has them, a table that is opened by itself.
/// Pictures stay where they are: label files name them from the folder that is written, so that both
/// can be moved together, and where a format wants them in its own folder (CelebA, .pts, labelme),
/// links to them are put there. Copies lie in
/// sub-folders as the originals do; CelebA and .pts have all of them in one. Drawn pictures
/// (synthetic:N) are written. Rows of CelebA's tables that say the same as before are written as
/// they were, letter by letter. A face without a box gets the extent of its points as COCO's bbox.
#[derive(Args)]
pub struct ConvertArgs {
    /// Data sets; several are joined
    #[arg(required = true)]
    data: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
    /// Only report what would be lost
    #[arg(long)]
    dry_run: bool,
}

/// What is written of a data set, and where.
#[derive(Args)]
pub struct Target {
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
    /// Put the new folder in the place of an earlier one of this program's, which goes as a whole; one
    /// that holds anything else is refused
    #[arg(long, conflicts_with = "force")]
    replace: bool,
}

impl Target {
    /// Folders in which pictures are written.
    pub fn outputs(&self) -> Vec<Output> {
        // Where these do not want pictures in their folder, none is written.
        let beside = [
            Format::Celeba,
            Format::CelebaCsv,
            Format::Pts,
            Format::Labelme,
        ];
        let pictures = self.copy_pictures || beside.contains(&self.to);
        let folder = pictures.then(|| Output::Folder(self.out.clone()));
        folder.into_iter().collect()
    }

    fn options(&self) -> Options {
        Options {
            format: self.to,
            copy_pictures: self.copy_pictures,
            existing: match (self.force, self.replace) {
                (true, _) => Existing::Overwrite,
                (_, true) => Existing::Replace,
                _ => Existing::Refuse,
            },
        }
    }

    /// Writes data sets, journals among them; or only says what would be lost.
    pub fn write(&self, data: &[PathBuf], opened: &mut Opened, dry_run: bool) -> Result<()> {
        let options = self.options();
        export::check_target(&self.out, &review::sources(data), options.existing)?;
        let set = opened.take(data, &Schema::face())?;
        warn(&set.problems);
        ensure!(!set.samples.is_empty(), "{}: no faces", set.name);
        let read = review::sources(data);
        let sources = Sources::of(&read, &set.schema, self.to);
        report(&set, &sources, self);
        if dry_run {
            return Ok(());
        }
        let bar = bar(set.samples.len());
        let problems = export::export(&set, &sources, &self.out, options, |done| {
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        warn(&problems?);
        outln!("{}", self.out.display());
        Ok(())
    }
}

impl Files for ConvertArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.data.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn outputs(&self) -> Vec<Output> {
        match self.dry_run {
            true => Vec::new(),
            false => self.target.outputs(),
        }
    }
}

pub fn run(args: ConvertArgs, opened: &mut Opened) -> Result<()> {
    args.target.write(&args.data, opened, args.dry_run)
}

/// What the format cannot hold, and what is called otherwise.
fn report(set: &Dataset, sources: &Sources, target: &Target) {
    let (to, copy_pictures) = (target.to, target.copy_pictures);
    let dropped = export::dropped(set, sources, to);
    if dropped.is_empty() {
        errln!("the format holds all that was read");
    } else {
        errln!("the format does not hold:");
        for entry in &dropped {
            errln!("  {entry}");
        }
    }
    if let Some(text) = export::beside_text(&dropped, to) {
        errln!("{text}");
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
            errln!("pictures are named from the new folder; --copy-pictures puts them beside");
        }
    }
    if to == Format::Labelme {
        let kept = export::keeps_files(set, sources);
        if kept > 0 {
            errln!(
                "{} of labelme's, as they were but for their pictures' names and what was mended",
                counted(kept, "file")
            );
        }
    }
    say_renamed(&export::renamed(set, sources, to, copy_pictures));
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
