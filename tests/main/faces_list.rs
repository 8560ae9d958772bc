//! Which face is looked at when the list is put in order or cut down, and that nothing on the
//! photo's pane moves or hides.

use std::path::Path;

use eframe::egui::{self, Event, Key, Modifiers, Shape, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use image::{Rgb, RgbImage};
use smn_studio::app::{Command, Start};

use crate::opening::{pictures, run};
use crate::window::{
    Window, click, drag, drawn_window, named, press_on, says, showing, shows, until,
};

/// The names of the rows in sight, from the top.
fn rows(window: &Window) -> Vec<String> {
    let all = window.query_all_by_label_contains(".png");
    let mut rows: Vec<(f32, String)> = all
        .filter(|n| n.accesskit_node().role() == egui::accesskit::Role::Button)
        .map(|n| {
            let name = n.accesskit_node().label().unwrap_or_default();
            (n.rect().top(), name)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|r| r.1).collect()
}

fn looks_at(window: &Window, name: &str) -> bool {
    shows(window, &format!("Photo {name}"))
}

/// Faces with labels that are off by more and more.
fn labelled(folder: &Path, count: usize) {
    pictures(folder, "a", count);
    let mut table =
        "image,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y\n".to_owned();
    for n in 0..count {
        let off = (n * 7 % count) as f32;
        table += &format!(
            "a{n:02}.png,8,{},24,10,16,{}\n",
            10.0 + off,
            16.0 - off / 2.0
        );
    }
    std::fs::write(folder.join("faces.csv"), table).unwrap();
}

#[test]
fn another_order_shows_its_top_and_a_filter_what_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 40);
    let mut window = showing(folder.path());
    until(&mut window, "all predictions", |w| {
        looks_at(w, "a00.png") && says(w, "40 of 40 predicted")
    });
    for _ in 0..6 {
        window.key_press(Key::ArrowDown);
        window.run_steps(2);
    }
    until(&mut window, "the seventh", |w| looks_at(w, "a06.png"));
    let listed = rows(&window);
    click(&mut window, "Worst first");
    until(&mut window, "the worst", |w| {
        let rows = rows(w);
        rows != listed && looks_at(w, &rows[0])
    });
    let worst = rows(&window);
    window.key_press(Key::ArrowUp);
    window.run_steps(3);
    assert!(looks_at(&window, &worst[0]), "there is none above it");
    window.key_press(Key::ArrowDown);
    until(&mut window, "the second worst", |w| looks_at(w, &worst[1]));
    // Back to the order of the set: what is looked at is brought into sight.
    click(&mut window, "Worst first");
    until(&mut window, "the old order", |w| {
        rows(w) != worst && named(w, &worst[1]) == 2
    });
    assert!(looks_at(&window, &worst[1]));

    // A filter that leaves it out shows its first, one that has it keeps it.
    let (part, first) = match worst[1].starts_with("a3") {
        true => ("a2", "a20.png"),
        false => ("a3", "a30.png"),
    };
    click(&mut window, "Search names");
    window.get_by_label("Search names").type_text(part);
    until(&mut window, "the first of those found", |w| {
        looks_at(w, first)
    });
    window.key_press(Key::Backspace);
    until(&mut window, "all again", |w| w.state().faces_shown() == 40);
    assert!(looks_at(&window, first) && named(&window, first) == 2);
}

#[test]
fn a_curve_of_the_report_opens_the_first_of_its_faces() {
    let folder = tempfile::tempdir().unwrap();
    labelled(folder.path(), 12);
    let mut window = showing(folder.path());
    until(&mut window, "all predictions", |w| {
        looks_at(w, "a00.png") && says(w, "12 of 12 predicted")
    });
    run(&mut window, Command::Report);
    until(&mut window, "the bars", |w| says(w, "left eye: "));
    let center = |rect: egui::Rect| rect.center();
    press_on(&mut window, "left eye: ", center, |w| {
        shows(w, "Remove left eye misses")
    });
    run(&mut window, Command::Photos);
    until(&mut window, "its first face", |w| {
        rows(w).first().is_some_and(|first| looks_at(w, first))
    });
}

