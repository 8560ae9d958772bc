//! Settings from a file, read in the background.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use crate::background::in_background;
use crate::train::TrainConfig;

/// A file's settings, or why there are none.
pub type Reading = Receiver<Result<TrainConfig, String>>;

/// Reads settings; what the file does not say is as in `base`.
pub fn read(path: PathBuf, base: TrainConfig) -> Reading {
    let (send, reading) = channel();
    in_background(move || {
        let _ = send.send(settings_of(&path, &base)); // the form may be gone
    });
    reading
}

fn settings_of(path: &Path, base: &TrainConfig) -> Result<TrainConfig, String> {
    let said = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| said(&e))?;
    let config = base.with_file(&text).map_err(|e| said(&e))?;
    config.validate().map_err(|e| said(&e))?;
    Ok(config)
}
