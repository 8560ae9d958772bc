//! The words of the domain: what is asked about a picture (the schema), where the object is
//! (the box), what is known about it (the annotation) and what a network says (the prediction).
//!
//! Everything above this floor works from the [`Schema`] alone, so that nothing counts on five
//! landmarks or forty attributes: a task is data, not code. Pure: no files, no tensors.

mod annotation;
mod face_box;
mod schema;
mod template;
mod unreliable;
mod untrained;

pub use annotation::{
    Annotation, PointLabel, PointState, Prediction, Presence, Provenance, TaskLabels,
    TaskPrediction,
};
pub use face_box::{BoxTransform, FaceBox, INPUT_SIZE};
pub use schema::{Attribute, Schema, SchemaError, Task, TaskKind};
pub use unreliable::{SOURCE as UNRELIABLE_SOURCE, unreliable};
pub use untrained::{Untrained, UntrainedReason, trained_or_all};

/// A position in continuous image coordinates in pixels: (0, 0) is the outer corner of the first
/// pixel and (0.5, 0.5) its centre. x grows to the right, y downwards.
pub type Point = [f32; 2];

/// The Euclidean distance of two points, in pixels.
pub fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
