//! Boxes taken hold of: what of a box is under the pointer, and what becomes of it.

use eframe::egui::{CursorIcon, Pos2, Rect, Stroke, StrokeKind, Vec2, epaint::Color32, vec2};

use super::transform::PhotoTransform;
use crate::app::faces::arrangement::AttributeIndex;
use crate::label::{FaceBox, Point};

/// Screen points around a handle within which it is taken hold of.
const REACH: f32 = 11.0;
/// The turning handle stands this far from the box's upper edge.
const STALK: f32 = 26.0;
/// Smallest side of a box in photo pixels.
pub const MIN_SIDE: f32 = 8.0;

/// Around whatever is light.
pub const DARK: Color32 = Color32::from_black_alpha(190);

/// What the pointer holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Hold {
    Photo,
    Inside,
    Corner(usize),
    Turn,
    /// A labelled point.
    Point(AttributeIndex),
    /// A new box is drawn from here.
    New(Point),
}

impl Hold {
    /// What of the box is under the pointer.
    pub fn of(map: PhotoTransform, face_box: &FaceBox, pointer: Pos2) -> Option<Self> {
        let corners = face_box.corners().map(|c| map.to_screen(c));
        if turn_handle(map, &corners).distance(pointer) < REACH {
            return Some(Self::Turn);
        }
        if let Some(corner) = (0..4).find(|&i| corners[i].distance(pointer) < REACH) {
            return Some(Self::Corner(corner));
        }
        contains(face_box, map.to_photo(pointer)).then_some(Self::Inside)
    }

    pub fn cursor(self) -> CursorIcon {
        match self {
            Self::Inside => CursorIcon::Move,
            Self::Corner(0 | 2) => CursorIcon::ResizeNwSe,
            Self::Corner(_) => CursorIcon::ResizeNeSw,
            Self::Turn => CursorIcon::Alias,
            Self::Photo => CursorIcon::Grabbing,
            Self::New(_) => CursorIcon::Crosshair,
            Self::Point(_) => CursorIcon::Move,
        }
    }

    /// The box after the pointer has moved by `delta` to `pointer`, both on the screen.
    pub fn moved(
        self,
        map: PhotoTransform,
        face_box: FaceBox,
        pointer: Pos2,
        delta: Vec2,
    ) -> Option<FaceBox> {
        match self {
            Self::Photo | Self::New(_) | Self::Point(_) => None,
            Self::Inside => Some(FaceBox {
                x: face_box.x + delta.x / map.zoom,
                y: face_box.y + delta.y / map.zoom,
                ..face_box
            }),
            Self::Corner(corner) => Some(resized(&face_box, corner, map.to_photo(pointer))),
            Self::Turn => {
                let center = map.to_screen(face_box.center());
                let angle = (pointer - center).angle() + std::f32::consts::FRAC_PI_2;
                Some(FaceBox { angle, ..face_box })
            }
        }
    }
}

pub fn contains(face_box: &FaceBox, [x, y]: Point) -> bool {
    let center = face_box.center();
    let (sin, cos) = face_box.angle.sin_cos();
    let (dx, dy) = (x - center[0], y - center[1]);
    (cos * dx + sin * dy).abs() < face_box.w / 2.0 && (cos * dy - sin * dx).abs() < face_box.h / 2.0
}

/// The square from one corner towards the other.
pub fn square(from: Point, to: Point) -> FaceBox {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let side = dx.abs().max(dy.abs()).max(MIN_SIDE);
    let start = |at: f32, d: f32| if d < 0.0 { at - side } else { at };
    FaceBox::new(start(from[0], dx), start(from[1], dy), side, side)
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

/// Above the box; within it where it would not be seen, as over a box of the whole picture.
fn turn_handle(map: PhotoTransform, corners: &[Pos2; 4]) -> Pos2 {
    let top = corners[0] + (corners[1] - corners[0]) / 2.0;
    let up = (corners[0] - corners[3]).normalized() * STALK;
    let above = top + up;
    match map.canvas.shrink(REACH / 2.0).contains(above) {
        true => above,
        false => top - up,
    }
}

/// Corners and stalk to take hold of: light with a dark edge, so that they stand out from any photo
/// and from the canvas of either theme.
pub fn handles(painter: &eframe::egui::Painter, map: PhotoTransform, face_box: &FaceBox) {
    let corners = face_box.corners().map(|c| map.to_screen(c));
    let handle = turn_handle(map, &corners);
    let top = corners[0] + (corners[1] - corners[0]) / 2.0;
    let edge = Stroke::new(1.5, DARK);
    painter.line_segment([top, handle], Stroke::new(3.0, DARK));
    painter.line_segment([top, handle], Stroke::new(1.0, Color32::WHITE));
    painter.circle(handle, 4.5, Color32::WHITE, edge);
    for corner in corners {
        let square = Rect::from_center_size(corner, vec2(8.0, 8.0));
        painter.rect(square, 1, Color32::WHITE, edge, StrokeKind::Outside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

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
        let map = PhotoTransform {
            origin: pos2(0.0, 0.0),
            zoom: 2.0,
            canvas: Rect::from_min_max(pos2(0.0, 0.0), pos2(400.0, 300.0)),
        };
        let face_box = FaceBox::new(50.0, 50.0, 100.0, 100.0);
        let at = |x, y| Hold::of(map, &face_box, pos2(x, y));
        assert!(at(101.0, 99.0) == Some(Hold::Corner(0)));
        assert!(at(200.0, 200.0) == Some(Hold::Inside));
        assert!(at(200.0, 100.0 - STALK) == Some(Hold::Turn));
        assert!(at(20.0, 20.0).is_none());
        // Over the whole picture it is within.
        let whole = FaceBox::new(0.0, 0.0, 200.0, 150.0);
        let top = map.canvas.center_top();
        assert!(Hold::of(map, &whole, top + vec2(0.0, STALK)) == Some(Hold::Turn));
        assert!(Hold::of(map, &whole, top + vec2(0.0, 2.0 * STALK)) == Some(Hold::Inside));
    }

    #[test]
    fn a_new_box_is_square_in_any_direction() {
        assert_eq!(
            square([10.0, 10.0], [40.0, 20.0]),
            FaceBox::new(10.0, 10.0, 30.0, 30.0)
        );
        assert_eq!(
            square([10.0, 10.0], [-10.0, 5.0]),
            FaceBox::new(-10.0, -10.0, 20.0, 20.0)
        );
        assert_eq!(square([10.0, 10.0], [10.0, 10.0]).side(), MIN_SIDE);
    }
}
