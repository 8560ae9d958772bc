//! The Training workspace: runs that are watched, started, paused, stopped; and their weights.

mod action;
mod form;
mod panes;
mod progress;
mod run_state;
mod runs_pane;
mod view;

pub use action::{Action, CurveExport};
pub use form::{files, title};
pub use view::TrainingView;
