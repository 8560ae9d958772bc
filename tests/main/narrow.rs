//! Windows that are small, or zoomed for a projector: nothing lies over anything else, numbers are
//! whole, and what one needs next is in sight.

use std::path::Path;

use eframe::egui::epaint::Shape;
use eframe::egui::{self, Event, Key, Modifiers, PointerButton, Rect, Vec2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::{Command, Start};
use smn_studio::label::Schema;
use smn_studio::model::{Checkpoint, Config, Network};
use smn_studio::train::State;

use crate::opening::run;
use crate::run_window::fake_run;
use crate::window::{
    Answers, Window, click, dismiss, drawn_window, open, says, shows, until, window,
};

/// The usual window and a small one, as they are and zoomed to 130 %: of these the points that
/// are left.
const SIZES: [[f32; 2]; 4] = [
    [1280.0, 770.0],
    [985.0, 592.0],
    [1000.0, 700.0],
    [769.0, 538.0],
];

fn sizes() -> impl Iterator<Item = Vec2> {
    SIZES.into_iter().map(|[x, y]| vec2(x, y))
}

fn resize(window: &mut Window, size: Vec2) {
    window.set_size(size);
    window.run_steps(4);
    dismiss(window);
}

fn drawn(count: usize) -> Window<'static> {
    window(Start {
        paths: vec![format!("synthetic:{count}").into()],
        ..Start::default()
    })
}

fn rect(window: &Window, label: &str) -> Rect {
    window.get_by_label(label).rect()
}

fn rect_with(window: &Window, part: &str) -> Rect {
    let mut all = window.query_all_by_label_contains(part);
    all.next().expect(part).rect()
}

/// All words that are painted, where, and what they are clipped to.
fn texts(window: &Window) -> Vec<(String, Rect, Rect)> {
    fn collect(shape: &Shape, clip: Rect, all: &mut Vec<(String, Rect, Rect)>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|s| collect(s, clip, all)),
            Shape::Text(text) => {
                let place = Rect::from_min_size(text.pos, text.galley.size());
                all.push((text.galley.text().to_owned(), place, clip));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    for drawn in &window.output().shapes {
        collect(&drawn.shape, drawn.clip_rect, &mut all);
    }
    all
}

/// A network that was never taught "Bald" and "Young".
fn half_trained(path: &Path) {
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), 5, &burn::tensor::Device::flex());
    let checkpoint = Checkpoint {
        training: serde_json::json!({"untrained": {
            "attributes": {"Bald": "only_absent", "Young": "no_label"},
        }}),
        ..Checkpoint::new(network)
    };
    checkpoint.save(path).unwrap();
}

#[test]
fn the_button_that_starts_a_run_is_in_sight_with_its_reason() {
    let mut window = drawn(12);
    until(&mut window, "the faces", |w| says(w, "12 of 12 predicted"));
    run(&mut window, Command::Training);
    let check = |window: &mut Window, reason: &str| {
        for size in sizes() {
            resize(window, size);
            let button = rect(window, "Start training");
            let text = rect_with(window, reason);
            let window_rect = Rect::from_min_size(egui::Pos2::ZERO, size);
            assert!(window_rect.contains_rect(button), "{size}: {button}");
            assert!(window_rect.contains_rect(text), "{size}: {text}");
            // The form ends above it: its last field in sight is not below it.
            let folder = rect(window, "Run folder");
            assert!(folder.bottom() < text.top(), "{size}: {folder} {text}");
        }
    };
    check(&mut window, "Choose a data set first.");
    resize(&mut window, vec2(1280.0, 770.0));
    click(&mut window, "Use what is open");
    until(&mut window, "the labels", |w| {
        says(w, "faces to train on: ")
    });
    let before = rect(&window, "Start training");
    check(&mut window, "steps of ");
    resize(&mut window, vec2(1280.0, 770.0));
    assert_eq!(rect(&window, "Start training"), before);
    assert!(
        !window
            .get_by_label("Start training")
            .accesskit_node()
            .is_disabled()
    );
}

