//! Where a face is in the photo, and the one place where coordinates are transformed.

use serde::{Deserialize, Serialize};

use super::Point;

/// Side of the network's square input, in pixels.
pub const INPUT_SIZE: usize = 128;

/// A rectangle in photo coordinates, turned about its centre.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceBox {
    /// Left edge before turning, in pixels.
    pub x: f32,
    /// Upper edge before turning, in pixels.
    pub y: f32,
    pub w: f32,
    pub h: f32,
    /// Turn about the centre in radians, clockwise on the screen.
    #[serde(default)]
    pub angle: f32,
}

impl FaceBox {
    pub fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self {
            x,
            y,
            w,
            h,
            angle: 0.0,
        }
    }

    /// The upright square of side 2·`half` about `center`.
    pub fn square(center: Point, half: f32) -> Self {
        Self::new(center[0] - half, center[1] - half, 2.0 * half, 2.0 * half)
    }

    /// The square that labelled points suggest: around their mean, its half side twice the larger
    /// side of their bounding rectangle. `None` without two distinct points.
    pub fn around(points: &[Point]) -> Option<Self> {
        let n = points.len() as f32;
        let mean = [0, 1].map(|i| points.iter().map(|p| p[i]).sum::<f32>() / n);
        let extent = [0, 1].map(|i| {
            let (low, high) = points
                .iter()
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), p| {
                    (l.min(p[i]), h.max(p[i]))
                });
            high - low
        });
        let half = 2.0 * extent[0].max(extent[1]);
        (half.is_finite() && half > 0.0).then(|| Self::square(mean, half))
    }

    /// The box of a picture about which nothing is known: all of it if it is about square (its
    /// sides within 10 % of each other), else its centre square.
    pub fn of_picture(width: u32, height: u32) -> Self {
        let (w, h) = (width as f32, height as f32);
        if w.max(h) <= 1.1 * w.min(h) {
            Self::new(0.0, 0.0, w, h)
        } else {
            Self::square([w / 2.0, h / 2.0], w.min(h) / 2.0)
        }
    }

    pub fn center(&self) -> Point {
        [self.x + self.w / 2.0, self.y + self.h / 2.0]
    }

    /// Side of the square that is cut out for the network, in photo pixels: the longer side of
    /// the box, so that a face keeps its proportions.
    pub fn side(&self) -> f32 {
        self.w.max(self.h)
    }

    /// Usable: finite, with a side of at least a pixel and no larger than a picture can be.
    pub fn is_valid(&self) -> bool {
        let all = [self.x, self.y, self.w, self.h, self.angle];
        all.iter().all(|v| v.is_finite() && v.abs() < 1e6) && self.w >= 1.0 && self.h >= 1.0
    }

    /// The corners in photo coordinates, clockwise from the upper left one.
    pub fn corners(&self) -> [Point; 4] {
        let c = self.center();
        let (sin, cos) = self.angle.sin_cos();
        [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map(|(u, v)| {
            let (dx, dy) = (u * self.w, v * self.h);
            [c[0] + cos * dx - sin * dy, c[1] + sin * dx + cos * dy]
        })
    }

    /// Intersection over union of the two boxes, both taken upright.
    pub fn iou(&self, other: &Self) -> f32 {
        let along = |a0: f32, a1: f32, b0: f32, b1: f32| (a1.min(b1) - a0.max(b0)).max(0.0);
        let width = along(self.x, self.x + self.w, other.x, other.x + other.w);
        let height = along(self.y, self.y + self.h, other.y, other.y + other.h);
        let both = width * height;
        both / (self.w * self.h + other.w * other.h - both)
    }

    /// Whether any part of it lies in a picture of this size.
    pub fn overlaps(&self, width: u32, height: u32) -> bool {
        let (w, h) = (width as f32, height as f32);
        let picture = [[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]];
        let (sin, cos) = self.angle.sin_cos();
        // Two rectangles are apart where along a side of either their shadows are.
        let sides = [[1.0, 0.0], [0.0, 1.0], [cos, sin], [-sin, cos]];
        sides.into_iter().all(|side: Point| {
            let shadow = |corners: [Point; 4]| {
                let at = corners.map(|c| c[0] * side[0] + c[1] * side[1]);
                at.into_iter().fold([f32::MAX, f32::MIN], |[low, high], v| {
                    [low.min(v), high.max(v)]
                })
            };
            let ([low, high], [from, to]) = (shadow(self.corners()), shadow(picture));
            low < to && from < high
        })
    }

    pub fn transform(&self) -> BoxTransform {
        let scale = f64::from(self.side()) / INPUT_SIZE as f64;
        let (sin, cos) = f64::from(self.angle).sin_cos();
        BoxTransform {
            center: self.center().map(f64::from),
            sin: sin * scale,
            cos: cos * scale,
            mirrored: false,
        }
    }
}

