//! What the network computes on, decided once.
//!
//! A graphics adapter may be a real GPU, a software rasteriser on which the network would run ten
//! times slower than on the CPU itself, or not there at all. So there are three tiers: `shared`
//! (window and network on one GPU device), `drawn` (a software adapter draws the window, the CPU
//! computes) and `none` (no window).

mod device_errors;

use std::fmt;

use anyhow::{Result, bail};
use burn::tensor::{Device, DeviceKind};

pub use device_errors::DeviceErrors;

/// burn's device on the window's.
#[derive(Clone)]
pub struct SharedGpu {
    pub device: Device,
    /// As a user knows it.
    pub name: String,
    pub errors: DeviceErrors,
}

/// What to install where no adapter is found.
pub const DRIVER_HINT: &str = "For a window, install a Vulkan driver: mesa-vulkan-drivers and \
    libvulkan1 on Debian and Ubuntu, mesa-vulkan-drivers and vulkan-loader on Fedora, or the \
    driver of your graphics card";

/// What a user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DeviceChoice {
    /// A real GPU if there is one, else the CPU
    #[default]
    Auto,
    /// The graphics adapter, even a software one
    Gpu,
    Cpu,
    /// NVIDIA's CUDA, where the program was built with it
    Cuda,
}

/// How window and network share the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Both on one GPU device.
    Shared,
    /// The window is drawn by the adapter; the network runs on the CPU.
    Drawn,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "GPU (shared)",
            Self::Drawn => "CPU",
        })
    }
}

/// A graphics adapter as its driver describes it.
#[derive(Clone, Debug)]
pub struct Adapter {
    pub name: String,
    pub kind: wgpu::DeviceType,
    pub backend: wgpu::Backend,
    pub driver: String,
}

impl Adapter {
    pub fn new(info: wgpu::AdapterInfo) -> Self {
        Self {
            name: info.name,
            kind: info.device_type,
            backend: info.backend,
            driver: format!("{} {}", info.driver, info.driver_info)
                .trim()
                .to_owned(),
        }
    }

    /// Whether the network belongs here: a real GPU behind an interface with compute shaders.
    pub fn is_real_gpu(&self) -> bool {
        let real = matches!(
            self.kind,
            wgpu::DeviceType::DiscreteGpu
                | wgpu::DeviceType::IntegratedGpu
                | wgpu::DeviceType::VirtualGpu
        );
        let able = matches!(
            self.backend,
            wgpu::Backend::Vulkan | wgpu::Backend::Metal | wgpu::Backend::Dx12
        );
        real && able
    }

    /// The tier for a window drawn by this adapter.
    pub fn tier(&self, choice: DeviceChoice) -> Tier {
        match choice {
            DeviceChoice::Gpu => Tier::Shared,
            DeviceChoice::Auto if self.is_real_gpu() => Tier::Shared,
            DeviceChoice::Auto | DeviceChoice::Cpu | DeviceChoice::Cuda => Tier::Drawn,
        }
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let kind = match self.kind {
            wgpu::DeviceType::DiscreteGpu => "GPU",
            wgpu::DeviceType::IntegratedGpu => "integrated GPU",
            wgpu::DeviceType::VirtualGpu => "virtual GPU",
            wgpu::DeviceType::Cpu => "software",
            wgpu::DeviceType::Other => "other",
        };
        write!(
            f,
            "{}: {kind}, {:?}, {}",
            self.name, self.backend, self.driver
        )
    }
}

/// OpenGL is left out: it has no compute shaders to count on, and asking for it without a display
/// makes drivers complain.
const BACKENDS: wgpu::Backends = wgpu::Backends::PRIMARY;

/// The adapters of this machine.
pub fn adapters() -> Vec<Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = BACKENDS;
    let instance = wgpu::Instance::new(descriptor);
    let found = pollster::block_on(instance.enumerate_adapters(BACKENDS));
    found
        .into_iter()
        .map(|a| Adapter::new(a.get_info()))
        .collect()
}

