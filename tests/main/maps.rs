//! The grid of feature maps as the GPU draws it, against the same grid drawn by the CPU.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use eframe::wgpu;
use eframe::wgpu::util::DeviceExt;
use image::{Rgb, RgbImage};
use smn_studio::app::wgpu_setup;
use smn_studio::compute;
use smn_studio::figure::{ColourMap, GridStyle, INVALID, Scale, Stats, colour_bar};
use smn_studio::map_painter::{MapBuffer, MapPainter};
use smn_studio::model::FeatureMap;

pub const BACKGROUND: [u8; 3] = [13, 14, 18];
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// A software GPU with burn on it, and a painter for a plain target.
pub struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub burn: Device,
    pub painter: MapPainter,
    pub format: wgpu::TextureFormat,
}

impl Gpu {
    pub fn new() -> Self {
        Self::drawing_to(FORMAT)
    }

    pub fn drawing_to(format: wgpu::TextureFormat) -> Self {
        let state = egui_kittest::wgpu::create_render_state(wgpu_setup(), Default::default());
        let (device, queue) = (state.device.clone(), state.queue.clone());
        Self {
            painter: MapPainter::new(device.clone(), queue.clone(), format),
            burn: compute::share(state.instance, state.adapter, state.device, state.queue).unwrap(),
            device,
            queue,
            format,
        }
    }

    /// The grid in a target of its own size.
    pub fn picture(&self, maps: &Arc<MapBuffer>, look: &GridStyle, size: (u32, u32)) -> RgbImage {
        self.heated(maps, look, size, 0.0)
    }

    /// The same, with what lies below shining through where `heat` is above 0.
    pub fn heated(
        &self,
        maps: &Arc<MapBuffer>,
        look: &GridStyle,
        size: (u32, u32),
        heat: f32,
    ) -> RgbImage {
        let extent = wgpu::Extent3d {
            width: size.0,
            height: size.1,
            depth_or_array_layers: 1,
        };
        let target = self.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: extent,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let grid = self.painter.grid(maps, look.clone());
        grid.place(&self.queue, [0, 0], heat);
        let clear = BACKGROUND.map(|v| {
            let v = f64::from(v) / 255.0;
            match self.format.is_srgb() {
                true => ((v + 0.055) / 1.055).powf(2.4),
                false => v,
            }
        });
        let view = target.create_view(&Default::default());
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color {
                        r: clear[0],
                        g: clear[1],
                        b: clear[2],
                        a: 1.0,
                    }),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
        self.painter.draw(&grid, &mut pass);
        drop(pass);
        self.queue.submit([encoder.finish()]);
        self.pixels(&target, extent)
    }

    pub fn pixels(&self, target: &wgpu::Texture, extent: wgpu::Extent3d) -> RgbImage {
        let row = (4 * extent.width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(row * extent.height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_texture_to_buffer(
            target.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row),
                    rows_per_image: None,
                },
            },
            extent,
        );
        self.queue.submit([encoder.finish()]);
        buffer
            .slice(..)
            .map_async(wgpu::MapMode::Read, |r| r.unwrap());
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .unwrap();
        let bytes = buffer.slice(..).get_mapped_range().unwrap().to_vec();
        RgbImage::from_fn(extent.width, extent.height, |x, y| {
            let at = (y * row + 4 * x) as usize;
            Rgb([bytes[at], bytes[at + 1], bytes[at + 2]])
        })
    }
}

pub fn assert_same(gpu: &RgbImage, cpu: &RgbImage, what: &str) {
    assert_eq!(gpu.dimensions(), cpu.dimensions());
    for (x, y, theirs) in cpu.enumerate_pixels() {
        let ours = gpu.get_pixel(x, y);
        let off = (0..3).map(|i| ours.0[i].abs_diff(theirs.0[i])).max();
        assert!(
            off <= Some(1),
            "{what}: {ours:?} for {theirs:?} at ({x}, {y})"
        );
    }
}

