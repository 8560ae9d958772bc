//! Work in the background whose panics are caught: a panic there, for instance of a decoder over a
//! hostile file, is the failure of that work alone, and whoever waits for it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use thiserror::Error;

use crate::logs::panic_message;

/// What a thread calls when it has something for the window, which then draws a frame.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Work ended in a panic.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the program erred: {0}")]
pub struct Panicked(String);

/// Does the work; says why where it panics.
pub fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| Panicked(panic_message(&*panic).to_owned()))
}

/// Does work that nobody has to wait for. A pool's thread ends the whole program over a panic.
pub fn in_background(work: impl FnOnce() + Send + 'static) {
    rayon::spawn(move || {
        if let Err(panicked) = catch_panic(work) {
            log::error!("{panicked}");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_said() {
        assert_eq!(catch_panic(|| 3), Ok(3));
        let panicked = catch_panic(|| -> u8 { panic!("no {}", "luck") }).unwrap_err();
        assert_eq!(panicked.to_string(), "the program erred: no luck");
    }
}
