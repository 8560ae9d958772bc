//! The grid of one tower's maps: drawn by the GPU in one call, hovered and clicked here.

use std::sync::Arc;

use eframe::egui::{
    self, Align2, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, ScreenDescriptor};
use eframe::wgpu;

use super::{FeatureView, Pointer, order, theme};
use crate::compute::{Grid, MapPainter};
use crate::figure::GridLook;

/// Space between maps in pixels of the screen.
const GAP_PX: u32 = 2;

/// One draw call within egui's pass.
pub(super) struct DrawGrid {
    pub painter: Arc<MapPainter>,
    pub grid: Arc<Grid>,
    /// The grid's first pixel.
    pub origin: [i32; 2],
    pub heat: f32,
}

impl DrawGrid {
    pub fn shape(self, area: Rect) -> egui::Shape {
        egui::Shape::Callback(Callback::new_paint_callback(area, self))
    }
}

impl CallbackTrait for DrawGrid {
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        _resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        self.grid.place(queue, self.origin, self.heat);
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &CallbackResources,
    ) {
        self.painter.draw(&self.grid, pass);
    }
}

impl FeatureView {
    /// Head and grid of a tower; returns where the pointer is in it.
    pub(super) fn tower_ui(
        &mut self,
        ui: &mut Ui,
        painter: &Arc<MapPainter>,
        index: usize,
        width: f32,
        columns: u32,
    ) -> Option<Pointer> {
        let scale = ui.pixels_per_point();
        let gap = (GAP_PX as f32 * scale).round() as u32;
        let width_px = (width * scale) as u32;
        let cell = (width_px + gap).saturating_sub(gap * columns) / columns;
        let stats = self.shown.as_ref()?.towers.get(index)?.maps.stats.clone();
        let look = GridLook {
            columns,
            cell: cell.max(1),
            pitch: cell.max(1) + gap,
            order: order(&self.look, &stats),
            scale: self.scale(),
            colours: self.look.colours,
        };
        let tower = self.shown.as_mut()?.towers.get_mut(index)?;
        if tower.grid.as_ref().is_none_or(|g| *g.look() != look) {
            tower.grid = Some(Arc::new(painter.grid(&tower.maps.buffer, look.clone())));
        }
        let grid = tower.grid.clone()?;
        self.head_ui(ui, index, width);

        let points = |px: u32| px as f32 / scale;
        let size = vec2(width, points(look.rows() * look.pitch));
        let (area, response) = ui.allocate_exact_size(size, Sense::click());
        let tower = &self.shown.as_ref()?.towers[index];
        let said = format!("{} feature maps, {}", tower.maps.tower, facts(tower));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
        let origin = [area.left(), area.top()].map(|v| (v * scale).round() as i32);
        let corner = pos2(origin[0] as f32 / scale, origin[1] as f32 / scale);
        let draw = DrawGrid {
            painter: painter.clone(),
            grid,
            origin,
            heat: 0.0,
        };
        ui.painter().add(draw.shape(area));

        let cells = Cells {
            corner,
            cell: points(look.cell),
            pitch: points(look.pitch),
            look: &look,
        };
        let side = tower.maps.side() as u32;
        let found = response.hover_pos().and_then(|at| cells.at(at, side));
        self.marks_ui(ui, index, &cells, side);
        let (channel, x, y) = found?;
        if response.clicked() {
            self.selected = (index, channel);
        }
        ui.ctx().set_cursor_icon(egui::CursorIcon::Crosshair);
        Some(Pointer {
            map: Some((index, channel)),
            x,
            y,
        })
    }

