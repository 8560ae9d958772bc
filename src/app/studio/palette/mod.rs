//! The palette: commands, and what faces can be filtered and sorted by, found by typing the
//! beginnings of their words. As the picker it has the latter alone.

mod matching;

use eframe::egui::{self, Align2, Key, KeyboardShortcut, Role, WidgetInfo};

use crate::app::command::Command;
use crate::app::command::keys;
use crate::app::command::keys::Keys;
use crate::app::faces::criteria::Criteria;
use crate::app::faces::criterion::Criterion;
use crate::app::widgets::dialog::bounds;
use crate::app::widgets::theme;
use crate::humanize::thousands;
use matching::sorted;
pub use matching::{Query, SCATTERED};

/// Rows in sight, where the window is not too low for them.
const ROWS: usize = 12;
/// What is above and below the rows.
const AROUND: f32 = 110.0;
const ROW: f32 = 28.0;
const WIDTH: f32 = 560.0;

/// The field that is typed in.
pub fn field_id() -> egui::Id {
    egui::Id::unique("palette field")
}

/// Where it is drawn.
pub fn layer() -> egui::LayerId {
    egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("palette"))
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// Commands, and once something is typed faces too.
    Commands,
    /// What faces can be filtered and sorted by.
    Faces,
}

pub struct Palette {
    pub among: Among,
    search: String,
    /// What was in the field when it opened.
    given: String,
    chosen: usize,
    /// Whether keys have moved the choice.
    moved: bool,
    opened: bool,
    /// Whether somebody has clicked elsewhere.
    pub left: bool,
    /// Keys that were pressed since it was drawn.
    moves: Vec<Move>,
}

/// What a key does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    By(isize),
    /// Takes what is chosen; a filter beside others of its kind, where this says so.
    Take(bool),
}

/// How several things of one kind are asked for.
const ADD: &str = "Enter: in place of others of its kind. Ctrl+Enter, or Ctrl and a click: as well as \
                   them; \u{201c}and\u{201d} says how many faces are like all";

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Command(Command),
    /// What faces are to be like, and whether that is asked for beside other such things.
    Faces(Criterion, bool),
}

impl Entry {
    fn taken(&self, beside: bool) -> Self {
        match self {
            Self::Faces(criterion, _) => Self::Faces(criterion.clone(), beside),
            command => command.clone(),
        }
    }
}

/// What the palette needs of the window.
pub struct Context<'a> {
    pub keys: &'a Keys,
    /// Run from here before, the newest first.
    pub recent: &'a [Command],
    pub blocked: &'a dyn Fn(Command) -> Option<&'static str>,
    pub criteria: &'a Criteria,
}

impl Palette {
    /// Opens with words that were typed already.
    pub fn new(among: Among, search: String) -> Self {
        Self {
            among,
            given: search.clone(),
            search,
            chosen: 0,
            moved: false,
            opened: false,
            left: false,
            moves: Vec::new(),
        }
    }

    /// Whether a key moves in the list of what was found; it is done when that is drawn, after
    /// what was typed before.
    pub fn press(&mut self, key: KeyboardShortcut) -> bool {
        let held = key.modifiers;
        let beside = (held.command || held.ctrl || held.shift) && !held.alt;
        self.moves.push(match key.logical_key {
            Key::Enter if held.is_none() || beside => Move::Take(beside),
            _ if !held.is_none() => return false,
            Key::ArrowDown => Move::By(1),
            Key::ArrowUp => Move::By(-1),
            Key::PageDown => Move::By(ROWS as isize),
            Key::PageUp => Move::By(-(ROWS as isize)),
            _ => return false,
        });
        true
    }

    /// Whether keys wait to be done, so that what is typed now comes after them.
    pub fn has_moves(&self) -> bool {
        !self.moves.is_empty()
    }

    /// Returns what was chosen.
    pub fn ui(&mut self, ctx: &egui::Context, context: &Context) -> Option<Entry> {
        let (mut taken, was_open) = (None, self.opened);
        let area = egui::Area::new(layer().id)
            .constrain_to(bounds(ctx))
            .anchor(Align2::CENTER_TOP, [0.0, 82.0])
            .order(layer().order)
            .show(ctx, |ui| {
                egui::Frame::window(ui.style())
                    .inner_margin(10)
                    .show(ui, |ui| {
                        ui.set_width(WIDTH.min(bounds(ctx).width() - 24.0));
                        self.field_ui(ui);
                        ui.add_space(4.0);
                        taken = self.found_ui(ui, context);
                    });
            });
        // Not the click that opened it.
        self.left = was_open && area.response.clicked_elsewhere();
        taken.filter(|entry| match entry {
            Entry::Command(command) => (context.blocked)(*command).is_none(),
            Entry::Faces(..) => true,
        })
    }

