//! Feature maps in the GPU's memory, and the pipelines that draw them from there.
//!
//! On a shared device a tensor of burn's is a buffer of the window's device: [`MapPainter::tensor`]
//! finds it, and `shaders/feature_maps.wgsl` draws from it by shape, strides and offset as the
//! tensor comes. Maps that the CPU computed are uploaded and drawn in the same way.

mod buffer;
mod grid;
mod pipelines;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use burn::backend::Cube;
use burn::cubecl::wgpu::{AutoCompiler, WgpuServer};
use burn::tensor::Tensor;

use crate::figure::{ColourMap, GridStyle, Stats};
use crate::model::FeatureMap;
use buffer::{MapLayout, stats_of_row, stats_to_row};
use grid::GridUniform;
use pipelines::{
    STORAGE, UNIFORM, buffer_of, compute_pipeline, group_layout, group_layout_at, render_pipeline,
};

pub use buffer::MapBuffer;
pub use grid::Grid;

/// Draws grids of maps on one device, for one format of target.
pub struct MapPainter {
    device: wgpu::Device,
    queue: wgpu::Queue,
    draw: wgpu::RenderPipeline,
    draw_group: wgpu::BindGroupLayout,
    channel_stats: wgpu::ComputePipeline,
    layer_stats: wgpu::ComputePipeline,
    stats_group: wgpu::BindGroupLayout,
    tables: [wgpu::Buffer; ColourMap::ALL.len()],
    linear: bool,
    read_backs: Arc<AtomicU64>,
}