/// Maps of 16×16 with all that may come: negative values, a channel of zeros, no numbers, a constant.
fn map() -> FeatureMap {
    let mut data: Vec<f32> = (0..6 * 256)
        .map(|i| ((i * 7919) % 1009) as f32 / 300.0 - 0.8)
        .collect();
    data[256..512].fill(0.0);
    data[512] = f32::NAN;
    data[600] = f32::INFINITY;
    data[700] = f32::NEG_INFINITY;
    data[768..1024].fill(2.5);
    FeatureMap {
        tower: "shared".into(),
        layer: "conv4_1".into(),
        channels: 6,
        side: 16,
        data,
    }
}

pub const SCALES: [Scale; 3] = [Scale::Channel, Scale::Layer, Scale::Fixed(-0.2, 1.7)];

#[test]
fn the_shader_draws_what_the_cpu_draws() {
    let gpu = Gpu::new();
    let map = map();
    let maps = Arc::new(gpu.painter.upload(&map));
    for scale in SCALES {
        for colours in ColourMap::ALL {
            for cell in [7, 16, 37] {
                let look = GridStyle {
                    scale,
                    colours,
                    order: vec![5, 1, 2, 3, 0],
                    ..GridStyle::all(6, 3, cell, 2)
                };
                let cpu = look.picture(&map, BACKGROUND);
                let drawn = gpu.picture(&maps, &look, cpu.dimensions());
                assert_same(&drawn, &cpu, &format!("{scale:?} {colours:?} {cell}"));
            }
        }
    }
    assert_eq!(gpu.painter.read_backs(), 0, "drawing reads nothing back");

    let stats = gpu.painter.stats(&maps).unwrap();
    for (ours, theirs) in stats.iter().zip(Stats::of_map(&map)) {
        assert_eq!((ours.min, ours.max), (theirs.min, theirs.max));
        assert!((ours.mean - theirs.mean).abs() < 1e-5);
        assert!((ours.sparsity - theirs.sparsity).abs() < 1e-5);
    }
    assert_eq!(stats.len(), 7);
    assert_eq!(gpu.painter.value(&maps, 3, 4, 5).unwrap(), 2.5);
    assert!(gpu.painter.value(&maps, 6, 0, 0).is_err());
    assert_eq!(gpu.painter.read_backs(), 2);
}

/// The same tensor read back, as the CPU draws it.
pub fn read(tensor: Tensor<4>) -> FeatureMap {
    let [_, channels, side, _] = tensor.dims();
    FeatureMap {
        tower: "shared".into(),
        layer: "conv1_1".into(),
        channels,
        side,
        data: tensor.into_data().iter::<f32>().collect(),
    }
}

#[test]
fn tensors_are_drawn_as_they_come_strided_and_with_an_offset() {
    let gpu = Gpu::new();
    let values: Vec<f32> = (0..2 * 12 * 12 * 9)
        .map(|i| ((i * 31) % 97) as f32)
        .collect();
    let last: Tensor<4> = Tensor::from_data(TensorData::new(values, [2, 12, 12, 9]), &gpu.burn);
    // Channels last in memory, as a convolution leaves them; then a part of it.
    let first = last.permute([0, 3, 1, 2]);
    let part = first.clone().slice([1..2, 2..8, 0..12, 0..12]);
    let turned = first.clone().narrow(0, 0, 1).swap_dims(2, 3);
    for (what, tensor) in [("part", part), ("turned", turned)] {
        let map = read(tensor.clone());
        let maps = Arc::new(gpu.painter.tensor(tensor).unwrap());
        for scale in SCALES {
            let look = GridStyle {
                scale,
                ..GridStyle::all(map.channels, 4, 24, 2)
            };
            let cpu = look.picture(&map, BACKGROUND);
            assert_same(&gpu.picture(&maps, &look, cpu.dimensions()), &cpu, what);
        }
        let value = gpu.painter.value(&maps, 5, 3, 7).unwrap();
        assert_eq!(value, map.data[(5 * 12 + 7) * 12 + 3]);
    }
}

