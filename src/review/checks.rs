//! What may be wrong with labels, as they alone say: sides that are exchanged, points outside of the
//! picture, on the rim of the box or all in one spot, boxes of no area, attributes that exclude each
//! other, points that an approved face does not have.

use std::fmt;

use super::entry::Status;
use crate::dataset::{BoxSource, Sample, are_sides_exchanged, opposite_pairs};
use crate::label::{FaceBox, Point, PointLabel, Presence, Schema, TaskKind, TaskLabels, distance};

/// How many sides of its box a point may lie outside of it.
const FAR: f32 = 1.0;
/// Nearer than this to a side of the box, in its sides, a point lies on it: whoever cut it off there
/// did not see it.
const RIM: f32 = 0.005;
/// So near to each other, in sides of the box, points lie in one spot.
const SPOT: f32 = 0.02;
/// As many points in one spot are no face seen from the side.
const BUNCH: usize = 3;

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
    /// Left and right of all points are exchanged, by task: exchanging them is safe.
    Mirrored { task: usize },
    /// Two pairs of points, as eyes and corners of the mouth, run in opposite directions.
    Opposite { pairs: [String; 2] },
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
    /// A point lies on the rim of the face's box, which others do not reach.
    OnRim {
        task: usize,
        item: usize,
        name: String,
    },
    /// Three points or more of a task lie in one spot.
    Bunched { names: Vec<String> },
    /// The face is approved, and these points are unknown where others are not.
    Missing { names: Vec<String> },
    /// The box has no area.
    EmptyBox,
    /// Both attributes are labelled as present.
    Contradiction { first: String, second: String },
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let plain = |name: &str| name.replace('_', " ");
        let all = |names: &[String]| match names {
            [first @ .., last] if !first.is_empty() => {
                let first: Vec<String> = first.iter().map(|n| plain(n)).collect();
                format!("{} and {}", first.join(", "), plain(last))
            }
            names => names.iter().map(|n| plain(n)).collect(),
        };
        match self {
            Self::Mirrored { .. } => f.write_str("left and right points are exchanged"),
            Self::Opposite { pairs: [a, b] } => {
                let (a, b) = (plain(a), plain(b));
                write!(f, "{a} and {b} run in opposite directions")
            }
            Self::OutsidePicture { name, .. } => {
                write!(f, "{} is outside of the picture", plain(name))
            }
            Self::OutsideBox { name, .. } => {
                write!(f, "{} is far from the face's box", plain(name))
            }
            Self::OnRim { name, .. } => {
                write!(f, "{} is on the rim of the face's box", plain(name))
            }
            Self::Bunched { names } => write!(f, "{} are in one spot", all(names)),
            Self::Missing { names } => {
                let are = if names.len() == 1 { "is" } else { "are" };
                write!(f, "approved, though {} {are} unknown", all(names))
            }
            Self::EmptyBox => f.write_str("the box has no area"),
            Self::Contradiction { first, second } => {
                let (first, second) = (plain(first), plain(second));
                write!(f, "{first} and {second} exclude each other")
            }
        }
    }
}

