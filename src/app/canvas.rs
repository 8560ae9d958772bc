//! The photo with what is found on it: zoom, pan, and the box that can be taken hold of.

use eframe::egui::{
    self, Align2, Color32, CursorIcon, Pos2, Rect, Response, Role, Sense, Shape, Stroke,
    StrokeKind, TextureHandle, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::item::{Face, PointView};
use super::theme::{self, Palette};
use crate::label::{FaceBox, Point, Schema};
use crate::measure::ALPHA;

/// What is drawn over the photo.
#[derive(Clone, Copy)]
pub struct Layers {
    pub face_box: bool,
    pub prediction: bool,
    pub labels: bool,
    pub circles: bool,
    pub names: bool,
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            face_box: true,
            prediction: true,
            labels: true,
            circles: true,
            names: false,
        }
    }
}

/// Screen points around a handle within which it is taken hold of.
const REACH: f32 = 11.0;
/// The turning handle stands this far above the box.
const STALK: f32 = 26.0;
/// Smallest side of a box in photo pixels.
const MIN_SIDE: f32 = 8.0;
const ZOOMS: std::ops::RangeInclusive<f32> = 0.02..=64.0;

/// Which part of the photo is seen, and how large. It stays from photo to photo.
#[derive(Default)]
pub struct CanvasView {
    /// Screen points per photo pixel; `None` fits the photo.
    zoom: Option<f32>,
    /// The photo's centre away from the pane's, in screen points.
    pan: Vec2,
    hold: Option<Hold>,
}

/// What the pointer holds.
#[derive(Clone, Copy, PartialEq)]
enum Hold {
    Photo,
    Inside,
    Corner(usize),
    Turn,
}

/// Photo pixels to the screen and back.
#[derive(Clone, Copy)]
struct Map {
    origin: Pos2,
    zoom: f32,
}

impl Map {
    fn to_screen(self, p: Point) -> Pos2 {
        self.origin + vec2(p[0], p[1]) * self.zoom
    }

    fn to_photo(self, p: Pos2) -> Point {
        let v = (p - self.origin) / self.zoom;
        [v.x, v.y]
    }
}

impl CanvasView {
    pub fn fit(&mut self) {
        self.zoom = None;
        self.pan = Vec2::ZERO;
    }

    /// One photo pixel to one screen pixel.
    pub fn actual_size(&mut self, ctx: &egui::Context) {
        self.zoom = Some(1.0 / ctx.pixels_per_point());
        self.pan = Vec2::ZERO;
    }