/// Every scale and colour map, for cells smaller than, as large as and larger than a map.
pub fn assert_drawn_alike(gpu: &Gpu, maps: &Arc<MapBuffer>, map: &FeatureMap, what: &str) {
    let side = map.side as u32;
    for scale in SCALES {
        for colours in ColourMap::ALL {
            for cell in [side / 2 + 1, side, 2 * side + 5] {
                let look = GridStyle {
                    scale,
                    colours,
                    ..GridStyle::all(map.channels, 3, cell, 3)
                };
                let cpu = look.picture(map, BACKGROUND);
                let drawn = gpu.picture(maps, &look, cpu.dimensions());
                let what = format!("{what} {scale:?} {colours:?} {cell}");
                assert_same(&drawn, &cpu, &what);
            }
        }
    }
    let stats = gpu.painter.stats(maps).unwrap();
    for (ours, theirs) in stats.iter().zip(Stats::of_map(map)) {
        assert_eq!(ours.min.is_nan(), theirs.min.is_nan(), "{what}");
        if theirs.min.is_nan() {
            continue;
        }
        let range = ((ours.min, ours.max), (theirs.min, theirs.max));
        assert_eq!(range.0, range.1, "{what}");
        let size = theirs.min.abs().max(theirs.max.abs()).max(1.0);
        assert!((ours.mean - theirs.mean).abs() < 1e-5 * size, "{what}");
        assert!((ours.sparsity - theirs.sparsity).abs() < 1e-5, "{what}");
    }
}

#[test]
fn maps_anywhere_in_a_buffer_in_any_order_are_drawn_with_all_that_is_no_number() {
    let gpu = Gpu::new();
    let (channels, side) = (7, 16);
    let mut map = FeatureMap {
        channels,
        side,
        ..map()
    };
    map.data.extend([-1.5; 256]);
    map.data[5 * 256..6 * 256].fill(f32::NAN); // nothing but that
    map.data[4 * 256 + 9] = f32::NEG_INFINITY;
    // (channel, row, column) strides: as the map has them, channels last, and turned with gaps.
    for strides in [[256, 16, 1], [1, 16 * 7, 7], [2, 20, 20 * 16]] {
        for offset in [0, 3, 64, 1021] {
            let mut values = vec![77.0_f32; offset + 20 * 16 * 17];
            for (i, v) in map.data.iter().enumerate() {
                let (c, y, x) = (i / 256, i / 16 % 16, i % 16);
                values[offset + c * strides[0] + y * strides[1] + x * strides[2]] = *v;
            }
            let buffer = gpu
                .device
                .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                    label: None,
                    contents: bytemuck::cast_slice(&values),
                    usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
                });
            let shape = [channels, side, side];
            let maps = gpu.painter.strided(buffer, offset, shape, strides);
            let what = format!("{strides:?} from {offset}");
            let maps = Arc::new(maps);
            let value = gpu.painter.value(&maps, 4, 9, 0).unwrap();
            assert_eq!(value, f32::NEG_INFINITY, "{what}");
            if offset == 3 {
                assert_drawn_alike(&gpu, &maps, &map, &what);
                continue;
            }
            let look = GridStyle::all(channels, 3, 16, 3);
            let cpu = look.picture(&map, BACKGROUND);
            assert_same(&gpu.picture(&maps, &look, cpu.dimensions()), &cpu, &what);
        }
    }
}

#[test]
fn a_map_without_any_number_is_not_hatched_and_has_no_part_in_the_range() {
    let gpu = Gpu::new();
    let mut map = map();
    map.data.iter_mut().for_each(|v| *v = v.abs() + 3.0);
    map.data[..256].fill(f32::NAN);
    map.data[4 * 256..5 * 256].fill(f32::INFINITY);
    map.data[2 * 256 + 5] = f32::NAN;
    for what in ["some", "none"] {
        let stats = Stats::of_map(&map);
        for maps in [
            gpu.painter.upload(&map),
            gpu.painter.upload_in(&map, &stats),
        ] {
            assert_drawn_alike(&gpu, &Arc::new(maps), &map, what);
        }
        let reaches = stats.last().map(|layer| layer.min >= 3.0);
        assert_eq!(reaches, Some(what == "some"));
        map.data.fill(f32::NAN);
    }
}

#[test]
fn a_target_of_linear_values_shows_the_same_colours() {
    let gpu = Gpu::drawing_to(wgpu::TextureFormat::Rgba8UnormSrgb);
    let map = map();
    assert_drawn_alike(&gpu, &Arc::new(gpu.painter.upload(&map)), &map, "linear");
}

