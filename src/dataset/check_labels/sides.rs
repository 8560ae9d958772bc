//! Sides that are exchanged throughout a set: labels name the person's left where the picture's is
//! meant, or the other way round. One face alone may be seen in a mirror.

use rayon::prelude::*;

use super::face::of_face;
use crate::dataset::{Dataset, Problem, face_points};
use crate::humanize::counted;
use crate::label::{Point, PointLabel, Schema, TaskLabels};

/// Says so where most faces that can be judged are mirrored.
pub fn mirrored(set: &Dataset) -> Option<Problem> {
    let place = face_points(&set.schema)?;
    let sides: Vec<Option<bool>> = set
        .samples
        .par_iter()
        .map(|sample| match &sample.annotation.tasks[place.0] {
            TaskLabels::Points(points) => sides_run(points, place.1),
            TaskLabels::Binary(_) => None,
        })
        .collect();
    let judged = sides.iter().flatten().count();
    let count = sides.iter().flatten().filter(|mirrored| **mirrored).count();
    if 2 * count <= judged {
        return None;
    }
    let first = sides.iter().position(|side| *side == Some(true))?;
    let what = format!(
        "left and right run the other way in {} of {}: is left the person's in the file, or the \
         picture's in one of COCO's? Labels stay as they are",
        count,
        counted(judged, "face")
    );
    Some(of_face(&set.samples[first], what))
}

/// Whether left and right of a face's points, those of a task of a schema, are exchanged throughout;
/// `false` too where that is not clear.
pub fn are_sides_exchanged(points: &[PointLabel], task: usize, schema: &Schema) -> bool {
    let place = face_points(schema).filter(|place| place.0 == task);
    place.and_then(|(_, items)| sides_run(points, items)) == Some(true)
}

/// Whether a face is seen in a mirror by its left and right eye, nose, left and right corner of the
/// mouth, however it is turned in the picture; `None` where that is not clear, as from the side.
fn sides_run(points: &[PointLabel], items: [usize; 5]) -> Option<bool> {
    let [left, right, nose, left_mouth, right_mouth] = items.map(|item| points[item].known());
    let (left, right) = (left?, right?);
    let middle = |a: Point, b: Point| [0, 1].map(|axis| (a[axis] + b[axis]) / 2.0);
    let way = |from: Point, to: Point| [to[0] - from[0], to[1] - from[1]];
    let (across, below) = match (left_mouth, right_mouth) {
        (Some(a), Some(b)) => {
            let (eyes, mouth) = (way(left, right), way(a, b));
            // One pair alone exchanged is said of its face.
            if eyes[0] * mouth[0] + eyes[1] * mouth[1] <= 0.0 {
                return None;
            }
            (eyes, middle(a, b))
        }
        _ => (way(left, right), nose?),
    };
    let down = way(middle(left, right), below);
    let [wide, tall] = [across, down].map(|way| way[0].hypot(way[1]));
    let turn = across[0] * down[1] - across[1] * down[0];
    let clear = wide > 0.25 * tall && tall > 0.25 * wide && turn.abs() > 0.5 * wide * tall;
    clear.then_some(turn < 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(all: [[f32; 2]; 5]) -> Option<bool> {
        let (_, items) = face_points(&Schema::face())?;
        sides_run(&all.map(PointLabel::visible), items)
    }

    #[test]
    fn a_face_in_a_mirror_is_told_however_it_is_turned() {
        let face = [
            [69.0, 109.0],
            [106.0, 113.0],
            [77.0, 142.0],
            [73.0, 152.0],
            [108.0, 154.0],
        ];
        let [a, b, nose, c, d] = face;
        let mirrored = [b, a, nose, d, c];
        let turned = |all: [[f32; 2]; 5]| all.map(|[x, y]| [200.0 - x, 200.0 - y]);
        assert_eq!(judge(face), Some(false));
        assert_eq!(judge(mirrored), Some(true));
        assert_eq!(
            [face, mirrored].map(turned).map(judge),
            [Some(false), Some(true)]
        );
        assert_eq!(judge([b, a, nose, c, d]), None, "one pair alone");
        let exchanged = |all: [[f32; 2]; 5], task| {
            are_sides_exchanged(&all.map(PointLabel::visible), task, &Schema::face())
        };
        assert!(exchanged(mirrored, 0) && !exchanged(mirrored, 1) && !exchanged(face, 0));
        let from_the_side = [
            [106.0, 113.0],
            [105.0, 112.0],
            nose,
            [73.0, 152.0],
            [72.0, 152.0],
        ];
        assert_eq!(judge(from_the_side), None);
    }
}