    /// Draws the photo; returns the box if it was moved, and the zoom in percent.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        face: Face,
        texture: &TextureHandle,
        schema: &Schema,
        layers: Layers,
    ) -> (Option<FaceBox>, f32) {
        let p = theme::palette(ui.ctx());
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, format!("Photo {}", face.name()))
        });
        let item = face.item;
        let Some(picture) = item.picture() else {
            return (None, 100.0);
        };
        let size = vec2(picture.width() as f32, picture.height() as f32);
        self.zoom_ui(ui, &response, rect, size);
        let map = self.map(rect, size);
        let moved = self.drag_ui(ui, &response, map, item.face_box, layers.face_box);

        let map = self.map(rect, size);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0, p.canvas);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let place = Rect::from_min_size(map.origin, size * map.zoom);
        painter.image(texture.id(), place, whole, Color32::WHITE);
        if layers.face_box {
            box_shapes(&painter, p, map, &moved.unwrap_or(item.face_box));
        }
        for point in face.points(schema) {
            point_shapes(&painter, p, map, &point, layers);
        }
        (moved, 100.0 * map.zoom * ui.ctx().pixels_per_point())
    }

    fn map(&self, rect: Rect, size: Vec2) -> Map {
        let zoom = self.zoom.unwrap_or_else(|| fitting(rect, size));
        Map {
            origin: rect.center() + self.pan - size * zoom / 2.0,
            zoom,
        }
    }

    /// Wheel and pinch zoom at the pointer.
    fn zoom_ui(&mut self, ui: &Ui, response: &Response, rect: Rect, size: Vec2) {
        if !response.hovered() {
            return;
        }
        let (scroll, pinch, pointer) = ui.input(|i| {
            (
                i.smooth_scroll_delta().y,
                i.zoom_delta(),
                i.pointer.hover_pos(),
            )
        });
        let factor = pinch * (scroll * 0.0035).exp();
        let Some(pointer) = pointer.filter(|_| (factor - 1.0).abs() > 1e-4) else {
            return;
        };
        let before = self.map(rect, size);
        let zoom = (before.zoom * factor).clamp(*ZOOMS.start(), *ZOOMS.end());
        // The photo pixel under the pointer stays there.
        let under = before.to_photo(pointer);
        self.zoom = Some(zoom);
        let origin = pointer - vec2(under[0], under[1]) * zoom;
        self.pan = origin + size * zoom / 2.0 - rect.center();
    }

    fn drag_ui(
        &mut self,
        ui: &Ui,
        response: &Response,
        map: Map,
        face_box: FaceBox,
        box_shown: bool,
    ) -> Option<FaceBox> {
        let pointer = response.interact_pointer_pos().or(response.hover_pos())?;
        if response.drag_started() {
            let from = ui.input(|i| i.pointer.press_origin()).unwrap_or(pointer);
            let middle = response.dragged_by(egui::PointerButton::Middle);
            let held = grip(map, &face_box, from).filter(|_| box_shown && !middle);
            self.hold = Some(held.unwrap_or(Hold::Photo));
        }
        if response.drag_stopped() {
            self.hold = None;
        }
        let over = self
            .hold
            .or_else(|| grip(map, &face_box, pointer).filter(|_| box_shown));
        let icon = match over {
            Some(Hold::Inside) => CursorIcon::Move,
            Some(Hold::Corner(0 | 2)) => CursorIcon::ResizeNwSe,
            Some(Hold::Corner(_)) => CursorIcon::ResizeNeSw,
            Some(Hold::Turn) => CursorIcon::Alias,
            Some(Hold::Photo) => CursorIcon::Grabbing,
            None => CursorIcon::Grab,
        };
        ui.ctx().set_cursor_icon(icon);
        let delta = response.drag_delta();
        match self.hold? {
            Hold::Photo => {
                if self.zoom.is_none() {
                    self.zoom = Some(map.zoom);
                }
                self.pan += delta;
                None
            }
            Hold::Inside => Some(FaceBox {
                x: face_box.x + delta.x / map.zoom,
                y: face_box.y + delta.y / map.zoom,
                ..face_box
            }),
            Hold::Corner(corner) => Some(resized(&face_box, corner, map.to_photo(pointer))),
            Hold::Turn => {
                let center = map.to_screen(face_box.center());
                let angle = (pointer - center).angle() + std::f32::consts::FRAC_PI_2;
                Some(FaceBox { angle, ..face_box })
            }
        }
        .filter(|b| delta != Vec2::ZERO && b.is_valid())
    }
}

fn fitting(rect: Rect, size: Vec2) -> f32 {
    let room = rect.size() - vec2(32.0, 32.0);
    (room.x / size.x)
        .min(room.y / size.y)
        .clamp(*ZOOMS.start(), *ZOOMS.end())
}

/// What of the box is under the pointer.
fn grip(map: Map, face_box: &FaceBox, pointer: Pos2) -> Option<Hold> {
    let corners = face_box.corners().map(|c| map.to_screen(c));
    if turn_handle(&corners).distance(pointer) < REACH {
        return Some(Hold::Turn);
    }
    if let Some(corner) = (0..4).find(|&i| corners[i].distance(pointer) < REACH) {
        return Some(Hold::Corner(corner));
    }
    let [x, y] = map.to_photo(pointer);
    let center = face_box.center();
    let (sin, cos) = face_box.angle.sin_cos();
    let (dx, dy) = (x - center[0], y - center[1]);
    let inside = (cos * dx + sin * dy).abs() < face_box.w / 2.0
        && (cos * dy - sin * dx).abs() < face_box.h / 2.0;
    inside.then_some(Hold::Inside)
}

fn turn_handle(corners: &[Pos2; 4]) -> Pos2 {
    let top = corners[0] + (corners[1] - corners[0]) / 2.0;
    let up = (corners[0] - corners[3]).normalized();
    top + up * STALK
}

/// The box with one corner taken to `to`, the opposite one where it was, and its proportions kept.
fn resized(face_box: &FaceBox, corner: usize, to: Point) -> FaceBox {
    let fixed = face_box.corners()[(corner + 2) % 4];
    let moved = face_box.corners()[corner];
    let old = [moved[0] - fixed[0], moved[1] - fixed[1]];
    let new = [to[0] - fixed[0], to[1] - fixed[1]];
    let square = old[0] * old[0] + old[1] * old[1];
    let grown = (old[0] * new[0] + old[1] * new[1]) / square.max(f32::MIN_POSITIVE);
    let grown = grown.max(MIN_SIDE / face_box.w.min(face_box.h).max(1.0));
    let center = [0, 1].map(|i| fixed[i] + old[i] * grown / 2.0);
    let (w, h) = (face_box.w * grown, face_box.h * grown);
    FaceBox {
        x: center[0] - w / 2.0,
        y: center[1] - h / 2.0,
        w,
        h,
        angle: face_box.angle,
    }
}

