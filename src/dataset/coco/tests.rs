use std::fs;

use super::values::PERSON_BOX;
use super::*;
use crate::dataset::{Problem, Sample};
use crate::label::{FaceBox, PointLabel, PointState, TaskLabels};

/// A file of one category with three points, read beside the pictures a.jpg to c.jpg.
fn read_faces(annotations: &str) -> (Dataset, String) {
    let images = ["a", "b", "c"].iter().enumerate().map(|(id, name)| {
        format!(r#"{{"id": {id}, "file_name": "{name}.jpg", "width": 40, "height": "30"}}"#)
    });
    read_file(&format!(
        r#"{{"images": [{}], "annotations": [{annotations}], "categories": [
            {{"id": 1, "name": "face", "keypoints": ["left_eye", "nose", "right_mouth_corner"]}}]}}"#,
        images.collect::<Vec<_>>().join(",")
    ))
}

fn read_file(text: &str) -> (Dataset, String) {
    let root = tempfile::tempdir().unwrap();
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        fs::write(root.path().join(name), "").unwrap();
    }
    let path = root.path().join("faces.json");
    fs::write(&path, text).unwrap();
    let set = super::super::open(&path, &Schema::face()).unwrap();
    let said: Vec<_> = set.problems.iter().map(Problem::to_string).collect();
    (set, said.join("\n"))
}

fn points(sample: &Sample) -> &[PointLabel] {
    let TaskLabels::Points(points) = &sample.annotation.tasks[0] else {
        unreachable!()
    };
    points
}

fn has(actual: &str, parts: &[&str]) {
    for part in parts {
        assert!(actual.contains(part), "{part}: {actual}");
    }
    assert_eq!(actual.lines().count(), parts.len(), "{actual}");
}

const FILE: &str = r#"{"images": [
    {"id": 7, "file_name": "a.jpg"}, {"id": "8", "file_name": "none.jpg"}, {"id": 9},
    {"id": 7, "file_name": "a.jpg"}],
  "annotations": [
    {"id": 1, "image_id": 7, "category_id": 1, "bbox": [1, 2, 30.5, 40], "segmentation": [[1, 2]],
     "keypoints": [10, 11, 2,  20, 12, 1,  15, 16, 0], "attributes": {"Smiling": true, "x": "y"}},
    {"id": 2, "image_id": 7.0, "category_id": 2, "bbox": [1, 2, 300, 400],
     "keypoints": [10, 11, 2,  1, 1, 2]},
    {"id": 3, "image_id": 7, "category_id": 1, "keypoints": [10, 11]},
    {"id": 4, "image_id": 5}, {"id": 5, "image_id": 8}, {"id": 6, "image_id": 7, "iscrowd": 1},
    {"id": 7, "image_id": 7, "category_id": 1, "bbox": [1, 2, 0, 4]},
    {"id": 8, "image_id": 7, "category_id": 3, "keypoints": [1, 1, 2]},
    {"id": 9, "image_id": 7, "caption": "a face"}],
  "categories": [
    {"id": 1, "keypoints": ["left_eye", "nose", "right_mouth_corner"]},
    {"id": 2, "keypoints": ["left_eye", "left_shoulder"]}]}"#;

#[test]
fn a_persons_left_is_the_pictures_right() {
    let (set, actual) = read_file(FILE);
    assert_eq!(set.samples.len(), 5, "{actual}");
    let first = &set.samples[0];
    let points = points(first);
    assert_eq!(
        points[1].at,
        [10.5, 11.5],
        "their left eye is our right one"
    );
    assert_eq!(
        (points[2].at, points[2].state),
        ([20.5, 12.5], PointState::Occluded)
    );
    let unknown = [0, 3, 4].map(|i| points[i].state);
    assert_eq!(unknown, [PointState::Unknown; 3]);
    assert_eq!(
        first.face_box.unwrap().0,
        FaceBox::new(1.0, 2.0, 30.5, 40.0)
    );
    assert_eq!(first.annotation.known(1), 1);
    assert_eq!(set.columns, ["x", PERSON_BOX]);
    let second = &set.samples[1];
    assert_eq!(
        (second.face, second.face_box),
        (1, None),
        "a person's box is no face's"
    );
    assert_eq!(&*second.columns[1], "1 2 300 400");
    has(
        &actual,
        &[
            "category 2: 1 of its 2 keypoints are none that this program knows: left_shoulder",
            "none.jpg: no such picture",
            "image 9: it needs",
            "image 7: this id is there twice",
            "annotation 3: its points are unknown: 2 numbers",
            "annotation 4: no image",
            "annotation 5: its picture is not there",
            "annotation 6: a crowd",
            "annotation 7: its box [1, 2, 0, 4] is unknown: it has no area",
            "annotation 8: no category of the id 3",
            "annotation 8: its points are unknown: category 3",
            "annotation 9: neither box nor points",
        ],
    );
}

