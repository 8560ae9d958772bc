//! The plots of a report on the screen. What is saved is drawn by [`crate::figure::plot`].

pub mod bars;
pub mod bars_ui;
pub mod ced;
pub mod ced_ui;
pub mod colours;
