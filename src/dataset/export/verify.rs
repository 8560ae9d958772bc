//! What was written is read again before it is put in its place: labels that would come back otherwise
//! than they are, and not as it was said before, are none to hand on.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::exported_faces::ExportedFaces;
use super::format::Format;
use super::names::Names;
use crate::dataset::open::open_as_it_is;
use crate::dataset::{BoxSource, Sample, face_points, five_points, mtfl};
use crate::label::{FaceBox, PointLabel, PointState, Presence, TaskLabels};

/// How far a place may be from where it was: in files of whole pixels, and in others.
const WHOLE: f32 = 0.5 + 1e-3;
const CLOSE: f32 = 5e-3;

/// The first label that is read otherwise from the folder `from`, and how; faces whose pictures cannot
/// be read are not asked for.
pub fn misread(kept: &ExportedFaces, names: &Names, format: Format, from: &Path) -> Option<String> {
    if kept.samples.is_empty() {
        return None;
    }
    let read = match open_as_it_is(from, &kept.set.schema) {
        Ok(read) => read,
        // Pictures that are not there were said.
        Err(_)
            if !kept
                .samples
                .iter()
                .any(|s| from.join(names.text(&s.path)).exists()) =>
        {
            return None;
        }
        Err(error) => return Some(error.to_string()),
    };
    let mut theirs: HashMap<PathBuf, Vec<&Sample>> = HashMap::new();
    for sample in &read.samples {
        theirs
            .entry(sample.path.to_path_buf())
            .or_default()
            .push(sample);
    }
    for faces in kept.by_picture() {
        let path = from.join(names.text(&faces[0].path));
        let Some(read) = theirs.get(&path) else {
            // Among labels that lie beside pictures, one that is broken is no face.
            if !matches!(format, Format::Pts | Format::Labelme) && path.exists() {
                return Some(format!("{}: the face is not there", faces[0].name()));
            }
            continue;
        };
        for (n, ours) in faces.iter().enumerate() {
            let Some(theirs) = read.get(n) else {
                return Some(format!("{}: the face is not there", ours.name()));
            };
            if let Some(what) = differs(kept, format, ours, theirs) {
                return Some(format!("{}: {what}", ours.name()));
            }
        }
    }
    None
}

fn differs(kept: &ExportedFaces, format: Format, ours: &Sample, theirs: &Sample) -> Option<String> {
    let schema = &kept.set.schema;
    let whole = five_points(ours, schema).is_some();
    let place = face_points(schema);
    let tasks = ours.annotation.tasks.iter().zip(&theirs.annotation.tasks);
    for ((t, task), labels) in schema.tasks.iter().enumerate().zip(tasks) {
        let names: Vec<&str> = task.items().collect();
        match labels {
            (TaskLabels::Points(ours), TaskLabels::Points(theirs)) => {
                for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    let five = place.is_some_and(|(task, five)| t == task && five.contains(&i));
                    let ours = held_point(format, *ours, five && whole);
                    if !is_near(ours, *theirs, tolerance(format)) {
                        let [a, b] = [ours, *theirs].map(shown);
                        return Some(format!("{} is {a} and would be {b}", names[i]));
                    }
                }
            }
            (TaskLabels::Binary(ours), TaskLabels::Binary(theirs)) => {
                for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    let held = match format {
                        Format::Pts => false,
                        Format::Mtfl => mtfl::ATTRIBUTES.contains(&names[i]),
                        _ => true,
                    };
                    let ours = if held { *ours } else { Presence::Unknown };
                    if ours != *theirs {
                        let (a, b) = (ours.name(), theirs.name());
                        return Some(format!("{} is {a} and would be {b}", names[i]));
                    }
                }
            }
            _ => return Some(format!("{} would be another kind of label", task.name)),
        }
    }
    let held = match format {
        Format::Mtfl | Format::Pts => return None,
        Format::Celeba | Format::CelebaCsv if kept.aligned => return None,
        Format::Celeba | Format::CelebaCsv => ours.face_box.filter(|b| b.1 != BoxSource::Aligned),
        Format::Coco | Format::Labelme | Format::FacesCsv => ours.face_box,
    };
    let (ours, theirs) = (held.map(|b| b.0), theirs.face_box.map(|b| b.0));
    let sides = |b: FaceBox| [b.x, b.y, b.w, b.h];
    let same = match (ours, theirs) {
        (Some(a), Some(b)) => {
            let mut pairs = sides(a).into_iter().zip(sides(b));
            let large = 1.0 + a.w.max(a.h).max(a.x.abs()).max(a.y.abs()) * 1e-6;
            pairs.all(|(a, b)| (a - b).abs() <= tolerance(format) * large)
        }
        (None, None) => true,
        _ => false,
    };
    (!same).then(|| format!("the face's box is {ours:?} and would be {theirs:?}"))
}

fn tolerance(format: Format) -> f32 {
    match format.celeba_form() {
        Some(_) => WHOLE,
        None => CLOSE,
    }
}

/// A point as a format holds it. `whole` says that it is one of five points that are all known.
fn held_point(format: Format, label: PointLabel, whole: bool) -> PointLabel {
    match format {
        Format::Coco | Format::Labelme | Format::FacesCsv => label,
        _ if whole => PointLabel {
            state: PointState::Visible,
            ..label
        },
        _ => PointLabel::default(),
    }
}

fn is_near(a: PointLabel, b: PointLabel, tolerance: f32) -> bool {
    match (a.known(), b.known()) {
        (Some(p), Some(q)) => {
            let mut axes = p.into_iter().zip(q);
            let near = |(p, q): (f32, f32)| (p - q).abs() <= tolerance * (1.0 + p.abs() * 1e-5);
            a.state == b.state && axes.all(near)
        }
        (None, None) => true,
        _ => false,
    }
}

fn shown(label: PointLabel) -> String {
    match label.known() {
        Some([x, y]) => format!("{x}, {y}"),
        None => "unknown".into(),
    }
}
