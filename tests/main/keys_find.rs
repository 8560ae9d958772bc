//! Faces are found by typing: filters and orders by their words.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::keys::{CTRL, FACES, NONE, predicted, press};
use crate::window::{Window, dismiss, says, shows, until};

/// The number in parentheses of a line of the picker.
fn counted(window: &Window, line: &str) -> usize {
    let start = format!("{line} (");
    let node = window.get_by_label_contains(&start);
    let output = node.accesskit_node().label().unwrap();
    output[start.len()..].trim_end_matches(')').parse().unwrap()
}

fn find(window: &mut Window, text: &str) {
    press(window, CTRL, Key::F);
    window.get_by_label("Find faces by").type_text(text);
    until(window, "the counts", |w| !says(w, "counting…"));
}

#[test]
fn faces_are_found_by_typing() {
    let (window, _folder) = &mut predicted();
    find(window, "eyeg d");
    let disputed = counted(window, "Eyeglasses disputed");
    press(window, NONE, Key::Enter);
    assert!(!shows(window, "Find faces by"));
    until(window, "the disputed", |w| {
        w.state().faces_shown() == disputed && shows(w, "Remove Eyeglasses disputed")
    });
    // Of each kind, with its count beside the filters that stay.
    let mut shown = Vec::new();
    for (text, line) in [
        ("eyeg pres", "Eyeglasses labelled present"),
        ("eye unk", "Eyeglasses label unknown"),
        ("val", "split validation"),
        ("pose fr", "pose front"),
        ("left mi", "left eye misses"),
        ("all fa", "All faces"),
        ("bald lab ab", "Bald labelled absent"),
    ] {
        find(window, text);
        let count = counted(window, line);
        press(window, NONE, Key::Enter);
        until(window, line, |w| w.state().faces_shown() == count);
        shown.push(count);
    }
    assert_eq!(shown[0], 24);
    assert_eq!((shown[5], shown[6]), (FACES, 35));
    // The same from the palette; a second time takes it off.
    press(window, CTRL, Key::P);
    window
        .get_by_label("Find a command")
        .type_text("bald lab ab");
    until(window, "the line", |w| {
        shows(w, "Bald labelled absent (35)")
    });
    press(window, NONE, Key::Enter);
    until(window, "all faces", |w| w.state().faces_shown() == FACES);
    // Orders are there too.
    find(window, "worst");
    press(window, NONE, Key::Enter);
    find(window, "nothing at all");
    assert!(says(window, "nothing is called that"));
    press(window, NONE, Key::Escape);
    press(window, Modifiers::SHIFT, Key::W);
}

#[test]
fn rows_say_what_the_list_is_sorted_by() {
    let (window, _folder) = &mut predicted();
    // The rows in sight, with the numbers of their faces.
    let rows = |w: &Window| -> Vec<(usize, String)> {
        let output = (0..FACES).filter_map(|i| {
            let name = format!("{i:02}.png");
            let nodes = w.query_all_by_label(&name);
            let mut rows = nodes.filter(|n| n.accesskit_node().role() == Role::Button);
            Some((i, rows.next()?.value()?))
        });
        output.collect()
    };
    let say = |w: &Window, part: &str| {
        let rows = rows(w);
        !rows.is_empty() && rows.iter().all(|r| r.1.starts_with(part))
    };
    let go = |window: &mut Window, text: &str, part: &str| {
        find(window, text);
        press(window, NONE, Key::Enter);
        until(window, part, |w| say(w, part));
    };
    press(window, NONE, Key::Home);
    assert!(say(window, "NME "), "{:?}", rows(window));
    go(window, "bald probable", "Bald ");
    for (i, output) in rows(window) {
        let label = [", label +", ", label −"][i % 2];
        assert!(output.ends_with(label), "{i}: {output}");
        let number = output["Bald ".len()..].trim_end_matches(label);
        assert!(number.parse::<f32>().is_ok(), "{i}: {output}");
    }
    // The next one that is wrong about that, and the first again.
    press(window, NONE, Key::Home);
    press(window, NONE, Key::Period);
    until(window, "a face or news", |w| {
        w.state().photo_on_screen().is_some() || says(w, "disagrees with its label")
    });
    if !says(window, "disagrees with its label") {
        let photo = window.state().photo_on_screen().unwrap();
        let number: usize = photo[..2].parse().unwrap();
        let all = rows(window);
        let output = &all.iter().find(|r| r.0 == number).unwrap().1;
        let value: f32 = output.split([' ', ',']).nth(1).unwrap().parse().unwrap();
        assert_ne!(value >= 0.5, output.ends_with('+'), "{output}");
    }
    dismiss(window);
    go(window, "eyeglasses least", "Eyeglasses ");
    for (i, output) in rows(window) {
        let label = [", label +", ", label −", ", no label"][i % 3];
        assert!(output.ends_with(label), "{i}: {output}");
    }
    go(window, "sort listed", "NME ");
    find(window, "right eye mi");
    let missed = counted(window, "right eye misses");
    press(window, NONE, Key::Enter);
    until(window, "the filter", |w| w.state().faces_shown() == missed);
    assert!(missed == 0 || say(window, "right eye "));
    press(window, CTRL, Key::Backspace);
    until(window, "all faces", |w| w.state().faces_shown() == FACES);
}

#[test]
fn a_right_click_finds_faces() {
    let (window, _folder) = &mut predicted();
    press(window, NONE, Key::Home);
    until(window, "the attributes", |w| says(w, "Bald: "));
    for attribute in ["Bald", "Bags Under Eyes"] {
        let output = format!("{attribute}: ");
        window.get_by_label_contains(&output).click_secondary();
        window.run_steps(3);
        let field = window.get_by_label("Find faces by");
        assert_eq!(field.value().as_deref(), Some(&*format!("{attribute} ")));
        until(window, "the lines", |w| {
            says(w, &format!("{attribute} predicted absent ("))
        });
        press(window, NONE, Key::Escape);
    }
    press(window, CTRL, Key::Num4);
    until(window, "the report", |w| says(w, "left eye: "));
    let bar = window.get_by_label_contains("left eye: ");
    bar.click_secondary();
    window.run_steps(3);
    let field = window.get_by_label("Find faces by");
    assert_eq!(field.value().as_deref(), Some("left eye "));
    window.get_by_label("Find faces by").type_text("mis");
    until(window, "the count", |w| says(w, "left eye misses ("));
    let count = counted(window, "left eye misses");
    press(window, NONE, Key::Enter);
    until(window, "the faces", |w| w.state().faces_shown() == count);
    press(window, CTRL, Key::Backspace);
    // The rows of the report's tables, of both tasks.
    window.get_by_label("Show tables").click();
    for item in ["left eye", "Eyeglasses"] {
        let row = format!("{item}: ");
        until(window, "the tables", |w| says(w, &row));
        window.get_by_label_contains(&row).click_secondary();
        window.run_steps(3);
        let field = window.get_by_label("Find faces by");
        assert_eq!(field.value().as_deref(), Some(&*format!("{item} ")));
        press(window, NONE, Key::Escape);
    }
    window.get_by_label("Show plots").click();
    press(window, CTRL, Key::Num1);
}
