//! The square that a network sees, cut out of a photo.

use image::RgbImage;

use super::preprocessing::Preprocessing;
use crate::label::{BoxTransform, INPUT_SIZE};

/// Samples along each axis of an input pixel at most. More would cost time in huge photos and
/// change little.
const MAX_OVERSAMPLING: usize = 4;

/// Cuts the transform's square out of `photo` into `out`, three planes of 128×128 (red, green,
/// blue), preprocessed. Bilinear; where the photo is finer than the input, the mean of several
/// samples a pixel. Outside the photo its edge is repeated.
pub fn crop(
    photo: &RgbImage,
    transform: &BoxTransform,
    preprocessing: &Preprocessing,
    out: &mut [f32],
) {
    let picture = Picture::new(photo);
    let samples = (transform.scale().round() as usize).clamp(1, MAX_OVERSAMPLING);
    let step = 1.0 / samples as f32;
    // The transform is affine: one corner and the two steps say all of it.
    let origin = transform.to_photo([step / 2.0, step / 2.0]);
    let along = |p: [f32; 2]| {
        let far = transform.to_photo(p);
        let side = INPUT_SIZE as f32;
        let near = transform.to_photo([0.0, 0.0]);
        [(far[0] - near[0]) / side, (far[1] - near[1]) / side]
    };
    let right = along([INPUT_SIZE as f32, 0.0]);
    let down = along([0.0, INPUT_SIZE as f32]);
    let weight = step * step;
    let (red, rest) = out.split_at_mut(INPUT_SIZE * INPUT_SIZE);
    let (green, blue) = rest.split_at_mut(INPUT_SIZE * INPUT_SIZE);
    for row in 0..INPUT_SIZE {
        for column in 0..INPUT_SIZE {
            let mut sum = [0.0; 3];
            for sub in 0..samples * samples {
                let u = column as f32 + (sub % samples) as f32 * step;
                let v = row as f32 + (sub / samples) as f32 * step;
                let x = origin[0] + right[0] * u + down[0] * v;
                let y = origin[1] + right[1] * u + down[1] * v;
                let colour = picture.at(x - 0.5, y - 0.5);
                for (s, c) in sum.iter_mut().zip(colour) {
                    *s += c * weight;
                }
            }
            let at = row * INPUT_SIZE + column;
            red[at] = (sum[0] - preprocessing.mean[0]) / preprocessing.std[0];
            green[at] = (sum[1] - preprocessing.mean[1]) / preprocessing.std[1];
            blue[at] = (sum[2] - preprocessing.mean[2]) / preprocessing.std[2];
        }
    }
}

/// The same square as a picture of 128×128 pixels: what the network sees.
pub fn crop_image(photo: &RgbImage, transform: &BoxTransform) -> RgbImage {
    let plane = INPUT_SIZE * INPUT_SIZE;
    let mut planes = vec![0.0; 3 * plane];
    let levels = Preprocessing {
        mean: [0.0; 3],
        std: [1.0; 3],
    };
    crop(photo, transform, &levels, &mut planes);
    RgbImage::from_fn(INPUT_SIZE as u32, INPUT_SIZE as u32, |x, y| {
        let at = y as usize * INPUT_SIZE + x as usize;
        image::Rgb([0, 1, 2].map(|c| planes[c * plane + at].round() as u8))
    })
}

struct Picture<'a> {
    bytes: &'a [u8],
    width: i32,
    height: i32,
}

impl<'a> Picture<'a> {
    fn new(photo: &'a RgbImage) -> Self {
        Self {
            bytes: photo.as_raw(),
            width: photo.width() as i32,
            height: photo.height() as i32,
        }
    }

    /// Red, green and blue, 0 to 255, between pixel indices.
    fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let (x0, y0) = (x0 as i32, y0 as i32);
        let column = |x: i32| 3 * x.clamp(0, self.width - 1) as usize;
        let row = |y: i32| 3 * self.width as usize * y.clamp(0, self.height - 1) as usize;
        let (left, right) = (column(x0), column(x0.saturating_add(1)));
        let (top, bottom) = (row(y0), row(y0.saturating_add(1)));
        [0, 1, 2].map(|c| {
            let v = |at: usize| f32::from(self.bytes[at + c]);
            let upper = v(top + left) + (v(top + right) - v(top + left)) * fx;
            let lower = v(bottom + left) + (v(bottom + right) - v(bottom + left)) * fx;
            upper + (lower - upper) * fy
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::FaceBox;
    use image::Rgb;

    fn cut(photo: &RgbImage, face: FaceBox) -> Vec<f32> {
        let mut out = vec![f32::NAN; 3 * INPUT_SIZE * INPUT_SIZE];
        crop(
            photo,
            &face.transform(),
            &Preprocessing::default(),
            &mut out,
        );
        out
    }

    #[test]
    fn a_crop_at_scale_one_is_the_picture() {
        let photo = RgbImage::from_fn(128, 128, |x, y| Rgb([x as u8, y as u8, 7]));
        let out = cut(&photo, FaceBox::new(0.0, 0.0, 128.0, 128.0));
        for (at, value) in out[..INPUT_SIZE * INPUT_SIZE].iter().enumerate() {
            let x = (at % INPUT_SIZE) as f32;
            assert!((value - (x / 127.5 - 1.0)).abs() < 1e-4, "{at}: {value}");
        }
    }

    #[test]
    fn minified_detail_becomes_its_mean() {
        let photo = RgbImage::from_fn(512, 512, |x, y| Rgb([((x + y) % 2 * 255) as u8; 3]));
        let out = cut(&photo, FaceBox::new(0.0, 0.0, 512.0, 512.0));
        assert!(out.iter().all(|v| v.abs() < 0.02));
    }

    #[test]
    fn a_box_far_outside_repeats_the_edge() {
        let photo = RgbImage::from_pixel(3, 2, Rgb([255, 0, 0]));
        let out = cut(&photo, FaceBox::new(-9e5, 9e5, 300.0, 300.0));
        assert!(out[0] == 1.0 && out.iter().all(|v| v.abs() == 1.0));
    }
}
