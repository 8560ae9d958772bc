//! Rows of names and numbers.

use eframe::egui;
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Color32, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::widgets::theme;
use crate::figure::{Stats, short, span};

/// Of what is no longer, or not yet, of the face and layer at hand.
pub const FAINT: f32 = 0.35;

/// A channel's range, mean and zeros in one line.
pub fn numbers_ui(ui: &mut Ui, stats: &Stats) {
    let p = theme::palette(ui.ctx());
    let small = |text: String| RichText::new(text).size(theme::SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let range = span(stats.min, stats.max);
        let zeros = format!("{:.0} %", 100.0 * stats.sparsity);
        ui.label(small(range));
        for (what, value) in [("mean", short(stats.mean)), ("zeros", zeros)] {
            ui.add_space(8.0);
            // A number stays in the row of its word.
            let mut text = LayoutJob::default();
            for (part, tint) in [(what, p.quiet), (" ", p.text), (value.as_str(), p.text)] {
                let font = theme::font(theme::SMALL);
                text.append(part, 0.0, TextFormat::simple(font, tint));
            }
            ui.add(egui::Label::new(text).extend());
        }
    });
}

/// A small heading.
pub fn caption_ui(ui: &mut Ui, text: &str) -> egui::Response {
    let p = theme::palette(ui.ctx());
    ui.label(RichText::new(text).size(theme::CAPTION).color(p.quiet))
}

/// A name and a value at the right; below it where there is no room beside it.
pub fn row_ui(ui: &mut Ui, name: &str, value: &str, tint: Option<Color32>) -> egui::Response {
    const ROW: f32 = 20.0;
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let loud = if tint.is_some() { p.text } else { p.quiet };
    let layout = |text: &str, tint| {
        let painter = ui.painter();
        painter.layout_no_wrap(text.to_owned(), font.clone(), tint)
    };
    let (name_galley, value_galley) = (layout(name, loud), layout(value, tint.unwrap_or(p.text)));
    let width = ui.available_width();
    let beside = name_galley.size().x + value_galley.size().x + 8.0 <= width;
    let height = if beside { ROW } else { 2.0 * ROW - 4.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {value}")));
    let line = |top: f32, size: egui::Vec2| top + (ROW - size.y) / 2.0;
    let at = pos2(rect.left(), line(rect.top(), name_galley.size()));
    ui.painter().galley(at, name_galley, loud);
    let size = value_galley.size();
    let at = pos2(rect.right() - size.x, line(rect.bottom() - ROW, size));
    ui.painter().galley(at, value_galley, loud);
    response
}

/// A value in all the digits that one may want to compare.
pub fn precise(v: f32) -> String {
    let text = match v.abs() {
        a if a == 0.0 || (1e-3..1e6).contains(&a) => format!("{v:.3}"),
        _ => format!("{v:.3e}"),
    };
    text.replace('-', "−")
}
