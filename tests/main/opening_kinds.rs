//! Files are opened for what they are, and where they can be seen.

use std::path::PathBuf;

use burn::tensor::Device;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use image::{Rgb, RgbImage};
use smn_studio::app::{Command, Start};
use smn_studio::label::Schema;
use smn_studio::model::{Checkpoint, Config, Network};

use crate::opening::{pictures, run};
use crate::window::{
    Window, another_schema, click, named, open, samples, says, showing, shows, until, window,
};

#[test]
fn photos_are_opened_where_they_can_be_seen() {
    let root = tempfile::tempdir().unwrap();
    let begin = |workspace: &str, paths: Vec<PathBuf>| {
        // Each of its own, since windows keep theirs from time to time.
        let settings = root
            .path()
            .join(format!("settings of {workspace} {}", paths.len()));
        std::fs::create_dir(&settings).unwrap();
        let text = format!("{{\"workspace\": {workspace:?}}}");
        std::fs::write(settings.join("settings.json"), text).unwrap();
        window(Start {
            paths,
            settings: Some(settings),
            ..Start::default()
        })
    };
    let first = pictures(&root.path().join("first"), "a", 2);
    let second = pictures(&root.path().join("second"), "b", 2);
    let pane = Command::ALL.iter().find(|c| c.name() == "Photo pane");
    let pane = *pane.unwrap();
    let mut window = begin("Training", vec![first.clone()]);
    until(&mut window, "the photo", |w| shows(w, "Photo a00.png"));
    // As a drop does.
    for command in [Command::Training, pane] {
        run(&mut window, command);
        assert!(!shows(&window, "Photo a00.png"));
        open(&mut window, &second);
        until(&mut window, "another photo", |w| shows(w, "Photo b00.png"));
        open(&mut window, &first);
        until(&mut window, "the photo", |w| shows(w, "Photo a00.png"));
    }
    // The report has a photo beside it, unless that was closed.
    run(&mut window, Command::Report);
    open(&mut window, &second);
    until(&mut window, "the photo beside the report", |w| {
        shows(w, "Photo b00.png") && shows(w, "Export report")
    });
    run(&mut window, pane);
    open(&mut window, &first);
    until(&mut window, "the photo", |w| {
        shows(w, "Photo a00.png") && !shows(w, "Export report")
    });
    let mut features = begin("Features", vec![first]);
    until(&mut features, "the face", |w| w.state().faces() == 2);
    features.run_steps(5);
    assert!(
        !shows(&features, "Photo a00.png"),
        "a face is seen in Features too"
    );
    let mut bare = begin("Training", Vec::new());
    until(&mut bare, "the samples", |w| w.state().faces() > 0);
    assert!(shows(&bare, "Start training"), "the samples change nothing");
    click(&mut bare, "Photos");
    assert!(shows(&bare, "Photo portrait 1"));
}

#[test]
fn the_samples_come_back_when_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 2));
    until(&mut window, "the photos", |w| shows(w, "Photo a00.png"));
    run(&mut window, Command::Report);
    click(&mut window, "Menu");
    click(&mut window, "File");
    let top = |w: &Window, entry: &str| w.get_by_label(entry).rect().top();
    let entries = ["Open…", "Open folder…", "Copy table", "Save sheet…"];
    assert!(
        entries
            .iter()
            .all(|e| top(&window, e) < top(&window, "Quit")),
        "what closes the window is below all else"
    );
    click(&mut window, "Open samples");
    until(&mut window, "the samples", |w| {
        shows(w, "Photo portrait 1") && shows(w, "portrait 6")
    });
    open(&mut window, folder.path());
    until(&mut window, "the photos again", |w| {
        shows(w, "Photo a00.png") && !says(w, "portrait")
    });
}

#[test]
fn files_are_opened_for_what_they_are() {
    let window = &mut samples(Start::default());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("corrupt.jpg"), "no picture").unwrap();
    std::fs::create_dir(file("empty")).unwrap();
    std::fs::create_dir(file("two")).unwrap();
    for name in ["two/a.png", "two/b.png"] {
        RgbImage::from_fn(90, 90, |x, y| Rgb([x as u8, y as u8, 60]))
            .save(file(name))
            .unwrap();
    }

    open(window, &file("corrupt.jpg"));
    until(window, "the corrupt file's error", |w| {
        says(w, "not a picture")
    });
    open(window, &file("empty"));
    until(window, "the empty folder's error", |w| {
        says(w, "no pictures")
    });
    open(window, &file("two"));
    until(window, "the folder", |w| {
        shows(w, "Photo a.png") && says(w, "Smiling: ")
    });
    assert!(shows(window, "b.png"));

    click(window, "Search names");
    window.get_by_label("Search names").type_text("B.");
    until(window, "the search", |w| {
        named(w, "a.png") == 0 && named(w, "b.png") == 2
    });
    assert!(says(window, "Photo b.png"), "the first that is found");
    click(window, "Search names");
    window.key_press(Key::Backspace);
    window.key_press(Key::Backspace);
    until(window, "all faces again", |w| {
        named(w, "b.png") == 2 && shows(w, "a.png")
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(window, "the news that all is predicted", |w| {
        says(w, "predicted already") || says(w, "Predicted ")
    });

    let broken = file("broken.safetensors");
    std::fs::write(&broken, "no weights").unwrap();
    open(window, &broken);
    until(window, "the broken weights' error", |w| {
        says(w, "broken.safetensors")
    });
    let config = Config::variant("ours_concat").unwrap().sized(2, 8);
    let masks = file("masks.safetensors");
    let network = Network::new(&config, &another_schema(), 1, &Device::flex());
    Checkpoint::new(network).save(&masks).unwrap();
    open(window, &masks);
    until(window, "a network that asks something else", |w| {
        says(w, " · masks.safetensors") && says(w, "Mask On: ")
    });
    assert!(!says(window, "Smiling: "));
    for workspace in ["Features", "Report", "Photos"] {
        click(window, workspace);
        window.run_steps(5);
    }
    let other = file("other.safetensors");
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    Checkpoint::new(network).save(&other).unwrap();
    open(window, &other);
    until(window, "the other network", |w| {
        says(w, "separation, concat · other.safetensors")
    });
}
