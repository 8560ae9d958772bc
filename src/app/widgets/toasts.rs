//! Words that come by themselves: errors and news in a corner of the largest pane, where they lie
//! over no controls, until they are read or old. Every warning and error that is logged comes here;
//! equal ones are one with a count. What is seen anyway is not said.

use std::time::{Duration, Instant};

use eframe::egui::{self, Align2, Id, Rect, Role, WidgetInfo, vec2};
use log::Level;

use crate::app::widgets::dialog::bounds;
use crate::app::widgets::theme;
use crate::humanize::{counted, thousands, without_error_number};
use crate::logs::Record;

/// News stay this long, and longer by the time that their words take to read.
const STAYS: Duration = Duration::from_secs(3);
const READ_A_SIGN: Duration = Duration::from_millis(50);
/// Errors stay longer: somebody has to read them.
const ERRORS_STAY: Duration = Duration::from_secs(25);
const AT_MOST: usize = 4;
/// Warnings of one part of the program that come closer than this belong together.
const BURST: Duration = Duration::from_secs(3);
/// Of such warnings so many are shown each by itself; the others are counted.
const EACH: usize = 2;
/// Longer words are cut; the log has all of them.
const LONGEST: usize = 300;

/// Width of the words, and of what stands beside them; and their place above the pane's lower right
/// corner, where the photo's foot has two lines when networks are compared. In points.
const WIDTH: f32 = 300.0;
const BESIDE: f32 = 26.0;
const CORNER: egui::Vec2 = vec2(14.0, 68.0);

/// What this program logs itself begins so. Other crates speak to programmers: what they warn of is
/// in the log pane alone, and their errors are told in plain words.
const OWN: &str = "smn_studio";

/// How a toast ends that tells of something copied.
pub const ON_CLIPBOARD: &str = "on the clipboard";

/// What is said where no dialog of the system's could be opened.
const NO_DIALOG: &str = "No file dialog could be opened: it takes xdg-desktop-portal or zenity. \
     Files can also be dropped here, or their paths pasted";

/// What a warning of the open faces has in place of a target.
const OF_SET: &str = "open faces";

struct Toast {
    since: Instant,
    level: Level,
    text: String,
    count: usize,
    /// The part of the program that logged it; empty for what the window itself says.
    target: String,
    /// Other warnings that this one stands for; the log has them.
    more: usize,
    /// A button, and what whoever offered it knows it by.
    offer: Option<Offer>,
}

/// A button of a toast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub text: &'static str,
    pub ticket: u64,
}

#[derive(Default)]
pub struct Toasts {
    shown: Vec<Toast>,
    /// Number of the next record of the log that may become a toast.
    pub unread: u64,
}

impl Toasts {
    /// `unread` is the number of the first record of the log that may become a toast.
    pub fn new(unread: u64) -> Self {
        Self {
            unread,
            ..Self::default()
        }
    }

    /// Takes all of them away; whether there were any.
    pub fn dismiss(&mut self) -> bool {
        !std::mem::take(&mut self.shown).is_empty()
    }

    /// What is wrong with the faces that are shown from now on; what was said of others goes.
    pub fn warn_of_set(&mut self, text: Option<String>) {
        self.shown.retain(|t| t.target != OF_SET);
        if let Some(text) = text {
            log::warn!("{text}");
            self.push(Level::Warn, text, OF_SET);
        }
    }

    /// The newest of what is news and offers nothing.
    pub fn news(&self) -> Option<&str> {
        let newest = self.shown.iter().rev().find(|t| t.is_news());
        newest.map(|t| t.text.as_str())
    }

    /// What is said now.
    #[cfg(test)]
    pub fn describe(&self) -> Vec<&str> {
        self.shown.iter().map(|t| &*t.text).collect()
    }

    /// News.
    pub fn say(&mut self, text: impl Into<String>) {
        self.show(Level::Info, text.into());
    }

    /// News with a button, which stays long enough to be thought over.
    pub fn offer(&mut self, text: impl Into<String>, offer: Offer) {
        let text = text.into();
        self.shown.retain(|t| t.text != text);
        self.say(text);
        if let Some(toast) = self.shown.last_mut() {
            toast.offer = Some(offer);
        }
    }

