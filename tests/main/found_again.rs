//! Pictures that were renamed since their labels were mended keep them, and one whose content is
//! another is named.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use eframe::egui::{Key, Modifiers};
use smn_studio::app::Start;

use crate::cli;
use crate::opening::pictures;
use crate::window::{Window, dismiss, says, shows, until, window};

/// The window of a set in Review; whether it has said something meanwhile, which goes after a while.
fn reviewing(set: &Path, something: &str) -> (Window<'static>, bool) {
    let mut window = window(Start {
        paths: vec![set.to_owned()],
        annotator: Some("anna".into()),
        ..Start::default()
    });
    let heard = Cell::new(false);
    let hears = |w: &Window, done: &str| {
        heard.set(heard.get() || says(w, something));
        says(w, done)
    };
    until(&mut window, "the first prediction", |w| {
        hears(w, "Smiling: ")
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    until(&mut window, "the journal", |w| hears(w, "Labels: saved"));
    (window, heard.get())
}

#[test]
fn a_renamed_picture_keeps_its_labels_and_a_changed_one_is_named() {
    let root = tempfile::tempdir().unwrap();
    let set = pictures(&root.path().join("set"), "a", 4);
    {
        let window = &mut reviewing(&set, "nothing").0;
        dismiss(window);
        for n in 0..3 {
            let name = format!("Photo a{n:02}.png");
            until(window, &name, |w| shows(w, &name) && says(w, "Bald: "));
            window.key_press(Key::Space);
            window.run_steps(2);
        }
        until(window, "three approved faces", |w| {
            says(w, "3 done") && shows(w, "Labels: saved")
        });
        eframe::App::on_exit(window.state_mut());
    }
    fs::create_dir(set.join("b")).unwrap();
    fs::rename(set.join("a00.png"), set.join("z.png")).unwrap();
    fs::rename(set.join("a03.png"), set.join("a00.png")).unwrap();
    let wider = image::RgbImage::new(90, 40);
    wider.save(set.join("a01.png")).unwrap();

    let renamed = "1 picture was found again under another name";
    let (mut window, heard) = reviewing(&set, renamed);
    assert!(heard, "it is said");
    let window = &mut window;
    let changed = "a01.png has changed since it was edited";
    until(window, changed, |w| says(w, changed));
    // The stranger that has the name of an edited picture has none of its edits.
    until(window, "three done", |w| says(w, "3 done"));
    assert!(!says(window, "not in this set any more"));
    until(window, "the first photo", |w| shows(w, "Photo a00.png"));
    window.key_press(Key::U);
    until(window, "it to be saved", |w| shows(w, "Labels: saved"));
    eframe::App::on_exit(window.state_mut());
    let (ok, said) = cli::run(root.path(), &["review", "status", "set"]);
    assert!(ok, "{said}");
    for part in [
        "4 faces in the set",
        "3 approved",
        "1 unsure",
        renamed,
        changed,
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("in the set any more"), "{said}");
}
