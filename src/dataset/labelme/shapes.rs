//! labelme's shapes and flags from a face.

use serde_json::{Map, Value, json};

use super::file::OCCLUDED;
use super::geometry::{about_points, outline};
use crate::dataset::coco::{attributes, plain};
use crate::dataset::number::{self, CONTINUOUS};
use crate::dataset::{Dataset, Sample};
use crate::label::{FaceBox, PointLabel, PointState, TaskLabels};

/// The label of boxes.
const BOX: &str = "face";
/// In a rectangle that was drawn about a face's points: it has the face's flags, and is no box of the
/// data set's.
pub const FROM_POINTS: &str = "keypoints";
const BOX_SOURCE: &str = "bbox_source";

/// The shapes of one face of several: its flags are its box's, or of a rectangle about its points.
pub fn shapes_with_flags(set: &Dataset, sample: &Sample) -> Vec<Value> {
    let mut flags = self_flags(set, sample);
    let mut shapes = shapes_of(set, sample);
    if flags.is_empty() {
        return shapes;
    }
    if sample.face_box.is_none() {
        match flag_rectangle(sample) {
            Some(rectangle) => shapes.insert(0, rectangle),
            // Of a point it says that the point is.
            None => drop(flags.remove(OCCLUDED)),
        }
    }
    if let Some(Value::Object(of_shape)) = shapes.first_mut().map(|shape| &mut shape["flags"]) {
        of_shape.append(&mut flags);
    }
    shapes
}

/// Whether a face of several has a shape for flags of its own: none of its points.
pub fn carries_flags(sample: &Sample) -> bool {
    sample.face_box.is_some() || about_points(sample).is_some()
}

/// A rectangle about the points of a face for its flags.
pub fn flag_rectangle(sample: &Sample) -> Option<Value> {
    let (kind, corners) = outline(about_points(sample)?);
    let mut rectangle = shape(sample, BOX, (kind, &corners), false);
    rectangle[BOX_SOURCE] = FROM_POINTS.into();
    Some(rectangle)
}

/// Attributes, and columns that are yes or no.
pub fn self_flags(set: &Dataset, sample: &Sample) -> Map<String, Value> {
    let mut flags = attributes(set, sample);
    for (name, value) in set.columns.iter().zip(&sample.columns) {
        if let Ok(yes) = value.parse::<bool>() {
            flags.insert(name.clone(), yes.into());
        }
    }
    flags
}

/// The shapes of a face: its box, if the set has one, and its known points.
pub fn shapes_of(set: &Dataset, sample: &Sample) -> Vec<Value> {
    let mut shapes: Vec<Value> = box_shape(sample).into_iter().collect();
    for (task, labels) in set.schema.tasks.iter().zip(&sample.annotation.tasks) {
        if let TaskLabels::Points(labels) = labels {
            let known = task.items().zip(labels);
            shapes.extend(known.filter_map(|(name, label)| point_shape(sample, name, *label)));
        }
    }
    shapes
}

/// The box of a face; upright, as labelme draws it.
pub fn box_shape(sample: &Sample) -> Option<Value> {
    let (b, _) = sample.face_box?;
    let (kind, corners) = outline(FaceBox { angle: 0.0, ..b });
    Some(shape(sample, BOX, (kind, &corners), false))
}

/// A point of a face, if it is known.
pub fn point_shape(sample: &Sample, name: &str, label: PointLabel) -> Option<Value> {
    let at = label.known()?.map(|v| number::unmoved(v, CONTINUOUS));
    let hidden = label.state == PointState::Occluded;
    Some(shape(sample, name, ("point", &[at]), hidden))
}

fn shape(sample: &Sample, label: &str, (kind, points): (&str, &[[f64; 2]]), hidden: bool) -> Value {
    let points: Vec<_> = points.iter().map(|p| p.map(plain)).collect();
    let flags = match hidden {
        true => json!({ OCCLUDED: true }),
        false => json!({}),
    };
    json!({
        "label": label, "points": points, "group_id": sample.face, "description": "",
        "shape_type": kind, "flags": flags,
    })
}
