//! The review's queue is filtered and ordered by what is typed.

use std::fs;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::mending::{labelled, looks_at, press, reviewing, saved};
use crate::opening::pictures;
use crate::review_queue::{row, status};
use crate::window::{Window, click, dismiss, says, showing, shows, until};

/// Opens the picker and types in it.
pub fn pick(window: &mut Window, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(3);
    window.get_by_label("Find faces by").type_text(text);
    window.run_steps(2);
}

/// Chooses what was found first, in place of others of its kind or beside them.
pub fn choose(window: &mut Window, line: &str, beside: bool) {
    until(window, line, |w| shows(w, line));
    let held = if beside {
        Modifiers::COMMAND
    } else {
        Modifiers::NONE
    };
    window.key_press_modifiers(held, Key::Enter);
    window.run_steps(3);
}

fn shown(window: &mut Window, count: usize) {
    until(window, &format!("{count} faces"), |w| {
        w.state().faces_shown() == count
    });
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
