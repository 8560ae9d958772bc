//! The queue of the Review workspace: which faces it has, how one goes through it, what a key does on
//! which face, and what is said of all that.

use std::fs;
use std::path::Path;

use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::{Command, Start};
use smn_studio::label::Presence;

use crate::mending::{
    attribute, journal, labelled, looks_at, nose, opened, press, reviewing, saved,
};
use crate::opening::{pictures, run, run_named};
use crate::review_filters::{choose, pick};
use crate::window::{Window, click, dismiss, drag, says, shows, until, window};

/// Selects an attribute of the face that is looked at.
pub fn select(window: &mut Window, name: &str) {
    let start = format!("{name}: ");
    let rows = window.query_all_by_label_contains(&start);
    let begins = |label: Option<String>| label.is_some_and(|l| l.starts_with(&start));
    let row = rows
        .into_iter()
        .find(|row| begins(row.accesskit_node().label()));
    row.unwrap().click_accesskit();
    window.run_steps(3);
}

pub fn status(window: &Window, text: &str) -> bool {
    says(window, text)
}

/// What a row of the list says of its face.
pub fn row(window: &Window, name: &str) -> String {
    let rows = window.query_all_by_label(name);
    let values = rows.filter_map(|row| row.accesskit_node().value());
    values.collect()
}

#[test]
fn a_face_that_was_drawn_by_mistake_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    let faces = |w: &Window| w.state().faces_shown();
    press(window, Key::Delete);
    until(window, "what to do instead", |w| says(w, "exclude it (E)"));
    assert_eq!(faces(window), 2);
    dismiss(window);
    let photo = window.get_by_label("Photo a00.png").rect();
    run_named(window, "Add box");
    drag(window, photo.center() + vec2(90.0, 90.0), vec2(80.0, 80.0));
    until(window, "the new face", |w| looks_at(w, "a00.png · 2"));
    press(window, Key::Q);
    press(window, Key::ArrowRight);
    press(window, Key::Escape);
    saved(window);
    assert!(row(window, "a00.png · 2").contains("drawn"));
    press(window, Key::Delete);
    until(window, "the other face, alone", |w| {
        looks_at(w, "a00.png") && !says(w, "a00.png · ")
    });
    saved(window);
    assert_eq!(faces(window), 2);
    assert!(!says(window, "of 3"), "it is no face of the list any more");
    assert_eq!(opened(&journal(folder.path(), "anna")).samples.len(), 2);
    // One gesture brings it back, with its label.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(window, "the face again", |w| looks_at(w, "a00.png · 2"));
    saved(window);
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(set.samples.len(), 3);
    assert_eq!(set.samples[1].annotation.known(1), 1);
    click(window, "Photos");
    press(window, Key::Delete);
    until(window, "where it is deleted", |w| {
        says(w, "drawn in Review")
    });
    eframe::App::on_exit(window.state_mut());
    // It is predicted and seen after a restart, too.
    let window = &mut reviewing(folder.path(), "anna");
    until(window, "all predictions", |w| says(w, "3 of 3 predicted"));
}

#[test]
fn predictions_that_are_hidden_are_said_to_be_and_stay_so() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings");
    let set = folder.path().join("set");
    labelled(&set, 2);
    let start = || Start {
        paths: vec![set.clone()],
        annotator: Some("anna".into()),
        settings: Some(settings.clone()),
        ..Start::default()
    };
    {
        let window = &mut window(start());
        until(window, "the first prediction", |w| says(w, "Smiling: "));
        click(window, "Review");
        saved(window);
        assert!(!shows(window, "Hide predictions"));
        press(window, Key::H);
        for key in [Key::G, Key::V] {
            dismiss(window);
            window.key_press_modifiers(Modifiers::SHIFT, key);
            until(window, "that they are hidden", |w| {
                says(w, "Predictions are hidden until the face is approved (H")
            });
        }
        press(window, Key::D);
        press(window, Key::Escape);
        eframe::App::on_exit(window.state_mut());
    }
    let window = &mut window(start());
    until(window, "the journal", |w| shows(w, "Labels: saved"));
    until(window, "the photo", |w| looks_at(w, "a00.png"));
    until(window, "no prediction", |w| says(w, "Bald: not predicted"));
    until(window, "why", |w| {
        says(w, "predictions are hidden until the face is approved")
    });
    // It is shown, and a click ends it. Elsewhere nothing is hidden.
    click(window, "Photos");
    until(window, "a prediction", |w| !says(w, "Bald: not predicted"));
    click(window, "Review");
    click(window, "Hide predictions");
    until(window, "the prediction", |w| {
        !says(w, "Bald: not predicted")
    });
}

