//! `eval` as a user runs it: tables, formats, slices, other programs' predictions, plots.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cli::{fails, photo, run};

pub const TABLE: &str = "\
image,face,x,y,w,h,split,identity,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,left_mouth_x,left_mouth_y,right_mouth_x,right_mouth_y,Smiling,pose\n\
a.png,0,10,5,40,40,val,p,20,20,40,20,30,30,22,40,38,40,1,left\n\
a.png,1,30,5,40,40,val,q,50,20,70,20,60,30,52,40,68,40,-1,right\n\
b.png,0,10,5,40,40,val,p,20,20,40,20,30,30,22,40,38,40,-1,left\n\
c.png,0,,,,,val,,,,,,,,,,,,1,\n";

pub fn set(folder: &Path) {
    for name in ["a.png", "b.png", "c.png"] {
        photo(folder, name);
    }
    fs::write(folder.join("faces.csv"), TABLE).unwrap();
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_perfect_program_stands_beside_the_network() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path());
    // Labels name pixel centres; predictions are in photo coordinates.
    let perfect = "\
image,face,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,Smiling\n\
a.png,0,20.5,20.5,40.5,20.5,30.5,30.5,1\n\
a.png,1,50.5,20.5,70.5,20.5,60.5,30.5,0\n\
elsewhere/b.png,,20.5,20.5,40.5,20.5,,,0.25\n\
d.png,0,1,1,1,1,1,1,1\n\
e.png,0,1,1,1,1,1,1,7\n";
    fs::write(folder.path().join("perfect.csv"), perfect).unwrap();
    let (success, output) = run(
        folder.path(),
        &[
            "eval",
            ".",
            "--predictions",
            "perfect.csv",
            "--json",
            "report.json",
            "--bootstrap",
            "50",
            "--by",
            "pose",
            "--by",
            "Smiling",
            "--paper",
        ],
    );
    assert!(success, "{output}");
    for part in [
        "perfect.csv:6:",
        "7 is not a probability",
        "d.png: no measured picture",
        "perfect: nothing about 1 of 4 faces",
        "box: the data set's box (3)",
        "resampled: 3 identities, since",
        "warning: 3 identities, which are few: the intervals may be too narrow",
        "warning: pose left (1 identity)",
        "of 3 identities, which are few",
        "Table 2",
        "mean face",
        "majority",
    ] {
        assert!(output.contains(part), "{part:?} is not in {output}");
    }
    let report = json(&folder.path().join("report.json"));
    assert_eq!(report["faces"], 4);
    let hash = report["network"].as_str().unwrap();
    assert!(hash.len() == 16 && output.contains(&format!("(network {hash}) on ")));
    let groups = report["report"]["groups"].as_array().unwrap();
    let names: Vec<_> = groups
        .iter()
        .map(|g| g["value"].as_str().unwrap())
        .collect();
    let expected = ["all", "left", "right", "(none)", "absent", "present"];
    assert_eq!(names, expected);
    let landmarks = &groups[0]["tasks"][0]["predictors"][1];
    assert_eq!(landmarks["name"], "perfect");
    let rows = landmarks["rows"].as_array().unwrap();
    assert_eq!(rows[0]["figures"]["success"]["value"], 100.0);
    assert_eq!(rows[2]["known"], 2, "the nose of b.png is not said");
    assert_eq!(rows[3]["figures"]["nme"]["value"], Value::Null);
    let smiling = &groups[0]["tasks"][1]["predictors"][1]["rows"][31];
    assert_eq!(smiling["name"], "Smiling");
    assert_eq!(smiling["figures"]["accuracy"]["value"], 100.0);
    assert_eq!(smiling["known"], 3);
}