    /// Something that went wrong for the person at the window.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.show(Level::Warn, text.into());
    }

    fn show(&mut self, level: Level, text: String) {
        // The log pane has it too; the target keeps it from coming back from there.
        log::log!(level, "{text}");
        self.push(level, text, "");
    }

    /// A record of the log, if it is one to be shown.
    pub fn logged(&mut self, record: &Record) {
        let target = record.target.as_str();
        if target.starts_with("rfd") {
            // It asks the desktop's portal, then zenity, and only the log hears that both failed.
            if record.level == Level::Error && record.text.contains("zenity") {
                self.push(Level::Warn, NO_DIALOG.to_owned(), "");
            }
            return;
        }
        if !target.starts_with(OWN) {
            if record.level == Level::Error {
                self.foreign(target, &record.text);
            }
            return;
        }
        if record.level <= Level::Warn && target != module_path!() {
            self.push(record.level, record.text.clone(), target);
        }
    }

    /// An error of another crate's, in words that say what it means here.
    fn foreign(&mut self, target: &str, text: &str) {
        let clipboard = target.contains("clipboard");
        let copied = clipboard && text.contains("copy");
        if copied {
            self.shown.retain(|t| !t.text.ends_with(ON_CLIPBOARD));
        }
        let of = |crates: &[&str]| crates.iter().any(|name| target.starts_with(name));
        let plain = match () {
            () if copied && text.contains("held by") => {
                "Nothing was copied: another program holds the clipboard. Try again"
            }
            () if copied => "Nothing was copied: the clipboard does not take it",
            () if clipboard => "Nothing was pasted: the clipboard could not be read",
            () if of(&["wgpu", "naga"]) => {
                "The graphics driver reports an error: what is shown may not be whole. The log says more"
            }
            () if of(&["burn", "cubecl"]) => {
                "The network's device reports an error. The log says more"
            }
            () => "The system reports an error to the window. The log says more",
        };
        self.push(Level::Error, plain.to_owned(), "");
    }

    fn push(&mut self, level: Level, text: String, target: &str) {
        let mut text = plain(text);
        if let Some((at, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(at);
            text.push('…');
        }
        let earlier = self.shown.iter().position(|t| t.text == text);
        if earlier.is_none() && self.joins_a_burst(level, target) {
            return;
        }
        let (count, more) = match earlier.map(|i| self.shown.remove(i)) {
            Some(earlier) => (earlier.count + 1, earlier.more),
            None => (1, 0),
        };
        self.shown.push(Toast {
            since: Instant::now(),
            level,
            text,
            count,
            target: target.to_owned(),
            more,
            offer: None,
        });
        let excess = self.shown.len().saturating_sub(AT_MOST);
        self.shown.drain(..excess);
    }

    /// Counts a warning with the last one of its kind, where they come by the dozen.
    fn joins_a_burst(&mut self, level: Level, target: &str) -> bool {
        let same = |t: &&mut Toast| {
            !target.is_empty()
                && t.target == target
                && t.level == level
                && t.since.elapsed() < BURST
        };
        let mut burst: Vec<&mut Toast> = self.shown.iter_mut().filter(same).collect();
        let Some(last) = burst.pop().filter(|_| burst.len() + 1 >= EACH) else {
            return false;
        };
        last.more += 1;
        last.since = Instant::now();
        true
    }

    /// Draws them in the lower right corner of `place`; the offer that was taken. The oldest wait
    /// where the window is too low for all. What is news is left out where that is said `apart`.
    pub fn ui(&mut self, ctx: &egui::Context, place: Rect, apart: bool) -> Option<u64> {
        self.shown.retain(|t| t.since.elapsed() < t.stays());
        if self.shown.is_empty() {
            return None;
        }
        ctx.request_repaint_after(Duration::from_secs(1));
        if !apart {
            return self.all_ui(ctx, place);
        }
        let all = std::mem::take(&mut self.shown).into_iter();
        let (news, others) = all.partition(Toast::is_news);
        self.shown = others;
        let taken = (!self.shown.is_empty()).then(|| self.all_ui(ctx, place));
        self.shown.splice(0..0, news);
        taken.flatten()
    }

    fn all_ui(&mut self, ctx: &egui::Context, place: Rect) -> Option<u64> {
        let (mut dismissed, mut taken) = (None, None);
        let room = bounds(ctx);
        let first = self.first_with_room(ctx, room.height());
        egui::Area::new(Id::unique("toasts"))
            .pivot(Align2::RIGHT_BOTTOM)
            .fixed_pos(place.right_bottom() - CORNER)
            .constrain_to(room)
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                let layout = egui::Layout::top_down(egui::Align::Max);
                ui.with_layout(layout, |ui| {
                    ui.set_max_width(WIDTH + BESIDE + 40.0);
                    for (i, toast) in self.shown.iter_mut().enumerate().skip(first) {
                        match toast_ui(ui, toast) {
                            Some(Pressed::Dismiss) => dismissed = Some(i),
                            Some(Pressed::Offer(ticket)) => {
                                (dismissed, taken) = (Some(i), Some(ticket));
                            }
                            None => {}
                        }
                    }
                });
            });
        if let Some(i) = dismissed {
            self.shown.remove(i);
        }
        taken
    }

    /// From which toast on all have room in this height.
    fn first_with_room(&self, ctx: &egui::Context, height: f32) -> usize {
        let gap = ctx.global_style().spacing.item_spacing.y;
        let mut left = height;
        let fits = |toast: &&Toast| {
            left -= toast.height(ctx) + gap;
            left >= 0.0
        };
        let fitting = self.shown.iter().rev().take_while(fits).count();
        self.shown.len() - fitting.max(1)
    }
}

