//! Opening the window, and what to do where there can be none.

use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use eframe::App;
use eframe::egui::ViewportBuilder;
use eframe::egui_wgpu::{RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};

use super::display::{event_loop_builder, has_display};
use super::start::Start;
use super::{Studio, settings};
use crate::compute::{self, Adapter, DeviceChoice, DeviceErrors, SharedGpu, Tier};
use crate::map_painter::MapPainter;
use crate::terminal::errln;

/// A device that is lost sooner than this is not worth another window.
const LASTING: Duration = Duration::from_secs(20);

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
    let (size, maximised) = settings::window_size(start.settings.as_deref());
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("SMN Studio")
            .with_app_id("smn-studio")
            .with_inner_size(size.unwrap_or([1440.0, 900.0]))
            .with_maximized(maximised)
            .with_min_inner_size([900.0, 560.0])
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Wgpu,
        wgpu_options: WgpuConfiguration {
            wgpu_setup: wgpu_setup(),
            ..WgpuConfiguration::default()
        },
        centered: true,
        event_loop_builder: event_loop_builder(),
        ..eframe::NativeOptions::default()
    };
    let create = move |cc: &eframe::CreationContext| {
        let (gpu, device_errors, tier) = match &cc.wgpu_render_state {
            Some(state) => network_device(state, start.device),
            None => (None, DeviceErrors::default(), "no adapter".to_owned()),
        };
        let painter = cc.wgpu_render_state.as_ref().map(painter);
        let mut studio = Studio::new(&cc.egui_ctx, gpu, painter, tier, &start);
        studio.lifetime.device_errors = device_errors;
        Ok(Box::new(studio) as Box<dyn eframe::App>)
    };
    eframe::run_native("SMN Studio", options, Box::new(create))
        .map_err(|e| NoWindow::Failed(e.to_string()))
}

impl Studio {
    /// Where the graphics device is lost, nothing can be drawn any more: another process opens
    /// what is open here, and this one ends, before egui panics over the frame.
    pub(super) fn leave_lost_device(&mut self) {
        let Some(why) = self.lifetime.device_errors.lost().map(str::to_owned) else {
            return;
        };
        self.on_exit();
        let lasted = self.lifetime.opened_at.elapsed() >= LASTING;
        let reopened = lasted.then(|| self.reopen());
        let said = match reopened {
            Some(Ok(_)) => std::process::exit(0),
            Some(Err(error)) => format!("and no other window could be opened: {error}"),
            None => "as soon as the window was there".to_owned(),
        };
        errln!("smn-studio: the graphics device was lost ({why}), {said}");
        std::process::exit(1);
    }

    fn reopen(&self) -> std::io::Result<Child> {
        let mut program = Command::new(std::env::current_exe()?);
        program.args(["--device", "cpu"]); // it may have been lost over the network's work
        let notice = "The graphics device was lost. The window is back; the CPU computes";
        program.args(["--notice", notice]);
        if let Some(folder) = self.session.keeper.folder() {
            program.arg("--settings").arg(folder);
        }
        let weights = self
            .model
            .networks
            .current
            .as_ref()
            .map(|n| Path::new(&n.origin));
        if let Some(weights) = weights.filter(|path| path.is_file()) {
            program.arg("--weights").arg(weights);
        }
        program.arg("--").args(&self.model.opened).spawn()
    }
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

/// burn's device on the window's, where the network belongs there; what watches the window's; and
/// what draws it.
fn network_device(
    state: &RenderState,
    choice: DeviceChoice,
) -> (Option<SharedGpu>, DeviceErrors, String) {
    let adapter = Adapter::new(state.adapter.get_info());
    let shared = (adapter.tier(choice) == Tier::Shared).then(|| {
        compute::share(
            state.instance.clone(),
            state.adapter.clone(),
            state.device.clone(),
            state.queue.clone(),
        )
    });
    // After burn, which watches the device in a way that would end the window.
    let device_errors = DeviceErrors::new(&state.device);
    let gpu = match shared {
        Some(Ok(device)) => Some(SharedGpu {
            device,
            name: format!("GPU (shared), {}", adapter.name),
            errors: device_errors.clone(),
        }),
        Some(Err(why)) => {
            log::warn!("the window's GPU cannot take the network, which runs on the CPU: {why}");
            None
        }
        None => None,
    };
    (gpu, device_errors, adapter.name)
}
