//! What the checkpoints of a run say of it: what was trained, from where, and what it brought.

use std::fs;

use serde_json::Value;

use crate::cli::run;
use crate::runs::{AT, POINTS, faces, json, train, training};

#[test]
fn what_was_never_trained_is_said_and_noted() {
    let root = tempfile::tempdir().unwrap();
    let rows = ["1,1", "1,-1", "-1,-1", "1,-1", "-1,-1"];
    faces(&root.path().join("set"), "Smiling,Male", &rows);
    let (success, output) = train(root.path(), &["set"], "run", &[]);
    assert!(success, "{output}");
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
        assert!(output.contains(part), "{part}: {output}");
    }
    // In words for whoever trains, and once.
    assert_eq!(output.matches("Arched_Eyebrows,").count(), 1, "{output}");
    assert!(
        !output.contains("smn_studio::") && !output.contains("WARN"),
        "{output}"
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
    let (success, output) = run(root.path(), &["eval", "set", "--weights", &weights]);
    assert!(success, "{output}");
    for part in [
        "the network was never trained on landmarks (no label known): all of them",
        "landmarks: no label is known of these faces, nothing to measure",
        "; averages over 1 of 2 attributes; never trained: Male\n",
        "\n  Male (untrained)",
        "  1 item\n",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    assert!(
        !output.contains("success@"),
        "no table of nothing: {output}"
    );

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
    let (success, output) = run(root.path(), &predict);
    assert!(success, "{output}");
    for part in [
        "landmarks are not taught: no label known; null in the results",
        "Male is not taught: every label absent; null in the results",
    ] {
        assert_eq!(output.matches(part).count(), 1, "{part}: {output}");
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
    let (success, output) = train(root.path(), &["points"], "later", &more);
    assert!(success, "{output}");
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
    let (success, output) = run(root.path(), &join);
    assert!(success, "{output}");
    let joined = training(&root.path().join("joined.safetensors"));
    assert!(joined["untrained"].get("landmarks").is_none(), "{joined}");
    assert_eq!(joined["untrained"]["attributes"], untrained["attributes"]);
}

#[test]
fn a_loss_weight_of_zero_trains_nothing_and_is_said() {
    let root = tempfile::tempdir().unwrap();
    let no_points = ["--points-weight", "0"];
    let (success, output) = train(root.path(), &["synthetic:20"], "run", &no_points);
    assert!(success, "{output}");
    for part in [
        "warning: landmarks are not taught: a loss weight of 0\n",
        "stage 1, all tasks: step ",
        "is kept, the best in validation by accuracy\n",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    // The rates before the start are of known labels; nothing after it measures landmarks.
    assert!(
        !output.contains("landmarks success") && !output.contains("mean face"),
        "{output}"
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
    let (success, output) = run(
        root.path(),
        &["eval", "synthetic:20", "--weights", &weights, "--paper"],
    );
    assert!(success, "{output}");
    let noted = "never trained on landmarks (a loss weight of 0): all of them";
    assert!(output.contains(noted), "{output}");
    assert!(!output.contains("Table 2"), "{output}");
    // What earlier weights had learned stays learned, and is not this run's.
    let trained = [
        "--stage1",
        "first/final.safetensors",
        "--points-weight",
        "0",
    ];
    assert!(train(root.path(), &["synthetic:20"], "first", &[]).0);
    let (success, output) = train(root.path(), &["synthetic:20"], "on", &trained);
    assert!(success, "{output}");
    assert!(
        output.contains("landmarks: not trained in stage 2 (a loss weight of 0), so this task's"),
        "{output}"
    );
    let on = training(&root.path().join("on/final.safetensors"));
    assert!(
        on.get("untrained")
            .is_none_or(|u| u.get("landmarks").is_none()),
        "{on}"
    );

    let alone = [&no_points[..], &["--task", "landmarks"]].concat();
    let (success, output) = train(root.path(), &["synthetic:20"], "alone", &alone);
    assert!(
        !success && output.contains("the loss of landmarks has a weight of 0"),
        "{output}"
    );
    faces(&root.path().join("points"), POINTS, &[AT; 3]);
    let (success, output) = train(root.path(), &["points"], "alone", &no_points);
    assert!(
        !success && output.contains("landmarks alone, whose loss has a weight of 0"),
        "{output}"
    );
    assert!(!root.path().join("alone").exists());
}

/// A warm start that nothing beats is kept, and the tower of the task is then that of stage 1.
#[test]
fn a_stage_that_brought_nothing_is_said_wherever_its_result_is() {
    let root = tempfile::tempdir().unwrap();
    // So small a step changes nothing that a validation could measure.
    let still = ["--lr2", "1e-12"];
    let (success, output) = train(root.path(), &["synthetic:20"], "run", &still);
    assert!(success, "{output}");
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
        assert!(output.contains(&format!("warning: {found}")), "{output}");
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
fn a_tower_that_is_not_trained_stays_and_checkpoints_say_where_they_come_from() {
    let root = tempfile::tempdir().unwrap();
    let data = ["synthetic:30"];
    let more = ["--task", "landmarks"];
    let (success, output) = train(root.path(), &data, "run", &more);
    assert!(success, "{output}");
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
        let (success, output) = run(root.path(), &[&eval[..], &[&weights]].concat());
        assert!(
            success && output.contains("chose these weights"),
            "{output}"
        );
        // Of which stage the other tower is.
        let left = "attributes: not trained in stage 2 (landmarks alone was), so this task's tower \
                    is that of stage 1";
        assert_eq!(
            output.contains(left),
            name == "landmarks",
            "{name}: {output}"
        );
    }
}

#[test]
fn a_network_of_one_stage_can_be_of_one_task_alone() {
    let root = tempfile::tempdir().unwrap();
    let more = ["--network", "single_task", "--task", "landmarks"];
    let (success, output) = train(root.path(), &["synthetic:30"], "run", &more);
    assert!(success, "{output}");
    assert!(output.contains("stage 1, landmarks: step"), "{output}");
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
    let (success, output) = run(root.path(), &eval);
    assert!(
        success && output.contains("attributes (the run left them out): all of them"),
        "{output}"
    );
}

/// Where stage 2 begins with new towers, those that it does not train know nothing.
#[test]
fn a_new_tower_that_is_not_trained_counts_as_untrained() {
    let root = tempfile::tempdir().unwrap();
    let more = ["--preset", "paper", "--task", "attributes"];
    let (success, output) = train(root.path(), &["synthetic:20"], "run", &more);
    assert!(success, "{output}");
    let end = training(&root.path().join("run/final.safetensors"));
    assert_eq!(end["untrained"]["landmarks"]["nose"], "left_out", "{end}");
    let left = "landmarks: not trained in stage 2";
    assert!(!end["findings"].to_string().contains(left), "{end}");
    let eval = ["eval", "synthetic:20", "--weights", "run/final.safetensors"];
    let (success, output) = run(root.path(), &eval);
    assert!(success, "{output}");
    for part in [
        "landmarks (the run left them out): all of them",
        "nose (untrained)",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
}
