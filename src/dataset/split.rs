//! The parts of a data set: what is trained on, validated on and tested on.

use std::fmt;

use super::number;
use super::value_error::ValueError;

/// Part of a data set.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    Train,
    Validation,
    Test,
}

impl Split {
    /// Reads the name of a split; `None` where none is named.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, ValueError> {
        if number::missing(text) {
            return Ok(None);
        }
        match text.to_ascii_lowercase().as_str() {
            "train" | "training" => Ok(Some(Self::Train)),
            "val" | "valid" | "validation" => Ok(Some(Self::Validation)),
            "test" | "testing" => Ok(Some(Self::Test)),
            _ => Err(ValueError::Split(number::shown(text).into())),
        }
    }

    /// Reads the number that CelebA has for a split.
    pub(super) fn of_code(text: &str) -> Result<Option<Self>, ValueError> {
        match number::integer(text) {
            Ok(None) => Ok(None),
            Ok(Some(0)) => Ok(Some(Self::Train)),
            Ok(Some(1)) => Ok(Some(Self::Validation)),
            Ok(Some(2)) => Ok(Some(Self::Test)),
            _ => Err(ValueError::Partition(number::shown(text).into())),
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        })
    }
}
