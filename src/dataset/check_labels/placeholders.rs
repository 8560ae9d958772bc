//! Points that are no places: zeros and minus ones where nobody set a point, and one place for
//! several points that cannot be there together.

use rayon::prelude::*;

use super::face::{known_points, of_face};
use crate::dataset::{Dataset, face_points};
use crate::humanize::counted;
use crate::label::{Point, PointLabel, PointState, Schema, TaskKind, TaskLabels};

/// (0, 0) and (−1, −1) of files that count pixels from 0, from 1 and from the picture's edge.
const CORNERS: [f32; 5] = [0.0, 0.5, -0.5, -1.0, -1.5];
/// Points of a smaller face may well be in one pixel.
const LEAST_FACE_PX: f32 = 10.0;

/// Takes placeholders for unknown and counts them by the names of their points.
pub fn forget(set: &mut Dataset) {
    let schema = &set.schema;
    let faces = set.samples.par_iter_mut().enumerate();
    let found: Vec<(usize, usize, usize)> = faces
        .flat_map_iter(|(at, sample)| {
            let extent = extent(known_points(sample));
            let tasks = sample.annotation.tasks.iter_mut().enumerate();
            let mut found = Vec::new();
            for (t, labels) in tasks {
                let TaskLabels::Points(points) = labels else {
                    continue;
                };
                for item in placeholders(schema, t, points, extent) {
                    points[item].state = PointState::Unknown;
                    found.push((at, t, item));
                }
            }
            found
        })
        .collect();
    let Some(&(first, ..)) = found.first() else {
        return;
    };
    let mut faces: Vec<usize> = found.iter().map(|(at, ..)| *at).collect();
    faces.dedup();
    let mut names = Vec::new();
    for (t, task) in schema.tasks.iter().enumerate() {
        for (item, name) in task.items().enumerate() {
            let count = found.iter().filter(|f| (f.1, f.2) == (t, item)).count();
            if count > 0 {
                names.push(format!("{name} of {}", counted(count, "face")));
            }
        }
    }
    let what = format!(
        "placeholders where places belong (0, 0 or -1, -1, or one place for several points), taken \
         for unknown: {}",
        names.join(", ")
    );
    let mut problem = of_face(&set.samples[first], what);
    problem.count = found.len();
    set.problems.push(problem);
}

/// The larger side of the rectangle around points.
fn extent(points: impl Iterator<Item = Point>) -> f32 {
    let mut low = [f32::INFINITY; 2];
    let mut high = [f32::NEG_INFINITY; 2];
    for point in points.filter(|p| !is_corner(*p)) {
        for axis in [0, 1] {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    (high[0] - low[0]).max(high[1] - low[1])
}

fn is_corner([x, y]: Point) -> bool {
    x == y && CORNERS.contains(&x)
}

/// The items that are placeholders.
fn placeholders(schema: &Schema, t: usize, points: &[PointLabel], extent: f32) -> Vec<usize> {
    let known = |item: usize| points[item].known();
    let all = points.iter().filter(|p| p.known().is_some()).count();
    let five = face_points(schema).filter(|(task, _)| *task == t);
    let five = five.map_or(Vec::new(), |(_, items)| items.to_vec());
    let pairs = match &schema.tasks[t].kind {
        TaskKind::Points { flip_pairs, .. } => flip_pairs.as_slice(),
        TaskKind::Binary { .. } => &[],
    };
    // Both eyes of a face from the side may be in one pixel.
    let may_meet = |a: usize, b: usize| {
        pairs.contains(&(a, b))
            || pairs.contains(&(b, a))
            || !five.contains(&a)
            || !five.contains(&b)
    };
    let is = |item: &usize| {
        let Some(at) = known(*item) else {
            return false;
        };
        if is_corner(at) {
            return true;
        }
        let others = (0..points.len()).filter(|other| other != item);
        let here: Vec<usize> = others.filter(|other| known(*other) == Some(at)).collect();
        let apart = here.iter().any(|other| !may_meet(*item, *other));
        match here.len() {
            0 => false,
            // All that is known of the face is in one place.
            n if n + 1 == all => n > 1 || (apart && extent >= LEAST_FACE_PX),
            1 => apart && extent >= LEAST_FACE_PX,
            _ => extent >= LEAST_FACE_PX,
        }
    };
    (0..points.len()).filter(is).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_place_is_a_placeholder() {
        let schema = Schema::face();
        let found = |all: [[f32; 2]; 5]| {
            let points = all.map(PointLabel::visible);
            placeholders(&schema, 0, &points, extent(all.into_iter()))
        };
        let face = [
            [69.5, 109.5],
            [106.5, 113.5],
            [77.5, 142.5],
            [73.5, 152.5],
            [108.5, 154.5],
        ];
        let with = |items: &[usize], at: [f32; 2]| {
            let mut all = face;
            items.iter().for_each(|item| all[*item] = at);
            all
        };
        assert!(found(face).is_empty());
        for corner in [0.0, 0.5, -0.5, -1.0, -1.5] {
            assert_eq!(found(with(&[2], [corner; 2])), [2], "{corner}");
        }
        assert_eq!(found(with(&[2, 4], [30.5, 30.5])), [2, 4]);
        assert_eq!(found([[7.5, 7.5]; 5]), [0, 1, 2, 3, 4]);
        // At the picture's edge, eyes in one pixel, and a face of three pixels.
        assert!(found(with(&[2], [0.5, 80.5])).is_empty());
        assert!(found(with(&[0, 1], [80.5, 110.5])).is_empty());
        let small = [[3.5, 4.5], [5.5, 4.5], [5.5, 5.5], [4.5, 6.5], [5.5, 6.5]];
        assert!(found(small).is_empty());
        let flat = [[3.5, 4.5], [5.5, 4.5], [5.5, 4.5], [4.5, 6.5], [5.5, 6.5]];
        assert!(found(flat).is_empty());
    }
}
