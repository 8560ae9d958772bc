//! Training runs from the command line: where their data lie, what they can learn from, and the
//! files that they leave.

use std::fs;
use std::path::Path;

use serde_json::Value;
use smn_studio::model::Checkpoint;

use crate::cli::{fails, photo, run};

/// Settings of a run that takes a moment.
pub const QUICK: [&str; 14] = [
    "--width",
    "1",
    "--fc",
    "4",
    "--epochs1",
    "1",
    "--epochs2",
    "1",
    "--batch",
    "4",
    "--validations",
    "2",
    "--device",
    "cpu",
];

pub fn train(folder: &Path, data: &[&str], out: &str, more: &[&str]) -> (bool, String) {
    run(
        folder,
        &[&["train"], data, &["--out", out], &QUICK, more].concat(),
    )
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What a checkpoint says of its training.
pub fn training(path: &Path) -> Value {
    let device = burn::tensor::Device::flex();
    Checkpoint::load(path, &device).unwrap().training
}

/// `faces.csv` with pictures, of which some are for validation.
pub fn faces(folder: &Path, header: &str, rows: &[&str]) {
    fs::create_dir_all(folder).unwrap();
    let mut table = format!("image,split,{header}\n");
    for (i, row) in rows.iter().enumerate() {
        photo(folder, &format!("{i}.png"));
        let split = if i == 0 { "val" } else { "train" };
        table += &format!("{i}.png,{split},{row}\n");
    }
    fs::write(folder.join("faces.csv"), table).unwrap();
}

pub const POINTS: &str = "left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,\
    left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y";
pub const AT: &str = "20,20,50,20,35,30,25,45,45,45";

#[test]
fn a_run_goes_on_from_another_folder_and_finds_data_that_have_moved() {
    let root = tempfile::tempdir().unwrap();
    let (here, there) = (root.path().join("here"), root.path().join("there"));
    fs::create_dir(&there).unwrap();
    faces(&here.join("set"), POINTS, &[AT; 6]);
    // A wish from before the first step: the run stops at once.
    fs::create_dir(here.join("run")).unwrap();
    fs::write(here.join("run/control"), "stop").unwrap();
    let (success, output) = train(&here, &["set"], "run", &[]);
    assert!(success && output.contains("stopped"), "{output}");
    let paths = &json(&here.join("run/run.json"))["data"]["paths"];
    assert_eq!(paths[0], *here.join("set").to_string_lossy());
    fails(
        &there,
        &["train", "--resume", "../here/run", "--epochs1", "3"],
        &["--resume"],
    );

    fs::rename(here.join("set"), here.join("moved")).unwrap();
    fails(
        &there,
        &["train", "--resume", "../here/run", "--device", "cpu"],
        &["here/set", "not there", "train DATASET… --resume"],
    );
    faces(&there.join("other"), POINTS, &[AT; 5]);
    fails(
        &there,
        &[
            "train",
            "other",
            "--resume",
            "../here/run",
            "--device",
            "cpu",
        ],
        &["not those this run began with"],
    );
    let again = [
        "train",
        "../here/moved",
        "--resume",
        "../here/run",
        "--device",
        "cpu",
    ];
    let (success, output) = run(&there, &again);
    assert!(success && output.contains("final.safetensors"), "{output}");
    let paths = &json(&here.join("run/run.json"))["data"]["paths"];
    let moved = fs::canonicalize(paths[0].as_str().unwrap()).unwrap();
    assert_eq!(moved, fs::canonicalize(here.join("moved")).unwrap());
}

#[test]
fn drawn_faces_are_found_from_any_folder() {
    let root = tempfile::tempdir().unwrap();
    let other = root.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::create_dir(root.path().join("run")).unwrap();
    fs::write(root.path().join("run/control"), "stop").unwrap();
    let (success, output) = train(root.path(), &["synthetic:10"], "run", &[]);
    assert!(success && output.contains("stopped"), "{output}");
    let (success, output) = run(&other, &["train", "--resume", "../run", "--device", "cpu"]);
    assert!(success, "{output}");
    assert_eq!(
        json(&root.path().join("run/run.json"))["data"]["paths"][0],
        "synthetic:10"
    );
}

#[test]
fn an_unknown_word_for_a_run_is_said_and_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run");
    fs::create_dir(&folder).unwrap();
    let says = |word: &str| fs::write(folder.join("control"), word).unwrap();
    says(" Pause \n");
    std::thread::scope(|scope| {
        let run = scope.spawn(|| train(root.path(), &["synthetic:10"], "run", &[]));
        // The heartbeat of a run that is paused, once it grew so often.
        let is_paused = |beats: usize| {
            let mut heard = std::collections::BTreeSet::new();
            while heard.len() < beats && !run.is_finished() {
                std::thread::sleep(std::time::Duration::from_millis(50));
                let Ok(text) = fs::read_to_string(folder.join("status.json")) else {
                    continue;
                };
                let status: Value = serde_json::from_str(&text).unwrap();
                if status["state"] == "paused" {
                    heard.insert(status["heartbeat"].as_u64());
                }
            }
            !run.is_finished()
        };
        assert!(is_paused(1), "whatever its case");
        for word in ["puase", "", "stop it"] {
            says(word);
            assert!(is_paused(3), "{word:?}");
        }
        says("STOP");
        let (success, output) = run.join().unwrap();
        assert!(success && output.contains("stopped"), "{output}");
        for word in ["puase", "stop it"] {
            let message = format!("control: unknown word \"{word}\"; pause, resume or stop");
            assert_eq!(output.matches(&message).count(), 1, "{output}");
        }
    });
}

