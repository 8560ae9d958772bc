//! The list of faces at the left.

use eframe::egui::{self, Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::item::{Item, Picture};
use super::theme;
use crate::label::Schema;

const ROW: f32 = 46.0;
const THUMBNAIL: f32 = 36.0;

/// What the list asks of the window.
#[derive(Default)]
pub struct Wishes {
    pub select: Option<usize>,
    /// Rows in sight whose pictures were not read.
    pub read: Vec<usize>,
}

/// Draws the rows in sight, however long the list is.
pub fn gallery_ui(
    ui: &mut Ui,
    name: &str,
    items: &[Item],
    selected: usize,
    scroll: bool,
    schema: &Schema,
) -> Wishes {
    let p = theme::palette(ui.ctx());
    let mut wishes = Wishes::default();
    header_ui(ui, name, &items.len().to_string());
    let spacing = ui.spacing().item_spacing;
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
    if scroll {
        let above = (selected as f32 - 3.0).max(0.0) * ROW;
        area = area.vertical_scroll_offset(above);
    }
    area.show_rows(ui, ROW, items.len(), |ui, rows| {
        for index in rows {
            let item = &items[index];
            if matches!(item.state, Picture::Unread) {
                wishes.read.push(index);
            }
            let (rect, response) =
                ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
            response.widget_info(|| {
                WidgetInfo::selected(Role::Button, true, index == selected, &item.name)
            });
            if response.clicked() {
                wishes.select = Some(index);
            }
            if index == selected {
                ui.painter().rect_filled(rect, 0, p.raised);
                let mark = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
                ui.painter().rect_filled(mark, 0, p.prediction);
            } else if response.hovered() {
                ui.painter()
                    .rect_filled(rect, 0, p.raised.gamma_multiply(0.5));
            }
            row_ui(ui, rect, item, schema);
            if let Picture::Failed(why) = &item.state {
                response.on_hover_text(why);
            }
        }
    });
    ui.spacing_mut().item_spacing = spacing;
    wishes
}

fn row_ui(ui: &Ui, rect: Rect, item: &Item, schema: &Schema) {
    let p = theme::palette(ui.ctx());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let corner = rect.left_center() + vec2(12.0, -THUMBNAIL / 2.0);
    let place = Rect::from_min_size(corner, vec2(THUMBNAIL, THUMBNAIL));
    painter.rect_filled(place, 4, p.hairline);
    if let Some(texture) = &item.thumbnail {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), place, whole, egui::Color32::WHITE);
    }
    let left = place.right() + 10.0;
    painter.text(
        pos2(left, rect.center().y - 8.0),
        Align2::LEFT_CENTER,
        &item.name,
        theme::font(theme::BODY),
        p.text,
    );
    let (facts, tint) = match (&item.state, item.nme(schema)) {
        (Picture::Failed(_), _) => ("cannot be read".to_owned(), p.label),
        (_, Some(nme)) => (format!("NME {:.1} %", 100.0 * nme), p.quiet),
        (_, None) if item.prediction.is_some() => ("predicted".to_owned(), p.quiet),
        (Picture::Reading, None) => ("reading…".to_owned(), p.quiet),
        _ => (String::new(), p.quiet),
    };
    painter.text(
        pos2(left, rect.center().y + 9.0),
        Align2::LEFT_CENTER,
        facts,
        theme::font(theme::CAPTION),
        tint,
    );
    let off = item
        .points(schema)
        .iter()
        .any(|point| point.is_found() == Some(false));
    if off {
        painter.circle_filled(pos2(rect.right() - 16.0, rect.center().y), 3.5, p.label);
    }
}

/// A pane's first line: its name, and a fact at the right.
pub fn header_ui(ui: &mut Ui, name: &str, fact: &str) {
    let p = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
    let painter = ui.painter();
    painter.text(
        rect.left_center() + vec2(12.0, 0.0),
        Align2::LEFT_CENTER,
        name,
        theme::font(theme::BODY),
        p.text,
    );
    painter.text(
        rect.right_center() - vec2(12.0, 0.0),
        Align2::RIGHT_CENTER,
        fact,
        theme::font(theme::SMALL),
        p.quiet,
    );
    painter.hline(
        rect.x_range(),
        rect.bottom(),
        egui::Stroke::new(1.0, p.hairline),
    );
}