#[test]
fn chips_fold_before_they_lie_over_the_workspaces() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder
        .path()
        .join("a-run-with-a-long-name-of-its-own.safetensors");
    half_trained(&weights);
    let answers = Answers::default();
    let mut window = window(Start {
        paths: vec!["synthetic:30".into()],
        settings: Some(folder.path().join("settings")),
        ask: Some(answers.ask()),
        ..Start::default()
    });
    until(&mut window, "the faces", |w| says(w, "30 of 30 predicted"));
    let command = |w: &Window| rect_with(w, "Command");
    resize(&mut window, vec2(1280.0, 770.0));
    let before = command(&window);
    let night = folder.path().join("night");
    fake_run(&night, State::Paused, 7);
    open(&mut window, &night);
    until(&mut window, "the run", |w| says(w, "night · "));
    until(&mut window, "nothing else", |w| !says(w, "opening"));
    dismiss(&mut window);
    assert_eq!(command(&window), before, "a run moves nothing");

    answers.give(&weights);
    run(&mut window, Command::LoadSecond);
    until(&mut window, "a second network", |w| shows(w, "Network B"));
    run(&mut window, Command::SwitchNetwork);
    until(&mut window, "its name", |w| says(w, " · a-run-with"));
    // Also while the list is predicted.
    for step in 0..24 {
        let size = sizes().nth(step % 4).unwrap();
        window.set_size(size);
        window.run_steps(2);
        let tabs = ["Photos", "Features", "Training", "Report"].map(|t| rect(&window, t));
        let mut chips = vec![rect(&window, "Network A"), rect(&window, "Network B")];
        for part in ["night · ", " · a-run-with", "CPU"] {
            chips.push(rect_with(&window, part));
        }
        for (n, chip) in chips.iter().enumerate() {
            let over = tabs
                .iter()
                .chain(&chips[..n])
                .any(|other| other.intersects(*chip));
            assert!(!over, "{size}: {n} of {chips:?} over {tabs:?}");
            assert!(chip.right() <= size.x, "{size}: {chip}");
        }
    }
}

#[test]
fn what_a_network_never_learned_is_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("night-of-a-long-name.safetensors");
    half_trained(&weights);
    let answers = Answers::default();
    let mut window = window(Start {
        paths: vec!["synthetic:6".into()],
        settings: Some(folder.path().join("settings")),
        ask: Some(answers.ask()),
        ..Start::default()
    });
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    answers.give(&weights);
    run(&mut window, Command::LoadSecond);
    until(&mut window, "what the other says", |w| says(w, ", other "));
    resize(&mut window, vec2(1280.0, 770.0));
    // Whose points are discs and whose diamonds, and in which box both looked.
    for network in ["A", "B"] {
        let text = format!("Network {network} looked at the face in this box: ");
        until(&mut window, &text, |w| says(w, &text));
    }
    assert!(says(&window, "Δ to B: night-of-a-long-name"));
    let untaught = |w: &Window| w.query_all_by_label_contains(", other not taught").count();
    assert_eq!(untaught(&window), 2, "Bald and Young");
    click(&mut window, "Differences first");
    let top = |w: &Window, part: &str| rect_with(w, part).top();
    let last = top(&window, "Bald: ").min(top(&window, "Young: "));
    for name in ["Smiling: ", "Male: ", "Bangs: ", "Wearing Hat: "] {
        assert!(top(&window, name) < last, "{name}");
    }
    // The same of the network in use.
    run(&mut window, Command::SwitchNetwork);
    until(&mut window, "the other network", |w| {
        says(w, ", never trained")
    });
    until(&mut window, "what the other says", |w| says(w, ", other "));
    let last = top(&window, "Bald: ").min(top(&window, "Young: "));
    assert!(top(&window, "Smiling: ") < last && top(&window, "Male: ") < last);
    run(&mut window, Command::SwitchNetwork);
    until(&mut window, "the first network", |w| untaught(w) == 2);

    // Beside them: all points in the lines below the photo, and a bar that shows a share.
    resize(&mut window, vec2(1280.0, 770.0));
    let named = |part| window.query_all_by_label_contains(part).count();
    assert_eq!(named("r mouth ") + named("right mouth "), 2);
    for size in sizes() {
        resize(&mut window, size);
        let row = rect_with(&window, "Wearing Necktie: ");
        assert!(row.right() <= size.x, "{size}: {row}");
        for (text, place, clip) in texts(&window) {
            let is_number = text.ends_with(" %") || text.starts_with("Δ");
            let whole = place.left() >= clip.left() - 1.0 && place.right() <= clip.right() + 1.0;
            let seen = clip.intersects(place);
            assert!(!is_number || !seen || whole, "{size}: {text}");
            let is_cut =
                text.ends_with('…') && "5 o Clock Shadow".starts_with(text.trim_end_matches('…'));
            assert!(!is_cut || text == "…", "{size}: {text}");
        }
    }
}

