use super::*;
use crate::train::folder::{Control, control};
use crate::train::run_file::RunFile;

fn status(state: State, heartbeat: u64, host: String, pid: u32) -> Status {
    Status {
        state,
        why: None,
        warnings: Vec::new(),
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
    assert!(RunMonitor::new(root.path()).is_err());
    let mut monitor = RunMonitor::expected(root.path());
    monitor.poll();
    assert_eq!(monitor.snapshot().liveness, Liveness::Starting);

    let elsewhere = || "another machine".to_owned();
    let write = |state, heartbeat, host, pid, old| {
        let status = status(state, heartbeat, host, pid);
        folder.write_json("status.json", &status).unwrap();
        age(&folder, Duration::from_secs(old));
        let mut monitor = RunMonitor::expected(root.path());
        assert!(monitor.poll());
        monitor.snapshot().liveness.clone()
    };
    assert_eq!(write(State::Running, 1, elsewhere(), 1, 0), Liveness::Alive);
    let silent = write(State::Running, 1, elsewhere(), 1, 100);
    assert!(matches!(silent, Liveness::Silent(_)), "{silent:?}");
    assert_eq!(
        write(State::Running, 1, elsewhere(), 1, 10_000),
        Liveness::Dead
    );
    assert_eq!(
        write(State::Done, 1, elsewhere(), 1, 10_000),
        Liveness::Ended
    );
    if is_running(1).is_some() {
        let own = std::process::id();
        let here = write(State::Paused, 1, host(), own, 100);
        assert!(matches!(here, Liveness::Silent(_)), "{here:?}");
        assert_eq!(
            write(State::Running, 1, host(), u32::MAX, 100),
            Liveness::Dead
        );
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
        initial_weights: crate::train::InitialWeights::default(),
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
        let mut monitor = RunMonitor::new(root.path()).unwrap();
        monitor.poll();
        monitor.snapshot().clone()
    };
    let view = life(10.0, 30);
    assert_eq!(view.liveness, Liveness::Alive);
    let epochs = file.config.stage1.epochs;
    let (epoch, all) = view.epoch().unwrap();
    assert!((epoch - 0.3 * epochs).abs() < 1e-9 && all == epochs);
    let silent = life(10.0, 60);
    assert!(
        matches!(silent.liveness, Liveness::Silent(_)),
        "{:?}",
        silent.liveness
    );
    assert!(silent.is_active());
    assert!(
        silent.summary().starts_with("no sign for"),
        "{}",
        silent.summary()
    );
    assert!(matches!(life(0.1, 30).liveness, Liveness::Silent(_)));
    assert_eq!(life(1e9, 10_000).liveness, Liveness::Dead);
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
        let mut monitor = RunMonitor::expected(root.path());
        monitor.poll();
        monitor.snapshot().clone()
    };
    let elsewhere = || "another machine".to_owned();
    for old in [0, 6, 30] {
        let view = seen(1, old, 1, elsewhere());
        assert_eq!(view.liveness, Liveness::Alive, "{old} s");
        assert_eq!(view.summary(), "first step…");
    }
    // Stage 2 begins in the middle of the run.
    assert!(seen(2, 6, 1, elsewhere()).summary().contains(" · stage 2"));
    let silent = seen(1, 100, 1, elsewhere());
    assert!(
        matches!(silent.liveness, Liveness::Silent(_)),
        "{:?}",
        silent.liveness
    );
    // A process that is known to be gone needs no such patience.
    if is_running(1).is_some() {
        assert_eq!(seen(1, 6, u32::MAX, host()).liveness, Liveness::Dead);
        let own = std::process::id();
        assert_eq!(seen(1, 6, own, host()).liveness, Liveness::Alive);
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
    let mut monitor = RunMonitor::expected(root.path());
    monitor.poll();
    assert!(matches!(monitor.snapshot().liveness, Liveness::Silent(_)));
    let before = fs::read(&file).unwrap();
    crate::train::heartbeat::beat(&file).unwrap();
    assert!(monitor.poll());
    assert_eq!(monitor.snapshot().liveness, Liveness::Alive);
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
        let mut monitor = RunMonitor::expected(root.path());
        monitor.poll();
        monitor.snapshot().clone()
    };
    let done = view(State::Done);
    assert_eq!(done.progress(), Some((1.0, None)));
    assert_eq!(
        (done.progress_text(), done.step()),
        ("100 %".into(), Some(99))
    );
    let stopped = view(State::Stopped);
    assert_eq!(stopped.progress_text(), "99 % of the run · stage 1");
}

#[test]
fn a_run_that_moves_again_is_alive_and_words_reach_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = RunFolder::create(root.path()).unwrap();
    let old = status(State::Running, 1, "x".into(), 1);
    folder.write_json("status.json", &old).unwrap();
    age(&folder, Duration::from_secs(10_000));
    let mut monitor = RunMonitor::expected(root.path());
    monitor.poll();
    assert_eq!(monitor.snapshot().liveness, Liveness::Dead);
    let new = status(State::Running, 2, "x".into(), 1);
    folder.write_json("status.json", &new).unwrap();
    assert!(monitor.poll());
    assert_eq!(monitor.snapshot().liveness, Liveness::Alive);
    let text = "30 % of the run · stage 1 · 7 s left";
    assert_eq!(monitor.snapshot().progress_text(), text);
    assert_eq!(monitor.snapshot().summary(), text);
    assert!(monitor.snapshot().is_active());
    assert_eq!(monitor.snapshot().state_text(), "running");
    for wanted in [Control::Pause, Control::Stop, Control::Run] {
        control(root.path(), wanted).unwrap();
        assert_eq!(folder.control().unwrap(), Some(wanted));
    }
    fs::write(root.path().join("status.json"), "{").unwrap();
    monitor.poll();
    let trouble = monitor.snapshot().error.clone().unwrap();
    assert!(trouble.contains("status.json"), "{trouble}");
}
