//! Feature maps in the GPU's memory, and the pipelines that draw them from there.
//!
//! On a shared device a tensor of burn's is a buffer of the window's device: [`MapPainter::tensor`]
//! finds it, and `shaders/feature_maps.wgsl` draws from it by shape, strides and offset as the
//! tensor comes. Maps that the CPU computed are uploaded and drawn in the same way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use burn::backend::Cube;
use burn::cubecl::wgpu::{AutoCompiler, WgpuServer};
use burn::tensor::Tensor;
use bytemuck::{Pod, Zeroable};

use super::pipelines::{
    STORAGE, UNIFORM, buffer_of, compute_pipeline, group_layout, group_layout_at, render_pipeline,
};
use crate::figure::{ColourMap, GridLook, INVALID, Scale, Stats};
use crate::model::FeatureMap;

/// Where the values of `[1, channels, height, width]` stand in a buffer of f32. As in the shader.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
struct Layout {
    /// All in elements.
    offset: u32,
    channels: u32,
    height: u32,
    width: u32,
    channel_stride: u32,
    row_stride: u32,
    column_stride: u32,
    padding: u32,
}

impl Layout {
    /// All in elements; of channels, rows and columns.
    fn new(offset: usize, shape: [usize; 3], strides: [usize; 3]) -> Self {
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

/// How and where a grid is drawn. As in the shader.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct View {
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

/// The maps of one layer of one tower in GPU memory, with the statistics of each.
pub struct MapBuffer {
    values: wgpu::Buffer,
    layout: Layout,
    uniform: wgpu::Buffer,
    stats: wgpu::Buffer,
    /// What owns `values`: burn hands the memory out again once its tensor is gone.
    _owner: Option<Box<dyn std::any::Any + Send + Sync>>,
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

/// A grid of maps, ready to be drawn.
pub struct Grid {
    _maps: Arc<MapBuffer>,
    view: wgpu::Buffer,
    group: wgpu::BindGroup,
    look: GridLook,
    linear: bool,
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
        let layout = Layout::new(whole.offset as usize / 4, [*c, *h, *w], [*sc, *sh, *sw]);
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
        let rows: Vec<[f32; 4]> = stats.iter().map(row).collect();
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
        let layout = Layout::new(offset, shape, strides);
        self.finish(values, layout, None)
    }

    /// Finds the statistics of the maps, on the GPU.
    fn finish(
        &self,
        values: wgpu::Buffer,
        layout: Layout,
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
        let rows = rows.map(|b| of_row([0, 4, 8, 12].map(|at| float(&b[at..]))));
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
    pub fn grid(&self, maps: &Arc<MapBuffer>, look: GridLook) -> Grid {
        // An empty buffer cannot be bound.
        let order = if look.order.is_empty() {
            &[0][..]
        } else {
            &look.order
        };
        let order = buffer_of(&self.device, order, wgpu::BufferUsages::STORAGE);
        let view = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("view"),
            size: size_of::<View>() as u64,
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
            &view,
            table,
        ];
        let numbered: Vec<_> = (0..).zip(buffers).collect();
        Grid {
            group: self.group(&self.draw_group, &numbered),
            _maps: maps.clone(),
            view,
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

impl Grid {
    pub fn look(&self) -> &GridLook {
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
        let view = View {
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
        queue.write_buffer(&self.view, 0, bytemuck::bytes_of(&view));
    }
}

/// Statistics as the shader has them: an empty range, not NaN, where there is no number.
fn row(stats: &Stats) -> [f32; 4] {
    if stats.min.is_nan() {
        return [f32::MAX, f32::MIN, 0.0, 0.0];
    }
    [stats.min, stats.max, stats.mean, stats.sparsity]
}

fn of_row([min, max, mean, sparsity]: [f32; 4]) -> Stats {
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

fn float(bytes: &[u8]) -> f32 {
    f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
