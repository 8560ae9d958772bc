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
use crate::window::{Window, click, dismiss, drag, says, showing, shows, until, window};

/// Opens the picker and types in it.
fn pick(window: &mut Window, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(3);
    window.get_by_label("Find faces by").type_text(text);
    window.run_steps(2);
}

/// Chooses what was found first, in place of others of its kind or beside them.
fn choose(window: &mut Window, line: &str, beside: bool) {
    until(window, line, |w| shows(w, line));
    let held = if beside {
        Modifiers::COMMAND
    } else {
        Modifiers::NONE
    };
    window.key_press_modifiers(held, Key::Enter);
    window.run_steps(3);
}

/// Selects an attribute of the face that is looked at.
fn select(window: &mut Window, name: &str) {
    let start = format!("{name}: ");
    let rows = window.query_all_by_label_contains(&start);
    let begins = |label: Option<String>| label.is_some_and(|l| l.starts_with(&start));
    let row = rows
        .into_iter()
        .find(|row| begins(row.accesskit_node().label()));
    row.unwrap().click_accesskit();
    window.run_steps(3);
}

fn shown(window: &mut Window, count: usize) {
    until(window, &format!("{count} faces"), |w| {
        w.state().faces_shown() == count
    });
}

fn status(window: &Window, text: &str) -> bool {
    says(window, text)
}

/// What a row of the list says of its face.
fn row(window: &Window, name: &str) -> String {
    let rows = window.query_all_by_label(name);
    let values = rows.filter_map(|row| row.accesskit_node().value());
    values.collect()
}

#[test]
fn the_queue_is_filtered_by_what_was_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 6);
    let window = &mut reviewing(folder.path(), "anna");
    // Each of the three goes on by itself.
    press(window, Key::Space);
    until(window, "the second face", |w| looks_at(w, "a01.png"));
    press(window, Key::U);
    until(window, "the third face", |w| looks_at(w, "a02.png"));
    press(window, Key::E);
    until(window, "the fourth face", |w| looks_at(w, "a03.png"));
    assert!(status(window, "2 done · 1 unsure"), "unsure is not done");
    press(window, Key::M);
    window
        .get_by_label("Note about this face")
        .type_text("look");
    press(window, Key::Enter);
    click(window, "Label of Bald: absent");
    saved(window);
    for (name, output) in [
        ("a00.png", "approved"),
        ("a01.png", "unsure"),
        ("a02.png", "excluded"),
        ("a03.png", "mended"),
    ] {
        assert!(row(window, name).contains(output), "{}", row(window, name));
    }
    for (typed, line) in [
        ("approv", "Approved (1)"),
        ("review", "Excluded (1)"),
        ("noted", "With a note (1)"),
        ("in conf", "In conflict (0)"),
        ("drawn", "Drawn (0)"),
        ("mended", "Mended (1)"),
    ] {
        pick(window, typed);
        until(window, line, |w| shows(w, line));
        press(window, Key::Escape);
    }
    pick(window, "unsure");
    choose(window, "Unsure (1)", false);
    shown(window, 1);
    until(window, "the unsure face", |w| looks_at(w, "a01.png"));
    pick(window, "to do");
    choose(window, "To do (3)", false);
    shown(window, 3);
    assert!(shows(window, "Remove to do") && !shows(window, "Remove unsure"));
    until(window, "the first to do", |w| looks_at(w, "a03.png"));
    // A queue stands while somebody works in it.
    press(window, Key::ArrowDown);
    until(window, "the next", |w| looks_at(w, "a04.png"));
    press(window, Key::Space);
    until(window, "the last", |w| looks_at(w, "a05.png"));
    assert_eq!(window.state().faces_shown(), 3);
    press(window, Key::F5);
    shown(window, 2);
    // What is asked for as well narrows it, and each goes by itself.
    pick(window, "mended");
    choose(window, "Mended (1)", true);
    shown(window, 1);
    until(window, "the mended face", |w| looks_at(w, "a03.png"));
    click(window, "Remove to do");
    until(window, "one filter", |w| {
        !shows(w, "Remove to do") && shows(w, "Remove mended")
    });
    click(window, "Remove mended");
    shown(window, 6);
}

#[test]
fn several_things_are_asked_of_faces_at_once() {
    let folder = tempfile::tempdir().unwrap();
    pictures(folder.path(), "a", 12);
    let mut table = "image,split,Bald,Smiling\n".to_owned();
    for n in 0..12 {
        let split = ["train", "test"][n % 2];
        let (bald, smiling) = ([1, -1][(n / 2) % 2], [1, 1, -1][n % 3]);
        table += &format!("a{n:02}.png,{split},{bald},{smiling}\n");
    }
    fs::write(folder.path().join("faces.csv"), table).unwrap();
    let window = &mut showing(folder.path());
    until(window, "all predictions", |w| says(w, "12 of 12 predicted"));
    dismiss(window);
    pick(window, "bald labelled present");
    choose(window, "Bald labelled present (6)", false);
    shown(window, 6);
    pick(window, "smiling labelled absent");
    // Alone it would be four; the end of the line says how many are both.
    until_value(window, "Smiling labelled absent (4)", "and 2");
    choose(window, "Smiling labelled absent (4)", true);
    shown(window, 2);
    let both = [
        "Remove Bald labelled present",
        "Remove Smiling labelled absent",
    ];
    assert!(both.iter().all(|name| shows(window, name)));
    pick(window, "split test");
    choose(window, "split test (1)", false);
    shown(window, 1);
    click(window, both[0]);
    shown(window, 2);
    // Without Ctrl it takes the place of what is asked of attributes, and leaves the split.
    pick(window, "bald labelled absent");
    choose(window, "Bald labelled absent (3)", false);
    shown(window, 3);
    assert!(!both.iter().any(|name| shows(window, name)));
    assert!(shows(window, "Remove test"));
}

fn until_value(window: &mut Window, line: &str, value: &str) {
    until(window, value, |w| row(w, line) == value);
}

#[test]
fn every_order_of_the_queue_is_found_by_its_text() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 3);
    let window = &mut reviewing(folder.path(), "anna");
    for (typed, line, output) in [
        ("nose error", "nose, largest error first", "nose "),
        (
            "attribute loss",
            "Sort by attribute loss, largest first",
            "attribute loss ",
        ),
        ("confident", "Sort most confident disagreement first", ""),
        (
            "low confidence",
            "Sort least confident answers first",
            "mean confidence ",
        ),
        ("nme", "Sort worst first, by NME", "NME "),
    ] {
        pick(window, typed);
        choose(window, line, false);
        until(window, output, |w| row(w, "a00.png").contains(output));
        let chip = line.strip_prefix("Sort ").unwrap_or(line);
        assert!(
            line.contains("NME") || shows(window, &format!("Remove {chip}")),
            "{line}"
        );
    }
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
