//! How each workspace looks, in both themes: pictures of the window with drawn faces, held against
//! those in `tests/snapshots`, of which the README shows some.
//!
//! ```text
//! UPDATE_SNAPSHOTS=1 cargo test --release --test main pictures    # writes them anew
//! ```

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui::{Event, Key, Modifiers, Rect, pos2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{SnapshotError, SnapshotOptions, try_image_snapshot_options};
use image::RgbaImage;
use serde_json::json;
use smn_studio::app::{Command, Start};
use smn_studio::train::{State, Status};

use crate::opening::{run, run_named};
use crate::report::choose;
use crate::run_window::fake_run;
use crate::window::{Window, click, dismiss, drawn_window, says, shows, until};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// How many pixels may differ for the eye: drivers round and filter in their own ways, and another
/// processor's last bits may turn a digit. A line of text that is missing has more.
const DIFFERING: usize = 80;

/// As wide as the name of a temporary folder may be, in points.
const FOLDER: f32 = 360.0;

/// As long as things still come from other threads.
const PATIENCE: Duration = Duration::from_secs(180);

/// With this many drawn faces, all of them predicted.
fn faces(count: usize) -> Window<'static> {
    let (mut window, _) = drawn_window(
        Start {
            paths: vec![format!("synthetic:{count}@3").into()],
            ..Start::default()
        },
        SIZE.into(),
    );
    until(&mut window, "the first prediction", |w| {
        says(w, "Smiling: ")
    });
    run_named(&mut window, "Predict all");
    until(&mut window, "all predictions", |w| {
        says(w, &format!("{count} of {count} predicted"))
    });
    window
}

/// What changes from run to run: the time of a prediction, with all in the bar that moves with its
/// width, and the folder of a run.
fn left_out(window: &Window) -> Vec<Rect> {
    let bar = Rect::from_min_max(pos2(600.0, 4.0), pos2(SIZE[0], 40.0));
    let temporary = std::env::temp_dir().display().to_string();
    let folders = window.query_all_by_label_contains(&temporary);
    // They end at the right of a heading.
    let folders = folders.map(|text| {
        let rect = text.rect();
        rect.with_min_x(rect.left().max(rect.right() - FOLDER))
    });
    std::iter::once(bar).chain(folders).collect()
}

/// The window once it does not change any more, without what is left out.
fn settled(window: &mut Window) -> RgbaImage {
    let since = Instant::now();
    let mut before = None;
    let mut same = 0;
    loop {
        assert!(
            since.elapsed() < PATIENCE,
            "the window does not come to rest"
        );
        dismiss(window);
        window.remove_cursor();
        window.run_steps(5);
        std::thread::sleep(Duration::from_millis(100));
        let picture = window.render().expect("the window can be drawn");
        let picture = without(picture, &left_out(window));
        if before.as_ref() != Some(&picture) || shows(window, "Dismiss") {
            same = 0;
        } else if same == 3 {
            return picture;
        } else {
            same += 1;
        }
        before = Some(picture);
    }
}

/// Fills each with the colour left of its corner.
fn without(mut picture: RgbaImage, rects: &[Rect]) -> RgbaImage {
    let (width, height) = picture.dimensions();
    let end = |at: f32, size: u32| (at.max(0.0) as u32).min(size);
    for rect in rects {
        let (left, top) = (end(rect.left(), width), end(rect.top(), height));
        let ground = *picture.get_pixel(left.saturating_sub(1), top);
        for y in top..end(rect.bottom(), height) {
            for x in left..end(rect.right(), width) {
                picture.put_pixel(x, y, ground);
            }
        }
    }
    picture
}

/// How many pixels differ for the eye from the picture that is kept.
fn differing(name: &str, picture: RgbaImage) -> usize {
    match try_image_snapshot_options(&picture, name, &SnapshotOptions::new()) {
        Ok(()) => 0,
        Err(SnapshotError::Diff { diff, .. }) => diff as usize,
        Err(e) => panic!("{e}"),
    }
}

fn looks_like(window: &mut Window, name: &str) {
    let picture = settled(window);
    let options = SnapshotOptions::new().max_failed_pixels(DIFFERING);
    if let Err(e) = try_image_snapshot_options(&picture, name, &options) {
        panic!("{e}");
    }
}

fn in_both_themes(window: &mut Window, name: &str) {
    for (theme, word) in [(Command::Light, "light"), (Command::Dark, "dark")] {
        run(window, theme);
        looks_like(window, &format!("{name}-{word}"));
    }
}

