//! What a run was asked to do and has not done yet, and which commands it has no use for.

use crate::app::command::Command;
use crate::train::{Control, Liveness, RunSnapshot, State};

/// What a run does that was asked for something, until it has done it.
pub fn requested_text(control: Control) -> &'static str {
    match control {
        Control::Run => "resuming…",
        Control::Pause => "pausing after this step…",
        Control::Stop => "stopping after this step…",
    }
}

/// Whether a run still has to do what was requested. `may_run` says that its process may be there.
pub fn is_pending(run: &RunSnapshot, control: Control, may_run: bool) -> bool {
    let ended = matches!(run.liveness, Liveness::Ended | Liveness::Dead);
    let state = run.status.as_ref().map(|s| s.state);
    match control {
        Control::Stop => !ended,
        Control::Pause => !ended && state != Some(State::Paused),
        Control::Run if ended => may_run && state != Some(State::Done),
        Control::Run => state == Some(State::Paused),
    }
}

/// Why a command can do nothing with this run, of which something was `requested`.
pub fn blocked(
    run: &RunSnapshot,
    requested: Option<Control>,
    command: Command,
) -> Option<&'static str> {
    match (requested, command) {
        (Some(Control::Stop), Command::PauseRun | Command::ResumeRun | Command::StopRun) => {
            return Some("The run has been told to stop, which it does after its step");
        }
        (Some(Control::Pause), Command::PauseRun) => {
            return Some("The run has been told to pause, which it does after its step");
        }
        (Some(Control::Run), Command::ResumeRun) => {
            return Some("The run has been told to go on");
        }
        _ => {}
    }
    let works = !matches!(run.liveness, Liveness::Ended | Liveness::Dead);
    let state = run.status.as_ref().map(|s| s.state);
    let paused = works && state == Some(State::Paused);
    match command {
        Command::PauseRun if !works => Some("The run is not running"),
        Command::PauseRun if paused => Some("The run waits already"),
        Command::StopRun if !works => Some("The run is not running"),
        Command::ResumeRun if state == Some(State::Done) => Some("The run is done"),
        Command::ResumeRun if works && !paused => Some("The run is running"),
        Command::LoadRun if run.result.is_none() => Some(
            "The run has no final weights yet; beside what it has kept below, these are loaded",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{RunFolder, RunMonitor, Status};

    fn run(state: State) -> RunSnapshot {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        let status = Status {
            state,
            why: None,
            warnings: Vec::new(),
            pid: 1,
            host: "another machine".into(),
            stage: 1,
            step: 1,
            steps: 9,
            images_per_s: 1.0,
            heartbeat: 1,
        };
        folder.write_json("status.json", &status).unwrap();
        let mut monitor = RunMonitor::expected(root.path());
        monitor.poll();
        monitor.snapshot().clone()
    }

    #[test]
    fn a_request_to_a_run_is_pending_until_it_has_done_it() {
        let pending = |state, control, may_run| is_pending(&run(state), control, may_run);
        for (state, control, may_run) in [
            (State::Running, Control::Stop, true),
            (State::Paused, Control::Stop, false),
            (State::Running, Control::Pause, true),
            (State::Paused, Control::Run, true),
            // Its process has been started and has not said anything.
            (State::Stopped, Control::Run, true),
            (State::Failed, Control::Run, true),
        ] {
            assert!(pending(state, control, may_run), "{state:?} {control:?}");
        }
        for (state, control, may_run) in [
            (State::Stopped, Control::Stop, true),
            (State::Failed, Control::Pause, true),
            (State::Paused, Control::Pause, true),
            (State::Running, Control::Run, true),
            (State::Stopped, Control::Run, false),
            (State::Done, Control::Run, true),
        ] {
            assert!(!pending(state, control, may_run), "{state:?} {control:?}");
        }
        let running = run(State::Running);
        let blocked = |requested, command| blocked(&running, requested, command).is_some();
        assert!(blocked(Some(Control::Stop), Command::StopRun));
        assert!(!blocked(Some(Control::Pause), Command::StopRun));
        assert!(!blocked(None, Command::StopRun) && !blocked(None, Command::PauseRun));
    }
}
