//! What of the form is kept between sessions.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::app::training::form::names::{device_name, free_name, preset_name};
use crate::app::training::form::state::Form;
use crate::compute::DeviceChoice;
use crate::train::{InitialWeights, Preset, TrainConfig};

/// What of a form is kept between sessions.
#[derive(Serialize, Deserialize)]
struct Saved {
    data: Vec<PathBuf>,
    /// Where runs are written.
    runs: PathBuf,
    preset: String,
    config: TrainConfig,
    #[serde(default, rename = "starts")]
    initial_weights: InitialWeights,
    #[serde(default)]
    license: String,
    #[serde(default)]
    threads: usize,
    device: String,
}

impl Form {
    /// What is kept between sessions.
    pub fn to_settings(&self) -> serde_json::Value {
        let saved = Saved {
            data: self.data.clone(),
            runs: Path::new(self.out.trim())
                .parent()
                .map_or_else(PathBuf::new, Path::to_owned),
            preset: preset_name(self.settings.preset).into(),
            config: self.settings.config.clone(),
            initial_weights: self.settings.initial_weights.clone(),
            license: self.settings.license.clone(),
            threads: self.settings.threads,
            device: device_name(self.settings.device).into(),
        };
        // A path that is no text cannot be saved.
        serde_json::to_value(saved).unwrap_or_default()
    }

    /// Takes up what was kept; what this version does not know gives way to the usual.
    pub fn restore(&mut self, settings: &serde_json::Value) {
        let Ok(saved) = Saved::deserialize(settings) else {
            return;
        };
        let mut presets = Preset::value_variants().iter();
        let Some(preset) = presets.find(|p| preset_name(**p) == saved.preset) else {
            return;
        };
        self.settings.preset = *preset;
        self.settings.config = saved.config;
        self.settings.initial_weights = saved.initial_weights;
        self.settings.license = saved.license;
        self.settings.threads = saved.threads;
        let mut devices = DeviceChoice::value_variants().iter();
        if let Some(device) = devices.find(|d| device_name(**d) == saved.device) {
            self.settings.device = *device;
        }
        self.data = saved.data;
        if saved.runs.is_dir() {
            self.out = free_name(&saved.runs);
        }
    }
}
