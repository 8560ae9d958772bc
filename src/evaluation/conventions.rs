//! Predictions whose points mean something else than the labels': left and right of the person in
//! place of the picture, or pixels of pictures that were scaled. Both look like a hopeless network.

use super::trained::Warning;
use crate::label::{Annotation, Point, Prediction, Schema, Task, TaskLabels, TaskPrediction};

/// Faces of which it must be so, and the share of all that it must be.
const FACES: usize = 5;
const SHARE: f64 = 0.9;
/// By how much the error must fall.
const FALLS: f64 = 1.0 / 3.0;
/// Pictures scaled by less look like a network's errors.
const SCALED: f64 = 0.05;

/// Labels and predictions of the points of a face that are known in both.
struct Face {
    /// Positions among the task's points.
    items: Vec<usize>,
    labels: Vec<Point>,
    found: Vec<Point>,
}

/// What to say of `name`'s predictions where another reading of their points fits the labels far
/// better; the pairs are in the photo's pixels.
pub fn other_conventions<'a>(
    schema: &Schema,
    name: &str,
    pairs: impl Iterator<Item = (&'a Annotation, &'a Prediction)> + Clone,
) -> Vec<Warning> {
    let tasks = schema.tasks.iter().enumerate();
    let tasks = tasks.filter(|(_, task)| task.is_points());
    tasks
        .filter_map(|(t, task)| {
            let faces: Vec<Face> = pairs.clone().filter_map(|pair| face(t, pair)).collect();
            let (badge, text) = if exchanged(task, &faces) {
                (
                    "left and right exchanged?",
                    "fit the labels far better with left and right exchanged: the labels' left is \
                     the picture's, not the person's"
                        .to_owned(),
                )
            } else {
                let [x, y] = scaled(&faces)?;
                (
                    "scaled pictures?",
                    format!(
                        "are about {x:.2} times as far right and {y:.2} times as far down as the \
                         labels: are they in the pixels of scaled pictures?"
                    ),
                )
            };
            Some(Warning {
                badge: format!("{name}: {badge}"),
                text: format!("{name}: its {} {text}", task.name),
                task: Some(task.name.clone()),
                ..Warning::default()
            })
        })
        .collect()
}

fn face(task: usize, (labels, prediction): (&Annotation, &Prediction)) -> Option<Face> {
    let (Some(TaskLabels::Points(labels)), Some(TaskPrediction::Points(found))) =
        (labels.tasks.get(task), prediction.tasks.get(task))
    else {
        return None;
    };
    let mut face = Face {
        items: Vec::new(),
        labels: Vec::new(),
        found: Vec::new(),
    };
    for (i, (label, found)) in labels.iter().zip(found).enumerate() {
        if let Some(at) = label.known()
            && found.iter().all(|v| v.is_finite())
        {
            face.items.push(i);
            face.labels.push(at);
            face.found.push(*found);
        }
    }
    (face.items.len() >= 2).then_some(face)
}

fn apart(a: Point, b: Point) -> f64 {
    f64::from(a[0] - b[0]).hypot(f64::from(a[1] - b[1]))
}

/// Whether something is so of enough faces.
fn of_most(faces: &[Face], is: impl Fn(&Face) -> Option<bool>) -> bool {
    let told: Vec<bool> = faces.iter().filter_map(is).collect();
    let so = told.iter().filter(|t| **t).count();
    so >= FACES && so as f64 >= SHARE * told.len() as f64
}

/// Whether points called left lie where the labels have right.
fn exchanged(task: &Task, faces: &[Face]) -> bool {
    let names: Vec<&str> = task.items().collect();
    let partner = |i: usize| {
        let name = names.get(i)?;
        let other = match name.split_once('_')? {
            ("left", rest) => format!("right_{rest}"),
            ("right", rest) => format!("left_{rest}"),
            _ => return None,
        };
        names.iter().position(|n| *n == other)
    };
    of_most(faces, |face| {
        let (mut own, mut theirs, mut pairs) = (0.0, 0.0, 0);
        for (at, item) in face.items.iter().enumerate() {
            let other = partner(*item).and_then(|o| face.items.iter().position(|i| *i == o));
            if let Some(other) = other {
                own += apart(face.labels[at], face.found[at]);
                theirs += apart(face.labels[at], face.found[other]);
                pairs += 1;
            }
        }
        (pairs > 0).then_some(theirs < FALLS * own)
    })
}

