//! The thread that reads run folders, starts runs and sees them end.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::logs::error_chain;
use crate::train::{Control, Job, RunMonitor, RunSnapshot, TrainConfig, control};

/// How often folders are looked at.
const EVERY: Duration = Duration::from_millis(500);

/// A run to be started.
pub struct StartRequest {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub arguments: Vec<OsString>,
    /// What its standard input is to say; nothing where a run goes on.
    pub settings: Option<Box<TrainConfig>>,
    pub gentle: bool,
    /// Whether the folder holds the run that is to go on.
    pub resumes: bool,
}

/// What the window asks of the watcher.
pub enum WatchRequest {
    Add(PathBuf),
    AddIfThere(PathBuf),
    Remove(PathBuf),
    Start(StartRequest),
    Control(PathBuf, Control),
}

/// All that is watched, as it is now.
pub struct WatchUpdate {
    pub watched: Vec<RunSnapshot>,
    /// Folders of runs that were started here and have not ended.
    pub running: Vec<PathBuf>,
}

/// Works until the window is gone.
pub fn start(
    requests: Receiver<WatchRequest>,
    updates: Sender<WatchUpdate>,
    wake: impl Fn() + Send + 'static,
) {
    thread::spawn(move || {
        let mut watcher = Watcher::default();
        loop {
            let idle = watcher.monitors.is_empty() && watcher.jobs.is_empty();
            let request = if idle {
                requests.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                requests.recv_timeout(EVERY)
            };
            let mut changed = match request {
                Ok(request) => watcher.handle(request),
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            changed |= watcher.poll();
            if changed && updates.send(watcher.snapshot()).is_ok() {
                wake();
            }
        }
    });
}

#[derive(Default)]
struct Watcher {
    monitors: Vec<RunMonitor>,
    jobs: Vec<Job>,
}

impl Watcher {
    /// True if what is watched has changed.
    fn handle(&mut self, request: WatchRequest) -> bool {
        match request {
            WatchRequest::Add(path) => {
                if self.is_watched(&path) {
                    return true;
                }
                match RunMonitor::new(&path) {
                    Ok(monitor) => self.monitors.push(monitor),
                    Err(error) => log::warn!("{}", error_chain(&error)),
                }
            }
            WatchRequest::AddIfThere(path) => {
                if let (false, Ok(monitor)) = (self.is_watched(&path), RunMonitor::new(&path)) {
                    self.monitors.push(monitor);
                }
            }
            WatchRequest::Remove(path) => self.monitors.retain(|f| f.path() != path),
            WatchRequest::Start(request) => self.start(&request),
            WatchRequest::Control(path, wanted) => {
                if let Err(e) = control(&path, wanted) {
                    log::warn!("{}: the run cannot be told: {e}", path.display());
                }
            }
        }
        true
    }

    fn is_watched(&self, path: &Path) -> bool {
        self.monitors.iter().any(|f| f.path() == path)
    }

    fn start(&mut self, request: &StartRequest) {
        let folder = &request.folder;
        // Two that wrote into one folder would be in each other's way.
        if self
            .jobs
            .iter_mut()
            .any(|j| j.folder() == folder && j.ended().is_none())
        {
            log::info!("{}: the run is running already", folder.display());
            return;
        }
        // Its process would refuse, and say so in the output of the run that is there.
        if !request.resumes && RunMonitor::new(folder).is_ok() {
            log::error!(
                "{}: there is a run in this folder already; choose another",
                folder.display()
            );
            return;
        }
        match Job::start(
            &request.program,
            &request.arguments,
            request.settings.as_deref(),
            folder,
            request.gentle,
        ) {
            Ok(job) => {
                log::info!("training in {}", folder.display());
                self.jobs.push(job);
                self.monitors.retain(|f| f.path() != folder);
                self.monitors.push(RunMonitor::expected(folder));
            }
            Err(e) => log::error!("{}: the run cannot be started: {e}", folder.display()),
        }
    }

    /// Looks at all folders and processes; true if there is something new.
    fn poll(&mut self) -> bool {
        let mut changed = false;
        for monitor in &mut self.monitors {
            changed |= monitor.poll();
        }
        let before = self.jobs.len();
        self.jobs.retain_mut(|job| match job.ended() {
            None => true,
            Some(status) => {
                if !status.success() {
                    let folder = job.folder().display();
                    let text = job.output_tail();
                    log::error!("{folder}: the run has failed ({status}): {text}");
                }
                false
            }
        });
        changed || before != self.jobs.len()
    }

    fn snapshot(&self) -> WatchUpdate {
        WatchUpdate {
            watched: self.monitors.iter().map(|f| f.snapshot().clone()).collect(),
            running: self.jobs.iter().map(|j| j.folder().to_owned()).collect(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_that_holds_a_run_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("run-1");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("output.log"), "of the first\n").unwrap();
        let start = |resumes| StartRequest {
            program: "/bin/sleep".into(),
            folder: folder.clone(),
            arguments: vec!["60".into()],
            settings: None,
            gentle: false,
            resumes,
        };
        let log = || fs::read_to_string(folder.join("output.log")).unwrap();
        let mut watcher = Watcher::default();
        fs::write(folder.join("run.json"), "{}").unwrap();
        watcher.start(&start(false));
        assert!(watcher.jobs.is_empty() && watcher.monitors.is_empty());
        assert_eq!(log(), "of the first\n");
        watcher.start(&start(true));
        assert_eq!(watcher.jobs.len(), 1, "a run goes on in its folder");
    }
}
