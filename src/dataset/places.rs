//! Where the things that many formats know of a face stand in a schema.

use super::Sample;
use crate::label::{Point, Schema, TaskLabels};

/// The five points of a face in the schema: the task, and the items left eye, right eye, nose, left
/// and right corner of the mouth.
pub fn face_points(schema: &Schema) -> Option<(usize, [usize; 5])> {
    const NAMES: [&str; 5] = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"];
    schema.tasks.iter().enumerate().find_map(|(t, task)| {
        let mut items = [0; 5];
        for (item, name) in items.iter_mut().zip(NAMES) {
            *item = task.items().position(|i| i == name)?;
        }
        task.is_points().then_some((t, items))
    })
}

/// The place of an attribute in the schema.
pub fn attribute(schema: &Schema, name: &str) -> Option<(usize, usize)> {
    schema.tasks.iter().enumerate().find_map(|(t, task)| {
        let item = task.items().position(|i| i == name)?;
        (!task.is_points()).then_some((t, item))
    })
}

/// The five points of a face, where all are known.
pub fn five_points(sample: &Sample, schema: &Schema) -> Option<[Point; 5]> {
    let (task, items) = face_points(schema)?;
    let TaskLabels::Points(points) = &sample.annotation.tasks[task] else {
        return None;
    };
    let mut five = [[0.0; 2]; 5];
    for (to, item) in five.iter_mut().zip(items) {
        *to = points[item].known()?;
    }
    Some(five)
}
