//! What the panes of training ask for.

use std::path::PathBuf;

use crate::app::command::Command;
use crate::app::export::Target;
use crate::app::runs::StartRequest;
use crate::figure::{self, Table};

/// What somebody asked for.
pub enum Action {
    Run(Command),
    Start(StartRequest),
    StopWatching(PathBuf),
    /// Weights that a run has kept.
    Load(PathBuf),
    /// A dialog whose answer goes to this field of the form.
    Choose {
        field: u32,
        folder: bool,
    },
    Export(CurveExport, Target),
}

/// What of a run's curves leaves the window.
pub enum CurveExport {
    Plot(figure::plot::Curves),
    Table(Table),
}
