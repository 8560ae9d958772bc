//! Drawn faces, which no dialog finds, in the window: pasted to look at, typed to train on.

use eframe::egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::Start;

use crate::window::{Window, click, dismiss, samples, says, shows, until};

fn is_disabled(window: &Window, button: &str) -> bool {
    window.get_by_label(button).accesskit_node().is_disabled()
}

/// Types a data set into the form of a new run.
fn add(window: &mut Window, text: &str) {
    click(window, "Data set to add");
    window.event(Event::Text(text.into()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(2);
}

#[test]
fn drawn_faces_are_pasted_and_typed() {
    let window = &mut samples(Start::default());
    window.event(Event::Paste("synthetic:abc".into()));
    until(window, "what drawn faces are called", |w| {
        says(w, "drawn portraits are synthetic:N")
    });
    dismiss(window);
    window.event(Event::Paste("synthetic:2@3".into()));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    until(window, "the drawn faces", |w| says(w, "000002.png"));

    click(window, "Training");
    add(window, "synthetic:0");
    until(window, "why they cannot be trained on", |w| {
        says(w, "drawn portraits are synthetic:N") && says(w, "cannot be trained on")
    });
    click(window, "×");
    add(window, "no/such/set");
    until(window, "that there is no such set", |w| {
        says(w, "there is no such file")
    });
    click(window, "×");
    add(window, "synthetic:10");
    until(window, "the labels to be counted", |w| {
        shows(w, "faces to train on: 8, for validation: 1")
    });
    assert!(shows(window, "landmarks: 8 + 1 face, 5 of 5 known"));
    assert!(says(window, "Attractive is not taught: no label known"));
    click(window, "×");
    assert!(says(window, "Choose a data set first."));

    // On a slow frame the last letters come together with the click on Add.
    let field = window.get_by_label("Data set to add");
    field.focus();
    window.run_steps(2);
    window.event(Event::Text("synthetic:1".into()));
    window.run_steps(2);
    let add = window.get_by_label("Add").rect().center();
    let button = |pressed| Event::PointerButton {
        pos: add,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let events = &mut window.input_mut().events;
    events.push(Event::Text("00".into()));
    events.extend([Event::PointerMoved(add), button(true), button(false)]);
    window.run_steps(1);
    window.run_steps(4);
    until(window, "the whole name", |w| shows(w, "synthetic:100"));
    // What the run would do is said before it starts, and why it cannot until that is known.
    until(window, "the steps", |w| says(w, "steps of 32 faces"));
    assert!(!is_disabled(window, "Start training"));
    click(window, "×");
    assert!(is_disabled(window, "Start training"));
}
