//! The Features workspace, found and clicked by accessible names: every layer, its scales and
//! orders, muting, rankings, examples, comparisons, explanations and figures.

use std::path::PathBuf;
use std::sync::Arc;

use burn::tensor::Device;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use image::RgbaImage;
use smn_studio::app::{Favourites, Start};
use smn_studio::dataset::synthetic::{self, Portrait};
use smn_studio::label::{Schema, TaskLabels, TaskPrediction, distance};
use smn_studio::map_painter::MapPainter;
use smn_studio::model::{Checkpoint, Config, Layer, Mask, Network, Predictor, TapLayer, TowerId};

use super::window::{Answers, Window, click, drawn_window, named, says, shows, until};

/// The tests' own network is small: its studies take no time.
pub const WIDTH: usize = 2;
pub const FACES: usize = 3;
/// What the run of the networks found against them.
pub const FINDING: &str = "landmarks: stage 2 brought nothing better than its start";
/// What is said where anything is measured over the faces.
pub const TRAINED: &str = "Warning: 3 faces trained these weights";

/// A network of channelwise fusion, its like, and labelled faces in files.
pub struct Desk {
    folder: tempfile::TempDir,
    pub predictor: Predictor,
    portraits: Vec<Portrait>,
}

impl Desk {
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn new() -> Self {
        let mut portraits = synthetic::samples();
        portraits.truncate(FACES);
        let config = Config::variant("ours_channelwise").unwrap().sized(WIDTH, 8);
        let network = |seed| Network::new(&config, &Schema::face(), seed, &Device::flex());
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            predictor: Predictor::new(Checkpoint::new(network(1)), Device::flex()),
            portraits,
        };
        let set = desk.folder.path().file_name().unwrap().to_string_lossy();
        for (name, seed) in [("first.safetensors", 1), ("second.safetensors", 2)] {
            let mut checkpoint = Checkpoint::new(network(seed));
            checkpoint.training = serde_json::json!({"data": [set], "findings": [FINDING]});
            checkpoint.save(&desk.file(name)).unwrap();
        }
        let config = Config::variant("ours_channelwise")
            .unwrap()
            .sized(2 * WIDTH, 8);
        let wide = Network::new(&config, &Schema::face(), 3, &Device::flex());
        let wide = Checkpoint::new(wide);
        wide.save(&desk.file("wide.safetensors")).unwrap();
        desk.write_faces();
        desk
    }

    fn write_faces(&self) {
        let schema = Schema::face();
        let points: Vec<&str> = schema.tasks[0].items().collect();
        let mut table = "image,x,y,w,h".to_owned();
        for point in &points {
            table += &format!(",{point}_x,{point}_y");
        }
        table += ",Smiling\n";
        for (i, portrait) in self.portraits.iter().enumerate() {
            let name = format!("face-{i}.png");
            portrait.image.save(self.file(&name)).unwrap();
            let b = portrait.face_box;
            table += &format!("{name},{},{},{},{}", b.x, b.y, b.w, b.h);
            let TaskLabels::Points(labels) = &portrait.annotation.tasks[0] else {
                panic!("landmarks are points");
            };
            for label in labels {
                table += &format!(",{},{}", label.at[0], label.at[1]);
            }
            table += ",1\n";
        }
        std::fs::write(self.file("faces.csv"), table).unwrap();
    }

    /// The largest value of each channel of a tower for the first face.
    fn highest(&self, place: TapLayer, tower: TowerId) -> Vec<f32> {
        let taps = self.predictor.network().taps_at(place);
        let at = taps.iter().position(|t| t.tower == tower).unwrap();
        let portrait = &self.portraits[0];
        let maps = self
            .predictor
            .features(&portrait.image, &portrait.face_box, &taps);
        let map = &maps[at];
        let channels = map.data.chunks_exact(map.side * map.side);
        channels
            .map(|c| c.iter().copied().fold(f32::MIN, f32::max))
            .collect()
    }
}

