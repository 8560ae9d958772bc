//! The tools of a portrait: the head's own coordinates, how they turn, and soft paint.

use image::RgbImage;
use tiny_skia::Color;
use tiny_skia::{
    FillRule, GradientStop, LineCap, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point as At,
    RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use super::look::{Look, Rgb, colour};
use super::{HEIGHT, WIDTH};
use crate::label::Point;

/// Paints in the head's own coordinates: the origin between the eyes, x to the picture's right,
/// y down, 1 half the head's width.
pub(super) struct Artist<'a> {
    pub look: &'a Look,
    pixmap: Pixmap,
    head: Transform,
}

impl<'a> Artist<'a> {
    pub fn new(look: &'a Look) -> Self {
        let center = (WIDTH as f32 / 2.0 - 8.0 * look.yaw, HEIGHT as f32 * 0.45);
        let head = Transform::from_scale(look.size, look.size)
            .post_rotate(look.roll.to_degrees())
            .post_translate(center.0, center.1);
        Self {
            look,
            pixmap: Pixmap::new(WIDTH, HEIGHT)
                .unwrap_or_else(|| unreachable!("a portrait has a size")),
            head,
        }
    }

    /// Where something at (x, y), `depth` in front of the head's axis, appears when it turns.
    pub(super) fn turned(&self, x: f32, y: f32, depth: f32) -> (f32, f32) {
        let yaw = self.look.yaw * 0.55;
        (x * yaw.cos() + depth * yaw.sin(), y)
    }

    pub(super) fn eye(&self, side: f32) -> (f32, f32) {
        self.turned(side * 0.4, 0.0, 0.72)
    }

    pub(super) fn nose(&self) -> (f32, f32) {
        self.turned(0.0, 0.52, 1.05)
    }

    pub(super) fn mouth_corner(&self, side: f32) -> (f32, f32) {
        let width = 0.33 + 0.06 * self.look.smile.max(0.0);
        self.turned(side * width, 0.92 - 0.05 * self.look.smile, 0.78)
    }

    /// The five landmarks in the picture.
    pub(super) fn points(&self) -> [Point; 5] {
        let all = [
            self.eye(-1.0),
            self.eye(1.0),
            self.nose(),
            self.mouth_corner(-1.0),
            self.mouth_corner(1.0),
        ];
        all.map(|(x, y)| {
            let mut at = At::from_xy(x, y);
            self.head.map_point(&mut at);
            [at.x, at.y]
        })
    }

    pub(super) fn paint(&mut self) {
        self.background();
        if self.look.long_hair {
            self.hair_behind();
        }
        self.body();
        self.ears();
        self.face();
        if self.look.beard {
            self.beard();
        }
        self.mouth();
        self.nose_shape();
        for side in [-1.0, 1.0] {
            self.eye_shape(side);
            self.eyebrow(side);
        }
        if !self.look.bald {
            self.hair_in_front();
        }
        if self.look.glasses {
            self.spectacles();
        }
    }

    pub(super) fn finish(self) -> RgbImage {
        let rgb = self
            .pixmap
            .pixels()
            .iter()
            .flat_map(|p| [p.red(), p.green(), p.blue()])
            .collect();
        let sharp = RgbImage::from_raw(WIDTH, HEIGHT, rgb)
            .unwrap_or_else(|| unreachable!("three bytes for each pixel"));
        // As soft as a lens.
        image::imageops::fast_blur(&sharp, 0.9)
    }

    pub(super) fn fill(&mut self, path: Option<Path>, shader: Shader<'static>) {
        let paint = Paint {
            shader,
            anti_alias: true,
            ..Paint::default()
        };
        if let Some(path) = path {
            self.pixmap
                .fill_path(&path, &paint, FillRule::Winding, self.head, None);
        }
    }

    pub(super) fn flat(&mut self, path: Option<Path>, c: Rgb, alpha: f32) {
        self.fill(path, Shader::SolidColor(colour(c, alpha)));
    }

    pub(super) fn line(&mut self, path: Option<Path>, width: f32, c: Rgb, alpha: f32) {
        let paint = Paint {
            shader: Shader::SolidColor(colour(c, alpha)),
            anti_alias: true,
            ..Paint::default()
        };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            ..Stroke::default()
        };
        if let Some(path) = path {
            self.pixmap
                .stroke_path(&path, &paint, &stroke, self.head, None);
        }
    }

    /// A soft spot that fades to nothing.
    pub(super) fn glow(&mut self, (x, y): (f32, f32), radius: (f32, f32), c: Rgb, alpha: f32) {
        let stops = vec![
            GradientStop::new(0.0, colour(c, alpha)),
            GradientStop::new(0.55, colour(c, alpha * 0.45)),
            GradientStop::new(1.0, colour(c, 0.0)),
        ];
        let stretch = Transform::from_scale(radius.0, radius.1).post_translate(x, y);
        let shader = round(At::zero(), At::zero(), 1.0, stops, stretch);
        self.fill(ellipse(x, y, radius.0, radius.1), shader);
    }
}

pub(super) fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    let rect = tiny_skia::Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?;
    PathBuilder::from_oval(rect)
}

/// From one colour above to another below.
pub(super) fn down(from: f32, to: f32, above: Rgb, below: Rgb) -> Shader<'static> {
    let stops = vec![
        GradientStop::new(0.0, colour(above, 1.0)),
        GradientStop::new(1.0, colour(below, 1.0)),
    ];
    let ends = (At::from_xy(0.0, from), At::from_xy(0.0, to));
    LinearGradient::new(
        ends.0,
        ends.1,
        stops,
        SpreadMode::Pad,
        Transform::identity(),
    )
    .unwrap_or(Shader::SolidColor(colour(above, 1.0)))
}

pub(super) fn round(
    start: At,
    end: At,
    radius: f32,
    stops: Vec<GradientStop>,
    transform: Transform,
) -> Shader<'static> {
    RadialGradient::new(start, 0.0, end, radius, stops, SpreadMode::Pad, transform)
        .unwrap_or(Shader::SolidColor(Color::TRANSPARENT))
}
