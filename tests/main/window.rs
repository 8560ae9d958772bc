//! The window, found and clicked by accessible names, drawn by a software Vulkan driver with the
//! program's own device request. One window a process: all of it is one test.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::photos;
use burn::tensor::Device;
use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::{Rgb, RgbImage};
use smn_studio::app::{Studio, painter, wgpu_setup};
use smn_studio::compute;
use smn_studio::label::{Attribute, FaceBox, Schema, Task, TaskKind};
use smn_studio::model::{Checkpoint, Config, Layer, Network, Predictor, Tap};

use crate::{feature_window, frame};

pub type Window<'a> = Harness<'a, Studio>;

/// Steps until `done`, as things come from other threads; `what` is said if they do not.
pub fn until(window: &mut Window, what: &str, done: impl Fn(&Window) -> bool) {
    let since = Instant::now();
    while !done(window) {
        assert!(
            since.elapsed() < Duration::from_secs(180),
            "waited in vain for {what}"
        );
        window.run_steps(1);
        std::thread::sleep(Duration::from_millis(10));
    }
    window.run_steps(2);
}

pub fn shows(window: &Window, label: &str) -> bool {
    window.query_all_by_label(label).next().is_some()
}

/// How many things have this name: a photo stands in the list and above the canvas.
pub fn named(window: &Window, label: &str) -> usize {
    window.query_all_by_label(label).count()
}