#[test]
fn the_programs_own_predictions_measure_as_the_network_does() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path());
    let (success, output) = run(folder.path(), &["predict", ".", "--out", "ours"]);
    assert!(success, "{output}");
    let arguments = [
        "eval",
        ".",
        "--predictions",
        "ours/predictions.jsonl",
        "--format",
        "csv",
    ];
    let (success, output) = run(folder.path(), &arguments);
    assert!(success, "{output}");
    let mut compared = 0;
    let value = |predictor: &str, item: &str, measure: &str| -> f64 {
        let start = [",all", "landmarks", predictor, item, measure, ""].join(",");
        let line = output
            .lines()
            .find(|l| l.starts_with(&start))
            .unwrap_or_else(|| panic!("{start} in {output}"));
        line.split(',').nth(6).unwrap().parse().unwrap()
    };
    for item in ["left_eye", "nose", "average", "whole face"] {
        for measure in ["success", "nme"] {
            let (ours, theirs) = (
                value("network", item, measure),
                value("predictions", item, measure),
            );
            // Files have three digits of a pixel.
            assert!(
                (ours - theirs).abs() < 0.02,
                "{item} {measure}: {ours} {theirs}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 8);
}

#[test]
fn few_labels_and_faces_that_carry_the_mean_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    photo(root, "a.png");
    let table = |faces: usize, bad: usize| {
        let mut table = "image,face,x,y,w,h,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,\
            nose_y,Smiling,Male,pose\n"
            .to_owned();
        for n in 0..faces {
            // Both eyes of the last ones are seen in nearly one place, as in a profile.
            let right = if n + bad < faces { 42.0 } else { 22.5 };
            let male = if n < 3 { "1" } else { "" };
            table += &format!(
                "a.png,{n},10,5,40,40,22,20,{right},20,30,30,1,{male},p{}\n",
                n % 2
            );
        }
        fs::write(root.join("faces.csv"), table).unwrap();
    };
    let eval = |arguments: &[&str]| {
        let (success, said) = run(root, &[&["eval", "."], arguments].concat());
        assert!(success, "{said}");
        said
    };
    table(40, 2);
    let said = eval(&["--by", "pose", "--json", "report.json"]);
    for part in [
        "warning: attributes: labels are known of fewer than 30 faces, so the figures say little, of \
         Male (3)",
        "warning: landmarks: 2 faces with an error above 100 % add ",
        "landmarks by pose, averages over points [%]",
        "landmarks by pose, whole faces [%]",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let report = json(&root.join("report.json"));
    let rows = &report["report"]["groups"][0]["tasks"][0]["predictors"][0]["rows"];
    let whole = &rows[6]["figures"];
    let value = |measure: &str| whole[measure]["value"].as_f64().unwrap();
    assert!(value("nme") > 2.0 * value("median_nme"), "{whole}");
    // The same median by another way: half of the faces are on either side of it.
    let ced = rows[6]["ced"].as_array().unwrap();
    let at = report["report"]["ced_at"].as_array().unwrap();
    let below = at
        .iter()
        .zip(ced)
        .filter(|(x, _)| 100.0 * x.as_f64().unwrap() < value("median_nme"));
    assert!(
        below
            .map(|c| c.1.as_f64().unwrap())
            .all(|share| share <= 50.0)
    );
    // What the table of whole faces and the curves' legend say is one number.
    eval(&["--by", "pose", "--plots", "plots"]);
    let svg = fs::read_to_string(root.join("plots/landmarks-ced-by-pose.svg")).unwrap();
    for group in report["report"]["groups"].as_array().unwrap() {
        let row = &group["tasks"][0]["predictors"][0]["rows"][6];
        let auc = row["figures"]["auc"]["value"].as_f64().unwrap();
        let name = format!(
            ">{} ({}): NME ",
            group["value"].as_str().unwrap(),
            row["known"]
        );
        let legend = svg.split(&name).nth(1).unwrap().split('<').next().unwrap();
        assert!(
            legend.ends_with(&format!(", AUC {auc:.2}")),
            "{legend} {auc}"
        );
        assert!(
            said.contains(&format!(" {auc:.2} ")),
            "{auc} is not in {said}"
        );
    }

    // Of one face the guess knows all: it must not pass for a good predictor.
    table(1, 0);
    let said = eval(&[]);
    assert!(said.contains("it repeats the labels"), "{said}");
    table(2, 0);
    let said = eval(&["--format", "latex"]);
    for part in [
        "% warning: landmarks: labels are known of 2 faces only",
        "\nWarning: landmarks: labels are known of 2 faces only, so the figures say little",
        "\\begin{table}\n\\centering\n\\caption{Landmarks [\\%]",
        "L: distance between labels of left eye and right eye",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    assert!(
        !said.contains(" items") && !said.contains("left\\_eye"),
        "{said}"
    );
}

#[test]
fn boxes_are_said_and_jitter_moves_them_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path());
    let said = |arguments: &[&str]| {
        let (success, said) = run(folder.path(), &[&["eval", "."], arguments].concat());
        assert!(success, "{said}");
        said
    };
    let labels = "from the labelled points (3), which tells where the points are";
    assert!(said(&["--boxes", "labels"]).contains(labels));
    assert!(said(&["--boxes", "picture"]).contains("centre square (4)"));
    let jittered = said(&["--jitter", "0.1,0.1,0.1,3"]);
    assert!(
        jittered.contains("0.1 half sides") && jittered.contains("seed 3"),
        "{jittered}"
    );
    assert_eq!(jittered, said(&["--jitter", "0.1,0.1,0.1,3"]));
    assert_ne!(jittered, said(&["--jitter", "0.1,0.1,0.1,4"]));
}

#[test]
fn what_cannot_be_measured_is_said() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path());
    let fail = |arguments: &[&str], with: &[&str]| {
        fails(folder.path(), &[&["eval", "."], arguments].concat(), with);
    };
    fail(&["--by", "colour"], &["colour", "pose", "Smiling"]);
    fail(&["--jitter", "1,2"], &["SHIFT,SCALE,ROTATION,SEED"]);
    fail(&["--alpha", "0"], &["α"]);
    fail(&["--limit", "0"], &["the limit"]);
    fail(&["--predictions", "none.jsonl"], &["none.jsonl"]);
    fs::write(folder.path().join("bad.csv"), "image,other\n").unwrap();
    fail(&["--predictions", "bad.csv"], &["bad.csv", "NAME_x"]);
    fail(&["--out", "nowhere/report.txt"], &["nowhere/report.txt"]);
}

