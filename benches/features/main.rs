//! What feature maps cost: from a request to the picture of each layer, and in the window. With
//! the bundled network, and with one of the paper's width: 64 × 3 maps of 128×128 at Conv1-2,
//! 512 × 3 of 16×16 at Conv4-3.
//!
//! ```text
//! cargo bench --bench features -- [FRAMES] [gpu]
//! ```
//! On a real GPU, or with `gpu` on any, maps are drawn from the network's own buffers; else the
//! CPU computes them and they are uploaded, as in the window. Run it on a quiet machine.

// What goes wrong ends a bench.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod layers;
mod window;

use std::path::Path;

use burn::tensor::Device;
use eframe::egui_wgpu::RenderState;
use eframe::wgpu;
use smn_studio::app::wgpu_setup;
use smn_studio::compute::{self, Adapter, DeviceChoice, DeviceErrors, SharedGpu, Tier};
use smn_studio::label::Schema;
use smn_studio::memory::Keeping;
use smn_studio::model::{Checkpoint, Config, Network};

/// As in the program.
#[global_allocator]
static MEMORY: Keeping = Keeping;

/// A device that draws, and the network's on it if it belongs there.
struct Gpu {
    state: RenderState,
    adapter: Adapter,
    shared: Option<SharedGpu>,
}

impl Gpu {
    fn new(choice: DeviceChoice) -> Self {
        let state = egui_kittest::wgpu::create_render_state(wgpu_setup(), Default::default());
        let adapter = Adapter::new(state.adapter.get_info());
        let shared = (adapter.tier(choice) == Tier::Shared).then(|| {
            let (a, b) = (state.instance.clone(), state.adapter.clone());
            let device = compute::share(a, b, state.device.clone(), state.queue.clone());
            SharedGpu {
                device: device.expect("sharing"),
                name: adapter.name.clone(),
                errors: DeviceErrors::default(),
            }
        });
        Self {
            state,
            adapter,
            shared,
        }
    }

    /// What is drawn to.
    fn target(&self, size: [u32; 2], format: wgpu::TextureFormat) -> wgpu::TextureView {
        let target = self.state.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d {
                width: size[0],
                height: size[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        target.create_view(&Default::default())
    }
}

/// A pass that begins with black.
fn black_pass<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    target: &'a wgpu::TextureView,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
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
    })
}

/// Random weights in the paper's width, with a smaller Fc: maps cost what they cost there.
fn write_wide(path: &Path) {
    let config = Config::variant("ours_concat")
        .expect("a variant")
        .sized(64, 128);
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    Checkpoint::new(network)
        .save(path)
        .expect("writing weights");
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let frames = words
        .iter()
        .find_map(|w| w.parse().ok())
        .unwrap_or(60)
        .max(3);
    let choice = match words.iter().any(|w| w == "gpu") {
        true => DeviceChoice::Gpu,
        false => DeviceChoice::Auto,
    };
    if compute::adapters().is_empty() {
        println!("no graphics adapter. {}", compute::DRIVER_HINT);
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for weights");
    let wide = folder.path().join("wide.safetensors");
    write_wide(&wide);
    for (name, weights) in [("bundled", None), ("width 64", Some(&*wide))] {
        let gpu = Gpu::new(choice);
        let computes = if gpu.shared.is_some() {
            "it"
        } else {
            "the CPU"
        };
        println!("\n{name}: {}; network on {computes}", gpu.adapter);
        layers::measure(&gpu, weights);
        window::measure(gpu, weights, frames);
    }
}
