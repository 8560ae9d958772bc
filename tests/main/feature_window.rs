//! The Features workspace, found and clicked by accessible names: every layer, its scales and
//! orders, muting, rankings, examples, comparisons, explanations and figures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use image::RgbaImage;
use smn_studio::app::{Favourites, Start};
use smn_studio::dataset::synthetic::{self, Portrait};
use smn_studio::figure::{LABEL, PREDICTION};
use smn_studio::label::{Schema, TaskLabels, TaskPrediction, distance};
use smn_studio::map_painter::MapPainter;
use smn_studio::model::{Checkpoint, Config, Layer, Mask, Network, Predictor, TapLayer, TowerId};

use super::window::{Answers, Window, click, drawn_window, named, says, shows, until};

/// The tests' own network is small: its studies take no time.
const WIDTH: usize = 2;
const FACES: usize = 3;
/// What the run of the networks found against them.
const FINDING: &str = "landmarks: stage 2 brought nothing better than its start";
/// What is said where anything is measured over the faces.
const TRAINED: &str = "Warning: 3 faces trained these weights";

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
            let said = grid(tower, &layer.name());
            until(window, &said, |w| says(w, &said));
        }
        let facts = format!("{channels} channels");
        assert!(says(window, &facts) && says(window, &format!("{side} × {side}")));
    }
    click(window, "Fused maps");
    for layer in &Layer::ALL[1..] {
        let place = TapLayer::fused(*layer);
        click(window, &format!("Layer {place}"));
        let said = grid("landmarks", &place.name());
        until(window, &said, |w| says(w, &said));
        assert!(says(window, "The Shared tower of this network has no Fuse"));
    }
    click(window, "Layer fuse_fc");
    let said = grid("landmarks", "fuse_fc");
    until(window, &said, |w| says(w, &said));
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
    let key = |w: &Window, words: &str| {
        says(w, &format!("Colour key, {words}"))
            && says(w, &format!("Channel's colour key, {words}"))
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

fn click_at(window: &mut Window, at: Pos2) {
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

fn choose(window: &mut Window, menu: &str, item: &str) {
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
        let said = desk.predictor.masked(photo, face, masks);
        match &said.tasks[0] {
            TaskPrediction::Points(points) => points[2],
            TaskPrediction::Binary(_) => panic!("landmarks are points"),
        }
    };
    let moved = distance(nose(&[]), nose(&[mask]));
    assert!(
        moved > 0.2,
        "the network listens to the channel: {moved} px"
    );
    let said = format!("nose: {moved:.1} photo px");
    until(window, "what muting would do", |w| {
        says(w, "WHEN MUTED") && shows(w, &said)
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
        let named = says(w, "NOW, WITH 1 MUTED") && shows(w, &said);
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

#[test]
fn channels_are_ranked_and_their_top_activations_found() {
    let Features {
        window,
        desk,
        answers,
        ..
    } = &mut Features::new();
    click(window, "Show Effects");
    // A task's own tower changes nothing of the other task, and says so without naming an item.
    let item = Schema::face().tasks[1].items().last().unwrap().to_owned();
    for (tower, shown, touched) in [
        ("landmarks", "Landmarks", false),
        ("shared", "Shared", true),
    ] {
        click(window, &format!("Rank channels of {tower}"));
        click(window, "Rank the channels");
        let heading = format!("{shown} Conv1-2 · mean over all 3 labelled faces");
        until(window, "the ranking", |w| says(w, &heading));
        assert_eq!(shows(window, "unchanged"), !touched, "{tower}");
        let names_it = ["+", "−"]
            .iter()
            .any(|sign| says(window, &format!("{item} {sign}")));
        assert!(touched || !names_it, "{tower}: {item}");
    }
    assert!(says(window, "3 faces: too few to tell anything from zero"));
    assert!(says(window, TRAINED) && says(window, FINDING));
    click(window, "Sort by channel");
    let row = |w: &Window, c: u32| {
        let name = format!("Effect of channel {c}");
        w.query_all_by_label(&name).next().map(|n| n.rect().top())
    };
    assert!(row(window, 0).unwrap() < row(window, 1).unwrap());
    assert!(says(window, "ΔNME, % of L"), "labels tell the loss");
    let table = saved(
        window,
        answers,
        "Save channels as CSV…",
        &desk.file("rank.csv"),
    );
    assert!(table.starts_with("tower,layer,channel,landmarks_shift_percent,landmarks_shift_low"));
    assert!(table.contains("landmarks_nme_change_low") && table.contains("all 3 labelled faces"));
    assert!(table.contains(&format!(",3 training faces; {FINDING}")));
    assert!(table.contains("shared,conv1_2,0,") && table.contains("landmarks_labelled_faces"));
    assert_eq!(table.lines().count(), 1 + Layer::Conv1_2.channels(WIDTH).1);
    let name = "Effect of channel 1";
    window.query_all_by_label(name).next().unwrap().click();
    window.run_steps(3);
    assert!(shows(window, "Channel 1"));
    click(window, "Show Maps");
    press(window, "Find top activations");
    until(window, "photos that activate a channel, or none", |w| {
        says(w, "Top activation: face-") || says(w, "zero on all 3 faces")
    });
    assert!(says(window, "of 3 faces"));
    click_at(window, first_map(window, "shared"));
    let found = |w: &Window| says(w, "Top activation: face-2.png");
    if !found(window) {
        // A channel that no face activates says so; its neighbour is activated by all.
        window.key_press(Key::ArrowRight);
        window.run_steps(2);
    }
    assert!(found(window), "every face activates one of two channels");
    press(window, "Top activation: face-2.png");
    let chosen = |w: &Window, name: &str| {
        w.query_all_by_label(name)
            .any(|n| n.accesskit_node().toggled() == Some(Toggled::True))
    };
    assert!(chosen(window, "face-2.png"), "a click shows that photo");
    click(window, "face-0.png");
}

/// What is written to a file that is given when an item of the table's menu asks for one.
fn saved(window: &mut Window, answers: &Answers, button: &str, file: &Path) -> String {
    answers.give(file);
    click(window, "table");
    click(window, button);
    until(window, button, |_| file.exists());
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn towers_and_attention_are_measured() {
    let Features {
        window,
        desk,
        answers,
        ..
    } = &mut Features::new();
    click(window, "Show Towers");
    let unmeasured = "what its absence costs is measured over faces";
    assert!(says(window, "Which tower matters") && says(window, unmeasured));
    assert!(says(window, FINDING) && !says(window, TRAINED));
    click(window, "Measure the towers");
    until(window, "the towers", |w| {
        says(w, "over all 3 labelled faces") && says(w, "3 faces: too few")
    });
    assert!(says(window, "Which tower matters") && !says(window, unmeasured));
    assert!(says(window, FINDING) && says(window, TRAINED));
    let table = saved(
        window,
        answers,
        "Save towers as CSV…",
        &desk.file("towers.csv"),
    );
    assert!(table.starts_with("task,depth,own_norm") && table.contains("attributes,fc,"));
    assert!(table.contains("own_change_low") && table.contains("all 3 labelled faces"));
    click(window, "Show Attention");
    click(window, "Grad-CAM");
    click(window, "Explain");
    until(window, "where it looked", |w| {
        says(w, "Heat: left eye, Grad-CAM of Landmarks Conv4-")
    });
    // It follows to another face, and what was found stays with its own.
    click(window, "face-1.png");
    until(window, "where it looked there", |w| {
        says(w, "Heat: left eye, Grad-CAM of Landmarks Conv4-")
    });
    // Occlusion takes its time, and waits for a press.
    click(window, "Occlusion");
    click(window, "face-2.png");
    until(window, "another face", |w| {
        says(w, "Not found out for this face yet: press look.") && !says(w, "Heat: left eye")
    });
    click(window, "face-0.png");
    until(window, "what was found there", |w| {
        says(w, "Heat: left eye")
    });
    click(window, "Check against random weights");
    until(window, "the check", |w| {
        says(w, "Heat: random weights, rank correlation")
            || says(w, "Heat: random weights, one of the maps is flat")
    });
    points_are_as_in_a_figure(window);
    click(window, "Show Maps");
}

/// The point that the network finds and the labelled one, each with its colour in the key.
fn points_are_as_in_a_figure(window: &mut Window) {
    window.remove_cursor();
    window.run_steps(2);
    for (words, colour) in [
        (
            "the point that the trained network finds, in every panel",
            PREDICTION,
        ),
        ("the labelled point", LABEL),
    ] {
        let words = window.get_by_label(words).rect();
        let disc = Rect::from_min_max(words.min - vec2(22.0, 0.0), words.left_bottom());
        let seen = picture(window, disc);
        let is_it = |p: &image::Rgba<u8>| p.0[..3] == colour;
        assert!(seen.pixels().filter(|p| is_it(p)).count() > 9, "{colour:?}");
    }
}

/// In an open list letters find an entry, and no key of a command does anything.
#[test]
fn letters_are_for_the_open_list() {
    let window = &mut Features::new().window;
    click(window, "Show Attention");
    let is_muted = |w: &Window| shows(w, "Hear all channels");
    click(window, "left eye");
    for letter in [Key::S, Key::M, Key::I, Key::L] {
        window.key_press(letter);
        window.event(Event::Text(letter.name().to_lowercase()));
        window.run_steps(2);
    }
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(shows(window, "Smiling") && !shows(window, "left eye"));
    assert!(!is_muted(window), "m was for the list");
    click(window, "Smiling");
    press(window, "left eye");
    click(window, "Show Maps");
    window.get_by_label_contains("sort: ").click();
    window.run_steps(3);
    window.key_press(Key::M);
    window.run_steps(3);
    assert!(!is_muted(window), "a menu is open");
    window.key_press(Key::Escape);
    window.run_steps(3);
    click(window, "Show Attention");
}

/// Shows the maps of the desk's second network beside those of its first.
fn compare_second(window: &mut Window, desk: &Desk) {
    let second = desk.file("second.safetensors");
    window.state_mut().compare_maps_with(second);
    until(window, "two networks", |w| {
        says(w, &grid("shared", "conv1_2, second"))
            && says(w, &grid("shared", "conv1_2, difference"))
    });
}

#[test]
fn two_networks_and_two_photos_are_compared() {
    let Features { window, desk, .. } = &mut Features::new();
    compare_second(window, desk);
    click(window, "All towers, difference");
    for tower in ["shared", "landmarks", "attributes"] {
        assert!(says(window, &grid(tower, "conv1_2, difference")));
    }
    click(window, "Compare landmarks");
    assert!(says(window, &grid("landmarks", "conv1_2, second")));
    window
        .state_mut()
        .compare_maps_with(desk.file("none.safetensors"));
    until(window, "why there is nothing to compare", |w| {
        says(w, "none.safetensors: ")
    });
    click(window, "compare");
    click(window, "pin this photo");
    until(window, "a photo beside itself", |w| {
        says(w, &grid("landmarks", "conv1_2, difference"))
    });
    for set in ["this photo", "pinned photo"] {
        assert!(says(window, &grid("landmarks", &format!("conv1_2, {set}"))));
        assert!(shows(window, &format!("All towers, {set}")));
    }
    // A group of buttons stays in one row, which begins where all rows do.
    let margin = window.get_by_label("Show Maps").rect().left();
    let sets = ["this photo", "pinned photo", "difference"];
    let sets = sets.map(|set| window.get_by_label(&format!("All towers, {set}")).rect());
    let row = sets.map(|rect| rect.top());
    assert!(row.iter().all(|top| *top == row[0]), "{row:?}");
    assert!(
        sets.iter().all(|rect| rect.left() >= margin - 0.5),
        "{sets:?}"
    );
    let numbers = |w: &Window| shows(w, "Pair channels by number");
    assert!(!numbers(window), "one network has its channels once");
    let folder = desk.file("both");
    window.state_mut().write_maps(folder.clone());
    let last = folder.join("attributes_conv1_2_difference.npy");
    until(window, "the numbers of both", |_| last.exists());
    assert!(folder.join("shared_conv1_2_second.npy").exists());
    click(window, "compare");
    click(window, "end the comparison");
    until(window, "one again", |w| !says(w, ", difference"));
}

/// The map that is clicked is the one that is shown large, with its own values, and in a range of
/// its own where that is chosen.
#[test]
fn each_set_is_looked_at_closely() {
    let Features { window, desk, .. } = &mut Features::new();
    compare_second(window, desk);
    click(window, "Compare landmarks");
    let input = |w: &mut Window| {
        w.remove_cursor();
        w.run_steps(2);
        let face = w.get_by_label("The face as the network sees it").rect();
        picture(w, face)
    };
    let mut seen = Vec::new();
    for set in ["first", "second", "difference"] {
        let grid = grid("landmarks", &format!("conv1_2, {set}"));
        let at = window.get_by_label_contains(&grid).rect().min + vec2(12.0, 12.0);
        click_at(window, at);
        let named = match set {
            "difference" => "Landmarks, difference".to_owned(),
            set => format!("Landmarks, {set}: {set}"),
        };
        assert!(says(window, &named), "{named}");
        seen.push(input(window));
    }
    assert!(seen[0] != seen[1] && seen[1] != seen[2], "three maps");
    let (joint, key) = ("channel 0 in both: ", "Channel's colour key, ");
    let second = grid("landmarks", "conv1_2, second");
    let at = window.get_by_label_contains(&second).rect().min + vec2(12.0, 12.0);
    click_at(window, at);
    assert!(says(window, &format!("{key}{joint}")));
    click(window, "Scale own ranges");
    until(window, "each in its own range", |w| {
        says(w, &format!("{key}channel 0: ")) && !says(w, joint)
    });
    let figure = desk.file("own.svg");
    window.state_mut().export_figure(figure.clone());
    until(window, "the figure of own ranges", |_| figure.exists());
    let svg = std::fs::read_to_string(&figure).unwrap();
    assert!(svg.contains("in its own range") && !svg.contains("in both"));
    click(window, "Scale per channel");
    until(window, "one range again", |w| says(w, joint));
}

/// The two networks began apart: equal numbers mean nothing, and pairs are found by their maps.
#[test]
fn channels_are_matched() {
    let Features {
        window,
        desk,
        answers,
        ..
    } = &mut Features::new();
    compare_second(window, desk);
    click(window, "Compare landmarks");
    assert!(says(window, "trained apart"));
    assert!(says(
        window,
        "channel k of one is not channel k of the other"
    ));
    click(window, "Pair channels by correlation");
    until(window, "the pairs", |w| {
        says(w, "mean r ") && says(w, "over all 3 faces") && !says(w, "trained apart")
    });
    let second = grid("landmarks", "conv1_2, second");
    let second = window.get_by_label_contains(&second).rect();
    window.hover_at(second.min + vec2(12.0, 12.0));
    until(window, "the pair under the pointer", |w| {
        says(w, "channel 0 ↔ ") && says(w, "second ")
    });
    assert!(says(window, "Channel 0 ↔ "), "the pair is named");
    assert!(
        !says(window, "channel 0 in both"),
        "its partner has another number"
    );
    window.remove_cursor();
    let table = saved(
        window,
        answers,
        "Save matches as CSV…",
        &desk.file("matches.csv"),
    );
    assert!(table.starts_with("tower,layer,channel,second_channel,correlation"));
    assert_eq!(
        table.lines().count(),
        1 + 3 * Layer::Conv1_2.channels(WIDTH).1
    );
    // Another layer is matched as it comes.
    click(window, "Layer conv2_1");
    until(window, "the pairs of another layer", |w| {
        says(w, &grid("landmarks", "conv2_1, second")) && says(w, "mean r ")
    });
    let figure = desk.file("matched.svg");
    window.state_mut().export_figure(figure.clone());
    until(window, "the figure in pairs", |_| figure.exists());
    let svg = std::fs::read_to_string(&figure).unwrap();
    for words in ["channels matched", "all 3 faces", " ↔ ", ", r "] {
        assert!(svg.contains(words), "{words}: {svg}");
    }
    click(window, "Layer conv1_2");
    until(window, "Conv1-2 again", |w| {
        says(w, &grid("landmarks", "conv1_2, second"))
    });
    click(window, "Pair channels by number");
    until(window, "equal numbers again", |w| says(w, "trained apart"));
}

/// Beside a network of half the width one of two channels is in no pair, and counts as little in
/// what is said of the pairs.
#[test]
fn a_channel_without_a_partner_is_said_to_have_none() {
    let Features { window, desk, .. } = &mut Features::new();
    compare_second(window, desk);
    click(window, "Compare landmarks");
    let config = Config::variant("ours_channelwise").unwrap();
    let config = config.sized(WIDTH / 2, 8);
    let narrow = Network::new(&config, &Schema::face(), 4, &Device::flex());
    let file = desk.file("narrow.safetensors");
    Checkpoint::new(narrow).save(&file).unwrap();
    window.state_mut().compare_maps_with(file);
    let mut alone = Vec::new();
    for channel in [0, 1] {
        until(window, "both by number", |w| {
            says(w, "no difference by number") && !w.state().waits_for_maps()
        });
        let first = grid("landmarks", "conv1_2, first");
        let at = window.get_by_label_contains(&first).rect().min + vec2(12.0, 12.0);
        click_at(window, at);
        for _ in 0..channel {
            window.key_press(Key::ArrowRight);
            window.run_steps(2);
        }
        assert!(shows(window, &format!("Channel {channel}")));
        click(window, "Mute");
        click(window, "Pair channels by correlation");
        let difference = grid("landmarks", "conv1_2, difference, 1 channel");
        until(window, "the pair", |w| {
            says(w, &difference) && says(w, "NOW, WITH 1 MUTED")
        });
        let is_alone = says(window, "no partner in the second");
        alone.push(is_alone);
        let counted = format!("{difference}, 1 muted");
        until(window, "what is muted", |w| says(w, &counted) != is_alone);
        let key = format!("channel {channel} in both: ");
        assert!(!says(window, &key), "{channel} {is_alone}");
        // The narrower one has no such channel to mute.
        window.get_by_label_contains("Hear all channels").click();
        window.run_steps(3);
        click(window, "Pair channels by number");
    }
    alone.sort_unstable();
    assert_eq!(alone, [false, true]);
}

#[test]
fn figures_and_numbers_are_written() {
    let Features { window, desk, .. } = &mut Features::new();
    for name in ["view.pdf", "view.svg", "view.png"] {
        let file = desk.file(name);
        window.state_mut().export_figure(file.clone());
        until(window, name, |_| file.exists());
    }
    let bytes = |name: &str| std::fs::read(desk.file(name)).unwrap();
    assert!(bytes("view.pdf").starts_with(b"%PDF"));
    let svg = String::from_utf8(bytes("view.svg")).unwrap();
    let hash = desk.predictor.network().fingerprint();
    for word in ["Shared Conv1-2", "Attributes Conv1-2", "face-0.png", &hash] {
        assert!(svg.contains(word), "{word}");
    }
    let png = image::load_from_memory(&bytes("view.png")).unwrap();
    assert!(png.width() > 2000, "180 mm at 300 dpi");
    click(window, "Layer conv3_1");
    let six = desk.file("six.svg");
    window.state_mut().export_figure6(six.clone());
    until(window, "Figure 6", |_| six.exists());
    let svg = String::from_utf8(bytes("six.svg")).unwrap();
    assert!(svg.contains("Landmarks Conv1-2") && !svg.contains("conv3_1"));
    let folder = desk.file("maps");
    window.state_mut().write_maps(folder.clone());
    let file = |tower: &str| folder.join(format!("{tower}_conv3_1.npy"));
    until(window, "the numbers", |_| file("attributes").exists());
    for tower in ["shared", "landmarks", "attributes"] {
        is_npy(&file(tower), "(8, 32, 32");
    }
    let told = folder.join("maps.json");
    until(window, "what the numbers are", |_| told.exists());
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(told).unwrap()).unwrap();
    let of = &told["landmarks_conv3_1.npy"];
    let photo = of["Photo"].as_str().unwrap();
    assert!(photo.ends_with("face-0.png") && of["FaceBox"].is_string());
    assert_eq!(
        (&of["Layer"], &of["Network"]),
        (&"conv3_1".into(), &hash.into())
    );
    what_is_muted_is_said_of_a_channel(window, desk);
    click(window, "export");
    assert!(shows(window, "Save figure") && shows(window, "As PDF"));
    click(window, "Figure of channel 0");
    let channel = desk.file("channel.svg");
    window.state_mut().export_figure(channel.clone());
    until(window, "a channel over the face", |_| channel.exists());
    let svg = String::from_utf8(bytes("channel.svg")).unwrap();
    assert!(svg.contains("Conv3-1, channel 0") && svg.contains("face-0.png"));
    click(window, "Copy figure");
    until(window, "the copy", |w| says(w, "on the clipboard"));
    // What is chosen stays so, and is called what it is.
    click(window, "export");
    assert!(!shows(window, "Save figure"));
    click(window, "export");
    let is_chosen = |w: &Window, label: &str| {
        let node = w.get_by_label(label);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(is_chosen(window, "Figure of channel 0"));
    click(window, "Figure of Conv3-1, all channels");
    click(window, "only the channels in sight, in their order");
    assert!(is_chosen(window, "Figure of Conv3-1, channels in sight"));
    click(window, "export");
    click(window, "export");
    assert!(is_chosen(window, "Figure of Conv3-1, channels in sight"));
    click(window, "only the channels in sight, in their order");
    click(window, "export");
}

/// Of a channel over the face as of the whole layer, and beside the numbers.
fn what_is_muted_is_said_of_a_channel(window: &mut Window, desk: &Desk) {
    assert!(shows(window, "Channel 0"));
    click(window, "Mute");
    until(window, "the muted state", |w| {
        says(w, "NOW, WITH 1 MUTED") && !w.state().waits_for_maps()
    });
    click(window, "export");
    click(window, "Figure of channel 0");
    let file = desk.file("muted.svg");
    window.state_mut().export_figure(file.clone());
    until(window, "the muted channel", |_| file.exists());
    let svg = std::fs::read_to_string(&file).unwrap();
    for words in ["muted: held at zero", "Conv3-1: channel 0 muted<"] {
        assert!(svg.contains(words), "{words}: {svg}");
    }
    click(window, "Figure of Conv3-1, all channels");
    click(window, "export");
    let folder = desk.file("muted");
    window.state_mut().write_maps(folder.clone());
    let told = folder.join("maps.json");
    until(window, "the muted numbers", |_| told.exists());
    let told = std::fs::read_to_string(told).unwrap();
    assert!(told.contains("Conv3-1: channel 0 muted\""), "{told}");
    click(window, "Hear all channels");
    until(window, "all channels", |w| says(w, "WHEN MUTED"));
}

fn is_npy(path: &Path, shape: &str) {
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x93NUMPY"));
    let head = String::from_utf8_lossy(&bytes[..128]);
    assert!(head.contains(shape), "{head}");
}
