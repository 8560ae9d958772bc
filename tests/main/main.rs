//! The program from outside. One binary, because each links all of burn and wgpu.

mod cli;
mod eval;
mod feature_states;
mod feature_window;
mod figures;
mod floors;
mod formats;
mod frame;
mod maps;
mod networks;
mod photos;
mod shared_window;
mod training;
mod window;
