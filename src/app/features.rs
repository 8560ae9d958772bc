//! The feature maps of one layer, tower by tower: the paper's Figure 6 for the face at hand.

use eframe::egui::{
    self, Align2, Color32, ColorImage, Rect, Role, Sense, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

use super::theme;
use crate::figure::colour_map;
use crate::model::{FeatureMap, Layer};

/// Hard pixels when enlarged; no aliasing when made small.
const PIXELS: TextureOptions = TextureOptions {
    magnification: egui::TextureFilter::Nearest,
    minification: egui::TextureFilter::Linear,
    wrap_mode: egui::TextureWrapMode::ClampToEdge,
    mipmap_mode: None,
};

/// Which layer is shown, and its maps as far as they have come.
pub struct FeatureView {
    pub layer: Layer,
    towers: Vec<Tower>,
    /// Whether maps for what is shown now were asked for.
    pub asked: bool,
}

struct Tower {
    name: String,
    facts: String,
    range: String,
    channels: usize,
    /// All channels side by side, in rows of `columns`.
    texture: TextureHandle,
    columns: usize,
    side: usize,
    /// Lowest and highest value of each channel.
    ranges: Vec<(f32, f32)>,
}

impl Default for FeatureView {
    fn default() -> Self {
        Self {
            layer: Layer::Conv1_2,
            towers: Vec::new(),
            asked: false,
        }
    }
}

impl FeatureView {
    pub fn take(&mut self, ctx: &egui::Context, layer: Layer, maps: &[FeatureMap]) {
        if layer == self.layer {
            self.towers = maps.iter().map(|m| Tower::new(ctx, m)).collect();
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, available: &[Layer]) {
        let p = theme::palette(ui.ctx());
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            ui.label("Conv");
            for layer in available {
                let name = layer.place().replace('_', "-");
                let shown = *layer == self.layer;
                let button = ui.selectable_label(shown, &name);
                button.widget_info(|| {
                    WidgetInfo::selected(
                        Role::Button,
                        true,
                        shown,
                        format!("Layer {}", layer.name()),
                    )
                });
                let tip = format!("Maps of {}, after ReLU and before pooling", layer.name());
                if button.on_hover_text(tip).clicked() {
                    self.layer = *layer;
                    self.asked = false;
                }
            }
        });
        ui.separator();
        if self.towers.is_empty() {
            ui.add_space(24.0);
            ui.horizontal(|ui| {
                ui.add_space(12.0);
                ui.colored_label(p.quiet, "computing the maps of this layer…");
            });
            return;
        }
        let gap = 14.0;
        let n = self.towers.len() as f32;
        let width = (ui.available_width() - 24.0 - gap * (n - 1.0)) / n;
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.add_space(10.0);
                    ui.spacing_mut().item_spacing.x = gap;
                    for tower in &self.towers {
                        ui.vertical(|ui| {
                            ui.set_width(width);
                            tower.ui(ui, width);
                        });
                    }
                });
            });
    }
}

impl Tower {
    fn new(ctx: &egui::Context, map: &FeatureMap) -> Self {
        let columns = (map.channels as f32).sqrt().ceil().max(1.0) as usize;
        let columns = (columns..=2 * columns)
            .find(|c| map.channels.is_multiple_of(*c))
            .unwrap_or(columns);
        let rows = map.channels.div_ceil(columns);
        let (side, plane) = (map.side, map.side * map.side);
        let mut pixels = vec![Color32::TRANSPARENT; columns * rows * plane];
        let mut ranges = Vec::new();
        for (channel, values) in map.data.chunks_exact(plane).enumerate() {
            let (low, high) = values
                .iter()
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| {
                    (l.min(*v), h.max(*v))
                });
            ranges.push((low, high));
            let span = (high - low).max(f32::MIN_POSITIVE);
            let (left, top) = (channel % columns * side, channel / columns * side);
            for (at, value) in values.iter().enumerate() {
                let place = (top + at / side) * columns * side + left + at % side;
                let [r, g, b] = colour_map((value - low) / span);
                pixels[place] = Color32::from_rgb(r, g, b);
            }
        }
        let image = ColorImage::new([columns * side, rows * side], pixels);
        let name = format!("maps-{}", map.tower);
        let all = ranges
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), r| {
                (l.min(r.0), h.max(r.1))
            });
        Self {
            name: map.tower.clone(),
            facts: format!("{} channels · {side} × {side}", map.channels),
            range: format!("{:.2} … {:.2}", all.0, all.1),
            channels: map.channels,
            texture: ctx.load_texture(name, image, PIXELS),
            columns,
            side,
            ranges,
        }
    }

    fn ui(&self, ui: &mut Ui, width: f32) {
        let p = theme::palette(ui.ctx());
        let (head, _) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
        let painter = ui.painter();
        let mut title = self.name.clone();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let after = painter.text(
            head.left_center(),
            Align2::LEFT_CENTER,
            title,
            theme::font(theme::BODY),
            p.text,
        );
        let font = theme::font(theme::SMALL);
        painter.text(
            pos2(after.right() + 8.0, head.center().y),
            Align2::LEFT_CENTER,
            &self.facts,
            font.clone(),
            p.quiet,
        );
        painter.text(
            head.right_center(),
            Align2::RIGHT_CENTER,
            &self.range,
            font,
            p.quiet,
        );

        let gap = 2.0;
        let cell = (width - gap * (self.columns as f32 - 1.0)) / self.columns as f32;
        let rows = self.channels.div_ceil(self.columns);
        let height = rows as f32 * (cell + gap);
        let (area, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        response.widget_info(|| {
            let said = format!("{} feature maps, {}", self.name, self.facts);
            WidgetInfo::labeled(Role::Image, true, said)
        });
        let (columns, total) = (self.columns as f32, rows as f32);
        let mut hovered = None;
        for channel in 0..self.channels {
            let (column, row) = (
                (channel % self.columns) as f32,
                (channel / self.columns) as f32,
            );
            let place = Rect::from_min_size(
                area.min + vec2(column * (cell + gap), row * (cell + gap)),
                vec2(cell, cell),
            );
            let uv = Rect::from_min_max(
                pos2(column / columns, row / total),
                pos2((column + 1.0) / columns, (row + 1.0) / total),
            );
            ui.painter()
                .image(self.texture.id(), place, uv, Color32::WHITE);
            if response.hover_pos().is_some_and(|at| place.contains(at)) {
                hovered = Some((channel, place));
            }
        }
        if let Some((channel, place)) = hovered {
            let stroke = egui::Stroke::new(1.5, p.prediction);
            ui.painter()
                .rect_stroke(place, 0, stroke, egui::StrokeKind::Inside);
            let (low, high) = self.ranges[channel];
            let side = self.side;
            response.on_hover_text_at_pointer(format!(
                "{} channel {channel} · {side} × {side} · {low:.3} … {high:.3}",
                self.name
            ));
        }
    }
}
