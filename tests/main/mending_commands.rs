//! Mended labels by command, checks, and what the set changed.

use std::fs;

use eframe::egui::{Key, Modifiers};
use smn_studio::dataset::Sample;
use smn_studio::label::{Presence, TaskLabels};

use crate::cli;
use crate::mending::{
    attribute, journal, labelled, looks_at, nose, opened, press, reviewing, saved,
};
use crate::opening::run_named;
use crate::window::{click, says, shows, until};

#[test]
fn the_command_says_what_was_mended_and_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let set = root.join("set");
    fs::create_dir(&set).unwrap();
    let table = labelled(&set, 3);
    cli::fails(root, &["review", "status", "set"], &["nobody has mended"]);
    {
        let window = &mut reviewing(&set, "anna");
        press(window, Key::Num3);
        press(window, Key::ArrowRight);
        press(window, Key::Escape);
        click(window, "Label of Bald: absent");
        press(window, Key::Escape);
        press(window, Key::Space);
        until(window, "the second face", |w| looks_at(w, "a01.png"));
        press(window, Key::E);
        saved(window);
    }
    let says = |arguments: &[&str], words: &[&str]| {
        let (success, output) = cli::run(root, arguments);
        assert!(success, "{output}");
        for word in words {
            assert!(
                output.contains(word),
                "{arguments:?} does not say {word:?}: {output}"
            );
        }
        output
    };
    says(
        &["review", "status", "set"],
        &[
            "anna: ",
            "3 faces in the set: 1 to do, 1 approved, 0 unsure, 1 excluded",
            "2 values mended in 1 face",
        ],
    );
    let diff = says(
        &["review", "diff", "set"],
        &[
            "a00.png: Bald: absent → unknown (by a person)",
            "a00.png: nose: 16, 16 → 16.5, 16 (by a person)",
            "a00.png: approved, in the journal alone",
            "a01.png: excluded, and left out",
        ],
    );
    assert_eq!(diff.lines().count(), 4, "{diff}");
    says(
        &["review", "checks", "set"],
        &[
            "a00.png: approved, though left mouth and right mouth are unknown",
            "1 face of 2 may be labelled wrongly",
        ],
    );
    says(
        &[
            "review",
            "export",
            "set",
            "--to",
            "faces-csv",
            "--out",
            "out",
        ],
        &["out", "only the journal has 1 status of a face"],
    );
    let written = opened(&root.join("out/faces.csv"));
    assert_eq!(written.samples.len(), 2);
    assert_eq!(nose(&written.samples[0]), [17.0, 16.5]);
    assert_eq!(attribute(&written.samples[0], "Bald"), Presence::Unknown);
    // The journal is a data set of its own.
    says(&["data", "set/.smn-review/anna.jsonl"], &["2 faces"]);
    // What the set says otherwise since is named, and its value stays.
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replacen("16,16,-1", "18,16,-1", 1)).unwrap();
    says(
        &["data", "set/.smn-review/anna.jsonl"],
        &["nose has changed in the set since it was edited"],
    );
    let now = opened(&journal(&set, "anna"));
    assert_eq!(nose(&now.samples[0]), [18.5, 16.5]);
    says(
        &["review", "status", "set"],
        &[
            "1 value mended in 1 face",
            "1 value: changed in the set since",
        ],
    );
    says(
        &["review", "diff", "set"],
        &[
            "not written: a00.png: nose: 16, 16 → 16.5, 16 (by a person), but the set has 18, 16 by now",
        ],
    );
    // Without the set there is the journal's part.
    fs::rename(&table, root.join("away.csv")).unwrap();
    fs::rename(set.join("a00.png"), root.join("a00.png")).unwrap();
    let (_, output) = cli::run(root, &["review", "diff", "set"]);
    assert!(
        output.contains("of a face that the set does not have"),
        "{output}"
    );
    fs::rename(root.join("away.csv"), &table).unwrap();
    fs::rename(root.join("a00.png"), set.join("a00.png")).unwrap();
    // Two annotators: one has to be named.
    let [from, to] = ["anna", "bert"].map(|name| journal(&set, name));
    fs::copy(from, to).unwrap();
    cli::fails(
        root,
        &["review", "diff", "set"],
        &["anna, bert", "--annotator"],
    );
    says(&["review", "diff", "set", "--annotator", "bert"], &["nose"]);
}

#[test]
fn what_is_wrong_by_itself_is_found_and_what_the_set_changed_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let table = labelled(folder.path(), 3);
    let heads = "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,left_mouth_x,\
                 left_mouth_y,right_mouth_x,right_mouth_y,Bald\n";
    let row = |name: &str, left: u32, right: u32| {
        format!("{name},{left},10,{right},10,16,16,{left},24,{right},24,-1\n")
    };
    let rows = [
        row("a00.png", 8, 24),
        row("a01.png", 24, 8),
        row("a02.png", 8, 24),
    ];
    fs::write(&table, format!("{heads}{}", rows.concat())).unwrap();
    {
        let window = &mut reviewing(folder.path(), "anna");
        run_named(window, "Check labels");
        until(window, "the face in doubt", |w| {
            looks_at(w, "a01.png") && says(w, "left and right points are exchanged")
        });
        click(window, "Exchange sides");
        until(window, "no doubt", |w| !says(w, "points are exchanged"));
        run_named(window, "All faces");
        until(window, "all faces", |w| says(w, "a02.png"));
        press(window, Key::Home);
        until(window, "the first face", |w| looks_at(w, "a00.png"));
        press(window, Key::Num3);
        press(window, Key::ArrowRight);
        saved(window);
    }
    let eyes = |sample: &Sample| match &sample.annotation.tasks[0] {
        TaskLabels::Points(points) => [points[0].at[0], points[1].at[0]],
        TaskLabels::Binary(_) => unreachable!(),
    };
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(eyes(&set.samples[1]), [8.5, 24.5]);
    let changed = row("a00.png", 8, 24).replace("16,16", "18,16");
    fs::write(&table, format!("{heads}{changed}{}", rows[1..].concat())).unwrap();
    let window = &mut reviewing(folder.path(), "anna");
    run_named(window, "Only conflicts");
    until(window, "the face", |w| {
        looks_at(w, "a00.png") && shows(w, "1 conflict")
    });
    for _ in 0..2 {
        click(window, "1 conflict");
        click(window, "Take what was edited: 17, 16.5");
        until(window, "the decision", |w| !says(w, "1 conflict"));
        saved(window);
        // What was decided is taken back, and is to be decided again.
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        until(window, "the conflict again", |w| says(w, "1 conflict"));
        saved(window);
        let set = opened(&journal(folder.path(), "anna"));
        assert_eq!(nose(&set.samples[0]), [18.5, 16.5], "the set's until then");
    }
    window.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
    until(window, "the decision", |w| !says(w, "1 conflict"));
    saved(window);
    let set = opened(&journal(folder.path(), "anna"));
    assert_eq!(nose(&set.samples[0]), [17.0, 16.5]);
}
