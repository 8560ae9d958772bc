//! What opening, pasting and dropping do to the faces that are open, and where they are seen.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use eframe::egui::{Event, Key, MouseWheelSource, MouseWheelUnit, TouchPhase, vec2};
use egui_kittest::kittest::Queryable;
use image::{Rgb, RgbImage};
use smn_studio::app::{Command, Start};
use smn_studio::label::{FaceBox, Schema};
use smn_studio::model::{Checkpoint, Config, Network};

use crate::feature_window::press;
use crate::frame::close;
use crate::window::{
    Window, click, dismiss, drag, named, open, says, showing, shows, until, window,
};

pub fn run(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().run(&ctx, command);
    window.run_steps(3);
}

/// Runs the command of this name.
pub fn run_named(window: &mut Window, name: &str) {
    let command = Command::ALL.iter().find(|c| c.name() == name);
    run(window, *command.expect(name));
}

/// A folder of small pictures that differ: NAME00.png and so on.
pub fn pictures(folder: &Path, name: &str, count: usize) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    for n in 0..count {
        RgbImage::from_fn(32, 32, |x, y| {
            Rgb([(x * 7 + n as u32) as u8, (y * 5) as u8, (n * 3) as u8])
        })
        .save(folder.join(format!("{name}{n:02}.png")))
        .unwrap();
    }
    folder.to_owned()
}

pub fn paste(window: &mut Window, path: &Path) {
    window.event(Event::Paste(path.display().to_string()));
    window.run_steps(2);
}

#[test]
fn a_table_of_predictions_never_takes_the_place_of_what_is_open() {
    let root = tempfile::tempdir().unwrap();
    let faces = pictures(&root.path().join("faces"), "a", 3);
    let elsewhere = root.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let rows = (0..1398).map(|n| format!("a{n:02}.png,0,16.5,{}.25,0.83\n", n % 30));
    let table = format!(
        "image,face,nose_x,nose_y,Smiling\n{}",
        rows.collect::<String>()
    );
    let theirs = elsewhere.join("theirs.csv");
    std::fs::write(&theirs, &table).unwrap();

    let mut window = showing(&faces);
    until(&mut window, "the photos", |w| shows(w, "Photo a00.png"));
    dismiss(&mut window);
    paste(&mut window, &theirs);
    until(&mut window, "the question", |w| says(w, "Compare instead?"));
    assert_eq!(window.state().faces(), 3, "what is open stays");
    assert!(!says(&window, "theirs.csv:"), "the question says it all");
    assert!(says(&window, "something of 3 open faces"));
    assert!(!logged(&theirs), "nor has it lost labels in the log");
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(!says(&window, "Compare instead?") && shows(&window, "Photo a00.png"));
    assert_eq!(
        (window.state().faces(), window.state().compared()),
        (3, None)
    );

    open(&mut window, &theirs);
    until(&mut window, "the question again", |w| {
        says(w, "Compare instead?")
    });
    window.key_press(Key::Enter); // the answer that is drawn as such
    until(&mut window, "the comparison", |w| {
        w.state().compared() == Some("theirs")
    });
    assert_eq!(window.state().faces(), 3);
    // An order that needs the comparison goes with it, and the one before comes back.
    run_named(&mut window, "Sort by name");
    run_named(&mut window, "Sort by difference");
    assert!(shows(&window, "Remove differences first"));
    run(&mut window, Command::StopComparing);
    assert!(!shows(&window, "Remove differences first") && shows(&window, "Remove by name"));
    run_named(&mut window, "Sort as listed");

    // Beside its pictures, so that its rows could be faces.
    let mixed = faces.join("mixed.csv");
    std::fs::write(&mixed, "image,Smiling\na00.png,0.5\na01.png,0.25\n").unwrap();
    open(&mut window, &mixed);
    until(&mut window, "the question about both", |w| {
        says(w, "Compare instead?")
    });
    window.get_by_label("Open anyway").click();
    until(&mut window, "its two faces", |w| w.state().faces() == 2);
    assert!(logged(&mixed), "opened as labels, it says what is none");
    dismiss(&mut window);
}

