//! The report in the window: which faces are measured, tables, slices, and the same numbers as
//! `eval` gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, vec2,
};
use egui_kittest::kittest::{NodeT, Queryable};

use smn_studio::app::Command;
use smn_studio::label::Schema;

use super::cli::run;
use super::opening::{pictures, run as command, run_named};
use super::photos::three_faces;
use super::window::{Window, click, dismiss, press_on, says, showing, shows, until};

/// A report of three faces, two for validation and one for the test.
pub fn report_of_three(folder: &Path) -> Window<'static> {
    let mut window = three_faces(folder);
    click(&mut window, "Report");
    choose(&mut window, "measured: test", "all  3");
    until(&mut window, "the figures of all faces", |w| {
        shows(w, "Report: 3 faces")
    });
    window
}

/// Opens a menu by the beginning of its name, and takes an entry, which may have to be scrolled to.
pub fn choose(window: &mut Window, menu: &str, entry: &str) {
    dismiss(window);
    until(window, menu, |w| says(w, menu));
    // An entry may be of a report that is still made, and a menu closes when one comes.
    let since = Instant::now();
    loop {
        // Wherever the pane is scrolled to.
        window.get_by_label_contains(menu).click_accesskit();
        window.run_steps(3);
        if shows(window, entry) {
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(180), "no {entry}");
        window.key_press(Key::Escape);
        window.run_steps(3);
        std::thread::sleep(Duration::from_millis(10));
    }
    window.get_by_label(entry).click_accesskit();
    window.run_steps(3);
    // Only the pointer's click closes a menu by itself.
    window.key_press(Key::Escape);
    window.run_steps(3);
}

fn center(window: &Window, part: &str) -> Pos2 {
    window.get_by_label_contains(part).rect().center()
}

#[test]
fn slices_stand_first_and_lead_to_their_faces() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut report_of_three(folder);
    choose(window, "slices", "by Smiling");
    until(window, "the slices", |w| says(w, "present: faces 2"));
    for measure in ["success@0.1 ", "accuracy "] {
        assert!(says(window, &format!("absent: faces 1, {measure}")));
    }
    // Curves and bars have the slices too.
    assert!(says(window, "; absent; present"));
    let curve = center(window, "Cumulative error");
    let slice = center(window, "present: faces 2, success");
    assert!(slice.y < curve.y, "slices are seen before all plots");
    assert!(slice.y < 500.0, "and without scrolling: {slice}");
    press_on(
        window,
        "present: faces 2, success",
        |row| row.center(),
        |w| w.state().faces_shown() == 2 && shows(w, "Remove Smiling present"),
    );
    // What the list shows can be measured, and stays what is measured.
    choose(window, "measured: all", "shown in the list now  2");
    until(window, "the shown faces", |w| {
        shows(w, "Report: 2 shown faces")
    });
    click(window, "Remove Smiling present");
    until(window, "all faces again", |w| w.state().faces_shown() == 3);
    assert!(shows(window, "Report: 2 shown faces"));
    choose(window, "measured: shown", "all  3");
    until(window, "all faces measured", |w| {
        shows(w, "Report: 3 faces")
    });
}

#[test]
fn tables_have_intervals() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut report_of_three(folder);
    until(window, "the intervals", |w| w.state().has_intervals());
    click(window, "Show tables");
    assert!(says(window, "nose: success@0.1"));
    assert!(!says(window, "Cumulative error"));
    let row = |w: &Window, part: &str| {
        let row = w.query_all_by_label_contains(part).next()?;
        row.accesskit_node().label()
    };
    let smiling = row(window, "Smiling: accuracy").unwrap();
    for part in ["balanced ", "F1 ", "majority ", "known 3", "], "] {
        assert!(smiling.contains(part), "{part:?} is not in {smiling}");
    }
    let nose = row(window, "nose: success").unwrap();
    assert!(
        nose.contains("mean face ") && nose.contains(", NME "),
        "{nose}"
    );
    choose(window, "slices", "by Smiling");
    choose(window, "points and attributes of", "Smiling absent  1");
    let smiling = row(window, "Smiling: accuracy").unwrap();
    assert!(smiling.contains("known 1"), "{smiling}");
    choose(window, "points and attributes of", "all  3");
    sorting_turns_the_rows(window);
}

fn sorting_turns_the_rows(window: &mut Window) {
    let order = |w: &Window| center(w, "left eye: success").y < center(w, "nose: success").y;
    assert!(order(window));
    let nme = |w: &Window, point: &str| -> f64 {
        let name = format!("{point}: success");
        let row = w.get_by_label_contains(&name);
        let row = row.accesskit_node().label().unwrap();
        let after = row.split("NME ").nth(1).unwrap();
        after.split([' ', ',']).next().unwrap().parse().unwrap()
    };
    let (left, nose) = (nme(window, "left eye"), nme(window, "nose"));
    // Among the slices, and among the points; the smallest first, then the largest.
    for smallest_first in [true, false] {
        let heads: Vec<_> = window.get_all_by_label("Sort by NME").collect();
        heads[heads.len() - 1].click_accesskit();
        window.run_steps(3);
        assert_eq!(order(window), (left < nose) == smallest_first);
    }
}

/// Every figure by its place in the table, from CSV.
fn figures(csv: &str) -> BTreeMap<String, Vec<f64>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let place: Vec<&str> = row.iter().take(6).collect();
        let numbers = row.iter().skip(6);
        let numbers = numbers.map(|n| n.parse().unwrap_or(f64::NAN));
        (place.join(" / "), numbers.collect())
    });
    rows.collect()
}

