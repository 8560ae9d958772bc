//! What is wrong with labels by themselves: eyes that are exchanged, points outside of the picture,
//! boxes of no area, attributes that exclude each other.

use std::fmt;

use crate::dataset::Sample;
use crate::label::{Point, PointLabel, Presence, Schema, TaskKind, TaskLabels};

/// Points of which one side's are the other's, and where they are, are this far out of a box: its
/// side, on each side of it.
const FAR: f32 = 1.0;

/// Attributes that a face cannot have together.
const EXCLUSIVE: [(&str, &str); 9] = [
    ("No_Beard", "Goatee"),
    ("No_Beard", "Mustache"),
    ("Bald", "Bangs"),
    ("Black_Hair", "Blond_Hair"),
    ("Black_Hair", "Brown_Hair"),
    ("Black_Hair", "Gray_Hair"),
    ("Blond_Hair", "Brown_Hair"),
    ("Blond_Hair", "Gray_Hair"),
    ("Brown_Hair", "Gray_Hair"),
];

/// What may be wrong with a face's labels.
#[derive(Clone, Debug, PartialEq)]
pub enum Suspicion {
    /// Each point of the left side is right of its pair, by task: exchanging them is safe.
    Mirrored { task: usize },
    /// A point, by task and place, lies outside of the picture.
    OutsidePicture {
        task: usize,
        item: usize,
        name: String,
    },
    /// A point lies far outside of the face's box.
    OutsideBox {
        task: usize,
        item: usize,
        name: String,
    },
    /// The box has no area.
    EmptyBox,
    /// Both attributes are labelled as present.
    Contradiction { first: String, second: String },
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let plain = |name: &str| name.replace('_', " ");
        match self {
            Self::Mirrored { .. } => f.write_str("left and right points are exchanged"),
            Self::OutsidePicture { name, .. } => {
                write!(f, "{} is outside of the picture", plain(name))
            }
            Self::OutsideBox { name, .. } => {
                write!(f, "{} is far from the face's box", plain(name))
            }
            Self::EmptyBox => f.write_str("the box has no area"),
            Self::Contradiction { first, second } => {
                write!(
                    f,
                    "{} and {} exclude each other",
                    plain(first),
                    plain(second)
                )
            }
        }
    }
}

/// What may be wrong with the labels of a face. `size` is the picture's, where it is known.
pub fn suspicions(sample: &Sample, schema: &Schema, size: Option<(u32, u32)>) -> Vec<Suspicion> {
    let mut found = Vec::new();
    if let Some((face_box, _)) = sample.face_box
        && !(face_box.w > 0.0 && face_box.h > 0.0)
    {
        found.push(Suspicion::EmptyBox);
    }
    for (t, task) in schema.tasks.iter().enumerate() {
        match (&task.kind, sample.annotation.of(t, task)) {
            (
                TaskKind::Points {
                    points: names,
                    flip_pairs,
                    ..
                },
                Some(TaskLabels::Points(points)),
            ) => {
                if is_mirrored(points, flip_pairs) {
                    found.push(Suspicion::Mirrored { task: t });
                }
                let known = points.iter().zip(names).enumerate();
                let known = known.filter_map(|(i, (p, name))| Some((i, p.known()?, name)));
                for (item, at, name) in known {
                    let name = name.clone();
                    if size.is_some_and(|size| !is_inside(at, size)) {
                        found.push(Suspicion::OutsidePicture {
                            task: t,
                            item,
                            name,
                        });
                    } else if sample
                        .face_box
                        .is_some_and(|(b, _)| is_far(at, b.center(), b.side()))
                    {
                        found.push(Suspicion::OutsideBox {
                            task: t,
                            item,
                            name,
                        });
                    }
                }
            }
            (TaskKind::Binary { .. }, Some(TaskLabels::Binary(values))) => {
                let is = |name: &str| {
                    let at = task.items().position(|item| item == name);
                    at.is_some_and(|i| values[i] == Presence::Present)
                };
                let both = EXCLUSIVE.iter().filter(|(a, b)| is(a) && is(b));
                found.extend(both.map(|(first, second)| Suspicion::Contradiction {
                    first: (*first).into(),
                    second: (*second).into(),
                }));
            }
            _ => {}
        }
    }
    found
}

