//! Words that come by themselves: errors and news in a corner of the largest pane, where they lie
//! over no controls, until they are read or old. Every warning and error that is logged comes here;
//! equal ones are one with a count. What is seen anyway is not said.

use std::time::{Duration, Instant};

use eframe::egui::{self, Align2, Id, Rect, Role, WidgetInfo, vec2};
use log::Level;

use crate::app::widgets::theme;
use crate::humanize::{counted, thousands};
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

/// Crates whose warnings speak to programmers: they are in the log pane, not in the way.
const TECHNICAL: [&str; 13] = [
    "wgpu",
    "naga",
    "winit",
    "egui",
    "eframe",
    "epaint",
    "cubecl",
    "burn",
    "calloop",
    "sctk",
    "zbus",
    "accesskit",
    "fontique",
];

/// What is said where no dialog of the system's could be opened.
const NO_DIALOG: &str = "No file dialog could be opened: it takes xdg-desktop-portal or zenity. \
     Files can also be dropped here, or their paths pasted";

/// What a warning of the open faces has in place of a target.
const OF_SET: &str = "open faces";

struct Toast {
    since: Instant,
    level: Level,
    words: String,
    count: usize,
    /// The part of the program that logged it; empty for what the window itself says.
    target: String,
    /// Other warnings that this one stands for; the log has them.
    more: usize,
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
    pub fn warn_of_set(&mut self, words: Option<String>) {
        self.shown.retain(|t| t.target != OF_SET);
        if let Some(words) = words {
            log::warn!("{words}");
            self.push(Level::Warn, words, OF_SET);
        }
    }

    /// News.
    /// What is said now.
    #[cfg(test)]
    pub fn words(&self) -> Vec<&str> {
        self.shown.iter().map(|t| &*t.words).collect()
    }

    pub fn say(&mut self, words: impl Into<String>) {
        self.show(Level::Info, words.into());
    }

    /// Something that went wrong for the person at the window.
    pub fn warn(&mut self, words: impl Into<String>) {
        self.show(Level::Warn, words.into());
    }

    fn show(&mut self, level: Level, words: String) {
        // The log pane has it too; the target keeps it from coming back from there.
        log::log!(level, "{words}");
        self.push(level, words, "");
    }

    /// A record of the log, if it is one to be shown.
    pub fn logged(&mut self, record: &Record) {
        let target = record.target.as_str();
        if target.starts_with("rfd") {
            // It asks the desktop's portal, then zenity, and only the log hears that both failed.
            if record.level == Level::Error && record.words.contains("zenity") {
                self.push(Level::Warn, NO_DIALOG.to_owned(), "");
            }
            return;
        }
        let technical = TECHNICAL.iter().any(|t| target.starts_with(t));
        let urgent = record.level == Level::Error || (record.level == Level::Warn && !technical);
        if urgent && target != module_path!() {
            self.push(record.level, record.words.clone(), target);
        }
    }

    fn push(&mut self, level: Level, mut words: String, target: &str) {
        if let Some((at, _)) = words.char_indices().nth(LONGEST) {
            words.truncate(at);
            words.push('…');
        }
        let earlier = self.shown.iter().position(|t| t.words == words);
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
            words,
            count,
            target: target.to_owned(),
            more,
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

    /// Draws them in the lower right corner of `place`.
    pub fn ui(&mut self, ctx: &egui::Context, place: Rect) {
        self.shown.retain(|t| t.since.elapsed() < t.stays());
        if self.shown.is_empty() {
            return;
        }
        ctx.request_repaint_after(Duration::from_secs(1));
        let mut dismissed = None;
        egui::Area::new(Id::unique("toasts"))
            .pivot(Align2::RIGHT_BOTTOM)
            .fixed_pos(place.right_bottom() - CORNER)
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                let layout = egui::Layout::top_down(egui::Align::Max);
                ui.with_layout(layout, |ui| {
                    ui.set_max_width(WIDTH + BESIDE + 40.0);
                    for (i, toast) in self.shown.iter_mut().enumerate() {
                        if toast_ui(ui, toast) {
                            dismissed = Some(i);
                        }
                    }
                });
            });
        if let Some(i) = dismissed {
            self.shown.remove(i);
        }
    }
}

impl Toast {
    fn stays(&self) -> Duration {
        match self.level {
            Level::Info => STAYS + READ_A_SIGN * self.said().chars().count() as u32,
            _ => ERRORS_STAY,
        }
    }

