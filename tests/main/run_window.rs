//! Training runs in the window: watched, started, and asked about before it closes.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use smn_studio::app::Start;
use smn_studio::label::Schema;
use smn_studio::model::{Checkpoint, Config, Network};
use smn_studio::train::{Data, InitialWeights, Preset, RunFile, State, Status, TrainConfig};

use crate::frame::close;
use crate::training::faces;
use crate::window::{Answers, Window, click, open, samples, says, shows, until};

/// A run folder as a process on another machine would have written it.
pub fn fake_run(folder: &Path, state: State, heartbeat: u64) {
    fs::create_dir_all(folder).unwrap();
    let file = RunFile {
        program: "test".into(),
        device: "CPU".into(),
        config: TrainConfig::preset(Preset::Compact),
        data: Data {
            paths: vec!["faces".into()],
            train: 1280,
            validation: 160,
            fingerprint: "0".into(),
        },
        initial_weights: InitialWeights::default(),
        license: String::new(),
    };
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write("run.json", serde_json::to_string(&file).unwrap());
    fake_status(folder, state, heartbeat);
    let mut lines = String::new();
    for step in (10..=100).step_by(10) {
        lines += &format!(
            "{{\"kind\":\"step\",\"stage\":1,\"step\":{step},\"epoch\":0.5,\"loss\":{{\"landmarks\":{},\"attributes\":0.5}},\"learning_rate\":0.002,\"images_per_s\":40}}\n",
            1.0 / f64::from(step)
        );
    }
    lines += "{\"kind\":\"validation\",\"stage\":1,\"step\":100,\"kept\":[\"stage1\"],\"measures\":{\"landmarks\":{\"success\":80.5,\"nme\":6.0,\"faces\":160}},\"seconds\":1.0}\n";
    write("metrics.jsonl", lines);
}

fn fake_status(folder: &Path, state: State, heartbeat: u64) {
    let status = Status {
        state,
        why: None,
        warnings: Vec::new(),
        pid: 1,
        host: "another machine".into(),
        stage: 1,
        step: 100,
        steps: 480,
        images_per_s: 40.0,
        heartbeat,
    };
    let text = serde_json::to_string(&status).unwrap();
    fs::write(folder.join("status.json"), text).unwrap();
}

#[test]
fn a_run_folder_is_watched() {
    let answers = Answers::default();
    let window = &mut samples(Start {
        ask: Some(answers.ask()),
        ..Start::default()
    });
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("night");
    fake_run(&folder, State::Running, 0);
    open(window, &folder);
    let heartbeat = Cell::new(0);
    until(window, "the run", |w| {
        heartbeat.set(heartbeat.get() + 1);
        fake_status(&folder, State::Running, heartbeat.get());
        shows(w, "Run night: running")
    });
    assert!(shows(window, "Plot: Loss · landmarks"));
    assert!(shows(window, "Plot: Validation · %"));
    assert!(
        says(window, "16 % of the run · stage 1 · 7 min left"),
        "progress and time left"
    );
    let chip = window
        .get_by_label_contains("night · 16 % of the run · stage 1 · ")
        .rect();
    let command = |w: &Window| {
        let mut all = w.query_all_by_label_contains("Command");
        all.next().unwrap().rect()
    };
    let beside = command(window);
    assert!(says(window, "epoch ") && !says(window, "heartbeat"));
    assert!(says(
        window,
        "kept of stage 1: all tasks: step 100, landmarks NME 6.00 %"
    ));
    // The axis has all of the stage's steps: the last ones have nothing to say yet.
    let plot = window.get_by_label("Plot: Loss · landmarks").rect();
    window.hover_at(plot.left_center() + vec2(0.1 * plot.width() + 44.0, 0.0));
    until(window, "the values at the pointer", |w| {
        says(w, "step ") && says(w, "\nas logged 0.0") && says(w, "\nsmoothed 0.0")
    });
    let percent = window.get_by_label("Plot: Validation · %").rect();
    let nme = window.get_by_label("Plot: Validation · NME in %").rect();
    assert_eq!(percent.y_range(), nme.y_range(), "side by side");
    click(window, "Pause run");
    assert!(says(window, "pausing after this step"), "an answer at once");
    until(window, "the word in the control file", |_| {
        fs::read_to_string(folder.join("control")).is_ok_and(|word| word == "pause\n")
    });
    fake_run(&folder, State::Paused, u64::MAX - 1);
    until(window, "the pause", |w| shows(w, "Run night: paused"));
    assert!(!says(window, "pausing after"));
    // Other words in the same place, and nothing beside it moves.
    let paused = window.get_by_label("night · paused").rect();
    assert_eq!(paused.left(), chip.left());
    assert_eq!(command(window), beside);
    click(window, "Resume run");
    until(window, "the word in the control file", |_| {
        fs::read_to_string(folder.join("control")).is_ok_and(|word| word == "resume\n")
    });
    fake_run(&folder, State::Failed, u64::MAX);
    until(window, "the failure", |w| shows(w, "Run night: failed"));

    // Its curves leave the window.
    let saved = root.path().join("curves.csv");
    answers.give(&saved);
    click(window, "Export curves");
    click(window, "Save all curves as CSV…");
    until(window, "the curves", |_| saved.is_file());
    let curves = fs::read_to_string(&saved).unwrap();
    assert!(
        curves.contains("1,validation landmarks success %,100,80.5"),
        "{curves}"
    );
    let saved = root.path().join("loss.svg");
    answers.give(&saved);
    click(window, "Export curves");
    click(window, "Loss · landmarks");
    click(window, "Save plot as SVG…");
    until(window, "the plot", |_| saved.is_file());
    let svg = fs::read_to_string(&saved).unwrap();
    assert!(svg.contains("night, stage 1: Loss · landmarks") && !svg.contains("Weights"));

    // What was kept until then is used, and nothing is written over it.
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 6, &burn::tensor::Device::flex());
    let kept = folder.join("checkpoints/best-stage1.safetensors");
    fs::create_dir_all(kept.parent().unwrap()).unwrap();
    Checkpoint::new(network.clone()).save(&kept).unwrap();
    let load = "Load what was kept of stage 1";
    until(window, "what was kept", |w| shows(w, load));
    click(window, load);
    until(window, "what was kept in use", |w| {
        says(w, "best-stage1 of night is in use") && says(w, "The network of night is in use.")
    });
    let weights = fs::read(&kept).unwrap();
    answers.give(&kept);
    click(window, "Export curves");
    click(window, "Save all curves as CSV…");
    until(window, "the refusal", |w| says(w, "was not written over"));
    assert!(fs::read(&kept).unwrap() == weights);
    click(window, "Back to the bundled network");
    until(window, "the bundled network", |w| says(w, " · bundled"));

    // What it ended with is used, and the way back is there.
    let result = folder.join("final.safetensors");
    Checkpoint::new(network).save(&result).unwrap();
    fake_run(&folder, State::Done, u64::MAX);
    until(window, "the end", |w| shows(w, "Run night: done"));
    click(window, "Load result");
    until(window, "the result in use", |w| {
        says(w, "The network of night is in use.") && says(w, "night is in use: Photos and Report")
    });
    click(window, "Back to the bundled network");
    until(window, "the bundled network", |w| says(w, " · bundled"));
    assert!(!says(window, "The network of night"));

    // A heartbeat that has stood still for long is a dead run's.
    let dead = root.path().join("lost");
    fake_run(&dead, State::Running, 7);
    let status = fs::OpenOptions::new()
        .write(true)
        .open(dead.join("status.json"));
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(100_000);
    status.unwrap().set_modified(long_ago).unwrap();
    open(window, root.path());
    until(window, "the dead run", |w| says(w, "Run lost: dead"));
}

