//! The window. The only floor that knows egui: it sends requests, folds replies into its state,
//! and draws the state. It makes no call to burn and reads no file.
//!
//! Its rooms stand in ARCHITECTURE.md, from the studio down; each imports only those below it.

mod attributes;
mod canvas;
mod command;
mod export;
mod faces;
mod features;
mod gallery;
mod model;
mod opening;
mod report;
mod runs;
mod studio;
mod training;
mod widgets;

pub use canvas::layers::{Colours, Layers, Look};
pub use command::Command;
pub use features::Favourites;
pub use opening::{Ask, Dialog, Wanted};
pub use studio::Studio;
pub use studio::settings;
pub use studio::start::Start;
pub use studio::window::{NoWindow, open, painter, wgpu_setup};