/// Whether the log says something of a line of a file.
fn logged(file: &Path) -> bool {
    let start = format!("{}:", file.display());
    let records = smn_studio::logs::since(0);
    records.iter().any(|r| r.text.contains(&start))
}

#[test]
fn two_networks_that_are_opened_together_stand_side_by_side() {
    let root = tempfile::tempdir().unwrap();
    let faces = pictures(&root.path().join("faces"), "a", 2);
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let mut paths = vec![faces];
    for (seed, name) in (1..).zip(["one", "two", "three"]) {
        let network = Network::new(&config, &Schema::face(), seed, &Device::flex());
        let path = root.path().join(format!("{name}.safetensors"));
        Checkpoint::new(network).save(&path).unwrap();
        paths.push(path);
    }
    let mut window = window(Start {
        paths,
        ..Start::default()
    });
    // It is said for a while only, and weights take their time on a busy machine.
    until(&mut window, "what was left out", |w| {
        says(w, "three.safetensors is left out")
    });
    until(&mut window, "both networks", |w| {
        says(w, " · one.safetensors") && shows(w, "Network B")
    });
    press(&mut window, "Network B");
    until(&mut window, "the second", |w| says(w, " · two.safetensors"));
}

#[test]
fn what_holds_no_face_leaves_what_is_open() {
    let root = tempfile::tempdir().unwrap();
    let faces = pictures(&root.path().join("faces"), "a", 2);
    let file = |name: &str, text: &str| {
        let path = root.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let gone: String = (0..500).map(|n| format!("gone{n}.png,1\n")).collect();
    let mut window = showing(&faces);
    until(&mut window, "the photos", |w| shows(w, "Photo a00.png"));
    for (path, output) in [
        (
            file("prices.csv", "article,price\nx,0.5\n"),
            "no column \"image\"",
        ),
        (file("notes.txt", "nothing of the kind\n"), "notes.txt"),
        (
            file("empty.csv", "image,Smiling\n"),
            "no face in it can be used",
        ),
        (
            file("gone.csv", &format!("image,Smiling\n{gone}")),
            "no face in it can be used, 500 problems, all in the log; the first: ",
        ),
        (
            file("coco.json", "{\"images\": [], \"annotations\": []}"),
            "no face in it can be used",
        ),
    ] {
        dismiss(&mut window);
        open(&mut window, &path);
        until(&mut window, output, |w| says(w, output));
        // None of a single row; warnings of other tests may stand beside it.
        assert!(!says(&window, "gone1.png"));
        assert_eq!(window.state().faces(), 2, "{}", path.display());
        assert!(shows(&window, "Photo a00.png"));
    }
    // Each of them is in the log.
    let logged = smn_studio::logs::since(0);
    let rows = logged.iter().filter(|r| r.text.contains("gone.csv:"));
    assert!(rows.count() >= 500);
}

#[test]
fn words_about_a_set_leave_with_it_and_escape_takes_them_away() {
    let root = tempfile::tempdir().unwrap();
    let first = pictures(&root.path().join("first"), "a", 2);
    let second = pictures(&root.path().join("second"), "b", 1);
    let table = first.join("mine.csv");
    std::fs::write(&table, "image,Smiling\na00.png,1\na01.png,perhaps\n").unwrap();
    let mut window = showing(&table);
    let wrong = "line 3: ";
    until(&mut window, "what is wrong", |w| says(w, wrong));
    assert!(!says(&window, "first/mine.csv"), "its name once");
    open(&mut window, &second);
    until(&mut window, "the second set", |w| shows(w, "Photo b00.png"));
    assert!(!says(&window, wrong));
    open(&mut window, &table);
    until(&mut window, "what is wrong, again", |w| says(w, wrong));
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(!says(&window, wrong));
}

#[test]
fn what_nobody_typed_does_not_empty_the_list_and_an_empty_one_has_a_way_back() {
    let root = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(root.path(), "a", 3));
    until(&mut window, "all predictions", |w| {
        says(w, "Bald: ") && says(w, "3 of 3 predicted")
    });
    let find = |w: &mut Window| {
        w.get_by_label_contains("Bald: ").click_secondary();
        w.run_steps(3);
        until(w, "the counts", |w| shows(w, "Bald disputed (0)"));
    };
    find(&mut window);
    window.key_press(Key::Enter);
    window.run_steps(6);
    std::thread::sleep(std::time::Duration::from_millis(300));
    window.run_steps(3);
    assert!(window.state().faces_shown() > 0);
    run_named(&mut window, "All faces");
    find(&mut window);
    window.get_by_label("Find faces by").type_text("disputed");
    window.run_steps(2);
    window.key_press(Key::Enter);
    until(&mut window, "the empty list", |w| {
        w.state().faces_shown() == 0
    });
    assert!(says(&window, "no face is like that"));
    assert!(shows(&window, "not in the list"), "of the photo");
    click(&mut window, "Show all faces");
    until(&mut window, "all again", |w| w.state().faces_shown() == 3);
    assert!(!shows(&window, "not in the list"));
}