/// The labels of a task with its sides exchanged.
pub fn exchanged(points: &[PointLabel], flip_pairs: &[(usize, usize)]) -> Vec<PointLabel> {
    let mut points = points.to_vec();
    for (a, b) in flip_pairs {
        if *a < points.len() && *b < points.len() {
            points.swap(*a, *b);
        }
    }
    points
}

/// Whether every pair of which both are known, two at least, has its left point at the right. "Left"
/// is the left of the picture.
fn is_mirrored(points: &[PointLabel], flip_pairs: &[(usize, usize)]) -> bool {
    let at = |i: usize| points.get(i).and_then(PointLabel::known);
    let pairs = flip_pairs
        .iter()
        .filter_map(|(a, b)| Some((at(*a)?, at(*b)?)));
    let pairs: Vec<(Point, Point)> = pairs.collect();
    pairs.len() >= 2 && pairs.iter().all(|(left, right)| left[0] > right[0])
}

fn is_inside([x, y]: Point, (width, height): (u32, u32)) -> bool {
    (0.0..=width as f32).contains(&x) && (0.0..=height as f32).contains(&y)
}

fn is_far(at: Point, centre: Point, side: f32) -> bool {
    let beyond = |i: usize| (at[i] - centre[i]).abs() > side * (0.5 + FAR);
    side > 0.0 && (beyond(0) || beyond(1))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::dataset::BoxSource;
    use crate::label::FaceBox;

    fn labelled() -> Sample {
        let mut sample = Sample::unlabelled(Path::new("a.png"), &Schema::face());
        sample.face_box = Some((FaceBox::new(0.0, 0.0, 100.0, 100.0), BoxSource::DataSet));
        let places = [
            [30.0, 40.0],
            [70.0, 40.0],
            [50.0, 60.0],
            [35.0, 80.0],
            [65.0, 80.0],
        ];
        sample.annotation.tasks[0] = TaskLabels::Points(places.map(PointLabel::visible).to_vec());
        sample
    }

    fn found(sample: &Sample) -> Vec<String> {
        let all = suspicions(sample, &Schema::face(), Some((120, 120)));
        all.iter().map(ToString::to_string).collect()
    }

    fn set(sample: &mut Sample, names: &[&str]) {
        let schema = Schema::face();
        if let TaskLabels::Binary(values) = &mut sample.annotation.tasks[1] {
            for (value, item) in values.iter_mut().zip(schema.tasks[1].items()) {
                *value = names.contains(&item).into();
            }
        }
    }

    #[test]
    fn exchanged_sides_are_found_and_exchanged_back() {
        let mut sample = labelled();
        assert_eq!(found(&sample), [""; 0]);
        let schema = Schema::face();
        let (TaskKind::Points { flip_pairs, .. }, TaskLabels::Points(points)) =
            (&schema.tasks[0].kind, &mut sample.annotation.tasks[0])
        else {
            unreachable!()
        };
        let right = points.clone();
        *points = exchanged(points, flip_pairs);
        assert_eq!(exchanged(points, flip_pairs), right);
        assert_eq!(found(&sample), ["left and right points are exchanged"]);
        // A face on its side has one pair so at most, and of one pair nothing is said.
        if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
            *points = right;
            points.swap(0, 1);
        }
        assert_eq!(found(&sample), [""; 0]);
    }

    #[test]
    fn places_and_contradictions_are_named() {
        let mut sample = labelled();
        if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
            points[2].at = [50.0, 121.0];
            points[3].at = [-40.0, 80.0];
        }
        let words = [
            "nose is outside of the picture",
            "left mouth is outside of the picture",
        ];
        assert_eq!(found(&sample), words);
        sample.face_box = Some((FaceBox::new(100.0, 0.0, 20.0, 20.0), BoxSource::DataSet));
        sample.annotation = labelled().annotation;
        assert_eq!(found(&sample).len(), 5, "all points are far from the box");
        sample.face_box = Some((FaceBox::new(0.0, 0.0, 0.0, 9.0), BoxSource::DataSet));
        assert_eq!(found(&sample)[0], "the box has no area");
        let mut sample = labelled();
        set(
            &mut sample,
            &["No_Beard", "Mustache", "Black_Hair", "Young"],
        );
        assert_eq!(found(&sample), ["No Beard and Mustache exclude each other"]);
        set(&mut sample, &["No_Beard", "Black_Hair", "Young"]);
        assert_eq!(found(&sample), [""; 0]);
    }
}
