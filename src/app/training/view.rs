//! What the panes of training keep for themselves.

use std::path::PathBuf;

use crate::app::runs::Runs;
use crate::app::training::form::Form;
use crate::app::training::progress::PlotOptions;
use crate::train::RunSnapshot;

pub struct TrainingView {
    /// Folder of the run that is looked at.
    pub(super) selected: Option<PathBuf>,
    pub form: Form,
    pub(super) plots: PlotOptions,
}

impl TrainingView {
    /// `program` is what trains; `gentle` says that a run shares its processor with the window.
    pub fn new(program: PathBuf, gentle: bool) -> Self {
        Self {
            selected: None,
            form: Form::new(program, gentle),
            plots: PlotOptions::default(),
        }
    }

    /// Shows this run once it is known.
    pub fn select(&mut self, path: PathBuf) {
        self.selected = Some(path);
    }

    /// The run that is looked at.
    pub fn shown<'a>(&self, runs: &'a Runs) -> Option<&'a RunSnapshot> {
        let selected = self.selected.as_ref();
        let found = selected.and_then(|folder| runs.find(folder));
        found.or(runs.watched().last())
    }
}
