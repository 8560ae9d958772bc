//! Lets the face that somebody looks at go before a sweep, which wants the same processors: between
//! two pieces of its work the sweep waits until nobody is in a hurry.

use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Default)]
pub struct Gate {
    /// How many are in a hurry.
    urgent: Mutex<usize>,
    opened: Condvar,
}

impl Gate {
    /// Shuts the gate until what is returned is dropped.
    pub fn shut(&self) -> Shut<'_> {
        *self.lock() += 1;
        Shut(self)
    }

    /// Waits until nobody is in a hurry.
    pub fn pass(&self) {
        let mut urgent = self.lock();
        while *urgent > 0 {
            urgent = self
                .opened
                .wait(urgent)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    // A number is whole whatever panicked meanwhile.
    fn lock(&self) -> std::sync::MutexGuard<'_, usize> {
        self.urgent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A gate that is shut.
pub struct Shut<'a>(&'a Gate);

impl Drop for Shut<'_> {
    fn drop(&mut self) {
        *self.0.lock() -= 1;
        self.0.opened.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn whoever_can_wait_goes_on_once_nobody_is_in_a_hurry() {
        let (gate, passed) = (Arc::new(Gate::default()), Arc::new(AtomicBool::new(false)));
        let (first, second) = (gate.shut(), gate.shut());
        let waiting = {
            let (gate, passed) = (gate.clone(), passed.clone());
            std::thread::spawn(move || {
                gate.pass();
                passed.store(true, Ordering::SeqCst);
            })
        };
        drop(first);
        std::thread::yield_now();
        assert!(!passed.load(Ordering::SeqCst), "one is still in a hurry");
        drop(second);
        waiting.join().unwrap();
        assert!(passed.load(Ordering::SeqCst));
    }
}