#[test]
fn the_numbers_are_those_of_eval() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut report_of_three(folder);
    choose(window, "slices", "by Smiling");
    // The report before it, without slices, has its intervals already.
    until(window, "the slices", |w| says(w, "present: faces 2"));
    until(window, "the intervals", |w| w.state().has_intervals());
    let file = |name: &str| folder.join(name);
    for name in ["own.csv", "own.tex", "own.md", "own.json"] {
        window.state_mut().save_report(file(name));
        until(window, name, |_| file(name).exists());
    }
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    assert!(read("own.tex").contains("\\begin{tabular}"));
    assert!(read("own.md").contains("| nose | network |"));
    assert!(read("own.json").contains("\"balanced_accuracy\""));
    let arguments = [
        "eval",
        ".",
        "--by",
        "Smiling",
        "--bootstrap",
        "1000",
        "--format",
        "csv",
        "--out",
        "eval.csv",
    ];
    let (success, output) = run(folder, &arguments);
    assert!(success, "{output}");
    let (ours, theirs) = (figures(&read("own.csv")), figures(&read("eval.csv")));
    assert!(ours.keys().eq(theirs.keys()));
    assert!(ours.len() > 500, "{}", ours.len());
    for (place, numbers) in &ours {
        for (a, b) in numbers.iter().zip(&theirs[place]) {
            // The window's network may be on the GPU.
            let same = (a - b).abs() < 0.01 || a.is_nan() && b.is_nan();
            assert!(same, "{place}: {numbers:?} {:?}", theirs[place]);
        }
    }
}

/// A set of the name of one that trained the bundled weights.
#[test]
fn training_faces_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let set = folder.join("celeba");
    fs::create_dir(&set).unwrap();
    let mut table = "image,x,y,w,h,split,Smiling\n".to_owned();
    for (name, split) in [("a.png", "train"), ("b.png", "train"), ("c.png", "val")] {
        image::RgbImage::new(60, 60).save(set.join(name)).unwrap();
        table += &format!("{name},0,0,60,60,{split},1\n");
    }
    fs::write(set.join("faces.csv"), table).unwrap();
    let window = &mut showing(&set);
    until(window, "the other set", |w| shows(w, "Photo a.png"));
    click(window, "Report");
    until(window, "the validation face alone", |w| {
        shows(w, "Report: 1 validation face")
    });
    assert!(
        !says(window, "trained these weights"),
        "training faces are left out"
    );
    assert!(says(window, "Warning: the validation split chose"));
    choose(window, "measured: validation", "train  2");
    until(window, "the warning", |w| {
        says(w, "Warning: 2 faces trained these weights")
    });
    choose(window, "measured: train", "all  3");
    until(window, "the warning of all", |w| {
        says(w, "Warning: 2 of 3 faces trained these weights")
    });
    let (success, output) = run(folder, &["eval", "celeba"]);
    assert!(success, "{output}");
    assert!(output.contains("warning: 2 of 3 faces trained"), "{output}");
}

/// Twelve faces: both eyes of the last are labelled in nearly one place.
fn with_a_profile(folder: &Path) {
    pictures(folder, "a", 12);
    let schema = Schema::face();
    let names: Vec<&str> = schema.tasks[1].items().collect();
    let mut table = format!(
        "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,{}\n",
        names.join(",")
    );
    for n in 0..12 {
        let right = if n < 11 { 24.0 } else { 8.5 };
        let values = (0..40).map(|a| if (a + n) % 2 == 0 { "1" } else { "-1" });
        let values = values.collect::<Vec<_>>().join(",");
        table += &format!("a{n:02}.png,8,10,{right},10,16,16,{values}\n");
    }
    fs::write(folder.join("faces.csv"), table).unwrap();
}

#[test]
fn headings_stay_in_sight_and_a_warning_leads_to_its_faces_and_back() {
    let folder = tempfile::tempdir().unwrap();
    with_a_profile(folder.path());
    let mut window = showing(folder.path());
    until(&mut window, "all predictions", |w| {
        says(w, "12 of 12 predicted")
    });
    command(&mut window, Command::Report);
    for legend in ["mean face, second number", "majority, second number"] {
        let text = format!("Legend: network, first number; {legend}");
        until(&mut window, "what bars and ticks are", |w| says(w, &text));
    }
    let few = "Warning: landmarks: labels are known of 12 faces only";
    assert!(says(&window, few), "before any interval is there");
    until(&mut window, "the intervals", |w| w.state().has_intervals());
    click(&mut window, "Show tables");
    let heading = |w: &Window| w.get_by_label("Sort by F1").rect();
    let before = heading(&window);
    let row = |w: &Window| center(w, "Young: accuracy").y;
    let first = row(&window);
    window.hover_at(Pos2::new(before.center().x, 600.0));
    window.run_steps(1);
    for _ in 0..20 {
        window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -200.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(4);
    }
    assert!(row(&window) < first - 200.0 && row(&window) < 880.0);
    let after = heading(&window);
    assert!(
        after.top() < before.top() && after.top() > 100.0 && after.bottom() < row(&window),
        "{before} {after}"
    );
    window.get_by_label("Sort by F1").click();
    window.run_steps(3);
    assert!(row(&window) < 880.0, "a click on it sorts where one is");

    // Plots begin at their top again.
    click(&mut window, "Show plots");
    assert!(center(&window, "Cumulative error").y > 100.0);
    run_named(&mut window, "Sort by name");
    press_on(
        &mut window,
        "Warning: landmarks: 1 face with an error above 100 % adds",
        |badge| badge.center(),
        |w| shows(w, "Remove 1 face above 100 %") && w.state().faces_shown() == 1,
    );
    assert!(!shows(&window, "Remove by name"));
    click(&mut window, "Remove 1 face above 100 %");
    until(&mut window, "the order before", |w| {
        shows(w, "Remove by name") && w.state().faces_shown() == 12
    });
}
