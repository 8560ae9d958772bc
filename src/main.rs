//! The program: arguments to one call, and the one place where an error ends it.

use std::process::ExitCode;

use smn_studio::memory::Keeping;

#[global_allocator]
static MEMORY: Keeping = Keeping;

fn main() -> ExitCode {
    // burn loads optimizer records on its default device, which would wake the GPU (or fail where
    // there is none) even for work on the CPU. Every device here is chosen by name instead.
    if std::env::var_os("BURN_DEVICE").is_none() {
        // SAFETY: the process has no other thread yet.
        unsafe { std::env::set_var("BURN_DEVICE", "flex") };
    }
    match smn_studio::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smn-studio: {error:#}");
            ExitCode::FAILURE
        }
    }
}
