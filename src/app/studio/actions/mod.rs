//! The one place where what somebody does changes the model, pane by pane.

mod boxes;
mod canvas;
mod commands;
mod compare;
mod export;
mod features;
mod list;
mod predict;
mod report;
pub mod sheet;
mod training;
