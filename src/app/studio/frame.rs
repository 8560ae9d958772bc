//! One frame of the window: what has come, what was pressed, the panes, what lies over them; and
//! its end, when settings are kept.

use std::path::PathBuf;

use eframe::egui;

use crate::app::command::pane::Pane;
use crate::app::command::{Command, Group};
use crate::app::faces::review::Review;
use crate::app::studio::settings;
use crate::app::studio::settings::Settings;
use crate::app::studio::{Studio, bar, overlays, palette};
use crate::app::widgets::dialog::hold_tooltips;
use crate::app::widgets::focus;

/// Commands that the palette remembers.
const RECENT_COMMANDS: usize = 8;

impl eframe::App for Studio {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.resize_again(&ctx, frame);
        self.leave_lost_device();
        if let Some(began) = self.lifetime.began.take() {
            log::info!("first frame after {:.2} s", began.elapsed().as_secs_f64());
            fit_screen(&ctx);
        }
        self.receive(&ctx);
        self.keep_reviewing();
        self.about_what(); // before anything is drawn of what was found about it
        self.take_files(&ctx);
        self.take_keys(&ctx);
        let palette = self.overlays.has_palette().then(palette::layer);
        hold_tooltips(&ctx, palette);
        self.window_ui(ui);
        self.overlays_ui(&ctx);
        self.offer_muted();
        self.ask_features();
        let place = self.layout.largest().unwrap_or(ctx.content_rect());
        let apart = self.says_beside_the_photo();
        if let Some(ticket) = self.toasts.ui(&ctx, place, apart) {
            self.put_back(ticket);
        }
        self.question_about_table_ui(&ctx);
        self.label_export_ui(&ctx);
        self.close_ui(&ctx);
        focus::ring(&ctx);
        self.tell_reader(&ctx);
        self.keep(&ctx);
    }

    fn on_exit(&mut self) {
        crate::app::opening::close();
        self.note_looked_at();
        if let Review::Open(open) = std::mem::take(&mut self.model.review) {
            let unsaved = open.close();
            if unsaved > 0 {
                log::error!("{unsaved} edits could not be saved");
            }
        }
        let settings = self.to_settings(None);
        self.session.keeper.keep(settings, true);
    }
}

/// Fills a screen that is too small for the window with its title bar.
fn fit_screen(ctx: &egui::Context) {
    /// Of a window's title bar, in points.
    const TITLE: f32 = 32.0;
    let [screen, inner] = ctx.input(|i| {
        let inner = i.viewport().inner_rect.map(|r| r.size());
        [i.viewport().monitor_size, inner]
    });
    if let (Some(screen), Some(inner)) = (screen, inner)
        && (inner.x > screen.x || inner.y + TITLE > screen.y)
    {
        ctx.send_viewport_cmd(egui::ViewportCommand::Maximized(true));
    }
}

impl Studio {
    /// Where the network gave the GPU work while the window was resized, its surface is asked for
    /// once more; eframe does so when the configuration changes, and only then.
    fn resize_again(&self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let Some(mut config) = frame.wgpu_surface_config() else {
            return;
        };
        if self.lifetime.device_errors.take_unresized() {
            config.desired_maximum_frame_latency = match config.desired_maximum_frame_latency {
                Some(1) => Some(2),
                _ => Some(1),
            };
            frame.set_wgpu_surface_config(config);
            ctx.request_repaint(); // to see whether it worked
        }
    }

    /// Whether the strip above a photo that is reviewed says what is news: a corner of the photo is a
    /// part of the face.
    fn says_beside_the_photo(&self) -> bool {
        let seen = self.is_reviewing() && self.layout.sees(Pane::Canvas);
        seen && self.model.faces.shown().is_some()
    }

    /// What is dropped, or dragged over the window.
    fn take_files(&mut self, ctx: &egui::Context) {
        let (dropped, hovered) = ctx.input(|i| {
            let dropped = i.raw.dropped_files.iter();
            let dropped: Vec<PathBuf> = dropped.map(|f| f.path().to_owned()).collect();
            let hovered = i.raw.hovered_files.iter();
            let hovered: Vec<PathBuf> = hovered.filter_map(|f| f.path.clone()).collect();
            (dropped, hovered)
        });
        if !dropped.is_empty() {
            self.open(dropped);
        }
        if hovered != self.overlays.hovered.0 {
            if !hovered.is_empty() {
                self.opening.hover(hovered.clone());
            }
            self.overlays.hovered = (hovered, String::new());
        }
    }

