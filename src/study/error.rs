//! Why a network cannot be asked something.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::label::INPUT_SIZE;

#[derive(Debug, Error)]
pub enum StudyError {
    #[error("no tower of this network has {place}; there are {known}")]
    NoLayer { place: String, known: String },
    /// Each with its channels, or none.
    #[error(
        "the two networks have different towers at {place}, so they cannot be compared: {first} and {second}"
    )]
    DifferentTowers {
        place: String,
        first: String,
        second: String,
    },
    #[error("the channels of {0} are not matched")]
    NotMatched(String),
    #[error(
        "the channels of {map} are matched for networks of {} and {} channels, not of {} and {}",
        .matched[0], .matched[1], .there[0], .there[1]
    )]
    MatchedForOthers {
        map: String,
        matched: [usize; 2],
        there: [usize; 2],
    },
    #[error("no point or attribute {name:?}; there are {known}")]
    NoTarget { name: String, known: String },
    #[error("a patch of {0} pixels is not in 1..={INPUT_SIZE}")]
    Patch(usize),
    #[error("a stride of {stride} leaves gaps: a patch of {patch} needs 1..={patch}")]
    Stride { stride: usize, patch: usize },
    #[error("this network has no {0}")]
    NoTap(String),
    #[error("{target} does not depend on the tower {tower}")]
    Independent { target: String, tower: String },
    #[error("the network has no convolution")]
    NoConvolution,
    #[error("no gradient reaches the map")]
    NoGradient,
    #[error("{}", .path.display())]
    Write { path: PathBuf, source: io::Error },
}
