//! The sign of life of a training process: as long as it lives, the time of its status file is
//! renewed, whatever the step loop is busy with. A stopped process stops here too.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

const EVERY: Duration = Duration::from_secs(2);

/// Beats until it is dropped.
pub(super) struct Heartbeat {
    /// The thread ends when this is gone.
    _end: Sender<()>,
}

impl Heartbeat {
    pub fn of(status: PathBuf) -> Self {
        let (end, ended) = channel::<()>();
        thread::spawn(move || {
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                // The file is not there before the first status, and the next beat is soon.
                if let Err(e) = beat(&status)
                    && e.kind() != io::ErrorKind::NotFound
                {
                    log::debug!("{}: {e}", status.display());
                }
            }
        });
        Self { _end: end }
    }
}

/// Renews the file's time and leaves what is in it.
pub(super) fn beat(status: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(status)?;
    file.set_modified(SystemTime::now())
}
