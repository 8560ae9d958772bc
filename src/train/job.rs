//! Starting a run as a process of its own, so that whatever happens to it cannot take the window
//! along, and the other way round.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::config::TrainConfig;

/// How nice a gentle process is, of 19.
const NICENESS: &str = "10";
/// Bytes of the output that are shown when a process fails.
const SHOWN: usize = 600;

/// A process that was started here.
pub struct Job {
    child: Child,
    folder: PathBuf,
}

impl Job {
    /// Starts `program train ARGUMENTS`, whose run folder is `folder`, with `settings` as its
    /// standard input, which `--config -` reads. Its output goes into the
    /// folder's `output.log`. It has a process group of its own: keys pressed in the window's
    /// terminal do not reach it. A `gentle` one leaves the processor to others.
    pub fn start(
        program: &Path,
        arguments: &[OsString],
        settings: Option<&TrainConfig>,
        folder: &Path,
        gentle: bool,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let open = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join("output.log"))?;
        let mut command = command(program, gentle);
        command
            .arg("train")
            .args(arguments)
            .stdin(match settings {
                Some(_) => Stdio::piped(),
                None => Stdio::null(),
            })
            .stdout(open.try_clone()?)
            .stderr(open);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(windows)]
        {
            const NEW_GROUP: u32 = 0x200;
            const BELOW_NORMAL: u32 = 0x4000;
            const NO_WINDOW: u32 = 0x0800_0000;
            let priority = if gentle { BELOW_NORMAL } else { 0 };
            let flags = NEW_GROUP | NO_WINDOW | priority;
            std::os::windows::process::CommandExt::creation_flags(&mut command, flags);
        }
        let mut child = command.spawn()?;
        if let (Some(settings), Some(mut input)) = (settings, child.stdin.take()) {
            // One that has ended already says why in its output.
            let _ = input.write_all(&serde_json::to_vec(settings)?);
        }
        Ok(Self {
            child,
            folder: folder.to_owned(),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How it ended, once it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The end of what it printed; only its last error, if that is there.
    pub fn output_tail(&self) -> String {
        let bytes = fs::read(self.folder.join("output.log")).unwrap_or_default();
        let end = &bytes[bytes.len().saturating_sub(SHOWN)..];
        let end = String::from_utf8_lossy(end);
        let error = end.rfind("smn-studio: ").unwrap_or(0);
        end[error..].trim().to_owned()
    }
}

/// The program, behind `nice` where there is such a command.
fn command(program: &Path, gentle: bool) -> Command {
    let nice = gentle.then(|| find("nice")).flatten();
    let Some(nice) = nice else {
        return Command::new(program);
    };
    let mut command = Command::new(nice);
    command.args(["-n", NICENESS]).arg(program);
    command
}

fn find(name: &str) -> Option<PathBuf> {
    if !cfg!(unix) {
        return None;
    }
    let path = std::env::var_os("PATH")?;
    let places = std::env::split_paths(&path).map(|p| p.join(name));
    places.into_iter().find(|p| p.is_file())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_process_writes_to_its_folder_and_its_end_is_seen() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("runs/new");
        let program = find("echo").unwrap();
        let mut job = Job::start(&program, &["a b".into()], None, &folder, true).unwrap();
        let status = loop {
            if let Some(status) = job.ended() {
                break status;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        assert!(status.success());
        assert_eq!(job.output_tail(), "train a b");
        fs::write(
            folder.join("output.log"),
            "stage 1, step 5 of 9: kept\nsmn-studio: the loss is not a number\n",
        )
        .unwrap();
        assert_eq!(job.output_tail(), "smn-studio: the loss is not a number");
        assert!(Job::start(Path::new("/no/such"), &[], None, &folder, false).is_err());
    }
}