pub fn says(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

/// Takes away whatever lies over the window's corner: warnings come at any time, those of other
/// tests too.
pub fn dismiss(window: &mut Window) {
    while shows(window, "Dismiss") {
        let toasts = window.get_all_by_label("Dismiss");
        toasts.for_each(|toast| toast.click_accesskit());
        window.run_steps(2);
    }
}

pub fn click(window: &mut Window, label: &str) {
    dismiss(window);
    window.get_by_label(label).click();
    window.run_steps(3);
}

/// Presses within what has `part` in its name, until that has done what it is to do. Figures,
/// warnings and toasts come from other threads: what was measured a frame ago may have moved, or
/// something may lie over it.
pub fn press_on(
    window: &mut Window,
    part: &str,
    at: impl Fn(Rect) -> Pos2,
    done: impl Fn(&Window) -> bool,
) {
    let since = Instant::now();
    let place = |w: &Window| Some(w.query_all_by_label_contains(part).next()?.rect());
    while !done(window) {
        assert!(
            since.elapsed() < Duration::from_secs(180),
            "{part}: pressed in vain"
        );
        dismiss(window);
        let before = place(window);
        window.run_steps(2);
        if let Some(rect) = before.filter(|b| place(window) == Some(*b))
            && !shows(window, "Dismiss")
        {
            photos::press(window, at(rect));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    window.run_steps(2);
}

pub fn open(window: &mut Window, path: &Path) {
    window.state_mut().open(vec![path.to_owned()]);
}

#[test]
fn the_window_from_the_first_sample_to_the_feature_maps() {
    let settings = tempfile::tempdir().unwrap();
    let mut kept = None;
    let mut window: Window = Harness::builder()
        .with_size(vec2(1400.0, 880.0))
        .wgpu_setup(wgpu_setup())
        .build_eframe(|cc| {
            let painter = cc.wgpu_render_state.as_ref().map(painter);
            kept.clone_from(&painter);
            Studio::new(
                &cc.egui_ctx,
                None,
                painter,
                "test".into(),
                &frame::start(settings.path()),
            )
        });
    until(&mut window, "the first prediction", |w| {
        says(w, "Smiling: ")
    });
    assert!(says(&window, " · bundled"), "the network's name is shown");
    assert!(says(&window, " ms"), "the latency is shown");
    assert!(shows(&window, "portrait 6"));
    let picture = window.render().expect("the window can be drawn");
    let colours: std::collections::HashSet<_> = picture.pixels().map(|p| p.0).collect();
    assert!(
        colours.len() > 500,
        "the window is drawn: {} colours",
        colours.len()
    );

    the_box_moves_and_the_prediction_follows(&mut window);
    photos::layers_and_boxes(&mut window);
    commands_are_found_by_name_and_key(&mut window);
    photos::faces_of_a_data_set(&mut window);
    files_are_opened_for_what_they_are(&mut window);
    let painter = kept.expect("a painter of the window's device");
    feature_window::maps_answer_what_is_asked(&mut window, &painter);
    frame::the_frame(&mut window, settings.path());
}

fn the_box_moves_and_the_prediction_follows(window: &mut Window) {
    let canvas = window.get_by_label("Photo portrait 1").rect();
    let before = window.state().face_box().unwrap();
    drag(window, canvas.center(), vec2(40.0, 20.0));
    let moved = window.state().face_box().unwrap();
    assert!(moved.x > before.x && moved.y > before.y && moved.w == before.w);
    until(window, "a prediction in the moved box", |w| {
        w.state().predicted_box() == w.state().face_box()
    });
    assert!(says(window, "by hand") || window.state().face_box() != Some(before));
    click(window, "Reset box");
    assert_eq!(window.state().face_box(), Some(before));

    // The wheel zooms; a drag beside the box then moves the photo and not the box.
    window.hover_at(canvas.center());
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(10);
    assert_eq!(window.state().face_box(), Some(before));
    click(window, "Fit");
}

pub fn drag(window: &mut Window, from: Pos2, by: Vec2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(from);
    window.run_steps(1);
    window.event(button(from, true));
    window.run_steps(1);
    for part in 1..=4 {
        window.hover_at(from + by * (part as f32 / 4.0));
        window.run_steps(1);
    }
    window.event(button(from + by, false));
    window.run_steps(2);
}

fn commands_are_found_by_name_and_key(window: &mut Window) {
    window.key_press(Key::ArrowDown);
    window.run_steps(2);
    assert!(shows(window, "Photo portrait 2"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run_steps(3);
    window
        .get_by_label("Find a command")
        .type_text("photo before");
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(shows(window, "Photo portrait 1"));
    window.key_press(Key::Questionmark);
    window.run_steps(3);
    assert!(says(window, "All commands and their keys"));
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert!(!says(window, "All commands and their keys"));
}

fn files_are_opened_for_what_they_are(window: &mut Window) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("corrupt.jpg"), "no picture").unwrap();
    std::fs::create_dir(file("empty")).unwrap();
    std::fs::create_dir(file("two")).unwrap();
    for name in ["two/a.png", "two/b.png"] {
        RgbImage::from_fn(90, 90, |x, y| Rgb([x as u8, y as u8, 60]))
            .save(file(name))
            .unwrap();
    }

    open(window, &file("corrupt.jpg"));
    until(window, "the corrupt file's error", |w| {
        says(w, "not a picture")
    });
    open(window, &file("empty"));
    until(window, "the empty folder's error", |w| {
        says(w, "no pictures")
    });
    open(window, &file("two"));
    until(window, "the folder", |w| {
        shows(w, "Photo a.png") && says(w, "Smiling: ")
    });
    assert!(shows(window, "b.png"));

    click(window, "Search names");
    window.get_by_label("Search names").type_text("B.");
    until(window, "the search", |w| {
        named(w, "a.png") == 0 && named(w, "b.png") == 2
    });
    assert!(says(window, "Photo b.png"), "the first that is found");
    click(window, "Search names");
    window.key_press(Key::Backspace);
    window.key_press(Key::Backspace);
    until(window, "all faces again", |w| {
        named(w, "b.png") == 2 && shows(w, "a.png")
    });
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(window, "the news that all is predicted", |w| {
        says(w, "predicted already") || says(w, "Predicted ")
    });

    let broken = file("broken.safetensors");
    std::fs::write(&broken, "no weights").unwrap();
    open(window, &broken);
    until(window, "the broken weights' error", |w| {
        says(w, "broken.safetensors")
    });
    let config = Config::variant("ours_concat").unwrap().sized(2, 8);
    let masks = file("masks.safetensors");
    let network = Network::new(&config, &another_schema(), 1, &Device::flex());
    Checkpoint::new(network).save(&masks).unwrap();
    open(window, &masks);
    until(window, "a network that asks something else", |w| {
        says(w, " · masks.safetensors") && says(w, "Mask On: ")
    });
    assert!(!says(window, "Smiling: "));
    for workspace in ["Features", "Report", "Photos"] {
        click(window, workspace);
        window.run_steps(5);
    }
    let other = file("other.safetensors");
    let network = Network::new(&config, &Schema::face(), 1, &Device::flex());
    Checkpoint::new(network).save(&other).unwrap();
    open(window, &other);
    until(window, "the other network", |w| {
        says(w, "separation, concat · other.safetensors")
    });
}

/// Three points of something, and one attribute.
pub fn another_schema() -> Schema {
    let points = TaskKind::Points {
        points: ["tip", "left", "right"].map(String::from).to_vec(),
        flip_pairs: vec![(1, 2)],
        reference: (1, 2),
    };
    let mask = Attribute {
        name: "Mask_On".into(),
        group: "Worn".into(),
    };
    let tasks = [
        ("corners", points),
        (
            "masks",
            TaskKind::Binary {
                attributes: vec![mask],
            },
        ),
    ];
    let task = |(name, kind): (&str, TaskKind)| Task {
        name: name.into(),
        kind,
    };
    Schema {
        tasks: tasks.map(task).to_vec(),
    }
}

/// What `--device gpu` does where the adapter is a software one: the tier that real GPUs have.
#[test]
fn taps_on_a_shared_gpu_device_equal_the_cpus() {
    let state = egui_kittest::wgpu::create_render_state(wgpu_setup(), Default::default());
    let gpu = compute::share(state.instance, state.adapter, state.device, state.queue).unwrap();
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ours_concat.safetensors");
    let photo = RgbImage::from_fn(200, 160, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
    let face = FaceBox {
        angle: 0.2,
        ..FaceBox::new(30.0, 20.0, 120.0, 120.0)
    };
    let [ours, theirs] = [Device::flex(), gpu].map(|device| {
        let checkpoint = Checkpoint::load(&path, &device).unwrap();
        let predictor = Predictor::new(checkpoint, device);
        let layers = [Layer::Conv1_2, Layer::Conv3_3, Layer::Conv4_3];
        let all = predictor.network().taps();
        let taps: Vec<Tap> = all
            .into_iter()
            .filter(|t| layers.contains(&t.layer))
            .collect();
        predictor.features(&photo, &face, &taps)
    });
    assert_eq!(ours.len(), 9);
    for (a, b) in ours.iter().zip(&theirs) {
        let largest = a.data.iter().fold(1e-6_f32, |m, v| m.max(v.abs()));
        let off = a
            .data
            .iter()
            .zip(&b.data)
            .fold(0.0_f32, |m, (x, y)| m.max((x - y).abs()));
        assert!(
            off <= 1e-4 * largest,
            "{} {}: {off} of {largest}",
            a.tower,
            a.layer
        );
        assert!(
            a.data.iter().any(|v| *v != a.data[0]),
            "{} {} is flat",
            a.tower,
            a.layer
        );
    }
}
