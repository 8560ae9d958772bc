//! Studies of the window over the open list: effects, top activations, towers, attention.

use std::path::Path;

use eframe::egui::accesskit::Toggled;
use eframe::egui::{Event, Key, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::figure::{LABEL, PREDICTION};
use smn_studio::label::Schema;
use smn_studio::model::Layer;

use crate::feature_window::{
    FINDING, Features, TRAINED, WIDTH, click_at, first_map, picture, press,
};
use crate::window::{Answers, Window, click, says, shows, until};

#[test]
fn channels_are_ranked_and_their_top_activations_found() {
    let Features {
        window,
        desk,
        answers,
        ..
    } = &mut Features::new();
    click(window, "Show Effects");
    // A task's own tower changes nothing of the other task, and says so without naming an item.
    let item = Schema::face().tasks[1].items().last().unwrap().to_owned();
    for (tower, shown, touched) in [
        ("landmarks", "Landmarks", false),
        ("shared", "Shared", true),
    ] {
        click(window, &format!("Rank channels of {tower}"));
        click(window, "Rank the channels");
        let heading = format!("{shown} Conv1-2 · mean over all 3 labelled faces");
        until(window, "the ranking", |w| says(w, &heading));
        assert_eq!(shows(window, "unchanged"), !touched, "{tower}");
        let names_it = ["+", "−"]
            .iter()
            .any(|sign| says(window, &format!("{item} {sign}")));
        assert!(touched || !names_it, "{tower}: {item}");
    }
    assert!(says(window, "3 faces: too few to tell anything from zero"));
    assert!(says(window, TRAINED) && says(window, FINDING));
    click(window, "Sort by channel");
    let row = |w: &Window, c: u32| {
        let name = format!("Effect of channel {c}");
        w.query_all_by_label(&name).next().map(|n| n.rect().top())
    };
    assert!(row(window, 0).unwrap() < row(window, 1).unwrap());
    assert!(says(window, "ΔNME, % of L"), "labels tell the loss");
    let table = saved(
        window,
        answers,
        "Save channels as CSV…",
        &desk.file("rank.csv"),
    );
    assert!(table.starts_with("tower,layer,channel,landmarks_shift_percent,landmarks_shift_low"));
    assert!(table.contains("landmarks_nme_change_low") && table.contains("all 3 labelled faces"));
    assert!(table.contains(&format!(",3 training faces; {FINDING}")));
    assert!(table.contains("shared,conv1_2,0,") && table.contains("landmarks_labelled_faces"));
    assert_eq!(table.lines().count(), 1 + Layer::Conv1_2.channels(WIDTH).1);
    let name = "Effect of channel 1";
    window.query_all_by_label(name).next().unwrap().click();
    window.run_steps(3);
    assert!(shows(window, "Channel 1"));
    click(window, "Show Maps");
    press(window, "Find top activations");
    until(window, "photos that activate a channel, or none", |w| {
        says(w, "Top activation: face-") || says(w, "zero on all 3 faces")
    });
    assert!(says(window, "of 3 faces"));
    click_at(window, first_map(window, "shared"));
    let found = |w: &Window| says(w, "Top activation: face-2.png");
    if !found(window) {
        // A channel that no face activates says so; its neighbour is activated by all.
        window.key_press(Key::ArrowRight);
        window.run_steps(2);
    }
    assert!(found(window), "every face activates one of two channels");
    press(window, "Top activation: face-2.png");
    let chosen = |w: &Window, name: &str| {
        w.query_all_by_label(name)
            .any(|n| n.accesskit_node().toggled() == Some(Toggled::True))
    };
    assert!(chosen(window, "face-2.png"), "a click shows that photo");
    click(window, "face-0.png");
}

/// What is written to a file that is given when an item of the table's menu asks for one.
pub fn saved(window: &mut Window, answers: &Answers, button: &str, file: &Path) -> String {
    answers.give(file);
    click(window, "table");
    click(window, button);
    until(window, button, |_| file.exists());
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn towers_and_attention_are_measured() {
    let Features {
        window,
        desk,
        answers,
        ..
    } = &mut Features::new();
    click(window, "Show Towers");
    let unmeasured = "what its absence costs is measured over faces";
    assert!(says(window, "Which tower matters") && says(window, unmeasured));
    assert!(says(window, FINDING) && !says(window, TRAINED));
    click(window, "Measure the towers");
    until(window, "the towers", |w| {
        says(w, "over all 3 labelled faces") && says(w, "3 faces: too few")
    });
    assert!(says(window, "Which tower matters") && !says(window, unmeasured));
    assert!(says(window, FINDING) && says(window, TRAINED));
    let table = saved(
        window,
        answers,
        "Save towers as CSV…",
        &desk.file("towers.csv"),
    );
    assert!(table.starts_with("task,depth,own_norm") && table.contains("attributes,fc,"));
    assert!(table.contains("own_change_low") && table.contains("all 3 labelled faces"));
    click(window, "Show Attention");
    click(window, "Grad-CAM");
    click(window, "Explain");
    until(window, "where it looked", |w| {
        says(w, "Heat: left eye, Grad-CAM of Landmarks Conv4-")
    });
    // It follows to another face, and what was found stays with its own.
    click(window, "face-1.png");
    until(window, "where it looked there", |w| {
        says(w, "Heat: left eye, Grad-CAM of Landmarks Conv4-")
    });
    // Occlusion takes its time, and waits for a press.
    click(window, "Occlusion");
    click(window, "face-2.png");
    until(window, "another face", |w| {
        says(w, "Not found out for this face yet: press look.") && !says(w, "Heat: left eye")
    });
    click(window, "face-0.png");
    until(window, "what was found there", |w| {
        says(w, "Heat: left eye")
    });
    click(window, "Check against random weights");
    until(window, "the check", |w| {
        says(w, "Heat: random weights, rank correlation")
            || says(w, "Heat: random weights, one of the maps is flat")
    });
    points_are_as_in_a_figure(window);
    click(window, "Show Maps");
}

/// The point that the network finds and the labelled one, each with its colour in the key.
fn points_are_as_in_a_figure(window: &mut Window) {
    window.remove_cursor();
    window.run_steps(2);
    for (text, colour) in [
        (
            "the point that the trained network finds, in every panel",
            PREDICTION,
        ),
        ("the labelled point", LABEL),
    ] {
        let text = window.get_by_label(text).rect();
        let disc = Rect::from_min_max(text.min - vec2(22.0, 0.0), text.left_bottom());
        let seen = picture(window, disc);
        let is_it = |p: &image::Rgba<u8>| p.0[..3] == colour;
        assert!(seen.pixels().filter(|p| is_it(p)).count() > 9, "{colour:?}");
    }
}

/// In an open list letters find an entry, and no key of a command does anything.
#[test]
fn letters_are_for_the_open_list() {
    let window = &mut Features::new().window;
    click(window, "Show Attention");
    let is_muted = |w: &Window| shows(w, "Hear all channels");
    click(window, "left eye");
    for letter in [Key::S, Key::M, Key::I, Key::L] {
        window.key_press(letter);
        window.event(Event::Text(letter.name().to_lowercase()));
        window.run_steps(2);
    }
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(shows(window, "Smiling") && !shows(window, "left eye"));
    assert!(!is_muted(window), "m was for the list");
    click(window, "Smiling");
    press(window, "left eye");
    click(window, "Show Maps");
    window.get_by_label_contains("sort: ").click();
    window.run_steps(3);
    window.key_press(Key::M);
    window.run_steps(3);
    assert!(!is_muted(window), "a menu is open");
    window.key_press(Key::Escape);
    window.run_steps(3);
    click(window, "Show Attention");
}