/// What was pressed of a toast.
enum Pressed {
    Dismiss,
    Offer(u64),
}

/// Words without what only a programmer reads: the system's number of an error, and the causes
/// that a graphics driver's error lists.
fn plain(words: String) -> String {
    let words = match words.split_once("\n\nCaused by") {
        Some((first, _)) => first.to_owned(),
        None => words,
    };
    without_error_number(&words)
}

impl Toast {
    /// Whether it says something and offers nothing.
    fn is_news(&self) -> bool {
        self.level == Level::Info && self.offer.is_none()
    }

    fn stays(&self) -> Duration {
        match self.level {
            _ if self.offer.is_some() => ERRORS_STAY,
            Level::Info => STAYS + READ_A_SIGN * self.said().chars().count() as u32,
            _ => ERRORS_STAY,
        }
    }

    /// With its frame.
    fn height(&self, ctx: &egui::Context) -> f32 {
        let font = theme::font(theme::BODY);
        let layout = |said| ctx.fonts_mut(|f| f.layout(said, font, egui::Color32::WHITE, WIDTH));
        let offer = match self.offer {
            Some(_) => theme::CONTROL + ctx.global_style().spacing.item_spacing.y,
            None => 0.0,
        };
        layout(self.said()).size().y + offer + 20.0
    }

    fn said(&self) -> String {
        let mut said = self.text.clone();
        if self.count > 1 {
            said += &format!(" ({} times)", thousands(self.count));
        }
        if self.more > 0 {
            said += &format!(" — and {}, in the log", counted(self.more, "other warning"));
        }
        said
    }
}

/// What was pressed of it. One that the pointer is on stays.
fn toast_ui(ui: &mut egui::Ui, toast: &mut Toast) -> Option<Pressed> {
    let p = theme::palette(ui.ctx());
    let tint = match toast.level {
        Level::Error => p.label,
        Level::Warn => p.waiting,
        _ => p.working,
    };
    let frame = egui::Frame::new()
        .fill(p.raised)
        .stroke(egui::Stroke::new(1.0, p.hairline))
        .corner_radius(theme::RADIUS)
        .inner_margin(egui::Margin {
            left: 14,
            right: 8,
            top: 9,
            bottom: 9,
        })
        .shadow(ui.visuals().popup_shadow);
    let font = theme::font(theme::BODY);
    let text = ui.painter().layout(toast.said(), font, p.text, WIDTH);
    let shown = frame.show(ui, |ui| {
        // All as wide as the widest may be: stacked ones have common edges.
        let size = vec2(WIDTH + BESIDE, text.size().y);
        let row = egui::Layout::right_to_left(egui::Align::Min);
        let dismissed = ui
            .allocate_ui_with_layout(size, row, |ui| {
                let close = ui.add(egui::Button::new("×").frame(false));
                close.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Dismiss"));
                let words_ui = egui::Layout::left_to_right(egui::Align::Min);
                ui.with_layout(words_ui, |ui| ui.add(egui::Label::new(text)));
                close.on_hover_text("Dismiss").clicked()
            })
            .inner;
        match toast.offer {
            Some(offer) if ui.button(offer.text).clicked() => Some(Pressed::Offer(offer.ticket)),
            _ => dismissed.then_some(Pressed::Dismiss),
        }
    });
    if shown.response.contains_pointer() {
        toast.since = Instant::now();
    }
    let edge = shown.response.rect;
    let edge = edge.with_max_x(edge.left() + 3.0).shrink2(vec2(0.0, 4.0));
    ui.painter().rect_filled(edge, 1.5, tint);
    shown.inner
}

#[cfg(test)]
mod tests;