#[test]
fn only_what_is_wrong_of_a_face_is_lost() {
    let (set, actual) = read_faces(
        r#"{"id": 1, "image_id": 0, "category_id": 1, "bbox": ["1", "2", "30", "4e1"],
            "keypoints": ["10", "11", "2", null, null, 0, NaN, NaN, 2]},
           {"id": 2, "image_id": 0, "category_id": 1, "bbox": [0, 0, 0, 0],
            "keypoints": [[10, 11, 2], [1, 2, 7], ["x", 3, 2]]},
           {"id": 3, "image_id": 1, "category_id": 1, "bbox": "[30, 40, -20, -10]",
            "keypoints": "[10, 11, 2, 1, 2, 1, 0, 0, 0]", "split": "Nowhere",
            "attributes": {"Smiling": "maybe", "Young": 1.0, "Male": null, "Bald": []}},
           {"id": 4, "image_id": 1, "bbox": [5, 6, 7], "keypoints": {"x": 1}},
           {"id": 5, "image_id": 1, "category_id": 1, "bbox": null, "keypoints": null,
            "attributes": {"Smiling": -1, "Bald": {}}},
           {"id": 6, "image_id": 1, "category_id": 1, "bbox": [],
            "keypoints": [10, 11, 2, null, null, null, 1, 1, null], "iscrowd": 0,
            "segmentation": {"counts": [1, 2], "size": [3, 4]}},
           {"id": 7, "image_id": 1, "category_id": 1, "bbox": [9, 9, 9, 0], "attributes": 5}"#,
    );
    let faces: Vec<_> = set
        .samples
        .iter()
        .map(|s| (s.face, s.annotation.known(0)))
        .collect();
    let expected = [
        (0, 1),
        (1, 1),
        (0, 2),
        (1, 0),
        (2, 0),
        (3, 1),
        (4, 0),
        (0, 0),
    ];
    assert_eq!(faces, expected, "{actual}");
    let boxes: Vec<_> = set
        .samples
        .iter()
        .map(|s| s.face_box.map(|b| b.0))
        .collect();
    assert_eq!(boxes[0], Some(FaceBox::new(1.0, 2.0, 30.0, 40.0)));
    assert_eq!(boxes[2], Some(FaceBox::new(10.0, 30.0, 20.0, 10.0)));
    assert!(boxes[3..].iter().all(Option::is_none) && boxes[1].is_none());
    assert_eq!(set.samples[2].annotation.known(1), 1, "Young");
    assert_eq!(set.samples[4].annotation.known(1), 1, "Smiling");
    assert_eq!(set.samples[0].stated_size, Some([40, 30]));
    has(
        &actual,
        &[
            "faces.json:2: NaN or Infinity, which are unknown (2 in the file)",
            "annotation 1: right_mouth_corner is unknown: [null, null, 2] has no place",
            "annotation 2: nose is unknown: [1, 2, 7] has a visibility that is not 0, 1 or 2",
            "annotation 2: right_mouth_corner is unknown: [?, 3, 2] has a place that is no num",
            "annotation 2: its box [0, 0, 0, 0] is unknown: it has no area (2 times, also annot",
            "annotation 3: its box [30, 40, -20, -10] is taken from its corners",
            "annotation 3: Smiling is unknown: \"maybe\" is not true or false",
            "annotation 3: Bald is unknown: [] is not true or false (2 times, also annotation 5)",
            "annotation 3: split \"Nowhere\" is not",
            "annotation 4: its points are unknown: they are no list",
            "annotation 4: its box [5, 6, 7] is unknown: it is no box",
            "annotation 6: right_mouth_corner is unknown: [1, 1, null] has no visibility",
            "annotation 7: its attributes are unknown: 5",
        ],
    );
}

