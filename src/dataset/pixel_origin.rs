//! From where a label file counts the pixels in which its points are, for those who read its numbers.

use std::path::Path;

use super::json::{self, Outline};
use super::mtfl;
use super::number::{self, CONTINUOUS, FROM_ONE, FROM_ZERO};
use crate::label::Point;

/// From where pixels are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PixelOrigin {
    /// The first pixel's centre is 0: CelebA, COCO, faces.csv.
    Zero,
    /// It is 1: MTFL, .pts.
    One,
    /// It is 0.5, so that 0 is the picture's edge, as labelme and this program have it.
    #[default]
    Edge,
}

impl PixelOrigin {
    /// Of the points of a label file.
    pub fn of(file: &Path) -> Self {
        let ending = file.extension().unwrap_or_default().to_string_lossy();
        match &*ending.to_ascii_lowercase() {
            "pts" => Self::One,
            "txt" if mtfl::is_label_file(file) => Self::One,
            "json" if matches!(json::outline(file), Ok(Outline::Labelme)) => Self::Edge,
            _ => Self::Zero,
        }
    }

    /// A point of the photo as such a file has it: "69, 109.5".
    pub fn text(self, at: Point) -> String {
        let shift = match self {
            Self::Zero => FROM_ZERO,
            Self::One => FROM_ONE,
            Self::Edge => CONTINUOUS,
        };
        at.map(|v| number::text(v, shift)).join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_said_as_its_file_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let origin = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            PixelOrigin::of(&path)
        };
        for (name, text, expected) in [
            ("faces.csv", "image\n", "69, 109"),
            (
                "list_landmarks_align_celeba.txt",
                "1\nlefteye_x\n",
                "69, 109",
            ),
            ("a.pts", "version: 1\n", "70, 110"),
            (
                "training.txt",
                "a.jpg 1 2 3 4 5 6 7 8 9 10 1 2 2 3\n",
                "70, 110",
            ),
            (
                "a.json",
                r#"{"shapes": [], "imagePath": "a.png"}"#,
                "69.5, 109.5",
            ),
            ("b.json", r#"{"images": [], "annotations": []}"#, "69, 109"),
        ] {
            assert_eq!(origin(name, text).text([69.5, 109.5]), expected, "{name}");
        }
    }
}