/// Takes a pane away: the comparison has to tell, with room to spare.
fn a_missing_pane_is_seen(window: &mut Window, name: &str, pane: &str) {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        return;
    }
    run_named(window, pane);
    let count = differing(name, settled(window));
    println!("{name} without the {pane}: {count} pixels differ");
    assert!(count > 10 * DIFFERING, "{name} without the {pane}: {count}");
    for kind in ["new", "diff"] {
        let left = format!("tests/snapshots/{name}.{kind}.png");
        fs::remove_file(Path::new(env!("CARGO_MANIFEST_DIR")).join(left)).unwrap();
    }
}

#[test]
fn photos() {
    let mut window = faces(24);
    click(&mut window, "Photos");
    in_both_themes(&mut window, "photos");
    a_missing_pane_is_seen(&mut window, "photos-dark", "Attributes pane");
}

#[test]
fn review() {
    let mut window = faces(24);
    click(&mut window, "Review");
    until(&mut window, "the journal", |w| shows(w, "Labels: saved"));
    for key in [Key::Num3, Key::ArrowLeft, Key::ArrowDown] {
        window.key_press(key);
        window.run_steps(2);
    }
    until(&mut window, "the edits to be saved", |w| {
        shows(w, "Labels: saved")
    });
    in_both_themes(&mut window, "review");
    a_missing_pane_is_seen(&mut window, "review-dark", "Attributes pane");
}

#[test]
fn features() {
    let mut window = faces(3);
    click(&mut window, "Features");
    until(&mut window, "the maps", |w| {
        w.state().shown_layer().is_some() && says(w, "WHEN MUTED")
    });
    in_both_themes(&mut window, "features");
    a_missing_pane_is_seen(&mut window, "features-dark", "Channel pane");
}

/// A run of two stages that is done, with curves as such runs have.
fn finished_run(folder: &Path) {
    fake_run(folder, State::Done, 1);
    let steps = 480;
    let status = Status {
        state: State::Done,
        why: None,
        warnings: Vec::new(),
        pid: 1,
        host: "another machine".into(),
        stage: 1,
        step: steps,
        steps,
        images_per_s: 40.0,
        heartbeat: 1,
    };
    let text = serde_json::to_string(&status).unwrap();
    fs::write(folder.join("status.json"), text).unwrap();
    let mut lines = String::new();
    for step in (10..=steps).step_by(10) {
        let t = step as f64 / steps as f64;
        let noise = 1.0 + 0.15 * (step as f64).sin();
        let (landmarks, attributes) = (
            0.002 + 0.06 * (-9.0 * t).exp(),
            0.3 + 0.35 * (-4.0 * t).exp(),
        );
        let line = json!({
            "kind": "step", "stage": 1, "step": step, "epoch": 12.0 * t,
            "loss": {"landmarks": landmarks * noise, "attributes": attributes * noise},
            "learning_rate": 0.002 * (1.0 - 0.9 * t), "images_per_s": 40.0
        });
        lines += &format!("{line}\n");
        if step % 40 == 0 {
            let line = json!({
                "kind": "validation", "stage": 1, "step": step, "kept": ["stage1"], "seconds": 1.0,
                "measures": {
                    "landmarks": {"success": 96.0 - 90.0 * (-6.0 * t).exp(),
                        "nme": 4.5 + 25.0 * (-8.0 * t).exp(), "faces": 160},
                    "attributes": {"accuracy": 88.0 - 20.0 * (-5.0 * t).exp(), "faces": 160}
                }
            });
            lines += &format!("{line}\n");
        }
    }
    fs::write(folder.join("metrics.jsonl"), lines).unwrap();
}

#[test]
fn training() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("night");
    finished_run(&folder);
    let (mut window, _) = drawn_window(
        Start {
            paths: vec![folder],
            ..Start::default()
        },
        SIZE.into(),
    );
    until(&mut window, "the run", |w| shows(w, "Run night: done"));
    click(&mut window, "Training");
    let field = window.get_by_label("Run folder");
    field.focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text("runs/next".into()));
    window.run_steps(2);
    window.key_press(Key::Enter); // a cursor blinks
    window.run_steps(2);
    in_both_themes(&mut window, "training");
    a_missing_pane_is_seen(&mut window, "training-dark", "New run pane");
}

#[test]
fn report() {
    let mut window = faces(60);
    click(&mut window, "Report");
    choose(&mut window, "measured: test", "all  60");
    until(&mut window, "the intervals", |w| w.state().has_intervals());
    in_both_themes(&mut window, "report");
    a_missing_pane_is_seen(&mut window, "report-dark", "Gallery pane");
}
