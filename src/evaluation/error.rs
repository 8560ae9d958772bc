//! Why something cannot be evaluated as it was asked.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EvaluationError {
    #[error("no column {name:?} to slice by; there are {known}")]
    NoColumn { name: String, known: String },
    #[error("{name} has {values} values, more than the {most} that are listed")]
    ManyValues {
        name: String,
        values: usize,
        most: usize,
    },
    #[error("{0:?} is not SHIFT,SCALE,ROTATION,SEED")]
    Jitter(String),
    #[error("{0:?} is not a spread of 0 to 10")]
    Spread(String),
    #[error("{0:?} is not a seed, a whole number")]
    Seed(String),
}
