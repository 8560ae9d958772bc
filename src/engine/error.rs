//! Why the engine cannot do what it was asked.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::background::Panicked;
use crate::humanize::io_text;
use crate::model::CheckpointError;
use crate::study::StudyError;

#[derive(Debug, Error)]
pub enum EngineError {
    #[error("the bundled weights: {0}")]
    Bundled(CheckpointError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("{}: {}", .path.display(), io_text(.source))]
    Read { path: PathBuf, source: io::Error },
    /// What a file made whoever read it do.
    #[error("{}: {source}", .path.display())]
    Hostile { path: PathBuf, source: Panicked },
    #[error(transparent)]
    Panicked(#[from] Panicked),
    #[error(transparent)]
    Study(#[from] StudyError),
    #[error("there is nothing to compare with")]
    NoSecond,
}
