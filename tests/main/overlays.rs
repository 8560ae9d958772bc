//! What lies over the panes stays in the window, eight points from its edges, whatever its size.

use eframe::egui::{Event, Key, Order, Pos2, Rect, Vec2, vec2};
use smn_studio::app::{Command, Start};
use smn_studio::label::FaceBox;

use crate::frame::close;
use crate::opening::{pictures, run};
use crate::window::{Window, click, dismiss, open, says, showing, shows, until, window};

/// From the smallest window on; among them 1280 by 800 at 130 and 150 %, less its title bar.
const SIZES: [[f32; 2]; 6] = [
    [640.0, 480.0],
    [769.0, 538.0],
    [800.0, 600.0],
    [853.0, 513.0],
    [985.0, 592.0],
    [1280.0, 770.0],
];
const MARGIN: f32 = 8.0;

/// What is over the panes, and where.
fn overlays(window: &Window) -> Vec<(String, Rect)> {
    window.ctx.memory(|m| {
        let over = m
            .layer_ids()
            .filter(|layer| [Order::Middle, Order::Foreground].contains(&layer.order))
            .filter(|layer| m.areas().is_visible(layer));
        let rects = over.filter_map(|layer| Some((format!("{layer:?}"), m.area_rect(layer.id)?)));
        rects.collect()
    })
}

fn check(window: &Window, what: &str, size: Vec2, margin: f32) {
    let all = overlays(window);
    assert!(!all.is_empty(), "{what} is not there");
    let inside = Rect::from_min_size(Pos2::ZERO, size).shrink(margin - 0.5);
    for (layer, rect) in all {
        assert!(
            inside.contains_rect(rect),
            "{what}, {size}: {rect} of {layer}"
        );
    }
}

/// Steps until nothing moves any more: a dialog takes some frames to become smaller.
fn settle(window: &mut Window) {
    window.run_steps(4);
    for _ in 0..60 {
        let before = overlays(window);
        window.run_steps(2);
        if overlays(window) == before {
            return;
        }
    }
    panic!("{:?} is never at rest", overlays(window));
}

/// Holds what is open now to every size.
fn stays(window: &mut Window, what: &str) {
    for size in SIZES.map(|[x, y]| vec2(x, y)) {
        window.set_size(size);
        settle(window);
        check(window, what, size, MARGIN);
    }
}

fn escape(window: &mut Window) {
    for _ in 0..8 {
        if overlays(window).is_empty() {
            return;
        }
        window.key_press(Key::Escape);
        window.run_steps(4);
    }
    panic!("{:?} stays open", overlays(window));
}

#[test]
fn dialogs_and_questions_stay_in_the_window() {
    let mut window = window(Start {
        paths: vec!["synthetic:6".into()],
        ..Start::default()
    });
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    dismiss(&mut window);
    for command in [
        Command::Help,
        Command::About,
        Command::Palette,
        Command::by_id("FindFaces").unwrap(),
    ] {
        run(&mut window, command);
        stays(&mut window, &format!("{command:?}"));
        escape(&mut window);
    }
    // A key that another command has makes the sheet say more.
    run(&mut window, Command::Help);
    click(&mut window, "Key of Open samples");
    window.key_press_modifiers(eframe::egui::Modifiers::COMMAND, Key::O);
    window.run_steps(3);
    assert!(says(&window, "belongs to Open"));
    stays(&mut window, "a key that is taken");
    window.key_press(Key::Escape);
    window.run_steps(3);
    escape(&mut window);

    run(&mut window, Command::Features);
    run(&mut window, Command::ExportFigure);
    click(&mut window, "As PNG");
    stays(&mut window, "the export of maps");
    escape(&mut window);
    run(&mut window, Command::Photos);
    window
        .state_mut()
        .add_box(FaceBox::new(4.0, 4.0, 20.0, 20.0));
    close(&mut window);
    assert!(shows(&window, "Do not close"));
    dismiss(&mut window);
    stays(&mut window, "the question at the end");
    window.key_press(Key::Enter);
    window.run_steps(3);

    // News of the longest kind.
    dismiss(&mut window);
    for n in 0..4 {
        let text = format!("{n}{}", " a path that is long/".repeat(20));
        window.event(Event::Paste(text));
        window.run_steps(2);
    }
    until(&mut window, "all news", |w| says(w, "no path of a file: 3"));
    stays(&mut window, "news");
}

#[test]
fn the_question_about_a_table_stays_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 2));
    until(&mut window, "the photo", |w| shows(w, "Photo a00.png"));
    let table = folder
        .path()
        .join("theirs-with-a-name-that-is-long-enough.csv");
    std::fs::write(&table, "image,Smiling\na00.png,0.5\na01.png,0.25\n").unwrap();
    open(&mut window, &table);
    until(&mut window, "the question", |w| says(w, "Compare instead?"));
    dismiss(&mut window);
    stays(&mut window, "the question");
}

#[test]
fn menus_stay_in_a_small_window() {
    let mut window = window(Start {
        paths: vec!["synthetic:6".into()],
        ..Start::default()
    });
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    for size in SIZES.map(|[x, y]| vec2(x, y)) {
        window.set_size(size);
        window.run_steps(4);
        for group in ["File", "View", "List", "Photo", "Maps", "Network", "Help"] {
            click(&mut window, "Menu");
            click(&mut window, group);
            window.run_steps(4);
            check(&window, group, size, 0.0);
            escape(&mut window);
        }
        click(&mut window, "Layers");
        window.run_steps(4);
        check(&window, "Layers", size, 0.0);
        escape(&mut window);
    }
}
