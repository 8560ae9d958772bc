//! One face in the gallery.

use eframe::egui::{self, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::mark::Mark;
use super::row_value::RowValue;
use crate::app::faces::item::{Face, Picture};
use crate::app::widgets::buttons::{cut, face_name, shared_start};
use crate::app::widgets::{chips, theme};

/// How a row was clicked.
#[derive(Clone, Copy, PartialEq)]
pub enum Click {
    Plain,
    /// With Ctrl: takes the face into the chosen ones, or out of them.
    Toggle,
    /// With Shift: chooses all from the face that is looked at to this one.
    Range,
}

pub const ROW: f32 = 46.0;
const THUMBNAIL: f32 = 36.0;
/// Width of the mark of the face that is looked at.
const SHOWN: f32 = 4.0;

/// Draws a face; says how it was clicked. `others` are the names of the rows in sight, `about` is what a tooltip says of it, and `fields` what
/// its file does.
pub fn row_ui(
    ui: &mut Ui,
    face: Face,
    others: &[String],
    (value, mark): (&RowValue, Option<Mark>),
    (selected, chosen): (bool, bool),
    about: impl FnOnce() -> String,
    fields: impl FnOnce() -> String,
) -> Option<Click> {
    let p = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = face.name();
    let failed = matches!(face.item.state, Picture::Failed(_));
    let message = if failed {
        "cannot be read"
    } else {
        &value.text
    };
    response.widget_info(|| {
        let mut info = WidgetInfo::selected(Role::Button, true, selected || chosen, &name);
        info.current_text_value = Some(message.to_owned());
        info
    });
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    // What is looked at and what is chosen differ in kind: a bar and bold type, a tick.
    if selected {
        painter.rect_filled(rect, 0, p.hairline);
    } else if response.hovered() {
        painter.rect_filled(rect, 0, p.raised.gamma_multiply(0.5));
    }
    if chosen {
        painter.rect_filled(rect, 0, p.prediction.gamma_multiply(0.1));
    }
    if selected {
        let mark = Rect::from_min_size(rect.min, vec2(SHOWN, rect.height()));
        painter.rect_filled(mark, 0, p.prediction);
    }
    let corner = rect.left_center() + vec2(12.0, -THUMBNAIL / 2.0);
    let place = Rect::from_min_size(corner, vec2(THUMBNAIL, THUMBNAIL));
    match &face.item.thumbnail {
        Some(texture) => {
            let picture = egui::Image::new(egui::load::SizedTexture::from_handle(texture));
            picture.corner_radius(4).paint_at(ui, place);
        }
        None => {
            painter.rect_filled(place, 4, p.hairline);
        }
    }
    if chosen {
        let at = place.right_bottom() - vec2(5.0, 5.0);
        painter.circle(at, 7.0, p.prediction, egui::Stroke::new(1.5, p.pane));
        chips::mark(&painter, at, true, p.pane);
    }
    let left = place.right() + 10.0;
    let text = painter.with_clip_rect(painter.clip_rect().with_max_x(rect.right() - 26.0));
    let font = match selected {
        true => theme::strong(theme::BODY),
        false => theme::font(theme::BODY),
    };
    let room = rect.right() - 26.0 - left;
    let name_parts = face.name_in_two();
    let whole = name_parts[0].clone();
    let shares = || shared_start(&whole, others);
    let [stem, number] = face_name(&text, (name_parts, shares), (font, p.text), room);
    let middle = pos2(left, rect.center().y - 8.0 - stem.size().y / 2.0);
    let behind = middle + vec2(stem.size().x, 0.0);
    text.galley(middle, stem, p.text);
    text.galley(behind, number, p.text);
    let tint = if failed { p.label } else { p.quiet };
    let caption = (theme::font(theme::CAPTION), tint);
    let below = cut(&text, message, caption, room);
    let at = pos2(left, rect.center().y + 9.0 - below.size().y / 2.0);
    text.galley(at, below, tint);
    let end = pos2(rect.right() - 18.0, rect.center().y);
    if let Some(mark) = mark {
        mark.draw(&painter, end, p);
    }
    let click = response.clicked().then(|| {
        let keys = ui.input(|i| i.modifiers);
        match (keys.command, keys.shift) {
            (true, _) => Click::Toggle,
            (_, true) => Click::Range,
            _ => Click::Plain,
        }
    });
    response.on_hover_ui(|ui| {
        ui.label(&name);
        match &face.item.state {
            Picture::Failed(why) => ui.colored_label(p.label, &**why),
            _ => {
                if !message.is_empty() {
                    ui.label(message);
                }
                ui.colored_label(p.quiet, about())
            }
        };
        let fields = fields();
        if !fields.is_empty() {
            ui.separator();
            ui.label(fields);
        }
    });
    click
}
