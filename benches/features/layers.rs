//! From a request to the picture of a layer's feature maps, without a window. Medians.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Device;
use eframe::wgpu;
use smn_studio::dataset::synthetic::{self, Portrait};
use smn_studio::figure::{FeatureFigure, FigureRow, Format, GridStyle, Stats};
use smn_studio::map_painter::{MapBuffer, MapPainter};
use smn_studio::model::{self, Checkpoint, Predictor, TapLayer};

use super::{Gpu, black_pass};

const REPEATS: usize = 9;
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
    fn buffers(&self, place: TapLayer) -> Vec<Arc<MapBuffer>> {
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
        let mut pass = black_pass(&mut encoder, target);
        for (t, buffer) in buffers.iter().enumerate() {
            let columns = (buffer.channels() as f64).sqrt().ceil() as u32;
            let cell = 410 / columns;
            let look = GridStyle::all(buffer.channels(), columns, cell.max(2) - 1, 1);
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

    fn figure(&self, place: TapLayer) {
        let portrait = &self.portrait;
        let taps = self.predictor.network().taps_at(place);
        let maps = self
            .predictor
            .features(&portrait.image, &portrait.face_box, &taps);
        let row = FigureRow::new(&portrait.image, &maps);
        let page = FeatureFigure::new(&place.name(), vec![row]).page();
        let file = page.and_then(|p| p.encode(Format::Pdf, 300.0));
        std::hint::black_box(file.expect("a figure"));
    }
}

pub fn measure(gpu: &Gpu, weights: Option<&Path>) {
    let shared = gpu.shared.as_ref();
    let computing = shared.map_or_else(Device::flex, |g| g.device.clone());
    let checkpoint = match weights {
        Some(path) => Checkpoint::load(path, &computing),
        None => model::bundled(&computing),
    };
    let (device, queue) = (gpu.state.device.clone(), gpu.state.queue.clone());
    let bench = Bench {
        painter: MapPainter::new(device.clone(), queue.clone(), FORMAT),
        predictor: Predictor::new(checkpoint.expect("weights"), computing),
        portrait: synthetic::samples().swap_remove(0),
        device,
        queue,
        shared: shared.is_some(),
    };
    println!(
        "{:<9} {:>9} {:>14} {:>9} {:>14} {:>10}",
        "layer", "channels", "maps ready ms", "draw ms", "to picture ms", "figure ms"
    );
    let target = gpu.target([1280, 800], FORMAT);
    for place in bench.predictor.network().tap_layers() {
        let buffers = bench.buffers(place);
        let channels: usize = buffers.iter().map(|b| b.channels()).sum();
        let ready = median(REPEATS, || drop(bench.buffers(place)));
        let draw = median(REPEATS, || bench.draw(&buffers, &target));
        let all = median(REPEATS, || bench.draw(&bench.buffers(place), &target));
        let figure = median(1, || bench.figure(place));
        println!(
            "{:<9} {channels:>9} {ready:>14.2} {draw:>9.2} {all:>14.2} {figure:>10.1}",
            place.name()
        );
    }
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
