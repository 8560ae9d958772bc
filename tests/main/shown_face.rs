//! What the window says of the face that is shown: the attribute by which the list stands, what
//! the file has of it, and which row it is among chosen ones.

use std::path::{Path, PathBuf};

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, Theme, TouchPhase, pos2, vec2,
};
use egui_kittest::kittest::{NodeT, Queryable};
use smn_studio::app::{Command, Start};
use smn_studio::label::FaceBox;

use crate::opening::{pictures, run};
use crate::photos::press;
use crate::window::{Window, click, dismiss, drag, drawn_window, says, showing, shows, until};

/// A set of pictures with this table beside them.
fn set(folder: &Path, count: usize, table: &str) -> PathBuf {
    pictures(folder, "a", count);
    let path = folder.join("faces.csv");
    std::fs::write(&path, table).unwrap();
    path
}

/// Opens the picker and types in it.
fn find(window: &mut Window, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(3);
    window.get_by_label("Find faces by").type_text(text);
    until(window, "the counts", |w| !says(w, "counting…"));
}

fn row_of(window: &Window, attribute: &str) -> Rect {
    let start = format!("{attribute}: ");
    window.get_by_label_contains(&start).rect()
}

/// Where something of this name and role is: a photo has a row and a head.
fn place(window: &Window, name: &str, role: Role) -> Rect {
    let mut all = window.query_all_by_label(name);
    let found = all.find(|n| n.accesskit_node().role() == role);
    found.unwrap().rect()
}

/// Scrolls where the pointer is.
fn wheel(window: &mut Window, by: f32) {
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, by),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(30);
}

#[test]
fn the_attribute_by_which_the_list_stands_is_in_sight_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..6).map(|n| format!("a{n:02}.png,1\n")).collect();
    let table = set(folder.path(), 6, &format!("image,Wearing_Necktie\n{rows}"));
    let mut window = showing(&table);
    until(&mut window, "all predictions", |w| {
        says(w, "6 of 6 predicted") && says(w, "Wearing Necktie: ")
    });
    dismiss(&mut window);
    let edge = window.ctx.content_rect().bottom();
    let is_seen = |w: &Window| row_of(w, "Wearing Necktie").bottom() <= edge;
    assert!(!is_seen(&window), "there are more rows than have room");
    assert!(!says(&window, "the list stands by it"));
    find(&mut window, "necktie labelled pres");
    window.key_press(Key::Enter);
    until(&mut window, "the filter", |w| {
        shows(w, "Remove Wearing Necktie labelled present")
    });
    window.run_steps(3);
    assert!(is_seen(&window), "{:?}", row_of(&window, "Wearing Necktie"));
    let marked = |w: &Window, attribute: &str| {
        let mut all = w.query_all_by_label_contains("the list stands by it");
        all.any(|n| n.rect() == row_of(w, attribute))
    };
    assert!(marked(&window, "Wearing Necktie") && !marked(&window, "Smiling"));

    // What somebody scrolls to stays while this face is looked at.
    window.hover_at(row_of(&window, "Wearing Necktie").center());
    window.run_steps(1);
    wheel(&mut window, 2000.0);
    assert!(!is_seen(&window), "scrolled away");
    // With the next face it is back, and with a sort too.
    window.key_press(Key::ArrowDown);
    until(&mut window, "the next face", |w| shows(w, "Photo a01.png"));
    until(&mut window, "the row", is_seen);
    click(&mut window, "Remove Wearing Necktie labelled present");
    find(&mut window, "shadow, most prob");
    window.key_press(Key::Enter);
    until(&mut window, "another attribute", |w| {
        marked(w, "5 o Clock Shadow") && !marked(w, "Wearing Necktie")
    });
    let top = row_of(&window, "5 o Clock Shadow").top();
    assert!((90.0..edge).contains(&top), "{top}");
}

#[test]
fn disagreements_that_come_first_are_seen_wherever_one_had_scrolled_to() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..3).map(|n| format!("a{n:02}.png,1,-1\n")).collect();
    let table = format!("image,Wearing_Necktie,5_o_Clock_Shadow\n{rows}");
    let mut window = showing(&set(folder.path(), 3, &table));
    until(&mut window, "the attributes", |w| {
        says(w, "Wearing Necktie: ")
    });
    dismiss(&mut window);
    let disputed = |w: &Window| says(w, "0 of 2 agree") || says(w, "1 of 2 agree");
    assert!(disputed(&window));
    let edge = window.ctx.content_rect().bottom();
    let to_end = |w: &mut Window| {
        let x = row_of(w, "Smiling").center().x;
        w.hover_at(pos2(x, edge - 60.0));
        w.run_steps(1);
        wheel(w, -4000.0);
    };
    to_end(&mut window);
    assert!(row_of(&window, "5 o Clock Shadow").top() < 0.0);
    click(&mut window, "Disagreements first");
    let first = |w: &Window| {
        let tops = ["Wearing Necktie", "5 o Clock Shadow"].map(|a| row_of(w, a).top());
        tops.iter().any(|top| (90.0..260.0).contains(top))
    };
    until(&mut window, "the disagreements", first);
    // And so with the next face.
    to_end(&mut window);
    assert!(!first(&window));
    window.key_press(Key::ArrowDown);
    until(&mut window, "the next face", |w| {
        shows(w, "Photo a01.png") && says(w, "Wearing Necktie: ")
    });
    until(&mut window, "its disagreements", first);
}

