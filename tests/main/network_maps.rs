//! A network's maps on the GPU, from its own buffers.

use std::path::PathBuf;
use std::sync::Arc;

use burn::tensor::Device;
use image::{Rgb, RgbImage};
use smn_studio::app::wgpu_setup;
use smn_studio::compute;
use smn_studio::dataset::synthetic;
use smn_studio::figure::GridStyle;
use smn_studio::label::FaceBox;
use smn_studio::model::{self, Checkpoint, Layer, Predictor, Tap, TapLayer};

use crate::maps::{BACKGROUND, Gpu, assert_drawn_alike, assert_same, read};

#[test]
fn fused_maps_are_drawn_from_the_networks_buffers_with_their_sign() {
    let gpu = Gpu::new();
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/golden/ours_channelwise.safetensors"
    );
    let checkpoint = Checkpoint::load(path.as_ref(), &gpu.burn).unwrap();
    let predictor = Predictor::new(checkpoint, gpu.burn.clone());
    let photo = RgbImage::from_fn(128, 128, |x, y| Rgb([2 * x as u8, y as u8, (x * y) as u8]));
    let face = FaceBox::new(0.0, 0.0, 128.0, 128.0);
    let places = [
        TapLayer::fused(Layer::Conv2_1),
        TapLayer::fused(Layer::Conv4_3),
        TapLayer::fused_fc(),
    ];
    for place in places {
        let taps = predictor.network().taps_at(place);
        assert_eq!(taps.len(), 2, "a fused map in each task's tower");
        for tensor in predictor.tapped(&photo, &face, &taps) {
            let map = read(tensor.clone());
            assert!(map.data.iter().any(|v| *v < 0.0) && map.data.iter().any(|v| *v > 0.0));
            let maps = Arc::new(gpu.painter.tensor(tensor).unwrap());
            assert_drawn_alike(&gpu, &maps, &map, &place.name());
        }
    }
}

#[test]
fn a_photos_maps_on_the_gpu_are_the_picture_that_the_cpu_computes() {
    let gpu = Gpu::new();
    let portrait = synthetic::portrait(1, 17);
    let photo = portrait.image;
    let face = FaceBox {
        angle: 0.2,
        ..portrait.face_box
    };
    let [cpu, own] = [Device::flex(), gpu.burn.clone()]
        .map(|device| Predictor::new(model::bundled(&device).unwrap(), device));
    for layer in [Layer::Conv1_2, Layer::Conv4_3] {
        let all = cpu.network().taps();
        let taps: Vec<Tap> = all.into_iter().filter(|t| t.layer == layer).collect();
        let maps = cpu.features(&photo, &face, &taps);
        for (map, tensor) in maps.iter().zip(own.tapped(&photo, &face, &taps)) {
            let look = GridStyle::all(map.channels, 4, 40, 2);
            let theirs = look.picture(map, BACKGROUND);
            let buffer = Arc::new(gpu.painter.tensor(tensor).unwrap());
            let ours = gpu.picture(&buffer, &look, theirs.dimensions());
            assert_same(&ours, &theirs, &format!("{} {}", map.tower, map.layer));
            let colours: std::collections::HashSet<_> = ours.pixels().map(|p| p.0).collect();
            assert!(colours.len() > 20, "{} {} is flat", map.tower, map.layer);
        }
    }
}

/// What `--device gpu` does where the adapter is a software one: the tier that real GPUs have.
#[test]
fn taps_on_a_shared_gpu_device_equal_the_cpus() {
    let state = egui_kittest::wgpu::create_render_state(wgpu_setup(), Default::default());
    let gpu = compute::share(state.instance, state.adapter, state.device, state.queue).unwrap();
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ours_concat.safetensors");
    let photo = RgbImage::from_fn(200, 160, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
    let face = FaceBox {
        angle: 0.2,
        ..FaceBox::new(30.0, 20.0, 120.0, 120.0)
    };
    let [ours, theirs] = [Device::flex(), gpu].map(|device| {
        let checkpoint = Checkpoint::load(&path, &device).unwrap();
        let predictor = Predictor::new(checkpoint, device);
        let layers = [Layer::Conv1_2, Layer::Conv3_3, Layer::Conv4_3];
        let all = predictor.network().taps();
        let taps: Vec<Tap> = all
            .into_iter()
            .filter(|t| layers.contains(&t.layer))
            .collect();
        predictor.features(&photo, &face, &taps)
    });
    assert_eq!(ours.len(), 9);
    for (a, b) in ours.iter().zip(&theirs) {
        let largest = a.data.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
        let off = a
            .data
            .iter()
            .zip(&b.data)
            .fold(0.0_f32, |m, (x, y)| m.max((x - y).abs()));
        assert!(
            off <= 1e-4 * largest,
            "{} {}: {off} of {largest}",
            a.tower,
            a.layer
        );
        assert!(
            a.data.iter().any(|v| *v != a.data[0]),
            "{} {} is flat",
            a.tower,
            a.layer
        );
    }
}
