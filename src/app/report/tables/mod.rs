//! The tables of a report.

mod columns;
pub mod content;
pub mod grid;
mod grid_ui;
pub mod ui;
mod widths;
