//! The tier of real GPUs, on a software one: window and network on one device, maps drawn from the
//! network's own buffers, and what happens when that device errs.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::tensor::Device;
use eframe::egui::vec2;
use eframe::wgpu;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::RgbaImage;
use smn_studio::app::{Start, Studio, painter, wgpu_setup};
use smn_studio::compute::{self, DeviceErrors, SharedGpu};
use smn_studio::label::Schema;
use smn_studio::map_painter::MapPainter;
use smn_studio::model::{Checkpoint, Config, Layer, Network};

use super::feature_window::{area, grid, picture};
use super::window::{Answers, Window, click, says, until};

/// A window, what draws its maps, and what watches its device.
struct Desk<'a> {
    window: Window<'a>,
    painter: Arc<MapPainter>,
    device: wgpu::Device,
    device_errors: DeviceErrors,
}

fn desk<'a>(share: bool, weights: &Path, settings: &Path) -> Desk<'a> {
    let mut kept = None;
    let window = Harness::builder()
        .with_size(vec2(1400.0, 880.0))
        .wgpu_setup(wgpu_setup())
        .build_eframe(|cc| {
            let state = cc.wgpu_render_state.as_ref().unwrap();
            let device = state.device.clone();
            let shared = share.then(|| {
                let (a, b) = (state.instance.clone(), state.adapter.clone());
                compute::share(a, b, device.clone(), state.queue.clone()).unwrap()
            });
            let device_errors = DeviceErrors::new(&device);
            let gpu = shared.map(|device| SharedGpu {
                device,
                name: "GPU (shared)".into(),
                errors: device_errors.clone(),
            });
            let painter = painter(state);
            kept = Some((painter.clone(), device, device_errors));
            let start = Start {
                weights: Some(weights.to_owned()),
                settings: Some(settings.to_owned()),
                ask: Some(Answers::default().ask()),
                ..Start::default()
            };
            Studio::new(&cc.egui_ctx, gpu, Some(painter), "test".into(), &start)
        });
    let (painter, device, device_errors) = kept.unwrap();
    Desk {
        window,
        painter,
        device,
        device_errors,
    }
}

/// The maps of every tower at Conv2-1, as the window shows them; something comes back from the GPU
/// `read` times for them, and never for drawing.
fn maps(desk: &mut Desk, read: u64) -> Vec<RgbaImage> {
    let (window, painter) = (&mut desk.window, &desk.painter);
    until(window, "the first prediction", |w| says(w, "Smiling: "));
    click(window, "Features");
    until(window, "the first maps and answers", |w| {
        w.state().shown_layer().is_some() && says(w, "WHEN MUTED")
    });
    quiet(window, painter); // other photos are predicted when there is nothing better to do
    let before = painter.read_backs();
    click(window, "Layer conv2_1");
    until(window, "Conv2-1", |w| {
        w.state().shown_layer() == Some(Layer::Conv2_1) && says(w, &grid("shared", "conv2_1"))
    });
    window.remove_cursor();
    window.run_steps(3);
    let towers = ["shared", "landmarks", "attributes"];
    let found = towers.map(|tower| {
        let part = area(window, tower);
        picture(window, part)
    });
    until(window, "all that is read back", |_| {
        painter.read_backs() - before >= read
    });
    quiet(window, painter);
    for _ in 0..5 {
        window.run_steps(1);
        window.render().unwrap();
    }
    assert_eq!(painter.read_backs() - before, read, "drawing reads nothing");
    found.to_vec()
}

/// Waits until nothing has come back from the GPU for a second.
fn quiet(window: &mut Window, painter: &MapPainter) {
    let (mut since, mut read) = (Instant::now(), painter.read_backs());
    while since.elapsed() < Duration::from_secs(1) {
        window.run_steps(1);
        std::thread::sleep(Duration::from_millis(10));
        if painter.read_backs() != read {
            (since, read) = (Instant::now(), painter.read_backs());
        }
    }
}

/// Kernels are compiled and tuned at their first use.
fn warm(window: &mut Window) {
    let since = Instant::now();
    while window.state().is_warming() {
        assert!(since.elapsed() < Duration::from_secs(300), "still warming");
        window.run_steps(1);
        std::thread::sleep(Duration::from_millis(50));
    }
    window.run_steps(2);
}

/// Does what no device allows.
fn err(device: &wgpu::Device) {
    let _ = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("of no use"),
        size: 4,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::MAP_WRITE,
        mapped_at_creation: false,
    });
}

#[test]
fn a_shared_window_draws_the_networks_own_buffers_and_outlives_their_errors() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("small.safetensors");
    let config = Config::variant("ours_channelwise").unwrap().sized(2, 8);
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    Checkpoint::new(network).save(&weights).unwrap();

    let mut uploaded = desk(false, &weights, &folder.path().join("uploaded"));
    let by_cpu = maps(&mut uploaded, 0); // the CPU has the values
    drop(uploaded);

    let mut shared = desk(true, &weights, &folder.path().join("shared"));
    warm(&mut shared.window);
    assert!(says(&shared.window, "GPU (shared)"));
    // The statistics of each tower, and each task's answer with the selected channel muted.
    let by_gpu = maps(&mut shared, 3 + 2);
    for (ours, theirs) in by_gpu.iter().zip(&by_cpu) {
        assert_eq!(ours.dimensions(), theirs.dimensions());
        let off = |(a, b): (&image::Rgba<u8>, &image::Rgba<u8>)| {
            (0..3).map(|i| a.0[i].abs_diff(b.0[i])).max().unwrap_or(0)
        };
        let worst = ours.pixels().zip(theirs.pixels()).map(off).max();
        assert!(worst <= Some(2), "{worst:?} grey levels apart");
    }

    assert_eq!(shared.device_errors.lost(), None);
    err(&shared.device);
    assert_eq!(
        shared.device_errors.failure(),
        None,
        "the window's own error"
    );
    let device = shared.device.clone();
    let other = std::thread::spawn(move || err(&device));
    assert!(other.join().is_err(), "who computes is unwound");
    assert!(shared.device_errors.failure().is_some());
    click(&mut shared.window, "portrait 2");
    until(&mut shared.window, "the CPU to go on", |w| {
        says(w, "the CPU goes on") && w.query_all_by_label_contains("CPU · ").next().is_some()
    });
    shared.device.destroy();
    // Told once what was given to the device before is done.
    let since = Instant::now();
    while shared.device_errors.lost().is_none() {
        assert!(since.elapsed() < Duration::from_secs(60), "still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}
