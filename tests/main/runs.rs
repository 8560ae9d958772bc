//! Training runs from the command line: where their data lie, what they can learn from, and the
//! files that they leave.

use std::fs;
use std::path::Path;

use serde_json::Value;
use smn_studio::model::Checkpoint;

use crate::cli::{fails, photo, run};

/// Settings of a run that takes a moment.
const QUICK: [&str; 14] = [
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

fn train(folder: &Path, data: &[&str], out: &str, more: &[&str]) -> (bool, String) {
    run(
        folder,
        &[&["train"], data, &["--out", out], &QUICK, more].concat(),
    )
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What a checkpoint says of its training.
fn training(path: &Path) -> Value {
    let device = burn::tensor::Device::flex();
    Checkpoint::load(path, &device).unwrap().training
}

/// `faces.csv` with pictures, of which some are for validation.
fn faces(folder: &Path, header: &str, rows: &[&str]) {
    fs::create_dir_all(folder).unwrap();
    let mut table = format!("image,split,{header}\n");
    for (i, row) in rows.iter().enumerate() {
        photo(folder, &format!("{i}.png"));
        let split = if i == 0 { "val" } else { "train" };
        table += &format!("{i}.png,{split},{row}\n");
    }
    fs::write(folder.join("faces.csv"), table).unwrap();
}

const POINTS: &str = "left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,\
    left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y";
const AT: &str = "20,20,50,20,35,30,25,45,45,45";

#[test]
fn a_run_goes_on_from_another_folder_and_finds_data_that_have_moved() {
    let root = tempfile::tempdir().unwrap();
    let (here, there) = (root.path().join("here"), root.path().join("there"));
    fs::create_dir(&there).unwrap();
    faces(&here.join("set"), POINTS, &[AT; 6]);
    // A wish from before the first step: the run stops at once.
    fs::create_dir(here.join("run")).unwrap();
    fs::write(here.join("run/control"), "stop").unwrap();
    let (success, said) = train(&here, &["set"], "run", &[]);
    assert!(success && said.contains("stopped"), "{said}");
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
    let (success, said) = run(&there, &again);
    assert!(success && said.contains("final.safetensors"), "{said}");
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
    let (success, said) = train(root.path(), &["synthetic:10"], "run", &[]);
    assert!(success && said.contains("stopped"), "{said}");
    let (success, said) = run(&other, &["train", "--resume", "../run", "--device", "cpu"]);
    assert!(success, "{said}");
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
        let (success, said) = run.join().unwrap();
        assert!(success && said.contains("stopped"), "{said}");
        for word in ["puase", "stop it"] {
            let words = format!("control: unknown word \"{word}\"; pause, resume or stop");
            assert_eq!(said.matches(&words).count(), 1, "{said}");
        }
    });
}

