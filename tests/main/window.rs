//! The window of a test, found and clicked by accessible names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Rect, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use smn_studio::app::{Ask, Start, Studio, painter, wgpu_setup};
use smn_studio::label::{Attribute, Schema, Task, TaskKind};
use smn_studio::map_painter::MapPainter;

use super::photos;

pub type Window<'a> = Harness<'a, Studio>;

/// What the next dialog of a window answers.
#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<Option<PathBuf>>>);

impl Answers {
    pub fn give(&self, path: &Path) {
        *self.0.lock().unwrap() = Some(path.to_owned());
    }

    pub fn ask(&self) -> Ask {
        let answers = self.clone();
        Arc::new(move |_| Some(vec![answers.0.lock().unwrap().take()?]))
    }
}

/// What a test starts with unless it says otherwise: dialogs that nobody answers, and this program.
fn defaults(start: Start) -> Start {
    smn_studio::logs::init();
    Start {
        ask: start.ask.or_else(|| Some(Answers::default().ask())),
        program: Some(env!("CARGO_BIN_EXE_smn-studio").into()),
        ..start
    }
}

/// A window in which nothing is drawn by a GPU.
pub fn window(start: Start) -> Window<'static> {
    let start = defaults(start);
    Harness::builder()
        .with_size(vec2(1400.0, 880.0))
        .build_eframe(move |cc| Studio::new(&cc.egui_ctx, None, None, "test".into(), &start))
}

/// A window of this size that a software Vulkan driver draws with the program's own device request,
/// and what draws its maps.
pub fn drawn_window(start: Start, size: Vec2) -> (Window<'static>, Arc<MapPainter>) {
    let start = defaults(start);
    let mut kept = None;
    let window = Harness::builder()
        .with_size(size)
        .wgpu_setup(wgpu_setup())
        .build_eframe(|cc| {
            let painter = cc.wgpu_render_state.as_ref().map(painter);
            kept.clone_from(&painter);
            Studio::new(&cc.egui_ctx, None, painter, "test".into(), &start)
        });
    (window, kept.expect("a painter of the window's device"))
}

/// A window that shows what is at a path.
pub fn showing(path: &Path) -> Window<'static> {
    window(Start {
        paths: vec![path.to_owned()],
        ..Start::default()
    })
}

/// A window of the bundled portraits, the first of which is predicted.
pub fn samples(start: Start) -> Window<'static> {
    let mut window = window(start);
    until(&mut window, "the first prediction", |w| {
        says(w, "Smiling: ")
    });
    window
}

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

/// Clicks what is called so, once it is there: reports, menus and buttons come with answers from
/// other threads.
pub fn click(window: &mut Window, label: &str) {
    until(window, label, |w| shows(w, label));
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
