//! Settings from a file, read in the background.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::background::in_background;
use crate::train::TrainConfig;

/// The file from which settings were taken last.
#[derive(Default)]
pub struct SettingsFile {
    reading: Option<Receiver<Result<TrainConfig, String>>>,
    error: Option<String>,
}

impl SettingsFile {
    /// Reads settings; what the file does not say is as in `base`.
    pub fn read(&mut self, path: PathBuf, base: TrainConfig) {
        let (sender, reading) = channel();
        self.error = None;
        self.reading = Some(reading);
        in_background(move || {
            let _ = sender.send(settings_of(&path, &base)); // the form may be gone
        });
    }

    /// The settings that were read, once.
    pub fn poll(&mut self) -> Option<TrainConfig> {
        let result = match self.reading.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => return None,
            result => result,
        };
        self.reading = None;
        match result.ok()? {
            Ok(config) => Some(config),
            Err(why) => {
                self.error = Some(why);
                None
            }
        }
    }

    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Why its settings were not taken.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub fn forget_error(&mut self) {
        self.error = None;
    }
}

fn settings_of(path: &Path, base: &TrainConfig) -> Result<TrainConfig, String> {
    let error = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| error(&e))?;
    let config = base.with_file(&text).map_err(|e| error(&e))?;
    config.validate().map_err(|e| error(&e))?;
    Ok(config)
}
