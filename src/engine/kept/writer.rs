//! The thread that writes predictions that are kept: those of a moment together, in one piece at the
//! end of their file, so that two windows that write to it do not mix.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::folder::{AT_MOST, keep_within};
use super::record::Record;

/// What comes within this is written together, unless it is much.
const EVERY: Duration = Duration::from_secs(1);
const MUCH: usize = 1 << 20;
/// Bytes after which is looked again how much all files take.
const LOOK_AFTER: usize = 32 << 20;

/// Gives predictions to the thread, which ends when this is gone.
pub struct Writer {
    records: Option<Sender<(PathBuf, Record)>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread for a folder, which is made once there is something to write.
    pub fn start(folder: PathBuf) -> Self {
        let (records, inbox) = channel();
        let thread = thread::spawn(move || Work::new(folder).run(&inbox));
        Self {
            records: Some(records),
            thread: Some(thread),
        }
    }

    pub fn write(&self, path: PathBuf, record: Record) {
        // A thread that has ended said why.
        let _ = self.records.as_ref().map(|r| r.send((path, record)));
    }
}

/// Waits for what is being written.
impl Drop for Writer {
    fn drop(&mut self) {
        self.records = None;
        if self.thread.take().is_some_and(|t| t.join().is_err()) {
            log::error!("the thread that keeps predictions has ended");
        }
    }
}

struct Work {
    folder: PathBuf,
    waiting: BTreeMap<PathBuf, Vec<u8>>,
    bytes: usize,
    /// Written since it was looked how much all files take; nothing was looked at first.
    since: Option<usize>,
    /// Whether it was said that nothing can be written.
    said: bool,
}

impl Work {
    fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            waiting: BTreeMap::new(),
            bytes: 0,
            since: None,
            said: false,
        }
    }

    fn run(mut self, inbox: &Receiver<(PathBuf, Record)>) {
        while let Ok(first) = inbox.recv() {
            self.take(first);
            let until = Instant::now() + EVERY;
            while self.bytes < MUCH {
                match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
                    Ok(next) => self.take(next),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
            if let Err(error) = self.write()
                && !std::mem::replace(&mut self.said, true)
            {
                log::info!(
                    "no predictions are kept: {}: {error}",
                    self.folder.display()
                );
            }
        }
    }

    fn take(&mut self, (path, record): (PathBuf, Record)) {
        let bytes = self.waiting.entry(path).or_default();
        let before = bytes.len();
        record.write(bytes);
        self.bytes += bytes.len() - before;
    }

    /// Writes what waits; what cannot be written is not tried again.
    fn write(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let bytes = std::mem::take(&mut self.bytes);
        fs::create_dir_all(&self.folder)?;
        for (path, bytes) in waiting {
            append(&path, &bytes)?;
        }
        let since = self.since.map(|since| since + bytes);
        self.since = since.filter(|since| *since < LOOK_AFTER);
        if self.since.is_none() {
            self.since = Some(0);
            keep_within(&self.folder, AT_MOST)?;
        }
        Ok(())
    }
}

/// Appends under a lock; where there are none, the piece is whole unless the system divides it, and
/// what is mixed is left out when it is read.
fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    if let Err(error) = file.lock() {
        log::debug!("{}: no locks here: {error}", path.display());
    }
    file.write_all(bytes)
}
