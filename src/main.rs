//! The program: arguments to one call, and the one place where an error ends it.

use std::process::ExitCode;

fn main() -> ExitCode {
    match smn_studio::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smn-studio: {error:#}");
            ExitCode::FAILURE
        }
    }
}
