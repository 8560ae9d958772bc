//! The form that starts a run: the command line's main settings, with the preset's values until
//! they are changed.

mod plan;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use eframe::egui::{self, DragValue, Role, Ui, WidgetInfo};
use serde::{Deserialize, Serialize};

use super::labels::Counted;
use super::{Runs, Start};
use crate::app::opening::pasted_path;
use crate::app::theme;
use crate::app::widgets::{caption, primary, shortened};
use crate::compute::DeviceChoice;
use crate::dataset;
use crate::model::Config;
use crate::train::{Preset, RunFolder, TrainConfig};

/// Seconds for which a start cannot be asked for again: a second click of the same hand.
const DISARMED: f64 = 2.0;

/// Portraits that are drawn when they are wanted.
const DRAWN: &str = "synthetic:4000";

/// This form's number for the dialogs that it asks for.
const DATA: u32 = 1;
const OUT: u32 = 2;

/// What somebody is asked for whose answer goes to this field.
pub fn title(form: u32) -> &'static str {
    match form {
        OUT => "Choose the folder that runs are written into",
        _ => "Choose data sets to train on",
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
    network: Option<&'static str>,
    /// The preset with what was changed.
    config: TrainConfig,
    device: DeviceChoice,
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
    network: Option<String>,
    config: TrainConfig,
    device: String,
}

