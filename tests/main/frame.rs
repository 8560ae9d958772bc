//! The window's frame: commands, keys, layouts, settings, log, and training runs, found and clicked
//! by accessible names.

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

use crate::window::{Answers, Window, click, dismiss, drawn_window, samples, says, shows, until};

/// Finds a command by its name in the palette and runs it.
pub fn run(window: &mut Window, name: &str) {
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
    let find = |window: &mut Window| {
        run(window, "Keys");
        click(window, "Search keys");
        window
            .get_by_label("Search keys")
            .type_text("attributes pane");
        window.run_steps(3);
    };
    let close_sheet = |window: &mut Window| {
        while shows(window, "Search keys") {
            window.key_press(Key::Escape);
            window.run_steps(2);
        }
    };
    find(window);
    click(window, "Key of Attributes pane");
    assert!(says(window, "Press the new key of Attributes pane"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run_steps(3);
    assert!(says(window, "belongs to Open."));
    window.key_press(Key::F7);
    window.run_steps(3);
    close_sheet(window);
    window.key_press(Key::F7);
    window.run_steps(3);
    assert!(!shows(window, "Search attributes"));
    window.key_press(Key::F7);
    window.run_steps(3);
    assert!(shows(window, "Search attributes"));
    find(window);
    click(window, "Reset key of Attributes pane");
    close_sheet(window);
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