    fn field_ui(&mut self, ui: &mut egui::Ui) {
        let (hint, name) = match self.among {
            Among::Commands => ("find a command, or faces", "Find a command"),
            Among::Faces => (
                "find faces: an attribute, a point, a split, a value, an order",
                "Find faces by",
            ),
        };
        let field = egui::TextEdit::singleline(&mut self.search)
            .id(field_id())
            .hint_text(hint)
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(8, 6));
        let mut output = field.show(ui);
        let field = &output.response;
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
        if field.changed() {
            self.chosen = 0;
        }
        // It keeps the focus as long as it is open, wherever one clicks.
        if !field.has_focus() {
            field.request_focus();
        }
        if !self.opened {
            self.opened = true;
            let end = egui::text::CCursor::new(self.search.chars().count());
            let range = egui::text::CCursorRange::one(end);
            output.state.cursor.set_char_range(Some(range));
            output.state.store(ui.ctx(), output.response.id);
        }
    }

    /// What was found; does what was pressed, now that what was typed is known.
    fn found_ui(&mut self, ui: &mut egui::Ui, context: &Context) -> Option<Entry> {
        let found = matching(&self.search, self.among, context);
        if self.search == self.given && !self.moved {
            self.chosen = first_with_faces(&found, context.criteria);
        }
        self.moved |= !self.moves.is_empty();
        let before = self.chosen;
        let mut taken = None;
        for step in self.moves.drain(..) {
            let last = found.len().saturating_sub(1);
            match step {
                Move::By(by) => self.chosen = self.chosen.saturating_add_signed(by).min(last),
                Move::Take(beside) => taken = found.get(self.chosen).map(|e| e.taken(beside)),
            }
        }
        if found.is_empty() {
            let text = match self.among {
                Among::Commands => "no such command",
                Among::Faces => "nothing is called that",
            };
            ui.colored_label(theme::palette(ui.ctx()).quiet, text);
            return None;
        }
        self.chosen = self.chosen.min(found.len() - 1);
        ui.spacing_mut().item_spacing.y = 0.0;
        let most = (bounds(ui.ctx()).height() - AROUND) / ROW;
        let in_sight = ROWS.min(most as usize).max(3);
        let mut area = egui::ScrollArea::vertical()
            .id_salt("found")
            .max_height(in_sight as f32 * ROW)
            .min_scrolled_height(in_sight.min(found.len()) as f32 * ROW)
            .auto_shrink([false, true]);
        if self.chosen != before || taken.is_some() {
            let first = self.chosen.saturating_sub(in_sight / 2);
            area = area.vertical_scroll_offset(first as f32 * ROW);
        } else if self.chosen == 0 && ui.ctx().input(|i| i.events.iter().any(keys::is_typed)) {
            area = area.vertical_scroll_offset(0.0);
        }
        area.show_rows(ui, ROW, found.len(), |ui, rows| {
            for i in rows {
                if row_ui(ui, &found[i], i == self.chosen, context) {
                    let held = ui.input(|i| i.modifiers);
                    taken = Some(found[i].taken(held.command || held.shift));
                }
            }
        });
        if self.among == Among::Faces {
            foot_ui(ui, context.criteria);
        }
        taken
    }
}

/// Of which faces the numbers are, and how several things are asked for at once.
fn foot_ui(ui: &mut egui::Ui, criteria: &Criteria) {
    let add = criteria.can_add().then(|| ADD.to_owned());
    let p = theme::palette(ui.ctx());
    for text in [criteria.note(), add].into_iter().flatten() {
        ui.add_space(6.0);
        ui.label(egui::RichText::new(text).size(theme::SMALL).color(p.quiet));
    }
}

/// What a row says.
struct Row {
    name: String,
    about: String,
    /// At the right.
    end: String,
    quiet: bool,
    on: bool,
}

impl Row {
    fn of(ctx: &egui::Context, entry: &Entry, context: &Context) -> Self {
        match entry {
            Entry::Command(command) => {
                let blocked = (context.blocked)(*command);
                let keys = context.keys.of(*command);
                Self {
                    name: command.name().to_owned(),
                    about: blocked.unwrap_or(command.about()).to_owned(),
                    end: keys.map_or_else(String::new, |k| keys::shown(ctx, &k)),
                    quiet: blocked.is_some(),
                    on: false,
                }
            }
            Entry::Faces(criterion, _) => Self {
                name: context.criteria.said(criterion),
                about: match context.criteria.count_beside(criterion) {
                    Some(count) => format!("and {}", thousands(count)),
                    None => String::new(),
                },
                end: criterion.kind().to_owned(),
                quiet: context.criteria.count(criterion) == Some(0),
                on: context.criteria.is_on(criterion),
            },
        }
    }
}