/// Types a number into a field.
fn enter(window: &mut Window, field: &str, number: &str) {
    click(window, field);
    window.event(Event::Text(number.into()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(2);
}

#[test]
fn a_run_is_started_and_the_window_asks_before_it_closes() {
    let answers = Answers::default();
    let window = &mut samples(Start {
        ask: Some(answers.ask()),
        ..Start::default()
    });
    click(window, "Training");
    let root = tempfile::tempdir().unwrap();
    faces(root.path(), 6, 2);
    let out = root.path().join("runs");
    answers.give(root.path());
    click(window, "Folder…");
    let data = root
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    until(window, "the data set in the form", |w| says(w, &data[1..]));
    // What is below moves down when its labels are counted.
    until(window, "its labels", |w| says(w, "faces to train on"));
    answers.give(&out);
    click(window, "…");
    until(window, "the run's folder", |w| {
        let field = w.query_by_label("Run folder");
        field.is_some_and(|f| {
            f.value()
                .is_some_and(|v| v.starts_with(&*out.to_string_lossy()))
        })
    });
    // The paper's 100 epochs, long enough to be asked about, of a network that is quick.
    click(window, "Preset");
    click(window, "paper");
    enter(window, "Width", "1");
    enter(window, "Units of Fc", "4");
    // A double click, and a key that is held, are one wish.
    click(window, "Start training");
    assert!(shows(window, "Started run-1") && !shows(window, "Start training"));
    window.get_by_label("Started run-1").click();
    for _ in 0..5 {
        window.key_press(Key::Enter);
        window.run_steps(1);
    }
    let run = out.join("run-1");
    until(window, "the run", |w| says(w, "Run run-1: running"));
    assert_eq!(window.state().running_runs(), 1);
    assert!(!out.join("run-2").exists());
    until(window, "another start", |w| shows(w, "Start training"));
    let field = window.get_by_label("Run folder");
    field.focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text(run.display().to_string()));
    window.run_steps(2);
    assert!(says(window, "There is a run in this folder already"));
    assert!(run.join("output.log").is_file());
    close(window);
    assert!(says(window, "A training run is running."));
    click(window, "Do not close");
    assert!(!says(window, "A training run is running."));
    click(window, "Stop run");
    until(window, "the end of the run", |w| {
        says(w, "Run run-1: stopped")
    });
    until(window, "the end of its process", |w| {
        w.state().running_runs() == 0
    });
    close(window);
    assert!(!says(window, "A training run is running."));
}
