//! The window's frame: commands, keys, layouts, settings, log, and training runs, found and clicked
//! by accessible names.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::{
    DroppedFile, Event, HoveredFile, Key, MissingGlyphPolicy, Modifiers, ViewportEvent, ViewportId,
    vec2,
};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::{Command, Start};
use smn_studio::label::Schema;
use smn_studio::model::{Checkpoint, Config, Network};
use smn_studio::train::{Data, InitialWeights, Preset, RunFile, State, Status, TrainConfig};

use crate::training::faces;
use crate::window::{
    Answers, Window, click, dismiss, drawn_window, open, samples, says, shows, until,
};

/// Finds a command by its name in the palette and runs it.
fn run(window: &mut Window, name: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run_steps(3);
    assert!(shows(window, "Find a command"), "the palette, for {name}");
    window.get_by_label("Find a command").type_text(name);
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
}

#[test]
fn commands_are_found_by_name_and_key() {
    let window = &mut samples(Start::default());
    window.key_press(Key::ArrowDown);
    window.run_steps(2);
    assert!(shows(window, "Photo portrait 2"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run_steps(3);
    window
        .get_by_label("Find a command")
        .type_text("photo before");
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(shows(window, "Photo portrait 1"));
    window.key_press(Key::Questionmark);
    window.run_steps(3);
    assert!(says(window, "All commands and their keys"));
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert!(!says(window, "All commands and their keys"));
}

#[test]
fn every_command_runs_from_the_palette() {
    let settings = tempfile::tempdir().unwrap();
    let start = Start {
        settings: Some(settings.path().to_owned()),
        ..Start::default()
    };
    let (window, _) = &mut drawn_window(start, vec2(1400.0, 880.0));
    until(window, "the first prediction", |w| says(w, "Smiling: "));
    // These close the window or the test's view of it.
    let left_out = ["Quit", "Command"];
    let mut blocked = Vec::new();
    for command in Command::ALL {
        let name = command.name();
        if left_out.contains(&name) {
            continue;
        }
        run(window, name);
        // Whether something is still being predicted is a matter of time.
        if shows(window, "Find a command") && name != "Stop predicting" {
            blocked.push(name);
        }
        match name {
            "Open samples" => until(window, "the samples", |w| shows(w, "portrait 6")),
            "Training" => assert!(says(window, "The curves of a training run")),
            "Report" => assert!(says(window, "Report")),
            "Show towers" => assert!(shows(window, "Measure the towers")),
            "Log pane" => assert!(shows(window, "Search the log")),
            "Reset all panes" => assert!(!shows(window, "Search the log")),
            "Keys" => assert!(says(window, "All commands and their keys")),
            "About" => assert!(says(window, "Settings: ")),
            "New run" => assert!(shows(window, "Run folder")),
            _ => {}
        }
        window.key_press(Key::Escape);
        window.run_steps(2);
    }
    // Each of these says in the palette why it can do nothing now.
    assert_eq!(
        blocked,
        [
            "Forget recent",
            "All faces",
            "Sort by difference",
            "Remove box",
            "Undo",
            "Redo",
            "Stop comparing",
            "Save report",
            "Point left",
            "Point right",
            "Point up",
            "Point down",
            "Point far left",
            "Point far right",
            "Point far up",
            "Point far down",
            "Accept point",
            "Occluded point",
            "Point unknown",
            "Next point",
            "Previous point",
            "Next attribute",
            "Previous attribute",
            "Attribute present",
            "Attribute absent",
            "Flip attribute",
            "Attribute unknown",
            "Accept attribute",
            "Mute channel",
            "Solo channel",
            "Hear all",
            "Favourite channel",
            "Export maps",
            "Next layer",
            "Previous layer",
            "Fused maps",
            "Next tower",
            "Scale",
            "Switch network",
            "Swap networks",
            "Pause run",
            "Resume run",
            "Stop run",
            "Load result"
        ]
    );
    // The list is whole again, the bundled network is back, and the theme is the system's.
    run(window, "All faces");
    window.key_press(Key::Escape);
    window.run_steps(2);
    run(window, "Sort as listed");
    until(window, "the bundled network", |w| says(w, " · bundled"));
    click(window, "Photos");
    assert!(shows(window, "Search names"));
    click(window, "Menu");
    click(window, "View");
    click(window, "Panes");
    assert!(shows(window, "✓ Attributes pane"));
    click(window, "✓ Attributes pane");
    assert!(!shows(window, "Search attributes"));
    run(window, "Reset panes");
    assert!(shows(window, "Search attributes"));
}

#[test]
fn keys_are_given_to_other_commands() {
    let window = &mut samples(Start::default());
    run(window, "Keys");
    click(window, "Key of Attributes pane");
    assert!(says(window, "Press the new key of Attributes pane"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run_steps(3);
    assert!(says(window, "belongs to Open."));
    window.key_press(Key::F7);
    window.run_steps(3);
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::F7);
    window.run_steps(3);
    assert!(!shows(window, "Search attributes"));
    window.key_press(Key::F7);
    window.run_steps(3);
    assert!(shows(window, "Search attributes"));
    run(window, "Keys");
    click(window, "Reset key of Attributes pane");
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::F7);
    window.run_steps(3);
    assert!(shows(window, "Search attributes"));
}

#[test]
fn a_warning_goes_from_the_log_to_the_screen() {
    let window = &mut samples(Start::default());
    for _ in 0..3 {
        log::warn!(target: "smn_studio::test", "the coffee is cold");
    }
    log::info!(target: "smn_studio::test", "for the log alone");
    until(window, "the warning", |w| {
        says(w, "the coffee is cold (3 times)")
    });
    assert!(!says(window, "for the log alone"));
    dismiss(window);
    assert!(!says(window, "the coffee is cold"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(3);
    window.get_by_label("Search the log").type_text("coffee");
    window.run_steps(3);
    let lines = window.query_all_by_label_contains("WARN smn_studio::test the coffee is cold");
    assert_eq!(lines.count(), 3);
    click(window, "Level error");
    assert!(!says(window, "the coffee is cold"));
    click(window, "Level info");
    click(window, "Copy log");
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(3);
    assert!(!shows(window, "Search the log"));
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.0).map_err(|e| e.to_string())
    }
}

fn picture(path: &Path) {
    image::RgbImage::from_fn(60, 60, |x, y| image::Rgb([x as u8 * 4, y as u8 * 4, 90]))
        .save(path)
        .unwrap();
}

#[test]
fn what_is_dragged_dropped_and_pasted_is_opened() {
    let window = &mut samples(Start::default());
    let folder = tempfile::tempdir().unwrap();
    // The harness looks for no fonts of the system: what its own lack are boxes here.
    window
        .ctx
        .set_missing_glyph_policy(MissingGlyphPolicy::Tofu);
    let path = folder.path().join("人物 ñ Ж ש مرحبا 🙂.png");
    picture(&path);
    window.input_mut().hovered_files.push(HoveredFile {
        path: Some(path.clone()),
        ..HoveredFile::default()
    });
    until(window, "what a drop would do", |w| {
        says(w, "Open 人物 ñ Ж ש")
    });
    window.input_mut().hovered_files.clear();
    let dropped = std::sync::Arc::new(Dropped(path.clone()));
    window.input_mut().dropped_files.push(dropped);
    until(window, "the dropped photo", |w| {
        says(w, "Photo 人物 ñ Ж ש مرحبا 🙂.png")
    });
    assert!(!says(window, "Open 人物"));

    let copied = eframe::egui::ColorImage::filled([40, 30], eframe::egui::Color32::RED);
    window.event(Event::PasteImage(std::sync::Arc::new(copied)));
    until(window, "the pasted picture", |w| {
        shows(w, "Photo pasted picture") && says(w, "Smiling: ")
    });
    window.event(Event::Paste("no/such/path".into()));
    until(window, "the news of the missing path", |w| {
        says(w, "no path of a file: no/such/path")
    });
    window.event(Event::Paste(path.display().to_string()));
    until(window, "the pasted path", |w| says(w, "Photo 人物"));

    // It is the newest of those opened lately; once it is gone, it is greyed.
    drop(folder);
    let label = path.display().to_string();
    click(window, "Menu");
    click(window, "File");
    click(window, "Recent");
    until(window, "the gone path to be greyed", |w| {
        let found = w.query_by_label(&label);
        found.is_some_and(|node| node.accesskit_node().is_disabled())
    });
    window.key_press(Key::Escape);
    window.run_steps(2);
    run(window, "Forget recent");
}

#[test]
fn two_networks_are_loaded_and_switched() {
    let answers = Answers::default();
    let window = &mut samples(Start {
        ask: Some(answers.ask()),
        ..Start::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("second.safetensors");
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 5, &burn::tensor::Device::flex());
    let half_trained = Checkpoint {
        training: serde_json::json!({"untrained": {
            "landmarks": {"nose": "no_label"}, "attributes": {"Bald": "only_absent"},
        }}),
        ..Checkpoint::new(network)
    };
    half_trained.save(&weights).unwrap();
    answers.give(&weights);
    run(window, "Load beside");
    until(window, "a second network", |w| shows(w, "Network B"));
    assert!(says(window, " · bundled"), "the first one is in use");
    click(window, "Network B");
    until(window, "the second network in use", |w| {
        says(w, " · second.safetensors") && says(w, "Smiling: ")
    });
    let untrained = window.query_all_by_label_contains(", never trained");
    assert_eq!(untrained.count(), 1, "Bald");
    assert!(shows(window, "Not all of this network was trained"));
    window.key_press(Key::X);
    until(window, "the first network again", |w| says(w, " · bundled"));
    assert!(!shows(window, "Not all of this network was trained"));
    run(window, "Swap networks");
    until(window, "the bundled network as B", |w| {
        says(w, " · bundled")
    });
    window.key_press(Key::X);
    until(window, "the other one", |w| {
        says(w, " · second.safetensors")
    });
    // The network's name in the bar offers the others.
    let mut chips = window.query_all_by_label_contains(" · second.safetensors");
    chips.next().unwrap().click();
    drop(chips);
    window.run_steps(3);
    assert!(says(window, "✓ ") && shows(window, "Load beside…"));
    click(window, "Bundled network");
    until(window, "the bundled network", |w| says(w, " · bundled"));
}

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

/// Closes the window, as its corner's cross does.
/// Asks the window to close.
pub fn close(window: &mut Window) {
    let viewport = window.input_mut().viewports.entry(ViewportId::ROOT);
    viewport.or_default().events.push(ViewportEvent::Close);
    window.run_steps(1);
    let viewport = window.input_mut().viewports.entry(ViewportId::ROOT);
    viewport.or_default().events.clear();
    window.run_steps(3);
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

#[test]
fn the_window_comes_back_as_it_was() {
    let settings = tempfile::tempdir().unwrap();
    let settings = settings.path();
    let start = || Start {
        settings: Some(settings.to_owned()),
        ..Start::default()
    };
    let window = &mut samples(start());
    run(window, "Keys");
    click(window, "Key of Gallery pane");
    window.key_press(Key::F8);
    window.run_steps(3);
    window.key_press(Key::Escape);
    window.run_steps(2);
    run(window, "Zoom in");
    run(window, "Dark");
    run(window, "Photos");
    run(window, "Attributes pane");
    run(window, "Training");
    eframe::App::on_exit(window.state_mut());
    let again = || super::window::window(start());
    let mut back = again();
    back.run_steps(3);
    assert!(shows(&back, "Start training"), "the workspace");
    click(&mut back, "Photos");
    assert!(!shows(&back, "Search attributes"), "the layout");
    assert!((back.ctx.zoom_factor() - 1.1).abs() < 1e-3, "the zoom");
    assert_eq!(back.ctx.theme(), eframe::egui::Theme::Dark);
    run(&mut back, "Keys");
    assert!(shows(&back, "Reset key of Gallery pane"), "the keys");
    run(&mut back, "Reset panes");
    assert!(shows(&back, "Search attributes"));
    drop(back);

    let file = settings.join("settings.json");
    fs::write(&file, "{ broken").unwrap();
    let mut back = again();
    back.run_steps(3);
    assert!(says(&back, "settings.json: "), "the broken file is named");
    assert!(says(&back, "It is kept as settings.broken.json"));
    let aside = fs::read_to_string(settings.join("settings.broken.json"));
    assert_eq!(aside.unwrap(), "{ broken");
}