#[test]
fn names_that_begin_alike_are_told_apart_in_a_narrow_list() {
    let mut window = drawn(8);
    until(&mut window, "the faces", |w| says(w, "8 of 8 predicted"));
    for size in sizes() {
        resize(&mut window, size);
        let all = texts(&window);
        for n in 1..=6 {
            // What is the name's own stays, whatever else is cut.
            let own = n.to_string();
            let ends = |text: &str| text.trim_end_matches(".png").ends_with(&own);
            let named = all.iter().any(|(text, ..)| ends(text));
            assert!(named, "{size}: {own}");
        }
        // Labels stand in their column, and buttons in the pane.
        let row = rect_with(&window, "Smiling: ");
        let button = rect(&window, "Disagreements first");
        assert!(
            row.right() <= size.x && button.right() <= size.x,
            "{size}: {row} {button}"
        );
        let menu = rect(&window, "Layers");
        assert!(menu.left() > rect_with(&window, "Photo 0").left(), "{size}");
    }
    run(&mut window, Command::Training);
    for size in sizes() {
        resize(&mut window, size);
        let watch = window
            .query_all_by_label("Watch run")
            .next()
            .unwrap()
            .rect();
        assert!(
            watch.right() < rect_with(&window, "The curves of").left(),
            "{size}: {watch}"
        );
        let all = texts(&window);
        for chosen in ["compact", "ours_channelwise"] {
            assert!(
                all.iter().any(|(text, ..)| text == chosen),
                "{size}: {chosen}"
            );
        }
    }
}

#[test]
fn a_report_stays_in_its_pane() {
    let mut window = drawn(60);
    until(&mut window, "the faces", |w| says(w, "60 of 60 predicted"));
    run(&mut window, Command::Report);
    until(&mut window, "the intervals", |w| {
        says(w, "whiskers: 95 % intervals")
    });
    for size in sizes() {
        resize(&mut window, size);
        let photo = rect_with(&window, "Photo 0").left();
        for part in [
            "whiskers: 95 %",
            "Cumulative error",
            "left eye: ",
            "Warning: ",
            "learned from",
        ] {
            let right = rect_with(&window, part).right();
            assert!(
                right <= photo + 1.0,
                "{size}: {part} ends at {right}, the pane at {photo}"
            );
        }
        let layers = rect(&window, "Layers");
        assert!(layers.left() > photo, "{size}: {layers}");
    }
}

