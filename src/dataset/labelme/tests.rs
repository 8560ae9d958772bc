use std::fs;

use super::*;

#[test]
fn shapes_of_several_faces_and_wrong_ones() {
    let shape = |label: &str, points: &str, group: &str, kind: &str, flags: &str| {
        format!(
            r#"{{"label": "{label}", "points": {points}, "group_id": {group},
                "shape_type": "{kind}", "flags": {flags}}}"#
        )
    };
    let shapes = [
        shape(
            "left_eye",
            "[[10, 11]]",
            "null",
            "point",
            r#"{"occluded": true}"#,
        ),
        shape(
            "face",
            "[[40, 50], [10, 20.5]]",
            "0",
            "rectangle",
            r#"{"Smiling": true}"#,
        ),
        shape(
            "nose",
            "[[5, 6]]",
            "3",
            "point",
            r#"{"Smiling": false, "odd": true}"#,
        ),
        shape("nose", "[[7, 8]]", "3", "point", "{}"),
        shape("chin", "[[7, 8]]", "3", "point", "{}"),
        shape("hair", "[[7, 8], [1, 1], [2, 2]]", "3", "polygon", "{}"),
        shape("face", "[[1, 1], [9, 9]]", "0", "rectangle", "{}"),
        shape("nose", "[[7]]", "0", "point", "{}"),
    ];
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    let file = |shapes: &str, flags: &str, image: &str| {
        format!(r#"{{"shapes": [{shapes}], "flags": {flags}, "imagePath": "{image}"}}"#)
    };
    write("a.json", &file(&shapes.join(","), "{}", "a.jpg"));
    write(
        "b.json",
        &file("", r#"{"Young": true, "odd": false}"#, "moved/b.jpg"),
    );
    write("c.json", &file("", "{}", "c.jpg"));
    write("d.json", "{\"shapes\": [\n5]}");
    for name in ["a.jpg", "b.jpg", "plain.jpg"] {
        fs::write(root.path().join(name), crate::photo::PIXEL).unwrap();
    }
    let set = crate::dataset::open(root.path(), &Schema::face()).unwrap();
    let faces: Vec<_> = set
        .samples
        .iter()
        .map(|s| (name_of(&s.path), s.face))
        .collect();
    let expected = [("a.jpg", 0), ("a.jpg", 3), ("b.jpg", 0), ("plain.jpg", 0)];
    assert_eq!(faces, expected.map(|(name, face)| (name.to_owned(), face)));
    let point = |sample: usize, item: usize| match &set.samples[sample].annotation.tasks[0] {
        TaskLabels::Points(points) => points[item],
        TaskLabels::Binary(_) => unreachable!(),
    };
    assert_eq!(
        (point(0, 0).at, point(0, 0).state),
        ([10.0, 11.0], PointState::Occluded)
    );
    assert_eq!(point(1, 2).at, [5.0, 6.0], "the first of two");
    let face_box = set.samples[0].face_box.unwrap().0;
    assert_eq!(face_box, FaceBox::new(10.0, 20.5, 30.0, 29.5));
    let known: Vec<_> = set.samples.iter().map(|s| s.annotation.known(1)).collect();
    assert_eq!(known, [1, 1, 1, 0]);
    assert_eq!(set.columns, ["odd"]);
    let odd: Vec<_> = set.samples.iter().map(|s| &*s.columns[0]).collect();
    assert_eq!(odd, ["", "true", "false", ""]);
    let problems: Vec<_> = set.problems.iter().map(|p| p.to_string()).collect();
    let all = problems.join("\n");
    for part in [
        "a.json: \"nose\" is there twice",
        "\"chin\" is no point",
        "\"hair\": a polygon of 3 points",
        "a second box of the group 0",
        "\"nose\": a point is not two numbers",
        "c.json: c.jpg: no such picture",
        "d.json:2: ",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert_eq!(problems.len(), 7, "{all}");
}

/// Reads one file of shapes beside the picture a.png.
fn read_shapes(text: &str) -> (Dataset, String) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.json"), text).unwrap();
    fs::write(root.path().join("a.PNG"), "").unwrap();
    let set = crate::dataset::open(&root.path().join("a.json"), &Schema::face()).unwrap();
    let said: Vec<_> = set.problems.iter().map(Problem::to_string).collect();
    (set, said.join("\n"))
}

#[test]
fn rectangles_as_other_tools_write_them() {
    let square = FaceBox::new(10.0, 20.0, 30.0, 40.0);
    let turned = FaceBox {
        angle: std::f32::consts::FRAC_PI_2,
        ..FaceBox::new(10.0, 20.0, 30.0, 40.0)
    };
    for (label, kind, points, group, expected) in [
        (
            "face",
            "rectangle",
            "[[40, 60], [10, 20]]",
            "null",
            Some(square),
        ),
        (
            "Face",
            "rectangle",
            "[[10, 60], [40, 20]]",
            "\"2\"",
            Some(square),
        ),
        (
            "a face",
            "rectangle",
            "[[10, 20], [40, 20], [40, 60], [10, 60]]",
            "1.0",
            Some(square),
        ),
        (
            "HEAD",
            "rectangle",
            "[[\"40\", 60], [10, \"20\"], [10, 60], [40, 20]]",
            "0",
            Some(square),
        ),
        (
            "face",
            "rotation",
            "[[45, 25], [45, 55], [5, 55], [5, 25]]",
            "null",
            Some(turned),
        ),
        ("face", "rectangle", "[[10, 20], [10, 60]]", "null", None),
        (
            "face",
            "polygon",
            "[[10, 20], [40, 20], [40, 60]]",
            "null",
            None,
        ),
        ("dog", "rectangle", "[[10, 20], [40, 60]]", "null", None),
        ("face", "rectangle", "[[10, 20], [40, null]]", "null", None),
        ("face", "rectangle", "[[10, 20], [40, 60]]", "\"x\"", None),
    ] {
        let text = format!(
            r#"{{"shapes": [{{"label": "{label}", "points": {points}, "group_id": {group},
                "shape_type": "{kind}", "flags": null, "attributes": {{"Smiling": true}}}}],
                "imagePath": "C:\\x\\a.png", "imageWidth": 200, "imageHeight": 260}}"#
        );
        let (set, actual) = read_shapes(&text);
        assert_eq!(set.samples.len(), 1, "{label} {kind}: {actual}");
        let sample = &set.samples[0];
        assert_eq!(
            sample.face_box.map(|b| b.0),
            expected,
            "{label} {kind}: {actual}"
        );
        assert_eq!(
            actual.is_empty(),
            expected.is_some(),
            "{label} {kind} {points}: {actual}"
        );
        if expected.is_some() {
            assert_eq!(sample.annotation.known(1), 1, "{label} {kind}");
            assert_eq!(sample.stated_size, Some([200, 260]));
        }
    }
}

