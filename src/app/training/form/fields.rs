//! Rows of the form: a name, which says in a tip what it means, and a field.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use eframe::egui::emath::Numeric;
use eframe::egui::{self, DragValue, Ui};

use crate::app::widgets::buttons::shortened;

/// Width of the form below which a choice stands under its name, where it has room for its words.
const BESIDE: f32 = 245.0;
const WIDEST: f32 = 150.0;

pub fn choice(ui: &mut Ui, name: &str, tip: &str, shown: &str, content: impl FnOnce(&mut Ui)) {
    let label = ui.label(name).on_hover_text(tip);
    let room = ui.max_rect().width();
    let width = match room < BESIDE {
        true => {
            ui.end_row();
            room.min(WIDEST)
        }
        false => ui.available_width().clamp(60.0, WIDEST),
    };
    let combo = egui::ComboBox::from_id_salt(name)
        .selected_text(shown)
        .width(width)
        .truncate()
        .show_ui(ui, content);
    combo.response.labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
}

pub fn number<N: Numeric>(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut N,
    range: RangeInclusive<N>,
) {
    let label = ui.label(name).on_hover_text(tip);
    let field = ui.add(DragValue::new(value).range(range).speed(0.1));
    field.labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
}

pub fn decimal<N: Numeric>(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut N,
    range: RangeInclusive<N>,
) {
    let label = ui.label(name).on_hover_text(tip);
    // A hundredth of what there is for each point that is dragged.
    let speed = match value.to_f64() {
        0.0 => range.end().to_f64() / 1000.0,
        value => (value * 0.01).max(1e-6),
    };
    let field = DragValue::new(value)
        .range(range)
        .speed(speed)
        .max_decimals(7)
        .custom_formatter(|value, _| plain(value));
    ui.add(field).labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
}

/// A number as it is read elsewhere too: 0.001 and not 0.00100.
fn plain(value: f64) -> String {
    let text = format!("{value:.7}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

pub fn switch(ui: &mut Ui, name: &str, tip: &str, on: &mut bool) {
    let label = ui.label(name).on_hover_text(tip);
    let field = ui.checkbox(on, "");
    field.labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
}

/// A file, or none; `ask` has one chosen.
pub fn file(ui: &mut Ui, name: &str, tip: &str, path: &mut Option<PathBuf>, ask: impl FnOnce()) {
    let label = ui.label(name).on_hover_text(tip);
    ui.horizontal(|ui| {
        let shown = path.as_ref().map(|p| p.display().to_string());
        let name = path.as_ref().and_then(|p| p.file_name());
        let text = match name {
            Some(name) => shortened(&name.to_string_lossy(), 14),
            None => "choose…".into(),
        };
        let button = ui.button(text).labelled_by(label.id);
        if button
            .on_hover_text(shown.as_deref().unwrap_or(tip))
            .clicked()
        {
            ask();
        }
        let away = |ui: &mut Ui| ui.small_button("×").on_hover_text("Use none").clicked();
        if path.is_some() && away(ui) {
            *path = None;
        }
    });
    ui.end_row();
}
