use super::*;
use crate::label::{Presence, Provenance, Schema};
use crate::review::{
    Change, Entry, EntryId, FaceChanges, Field, Gesture, Labelled, Value, apply, face_ref,
};

/// A set of files, of which the contents tell what they are.
struct Set(tempfile::TempDir);

impl Set {
    fn new(files: &[(&str, &str)]) -> Self {
        let set = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| set.write(name, text));
        set
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn samples(&self, names: &[&str]) -> Vec<Sample> {
        let sample = |name: &&str| Sample::unlabelled(&self.path(name), &Schema::face());
        names.iter().map(sample).collect()
    }

    /// The face of a picture as it is edited now, with or without the picture being read.
    fn face(&self, name: &str, read: bool) -> FaceRef {
        let sample = &self.samples(&[name])[0];
        let file = read.then(|| PictureFile::read(&sample.path).unwrap());
        FaceRef {
            picture_hash: file.map(|file| file.hash.to_string()),
            picture_bytes: file.map(|file| file.bytes),
            ..face_ref(sample, self.0.path())
        }
    }

    fn index(&self) -> PictureIndex {
        PictureIndex::read(self.0.path())
    }

    fn found(&self, names: &[&str], edits: &Edits) -> Pictures {
        let samples = self.samples(names);
        Pictures::find(samples.iter(), edits, self.0.path(), &mut self.index())
    }
}

fn edits(faces: &[&FaceRef]) -> Edits {
    let value = |presence| Labelled {
        value: Value::Presence(presence),
        source: Provenance::Person,
    };
    let changes = faces.iter().map(|face| FaceChanges {
        face: (*face).clone(),
        changes: vec![Change {
            field: Field::Label {
                task: "attributes".into(),
                item: "Bald".into(),
            },
            before: value(Presence::Unknown),
            after: value(Presence::Present),
        }],
    });
    Edits::of(&[Entry {
        id: EntryId::random(),
        sequence: 1,
        time: 0,
        annotator: "anna".into(),
        gesture: Gesture::Edit,
        faces: changes.collect(),
    }])
}

#[test]
fn a_renamed_picture_and_one_in_a_subfolder_are_found_by_their_contents() {
    let set = Set::new(&[("a.jpg", "anna"), ("b.jpg", "bert"), ("c.jpg", "carl")]);
    let [a, b] = ["a.jpg", "b.jpg"].map(|name| set.face(name, true));
    let edits = edits(&[&a, &b]);
    set.rename("a.jpg", "x.jpg");
    set.rename("b.jpg", "deep/er/b.jpg");
    let names = ["c.jpg", "deep/er/b.jpg", "x.jpg"];
    let found = set.found(&names, &edits);
    assert_eq!(found.name(&a), Some("x.jpg"));
    assert_eq!(found.name(&b), Some("deep/er/b.jpg"));
    let text = "2 pictures were found again under other names";
    assert_eq!(found.renamed_text().as_deref(), Some(text));
    let (samples, schema) = (set.samples(&names), Schema::face());
    let applied = apply(samples.iter(), (&edits, found), set.0.path(), &schema);
    let edited: Vec<(usize, usize)> = applied.edited.iter().map(|e| (e.0, e.1)).collect();
    assert_eq!((edited, applied.lost), (vec![(1, 1), (2, 0)], Vec::new()));
    // Without hashes, as older journals are, names are all there is.
    let old = super::tests::edits(&[&FaceRef {
        picture_hash: None,
        ..a.clone()
    }]);
    let found = set.found(&names, &old);
    let applied = apply(samples.iter(), (&old, found), set.0.path(), &schema);
    assert_eq!(applied.lost, [0]);
}

#[test]
fn of_equal_contents_the_path_tells_which_is_which() {
    let set = Set::new(&[("a.jpg", "same"), ("b.jpg", "same"), ("c.jpg", "same")]);
    let [a, b] = ["a.jpg", "b.jpg"].map(|name| set.face(name, true));
    let both = edits(&[&a, &b]);
    let found = set.found(&["a.jpg", "b.jpg", "c.jpg"], &both);
    assert_eq!(
        [found.name(&a), found.name(&b)],
        [Some("a.jpg"), Some("b.jpg")]
    );
    set.rename("b.jpg", "new/b.jpg");
    set.rename("a.jpg", "new/a.jpg");
    let found = set.found(&["c.jpg", "new/b.jpg", "new/a.jpg"], &both);
    let names = [found.name(&a), found.name(&b)];
    assert_eq!(names, [Some("new/a.jpg"), Some("new/b.jpg")]);
    // One that is deleted does not take the place of one that is there, whose edits are its own.
    let found = set.found(
        &["new/b.jpg"],
        &edits(&[
            &a,
            &FaceRef {
                picture: "new/b.jpg".into(),
                ..b
            },
        ]),
    );
    assert_eq!(found.renamed().count(), 0);
}

