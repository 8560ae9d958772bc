//! What goes wrong on the window's device, which the network may share.
//!
//! wgpu answers an error that nobody asked for with a panic, and cubecl puts a panic of its own in
//! its place. On a window's thread that would end the program and lose what is on the screen; there
//! it costs one frame instead. On any other thread it still unwinds whoever computes.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use wgpu::wgc::present::ConfigureSurfaceError;

/// Takes in the errors of one device, of which all clones know.
#[derive(Clone, Default)]
pub struct DeviceErrors {
    seen: Arc<Seen>,
    device: Option<wgpu::Device>,
}

#[derive(Default)]
struct Seen {
    /// Whether the surface has kept its old size.
    unresized: AtomicBool,
    /// Why the device is gone.
    lost: OnceLock<String>,
    /// The newest error of the window's thread.
    window: Mutex<String>,
    /// What other threads met.
    network: Mutex<Option<String>>,
}

impl DeviceErrors {
    /// Watches a device from now on, which puts every earlier handler of its errors and its loss
    /// aside; the calling thread is the window's.
    pub fn new(device: &wgpu::Device) -> Self {
        let errors = Self {
            device: Some(device.clone()),
            ..Self::default()
        };
        let seen = errors.seen.clone();
        device.set_device_lost_callback(move |reason, why| {
            let why = match why.is_empty() {
                true => format!("{reason:?}").to_lowercase(),
                false => why,
            };
            *locked(&seen.network) = Some(why.clone());
            let _ = seen.lost.set(why);
        });
        let (seen, window) = (errors.seen.clone(), thread::current().id());
        device.on_uncaptured_error(Arc::new(move |error| {
            if thread::current().id() == window {
                seen.by_the_window(&error);
            } else {
                *locked(&seen.network) = Some(error.to_string());
                panic!("{error}");
            }
        }));
        errors
    }

    /// Whether a surface could not be resized because another thread submitted work meanwhile
    /// (see [`wgpu::Surface::configure`]), so that it has to be asked once more. Said once.
    pub fn take_unresized(&self) -> bool {
        self.seen.unresized.swap(false, Ordering::Relaxed)
    }

    /// Why the device is gone, if it is: its driver was reset, or the adapter taken away. Nothing
    /// can be drawn on it any more.
    pub fn lost(&self) -> Option<&str> {
        // wgpu says so when it is asked how far the device is.
        if let Some(device) = &self.device {
            let _ = device.poll(wgpu::PollType::Poll);
        }
        self.seen.lost.get().map(String::as_str)
    }

    /// What went wrong with work that other threads gave to the device. cubecl submits some of it
    /// on a thread of its own and goes on after a panic there, with numbers that nobody computed;
    /// so who works on the device asks here too.
    pub fn failure(&self) -> Option<String> {
        locked(&self.seen.network).clone()
    }
}

impl Seen {
    fn by_the_window(&self, error: &wgpu::Error) {
        if is_busy(error) {
            self.unresized.store(true, Ordering::Relaxed);
        }
        // A frame for the new size does not fit a surface of the old one: nothing to report.
        if self.unresized.load(Ordering::Relaxed) {
            return log::debug!("a frame was lost while the window was resized: {error}");
        }
        let (mut last, new) = (locked(&self.window), error.to_string());
        if *last != new {
            log::info!("{new}");
            log::error!("a part of the window could not be drawn; the log says why");
            *last = new;
        }
    }
}

/// Whether the device had no rest in which a surface could be resized.
fn is_busy(error: &wgpu::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<ConfigureSurfaceError>() {
            return matches!(error, ConfigureSurfaceError::GpuWaitTimeout);
        }
        cause = error.source();
    }
    false
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surface_without_rest_is_asked_again() {
        let errors = DeviceErrors::default();
        let error = |source: ConfigureSurfaceError| wgpu::Error::Validation {
            description: source.to_string(),
            source: Box::new(source),
        };
        errors
            .seen
            .by_the_window(&error(ConfigureSurfaceError::ZeroArea));
        assert!(!errors.take_unresized());
        errors
            .seen
            .by_the_window(&error(ConfigureSurfaceError::GpuWaitTimeout));
        assert!(errors.take_unresized());
        assert!(!errors.take_unresized());
    }
}
