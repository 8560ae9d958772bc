//! Drawn faces, which no dialog finds, in the window: pasted to look at, typed to train on.

use eframe::egui::{Event, Key, Modifiers};

use crate::window::{Window, click, dismiss, says, shows, until};

/// Types a data set into the form of a new run.
fn add(window: &mut Window, words: &str) {
    click(window, "Data set to add");
    window.event(Event::Text(words.into()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(2);
}

pub fn drawn_faces_are_pasted_and_typed(window: &mut Window) {
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
    assert!(shows(
        window,
        "landmarks: labels of 8 faces; 1 for validation; 5 of 5 known"
    ));
    assert!(says(window, "Attractive is not taught: no label known"));
    click(window, "×");
    assert!(says(window, "Choose a data set first."));
}
