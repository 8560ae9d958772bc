//! The button that starts a run, and why it cannot be pressed.

use eframe::egui::{self, Ui};

use crate::app::runs::{Runs, StartRequest};
use crate::app::training::form::names::{free_from, next_name};
use crate::app::training::form::state::{DISARMED, Form, Started};
use crate::app::widgets::buttons::primary;
use crate::app::widgets::theme;
use crate::train::RunFolder;

/// The share of the window's height that the warnings of the labels may have; more of them are
/// scrolled to.
const WARNINGS: f32 = 0.2;

impl Form {
    pub fn start_ui(&mut self, ui: &mut Ui, runs: &Runs) -> Option<StartRequest> {
        let p = theme::palette(ui.ctx());
        // They may have been changed in this frame.
        self.labels.update(ui.ctx(), &self.data);
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
        } else if runs.find(&self.folder()).is_some() || self.taken.as_ref() == Some(&self.folder())
        {
            Some("There is a run in this folder already: name another.")
        } else {
            None
        };
        // Above the button, so that this stays where it is, whatever there is to say.
        egui::ScrollArea::vertical()
            .id_salt("what is not taught")
            .max_height(WARNINGS * ui.ctx().content_rect().height())
            .show(ui, |ui| self.labels.warnings_ui(ui, &self.settings.config));
        let reason = missing.map(str::to_owned).or_else(|| self.plan_text(runs));
        if let Some(reason) = reason {
            ui.colored_label(p.quiet, reason);
        }
        let text = match &just {
            Some(name) => format!("Started {name}"),
            None => "Start training".into(),
        };
        let button = ui
            .add_enabled_ui(missing.is_none() && just.is_none(), |ui| primary(ui, &text))
            .inner;
        let started = button.clicked();
        let disabled = match (&just, missing) {
            (Some(name), _) => format!("{name} has just been started with these settings"),
            (None, why) => why.unwrap_or_default().to_owned(),
        };
        let button = button
            .on_hover_text(
                "Trains as `smn-studio train` does with these settings, in the run's folder; it \
                 can be paused, stopped and continued. The run is a process of its own: it goes \
                 on when the window is closed",
            )
            .on_disabled_hover_text(disabled);
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
            settings: self.request(),
            at: now,
        });
        let start = StartRequest {
            program: self.program.clone(),
            arguments: self.arguments(&folder),
            settings: Some(Box::new(self.settings.config.clone())),
            gentle: self.is_gentle(),
            folder,
            resumes: false,
        };
        self.out = free_from(next_name(&self.out));
        Some(start)
    }
}
