//! What is set in the form, and the run that it asks for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::app::runs::{Runs, StartRequest};
use crate::app::training::form::dialogs::{DATA, OUT, SETTINGS, STAGE1, VGG16};
use crate::app::training::form::labels::LabelCounts;
use crate::app::training::form::names::free_name;
use crate::app::training::form::reading::SettingsFile;
use crate::app::training::form::run_settings::RunSettings;
use crate::dataset;
use crate::train::TrainConfig;

/// Seconds for which a start cannot be asked for again: a second click of the same hand.
pub const DISARMED: f64 = 2.0;

pub struct Form {
    pub program: PathBuf,
    /// Whether a run shares its processor with the window where nothing else is chosen.
    pub gentle: bool,
    pub data: Vec<PathBuf>,
    /// A data set that is being typed.
    pub typed: String,
    pub labels: LabelCounts,
    /// The run's folder, as it is typed.
    pub out: String,
    pub settings: RunSettings,
    pub file: SettingsFile,
    pub started: Option<Started>,
    /// A folder in which a run was found when one was to be started.
    pub taken: Option<PathBuf>,
    /// Height of what stands below the form, as it was drawn last.
    pub foot: f32,
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
            settings: RunSettings::default(),
            file: SettingsFile::default(),
            started: None,
            taken: None,
            foot: 0.0,
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
            (VGG16, path) => self.settings.initial_weights.vgg16 = path.cloned(),
            (STAGE1, path) => self.settings.initial_weights.stage1 = path.cloned(),
            (SETTINGS, Some(path)) => {
                let base = TrainConfig::preset(self.settings.preset);
                self.file.read(path.clone(), base);
            }
            _ => {}
        }
    }

    /// Starts a run again that was stopped or killed.
    pub fn resume(&self, folder: PathBuf) -> StartRequest {
        let mut arguments = vec!["--resume".into(), folder.clone().into_os_string()];
        arguments.extend(self.settings.device_arguments());
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
        self.settings.is_gentle(self.gentle)
    }

    /// What is asked of a run in whatever folder.
    pub fn request(&self) -> (Vec<OsString>, TrainConfig) {
        (self.arguments(Path::new("")), self.settings.config.clone())
    }

    /// The command line; the configuration itself comes by the standard input.
    pub fn arguments(&self, folder: &Path) -> Vec<OsString> {
        let data = self.data.iter().map(|p| dataset::absolute(p));
        let mut all: Vec<OsString> = data.map(OsString::from).collect();
        all.extend(["--out".into(), folder.as_os_str().to_owned()]);
        all.extend(self.settings.arguments());
        all
    }
}
