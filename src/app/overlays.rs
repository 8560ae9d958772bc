//! What lies over the panes: the palette, the sheet of keys, the facts about the program, and what
//! a drop would do.

use eframe::egui::{self, Align2, Key, Role, WidgetInfo};

use super::command::{Command, Group};
use super::keys::{self, Keys};
use super::palette::{Context, Palette};
use super::theme;
use super::widgets::caption;

#[derive(Default)]
pub struct Overlays {
    palette: Option<Palette>,
    help: bool,
    /// The command that waits for its new key.
    waiting: Option<Command>,
    /// A key that was pressed for it, and whose it is already.
    clash: Option<(egui::KeyboardShortcut, Command)>,
    about: bool,
}

impl Overlays {
    pub fn toggle_palette(&mut self) {
        self.palette = match self.palette {
            Some(_) => None,
            None => Some(Palette::default()),
        };
    }

    pub fn toggle_help(&mut self) {
        self.help = !self.help;
        (self.waiting, self.clash) = (None, None);
    }

    pub fn toggle_about(&mut self) {
        self.about = !self.about;
    }

    /// The commands whose keys were pressed; none while a command waits for its new key.
    pub fn pressed(&mut self, ctx: &egui::Context, keys: &mut Keys) -> Vec<Command> {
        if let Some(command) = self.waiting {
            if let Some(key) = keys::captured(ctx) {
                self.caught(command, key, keys);
            }
            return Vec::new();
        }
        let open = self.help || self.about || self.palette.is_some();
        if open && ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            (self.help, self.about, self.palette) = (false, false, None);
        }
        let typing = ctx.text_edit_focused() || self.palette.is_some();
        keys.pressed(ctx, typing)
    }

    fn caught(&mut self, command: Command, key: egui::KeyboardShortcut, keys: &mut Keys) {
        match key.logical_key {
            Key::Escape => (self.waiting, self.clash) = (None, None),
            Key::Backspace | Key::Delete if key.modifiers.is_none() => {
                keys.set(command, None);
                (self.waiting, self.clash) = (None, None);
            }
            _ => match keys.clash(key, command) {
                Some(other) => self.clash = Some((key, other)),
                None => {
                    keys.set(command, Some(key));
                    (self.waiting, self.clash) = (None, None);
                }
            },
        }
    }

    /// Draws what is open; returns a command that was chosen in the palette.
    pub fn ui(&mut self, ctx: &egui::Context, context: &Context) -> Option<Command> {
        let chosen = self.palette.as_mut().and_then(|p| p.ui(ctx, context));
        if chosen.is_some() {
            self.palette = None;
        }
        chosen
    }

    /// The sheet of keys, where they can be changed.
    pub fn help_ui(&mut self, ctx: &egui::Context, keys: &mut Keys) {
        if !self.help {
            return;
        }
        let p = theme::palette(ctx);
        let mut open = true;
        egui::Window::new("Keys")
            .open(&mut open)
            .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
            .collapsible(false)
            .resizable(false)
            .show(ctx, |ui| {
                ui.set_width(700.0);
                self.waiting_ui(ui, keys);
                ui.separator();
                let most = (ctx.content_rect().height() - 240.0).max(120.0);
                egui::ScrollArea::vertical()
                    .max_height(most)
                    .min_scrolled_height(most)
                    .auto_shrink([false, true])
                    .show(ui, |ui| {
                        for group in Group::ALL {
                            caption(ui, group.name());
                            self.group_ui(ui, group, keys);
                            ui.add_space(6.0);
                        }
                    });
                ui.separator();
                ui.colored_label(
                    p.quiet,
                    "Wheel: zoom at the pointer. Drag: move the photo, or the box by its inside, corners and handle. Drag a pane by its header.",
                );
            });
        if !open {
            self.toggle_help();
        }
    }

    /// What the sheet says above: how to change a key, or what it waits for.
    fn waiting_ui(&mut self, ui: &mut egui::Ui, keys: &mut Keys) {
        let p = theme::palette(ui.ctx());
        ui.horizontal(|ui| match (self.waiting, self.clash) {
            (Some(command), Some((key, other))) => {
                let key_name = ui.ctx().format_shortcut(&key);
                let words = format!("{key_name} belongs to {}.", other.name());
                ui.colored_label(p.waiting, words);
                if ui
                    .button(format!("Take it for {}", command.name()))
                    .clicked()
                {
                    keys.set(other, None);
                    keys.set(command, Some(key));
                    (self.waiting, self.clash) = (None, None);
                }
                ui.colored_label(p.quiet, "or press another key; Esc leaves it");
            }
            (Some(command), None) => {
                let words = format!("Press the new key of {}.", command.name());
                ui.colored_label(p.waiting, words);
                ui.colored_label(p.quiet, "Esc leaves it as it is, Backspace takes it away");
            }
            _ => {
                ui.colored_label(
                    p.quiet,
                    "All commands and their keys. Click a key to change it.",
                );
                if ui.button("Reset all keys").clicked() {
                    keys.reset_all();
                }
            }
        });
    }

    fn group_ui(&mut self, ui: &mut egui::Ui, group: Group, keys: &mut Keys) {
        let p = theme::palette(ui.ctx());
        egui::Grid::new(group.name())
            .num_columns(4)
            .spacing([14.0, 3.0])
            .min_col_width(20.0)
            .show(ui, |ui| {
                let commands = Command::ALL.iter().copied();
                for command in commands.filter(|c| c.group() == group) {
                    let key = keys.of(command);
                    let waits = self.waiting == Some(command);
                    let words = match key {
                        _ if waits => "press a key…".to_owned(),
                        Some(key) => ui.ctx().format_shortcut(&key),
                        None => "—".to_owned(),
                    };
                    let tint = if waits { p.waiting } else { p.text };
                    let words = egui::RichText::new(words).size(theme::SMALL).color(tint);
                    let button = egui::Button::new(words).min_size(egui::vec2(118.0, 22.0));
                    let button = ui.add(button);
                    button.widget_info(|| {
                        let name = format!("Key of {}", command.name());
                        WidgetInfo::labeled(Role::Button, true, name)
                    });
                    if button
                        .on_hover_text("Click, then press the new key")
                        .clicked()
                    {
                        (self.waiting, self.clash) = (Some(command), None);
                    }
                    ui.label(command.name());
                    ui.colored_label(p.quiet, command.about());
                    if keys.is_changed(command) {
                        let button = ui.small_button("reset");
                        button.widget_info(|| {
                            let name = format!("Reset key of {}", command.name());
                            WidgetInfo::labeled(Role::Button, true, name)
                        });
                        if button.clicked() {
                            keys.set(command, command.first_key());
                        }
                    } else {
                        ui.label("");
                    }
                    ui.end_row();
                }
            });
    }

    /// Version, licences, and the facts in `lines`.
    pub fn about_ui(&mut self, ctx: &egui::Context, lines: &dyn Fn() -> Vec<String>) {
        if !self.about {
            return;
        }
        let p = theme::palette(ctx);
        egui::Window::new("About")
            .open(&mut self.about)
            .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
            .collapsible(false)
            .resizable(false)
            .show(ctx, |ui| {
                ui.set_max_width(520.0);
                let name = format!("SMN Studio {}", env!("CARGO_PKG_VERSION"));
                ui.label(egui::RichText::new(name).font(theme::strong(16.0)));
                ui.colored_label(
                    p.quiet,
                    "Separation multi-task networks on faces, after R. Matsui, T. Yamashita and H. Fujiyoshi (VISAPP 2019). MIT or Apache-2.0; the type is Inter, under the SIL Open Font License.",
                );
                for line in lines() {
                    ui.separator();
                    ui.label(line);
                }
            });
    }
}

/// Over the whole window while something is dragged over it: what will happen to it.
pub fn drop_ui(ctx: &egui::Context, words: &str) {
    let p = theme::palette(ctx);
    let rect = ctx.content_rect();
    egui::Area::new(egui::Id::unique("drop"))
        .order(egui::Order::Foreground)
        .fixed_pos(rect.min)
        .interactable(false)
        .show(ctx, |ui| {
            let painter = ui.painter().clone();
            painter.rect_filled(rect, 0, p.window.gamma_multiply(0.86));
            painter.rect(
                rect.shrink(18.0),
                14,
                p.prediction.gamma_multiply(0.08),
                egui::Stroke::new(2.0, p.prediction),
                egui::StrokeKind::Inside,
            );
            let (_, response) = ui.allocate_exact_size(rect.size(), egui::Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
            let at = rect.center();
            painter.text(at, Align2::CENTER_CENTER, words, theme::font(20.0), p.text);
        });
}