/// What may be wrong with the labels of a face of a status. `size` is the picture's, where it is
/// known.
pub fn suspicions(
    sample: &Sample,
    status: Status,
    schema: &Schema,
    size: Option<(u32, u32)>,
) -> Vec<Suspicion> {
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
                if are_sides_exchanged(points, t, schema) {
                    found.push(Suspicion::Mirrored { task: t });
                } else if let Some(pairs) = opposite_pairs(points, flip_pairs) {
                    let name = |(a, b): (usize, usize)| format!("{} to {}", names[a], names[b]);
                    let pairs = pairs.map(name);
                    found.push(Suspicion::Opposite { pairs });
                }
                found.extend(places(sample, (t, points, names), size));
                let named = |items: Vec<usize>| items.iter().map(|i| names[*i].clone()).collect();
                let bunch = bunched(points, given_box(sample));
                if !bunch.is_empty() {
                    let names = named(bunch);
                    found.push(Suspicion::Bunched { names });
                }
                let unknown = |i: &usize| points[*i].known().is_none();
                let missing: Vec<usize> = (0..points.len()).filter(unknown).collect();
                let some = !missing.is_empty() && missing.len() < points.len();
                if status == Status::Approved && some {
                    let names = named(missing);
                    found.push(Suspicion::Missing { names });
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

/// The box that the set has of a face, or that somebody drew: not one that was made of its points.
fn given_box(sample: &Sample) -> Option<FaceBox> {
    let given = |(_, source): &(FaceBox, BoxSource)| *source == BoxSource::DataSet;
    sample.face_box.filter(given).map(|(face_box, _)| face_box)
}

/// Points of a task, with their names, that lie where none belongs.
fn places(
    sample: &Sample,
    (task, points, names): (usize, &[PointLabel], &[String]),
    size: Option<(u32, u32)>,
) -> Vec<Suspicion> {
    let given = given_box(sample);
    let rims: Vec<[bool; 4]> = points
        .iter()
        .map(|p| {
            given
                .zip(p.known())
                .map_or([false; 4], |(b, at)| rim(at, b))
        })
        .collect();
    // A box that reaches just to its points on every side was made of them.
    let of_points = (0..4).all(|side| rims.iter().any(|rim| rim[side]));
    let known = points.iter().zip(names).zip(rims).enumerate();
    let known = known.filter_map(|(i, ((p, name), rim))| Some((i, p.known()?, name, rim)));
    known
        .filter_map(|(item, at, name, rim)| {
            let name = name.clone();
            let (outside, far) = (
                size.is_some_and(|size| !is_inside(at, size)),
                sample.face_box,
            );
            if outside {
                return Some(Suspicion::OutsidePicture { task, item, name });
            }
            if far.is_some_and(|(b, _)| is_far(at, b.center(), b.side())) {
                return Some(Suspicion::OutsideBox { task, item, name });
            }
            let on_rim = !of_points && rim.contains(&true);
            on_rim.then_some(Suspicion::OnRim { task, item, name })
        })
        .collect()
}

/// On which sides of a box a point lies.
fn rim([x, y]: Point, b: FaceBox) -> [bool; 4] {
    let near = |a: f32, b: f32, side: f32| (a - b).abs() <= RIM * side;
    let beside = (b.x..=b.x + b.w).contains(&x) || near(x, b.x, b.w) || near(x, b.x + b.w, b.w);
    let level = (b.y..=b.y + b.h).contains(&y) || near(y, b.y, b.h) || near(y, b.y + b.h, b.h);
    let upright = b.angle == 0.0 && b.w > 0.0 && b.h > 0.0;
    [
        near(x, b.x, b.w) && level,
        near(x, b.x + b.w, b.w) && level,
        near(y, b.y, b.h) && beside,
        near(y, b.y + b.h, b.h) && beside,
    ]
    .map(|on| on && upright)
}

/// The points that lie in one spot with others, if they are as many as no face has there.
fn bunched(points: &[PointLabel], face_box: Option<FaceBox>) -> Vec<usize> {
    let known = points.iter().enumerate();
    let known: Vec<(usize, Point)> = known.filter_map(|(i, p)| Some((i, p.known()?))).collect();
    let extent = |axis: usize| {
        let values = || known.iter().map(|(_, at)| at[axis]);
        values().fold(f32::MIN, f32::max) - values().fold(f32::MAX, f32::min)
    };
    let side = face_box.map_or_else(|| extent(0).max(extent(1)), |b| b.side());
    let spots = known.iter().map(|(_, spot)| {
        let near = known
            .iter()
            .filter(|(_, at)| distance(*at, *spot) <= SPOT * side);
        near.map(|(i, _)| *i).collect::<Vec<usize>>()
    });
    let largest = spots.max_by_key(Vec::len).unwrap_or_default();
    if largest.len() >= BUNCH {
        largest
    } else {
        Vec::new()
    }
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
        found_as(sample, Status::Todo)
    }

    fn found_as(sample: &Sample, status: Status) -> Vec<String> {
        let all = suspicions(sample, status, &Schema::face(), Some((120, 120)));
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
        // A face that lies on its side, or on its head, has its sides where they belong.
        let turned: [fn(Point) -> Point; 2] =
            [|[x, y]| [y, 100.0 - x], |[x, y]| [100.0 - x, 100.0 - y]];
        for turned in turned {
            if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
                points.clone_from(&right);
                points.iter_mut().for_each(|p| p.at = turned(p.at));
            }
            assert_eq!(found(&sample), [""; 0]);
        }
        if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
            *points = right;
            points.swap(0, 1);
        }
        let text = "left eye to right eye and left mouth to right mouth run in opposite directions";
        assert_eq!(found(&sample), [text]);
    }

    #[test]
    fn points_on_the_rim_in_one_spot_and_missing_ones_are_named() {
        let at = |change: fn(&mut [PointLabel])| {
            let mut sample = labelled();
            if let TaskLabels::Points(points) = &mut sample.annotation.tasks[0] {
                change(points);
            }
            sample
        };
        let cut = at(|points| points[4].at = [100.0, 80.0]);
        assert_eq!(found(&cut), ["right mouth is on the rim of the face's box"]);
        // A box that was made of the points has some on each side.
        let mut tight = labelled();
        tight.face_box = Some((FaceBox::new(30.0, 40.0, 40.0, 40.0), BoxSource::DataSet));
        assert_eq!(found(&tight), [""; 0]);
        let spot = at(|points| points[2..].iter_mut().for_each(|p| p.at = [50.0, 60.0]));
        let text = "nose, left mouth and right mouth are in one spot";
        assert_eq!(found(&spot), [text]);
        let mut boxless = spot;
        boxless.face_box = None;
        assert_eq!(found(&boxless), [text]);
        // Corners of a mouth may meet.
        let met = at(|points| points[3].at = points[4].at);
        assert_eq!(found(&met), [""; 0]);
        let open = at(|points| points[..2].fill(PointLabel::default()));
        assert_eq!(found(&open), [""; 0]);
        let text = "approved, though left eye and right eye are unknown";
        assert_eq!(found_as(&open, Status::Approved), [text]);
        let none = at(|points| points.fill(PointLabel::default()));
        assert_eq!(
            found_as(&none, Status::Approved),
            [""; 0],
            "nobody labels points there"
        );
        assert_eq!(found_as(&labelled(), Status::Approved), [""; 0]);
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
