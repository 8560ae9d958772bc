//! The progress of one run: how it is, what can be done to it, and its curves.

mod about;
mod axis;
mod curve;
mod curve_plot;
#[cfg(test)]
mod example;
mod options;
mod pane;
mod plots;
mod state;
mod table;

pub use options::PlotOptions;
pub use pane::run_ui;
