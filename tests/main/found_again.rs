//! Pictures that were renamed since their labels were mended keep them, and one whose content is
//! another is named.

use std::fs;
use std::path::Path;

use eframe::egui::{Key, Modifiers};
use smn_studio::app::Start;

use crate::cli;
use crate::opening::pictures;
use crate::window::{Window, dismiss, says, shows, until, window};

fn reviewing(set: &Path) -> Window<'static> {
    let mut window = window(Start {
        paths: vec![set.to_owned()],
        annotator: Some("anna".into()),
        ..Start::default()
    });
    until(&mut window, "the first prediction", |w| {
        says(w, "Smiling: ")
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    until(&mut window, "the journal", |w| says(w, "Labels: saved"));
    window
}

#[test]
fn a_renamed_picture_keeps_its_labels_and_a_changed_one_is_named() {
    let root = tempfile::tempdir().unwrap();
    let set = pictures(&root.path().join("set"), "a", 4);
    {
        let window = &mut reviewing(&set);
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

    let window = &mut reviewing(&set);
    until(window, "what was found again", |w| {
        says(w, "1 picture was found again under another name")
    });
    let changed = "a01.png has changed since it was edited";
    until(window, changed, |w| says(w, changed));
    // The stranger that has the name of an edited picture has none of its edits.
    until(window, "three done", |w| says(w, "3 done"));
    assert!(!says(window, "not in this set any more"));
    until(window, "the first photo", |w| shows(w, "Photo a00.png"));
    window.key_press(Key::U);
    until(window, "it to be saved", |w| shows(w, "Labels: saved"));
    eframe::App::on_exit(window.state_mut());
    let (ok, output) = cli::run(root.path(), &["review", "status", "set"]);
    assert!(ok, "{output}");
    for part in [
        "4 faces in the set",
        "3 approved",
        "1 unsure",
        "1 picture was found again under another name",
        changed,
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    assert!(!output.contains("in the set any more"), "{output}");
}
