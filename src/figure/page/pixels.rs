//! A page as pixels.

use std::borrow::Cow;

use image::RgbImage;
use image::imageops::{FilterType, resize};
use tiny_skia::{
    Color, FillRule, FilterQuality, LineCap, LineJoin, Paint, Pixmap, PixmapPaint, Stroke,
    StrokeDash, Transform,
};

use super::mark::Shape;
use super::{Ink, Page, Placed};

/// `None` for more than memory holds.
pub(super) fn draw(page: &Page, scale: f32) -> Option<RgbImage> {
    let [w, h] = page.size.map(|v| (v * scale).round().max(1.0) as u32);
    let mut pixmap = Pixmap::new(w, h)?;
    pixmap.fill(colour(page.background.into()));
    for placed in &page.pictures {
        put(&mut pixmap, placed, scale);
    }
    for shape in page.marks.iter().filter_map(|m| m.shape(scale)) {
        paint(&mut pixmap, &shape);
    }
    let pixels = pixmap.pixels().iter();
    let rgb = pixels.flat_map(|p| [p.red(), p.green(), p.blue()]);
    RgbImage::from_raw(w, h, rgb.collect())
}

/// An enlarged photo is exactly in its place; hard pixels, and means of several, are kept sharp by
/// standing on whole ones.
fn put(pixmap: &mut Pixmap, placed: &Placed, scale: f32) {
    let [mut x, mut y] = placed.at.map(|v| v * scale);
    let [mut w, mut h] = placed.size.map(|v| v * scale);
    let picture = &*placed.picture;
    let shrunk = w.round() < picture.width() as f32 || h.round() < picture.height() as f32;
    if shrunk || !placed.smooth {
        [x, y] = [x.round(), y.round()];
        [w, h] = [w.round().max(1.0), h.round().max(1.0)];
    }
    let source = match shrunk {
        true => Cow::Owned(resize(picture, w as u32, h as u32, FilterType::Triangle)),
        false => Cow::Borrowed(picture),
    };
    let (width, height) = source.dimensions();
    let Some(mut own) = Pixmap::new(width, height) else {
        return;
    };
    for (to, from) in own.data_mut().chunks_exact_mut(4).zip(source.pixels()) {
        to.copy_from_slice(&[from[0], from[1], from[2], 255]);
    }
    let paint = PixmapPaint {
        opacity: placed.opacity.clamp(0.0, 1.0),
        quality: match placed.smooth {
            true => FilterQuality::Bicubic,
            false => FilterQuality::Nearest,
        },
        ..PixmapPaint::default()
    };
    let place = Transform::from_row(w / width as f32, 0.0, 0.0, h / height as f32, x, y);
    pixmap.draw_pixmap(0, 0, own.as_ref(), &paint, place, None);
}

fn paint(pixmap: &mut Pixmap, shape: &Shape) {
    let (path, place) = (&shape.path, Transform::identity());
    let bounds = path.bounds();
    // What has no area is not for filling, and tiny-skia would warn.
    let fill = shape
        .fill
        .filter(|_| bounds.width().min(bounds.height()) > 1e-3);
    if let Some(ink) = fill {
        pixmap.fill_path(path, &painted(ink), FillRule::Winding, place, None);
    }
    if let Some(rim) = shape.rim {
        let stroke = Stroke {
            width: rim.width,
            line_cap: match shape.dash {
                Some(_) => LineCap::Butt,
                None => LineCap::Round,
            },
            line_join: LineJoin::Round,
            dash: shape.dash.and_then(|d| StrokeDash::new(d.to_vec(), 0.0)),
            ..Stroke::default()
        };
        pixmap.stroke_path(path, &painted(rim.ink), &stroke, place, None);
    }
}

fn painted(ink: Ink) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(colour(ink));
    paint.anti_alias = true;
    paint
}

fn colour(ink: Ink) -> Color {
    let [r, g, b] = ink.colour;
    let opacity = (255.0 * ink.opacity.clamp(0.0, 1.0)).round() as u8;
    Color::from_rgba8(r, g, b, opacity)
}
