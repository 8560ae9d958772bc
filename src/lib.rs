//! SMN Studio: separation multi-task networks on faces.
//!
//! Each module is a floor of the house and imports only floors below it; read from the bottom:
//! [`label`] (the words), [`photo`], [`dataset`], [`measure`], [`evaluation`], [`batch`],
//! [`model`], [`study`], [`figure`], [`compute`], [`map_painter`], [`train`], [`engine`], and on
//! top [`app`] (the window) and [`cli`] (the commands).

// Whoever reads what is printed may have gone: `terminal` prints.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod atomic;
pub mod background;
pub mod batch;
pub mod cli;
pub mod compute;
pub mod dataset;
pub mod engine;
pub mod evaluation;
pub mod figure;
pub mod file_type;
pub mod hash;
pub mod humanize;
pub mod label;
pub mod logs;
pub mod map_painter;
pub mod measure;
pub mod memory;
pub mod model;
pub mod npy;
pub mod photo;
pub mod review;
pub mod study;
pub mod terminal;
pub mod train;