    /// The tower's name, what its maps are, and their range.
    fn head_ui(&self, ui: &mut Ui, index: usize, width: f32) {
        let p = theme::palette(ui.ctx());
        let Some(tower) = self.shown.as_ref().and_then(|s| s.towers.get(index)) else {
            return;
        };
        let (head, _) = ui.allocate_exact_size(vec2(width, 26.0), Sense::hover());
        let painter = ui.painter().with_clip_rect(head);
        let dot = [p.quiet, p.prediction, p.working, p.waiting][index.min(3)];
        painter.circle_filled(head.left_center() + vec2(4.0, 0.0), 3.5, dot);
        let font = theme::font(theme::BODY);
        let place = head.left_center() + vec2(14.0, 0.0);
        let title = title(&tower.maps.tower);
        let after = painter.text(place, Align2::LEFT_CENTER, title, font, p.text);
        let small = theme::font(theme::SMALL);
        let place = pos2(after.right() + 8.0, head.center().y);
        painter.text(
            place,
            Align2::LEFT_CENTER,
            facts(tower),
            small.clone(),
            p.quiet,
        );
        if let Some(all) = tower.maps.stats.last() {
            let range = format!("{} … {}", number(all.min), number(all.max));
            painter.text(
                head.right_center(),
                Align2::RIGHT_CENTER,
                range,
                small,
                p.quiet,
            );
        }
    }

    /// The selected map's frame, and the place under the pointer in this tower's maps.
    fn marks_ui(&self, ui: &Ui, index: usize, cells: &Cells, side: u32) {
        let p = theme::palette(ui.ctx());
        let painter = ui.painter();
        for (n, channel) in cells.look.order.iter().enumerate() {
            if *channel == self.selected.1 {
                let own = index == self.selected.0;
                let tint = if own { p.prediction } else { p.quiet };
                let stroke = Stroke::new(if own { 2.0 } else { 1.0 }, tint);
                painter.rect_stroke(cells.rect(n), 0, stroke, StrokeKind::Outside);
            }
        }
        let Some(at) = self.pointer else {
            return;
        };
        let share = |v: u32| (v as f32 + 0.5) / side as f32;
        let seen = ui.clip_rect();
        for n in 0..cells.look.order.len() {
            let cell = cells.rect(n);
            if seen.intersects(cell) {
                let place = cell.min + vec2(share(at.x), share(at.y)) * cell.size();
                painter.circle_stroke(place, 2.0, Stroke::new(1.0, p.prediction));
            }
        }
    }
}

/// Where on the screen each cell stands, in points.
struct Cells<'a> {
    corner: Pos2,
    cell: f32,
    pitch: f32,
    look: &'a GridLook,
}

impl Cells<'_> {
    fn rect(&self, n: usize) -> Rect {
        let (column, row) = (n as u32 % self.look.columns, n as u32 / self.look.columns);
        let corner = self.corner + vec2(column as f32, row as f32) * self.pitch;
        Rect::from_min_size(corner, vec2(self.cell, self.cell))
    }

    /// Channel, x and y of the value at `at`, in maps of `side`.
    fn at(&self, at: Pos2, side: u32) -> Option<(u32, u32, u32)> {
        let place = (at - self.corner) / self.pitch;
        if place.x < 0.0 || place.y < 0.0 || place.x >= self.look.columns as f32 {
            return None;
        }
        let n = place.y as usize * self.look.columns as usize + place.x as usize;
        let channel = *self.look.order.get(n)?;
        let cell = self.rect(n);
        let inside = (at - cell.min) / self.cell;
        let value = |v: f32| ((v * side as f32) as u32).min(side - 1);
        cell.contains(at)
            .then(|| (channel, value(inside.x), value(inside.y)))
    }
}

fn facts(tower: &super::Tower) -> String {
    let (channels, side) = (tower.maps.channels(), tower.maps.side());
    let stats = &tower.maps.stats;
    let dead = stats[..channels.min(stats.len())]
        .iter()
        .filter(|s| s.is_dead())
        .count();
    match dead {
        0 => format!("{channels} channels · {side} × {side}"),
        _ => format!("{channels} channels, {dead} dead · {side} × {side}"),
    }
}

/// "Landmarks" for "landmarks".
pub(super) fn title(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

/// A value with as many digits as tell something.
pub(super) fn number(v: f32) -> String {
    match v.abs() {
        _ if v == 0.0 => "0".into(),
        a if !a.is_finite() => v.to_string(),
        a if a >= 100.0 => format!("{v:.0}"),
        a if a >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.1e}"),
    }
}
