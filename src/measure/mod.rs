//! How good predictions are, over known labels only. Pure: labels and predictions in, numbers out.
//!
//! Every figure has beside it what knowing nothing would give: the mean shape in the face box for
//! points, the majority for attributes ([`TrivialBaseline`]). [`measure`] is the short form that training
//! watches; [`Report`] has everything, for any number of predictors, slices and resamples.
//!
//! All sums are in double precision and every ratio is a ratio of sums over faces, so that a
//! resample is no more than another weight for each face.

mod accepted;
mod alternatives;
mod binary;
mod bootstrap;
mod estimate;
mod normalizer;
mod paired;
mod paper;
mod points;
mod report;
mod rows;
mod slice;
mod table;
mod task_report;
mod trivial_baseline;
mod wilson;

pub use accepted::without_accepted;
pub use alternatives::change_intervals;
pub use bootstrap::{Bootstrap, FEW_UNITS, LEAST_UNITS, Resampled, interval};
pub use estimate::{Estimate, Measure, Options};
pub use normalizer::{Normalizer, reference_length};
pub use paired::{Changes, Difference, PAIRED, Resampling, differs};
pub use paper::{PAPER_SOURCE, PaperRow};
pub use points::CED_STEPS;
pub use report::{
    Face, Group, Measured, Predicted, PredictorEstimates, ProgressFn, Report, Row, RowKind,
    TaskEstimates, Who,
};
pub use rows::{Source, csv};
pub use slice::{Slice, slices};
pub use table::{
    Document, Table, averaged_items, each_intervals_text, few_in_slices, fewer_items, heading,
    interval_words, intervals_text, measured_text, percent, row_name, tables, wilson_text,
};
pub use task_report::{Rate, TaskReport, measure};
pub use trivial_baseline::TrivialBaseline;

/// The paper's α: a point is detected when it is at most α·L from its label, L the distance
/// between the labels of the reference points (eq. 2).
pub const ALPHA: f32 = 0.1;