#[test]
fn any_attribute_takes_the_place_of_one_as_its_count_says() {
    let folder = tempfile::tempdir().unwrap();
    // Two faces with contradictory labels, so that one of the two is disputed.
    let rows: String = (0..8)
        .map(|n| format!("a{n:02}.png,{},{}\n", [1, -1][n % 2], [1, -1, 0][n % 3]))
        .collect();
    let table = set(folder.path(), 8, &format!("image,Smiling,Bald\n{rows}"));
    let mut window = showing(&table);
    until(&mut window, "all predictions", |w| {
        says(w, "8 of 8 predicted")
    });
    dismiss(&mut window);
    let count = |w: &Window, name: &str| -> usize {
        let start = format!("{name} (");
        let line = w.get_by_label_contains(&start);
        let output = line.accesskit_node().label().unwrap_or_default();
        let count = output
            .strip_prefix(&start)
            .and_then(|s| s.strip_suffix(')'));
        count.and_then(|c| c.parse().ok()).unwrap()
    };
    find(&mut window, "any attribute disputed");
    let any = count(&window, "Any attribute disputed");
    window.key_press(Key::Escape);
    window.run_steps(2);
    find(&mut window, "smiling disp");
    let smiling = count(&window, "Smiling disputed");
    assert!(smiling < any, "{smiling} and {any}");
    window.key_press(Key::Enter);
    until(&mut window, "one attribute's", |w| {
        w.state().faces_shown() == smiling && shows(w, "Remove Smiling disputed")
    });
    find(&mut window, "any attribute disputed");
    assert_eq!(count(&window, "Any attribute disputed"), any);
    window.key_press(Key::Enter);
    until(&mut window, "all that are disputed", |w| {
        w.state().faces_shown() == any && shows(w, "Remove disputed")
    });
    assert!(!shows(&window, "Remove Smiling disputed"));
}

#[test]
fn what_the_file_says_of_a_face_is_shown_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..12)
        .map(|n| {
            let who = ["ann", "ben"][n % 2];
            format!("a{n:02}.png,1,{},{who},note {n}x\n", [1, -1][n % 2])
        })
        .collect();
    let head = "image,Smiling,mask,annotator,remark";
    let table = set(folder.path(), 12, &format!("{head}\n{rows}"));
    let mut window = showing(&table);
    until(&mut window, "the first", |w| {
        shows(w, "mask 1 · annotator ann · remark note 0x")
    });
    until(&mut window, "all predictions", |w| {
        says(w, "12 of 12 predicted")
    });
    dismiss(&mut window);
    window.key_press(Key::ArrowDown);
    until(&mut window, "the second", |w| {
        shows(w, "mask −1 · annotator ben · remark note 1x")
    });
    // In the row's tooltip.
    let at = place(&window, "a01.png", Role::Button).center();
    window.hover_at(at);
    until(&mut window, "its tooltip", |w| {
        shows(w, "mask: −1\nannotator: ben\nremark: note 1x")
    });
    // Remarks differ from face to face: they are no lines of their own until one is typed.
    find(&mut window, "remark");
    assert!(!says(&window, "remark note 7x"));
    window.get_by_label("Find faces by").type_text(" 7x");
    until(&mut window, "the remark", |w| says(w, "remark note 7x"));
    window.key_press(Key::Enter);
    until(&mut window, "its face", |w| {
        w.state().faces_shown() == 1 && shows(w, "Remove remark note 7x")
    });
    click(&mut window, "Remove remark note 7x");
    find(&mut window, "mask -1");
    until(&mut window, "the value", |w| says(w, "mask −1 (6)"));
}