#[test]
fn predicting_takes_what_the_filters_leave() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 120));
    until(&mut window, "the photo", |w| {
        looks_at(w, "a00.png") && says(w, "1 of 120 predicted")
    });
    let field = window.get_by_label("Search names");
    field.focus();
    field.type_text("a1");
    until(&mut window, "the names", |w| w.state().faces_shown() == 30);
    click(&mut window, "Predict the faces shown");
    until(&mut window, "their predictions", |w| {
        says(w, "31 of 120 predicted")
    });
}

#[test]
fn faces_are_chosen_by_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 6));
    until(&mut window, "the photos", |w| looks_at(w, "a00.png"));
    let press = |w: &mut Window, modifiers, key| {
        w.key_press_modifiers(modifiers, key);
        w.run_steps(3);
    };
    run(&mut window, Command::SaveSheet);
    assert!(says(&window, "no others are chosen"));
    press(&mut window, Modifiers::COMMAND, Key::A);
    assert!(shows(&window, "6 chosen"));
    press(&mut window, Modifiers::COMMAND, Key::A);
    assert!(!shows(&window, "6 chosen"), "none again");
    for (key, chosen, photo) in [
        (Key::ArrowDown, "2 chosen", "a01.png"),
        (Key::ArrowDown, "3 chosen", "a02.png"),
        (Key::ArrowUp, "2 chosen", "a01.png"),
    ] {
        press(&mut window, Modifiers::SHIFT, key);
        assert!(shows(&window, chosen), "{chosen}");
        until(&mut window, photo, |w| looks_at(w, photo));
    }
}

/// A press and a release in one place, with what is held then.
fn clicks_at(at: egui::Pos2, modifiers: Modifiers) -> Vec<Event> {
    let button = |pressed| Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers,
    };
    vec![
        Event::PointerMoved(at),
        Event::ModifiersChanged(modifiers),
        button(true),
        button(false),
        Event::ModifiersChanged(Modifiers::NONE),
    ]
}

#[test]
fn clicks_of_one_slow_frame_each_have_their_place_and_their_ctrl_or_shift() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 8));
    until(&mut window, "the photos", |w| looks_at(w, "a00.png"));
    let row = |w: &Window, n: usize| {
        let name = format!("a{n:02}.png");
        let mut all = w.query_all_by_label(&name);
        let row = all.find(|n| n.accesskit_node().role() == egui::accesskit::Role::Button);
        row.unwrap().rect().center()
    };
    let burst = |w: &mut Window, clicks: &[(usize, Modifiers)]| {
        let events = clicks.iter().flat_map(|(n, m)| clicks_at(row(w, *n), *m));
        let events: Vec<Event> = events.collect();
        w.input_mut().events.extend(events);
        w.run_steps(clicks.len() + 2);
    };
    let (none, ctrl, shift) = (Modifiers::NONE, Modifiers::COMMAND, Modifiers::SHIFT);
    burst(&mut window, &[(1, none), (3, ctrl), (5, ctrl), (6, ctrl)]);
    until(&mut window, "the plain click", |w| looks_at(w, "a01.png"));
    assert!(shows(&window, "4 chosen"));
    burst(&mut window, &[(2, none), (6, shift)]);
    until(&mut window, "the next plain click", |w| {
        looks_at(w, "a02.png")
    });
    assert!(shows(&window, "5 chosen"));
    burst(&mut window, &[(4, shift), (7, none)]);
    until(&mut window, "the last plain click", |w| {
        looks_at(w, "a07.png")
    });
    until(&mut window, "no choice", |w| !says(w, " chosen"));
}