impl MapPainter {
    pub fn new(device: wgpu::Device, queue: wgpu::Queue, target: wgpu::TextureFormat) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("feature maps"),
            source: wgpu::ShaderSource::Wgsl(
                include_str!("../../shaders/feature_maps.wgsl").into(),
            ),
        });
        let draw_group = group_layout(
            &device,
            wgpu::ShaderStages::FRAGMENT,
            &[STORAGE, UNIFORM, STORAGE, STORAGE, UNIFORM, UNIFORM],
        );
        let found = (6, wgpu::BufferBindingType::Storage { read_only: false });
        let stats_group = group_layout_at(
            &device,
            wgpu::ShaderStages::COMPUTE,
            &[(0, STORAGE), (1, UNIFORM), found],
        );
        let draw = render_pipeline(&device, &module, &draw_group, target);
        let compute = |entry| compute_pipeline(&device, &module, &stats_group, entry);
        let (channel_stats, layer_stats) = (compute("channel_stats"), compute("layer_stats"));
        let tables = ColourMap::ALL.map(|colours| {
            let table = colours.table().map(|[r, g, b]| [r, g, b, 1.0]);
            buffer_of(&device, &table, wgpu::BufferUsages::UNIFORM)
        });
        Self {
            device,
            queue,
            draw,
            draw_group,
            channel_stats,
            layer_stats,
            stats_group,
            tables,
            linear: target.is_srgb(),
            read_backs: Arc::default(),
        }
    }

    /// The buffer of a tensor `[1, channels, side, side]` of a network on this painter's device.
    /// Submits what is outstanding, on the thread that computed the tensor: drawn later, the
    /// buffer holds the finished maps.
    pub fn tensor(&self, tensor: Tensor<4>) -> Result<MapBuffer> {
        let device = tensor.device();
        let cube = tensor
            .try_into_primitive::<Cube>()
            .map_err(|e| anyhow!("the maps are not on the GPU: {e:?}"))?;
        let resource = cube
            .client
            .get_resource::<WgpuServer<AutoCompiler>>(cube.handle.clone())
            .map_err(|e| anyhow!("no buffer for the maps: {e:?}"))?;
        device
            .flush()
            .map_err(|e| anyhow!("the GPU did not take the network's work: {e:?}"))?;
        let (shape, strides) = (&cube.meta.shape, &cube.meta.strides);
        let dims: Vec<usize> = shape.iter().copied().collect();
        let steps: Vec<usize> = strides.iter().copied().collect();
        let ([1, c, h, w], [_, sc, sh, sw]) = (&dims[..], &steps[..]) else {
            bail!("maps of the shape {dims:?}");
        };
        if cube.dtype != burn::tensor::DType::F32 {
            bail!("maps of the type {:?}", cube.dtype);
        }
        let whole = resource.resource();
        let layout = MapLayout::new(whole.offset as usize / 4, [*c, *h, *w], [*sc, *sh, *sw]);
        let values = whole.buffer.clone();
        Ok(self.finish(values, layout, Some(Box::new((cube, resource)))))
    }

    /// Maps that the CPU computed.
    pub fn upload(&self, map: &FeatureMap) -> MapBuffer {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        let values = buffer_of(&self.device, &map.data, usage);
        self.strided(
            values,
            0,
            [map.channels, map.side, map.side],
            [map.side * map.side, map.side, 1],
        )
    }

    /// As [`MapPainter::upload`], coloured in the ranges of `stats`, those of each channel and of
    /// the layer last: what two maps have in common.
    pub fn upload_in(&self, map: &FeatureMap, stats: &[Stats]) -> MapBuffer {
        let rows: Vec<[f32; 4]> = stats.iter().map(stats_to_row).collect();
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        MapBuffer {
            stats: buffer_of(&self.device, &rows, usage),
            ..self.upload(map)
        }
    }

    /// Maps in a buffer of f32 on this painter's device, from `offset` on; all in elements, of
    /// channels, rows and columns.
    pub fn strided(
        &self,
        values: wgpu::Buffer,
        offset: usize,
        shape: [usize; 3],
        strides: [usize; 3],
    ) -> MapBuffer {
        let layout = MapLayout::new(offset, shape, strides);
        self.finish(values, layout, None)
    }

    /// Finds the statistics of the maps, on the GPU.
    fn finish(
        &self,
        values: wgpu::Buffer,
        layout: MapLayout,
        owner: Option<Box<dyn std::any::Any + Send + Sync>>,
    ) -> MapBuffer {
        let uniform = buffer_of(&self.device, &[layout], wgpu::BufferUsages::UNIFORM);
        let stats = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("statistics"),
            size: 16 * (u64::from(layout.channels) + 1),
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        let group = self.group(
            &self.stats_group,
            &[(0, &values), (1, &uniform), (6, &stats)],
        );
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_bind_group(0, &group, &[]);
        pass.set_pipeline(&self.channel_stats);
        pass.dispatch_workgroups(layout.channels, 1, 1);
        pass.set_pipeline(&self.layer_stats);
        pass.dispatch_workgroups(1, 1, 1);
        drop(pass);
        self.queue.submit([encoder.finish()]);
        MapBuffer {
            values,
            layout,
            uniform,
            stats,
            _owner: owner,
        }
    }

    /// The statistics of each map and, last, of the layer: 16 bytes a map. Waits for the GPU, so
    /// not for the window's thread.
    pub fn stats(&self, maps: &MapBuffer) -> Result<Vec<Stats>> {
        let bytes = self.read_back(&maps.stats, 0, maps.stats.size())?;
        let rows = bytes.chunks_exact(16);
        let rows = rows.map(|b| stats_of_row([0, 4, 8, 12].map(|at| float(&b[at..]))));
        Ok(rows.collect())
    }

    /// One value of a map: 4 bytes. Waits for the GPU.
    pub fn value(&self, maps: &MapBuffer, channel: u32, x: u32, y: u32) -> Result<f32> {
        let l = &maps.layout;
        if channel >= l.channels || x >= l.width || y >= l.height {
            bail!("no value at channel {channel}, ({x}, {y})");
        }
        let at = l.offset + channel * l.channel_stride + y * l.row_stride + x * l.column_stride;
        Ok(float(&self.read_back(
            &maps.values,
            4 * u64::from(at),
            4,
        )?))
    }

    /// How often something came back from the GPU; drawing does not add to it.
    pub fn read_backs(&self) -> u64 {
        self.read_backs.load(Ordering::Relaxed)
    }

    /// In which a network on the same device counts what it brings back.
    pub fn counter(&self) -> Arc<AtomicU64> {
        self.read_backs.clone()
    }

    /// The one way by which anything that is drawn comes back from the GPU.
    fn read_back(&self, buffer: &wgpu::Buffer, offset: u64, size: u64) -> Result<Vec<u8>> {
        const PATIENCE: Duration = Duration::from_secs(10);
        self.read_backs.fetch_add(1, Ordering::Relaxed);
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read back"),
            size,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, offset, &staging, 0, size);
        self.queue.submit([encoder.finish()]);
        let (done, result) = channel();
        staging.slice(..).map_async(wgpu::MapMode::Read, move |r| {
            let _ = done.send(r);
        });
        // Asked again and again and never waited for: waiting holds a lock that the window needs.
        let since = Instant::now();
        loop {
            self.device.poll(wgpu::PollType::Poll).context("the GPU")?;
            match result.try_recv() {
                Ok(mapped) => break mapped.context("the GPU's memory cannot be read")?,
                Err(_) if since.elapsed() > PATIENCE => bail!("the GPU does not answer"),
                Err(_) => std::thread::sleep(Duration::from_micros(300)),
            }
        }
        let bytes = staging
            .slice(..)
            .get_mapped_range()
            .context("the GPU's memory")?
            .to_vec();
        Ok(bytes)
    }

    /// A grid of maps in a certain look.
    pub fn grid(&self, maps: &Arc<MapBuffer>, look: GridStyle) -> Grid {
        // An empty buffer cannot be bound.
        let order = if look.order.is_empty() {
            &[0][..]
        } else {
            &look.order
        };
        let order = buffer_of(&self.device, order, wgpu::BufferUsages::STORAGE);
        let uniform = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("grid"),
            size: size_of::<GridUniform>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let at = ColourMap::ALL.iter().position(|c| *c == look.colours);
        let table = &self.tables[at.unwrap_or(0)];
        let buffers = [
            &maps.values,
            &maps.uniform,
            &maps.stats,
            &order,
            &uniform,
            table,
        ];
        let numbered: Vec<_> = (0..).zip(buffers).collect();
        Grid {
            group: self.group(&self.draw_group, &numbered),
            _maps: maps.clone(),
            uniform,
            look,
            linear: self.linear,
        }
    }

    /// Draws a grid wherever the pass's scissor allows.
    pub fn draw(&self, grid: &Grid, pass: &mut wgpu::RenderPass) {
        pass.set_pipeline(&self.draw);
        pass.set_bind_group(0, &grid.group, &[]);
        pass.draw(0..3, 0..1);
    }

    fn group(
        &self,
        layout: &wgpu::BindGroupLayout,
        buffers: &[(u32, &wgpu::Buffer)],
    ) -> wgpu::BindGroup {
        let entries: Vec<_> = buffers
            .iter()
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding: *binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("feature maps"),
            layout,
            entries: &entries,
        })
    }
}

fn float(bytes: &[u8]) -> f32 {
    f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
