//! What must not be overlooked, in few words.

use eframe::egui::{self, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::widgets::theme;
use crate::evaluation::Warning;

/// A fact that must not be overlooked; where it is of some faces, a click leads to them.
pub fn badge_ui(ui: &mut Ui, warning: &Warning) -> Response {
    let Warning {
        badge: words,
        words: about,
        ..
    } = warning;
    let clickable = !warning.faces.is_empty();
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), font, p.waiting);
    let size = vec2(galley.size().x + 28.0, 22.0);
    let (sense, role) = match clickable {
        true => (Sense::click(), Role::Button),
        false => (Sense::hover(), Role::Label),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, format!("Warning: {about}")));
    let edge = Stroke::new(1.0, p.waiting.gamma_multiply(0.5));
    let strength = if clickable && response.hovered() {
        0.3
    } else {
        0.12
    };
    let fill = p.waiting.gamma_multiply(strength);
    let painter = ui.painter();
    painter.rect(rect, 11, fill, edge, egui::StrokeKind::Inside);
    painter.circle_filled(rect.left_center() + vec2(11.0, 0.0), 3.5, p.waiting);
    let at = rect.left_center() + vec2(19.0, -galley.size().y / 2.0);
    painter.galley(at, galley, p.waiting);
    let click = match clickable {
        true => "\nclick to see them",
        false => "",
    };
    response.on_hover_text(format!("{about}{click}"))
}
