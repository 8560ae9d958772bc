//! A pane's first line.

use eframe::egui::{self, Align2, Role, Sense, Ui, WidgetInfo, vec2};

use super::theme;

/// A pane's first line: its name, and a fact at the right.
pub fn header_ui(ui: &mut Ui, name: &str, fact: &str) {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), 36.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let said = match fact {
            "" => name.to_owned(),
            fact => format!("{name}: {fact}"),
        };
        WidgetInfo::labeled(Role::Label, true, said)
    });
    let painter = ui.painter();
    let fact = painter.layout_no_wrap(fact.to_owned(), theme::font(theme::SMALL), p.quiet);
    let place =
        Align2::RIGHT_CENTER.anchor_size(rect.right_center() - vec2(12.0, 0.0), fact.size());
    let room = rect.with_max_x(place.left() - 8.0);
    painter.galley(place.min, fact, p.quiet);
    painter.with_clip_rect(room.intersect(ui.clip_rect())).text(
        rect.left_center() + vec2(12.0, 0.0),
        Align2::LEFT_CENTER,
        name,
        theme::font(theme::BODY),
        p.text,
    );
    let line = egui::Stroke::new(1.0, p.hairline);
    painter.hline(rect.x_range(), rect.bottom(), line);
}