#[test]
fn labels_in_other_spellings_and_the_box_of_the_face() {
    let shape = |label: &str, kind: &str, points: &str, group: &str| {
        format!(
            r#"{{"label": "{label}", "points": {points}, "group_id": {group}, "shape_type": "{kind}",
                "flags": {{"Young": "yes", "Bald": ""}}}}"#
        )
    };
    let shapes = [
        shape("hat", "rectangle", "[[1, 1], [9, 9]]", "null"),
        shape("Left Eye", "point", "[[1, 2]]", "null"),
        shape("RIGHT-EYE", "circle", "[[3, 4], [5, 4]]", "null"),
        shape("noseTip", "polygon", "[[5, 6]]", "null"),
        shape("face", "rectangle", "[[2, 2], [8, 8]]", "null"),
        shape("somebody", "rectangle", "[[3, 3], [7, 7]]", "5"),
        shape("nose", "points", "[[5, 5]]", "5"),
    ];
    let (set, actual) = read_shapes(&format!(r#"{{"shapes": [{}]}}"#, shapes.join(",")));
    let faces: Vec<_> = set
        .samples
        .iter()
        .map(|s| (s.face, s.annotation.known(0), s.face_box.map(|b| b.0.x)))
        .collect();
    assert_eq!(faces, [(0, 3, Some(2.0)), (5, 1, Some(3.0))], "{actual}");
    assert!(
        actual.contains("\"hat\": a box that is not named as a face's"),
        "{actual}"
    );
    assert!(
        actual.contains("\"Young\" is unknown: \"yes\" is not true"),
        "{actual}"
    );
}
