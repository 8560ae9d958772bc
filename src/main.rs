//! The program: arguments to one call, and the one place where an error ends it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use smn_studio::memory::Keeping;
use smn_studio::terminal;

#[global_allocator]
static MEMORY: Keeping = Keeping;

fn main() -> ExitCode {
    // burn loads optimizer records on its default device, which would wake the GPU (or fail where
    // there is none) even for work on the CPU. Every device here is chosen by name instead.
    if std::env::var_os("BURN_DEVICE").is_none() {
        // SAFETY: the process has no other thread yet.
        unsafe { std::env::set_var("BURN_DEVICE", "flex") };
    }
    // Mesa's Vulkan layer that sorts adapters asks a Wayland desktop which one it uses, and without
    // the folder in which such a desktop would be it prints an error, also where no window is
    // wanted. There is nothing to ask then.
    let desktop = std::env::var_os("XDG_RUNTIME_DIR");
    if !desktop.is_some_and(|folder| Path::new(&folder).is_absolute()) {
        // SAFETY: the process has no other thread yet.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
    let result = smn_studio::cli::run().and_then(|()| match terminal::failure() {
        Some(error) => Err(error).context("the standard output"),
        None => Ok(()),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = smn_studio::logs::error_chain(&error);
            terminal::err(format_args!(
                "smn-studio: {text}
"
            ));
            ExitCode::FAILURE
        }
    }
}
