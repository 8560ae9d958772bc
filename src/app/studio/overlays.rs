//! What lies over the panes: the palette, the sheet of keys, the facts about the program, and what
//! a drop would do.

use std::path::PathBuf;

use eframe::egui::{self, Align2, Role, WidgetInfo};

use crate::app::command::keys;
use crate::app::command::keys::{Capture, Keys, Press};
use crate::app::command::{Command, Group};
use crate::app::opening::TableQuestion;
use crate::app::studio::label_export_form::LabelExport;
use crate::app::studio::palette::{Among, Context, Entry, Palette, Query, SCATTERED};
use crate::app::widgets::buttons::caption;
use crate::app::widgets::dialog::{dialog_ui, raise, room};
use crate::app::widgets::theme;

/// What would be lost or go on without the window.
pub struct Closing {
    /// Boxes that were moved or drawn.
    pub boxes: usize,
    /// How many edits could not be saved, and why.
    pub unsaved: Option<(usize, String)>,
    /// "In a.jpg, b.jpg and 3 more photos."
    pub photos: String,
}

#[derive(Default)]
pub struct Overlays {
    palette: Option<Palette>,
    help: bool,
    /// What is looked for in the sheet of keys.
    search: String,
    /// The command that waits for a new key, and which of its keys that will be.
    waiting: Option<(Command, usize)>,
    /// A key that was pressed for it, and whose it is already.
    clash: Option<(egui::KeyboardShortcut, Command)>,
    about: bool,
    /// Whether a field was asked for that is not drawn yet.
    pub fields_wait: bool,
    /// Paths that are dragged over the window, and what would happen to them.
    pub hovered: (Vec<PathBuf>, String),
    /// What somebody is asked about a table that was opened.
    pub question: Option<Box<TableQuestion>>,
    /// What somebody is asked before labels are written.
    pub label_export: Option<LabelExport>,
    /// Asks what becomes of runs and boxes before the window closes.
    pub closing: Option<Closing>,
}

/// The sheet's and the facts' titles.
pub const KEYS: &str = "Keys";
pub const ABOUT: &str = "About";

/// Width of the sheet, and of its columns, which are the same in each group.
const SHEET: f32 = 880.0;
const KEYS_WIDTH: f32 = 188.0;
const MANY_KEYS: f32 = 240.0;
const NAMES_WIDTH: f32 = 150.0;
/// Of the button that resets a key; and between two columns.
const RESET_WIDTH: f32 = 50.0;
const COLUMNS_GAP: f32 = 14.0;

impl Overlays {
    pub fn toggle_palette(&mut self) {
        match self.palette.as_ref().map(|p| p.among) {
            Some(Among::Commands) => self.palette = None,
            _ => self.open_palette(Among::Commands, ""),
        }
    }

    /// Opens the palette, with words that are typed in it already.
    pub fn open_palette(&mut self, among: Among, typed: &str) {
        self.palette = Some(Palette::new(among, typed.to_owned()));
    }

    pub fn toggle_help(&mut self, ctx: &egui::Context) {
        self.help = !self.help;
        self.search.clear();
        if self.help {
            raise(ctx, KEYS);
        }
        (self.waiting, self.clash) = (None, None);
    }

    pub fn toggle_about(&mut self, ctx: &egui::Context) {
        self.about = !self.about;
        if self.about {
            raise(ctx, ABOUT);
        }
    }

    fn close_help(&mut self) {
        self.help = false;
        (self.waiting, self.clash) = (None, None);
    }

    /// Who reads what is typed, if it is something of these.
    pub fn reader(&self) -> Option<Reader> {
        match (&self.waiting, &self.palette) {
            (Some(_), _) => Some(Reader::Capture),
            (None, Some(palette)) => Some(Reader::Palette(palette.among)),
            (None, None) if self.fields_wait => Some(Reader::Field),
            (None, None) => None,
        }
    }

    /// Takes a key that is meant for one of these.
    pub fn press(&mut self, press: &Press, keys: &mut Keys) -> bool {
        if let Some((command, nth)) = self.waiting {
            self.caught(command, nth, press, keys);
            return true;
        }
        let key = press.key;
        let moves = |p: &mut Palette| p.press(key);
        self.palette.as_mut().is_some_and(moves)
    }

    /// Whether the palette has keys to do before what is typed now.
    pub fn has_moves(&self) -> bool {
        self.palette.as_ref().is_some_and(Palette::has_moves)
    }

    /// Closes the palette, which lies above all else.
    pub fn close_palette(&mut self) -> bool {
        self.palette.take().is_some()
    }