/// By how much the pictures were scaled across and down, the median over the faces, if they were.
fn scaled(faces: &[Face]) -> Option<[f64; 2]> {
    let factors = |face: &Face| {
        [0, 1].map(|d| {
            let pairs = face.labels.iter().zip(&face.found);
            let (mut product, mut square) = (0.0, 0.0);
            for (label, found) in pairs {
                product += f64::from(label[d]) * f64::from(found[d]);
                square += f64::from(label[d]) * f64::from(label[d]);
            }
            product / square
        })
    };
    let is = |face: &Face| {
        let by = factors(face);
        let usable = by.iter().all(|f| f.is_finite() && *f > 0.0);
        let far = by.iter().any(|f| (f - 1.0).abs() > SCALED);
        let (mut own, mut theirs) = (0.0, 0.0);
        for (label, found) in face.labels.iter().zip(&face.found) {
            own += apart(*label, *found);
            let back = [0, 1].map(|d| (f64::from(found[d]) / by[d]) as f32);
            theirs += apart(*label, back);
        }
        Some(usable && far && theirs < FALLS * own)
    };
    if !of_most(faces, is) {
        return None;
    }
    Some([0, 1].map(|d| {
        let mut all: Vec<f64> = faces.iter().map(|f| factors(f)[d]).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }))
}

#[cfg(test)]
mod tests {
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::label::PointLabel;

    /// What is said of predictions made from labels, each off by noise in pixels.
    fn said(noise: f32, read: impl Fn(&[Point], usize) -> Vec<Point>) -> Vec<String> {
        let schema = Schema::face();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let pairs: Vec<(Annotation, Prediction)> = (0..30)
            .map(|n| {
                let mut labels = Annotation::unknown(&schema);
                let left = 40.0 + 3.0 * n as f32;
                let at = [
                    [0.0, 0.0],
                    [40.0, 0.0],
                    [20.0, 25.0],
                    [5.0, 45.0],
                    [35.0, 45.0],
                ]
                .map(|[x, y]| [left + x, 60.0 + n as f32 + y]);
                if let TaskLabels::Points(points) = &mut labels.tasks[0] {
                    for (point, at) in points.iter_mut().zip(at) {
                        *point = PointLabel::visible(at);
                    }
                }
                let mut found = read(&at, n);
                for v in found.iter_mut().flatten() {
                    *v += noise * rng.random_range(-1.0..1.0_f32);
                }
                let attributes = TaskPrediction::Binary(vec![f32::NAN; 40]);
                let tasks = vec![TaskPrediction::Points(found), attributes];
                (labels, Prediction { tasks })
            })
            .collect();
        let pairs = pairs.iter().map(|(l, p)| (l, p));
        let warnings = other_conventions(&schema, "theirs", pairs);
        warnings.into_iter().map(|w| w.text).collect()
    }

    fn same(at: &[Point], _: usize) -> Vec<Point> {
        at.to_vec()
    }

    #[test]
    fn exchanged_sides_and_scaled_pictures_are_told_from_errors() {
        let exchange = |at: &[Point], _| [1, 0, 2, 4, 3].map(|i: usize| at[i]).to_vec();
        let all = said(3.0, exchange);
        assert!(
            all.len() == 1 && all[0].contains("left and right exchanged"),
            "{all:?}"
        );
        // Each picture was of another size before.
        let scale = |at: &[Point], n: usize| {
            let by = 1.4 + 0.01 * n as f32;
            at.iter().map(|[x, y]| [x * by, y * 1.2]).collect()
        };
        let all = said(1.0, scale);
        assert!(
            all.len() == 1 && all[0].contains("1.55 times as far right"),
            "{all:?}"
        );
        for noise in [0.0, 1.0, 5.0, 20.0, 60.0] {
            assert!(said(noise, same).is_empty(), "{noise}");
        }
        // One face in five is mirrored: that is the network's.
        let some = |at: &[Point], n: usize| match n % 5 {
            0 => [1, 0, 2, 4, 3].map(|i: usize| at[i]).to_vec(),
            _ => at.to_vec(),
        };
        assert!(said(2.0, some).is_empty());
    }
}
