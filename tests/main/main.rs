//! The program from outside. One binary, because each links all of burn and wgpu.

// What goes wrong ends a test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cli;
mod damaged_files;
mod drawn_window;
mod eval;
mod eval_notes;
mod eval_tables;
mod exports;
mod faces_list;
mod feature_compare;
mod feature_states;
mod feature_studies;
mod feature_window;
mod figure_comparisons;
mod figures;
mod files;
mod floors;
mod formats;
mod found_again;
mod frame;
mod keys;
mod label_export;
mod maps;
mod mending;
mod narrow;
mod network_maps;
mod networks;
mod opening;
mod output;
mod overlays;
mod photos;
mod pictures;
mod report;
mod review;
mod rooms;
mod run_checkpoints;
mod run_window;
mod runs;
mod shared_window;
mod shown_face;
mod tables;
mod training;
mod weights_files;
mod window;