#[test]
fn the_value_under_the_pointer_is_whole_and_the_feet_stand_level() {
    let start = Start {
        paths: vec!["synthetic:6".into()],
        ..Start::default()
    };
    let (mut window, _) = drawn_window(start, vec2(1280.0, 770.0));
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    run(&mut window, Command::Features);
    until(&mut window, "the maps", |w| {
        says(w, "shared feature maps of ")
    });
    for size in sizes() {
        window.remove_cursor();
        resize(&mut window, size);
        until(&mut window, "the hint", |w| says(w, "point at a map"));
        let (hint, list) = (
            rect_with(&window, "point at a map"),
            rect_with(&window, "6 of 6 predicted"),
        );
        assert!(
            (hint.center().y - list.center().y).abs() <= 1.0,
            "{size}: {hint} {list}"
        );
        let maps = rect_with(&window, "landmarks feature maps of ");
        window.hover_at(maps.min + vec2(20.0, 20.0));
        until(&mut window, "the value", |w| {
            says(w, "value ") && !says(w, "value …")
        });
        let (value, key) = (
            rect_with(&window, "value "),
            rect_with(&window, "Colour key, "),
        );
        assert!(value.right() <= key.left(), "{size}: {value} {key}");
    }
    // No row stands empty below the tabs, and these and their neighbours lie beside each other.
    for tab in ["Towers", "Attention"] {
        for size in sizes() {
            resize(&mut window, size);
            click(&mut window, &format!("Show {tab}"));
            let first = match tab {
                "Towers" => rect(&window, "Measure the towers"),
                _ => rect(&window, "Explain"),
            };
            let tabs = rect(&window, "Show Attention");
            let export = rect(&window, "export");
            assert!(!tabs.intersects(export), "{size}");
            let below = first.top() - tabs.bottom().max(export.bottom());
            assert!(below < 40.0, "{tab} {size}: {below}");
        }
    }
}

#[test]
fn nothing_below_the_palette_or_a_dialog_has_a_tooltip() {
    let mut window = drawn(6);
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    dismiss(&mut window);
    let row = window
        .query_all_by_label("000002.png")
        .next()
        .unwrap()
        .rect();
    let tip = |w: &Window| says(w, "the mean distance of the points from their labels");
    for opened in [Command::Palette, Command::Help, Command::About] {
        window.hover_at(row.center());
        until(&mut window, "the row's tooltip", tip);
        run(&mut window, opened);
        window.run_steps(60);
        assert!(!tip(&window), "{opened:?}");
        window.hover_at(row.center() + vec2(3.0, 1.0));
        window.run_steps(60);
        assert!(!tip(&window), "{opened:?}: another place of the row");
        window.key_press(Key::Escape);
        window.run_steps(3);
        window.hover_at(row.center() + vec2(-3.0, 0.0));
    }
}

#[test]
fn a_long_search_ends_before_its_cross() {
    let mut window = drawn(6);
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    click(&mut window, "Search names");
    let message = "a very long text that no name has in it";
    window.event(Event::Text(message.into()));
    window.run_steps(4);
    let cross = rect(&window, "Clear search");
    let all = texts(&window);
    let (_, place, clip) = all.iter().find(|(text, ..)| text == message).unwrap();
    let end = place.right().min(clip.right());
    assert!(end <= cross.center().x - 4.0, "{end} {cross}");
    // It is there to be pressed.
    let button = |pressed| Event::PointerButton {
        pos: cross.center(),
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    window.hover_at(cross.center());
    window.run_steps(1);
    window.event(button(true));
    window.event(button(false));
    window.run_steps(3);
    assert!(!shows(&window, "Clear search"));
}

#[test]
fn stacked_news_have_common_edges() {
    let mut window = drawn(6);
    until(&mut window, "the faces", |w| says(w, "6 of 6 predicted"));
    dismiss(&mut window);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.json"), "{\"a\": 1}").unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    open(&mut window, &folder.path().join("empty"));
    open(&mut window, &folder.path().join("x.json"));
    until(&mut window, "both", |w| {
        says(w, "no pictures") && says(w, "it has \"a\"")
    });
    window.run_steps(3);
    let photo = rect_with(&window, "Photo 0");
    let crosses: Vec<Rect> = window
        .get_all_by_label("Dismiss")
        .map(|c| c.rect())
        .collect();
    for cross in &crosses {
        let from_edge = photo.right() - cross.right();
        assert!((14.0..30.0).contains(&from_edge), "{from_edge}");
    }
    let left = |part: &str| rect_with(&window, part).left();
    assert_eq!(left("no pictures"), left("it has \"a\""));
}
