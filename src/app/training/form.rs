//! The form that starts a run: its settings are a [`TrainConfig`], which the run is handed as a
//! file would be, with the preset's values until they are changed.

mod fields;
mod plan;
mod settings;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use eframe::egui::{self, Role, Ui, WidgetInfo};
use serde::{Deserialize, Serialize};

use settings::Reading;

use crate::app::opening::{Filter, WEIGHTS, pasted_path};
use crate::app::training::labels::Counted;
use crate::app::training::{Runs, Start};
use crate::app::widgets::buttons::{caption, primary, shortened};
use crate::app::widgets::theme;
use crate::compute::DeviceChoice;
use crate::dataset;
use crate::train::{InitialWeights, Preset, RunFolder, TrainConfig};

/// Seconds for which a start cannot be asked for again: a second click of the same hand.
const DISARMED: f64 = 2.0;

/// Portraits that are drawn when they are wanted.
const DRAWN: &str = "synthetic:4000";

/// This form's number for the dialogs that it asks for.
const DATA: u32 = 1;
const OUT: u32 = 2;
const VGG16: u32 = 3;
const STAGE1: u32 = 4;
const SETTINGS: u32 = 5;

/// What somebody is asked for whose answer goes to this field.
pub fn title(form: u32) -> &'static str {
    match form {
        OUT => "Choose the folder that runs are written into",
        VGG16 => "Choose torchvision's VGG16",
        STAGE1 => "Choose weights in place of stage 1",
        SETTINGS => "Choose settings: a JSON file, or the run.json of a run",
        _ => "Choose data sets to train on",
    }
}

/// The files that suit it.
pub fn files(form: u32) -> Filter {
    match form {
        VGG16 | STAGE1 => WEIGHTS,
        SETTINGS => ("Settings", &["json"]),
        _ => ("Data sets", &["csv", "txt", "json"]),
    }
}

pub struct Form {
    program: PathBuf,
    gentle: bool,
    data: Vec<PathBuf>,
    /// A data set that is being typed.
    typed: String,
    labels: Counted,
    out: String,
    preset: Preset,
    /// The preset with what was changed.
    config: TrainConfig,
    initial_weights: InitialWeights,
    /// The terms of the weights, stored with them.
    license: String,
    /// Threads to compute with; all cores where it is 0.
    threads: usize,
    device: DeviceChoice,
    /// Settings that are being read from a file.
    reading: Option<Reading>,
    /// Why the last file was not taken.
    unread: Option<String>,
    started: Option<Started>,
    /// A folder in which a run was found when one was to be started.
    taken: Option<PathBuf>,
}

/// What of a form is kept between sessions.
#[derive(Serialize, Deserialize)]
struct Kept {
    data: Vec<PathBuf>,
    /// Where runs are written.
    runs: PathBuf,
    preset: String,
    config: TrainConfig,
    #[serde(default)]
    #[serde(rename = "starts")]
    initial_weights: InitialWeights,
    #[serde(default)]
    license: String,
    #[serde(default)]
    threads: usize,
    device: String,
}

/// The run that was started last.
struct Started {
    folder: PathBuf,
    /// Its arguments without the folder, and its settings.
    settings: (Vec<OsString>, TrainConfig),
    /// When, in the window's seconds.
    at: f64,
}

