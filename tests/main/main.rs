//! The program from outside. One binary, because each links all of burn and wgpu.

mod cli;
mod feature_window;
mod figures;
mod frame;
mod maps;
mod networks;
mod training;
mod window;
