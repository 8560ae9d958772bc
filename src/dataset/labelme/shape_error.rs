//! Why a shape of a labelme file is not read.

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("{0:?}: its group_id is not a number")]
    GroupId(String),
    #[error("{0:?}: a point is not two numbers")]
    Coordinates(String),
    #[error("{0:?} is no point of the schema")]
    UnknownPoint(String),
    #[error("{label:?}: a {kind} of {points} points is neither point nor box")]
    Kind {
        label: String,
        kind: String,
        points: usize,
    },
    #[error("{0:?}: too far away")]
    TooFar(String),
    #[error("{0:?} is there twice; the first one is kept")]
    Twice(String),
}