    fn overlays_ui(&mut self, ctx: &egui::Context) {
        let ids = self.session.settings.recent_commands.iter();
        let recent: Vec<Command> = ids.filter_map(|id| Command::by_id(id)).collect();
        let mut overlays = std::mem::take(&mut self.overlays);
        let chosen = overlays.has_palette().then(|| {
            let criteria = self.criteria();
            let context = palette::Context {
                keys: &self.keys,
                recent: &recent,
                blocked: &|command| self.blocked(command),
                criteria: &criteria,
            };
            overlays.ui(ctx, &context)
        });
        let first = self.is_reviewing().then_some(Group::Review);
        let keys = overlays.help_ui(ctx, &mut self.keys, first);
        overlays.about_ui(ctx, &|| self.facts());
        self.overlays = overlays;
        if let Some(before) = keys {
            self.keys_were_reset(before);
        }
        match chosen.flatten() {
            Some(palette::Entry::Command(command)) => {
                let recent = &mut self.session.settings.recent_commands;
                recent.retain(|id| *id != command.id());
                recent.insert(0, command.id());
                recent.truncate(RECENT_COMMANDS);
                self.run(ctx, command);
            }
            Some(palette::Entry::Faces(criterion, beside)) => self.choose(&criterion, beside),
            None => {}
        }
        if !self.overlays.hovered.0.is_empty() {
            let text = match self.overlays.hovered.1.as_str() {
                "" => "Drop to open",
                text => text,
            };
            overlays::drop_ui(ctx, text);
        }
    }

    /// What there is to say about this window.
    fn facts(&self) -> Vec<String> {
        let networks = self
            .model
            .networks
            .slots
            .iter()
            .flatten()
            .map(bar::about_network);
        let mut facts: Vec<String> = networks.collect();
        let device = self
            .model
            .networks
            .current
            .as_ref()
            .map_or("", |n| n.device.as_str());
        facts.push(format!(
            "The network runs on {device}; the window is drawn by {}.",
            self.lifetime.tier
        ));
        facts.push("Predictions are kept for this session, not on disk.".into());
        facts.push(match self.session.keeper.folder() {
            Some(folder) => format!("Settings: {}", folder.display()),
            None => "Settings are not kept.".into(),
        });
        facts
    }

    /// Keeps what has changed of the settings, from time to time.
    fn keep(&mut self, ctx: &egui::Context) {
        if ctx.input(|i| !i.raw.events.is_empty()) {
            // What was changed now is looked at when it is time.
            ctx.request_repaint_after(settings::EVERY);
        }
        if self.session.keeper.is_due() {
            let settings = self.to_settings(Some(ctx));
            self.session.settings.size = settings.size;
            self.session.settings.maximised = settings.maximised;
            self.session.keeper.keep(settings, false);
        }
    }

    fn to_settings(&self, ctx: Option<&egui::Context>) -> Settings {
        let (workspace, layouts) = self.layout.to_settings();
        let size = ctx.and_then(|ctx| {
            let zoom = ctx.zoom_factor();
            ctx.input(|i| {
                let full =
                    i.viewport().fullscreen == Some(true) || i.viewport().maximized == Some(true);
                let inner = i.viewport().inner_rect.filter(|_| !full)?;
                Some([inner.width() * zoom, inner.height() * zoom])
            })
        });
        // At the window's end nothing is known of it any more.
        let maximised = ctx.and_then(|ctx| ctx.input(|i| i.viewport().maximized));
        Settings {
            workspace,
            layouts,
            keys: self.keys.to_settings(),
            runs: self.model.runs.paths(),
            new_run: self.panels.training.form.to_settings(),
            layers: self.panels.canvas.layers,
            blind: self.model.blind,
            favourites: self.favourites().clone(),
            size: size.or(self.session.settings.size),
            maximised: maximised.unwrap_or(self.session.settings.maximised),
            ..self.session.settings.clone()
        }
    }
}
