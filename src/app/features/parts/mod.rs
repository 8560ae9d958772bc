//! Small parts that the panes of maps are drawn from.

pub mod cells;
pub mod choice;
pub mod colour_bar;
pub mod faces;
pub mod fit;
pub mod gpu;
pub mod progress;
pub mod rows;
pub mod table_menu;
pub mod warnings;