/// Of four chosen rows one is shown, and looks unlike the others in both themes.
#[test]
fn the_face_that_is_shown_stands_out_among_chosen_ones() {
    let folder = tempfile::tempdir().unwrap();
    let start = Start {
        paths: vec![pictures(folder.path(), "a", 6)],
        ..Start::default()
    };
    let (mut window, _) = drawn_window(start, vec2(1400.0, 880.0));
    until(&mut window, "the photos", |w| shows(w, "Photo a00.png"));
    let row = |w: &Window, n: usize| place(w, &format!("a{n:02}.png"), Role::Button);
    for _ in 0..3 {
        window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
        window.run_steps(3);
    }
    until(&mut window, "the fourth", |w| shows(w, "Photo a03.png"));
    assert!(shows(&window, "4 chosen"));
    for (command, theme) in [(Command::Light, Theme::Light), (Command::Dark, Theme::Dark)] {
        run(&mut window, command);
        assert_eq!(window.ctx.theme(), theme);
        dismiss(&mut window);
        window.remove_cursor();
        window.run_steps(2);
        let rows: Vec<Rect> = (0..6).map(|n| row(&window, n)).collect();
        let picture = window.render().unwrap();
        // The row's left edge, and what lies between its words and its right end.
        let colour = |n: usize, x: f32| -> [i32; 3] {
            let at = rows[n].left_top() + vec2(x, 4.0);
            let [r, g, b, _] = picture.get_pixel(at.x as u32, at.y as u32).0;
            [r, g, b].map(i32::from)
        };
        let apart = |a: [i32; 3], b: [i32; 3]| -> i32 {
            let each = a.iter().zip(b).map(|(a, b)| (a - b).abs());
            each.sum()
        };
        let inside = rows[0].width() - 20.0;
        for other in 0..3 {
            let edge = apart(colour(3, 1.5), colour(other, 1.5));
            assert!(edge > 150, "{theme:?}: {edge} at the edge of {other}");
            let ground = apart(colour(3, inside), colour(other, inside));
            assert!(ground > 15, "{theme:?}: {ground} between 3 and {other}");
            // And a chosen row differs from one that is not.
            let chosen = apart(colour(other, inside), colour(5, inside));
            assert!(chosen > 10, "{theme:?}: {chosen} between {other} and 5");
        }
    }
}

#[test]
fn faces_with_boxes_by_hand_are_marked_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 4));
    until(&mut window, "the photo", |w| {
        shows(w, "Photo a00.png") && says(w, "Smiling: ")
    });
    dismiss(&mut window);
    let row = |w: &Window, n: usize| {
        let name = format!("a{n:02}.png");
        let mut all = w.query_all_by_label(&name);
        let row = all.find(|n| n.accesskit_node().role() == Role::Button);
        row.and_then(|row| row.value()).unwrap_or_default()
    };
    find(&mut window, "hand");
    assert!(!says(&window, "Box by hand"), "there is none");
    window.key_press(Key::Escape);
    window.run_steps(2);
    // In one photo a box is drawn in place of the guess and one beside it, in another the face's own
    // is moved.
    let canvas = window.get_by_label("Photo a00.png").rect();
    for from in [vec2(-60.0, -60.0), vec2(10.0, 20.0)] {
        click(&mut window, "Add box");
        drag(&mut window, canvas.center() + from, vec2(50.0, 40.0));
    }
    assert_eq!(window.state().drawn_boxes(), 1);
    assert!(
        row(&window, 0).ends_with("box by hand"),
        "{}",
        row(&window, 0)
    );
    window.key_press(Key::ArrowDown);
    until(&mut window, "the second", |w| {
        shows(w, "Photo a01.png") && says(w, "Smiling: ")
    });
    dismiss(&mut window);
    window.run_steps(5);
    drag(&mut window, canvas.center(), vec2(30.0, 10.0));
    assert!(
        row(&window, 1).ends_with("box by hand"),
        "{}",
        row(&window, 1)
    );
    assert!(!row(&window, 2).contains("box"));
    dismiss(&mut window);
    find(&mut window, "hand");
    until(&mut window, "the line", |w| says(w, "Box by hand (2)"));
    window.key_press(Key::Enter);
    until(&mut window, "the faces", |w| {
        w.state().faces_shown() == 2 && shows(w, "Remove box by hand")
    });
    // The filter follows what is done to boxes while it is on.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut window, "one of them", |w| w.state().faces_shown() == 1);
    let again = Modifiers::COMMAND | Modifiers::SHIFT;
    window.key_press_modifiers(again, Key::Z);
    until(&mut window, "both again", |w| w.state().faces_shown() == 2);
}

/// The first takes the place of the guess; each is asked about while another still is.
#[test]
fn boxes_that_are_drawn_at_once_all_get_their_predictions() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 1));
    until(&mut window, "the photo", |w| {
        shows(w, "Photo a00.png") && says(w, "Smiling: ")
    });
    dismiss(&mut window);
    let canvas = window.get_by_label("Photo a00.png").rect();
    let zoom = (canvas.width().min(canvas.height()) - 32.0) / 32.0;
    let boxes = [0.0, 11.0, 22.0].map(|x| FaceBox::new(x, 4.0, 9.0, 24.0));
    for face_box in boxes {
        window.state_mut().add_box(face_box);
    }
    window.run_steps(3);
    assert_eq!(window.state().drawn_boxes(), 2);
    for face_box in boxes {
        let [x, y] = face_box.center().map(|v| (v - 16.0) * zoom);
        press(&mut window, canvas.center() + vec2(x, y));
        assert_eq!(window.state().face_box(), Some(face_box));
        until(&mut window, "its prediction", |w| {
            w.state().predicted_box() == Some(face_box)
        });
    }
}