#[test]
fn keys_label_what_was_selected_on_the_face_that_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 3);
    let window = &mut reviewing(folder.path(), "anna");
    let bald = |at: usize| {
        let set = opened(&journal(folder.path(), "anna"));
        attribute(&set.samples[at], "Bald")
    };
    // An attribute that is selected stays behind with its face.
    select(window, "Bald");
    press(window, Key::Space);
    until(window, "the second face", |w| looks_at(w, "a01.png"));
    press(window, Key::ArrowRight);
    assert_eq!(bald(1), Presence::Absent);
    // Whoever goes through the faces by it labels it of each.
    pick(window, "bald least");
    choose(window, "Bald, least sure first", false);
    until(window, "the order", |w| row(w, "a00.png").contains("Bald "));
    run_named(window, "Sort as listed");
    pick(window, "bald labelled absent");
    choose(window, "Bald labelled absent (3)", false);
    press(window, Key::Home);
    until(window, "the first face", |w| looks_at(w, "a00.png"));
    select(window, "Bald");
    press(window, Key::Space);
    until(window, "the second face again", |w| looks_at(w, "a01.png"));
    press(window, Key::ArrowRight);
    saved(window);
    assert_eq!((bald(0), bald(1)), (Presence::Absent, Presence::Present));
    // Undone, it is selected again, wherever one was.
    press(window, Key::Escape);
    press(window, Key::End);
    until(window, "the last face", |w| looks_at(w, "a02.png"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(window, "the face of the edit", |w| looks_at(w, "a01.png"));
    press(window, Key::Delete);
    saved(window);
    assert_eq!(bald(1), Presence::Unknown);
    // Two keys at once are of two faces: the second is done on the next frame, of the next face.
    press(window, Key::Escape);
    press(window, Key::Home);
    until(window, "the first face", |w| looks_at(w, "a00.png"));
    run_named(window, "Back to to do");
    window.event(space(false));
    window.event(space(true));
    window.run_steps(4);
    assert!(
        looks_at(window, "a01.png"),
        "a key that is held approves one face"
    );
}

fn space(repeat: bool) -> Event {
    Event::Key {
        key: Key::Space,
        physical_key: None,
        pressed: true,
        repeat,
        modifiers: Modifiers::NONE,
    }
}

#[test]
fn what_was_approved_is_what_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    press(window, Key::Space);
    until(window, "the second face", |w| looks_at(w, "a01.png"));
    press(window, Key::ArrowUp);
    until(window, "the first face", |w| looks_at(w, "a00.png"));
    press(window, Key::Num3);
    press(window, Key::ArrowRight);
    until(window, "what it means", |w| {
        says(w, "the face is to do again")
    });
    assert!(status(window, "0 done"));
    assert!(row(window, "a00.png").contains("mended"));
    // One gesture was one entry.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(window, "the approval", |w| status(w, "1 done"));
    saved(window);
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(nose(&set.samples[0]), [16.5, 16.5]);
}

#[test]
fn the_end_of_the_queue_leads_to_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 3);
    let window = &mut reviewing(folder.path(), "anna");
    press(window, Key::Space);
    until(window, "the second face", |w| looks_at(w, "a01.png"));
    press(window, Key::End);
    until(window, "the last face", |w| looks_at(w, "a02.png"));
    press(window, Key::Space);
    until(window, "what is left", |w| {
        says(w, "1 face of it is still to do")
    });
    assert!(looks_at(window, "a02.png"));
    press(window, Key::Space);
    until(window, "the face that is left", |w| looks_at(w, "a01.png"));
    press(window, Key::Space);
    until(window, "the last face", |w| looks_at(w, "a02.png"));
    press(window, Key::Space);
    until(window, "that all is done", |w| {
        says(w, "none of its faces is to do")
    });
}

#[test]
fn a_point_that_is_missing_is_named_once() {
    let folder = tempfile::tempdir().unwrap();
    let table = labelled(folder.path(), 3);
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replacen("8,10,24,10", ",,24,10", 1)).unwrap();
    let window = &mut reviewing(folder.path(), "anna");
    press(window, Key::Space);
    until(window, "what is missing", |w| {
        says(w, "left eye is unknown")
    });
    assert!(looks_at(window, "a00.png") && status(window, "0 done"));
    press(window, Key::Space);
    until(window, "the next face", |w| looks_at(w, "a01.png"));
    // Of what no face has nothing is said.
    press(window, Key::Space);
    until(window, "the last face", |w| looks_at(w, "a02.png"));
    // While points are placed the next one is named, and the face is not approved half way.
    press(window, Key::I);
    until(window, "the first point", |w| {
        says(w, "Click the left eye (1 of 5)")
    });
    let photo = window.get_by_label("Photo a02.png").rect();
    for event in [true, false] {
        let pos = photo.center();
        window.hover_at(pos);
        window.event(Event::PointerButton {
            pos,
            button: eframe::egui::PointerButton::Primary,
            pressed: event,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(1);
    }
    until(window, "the second point", |w| {
        says(w, "Click the right eye (2 of 5)")
    });
    press(window, Key::Space);
    until(window, "why not", |w| says(w, "Points are being placed"));
    assert!(status(window, "2 done"));
    press(window, Key::Escape);
    assert!(!says(window, "Click the "));
}

#[test]
fn keys_that_label_an_attribute_go_on_within_the_face() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    press(window, Key::Q);
    // Enter takes the prediction of one row after the other.
    for _ in 0..3 {
        press(window, Key::Enter);
    }
    saved(window);
    assert!(looks_at(window, "a00.png"));
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(set.samples[0].annotation.known(1), 2 + 3);
}

#[test]
fn pictures_without_a_row_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 3);
    pictures(folder.path(), "b", 2);
    let window = &mut window(Start {
        paths: vec![folder.path().to_owned()],
        ..Start::default()
    });
    until(window, "the note", |w| {
        says(w, "2 pictures have no row in faces.csv")
    });
    assert_eq!(window.state().faces(), 3);
    let (success, output) =
        crate::cli::run(Path::new("."), &["data", folder.path().to_str().unwrap()]);
    assert!(
        success && output.contains("2 pictures have no row in faces.csv"),
        "{output}"
    );
}

#[test]
fn the_sheet_of_keys_begins_where_one_is_and_is_searched() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    run(window, Command::Help);
    let top = |w: &Window, name: &str| w.get_by_label(name).rect().top();
    let keys = [
        "Key of Approve face",
        "Key of Open",
        "Key of Occluded point",
    ];
    until(window, "the keys", |w| shows(w, keys[1]));
    assert!(top(window, keys[0]) < top(window, keys[1]));
    click(window, "Search keys");
    window
        .get_by_label("Search keys")
        .type_text("hidden in the");
    until(window, "what was looked for", |w| !shows(w, keys[1]));
    assert!(shows(window, keys[2]) && !shows(window, keys[0]));
}