/// The run that was started last.
struct Started {
    folder: PathBuf,
    /// Its arguments without the folder.
    settings: Vec<OsString>,
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
            network: None,
            config: TrainConfig::preset(Preset::default()),
            device: DeviceChoice::Auto,
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
            network: self.network.map(String::from),
            config: self.config.clone(),
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
        let network = |name: String| Config::VARIANTS.into_iter().find(|v| *v == name);
        self.network = kept.network.and_then(network);
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
            _ => {}
        }
    }

    /// Starts a run again that was stopped or killed.
    pub fn resume(&self, folder: PathBuf) -> Start {
        let mut arguments = vec!["--resume".into(), folder.clone().into_os_string()];
        arguments.extend(self.device_arguments());
        Start {
            program: self.program.clone(),
            gentle: self.is_gentle(),
            folder,
            arguments,
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
                    self.settings_ui(ui);
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

    fn settings_ui(&mut self, ui: &mut Ui) {
        egui::Grid::new("new run")
            .num_columns(2)
            .spacing([12.0, 6.0])
            .show(ui, |ui| {
                let before = self.preset;
                let tip = "Settings to start from: compact trains a small network well in an hour or \
                           two, paper has the paper's network and 100 epochs a stage, which take \
                           days without a GPU";
                choice(ui, "Preset", tip, preset_name(before), |ui| {
                    for preset in Preset::value_variants() {
                        let name = preset_name(*preset);
                        ui.selectable_value(&mut self.preset, *preset, name);
                    }
                });
                if self.preset != before {
                    self.config = TrainConfig::preset(self.preset);
                    self.network = None;
                }
                let shown = self.network.unwrap_or("the preset's");
                let tip = "How the towers are joined: one of the paper's networks";
                choice(ui, "Network", tip, shown, |ui| {
                    ui.selectable_value(&mut self.network, None, "the preset's");
                    for name in Config::VARIANTS {
                        ui.selectable_value(&mut self.network, Some(name), name);
                    }
                });
                let c = &mut self.config;
                let tip = "Channels of the first convolutions; deeper ones have up to eight times as \
                           many. Twice the width takes about four times as long";
                number(ui, "Width", tip, &mut c.network.width, 1..=256);
                let tip = "Units of the fully connected layer of each task";
                number(ui, "Units of Fc", tip, &mut c.network.fc, 1..=8192);
                let tip = "Faces a step: more give steadier steps, and take more memory";
                number(ui, "Batch", tip, &mut c.batch, 1..=1024);
                let tip = "How often stage 1 sees each training face: it trains the shared tower on \
                           all tasks";
                decimal(ui, "Epochs, stage 1", tip, &mut c.stage1.epochs, 0.0..=10_000.0);
                let tip = "How often stage 2 sees each training face: it trains a tower for each \
                           task beside the shared one";
                decimal(ui, "Epochs, stage 2", tip, &mut c.stage2.epochs, 0.0..=10_000.0);
                let tip = "How far a step of stage 1 goes: too much and the loss grows, too little \
                           and it hardly falls";
                decimal(ui, "Rate, stage 1", tip, &mut c.stage1.learning_rate, 1e-7..=1.0);
                let tip = "How far a step of stage 2 goes";
                decimal(ui, "Rate, stage 2", tip, &mut c.stage2.learning_rate, 1e-7..=1.0);
                let tip = "What chance depends on: the same seed and settings give the same network \
                           on the CPU";
                number(ui, "Seed", tip, &mut c.seed, 0..=u64::MAX);
                let tip = "What computes: auto takes a real GPU if there is one, else the CPU";
                choice(ui, "Device", tip, device_name(self.device), |ui| {
                    for device in DeviceChoice::value_variants() {
                        ui.selectable_value(&mut self.device, *device, device_name(*device));
                    }
                });
            });
    }

    /// The name of the run that was just started with these settings, as long as it may be the
    /// same wish that is heard twice: for a moment, and until the run has begun.
    fn just_started(&self, runs: &Runs, now: f64) -> Option<String> {
        let started = self.started.as_ref()?;
        let begins = runs.is_starting(&started.folder);
        let same = || self.arguments(Path::new("")) == started.settings;
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
            settings: self.arguments(Path::new("")),
            at: now,
        });
        let start = Start {
            program: self.program.clone(),
            arguments: self.arguments(&folder),
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

    /// The command line: the preset, and what differs from it.
    fn arguments(&self, folder: &Path) -> Vec<OsString> {
        let data = self.data.iter().map(|p| dataset::absolute(p));
        let mut all: Vec<OsString> = data.map(OsString::from).collect();
        all.extend(["--out".into(), folder.as_os_str().to_owned()]);
        all.extend(["--preset".into(), preset_name(self.preset).into()]);
        all.extend(self.device_arguments());
        let mut option = |name: &str, value: String| all.extend([name.into(), value.into()]);
        if let Some(network) = self.network {
            option("--network", network.to_owned());
        }
        let (own, first) = (&self.config, TrainConfig::preset(self.preset));
        for (name, own, first) in [
            ("--width", own.network.width, first.network.width),
            ("--fc", own.network.fc, first.network.fc),
            ("--batch", own.batch, first.batch),
        ] {
            if own != first {
                option(name, own.to_string());
            }
        }
        for (name, own, first) in [
            ("--epochs1", own.stage1.epochs, first.stage1.epochs),
            ("--epochs2", own.stage2.epochs, first.stage2.epochs),
            (
                "--lr1",
                own.stage1.learning_rate,
                first.stage1.learning_rate,
            ),
            (
                "--lr2",
                own.stage2.learning_rate,
                first.stage2.learning_rate,
            ),
        ] {
            if own != first {
                option(name, own.to_string());
            }
        }
        if own.seed != first.seed {
            option("--seed", own.seed.to_string());
        }
        all
    }
}

fn choice(ui: &mut Ui, name: &str, tip: &str, shown: &str, content: impl FnOnce(&mut Ui)) {
    let label = ui.label(name).on_hover_text(tip);
    let width = ui.available_width().clamp(60.0, 130.0);
    let combo = egui::ComboBox::from_id_salt(name)
        .selected_text(shown)
        .width(width)
        .truncate()
        .show_ui(ui, content);
    combo.response.labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
}

fn number<N: egui::emath::Numeric>(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut N,
    range: std::ops::RangeInclusive<N>,
) {
    let label = ui.label(name).on_hover_text(tip);
    let field = ui.add(DragValue::new(value).range(range).speed(0.1));
    field.labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
}

fn decimal(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut f64,
    range: std::ops::RangeInclusive<f64>,
) {
    let label = ui.label(name).on_hover_text(tip);
    let speed = (*value * 0.01).max(1e-6);
    let field = DragValue::new(value)
        .range(range)
        .speed(speed)
        .max_decimals(7);
    ui.add(field).labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
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
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_from_the_preset_is_said() {
        let mut form = Form::new("smn-studio".into(), true);
        form.chosen(
            DATA,
            vec!["/data/faces.csv".into(), "/data/faces.csv".into()],
        );
        let words = |form: &Form| {
            let all = form.arguments(std::path::Path::new("/runs/one"));
            let all: Vec<_> = all
                .iter()
                .map(|a| a.to_string_lossy().into_owned())
                .collect();
            all.join(" ")
        };
        let plain = "/data/faces.csv --out /runs/one --preset compact --device auto";
        if cfg!(unix) {
            assert_eq!(words(&form), plain);
        }
        form.chosen(DATA, vec!["synthetic:300".into()]);
        assert!(
            words(&form).contains(" synthetic:300 --out"),
            "in no folder"
        );
        form.config.stage1.epochs = 0.5;
        form.network = Some("single_task");
        assert!(words(&form).ends_with("--network single_task --epochs1 0.5"));
        assert!(form.is_gentle());
        form.device = DeviceChoice::Gpu;
        assert!(!form.is_gentle());
        let resumed = form.resume("/runs/one".into());
        assert_eq!(resumed.arguments[0], "--resume");
    }

    #[test]
    fn the_same_wish_is_not_heard_twice() {
        let mut form = Form::new("smn-studio".into(), true);
        form.chosen(DATA, vec!["synthetic:300".into()]);
        let folder = PathBuf::from("/runs/run-1");
        form.started = Some(Started {
            folder: folder.clone(),
            settings: form.arguments(Path::new("")),
            at: 10.0,
        });
        let none = Runs {
            views: &[],
            running: &[],
        };
        let name = Some("run-1".to_owned());
        assert_eq!(form.just_started(&none, 10.12), name);
        assert_eq!(form.just_started(&none, 10.0 + DISARMED), None);
        // As long as it has not begun, on a slow computer too.
        let views = [crate::train::Follower::expected(&folder).view().clone()];
        let starting = Runs {
            views: &views,
            running: std::slice::from_ref(&folder),
        };
        assert_eq!(form.just_started(&starting, 60.0), name);
        assert!(starting.has(&folder) && !none.has(&folder));
        // It has ended before it began: whatever failed may be tried again.
        let ended = Runs {
            views: &views,
            running: &[],
        };
        assert_eq!(form.just_started(&ended, 60.0), None);
        form.config.seed = 7;
        assert_eq!(form.just_started(&starting, 10.12), None, "another wish");
    }

    #[test]
    fn a_form_comes_back_as_it_was_with_a_free_name() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("run-1")).unwrap();
        let mut form = Form::new("smn-studio".into(), true);
        form.chosen(DATA, vec!["synthetic:300".into(), "/data/faces.csv".into()]);
        form.chosen(OUT, vec![root.path().to_owned()]);
        assert!(form.out.ends_with("run-2"));
        form.preset = Preset::Paper;
        form.config = TrainConfig::preset(Preset::Paper);
        form.config.stage1.epochs = 4.5;
        form.network = Some("single_task");
        form.device = DeviceChoice::Cpu;
        let settings = form.to_settings();
        std::fs::create_dir(root.path().join("run-2")).unwrap();
        let mut back = Form::new("smn-studio".into(), true);
        back.restore(&settings);
        assert!(back.out.ends_with("run-3"), "{}", back.out);
        let words = |form: &Form| form.arguments(Path::new("/runs/one"));
        assert_eq!(words(&back), words(&form));
        // What is not understood changes nothing.
        let before = words(&back);
        back.restore(&serde_json::Value::Null);
        back.restore(&serde_json::json!({"preset": "later"}));
        assert_eq!(words(&back), before);
    }

    #[test]
    fn a_name_that_is_taken_is_not_offered() {
        let root = tempfile::tempdir().unwrap();
        assert!(free_name(root.path()).ends_with("run-1"));
        for taken in ["run-1", "run-2", "run-4"] {
            std::fs::create_dir(root.path().join(taken)).unwrap();
        }
        assert!(free_name(root.path()).ends_with("run-3"));
    }

    #[test]
    fn the_next_run_has_another_name() {
        assert_eq!(next_name("runs/run-9"), "runs/run-10");
        assert_eq!(next_name("runs/mine"), "runs/mine-2");
    }
}
