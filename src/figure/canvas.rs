//! An opaque picture to draw on, with the few strokes the figures need.

use image::RgbImage;
use tiny_skia::{
    Color, FillRule, LineCap, Paint, PathBuilder, Pixmap, PixmapPaint, Rect, Stroke, Transform,
};

use super::{Colour, Text};
use crate::label::Point;

/// Positions and sizes in pixels.
pub struct Canvas {
    pixmap: Pixmap,
}

impl Canvas {
    /// `None` for a size of zero or one that no memory holds.
    pub fn new(width: u32, height: u32, background: Colour) -> Option<Self> {
        let mut pixmap = Pixmap::new(width, height)?;
        pixmap.fill(colour(background));
        Some(Self { pixmap })
    }

    /// A canvas that starts as `picture`, enlarged `scale` times.
    pub fn from_picture(picture: &RgbImage, scale: f32) -> Option<Self> {
        let size = |v: u32| ((v as f32 * scale).round() as u32).max(1);
        let mut canvas = Self::new(size(picture.width()), size(picture.height()), [0; 3])?;
        canvas.picture(picture, [0.0, 0.0], scale, true);
        Some(canvas)
    }

    /// Puts a picture with its upper left corner at `at`; smoothly enlarged if `smooth`, else
    /// with hard pixels.
    pub fn picture(&mut self, picture: &RgbImage, at: Point, scale: f32, smooth: bool) {
        let Some(mut own) = Pixmap::new(picture.width(), picture.height()) else {
            return;
        };
        for (to, from) in own.data_mut().chunks_exact_mut(4).zip(picture.pixels()) {
            to.copy_from_slice(&[from[0], from[1], from[2], 255]);
        }
        let quality = if smooth {
            tiny_skia::FilterQuality::Bicubic
        } else {
            tiny_skia::FilterQuality::Nearest
        };
        let paint = PixmapPaint {
            quality,
            ..PixmapPaint::default()
        };
        let place = Transform::from_scale(scale, scale).post_translate(at[0], at[1]);
        self.pixmap
            .draw_pixmap(0, 0, own.as_ref(), &paint, place, None);
    }

    pub fn disc(&mut self, center: Point, radius: f32, fill: Colour) {
        if let Some(path) = PathBuilder::from_circle(center[0], center[1], radius) {
            self.pixmap.fill_path(
                &path,
                &paint(fill, 255),
                FillRule::Winding,
                Transform::identity(),
                None,
            );
        }
    }

    pub fn circle(&mut self, center: Point, radius: f32, width: f32, line: Colour) {
        if let Some(path) = PathBuilder::from_circle(center[0], center[1], radius) {
            self.stroke(&path, width, line);
        }
    }

    /// Straight lines from point to point.
    pub fn lines(&mut self, points: &[Point], width: f32, line: Colour) {
        let mut path = PathBuilder::new();
        for (i, p) in points.iter().enumerate() {
            match i {
                0 => path.move_to(p[0], p[1]),
                _ => path.line_to(p[0], p[1]),
            }
        }
        if let Some(path) = path.finish() {
            self.stroke(&path, width, line);
        }
    }

    pub fn rectangle(&mut self, at: Point, size: Point, fill: Colour) {
        if let Some(rect) = Rect::from_xywh(at[0], at[1], size[0], size[1]) {
            self.pixmap
                .fill_rect(rect, &paint(fill, 255), Transform::identity(), None);
        }
    }

    /// Text whose baseline starts at `at`; returns its width.
    pub fn text(&mut self, text: &str, at: Point, size: f32, fill: Colour) -> f32 {
        let line = Text::new(text, size);
        if let Some(path) = &line.path {
            let place = Transform::from_translate(at[0], at[1]);
            self.pixmap
                .fill_path(path, &paint(fill, 255), FillRule::Winding, place, None);
        }
        line.width
    }

    pub fn into_image(self) -> RgbImage {
        let (width, height) = (self.pixmap.width(), self.pixmap.height());
        let rgb = self
            .pixmap
            .pixels()
            .iter()
            .flat_map(|p| [p.red(), p.green(), p.blue()])
            .collect();
        RgbImage::from_raw(width, height, rgb)
            .unwrap_or_else(|| unreachable!("three bytes for each pixel"))
    }

    fn stroke(&mut self, path: &tiny_skia::Path, width: f32, line: Colour) {
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            ..Stroke::default()
        };
        self.pixmap.stroke_path(
            path,
            &paint(line, 255),
            &stroke,
            Transform::identity(),
            None,
        );
    }
}

fn colour(c: Colour) -> Color {
    Color::from_rgba8(c[0], c[1], c[2], 255)
}

fn paint(c: Colour, alpha: u8) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(c[0], c[1], c[2], alpha);
    paint.anti_alias = true;
    paint
}
