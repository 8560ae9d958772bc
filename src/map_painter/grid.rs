//! A grid of feature maps that is ready to be drawn: which maps, in which order, where and how.

use std::sync::Arc;

use bytemuck::{Pod, Zeroable};

use super::buffer::MapBuffer;
use crate::figure::{GridStyle, INVALID, Scale};

/// How and where a grid is drawn. As in the shader.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct GridUniform {
    origin: [i32; 2],
    cell: u32,
    pitch: u32,
    columns: u32,
    cells: u32,
    scale: u32,
    signed: u32,
    range: [f32; 2],
    linear: u32,
    heat: f32,
    invalid: [f32; 4],
}

/// A grid of maps, ready to be drawn.
pub struct Grid {
    pub(super) _maps: Arc<MapBuffer>,
    pub(super) uniform: wgpu::Buffer,
    pub(super) group: wgpu::BindGroup,
    pub(super) look: GridStyle,
    pub(super) linear: bool,
}

impl Grid {
    pub fn look(&self) -> &GridStyle {
        &self.look
    }

    /// Puts the grid's first cell at `origin`, in pixels of the target. With `heat` above 0 its
    /// colours are as strong as their values, at most that, 0 to 1.
    pub fn place(&self, queue: &wgpu::Queue, origin: [i32; 2], heat: f32) {
        let look = &self.look;
        let (scale, range) = match look.scale {
            Scale::Channel | Scale::Own => (0, [0.0; 2]),
            Scale::Layer => (1, [0.0; 2]),
            Scale::Fixed(low, high) => (2, [low, high]),
        };
        let uniform = GridUniform {
            origin,
            cell: look.cell,
            pitch: look.pitch,
            columns: look.columns,
            cells: look.order.len() as u32,
            scale,
            signed: u32::from(look.colours.is_signed()),
            range,
            linear: u32::from(self.linear),
            heat,
            invalid: [INVALID[0], INVALID[1], INVALID[2], 1.0],
        };
        queue.write_buffer(&self.uniform, 0, bytemuck::bytes_of(&uniform));
    }
}