/// The similarity between photo coordinates and the network's input, 0 to [`INPUT_SIZE`] along
/// both axes. In double precision, so that both directions agree to 1e-3 px in any photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxTransform {
    center: [f64; 2],
    /// Sine and cosine of the turn, times photo pixels per input pixel.
    sin: f64,
    cos: f64,
    mirrored: bool,
}

impl BoxTransform {
    /// The same crop seen in a mirror: what was left in the input is right.
    pub fn mirrored(self) -> Self {
        Self {
            mirrored: !self.mirrored,
            ..self
        }
    }

    pub fn is_mirrored(&self) -> bool {
        self.mirrored
    }

    /// Photo pixels per input pixel.
    pub fn scale(&self) -> f64 {
        self.sin.hypot(self.cos)
    }

    /// From the network's input to the photo.
    pub fn to_photo(&self, p: Point) -> Point {
        let half = INPUT_SIZE as f64 / 2.0;
        let mut u = f64::from(p[0]) - half;
        let v = f64::from(p[1]) - half;
        if self.mirrored {
            u = -u;
        }
        [
            (self.center[0] + self.cos * u - self.sin * v) as f32,
            (self.center[1] + self.sin * u + self.cos * v) as f32,
        ]
    }

    /// From the photo to the network's input.
    pub fn to_input(&self, p: Point) -> Point {
        let half = INPUT_SIZE as f64 / 2.0;
        let dx = f64::from(p[0]) - self.center[0];
        let dy = f64::from(p[1]) - self.center[1];
        let square = self.sin * self.sin + self.cos * self.cos;
        let mut u = (self.cos * dx + self.sin * dy) / square;
        let v = (-self.sin * dx + self.cos * dy) / square;
        if self.mirrored {
            u = -u;
        }
        [(u + half) as f32, (v + half) as f32]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_transform_and_its_inverse_agree(
            x in -500f32..5000.0, y in -500f32..5000.0, w in 8f32..3000.0, h in 8f32..3000.0,
            angle in -3.2f32..3.2, u in -20f32..148.0, v in -20f32..148.0, mirror: bool,
        ) {
            let mut t = FaceBox { angle, ..FaceBox::new(x, y, w, h) }.transform();
            if mirror { t = t.mirrored(); }
            let photo = t.to_photo([u, v]);
            let again = t.to_photo(t.to_input(photo));
            prop_assert!(super::super::distance(photo, again) < 1e-3, "{photo:?} {again:?}");
        }

        #[test]
        fn the_input_spans_the_square_about_the_box(
            x in 0f32..1000.0, y in 0f32..1000.0, side in 8f32..1000.0, angle in -3.2f32..3.2,
        ) {
            let b = FaceBox { angle, ..FaceBox::new(x, y, side, side) };
            let s = INPUT_SIZE as f32;
            let inputs = [[0.0, 0.0], [s, 0.0], [s, s], [0.0, s]];
            for (corner, input) in b.corners().into_iter().zip(inputs) {
                let mapped = b.transform().to_photo(input);
                prop_assert!(super::super::distance(corner, mapped) < 1e-2);
            }
        }
    }

    #[test]
    fn a_mirrored_crop_swaps_left_and_right() {
        let t = FaceBox::new(0.0, 0.0, 128.0, 128.0).transform().mirrored();
        assert_eq!(t.to_input([10.0, 20.0]), [118.0, 20.0]);
    }

    #[test]
    fn an_unknown_picture_gets_all_or_its_centre() {
        assert_eq!(FaceBox::of_picture(100, 105).h, 105.0);
        assert_eq!(
            FaceBox::of_picture(200, 100),
            FaceBox::new(50.0, 0.0, 100.0, 100.0)
        );
    }

    #[test]
    fn a_box_lies_in_a_picture_by_any_part_of_it() {
        let turned = |x: f32, y: f32, angle: f32| FaceBox {
            angle,
            ..FaceBox::new(x, y, 40.0, 40.0)
        };
        for (face_box, is) in [
            (turned(10.0, 10.0, 0.0), true),
            (turned(-39.0, -39.0, 0.0), true),
            (turned(-40.0, 0.0, 0.0), false),
            (turned(100.0, 0.0, 0.0), false),
            (turned(0.0, 51.0, 0.0), false),
            (FaceBox::new(-500.0, -500.0, 2000.0, 2000.0), true),
            // Turned by 45°, a corner reaches 8 px further to the side, and a side less far to a corner.
            (turned(-47.0, 10.0, std::f32::consts::FRAC_PI_4), true),
            (turned(-36.0, -36.0, std::f32::consts::FRAC_PI_4), false),
        ] {
            assert_eq!(face_box.overlaps(100, 50), is, "{face_box:?}");
        }
    }

    #[test]
    fn points_suggest_a_box() {
        let b = FaceBox::around(&[[0.0, 0.0], [10.0, 0.0], [5.0, 12.0]]).unwrap();
        assert_eq!(b.side(), 48.0);
        assert!(FaceBox::around(&[]).is_none());
        assert!(FaceBox::around(&[[1.0, 1.0]]).is_none());
    }
}
