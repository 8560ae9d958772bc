//! Sizes, points and boxes as COCO files have them.

use serde_json::Value;

use crate::dataset::json::Cell;
use crate::dataset::number::{self, CONTINUOUS, FROM_ZERO};
use crate::label::{FaceBox, PointLabel, PointState};

/// A side of a picture.
pub fn size(value: &Value) -> Option<u32> {
    let side = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    side.filter(|s| *s >= 1.0 && *s < 1e6).map(|s| s as u32)
}

/// A point of x, y and v, or what is wrong with it.
pub fn point(xyv: &[Cell]) -> Result<PointLabel, &'static str> {
    let &[x, y, v] = xyv else {
        return Err("not three numbers");
    };
    let state = match v {
        Cell::Number(0.0) => return Ok(PointLabel::default()),
        Cell::Number(1.0) => PointState::Occluded,
        Cell::Number(2.0) => PointState::Visible,
        // No value at all is how some programs write a point that is not there.
        Cell::Missing if x == Cell::Missing && y == Cell::Missing => {
            return Ok(PointLabel::default());
        }
        Cell::Missing => return Err("no visibility"),
        Cell::Number(_) | Cell::Odd => return Err("a visibility that is not 0, 1 or 2"),
    };
    let moved = |cell: Cell| match cell {
        Cell::Number(n) => number::moved(n, FROM_ZERO).ok_or("a place too far away"),
        Cell::Missing => Err("no place"),
        Cell::Odd => Err("a place that is no number"),
    };
    Ok(PointLabel {
        at: [moved(x)?, moved(y)?],
        state,
    })
}

/// The box of x, y, width and height; negative sizes reach to the left and up.
pub fn box_of([x, y, w, h]: [f64; 4]) -> Option<FaceBox> {
    let [x, w] = [x + w.min(0.0), w.abs()];
    let [y, h] = [y + h.min(0.0), h.abs()];
    let [x, y, w, h] = [x, y, w, h].map(|v| number::moved(v, CONTINUOUS));
    let face_box = FaceBox::new(x?, y?, w?, h?);
    face_box.is_valid().then_some(face_box)
}
