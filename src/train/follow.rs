//! Looking on: what a run's folder says about it, and words for its control file.
//!
//! Whoever looks on may be on another machine than the run. A process that was killed leaves a
//! status that says running for ever, so a heartbeat that stands still counts as death: at once
//! where the process is known to be gone, else after a while.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::curves::Curves;
use super::folder::{Control, RunFolder, State, Status};
use super::run::RunFile;
use super::stage::host;
use crate::atomic::write_atomic;
use crate::logs::error_words;
use crate::words::duration_words;

/// How far apart times may be that a file system takes for one.
const COARSEST: Duration = Duration::from_secs(3);
/// Silence after which a process on this machine is looked for.
const UNHEARD: Duration = Duration::from_secs(5);
/// Silence that is said: several beats of a [`Pulse`](super::pulse::Pulse), or so many steps where
/// these take long; where no step has been timed yet, longer.
const SILENT: Duration = Duration::from_secs(10);
const SILENT_STEPS: f64 = 4.0;
const SILENT_UNTIMED: Duration = Duration::from_secs(60);
/// Silence that is death where the process cannot be looked for. A validation of a large set is
/// silent too.
const DEAD: Duration = Duration::from_secs(15 * 60);

/// Whether somebody works on a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Life {
    /// No status has been written yet.
    Starting,
    Alive,
    /// No sign for this long, but not known to be dead: it may be validating.
    Silent(Duration),
    /// The status says running, and nobody runs it.
    Dead,
    /// Stopped, done or failed, as the status says.
    Ended,
}

/// A run as it is now.
#[derive(Clone, Debug)]
pub struct RunView {
    pub path: PathBuf,
    pub file: Option<Arc<RunFile>>,
    pub status: Option<Status>,
    pub life: Life,
    pub curves: Arc<Curves>,
    /// The final weights, once they are there.
    pub result: Option<PathBuf>,
    /// What in the folder cannot be read.
    pub trouble: Option<String>,
}

impl RunView {
    pub fn name(&self) -> String {
        crate::dataset::name_of(&self.path)
    }

    /// Part of the run's steps that are done, and the time left; stage 2's steps are estimated as
    /// long as it has not begun.
    pub fn progress(&self) -> Option<(f64, Option<Duration>)> {
        let status = self.status.as_ref()?;
        if status.state == State::Done {
            return Some((1.0, None));
        }
        let (step, steps) = (self.step()? as f64, status.steps.max(1) as f64);
        let config = self.file.as_ref().map(|f| &f.config);
        let stages = config.map_or((1.0, 0.0), |c| {
            let two = c.network.topology == crate::model::Topology::Separation;
            (c.stage1.epochs, if two { c.stage2.epochs } else { 0.0 })
        });
        let given = self
            .file
            .as_ref()
            .is_some_and(|f| f.starts.stage1.is_some());
        let stages = (if given { 0.0 } else { stages.0 }, stages.1);
        let (done, left) = if status.stage == 1 {
            (step, steps - step + steps * stages.1 / stages.0.max(1e-9))
        } else {
            (step + steps * stages.0 / stages.1.max(1e-9), steps - step)
        };
        let batch = config.map_or(1, |c| c.batch) as f64;
        let seconds = left * batch / status.images_per_s;
        let time = Duration::try_from_secs_f64(seconds).ok();
        Some((done / (done + left).max(1.0), time))
    }

    /// How far the stage is, in epochs, and all of them.
    pub fn epoch(&self) -> Option<(f64, f64)> {
        let (status, file) = (self.status.as_ref()?, self.file.as_ref()?);
        let stage = match status.stage {
            1 => &file.config.stage1,
            _ => &file.config.stage2,
        };
        let part = self.step()? as f64 / status.steps.max(1) as f64;
        Some((stage.epochs * part, stage.epochs))
    }

    /// The steps of the stage that are done. The status is written now and then only, and the last
    /// step of a stage is always logged.
    pub fn step(&self) -> Option<u64> {
        let status = self.status.as_ref()?;
        let logged = self.curves.stages.get(&status.stage).map_or(0, |s| s.step);
        Some(status.step.max(logged))
    }

    /// The steps that are planned for the stage at which the run is.
    pub fn steps(&self, stage: u8) -> Option<u64> {
        let status = self.status.as_ref()?;
        (status.stage == stage).then_some(status.steps)
    }

