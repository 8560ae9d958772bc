//! The form that starts a run: its settings are a [`crate::train::TrainConfig`], which the run is
//! handed as a file would be, with the preset's values until they are changed.

mod data;
mod dialogs;
mod fields;
mod labels;
mod names;
mod pane;
mod plan;
mod reading;
mod run_settings;
mod saved;
mod settings;
mod start;
mod state;
#[cfg(test)]
mod tests;

pub use dialogs::{files, title};
pub use state::Form;
