//! What somebody does in the list of faces.

use super::row::Click;
use crate::app::command::Command;
use crate::app::faces::arrangement::Arrangement;

pub enum Action {
    Run(Command),
    /// How a row was clicked.
    Click(usize, Click),
    /// Filter and order from now on.
    Arrange(Arrangement),
    /// Opens the picker of filters and orders.
    FindFaces,
    /// Shows the chosen faces alone.
    ShowChosen,
    ChooseNone,
    /// Predicts these faces.
    Predict(Vec<u32>),
    /// Thumbnails of these faces are to be read, and no others.
    Thumbnails(Vec<usize>),
}
