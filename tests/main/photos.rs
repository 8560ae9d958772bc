//! Photos in the window: layers, several faces, another predictor, the report, and what is saved.

use std::path::Path;
use std::time::Duration;

use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable;
use image::{Rgb, RgbImage};
use smn_studio::app::{Colours, Command, Start};
use smn_studio::figure::Format;

use super::report;
use super::window::{Window, click, drag, named, press_on, samples, says, showing, shows, until};

#[test]
fn the_first_sample_is_predicted_at_once() {
    let window = samples(Start::default());
    assert!(says(&window, " · bundled"), "the network's name is shown");
    assert!(says(&window, "CPU · "), "the latency is shown");
    assert!(shows(&window, "portrait 6"));
}

#[test]
fn the_box_moves_and_the_prediction_follows() {
    let window = &mut samples(Start::default());
    let canvas = window.get_by_label("Photo portrait 1").rect();
    let before = window.state().face_box().unwrap();
    drag(window, canvas.center(), vec2(40.0, 20.0));
    let moved = window.state().face_box().unwrap();
    assert!(moved.x > before.x && moved.y > before.y && moved.w == before.w);
    until(window, "a prediction in the moved box", |w| {
        w.state().predicted_box() == w.state().face_box()
    });
    assert!(says(window, "by hand") || window.state().face_box() != Some(before));
    click(window, "Reset box");
    assert_eq!(window.state().face_box(), Some(before));

    // The wheel zooms; a drag beside the box then moves the photo and not the box.
    window.hover_at(canvas.center());
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(10);
    assert_eq!(window.state().face_box(), Some(before));
    click(window, "Fit");
}

#[test]
fn layers_are_switched() {
    let window = &mut samples(Start::default());
    let before = window.state().layers();
    click(window, "Names");
    assert!(window.state().layers().names.on && !before.names.on);
    click(window, "Names");
    click(window, "Layers");
    assert!(shows(window, "Opacity of labels") && shows(window, "Size of predictions"));
    click(window, "labels");
    assert!(!window.state().layers().labels.on, "the popup's box");
    assert!(shows(window, "Opacity of labels"), "the popup stays open");
    click(window, "colour-blind safe");
    assert_eq!(window.state().layers().colours, Colours::Safe);
    click(window, "Reset");
    assert_eq!(window.state().layers(), before);
    window.key_press(Key::Escape);
    window.run_steps(3);
}

#[test]
fn a_box_is_added_and_removed() {
    let window = &mut samples(Start::default());
    let canvas = window.get_by_label("Photo portrait 1").rect();
    let first = window.state().face_box();
    click(window, "Add box");
    drag(window, canvas.center() - vec2(60.0, 60.0), vec2(90.0, 70.0));
    assert_eq!(window.state().drawn_boxes(), 1);
    assert!(shows(window, "Photo portrait 1 · box 1"));
    let drawn = window.state().face_box().unwrap();
    assert!(drawn.w == drawn.h && Some(drawn) != first);
    until(window, "the prediction in the drawn box", |w| {
        w.state().predicted_box() == w.state().face_box()
    });
    drag(window, canvas.center() - vec2(20.0, 30.0), vec2(15.0, 0.0));
    let moved = window.state().face_box().unwrap();
    assert!(moved.x > drawn.x && moved.w == drawn.w);
    until(window, "the prediction in the moved box", |w| {
        w.state().predicted_box() == w.state().face_box()
    });
    window.key_press(Key::Delete);
    window.run_steps(3);
    assert_eq!(window.state().drawn_boxes(), 0);
    assert_eq!(
        window.state().face_box(),
        first,
        "the data set's face is as it was"
    );
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(window.state().face_box(), Some(moved), "the box is back");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(window.state().face_box(), Some(drawn), "where it was drawn");
    window.key_press(Key::Delete);
    window.run_steps(3);
    window.key_press(Key::Delete);
    until(window, "why nothing is removed", |w| {
        says(w, "Only boxes that were added")
    });
}

/// A window that shows a photo with two labelled faces and one with one, all predicted: two faces
/// are for validation, one for the test.
pub fn three_faces(folder: &Path) -> Window<'static> {
    for (name, width) in [("two.png", 200), ("one.png", 100)] {
        let picture = RgbImage::from_fn(width, 100, |x, y| Rgb([x as u8, y as u8, 90]));
        picture.save(folder.join(name)).unwrap();
    }
    let head = "image,face,x,y,w,h,split,pose,Smiling,left_eye_x,left_eye_y,right_eye_x,right_eye_y,\
                nose_x,nose_y,left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y";
    let points = |left: u32| {
        let x = |by: u32| left + by;
        format!(
            "{},40,{},40,{},85,{},70,{},70",
            x(25),
            x(55),
            x(40),
            x(28),
            x(52)
        )
    };
    let rows = [
        format!("two.png,0,0,10,80,80,val,front,1,{}", points(0)),
        format!("two.png,1,120,10,80,80,val,side,-1,{}", points(120)),
        format!("one.png,0,10,10,80,80,test,front,1,{}", points(10)),
    ];
    let table = format!("{head}\n{}\n", rows.join("\n"));
    std::fs::write(folder.join("faces.csv"), table).unwrap();
    let mut window = showing(folder);
    until(&mut window, "all three predictions", |w| {
        shows(w, "Photo two.png · face 0") && says(w, "3 of 3 predicted")
    });
    window
}