#[test]
fn the_same_run_leaves_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    for out in ["one", "two"] {
        let (success, said) = train(root.path(), &["synthetic:10"], out, &[]);
        assert!(success, "{said}");
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
        let (success, said) = run(root.path(), &join);
        assert!(success, "{said}");
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
    let (success, said) = train(root.path(), &["synthetic:10"], "run", &["--seed", "8"]);
    assert!(success, "{said}");
    let metrics = fs::read_to_string(root.path().join("run/metrics.jsonl")).unwrap();
    let metrics = metrics.lines().map(|l| serde_json::from_str(l).unwrap());
    let validations: Vec<Value> = metrics
        .filter(|l: &Value| l["kind"] == "validation")
        .collect();
    assert!(validations.len() > 3, "{validations:?}");
    for one in &validations {
        let start = format!("stage {}, step {} of ", one["stage"], one["step"]);
        let line = said.lines().find(|l| l.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("{start}: {said}"));
        let nme = one["measures"]["landmarks"]["nme"].as_f64().unwrap();
        assert!(line.contains(&format!("NME {nme:.2} %")), "{line}");
    }
    assert!(!said.contains(['\r', '█']), "no bar: {said}");
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
        assert!(said.contains(&line), "{line}: {said}");
    }
    let end = training(&root.path().join("run/final.safetensors"));
    let measured = &end["validation"];
    let line = format!(
        "the result, in validation on 1 face: landmarks success {:.1} %, NME {:.2} %; attributes accuracy {:.1} %",
        measured["landmarks"]["success"].as_f64().unwrap(),
        measured["landmarks"]["nme"].as_f64().unwrap(),
        measured["attributes"]["accuracy"].as_f64().unwrap(),
    );
    assert!(said.contains(&line), "{line}: {said}");
    for part in [
        "separation, channelwise on CPU, seed 8",
        "stage 1: 2 steps of 4 faces (1 epoch, ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
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
    let (success, said) = run(root.path(), &["train", "--resume", "run"]);
    assert!(
        success && said.contains("run: the run has finished already"),
        "{said}"
    );
    assert!(
        said.contains("final.safetensors") && !said.contains("Smiling"),
        "{said}"
    );

    // Without validation the last is kept, which is said too.
    faces(&root.path().join("set"), POINTS, &[AT; 5]);
    let table = root.path().join("set/faces.csv");
    let text = fs::read_to_string(&table)
        .unwrap()
        .replace(",val,", ",train,");
    fs::write(&table, text).unwrap();
    let (success, said) = train(root.path(), &["set"], "last", &[]);
    assert!(success, "{said}");
    for part in [
        "without validation",
        "is kept, the last",
        "no face was kept for validation",
    ] {
        assert!(said.contains(part), "{part}: {said}");
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
fn what_was_never_trained_is_said_and_noted() {
    let root = tempfile::tempdir().unwrap();
    let rows = ["1,1", "1,-1", "-1,-1", "1,-1", "-1,-1"];
    faces(&root.path().join("set"), "Smiling,Male", &rows);
    let (success, said) = train(root.path(), &["set"], "run", &[]);
    assert!(success, "{said}");
    for part in [
        "faces to train on 4, for validation 1",
        "landmarks: known of 0 faces",
        "Smiling",
        "known       4  present       2 ( 50.0 %)",
        "warning: landmarks are not taught: no label known\n",
        "warning: Male is not taught: every label absent\n",
        "warning: 38 attributes are not taught: no label known (5_o_Clock_Shadow, Arched_Eyebrows, \
         Attractive and 35 more)\n",
        "for validation are known: landmarks of 0 faces, attributes of 1 face\n",
        "warning: labels of attributes are known of 1 face for validation, too few (below 30)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // In words for whoever trains, and once.
    assert_eq!(said.matches("Arched_Eyebrows,").count(), 1, "{said}");
    assert!(
        !said.contains("smn_studio::") && !said.contains("WARN"),
        "{said}"
    );
    // Stage 2 leaves the task alone of which it knows nothing.
    let kept = root
        .path()
        .join("run/checkpoints/best-landmarks.safetensors");
    assert!(!kept.exists());
    let final_ = root.path().join("run/final.safetensors");
    let untrained = &training(&final_)["untrained"];
    assert_eq!(untrained["landmarks"].as_object().unwrap().len(), 5);
    assert_eq!(untrained["attributes"]["Male"], "only_absent");
    assert_eq!(untrained["attributes"]["Young"], "no_label");
    assert!(untrained["attributes"].get("Smiling").is_none());
    let best = root
        .path()
        .join("run/checkpoints/best-attributes.safetensors");
    assert_eq!(&training(&best)["untrained"], untrained);

    let weights = final_.display().to_string();
    let (success, said) = run(root.path(), &["eval", "set", "--weights", &weights]);
    assert!(success, "{said}");
    for part in [
        "the network was never trained on landmarks (no label known): all of them",
        "landmarks: no label is known of these faces, nothing to measure",
        "; averages over 1 of 2 attributes; never trained: Male\n",
        "\n  Male (untrained)",
        "  1 item\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("success@"), "no table of nothing: {said}");

    // Of what it was never taught it has no answers to give.
    let predict = [
        "predict",
        "set",
        "--weights",
        &weights,
        "--out",
        "said",
        "--overlay",
    ];
    let (success, said) = run(root.path(), &predict);
    assert!(success, "{said}");
    for part in [
        "landmarks are not taught: no label known; null in the results",
        "Male is not taught: every label absent; null in the results",
    ] {
        assert_eq!(said.matches(part).count(), 1, "{part}: {said}");
    }
    let lines = fs::read_to_string(root.path().join("said/predictions.jsonl")).unwrap();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let face = &first["faces"][0];
    let known = |task: &str| {
        let values = face[task].as_object().unwrap().iter();
        let known = values.filter(|(_, value)| !value.is_null());
        known.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(face["landmarks"].as_object().unwrap().len(), 5, "{face}");
    assert!(known("landmarks").is_empty(), "{face}");
    assert_eq!(known("attributes"), ["Smiling"], "{face}");

    // A tower that is trained beside it later is trained, and so is one that is joined in.
    faces(&root.path().join("points"), POINTS, &[AT; 5]);
    let more = ["--stage1", &weights, "--task", "landmarks"];
    let (success, said) = train(root.path(), &["points"], "later", &more);
    assert!(success, "{said}");
    let later = training(&root.path().join("later/final.safetensors"));
    assert!(later["untrained"].get("landmarks").is_none(), "{later}");
    assert_eq!(later["untrained"]["attributes"], untrained["attributes"]);
    let join = [
        "join",
        &weights,
        "--from",
        "later/final.safetensors",
        "--task",
        "landmarks",
        "--out",
        "joined.safetensors",
    ];
    let (success, said) = run(root.path(), &join);
    assert!(success, "{said}");
    let joined = training(&root.path().join("joined.safetensors"));
    assert!(joined["untrained"].get("landmarks").is_none(), "{joined}");
    assert_eq!(joined["untrained"]["attributes"], untrained["attributes"]);
}

#[test]
fn a_loss_weight_of_zero_trains_nothing_and_is_said() {
    let root = tempfile::tempdir().unwrap();
    let no_points = ["--points-weight", "0"];
    let (success, said) = train(root.path(), &["synthetic:20"], "run", &no_points);
    assert!(success, "{said}");
    for part in [
        "warning: landmarks are not taught: a loss weight of 0\n",
        "stage 1, all tasks: step ",
        "is kept, the best in validation by accuracy\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The rates before the start are of known labels; nothing after it measures landmarks.
    assert!(
        !said.contains("landmarks success") && !said.contains("mean face"),
        "{said}"
    );
    let file = root.path().join("run/final.safetensors");
    let found = training(&file);
    let untrained = found["untrained"]["landmarks"].as_object().unwrap();
    assert_eq!(untrained.len(), 5);
    assert!(untrained.values().all(|why| why == "no_weight"), "{found}");
    let kept = root
        .path()
        .join("run/checkpoints/best-landmarks.safetensors");
    assert!(!kept.exists());
    let weights = file.display().to_string();
    let (success, said) = run(
        root.path(),
        &["eval", "synthetic:20", "--weights", &weights, "--paper"],
    );
    assert!(success, "{said}");
    let noted = "never trained on landmarks (a loss weight of 0): all of them";
    assert!(said.contains(noted), "{said}");
    assert!(!said.contains("Table 2"), "{said}");
    // What earlier weights had learned stays learned, and is not this run's.
    let trained = [
        "--stage1",
        "first/final.safetensors",
        "--points-weight",
        "0",
    ];
    assert!(train(root.path(), &["synthetic:20"], "first", &[]).0);
    let (success, said) = train(root.path(), &["synthetic:20"], "on", &trained);
    assert!(success, "{said}");
    assert!(
        said.contains("landmarks: not trained in stage 2 (a loss weight of 0), so this task's"),
        "{said}"
    );
    let on = training(&root.path().join("on/final.safetensors"));
    assert!(
        on.get("untrained")
            .is_none_or(|u| u.get("landmarks").is_none()),
        "{on}"
    );

    let alone = [&no_points[..], &["--task", "landmarks"]].concat();
    let (success, said) = train(root.path(), &["synthetic:20"], "alone", &alone);
    assert!(
        !success && said.contains("the loss of landmarks has a weight of 0"),
        "{said}"
    );
    faces(&root.path().join("points"), POINTS, &[AT; 3]);
    let (success, said) = train(root.path(), &["points"], "alone", &no_points);
    assert!(
        !success && said.contains("landmarks alone, whose loss has a weight of 0"),
        "{said}"
    );
    assert!(!root.path().join("alone").exists());
}

#[test]
fn a_run_that_cannot_begin_leaves_no_folder() {
    let root = tempfile::tempdir().unwrap();
    let (success, said) = train(root.path(), &["synthetic:12"], "first", &[]);
    assert!(success, "{said}");
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
    let (success, said) = train(root.path(), &["synthetic:12"], "zz", &fresh);
    assert!(success, "{said}");
}

/// A warm start that nothing beats is kept, and the tower of the task is then that of stage 1.
#[test]
fn a_stage_that_brought_nothing_is_said_wherever_its_result_is() {
    let root = tempfile::tempdir().unwrap();
    // So small a step changes nothing that a validation could measure.
    let still = ["--lr2", "1e-12"];
    let (success, said) = train(root.path(), &["synthetic:20"], "run", &still);
    assert!(success, "{said}");
    let status = json(&root.path().join("run/status.json"));
    let findings: Vec<&str> = status["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let weights = root.path().join("run/final.safetensors");
    assert_eq!(training(&weights)["findings"], status["findings"]);
    for task in ["landmarks", "attributes"] {
        let start = format!("{task}: stage 2 brought nothing better than its start (step 0, ");
        let found = findings.iter().find(|f| f.starts_with(&start));
        let found = found.unwrap_or_else(|| panic!("{start}: {findings:?}"));
        assert!(said.contains(&format!("warning: {found}")), "{said}");
    }
    let (success, evaluated) = run(
        root.path(),
        &[
            "eval",
            "synthetic:20",
            "--weights",
            &weights.display().to_string(),
        ],
    );
    assert!(success, "{evaluated}");
    for found in &findings {
        assert!(evaluated.contains(found), "{found}: {evaluated}");
    }
}

#[test]
fn a_network_worse_than_the_mean_face_is_said_to_be() {
    let root = tempfile::tempdir().unwrap();
    // The paper's network does not begin at the mean face, and two steps lead it nowhere.
    let (success, said) = train(
        root.path(),
        &["synthetic:20"],
        "run",
        &["--preset", "paper"],
    );
    assert!(success, "{said}");
    let line = "warning: landmarks: worse in validation than the mean face in ";
    assert!(said.contains(line), "{said}");
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
    let (success, said) = train(here, &["synthetic:10"], "first", &mine);
    assert!(success, "{said}");
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
    let (success, said) = run(here, &again);
    assert!(success, "{said}");
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
        let (success, said) = train(here, &["synthetic:10"], "third", &mine);
        assert!(!success && said.contains(part), "{said}");
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

#[test]
fn a_tower_that_is_not_trained_stays_and_checkpoints_say_where_they_come_from() {
    let root = tempfile::tempdir().unwrap();
    let data = ["synthetic:30"];
    let more = ["--task", "landmarks"];
    let (success, said) = train(root.path(), &data, "run", &more);
    assert!(success, "{said}");
    let path = |name: &str| root.path().join("run").join(name);
    let attributes = |name: &str| {
        let bytes = fs::read(path(name)).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let own = file
            .iter()
            .filter(|(name, _)| name.starts_with("attributes."));
        let own = own.map(|(name, tensor)| (name.to_owned(), tensor.data().to_vec()));
        own.collect::<std::collections::BTreeMap<_, _>>()
    };
    let final_ = attributes("final.safetensors");
    assert!(!final_.is_empty());
    assert!(final_ == attributes("checkpoints/best-landmarks.safetensors"));
    // Nor has it a loss that would look like training.
    let log = fs::read_to_string(path("metrics.jsonl")).unwrap();
    let lines = log
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap());
    let steps: Vec<Value> = lines
        .filter(|l| l["kind"] == "step" && l["stage"] == 2)
        .collect();
    assert!(!steps.is_empty());
    for step in &steps {
        assert!(step["loss"]["landmarks"].is_number(), "{step}");
        assert!(step["loss"]["attributes"].is_null(), "{step}");
    }
    let end = training(&path("final.safetensors"));
    for name in ["stage1", "landmarks"] {
        let kept = training(&path(&format!("checkpoints/best-{name}.safetensors")));
        for fact in ["data", "fingerprint", "train", "seed", "program", "config"] {
            assert_eq!(kept[fact], end[fact], "{name}: {fact}");
        }
        assert_eq!(kept["chosen_by"], "validation");
        let weights = format!("run/checkpoints/best-{name}.safetensors");
        let eval = ["eval", "synthetic:30", "--split", "validation", "--weights"];
        let (success, said) = run(root.path(), &[&eval[..], &[&weights]].concat());
        assert!(success && said.contains("chose these weights"), "{said}");
        // Of which stage the other tower is.
        let left = "attributes: not trained in stage 2 (landmarks alone was), so this task's tower \
                    is that of stage 1";
        assert_eq!(said.contains(left), name == "landmarks", "{name}: {said}");
    }
}

#[test]
fn a_network_of_one_stage_can_be_of_one_task_alone() {
    let root = tempfile::tempdir().unwrap();
    let more = ["--network", "single_task", "--task", "landmarks"];
    let (success, said) = train(root.path(), &["synthetic:30"], "run", &more);
    assert!(success, "{said}");
    assert!(said.contains("stage 1, landmarks: step"), "{said}");
    assert!(
        !root
            .path()
            .join("run/checkpoints/best-landmarks.safetensors")
            .exists()
    );
    let log = fs::read_to_string(root.path().join("run/metrics.jsonl")).unwrap();
    let mut lines = log
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap());
    let step = lines.find(|l| l["kind"] == "step").unwrap();
    assert!(step["loss"]["landmarks"].is_number() && step["loss"]["attributes"].is_null());
    let untrained = &training(&root.path().join("run/final.safetensors"))["untrained"];
    assert_eq!(untrained["attributes"]["Smiling"], "left_out");
    assert!(untrained.get("landmarks").is_none());
    let eval = ["eval", "synthetic:30", "--weights", "run/final.safetensors"];
    let (success, said) = run(root.path(), &eval);
    assert!(
        success && said.contains("attributes (the run left them out): all of them"),
        "{said}"
    );
}

/// Where stage 2 begins with new towers, those that it does not train know nothing.
#[test]
fn a_new_tower_that_is_not_trained_counts_as_untrained() {
    let root = tempfile::tempdir().unwrap();
    let more = ["--preset", "paper", "--task", "attributes"];
    let (success, said) = train(root.path(), &["synthetic:20"], "run", &more);
    assert!(success, "{said}");
    let end = training(&root.path().join("run/final.safetensors"));
    assert_eq!(end["untrained"]["landmarks"]["nose"], "left_out", "{end}");
    let left = "landmarks: not trained in stage 2";
    assert!(!end["findings"].to_string().contains(left), "{end}");
    let eval = ["eval", "synthetic:20", "--weights", "run/final.safetensors"];
    let (success, said) = run(root.path(), &eval);
    assert!(success, "{said}");
    for part in [
        "landmarks (the run left them out): all of them",
        "nose (untrained)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
