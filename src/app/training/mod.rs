//! The Training workspace: runs that are watched, started, paused, stopped; and their weights.
//!
//! A run is a process and a folder, and the window only looks at the folder. Reading is done by a
//! thread of its own, which also starts runs and sees them end.

mod curve_plot;
mod form;
mod labels;
mod plots;
mod watcher;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use eframe::egui::{self, Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::command::hint::tooltip;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::export::Made;
use crate::app::studio::Studio;
use crate::app::widgets::buttons::primary;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::train::{Control, Liveness, RunSnapshot, State};

pub use form::Form;
use plots::{Leaving, PlotLook, Wish};
pub use watcher::Start;
use watcher::{Seen, Watch};

const ROW: f32 = 48.0;
/// How long a process that was started may not be known yet.
const STARTS: Duration = Duration::from_secs(3);
/// Pixels of a PNG to a pixel of a plot.
const EXPORT_SCALE: f32 = 2.0;

/// The runs that are known.
pub struct Runs<'a> {
    pub views: &'a [RunSnapshot],
    /// Folders of runs that were started here and have not ended.
    pub running: &'a [PathBuf],
}

impl Runs<'_> {
    pub fn has(&self, folder: &Path) -> bool {
        self.views.iter().any(|v| v.path == folder)
    }

    /// Whether a process was started in the folder that has not told how it is.
    pub fn is_starting(&self, folder: &Path) -> bool {
        let silent = |v: &RunSnapshot| v.path == folder && v.liveness == Liveness::Starting;
        self.running.iter().any(|r| r == folder) && self.views.iter().any(silent)
    }
}

pub struct Training {
    watch: Sender<Watch>,
    seen: Receiver<Seen>,
    /// The runs that are watched.
    pub views: Vec<RunSnapshot>,
    /// Folders of runs that were started here and have not ended.
    pub running: Vec<PathBuf>,
    selected: Option<PathBuf>,
    /// What runs were told that they have not done yet, and when.
    told: BTreeMap<PathBuf, (Control, Instant)>,
    /// Weights that were asked for as a run's result and have not come yet.
    result: Option<PathBuf>,
    pub form: Form,
    look: PlotLook,
}

impl Training {
    /// `program` is what trains; `gentle` says that a run shares its processor with the window.
    pub fn new(program: PathBuf, gentle: bool, wake: impl Fn() + Send + 'static) -> Self {
        let (watch, orders) = channel();
        let (report, seen) = channel();
        watcher::start(orders, report, wake);
        Self {
            watch,
            seen,
            views: Vec::new(),
            running: Vec::new(),
            selected: None,
            told: BTreeMap::new(),
            result: None,
            form: Form::new(program, gentle),
            look: PlotLook::default(),
        }
    }

    /// Watches the run in a folder and shows it.
    pub fn watch(&mut self, path: PathBuf) {
        self.selected = Some(path.clone());
        self.order(Watch::Add(path));
    }