impl Form {
    pub fn new(program: PathBuf, gentle: bool) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Self {
            program,
            gentle,
            data: Vec::new(),
            typed: String::new(),
            labels: Counted::default(),
            out: free_name(&here.join("runs")),
            preset: Preset::default(),
            config: TrainConfig::preset(Preset::default()),
            initial_weights: InitialWeights::default(),
            license: String::new(),
            threads: 0,
            device: DeviceChoice::Auto,
            reading: None,
            unread: None,
            started: None,
            taken: None,
        }
    }

    /// What is kept between sessions.
    pub fn to_settings(&self) -> serde_json::Value {
        let kept = Kept {
            data: self.data.clone(),
            runs: Path::new(self.out.trim())
                .parent()
                .map_or_else(PathBuf::new, Path::to_owned),
            preset: preset_name(self.preset).into(),
            config: self.config.clone(),
            initial_weights: self.initial_weights.clone(),
            license: self.license.clone(),
            threads: self.threads,
            device: device_name(self.device).into(),
        };
        // A path that is no text cannot be kept.
        serde_json::to_value(kept).unwrap_or_default()
    }

    /// Takes up what was kept; what this version does not know gives way to the usual.
    pub fn restore(&mut self, settings: &serde_json::Value) {
        let Ok(kept) = Kept::deserialize(settings) else {
            return;
        };
        let mut presets = Preset::value_variants().iter();
        let Some(preset) = presets.find(|p| preset_name(**p) == kept.preset) else {
            return;
        };
        self.preset = *preset;
        self.config = kept.config;
        self.initial_weights = kept.initial_weights;
        self.license = kept.license;
        self.threads = kept.threads;
        let mut devices = DeviceChoice::value_variants().iter();
        if let Some(device) = devices.find(|d| device_name(**d) == kept.device) {
            self.device = *device;
        }
        self.data = kept.data;
        if kept.runs.is_dir() {
            self.out = free_name(&kept.runs);
        }
    }

    /// Paths that a dialog gave.
    pub fn chosen(&mut self, form: u32, paths: Vec<PathBuf>) {
        match (form, paths.first()) {
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
            (SETTINGS, Some(path)) => self.read_settings(path.clone()),
            _ => {}
        }
    }

    /// InitialWeights a run again that was stopped or killed.
    pub fn resume(&self, folder: PathBuf) -> Start {
        let mut arguments = vec!["--resume".into(), folder.clone().into_os_string()];
        arguments.extend(self.device_arguments());
        Start {
            program: self.program.clone(),
            gentle: self.is_gentle(),
            folder,
            arguments,
            settings: None,
            resumes: true,
        }
    }

    /// Returns a run to be started. `open` is the data set that the window shows.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        open: &[PathBuf],
        runs: &Runs,
        ask: &dyn Fn(u32, bool),
    ) -> Option<Start> {
        let mut start = None;
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                let margin = egui::Margin::symmetric(12, 8);
                egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                    self.data_ui(ui, open, ask);
                    ui.add_space(8.0);
                    self.out_ui(ui, ask);
                    ui.add_space(8.0);
                    caption(ui, "Settings");
                    self.settings_ui(ui, ask);
                    ui.add_space(12.0);
                    start = self.start_ui(ui, runs);
                });
            });
        start
    }

    fn data_ui(&mut self, ui: &mut Ui, open: &[PathBuf], ask: &dyn Fn(u32, bool)) {
        let p = theme::palette(ui.ctx());
        caption(ui, "Data sets");
        let mut gone = None;
        for (i, path) in self.data.iter().enumerate() {
            ui.horizontal(|ui| {
                if ui
                    .small_button("×")
                    .on_hover_text("Take this away")
                    .clicked()
                {
                    gone = Some(i);
                }
                let words = path.display().to_string();
                ui.label(shortened(&words, 34)).on_hover_text(words);
            });
        }
        if let Some(i) = gone {
            self.data.remove(i);
        }
        if self.data.is_empty() {
            ui.colored_label(p.quiet, "What is to be learned from, with labels.");
        }
        self.labels.look(ui.ctx(), &self.data);
        self.labels.ui(ui);
        self.typed_ui(ui);
        ui.horizontal_wrapped(|ui| {
            let new = open.iter().any(|o| !self.data.contains(o));
            let button = ui.add_enabled(new, egui::Button::new("Use what is open"));
            if button
                .on_hover_text("Train on the data set that the list shows")
                .on_disabled_hover_text("The samples are no data set, or it is chosen already")
                .clicked()
            {
                self.chosen(DATA, open.to_vec());
            }
            if ui.button("Folder…").on_hover_text("Add a folder").clicked() {
                ask(DATA, true);
            }
            let drawn = PathBuf::from(DRAWN);
            let button = ui.add_enabled(!self.data.contains(&drawn), egui::Button::new("Drawn faces"));
            let tip = format!(
                "4,000 drawn portraits with exact labels, which need no files ({DRAWN}): to see how \
                 training goes"
            );
            if button.on_hover_text(tip).clicked() {
                self.chosen(DATA, vec![drawn]);
            }
            if ui
                .button("File…")
                .on_hover_text("Add a faces.csv")
                .clicked()
            {
                ask(DATA, false);
            }
        });
    }

    /// A path, or drawn portraits, which no dialog finds.
    fn typed_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 48.0).max(60.0);
            let field = egui::TextEdit::singleline(&mut self.typed)
                .hint_text("a path, or synthetic:4000")
                .desired_width(width);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Data set to add"));
            let field = field.on_hover_text(
                "A folder or label file, as they are opened elsewhere, or synthetic:N for N drawn \
                 portraits; Enter or Add takes it",
            );
            let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let path = pasted_path(&self.typed);
            let add = ui.add_enabled(path.is_some(), egui::Button::new("Add"));
            let add = add.on_hover_text("Add the data set of this path, or drawn portraits");
            if let (true, Some(path)) = (add.clicked() || entered, path) {
                self.typed.clear();
                self.chosen(DATA, vec![dataset::absolute(&path)]);
            }
        });
    }

    fn out_ui(&mut self, ui: &mut Ui, ask: &dyn Fn(u32, bool)) {
        // The field may be too narrow for its end.
        let name = Path::new(self.out.trim()).file_name().unwrap_or_default();
        ui.horizontal(|ui| {
            caption(ui, "Run folder");
            let p = theme::palette(ui.ctx());
            let name = egui::RichText::new(name.to_string_lossy()).size(theme::SMALL);
            ui.add(egui::Label::new(name.color(p.text)).truncate());
        });
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 40.0).max(60.0);
            let field = egui::TextEdit::singleline(&mut self.out).desired_width(width);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Run folder"));
            field.on_hover_text(format!(
                "Where the run keeps its settings, curves, checkpoints and the finished network: {}",
                self.folder().display()
            ));
            if ui
                .button("…")
                .on_hover_text("Choose where runs are kept")
                .clicked()
            {
                ask(OUT, true);
            }
        });
    }

    /// The name of the run that was just started with these settings, as long as it may be the
    /// same wish that is heard twice: for a moment, and until the run has begun.
    fn just_started(&self, runs: &Runs, now: f64) -> Option<String> {
        let started = self.started.as_ref()?;
        let begins = runs.is_starting(&started.folder);
        let same = || self.asked() == started.settings;
        ((begins || now < started.at + DISARMED) && same())
            .then(|| dataset::name_of(&started.folder))
    }

    /// Where the run would be.
    fn folder(&self) -> PathBuf {
        let out = PathBuf::from(self.out.trim());
        std::path::absolute(&out).unwrap_or(out)
    }

    fn start_ui(&mut self, ui: &mut Ui, runs: &Runs) -> Option<Start> {
        let p = theme::palette(ui.ctx());
        // They may have been changed in this frame.
        self.labels.look(ui.ctx(), &self.data);
        let now = ui.input(|i| i.time);
        let just = self.just_started(runs, now);
        if just.is_some() {
            let soon = std::time::Duration::from_secs_f64(DISARMED);
            ui.ctx().request_repaint_after(soon);
        }
        let missing = if self.data.is_empty() {
            Some("Choose a data set first.")
        } else if self.labels.is_counting() {
            Some("The labels are being counted.")
        } else if self.labels.refused().is_some() {
            Some("These data sets cannot be trained on.")
        } else if self.out.trim().is_empty() {
            Some("Name the run's folder first.")
        } else if runs.has(&self.folder()) || self.taken.as_ref() == Some(&self.folder()) {
            Some("There is a run in this folder already: name another.")
        } else {
            None
        };
        let words = match &just {
            Some(name) => format!("Started {name}"),
            None => "Start training".into(),
        };
        let button = ui
            .add_enabled_ui(missing.is_none() && just.is_none(), |ui| {
                primary(ui, &words)
            })
            .inner;
        let started = button.clicked();
        let disabled = match (&just, missing) {
            (Some(name), _) => format!("{name} has just been started with these settings"),
            (None, why) => why.unwrap_or_default().to_owned(),
        };
        let button = button
            .on_hover_text(
                "Trains as `smn-studio train` does with these settings, in the run's folder; it \
                 can be paused, stopped and continued",
            )
            .on_disabled_hover_text(disabled);
        match missing {
            Some(words) => ui.colored_label(p.quiet, words),
            None => ui.colored_label(
                p.quiet,
                "The run is a process of its own: it goes on when the window is closed.",
            ),
        };
        if let (None, Some(words)) = (missing, self.plan_words(runs)) {
            ui.colored_label(p.quiet, words);
        }
        self.labels.warnings_ui(ui);
        if !started {
            return None;
        }
        // A key that is held goes on clicking what has the focus.
        button.surrender_focus();
        let folder = self.folder();
        if RunFolder::open(&folder).is_ok() {
            self.taken = Some(folder);
            return None;
        }
        self.started = Some(Started {
            folder: folder.clone(),
            settings: self.asked(),
            at: now,
        });
        let start = Start {
            program: self.program.clone(),
            arguments: self.arguments(&folder),
            settings: Some(Box::new(self.config.clone())),
            gentle: self.is_gentle(),
            folder,
            resumes: false,
        };
        self.out = free_from(next_name(&self.out));
        Some(start)
    }

    fn is_gentle(&self) -> bool {
        match self.device {
            DeviceChoice::Cpu => true,
            DeviceChoice::Auto => self.gentle,
            DeviceChoice::Gpu | DeviceChoice::Cuda => false,
        }
    }

    fn device_arguments(&self) -> [OsString; 2] {
        ["--device".into(), device_name(self.device).into()]
    }

    /// What is asked of a run in whatever folder.
    fn asked(&self) -> (Vec<OsString>, TrainConfig) {
        (self.arguments(Path::new("")), self.config.clone())
    }

    /// The command line; the settings themselves come by the standard input.
    fn arguments(&self, folder: &Path) -> Vec<OsString> {
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

fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::Compact => "compact",
        Preset::Paper => "paper",
    }
}

fn device_name(device: DeviceChoice) -> &'static str {
    match device {
        DeviceChoice::Auto => "auto",
        DeviceChoice::Gpu => "gpu",
        DeviceChoice::Cpu => "cpu",
        DeviceChoice::Cuda => "cuda",
    }
}

/// The first "run-N" in a folder that is not there yet.
fn free_name(runs: &Path) -> String {
    free_from(runs.join("run-1").display().to_string())
}

/// This name, or the first after it of which there is no folder.
fn free_from(mut name: String) -> String {
    while Path::new(&name).exists() {
        name = next_name(&name);
    }
    name
}

/// "runs/run-9" to "runs/run-10"; a name without a number gets one.
fn next_name(name: &str) -> String {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (stem, number) = name.split_at(name.len() - digits);
    match number.parse::<u64>() {
        Ok(n) => format!("{stem}{}", n.saturating_add(1)),
        Err(_) => format!("{name}-2"),
    }
}

#[cfg(test)]
mod tests;
