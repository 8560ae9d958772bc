use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::label::{FaceBox, PointLabel, PointState, Presence, Provenance};
use crate::review::{
    Change, EntryId, FaceChanges, FaceRef, Field, FileStorage, Gesture, History, Labelled, Status,
    Value,
};

/// A disk that can lose its power, be full, or fail. Shared with who looks at it afterwards.
#[derive(Clone, Default)]
struct Disk(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// How many of them outlive a power cut for certain.
    synced: usize,
    /// After so many further bytes the disk is full.
    room: Option<usize>,
    sync_fails: bool,
    truncate_fails: bool,
}

impl Disk {
    fn of(bytes: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.0.borrow_mut().synced = bytes.len();
        disk.0.borrow_mut().bytes = bytes;
        disk
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.borrow().bytes.clone()
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.borrow_mut());
    }
}

impl Storage for Disk {
    fn size(&mut self) -> io::Result<u64> {
        Ok(self.0.borrow().bytes.len() as u64)
    }

    fn read_from(&mut self, start: u64) -> io::Result<Vec<u8>> {
        Ok(self.0.borrow().bytes[start as usize..].to_vec())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let fits = state.room.unwrap_or(usize::MAX).min(bytes.len());
        state.bytes.extend(&bytes[..fits]);
        if let Some(room) = &mut state.room {
            *room -= fits;
        }
        match fits == bytes.len() {
            true => Ok(()),
            false => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        if state.sync_fails {
            return Err(io::Error::other("the disk failed"));
        }
        state.synced = state.bytes.len();
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        if state.truncate_fails {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let freed = state.bytes.len() - len as usize;
        state.bytes.truncate(len as usize);
        state.synced = state.synced.min(len as usize);
        if let Some(room) = &mut state.room {
            *room += freed;
        }
        Ok(())
    }
}

fn face() -> FaceRef {
    FaceRef {
        picture_hash: Some("af13".into()),
        picture_bytes: Some(77),
        picture: "Bilder ä/\"1\"\n.jpg".into(),
        id: Some(7),
        face_box: Some(FaceBox::new(1.5, 2.25, 30.0, 31.0)),
        place: 2,
    }
}

fn point(x: f32) -> Labelled {
    Labelled {
        value: Value::Point(PointLabel::visible([x, 0.1 + x])),
        source: Provenance::Person,
    }
}

/// The gesture that moves a point from one place to another.
fn moved(from: f32, to: f32) -> Entry {
    let item = ("landmarks".to_owned(), "nose".to_owned());
    Entry {
        id: EntryId::random(),
        sequence: 0,
        time: 1_790_000_000_000,
        annotator: "Änne".into(),
        gesture: Gesture::Edit,
        faces: vec![FaceChanges {
            face: face(),
            changes: vec![Change {
                field: Field::Label {
                    task: item.0,
                    item: item.1,
                },
                before: point(from),
                after: point(to),
            }],
        }],
    }
}

fn open(disk: &Disk) -> (Journal<Disk>, Contents) {
    Journal::open(disk.clone()).unwrap()
}

/// A disk with entries one to `count`, and the entries.
fn written(count: usize) -> (Disk, Vec<Entry>) {
    let disk = Disk::default();
    let mut entries: Vec<Entry> = (0..count)
        .map(|i| moved(i as f32, i as f32 + 1.0))
        .collect();
    open(&disk).0.append(&mut entries).unwrap();
    (disk, entries)
}

#[test]
fn what_is_saved_is_read_again_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anna.jsonl");
    let mut saved = Vec::new();
    for round in 0..3 {
        let (mut journal, contents) = Journal::open(FileStorage::open(&path).unwrap()).unwrap();
        assert_eq!(contents.entries, saved);
        assert_eq!(contents.problems, []);
        let mut entries = [moved(round as f32, 0.3), moved(0.3, 1e-7)];
        journal.append(&mut entries).unwrap();
        assert_eq!(journal.next_sequence(), 2 * round + 3);
        saved.extend(entries);
    }
    let numbers: Vec<u64> = saved.iter().map(|e| e.sequence).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_torn_last_line_is_cut_and_said_wherever_it_was_torn() {
    let (disk, entries) = written(3);
    let bytes = disk.bytes();
    let ends: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'\n').collect();
    for len in 0..bytes.len() {
        let whole = ends.iter().filter(|end| **end < len).count();
        let rest = len - if whole == 0 { 0 } else { ends[whole - 1] + 1 };
        let disk = Disk::of(bytes[..len].to_vec());
        let (mut journal, contents) = open(&disk);
        assert_eq!(contents.entries, entries[..whole]);
        let torn = (rest > 0).then_some(Problem::Torn { bytes: rest });
        assert_eq!(contents.problems, Vec::from_iter(torn));
        // Work goes on behind the last whole line.
        journal.append(&mut [moved(9.0, 8.0)]).unwrap();
        let (_, again) = open(&disk);
        assert_eq!(again.entries.len(), whole + 1);
        assert_eq!(again.problems, []);
    }
}

#[test]
fn an_altered_byte_costs_its_line_alone_and_is_said() {
    let (disk, entries) = written(3);
    let bytes = disk.bytes();
    for at in 0..bytes.len() {
        for flip in [1, 0x20, 0x80] {
            let mut altered = bytes.clone();
            altered[at] ^= flip;
            let (_, contents) = open(&Disk::of(altered));
            let kept: Vec<&Entry> = entries
                .iter()
                .filter(|e| contents.entries.contains(e))
                .collect();
            assert_eq!(kept.len(), contents.entries.len(), "nothing false at {at}");
            // Where the newline between two lines is gone, both are.
            assert!(
                kept.len() + 2 >= 3 && kept.len() < 3,
                "{at}: {}",
                kept.len()
            );
            assert!(!contents.problems.is_empty());
        }
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_saved_and_work_goes_on() {
    let (disk, mut entries) = written(2);
    let line = entries[0].line().unwrap().len();
    for room in 0..line {
        let (mut journal, _) = open(&disk);
        disk.set(|d| d.room = Some(room));
        let failed = journal.append(&mut [moved(5.0, 6.0)]);
        assert!(matches!(failed, Err(JournalError::Write(_))));
        assert_eq!(open(&disk).1.entries, entries);
        disk.set(|d| d.room = None);
        let mut next = [moved(room as f32, 1.0)];
        journal.append(&mut next).unwrap();
        entries.extend(next);
        let (_, contents) = open(&disk);
        assert_eq!(
            (contents.entries, contents.problems),
            (entries.clone(), vec![])
        );
    }
}

#[test]
fn what_could_neither_be_synced_nor_cut_counts_once() {
    let (disk, mut entries) = written(1);
    let (mut journal, _) = open(&disk);
    disk.set(|d| (d.sync_fails, d.truncate_fails) = (true, true));
    let mut next = [moved(5.0, 6.0)];
    assert!(journal.append(&mut next).is_err());
    disk.set(|d| d.sync_fails = false);
    journal.append(&mut next).unwrap();
    entries.extend(next);
    let (_, contents) = open(&disk);
    assert_eq!((contents.entries, contents.problems), (entries, vec![]));
}

#[test]
fn a_torn_line_that_cannot_be_cut_is_ended() {
    let (disk, mut entries) = written(2);
    let (mut journal, _) = open(&disk);
    disk.set(|d| (d.room, d.truncate_fails) = (Some(20), true));
    assert!(journal.append(&mut [moved(5.0, 6.0)]).is_err());
    disk.set(|d| d.room = None);
    let mut next = [moved(7.0, 8.0)];
    journal.append(&mut next).unwrap();
    entries.extend(next);
    let (_, contents) = open(&disk);
    assert_eq!(contents.entries, entries);
    let why = LineError::Checksum;
    assert_eq!(contents.problems, [Problem::Damaged { line: 3, why }]);
}

#[test]
fn what_somebody_else_appended_is_taken_in_before_work_goes_on() {
    let (disk, mut entries) = written(2);
    let (mut journal, _) = open(&disk);
    let mut others = [moved(3.0, 4.0)];
    open(&disk).0.append(&mut others).unwrap();
    let mut own = [moved(5.0, 6.0)];
    assert!(matches!(
        journal.append(&mut own),
        Err(JournalError::Changed)
    ));
    let news = journal.news().unwrap();
    assert_eq!(news.entries, others);
    journal.append(&mut own).unwrap();
    entries.extend(others.into_iter().chain(own));
    let (_, contents) = open(&disk);
    assert_eq!((contents.entries, contents.problems), (entries, vec![]));
}

#[test]
fn lines_of_a_newer_program_are_kept_and_named() {
    let (disk, entries) = written(1);
    let newer = entries[0]
        .line()
        .unwrap()
        .replace("\"version\":1", "\"version\":2");
    let (start, _) = newer.split_once(",\"crc32\"").unwrap();
    let sum = crc32fast::hash(start.as_bytes());
    let newer = format!("{start},\"crc32\":\"{sum:08x}\"}}\n");
    let bytes = [disk.bytes(), newer.into_bytes()].concat();
    let (_, contents) = open(&Disk::of(bytes));
    assert_eq!(contents.entries, entries);
    let why = LineError::Version(2);
    assert_eq!(contents.problems, [Problem::Damaged { line: 2, why }]);
}

#[test]
fn what_is_not_finite_is_refused_before_anything_is_written() {
    let (disk, entries) = written(1);
    let (mut journal, _) = open(&disk);
    for bad in [f32::NAN, f32::INFINITY] {
        let failed = journal.append(&mut [moved(1.0, 2.0), moved(1.0, bad)]);
        assert!(matches!(failed, Err(JournalError::Entry(_))));
    }
    assert_eq!(open(&disk).1.entries, entries);
}

fn values() -> impl Strategy<Value = Labelled> {
    let state = prop_oneof![
        Just(PointState::Visible),
        Just(PointState::Occluded),
        Just(PointState::Unknown)
    ];
    let number = || prop::num::f32::NORMAL | prop::num::f32::ZERO | prop::num::f32::SUBNORMAL;
    let presence = prop_oneof![
        Just(Presence::Unknown),
        Just(Presence::Absent),
        Just(Presence::Present)
    ];
    let status = prop_oneof![
        Just(Status::Todo),
        Just(Status::Approved),
        Just(Status::Unsure),
        Just(Status::Excluded)
    ];
    let value = prop_oneof![
        ([number(), number()], state)
            .prop_map(|(at, state)| Value::Point(PointLabel { at, state })),
        presence.prop_map(Value::Presence),
        prop::option::of([number(), number(), number(), number()])
            .prop_map(|b| Value::Box(b.map(|[x, y, w, h]| FaceBox::new(x, y, w, h)))),
        status.prop_map(Value::Status),
        ".*".prop_map(Value::Note),
    ];
    let source = prop_oneof![
        Just(Provenance::Imported),
        Just(Provenance::Person),
        (".*", any::<bool>()).prop_map(|(weights, bulk)| Provenance::Accepted {
            weights: weights.into(),
            bulk
        }),
    ];
    (value, source).prop_map(|(value, source)| Labelled { value, source })
}

fn gestures() -> impl Strategy<Value = Gesture> {
    prop_oneof![
        Just(Gesture::Edit),
        any::<u64>().prop_map(|id| Gesture::Undo(EntryId(id))),
        any::<u64>().prop_map(|id| Gesture::Redo(EntryId(id)))
    ]
}

fn fields() -> impl Strategy<Value = Field> {
    prop_oneof![
        (".*", ".*").prop_map(|(task, item)| Field::Label { task, item }),
        Just(Field::Box),
        Just(Field::Status),
        Just(Field::Note)
    ]
}

proptest! {
    #[test]
    fn every_entry_is_read_as_it_was_written(
        gesture in gestures(),
        annotator in ".*",
        picture in ".*",
        hash in prop::option::of(".*"),
        time in any::<u64>(),
        changes in prop::collection::vec((fields(), values(), values()), 0..4),
    ) {
        let changes = changes
            .into_iter()
            .map(|(field, before, after)| Change { field, before, after })
            .collect();
        let of = FaceRef { picture, picture_hash: hash, ..face() };
        let entry = Entry {
            id: EntryId::random(),
            sequence: 3,
            time,
            annotator,
            gesture,
            faces: vec![FaceChanges { face: of, changes }],
        };
        let line = entry.line().unwrap();
        prop_assert_eq!(line.matches('\n').count(), 1);
        prop_assert_eq!(Entry::of_line(line.trim_end_matches('\n').as_bytes()), Ok(entry.clone()));
        let twice = Entry { faces: entry.reversed(), ..entry.clone() }.reversed();
        prop_assert_eq!(twice, entry.faces);
    }

    /// Any order of edits, undos and redos leaves the value that a plain stack of edits has.
    #[test]
    fn undo_and_redo_go_over_restarts(steps in prop::collection::vec((0_u8..3, any::<bool>()), 0..40)) {
        let disk = Disk::default();
        let (mut journal, mut entries) = (open(&disk).0, Vec::<Entry>::new());
        let (mut stack, mut redo) = (vec![0.0_f32], Vec::new());
        for (i, (step, restart)) in steps.into_iter().enumerate() {
            if restart {
                let contents;
                (journal, contents) = open(&disk);
                prop_assert_eq!(&contents.entries, &entries);
                entries = contents.entries;
            }
            let history = History::of(&entries);
            let of = |id: EntryId| {
                let entry = entries.iter().find(|e| e.id == id).unwrap().clone();
                Entry { id: EntryId::random(), ..entry }
            };
            let next = match (step, history.next_undo(), history.next_redo()) {
                (0, ..) => {
                    redo.clear();
                    stack.push(i as f32 + 1.0);
                    moved(stack[stack.len() - 2], stack[stack.len() - 1])
                }
                (1, Some(n), _) => {
                    redo.push(stack.pop().unwrap());
                    let edit = of(n);
                    Entry { gesture: Gesture::Undo(n), faces: edit.reversed(), ..edit }
                }
                (2, _, Some(n)) => {
                    stack.push(redo.pop().unwrap());
                    Entry { gesture: Gesture::Redo(n), ..of(n) }
                }
                _ => {
                    prop_assert_eq!(history.next_undo().is_none(), stack.len() == 1);
                    prop_assert_eq!(history.next_redo().is_none(), redo.is_empty());
                    continue;
                }
            };
            let mut next = [next];
            journal.append(&mut next).unwrap();
            let Value::Point(at) = next[0].faces[0].changes[0].after.value else {
                panic!("a point")
            };
            prop_assert_eq!(at.at[0], *stack.last().unwrap());
            entries.extend(next);
        }
    }

    /// Power cuts, full disks and failing syncs at random: whatever was said to be saved is there.
    #[test]
    fn what_was_said_to_be_saved_is_there(
        steps in prop::collection::vec((0_u8..6, any::<prop::sample::Index>()), 1..60),
    ) {
        let disk = Disk::default();
        let mut journal = open(&disk).0;
        let mut saved = Vec::new();
        for (i, (step, chance)) in steps.into_iter().enumerate() {
            match step {
                0 => disk.set(|d| d.room = Some(chance.index(600))),
                1 => disk.set(|d| d.sync_fails = !d.sync_fails),
                2 => {
                    // Of what was not synced any part may be left.
                    disk.set(|d| {
                        let left = d.synced + chance.index(d.bytes.len() - d.synced + 1);
                        d.bytes.truncate(left);
                        *d = State {
                            bytes: std::mem::take(&mut d.bytes),
                            synced: left,
                            ..State::default()
                        };
                    });
                    let contents;
                    (journal, contents) = open(&disk);
                    for entry in &saved {
                        prop_assert!(contents.entries.contains(entry));
                    }
                    saved = contents.entries;
                }
                3 => disk.set(|d| d.truncate_fails = !d.truncate_fails),
                _ => {
                    let mut next = [moved(i as f32, 0.5), moved(0.5, i as f32)];
                    if journal.append(&mut next[..1 + chance.index(2)]).is_ok() {
                        saved.extend(next.into_iter().filter(|e| e.sequence > 0));
                    }
                }
            }
        }
    }
}
