//! The settings of a run, in whatever folder and on whatever data.

use std::ffi::OsString;

use crate::app::training::form::names::device_name;
use crate::compute::DeviceChoice;
use crate::train::{InitialWeights, Preset, TrainConfig};

pub struct RunSettings {
    pub preset: Preset,
    /// The preset with what was changed.
    pub config: TrainConfig,
    pub initial_weights: InitialWeights,
    /// The terms of the weights, stored with them.
    pub license: String,
    /// Threads to compute with; all cores where it is 0.
    pub threads: usize,
    pub device: DeviceChoice,
}

impl Default for RunSettings {
    fn default() -> Self {
        let preset = Preset::default();
        Self {
            preset,
            config: TrainConfig::preset(preset),
            initial_weights: InitialWeights::default(),
            license: String::new(),
            threads: 0,
            device: DeviceChoice::Auto,
        }
    }
}

impl RunSettings {
    /// Whether a run leaves the window's processor time to it; `shared` says that they share one
    /// where nothing else is chosen.
    pub fn is_gentle(&self, shared: bool) -> bool {
        match self.device {
            DeviceChoice::Cpu => true,
            DeviceChoice::Auto => shared,
            DeviceChoice::Gpu | DeviceChoice::Cuda => false,
        }
    }

    pub fn device_arguments(&self) -> [OsString; 2] {
        ["--device".into(), device_name(self.device).into()]
    }

    /// Of the command line; the configuration itself comes by the standard input.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut all: Vec<OsString> = vec!["--config".into(), "-".into()];
        all.extend(self.device_arguments());
        let weights = &self.initial_weights;
        let files = [("--vgg16", &weights.vgg16), ("--stage1", &weights.stage1)];
        for (name, path) in files {
            if let Some(path) = path {
                all.extend([name.into(), path.into()]);
            }
        }
        let license = self.license.trim();
        if !license.is_empty() {
            // In one piece: it may begin with a dash.
            all.push(format!("--license={license}").into());
        }
        if self.threads > 0 {
            all.extend(["--threads".into(), self.threads.to_string().into()]);
        }
        all
    }
}
