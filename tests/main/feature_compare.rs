//! The maps of two networks or photos side by side, and figures and numbers of them.

use std::path::Path;

use burn::tensor::Device;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Key, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::label::Schema;
use smn_studio::model::{Checkpoint, Config, Layer, Network};

use crate::feature_studies::saved;
use crate::feature_window::{Desk, Features, WIDTH, click_at, grid, picture};
use crate::window::{Window, click, says, shows, until};

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
    for text in ["channels matched", "all 3 faces", " ↔ ", ", r "] {
        assert!(svg.contains(text), "{text}: {svg}");
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
    for text in ["muted: held at zero", "Conv3-1: channel 0 muted<"] {
        assert!(svg.contains(text), "{text}: {svg}");
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
