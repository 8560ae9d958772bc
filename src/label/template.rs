//! The five points of a mean face: where those lie that nobody has labelled, as far as the others
//! tell.

use super::{FaceBox, INPUT_SIZE, Point};

/// Left eye, right eye, nose, left and right mouth corner of a frontal face, in pixels of 112 × 112:
/// the template of InsightFace (J. Deng et al., *ArcFace*, CVPR 2019), which is a mean.
const MEAN_FACE: [Point; 5] = [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
];

/// All points, with those that are unknown where the mean face has them once it is moved, turned and
/// scaled onto the known ones (least squares). `None` unless they are the five of a face, and two
/// that are apart are known.
pub(super) fn completed(points: &[Option<Point>]) -> Option<Vec<Point>> {
    if points.len() != MEAN_FACE.len() {
        return None;
    }
    let pairs = points.iter().zip(MEAN_FACE);
    let pairs: Vec<(Point, Point)> = pairs.filter_map(|(p, m)| Some(((*p)?, m))).collect();
    let n = pairs.len() as f32;
    let mean = |of: fn(&(Point, Point)) -> Point| {
        [0, 1].map(|i| pairs.iter().map(|pair| of(pair)[i]).sum::<f32>() / n)
    };
    let (found, model) = (mean(|p| p.0), mean(|p| p.1));
    // The similarity as a complex factor: Σ (p − p̄)·conj(m − m̄) / Σ |m − m̄|².
    let (mut re, mut im, mut energy) = (0.0, 0.0, 0.0);
    for (p, m) in &pairs {
        let [px, py] = [p[0] - found[0], p[1] - found[1]];
        let [mx, my] = [m[0] - model[0], m[1] - model[1]];
        re += px * mx + py * my;
        im += py * mx - px * my;
        energy += mx * mx + my * my;
    }
    let (re, im) = (re / energy, im / energy);
    if !(re.is_finite() && im.is_finite() && re.hypot(im) > 0.0) {
        return None;
    }
    let placed = |m: Point| {
        let [x, y] = [m[0] - model[0], m[1] - model[1]];
        [found[0] + re * x - im * y, found[1] + re * y + im * x]
    };
    let all = points.iter().zip(MEAN_FACE);
    Some(all.map(|(p, m)| p.unwrap_or_else(|| placed(m))).collect())
}

impl FaceBox {
    /// Where a mean face's five points are in the box, in the photo's pixels: [`Self::around`] makes this
    /// box of them.
    pub fn mean_points(&self) -> [Point; 5] {
        let whole = Self::around(&MEAN_FACE).unwrap_or(*self);
        let transform = self.transform();
        MEAN_FACE.map(|[x, y]| {
            let [u, v] = [(x - whole.x) / whole.w, (y - whole.y) / whole.h];
            transform.to_photo([u, v].map(|share| share * INPUT_SIZE as f32))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn two_points_tell_the_others_of_a_mean_face(
            at in prop::array::uniform2(-500.0f32..500.0),
            size in 0.1f32..10.0,
            turn in -3.0f32..3.0,
            first in 0usize..5,
            by in 1usize..5,
        ) {
            let (sin, cos) = turn.sin_cos();
            let face = MEAN_FACE.map(|[x, y]| {
                [at[0] + size * (cos * x - sin * y), at[1] + size * (sin * x + cos * y)]
            });
            let mut known = [None; 5];
            for i in [first, (first + by) % 5] {
                known[i] = Some(face[i]);
            }
            for (found, there) in completed(&known).unwrap().iter().zip(face) {
                let off = (found[0] - there[0]).hypot(found[1] - there[1]);
                prop_assert!(off < 0.01 * size.max(1.0), "{found:?} {there:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_mean_face_lies_in_the_box_that_is_made_of_it(
            at in prop::array::uniform2(-500.0f32..500.0),
            side in 8.0f32..900.0,
        ) {
            let face_box = FaceBox::new(at[0], at[1], side, side);
            let made = FaceBox::around(&face_box.mean_points()).unwrap();
            for (a, b) in [(made.x, at[0]), (made.y, at[1]), (made.w, side), (made.h, side)] {
                prop_assert!((a - b).abs() < 1e-4 * (side + at[0].abs() + at[1].abs()), "{made:?}");
            }
        }
    }

    #[test]
    fn what_tells_nothing_gives_nothing() {
        let known = |points: [Option<Point>; 5]| completed(&points);
        let p = Some([10.0, 20.0]);
        assert_eq!(known([None; 5]), None);
        assert_eq!(known([p, None, None, None, None]), None);
        assert_eq!(known([p, p, None, None, None]), None, "in one place");
        assert_eq!(completed(&[p, Some([30.0, 20.0]), None]), None, "no face");
    }
}