    /// Watches runs of an earlier session, as far as they are still there.
    pub fn watch_again(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            self.order(Watch::AddIfThere(path));
        }
    }

    /// Tells a run something by its folder.
    fn tell(&mut self, path: PathBuf, wish: Control) {
        self.told.insert(path.clone(), (wish, Instant::now()));
        self.order(Watch::Tell(path, wish));
    }

    /// What the run was told and has not done yet.
    fn told(&self, path: &Path) -> Option<Control> {
        self.told.get(path).map(|t| t.0)
    }

    /// How a run is, or what it is about to do because it was told.
    pub fn words(&self, run: &RunSnapshot) -> String {
        match self.told(&run.path) {
            Some(told) => plots::told_words(told).to_owned(),
            None => run.summary(),
        }
    }

    /// Why a command can do nothing with this run.
    pub fn blocked(&self, run: &RunSnapshot, command: Command) -> Option<&'static str> {
        blocked(run, self.told(&run.path), command)
    }

    pub fn start(&mut self, start: Start) {
        self.selected = Some(start.folder.clone());
        self.order(Watch::Start(start));
    }

    fn forget(&mut self, path: &Path) {
        self.order(Watch::Forget(path.to_owned()));
    }

    fn order(&self, order: Watch) {
        if self.watch.send(order).is_err() {
            log::error!("the thread that watches runs has ended; restart the program");
        }
    }

    /// Takes in what the thread has seen.
    pub fn receive(&mut self) {
        while let Ok(seen) = self.seen.try_recv() {
            self.views = seen.views;
            self.running = seen.running;
        }
        let (views, running) = (&self.views, &self.running);
        self.told.retain(|path, (wish, since)| {
            let view = views.iter().find(|v| v.path == *path);
            let runs = running.contains(path) || since.elapsed() < STARTS;
            view.is_some_and(|v| is_awaited(v, *wish, runs))
        });
    }

    pub fn paths(&self) -> Vec<PathBuf> {
        self.views.iter().map(|v| v.path.clone()).collect()
    }

    /// What to say of weights that have come, if they were asked for as a run's result.
    pub fn loaded(&mut self, origin: &str) -> Option<String> {
        let result = self.result.take_if(|r| r.as_path() == Path::new(origin))?;
        let run = result.parent().map(crate::dataset::name_of)?;
        Some(format!(
            "{run} is in use: Photos and Report show what it says. The network's name in the top \
             bar leads back to the one before"
        ))
    }

    /// The run that is looked at.
    pub fn shown(&self) -> Option<&RunSnapshot> {
        let selected = self.selected.as_ref();
        let found = self.views.iter().find(|v| Some(&v.path) == selected);
        found.or(self.views.last())
    }
}

/// Whether a run still has to do what it was told. `runs` says that its process may be there.
fn is_awaited(run: &RunSnapshot, wish: Control, runs: bool) -> bool {
    let ended = matches!(run.liveness, Liveness::Ended | Liveness::Dead);
    let state = run.status.as_ref().map(|s| s.state);
    match wish {
        Control::Stop => !ended,
        Control::Pause => !ended && state != Some(State::Paused),
        Control::Run if ended => runs && state != Some(State::Done),
        Control::Run => state == Some(State::Paused),
    }
}

/// Why a command can do nothing with this run, which has been `told` something.
fn blocked(run: &RunSnapshot, told: Option<Control>, command: Command) -> Option<&'static str> {
    match (told, command) {
        (Some(Control::Stop), Command::PauseRun | Command::ResumeRun | Command::StopRun) => {
            return Some("The run has been told to stop, which it does after its step");
        }
        (Some(Control::Pause), Command::PauseRun) => {
            return Some("The run has been told to pause, which it does after its step");
        }
        (Some(Control::Run), Command::ResumeRun) => {
            return Some("The run has been told to go on");
        }
        _ => {}
    }
    let works = !matches!(run.liveness, Liveness::Ended | Liveness::Dead);
    let state = run.status.as_ref().map(|s| s.state);
    let paused = works && state == Some(State::Paused);
    match command {
        Command::PauseRun if !works => Some("The run is not running"),
        Command::PauseRun if paused => Some("The run waits already"),
        Command::StopRun if !works => Some("The run is not running"),
        Command::ResumeRun if state == Some(State::Done) => Some("The run is done"),
        Command::ResumeRun if works && !paused => Some("The run is running"),
        Command::LoadRun if run.result.is_none() => Some("The run has no final weights yet"),
        _ => None,
    }
}

impl Studio {
    /// Does what a command says about training.
    pub(super) fn run_training(&mut self, command: Command) {
        if command == Command::NewRun {
            self.panes.workspace = Workspace::Training;
            return self.panes.show(Pane::NewRun);
        }
        if command == Command::OpenRun {
            return self.opening.dialog(true, self.schema());
        }
        let Some(run) = self.training.shown() else {
            return self.toasts.warn("No training run is open");
        };
        if let Some(why) = self.training.blocked(run, command) {
            return self.toasts.say(why);
        }
        let path = run.path.clone();
        let ended = matches!(run.liveness, Liveness::Ended | Liveness::Dead);
        match command {
            Command::ResumeRun if ended => {
                let start = self.training.form.resume(path.clone());
                self.training.start(start);
                let since = Instant::now();
                self.training.told.insert(path, (Control::Run, since));
            }
            Command::PauseRun => self.training.tell(path, Control::Pause),
            Command::ResumeRun => self.training.tell(path, Control::Run),
            Command::StopRun => self.training.tell(path, Control::Stop),
            Command::LoadRun => {
                if let Some(result) = run.result.clone() {
                    self.training.result = Some(result.clone());
                    self.load(self.in_use(), result);
                }
            }
            _ => {}
        }
    }

