//! Which of a photo's faces one is, as the window, figures and files that are written say it.

use std::fmt;

/// A face among those of its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceName {
    /// By the number that its file has for it.
    Number(u32),
    /// By its place in the picture, from 1, where its file has no numbers.
    Place(u32),
    /// A box that somebody drew, from 1; it is in no file.
    Drawn(u32),
}

impl FaceName {
    /// What a column `face` has: the file's number alone, which others find the face by, or words
    /// that nobody takes for one.
    pub fn cell(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            which => which.describe(),
        }
    }

    /// What it is called by itself: "face 2" by the file's number, "place 2" by its place.
    pub fn describe(self) -> String {
        match self {
            Self::Number(number) => format!("face {number}"),
            Self::Place(place) => format!("place {place}"),
            Self::Drawn(number) => format!("box {number}"),
        }
    }
}

/// What people call it after the picture's name: "face 2" by the file's number, "2" by its place.
impl fmt::Display for FaceName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Place(place) => write!(f, "{place}"),
            which => f.write_str(&which.describe()),
        }
    }
}
