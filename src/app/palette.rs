//! The command palette: every command by its name, what was run lately first.

use eframe::egui::{self, Align2, Key, Role, WidgetInfo};

use super::command::Command;
use super::keys::Keys;
use super::theme;

/// Rows that are shown.
const ROWS: usize = 12;

#[derive(Default)]
pub struct Palette {
    search: String,
    chosen: usize,
    opened: bool,
}

/// What the palette needs of the window.
pub struct Context<'a> {
    pub keys: &'a Keys,
    /// Run from here before, the newest first.
    pub recent: &'a [Command],
    pub blocked: &'a dyn Fn(Command) -> Option<&'static str>,
}

impl Palette {
    /// Returns a command that was chosen.
    pub fn ui(&mut self, ctx: &egui::Context, context: &Context) -> Option<Command> {
        let mut found = matching(&self.search, context.recent);
        found.truncate(ROWS);
        let pressed = |key| ctx.input(|i| i.key_pressed(key));
        let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
        self.chosen = (self.chosen + usize::from(down)).saturating_sub(usize::from(up));
        self.chosen = self.chosen.min(found.len().saturating_sub(1));
        let enter = pressed(Key::Enter);
        let mut run = found.get(self.chosen).copied().filter(|_| enter);
        egui::Area::new(egui::Id::unique("palette"))
            .anchor(Align2::CENTER_TOP, [0.0, 90.0])
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                egui::Frame::window(ui.style())
                    .inner_margin(10)
                    .show(ui, |ui| {
                        ui.set_width(520.0);
                        self.field_ui(ui);
                        ui.add_space(4.0);
                        ui.spacing_mut().item_spacing.y = 0.0;
                        for (i, command) in found.iter().enumerate() {
                            if row_ui(ui, *command, i == self.chosen, context) {
                                run = Some(*command);
                            }
                        }
                        if found.is_empty() {
                            ui.colored_label(theme::palette(ctx).quiet, "no such command");
                        }
                    });
            });
        run.filter(|c| (context.blocked)(*c).is_none())
    }

    fn field_ui(&mut self, ui: &mut egui::Ui) {
        let field = egui::TextEdit::singleline(&mut self.search)
            .hint_text("find a command")
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(8, 6));
        let field = ui.add(field);
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Find a command"));
        if field.changed() {
            self.chosen = 0;
        }
        if !self.opened {
            field.request_focus();
            self.opened = true;
        }
    }
}

/// A command, what it does, and its key at the right.
fn row_ui(ui: &mut egui::Ui, command: Command, chosen: bool, context: &Context) -> bool {
    let p = theme::palette(ui.ctx());
    let size = egui::vec2(ui.available_width(), 28.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, command.name()));
    let blocked = (context.blocked)(command);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, p.hairline);
    }
    let tint = if blocked.is_some() { p.quiet } else { p.text };
    let painter = ui.painter_at(rect);
    let name = painter.text(
        rect.left_center() + egui::vec2(8.0, 0.0),
        Align2::LEFT_CENTER,
        command.name(),
        theme::font(theme::BODY),
        tint,
    );
    let key = context.keys.of(command);
    let key = key.map_or_else(String::new, |k| ui.ctx().format_shortcut(&k));
    let key = painter.text(
        rect.right_center() - egui::vec2(8.0, 0.0),
        Align2::RIGHT_CENTER,
        key,
        theme::font(theme::SMALL),
        p.quiet,
    );
    let room = rect.with_max_x(key.left() - 10.0);
    ui.painter_at(room).text(
        egui::pos2(name.right() + 10.0, rect.center().y),
        Align2::LEFT_CENTER,
        blocked.unwrap_or(command.about()),
        theme::font(theme::SMALL),
        p.quiet,
    );
    response.clicked()
}

/// The commands that match, the best first; without a search those run lately first.
fn matching(search: &str, recent: &[Command]) -> Vec<Command> {
    let wanted = search.trim().to_lowercase();
    let age = |c: &Command| recent.iter().position(|r| r == c).unwrap_or(recent.len());
    let mut found: Vec<(u32, Command)> = Command::ALL
        .iter()
        .filter(|c| **c != Command::Palette)
        .filter_map(|c| Some((score(&wanted, *c)?, *c)))
        .collect();
    found.sort_by_key(|(score, command)| (*score, age(command)));
    found.into_iter().map(|(_, command)| command).collect()
}

/// How well a command matches, 0 best: the name's beginning, a word's beginning in it, its inside,
/// the sentence about it, and last the letters in order with others between them.
fn score(wanted: &str, command: Command) -> Option<u32> {
    let name = command.name().to_lowercase();
    let about = command.about().to_lowercase();
    if name.starts_with(wanted) {
        return Some(0);
    }
    if name.split([' ', '·']).any(|word| word.starts_with(wanted)) {
        return Some(1);
    }
    if name.contains(wanted) {
        return Some(2);
    }
    if about.contains(wanted) {
        return Some(3);
    }
    let mut letters = name.chars();
    let in_order = wanted
        .chars()
        .filter(|c| !c.is_whitespace())
        .all(|c| letters.any(|l| l == c));
    in_order.then_some(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_match_comes_first() {
        assert_eq!(matching("fea", &[])[0], Command::Features);
        assert_eq!(matching("photo before", &[]), [Command::Previous]);
        assert_eq!(matching("rstall", &[])[0], Command::ResetAllPanes);
        assert!(matching("no such thing", &[]).is_empty());
        let recent = [Command::Theme, Command::Fit];
        assert_eq!(matching("", &recent)[..2], recent);
        assert_eq!(matching("", &[]).len(), Command::ALL.len() - 1);
    }
}
