//! The note about a face, and the field in which it is written.

use eframe::egui::{self, Role, Ui, WidgetInfo};

use crate::app::widgets::theme;

/// Width of the field.
const WIDTH: f32 = 220.0;

#[derive(Default)]
pub struct NoteField {
    text: Option<String>,
    focus: bool,
}

impl NoteField {
    /// Opens the field.
    pub fn open(&mut self) {
        (self.text, self.focus) = (None, true);
    }

    /// Draws the note that is known, or the field; returns what was written.
    pub fn ui(&mut self, ui: &mut Ui, known: &str) -> Option<String> {
        let p = theme::palette(ui.ctx());
        if self.focus && self.text.is_none() {
            self.text = Some(known.to_owned());
        }
        let Some(text) = &mut self.text else {
            if !known.is_empty() {
                let message = egui::RichText::new(known).size(theme::SMALL);
                let label = egui::Label::new(message.color(p.waiting)).truncate();
                let label = ui.add(label.sense(egui::Sense::click()));
                if label.on_hover_text(known).clicked() {
                    self.open();
                }
            }
            return None;
        };
        let width = WIDTH.min(ui.available_width());
        let field = egui::TextEdit::singleline(text).hint_text("note");
        let field = ui.add(field.desired_width(width));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Note about this face"));
        if std::mem::take(&mut self.focus) {
            field.request_focus();
        }
        if !field.lost_focus() {
            return None;
        }
        let cancelled = ui.input(|i| i.key_pressed(egui::Key::Escape));
        let text = self.text.take().unwrap_or_default();
        let text = text.trim();
        (!cancelled && text != known).then(|| text.to_owned())
    }
}