#[test]
fn two_faces_in_one_photo() {
    let folder = tempfile::tempdir().unwrap();
    let window = &mut three_faces(folder.path());
    let canvas = window.get_by_label("Photo two.png · face 0").rect();
    let zoom = ((canvas.width() - 32.0) / 200.0).min((canvas.height() - 32.0) / 100.0);
    press(window, canvas.center() + vec2(60.0 * zoom, 0.0));
    assert!(
        shows(window, "Photo two.png · face 1"),
        "a click looks at the other face"
    );
    assert_eq!(window.state().face_box().unwrap().x, 120.0);
    press(window, canvas.center() - vec2(60.0 * zoom, 0.0));
    assert!(shows(window, "Photo two.png · face 0"));
}

pub fn press(window: &mut Window, at: Pos2) {
    window.hover_at(at);
    window.run_steps(1);
    for pressed in [true, false] {
        window.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(1);
    }
    window.run_steps(3);
}

#[test]
fn another_predictor_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut three_faces(folder);
    let file = folder.join("theirs.jsonl");
    let face = r#"{"box":[0,10,80,80],"landmarks":{"nose":[44,58]},"attributes":{"Smiling":0.25}}"#;
    let line = format!("{{\"image\":\"two.png\",\"faces\":[{face}]}}\nnonsense\n");
    std::fs::write(&file, line).unwrap();
    window.state_mut().compare_with(file);
    until(window, "the other's words", |w| {
        w.state().compared() == Some("theirs") && says(w, ", other 0.25")
    });
    until(window, "the broken line", |w| says(w, "theirs.jsonl:2"));
    assert!(says(window, "nose ") && shows(window, "Differences first"));
    click(window, "Differences first");
    assert!(says(window, "Smiling: "));
    run(window, Command::StopComparing);
    assert!(!says(window, ", other 0.25"));
}

fn run(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().run(&ctx, command);
    window.run_steps(3);
}

#[test]
fn the_report_leads_to_faces() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut three_faces(folder);
    click(window, "Report");
    until(window, "the report", |w| {
        says(w, "Cumulative error, network NME")
    });
    report::choose(window, "measured: test", "all  3");
    until(window, "the figures of all faces", |w| {
        shows(w, "Report: 3 faces")
    });
    assert!(says(window, "Smiling: ") && says(window, "average: "));
    press_on(
        window,
        "nose: ",
        |bar| bar.center(),
        |w| shows(w, "Remove nose misses"),
    );
    click(window, "Remove nose misses");
    until(window, "all faces again", |w| w.state().faces_shown() == 3);
    // Beyond an error of nothing are all faces.
    let start = |curve: Rect| pos2(curve.left() + 66.0, curve.center().y);
    press_on(window, "Cumulative error", start, |w| {
        says(w, "Remove error above")
    });
    press_on(
        window,
        "Remove error above",
        |remove| remove.center(),
        |w| !says(w, "Remove error above"),
    );
}

/// In a list too long to be predicted without being asked.
#[test]
fn faces_of_a_sheet_are_predicted_first() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let many = folder.join("many");
    std::fs::create_dir(&many).unwrap();
    for i in 0..70_u8 {
        let picture = RgbImage::from_pixel(64, 64, Rgb([i, 90, 200 - i]));
        picture.save(many.join(format!("p{i:02}.png"))).unwrap();
    }
    let window = &mut showing(&many);
    until(window, "the long list and the network", |w| {
        w.state().faces_shown() == 70 && says(w, " · bundled")
    });
    until(window, "the rows", |w| named(w, "p03.png") == 1);
    for name in ["p02.png", "p03.png"] {
        let row = window.get_by_label(name);
        row.click_modifiers(Modifiers::COMMAND);
        window.run_steps(3);
    }
    // Stopped before anything is predicted: nothing is written, and that is said.
    let ctx = window.ctx.clone();
    window.state_mut().save_sheet(folder.join("stopped.png"));
    window.state_mut().run(&ctx, Command::StopPredicting);
    until(window, "that it was stopped", |w| {
        says(w, "The sheet was not drawn")
    });
    assert!(!folder.join("stopped.png").exists());
    let file = folder.join("first.png");
    window.state_mut().save_sheet(file.clone());
    until(window, "the sheet", |_| file.exists());
    let sheet = image::open(&file).unwrap().into_rgb8();
    let green = window.state().layers().colours.prediction();
    let columns = sheet.width() / 2;
    for half in [0..columns, columns..sheet.width()] {
        let pixels = sheet.enumerate_pixels();
        let points = pixels.filter(|(x, _, p)| half.contains(x) && p.0 == green);
        assert!(points.count() > 20, "points of every face: {half:?}");
    }
}

