//! Whether every picture of a data set can be read, and whether its labels fit it.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Dataset, Problem, Sample, by_picture};
use crate::humanize::counted;
use crate::label::{FaceBox, TaskLabels};

/// Decodes every picture, on all cores, and names those that cannot be read, those of another size
/// than their labels are for, and labels that lie outside. `done` hears how many are through.
pub fn check_pictures(set: &Dataset, done: impl Fn(usize) + Sync) -> Vec<Problem> {
    let pictures = by_picture(&set.samples, |sample| &sample.path);
    let count = AtomicUsize::new(0);
    pictures
        .into_par_iter()
        .flat_map_iter(|faces| {
            let loaded = faces[0].load();
            done(count.fetch_add(1, Ordering::Relaxed) + 1);
            let what = match loaded {
                Ok(photo) => misfits(&faces, photo.width(), photo.height()),
                Err(error) => vec![error.reason()],
            };
            let path = &faces[0].path;
            what.into_iter().map(|what| Problem::new(path, None, what))
        })
        .collect()
}

/// How the labels of a picture's faces do not fit the picture.
fn misfits(faces: &[&Sample], width: u32, height: u32) -> Vec<String> {
    let mut what = Vec::new();
    let stated = faces.iter().find_map(|face| face.stated_size);
    if let Some([w, h]) = stated.filter(|size| *size != [width, height]) {
        let turned = match [h, w] == [width, height] {
            true => " (it is turned by its EXIF data)",
            false => "",
        };
        what.push(format!(
            "{width}×{height} pixels, while its labels are for {w}×{h}{turned}"
        ));
    }
    // A label on the edge is not outside, nor one that was rounded there.
    const SLACK: f32 = 1.0;
    let outside = |at: &[f32; 2]| {
        let beyond = |v: f32, side: u32| v < -SLACK || v > side as f32 + SLACK;
        beyond(at[0], width) || beyond(at[1], height)
    };
    for face in faces {
        let of = face.which();
        let of = of.map_or(String::new(), |which| format!("{}: ", which.describe()));
        let tasks = face
            .annotation
            .tasks
            .iter()
            .filter_map(|labels| match labels {
                TaskLabels::Points(points) => Some(points),
                TaskLabels::Binary(_) => None,
            });
        let known: Vec<[f32; 2]> = tasks.flatten().filter_map(|point| point.known()).collect();
        let lost = known.iter().filter(|at| outside(at)).count();
        if lost > 0 {
            what.push(format!(
                "{of}{lost} of {} outside its {width}×{height} pixels",
                counted(known.len(), "point")
            ));
        }
        let beside = |face_box: FaceBox| !face_box.overlaps(width, height);
        if face.face_box.is_some_and(|(face_box, _)| beside(face_box)) {
            what.push(format!(
                "{of}its box lies outside its {width}×{height} pixels"
            ));
        }
    }
    what
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Schema;

    #[test]
    fn labels_that_do_not_fit_their_picture_are_named() {
        let root = tempfile::tempdir().unwrap();
        for (name, w, h) in [("a.png", 40, 30), ("b.png", 40, 30), ("c.png", 40, 30)] {
            image::RgbImage::new(w, h)
                .save(root.path().join(name))
                .unwrap();
        }
        let file = r#"{"images": [
            {"id": 1, "file_name": "a.png", "width": 80, "height": 60},
            {"id": 2, "file_name": "b.png", "width": 30, "height": "40"},
            {"id": 3, "file_name": "c.png", "width": 40, "height": 30}],
          "categories": [{"id": 1, "name": "face", "keypoints": ["nose", "left_eye"]}],
          "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [50, 5, 9, 9],
             "keypoints": [60, 5, 2, 39, 29, 2]},
            {"id": 2, "image_id": 3, "category_id": 1, "bbox": [-5, -5, 50, 50],
             "keypoints": [-40, 5, 1, 900, 5, 0]}]}"#;
        std::fs::write(root.path().join("x.json"), file).unwrap();
        let set = super::super::open(root.path(), &Schema::face()).unwrap();
        assert_eq!(
            (set.samples.len(), set.problems.len()),
            (3, 2),
            "{:?}",
            set.problems
        );
        let said: Vec<String> = check_pictures(&set, |_| ())
            .iter()
            .map(Problem::to_string)
            .collect();
        let said = said.join("\n");
        for part in [
            "a.png: 40×30 pixels, while its labels are for 80×60\n",
            "a.png: 1 of 2 points outside its 40×30",
            "a.png: its box lies outside",
            "b.png: 40×30 pixels, while its labels are for 30×40 (it is turned",
            "c.png: 1 of 1 point outside",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(said.lines().count(), 5, "{said}");
    }
}
