//! Opening the window, and what to do where there can be none.

use std::path::PathBuf;
use std::sync::Arc;

use burn::tensor::Device;
use eframe::egui::ViewportBuilder;
use eframe::egui_wgpu::{RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};

use super::Studio;
use crate::compute::{self, Adapter, DeviceChoice, MapPainter, Tier};

/// What the window starts with.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// What to open; nothing opens the bundled samples.
    pub paths: Vec<PathBuf>,
    pub weights: Option<PathBuf>,
    pub device: DeviceChoice,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum NoWindow {
    #[error("there is no display")]
    Display,
    #[error("the window could not be opened: {0}")]
    Failed(String),
}

/// Opens the window and returns when it is closed.
pub fn open(start: Start) -> Result<(), NoWindow> {
    if !has_display() {
        return Err(NoWindow::Display);
    }
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("SMN Studio")
            .with_app_id("smn-studio")
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([900.0, 560.0])
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Wgpu,
        wgpu_options: WgpuConfiguration {
            wgpu_setup: wgpu_setup(),
            ..WgpuConfiguration::default()
        },
        centered: true,
        ..eframe::NativeOptions::default()
    };
    let create = move |cc: &eframe::CreationContext| {
        let (gpu, tier) = match &cc.wgpu_render_state {
            Some(state) => network_device(state, start.device),
            None => (None, "no adapter".to_owned()),
        };
        let painter = cc.wgpu_render_state.as_ref().map(painter);
        let studio = Studio::new(&cc.egui_ctx, gpu, painter, tier, &start);
        Ok(Box::new(studio) as Box<dyn eframe::App>)
    };
    eframe::run_native("SMN Studio", options, Box::new(create))
        .map_err(|e| NoWindow::Failed(e.to_string()))
}

/// How the window asks for its graphics device: with all that the adapter has, so that the
/// network's kernels run on the same device.
pub fn wgpu_setup() -> WgpuSetup {
    WgpuSetup::CreateNew(WgpuSetupCreateNew {
        device_descriptor: Arc::new(compute::device_descriptor),
        ..WgpuSetupCreateNew::without_display_handle()
    })
}

/// What draws feature maps on the window's device.
pub fn painter(state: &RenderState) -> Arc<MapPainter> {
    Arc::new(MapPainter::new(
        state.device.clone(),
        state.queue.clone(),
        state.target_format,
    ))
}

/// burn's device on the window's, where the network belongs there; and what draws the window.
fn network_device(state: &RenderState, choice: DeviceChoice) -> (Option<(Device, String)>, String) {
    let adapter = Adapter::new(state.adapter.get_info());
    let drawn_by = adapter.name.clone();
    if adapter.tier(choice) == Tier::Drawn {
        return (None, drawn_by);
    }
    let shared = compute::share(
        state.instance.clone(),
        state.adapter.clone(),
        state.device.clone(),
        state.queue.clone(),
    );
    match shared {
        Ok(device) => (
            Some((device, format!("GPU (shared), {}", adapter.name))),
            drawn_by,
        ),
        Err(why) => {
            log::warn!("the window's GPU cannot take the network, which runs on the CPU: {why}");
            (None, drawn_by)
        }
    }
}

/// Whether there is a screen to open a window on.
fn has_display() -> bool {
    let unix_like = cfg!(all(unix, not(target_os = "macos")));
    let named = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    !unix_like || named("DISPLAY") || named("WAYLAND_DISPLAY")
}