#[test]
fn drawn_faces_can_be_pasted() {
    let root = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(root.path(), "a", 2));
    until(&mut window, "the photos", |w| shows(w, "Photo a00.png"));
    paste(&mut window, Path::new("synthetic:5"));
    until(&mut window, "five drawn faces", |w| w.state().faces() == 5);
}

#[test]
fn predictions_come_back_with_their_set() {
    let root = tempfile::tempdir().unwrap();
    // More than are predicted without being asked.
    let many = pictures(&root.path().join("many"), "a", 66);
    let few = pictures(&root.path().join("few"), "b", 1);
    let mut window = showing(&many);
    until(&mut window, "the photos", |w| {
        shows(w, "Photo a00.png") && says(w, "Smiling: ")
    });
    run(&mut window, Command::PredictAll);
    until(&mut window, "all predictions", |w| {
        says(w, "66 of 66 predicted")
    });
    open(&mut window, &few);
    until(&mut window, "the other set", |w| shows(w, "Photo b00.png"));
    open(&mut window, &many);
    until(&mut window, "the predictions of before", |w| {
        shows(w, "Photo a00.png") && says(w, "66 of 66 predicted")
    });
}

#[test]
fn boxes_come_back_with_their_set() {
    let root = tempfile::tempdir().unwrap();
    let many = pictures(&root.path().join("many"), "a", 3);
    let few = pictures(&root.path().join("few"), "b", 1);
    let mut window = showing(&many);
    until(&mut window, "the photos", |w| {
        shows(w, "Photo a00.png") && says(w, "3 of 3 predicted")
    });
    let first = window.state().face_box().unwrap();
    let canvas = window.get_by_label("Photo a00.png").rect();
    drag(&mut window, canvas.center(), vec2(40.0, 15.0));
    let moved = window.state().face_box().unwrap();
    assert_ne!(first, moved);
    let drawn = FaceBox::new(2.0, 3.0, 12.0, 12.0);
    window.state_mut().add_box(drawn);
    until(&mut window, "its answer", |w| {
        w.state().predicted_box() == Some(drawn)
    });
    open(&mut window, &few);
    until(&mut window, "the other set", |w| shows(w, "Photo b00.png"));
    assert_eq!(window.state().drawn_boxes(), 0);
    open(&mut window, &many);
    until(&mut window, "the boxes of before", |w| {
        shows(w, "Photo a00.png") && w.state().predicted_box() == Some(moved)
    });
    assert_eq!(window.state().face_box(), Some(moved));
    assert_eq!(window.state().drawn_boxes(), 1);
    close(&mut window);
    assert!(says(&window, "2 boxes were moved or drawn."));
    // Enter keeps what would be lost.
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert!(!says(&window, "moved or drawn."));
    close(&mut window);
    assert!(
        says(&window, "2 boxes were moved or drawn."),
        "nothing was lost"
    );
    click(&mut window, "Do not close");
    assert!(!says(&window, "moved or drawn."));
    // What is put back where it was stays there.
    run(&mut window, Command::ResetBox);
    assert_eq!(window.state().face_box(), Some(first));
    open(&mut window, &few);
    until(&mut window, "the other set", |w| shows(w, "Photo b00.png"));
    open(&mut window, &many);
    until(&mut window, "the set again", |w| {
        shows(w, "Photo a00.png") && w.state().predicted_box().is_some()
    });
    assert_eq!(window.state().face_box(), Some(first));
    close(&mut window);
    assert!(says(&window, "1 box was moved or drawn."));
    click(&mut window, "Close");
    close(&mut window);
    assert!(!says(&window, "moved or drawn."), "it was answered");
}