    fn said(&self) -> String {
        let mut said = self.words.clone();
        if self.count > 1 {
            said += &format!(" ({} times)", thousands(self.count));
        }
        if self.more > 0 {
            said += &format!(" — and {}, in the log", counted(self.more, "other warning"));
        }
        said
    }
}

/// Whether it was dismissed. One that the pointer is on stays.
fn toast_ui(ui: &mut egui::Ui, toast: &mut Toast) -> bool {
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
    let words = ui.painter().layout(toast.said(), font, p.text, WIDTH);
    let shown = frame.show(ui, |ui| {
        // All as wide as the widest may be: stacked ones have common edges.
        let size = vec2(WIDTH + BESIDE, words.size().y);
        let row = egui::Layout::right_to_left(egui::Align::Min);
        ui.allocate_ui_with_layout(size, row, |ui| {
            let close = ui.add(egui::Button::new("×").frame(false));
            close.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Dismiss"));
            let words_ui = egui::Layout::left_to_right(egui::Align::Min);
            ui.with_layout(words_ui, |ui| ui.add(egui::Label::new(words)));
            close.on_hover_text("Dismiss").clicked()
        })
        .inner
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
mod tests {
    use super::*;

    fn record(level: Level, target: &str, words: &str) -> Record {
        Record {
            number: 0,
            time: std::time::SystemTime::now(),
            level,
            target: target.into(),
            words: words.into(),
        }
    }

    #[test]
    fn equal_warnings_are_one_toast_and_technical_ones_none() {
        let mut toasts = Toasts::default();
        for _ in 0..5 {
            toasts.logged(&record(
                Level::Warn,
                "smn_studio::dataset",
                "a row is broken",
            ));
        }
        toasts.logged(&record(Level::Warn, "wgpu_hal::vulkan", "of no use here"));
        toasts.logged(&record(Level::Info, "smn_studio", "of no use here"));
        toasts.logged(&record(Level::Error, "wgpu_core", "device lost"));
        // A dialog that came in the end is no news.
        toasts.logged(&record(Level::Error, "rfd::portal", "no session bus"));
        toasts.logged(&record(
            Level::Error,
            "rfd::backend",
            "Failed to pick file with zenity: not found",
        ));
        // What a toast itself logs does not come back.
        toasts.logged(&record(
            Level::Warn,
            module_path!().trim_end_matches("::tests"),
            "echo",
        ));
        let shown: Vec<_> = toasts.shown.iter().map(|t| (&*t.words, t.count)).collect();
        assert_eq!(
            shown,
            [("a row is broken", 5), ("device lost", 1), (NO_DIALOG, 1)]
        );
        for i in 0..10 {
            toasts.say(format!("{i}"));
        }
        assert_eq!(toasts.shown.len(), AT_MOST);
    }

    #[test]
    fn news_goes_when_it_is_read_and_errors_stay() {
        let mut toasts = Toasts::default();
        for set in ["a.csv: a row is lost", "b.csv: two rows are lost"] {
            toasts.warn_of_set(Some(set.into()));
        }
        assert_eq!(toasts.shown.len(), 1, "the other set is gone");
        toasts.warn_of_set(None);
        assert!(toasts.shown.is_empty() && !toasts.dismiss());
        toasts.say("The table is on the clipboard");
        toasts.say("x".repeat(200));
        toasts.warn("No face in it can be used");
        let stays: Vec<f64> = toasts
            .shown
            .iter()
            .map(|t| t.stays().as_secs_f64())
            .collect();
        assert!(
            stays[0] < 5.0 && stays[1] > 10.0 && stays[2] > 20.0,
            "{stays:?}"
        );
    }

    #[test]
    fn a_thousand_problems_are_one_toast_with_a_count() {
        let mut toasts = Toasts::default();
        for row in 1..=1398 {
            let words = format!("theirs.csv:{row}: 0.83 is not 1, -1 or empty");
            toasts.logged(&record(Level::Warn, "smn_studio::dataset", &words));
        }
        toasts.logged(&record(Level::Warn, "smn_studio::engine", "another matter"));
        toasts.say("news");
        let said: Vec<String> = toasts.shown.iter().map(Toast::said).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(said[0].starts_with("theirs.csv:1: ") && said[1].starts_with("theirs.csv:2: "));
        assert!(said[1].ends_with("— and 1,396 other warnings, in the log"));
        assert_eq!(said[2], "another matter");
    }
}
