//! The one place where what somebody does changes the model, pane by pane. What other threads bring
//! changes it in `replies`.

mod arriving;
mod boxes;
mod canvas;
mod closing;
mod commands;
mod compare;
mod export;
mod features;
mod list;
mod predict;
mod put_back;
mod report;
mod review;
mod selection;
pub mod sheet;
mod training;
