//! The columns of `faces.csv`, and what stands in each of them.

use crate::dataset::export::exported_faces::ExportedFaces;
use crate::dataset::number::{self, CONTINUOUS, FROM_ZERO};
use crate::dataset::{Dataset, Sample};
use crate::label::{PointState, TaskKind, TaskLabels};

/// What stands in a column of the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Image,
    Face,
    /// x, y, w or h.
    Box(usize),
    /// The right or lower end, as other programs have it.
    BoxEnd(usize),
    Angle,
    Split,
    Identity,
    /// (task, item, axis)
    Point(usize, usize, usize),
    State(usize, usize),
    Attribute(usize, usize),
    /// Where a label comes from.
    Source(usize, usize),
    Foreign(usize),
}

/// The columns of which anything is known.
pub fn columns(kept: &ExportedFaces) -> Vec<(String, Column)> {
    let Dataset {
        schema,
        columns: foreign,
        ..
    } = kept.set;
    let mut all: Vec<(String, Column)> = vec![
        ("image".into(), Column::Image),
        ("face".into(), Column::Face),
    ];
    all.extend(
        ["x", "y", "w", "h"]
            .into_iter()
            .enumerate()
            .map(|(i, n)| (n.into(), Column::Box(i))),
    );
    all.push(("angle".into(), Column::Angle));
    all.push(("split".into(), Column::Split));
    all.push(("identity".into(), Column::Identity));
    for (t, task) in schema.tasks.iter().enumerate() {
        for (i, name) in task.items().enumerate() {
            match task.kind {
                TaskKind::Points { .. } => {
                    all.push((format!("{name}_x"), Column::Point(t, i, 0)));
                    all.push((format!("{name}_y"), Column::Point(t, i, 1)));
                    all.push((format!("{name}_state"), Column::State(t, i)));
                }
                TaskKind::Binary { .. } => all.push((name.to_owned(), Column::Attribute(t, i))),
            }
            all.push((format!("{name}_source"), Column::Source(t, i)));
        }
    }
    let mut taken: std::collections::HashSet<String> = all.iter().map(|(n, _)| n.clone()).collect();
    for (c, name) in foreign.iter().enumerate() {
        // A column that came from elsewhere may have a name with a meaning here.
        let mut free = name.trim().to_owned();
        while free.is_empty() || !taken.insert(free.clone()) {
            free.push('_');
        }
        all.push((free, Column::Foreign(c)));
    }
    all.retain(|(_, column)| match column {
        Column::Image | Column::Foreign(_) => true,
        column => kept.samples.iter().any(|s| says(column, s)),
    });
    all
}

/// Whether a column is needed for this face.
pub fn says(column: &Column, sample: &Sample) -> bool {
    match column {
        Column::Face => sample.face != 0,
        Column::Angle => sample.face_box.is_some_and(|(b, _)| b.angle != 0.0),
        Column::State(t, i) => matches!(
            &sample.annotation.tasks[*t],
            TaskLabels::Points(labels) if labels[*i].state == PointState::Occluded
        ),
        column => !cell(column, sample).is_empty(),
    }
}

/// What stands in a column of a face's row; nothing where it is unknown.
pub fn cell(column: &Column, sample: &Sample) -> String {
    let label = |t: usize, i: usize| match &sample.annotation.tasks[t] {
        TaskLabels::Points(labels) => Some(labels[i]),
        TaskLabels::Binary(_) => None,
    };
    match *column {
        Column::Image => String::new(),
        Column::Face => sample.face.to_string(),
        Column::Box(side) => sample.face_box.map_or(String::new(), |(b, _)| {
            number::text([b.x, b.y, b.w, b.h][side], CONTINUOUS)
        }),
        Column::BoxEnd(axis) => sample.face_box.map_or(String::new(), |(b, _)| {
            let [from, side] =
                [[b.x, b.w], [b.y, b.h]][axis].map(|v| number::unmoved(v, CONTINUOUS));
            (((from + side) * 1e6).round() / 1e6).to_string()
        }),
        Column::Angle => sample
            .face_box
            .map_or(String::new(), |(b, _)| number::text(b.angle, CONTINUOUS)),
        Column::Split => sample.split.map_or(String::new(), |s| s.to_string()),
        Column::Identity => sample.identity.as_deref().unwrap_or("").to_owned(),
        Column::Point(t, i, axis) => label(t, i)
            .and_then(|l| l.known())
            .map_or(String::new(), |at| number::text(at[axis], FROM_ZERO)),
        Column::State(t, i) => match label(t, i).map(|l| l.state) {
            Some(PointState::Occluded) => "occluded".into(),
            Some(PointState::Visible) => "visible".into(),
            _ => String::new(),
        },
        Column::Attribute(t, i) => match &sample.annotation.tasks[t] {
            TaskLabels::Binary(values) => match values[i].known() {
                Some(true) => "1".into(),
                Some(false) => "-1".into(),
                None => String::new(),
            },
            TaskLabels::Points(_) => String::new(),
        },
        Column::Source(t, i) => sample.annotation.provenance(t, i).word(),
        Column::Foreign(c) => sample
            .columns
            .get(c)
            .map_or(String::new(), |v| (**v).to_owned()),
    }
}
