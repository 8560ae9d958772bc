//! Keys, undo, palette and picker, as hands use them: also many keys in
//! one frame, as they come when a frame is slow.

use std::path::Path;

use burn::tensor::Device;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use image::{Rgb, RgbImage};
use smn_studio::app::{Command, Start};
use smn_studio::label::{FaceBox, Schema};
use smn_studio::model::{Checkpoint, Config, Network};

use crate::window::{Window, click, dismiss, drag, named, says, shows, until, window};

pub const FACES: usize = 70;
pub const NONE: Modifiers = Modifiers::NONE;
pub const CTRL: Modifiers = Modifiers::COMMAND;

/// A window of 70 faces and a small network, and the folder in which they are.
fn listed() -> (Window<'static>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    faces(folder.path());
    let weights = folder.path().join("small.safetensors");
    let config = Config::variant("ours_concat").unwrap().sized(2, 8);
    let network = Network::new(&config, &Schema::face(), 3, &Device::flex());
    Checkpoint::new(network).save(&weights).unwrap();
    let mut window = window(Start {
        settings: Some(folder.path().join("settings")),
        weights: Some(weights),
        paths: vec![folder.path().join("faces")],
        ..Start::default()
    });
    window.set_size(vec2(1280.0, 800.0));
    until(&mut window, "the first prediction", |w| {
        w.state().faces() == FACES && says(w, "Smiling: ")
    });
    (window, folder)
}

/// The same, once all faces are predicted.
pub fn predicted() -> (Window<'static>, tempfile::TempDir) {
    let (mut window, folder) = listed();
    press(&mut window, CTRL, Key::Enter);
    until(&mut window, "all predictions", |w| {
        says(w, "70 of 70 predicted")
    });
    dismiss(&mut window);
    (window, folder)
}

/// Pictures with labels of points and of two attributes, a pose and a split.
fn faces(folder: &Path) {
    let folder = folder.join("faces");
    std::fs::create_dir(&folder).unwrap();
    let mut table =
        "image,split,pose,Eyeglasses,Bald,left_eye_x,left_eye_y,right_eye_x,right_eye_y\n"
            .to_owned();
    for i in 0..FACES {
        let name = format!("{i:02}.png");
        let picture = RgbImage::from_fn(48, 48, |x, y| {
            Rgb([(x * 5) as u8, (y * 5) as u8, (i * 3) as u8])
        });
        picture.save(folder.join(&name)).unwrap();
        let split = ["train", "train", "train", "val", "test"][i % 5];
        let pose = ["front", "side"][i % 2];
        let (glasses, bald) = (["1", "-1", ""][i % 3], ["1", "-1"][i % 2]);
        table += &format!("{name},{split},{pose},{glasses},{bald},16,20,32,20\n");
    }
    std::fs::write(folder.join("faces.csv"), table).unwrap();
}

pub fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(3);
}

/// A key going down and up, with what it writes between.
pub fn key(modifiers: Modifiers, key: Key, writes: &str) -> Vec<Event> {
    let event = |pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    };
    let mut events = vec![event(true)];
    if !writes.is_empty() {
        events.push(Event::Text(writes.into()));
    }
    events.push(event(false));
    events
}

/// The keys of these words, as they come from a keyboard.
pub fn typed(text: &str) -> Vec<Event> {
    let keys = text.chars().map(|sign| sign.to_string());
    keys.flat_map(|sign| key(NONE, Key::from_name(&sign).unwrap(), &sign))
        .collect()
}

/// All of these in one frame.
pub fn burst(window: &mut Window, events: impl IntoIterator<Item = Vec<Event>>) {
    window.run_steps(1);
    window
        .input_mut()
        .events
        .extend(events.into_iter().flatten());
    window.step();
    window.run_steps(6);
}

pub fn run(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().run(&ctx, command);
    window.run_steps(3);
}

/// A screen reader, and a test, can tell each button of a command from all others.
#[test]
fn buttons_are_named_once() {
    let (window, _folder) = &mut listed();
    // Not all is predicted yet, and the order depends on it.
    assert!(!says(window, "70 of 70 predicted"));
    for workspace in [Key::Num4, Key::Num1] {
        press(window, CTRL, workspace);
        press(window, NONE, Key::W);
        assert!(says(window, "not all faces are predicted yet"));
        for command in Command::ALL {
            let buttons = window.query_all_by_label(command.name());
            let buttons = buttons.filter(|n| n.accesskit_node().role() == Role::Button);
            let count = buttons.count();
            assert!(count <= 1, "{count} buttons are named {}", command.name());
        }
        assert_eq!(named(window, "Predict all"), 1);
        press(window, NONE, Key::W);
    }
}

