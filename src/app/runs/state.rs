//! The runs that are known, as the watcher last saw them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::app::command::Command;
use crate::app::runs::requested::{blocked, is_pending, requested_text};
use crate::app::runs::watcher::{self, StartRequest, WatchRequest, WatchUpdate};
use crate::dataset;
use crate::train::{self, Control, Liveness, RunFolder, RunSnapshot, State};

/// How long a process that was started may not be known yet.
const STARTS: Duration = Duration::from_secs(3);

pub struct Runs {
    requests: Sender<WatchRequest>,
    updates: Receiver<WatchUpdate>,
    watched: Vec<RunSnapshot>,
    /// Folders of runs that were started here and have not ended.
    running: Vec<PathBuf>,
    /// What was requested of runs that they have not done yet, and when.
    requested: BTreeMap<PathBuf, (Control, Instant)>,
    /// Weights that are being loaded as a run's result.
    loading: Option<PathBuf>,
}

impl Runs {
    /// `wake` is called when there is something new.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (requests, receiver) = channel();
        let (sender, updates) = channel();
        watcher::start(receiver, sender, wake);
        Self {
            requests,
            updates,
            watched: Vec::new(),
            running: Vec::new(),
            requested: BTreeMap::new(),
            loading: None,
        }
    }

    /// Runs that nothing watches.
    #[cfg(test)]
    pub fn fixed(watched: Vec<RunSnapshot>, running: Vec<PathBuf>) -> Self {
        let (requests, _) = channel();
        let (_, updates) = channel();
        Self {
            requests,
            updates,
            watched,
            running,
            requested: BTreeMap::new(),
            loading: None,
        }
    }

    /// The runs that are watched.
    pub fn watched(&self) -> &[RunSnapshot] {
        &self.watched
    }

    pub fn paths(&self) -> Vec<PathBuf> {
        self.watched.iter().map(|v| v.path.clone()).collect()
    }

    pub fn find(&self, folder: &Path) -> Option<&RunSnapshot> {
        self.watched.iter().find(|v| v.path == folder)
    }

    /// How many of those that were started here have not ended.
    pub fn running_count(&self) -> usize {
        self.running.len()
    }

    /// How many of these are paused.
    pub fn paused_count(&self) -> usize {
        let state = |folder: &PathBuf| Some(self.find(folder)?.status.as_ref()?.state);
        let paused = |folder: &&PathBuf| state(folder) == Some(State::Paused);
        self.running.iter().filter(paused).count()
    }

    /// Whether it was started here and has not ended.
    pub fn is_running(&self, folder: &Path) -> bool {
        self.running.iter().any(|r| r == folder)
    }

    /// Whether a process was started in the folder that has not told how it is.
    pub fn is_starting(&self, folder: &Path) -> bool {
        let silent = |v: &RunSnapshot| v.liveness == Liveness::Starting;
        self.is_running(folder) && self.find(folder).is_some_and(silent)
    }

    /// What was requested of a run that it has not done yet.
    pub fn requested(&self, folder: &Path) -> Option<Control> {
        self.requested.get(folder).map(|r| r.0)
    }

    /// How a run is, or what it is about to do because that was requested.
    pub fn summary(&self, run: &RunSnapshot) -> String {
        match self.requested(&run.path) {
            Some(control) => requested_text(control).to_owned(),
            None => run.summary(),
        }
    }

    /// Its state, or what it is about to do.
    pub fn state_text(&self, run: &RunSnapshot) -> String {
        match self.requested(&run.path) {
            Some(control) => requested_text(control).to_owned(),
            None => run.state_text(),
        }
    }

    /// Why a command can do nothing with this run.
    pub fn blocked(&self, run: &RunSnapshot, command: Command) -> Option<&'static str> {
        blocked(run, self.requested(&run.path), command)
    }

    pub fn watch(&self, path: PathBuf) {
        self.send(WatchRequest::Add(path));
    }

    /// Watches runs of an earlier session, as far as they are still there.
    pub fn watch_again(&self, paths: Vec<PathBuf>) {
        for path in paths {
            self.send(WatchRequest::AddIfThere(path));
        }
    }

    pub fn stop_watching(&self, path: PathBuf) {
        self.send(WatchRequest::Remove(path));
    }

    pub fn start(&mut self, request: StartRequest) {
        if request.resumes {
            let since = Instant::now();
            let folder = request.folder.clone();
            self.requested.insert(folder, (Control::Run, since));
        }
        self.send(WatchRequest::Start(request));
    }

    /// Asks a run for something by its folder.
    pub fn control(&mut self, path: PathBuf, control: Control) {
        let since = Instant::now();
        self.requested.insert(path.clone(), (control, since));
        self.send(WatchRequest::Control(path, control));
    }

    /// Asks all runs that were started here to end at a checkpoint.
    pub fn stop_all(&self) {
        for path in &self.running {
            // At once, not by the thread: the window is about to close.
            if let Err(e) = train::control(path, Control::Stop) {
                log::warn!("{}: {e}", path.display());
            }
        }
    }

    /// Lets the window close: those that run go on without it.
    pub fn leave_running(&mut self) {
        self.running.clear();
    }

    fn send(&self, request: WatchRequest) {
        if self.requests.send(request).is_err() {
            log::error!("the thread that watches runs has ended; restart the program");
        }
    }

    /// Takes in what the watcher has seen.
    pub fn receive(&mut self) {
        while let Ok(update) = self.updates.try_recv() {
            self.watched = update.watched;
            self.running = update.running;
        }
        let (watched, running) = (&self.watched, &self.running);
        self.requested.retain(|path, (control, since)| {
            let run = watched.iter().find(|v| v.path == *path);
            let may_run = running.contains(path) || since.elapsed() < STARTS;
            run.is_some_and(|run| is_pending(run, *control, may_run))
        });
    }

    /// Remembers that these weights are loaded as a run's result.
    pub fn loads(&mut self, result: PathBuf) {
        self.loading = Some(result);
    }

    /// What to say of weights that have come, if they were loaded as a run's result.
    pub fn loaded(&mut self, origin: &str) -> Option<String> {
        let result = self.loading.take_if(|r| r.as_path() == Path::new(origin))?;
        let mut folder = result.parent()?;
        let mut of = String::new();
        // What a run has kept on its way lies deeper.
        if folder.file_name() == Some(RunFolder::CHECKPOINTS.as_ref()) {
            folder = folder.parent()?;
            of = format!("{} of ", result.file_stem()?.to_string_lossy());
        }
        let run = dataset::name_of(folder);
        Some(format!(
            "{of}{run} is in use: Photos and Report show what it says. The network's name in the top \
             bar leads back to the one before"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::RunMonitor;

    #[test]
    fn what_is_requested_of_a_run_is_said_until_it_is_gone() {
        let folder = PathBuf::from("/runs/run-1");
        let run = RunMonitor::expected(&folder).snapshot().clone();
        let mut runs = Runs::fixed(vec![run.clone()], vec![folder.clone()]);
        assert!(runs.is_starting(&folder) && runs.requested(&folder).is_none());
        runs.control(folder.clone(), Control::Stop);
        assert_eq!(runs.summary(&run), "stopping after this step…");
        assert!(runs.blocked(&run, Command::StopRun).is_some());
        runs.receive();
        assert_eq!(runs.requested(&folder), Some(Control::Stop));
        runs.watched.clear();
        runs.receive();
        assert_eq!(runs.requested(&folder), None);
    }

    #[test]
    fn weights_are_announced_only_as_the_result_of_their_run() {
        let mut runs = Runs::fixed(Vec::new(), Vec::new());
        let result = PathBuf::from("/runs/run-7/network.safetensors");
        assert_eq!(runs.loaded("/runs/run-7/network.safetensors"), None);
        runs.loads(result);
        assert_eq!(runs.loaded("bundled"), None);
        let text = runs.loaded("/runs/run-7/network.safetensors").unwrap();
        assert!(text.starts_with("run-7 is in use"), "{text}");
        let kept = "/runs/run-7/checkpoints/best-stage1.safetensors";
        runs.loads(kept.into());
        let text = runs.loaded(kept).unwrap();
        assert!(text.starts_with("best-stage1 of run-7 is in use"), "{text}");
        assert_eq!(runs.loaded("/runs/run-7/network.safetensors"), None);
    }
}