#[test]
fn a_box_that_is_drawn_takes_the_place_of_a_guess() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 2));
    until(&mut window, "the photo", |w| {
        shows(w, "Photo a00.png") && w.state().predicted_box().is_some()
    });
    let guess = window.state().face_box().unwrap();
    let [first, second] = [4.0, 9.0].map(|x| FaceBox::new(x, 3.0, 12.0, 12.0));
    window.state_mut().add_box(first);
    window.run_steps(2);
    assert_eq!(window.state().face_box(), Some(first));
    assert_eq!(window.state().drawn_boxes(), 0, "there is one face");
    window.state_mut().add_box(second);
    window.run_steps(2);
    assert_eq!(window.state().drawn_boxes(), 1, "the next one is another");
    run(&mut window, Command::Undo);
    run(&mut window, Command::Undo);
    assert_eq!(window.state().face_box(), Some(guess));
    assert_eq!(window.state().drawn_boxes(), 0);
    close(&mut window);
    assert!(!says(&window, "moved or drawn."), "nothing would be lost");
}

#[test]
fn predictions_of_other_pictures_are_called_so() {
    let root = tempfile::tempdir().unwrap();
    let faces = pictures(&root.path().join("faces"), "a", 2);
    let theirs = root.path().join("theirs.csv");
    let rows: String = (0..40)
        .map(|n| format!("z{n}.png,0,{},0.{n:02}\n", n % 2))
        .collect();
    std::fs::write(&theirs, format!("image,face,Male,Smiling\n{rows}")).unwrap();
    let mut window = showing(&faces);
    until(&mut window, "the photos", |w| shows(w, "Photo a00.png"));
    open(&mut window, &theirs);
    until(&mut window, "the reason", |w| {
        says(w, "predictions for 40 faces, none of which is open")
    });
    assert_eq!(window.state().faces(), 2);
}

#[test]
fn a_new_set_is_shown_from_its_top() {
    let root = tempfile::tempdir().unwrap();
    let first = pictures(&root.path().join("first"), "a", 40);
    let second = pictures(&root.path().join("second"), "b", 40);
    let mut window = showing(&first);
    until(&mut window, "the photos", |w| named(w, "a00.png") == 2);
    let row = window.get_by_label("a05.png").rect().center();
    window.hover_at(row);
    for _ in 0..10 {
        window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -200.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Default::default(),
        });
        window.run_steps(3);
    }
    until(&mut window, "the list's end", |w| shows(w, "a39.png"));
    assert_eq!(named(&window, "a00.png"), 1, "it has scrolled out of sight");
    open(&mut window, &second);
    until(&mut window, "the second set", |w| {
        shows(w, "Photo b00.png") && named(w, "b00.png") == 2
    });
}
