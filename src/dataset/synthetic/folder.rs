//! Portraits as files in CelebA's layout.
//!
//! It is the layout of the pictures in the wild: `img_align_celeba` promises eyes at the same
//! place in every picture, and these turn, move and vary in size.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::source::file_name;
use super::{annotation, face_box, look, paint, person, split};
use crate::dataset::Split;
use crate::label::{Annotation, Presence, Schema, TaskLabels};

/// Writes the first `count` portraits of `seed`, `width` pixels wide, into `root`: pictures,
/// labels, boxes, identities and the split. `done` is called after each picture.
///
/// Points are rounded to the pixel in which they lie, since CelebA's files hold integers;
/// attributes are 1 or −1, and 0 where unknown.
pub fn write(
    root: &Path,
    seed: u64,
    count: u64,
    width: u32,
    done: impl Fn() + Sync,
) -> io::Result<()> {
    let pictures = root.join("Img/img_celeba");
    let (anno, eval) = (root.join("Anno"), root.join("Eval"));
    for folder in [&pictures, &anno, &eval] {
        fs::create_dir_all(folder)?;
    }
    (0..count).into_par_iter().try_for_each(|index| {
        let path = pictures.join(file_name(index));
        paint::paint(&look(seed, index), width)
            .save(&path)
            .map_err(|e| io::Error::other(format!("{}: {e}", path.display())))?;
        done();
        io::Result::Ok(())
    })?;
    let tables = Tables::new(seed, count, width);
    fs::write(anno.join("list_attr_celeba.txt"), tables.attributes)?;
    fs::write(anno.join("list_landmarks_celeba.txt"), tables.landmarks)?;
    fs::write(anno.join("list_bbox_celeba.txt"), tables.boxes)?;
    fs::write(anno.join("identity_CelebA.txt"), tables.identities)?;
    fs::write(eval.join("list_eval_partition.txt"), tables.partition)
}

/// CelebA's text files.
struct Tables {
    attributes: String,
    landmarks: String,
    boxes: String,
    identities: String,
    partition: String,
}

impl Tables {
    // Writing to a string cannot fail.
    fn new(seed: u64, count: u64, width: u32) -> Self {
        let schema = Schema::face();
        let mut names = String::new();
        for task in schema.tasks.iter().filter(|t| !t.is_points()) {
            for item in task.items() {
                let _ = write!(names, "{item} ");
            }
        }
        let mut tables = Self {
            attributes: format!("{count}\n{names}\n"),
            landmarks: format!(
                "{count}\nlefteye_x lefteye_y righteye_x righteye_y nose_x nose_y \
                 leftmouth_x leftmouth_y rightmouth_x rightmouth_y\n"
            ),
            boxes: format!("{count}\nimage_id x_1 y_1 width height\n"),
            identities: String::new(),
            partition: String::new(),
        };
        for index in 0..count {
            let (look, name) = (look(seed, index), file_name(index));
            tables.labels(&name, &annotation(&look, width, &schema));
            let b = face_box(seed, index, &look, width);
            let _ = writeln!(tables.boxes, "{name} {} {} {} {}", b.x, b.y, b.w, b.h);
            let _ = writeln!(tables.identities, "{name} {}", person(index) + 1);
            let part = match split(index) {
                Split::Train => 0,
                Split::Validation => 1,
                Split::Test => 2,
            };
            let _ = writeln!(tables.partition, "{name} {part}");
        }
        tables
    }

    fn labels(&mut self, name: &str, annotation: &Annotation) {
        for labels in &annotation.tasks {
            match labels {
                TaskLabels::Points(points) => {
                    self.landmarks += name;
                    for v in points.iter().flat_map(|p| p.at) {
                        // The pixel whose area holds the point.
                        let _ = write!(self.landmarks, " {:>4}", v.floor());
                    }
                    self.landmarks += "\n";
                }
                TaskLabels::Binary(values) => {
                    self.attributes += name;
                    for value in values {
                        self.attributes += match value {
                            Presence::Present => "  1",
                            Presence::Absent => " -1",
                            Presence::Unknown => "  0",
                        };
                    }
                    self.attributes += "\n";
                }
            }
        }
    }
}
