//! Which of the paths that were opened lately are still there, looked up off the window's thread:
//! a disk that sleeps or a share that is gone may take seconds to say so.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::background::Wake;
use crate::dataset;

/// While the menu is open, paths are looked for this often.
const EVERY: Duration = Duration::from_secs(3);

#[derive(Default)]
pub struct Recent {
    gone: HashSet<PathBuf>,
    looking: Option<Receiver<HashSet<PathBuf>>>,
    looked: Option<Instant>,
}

impl Recent {
    /// Takes in what was found, and looks again where it is time.
    pub fn look(&mut self, paths: &[PathBuf], wake: &Wake) {
        if let Some(found) = self.looking.as_ref().and_then(|l| l.try_recv().ok()) {
            self.gone = found;
            self.looking = None;
        }
        let due = self.looked.is_none_or(|t| t.elapsed() >= EVERY);
        if !due || self.looking.is_some() {
            return;
        }
        self.looked = Some(Instant::now());
        let (done, result) = channel();
        let (paths, wake) = (paths.to_vec(), wake.clone());
        std::thread::spawn(move || {
            let gone = paths.into_iter().filter(|p| !dataset::exists(p)).collect();
            // The window may be gone; then nobody minds.
            let _ = done.send(gone);
            wake();
        });
        self.looking = Some(result);
    }

    pub fn is_gone(&self, path: &Path) -> bool {
        self.gone.contains(path)
    }
}
