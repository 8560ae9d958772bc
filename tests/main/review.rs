//! The journal of edits from outside: a process that is killed at any moment has lost nothing that
//! it said was saved.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use smn_studio::label::{PointLabel, Provenance};
use smn_studio::review::{
    Change, Entry, EntryId, FaceChanges, FaceRef, Field, FileStorage, Gesture, History, Journal,
    Labelled, Lock, Problem, Report, Value, Writer,
};

const FOLDER: &str = "SMN_REVIEW_FOLDER";
const EDITS: usize = 1000;
const KILLS: u32 = 200;
/// A process that was not stopped in the middle of its edits says nothing.
const LONGEST_MS: u64 = 60;

fn nose(x: f32) -> Labelled {
    Labelled {
        value: Value::Point(PointLabel::visible([x, 2.0 * x])),
        source: Provenance::Person,
    }
}

/// The next gesture of the script: mostly edits, now and then one that is undone or done again.
fn gesture(entries: &[Entry], history: &History, number: usize) -> Entry {
    let known = |id| entries.iter().find(|e| e.id == id).unwrap();
    let (gesture, faces) = match (number % 5, history.next_undo(), history.next_redo()) {
        (3, Some(id), _) => (Gesture::Undo(id), known(id).reversed()),
        (4, _, Some(id)) => (Gesture::Redo(id), known(id).faces.clone()),
        _ => {
            let field = Field::Label {
                task: "landmarks".into(),
                item: "nose".into(),
            };
            let (before, after) = (nose(number as f32), nose(number as f32 + 1.0));
            let face = FaceRef {
                picture_hash: None,
                picture_bytes: None,
                picture: format!("{number}.jpg"),
                id: None,
                face_box: None,
                place: 1,
            };
            let change = Change {
                field,
                before,
                after,
            };
            let changes = vec![change];
            (Gesture::Edit, vec![FaceChanges { face, changes }])
        }
    };
    Entry {
        id: EntryId::random(),
        sequence: 0,
        time: 0,
        annotator: "anna".into(),
        gesture,
        faces,
    }
}

/// Opens the journal of a folder as the next session does.
fn session(folder: &Path) -> (Lock, Journal<FileStorage>, Vec<Entry>, Vec<Problem>) {
    let lock = Lock::take(&folder.join("anna.lock")).unwrap();
    let storage = FileStorage::open(&folder.join("anna.jsonl")).unwrap();
    let (journal, contents) = Journal::open(storage).unwrap();
    (lock, journal, contents.entries, contents.problems)
}

#[test]
#[ignore = "the process that the test below kills"]
fn a_scripted_session() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let (lock, journal, mut entries, _) = session(folder.as_ref());
    let mut history = History::of(&entries);
    let writer = Writer::start(journal, Some(lock), |report| {
        if let Report::Saved(ids) = report {
            ids.iter().for_each(|id| println!("saved {}", id.0));
        }
    });
    println!("began");
    for number in entries.len()..EDITS {
        let entry = gesture(&entries, &history, number);
        history.add(&entry);
        entries.push(entry.clone());
        writer.write(entry);
        thread::sleep(Duration::from_micros(100));
    }
    assert_eq!(writer.finish(), []);
}

#[test]
fn a_process_that_is_killed_has_lost_nothing_that_it_said_was_saved() {
    let mut random = SmallRng::seed_from_u64(7);
    let mut folder = tempfile::tempdir().unwrap();
    let (mut saved, mut output, mut killed_at_work) = (Vec::new(), 0, 0);
    for _ in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "review::a_scripted_session"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (began, begun) = channel();
        let reader = thread::spawn(move || {
            let mut ids = Vec::new();
            for line in lines.map_while(Result::ok) {
                if line.ends_with("began") {
                    let _ = began.send(());
                }
                let id = line.strip_prefix("saved ");
                ids.extend(id.and_then(|id| id.parse().ok()).map(EntryId));
            }
            ids
        });
        let _ = begun.recv();
        thread::sleep(Duration::from_millis(random.random_range(0..LONGEST_MS)));
        let _ = child.kill();
        let _ = child.wait();
        let ids = reader.join().unwrap();
        output += ids.len();
        saved.extend(ids);
        // The next session has every edit that was said to be saved, and may go on.
        let (_lock, _, entries, problems) = session(folder.path());
        let missing = saved
            .iter()
            .filter(|id| !entries.iter().any(|e| e.id == **id));
        assert_eq!(missing.count(), 0);
        let is_torn = |p: &Problem| matches!(p, Problem::Torn { .. });
        assert!(problems.iter().all(is_torn), "{problems:?}");
        killed_at_work += u32::from(entries.len() < EDITS);
        if entries.len() >= EDITS {
            folder = tempfile::tempdir().unwrap();
            saved.clear();
        }
    }
    assert!(killed_at_work > KILLS / 2, "{killed_at_work} at work");
    assert!(output > 2 * EDITS, "{output} were said to be saved");
}
