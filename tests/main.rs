//! The program from outside. One binary, because each links all of burn and wgpu.

mod networks;
mod training;
