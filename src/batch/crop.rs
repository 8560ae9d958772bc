//! The square that a network sees, cut out of a photo.

use image::RgbImage;

use crate::label::{BoxTransform, INPUT_SIZE};
use crate::model::Preprocessing;

/// Cuts the transform's square out of `photo` into `out`, three planes of 128×128 (red, green,
/// blue), preprocessed; bilinear, the edge repeated outside the photo.
pub fn crop(
    photo: &RgbImage,
    transform: &BoxTransform,
    preprocessing: &Preprocessing,
    out: &mut [f32],
) {
    let (w, h) = (photo.width() as i32, photo.height() as i32);
    let plane = INPUT_SIZE * INPUT_SIZE;
    let pixel =
        |x: i32, y: i32| photo.get_pixel(x.clamp(0, w - 1) as u32, y.clamp(0, h - 1) as u32);
    for row in 0..INPUT_SIZE {
        for column in 0..INPUT_SIZE {
            let p = transform.to_photo([column as f32 + 0.5, row as f32 + 0.5]);
            let (x, y) = (p[0] - 0.5, p[1] - 0.5);
            let (x0, y0) = (x.floor(), y.floor());
            let (fx, fy) = (x - x0, y - y0);
            let (x0, y0) = (x0 as i32, y0 as i32);
            for c in 0..3 {
                let v = |dx, dy| f32::from(pixel(x0 + dx, y0 + dy)[c]);
                let top = v(0, 0) + (v(1, 0) - v(0, 0)) * fx;
                let bottom = v(0, 1) + (v(1, 1) - v(0, 1)) * fx;
                let value = top + (bottom - top) * fy;
                out[c * plane + row * INPUT_SIZE + column] =
                    (value - preprocessing.mean[c]) / preprocessing.std[c];
            }
        }
    }
}
