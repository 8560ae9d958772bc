//! `smn-studio data`: what is in data sets.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::files::{Files, Opened, Output};
use crate::atomic::write_atomic;
use crate::dataset::{self, Summary};
use crate::label::Schema;
use crate::terminal::{self, bar};

/// Summarises data sets: faces, splits, identities, known labels, balance and problems.
///
/// A data set is a folder in CelebA's layout (text or CSV tables; where aligned pictures and those
/// in the wild are both there, the aligned ones are read, and naming the folder img_celeba reads
/// the others), a faces.csv (or a table with its columns under another name, by itself), MTFL's
/// training.txt and testing.txt, a folder of pictures with .pts or labelme files beside them, a COCO
/// keypoints file, a folder of pictures or a picture. Several are joined: of a picture that is in
/// more than one, each fills what the others do not know.
///
/// What lies in folders below an opened one is part of it: pictures, label files, whole data sets.
/// Hidden files and folders never are. Faces whose set has no splits are in that of a folder named
/// train, val or test (or of a COCO file, where there are several).
#[derive(Args)]
pub struct DataArgs {
    /// Data sets
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Also decode every picture and name those that cannot be read, that have another size than
    /// their labels are for, and labels outside their picture
    #[arg(long)]
    check_pictures: bool,
    /// Also write all of it as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Files for DataArgs {
    fn data(&self) -> Vec<Vec<PathBuf>> {
        vec![self.data.clone()]
    }

    fn inputs(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn outputs(&self) -> Vec<Output> {
        Output::file(self.json.as_ref()).into_iter().collect()
    }
}

pub fn run(args: DataArgs, opened: &mut Opened) -> Result<()> {
    let mut set = opened.take(&args.data, &Schema::face())?;
    if args.check_pictures {
        let bar = bar(set.samples.len());
        let unreadable = dataset::check_pictures(&set, |done| bar.set_position(done as u64));
        bar.finish_and_clear();
        set.problems.extend(unreadable);
    }
    let summary = Summary::of(&set);
    terminal::out(format_args!("{summary}"));
    if let Some(path) = args.json {
        let text = serde_json::to_string_pretty(&summary)?;
        write_atomic(&path, text.as_bytes()).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