/// Ctrl+Shift+X is not Ctrl+X, and neither is Ctrl+Alt+X.
#[test]
fn modifiers_count() {
    let (window, _folder) = &mut predicted();
    let (shift, alt) = (Modifiers::SHIFT, Modifiers::ALT);
    let before = window.state().layers();
    for m in [shift, alt, shift.plus(alt), CTRL.plus(shift).plus(alt)] {
        for key in [Key::C, Key::B, Key::K, Key::L] {
            press(window, m, key);
        }
        press(window, CTRL.plus(m), Key::L);
    }
    assert_eq!(window.state().layers(), before);
    assert!(!shows(window, "Search the log"));
    window.key_press_modifiers(CTRL.plus(shift), Key::Q);
    for _ in 0..4 {
        window.step();
        assert!(!closes(window), "Ctrl+Shift+Q is no Ctrl+Q");
    }
    press(window, NONE, Key::C);
    assert_ne!(window.state().layers(), before);
    press(window, NONE, Key::C);
    press(window, CTRL, Key::L);
    assert!(shows(window, "Search the log"));
    press(window, CTRL, Key::L);
    // Shift makes the sign.
    press(window, shift, Key::Questionmark);
    assert!(says(window, "All commands and their keys"));
    press(window, NONE, Key::Escape);
    let zoom = window.ctx.zoom_factor();
    press(window, CTRL.plus(shift), Key::Plus);
    assert!(window.ctx.zoom_factor() > zoom);
    press(window, CTRL, Key::Equals);
    assert!(window.ctx.zoom_factor() > zoom + 0.15);
    press(window, CTRL, Key::Num0);
    assert_eq!(window.ctx.zoom_factor(), 1.0);
}

fn closes(window: &Window) -> bool {
    let mut outputs = window.output().viewport_output.values();
    outputs.any(|o| o.commands.contains(&eframe::egui::ViewportCommand::Close))
}

#[test]
fn the_first_press_changes_the_theme() {
    let (window, _folder) = &mut predicted();
    let first = window.ctx.theme();
    let other = match first {
        Theme::Dark => Theme::Light,
        Theme::Light => Theme::Dark,
    };
    for wanted in [other, first, other, first] {
        press(window, CTRL, Key::T);
        assert_eq!(window.ctx.theme(), wanted);
        assert!(!says(window, "Theme: "), "it is seen");
    }
    run(window, Command::SystemTheme);
    dismiss(window);
}

#[test]
fn edits_of_boxes_are_undone_and_done_again() {
    let (window, _folder) = &mut predicted();
    let place = |w: &Window| (w.state().face_box(), w.state().drawn_boxes());
    let first = place(window);
    let canvas = window.get_by_label("Photo 00.png").rect();
    // A box is moved, another drawn, moved and removed; and the first put back.
    let mut places = vec![first];
    drag(window, canvas.center(), vec2(40.0, 20.0));
    places.push(place(window));
    press(window, NONE, Key::R);
    places.push(place(window));
    assert_eq!(places[2].0, first.0);
    // A box that nobody set would give way to one that is drawn.
    drag(window, canvas.center(), vec2(20.0, 10.0));
    places.push(place(window));
    window
        .state_mut()
        .add_box(FaceBox::new(4.0, 4.0, 30.0, 30.0));
    window.run_steps(3);
    places.push(place(window));
    drag(window, canvas.center(), vec2(30.0, 0.0));
    places.push(place(window));
    press(window, NONE, Key::Delete);
    places.push(place(window));
    assert_eq!(places.last().unwrap().1, 0);
    for (redo, key) in [(CTRL.plus(Modifiers::SHIFT), Key::Z), (CTRL, Key::Y)] {
        for wanted in places.iter().rev().skip(1) {
            press(window, CTRL, Key::Z);
            assert_eq!(place(window).0, wanted.0);
        }
        assert_eq!(place(window), first);
        press(window, CTRL, Key::Z);
        assert!(says(window, "There is nothing to undo"));
        for wanted in &places[1..] {
            press(window, redo, key);
            assert_eq!(place(window).0, wanted.0);
        }
        press(window, redo, key);
        assert!(says(window, "There is nothing to redo"));
        dismiss(window);
    }
    // A new edit ends what could be done again.
    press(window, CTRL, Key::Z);
    press(window, CTRL, Key::Z);
    drag(window, canvas.center(), vec2(0.0, 30.0));
    let moved = place(window);
    press(window, CTRL, Key::Y);
    assert_eq!(place(window), moved);
    assert!(says(window, "There is nothing to redo"));
    while place(window) != first {
        press(window, CTRL, Key::Z);
    }
    dismiss(window);
}

