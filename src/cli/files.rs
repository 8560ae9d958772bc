//! What a command reads and what it writes: nothing that it reads is written over, and that is
//! found before it does anything.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use crate::dataset::Guard;
use crate::label::Schema;
use crate::photo::is_picture;
use crate::review;

/// A place that is written to.
pub enum Output {
    File(PathBuf),
    /// A folder whose files are named by what is read.
    Folder(PathBuf),
}

impl Output {
    /// Files of these names in a folder.
    pub fn files(folder: &Path, names: &[&str]) -> Vec<Self> {
        let names = names.iter();
        names.map(|name| Self::File(folder.join(name))).collect()
    }

    pub fn file(path: Option<&PathBuf>) -> Option<Self> {
        Some(Self::File(path?.clone()))
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Folder(path) => path,
        }
    }
}

/// The files of a command, as its arguments name them.
pub trait Files {
    /// Data sets, and photos and folders of photos that are read like them.
    fn data(&self) -> Vec<PathBuf> {
        Vec::new()
    }
    /// Other files that are read: a photo, weights, predictions, settings.
    fn inputs(&self) -> Vec<PathBuf>;
    fn outputs(&self) -> Vec<Output>;
}

/// Runs a command whose outputs are none of its inputs.
pub fn run<A: Files>(args: A, command: fn(A) -> Result<()>) -> Result<()> {
    check(&args)?;
    command(args)
}

fn check(args: &impl Files) -> Result<()> {
    let outputs = args.outputs();
    let mut written = HashSet::new();
    for output in &outputs {
        if let Output::File(path) = output {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let name = path.display().to_string();
            ensure!(written.insert(path), "{name} would be written twice");
        }
    }
    // What is not there yet is no input.
    let there = outputs.iter().filter(|output| output.path().exists());
    let there: Vec<&Output> = there.collect();
    let mut guard = Guard {
        paths: review::sources(&args.data()),
        files: args.inputs(),
        ..Guard::default()
    };
    // To know all pictures, a data set has to be read: only where one of them may be meant.
    let pictures = there.iter().any(|output| match output {
        Output::File(path) => is_picture(path),
        Output::Folder(_) => true,
    });
    if pictures && !guard.paths.is_empty() {
        // Why it cannot be opened is said by the command.
        if let Ok(set) = review::open_all(&guard.paths, &Schema::face()) {
            guard.samples = set.samples.into();
        }
    }
    let refused = there.iter().find_map(|output| match output {
        Output::File(path) => guard.refuses(path),
        Output::Folder(path) => guard.refuses_folder(path),
    });
    match refused {
        Some(why) => bail!(why),
        None => Ok(()),
    }
}
