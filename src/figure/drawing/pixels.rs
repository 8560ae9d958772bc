//! A drawing as pixels.

use image::RgbImage;
use tiny_skia::{
    Color, FillRule, FilterQuality, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Stroke, StrokeDash, Transform,
};

use super::{Drawing, Ink, Mark, Placed, Rim};
use crate::figure::Anchor;
use crate::figure::Text;
use crate::label::Point;

/// Letters' middle above the baseline, as a share of the text's size.
const MIDDLE: f32 = 0.34;

impl Drawing {
    /// The drawing with `scale` pixels to a unit; `None` for no size, or one no memory holds.
    pub fn picture(&self, scale: f32) -> Option<RgbImage> {
        let [w, h] = self.size.map(|v| (v * scale).round() as u32);
        let mut pixmap = Pixmap::new(w, h)?;
        let [r, g, b] = self.background;
        pixmap.fill(Color::from_rgba8(r, g, b, 255));
        for placed in &self.pictures {
            put(&mut pixmap, placed, scale);
        }
        let view = Transform::from_scale(scale, scale);
        for mark in &self.marks {
            draw(&mut pixmap, mark, view);
        }
        let rgb = pixmap.pixels().iter();
        let rgb = rgb.flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
        RgbImage::from_raw(w, h, rgb)
    }
}

fn put(pixmap: &mut Pixmap, placed: &Placed, scale: f32) {
    let picture = &placed.picture;
    let Some(mut own) = Pixmap::new(picture.width(), picture.height()) else {
        return;
    };
    for (to, from) in own.data_mut().chunks_exact_mut(4).zip(picture.pixels()) {
        to.copy_from_slice(&[from[0], from[1], from[2], 255]);
    }
    let paint = PixmapPaint {
        opacity: placed.opacity.clamp(0.0, 1.0),
        quality: match placed.smooth {
            true => FilterQuality::Bilinear,
            false => FilterQuality::Nearest,
        },
        ..PixmapPaint::default()
    };
    let [x, y] = placed.at.map(|v| v * scale);
    let size = placed.scale * scale;
    let place = Transform::from_scale(size, size).post_translate(x, y);
    pixmap.draw_pixmap(0, 0, own.as_ref(), &paint, place, None);
}

fn draw(pixmap: &mut Pixmap, mark: &Mark, view: Transform) {
    match mark {
        Mark::Line { points, rim, dash } => {
            if let Some(path) = path(points, false) {
                let dash = dash.and_then(|d| StrokeDash::new(d.to_vec(), 0.0));
                stroke(pixmap, &path, rim, dash, view);
            }
        }
        Mark::Polygon { points, fill, rim } => {
            shape(pixmap, path(points, true), *fill, rim.as_ref(), view);
        }
        Mark::Circle {
            centre,
            radius,
            fill,
            rim,
        } => {
            let path = PathBuilder::from_circle(centre[0], centre[1], *radius);
            shape(pixmap, path, *fill, rim.as_ref(), view);
        }
        Mark::Text {
            words,
            at,
            size,
            ink,
            anchor,
        } => {
            let text = Text::new(words, *size);
            let before = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => text.width / 2.0,
                Anchor::End => text.width,
            };
            let place = view.pre_translate(at[0] - before, at[1] + MIDDLE * size);
            shape(pixmap, text.path, Some(*ink), None, place);
        }
    }
}

fn path(points: &[Point], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, p) in points.iter().enumerate() {
        match i {
            0 => path.move_to(p[0], p[1]),
            _ => path.line_to(p[0], p[1]),
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn shape(
    pixmap: &mut Pixmap,
    path: Option<Path>,
    fill: Option<Ink>,
    rim: Option<&Rim>,
    view: Transform,
) {
    let Some(path) = path else {
        return;
    };
    if let Some(ink) = fill {
        pixmap.fill_path(&path, &paint(ink), FillRule::Winding, view, None);
    }
    if let Some(rim) = rim {
        stroke(pixmap, &path, rim, None, view);
    }
}

fn stroke(pixmap: &mut Pixmap, path: &Path, rim: &Rim, dash: Option<StrokeDash>, view: Transform) {
    let stroke = Stroke {
        width: rim.width,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        dash,
        ..Stroke::default()
    };
    pixmap.stroke_path(path, &paint(rim.ink), &stroke, view, None);
}

fn paint(ink: Ink) -> Paint<'static> {
    let [r, g, b] = ink.colour;
    let mut paint = Paint::default();
    paint.set_color_rgba8(r, g, b, (255.0 * ink.opacity.clamp(0.0, 1.0)).round() as u8);
    paint.anti_alias = true;
    paint
}
