//! What is read besides the faces that are open, so that no export writes over it.

use std::path::{Path, PathBuf};

use super::Studio;
use crate::model::BUNDLED;
use crate::train::RunFolder;

impl Studio {
    /// Notes which files these are: weights that are loaded or compared with, predictions, and what
    /// runs that are watched have in their folders.
    pub(super) fn guard_files(&mut self) {
        let networks = &self.model.networks;
        let origins = networks.slots.iter().flatten().map(|n| n.origin.as_str());
        let loaded = origins.filter(|origin| *origin != BUNDLED);
        let mut files: Vec<PathBuf> = loaded.map(PathBuf::from).collect();
        let compared = self.panels.features.compared_weights();
        files.extend(compared.map(Path::to_owned));
        let other = self.model.faces.other.as_ref();
        files.extend(other.and_then(|other| other.file.clone()));
        for run in self.model.runs.watched() {
            files.extend(RunFolder::FILES.map(|name| run.path.join(name)));
            files.extend(run.kept.values().cloned());
        }
        if files != self.session.guarded {
            self.opening.dialogs.guard_files(files.clone());
            self.session.guarded = files;
        }
    }
}