#[test]
fn no_button_of_the_photo_moves() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 1));
    until(&mut window, "the photo", |w| {
        looks_at(w, "a00.png") && says(w, "Smiling: ")
    });
    const BUTTONS: [&str; 6] = [
        "Layers",
        "Add box",
        "Remove box",
        "Reset box",
        "Fit",
        "Names",
    ];
    let places = |w: &Window| BUTTONS.map(|b| w.get_by_label(b).rect());
    let is_enabled = |w: &Window, b: &str| !w.get_by_label(b).accesskit_node().is_disabled();
    let before = places(&window);
    assert!(!is_enabled(&window, "Remove box") && !is_enabled(&window, "Reset box"));
    let canvas = window.get_by_label("Photo a00.png").rect();
    drag(&mut window, canvas.center(), vec2(30.0, 10.0));
    assert!(is_enabled(&window, "Reset box"));
    assert_eq!(places(&window), before, "a box that was moved");
    click(&mut window, "Add box");
    drag(
        &mut window,
        canvas.center() - vec2(60.0, 60.0),
        vec2(90.0, 70.0),
    );
    assert_eq!(window.state().drawn_boxes(), 1);
    assert!(is_enabled(&window, "Remove box"));
    assert_eq!(places(&window), before, "a box that was added");
    click(&mut window, "Remove box");
    assert_eq!(window.state().drawn_boxes(), 0);
    assert_eq!(places(&window), before);
}

#[test]
fn words_from_right_to_left_are_drawn_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["אבג דהו.png", "مرحبا بالعالم.png"] {
        RgbImage::from_pixel(40, 40, Rgb([90; 3]))
            .save(folder.path().join(name))
            .unwrap();
    }
    let mut window = crate::window::window(Start::default());
    // The harness looks for no fonts of the system.
    let tofu = egui::MissingGlyphPolicy::Tofu;
    window.ctx.set_missing_glyph_policy(tofu);
    crate::window::open(&mut window, folder.path());
    until(&mut window, "the rows", |w| {
        named(w, "אבג דהו.png") >= 1 && named(w, "مرحبا بالعالم.png") >= 1
    });
    window.run_steps(3);
    fn texts(shape: &Shape, all: &mut Vec<String>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|s| texts(s, all)),
            Shape::Text(text) => all.push(text.galley.job.text.clone()),
            _ => {}
        }
    }
    let mut all = Vec::new();
    for clipped in &window.output().shapes {
        texts(&clipped.shape, &mut all);
    }
    // A narrow row may cut out its middle, and its ending.
    for drawn in ["דהו אבג.", "بالعالم"] {
        assert!(all.iter().any(|t| t.contains(drawn)), "{drawn}: {all:?}");
    }
    for written in ["אבג דהו.png", "مرحبا بالعالم.png"] {
        assert!(!all.iter().any(|t| t.contains(written)), "{written}");
    }
}

/// At a corner of the box, half of which lies on the canvas beside the photo.
#[test]
fn handles_stand_out_in_either_theme() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    for grey in [255, 0] {
        RgbImage::from_pixel(60, 60, Rgb([grey; 3]))
            .save(&path)
            .unwrap();
        let start = Start {
            paths: vec![path.clone()],
            ..Start::default()
        };
        let (mut window, _) = drawn_window(start, vec2(1400.0, 880.0));
        until(&mut window, "the photo", |w| {
            looks_at(w, "a.png") && says(w, "Smiling: ")
        });
        for (command, theme) in [(Command::Light, Theme::Light), (Command::Dark, Theme::Dark)] {
            run(&mut window, command);
            assert_eq!(window.ctx.theme(), theme);
            crate::window::dismiss(&mut window);
            window.remove_cursor();
            window.run_steps(2);
            let canvas = window.get_by_label("Photo a.png").rect();
            let side = canvas.width().min(canvas.height()) - 32.0;
            let corner = canvas.center() - vec2(side, side) / 2.0;
            let picture = window.render().unwrap();
            let (mut light, mut dark) = (0, 0);
            // The part of the handle that lies outside of the photo.
            for (dx, dy) in (-7..0).flat_map(|x| (-7..0).map(move |y| (x, y))) {
                let (x, y) = (corner.x as i32 + dx, corner.y as i32 + dy);
                let [r, g, b, _] = picture.get_pixel(x as u32, y as u32).0;
                let grey = (u32::from(r) + u32::from(g) + u32::from(b)) / 3;
                light += usize::from(grey > 220);
                dark += usize::from(grey < 110);
            }
            assert!(
                light >= 6 && dark >= 4,
                "{theme:?}, {grey}: {light} light, {dark} dark"
            );
        }
    }
}
