//! Places and groups of shapes as labelme's files have them.

use serde_json::Value;

use crate::dataset::json::{Cell, Numbers};
use crate::label::FaceBox;

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