/// The Features workspace with the first face and the first network of a desk.
pub struct Features {
    pub window: Window<'static>,
    pub desk: Desk,
    pub answers: Answers,
    painter: Arc<MapPainter>,
}

impl Features {
    pub fn new() -> Self {
        let (desk, answers) = (Desk::new(), Answers::default());
        let start = Start {
            weights: Some(desk.file("first.safetensors")),
            paths: vec![desk.file("faces.csv")],
            ask: Some(answers.ask()),
            ..Start::default()
        };
        let (mut window, painter) = drawn_window(start, vec2(1400.0, 880.0));
        until(&mut window, "the small network and the faces", |w| {
            says(w, " · first.safetensors") && named(w, "face-0.png") > 0
        });
        click(&mut window, "Features");
        click(&mut window, "face-0.png");
        until(&mut window, "its maps", |w| {
            says(w, &grid("attributes", "conv1_2")) && !w.state().waits_for_maps()
        });
        Self {
            window,
            desk,
            answers,
            painter,
        }
    }
}

/// How the grid of a tower is called; `what` follows the tower's name.
pub fn grid(tower: &str, what: &str) -> String {
    format!("{tower} feature maps of {what}")
}

pub fn area(window: &Window, tower: &str) -> Rect {
    let name = grid(tower, "");
    window.get_by_label_contains(&name).rect()
}

#[test]
fn every_layer_is_shown() {
    let window = &mut Features::new().window;
    for layer in Layer::ALL {
        click(window, &format!("Layer {}", layer.name()));
        let (channels, side) = (layer.channels(WIDTH).1, layer.side());
        for tower in ["shared", "landmarks", "attributes"] {
            let output = grid(tower, &layer.name());
            until(window, &output, |w| says(w, &output));
        }
        let facts = format!("{channels} channels");
        assert!(says(window, &facts) && says(window, &format!("{side} × {side}")));
    }
    click(window, "Fused maps");
    for layer in &Layer::ALL[1..] {
        let place = TapLayer::fused(*layer);
        click(window, &format!("Layer {place}"));
        let output = grid("landmarks", &place.name());
        until(window, &output, |w| says(w, &output));
        assert!(says(window, "The Shared tower of this network has no Fuse"));
    }
    click(window, "Layer fuse_fc");
    let output = grid("landmarks", "fuse_fc");
    until(window, &output, |w| says(w, &output));
    assert!(says(window, "8 × 8"));
    assert!(
        !shows(window, "Layer fuse1_1"),
        "nothing is fused before the first"
    );
    click(window, "Fused maps");
    click(window, "Layer conv1_2");
    until(window, "Conv1-2 again", |w| {
        says(w, &grid("shared", "conv1_2"))
    });
}

pub fn picture(window: &mut Window, part: Rect) -> RgbaImage {
    let scale = window.ctx.pixels_per_point();
    let whole = window.render().expect("the window can be drawn");
    let at = (part.min.to_vec2() * scale).floor();
    let size = (part.size() * scale).floor();
    image::imageops::crop_imm(
        &whole,
        at.x as u32,
        at.y as u32,
        size.x as u32,
        size.y as u32,
    )
    .to_image()
}

