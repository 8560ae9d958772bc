//! What is around a point, large: half a pixel cannot be seen in a photo that is fitted to its pane.

use eframe::egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::marks::{View, face_marks};
use super::scene::Scene;
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::label::Point;

/// Its side, and how far from the pane's corner it is.
const SIDE: f32 = 168.0;
const EDGE: f32 = 12.0;
/// Screen points to a photo pixel, at least; and to one of the pane's.
const LEAST: f32 = 6.0;
const TIMES: f32 = 3.0;
const MOST: f32 = 48.0;

/// Draws what is around `at` in a corner of the pane, in the other half of which the point is.
pub fn magnifier_ui(
    painter: &Painter,
    (pane, pane_zoom): (Rect, f32),
    photo: Vec2,
    scene: &Scene,
    (at, on_screen): (Point, Pos2),
) {
    let p = theme::palette(painter.ctx());
    let side = SIDE.min(pane.width() / 3.0).min(pane.height() / 3.0);
    let corner = match on_screen.x > pane.center().x {
        true => pane.left_top() + vec2(EDGE, EDGE),
        false => pane.right_top() + vec2(-EDGE - side, EDGE),
    };
    let place = Rect::from_min_size(corner, Vec2::splat(side));
    let zoom = (TIMES * pane_zoom).clamp(LEAST, MOST);
    let inside = painter.with_clip_rect(place);
    inside.rect_filled(place, 0, p.canvas);
    let origin = place.center() - vec2(at[0], at[1]) * zoom;
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let picture = Rect::from_min_size(origin, photo * zoom);
    inside.image(scene.texture.id(), picture, whole, Color32::WHITE);
    // The marks are in the way of what they are held against: a cross with an open middle instead.
    let mut layers = scene.layers;
    for layer in [
        &mut layers.names,
        &mut layers.face_box,
        &mut layers.lines,
        &mut layers.labels,
    ] {
        layer.on = false;
    }
    if let Some((_, face)) = scene.faces.last() {
        let view = View {
            origin: [origin.x, origin.y],
            zoom,
            unit: 1.0,
            strength: 1.0,
        };
        let mut marks = Vec::new();
        face_marks(&mut marks, face, scene.schema, &layers, view);
        paint(&inside, &marks);
    }
    let (middle, open) = (place.center(), 5.0);
    for (from, to) in [
        (vec2(-side, 0.0), vec2(-open, 0.0)),
        (vec2(open, 0.0), vec2(side, 0.0)),
        (vec2(0.0, -side), vec2(0.0, -open)),
        (vec2(0.0, open), vec2(0.0, side)),
    ] {
        let ends = [middle + from, middle + to];
        inside.line_segment(ends, Stroke::new(3.0, Color32::from_black_alpha(120)));
        inside.line_segment(ends, Stroke::new(1.0, p.label));
    }
    let edge = Stroke::new(1.0, p.hairline);
    painter.rect_stroke(place, theme::RADIUS, edge, StrokeKind::Outside);
}