#[test]
fn faces_have_the_numbers_of_their_annotations() {
    let face = |id: &str, image: u32| {
        format!(r#"{{"id": {id}, "image_id": {image}, "category_id": 1, "bbox": [1, 2, 30, 40]}}"#)
    };
    let numbers = |faces: &[String]| {
        let (set, actual) = read_faces(&faces.join(","));
        let of = |s: &Sample| (s.face, s.number);
        let faces = set.samples.iter().filter(|s| s.face_box.is_some());
        (faces.map(of).collect::<Vec<_>>(), actual)
    };
    let ids = [face("183126", 0), face("17", 0), face("\"18\"", 1)];
    let (found, actual) = numbers(&ids);
    assert_eq!(found, [(0, Some(183_126)), (1, Some(17)), (0, Some(18))]);
    has(&actual, &[]);
    // What is no number, or none of one face, says nothing.
    let ids = [face("\"a\"", 0), face("7", 1), face("7", 1), face("7", 2)];
    let (found, actual) = numbers(&ids);
    assert_eq!(found, [(0, None), (0, None), (1, None), (0, Some(7))]);
    let twice = "annotation 7: two faces of b.jpg have this id; both are read (2 times)";
    has(&actual, &[twice]);
    let (_, actual) = numbers(&[face("7", 0), face("7", 2)]);
    let two = "annotation 7: a face of a.jpg and one of c.jpg have this id; both are read";
    has(&actual, &[two]);
}

#[test]
fn other_categories_are_no_faces_and_counted() {
    let file = |categories: &str, annotations: &str| {
        read_file(&format!(
            r#"{{"images": [{{"id": 1, "file_name": "a.jpg"}}, {{"id": 2, "file_name": "b.jpg"}}],
                "categories": [{categories}], "annotations": [{annotations}]}}"#
        ))
    };
    let boxed = |id: u32, image: u32, category: u32, keypoints: &str| {
        format!(
            r#"{{"id": {id}, "image_id": {image}, "category_id": {category},
                "bbox": [1, 2, 30, 40], "keypoints": {keypoints}}}"#
        )
    };
    let face = r#"{"id": 1, "name": "face", "keypoints": ["Left Eye", "noseTip"]}"#;
    let hand = r#"{"id": 2, "name": "hand", "keypoints": ["wrist", "thumb"]}"#;
    let person = r#"{"id": 3, "name": "person", "keypoints": ["nose", "left_hip"]}"#;
    let dog = r#"{"id": 4, "name": "dog"}"#;
    let all = [
        boxed(1, 1, 1, "[1, 2, 2, 3, 4, 2]"),
        boxed(2, 1, 2, "[1, 2, 2, 3, 4, 2]"),
        boxed(3, 1, 3, "[0, 0, 0, 3, 4, 2]"),
        boxed(4, 2, 4, "null"),
        boxed(5, 1, 4, "null"),
    ];
    let (set, actual) = file(&[face, hand, person, dog].join(","), &all.join(","));
    let faces: Vec<_> = set.samples.iter().map(|s| s.annotation.known(0)).collect();
    assert_eq!(faces, [2, 0], "the face, and b.jpg without one: {actual}");
    has(
        &actual,
        &[
            "category 3: 1 of its 2 keypoints are none",
            "3 annotations are no faces, and passed over: 2 of dog, 1 of hand",
            "annotation 3: a person of whose face no point is known",
        ],
    );
    // Boxes alone: of faces by the category's name, or where nothing is said.
    for (categories, category, faces) in [
        (r#"{"id": 1, "name": "Human face"}"#, 1, 1),
        (
            r#"{"id": 1, "name": "face"}, {"id": 2, "name": "dog"}"#,
            1,
            1,
        ),
        (
            r#"{"id": 1, "name": "face"}, {"id": 2, "name": "dog"}"#,
            2,
            0,
        ),
        (r#"{"id": 1}"#, 1, 1),
        (r#"{"id": 1, "name": "car"}"#, 1, 0),
    ] {
        let (set, actual) = file(categories, &boxed(1, 1, category, "null"));
        let boxes = set.samples.iter().filter(|s| s.face_box.is_some()).count();
        assert_eq!(
            (boxes, set.samples.len()),
            (faces, 2),
            "{categories}: {actual}"
        );
        assert_eq!(
            actual.contains("1 annotation is no face"),
            faces == 0,
            "{actual}"
        );
    }
}