    /// "34 % of the run · stage 2 · 12 min left".
    pub fn progress_words(&self) -> String {
        let (Some(status), Some((part, left))) = (&self.status, self.progress()) else {
            return "starting".into();
        };
        if status.state == State::Done {
            return "100 %".into();
        }
        if self.is_at_first_step() {
            return "first step…".into();
        }
        // Beside it stands the step, which is of the stage.
        let mut words = format!("{:.0} % of the run · stage {}", 100.0 * part, status.stage);
        if let Some(left) = left.filter(|_| status.state == State::Running) {
            words.push_str(&format!(" · {} left", duration_words(left)));
        }
        words
    }

    /// Whether the run works on its first step, which may take long and has no time yet.
    fn is_at_first_step(&self) -> bool {
        let running = |s: &Status| s.state == State::Running && s.stage == 1;
        self.status.as_ref().is_some_and(running) && self.step() == Some(0)
    }

    /// How far the run is while it goes on, else how it is.
    pub fn words(&self) -> String {
        let running = self
            .status
            .as_ref()
            .is_some_and(|s| s.state == State::Running);
        match self.life {
            Life::Alive if running => self.progress_words(),
            _ => self.state_words(),
        }
    }

    /// Whether somebody works on it, as far as that is known.
    pub fn goes_on(&self) -> bool {
        matches!(self.life, Life::Alive | Life::Silent(_))
    }

    /// "running", "paused", or what else there is to say in a word or two.
    pub fn state_words(&self) -> String {
        match (&self.life, self.status.as_ref().map(|s| s.state)) {
            (Life::Starting, _) | (_, None) => "starting".into(),
            (Life::Dead, _) => "dead: its process is gone".into(),
            (Life::Silent(time), _) => {
                format!("no sign for {}", duration_words(*time))
            }
            (_, Some(state)) => match state {
                State::Running => "running",
                State::Paused => "paused",
                State::Stopped => "stopped",
                State::Done => "done",
                State::Failed => "failed",
            }
            .into(),
        }
    }
}

/// Reads a run's folder again and again, each time only what is new.
pub struct Follower {
    folder: RunFolder,
    view: RunView,
    /// What was read last, and the time of its file, which a living process renews.
    heartbeat: Option<(u64, State, SystemTime)>,
    /// When the heartbeat was seen to move, or by its file's time did.
    moved: Instant,
    status_time: Option<SystemTime>,
}

impl Follower {
    pub fn new(path: &Path) -> anyhow::Result<Self> {
        Ok(Self::of(RunFolder::open(path)?))
    }

    /// Of a folder that a process has just been started in.
    pub fn expected(path: &Path) -> Self {
        Self::of(RunFolder::at(path))
    }