#[test]
fn scales_and_colours_change_the_picture() {
    let Features {
        window, painter, ..
    } = &mut Features::new();
    let part = area(window, "shared");
    let look = |window: &mut Window| {
        window.remove_cursor();
        window.run_steps(3);
        picture(window, part)
    };
    let own = look(window);
    click(window, "Scale per layer");
    assert_ne!(look(window), own);
    click(window, "Scale fixed");
    assert!(shows(window, "Lowest value") && shows(window, "Fit the range"));
    assert!(shows(window, "Highest value"));
    // The channel beside the grid is in the same range.
    let key = |w: &Window, text: &str| {
        says(w, &format!("Colour key, {text}")) && says(w, &format!("Channel's colour key, {text}"))
    };
    assert!(key(window, "fixed: 0 to"), "one range for both");
    click(window, "Scale per layer");
    assert!(key(window, "the layer: 0 to"), "one range for both");
    click(window, "Scale per channel");
    assert_eq!(look(window), own);
    window.get_by_label_contains("magma").click();
    window.run_steps(3);
    click(window, "viridis");
    assert_ne!(look(window), own);
    window.get_by_label_contains("viridis").click();
    window.run_steps(3);
    click(window, "magma");
    assert_eq!(look(window), own);
    let before = painter.read_backs();
    for _ in 0..3 {
        look(window);
    }
    assert_eq!(painter.read_backs(), before, "drawing reads nothing back");
}

/// The middle of the first map of a tower.
pub fn first_map(window: &Window, tower: &str) -> Pos2 {
    area(window, tower).min + vec2(12.0, 12.0)
}

pub fn click_at(window: &mut Window, at: Pos2) {
    use eframe::egui::PointerButton::Primary;
    window.hover_at(at);
    window.run_steps(1);
    for pressed in [true, false] {
        window.event(Event::PointerButton {
            pos: at,
            button: Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(1);
    }
    window.run_steps(2);
}

/// As a screen reader presses it, wherever it is scrolled to.
pub fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click_accesskit();
    window.run_steps(3);
}

pub fn choose(window: &mut Window, menu: &str, item: &str) {
    window.get_by_label_contains(menu).click();
    window.run_steps(3);
    click(window, item);
}

#[test]
fn channels_are_found() {
    let Features { window, desk, .. } = &mut Features::new();
    click(window, "Layer conv4_3");
    until(window, "Conv4-3", |w| {
        says(w, &grid("attributes", "conv4_3"))
    });
    choose(window, "sort: channel", "maximum");
    let highest = desk.highest(TapLayer::conv(Layer::Conv4_3), TowerId::Task(1));
    let most = (0..highest.len()).max_by(|a, b| highest[*a].total_cmp(&highest[*b]));
    click_at(window, first_map(window, "attributes"));
    let channel = format!("Channel {}", most.unwrap());
    assert!(shows(window, &channel), "the first is {channel}");
    choose(window, "sort: maximum", "channel");
    click_at(window, first_map(window, "attributes"));
    assert!(shows(window, "Channel 0"));
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    assert!(shows(window, "Channel 1"), "an arrow moves the selection");
    // Up and down are the list's, though a map was clicked, and then left and right still the maps'.
    let photo = |w: &Window| {
        let rows = w.query_all_by_label_contains("face-");
        let mut chosen = rows.filter(|n| n.accesskit_node().toggled() == Some(Toggled::True));
        chosen.next().and_then(|n| n.accesskit_node().label())
    };
    let before = photo(window);
    window.key_press(Key::ArrowDown);
    until(window, "the next photo", |w| {
        photo(w) != before && !w.state().waits_for_maps()
    });
    window.key_press(Key::ArrowLeft);
    window.run_steps(2);
    assert!(shows(window, "Channel 0"), "without a click");
    window.key_press(Key::ArrowUp);
    until(window, "the photo before", |w| {
        photo(w) == before && !w.state().waits_for_maps()
    });
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    assert!(shows(window, "Channel 1"));

    click(window, "Favourite");
    let json = serde_json::to_string(window.state().favourites()).unwrap();
    assert!(json.contains(r#"{"attributes.conv4_3":[1]}"#), "{json}");
    choose(window, "Filter channels", "favourites only");
    assert!(says(window, "1 of 16 channels"), "only those with a star");
    assert!(
        says(window, "0 of 16 channels"),
        "the shared tower has none"
    );
    click(window, "favourites only");
    click(window, "only channels above or below a value");
    click(window, "at most");
    window.run_steps(2);
    assert!(says(window, " of 16 channels"), "few means are that low");
    click(window, "only channels above or below a value");
    window.key_press(Key::Escape);
    window.run_steps(3);
    window.state_mut().set_favourites(Favourites::default());
    click(window, "Layer conv1_2");
    until(window, "Conv1-2", |w| says(w, &grid("shared", "conv1_2")));
}

#[test]
fn the_pointer_is_linked() {
    let window = &mut Features::new().window;
    let at = first_map(window, "landmarks");
    window.hover_at(at);
    until(window, "the value under the pointer", |w| {
        says(w, "Landmarks · Conv1-2 · channel 0")
            && says(w, "receptive field")
            && says(w, "value 0")
    });
    let face = window
        .get_by_label("The face as the network sees it")
        .rect();
    window.hover_at(face.min + vec2(2.0, 2.0));
    window.run_steps(3);
    // A field of 5 × 5 is cut off at the corner.
    until(window, "the place in every map", |w| {
        says(w, "(1, 1)") || says(w, "(0, 0)")
    });
    assert!(!says(window, "receptive field 5 × 5") && says(window, "receptive field "));
    let tall = area(window, "shared").height();
    window.hover_at(at);
    window.run_steps(2);
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -400.0),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::COMMAND,
    });
    window.run_steps(20);
    let zoomed = area(window, "shared").height();
    assert!(zoomed < tall, "Ctrl and the wheel: {tall} to {zoomed}");
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 400.0),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::COMMAND,
    });
    window.run_steps(20);
}

