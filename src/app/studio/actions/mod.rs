//! The one place where what somebody does changes the model, pane by pane.

mod boxes;
mod compare;
mod report;
mod training;
