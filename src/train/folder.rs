//! The run folder: the only thing between a training process and whoever looks on.
//!
//! ```text
//! run.json        configuration and data: enough to start the run again
//! metrics.jsonl   one line per logged step and per validation; a loss is the mean over the labels
//!                 known since the line before, null where there were none
//! status.json     state, progress and a heartbeat; replaced atomically, and its time renewed as long
//!                 as the process lives
//! control         one word, read between steps: pause, resume, stop
//! checkpoints/    what resuming needs, and the best weights of each stage and task
//! output.log      what the process printed, where the window started it
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::atomic::write_atomic;

/// A folder that holds, or will hold, one run.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

/// Holds a run folder.
#[derive(Debug)]
pub struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone is not enough while a process that is just being started still has a copy
        // of the handle. What cannot be unlocked goes with the process.
        let _ = self.0.unlock();
    }
}

/// What an onlooker reads first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    /// Why a run failed or ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What speaks against the result of a run that is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde(rename = "findings")]
    pub warnings: Vec<String>,
    pub pid: u32,
    pub host: String,
    /// 1 or 2.
    pub stage: u8,
    /// Steps of this stage that are done, and all of them.
    pub step: u64,
    pub steps: u64,
    pub images_per_s: f64,
    /// Grows as long as the process lives.
    pub heartbeat: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Running,
    Paused,
    Stopped,
    Done,
    Failed,
}

/// What the control file asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Run,
    Pause,
    Stop,
}

impl RunFolder {
    /// What a run writes into its folder, beside its checkpoints.
    pub const FILES: [&str; 6] = [
        "run.json",
        "metrics.jsonl",
        "status.json",
        "control",
        "lock",
        "final.safetensors",
    ];
    pub const CHECKPOINTS: &str = "checkpoints";

    /// Makes the folder for a new run; one that holds a run already is left alone.
    pub fn create(path: &Path) -> Result<Self> {
        let folder = Self {
            path: path.to_owned(),
        };
        if folder.file("run.json").exists() {
            bail!(
                "{} holds a run already; continue it with --resume, or choose another folder",
                path.display()
            );
        }
        fs::create_dir_all(folder.file(Self::CHECKPOINTS))
            .with_context(|| format!("cannot make {}", path.display()))?;
        Ok(folder)
    }

    /// Opens the folder of a run that was started.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = Self {
            path: path.to_owned(),
        };
        if !folder.file("run.json").is_file() {
            bail!("{} holds no run (no run.json)", path.display());
        }
        Ok(folder)
    }

    /// A folder in which a run may be, or come to be.
    pub(super) fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Takes the run for this process, until the lock is dropped or the process ends, however it
    /// does. Two that wrote to one folder would ruin it.
    pub fn lock(&self) -> Result<Lock> {
        let path = self.file("lock");
        let open = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let file = open.with_context(|| path.display().to_string())?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(fs::TryLockError::WouldBlock) => {
                bail!(
                    "{} is being trained by another process",
                    self.path.display()
                )
            }
            Err(fs::TryLockError::Error(e)) => {
                // Some shared folders know no locks; there it is up to whoever starts runs.
                log::warn!("{} cannot be locked: {e}", self.path.display());
                Ok(Lock(file))
            }
        }
    }

    /// The final weights of a run that has come to its end.
    pub fn finished(&self) -> Option<PathBuf> {
        let status: Status = self.read_json("status.json").ok()?;
        let result = self.file("final.safetensors");
        (status.state == State::Done && result.is_file()).then_some(result)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn checkpoint(&self, name: &str) -> PathBuf {
        self.path.join(Self::CHECKPOINTS).join(name)
    }

    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let path = self.file(name);
        write_atomic(&path, &serde_json::to_vec_pretty(value)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let path = self.file(name);
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
    }

    /// What the control file asks for, in any case and with blanks around it; nothing new where it is
    /// empty, as it is for a moment while a shell writes it.
    ///
    /// # Errors
    /// If it cannot be read or says something else.
    pub fn control(&self) -> Result<Option<Control>> {
        let bytes = match fs::read(self.file("control")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Some(Control::Run)),
            read => read.context("control")?,
        };
        let word = String::from_utf8_lossy(&bytes);
        match word.trim().to_lowercase().as_str() {
            "" => Ok(None),
            "pause" => Ok(Some(Control::Pause)),
            "resume" => Ok(Some(Control::Run)),
            "stop" => Ok(Some(Control::Stop)),
            _ => bail!(
                "control: unknown word {:?}; pause, resume or stop",
                word.trim()
            ),
        }
    }

    /// Takes an earlier wish back, so that a run that is resumed does not stop at once.
    pub fn clear_control(&self) -> Result<()> {
        match fs::remove_file(self.file("control")) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(e).context("cannot remove the control file")
            }
            _ => Ok(()),
        }
    }

    /// Opens `metrics.jsonl` to append, cut to `length` bytes: what a lost stretch of the run had
    /// written after its last checkpoint is written again.
    pub fn metrics(&self, length: u64) -> Result<Metrics> {
        let path = self.file("metrics.jsonl");
        let open = || -> io::Result<File> {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            file.set_len(length.min(file.metadata()?.len()))?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = open().with_context(|| path.display().to_string())?;
        Ok(Metrics { file, path })
    }
}