#[test]
fn muting_moves_landmarks() {
    let Features { window, desk, .. } = &mut Features::new();
    click_at(window, first_map(window, "shared"));
    assert!(shows(window, "Channel 0"));
    let portrait = &desk.portraits[0];
    let (photo, face) = (&portrait.image, &portrait.face_box);
    let mask = Mask::muting(TowerId::Shared, Layer::Conv1_2, WIDTH, &[0]);
    let nose = |masks: &[Mask]| {
        let output = desk.predictor.masked(photo, face, masks);
        match &output.tasks[0] {
            TaskPrediction::Points(points) => points[2],
            TaskPrediction::Binary(_) => panic!("landmarks are points"),
        }
    };
    let moved = distance(nose(&[]), nose(&[mask]));
    assert!(
        moved > 0.2,
        "the network listens to the channel: {moved} px"
    );
    let output = format!("nose: {moved:.1} photo px");
    until(window, "what muting would do", |w| {
        says(w, "WHEN MUTED") && shows(w, &output)
    });
    window.remove_cursor();
    let face_area = window
        .get_by_label("The face as the network sees it")
        .rect();
    window.run_steps(2);
    let part = area(window, "shared");
    let plain = picture(window, part);
    let still = picture(window, face_area);
    click(window, "Mute");
    until(window, "the muted state", |w| {
        let named = says(w, "NOW, WITH 1 MUTED") && shows(w, &output);
        shows(w, "Hear all channels") && named && !w.state().waits_for_maps()
    });
    window.run_steps(10);
    window.remove_cursor();
    window.run_steps(3);
    assert_ne!(picture(window, part), plain, "a muted map is marked");
    let moved = picture(window, face_area);
    assert_ne!(moved, still, "the points' ways are drawn on the face");
    click(window, "Hear all channels");
    until(window, "all channels again", |w| {
        says(w, "WHEN MUTED") && !shows(w, "Hear all channels")
    });
    window.key_press(Key::S);
    until(window, "solo", |w| says(w, "NOW, WITH 1 SOLO"));
    window.key_press(Key::M);
    until(window, "muted in place of solo", |w| {
        says(w, "NOW, WITH 1 MUTED")
    });
    window.key_press_modifiers(Modifiers::SHIFT, Key::M);
    until(window, "all channels", |w| says(w, "WHEN MUTED"));
}