#[test]
fn chosen_faces_become_a_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut three_faces(folder);
    until(window, "the rows", |w| named(w, "one.png") == 1);
    window
        .get_by_label("one.png")
        .click_modifiers(Modifiers::COMMAND);
    window.run_steps(3);
    assert!(shows(window, "2 chosen"));
    for name in ["sheet.png", "sheet.svg", "sheet.pdf"] {
        window.state_mut().save_sheet(folder.join(name));
        until(window, name, |_| folder.join(name).exists());
    }
    let sheet = image::open(folder.join("sheet.png")).unwrap().into_rgb8();
    assert!(sheet.width() >= 400 && sheet.height() >= 200);
    let red = window.state().layers().colours.label();
    assert!(
        sheet.pixels().filter(|p| p.0 == red).count() > 50,
        "label points are red"
    );
    let svg = std::fs::read_to_string(folder.join("sheet.svg")).unwrap();
    assert_eq!(svg.matches("<image").count(), 2);
    let pdf = std::fs::read(folder.join("sheet.pdf")).unwrap();
    let pdf = String::from_utf8_lossy(&pdf);
    assert_eq!(pdf.matches("/Subtype /Image").count(), 2);
    for fact in ["Weights", "Network"] {
        let named = format!("<fact name=\"{fact}\">");
        assert!(svg.contains(&named) && pdf.contains(&format!("/{fact} (")));
    }
    click(window, "Only these");
    until(window, "the chosen alone", |w| w.state().faces_shown() == 2);
    click(window, "Remove 2 chosen");
    until(window, "all faces again", |w| w.state().faces_shown() == 3);
}

#[test]
fn what_is_seen_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let window = &mut report::report_of_three(folder);
    click(window, "Photos");
    let file = |name: &str| folder.join(name);
    window.state_mut().save_picture(file("photo.png"));
    window.state_mut().save_picture(file("photo.svg"));
    window.state_mut().save_table(file("attributes.md"));
    window.state_mut().save_table(file("attributes.csv"));
    window.state_mut().save_report(file("report.csv"));
    let plots = file("plots");
    window.state_mut().save_plots(plots.clone(), Format::Svg);
    until(window, "the files", |_| {
        let names = [
            "photo.png",
            "photo.svg",
            "attributes.md",
            "attributes.csv",
            "report.csv",
        ];
        names.iter().all(|n| file(n).exists())
            && std::fs::read_dir(&plots).is_ok_and(|files| files.count() == 4)
    });
    let photo = image::open(file("photo.png")).unwrap();
    assert_eq!(
        (photo.width(), photo.height()),
        (400, 200),
        "twice the photo"
    );
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
    assert!(read("photo.svg").contains("<circle"));
    assert!(read("attributes.md").contains("| Smiling | Mouth | "));
    let table = read("attributes.csv");
    assert_eq!(table.lines().count(), 41);
    assert!(table.starts_with("image,face,attribute,part,") && table.contains("\ntwo.png,0,"));
    assert!(read("report.csv").contains(",all,landmarks,network,nose,success,"));
    let mut points = 0;
    for plot in std::fs::read_dir(&plots).unwrap() {
        let svg = std::fs::read_to_string(plot.unwrap().path()).unwrap();
        // Who was measured on what is said in the picture and in the file.
        assert!(svg.contains("(network ") && svg.contains("<fact name=\"Network\">"));
        points += usize::from(svg.contains(">nose"));
    }
    assert_eq!(points, 2, "bars and curves of each point");
    window.state_mut().save_picture(file("photo.bmp"));
    until(window, "what a picture may be", |w| {
        says(w, "written as .png, .svg or .pdf")
    });
    run(window, Command::CopyTable);
    until(window, "the copied table", |w| {
        says(w, "The table is on the clipboard")
    });
}

/// A picture that vanishes, one of a single pixel, and one whose header claims too much.
#[test]
fn what_is_gone_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let set = folder.join("odd");
    std::fs::create_dir(&set).unwrap();
    RgbImage::new(1, 1).save(set.join("a.png")).unwrap();
    RgbImage::new(9, 9).save(set.join("b.png")).unwrap();
    let mut huge = std::fs::read(set.join("b.png")).unwrap();
    // 20,000 × 10,000 pixels.
    huge[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x27, 0x10]);
    let crc = crc32fast::hash(&huge[12..29]);
    huge[29..33].copy_from_slice(&crc.to_be_bytes());
    std::fs::write(set.join("c.png"), huge).unwrap();
    let window = &mut showing(&set);
    until(window, "the picture of one pixel", |w| {
        shows(w, "Photo a.png") && says(w, "Smiling: ")
    });
    click(window, "c.png");
    until(window, "the size that is too large", |w| {
        says(w, "more than the limit")
    });
    std::fs::remove_dir_all(&set).unwrap();
    click(window, "b.png");
    std::thread::sleep(Duration::from_millis(50));
    window.run_steps(3);
    click(window, "c.png");
    until(window, "the folder that is gone", |w| {
        says(w, "No such file or directory") && !says(w, "(os error")
    });
}
