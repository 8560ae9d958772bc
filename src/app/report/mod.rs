//! How good the predictions of the open list are, as tables and as plots that lead to the faces
//! behind them.

mod badges;
mod controls;
mod intervals;
mod lead;
mod measuring;
mod message;
mod pane;
mod part;
mod plot_data;
mod plots;
mod slices;
mod tables;
mod view;
mod work;

pub use measuring::Measured;
pub use view::ReportView;
