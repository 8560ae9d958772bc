//! From light to a picture: the lens, the exposure, the grain.

use image::RgbImage;

use super::appearance::Appearance;
use super::math::{Stream, V3, add, scale};

/// Lens blur, exposure, grain: light to bytes.
pub(super) fn develop(
    look: &Appearance,
    mut linear: Vec<V3>,
    width: usize,
    height: usize,
) -> RgbImage {
    if look.traits.blurry {
        let radius = (width as f32 * 0.014).max(1.0) as usize;
        for _ in 0..2 {
            linear = blur_columns(&blur_rows(&linear, width, radius), width, height, radius);
        }
    }
    let mut dice = Stream(look.grain ^ 0x6a1);
    let mut picture = RgbImage::new(width as u32, height as u32);
    for (i, pixel) in picture.pixels_mut().enumerate() {
        let (x, y) = (i % width, i / width);
        let (dx, dy) = (
            x as f32 / width as f32 - 0.5,
            y as f32 / height as f32 - 0.48,
        );
        let vignette = 1.0 - 0.5 * (dx * dx + dy * dy);
        let grain = 1.0 + 0.018 * (dice.unit() + dice.unit() - 1.0);
        pixel.0 = linear[i].map(|v| {
            let v = film(v * vignette * grain);
            (255.0 * v + 0.5).clamp(0.0, 255.0) as u8
        });
    }
    picture
}

/// Linear light to a screen's value, with a soft shoulder.
fn film(v: f32) -> f32 {
    let v = v.max(0.0) * 1.12;
    let toned = v * (1.0 + 0.22 * v) / (1.0 + 0.98 * v);
    // A little less in the shadows, as films have it.
    let toned = toned * (toned + 0.42) / (toned + 0.47);
    toned.clamp(0.0, 1.0).sqrt()
}

fn blur_rows(from: &[V3], width: usize, radius: usize) -> Vec<V3> {
    let mut to = Vec::with_capacity(from.len());
    for row in from.chunks_exact(width) {
        for x in 0..width {
            let range = x.saturating_sub(radius)..(x + radius + 1).min(width);
            let n = range.len() as f32;
            to.push(scale(
                row[range].iter().fold([0.0; 3], |s, v| add(s, *v)),
                1.0 / n,
            ));
        }
    }
    to
}

fn blur_columns(from: &[V3], width: usize, height: usize, radius: usize) -> Vec<V3> {
    let mut to = vec![[0.0; 3]; from.len()];
    for y in 0..height {
        let range = y.saturating_sub(radius)..(y + radius + 1).min(height);
        let n = range.len() as f32;
        for x in 0..width {
            let sum = range
                .clone()
                .fold([0.0; 3], |s, k| add(s, from[k * width + x]));
            to[y * width + x] = scale(sum, 1.0 / n);
        }
    }
    to
}