    fn of(folder: RunFolder) -> Self {
        let view = RunView {
            path: folder.path().to_owned(),
            file: None,
            status: None,
            life: Life::Starting,
            curves: Arc::default(),
            result: None,
            trouble: None,
        };
        Self {
            folder,
            view,
            heartbeat: None,
            moved: Instant::now(),
            status_time: None,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn view(&self) -> &RunView {
        &self.view
    }

    /// Looks again; true if there is something new to show.
    pub fn look(&mut self) -> bool {
        let before = (self.view.life.clone(), self.view.trouble.clone());
        self.view.trouble = None;
        if self.view.file.is_none() && self.folder.file("run.json").is_file() {
            match self.folder.read_json("run.json") {
                Ok(file) => self.view.file = Some(Arc::new(file)),
                Err(error) => self.view.trouble = Some(error_words(&error)),
            }
        }
        let mut new = self.look_at_status();
        let metrics = self.folder.file("metrics.jsonl");
        match Arc::make_mut(&mut self.view.curves).read(&metrics) {
            Ok(read) => new |= read,
            Err(e) => self.view.trouble = Some(format!("{}: {e}", metrics.display())),
        }
        let result = self.folder.file("final.safetensors");
        let result = result.is_file().then_some(result);
        new |= result != self.view.result;
        self.view.result = result;
        self.view.life = self.life();
        new || before != (self.view.life.clone(), self.view.trouble.clone())
    }

    fn look_at_status(&mut self) -> bool {
        let path = self.folder.file("status.json");
        let time = match fs::metadata(&path).and_then(|m| m.modified()) {
            Ok(time) => time,
            Err(_) if self.view.status.is_none() => return false,
            Err(e) => {
                self.view.trouble = Some(format!("{}: {e}", path.display()));
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
                self.view.trouble = Some(error_words(&error));
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
        self.view.status = Some(status);
        true
    }

    /// How long a run that lives may say nothing.
    fn silence_of(&self, status: &Status) -> Duration {
        if status.images_per_s <= 0.0 {
            return SILENT_UNTIMED;
        }
        let batch = self.view.file.as_ref().map_or(0, |f| f.config.batch);
        let step = batch as f64 / status.images_per_s;
        let steps = Duration::try_from_secs_f64(SILENT_STEPS * step).unwrap_or_default();
        steps.clamp(SILENT, DEAD)
    }

    fn life(&self) -> Life {
        let Some(status) = &self.view.status else {
            return Life::Starting;
        };
        if !matches!(status.state, State::Running | State::Paused) {
            return Life::Ended;
        }
        let silent = self.moved.elapsed();
        if silent < UNHEARD {
            return Life::Alive;
        }
        let here = !status.host.is_empty() && status.host == host();
        match is_running(status.pid).filter(|_| here) {
            Some(false) => Life::Dead,
            _ if silent >= DEAD => Life::Dead,
            _ if silent < self.silence_of(status) => Life::Alive,
            _ => Life::Silent(Duration::from_secs(silent.as_secs())),
        }
    }
}

/// Whether this machine has such a process; `None` where that cannot be told.
fn is_running(pid: u32) -> Option<bool> {
    let processes = Path::new("/proc");
    processes
        .join("self")
        .exists()
        .then(|| processes.join(pid.to_string()).exists())
}

/// Writes a word into a run's control file.
pub fn control(path: &Path, wish: Control) -> io::Result<()> {
    let word = match wish {
        Control::Run => "resume\n",
        Control::Pause => "pause\n",
        Control::Stop => "stop\n",
    };
    write_atomic(&path.join("control"), word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: State, heartbeat: u64, host: String, pid: u32) -> Status {
        Status {
            state,
            why: None,
            findings: Vec::new(),
            pid,
            host,
            stage: 1,
            step: 30,
            steps: 100,
            images_per_s: 10.0,
            heartbeat,
        }
    }

    /// Makes the status as old as this.
    fn age(folder: &RunFolder, by: Duration) {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(folder.file("status.json"))
            .unwrap();
        file.set_modified(SystemTime::now() - by).unwrap();
    }

    #[test]
    fn a_heartbeat_that_stands_still_is_silence_and_then_death() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        assert!(Follower::new(root.path()).is_err());
        let mut follower = Follower::expected(root.path());
        follower.look();
        assert_eq!(follower.view().life, Life::Starting);

        let elsewhere = || "another machine".to_owned();
        let write = |state, heartbeat, host, pid, old| {
            let status = status(state, heartbeat, host, pid);
            folder.write_json("status.json", &status).unwrap();
            age(&folder, Duration::from_secs(old));
            let mut follower = Follower::expected(root.path());
            assert!(follower.look());
            follower.view().life.clone()
        };
        assert_eq!(write(State::Running, 1, elsewhere(), 1, 0), Life::Alive);
        let silent = write(State::Running, 1, elsewhere(), 1, 100);
        assert!(matches!(silent, Life::Silent(_)), "{silent:?}");
        assert_eq!(write(State::Running, 1, elsewhere(), 1, 10_000), Life::Dead);
        assert_eq!(write(State::Done, 1, elsewhere(), 1, 10_000), Life::Ended);
        if is_running(1).is_some() {
            let own = std::process::id();
            let here = write(State::Paused, 1, host(), own, 100);
            assert!(matches!(here, Life::Silent(_)), "{here:?}");
            assert_eq!(write(State::Running, 1, host(), u32::MAX, 100), Life::Dead);
        }
    }

    #[test]
    fn slow_steps_are_no_silence() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let file = RunFile {
            program: "test".into(),
            device: "cpu".into(),
            config: crate::train::TrainConfig::preset(crate::train::Preset::Compact),
            data: crate::train::Data {
                paths: Vec::new(),
                train: 100,
                validation: 0,
                fingerprint: String::new(),
            },
            starts: crate::train::Starts::default(),
            license: String::new(),
        };
        folder.write_json("run.json", &file).unwrap();
        let life = |seconds_a_step: f64, old: u64| {
            let slow = Status {
                images_per_s: file.config.batch as f64 / seconds_a_step,
                ..status(State::Running, 1, "another".into(), 1)
            };
            folder.write_json("status.json", &slow).unwrap();
            age(&folder, Duration::from_secs(old));
            let mut follower = Follower::new(root.path()).unwrap();
            follower.look();
            follower.view().clone()
        };
        let view = life(10.0, 30);
        assert_eq!(view.life, Life::Alive);
        let epochs = file.config.stage1.epochs;
        let (epoch, all) = view.epoch().unwrap();
        assert!((epoch - 0.3 * epochs).abs() < 1e-9 && all == epochs);
        let silent = life(10.0, 60);
        assert!(matches!(silent.life, Life::Silent(_)), "{:?}", silent.life);
        assert!(silent.goes_on());
        assert!(
            silent.words().starts_with("no sign for"),
            "{}",
            silent.words()
        );
        assert!(matches!(life(0.1, 30).life, Life::Silent(_)));
        assert_eq!(life(1e9, 10_000).life, Life::Dead);
    }

    #[test]
    fn a_first_step_that_takes_long_is_no_silence() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let seen = |stage, old, pid, host: String| {
            let first = Status {
                stage,
                step: 0,
                images_per_s: 0.0,
                ..status(State::Running, 0, host, pid)
            };
            folder.write_json("status.json", &first).unwrap();
            age(&folder, Duration::from_secs(old));
            let mut follower = Follower::expected(root.path());
            follower.look();
            follower.view().clone()
        };
        let elsewhere = || "another machine".to_owned();
        for old in [0, 6, 30] {
            let view = seen(1, old, 1, elsewhere());
            assert_eq!(view.life, Life::Alive, "{old} s");
            assert_eq!(view.words(), "first step…");
        }
        // Stage 2 begins in the middle of the run.
        assert!(seen(2, 6, 1, elsewhere()).words().contains(" · stage 2"));
        let silent = seen(1, 100, 1, elsewhere());
        assert!(matches!(silent.life, Life::Silent(_)), "{:?}", silent.life);
        // A process that is known to be gone needs no such patience.
        if is_running(1).is_some() {
            assert_eq!(seen(1, 6, u32::MAX, host()).life, Life::Dead);
            let own = std::process::id();
            assert_eq!(seen(1, 6, own, host()).life, Life::Alive);
        }
    }

    #[test]
    fn a_process_that_lives_is_heard_though_its_step_says_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let file = folder.file("status.json");
        let old = status(State::Running, 3, "another machine".into(), 1);
        folder.write_json("status.json", &old).unwrap();
        age(&folder, Duration::from_secs(100));
        let mut follower = Follower::expected(root.path());
        follower.look();
        assert!(matches!(follower.view().life, Life::Silent(_)));
        let before = fs::read(&file).unwrap();
        crate::train::pulse::beat(&file).unwrap();
        assert!(follower.look());
        assert_eq!(follower.view().life, Life::Alive);
        assert_eq!(fs::read(&file).unwrap(), before);
    }