    /// The windows that are open, by their titles.
    pub fn windows(&self) -> impl Iterator<Item = &'static str> {
        let open = [(self.help, KEYS), (self.about, ABOUT)];
        open.into_iter().filter(|w| w.0).map(|w| w.1)
    }

    /// Closes the window of this title, if it is one of these.
    pub fn close_window(&mut self, title: &str) {
        match title {
            KEYS => self.close_help(),
            ABOUT => self.about = false,
            _ => {}
        }
    }

    fn caught(&mut self, command: Command, nth: usize, press: &Press, keys: &mut Keys) {
        match Capture::of(press) {
            Capture::Leave => {}
            Capture::Remove => keys.take(command, nth),
            Capture::Take(key) => match keys.clash(key, command) {
                Some(other) => {
                    self.clash = Some((key, other));
                    return;
                }
                None => keys.give(command, nth, key),
            },
        }
        (self.waiting, self.clash) = (None, None);
    }

    /// Draws the palette; returns what was chosen in it.
    pub fn ui(&mut self, ctx: &egui::Context, context: &Context) -> Option<Entry> {
        let chosen = self.palette.as_mut().and_then(|p| p.ui(ctx, context));
        if chosen.is_some() || self.palette.as_ref().is_some_and(|p| p.left) {
            self.palette = None;
        }
        chosen
    }

    pub fn has_palette(&self) -> bool {
        self.palette.is_some()
    }

    /// The sheet of keys, where they can be changed, which begins with the group `first`; the keys
    /// before all were reset.
    pub fn help_ui(
        &mut self,
        ctx: &egui::Context,
        keys: &mut Keys,
        first: Option<Group>,
    ) -> Option<Keys> {
        if !self.help {
            return None;
        }
        let mut before = None;
        let p = theme::palette(ctx);
        let mut open = true;
        dialog_ui(ctx, KEYS, &mut open, |ui| {
            ui.set_width(SHEET.min(room(ctx).x));
            before = self.waiting_ui(ui, keys);
            let field = egui::TextEdit::singleline(&mut self.search).hint_text("search");
            let field = ui.add(field.desired_width(f32::INFINITY));
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search keys"));
            ui.separator();
            // What stands above and below may take two lines each.
            let most = (room(ctx).y - 190.0).max(120.0);
            egui::ScrollArea::vertical()
                .max_height(most)
                .min_scrolled_height(most)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    let found = self.found(keys, ctx);
                    let others = Group::ALL.into_iter().filter(|group| Some(*group) != first);
                    for group in first.into_iter().chain(others) {
                        let commands = found.iter().copied().filter(|c| c.group() == group);
                        let commands: Vec<Command> = commands.collect();
                        if !commands.is_empty() {
                            caption(ui, group.name());
                            self.group_ui(ui, (group, &commands), keys);
                            ui.add_space(6.0);
                        }
                    }
                });
            ui.separator();
            ui.colored_label(
                    p.quiet,
                    "Wheel: zoom at the pointer. Drag: move the photo, or the box by its inside, corners and handle; in Review a point, and the box's inside with Ctrl held. Drag a pane by its header.",
                );
        });
        if !open {
            self.close_help();
        }
        before
    }

    /// The commands that are looked for: by their names, what they do, or their keys.
    fn found(&self, keys: &Keys, ctx: &egui::Context) -> Vec<Command> {
        let query = Query::new(&self.search);
        let wanted = |command: &Command| {
            let shown = keys.all(*command);
            let mut shown = shown.iter().map(|key| keys::shown(ctx, key));
            let more = format!("{} {}", command.about(), command.group().name());
            let key = self.search.trim();
            query.is_empty()
                || query
                    .score(command.name(), &more)
                    .is_some_and(|score| score < SCATTERED)
                || shown.any(|shown| shown.eq_ignore_ascii_case(key))
        };
        Command::ALL.iter().copied().filter(wanted).collect()
    }

    /// What the sheet says above: how to change a key, or what it waits for. Returns the keys
    /// before all were reset.
    fn waiting_ui(&mut self, ui: &mut egui::Ui, keys: &mut Keys) -> Option<Keys> {
        let p = theme::palette(ui.ctx());
        let mut before = None;
        ui.horizontal_wrapped(|ui| match (self.waiting, self.clash) {
            (Some((command, nth)), Some((key, other))) => {
                let key_name = keys::shown(ui.ctx(), &key);
                let text = format!("{key_name} belongs to {}.", other.name());
                ui.colored_label(p.waiting, text);
                if ui
                    .button(format!("Take it for {}", command.name()))
                    .clicked()
                {
                    keys.give(command, nth, key);
                    (self.waiting, self.clash) = (None, None);
                }
                ui.colored_label(p.quiet, "or press another key; Esc leaves it");
            }
            (Some((command, _)), None) => {
                let text = format!("Press the new key of {}.", command.name());
                ui.colored_label(p.waiting, text);
                ui.colored_label(p.quiet, "Esc leaves it as it is, Backspace takes it away");
            }
            _ => {
                ui.colored_label(
                    p.quiet,
                    "All commands and their keys. Click a key to change it.",
                );
                if ui.button("Reset all keys").clicked() {
                    before = Some(keys.clone());
                    keys.reset_all();
                }
            }
        });
        before
    }

    fn group_ui(
        &mut self,
        ui: &mut egui::Ui,
        (group, commands): (Group, &[Command]),
        keys: &mut Keys,
    ) {
        let p = theme::palette(ui.ctx());
        // What a command does takes what is left, in as many lines as that needs.
        let room = ui.available_width();
        // Many keys of one command take another line where there is little room.
        let keys_width = if room > 0.9 * SHEET {
            MANY_KEYS
        } else {
            KEYS_WIDTH
        };
        let others = keys_width + NAMES_WIDTH + RESET_WIDTH + 3.0 * COLUMNS_GAP;
        let about_width = (room - others).max(100.0);
        egui::Grid::new(group.name())
            .num_columns(4)
            .spacing([COLUMNS_GAP, 3.0])
            .min_col_width(20.0)
            .show(ui, |ui| {
                for command in commands.iter().copied() {
                    self.keys_of_ui(ui, command, keys, keys_width);
                    ui.horizontal(|ui| {
                        ui.set_min_width(NAMES_WIDTH);
                        ui.label(command.name());
                    });
                    let font = theme::font(theme::SMALL);
                    let about = command.about().to_owned();
                    ui.label(ui.painter().layout(about, font, p.quiet, about_width));
                    if keys.is_changed(command) {
                        let button = ui.small_button("reset");
                        button.widget_info(|| {
                            let name = format!("Reset key of {}", command.name());
                            WidgetInfo::labeled(Role::Button, true, name)
                        });
                        if button.clicked() {
                            keys.reset(command);
                        }
                    } else {
                        ui.label("");
                    }
                    ui.end_row();
                }
            });
    }

    /// A button for each key of a command, and one for a further key.
    fn keys_of_ui(&mut self, ui: &mut egui::Ui, command: Command, keys: &Keys, most: f32) {
        let all = keys.all(command);
        ui.horizontal_wrapped(|ui| {
            ui.set_min_width(KEYS_WIDTH);
            ui.set_max_width(most);
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 2.0);
            for nth in 0..all.len().max(1) {
                let name = match nth {
                    0 => format!("Key of {}", command.name()),
                    n => format!("Key {} of {}", n + 1, command.name()),
                };
                let waits = self.waiting == Some((command, nth));
                let text = all
                    .get(nth)
                    .map_or("—".to_owned(), |key| keys::shown(ui.ctx(), key));
                if key_button_ui(ui, &text, waits, &name) {
                    (self.waiting, self.clash) = (Some((command, nth)), None);
                }
            }
            if !all.is_empty() {
                let waits = self.waiting == Some((command, all.len()));
                let name = format!("Another key of {}", command.name());
                if key_button_ui(ui, "+", waits, &name) {
                    (self.waiting, self.clash) = (Some((command, all.len())), None);
                }
            }
        });
    }

    /// Version, licences, and the facts in `lines`.
    pub fn about_ui(&mut self, ctx: &egui::Context, lines: &dyn Fn() -> Vec<String>) {
        if !self.about {
            return;
        }
        let p = theme::palette(ctx);
        dialog_ui(ctx, ABOUT, &mut self.about, |ui| {
            ui.set_max_width(520.0_f32.min(room(ctx).x));
            // Two networks have much to say.
            egui::ScrollArea::vertical()
                .max_height(room(ctx).y)
                .show(ui, |ui| {
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
        });
    }
}

/// Over the whole window while something is dragged over it: what will happen to it.
pub fn drop_ui(ctx: &egui::Context, text: &str) {
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
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
            let at = rect.center();
            painter.text(at, Align2::CENTER_CENTER, text, theme::font(20.0), p.text);
        });
}

/// A key that a click changes.
fn key_button_ui(ui: &mut egui::Ui, text: &str, waits: bool, name: &str) -> bool {
    let p = theme::palette(ui.ctx());
    let (text, tint) = match (waits, text) {
        (true, _) => ("press a key…", p.waiting),
        (false, "—" | "+") => (text, p.quiet),
        (false, _) => (text, p.text),
    };
    let text = egui::RichText::new(text).size(theme::SMALL).color(tint);
    let button = ui.add(egui::Button::new(text).min_size(egui::vec2(24.0, 22.0)));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let tip = "Click, then press the new key";
    button.on_hover_text(tip).clicked()
}

/// Who reads what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A command that waits for its new key.
    Capture,
    Palette(Among),
    /// A text field.
    Field,
}