#[test]
fn keys_in_one_frame_go_where_they_are_meant() {
    let (window, _folder) = &mut predicted();
    let before = window.state().layers();
    let enter = || key(NONE, Key::Enter, "");
    let palette = || key(CTRL, Key::P, "");
    burst(window, [palette(), typed("fea")]);
    let field = window.get_by_label("Find a command");
    assert_eq!(field.value().as_deref(), Some("fea"));
    assert_eq!(window.state().layers(), before);
    press(window, NONE, Key::Escape);
    // The Enter is of what was typed before it, and what comes after is for the next thing.
    burst(window, [palette(), typed("report"), enter()]);
    assert!(shows(window, "Export report"), "the report is shown");
    burst(window, [palette(), typed("photos"), enter(), typed("c")]);
    assert!(shows(window, "Search attributes"), "the photos are shown");
    assert!(!shows(window, "Find a command"));
    assert_ne!(window.state().layers().circles.on, before.circles.on);
    press(window, NONE, Key::C);
    // Down is of the list as it was then.
    let down = || key(NONE, Key::ArrowDown, "");
    burst(
        window,
        [palette(), down(), down(), typed("training"), enter()],
    );
    assert!(shows(window, "Start training"));
    burst(
        window,
        [
            palette(),
            key(NONE, Key::Escape, ""),
            key(CTRL, Key::Num1, ""),
        ],
    );
    assert!(shows(window, "Search attributes"));

    // The field that searches names.
    burst(window, [key(NONE, Key::Slash, "/"), typed("13.p")]);
    until(window, "the search", |w| w.state().faces_shown() == 1);
    assert_eq!(window.state().layers(), before);
    // Keys that move and edit in it are its own.
    let photo = |w: &Window| w.state().photo_on_screen();
    until(window, "the photo", |w| photo(w).is_some());
    let looked_at = photo(window);
    for (m, k) in [
        (NONE, Key::ArrowDown),
        (NONE, Key::ArrowUp),
        (NONE, Key::Home),
        (NONE, Key::End),
        (NONE, Key::PageDown),
        (NONE, Key::Delete),
        (CTRL, Key::Home),
    ] {
        press(window, m, k);
    }
    assert_eq!(photo(window), looked_at);
    press(window, NONE, Key::End);
    let back = || key(NONE, Key::Backspace, "");
    burst(
        window,
        [back(), back(), key(NONE, Key::Escape, ""), typed("b")],
    );
    assert_ne!(window.state().layers().face_box.on, before.face_box.on);
    let field = window.get_by_label("Search names");
    assert_eq!(
        field.value().as_deref(),
        Some("13"),
        "b was not for the field"
    );
    press(window, NONE, Key::B);
    // Another layout writes its own signs.
    burst(window, [key(NONE, Key::Slash, "/"), key(NONE, Key::P, "з")]);
    let field = window.get_by_label("Search names");
    assert_eq!(field.value().as_deref(), Some("13з"));
    assert_eq!(window.state().layers(), before);
    press(window, NONE, Key::Escape);
    press(window, CTRL, Key::Backspace);
    until(window, "all faces", |w| w.state().faces_shown() == FACES);

    // What is pasted right after the key is for the field too.
    burst(
        window,
        [palette(), vec![Event::Paste("smaller".into())], enter()],
    );
    assert!(window.ctx.zoom_factor() < 1.0);
    burst(window, [key(CTRL, Key::Num0, "")]);
    burst(window, [key(CTRL, Key::F, ""), typed("pose si"), enter()]);
    until(window, "the side views", |w| w.state().faces_shown() == 35);
    press(window, CTRL, Key::Backspace);
    until(window, "all faces", |w| w.state().faces_shown() == FACES);
}

#[test]
fn the_list_is_walked_by_keys() {
    let (window, _folder) = &mut predicted();
    let at = |window: &mut Window, key: Key, photo: &str| {
        press(window, NONE, key);
        until(window, photo, |w| {
            w.state().photo_on_screen().as_deref() == Some(photo)
        });
    };
    at(window, Key::End, "69.png");
    at(window, Key::ArrowUp, "68.png");
    at(window, Key::Home, "00.png");
    at(window, Key::ArrowDown, "01.png");
    press(window, NONE, Key::PageDown);
    let paged = |w: &Window| w.state().photo_on_screen().unwrap();
    until(window, "a page on", |w| {
        w.state().photo_on_screen().is_some() && paged(w).as_str() > "05.png"
    });
    at(window, Key::PageUp, "01.png");
    at(window, Key::PageUp, "00.png");
    for name in [
        "Last photo",
        "First photo",
        "Page down",
        "Next disagreement",
    ] {
        press(window, CTRL, Key::P);
        assert!(shows(window, "Find a command"));
        window.get_by_label("Find a command").type_text(name);
        window.run_steps(2);
        assert!(shows(window, name), "{name} is in the palette");
        press(window, NONE, Key::Escape);
    }
}

