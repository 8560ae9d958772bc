//! What the panes of training and the commands about runs do.

use std::path::PathBuf;

use crate::app::command::Command;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::export::{Made, Target, deliver_made};
use crate::app::studio::Studio;
use crate::app::training::{self, Action, CurveExport};
use crate::train::{Control, Liveness};

/// Pixels of a PNG to a pixel of a plot.
const EXPORT_SCALE: f32 = 2.0;

impl Studio {
    pub(in crate::app::studio) fn apply_training(&mut self, action: Action) {
        match action {
            Action::Run(command) => self.later.push(command),
            Action::Start(request) => {
                self.panels.training.select(request.folder.clone());
                self.model.runs.start(request);
            }
            Action::Load(weights) => self.load_result(weights),
            Action::StopWatching(path) => self.stop_watching(path),
            Action::Choose { field, folder } => {
                let (title, files) = (training::title(field), training::files(field));
                self.opening.form_dialog(field, folder, title, files);
            }
            Action::Export(export, target) => self.export_curves(export, target),
        }
    }

    fn export_curves(&mut self, export: CurveExport, target: Target) {
        let made = move || {
            Ok(match export {
                CurveExport::Plot(plot) => Made::Drawing(plot.page()),
                CurveExport::Table(table) => Made::Table(table),
            })
        };
        deliver_made(&self.opening, Box::new(made), EXPORT_SCALE, target);
    }

    /// Does what a command says about training.
    pub(in crate::app::studio) fn run_training(&mut self, command: Command) {
        if command == Command::NewRun {
            self.layout.workspace = Workspace::Training;
            return self.layout.show(Pane::NewRun);
        }
        if command == Command::OpenRun {
            return self.opening.dialog(true, self.schema());
        }
        let Some(run) = self.panels.training.shown(&self.model.runs) else {
            return self.toasts.warn("No training run is open");
        };
        if let Some(why) = self.model.runs.blocked(run, command) {
            return self.toasts.say(why);
        }
        let path = run.path.clone();
        let ended = matches!(run.liveness, Liveness::Ended | Liveness::Dead);
        match command {
            Command::ResumeRun if ended => {
                let request = self.panels.training.form.resume(path);
                self.apply_training(Action::Start(request));
            }
            Command::PauseRun => self.model.runs.control(path, Control::Pause),
            Command::ResumeRun => self.model.runs.control(path, Control::Run),
            Command::StopRun => self.model.runs.control(path, Control::Stop),
            Command::LoadRun => {
                if let Some(result) = run.result.clone() {
                    self.load_result(result);
                }
            }
            _ => {}
        }
    }

    fn load_result(&mut self, weights: PathBuf) {
        self.model.runs.loads(weights.clone());
        self.load(self.in_use(), weights);
    }
}
