//! One face in the gallery.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{self, Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Click, Fact};
use crate::app::item::{Face, Picture};
use crate::app::{chips, theme};

pub const ROW: f32 = 46.0;
const THUMBNAIL: f32 = 36.0;

/// Draws a face; says how it was clicked. `about` is what a tooltip says of it.
pub fn row_ui(
    ui: &mut Ui,
    face: Face,
    fact: &Fact,
    (selected, chosen): (bool, bool),
    about: impl FnOnce() -> String,
) -> Option<Click> {
    let p = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = face.name();
    let failed = matches!(face.item.state, Picture::Failed(_));
    let words = if failed {
        "cannot be read"
    } else {
        &fact.words
    };
    response.widget_info(|| {
        let mut info = WidgetInfo::selected(Role::Button, true, selected || chosen, &name);
        info.current_text_value = Some(words.to_owned());
        info
    });
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if selected {
        painter.rect_filled(rect, 0, p.raised);
    } else if response.hovered() {
        painter.rect_filled(rect, 0, p.raised.gamma_multiply(0.5));
    }
    if chosen {
        painter.rect_filled(rect, 0, p.prediction.gamma_multiply(0.1));
    }
    if selected || chosen {
        let mark = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
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
    let left = place.right() + 10.0;
    let text = painter.with_clip_rect(painter.clip_rect().with_max_x(rect.right() - 26.0));
    // Which face of a photo it is stays where the photo's name is cut.
    let (stem, number) = match name.rfind(" · ") {
        Some(at) => name.split_at(at),
        None => (name.as_str(), ""),
    };
    let font = || theme::font(theme::BODY);
    let number = text.layout_no_wrap(number.to_owned(), font(), p.text);
    let mut stem = LayoutJob::simple_singleline(stem.to_owned(), font(), p.text);
    stem.wrap = TextWrapping::truncate_at_width(rect.right() - 26.0 - left - number.size().x);
    let stem = text.layout_job(stem);
    let middle = pos2(left, rect.center().y - 8.0 - stem.size().y / 2.0);
    let behind = middle + vec2(stem.size().x, 0.0);
    text.galley(middle, stem, p.text);
    text.galley(behind, number, p.text);
    let tint = if failed { p.label } else { p.quiet };
    text.text(
        pos2(left, rect.center().y + 9.0),
        Align2::LEFT_CENTER,
        words,
        theme::font(theme::CAPTION),
        tint,
    );
    let end = pos2(rect.right() - 18.0, rect.center().y);
    match fact.right {
        Some(true) => chips::mark(&painter, end, true, p.prediction),
        Some(false) => {
            painter.circle_filled(end, 4.0, p.label);
        }
        None => {}
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
            _ => ui.colored_label(p.quiet, about()),
        };
    });
    click
}
