//! The selected channel over the face.

use std::sync::Arc;

use eframe::egui::{
    self, Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::features::parts::gpu::{DrawGrid, heat_grid};
use crate::app::features::state::comparison::Set;
use crate::app::features::state::effect::Effect;
use crate::app::features::state::inspector::Pointer;
use crate::app::features::view::FeatureView;
use crate::app::widgets::theme;
use crate::engine::TowerMaps;
use crate::figure::GridStyle;
use crate::label::INPUT_SIZE;
use crate::map_painter::MapPainter;

/// Side of the face, in points.
const LARGEST: f32 = 480.0;

impl FeatureView {
    /// The network's input with the channel over it; the pointer on it means its place in every map.
    pub(super) fn face_ui(&mut self, ui: &mut Ui, painter: &Arc<MapPainter>) {
        let p = theme::palette(ui.ctx());
        let side = ui.available_width().min(LARGEST);
        let (area, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, "The face as the network sees it")
        });
        let (slot, channel) = self.inspected();
        // As in the grid: in the same colours and range.
        let (colours, scale_choice) = (self.colours(slot.set), self.scale(slot.set));
        let absent = slot.set != Set::First && self.lacks_partner(slot.tower, channel);
        let maps = self.tower_of(slot).filter(|_| !absent);
        let maps = maps.map(|t| t.maps.clone());
        let second = self.compared_sets().filter(|_| slot.set == Set::Second);
        let second = second.map(|sets| sets.second_input.id());
        let Some(shown) = &mut self.maps.shown else {
            return;
        };
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(
            second.unwrap_or(shown.input.id()),
            area,
            whole,
            Color32::WHITE,
        );
        let scale = ui.pixels_per_point();
        let look = GridStyle {
            columns: 1,
            cell: (side * scale).round() as u32,
            pitch: (side * scale).round() as u32,
            order: vec![channel],
            scale: scale_choice,
            colours,
            joint: maps.as_ref().is_some_and(TowerMaps::is_joint),
        };
        let heat = if self.inspector.alone {
            0.0
        } else {
            self.inspector.strength
        };
        if (heat > 0.0 || self.inspector.alone)
            && let Some(maps) = &maps
            && let grid = heat_grid(shown, painter, &maps.buffer, look)
        {
            let draw = DrawGrid {
                painter: painter.clone(),
                grid,
                origin: [area.left(), area.top()].map(|v| (v * scale).round() as i32),
                heat,
            };
            ui.painter().add(draw.shape(area));
        }
        if let Some(at) = response.hover_pos() {
            let maps = shown.place.side() as f32;
            let value = |v: f32| ((v * maps).max(0.0) as u32).min(maps as u32 - 1);
            let share = (at - area.min) / area.size();
            self.inspector.pointer = Some(Pointer {
                map: None,
                x: value(share.x),
                y: value(share.y),
            });
        } else if self.inspector.pointer.is_some_and(|at| at.map.is_none()) {
            self.inspector.pointer = None;
        }
        let painter = ui.painter().with_clip_rect(area.expand(1.0));
        // What the second finds has not been asked.
        if slot.set == Set::First {
            moves_ui(
                &painter,
                area,
                &self.muting.effect,
                self.effect_is_current(),
            );
        }
        if let Some((at, field)) = self.place_on_input() {
            let field = part_of(area, field);
            painter.rect_stroke(
                field,
                0,
                Stroke::new(2.5, Color32::from_black_alpha(120)),
                StrokeKind::Middle,
            );
            painter.rect_stroke(field, 0, Stroke::new(1.5, p.prediction), StrokeKind::Middle);
            painter.circle_filled(area.min + at.to_vec2() * area.size(), 2.0, p.prediction);
        }
    }
}

/// The landmarks, and where they go when channels are muted.
fn moves_ui(painter: &egui::Painter, area: Rect, effect: &Effect, current: bool) {
    let p = theme::palette(painter.ctx());
    let place = |at: [f32; 2]| area.min + vec2(at[0], at[1]) / INPUT_SIZE as f32 * area.size();
    let rim = Stroke::new(1.0, Color32::from_black_alpha(170));
    for (whole, muted) in &effect.moves {
        let to = if current { muted } else { whole };
        let (from, to) = (place(*whole), place(*to));
        painter.circle_stroke(from, 3.4, Stroke::new(2.4, Color32::from_black_alpha(110)));
        painter.circle_stroke(from, 3.4, Stroke::new(1.2, Color32::WHITE));
        if from.distance(to) > 1.0 {
            painter.line_segment([from, to], Stroke::new(2.6, Color32::from_black_alpha(110)));
            painter.line_segment([from, to], Stroke::new(1.3, p.prediction));
            painter.circle(to, 3.2, p.prediction, rim);
        }
    }
}

/// A part of `whole`, in shares of it.
fn part_of(whole: Rect, share: Rect) -> Rect {
    let place = |p: egui::Pos2| whole.min + p.to_vec2() * whole.size();
    Rect::from_min_max(place(share.min), place(share.max))
}