#[test]
fn the_same_run_leaves_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    for out in ["one", "two"] {
        let (success, output) = train(root.path(), &["synthetic:10"], out, &[]);
        assert!(success, "{output}");
        let best = format!("{out}/checkpoints/best-landmarks.safetensors");
        let weights = format!("{out}/final.safetensors");
        let joined = format!("{out}.safetensors");
        let join = [
            "join",
            &weights,
            "--from",
            &best,
            "--task",
            "landmarks",
            "--out",
            &joined,
        ];
        let (success, output) = run(root.path(), &join);
        assert!(success, "{output}");
    }
    let same = |a: &Path, b: &Path| fs::read(a).unwrap() == fs::read(b).unwrap();
    let path = |name: &str| root.path().join(name);
    assert!(
        same(&path("one.safetensors"), &path("two.safetensors")),
        "join"
    );
    let final_ = "final.safetensors";
    assert!(same(&path("one").join(final_), &path("two").join(final_)));
    for name in ["stage1", "landmarks", "attributes"] {
        let best = format!("checkpoints/best-{name}.safetensors");
        assert!(
            same(&path("one").join(&best), &path("two").join(&best)),
            "{name}"
        );
    }
}

#[test]
fn a_log_has_each_validation_and_what_was_kept() {
    let root = tempfile::tempdir().unwrap();
    // Two validations a stage, one before the warm start of stage 2.
    let (success, output) = train(root.path(), &["synthetic:10"], "run", &["--seed", "8"]);
    assert!(success, "{output}");
    let metrics = fs::read_to_string(root.path().join("run/metrics.jsonl")).unwrap();
    let metrics = metrics.lines().map(|l| serde_json::from_str(l).unwrap());
    let validations: Vec<Value> = metrics
        .filter(|l: &Value| l["kind"] == "validation")
        .collect();
    assert!(validations.len() > 3, "{validations:?}");
    for one in &validations {
        let start = format!("stage {}, step {} of ", one["stage"], one["step"]);
        let line = output.lines().find(|l| l.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("{start}: {output}"));
        let nme = one["measures"]["landmarks"]["nme"].as_f64().unwrap();
        assert!(line.contains(&format!("NME {nme:.2} %")), "{line}");
    }
    assert!(!output.contains(['\r', '█']), "no bar: {output}");
    let folder = root.path().join("run/checkpoints");
    for (name, of) in [
        ("stage1", "all tasks"),
        ("landmarks", "landmarks"),
        ("attributes", "attributes"),
    ] {
        let kept = training(&folder.join(format!("best-{name}.safetensors")));
        let line = format!(
            "stage {}, {of}: step {} is kept, the best in validation",
            kept["stage"], kept["step"]
        );
        assert!(output.contains(&line), "{line}: {output}");
    }
    let end = training(&root.path().join("run/final.safetensors"));
    let measured = &end["validation"];
    let line = format!(
        "the result, in validation on 1 face: landmarks success {:.1} %, NME {:.2} %; attributes accuracy {:.1} %",
        measured["landmarks"]["success"].as_f64().unwrap(),
        measured["landmarks"]["nme"].as_f64().unwrap(),
        measured["attributes"]["accuracy"].as_f64().unwrap(),
    );
    assert!(output.contains(&line), "{line}: {output}");
    for part in [
        "separation, channelwise on CPU, seed 8",
        "stage 1: 2 steps of 4 faces (1 epoch, ",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }

    // Each step of so short a stage is in the metrics, and what a validation changed.
    let metrics: Vec<Value> = fs::read_to_string(root.path().join("run/metrics.jsonl"))
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let steps = metrics.iter().filter(|l| l["kind"] == "step").count();
    assert_eq!(steps, 4);
    let kept = |name: &str| {
        let named = |l: &&Value| {
            l["kept"]
                .as_array()
                .is_some_and(|k| k.contains(&name.into()))
        };
        metrics.iter().rev().find(named).unwrap()["step"].clone()
    };
    for name in ["stage1", "landmarks", "attributes"] {
        let best = training(&folder.join(format!("best-{name}.safetensors")));
        assert_eq!(kept(name), best["step"], "{name}");
    }

    // There is nothing to go on with, which is not told as work.
    let (success, output) = run(root.path(), &["train", "--resume", "run"]);
    assert!(
        success && output.contains("run: the run has finished already"),
        "{output}"
    );
    assert!(
        output.contains("final.safetensors") && !output.contains("Smiling"),
        "{output}"
    );

    // Without validation the last is kept, which is said too.
    faces(&root.path().join("set"), POINTS, &[AT; 5]);
    let table = root.path().join("set/faces.csv");
    let text = fs::read_to_string(&table)
        .unwrap()
        .replace(",val,", ",train,");
    fs::write(&table, text).unwrap();
    let (success, output) = train(root.path(), &["set"], "last", &[]);
    assert!(success, "{output}");
    for part in [
        "without validation",
        "is kept, the last",
        "no face was kept for validation",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
}

#[test]
fn a_set_without_labels_is_refused() {
    let root = tempfile::tempdir().unwrap();
    faces(&root.path().join("bare"), "Smiling", &["", "", ""]);
    let arguments = [&["train", "bare", "--out", "run"], &QUICK[..]].concat();
    fails(
        root.path(),
        &arguments,
        &["no label is known of the 2 faces", "nothing to learn"],
    );
    assert!(!root.path().join("run").exists());
    photo(&root.path().join("bare"), "more.png");
    fs::remove_file(root.path().join("bare/faces.csv")).unwrap();
    fails(
        root.path(),
        &arguments,
        &["no label is known of the 4 faces"],
    );
    // Labels of validation alone teach nothing.
    faces(&root.path().join("bare"), "Smiling", &["1", "", ""]);
    fails(
        root.path(),
        &arguments,
        &["no label is known of the 2 faces"],
    );
    fails(
        root.path(),
        &["eval", "bare", "--split", "train"],
        &["no label is known"],
    );
    faces(&root.path().join("bare"), "Smiling", &["1", "1", "-1"]);
    let only = [&arguments[..], &["--task", "landmarks"]].concat();
    fails(root.path(), &only, &["no label of landmarks"]);
}

#[test]
fn a_run_that_cannot_begin_leaves_no_folder() {
    let root = tempfile::tempdir().unwrap();
    let (success, output) = train(root.path(), &["synthetic:12"], "first", &[]);
    assert!(success, "{output}");
    let first = ["--stage1", "first/final.safetensors"];
    fs::write(root.path().join("none.safetensors"), "no weights").unwrap();
    for (more, part) in [
        (&["--network", "ours_concat"][..], "a warm start needs"),
        (&["--width", "2"], "width"),
        (&["--stage1", "none.safetensors"], "none.safetensors"),
        (&["--vgg16", "none.safetensors"], "none.safetensors"),
    ] {
        // The last of two options is refused by clap.
        let start = match more[0].starts_with("--s") || more[0].starts_with("--v") {
            true => Vec::new(),
            false => first.to_vec(),
        };
        let quick: Vec<&str> = match more.contains(&"--width") {
            true => [&["--width", "2"], &QUICK[2..]].concat(),
            false => [&QUICK[..], more].concat(),
        };
        let base = ["train", "synthetic:12", "--out", "zz"];
        let arguments = [&base[..], &start, &quick].concat();
        fails(root.path(), &arguments, &[part]);
        assert!(!root.path().join("zz").exists(), "{more:?}");
    }
    let fresh = [
        &first[..],
        &["--network", "ours_concat", "--start", "fresh"],
    ]
    .concat();
    let (success, output) = train(root.path(), &["synthetic:12"], "zz", &fresh);
    assert!(success, "{output}");
}

#[test]
fn a_network_worse_than_the_mean_face_is_said_to_be() {
    let root = tempfile::tempdir().unwrap();
    // The paper's network does not begin at the mean face, and two steps lead it nowhere.
    let (success, output) = train(
        root.path(),
        &["synthetic:20"],
        "run",
        &["--preset", "paper"],
    );
    assert!(success, "{output}");
    let line = "warning: landmarks: worse in validation than the mean face in ";
    assert!(output.contains(line), "{output}");
    let status = json(&root.path().join("run/status.json"));
    assert!(
        status["findings"]
            .to_string()
            .contains("than the mean face"),
        "{status}"
    );
}

#[test]
fn settings_are_printed_and_read_back_in_part_or_whole() {
    let root = tempfile::tempdir().unwrap();
    let here = root.path();
    let (success, printed) = run(here, &["train", "--preset", "paper", "--print-config"]);
    assert!(success, "{printed}");
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["stage1"]["learning_rate"], 1e-4);
    assert_eq!(printed["augmentation"]["flip"], false);
    let some = r#"{"dropout": 0.25, "network": {"width": 3}, "augmentation": {"contrast": 0.5}}"#;
    fs::write(here.join("mine.json"), some).unwrap();
    let mine = ["--config", "mine.json"];
    let (success, output) = train(here, &["synthetic:10"], "first", &mine);
    assert!(success, "{output}");
    let first = json(&here.join("first/run.json"))["config"].clone();
    assert_eq!(first["dropout"], 0.25);
    assert_eq!(first["augmentation"]["contrast"], 0.5);
    assert_eq!(first["augmentation"]["flip"], true, "as the preset has it");
    assert_eq!(first["network"]["width"], 1, "options go before the file");
    // All that an earlier run had.
    let again = [
        "train",
        "synthetic:10",
        "--out",
        "second",
        "--device",
        "cpu",
    ];
    let again = [&again[..], &["--config", "first/run.json"]].concat();
    let (success, output) = run(here, &again);
    assert!(success, "{output}");
    assert_eq!(json(&here.join("second/run.json"))["config"], first);
    for (text, part) in [
        (
            r#"{"droput": 0.25}"#,
            "mine.json: there is no such setting: droput",
        ),
        ("dropout = 0.25", "mine.json: this is no JSON"),
        (r#"{"dropout": 2.0}"#, "dropout 2 is not in 0..1"),
    ] {
        fs::write(here.join("mine.json"), text).unwrap();
        let (success, output) = train(here, &["synthetic:10"], "third", &mine);
        assert!(!success && output.contains(part), "{output}");
        assert!(!here.join("third").exists());
    }
    fails(
        here,
        &[
            "train",
            "synthetic:10",
            "--out",
            "fourth",
            "--config",
            "gone.json",
        ],
        &["gone.json"],
    );
}
