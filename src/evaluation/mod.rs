//! How good predictions are on a data set, with all that a reader must know of the figures: boxes,
//! what the guess learned from, what the network was trained on. The command line and the window
//! ask here, so that both say the same of the same faces.

mod boxes;
mod column;
mod conventions;
mod document;
mod error;
mod evaluated;
mod pixels;
mod question;
mod trained;
mod trivial_baseline;
mod warnings;

pub use boxes::{Jitter, Placing};
pub use column::Column;
pub use conventions::other_conventions;
pub use document::{FigureNote, Format, WriteError};
pub use error::EvaluationError;
pub use evaluated::{EvaluatedFace, OtherPredictor, PredictionsFile};
pub use pixels::half_a_pixel;
pub use question::{Evaluation, Question};
pub use trained::{Trained, Warning};
