//! What lies over the panes: the command palette, the sheet of keys, and the shortcuts they teach.

use eframe::egui::{self, Align2, Key, Role, WidgetInfo};

use super::command::Command;
use super::theme;

#[derive(Default)]
pub struct Overlays {
    palette: Option<Palette>,
    help: bool,
}

#[derive(Default)]
struct Palette {
    search: String,
    chosen: usize,
    opened: bool,
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
    }

    /// The commands whose keys were pressed. A text field keeps plain keys for itself.
    pub fn pressed(&self, ctx: &egui::Context) -> Vec<Command> {
        let typing = ctx.text_edit_focused() || self.palette.is_some();
        // Those with more modifiers first: Ctrl+Shift+O is not Ctrl+O.
        let mut all = Command::ALL.to_vec();
        all.sort_by_key(|c| !c.shortcut().modifiers.shift);
        all.into_iter()
            .filter(|c| !typing || c.shortcut().modifiers.command)
            .filter(|c| ctx.input_mut(|i| i.consume_shortcut(&c.shortcut())))
            .collect()
    }

    /// Draws what is open; returns a command that was chosen.
    pub fn ui(&mut self, ctx: &egui::Context) -> Option<Command> {
        if (self.help || self.palette.is_some()) && ctx.input(|i| i.key_pressed(Key::Escape)) {
            self.help = false;
            self.palette = None;
        }
        if self.help {
            self.help_ui(ctx);
        }
        let chosen = self.palette.as_mut().and_then(|p| p.ui(ctx));
        if chosen.is_some() {
            self.palette = None;
        }
        chosen
    }

    fn help_ui(&mut self, ctx: &egui::Context) {
        let p = theme::palette(ctx);
        egui::Window::new("Keys")
            .open(&mut self.help)
            .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
            .collapsible(false)
            .resizable(false)
            .show(ctx, |ui| {
                egui::Grid::new("keys").num_columns(3).spacing([18.0, 6.0]).show(ui, |ui| {
                    for command in Command::ALL {
                        ui.label(ctx.format_shortcut(&command.shortcut()));
                        ui.label(command.name());
                        ui.colored_label(p.quiet, command.about());
                        ui.end_row();
                    }
                });
                ui.add_space(6.0);
                ui.colored_label(
                    p.quiet,
                    "Wheel: zoom at the pointer. Drag: move the photo, or the box by its inside, corners and handle.",
                );
            });
    }
}

impl Palette {
    fn ui(&mut self, ctx: &egui::Context) -> Option<Command> {
        let p = theme::palette(ctx);
        let wanted = self.search.to_lowercase();
        let found: Vec<Command> = Command::ALL
            .into_iter()
            .filter(|c| *c != Command::Palette)
            .filter(|c| {
                format!("{} {}", c.name(), c.about())
                    .to_lowercase()
                    .contains(&wanted)
            })
            .collect();
        let (down, up, enter) = ctx.input(|i| {
            (
                i.key_pressed(Key::ArrowDown),
                i.key_pressed(Key::ArrowUp),
                i.key_pressed(Key::Enter),
            )
        });
        self.chosen = (self.chosen + usize::from(down)).saturating_sub(usize::from(up));
        self.chosen = self.chosen.min(found.len().saturating_sub(1));
        let mut run = found.get(self.chosen).copied().filter(|_| enter);
        egui::Area::new(egui::Id::unique("palette"))
            .anchor(Align2::CENTER_TOP, [0.0, 90.0])
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                egui::Frame::window(ui.style())
                    .inner_margin(10)
                    .show(ui, |ui| {
                        ui.set_width(460.0);
                        let field = ui.add(
                            egui::TextEdit::singleline(&mut self.search)
                                .hint_text("find a command")
                                .desired_width(f32::INFINITY),
                        );
                        field.widget_info(|| {
                            WidgetInfo::labeled(Role::TextInput, true, "Find a command")
                        });
                        if !self.opened {
                            field.request_focus();
                            self.opened = true;
                        }
                        ui.add_space(4.0);
                        for (i, command) in found.iter().enumerate().take(12) {
                            ui.horizontal(|ui| {
                                let row = ui.selectable_label(i == self.chosen, command.name());
                                if row.clicked() {
                                    run = Some(*command);
                                }
                                ui.colored_label(p.quiet, command.about());
                                ui.with_layout(
                                    egui::Layout::right_to_left(egui::Align::Center),
                                    |ui| {
                                        ui.colored_label(
                                            p.quiet,
                                            ctx.format_shortcut(&command.shortcut()),
                                        );
                                    },
                                );
                            });
                        }
                    });
            });
        run
    }
}
