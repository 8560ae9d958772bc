//! What must not be overlooked, in few words.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{self, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::widgets::theme;
use crate::evaluation::Warning;

/// What a badge has beside its words.
const BESIDE: f32 = 28.0;

/// A fact that must not be overlooked; where it is of some faces, a click leads to them.
pub fn badge_ui(ui: &mut Ui, warning: &Warning) -> Response {
    let Warning {
        badge: text,
        text: about,
        ..
    } = warning;
    let clickable = !warning.faces.is_empty();
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    // In a narrow pane its end gives way: the tooltip has all of it.
    let room = ui.max_rect().width() - BESIDE;
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, p.waiting);
    job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
    let galley = ui.painter().layout_job(job);
    let size = vec2(galley.size().x + BESIDE, 22.0);
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
