//! What the Features workspace shows while things change under it: never the numbers of another
//! face, channel, set of maps or network.

use burn::tensor::Device;
use eframe::egui::{Key, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::Start;
use smn_studio::label::Schema;
use smn_studio::model::{Checkpoint, Config, Network};

use super::feature_window::{Features, area, first_map, grid, press};
use super::window::{Window, another_schema, click, drawn_window, says, shows, until};

/// A window that begins with what has no maps: a photo that cannot be read, or nothing at all.
#[test]
fn why_there_are_no_maps_is_said_before_any_were_shown() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.png"), b"no picture").unwrap();
    let broken = folder.path().join("broken.csv");
    std::fs::write(&broken, "image\nbroken.png\n").unwrap();
    let empty = folder.path().join("points.safetensors");
    let config = Config::variant("ours_concat").unwrap().sized(2, 8);
    let network = Network::new(&config, &another_schema(), 1, &Device::flex());
    Checkpoint::new(network).save(&empty).unwrap();
    for (path, output) in [
        (broken, "This photo cannot be shown"),
        (empty, "There is no face to look at"),
    ] {
        let start = Start {
            paths: vec![path],
            ..Start::default()
        };
        let (mut window, _) = drawn_window(start, vec2(1000.0, 700.0));
        click(&mut window, "Features");
        until(&mut window, output, |w| says(w, output));
        assert!(!says(&window, "Computing the maps"));
    }
}

/// The value under the pointer, of one map or of one of those that are compared.
fn value(window: &Window) -> Option<f32> {
    number(window, "value ")
}

fn number(window: &Window, name: &str) -> Option<f32> {
    let labels = window.query_all_by_label_contains(name);
    let text = labels.filter_map(|n| n.accesskit_node().value());
    let number = |w: String| w.strip_prefix(name)?.replace('−', "-").parse().ok();
    let mut values = text.filter_map(number);
    values.next()
}

/// First, second and difference, once they have come.
fn three(window: &Window) -> Option<[f32; 3]> {
    let of = |name| number(window, name);
    Some([of("first ")?, of("second ")?, of("difference ")?])
}

#[test]
fn keys_go_through_layers_and_towers() {
    let window = &mut Features::new().window;
    click(window, "Layer conv2_1");
    until(window, "Conv2-1", |w| says(w, &grid("shared", "conv2_1")));
    window.key_press(Key::CloseBracket);
    until(window, "the next layer", |w| {
        says(w, &grid("shared", "conv2_2"))
    });
    window.key_press(Key::OpenBracket);
    until(window, "the layer before", |w| {
        says(w, &grid("shared", "conv2_1"))
    });
    window.key_press(Key::U);
    until(window, "the fused maps", |w| {
        says(w, &grid("landmarks", "fuse2_1"))
    });
    window.key_press(Key::U);
    until(window, "the layer's own", |w| {
        says(w, &grid("shared", "conv2_1"))
    });
    let of = |w: &Window, tower: &str| {
        let rect = w.get_by_label("Mute").rect();
        let heads = w.query_all_by_label(tower);
        heads
            .into_iter()
            .any(|n| (n.rect().top() - rect.top()).abs() < 30.0)
    };
    let before = ["Shared", "Landmarks", "Attributes"].map(|t| of(window, t));
    window.key_press(Key::T);
    window.run_steps(2);
    let after = ["Shared", "Landmarks", "Attributes"].map(|t| of(window, t));
    assert_ne!(before, after, "another tower is looked at");
}

#[test]
fn the_value_is_that_of_the_maps_under_the_pointer() {
    let Features { window, desk, .. } = &mut Features::new();
    click(window, "Layer conv2_1");
    until(window, "Conv2-1", |w| says(w, &grid("shared", "conv2_1")));
    let face = window
        .get_by_label("The face as the network sees it")
        .rect();
    window.hover_at(face.center());
    until(window, "the value at the face", |w| value(w).is_some());
    // The value of the place before is not shown beside the next one's.
    let mut told_apart = false;
    for tower in ["shared", "landmarks", "attributes"] {
        let at = first_map(window, tower);
        for step in 0..5 {
            let before = value(window);
            window.hover_at(at + 7.0 * step as f32 * vec2(1.0, 0.6));
            window.run_steps(1);
            let at_once = value(window);
            until(window, "the next value", |w| value(w).is_some());
            let then = value(window);
            let fits = at_once.is_none() || at_once == then;
            assert!(fits, "{tower} {step}: {at_once:?} {then:?}");
            told_apart |= before != then;
        }
    }
    assert!(told_apart, "places have other values");
    window.hover_at(face.center());
    until(window, "the value at the face again", |w| {
        value(w).is_some()
    });
    // Other maps come while the pointer rests.
    window.key_press(Key::CloseBracket);
    until(window, "the next layer", |w| {
        says(w, "· Conv2-2 ·") && value(w).is_some()
    });
    window.remove_cursor();
    window
        .state_mut()
        .compare_maps_with(desk.file("second.safetensors"));
    until(window, "two networks", |w| {
        says(w, "feature maps of conv2_2, difference")
    });
    let mut seen = Vec::new();
    for set in ["first", "second", "difference"] {
        click(window, &format!("All towers, {set}"));
        window.hover_at(first_map(window, "landmarks") + vec2(30.0, 30.0));
        window.run_steps(2);
        until(window, set, |w| three(w).is_some());
        seen.push(three(window).unwrap());
        let named = format!("Landmarks, {set} · Conv2-2");
        assert!(says(window, &named), "{named}");
    }
    let [first, second, difference] = seen[0];
    assert!((difference - (second - first)).abs() < 2e-3, "{seen:?}");
    assert_eq!(
        [seen[1], seen[2]],
        [seen[0]; 2],
        "all three, whichever is under the pointer"
    );
    window.hover_at(face.center());
    window.run_steps(2);
    until(window, "the three at the face", |w| {
        says(w, ", difference · Conv2-2") && three(w).is_some()
    });
    assert_ne!(
        three(window).unwrap(),
        seen[0],
        "another place, other values"
    );
    let key = |w: &Window| w.query_all_by_label_contains("Colour key").next().is_some();
    assert!(key(window) && says(window, "Colour key, channel "));
    click(window, "End the comparison");
    until(window, "one again", |w| !says(w, ", difference"));
    window.remove_cursor();
}

