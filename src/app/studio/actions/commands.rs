//! What each command does.

use eframe::egui;

use crate::app::canvas::layers::Colours;
use crate::app::command::Command;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::export::Target;
use crate::app::features;
use crate::app::studio::Studio;
use crate::app::widgets::dialog;
use crate::engine::Request;

/// Steps of the window's zoom, and its bounds.
const ZOOM_STEP: f32 = 0.1;
const ZOOMS: std::ops::RangeInclusive<f32> = 0.5..=3.0;

impl Studio {
    /// Does what a command says.
    pub fn run(&mut self, ctx: &egui::Context, command: Command) {
        if self.layout.drawing {
            return self.later.push(command);
        }
        if let Some(why) = self.blocked(command) {
            return self.toasts.say(why);
        }
        let reviewing = self.is_reviewing();
        let layers = &mut self.panels.canvas.layers;
        match command {
            Command::Open => self.opening.dialog(false, self.schema()),
            Command::OpenFolder => self.opening.dialog(true, self.schema()),
            Command::OpenSamples => self.opening.samples(true),
            Command::Paste => ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
            Command::ForgetRecent => self.forget_recent(),
            Command::ForgetPredictions => {
                self.engine.ask(Request::ForgetKept);
                self.toasts
                    .say("No prediction is kept for the next session");
            }
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Photos => self.layout.workspace = Workspace::Photos,
            Command::Features => self.layout.workspace = Workspace::Features,
            Command::Training => self.layout.workspace = Workspace::Training,
            Command::Report => self.layout.workspace = Workspace::Report,
            Command::Review => {
                self.layout.workspace = Workspace::Review;
                self.retry_review();
            }
            Command::Pane(pane) => {
                self.layout.toggle(pane);
                if pane == Pane::Log && self.layout.has(pane) {
                    self.toasts.dismiss(); // it says the same
                }
            }
            Command::ResetPanes => self.reset_panes(false),
            Command::ResetAllPanes => self.reset_panes(true),
            Command::Theme
            | Command::Dark
            | Command::Light
            | Command::SystemTheme
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset
            | Command::FullScreen => self.run_look(ctx, command),
            Command::List(command) => self.run_list(ctx, command),
            Command::Mend(command) => self.run_review(command),
            Command::Fit => self.panels.canvas.photo.fit(),
            Command::ActualSize => self.panels.canvas.photo.actual_size(ctx),
            Command::ResetBox => self.reset_box(),
            Command::AddBox => self.panels.canvas.photo.adding ^= true,
            Command::RemoveBox if self.model.faces.active_hand().is_none() => self.remove_face(),
            Command::RemoveBox => self.remove_box(),
            Command::Undo | Command::Redo if reviewing => {
                self.undo_review(command == Command::Redo);
            }
            Command::Undo => self.undo_box(),
            Command::Redo => self.redo_box(),
            Command::ToggleBox => layers.face_box.on ^= true,
            Command::TogglePrediction => layers.prediction.on ^= true,
            Command::ToggleLabels => layers.labels.on ^= true,
            Command::ToggleCircles => layers.circles.on ^= true,
            Command::ToggleNames => layers.names.on ^= true,
            Command::ToggleColours => {
                layers.colours = match layers.colours {
                    Colours::Paper => Colours::Safe,
                    Colours::Safe => Colours::Paper,
                }
            }
            Command::Mute
            | Command::Solo
            | Command::HearAll
            | Command::Favourite
            | Command::ExportFigure
            | Command::Figure6
            | Command::NextLayer
            | Command::PreviousLayer
            | Command::FusedMaps
            | Command::NextTower
            | Command::NextScale
            | Command::ShowMaps
            | Command::ShowEffects
            | Command::ShowTowers
            | Command::ShowAttention => {
                self.feature_command(command);
                if command == Command::ExportFigure && self.panels.features.export_is_open() {
                    dialog::raise(ctx, features::EXPORT);
                }
            }
            Command::Compare => self.compare_dialog(),
            Command::StopComparing => self.stop_comparing(),
            Command::CopyPicture => self.export_picture(Target::Clipboard),
            Command::SavePicture => {
                let name = format!("{}-overlay.png", self.file_name());
                self.export_picture(Target::Ask(name));
            }
            Command::SaveSheet => {
                self.export_sheet(Target::Ask(format!("{}.png", self.sheet_file_name())))
            }
            Command::SaveReport => {
                let name = format!("{}.csv", self.report_file_name());
                self.export_report(Target::AskReport(name));
            }
            Command::CopyTable => {
                let sees = |pane| self.layout.sees(pane);
                let is_report = self.layout.workspace == Workspace::Report;
                match sees(Pane::Report) && (is_report || !sees(Pane::Attributes)) {
                    true => self.export_report(Target::Clipboard),
                    false => self.export_table(Target::Clipboard),
                }
            }
            Command::PredictAll => self.predict_all(false),
            Command::StopPredicting => {
                self.engine.ask(Request::StopSweep);
                self.model.sweep.progress = None;
                self.model.sweep.again.clear();
            }
            Command::LoadNetwork => self.opening.weights_dialog(self.in_use()),
            Command::LoadSecond => self.opening.weights_dialog(self.in_use().other()),
            Command::LoadBundled => self.engine.ask(Request::LoadBundled(self.in_use())),
            Command::SwitchNetwork => self.engine.ask(Request::Switch),
            Command::SwapNetworks => self.engine.ask(Request::Swap),
            Command::NewRun
            | Command::OpenRun
            | Command::PauseRun
            | Command::ResumeRun
            | Command::StopRun
            | Command::LoadRun => self.run_training(command),
            Command::Palette | Command::Help | Command::About => {
                egui::Popup::close_all(ctx); // what is opened lies on top
                match command {
                    Command::Palette => self.overlays.toggle_palette(),
                    Command::Help => self.overlays.toggle_help(ctx),
                    _ => self.overlays.toggle_about(ctx),
                }
            }
        }
    }

    /// Theme, zoom and size of the window.
    fn run_look(&mut self, ctx: &egui::Context, command: Command) {
        use egui::ThemePreference::{Dark, Light, System};
        let before = self.session.settings.theme;
        self.session.settings.theme = match (command, before) {
            (Command::Dark, _) => Dark,
            (Command::Light, _) => Light,
            (Command::SystemTheme, _) => System,
            // What is seen changes with every press, whatever the system has.
            (Command::Theme, _) => match ctx.theme() {
                egui::Theme::Dark => Light,
                egui::Theme::Light => Dark,
            },
            _ => before,
        };
        if self.session.settings.theme != before {
            let seen = ctx.theme();
            ctx.set_theme(self.session.settings.theme);
            // A change that is seen needs no words.
            if ctx.theme() == seen {
                self.toasts.say(match self.session.settings.theme {
                    Dark => "Theme: dark",
                    Light => "Theme: light",
                    System => "Theme: as the system has it",
                });
            }
        }
        let zoom = match command {
            Command::ZoomIn => self.session.settings.zoom + ZOOM_STEP,
            Command::ZoomOut => self.session.settings.zoom - ZOOM_STEP,
            Command::ZoomReset => 1.0,
            _ => self.session.settings.zoom,
        };
        let zoom = (zoom.clamp(*ZOOMS.start(), *ZOOMS.end()) * 10.0).round() / 10.0;
        if zoom != self.session.settings.zoom {
            self.session.settings.zoom = zoom;
            ctx.set_zoom_factor(zoom);
        }
        if command == Command::FullScreen {
            let full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
            ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
        }
    }
}