#[test]
fn names_that_were_exchanged_or_moved_on_follow_their_contents() {
    let set = Set::new(&[
        ("1.jpg", "one"),
        ("2.jpg", "second"),
        ("3.jpg", "the third"),
    ]);
    let [one, two, three] = ["1.jpg", "2.jpg", "3.jpg"].map(|name| set.face(name, true));
    let edits = edits(&[&one, &two, &three]);
    set.rename("3.jpg", "4.jpg");
    set.rename("2.jpg", "3.jpg");
    set.rename("1.jpg", "2.jpg");
    set.write("1.jpg", "somebody else");
    let found = set.found(&["1.jpg", "2.jpg", "3.jpg", "4.jpg"], &edits);
    let names = [&one, &two, &three].map(|face| found.name(face).unwrap());
    assert_eq!(names, ["2.jpg", "3.jpg", "4.jpg"]);
    assert_eq!(found.changed, [""; 0]);
    // What has the name of one now is known by its own content, and is not taken for it.
    let new = found.read.iter().find(|(path, _)| path.ends_with("1.jpg"));
    let other = FaceRef {
        picture_hash: Some(new.unwrap().1.hash.to_string()),
        ..one.clone()
    };
    assert!(!other.is(&one));
    assert_eq!(found.name(&other), Some("1.jpg"));
    // Exchanged pictures of one size are told apart where the index knew them.
    let set = Set::new(&[("a.jpg", "aaaa"), ("b.jpg", "bbbb")]);
    let [a, b] = ["a.jpg", "b.jpg"].map(|name| set.face(name, true));
    let edits = super::tests::edits(&[&a, &b]);
    let mut index = set.index();
    for name in ["a.jpg", "b.jpg"] {
        index.note(name, &PictureFile::read(&set.path(name)).unwrap());
        // Times of files are coarse on some systems.
        let file = fs::OpenOptions::new().write(true).open(set.path(name));
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(9);
        file.unwrap().set_modified(later).unwrap();
    }
    index.write().unwrap();
    set.rename("a.jpg", "c.jpg");
    set.rename("b.jpg", "a.jpg");
    set.rename("c.jpg", "b.jpg");
    let found = set.found(&["a.jpg", "b.jpg"], &edits);
    assert_eq!(
        [found.name(&a), found.name(&b)],
        [Some("b.jpg"), Some("a.jpg")]
    );
}

#[test]
fn edits_of_a_picture_that_was_saved_anew_stay_with_its_name_and_that_is_said() {
    let set = Set::new(&[("a.jpg", "anna"), ("b.jpg", "bert")]);
    let (a, b) = (set.face("a.jpg", true), set.face("b.jpg", false));
    let edits = edits(&[&a, &b]);
    set.write("a.jpg", "anna, cropped");
    set.write("b.jpg", "bert, cropped");
    let found = set.found(&["a.jpg", "b.jpg"], &edits);
    assert_eq!(
        [found.name(&a), found.name(&b)],
        [Some("a.jpg"), Some("b.jpg")]
    );
    let text = "a.jpg has changed since it was edited";
    assert_eq!(found.changed_text().as_deref(), Some(text));
}

#[test]
fn a_face_that_was_edited_before_its_picture_was_read_goes_with_the_others_of_it() {
    let set = Set::new(&[("a.jpg", "anna"), ("b.jpg", "bert")]);
    let first = FaceRef {
        place: 1,
        ..set.face("a.jpg", true)
    };
    let second = FaceRef {
        place: 2,
        ..set.face("a.jpg", false)
    };
    set.rename("a.jpg", "c.jpg");
    let found = set.found(&["b.jpg", "c.jpg"], &edits(&[&first, &second]));
    assert_eq!(
        [&first, &second].map(|face| found.name(face)),
        [Some("c.jpg"); 2]
    );
}

#[test]
fn nothing_is_read_of_a_set_that_has_all_pictures() {
    let set = Set::new(&[("a.jpg", "anna"), ("b.jpg", "bert")]);
    let edits = edits(&[&set.face("a.jpg", true), &set.face("b.jpg", true)]);
    let found = set.found(&["a.jpg", "b.jpg"], &edits);
    assert_eq!(found, Pictures::default());
    // Nor, where one is lost, of pictures of other sizes.
    set.write("c.jpg", "somebody of another size");
    let found = set.found(&["b.jpg", "c.jpg"], &edits);
    assert!(found.read.is_empty() && found.renamed().count() == 0);
}
