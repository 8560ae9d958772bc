//! The one place where what somebody does changes the model, pane by pane.

mod boxes;
mod canvas;
mod compare;
mod export;
mod features;
mod list;
mod report;
pub mod sheet;
mod training;
