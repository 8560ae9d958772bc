//! Small things that several panes are made of.

use eframe::egui::{
    self, Align2, Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use crate::app::widgets::theme;

/// Between a chip's edge and its words, as in other buttons.
pub const PADDING: f32 = 9.0;

/// A small button that is on or off, named `name` for screen readers.
pub fn toggle_chip(ui: &mut Ui, on: bool, text: &str, name: &str) -> Response {
    let p = theme::palette(ui.ctx());
    let (fill, line, tint) = match on {
        true => (
            p.prediction.gamma_multiply(0.15),
            p.prediction.gamma_multiply(0.55),
            p.prediction,
        ),
        false => (p.raised, p.hairline, p.text),
    };
    chip_with(ui, text, (fill, line, tint), name, Some(on))
}

/// A small button.
pub fn chip(ui: &mut Ui, text: &str, name: &str) -> Response {
    let p = theme::palette(ui.ctx());
    chip_with(ui, text, (p.raised, p.hairline, p.text), name, None)
}

/// How wide a chip of these words is.
pub fn chip_width(ui: &Ui, text: &str) -> f32 {
    let font = theme::font(theme::SMALL);
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::WHITE);
    galley.size().x + 2.0 * PADDING
}

fn chip_with(
    ui: &mut Ui,
    text: &str,
    (fill, line, tint): (Color32, Color32, Color32),
    name: &str,
    on: Option<bool>,
) -> Response {
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, tint);
    let size = vec2(chip_width(ui, text), theme::CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(Role::Button, ui.is_enabled(), on, name),
        None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), name),
    });
    if ui.is_rect_visible(rect) {
        let line = match response.hovered() || response.has_focus() {
            true => p.quiet,
            false => line,
        };
        let painter = ui.painter();
        let edge = Stroke::new(1.0, line);
        painter.rect(rect, theme::RADIUS, fill, edge, StrokeKind::Inside);
        painter.galley(rect.center() - galley.size() / 2.0, galley, tint);
    }
    response
}

/// A quiet heading within a pane.
pub fn caption(ui: &mut Ui, text: &str) {
    let p = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    ui.painter().text(
        rect.left_bottom() + vec2(12.0, -5.0),
        Align2::LEFT_BOTTOM,
        text,
        theme::font(theme::CAPTION),
        p.quiet,
    );
}

/// A menu that stays open while things in it are switched.
pub fn lasting_menu(ui: &mut Ui, text: &str, content: impl FnOnce(&mut Ui)) -> Response {
    let config = egui::containers::menu::MenuConfig::new()
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let button = egui::Button::new(egui::RichText::new(text).size(theme::SMALL));
    egui::containers::menu::MenuButton::from_button(button)
        .config(config)
        .ui(ui, content)
        .0
}

/// A tick or a cross, drawn, since not every font has them.
pub fn mark(painter: &egui::Painter, at: egui::Pos2, right: bool, tint: Color32) {
    let line = Stroke::new(1.4, tint);
    let to = |x: f32, y: f32| at + vec2(x, y);
    if right {
        painter.line(vec![to(-3.5, 0.2), to(-1.2, 2.8), to(3.6, -3.0)], line);
    } else {
        painter.line_segment([to(-2.8, -2.8), to(2.8, 2.8)], line);
        painter.line_segment([to(-2.8, 2.8), to(2.8, -2.8)], line);
    }
}
