//! From a request to the picture of a layer's feature maps, on whatever adapter there is.
//!
//! ```text
//! cargo bench --bench maps -- [REPEATS]
//! ```
//! On a real GPU the maps are drawn from the network's own buffers; on a software one the CPU
//! computes them and they are uploaded, as in the window. Medians; run it on a quiet machine.

use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Device;
use eframe::wgpu;
use smn_studio::app::wgpu_setup;
use smn_studio::compute::{self, Adapter, MapBuffer, MapPainter};
use smn_studio::dataset::synthetic::{self, Portrait};
use smn_studio::figure::{FeatureFigure, FigureRow, Format, GridLook, Stats};
use smn_studio::memory::Keeping;
use smn_studio::model::{self, Place, Predictor};

/// As in the program.
#[global_allocator]
static MEMORY: Keeping = Keeping;

const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

struct Bench {
    device: wgpu::Device,
    queue: wgpu::Queue,
    painter: MapPainter,
    predictor: Predictor,
    portrait: Portrait,
    /// Whether network and painter share the device.
    shared: bool,
}

impl Bench {
    /// What a request does before anything can be drawn.
    fn buffers(&self, place: Place) -> Vec<Arc<MapBuffer>> {
        let portrait = &self.portrait;
        let taps = self.predictor.network().taps_at(place);
        let (photo, face) = (&portrait.image, &portrait.face_box);
        if self.shared {
            let tensors = self.predictor.tapped(photo, face, &taps).into_iter();
            let ready = tensors.map(|t| self.painter.tensor(t).expect("a buffer"));
            let ready: Vec<_> = ready.map(Arc::new).collect();
            for buffer in &ready {
                self.painter.stats(buffer).expect("statistics");
            }
            return ready;
        }
        let maps = self.predictor.features(photo, face, &taps);
        let upload = |map| {
            std::hint::black_box(Stats::of_map(map));
            Arc::new(self.painter.upload(map))
        };
        maps.iter().map(upload).collect()
    }

    /// One draw a tower into a target of the window's size, until the GPU is done.
    fn draw(&self, buffers: &[Arc<MapBuffer>], target: &wgpu::TextureView) {
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: target,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
        for (t, buffer) in buffers.iter().enumerate() {
            let columns = (buffer.channels() as f64).sqrt().ceil() as u32;
            let cell = 410 / columns;
            let look = GridLook::all(buffer.channels(), columns, cell.max(2) - 1, 1);
            let grid = self.painter.grid(buffer, look);
            grid.place(&self.queue, [t as i32 * 426, 0], 0.0);
            self.painter.draw(&grid, &mut pass);
        }
        drop(pass);
        self.queue.submit([encoder.finish()]);
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("the GPU");
    }

    fn figure(&self, place: Place) {
        let portrait = &self.portrait;
        let taps = self.predictor.network().taps_at(place);
        let maps = self
            .predictor
            .features(&portrait.image, &portrait.face_box, &taps);
        let row = FigureRow {
            caption: String::new(),
            input: &portrait.image,
            maps: &maps,
        };
        let page = FeatureFigure::new(&place.name(), vec![row]).page();
        let file = page.and_then(|p| p.encode(Format::Pdf, 300.0));
        std::hint::black_box(file.expect("a figure"));
    }
}

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let repeats = numbers.first().copied().unwrap_or(9).max(1);
    if compute::adapters().is_empty() {
        println!("no graphics adapter. {}", compute::DRIVER_HINT);
        return;
    }
    let state = egui_kittest::wgpu::create_render_state(wgpu_setup(), Default::default());
    let adapter = Adapter::new(state.adapter.get_info());
    let shared = adapter.is_real_gpu();
    let (device, queue) = (state.device.clone(), state.queue.clone());
    let computing = if shared {
        compute::share(state.instance, state.adapter, state.device, state.queue).expect("sharing")
    } else {
        Device::flex()
    };
    let checkpoint = model::bundled(&computing).expect("the bundled weights");
    let bench = Bench {
        painter: MapPainter::new(device.clone(), queue.clone(), FORMAT),
        predictor: Predictor::new(checkpoint, computing),
        portrait: synthetic::samples().swap_remove(0),
        device,
        queue,
        shared,
    };
    println!(
        "{adapter}; network on {}",
        if shared { "it" } else { "the CPU" }
    );
    println!(
        "{:<9} {:>9} {:>14} {:>9} {:>14} {:>10}",
        "layer", "channels", "maps ready ms", "draw ms", "to picture ms", "figure ms"
    );
    let target = target(&bench.device);
    for place in bench.predictor.network().places() {
        let buffers = bench.buffers(place);
        let channels: usize = buffers.iter().map(|b| b.channels()).sum();
        let ready = median(repeats, || drop(bench.buffers(place)));
        let draw = median(repeats, || bench.draw(&buffers, &target));
        let all = median(repeats, || bench.draw(&bench.buffers(place), &target));
        let figure = median(1, || bench.figure(place));
        println!(
            "{:<9} {channels:>9} {ready:>14.2} {draw:>9.2} {all:>14.2} {figure:>10.1}",
            place.name()
        );
    }
}

fn target(device: &wgpu::Device) -> wgpu::TextureView {
    let target = device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d {
            width: 1280,
            height: 800,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    target.create_view(&Default::default())
}

/// Milliseconds, after one run that does not count.
fn median(repeats: usize, mut f: impl FnMut()) -> f64 {
    f();
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let start = Instant::now();
            f();
            1e3 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