/// Over the face a channel's colours are as strong as its values.
#[test]
fn heat_lets_the_face_shine_through() {
    let gpu = Gpu::new();
    let mut map = map();
    map.data[..256]
        .iter_mut()
        .for_each(|v| *v = v.clamp(-0.5, 2.0));
    let maps = Arc::new(gpu.painter.upload(&map));
    let stats = Stats::of_map(&map)[0];
    for colours in ColourMap::ALL {
        let look = GridStyle {
            order: vec![0],
            scale: Scale::Channel,
            colours,
            ..GridStyle::all(1, 1, 16, 0)
        };
        let (low, high) = look.range(&stats, &stats);
        let opaque = look.picture(&map, BACKGROUND);
        for heat in [0.3, 1.0] {
            let expected = RgbImage::from_fn(16, 16, |x, y| {
                let t = (map.data[(16 * y + x) as usize] - low) / (high - low);
                let strength = if colours.is_signed() {
                    (2.0 * t - 1.0).abs()
                } else {
                    t
                };
                let alpha = heat * strength.sqrt();
                let colour = opaque.get_pixel(x, y).0.map(f32::from);
                let below = BACKGROUND.map(f32::from);
                Rgb([0, 1, 2].map(|c| (below[c] + alpha * (colour[c] - below[c])).round() as u8))
            });
            let drawn = gpu.heated(&maps, &look, (16, 16), heat);
            assert_same(&drawn, &expected, &format!("{colours:?} {heat}"));
        }
    }
}

/// In the range of two maps a channel that is zero in one of them alone is hatched there alone.
#[test]
fn what_is_zero_in_one_of_two_maps_is_hatched_in_that_one() {
    let gpu = Gpu::new();
    let (first, mut second) = (map(), map());
    second.data.rotate_right(256);
    let zero = |stats: &[Stats]| stats.iter().position(Stats::is_zero);
    let own = [&first, &second].map(Stats::of_map);
    assert_ne!(zero(&own[0]).unwrap(), zero(&own[1]).unwrap());
    for (map, [own, other]) in [(&first, [&own[0], &own[1]]), (&second, [&own[1], &own[0]])] {
        let stats = Stats::all_ranged_with(own, other);
        assert_eq!(zero(&stats), zero(own));
        let maps = Arc::new(gpu.painter.upload_in(map, &stats));
        let look = GridStyle::all(map.channels, 3, 20, 2);
        let cpu = look.picture_in(map, &stats, BACKGROUND);
        let drawn = gpu.picture(&maps, &look, cpu.dimensions());
        assert_same(&drawn, &cpu, "in both ranges");
    }
}

#[test]
fn the_colour_key_is_what_the_shader_draws_and_a_dead_map_is_hatched() {
    let gpu = Gpu::new();
    let mut map = FeatureMap {
        tower: "shared".into(),
        layer: "conv1_1".into(),
        channels: 2,
        side: 256,
        data: (0..256 * 256).map(|i| (i % 256) as f32 / 255.0).collect(),
    };
    map.data.extend(vec![0.0; 256 * 256]);
    let maps = Arc::new(gpu.painter.upload(&map));
    for colours in ColourMap::ALL {
        let look = GridStyle {
            scale: Scale::Fixed(if colours.is_signed() { -1.0 } else { 0.0 }, 1.0),
            colours,
            ..GridStyle::all(2, 2, 256, 0)
        };
        let drawn = gpu.picture(&maps, &look, (512, 256));
        let key = colour_bar(colours);
        for x in 0..256_u32 {
            // Of a signed map, the values from 0 to 1 are the upper half of the key.
            let place = if colours.is_signed() { 128 + x / 2 } else { x };
            let (ours, theirs) = (drawn.get_pixel(x, 0).0, key.get_pixel(place.min(255), 0).0);
            let off = (0..3).map(|i| ours[i].abs_diff(theirs[i])).max();
            let allowed = if colours.is_signed() { 4 } else { 1 };
            assert!(off <= Some(allowed), "{colours:?} {x}: {ours:?} {theirs:?}");
        }
        let lines = (0..256).filter(|x| drawn.get_pixel(256 + x, 0) != drawn.get_pixel(257, 0));
        assert_eq!(lines.count(), 32, "a line every eighth pixel");
        let invalid = INVALID.map(|v| (255.0 * v) as u8);
        assert!(key.pixels().all(|p| p.0 != invalid));
    }
}