#[test]
fn predictions_half_a_pixel_off_and_missing_ones_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    photo(root, "a.png");
    let mut table = "image,face,x,y,w,h,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,\
        nose_y\n"
        .to_owned();
    let predictions = |shift: f64, faces: usize| {
        let mut table =
            "image,face,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y\n".to_owned();
        for n in 0..faces {
            let [x, y] = [20.0 + n as f64 + shift, 20.0 + shift];
            table += &format!(
                "a.png,{n},{x},{y},{},{y},{},{}\n",
                x + 20.0,
                x + 10.0,
                y + 10.0
            );
        }
        table
    };
    for n in 0..8 {
        let x = 20 + n;
        table += &format!("a.png,{n},10,5,40,40,{x},20,{},20,{},30\n", x + 20, x + 10);
    }
    fs::write(root.join("faces.csv"), table).unwrap();
    let output = |shift: f64, faces: usize, format: &str| {
        fs::write(root.join("theirs.csv"), predictions(shift, faces)).unwrap();
        let arguments = [
            "eval",
            ".",
            "--predictions",
            "theirs.csv",
            "--format",
            format,
        ];
        let (success, output) = run(root, &arguments);
        assert!(success, "{output}");
        output
    };
    // The labels as they stand in their file, which counts pixels.
    let warning = "warning: theirs: its landmarks lie 0.5 pixels left of and above the labels";
    for format in ["table", "markdown", "latex", "json"] {
        let output = output(0.0, 8, format);
        assert!(
            output.contains(warning.trim_start_matches("warning: ")),
            "{format}: {output}"
        );
    }
    assert!(output(1.0, 8, "table").contains("right of and below"));
    let right = output(0.5, 8, "table");
    assert!(!right.contains("0.5 pixels"), "{right}");
    // Of half of the faces nothing is said: the figures are of others.
    let half = output(0.5, 4, "latex");
    let missing = "theirs: nothing about 4 of 8 faces, so its figures are of 4 faces";
    assert!(half.matches(missing).count() >= 2, "{half}");
    // A file of points alone is in the table of points alone, and so is what is said of it.
    let with_attribute = fs::read_to_string(root.join("faces.csv")).unwrap();
    let lines = with_attribute.lines().enumerate();
    let lines = lines.map(|(n, l)| l.to_owned() + if n == 0 { ",Smiling\n" } else { ",1\n" });
    fs::write(root.join("faces.csv"), lines.collect::<String>()).unwrap();
    let both = output(0.5, 4, "latex");
    let (points, attributes) = both.split_once("tab:attributes").unwrap();
    let nothing = "theirs: attributes: nothing about any face";
    assert!(attributes.contains(nothing), "{both}");
    assert!(!attributes.contains("4 of 8 faces"), "{both}");
    assert!(
        points.contains("theirs: landmarks: nothing about 4 of 8 faces"),
        "{both}"
    );
    assert!(attributes.contains("Majority learned from"), "{both}");
    assert!(!attributes.contains("ean face"), "{both}");
    let arguments = [
        "eval",
        ".",
        "--predictions",
        "theirs.csv",
        "--plots",
        "plots",
    ];
    assert!(run(root, &arguments).0);
    let plot = |name: &str| fs::read_to_string(root.join("plots").join(name)).unwrap();
    assert!(plot("landmarks-success.svg").contains(">theirs<"));
    assert!(!plot("attributes-accuracy.svg").contains(">theirs<"));
    // There is no attribute, and so nobody's majority.
    assert!(half.contains("mean face learned from"), "{half}");
    assert!(!half.contains("majority"), "{half}");
}
