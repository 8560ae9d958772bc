//! What the maps cost the window: from a click on a layer to its maps being there and the longest
//! frame of the UI thread between, milliseconds of the UI thread a frame with a full grid beside an
//! empty pane, and frames a second.
//!
//! The UI thread's part of a frame is `App::ui`, tessellation, and the callbacks' prepare and
//! paint into a pass, as the program does them; what the GPU then does is counted in the frames a
//! second alone. All are medians, the grid's and the empty pane's of frames in turns, so that
//! whatever else the machine does burdens both alike.

use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui::{self, Event, Key, Modifiers, Pos2, RawInput, Rect, pos2, vec2};
use eframe::egui_wgpu::{RenderState, ScreenDescriptor};
use eframe::{App, wgpu};
use smn_studio::app::{Start, Studio, painter};
use smn_studio::model::Layer;

use super::{Gpu, black_pass};

const SIZE: [u32; 2] = [1440, 900];
/// Photos that are gone through: the samples.
const PHOTOS: usize = 6;
/// How often grid and empty pane take turns.
const TURNS: usize = 6;
/// Longer than the engine needs for a network of the paper's width.
const REST: Duration = Duration::from_secs(4);

/// The window's app with its device, driven frame by frame.
struct Bench {
    ctx: egui::Context,
    state: RenderState,
    studio: Studio,
    target: wgpu::TextureView,
    events: Vec<Event>,
    began: Instant,
    _settings: tempfile::TempDir,
}

/// Milliseconds of one frame: of the UI thread, and of the whole.
#[derive(Clone, Copy)]
struct Frame {
    ui: f64,
    whole: f64,
}

impl Bench {
    fn new(gpu: Gpu, weights: Option<&Path>) -> Self {
        let ctx = egui::Context::default();
        let settings = tempfile::tempdir().expect("a folder for settings");
        let target = gpu.target(SIZE, gpu.state.target_format);
        let studio = Studio::new(
            &ctx,
            gpu.shared,
            Some(painter(&gpu.state)),
            gpu.adapter.name,
            &Start {
                settings: Some(settings.path().to_owned()),
                weights: weights.map(Path::to_owned),
                ..Start::default()
            },
        );
        Self {
            ctx,
            state: gpu.state,
            studio,
            target,
            events: Vec::new(),
            began: Instant::now(),
            _settings: settings,
        }
    }