#[test]
fn escape_closes_what_lies_on_top() {
    let (window, _folder) = &mut predicted();
    let escape = |w: &mut Window| press(w, NONE, Key::Escape);
    // Windows over windows, in the order in which they lie.
    press(window, CTRL, Key::Num2);
    press(window, CTRL.plus(Modifiers::SHIFT), Key::F);
    assert!(shows(window, "Save figure"));
    // What is typed is not for what lies behind the dialog, and it stays as high as it is.
    let before = (window.state().faces_shown(), window.state().layers());
    let save = |w: &Window| w.get_by_label("Save figure").rect();
    let place = save(window);
    burst(
        window,
        [key(NONE, Key::Slash, "/"), typed("abc"), typed("m")],
    );
    click(window, "Figure of Figure 6");
    press(window, CTRL, Key::Num1);
    assert_eq!(
        (window.state().faces_shown(), window.state().layers()),
        before
    );
    assert!(!shows(window, "Hear all channels") && shows(window, "Save figure"));
    assert_eq!(save(window), place);
    window.get_by_label_contains(", all channels").click();
    window.run_steps(3);
    escape(window);
    assert!(!shows(window, "Save figure"), "one Escape closes Export");
    press(window, CTRL.plus(Modifiers::SHIFT), Key::F);
    press(window, NONE, Key::Questionmark);
    run(window, Command::About);
    press(window, CTRL, Key::P);
    let open = |w: &Window| {
        [
            shows(w, "Find a command"),
            says(w, "Settings: "),
            says(w, "All commands and their keys"),
            shows(w, "Save figure"),
        ]
    };
    assert_eq!(open(window), [true; 4]);
    for closed in 1..=4 {
        escape(window);
        let wanted: Vec<bool> = (0..4).map(|i| i >= closed).collect();
        assert_eq!(open(window)[..], wanted[..], "after {closed} times");
    }
    // A field in the dialog is no hindrance.
    press(window, CTRL.plus(Modifiers::SHIFT), Key::F);
    click(window, "Width in millimetres");
    escape(window);
    assert!(!shows(window, "Save figure"));
    press(window, CTRL, Key::Num1);
    // Menus, and a menu above a window.
    for (button, inside) in [
        ("Export", "Copy attributes"),
        ("Layers", "Opacity of labels"),
        ("filter", "a point misses its label"),
        ("Menu", "Network"),
    ] {
        click(window, button);
        assert!(shows(window, inside), "{button}");
        escape(window);
        assert!(!shows(window, inside), "{button}");
    }
    run(window, Command::About);
    click(window, "Layers");
    escape(window);
    assert!(!shows(window, "Opacity of labels") && says(window, "Settings: "));
    escape(window);
    assert!(!says(window, "Settings: "));
    // The picker, a key that is waited for, and a box that was to be drawn.
    press(window, CTRL, Key::F);
    escape(window);
    assert!(!shows(window, "Find faces by"));
    press(window, NONE, Key::Questionmark);
    click(window, "Key of Open folder");
    escape(window);
    assert!(says(window, "All commands and their keys"));
    escape(window);
    assert!(!says(window, "All commands and their keys"));
    press(window, NONE, Key::A);
    press(window, CTRL, Key::P);
    escape(window);
    assert!(is_adding(window));
    escape(window);
    assert!(!is_adding(window));
}

fn is_adding(window: &Window) -> bool {
    let button = window.get_by_label("Add box");
    button.accesskit_node().toggled() == Some(eframe::egui::accesskit::Toggled::True)
}

#[test]
fn keys_read_as_they_stand_on_the_keyboard() {
    let (window, _folder) = &mut predicted();
    press(window, NONE, Key::Questionmark);
    for (key, belongs) in [
        (Key::OpenBracket, "[ belongs to Previous layer."),
        (Key::ArrowUp, "↑ belongs to Previous photo."),
        (Key::PageDown, "Page Down belongs to Page down."),
        (Key::Comma, ", belongs to Previous disagreement."),
    ] {
        click(window, "Key of Open folder");
        press(window, NONE, key);
        assert!(says(window, belongs), "{belongs}");
        press(window, NONE, Key::Escape);
    }
    // A further key, which then does the same. A keyboard says Ctrl before what is held with it.
    click(window, "Another key of Open folder");
    press(window, CTRL, Key::ControlLeft);
    assert!(says(window, "Press the new key of Open folder."));
    press(window, CTRL, Key::F9);
    assert!(shows(window, "Key 2 of Open folder"));
    click(window, "Reset key of Open folder");
    assert!(!shows(window, "Key 2 of Open folder"));
    press(window, NONE, Key::Escape);
}
