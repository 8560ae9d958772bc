//! Where the photo is on the screen.

use eframe::egui::{Pos2, Rect, vec2};

use crate::label::Point;

/// Photo pixels to the screen and back.
#[derive(Clone, Copy)]
pub struct PhotoTransform {
    pub origin: Pos2,
    pub zoom: f32,
    /// Where the photo can be seen.
    pub canvas: Rect,
}

impl PhotoTransform {
    pub fn to_screen(self, p: Point) -> Pos2 {
        self.origin + vec2(p[0], p[1]) * self.zoom
    }

    pub fn to_photo(self, p: Pos2) -> Point {
        let v = (p - self.origin) / self.zoom;
        [v.x, v.y]
    }
}