#[test]
fn a_menu_closes_after_enter_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 3));
    until(&mut window, "the photo", |w| {
        shows(w, "Photo a00.png") && says(w, "Smiling: ")
    });
    dismiss(&mut window);
    click(&mut window, "sort");
    window.get_by_label("by name").focus();
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert!(shows(&window, "Remove by name"));
    assert!(!shows(&window, "as listed"), "the menu is closed");

    // An entry that has a menu of its own opens that; a choice in it closes both.
    let enter = |window: &mut Window, name: &str| {
        window.get_by_label(name).focus();
        window.run_steps(2);
        window.key_press(Key::Enter);
        window.run_steps(4);
    };
    click(&mut window, "sort");
    for (menu, first) in [
        ("attribute", "Mouth"),
        ("Mouth", "Smiling"),
        ("Smiling", "least sure first"),
    ] {
        enter(&mut window, menu);
        assert!(shows(&window, first), "{menu} is open");
    }
    enter(&mut window, "least sure first");
    assert!(!shows(&window, "as listed") && !shows(&window, "Mouth"));
    assert!(says(&window, "Remove "), "it is sorted by it");

    // Where menus stay open for clicks, they do for keys.
    click(&mut window, "filter");
    enter(&mut window, "a point misses its label");
    assert!(shows(&window, "an attribute is disputed"), "it lasts");
    window.key_press(Key::Escape);
    window.run_steps(4);

    click(&mut window, "Export");
    enter(&mut window, "Copy attributes");
    assert!(!shows(&window, "Copy attributes"));
    until(&mut window, "the copy", |w| says(w, "on the clipboard"));

    click(&mut window, "Menu");
    enter(&mut window, "Help");
    assert!(shows(&window, "Network"));
    let about = Command::About.menu_name();
    enter(&mut window, &about);
    assert!(!shows(&window, "Network"), "the whole menu is closed");
}

#[test]
fn the_photo_s_name_is_said_once_under_the_pointer() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}.png", "photo_".repeat(12));
    pictures(folder.path(), "a", 1);
    std::fs::rename(folder.path().join("a00.png"), folder.path().join(&long)).unwrap();
    let boxes = format!("image,face,x,y,w,h\n{long},0,2,2,12,12\n{long},1,16,16,12,12\n");
    std::fs::write(folder.path().join("faces.csv"), boxes).unwrap();
    let mut window = showing(&folder.path().join("faces.csv"));
    let name = format!("{long} · face 0");
    until(&mut window, "the photo", |w| {
        shows(w, &format!("Photo {name}"))
    });
    dismiss(&mut window);
    let at = place(&window, &name, Role::Label).center();
    window.hover_at(at);
    until(&mut window, "its tooltip", |w| shows(w, "32 × 32"));
    window.run_steps(5);
    let labels = window.query_all_by_label(&name);
    let labels = labels.filter(|n| n.accesskit_node().role() == Role::Label);
    assert_eq!(labels.count(), 2, "the head and one tooltip");
}

#[test]
fn a_search_that_leaves_the_photo_out_says_so_and_ends_with_its_cross() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = showing(&pictures(folder.path(), "a", 3));
    until(&mut window, "the photo", |w| shows(w, "Photo a00.png"));
    dismiss(&mut window);
    assert!(!shows(&window, "Clear search"));
    let field = window.get_by_label("Search names");
    field.focus();
    field.type_text("zzz");
    until(&mut window, "nobody", |w| w.state().faces_shown() == 0);
    let at = place(&window, "a00.png", Role::Label).center();
    window.hover_at(at);
    until(&mut window, "why", |w| {
        shows(
            w,
            "The filters leave this face out; it stays until another is chosen",
        )
    });
    click(&mut window, "Clear search");
    until(&mut window, "all again", |w| w.state().faces_shown() == 3);
    assert!(!shows(&window, "Clear search"));

    // Escape does the same, after the one that leaves the field.
    for in_field in [true, false] {
        let field = window.get_by_label("Search names");
        field.focus();
        field.type_text("a01");
        until(&mut window, "one", |w| w.state().faces_shown() == 1);
        let leaves = if in_field { Key::Escape } else { Key::Enter };
        window.key_press(leaves);
        window.run_steps(3);
        assert!(shows(&window, "Clear search"));
        window.key_press(Key::Escape);
        until(&mut window, "all", |w| w.state().faces_shown() == 3);
        assert!(!shows(&window, "Clear search"));
    }
}
