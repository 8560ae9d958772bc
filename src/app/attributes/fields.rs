//! What the face's file says besides its labels.

use eframe::egui::{self, Align, Label, Rect, Ui, vec2};

use crate::app::faces::fields::{self, Field};
use crate::app::widgets::theme;

/// Height of the line that says what the face's file says besides.
pub const FOOT: f32 = 32.0;

/// What the face's file says besides its labels, in a line; all of it under the pointer.
pub fn fields_ui(ui: &mut Ui, foot: Rect, of_face: &[Field]) {
    let p = theme::palette(ui.ctx());
    ui.painter()
        .hline(foot.x_range(), foot.top(), (1.0, p.hairline));
    let layout = egui::Layout::left_to_right(Align::Center);
    let inner = foot.shrink2(vec2(12.0, 0.0));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    let line = match of_face.is_empty() {
        true => "nothing else in its file".to_owned(),
        false => fields::line(of_face),
    };
    let text = egui::RichText::new(&line).size(theme::SMALL).color(p.quiet);
    // Its own tooltip would be the same line once more.
    let label = Label::new(text).truncate().show_tooltip_when_elided(false);
    let label = ui.add(label);
    if !of_face.is_empty() {
        label.on_hover_text(format!("In its file:\n{}", fields::lines(of_face)));
    }
}