    /// Asks all runs that were started here to end at a checkpoint.
    pub(super) fn stop_runs(&self) {
        for path in &self.training.running {
            // At once, not by the thread: the window is about to close.
            if let Err(e) = crate::train::control(path, Control::Stop) {
                log::warn!("{}: {e}", path.display());
            }
        }
    }

    pub(super) fn runs_pane_ui(&mut self, ui: &mut Ui) {
        header_ui(ui, "Runs", &self.training.views.len().to_string());
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            let button = primary(ui, Command::NewRun.name());
            if tooltip(button, Command::NewRun, &self.keys).clicked() {
                self.later.push(Command::NewRun);
            }
            let button = ui.button(Command::OpenRun.name());
            if tooltip(button, Command::OpenRun, &self.keys).clicked() {
                self.later.push(Command::OpenRun);
            }
        });
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let shown = self.training.shown().map(|r| r.path.clone());
        let (mut select, mut forget) = (None, None);
        let network = self.model.networks.current.as_ref();
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                for run in &self.training.views {
                    let response = run_row_ui(
                        ui,
                        run,
                        shown.as_ref() == Some(&run.path),
                        network.is_some_and(|n| is_result(run, &n.origin)),
                        self.training.told(&run.path),
                    );
                    response.context_menu(|ui| {
                        if ui.button("Stop watching").clicked() {
                            forget = Some(run.path.clone());
                            ui.close();
                        }
                    });
                    if response.clicked() {
                        select = Some(run.path.clone());
                    }
                }
                if self.training.views.is_empty() {
                    let p = theme::palette(ui.ctx());
                    let margin = egui::Margin::symmetric(12, 8);
                    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                        ui.colored_label(
                            p.quiet,
                            "No run is watched. Start one at the right, or drop a run's folder on the window.",
                        );
                    });
                }
            });
        if let Some(path) = forget {
            self.training.forget(&path);
        }
        self.training.selected = select.or(self.training.selected.take());
    }

    pub(super) fn new_run_pane_ui(&mut self, ui: &mut Ui) {
        header_ui(ui, "New run", "");
        let open: Vec<PathBuf> = self.model.opened.clone();
        let opening = &self.opening;
        let ask =
            |form, folder| opening.form_dialog(form, folder, form::title(form), form::files(form));
        let training = &mut self.training;
        let runs = Runs {
            views: &training.views,
            running: &training.running,
        };
        if let Some(start) = training.form.ui(ui, &open, &runs, &ask) {
            self.training.start(start);
        }
    }

    pub(super) fn plots_pane_ui(&mut self, ui: &mut Ui) {
        let network = self.model.networks.current.as_ref();
        let training = &mut self.training;
        let selected = training.selected.as_ref();
        let found = training.views.iter().find(|v| Some(&v.path) == selected);
        let Some(run) = found.or(training.views.last()) else {
            header_ui(ui, "Progress", "");
            return crate::app::widgets::buttons::hint_ui(
                ui,
                "The curves of a training run will stand here.\nStart one with New run, or open a run's folder.",
            );
        };
        let used = network.is_some_and(|n| is_result(run, &n.origin));
        let told = training.told.get(&run.path).map(|t| t.0);
        let wishes = plots::ui(ui, run, used, told, &mut training.look, &self.keys);
        for wish in wishes {
            match wish {
                Wish::Do(command) => self.later.push(command),
                Wish::Save(leaving, target) => {
                    let made = move || {
                        Ok(match leaving {
                            Leaving::Plot(plot) => Made::Drawing(plot.page()),
                            Leaving::Table(table) => Made::Table(table),
                        })
                    };
                    self.deliver_made(Box::new(made), EXPORT_SCALE, target);
                }
            }
        }
    }
}

