//! Labels are mended in the Review workspace, by keys and by names alone, and nothing of it is lost.

use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::{Command, Start};
use smn_studio::dataset::{Dataset, Sample};
use smn_studio::label::{Presence, Schema, TaskLabels};
use smn_studio::review;

use crate::opening::{pictures, run, run_named};
use crate::window::{Answers, Window, click, dismiss, drag, named, says, shows, until, window};

/// A set of faces with three points and two attributes; returns its table.
pub fn labelled(folder: &Path, count: usize) -> PathBuf {
    pictures(folder, "a", count);
    let mut table = "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,\
                     Bald,Smiling\n"
        .to_owned();
    for n in 0..count {
        table += &format!("a{n:02}.png,8,10,24,10,16,16,-1,1\n");
    }
    let path = folder.join("faces.csv");
    fs::write(&path, table).unwrap();
    path
}

/// The window of a set, as somebody who reviews it.
pub fn reviewing(set: &Path, annotator: &str) -> Window<'static> {
    let mut window = window(Start {
        paths: vec![set.to_owned()],
        annotator: Some(annotator.into()),
        ..Start::default()
    });
    until(&mut window, "the first prediction", |w| {
        says(w, "Smiling: ")
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    until(&mut window, "the journal", |w| {
        says(w, "Labels: saved") || says(w, "Labels: read-only")
    });
    dismiss(&mut window);
    window
}

pub fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(2);
}

pub fn saved(window: &mut Window) {
    until(window, "all to be saved", |w| shows(w, "Labels: saved"));
}

pub fn journal(set: &Path, annotator: &str) -> PathBuf {
    set.join(".smn-review").join(format!("{annotator}.jsonl"))
}

pub fn opened(path: &Path) -> Dataset {
    review::open_all(&[path.to_owned()], &Schema::face()).unwrap()
}

pub fn nose(sample: &Sample) -> [f32; 2] {
    match &sample.annotation.tasks[0] {
        TaskLabels::Points(points) => points[2].at,
        TaskLabels::Binary(_) => unreachable!(),
    }
}

pub fn attribute(sample: &Sample, name: &str) -> Presence {
    let at = Schema::face().tasks[1]
        .items()
        .position(|item| item == name);
    match &sample.annotation.tasks[1] {
        TaskLabels::Binary(values) => values[at.unwrap()],
        TaskLabels::Points(_) => unreachable!(),
    }
}

pub fn looks_at(window: &Window, name: &str) -> bool {
    shows(window, &format!("Photo {name}"))
}

#[test]
fn ten_faces_are_mended_without_the_mouse() {
    let folder = tempfile::tempdir().unwrap();
    let table = labelled(folder.path(), 10);
    let before = fs::read(&table).unwrap();
    let window = &mut reviewing(folder.path(), "anna");
    for n in 0..10 {
        let name = format!("a{n:02}.png");
        until(window, &name, |w| looks_at(w, &name) && says(w, "Bald: "));
        press(window, Key::Num3);
        press(window, Key::ArrowRight);
        window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
        window.run_steps(2);
        press(window, Key::Escape);
        // The first attribute of the list, and the one below it.
        press(window, Key::Q);
        press(window, Key::ArrowRight);
        press(window, Key::ArrowLeft);
        press(window, Key::Escape);
        press(window, Key::Space);
    }
    until(window, "ten approved faces", |w| says(w, "10 done"));
    saved(window);
    assert_eq!(
        fs::read(&table).unwrap(),
        before,
        "the set is never written"
    );
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(set.samples.len(), 10);
    let first = Schema::face().tasks[1].items().next().map(str::to_owned);
    for sample in &set.samples {
        assert_eq!(nose(sample), [17.0, 21.5]);
        assert_eq!(
            attribute(sample, &first.clone().unwrap()),
            Presence::Present
        );
        assert_eq!(attribute(sample, "Bald"), Presence::Absent);
    }
}

