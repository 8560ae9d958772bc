//! How good the predictions of the open list are, as tables and as plots that lead to the faces
//! behind them.

mod action;
mod badges;
mod controls;
mod export_menu;
mod intervals;
mod job;
mod key;
mod measurement;
mod measuring;
mod message;
mod pane;
mod plot_data;
mod plots;
mod query;
mod settings;
mod slices;
mod subset;
mod tables;
mod view;

pub use action::{Action, Export};
pub use view::ReportView;