/// What `auto` takes on a machine with these adapters, and why.
pub fn automatic(adapters: &[Adapter]) -> String {
    match adapters.iter().find(|a| a.is_real_gpu()) {
        Some(gpu) => format!("{}: a real GPU", gpu.name),
        None if adapters.is_empty() => "the CPU: there is no graphics adapter".into(),
        None => "the CPU: no adapter is a real GPU, and on a software one the network is over ten times slower".into(),
    }
}

/// The device for work without a window, and its name.
pub fn headless(choice: DeviceChoice) -> Result<(Device, String)> {
    let cpu = || (Device::flex(), "CPU".to_owned());
    match choice {
        DeviceChoice::Cpu => Ok(cpu()),
        DeviceChoice::Cuda => cuda(),
        DeviceChoice::Auto => match adapters().into_iter().find(Adapter::is_real_gpu) {
            Some(gpu) => Ok((Device::wgpu(DeviceKind::DefaultDevice), gpu.to_string())),
            None => Ok(cpu()),
        },
        DeviceChoice::Gpu => match adapters().into_iter().next() {
            Some(adapter) => Ok((Device::wgpu(DeviceKind::DefaultDevice), adapter.to_string())),
            None => bail!("no graphics adapter. {DRIVER_HINT}"),
        },
    }
}

#[cfg(feature = "cuda")]
fn cuda() -> Result<(Device, String)> {
    Ok((Device::cuda(0_usize), "CUDA".to_owned()))
}

#[cfg(not(feature = "cuda"))]
fn cuda() -> Result<(Device, String)> {
    bail!(
        "this program was built without CUDA; build it with `cargo build --release --features cuda`"
    )
}

/// The device request of the program's window: all that the adapter has, since the network's
/// kernels are compiled for the adapter and not for a window's smaller default.
pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    let unwanted =
        wgpu::Features::MAPPABLE_PRIMARY_BUFFERS | wgpu::Features::all_experimental_mask();
    wgpu::DeviceDescriptor {
        label: Some("smn-studio"),
        required_features: adapter.features().difference(unwanted),
        required_limits: adapter.limits(),
        ..Default::default()
    }
}

/// burn's device on a window's wgpu device: both draw and compute on one GPU, and a tensor is a
/// buffer that the window can read.
pub fn share(
    instance: wgpu::Instance,
    adapter: wgpu::Adapter,
    device: wgpu::Device,
    queue: wgpu::Queue,
) -> Result<Device> {
    use burn::tensor::wgpu::{MemoryConfiguration, WgpuSetup};
    let backend = adapter.get_info().backend;
    let setup = WgpuSetup {
        instance,
        adapter,
        device,
        queue,
        backend,
    };
    Device::wgpu_options()
        .memory_config(MemoryConfiguration::ExclusivePages)
        .tasks_max(16)
        .setup(setup)
        .init()
        .map_err(|e| anyhow::anyhow!("{e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(kind: wgpu::DeviceType, backend: wgpu::Backend) -> Adapter {
        Adapter {
            name: "test".into(),
            kind,
            backend,
            driver: String::new(),
        }
    }

    #[test]
    fn only_real_gpus_compute_unless_told() {
        let gpu = adapter(wgpu::DeviceType::DiscreteGpu, wgpu::Backend::Vulkan);
        let software = adapter(wgpu::DeviceType::Cpu, wgpu::Backend::Vulkan);
        let opengl = adapter(wgpu::DeviceType::DiscreteGpu, wgpu::Backend::Gl);
        assert_eq!(gpu.tier(DeviceChoice::Auto), Tier::Shared);
        assert_eq!(gpu.tier(DeviceChoice::Cpu), Tier::Drawn);
        assert_eq!(software.tier(DeviceChoice::Auto), Tier::Drawn);
        assert_eq!(software.tier(DeviceChoice::Gpu), Tier::Shared);
        assert_eq!(opengl.tier(DeviceChoice::Auto), Tier::Drawn);
        assert!(automatic(&[]).contains("no graphics adapter"));
        assert!(automatic(&[software]).starts_with("the CPU"));
    }
}
