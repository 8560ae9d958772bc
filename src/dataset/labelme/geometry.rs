//! Places and groups of shapes as labelme's files have them.

use serde_json::Value;

use crate::dataset::Sample;
use crate::dataset::json::{Cell, Numbers};
use crate::dataset::number::{self, CONTINUOUS};
use crate::label::{FaceBox, PointLabel, TaskLabels};

/// The face that a shape is of: 0 where it is of none in particular.
pub fn group(id: &Value) -> Option<u32> {
    let id = match id {
        Value::Null => return Some(0),
        Value::String(text) => text.trim().parse().ok()?,
        id => id.as_f64()?,
    };
    (id.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&id)).then_some(id as u32)
}

/// The corners of a shape.
pub fn corners(points: &Numbers) -> Option<Vec<[f64; 2]>> {
    let cells = points.cells();
    let pair = |xy: &[Cell]| Some([xy[0].number()?, xy[1].number()?]);
    let whole = !cells.is_empty() && cells.len().is_multiple_of(2);
    whole.then(|| cells.chunks_exact(2).map(pair).collect())?
}

/// The box that a shape is: a rectangle by two or four of its corners in any order, and a turned
/// one by its four.
pub fn extent(kind: &str, points: &[[f64; 2]]) -> Option<FaceBox> {
    match (kind, points) {
        ("rectangle", [_, _] | [_, _, _, _]) => {
            let side = |axis: usize| {
                let values = points.iter().map(|p| p[axis]);
                let low = values.clone().fold(f64::INFINITY, f64::min);
                (low, values.fold(f64::NEG_INFINITY, f64::max))
            };
            let ((left, right), (top, bottom)) = (side(0), side(1));
            Some(FaceBox::new(
                left as f32,
                top as f32,
                (right - left) as f32,
                (bottom - top) as f32,
            ))
        }
        ("rotation" | "oriented_rectangle", &[a, b, c, d]) => {
            let length = |a: [f64; 2], b: [f64; 2]| (b[0] - a[0]).hypot(b[1] - a[1]);
            let centre = [0, 1].map(|i| (a[i] + b[i] + c[i] + d[i]) / 4.0);
            let (w, h) = (length(a, b), length(b, c));
            let corner = [centre[0] - w / 2.0, centre[1] - h / 2.0].map(|v| v as f32);
            Some(FaceBox {
                angle: (b[1] - a[1]).atan2(b[0] - a[0]) as f32,
                ..FaceBox::new(corner[0], corner[1], w as f32, h as f32)
            })
        }
        _ => None,
    }
}

/// The box that just holds a face's points; `None` where they lie on a line.
pub fn about_points(sample: &Sample) -> Option<FaceBox> {
    let tasks = sample.annotation.tasks.iter();
    let points = tasks.flat_map(|labels| match labels {
        TaskLabels::Points(points) => points.as_slice(),
        TaskLabels::Binary(_) => &[],
    });
    let known: Vec<[f32; 2]> = points.filter_map(PointLabel::known).collect();
    let end = |axis: usize, pick: fn(f32, f32) -> f32| known.iter().map(|at| at[axis]).reduce(pick);
    let [x, y] = [end(0, f32::min)?, end(1, f32::min)?];
    let [right, bottom] = [end(0, f32::max)?, end(1, f32::max)?];
    let face_box = FaceBox::new(x, y, right - x, bottom - y);
    (face_box.w > 0.0 && face_box.h > 0.0).then_some(face_box)
}

/// The shape's type and corners of a box.
pub fn outline(b: FaceBox) -> (&'static str, Vec<[f64; 2]>) {
    let short = |v: f32| number::unmoved(v, CONTINUOUS);
    // In double precision, so that the sides come back as they were.
    let [x, y, w, h] = [b.x, b.y, b.w, b.h].map(short);
    if b.angle == 0.0 {
        let end = |from: f64, side: f64, same: f32| {
            let plain = ((from + side) * 1e6).round() / 1e6;
            // 0.3 rather than 0.30000000000000004, where that says the same.
            if (plain - from) as f32 == same {
                plain
            } else {
                from + side
            }
        };
        let corner = [end(x, w, b.w), end(y, h, b.h)];
        return ("rectangle", vec![[x, y], corner]);
    }
    let (sin, cos) = f64::from(b.angle).sin_cos();
    let corner = |(across, down): (f64, f64)| {
        let (dx, dy) = (across * w / 2.0, down * h / 2.0);
        let centre = [x + w / 2.0, y + h / 2.0];
        [
            centre[0] + dx * cos - dy * sin,
            centre[1] + dx * sin + dy * cos,
        ]
    };
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(corner);
    ("rotation", corners.to_vec())
}
