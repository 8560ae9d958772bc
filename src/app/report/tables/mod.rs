//! The tables of a report.

mod columns;
pub mod content;
pub mod grid;
pub mod grid_ui;
pub mod slices_ui;
pub mod tasks_ui;
mod widths;