    /// The UI thread's work up to shapes; textures go to the GPU.
    fn pass(&mut self) -> egui::FullOutput {
        let size = vec2(SIZE[0] as f32, SIZE[1] as f32);
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            time: Some(self.began.elapsed().as_secs_f64()),
            events: std::mem::take(&mut self.events),
            focused: true,
            ..RawInput::default()
        };
        let mut frame = eframe::Frame::_new_kittest();
        let studio = &mut self.studio;
        let output = self.ctx.run_ui(input, |ui| studio.ui(ui, &mut frame));
        let (device, queue) = (&self.state.device, &self.state.queue);
        let mut renderer = self.state.renderer.write();
        for (id, deltas) in &output.textures_delta.set {
            for delta in deltas {
                renderer.update_texture(device, queue, *id, delta);
            }
        }
        output
    }

    fn frame(&mut self) -> Frame {
        let start = Instant::now();
        let output = self.pass();
        let jobs = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let (device, queue) = (&self.state.device, &self.state.queue);
        let screen = ScreenDescriptor {
            size_in_pixels: SIZE,
            pixels_per_point: output.pixels_per_point,
        };
        let mut renderer = self.state.renderer.write();
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut buffers = renderer.update_buffers(device, queue, &mut encoder, &jobs, &screen);
        let mut pass = black_pass(&mut encoder, &self.target).forget_lifetime();
        renderer.render(&mut pass, &jobs, &screen);
        drop(pass);
        let ui = start.elapsed();
        for id in &output.textures_delta.free {
            renderer.free_texture(id);
        }
        drop(renderer);
        buffers.push(encoder.finish());
        queue.submit(buffers);
        device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("the GPU");
        Frame {
            ui: 1e3 * ui.as_secs_f64(),
            whole: 1e3 * start.elapsed().as_secs_f64(),
        }
    }

    /// Passes until `done`, then a frame that draws it; the milliseconds that it took, and the
    /// longest of the UI thread between. What a software GPU takes for the frames between is left
    /// out.
    fn until(&mut self, what: &str, done: impl Fn(&Studio) -> bool) -> (f64, f64) {
        let start = Instant::now();
        let mut longest = 0.0_f64;
        while !done(&self.studio) {
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "waited for {what}"
            );
            let began = Instant::now();
            let output = self.pass();
            longest = longest.max(1e3 * began.elapsed().as_secs_f64());
            let mut renderer = self.state.renderer.write();
            for id in &output.textures_delta.free {
                renderer.free_texture(id);
            }
            drop(renderer);
            std::thread::sleep(Duration::from_millis(1));
        }
        longest = longest.max(self.frame().ui);
        (1e3 * start.elapsed().as_secs_f64(), longest)
    }

    fn press(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.events.push(Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers,
            });
        }
    }

    /// What so many frames take with the grid, and as many without, in turns.
    fn measured(&mut self, frames: usize) -> (Frame, Frame) {
        let (mut grid, mut empty) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            for (shown, all) in [(true, &mut grid), (false, &mut empty)] {
                self.studio.show_maps(shown);
                for _ in 0..3 {
                    self.frame();
                }
                all.extend((0..frames.div_ceil(TURNS)).map(|_| self.frame()));
            }
        }
        self.studio.show_maps(true);
        (medians(&grid), medians(&empty))
    }

    /// Passes while the engine answers what a layer makes the window ask besides its maps.
    fn rest(&mut self) {
        let start = Instant::now();
        while start.elapsed() < REST {
            self.until("nothing", |_| true);
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn medians(all: &[Frame]) -> Frame {
    let median = |of: fn(&Frame) -> f64| {
        let mut values: Vec<f64> = all.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Frame {
        ui: median(|f| f.ui),
        whole: median(|f| f.whole),
    }
}

pub fn measure(gpu: Gpu, weights: Option<&Path>, frames: usize) {
    let mut bench = Bench::new(gpu, weights);
    let ready = |s: &Studio| s.predicted_box().is_some() && !s.is_warming();
    bench.until("the samples", ready);
    bench.press(Key::Num2, Modifiers::COMMAND);
    bench.until("the first maps", |s| s.shown_layer().is_some());
    println!(
        "{:<9} {:>17} {:>14}",
        "layer", "in the window ms", "longest ui ms"
    );
    for layer in Layer::ALL {
        bench.studio.show_layer(layer);
        let (ms, longest) = bench.until("a layer", |s| s.shown_layer() == Some(layer));
        println!("{:<9} {ms:>17.1} {longest:>14.1}", layer.name());
    }
    for photo in 2..=PHOTOS {
        bench.press(Key::ArrowDown, Modifiers::NONE);
        let pressed = bench.frame().ui;
        let (ms, longest) = bench.until("the next photo", |s| !s.waits_for_maps());
        let longest = longest.max(pressed);
        println!("photo {photo}   {ms:>17.1} {longest:>14.1}");
    }
    println!(
        "{:<24} {:>6} {:>6} {:>6} {:>6} {:>9} {:>6} {:>6}",
        "a frame", "ui ms", "empty", "more", "ratio", "frames/s", "empty", "ratio"
    );
    for layer in [Layer::Conv1_2, Layer::Conv4_3] {
        bench.studio.show_layer(layer);
        bench.until("a layer", |s| s.shown_layer() == Some(layer));
        bench.rest();
        let (grid, empty) = bench.measured(frames);
        say(&format!("{} grid", layer.name()), grid, empty);
        bench.events.push(Event::PointerMoved(pos2(600.0, 300.0)));
        let (hovered, empty) = bench.measured(frames);
        say(&format!("{} grid, hovered", layer.name()), hovered, empty);
        bench.events.push(Event::PointerGone);
    }
}

fn say(what: &str, frame: Frame, empty: Frame) {
    let frames = [frame, empty].map(|f| 1e3 / f.whole);
    println!(
        "{what:<24} {:>6.2} {:>6.2} {:>+6.2} {:>6.2} {:>9.1} {:>6.1} {:>6.2}",
        frame.ui,
        empty.ui,
        frame.ui - empty.ui,
        frame.ui / empty.ui,
        frames[0],
        frames[1],
        frames[0] / frames[1],
    );
}