fn box_shapes(painter: &egui::Painter, p: Palette, map: Map, face_box: &FaceBox) {
    let corners = face_box.corners().map(|c| map.to_screen(c));
    let mut outline = corners.to_vec();
    outline.push(corners[0]);
    let dark = Stroke::new(2.5, Color32::from_black_alpha(90));
    painter.add(Shape::line(outline.clone(), dark));
    painter.extend(Shape::dashed_line(
        &outline,
        Stroke::new(1.0, Color32::WHITE),
        6.0,
        4.0,
    ));
    let handle = turn_handle(&corners);
    let top = corners[0] + (corners[1] - corners[0]) / 2.0;
    painter.line_segment(
        [top, handle],
        Stroke::new(1.0, Color32::from_white_alpha(150)),
    );
    painter.circle(handle, 4.5, Color32::WHITE, Stroke::new(1.0, p.canvas));
    for corner in corners {
        let square = Rect::from_center_size(corner, vec2(8.0, 8.0));
        painter.rect(
            square,
            1,
            Color32::WHITE,
            Stroke::new(1.0, p.canvas),
            StrokeKind::Outside,
        );
    }
}

/// Prediction a disc, label a square, so that colour is never the only difference.
fn point_shapes(painter: &egui::Painter, p: Palette, map: Map, point: &PointView, layers: Layers) {
    let label = point
        .label
        .filter(|_| layers.labels)
        .map(|l| map.to_screen(l));
    let found = point
        .found
        .filter(|_| layers.prediction)
        .map(|f| map.to_screen(f));
    if let (Some(at), Some(length), true) = (label, point.length, layers.circles) {
        let tint = match point.is_found() {
            Some(false) => p.label,
            _ => Color32::from_white_alpha(170),
        };
        painter.circle_stroke(at, ALPHA * length * map.zoom, Stroke::new(1.0, tint));
    }
    if let (Some(a), Some(b)) = (label, found) {
        painter.line_segment([a, b], Stroke::new(2.5, Color32::from_black_alpha(110)));
        painter.line_segment([a, b], Stroke::new(1.2, Color32::WHITE));
    }
    let rim = Stroke::new(1.0, Color32::from_black_alpha(180));
    if let Some(at) = label {
        let square = Rect::from_center_size(at, vec2(7.0, 7.0));
        painter.rect(square, 0, p.label, rim, StrokeKind::Outside);
    }
    if let Some(at) = found {
        painter.circle(at, 4.2, p.prediction, rim);
    }
    if let (Some(at), true) = (found.or(label), layers.names) {
        let title = point.title();
        for (off, tint) in [(1.0, Color32::from_black_alpha(200)), (0.0, Color32::WHITE)] {
            painter.text(
                at + vec2(9.0 + off, off - 9.0),
                Align2::LEFT_CENTER,
                &title,
                theme::font(theme::SMALL),
                tint,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_moves_and_the_opposite_one_stays() {
        let turned = FaceBox {
            angle: 0.4,
            ..FaceBox::new(10.0, 20.0, 60.0, 80.0)
        };
        for corner in 0..4 {
            let fixed = turned.corners()[(corner + 2) % 4];
            let from = turned.corners()[corner];
            let to = [0, 1].map(|i| fixed[i] + 1.5 * (from[i] - fixed[i]));
            let grown = resized(&turned, corner, to);
            assert!((grown.w - 90.0).abs() < 1e-2 && (grown.h - 120.0).abs() < 1e-2);
            let still = grown.corners()[(corner + 2) % 4];
            assert!(crate::label::distance(still, fixed) < 1e-2);
            assert!(resized(&turned, corner, fixed).w >= MIN_SIDE);
        }
    }

    #[test]
    fn the_pointer_finds_handles_before_the_inside() {
        let map = Map {
            origin: pos2(0.0, 0.0),
            zoom: 2.0,
        };
        let face_box = FaceBox::new(50.0, 50.0, 100.0, 100.0);
        assert!(grip(map, &face_box, pos2(101.0, 99.0)) == Some(Hold::Corner(0)));
        assert!(grip(map, &face_box, pos2(200.0, 200.0)) == Some(Hold::Inside));
        assert!(grip(map, &face_box, pos2(200.0, 100.0 - STALK)) == Some(Hold::Turn));
        assert!(grip(map, &face_box, pos2(20.0, 20.0)).is_none());
    }
}