/// The growing `metrics.jsonl`.
pub struct Metrics {
    file: File,
    path: PathBuf,
}

impl Metrics {
    pub fn append(&mut self, line: &serde_json::Value) -> Result<()> {
        writeln!(self.file, "{line}").with_context(|| self.path.display().to_string())
    }

    /// Bytes so far, synced to disk.
    pub fn length(&mut self) -> Result<u64> {
        let path = self.path.display().to_string();
        self.file.sync_data().with_context(|| path.clone())?;
        self.file.stream_position().with_context(|| path)
    }
}

/// This machine's name, as far as it says.
pub fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|h| h.trim().to_owned())
        .unwrap_or_default()
}

/// Writes a word into a run's control file.
pub fn control(path: &Path, wanted: Control) -> io::Result<()> {
    let word = match wanted {
        Control::Run => "resume\n",
        Control::Pause => "pause\n",
        Control::Stop => "stop\n",
    };
    write_atomic(&path.join("control"), word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_cut_where_the_checkpoint_says() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::create(&folder.path().join("run")).unwrap();
        let mut metrics = run.metrics(0).unwrap();
        metrics.append(&serde_json::json!({"step": 1})).unwrap();
        let length = metrics.length().unwrap();
        metrics.append(&serde_json::json!({"step": 2})).unwrap();
        drop(metrics);
        let mut metrics = run.metrics(length).unwrap();
        metrics.append(&serde_json::json!({"step": 3})).unwrap();
        let text = fs::read_to_string(run.file("metrics.jsonl")).unwrap();
        assert_eq!(text, "{\"step\":1}\n{\"step\":3}\n");
    }

    #[test]
    fn a_run_belongs_to_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::create(folder.path()).unwrap();
        let held = run.lock().unwrap();
        assert!(
            run.lock()
                .unwrap_err()
                .to_string()
                .contains("another process")
        );
        drop(held);
        run.lock().unwrap();
    }

    #[test]
    fn a_folder_with_a_run_is_not_started_again() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::create(folder.path()).unwrap();
        assert!(RunFolder::open(folder.path()).is_err());
        run.write_json("run.json", &1).unwrap();
        assert!(RunFolder::create(folder.path()).is_err());
        assert_eq!(run.control().unwrap(), Some(Control::Run));
        fs::write(run.file("control"), "pause\n").unwrap();
        assert_eq!(run.control().unwrap(), Some(Control::Pause));
        run.clear_control().unwrap();
        run.clear_control().unwrap();
        assert_eq!(run.control().unwrap(), Some(Control::Run));
    }

    #[test]
    fn a_word_of_the_control_file_is_known_or_named() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::create(folder.path()).unwrap();
        let says = |word: &str| {
            fs::write(run.file("control"), word).unwrap();
            run.control()
        };
        for (word, wanted) in [
            (" Stop\r\n", Some(Control::Stop)),
            ("PAUSE", Some(Control::Pause)),
            ("resume\n", Some(Control::Run)),
            ("\n", None),
        ] {
            assert_eq!(says(word).unwrap(), wanted, "{word:?}");
        }
        for word in ["puase", "stop now", "run"] {
            let actual = says(word).unwrap_err().to_string();
            let text = format!("control: unknown word \"{word}\"; pause, resume or stop");
            assert_eq!(actual, text);
        }
    }
}
