use std::fs;
use std::time::SystemTime;

use burn::tensor::Device;

use super::folder::keep_within;
use super::*;
use crate::label::{Annotation, FaceBox, Schema, TaskPrediction};
use crate::model::{Config, Network};

fn checkpoint(seed: u64) -> (String, Checkpoint) {
    let config = Config::variant("ours_concat").unwrap().sized(1, 4);
    let network = Network::new(&config, &Schema::face(), seed, &Device::flex());
    let checkpoint = Checkpoint::new(network);
    (checkpoint.network.fingerprint(), checkpoint)
}

fn place(n: u8) -> Place {
    Place {
        file: FileId([n; 16]),
        face_box: FaceBox::new(f32::from(n), 0.0, 9.0, 9.0),
        is_pictures: false,
    }
}

fn said(value: f32) -> Arc<Prediction> {
    Arc::new(Prediction {
        tasks: vec![TaskPrediction::Binary(vec![value; 40])],
    })
}

fn read(kept: &Kept, hash: u64) -> Vec<Record> {
    let mut found = Vec::new();
    kept.read(hash, |_| true, |record| found.push(record));
    found
}

#[test]
fn each_network_has_its_own_and_two_windows_write_to_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("not/there/yet");
    let [a, b] = [1, 2].map(checkpoint);
    let mut cropped = a.1.clone();
    cropped.preprocessing.mean = [0.0; 3];
    // Points that were never taught are left out of answers.
    let mut untaught = a.1.clone();
    untaught.training = serde_json::json!({});
    let unknown = Annotation::unknown(&Schema::face());
    Untrained::of_labels(&Schema::face(), std::iter::once(&*unknown.tasks))
        .write_to(&mut untaught.training);
    let open = || {
        let kept = Kept::new(folder.clone());
        kept.loaded(1, &a.0, &a.1);
        kept.loaded(2, &b.0, &b.1);
        kept.loaded(3, &a.0, &cropped);
        kept.loaded(4, &a.0, &untaught);
        kept
    };
    let windows = [open(), open()];
    for n in 0..200 {
        windows[usize::from(n) % 2].keep(1, place(n), &said(f32::from(n)));
    }
    windows[0].keep(2, place(7), &said(0.5));
    windows[0].keep(99, place(7), &said(0.5)); // no network of this session
    windows.iter().for_each(Kept::finish);
    windows[0].keep(1, place(201), &said(0.5));
    let again = open();
    let mut found = read(&again, 1);
    found.sort_by_key(|record| record.place.file.0);
    assert_eq!(found.len(), 200);
    for (n, record) in (0..).zip(&found) {
        assert_eq!(record.place, place(n));
        assert_eq!(record.prediction, said(f32::from(n)));
    }
    assert_eq!(read(&again, 2).len(), 1);
    assert_eq!(read(&again, 3), [], "pictures come to it in another way");
    assert_eq!(read(&again, 4), [], "it answers less");
    again.clear().unwrap();
    assert_eq!(read(&again, 1), []);
    again.clear().unwrap();
}

#[test]
fn the_oldest_files_go_first_and_others_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (age, name) in ["c.predictions", "a.predictions", "b.predictions", "d.txt"]
        .iter()
        .enumerate()
    {
        fs::write(path(name), [0; 100]).unwrap();
        let time = SystemTime::now() - std::time::Duration::from_secs(100 * age as u64);
        let file = fs::OpenOptions::new().write(true).open(path(name)).unwrap();
        file.set_modified(time).unwrap();
    }
    keep_within(folder.path(), 300).unwrap();
    assert_eq!(files(folder.path()).len(), 3);
    keep_within(folder.path(), 299).unwrap();
    assert!(!path("b.predictions").exists());
    keep_within(folder.path(), 100).unwrap();
    assert!(!path("a.predictions").exists() && path("c.predictions").exists());
    keep_within(folder.path(), 0).unwrap();
    assert!(!path("c.predictions").exists() && path("d.txt").exists());
}

#[test]
fn what_cannot_be_written_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let (fingerprint, checkpoint) = checkpoint(1);
    let kept = Kept::new(file);
    kept.loaded(1, &fingerprint, &checkpoint);
    kept.keep(1, place(1), &said(0.5));
    kept.finish();
    assert_eq!(read(&kept, 1), []);
}
