use std::path::PathBuf;

use super::*;
use crate::label::{FaceBox, PointLabel, Presence};
use crate::review::{Change, Entry, EntryId, FaceChanges, Gesture};

fn sample(name: &str) -> Sample {
    Sample::unlabelled(&PathBuf::from("/set").join(name), &Schema::face())
}

fn attribute(item: &str) -> Field {
    Field::Label {
        task: "attributes".into(),
        item: item.into(),
    }
}

fn person(value: Value) -> Labelled {
    Labelled {
        value,
        source: Provenance::Person,
    }
}

fn entry(face: FaceRef, changes: Vec<(Field, Value, Value)>) -> Entry {
    let changes = changes.into_iter().map(|(field, before, after)| Change {
        field,
        before: Labelled {
            value: before,
            source: Provenance::Imported,
        },
        after: person(after),
    });
    Entry {
        id: EntryId::random(),
        sequence: 0,
        time: 0,
        annotator: "anna".into(),
        gesture: Gesture::Edit,
        faces: vec![FaceChanges {
            face,
            changes: changes.collect(),
        }],
    }
}

fn applied(samples: &[Sample], edits: &[Entry]) -> Applied {
    let edits = Edits::of(edits);
    let edits = (&edits, Pictures::default());
    apply(samples.iter(), edits, Path::new("/set"), &Schema::face())
}

#[test]
fn labels_take_the_place_of_the_sets_and_say_who_set_them() {
    let samples = [sample("a/b.jpg"), sample("c.jpg")];
    let face = face_ref(&samples[0], Path::new("/set"));
    assert_eq!((face.picture.as_str(), face.place), ("a/b.jpg", 1));
    let nose = PointLabel::visible([3.5, 4.5]);
    let point = Field::Label {
        task: "landmarks".into(),
        item: "nose".into(),
    };
    let unknown = Value::Presence(Presence::Unknown);
    let edit = entry(
        face,
        vec![
            (
                attribute("Bald"),
                unknown.clone(),
                Value::Presence(Presence::Present),
            ),
            (
                point.clone(),
                Value::Point(PointLabel::default()),
                Value::Point(nose),
            ),
            (
                attribute("No such"),
                unknown,
                Value::Presence(Presence::Absent),
            ),
        ],
    );
    let out = applied(&samples, &[edit]);
    let [(0, 0, edited)] = &out.edited[..] else {
        panic!("{:?}", out.edited)
    };
    let schema = Schema::face();
    assert_eq!(
        value(edited, &schema, &attribute("Bald")),
        Some(person(Value::Presence(Presence::Present)))
    );
    assert_eq!(
        value(edited, &schema, &point),
        Some(person(Value::Point(nose)))
    );
    assert_eq!(value(edited, &schema, &attribute("No such")), None);
    assert!(out.conflicts.is_empty() && out.lost.is_empty() && out.added.is_empty());
    assert_eq!(
        edited.annotation.known(1) + samples[0].annotation.known(1),
        1
    );
}

#[test]
fn what_the_set_changed_since_is_a_conflict_until_somebody_decides() {
    let mut now = sample("a.jpg");
    let face = face_ref(&now, Path::new("/set"));
    let [unknown, yes, no] =
        [Presence::Unknown, Presence::Present, Presence::Absent].map(Value::Presence);
    let edit = entry(
        face.clone(),
        vec![(attribute("Bald"), unknown, yes.clone())],
    );
    let at = |sample: &Sample| value(sample, &Schema::face(), &attribute("Bald")).unwrap();
    let TaskLabels::Binary(values) = &mut now.annotation.tasks[1] else {
        unreachable!()
    };
    let bald = Schema::face().tasks[1].items().position(|n| n == "Bald");
    values[bald.unwrap()] = Presence::Absent;
    let out = applied(std::slice::from_ref(&now), std::slice::from_ref(&edit));
    assert_eq!(out.conflicts.len(), 1);
    assert_eq!(out.conflicts[0].edited, person(yes.clone()));
    assert_eq!(at(&out.edited[0].2).value, no, "the set's until then");
    for decision in [&yes, &no] {
        let decided = entry(
            face.clone(),
            vec![(attribute("Bald"), no.clone(), decision.clone())],
        );
        let out = applied(std::slice::from_ref(&now), &[edit.clone(), decided]);
        assert!(out.conflicts.is_empty());
        assert_eq!(at(&out.edited[0].2).value, *decision);
    }
}

#[test]
fn drawn_faces_are_added_once_and_edits_without_a_face_are_kept() {
    let samples = [sample("a.jpg")];
    let place = FaceBox::new(50.0, 60.0, 40.0, 40.0);
    let drawn = FaceRef {
        picture_hash: None,
        picture_bytes: None,
        picture: "a.jpg".into(),
        id: None,
        face_box: Some(place),
        place: 2,
    };
    let boxed = |from: Option<FaceBox>, to| (Field::Box, Value::Box(from), Value::Box(to));
    let edit = entry(drawn.clone(), vec![boxed(None, Some(place))]);
    let lost = entry(
        FaceRef {
            picture: "gone.jpg".into(),
            ..drawn.clone()
        },
        vec![(Field::Note, Value::Note("".into()), Value::Note("x".into()))],
    );
    let out = applied(&samples, &[edit.clone(), lost]);
    assert_eq!(out.lost, [1]);
    let [(0, added)] = &out.added[..] else {
        panic!("{:?}", out.added)
    };
    assert_eq!(added.face_box, Some((place, BoxSource::DataSet)));
    assert_eq!((added.ordinal, added.face), (Some(2), 1));
    // Its number is none of the picture's faces, whatever these are.
    let mut numbered = sample("a.jpg");
    numbered.face = 2;
    let out = applied(&[numbered], std::slice::from_ref(&edit));
    assert_eq!(out.added[0].1.face, 3);
    // The set has it by now, as after an export.
    let mut second = sample("a.jpg");
    second.face_box = Some((place, BoxSource::DataSet));
    let out = applied(&[sample("a.jpg"), second], std::slice::from_ref(&edit));
    assert!(out.added.is_empty() && out.lost.is_empty() && out.conflicts.is_empty());
    // Taken away again.
    let removed = entry(drawn, vec![boxed(Some(place), None)]);
    let out = applied(&samples, &[edit, removed]);
    assert!(out.added.is_empty() && out.lost.is_empty());
}
