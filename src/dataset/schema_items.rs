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

/// The same under a name that differs in case and signs, where only one does.
pub fn attribute_like(schema: &Schema, name: &str) -> Option<(usize, usize)> {
    attribute(schema, name).or_else(|| {
        let wanted = plain(name);
        let tasks = schema.tasks.iter().enumerate();
        let items = tasks
            .filter(|(_, task)| !task.is_points())
            .flat_map(|(t, task)| {
                let items = task.items().enumerate();
                items.map(move |(i, item)| (item, (t, i)))
            });
        let mut alike = items.filter(|(item, _)| plain(item) == wanted);
        match (alike.next(), alike.next()) {
            (Some((_, place)), None) => Some(place),
            _ => None,
        }
    })
}

/// A name without what people write differently: case, spaces and signs.
pub fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
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

/// A point's name as the schema has it, of the ways in which programs write it: in any case, with
/// spaces or hyphens, or with the words in another order. The side is whichever was meant.
pub fn canonical(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut last_small = false;
    for c in name.trim().chars() {
        match c {
            ' ' | '-' | '.' => text.push('_'),
            // leftEye
            c if c.is_uppercase() && last_small => {
                text.push('_');
                text.extend(c.to_lowercase());
            }
            c => text.extend(c.to_lowercase()),
        }
        last_small = c.is_lowercase();
    }
    let known = match &*text {
        "lefteye" | "eye_left" => "left_eye",
        "righteye" | "eye_right" => "right_eye",
        "nose_tip" | "nosetip" => "nose",
        "mouth_left" | "left_mouth_corner" | "mouth_left_corner" | "leftmouth" => "left_mouth",
        "mouth_right" | "right_mouth_corner" | "mouth_right_corner" | "rightmouth" => "right_mouth",
        _ => return text,
    };
    known.to_owned()
}

/// A point of the schema by its name as programs write it: itself, or else one of the other ways.
pub fn point(schema: &Schema, name: &str) -> Option<(usize, usize)> {
    let find = |name: &str| {
        let mut tasks = schema.tasks.iter().enumerate();
        tasks.find_map(|(t, task)| {
            let item = task.items().position(|i| i == name)?;
            task.is_points().then_some((t, item))
        })
    };
    find(name).or_else(|| find(&canonical(name)))
}
