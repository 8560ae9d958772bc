//! What colours stand for.

use eframe::egui::{self, Rect, Sense, Ui, vec2};

use crate::app::widgets::theme;
use crate::figure::{ColourMap, heat_bar};

/// A colour map from its lowest to its highest colour.
pub fn colour_bar_ui(ui: &mut Ui, colours: ColourMap, wide: f32) -> egui::Response {
    const STEPS: usize = 32;
    let (bar, response) = ui.allocate_exact_size(vec2(wide, theme::BAR), Sense::hover());
    let table = colours.table();
    let mut mesh = egui::Mesh::default();
    let width = wide / STEPS as f32;
    for step in 0..STEPS {
        let [r, g, b] = table[(2 * step + 1) * 128 / STEPS].map(|v| (255.0 * v).round() as u8);
        let corner = egui::pos2(bar.left() + width * step as f32, bar.top());
        let piece = Rect::from_min_size(corner, vec2(width, bar.height()));
        mesh.add_colored_rect(piece, egui::Color32::from_rgb(r, g, b));
    }
    ui.painter().add(egui::Shape::mesh(mesh));
    response
}

/// The same over a light and over a dark place of a photo, at most so strong.
pub fn heat_bar_ui(ui: &mut Ui, colours: ColourMap, wide: f32, most: f32) -> egui::Response {
    let key = heat_bar(colours, most);
    let (bar, response) = ui.allocate_exact_size(vec2(wide, theme::BAR), Sense::hover());
    let mut mesh = egui::Mesh::default();
    let size = bar.size() / vec2(key.width() as f32, key.height() as f32);
    for (x, y, pixel) in key.enumerate_pixels() {
        let [r, g, b] = pixel.0;
        let corner = bar.min + vec2(x as f32, y as f32) * size;
        let piece = Rect::from_min_size(corner, size);
        mesh.add_colored_rect(piece, egui::Color32::from_rgb(r, g, b));
    }
    ui.painter().add(egui::Shape::mesh(mesh));
    response.on_hover_text(
        "Colours as strong as the value, over a light and over a dark place of the face",
    )
}
