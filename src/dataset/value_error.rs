//! Why a value of a label file, or a whole row of it, cannot be used.

use std::path::PathBuf;

/// What is wrong with a value or a row. Readers add the file, the line and the column's name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ValueError {
    #[error("{0:?} is not a number")]
    NotANumber(String),
    #[error("{text:?} has a decimal comma: {point} would be a number")]
    DecimalComma { text: String, point: String },
    #[error("{0:?} is not a whole number")]
    NotWhole(String),
    #[error("{0:?} is too large")]
    TooLarge(String),
    /// A JSON value that is no number.
    #[error("not a number")]
    NoNumber,
    #[error("not an object")]
    NoObject,
    #[error("not a list of {0} numbers")]
    NoNumbers(usize),
    #[error("one of its numbers is missing")]
    OneMissing,
    #[error("{0:?} where x and y belong")]
    NoPoint(String),
    /// A point of which only the other axis is known.
    #[error("its {0} is missing")]
    AxisMissing(&'static str),
    #[error("({0}, {1}) is no place in a picture")]
    Outside(f32, f32),
    #[error("a box of {0} by {1} pixels{hint}", hint = normalised(.0, .1))]
    BoxSize(f32, f32),
    #[error("a box without {0}")]
    BoxSide(&'static str),
    #[error("angle {0}")]
    Angle(Box<ValueError>),
    #[error("{0:?} is not 1, -1, True, False, yes or no")]
    Attribute(String),
    #[error("split {0:?} is not train, validation or test")]
    Split(String),
    #[error("partition {0:?} is not 0, 1 or 2")]
    Partition(String),
    #[error("state {0:?} is not visible, occluded or unknown")]
    PointState(String),
    #[error("face {0:?} is not a number of a face")]
    Face(String),
    #[error("\"face\" is not a number of a face")]
    FaceNumber,
    #[error("no image is named")]
    NoImage,
    #[error("{found} where {expected} belong")]
    Count { found: String, expected: usize },
    /// A row that a quote makes longer than its line.
    #[error("{found} where {expected} belong (a quote takes in this line and {lines} more)")]
    QuotedCount {
        found: String,
        expected: usize,
        lines: usize,
    },
    #[error("more than one value")]
    SeveralValues,
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// What a box may be that is smaller than a pixel.
fn normalised(w: &f32, h: &f32) -> &'static str {
    let share = |side: &f32| *side > 0.0 && *side <= 1.0;
    match share(w) && share(h) {
        true => " (normalised by the picture's size?)",
        false => "",
    }
}

/// Why the picture that a label file names is not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error("{0}: no such picture")]
    Missing(String),
    #[error("{0}: an address, and no file here: save the picture and name its file")]
    Address(String),
    #[error("{name}: no such picture; {} may be it, but also what another row names", path.display())]
    NamedTwice { name: String, path: PathBuf },
    #[error("{name}: no such picture, and several of this name: {}, {}", first.display(), second.display())]
    Ambiguous {
        name: String,
        first: PathBuf,
        second: PathBuf,
    },
    #[error("{name}: no such picture; there is one of this name in another folder: {}", below.display())]
    OtherFolder { name: String, below: PathBuf },
}