    #[test]
    fn a_run_that_is_done_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let line = |step: u64| {
            format!(
                "{{\"kind\":\"step\",\"stage\":1,\"step\":{step},\"loss\":{{\"landmarks\":null}},\"learning_rate\":0.1,\"images_per_s\":5}}\n"
            )
        };
        fs::write(folder.file("metrics.jsonl"), line(50) + &line(99)).unwrap();
        let view = |state: State| {
            // The last status but one: the run was quicker than it told.
            folder
                .write_json("status.json", &status(state, 9, "x".into(), 1))
                .unwrap();
            let mut follower = Follower::expected(root.path());
            follower.look();
            follower.view().clone()
        };
        let done = view(State::Done);
        assert_eq!(done.progress(), Some((1.0, None)));
        assert_eq!(
            (done.progress_words(), done.step()),
            ("100 %".into(), Some(99))
        );
        let stopped = view(State::Stopped);
        assert_eq!(stopped.progress_words(), "99 % of the run · stage 1");
    }

    #[test]
    fn a_run_that_moves_again_is_alive_and_words_reach_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let old = status(State::Running, 1, "x".into(), 1);
        folder.write_json("status.json", &old).unwrap();
        age(&folder, Duration::from_secs(10_000));
        let mut follower = Follower::expected(root.path());
        follower.look();
        assert_eq!(follower.view().life, Life::Dead);
        let new = status(State::Running, 2, "x".into(), 1);
        folder.write_json("status.json", &new).unwrap();
        assert!(follower.look());
        assert_eq!(follower.view().life, Life::Alive);
        let words = "30 % of the run · stage 1 · 7 s left";
        assert_eq!(follower.view().progress_words(), words);
        assert_eq!(follower.view().words(), words);
        assert!(follower.view().goes_on());
        assert_eq!(follower.view().state_words(), "running");
        for wish in [Control::Pause, Control::Stop, Control::Run] {
            control(root.path(), wish).unwrap();
            assert_eq!(folder.control(), wish);
        }
        fs::write(root.path().join("status.json"), "{").unwrap();
        follower.look();
        let trouble = follower.view().trouble.clone().unwrap();
        assert!(trouble.contains("status.json"), "{trouble}");
    }
}
