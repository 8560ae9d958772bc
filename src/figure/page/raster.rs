//! A page as pixels.

use image::RgbImage;
use image::imageops::{FilterType, resize};

use super::{Anchor, Item, Page};
use crate::figure::{Canvas, Text};

/// `scale` is pixels per point. `None` for more than memory holds.
pub(super) fn draw(page: &Page, scale: f32) -> Option<RgbImage> {
    let size = |v: f32| (v * scale).round().max(1.0) as u32;
    let mut canvas = Canvas::new(size(page.width), size(page.height), [255; 3])?;
    let px = |p: &[f32; 2]| p.map(|v| v * scale);
    for item in &page.items {
        match item {
            Item::Rectangle { at, size, fill } => canvas.rectangle(px(at), px(size), *fill),
            Item::Lines {
                points,
                width,
                colour,
            } => {
                let points: Vec<_> = points.iter().map(px).collect();
                canvas.lines(&points, width * scale, *colour);
            }
            Item::Disc {
                center,
                radius,
                fill,
            } => canvas.disc(px(center), radius * scale, *fill),
            Item::Text {
                text,
                at,
                size,
                colour,
                anchor,
            } => {
                let size = size * scale;
                let back = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => 0.5,
                    Anchor::End => 1.0,
                };
                let [x, y] = px(at);
                let left = x - back * Text::new(text, size).width;
                canvas.text(text, [left, y], size, *colour);
            }
            Item::Picture {
                picture,
                at,
                size,
                smooth,
            } => {
                // Whole pixels, so that the picture's own stay sharp.
                let [x, y] = px(at).map(f32::round);
                let [w, h] = px(size).map(|v| v.round().max(1.0) as u32);
                canvas.picture(&fitted(picture, (w, h), *smooth), [x, y], 1.0, false);
            }
        }
    }
    Some(canvas.into_image())
}

fn fitted(picture: &RgbImage, (w, h): (u32, u32), smooth: bool) -> RgbImage {
    let smaller = w < picture.width() || h < picture.height();
    match (smaller, smooth) {
        _ if picture.dimensions() == (w, h) => picture.clone(),
        (true, _) => resize(picture, w, h, FilterType::Triangle),
        (false, true) => resize(picture, w, h, FilterType::CatmullRom),
        (false, false) => resize(picture, w, h, FilterType::Nearest),
    }
}
