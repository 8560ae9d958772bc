//! A panic on a thread in the background, for instance a decoder's over a hostile file, is the
//! failure of that work alone: whoever waits for it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::logs::panic_words;

/// Does the work; says why where it panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| format!("the program erred: {}", panic_words(&*panic)))
}

/// Does work that nobody has to wait for. A pool's thread ends the whole program over a panic.
pub fn in_background(work: impl FnOnce() + Send + 'static) {
    rayon::spawn(move || {
        if let Err(why) = caught(work) {
            log::error!("{why}");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_said() {
        assert_eq!(caught(|| 3), Ok(3));
        let why = caught(|| -> u8 { panic!("no {}", "luck") });
        assert_eq!(why, Err("the program erred: no luck".into()));
    }
}
