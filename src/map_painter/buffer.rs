//! Feature maps in the GPU's memory, with their statistics as the shader has them.

use bytemuck::{Pod, Zeroable};

use crate::figure::Stats;

/// Where the values of `[1, channels, height, width]` stand in a buffer of f32. As in the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(super) struct MapLayout {
    /// All in elements.
    pub(super) offset: u32,
    pub(super) channels: u32,
    pub(super) height: u32,
    pub(super) width: u32,
    pub(super) channel_stride: u32,
    pub(super) row_stride: u32,
    pub(super) column_stride: u32,
    padding: u32,
}

impl MapLayout {
    /// All in elements; of channels, rows and columns.
    pub(super) fn new(offset: usize, shape: [usize; 3], strides: [usize; 3]) -> Self {
        let [channels, height, width] = shape.map(|v| v as u32);
        let [channel_stride, row_stride, column_stride] = strides.map(|v| v as u32);
        Self {
            offset: offset as u32,
            channels,
            height,
            width,
            channel_stride,
            row_stride,
            column_stride,
            padding: 0,
        }
    }
}

/// The maps of one layer of one tower in GPU memory, with the statistics of each.
pub struct MapBuffer {
    pub(super) values: wgpu::Buffer,
    pub(super) layout: MapLayout,
    pub(super) uniform: wgpu::Buffer,
    pub(super) stats: wgpu::Buffer,
    /// What owns `values`: burn hands the memory out again once its tensor is gone.
    pub(super) _owner: Option<Box<dyn std::any::Any + Send + Sync>>,
}

impl MapBuffer {
    pub fn channels(&self) -> usize {
        self.layout.channels as usize
    }

    /// Side of each square map in values.
    pub fn side(&self) -> usize {
        self.layout.width as usize
    }
}

/// Statistics as the shader has them: an empty range, not NaN, where there is no number.
pub(super) fn stats_to_row(stats: &Stats) -> [f32; 4] {
    if stats.min.is_nan() {
        return [f32::MAX, f32::MIN, 0.0, 0.0];
    }
    [stats.min, stats.max, stats.mean, stats.sparsity]
}

pub(super) fn stats_of_row([min, max, mean, sparsity]: [f32; 4]) -> Stats {
    if min > max {
        return Stats::NONE;
    }
    Stats {
        min,
        max,
        mean,
        sparsity,
    }
}