#[test]
fn a_photo_that_cannot_be_read_has_no_maps() {
    let Features { window, desk, .. } = &mut Features::new();
    std::fs::write(desk.file("broken.png"), b"no picture").unwrap();
    let table = desk.file("broken.csv");
    std::fs::write(&table, "image\nface-0.png\nbroken.png\n").unwrap();
    window.state_mut().open(vec![table]);
    until(window, "both photos", |w| {
        shows(w, "broken.png") && says(w, &grid("shared", "conv1_2"))
    });
    click(window, "broken.png");
    until(window, "why there are no maps", |w| {
        says(w, "This photo cannot be shown") && !says(w, "feature maps of")
    });
    click(window, "face-0.png");
    until(window, "its maps", |w| {
        says(w, &grid("shared", "conv1_2")) && area(w, "shared").height() > 50.0
    });
}

/// The other network has more channels: what muting one of them does is asked once these are known.
#[test]
fn muting_is_told_of_another_network() {
    let Features { window, desk, .. } = &mut Features::new();
    let config = Config::variant("ours_channelwise").unwrap().sized(3, 8);
    let network = Network::new(&config, &Schema::face(), 5, &Device::flex());
    let wider = desk.file("wider.safetensors");
    Checkpoint::new(network).save(&wider).unwrap();
    click(window, "Layer conv2_2");
    until(window, "Conv2-2", |w| says(w, &grid("shared", "conv2_2")));
    until(window, "what muting does", |w| says(w, "WHEN MUTED"));
    window.state_mut().open(vec![wider]);
    until(window, "the wider network", |w| {
        says(w, " · wider.safetensors") && says(w, "6 channels")
    });
    until(window, "what muting does there", |w| says(w, "WHEN MUTED"));
}

/// The other network has one task only: nothing may ask for its second.
#[test]
fn what_was_found_of_another_network_is_forgotten() {
    let Features { window, desk, .. } = &mut Features::new();
    let mut schema = another_schema();
    schema.tasks.truncate(1);
    let config = Config::variant("ours_concat").unwrap().sized(2, 8);
    let network = Network::new(&config, &schema, 1, &Device::flex());
    let points = desk.file("points.safetensors");
    Checkpoint::new(network).save(&points).unwrap();
    let ranked = |window: &mut Window| {
        click(window, "Show Effects");
        click(window, "Rank the channels");
        until(window, "the ranking", |w| {
            says(w, "mean over all 3 labelled faces")
        });
        click(window, "Sort by Attributes: Δcross-entropy, nats");
    };
    let explained = |window: &mut Window| {
        click(window, "Show Attention");
        click(window, "left eye");
        press(window, "Smiling");
        click(window, "Grad-CAM");
        click(window, "Explain");
        until(window, "where it looked", |w| says(w, "Heat: Smiling"));
    };
    for (find, found) in [
        (ranked as fn(&mut Window), "mean over"),
        (explained, "Heat: "),
    ] {
        click(window, "face-0.png");
        find(window);
        window.state_mut().open(vec![points.clone()]);
        until(window, "another network", |w| {
            says(w, " · points.safetensors")
        });
        window.run_steps(3);
        assert!(!says(window, found), "{found}");
        let again = vec![desk.file("first.safetensors")];
        window.state_mut().open(again);
        until(window, "the first network", |w| {
            says(w, " · first.safetensors")
        });
    }
    window.state_mut().open(vec![points]);
    click(window, "Show Maps");
    until(window, "its maps", |w| says(w, &grid("corners", "conv1_2")));
}