/// Whether a network of this origin is what the run ended with.
fn is_result(run: &RunSnapshot, origin: &str) -> bool {
    run.result.as_deref() == Some(Path::new(origin))
}

/// The colour that says how a run is.
fn tint(run: &RunSnapshot, p: theme::Palette) -> egui::Color32 {
    let state = run.status.as_ref().map(|s| s.state);
    match (&run.liveness, state) {
        (Liveness::Dead, _) | (Liveness::Ended, Some(State::Failed)) => p.label,
        (Liveness::Ended, Some(State::Done)) => p.prediction,
        (Liveness::Ended, _) => p.quiet,
        _ => p.waiting,
    }
}

fn run_row_ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    selected: bool,
    used: bool,
    told: Option<Control>,
) -> egui::Response {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = run.name();
    response.widget_info(|| {
        let said = format!("Run {name}: {}", run.state_text());
        WidgetInfo::selected(Role::Button, true, selected, said)
    });
    if selected || response.hovered() {
        ui.painter().rect_filled(rect, 0, p.raised);
    }
    if selected {
        let edge = rect.with_max_x(rect.left() + 2.0);
        ui.painter().rect_filled(edge, 0, p.prediction);
    }
    let painter = ui.painter_at(rect);
    let left = rect.left() + 12.0;
    painter.text(
        pos2(left, rect.center().y - 9.0),
        Align2::LEFT_CENTER,
        &name,
        theme::font(theme::BODY),
        p.text,
    );
    let told = told.map(|t| plots::told_words(t).to_owned());
    let mut words = told.unwrap_or_else(|| run.summary());
    if used {
        words += " · in use";
    }
    painter.text(
        pos2(left, rect.center().y + 9.0),
        Align2::LEFT_CENTER,
        words,
        theme::font(theme::CAPTION),
        p.quiet,
    );
    painter.circle_filled(
        pos2(rect.right() - 16.0, rect.center().y),
        3.5,
        tint(run, p),
    );
    response.on_hover_text(format!("{}\n{}", run.path.display(), run.state_text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{RunFolder, RunMonitor, Status};

    fn run(state: State) -> RunSnapshot {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let status = Status {
            state,
            why: None,
            warnings: Vec::new(),
            pid: 1,
            host: "another machine".into(),
            stage: 1,
            step: 1,
            steps: 9,
            images_per_s: 1.0,
            heartbeat: 1,
        };
        folder.write_json("status.json", &status).unwrap();
        let mut monitor = RunMonitor::expected(root.path());
        monitor.poll();
        monitor.snapshot().clone()
    }

    #[test]
    fn a_run_is_told_something_once_and_until_it_has_done_it() {
        let awaited = |state, wish, runs| is_awaited(&run(state), wish, runs);
        for (state, wish, runs) in [
            (State::Running, Control::Stop, true),
            (State::Paused, Control::Stop, false),
            (State::Running, Control::Pause, true),
            (State::Paused, Control::Run, true),
            // Its process has been started and has not said anything.
            (State::Stopped, Control::Run, true),
            (State::Failed, Control::Run, true),
        ] {
            assert!(awaited(state, wish, runs), "{state:?} {wish:?}");
        }
        for (state, wish, runs) in [
            (State::Stopped, Control::Stop, true),
            (State::Failed, Control::Pause, true),
            (State::Paused, Control::Pause, true),
            (State::Running, Control::Run, true),
            (State::Stopped, Control::Run, false),
            (State::Done, Control::Run, true),
        ] {
            assert!(!awaited(state, wish, runs), "{state:?} {wish:?}");
        }
        let running = run(State::Running);
        let blocked = |told, command| blocked(&running, told, command).is_some();
        assert!(blocked(Some(Control::Stop), Command::StopRun));
        assert!(!blocked(Some(Control::Pause), Command::StopRun));
        assert!(!blocked(None, Command::StopRun) && !blocked(None, Command::PauseRun));
    }
}
