//! What is asked of a face by every check of its labels.

use crate::dataset::{Problem, Sample};
use crate::label::{Point, PointLabel, TaskLabels};

/// A problem of a face, where that is labelled.
pub fn of_face(sample: &Sample, what: String) -> Problem {
    if let Some(at) = &sample.labelled_at {
        let line = at.line.map(u64::from);
        return Problem::new(&at.file, line, format!("{}: {what}", sample.name()));
    }
    let what = match sample.which() {
        Some(which) => format!("face {which}: {what}"),
        None => what,
    };
    Problem::new(&sample.path, None, what)
}

/// The known points of a face, over all tasks.
pub fn known_points(sample: &Sample) -> impl Iterator<Item = Point> {
    let tasks = sample
        .annotation
        .tasks
        .iter()
        .filter_map(|labels| match labels {
            TaskLabels::Points(points) => Some(points),
            TaskLabels::Binary(_) => None,
        });
    tasks.flatten().filter_map(PointLabel::known)
}
