//! Why something could not be exported.

use std::io;
use std::path::PathBuf;

use crate::evaluation::WriteError;
use crate::figure::FigureError;
use crate::humanize::io_text;
use crate::photo::PhotoError;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What is wanted is not there, or not yet.
    #[error("{0}")]
    Missing(&'static str),
    #[error("A sheet takes {most} faces at most, and {chosen} are chosen")]
    TooMany { most: usize, chosen: usize },
    #[error("a table is CSV or Markdown, not {0:?}")]
    TableFormat(String),
    #[error("a report is CSV, Markdown, LaTeX or JSON, not {0:?}")]
    ReportFormat(String),
    #[error("{}: {}", .path.display(), io_text(.source))]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Report(#[from] WriteError),
    #[error(transparent)]
    Figure(#[from] FigureError),
    #[error(transparent)]
    Photo(#[from] PhotoError),
}
