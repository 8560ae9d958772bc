//! What a command reads and what it writes: nothing that it reads is written over, and that is
//! found before it does anything.

use std::collections::HashSet;
use std::mem::take;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use crate::dataset::{Dataset, Guard};
use crate::label::Schema;
use crate::photo::is_picture;
use crate::review::{self, OpenError};

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
    /// Data sets, and photos and folders of photos that are read like them: those that are opened as
    /// one together.
    fn data(&self) -> Vec<Vec<PathBuf>> {
        Vec::new()
    }
    /// Other files that are read: a photo, weights, predictions, settings.
    fn inputs(&self) -> Vec<PathBuf>;
    fn outputs(&self) -> Vec<Output>;
}

/// The data sets of a command that were opened to know their pictures: each is opened once.
#[derive(Default)]
pub struct Opened(Vec<(Vec<PathBuf>, Dataset)>);

impl Opened {
    /// Hands a data set over, which is opened if it is not yet.
    pub fn take(&mut self, paths: &[PathBuf], schema: &Schema) -> Result<Dataset, OpenError> {
        match self.place(paths, schema) {
            Some(at) => Ok(self.0.swap_remove(at).1),
            None => review::open_all(paths, schema),
        }
    }

    /// Lends a data set, which stays open for the next who asks.
    pub fn lend(&mut self, paths: &[PathBuf], schema: &Schema) -> Result<&Dataset, OpenError> {
        let at = match self.place(paths, schema) {
            Some(at) => at,
            None => {
                let set = review::open_all(paths, schema)?;
                self.0.push((paths.to_vec(), set));
                self.0.len() - 1
            }
        };
        Ok(&self.0[at].1)
    }

    fn place(&self, paths: &[PathBuf], schema: &Schema) -> Option<usize> {
        let mut sets = self.0.iter();
        sets.position(|(of, set)| of == paths && set.schema == *schema)
    }
}

/// Runs a command whose outputs are none of its inputs.
pub fn run<A: Files>(args: A, command: fn(A, &mut Opened) -> Result<()>) -> Result<()> {
    let mut opened = check(&args)?;
    command(args, &mut opened)
}

fn check(args: &impl Files) -> Result<Opened> {
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
        paths: review::sources(&args.data().concat()),
        files: args.inputs(),
        ..Guard::default()
    };
    // To know all pictures, a data set has to be read: only where one of them may be meant.
    let pictures = there.iter().any(|output| match output {
        Output::File(path) => is_picture(path),
        Output::Folder(_) => true,
    });
    let mut opened = Opened::default();
    for paths in args
        .data()
        .into_iter()
        .filter(|paths| pictures && !paths.is_empty())
    {
        // Why it cannot be opened is said by the command.
        if let Ok(set) = review::open_all(&paths, &Schema::face()) {
            opened.0.push((paths, set));
        }
    }
    let refused = |guard: &Guard| {
        there.iter().find_map(|output| match output {
            Output::File(path) => guard.refuses(path),
            Output::Folder(path) => guard.refuses_folder(path),
        })
    };
    let mut why = refused(&guard);
    for (_, set) in &mut opened.0 {
        guard.samples = take(&mut set.samples).into();
        why = why.or_else(|| refused(&guard));
        set.samples = take(&mut guard.samples).into_vec();
    }
    match why {
        Some(why) => bail!(why),
        None => Ok(opened),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Args(Vec<Vec<PathBuf>>, PathBuf);

    impl Files for Args {
        fn data(&self) -> Vec<Vec<PathBuf>> {
            self.0.clone()
        }

        fn inputs(&self) -> Vec<PathBuf> {
            Vec::new()
        }

        fn outputs(&self) -> Vec<Output> {
            vec![Output::File(self.1.clone())]
        }
    }

    #[test]
    fn what_was_opened_for_its_pictures_is_not_opened_again() {
        let root = tempfile::tempdir().unwrap();
        let [set, other] = ["set", "other"].map(|name| root.path().join(name));
        for folder in [&set, &other] {
            std::fs::create_dir(folder).unwrap();
            image::RgbImage::new(4, 4)
                .save(folder.join("a.png"))
                .unwrap();
        }
        let figure = root.path().join("figure.png");
        let args = Args(vec![vec![set.clone()], vec![other.clone()]], figure.clone());
        assert!(
            check(&args).unwrap().0.is_empty(),
            "nothing can be written over"
        );
        std::fs::write(&figure, "").unwrap();
        let mut opened = check(&args).unwrap();
        // What is not there any more was opened before.
        std::fs::remove_dir_all(&set).unwrap();
        let paths = [set];
        assert_eq!(
            opened.lend(&paths, &Schema::face()).unwrap().samples.len(),
            1
        );
        assert_eq!(
            opened.take(&paths, &Schema::face()).unwrap().samples.len(),
            1
        );
        assert!(opened.take(&paths, &Schema::face()).is_err());
        let own = Args(vec![vec![other.clone()]], other.join("a.png"));
        assert!(check(&own).is_err(), "its own picture");
        let mut schema = Schema::face();
        schema.tasks.pop();
        let other = opened.take(&[other], &schema).unwrap();
        assert_eq!(other.schema, schema, "under the schema that is asked for");
    }
}
