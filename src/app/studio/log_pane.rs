//! What the program had to say, to be filtered, read and copied.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use eframe::egui::{self, Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use log::Level;

use crate::app::widgets::buttons::{hint_ui, toggle};
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::logs::{self, Record};

const ROW: f32 = 20.0;

pub struct LogPane {
    /// The least urgent level that is shown.
    level: Level,
    search: String,
    /// All that is kept, and which of it is shown.
    records: Vec<Arc<Record>>,
    shown: Vec<usize>,
    /// What `shown` was made for: level, search, number of the next record.
    made_for: Option<(Level, String, u64)>,
}

impl Default for LogPane {
    fn default() -> Self {
        Self {
            level: Level::Info,
            search: String::new(),
            records: Vec::new(),
            shown: Vec::new(),
            made_for: None,
        }
    }
}

impl LogPane {
    pub fn ui(&mut self, ui: &mut Ui) {
        self.take();
        let count = format!("{} of {}", self.shown.len(), self.records.len());
        header_ui(ui, "Log", &count);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            for level in [Level::Error, Level::Warn, Level::Info] {
                let text = level.as_str().to_lowercase();
                let button = toggle(ui, self.level >= level, &text);
                let about = format!("Show what is at least as urgent as {text}");
                button.widget_info(|| {
                    WidgetInfo::labeled(Role::Button, true, format!("Level {text}"))
                });
                if button.on_hover_text(about).clicked() {
                    self.level = level;
                }
            }
            let field = egui::TextEdit::singleline(&mut self.search)
                .hint_text("search")
                .desired_width(180.0);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search the log"));
            let copy = ui.button("Copy log");
            if copy
                .on_hover_text("Copy what is shown to the clipboard")
                .clicked()
            {
                let shown = self.shown.iter().map(|i| line(&self.records[*i]));
                ui.ctx().copy_text(shown.collect::<Vec<_>>().join("\n"));
            }
        });
        if self.shown.is_empty() {
            return hint_ui(ui, "Nothing to say.");
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .stick_to_bottom(true)
            .show_rows(ui, ROW, self.shown.len(), |ui, rows| {
                for at in rows {
                    row_ui(ui, &self.records[self.shown[at]]);
                }
            });
    }

    /// Takes in what is new, and filters again where it must.
    fn take(&mut self) {
        let wanted = (self.level, self.search.to_lowercase(), logs::count());
        if self.made_for.as_ref() == Some(&wanted) {
            return;
        }
        let from = self.made_for.as_ref().map_or(0, |m| m.2);
        self.records.extend(logs::since(from));
        let excess = self.records.len().saturating_sub(logs::KEPT);
        self.records.drain(..excess);
        let shows = |r: &Record| {
            r.level <= wanted.0
                && (wanted.1.is_empty() || line(r).to_lowercase().contains(&wanted.1))
        };
        let places = self.records.iter().enumerate();
        self.shown = places.filter(|(_, r)| shows(r)).map(|(i, _)| i).collect();
        // A record that came meanwhile is taken next time.
        let next = self.records.last().map_or(0, |r| r.number + 1);
        self.made_for = Some((wanted.0, wanted.1, next));
    }
}

fn row_ui(ui: &mut Ui, record: &Record) {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, line(record)));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0, p.raised);
    }
    let tint = match record.level {
        Level::Error => p.label,
        Level::Warn => p.waiting,
        _ => p.quiet,
    };
    let painter = ui.painter_at(rect);
    let first = record.text.lines().next().unwrap_or_default();
    for (x, text, tint) in [
        (12.0, clock(record.time), p.quiet),
        (74.0, record.level.as_str().to_lowercase(), tint),
        (116.0, first.to_owned(), p.text),
    ] {
        let at = pos2(rect.left() + x, rect.center().y);
        painter.text(
            at,
            Align2::LEFT_CENTER,
            text,
            theme::font(theme::SMALL),
            tint,
        );
    }
    let whole = line(record);
    if response.on_hover_text(&whole).clicked() {
        ui.ctx().copy_text(whole);
    }
}

fn line(record: &Record) -> String {
    format!(
        "{} {} {} {}",
        clock(record.time),
        record.level,
        record.target,
        record.text
    )
}

/// Time of day in UTC: the standard library knows no other.
fn clock(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()) % 86_400;
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
