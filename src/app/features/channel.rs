//! One channel looked at closely: over the face, and large.

use std::sync::Arc;

use eframe::egui::{
    self, Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::grid::{DrawGrid, number, title};
use super::{FeatureView, Pointer, share_of, theme};
use crate::app::gallery::header_ui;
use crate::compute::{Grid, MapPainter};
use crate::figure::{GridLook, Scale};

impl FeatureView {
    /// The pane beside the maps.
    pub fn channel_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let Some((painter, shown)) = self.painter.clone().zip(self.shown.as_ref()) else {
            header_ui(ui, "Channel", "");
            return;
        };
        let (index, channel) = self.selected;
        let Some(tower) = shown.towers.get(index) else {
            header_ui(ui, "Channel", "");
            return;
        };
        let name = title(&tower.maps.tower);
        let stats = tower
            .maps
            .stats
            .get(channel as usize)
            .copied()
            .unwrap_or_default();
        header_ui(ui, &format!("Channel {channel}"), &name);
        ui.add_space(8.0);
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                egui::Frame::new()
                    .inner_margin(egui::Margin::symmetric(12, 0))
                    .show(ui, |ui| {
                        self.face_ui(ui, &painter);
                        ui.horizontal(|ui| {
                            ui.spacing_mut().slider_width = (ui.available_width() - 90.0).max(60.0);
                            ui.colored_label(p.quiet, "overlay");
                            let slider =
                                egui::Slider::new(&mut self.heat, 0.0..=1.0).show_value(false);
                            let response = ui
                                .add(slider)
                                .on_hover_text("Strength of the channel over the face");
                            response.widget_info(|| {
                                WidgetInfo::labeled(Role::Slider, true, "Overlay strength")
                            });
                            ui.label(format!("{:.0} %", 100.0 * self.heat));
                        });
                        ui.add_space(8.0);
                        for (what, value) in [
                            ("lowest", number(stats.min)),
                            ("highest", number(stats.max)),
                            ("mean", number(stats.mean)),
                            ("zeros", format!("{:.1} %", 100.0 * stats.sparsity)),
                        ] {
                            ui.horizontal(|ui| {
                                ui.colored_label(p.quiet, what);
                                ui.with_layout(
                                    egui::Layout::right_to_left(egui::Align::Center),
                                    |ui| {
                                        ui.label(value);
                                    },
                                );
                            });
                        }
                        if stats.is_dead() {
                            ui.colored_label(p.waiting, "dead on this face: no value above zero");
                        }
                    });
            });
    }

    /// The network's input with the channel over it; the pointer on it means its place in every map.
    fn face_ui(&mut self, ui: &mut Ui, painter: &Arc<MapPainter>) {
        let p = theme::palette(ui.ctx());
        let side = ui.available_width().min(420.0);
        let (area, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, "The face as the network sees it")
        });
        let Some(shown) = &mut self.shown else {
            return;
        };
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .image(shown.input.id(), area, whole, Color32::WHITE);
        let scale = ui.pixels_per_point();
        let (index, channel) = self.selected;
        let look = GridLook {
            columns: 1,
            cell: (side * scale).round() as u32,
            pitch: (side * scale).round() as u32,
            order: vec![channel],
            scale: Scale::Channel,
            colours: self.look.colours,
        };
        if self.heat > 0.0
            && let Some(grid) = heat(shown, painter, index, look)
        {
            let draw = DrawGrid {
                painter: painter.clone(),
                grid,
                origin: [area.left(), area.top()].map(|v| (v * scale).round() as i32),
                heat: self.heat,
            };
            ui.painter().add(draw.shape(area));
        }
        if let Some(at) = response.hover_pos() {
            let maps = shown.layer.side() as f32;
            let value = |v: f32| ((v * maps) as u32).min(maps as u32 - 1);
            let share = (at - area.min) / area.size();
            self.pointer = Some(Pointer {
                map: None,
                x: value(share.x),
                y: value(share.y),
            });
        } else if self.pointer.is_some_and(|at| at.map.is_none()) {
            self.pointer = None;
        }
        if let Some((at, side)) = self.place_on_input() {
            let painter = ui.painter().with_clip_rect(area);
            let field = share_of(area, at, side);
            painter.rect_stroke(field, 0, Stroke::new(1.5, p.prediction), StrokeKind::Middle);
            painter.circle_filled(area.min + at.to_vec2() * area.size(), 2.0, p.prediction);
        }
    }
}

/// The channel as one large cell, made anew only when it has changed.
fn heat(
    shown: &mut super::Shown,
    painter: &Arc<MapPainter>,
    tower: usize,
    look: GridLook,
) -> Option<Arc<Grid>> {
    if let Some((made, of, grid)) = &shown.heat
        && (made, *of) == (&look, tower)
    {
        return Some(grid.clone());
    }
    let maps = &shown.towers.get(tower)?.maps.buffer;
    let grid = Arc::new(painter.grid(maps, look.clone()));
    shown.heat = Some((look, tower, grid.clone()));
    Some(grid)
}
