//! What a network found is there again after a restart, in the boxes that an annotator has mended.

use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::Start;

use crate::opening::{pictures, run_named};
use crate::window::{Window, dismiss, drag, named, says, shows, until, window};

/// More than are predicted without being asked.
const FACES: usize = 70;

/// A set of faces with points and boxes.
fn labelled(folder: &Path) -> PathBuf {
    pictures(folder, "a", FACES);
    let mut table =
        "image,x,y,w,h,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y\n".to_owned();
    for n in 0..FACES {
        table += &format!("a{n:02}.png,4,4,24,24,8,10,24,10,16,16\n");
    }
    fs::write(folder.join("faces.csv"), table).unwrap();
    folder.to_owned()
}

/// The window of a set, once there is a prediction.
fn opened(set: &Path, settings: &Path) -> Window<'static> {
    let mut window = window(Start {
        paths: vec![set.to_owned()],
        settings: Some(settings.to_owned()),
        annotator: Some("anna".into()),
        ..Start::default()
    });
    until(&mut window, "the first prediction", |w| {
        says(w, "Smiling: ")
    });
    window
}

fn predicted(window: &Window) -> usize {
    window.state().faces_predicted()
}

fn close(mut window: Window) {
    eframe::App::on_exit(window.state_mut());
}

/// The errors that the rows in sight say, by the names of their faces.
fn errors(window: &Window) -> Vec<(String, String)> {
    let rows = window.query_all_by_label_contains(".png");
    let rows = rows.filter_map(|row| {
        let node = row.accesskit_node();
        let value = node.value().filter(|value| value.contains("NME "))?;
        Some((node.label()?, value))
    });
    let mut rows: Vec<(String, String)> = rows.collect();
    rows.sort();
    rows
}

#[test]
fn a_list_that_was_predicted_is_so_after_a_restart_and_the_worst_come_first() {
    let root = tempfile::tempdir().unwrap();
    let (set, settings) = (
        labelled(&root.path().join("set")),
        root.path().join("settings"),
    );
    let mut first = opened(&set, &settings);
    run_named(&mut first, "Predict all");
    until(&mut first, "all", |w| predicted(w) == FACES);
    run_named(&mut first, "Worst first");
    until(&mut first, "errors", |w| errors(w).len() > 5);
    let before = errors(&first);
    close(first);

    let mut second = opened(&set, &settings);
    until(&mut second, "all again", |w| predicted(w) == FACES);
    run_named(&mut second, "Worst first");
    until(&mut second, "the same errors", |w| errors(w) == before);
    run_named(&mut second, "Forget kept predictions");
    let kept = settings.join("cache/predictions");
    until(&mut second, "the files to be gone", |_| {
        fs::read_dir(&kept).is_ok_and(|mut files| files.next().is_none())
    });
    close(second);
    let third = opened(&set, &settings);
    assert!(predicted(&third) < FACES);
    assert!(!says(&third, "predictions cannot be deleted"));
}

#[test]
fn the_error_of_a_face_whose_box_was_mended_is_that_of_the_mended_box_after_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let (set, settings) = (
        labelled(&root.path().join("set")),
        root.path().join("settings"),
    );
    let mut first = opened(&set, &settings);
    run_named(&mut first, "Predict all");
    until(&mut first, "all", |w| predicted(w) == FACES);
    first.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    until(&mut first, "the journal", |w| says(w, "Labels: saved"));
    dismiss(&mut first);
    // Far from those that are read as the list is opened again.
    for n in 1..=4 {
        run_named(&mut first, "Next photo");
        let name = format!("Photo a{n:02}.png");
        until(&mut first, &name, |w| {
            shows(w, &name) && says(w, "Smiling: ")
        });
    }
    run_named(&mut first, "Photos");
    let error = |w: &Window| errors(w).into_iter().find(|row| row.0 == "a04.png");
    until(&mut first, "the error", |w| error(w).is_some());
    let of_old = error(&first);
    run_named(&mut first, "Review");
    run_named(&mut first, "Zoom to face");
    let photo = first.get_by_label("Photo a04.png").rect();
    let corner = photo.center() + vec2(0.4, 0.4) * photo.size().min_elem();
    let before = first.state().face_box();
    drag(&mut first, corner, vec2(-60.0, -60.0));
    until(&mut first, "the mended box", |w| {
        let own = w.state().face_box();
        own != before && w.state().predicted_box() == own && shows(w, "Labels: saved")
    });
    let mended = first.state().face_box();
    run_named(&mut first, "Photos");
    until(&mut first, "the error", |w| {
        error(w).is_some_and(|error| Some(error) != of_old)
    });
    let of_mended = error(&first);
    close(first);

    let mut second = opened(&set, &settings);
    until(&mut second, "all again", |w| predicted(w) == FACES);
    until(&mut second, "the same error", |w| error(w) == of_mended);
    assert_eq!(named(&second, "Photo a04.png"), 0, "it is not looked at");
    assert_ne!(second.state().predicted_box(), mended);
}
