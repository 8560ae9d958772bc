//! Why a data set cannot be opened or written at all.

use std::path::{Path, PathBuf};

use super::Problem;
use crate::humanize::io_text;

/// What ends the reading or writing of a whole data set.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{}: {}", path.display(), io_text(source))]
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

    /// What is wrong with the only file that is opened, with its line.
    pub(crate) fn of_problem(path: &Path, problem: Problem) -> Self {
        match problem.line {
            Some(line) => Self::format(path, format!("line {line}: {}", problem.what)),
            None => Self::format(path, problem.what),
        }
    }

    pub(crate) fn format(path: &Path, what: impl Into<String>) -> Self {
        Self::Format {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}
