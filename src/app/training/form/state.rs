//! What is set in the form, and the run that it asks for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::app::runs::{Runs, StartRequest};
use crate::app::training::form::dialogs::{DATA, OUT, SETTINGS, STAGE1, VGG16};
use crate::app::training::form::labels::LabelCounts;
use crate::app::training::form::names::{device_name, free_name};
use crate::app::training::form::reading::{Reading, read};
use crate::compute::DeviceChoice;
use crate::dataset;
use crate::train::{InitialWeights, Preset, TrainConfig};

/// Seconds for which a start cannot be asked for again: a second click of the same hand.
pub const DISARMED: f64 = 2.0;

pub struct Form {
    pub program: PathBuf,
    pub gentle: bool,
    pub data: Vec<PathBuf>,
    /// A data set that is being typed.
    pub typed: String,
    pub labels: LabelCounts,
    pub out: String,
    pub preset: Preset,
    /// The preset with what was changed.
    pub config: TrainConfig,
    pub initial_weights: InitialWeights,
    /// The terms of the weights, stored with them.
    pub license: String,
    /// Threads to compute with; all cores where it is 0.
    pub threads: usize,
    pub device: DeviceChoice,
    /// Settings that are being read from a file.
    pub reading: Option<Reading>,
    /// Why the last file was not taken.
    pub settings_error: Option<String>,
    pub started: Option<Started>,
    /// A folder in which a run was found when one was to be started.
    pub taken: Option<PathBuf>,
}

/// The run that was started last.
pub struct Started {
    pub folder: PathBuf,
    /// Its arguments without the folder, and its settings.
    pub settings: (Vec<OsString>, TrainConfig),
    /// When, in the window's seconds.
    pub at: f64,
}

impl Form {
    pub fn new(program: PathBuf, gentle: bool) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Self {
            program,
            gentle,
            data: Vec::new(),
            typed: String::new(),
            labels: LabelCounts::default(),
            out: free_name(&here.join("runs")),
            preset: Preset::default(),
            config: TrainConfig::preset(Preset::default()),
            initial_weights: InitialWeights::default(),
            license: String::new(),
            threads: 0,
            device: DeviceChoice::Auto,
            reading: None,
            settings_error: None,
            started: None,
            taken: None,
        }
    }

    /// Paths that a dialog gave.
    pub fn chosen(&mut self, field: u32, paths: Vec<PathBuf>) {
        match (field, paths.first()) {
            (DATA, _) => {
                for path in paths {
                    if !self.data.contains(&path) {
                        self.data.push(path);
                    }
                }
            }
            (OUT, Some(path)) => self.out = free_name(path),
            (VGG16, path) => self.initial_weights.vgg16 = path.cloned(),
            (STAGE1, path) => self.initial_weights.stage1 = path.cloned(),
            (SETTINGS, Some(path)) => {
                self.settings_error = None;
                let base = TrainConfig::preset(self.preset);
                self.reading = Some(read(path.clone(), base));
            }
            _ => {}
        }
    }

    /// Starts a run again that was stopped or killed.
    pub fn resume(&self, folder: PathBuf) -> StartRequest {
        let mut arguments = vec!["--resume".into(), folder.clone().into_os_string()];
        arguments.extend(self.device_arguments());
        StartRequest {
            program: self.program.clone(),
            gentle: self.is_gentle(),
            folder,
            arguments,
            settings: None,
            resumes: true,
        }
    }

    /// The name of the run that was just started with these settings, as long as it may be the
    /// same request made twice: for a moment, and until the run has begun.
    pub fn just_started(&self, runs: &Runs, now: f64) -> Option<String> {
        let started = self.started.as_ref()?;
        let begins = runs.is_starting(&started.folder);
        let same = || self.request() == started.settings;
        ((begins || now < started.at + DISARMED) && same())
            .then(|| dataset::name_of(&started.folder))
    }

    /// Where the run would be.
    pub fn folder(&self) -> PathBuf {
        let out = PathBuf::from(self.out.trim());
        std::path::absolute(&out).unwrap_or(out)
    }

    pub fn is_gentle(&self) -> bool {
        match self.device {
            DeviceChoice::Cpu => true,
            DeviceChoice::Auto => self.gentle,
            DeviceChoice::Gpu | DeviceChoice::Cuda => false,
        }
    }

    pub fn device_arguments(&self) -> [OsString; 2] {
        ["--device".into(), device_name(self.device).into()]
    }

    /// What is asked of a run in whatever folder.
    pub fn request(&self) -> (Vec<OsString>, TrainConfig) {
        (self.arguments(Path::new("")), self.config.clone())
    }

    /// The command line; the settings themselves come by the standard input.
    pub fn arguments(&self, folder: &Path) -> Vec<OsString> {
        let data = self.data.iter().map(|p| dataset::absolute(p));
        let mut all: Vec<OsString> = data.map(OsString::from).collect();
        all.extend(["--out".into(), folder.as_os_str().to_owned()]);
        all.extend(["--config".into(), "-".into()]);
        all.extend(self.device_arguments());
        let mut option = |name: &str, value: OsString| all.extend([name.into(), value]);
        if let Some(path) = &self.initial_weights.vgg16 {
            option("--vgg16", path.into());
        }
        if let Some(path) = &self.initial_weights.stage1 {
            option("--stage1", path.into());
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