#[test]
fn a_point_and_a_box_are_dragged() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    let photo = window.get_by_label("Photo a00.png").rect();
    // The photo of 32 pixels is seen and a quarter around it, over which the box reaches; the nose is
    // half a pixel beside its middle.
    let zoom = (photo.size() - vec2(32.0, 32.0)).min_elem() / 48.0;
    let nose_at = photo.center() + vec2(0.5, 0.5) * zoom;
    drag(window, nose_at, vec2(3.0, -2.0) * zoom);
    saved(window);
    let at = nose(&opened(&journal(folder.path(), "anna")).samples[0]);
    assert!(
        (at[0] - 19.5).abs() < 0.2 && (at[1] - 14.5).abs() < 0.2,
        "{at:?}"
    );
    // Beside all points the photo is moved, and not the box: that would be a label nobody meant.
    let before = window.state().face_box().unwrap();
    drag(
        window,
        photo.center() + vec2(-4.0, 9.0) * zoom,
        vec2(1.0, 0.0) * zoom,
    );
    assert_eq!(window.state().face_box(), Some(before));
    // By a corner it is resized, and is the face's from then on: four fifths of the pane, as it is seen.
    run_named(window, "Zoom to face");
    let photo = window.get_by_label("Photo a00.png").rect();
    let corner = photo.center() + vec2(0.4, 0.4) * photo.size().min_elem();
    drag(window, corner, vec2(-40.0, -40.0));
    saved(window);
    let set = opened(&journal(folder.path(), "anna"));
    let (face_box, _) = set.samples[0].face_box.unwrap();
    assert!(face_box.w < before.w, "{face_box:?} {before:?}");
    assert!(
        (face_box.x - before.x).abs() < 0.2,
        "{face_box:?} {before:?}"
    );
    assert_eq!(window.state().face_box(), Some(face_box));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    saved(window);
    assert_eq!(window.state().face_box(), Some(before));
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(set.samples[0].face_box, None);
}

#[test]
fn undo_goes_back_over_faces_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 3);
    {
        let window = &mut reviewing(folder.path(), "anna");
        press(window, Key::Num3);
        press(window, Key::ArrowRight);
        run_named(window, "Next photo");
        until(window, "the second face", |w| looks_at(w, "a01.png"));
        // No point of this face is selected: the arrow is the list's.
        press(window, Key::ArrowRight);
        press(window, Key::Num3);
        press(window, Key::ArrowLeft);
        saved(window);
        // As the window does when it is closed.
        eframe::App::on_exit(window.state_mut());
    }
    let window = &mut reviewing(folder.path(), "anna");
    until(window, "the face that was looked at last", |w| {
        looks_at(w, "a01.png")
    });
    let noses = || {
        let set = opened(&journal(folder.path(), "anna"));
        let all = set.samples.iter().map(|s| nose(s)[0]);
        all.collect::<Vec<f32>>()
    };
    assert_eq!(noses(), [17.0, 16.0, 16.5]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(window, "the face of the last edit", |w| {
        looks_at(w, "a01.png")
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(window, "the face of the first edit", |w| {
        looks_at(w, "a00.png")
    });
    saved(window);
    assert_eq!(noses(), [16.5, 16.5, 16.5]);
    window.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
    window.run_steps(2);
    saved(window);
    assert_eq!(noses(), [17.0, 16.5, 16.5]);
}

#[test]
fn whoever_comes_second_only_looks() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let first = &mut reviewing(folder.path(), "anna");
    press(first, Key::Num3);
    press(first, Key::ArrowRight);
    saved(first);
    let second = &mut reviewing(folder.path(), "anna");
    assert!(shows(second, "Labels: read-only"));
    press(second, Key::Num3);
    press(second, Key::ArrowRight);
    until(second, "why nothing is changed", |w| {
        says(w, "Somebody else has this journal open")
    });
    saved(first);
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(nose(&set.samples[0]), [17.0, 16.5]);
    // Another annotator has a journal of their own, of the labels as the set has them.
    let other = &mut reviewing(folder.path(), "bert");
    press(other, Key::E);
    saved(other);
    let set = opened(&journal(folder.path(), "bert"));
    assert_eq!(set.samples.len(), 1, "the excluded face is left out");
}

#[test]
fn the_sign_of_an_attribute_is_a_button_of_three_states() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 1);
    let window = &mut reviewing(folder.path(), "anna");
    for (before, after) in [
        ("absent", "unknown"),
        ("unknown", "present"),
        ("present", "absent"),
    ] {
        click(window, &format!("Label of Bald: {before}"));
        until(window, after, |w| {
            shows(w, &format!("Label of Bald: {after}"))
        });
    }
    // Elsewhere it is no button.
    click(window, "Photos");
    assert!(!says(window, "Label of Bald"));
}

