use super::*;

#[test]
fn a_box_is_called_here_as_everywhere() {
    for source in [
        BoxSource::Given,
        BoxSource::DataSet,
        BoxSource::Aligned,
        BoxSource::Labels,
        BoxSource::WholePicture,
        BoxSource::CentreSquare,
    ] {
        let (short, whole) = (short(source), source.to_string());
        assert!(whole.contains(short), "{short:?} is no part of {whole:?}");
    }
}

#[test]
fn a_box_beside_the_photo_is_said() {
    use crate::app::faces::item::{Decoded, Item};
    use crate::dataset::Sample;
    use crate::label::{FaceBox, Schema};
    let sample = Sample::unlabelled(std::path::Path::new("a.png"), &Schema::face());
    let mut item = Item::unread();
    let text = |item: &Item, x: f32| {
        let face = Face {
            sample: &sample,
            item,
            face_box: FaceBox::new(x, 2.0, 8.0, 8.0),
            source: BoxSource::Given,
            finding: None,
            other: None,
            hand: None,
            dragged: None,
        };
        state_words(&face, false)
    };
    assert_eq!(text(&item, 90.0).map(|w| w.1), Some(false), "no photo yet");
    item.read(Decoded::new(image::RgbImage::new(40, 30)), &sample);
    let outside = Some(("the box has no pixel of the photo", true));
    assert_eq!(text(&item, 90.0), outside);
    assert_eq!(text(&item, -8.0), outside);
    assert_eq!(text(&item, 36.0).map(|w| w.1), Some(false));
}

#[test]
fn names_of_points_are_cut_to_their_last_word() {
    for (title, short) in [
        ("left eye", "l eye"),
        ("nose", "nose"),
        ("outer left eye", "o l eye"),
        ("", ""),
    ] {
        assert_eq!(super::initials(title), short);
    }
}

#[test]
fn values_of_both_rows_stand_one_under_the_other() {
    let names = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"];
    let ctx = egui::Context::default();
    theme::install(&ctx);
    // Of the first, labels and the other's points are known; then some are not.
    for (labels, others) in [(5, 5), (4, 5), (5, 3), (2, 4)] {
        let points = (0..5).map(|n| PointView {
            place: (0, n),
            name: names[n],
            found: Some([0.0, 0.0]),
            label: (n < labels).then_some([1.0 + 3.0 * n as f32, 0.0]),
            other: (5 - n <= others).then_some([12.5, 0.0]),
            length: Some(40.0),
        });
        let points: Vec<PointView> = points.collect();
        for width in [400.0, 560.0, 760.0] {
            let input = egui::RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 90.0))),
                ..Default::default()
            };
            let output = ctx.run_ui(input, |ui| {
                ui.set_clip_rect(Rect::everything_left_of(width));
                ui.horizontal(|ui| own_numbers_ui(ui, Some(0.026), &points));
                ui.horizontal(|ui| differences_ui(ui, Some(0.026), &points, "nothing"));
            });
            let texts = output.shapes.iter().filter_map(|s| match &s.shape {
                egui::Shape::Text(text) => Some((text.pos, text.galley.text().to_owned())),
                _ => None,
            });
            let mut rows: Vec<Vec<(i32, String)>> = Vec::new();
            for (at, message) in texts {
                match message.as_str() {
                    "NME" | "Δ" => rows.push(Vec::new()),
                    _ => rows
                        .last_mut()
                        .unwrap()
                        .push((at.x.round() as i32, message)),
                }
            }
            // Behind the mean.
            let places = |row: &[(i32, String)]| -> Vec<i32> {
                row.iter().skip(1).map(|(x, _)| *x).collect()
            };
            assert_eq!(rows.len(), 2);
            assert!(places(&rows[0]).len() >= 2, "{width}: {rows:?}");
            assert_eq!(places(&rows[0]), places(&rows[1]), "{width}: {rows:?}");
        }
    }
}

#[test]
fn numbers_are_whole_and_what_is_left_out_is_shown_to_be() {
    let names = ["left eye", "right eye", "nose", "left mouth", "right mouth"];
    let values = |found| {
        names.map(|name| PointValue {
            title: name.into(),
            value: Some(18.3),
            tint: Color32::WHITE,
            found,
            about: name.into(),
        })
    };
    let ctx = egui::Context::default();
    for found in [None, Some(true)] {
        let mut counts = Vec::new();
        for width in (60..900).step_by(9) {
            let input = egui::RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 50.0))),
                ..Default::default()
            };
            let right = width as f32;
            let output = ctx.run_ui(input, |ui| {
                ui.horizontal(|ui| {
                    ui.set_clip_rect(Rect::everything_left_of(right));
                    values_ui(ui, &values(found), WIDEST);
                });
            });
            let texts = output.shapes.iter().filter_map(|s| match &s.shape {
                egui::Shape::Text(text) => Some((
                    text.galley.text().to_owned(),
                    text.pos.x + text.galley.size().x,
                )),
                _ => None,
            });
            let texts: Vec<(String, f32)> = texts.collect();
            let more = texts.iter().any(|(message, _)| message == "…");
            let count = texts.len() - usize::from(more);
            assert_eq!(more, count < names.len(), "{width}: {texts:?}");
            // The sign alone may be wider than what there is.
            let whole = texts.iter().all(|(_, end)| *end <= right);
            assert!(whole || count == 0, "{width}: {texts:?}");
            counts.push(count);
        }
        assert!(counts.is_sorted() && counts.contains(&3) && counts.last() == Some(&5));
    }
}

#[test]
fn numbers_of_any_size_have_room_of_their_own() {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    for far in [1.0, 99.94, 640.0, 12_345.6, 1.0e7] {
        let names = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"];
        let points: Vec<PointView> = (0..5)
            .map(|n| PointView {
                place: (0, n),
                name: names[n],
                found: Some([0.0, 0.0]),
                label: Some([far, 0.0]),
                other: Some([far, 0.0]),
                length: Some(1.0),
            })
            .collect();
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(2000.0, 90.0))),
            ..Default::default()
        };
        let output = ctx.run_ui(input, |ui| {
            ui.horizontal(|ui| own_numbers_ui(ui, Some(far), &points));
            ui.horizontal(|ui| differences_ui(ui, Some(far), &points, "nothing"));
        });
        // Words, then the tick or cross behind them.
        let places = output.shapes.iter().filter_map(|s| match &s.shape {
            egui::Shape::Text(text) => {
                Some(Rect::from_min_size(text.pos, text.galley.size()).shrink(0.5))
            }
            shape @ (egui::Shape::LineSegment { .. } | egui::Shape::Path(_)) => {
                Some(shape.visual_bounding_rect().shrink(1.5))
            }
            _ => None,
        });
        let places: Vec<Rect> = places.collect();
        assert!(places.len() >= 14, "{far}: {places:?}");
        for (n, place) in places.iter().enumerate() {
            let over = places[..n].iter().find(|other| other.intersects(*place));
            let is_cross = place.width() < 8.0 && over.is_some_and(|o| o.width() < 8.0);
            assert!(over.is_none() || is_cross, "{far}: {place} over {over:?}");
        }
    }
    assert_eq!(
        [0.04, 99.94, 99.96, 12_345.6].map(number),
        ["0.0", "99.9", "100", "12346"]
    );
}
