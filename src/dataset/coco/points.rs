//! The schema's points by the names that COCO has for them.

use crate::label::{Schema, TaskKind};

/// COCO's name of each point of the schema.
pub fn coco_points(schema: &Schema) -> Vec<(String, (usize, usize))> {
    let mut names = Vec::new();
    for (t, task) in schema.tasks.iter().enumerate() {
        let TaskKind::Points {
            points, flip_pairs, ..
        } = &task.kind
        else {
            continue;
        };
        for (i, name) in points.iter().enumerate() {
            let sided = name.contains("left") || name.contains("right");
            let other = flip_pairs.iter().find_map(|&(a, b)| match i {
                _ if i == a => Some(b),
                _ if i == b => Some(a),
                _ => None,
            });
            let name = match other {
                Some(other) if sided => &points[other],
                _ => name,
            };
            names.push((name.clone(), (t, i)));
        }
    }
    names
}
