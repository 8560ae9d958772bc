//! Looking on: what a run's folder says about it, and words for its control file.
//!
//! Whoever looks on may be on another machine than the run. A process that was killed leaves a
//! status that says running for ever, so a heartbeat that stands still counts as death: at once
//! where the process is known to be gone, else after a while.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::checkpoints::BestCheckpoint;
use super::folder::{RunFolder, State, Status, host};
use super::snapshot::{Liveness, RunSnapshot};
use crate::logs::error_chain;

/// How far apart times may be that a file system takes for one.
const COARSEST: Duration = Duration::from_secs(3);
/// Silence after which a process on this machine is looked for.
const UNHEARD: Duration = Duration::from_secs(5);
/// Silence that is said: several beats of a [`Heartbeat`](super::heartbeat::Heartbeat), or so many steps where
/// these take long; where no step has been timed yet, longer.
const SILENT: Duration = Duration::from_secs(10);
const SILENT_STEPS: f64 = 4.0;
const SILENT_UNTIMED: Duration = Duration::from_secs(60);
/// Silence that is death where the process cannot be looked for. A validation of a large set is
/// silent too.
const DEAD: Duration = Duration::from_secs(15 * 60);

/// Reads a run's folder again and again, each time only what is new.
pub struct RunMonitor {
    folder: RunFolder,
    snapshot: RunSnapshot,
    /// What was read last, and the time of its file, which a living process renews.
    heartbeat: Option<(u64, State, SystemTime)>,
    /// When the heartbeat was seen to move, or by its file's time did.
    moved: Instant,
    status_time: Option<SystemTime>,
}

impl RunMonitor {
    pub fn new(path: &Path) -> anyhow::Result<Self> {
        Ok(Self::of(RunFolder::open(path)?))
    }

    /// Of a folder that a process has just been started in.
    pub fn expected(path: &Path) -> Self {
        Self::of(RunFolder::at(path))
    }

    fn of(folder: RunFolder) -> Self {
        let snapshot = RunSnapshot {
            path: folder.path().to_owned(),
            file: None,
            status: None,
            liveness: Liveness::Starting,
            curves: Arc::default(),
            result: None,
            kept: BTreeMap::new(),
            error: None,
        };
        Self {
            folder,
            snapshot,
            heartbeat: None,
            moved: Instant::now(),
            status_time: None,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn snapshot(&self) -> &RunSnapshot {
        &self.snapshot
    }

    /// Looks again; true if there is something new to show.
    pub fn poll(&mut self) -> bool {
        let before = (self.snapshot.liveness.clone(), self.snapshot.error.clone());
        self.snapshot.error = None;
        if self.snapshot.file.is_none() && self.folder.file("run.json").is_file() {
            match self.folder.read_json("run.json") {
                Ok(file) => self.snapshot.file = Some(Arc::new(file)),
                Err(error) => self.snapshot.error = Some(error_chain(&error)),
            }
        }
        let mut new = self.poll_status();
        let metrics = self.folder.file("metrics.jsonl");
        match Arc::make_mut(&mut self.snapshot.curves).read(&metrics) {
            Ok(read) => new |= read,
            Err(e) => self.snapshot.error = Some(format!("{}: {e}", metrics.display())),
        }
        let result = self.folder.file("final.safetensors");
        let result = result.is_file().then_some(result);
        new |= result != self.snapshot.result;
        self.snapshot.result = result;
        let kept = kept_weights(&self.folder);
        new |= kept != self.snapshot.kept;
        self.snapshot.kept = kept;
        self.snapshot.liveness = self.liveness();
        new || before != (self.snapshot.liveness.clone(), self.snapshot.error.clone())
    }

    fn poll_status(&mut self) -> bool {
        let path = self.folder.file("status.json");
        let time = match fs::metadata(&path).and_then(|m| m.modified()) {
            Ok(time) => time,
            Err(_) if self.snapshot.status.is_none() => return false,
            Err(e) => {
                self.snapshot.error = Some(format!("{}: {e}", path.display()));
                return false;
            }
        };
        // Where a file system tells times coarsely, a young file may have changed unseen.
        let settled = time.elapsed().is_ok_and(|age| age > COARSEST);
        if self.status_time == Some(time) && settled {
            return false;
        }
        let status: Status = match self.folder.read_json("status.json") {
            Ok(status) => status,
            Err(error) => {
                self.snapshot.error = Some(error_chain(&error));
                return false;
            }
        };
        self.status_time = Some(time);
        let beat = (status.heartbeat, status.state, time);
        if self.heartbeat != Some(beat) {
            // At first sight, as old as its file; later, as young as this moment.
            let age = if self.heartbeat.is_none() {
                time.elapsed().unwrap_or_default()
            } else {
                Duration::ZERO
            };
            self.heartbeat = Some(beat);
            let now = Instant::now();
            self.moved = now.checked_sub(age).unwrap_or(now);
        }
        self.snapshot.status = Some(status);
        true
    }

    /// How long a run that lives may say nothing.
    fn silence_of(&self, status: &Status) -> Duration {
        if status.images_per_s <= 0.0 {
            return SILENT_UNTIMED;
        }
        let batch = self.snapshot.file.as_ref().map_or(0, |f| f.config.batch);
        let step = batch as f64 / status.images_per_s;
        let steps = Duration::try_from_secs_f64(SILENT_STEPS * step).unwrap_or_default();
        steps.clamp(SILENT, DEAD)
    }

    fn liveness(&self) -> Liveness {
        let Some(status) = &self.snapshot.status else {
            return Liveness::Starting;
        };
        if !matches!(status.state, State::Running | State::Paused) {
            return Liveness::Ended;
        }
        let silent = self.moved.elapsed();
        if silent < UNHEARD {
            return Liveness::Alive;
        }
        let here = !status.host.is_empty() && status.host == host();
        match is_running(status.pid).filter(|_| here) {
            Some(false) => Liveness::Dead,
            _ if silent >= DEAD => Liveness::Dead,
            _ if silent < self.silence_of(status) => Liveness::Alive,
            _ => Liveness::Silent(Duration::from_secs(silent.as_secs())),
        }
    }
}

/// What a run has kept in its folder.
fn kept_weights(folder: &RunFolder) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder.file(RunFolder::CHECKPOINTS));
    let files = entries.into_iter().flatten().flatten();
    let named = files.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some((BestCheckpoint::of_file(&name)?.to_owned(), entry.path()))
    });
    named.collect()
}

/// Whether this machine has such a process; `None` where that cannot be told.
fn is_running(pid: u32) -> Option<bool> {
    let processes = Path::new("/proc");
    processes
        .join("self")
        .exists()
        .then(|| processes.join(pid.to_string()).exists())
}

#[cfg(test)]
mod tests;