/// A line that can be chosen: its name, what it does, and its key at the right.
fn row_ui(ui: &mut egui::Ui, entry: &Entry, chosen: bool, context: &Context) -> bool {
    let p = theme::palette(ui.ctx());
    let size = egui::vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    let row = Row::of(ui.ctx(), entry, context);
    response.widget_info(|| {
        let mut info = WidgetInfo::selected(Role::Button, true, chosen, &row.name);
        info.current_text_value = Some(row.about.clone()).filter(|about| !about.is_empty());
        info
    });
    if chosen {
        ui.painter().rect_filled(rect, theme::RADIUS, p.hairline);
    } else if response.hovered() {
        let quiet = p.raised.gamma_multiply(0.6);
        ui.painter().rect_filled(rect, theme::RADIUS, quiet);
    }
    let tint = match (row.on, row.quiet) {
        (true, _) => p.prediction,
        (false, true) => p.quiet,
        (false, false) => p.text,
    };
    let painter = ui.painter_at(rect);
    let name = painter.text(
        rect.left_center() + egui::vec2(8.0, 0.0),
        Align2::LEFT_CENTER,
        &row.name,
        theme::font(theme::BODY),
        tint,
    );
    let end = painter.text(
        rect.right_center() - egui::vec2(12.0, 0.0),
        Align2::RIGHT_CENTER,
        &row.end,
        theme::font(theme::SMALL),
        p.quiet,
    );
    let left = name.right() + 10.0;
    let format = egui::TextFormat::simple(theme::font(theme::SMALL), p.quiet);
    let mut about = egui::text::LayoutJob::single_section(row.about, format);
    about.wrap = egui::text::TextWrapping::truncate_at_width((end.left() - 12.0 - left).max(0.0));
    let about = painter.layout_job(about);
    let at = egui::pos2(left, rect.center().y - about.size().y / 2.0);
    painter.galley(at, about, p.quiet);
    response.clicked()
}

/// Words that nobody typed choose nothing that would empty the list, where they leave a choice.
fn first_with_faces(found: &[Entry], criteria: &Criteria) -> usize {
    let empty = |e: &Entry| matches!(e, Entry::Faces(c, _) if criteria.count(c) == Some(0));
    found.iter().position(|e| !empty(e)).unwrap_or(0)
}

/// What matches, the best first; without a search the commands that were run lately first.
fn matching(typed: &str, among: Among, context: &Context) -> Vec<Entry> {
    let query = Query::new(typed);
    let mut scored = Vec::new();
    if among == Among::Commands {
        let commands = commands(&query, context.recent).into_iter();
        scored.extend(commands.map(|(score, c)| (score, Entry::Command(c))));
    }
    if among == Among::Faces || !query.is_empty() {
        let lines = context.criteria.lines().iter();
        scored.extend(lines.filter_map(|(name, criterion)| {
            let more = format!("{} {}", criterion.kind(), criterion.synonyms());
            let score = query.score(name, &more)?;
            Some((score, Entry::Faces(criterion.clone(), false)))
        }));
        let typed = context.criteria.typed();
        scored.extend(typed.filter_map(|(value, name, criterion)| {
            let score = query.score(name, criterion.kind());
            let score = score.filter(|_| query.is_about(value))?;
            Some((score, Entry::Faces(criterion.clone(), false)))
        }));
    }
    sorted(scored)
}

fn commands(query: &Query, recent: &[Command]) -> Vec<(u32, Command)> {
    // What opens this says nothing here.
    let here = [Command::Palette];
    let mut all: Vec<Command> = Command::ALL.to_vec();
    all.retain(|c| !here.contains(c));
    // Of two that begin as was typed, the shorter is nearer to it.
    let length = |c: &Command| if query.is_empty() { 0 } else { c.name().len() };
    all.sort_by_key(|c| {
        let lately = recent.iter().position(|r| r == c);
        (lately.unwrap_or(recent.len()), length(c))
    });
    let scored = all.into_iter();
    scored
        .filter_map(|c| Some((query.score(c.name(), c.about())?, c)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::ListCommand;
    use crate::app::command::pane::Pane;

    fn found(typed: &str, recent: &[Command]) -> Vec<Command> {
        sorted(commands(&Query::new(typed), recent))
    }

    #[test]
    fn the_best_match_comes_first() {
        let previous = Command::List(ListCommand::Previous);
        assert_eq!(found("fea", &[])[0], Command::Features);
        assert_eq!(found("photo before", &[]), [previous]);
        assert_eq!(
            found("new r", &[])[..2],
            [Command::NewRun, Command::Pane(Pane::NewRun)]
        );
        assert_eq!(found("rstall", &[])[0], Command::ResetAllPanes);
        assert!(found("no such thing at all", &[]).is_empty());
        let recent = [Command::Theme, Command::Fit];
        assert_eq!(found("", &recent)[..2], recent);
        assert_eq!(found("", &[]).len(), Command::ALL.len() - 1);
        for command in Command::ALL {
            if *command != Command::Palette {
                assert_eq!(found(command.name(), &[])[0], *command);
            }
        }
    }
}