#[test]
fn a_drawn_box_is_a_face_with_labels_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    let photo = window.get_by_label("Photo a00.png").rect();
    run_named(window, "Add box");
    drag(window, photo.center() + vec2(90.0, 90.0), vec2(80.0, 80.0));
    until(window, "the new face", |w| looks_at(w, "a00.png · 2"));
    press(window, Key::Q);
    press(window, Key::ArrowRight);
    saved(window);
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(set.samples.len(), 3);
    assert!(set.samples[1].face_box.is_some());
    assert_eq!(set.samples[1].annotation.known(1), 1);
    // Its label, and then itself, are taken back.
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(3);
    }
    until(window, "the face to be gone", |w| !says(w, "a00.png · 2"));
    saved(window);
    assert_eq!(opened(&journal(folder.path(), "anna")).samples.len(), 2);
}

#[test]
fn mended_labels_go_into_a_new_folder() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let answers = Answers::default();
    let mut window = window(Start {
        paths: vec![folder.path().to_owned()],
        annotator: Some("anna".into()),
        ask: Some(answers.ask()),
        ..Start::default()
    });
    let window = &mut window;
    until(window, "the first prediction", |w| says(w, "Smiling: "));
    click(window, "Review");
    saved(window);
    press(window, Key::Num3);
    press(window, Key::ArrowRight);
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("mended");
    answers.give(&out);
    run_named(window, "Export labels");
    until(window, "what the format holds", |w| says(w, "The format "));
    click(window, "Choose a folder…");
    until(window, "where they are", |w| {
        says(w, "Labels of 2 faces are in")
    });
    let set = opened(&out.join("faces.csv"));
    assert_eq!(nose(&set.samples[0]), [17.0, 16.5]);
    assert_eq!(nose(&set.samples[1]), [16.5, 16.5]);
    assert_eq!(attribute(&set.samples[0], "Smiling"), Presence::Present);
}

#[test]
fn predictions_are_hidden_until_the_face_is_approved() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    let predicted = |w: &Window| !says(w, "Bald: not predicted");
    assert!(predicted(window));
    press(window, Key::H);
    until(window, "no prediction", |w| !predicted(w));
    press(window, Key::Space);
    until(window, "the second face", |w| looks_at(w, "a01.png"));
    assert!(!predicted(window));
    // Nor does a point without a label begin where the hidden prediction is.
    press(window, Key::Num4);
    press(window, Key::ArrowRight);
    until(window, "that it has no place", |w| {
        says(w, "The point has no place yet")
    });
    press(window, Key::Escape);
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(set.samples[1].annotation.known(0), 3);
    press(window, Key::ArrowUp);
    until(window, "the approved one", |w| {
        looks_at(w, "a00.png") && predicted(w)
    });
}

#[test]
fn keys_of_the_review_do_nothing_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 2);
    let window = &mut reviewing(folder.path(), "anna");
    click(window, "Photos");
    press(window, Key::Space);
    press(window, Key::E);
    run(window, Command::ActualSize);
    press(window, Key::Num3);
    press(window, Key::ArrowRight);
    click(window, "Review");
    saved(window);
    assert!(says(window, "0 done"));
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(
        (set.samples.len(), nose(&set.samples[0])),
        (2, [16.5, 16.5])
    );
    assert_eq!(named(window, "Approve face"), 1);
    let chip = window.get_by_label("Approve face");
    assert!(!chip.accesskit_node().is_disabled());
}
