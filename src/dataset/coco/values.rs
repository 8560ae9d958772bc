//! Sizes, points and boxes as COCO files have them.

use serde_json::{Map, Value};

use crate::dataset::json::{Cell, Numbers};
use crate::dataset::number::{self, CONTINUOUS, FROM_ZERO};
use crate::dataset::{Dataset, Sample};
use crate::label::{FaceBox, PointLabel, PointState, Presence, TaskLabels};

/// Boxes of persons, which are kept as text: a face is only a part of them.
pub const PERSON_BOX: &str = "person_box";
/// The most foreign columns: each has a place in every face.
pub const MAX_COLUMNS: usize = 256;

/// Where a face's `bbox` comes from, if it is not the face's box. COCO's own tools need a `bbox`
/// and an `area` of every face.
pub const BOX_SOURCE: &str = "bbox_source";
pub const FROM_KEYPOINTS: &str = "keypoints";
pub const UNKNOWN: &str = "unknown";

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

/// As much of a value as a message needs.
pub fn shown(value: &Value) -> String {
    number::shown(&value.to_string()).to_owned()
}

/// The extent of the known keypoints, each a pixel: x, y, width and height.
pub fn extent(keypoints: &[f64]) -> Option<[f64; 4]> {
    let known = keypoints.chunks_exact(3).filter(|k| k[2] > 0.0);
    let axis = |axis: usize| {
        let ends = known.clone().map(|k| (k[axis], k[axis] + 1.0));
        ends.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
    };
    let ((left, right), (top, bottom)) = (axis(0)?, axis(1)?);
    Some([
        left,
        top,
        hundredths(right - left),
        hundredths(bottom - top),
    ])
}

/// A number that was worked out, as exactly as pictures need it.
pub fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// The numbers of a member; none where there is no list of them.
pub fn numbers(value: Option<&Value>) -> Numbers {
    let value = value.cloned().unwrap_or_default();
    serde_json::from_value(value).unwrap_or_default()
}

/// x, y and v of each point as they were; zeros where they say nothing that can be used.
pub fn keypoints(value: Option<&Value>, count: usize) -> Vec<f64> {
    let numbers = numbers(value);
    let cells = numbers.cells();
    if cells.len() != 3 * count {
        return vec![0.0; 3 * count];
    }
    let triples = cells.chunks_exact(3).flat_map(|xyv| {
        let all: Option<Vec<f64>> = xyv.iter().map(|cell| cell.number()).collect();
        match (all.as_deref(), point(xyv)) {
            (Some(&[x, y, v]), Ok(_)) => [x, y, v],
            _ => [0.0; 3],
        }
    });
    triples.collect()
}

/// A number as people write it: 12 rather than 12.0.
pub fn plain(number: f64) -> Value {
    const EXACT: f64 = 9e15;
    match number.fract() == 0.0 && number.abs() < EXACT {
        true => (number as i64).into(),
        false => number.into(),
    }
}

/// x, y and v of a point.
pub fn triple(label: PointLabel) -> [f64; 3] {
    let v = match label.state {
        PointState::Unknown => 0.0,
        PointState::Occluded => 1.0,
        PointState::Visible => 2.0,
    };
    let at = label.known().unwrap_or([0.5; 2]);
    let [x, y] = at.map(|v| number::unmoved(v, FROM_ZERO));
    [x, y, v]
}

/// The known attributes of a face, by name.
pub fn attributes(set: &Dataset, sample: &Sample) -> Map<String, Value> {
    let tasks = set.schema.tasks.iter().zip(&sample.annotation.tasks);
    let known = tasks.flat_map(|(task, labels)| {
        let values = match labels {
            TaskLabels::Binary(values) => values.as_slice(),
            TaskLabels::Points(_) => &[],
        };
        let value = |v: &Presence| v.known();
        task.items()
            .zip(values)
            .filter_map(move |(name, v)| Some((name.to_owned(), value(v)?.into())))
    });
    known.collect()
}
