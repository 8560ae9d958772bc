//! `smn-studio eval`'s tables: formats, columns, averages and notes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::cli::{photo, run};
use crate::eval::{json, set};

#[test]
fn every_format_and_plot_is_written() {
    let folder = tempfile::tempdir().unwrap();
    set(folder.path());
    let root = folder.path();
    let formats = [
        ("markdown", "| left_eye | network |"),
        ("latex", "left eye & network &"),
        ("csv", ",all,landmarks,network,left_eye,success,"),
        ("table", "left_eye     network"),
        ("json", "\"balanced_accuracy\""),
    ];
    for (format, part) in formats {
        let (success, output) = run(root, &["eval", ".", "--format", format, "--out", "f"]);
        assert!(success, "{output}");
        let text = fs::read_to_string(root.join("f")).unwrap();
        assert!(text.contains(part), "{format}: {part:?} is not in {text}");
    }
    let arguments = [
        "eval", ".", "--plots", "plots", "--by", "pose", "--nme", "box",
    ];
    let (success, output) = run(root, &arguments);
    assert!(success, "{output}");
    for name in [
        "landmarks-ced",
        "landmarks-ced-points",
        "landmarks-ced-by-pose",
        "landmarks-success",
        "landmarks-success-by-pose",
        "attributes-accuracy",
        "attributes-accuracy-by-pose",
    ] {
        let svg = fs::read_to_string(root.join(format!("plots/{name}.svg"))).unwrap();
        assert!(svg.ends_with("</svg>\n") && svg.contains("<text"), "{svg}");
        assert!(
            svg.contains("(network ") && svg.contains(">warning: "),
            "{svg}"
        );
        let picture = image::open(root.join(format!("plots/{name}.png"))).unwrap();
        assert!(picture.width() > 1000);
        assert!(!root.join(format!("plots/{name}.pdf")).exists());
    }
    // What numbers are divided by has one letter a length, and is defined where it stands.
    let svg = |name: &str| fs::read_to_string(root.join(format!("plots/{name}.svg"))).unwrap();
    let eyes = "L: distance between labels of left eye and right eye";
    for name in ["landmarks-success", "landmarks-success-by-pose"] {
        let svg = svg(name);
        assert!(
            svg.contains(&format!("points within 0.1·L [%], {eyes}<")),
            "{svg}"
        );
        assert!(!svg.contains("whiskers"), "{svg}");
    }
    for name in [
        "landmarks-ced",
        "landmarks-ced-points",
        "landmarks-ced-by-pose",
    ] {
        let svg = svg(name);
        assert!(
            svg.contains("[% of B], B: root of the box&apos;s area<")
                || svg.contains("[% of B], B: root of the box's area<"),
            "{svg}"
        );
        assert!(
            svg.contains(">0.1·B: AUC up to here<") && !svg.contains("·L"),
            "{svg}"
        );
    }
    let (_, output) = run(root, &["eval", ".", "--nme", "box"]);
    let both = format!(
        "success within 0.1·L; NME, AUC and failures by B; {eyes}; B: root of the box's area"
    );
    assert!(output.contains(&both), "{output}");
    let arguments = [
        "eval",
        ".",
        "--plots",
        "w",
        "--by",
        "pose",
        "--bootstrap",
        "1200",
    ];
    assert!(run(root, &arguments).0);
    for (name, of) in [
        (
            "landmarks-success",
            "3 identities, which are few: the intervals may be too narrow",
        ),
        (
            "attributes-accuracy",
            "3 identities, which are few: the intervals may be too narrow",
        ),
        ("landmarks-success-by-pose", "the identities of each slice"),
    ] {
        let svg = fs::read_to_string(root.join(format!("w/{name}.svg"))).unwrap();
        let whiskers = svg.split("whiskers: ").nth(1);
        // Of a single identity there is no interval, and so no whisker.
        if name.ends_with("pose") {
            assert_eq!(whiskers, None);
            continue;
        }
        let start = format!("95 % intervals, 1,200 resamples of {of}");
        let rest = whiskers.unwrap().strip_prefix(&start).unwrap();
        let wilson = rest.strip_prefix(", at 0 and 100 % Wilson's");
        assert!(wilson.unwrap_or(rest).starts_with('<'), "{svg}");
    }
    let arguments = ["eval", ".", "--plots", "p", "--plot-formats", "pdf"];
    let (success, output) = run(root, &arguments);
    assert!(success, "{output}");
    let pdf = fs::read(root.join("p/landmarks-ced.pdf")).unwrap();
    let pdf = String::from_utf8_lossy(&pdf);
    assert!(pdf.starts_with("%PDF-1.7") && pdf.contains("/Network ("));
    assert!(!root.join("p/landmarks-ced.svg").exists());
}

#[test]
fn averages_say_over_how_many_attributes_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    photo(root, "a.png");
    // "Male" is never present: what says so of no face has no F1.
    let table = "image,face,x,y,w,h,identity,Smiling,Male,Young\n\
        a.png,0,10,5,40,40,p,1,-1,1\n\
        a.png,1,30,5,40,40,p,-1,-1,1\n";
    fs::write(root.join("faces.csv"), table).unwrap();
    let said = |format: &str| {
        let arguments = ["eval", ".", "--bootstrap", "20", "--format", format];
        let (success, said) = run(root, &arguments);
        assert!(success, "{said}");
        said
    };
    let arguments = ["eval", ".", "--bootstrap", "20", "--json", "report.json"];
    let (success, text) = run(root, &arguments);
    assert!(success, "{text}");
    let report = json(&root.join("report.json"));
    let predictors = &report["report"]["groups"][0]["tasks"][1]["predictors"];
    for measure in ["accuracy", "balanced_accuracy", "f1", "calibration_error"] {
        let rows = |n: usize| predictors[n]["rows"].as_array().unwrap();
        let shared: Vec<usize> = (0..40)
            .filter(|&i| (0..2).all(|n| rows(n)[i]["figures"][measure]["value"].is_f64()))
            .collect();
        for n in 0..2 {
            let figure = &rows(n)[40]["figures"][measure];
            assert_eq!(figure["items"], shared.len(), "{measure}");
            // Resampling raises a sum of absolute values.
            let calibration = measure == "calibration_error";
            assert!(!calibration || figure.get("interval").is_none());
            let values = shared
                .iter()
                .map(|&i| &rows(n)[i]["figures"][measure]["value"]);
            let mean = values.map(|v| v.as_f64().unwrap()).sum::<f64>() / shared.len() as f64;
            assert!((figure["value"].as_f64().unwrap() - mean).abs() < 1e-9);
            assert_eq!(figure["interval"], Value::Null, "of one person");
        }
    }
    let balanced = &predictors[0]["rows"][40]["figures"]["balanced_accuracy"];
    assert_eq!(
        balanced["items"], 1,
        "only \"Smiling\" is present and absent"
    );
    for format in ["table", "markdown", "latex"] {
        let said = said(format);
        assert!(
            said.contains(" [–] (1 of 3)") || said.contains(" [--] (1 of 3)"),
            "{said}"
        );
        assert!(said.contains("1 identity alone: no interval"), "{said}");
    }
    let csv = said("csv");
    let hash = report["network"].as_str().unwrap();
    let line = csv
        .lines()
        .find(|l| l.contains("network,average,balanced_accuracy"));
    let line = line.unwrap();
    assert!(line.contains(&format!(",1,{hash},")), "{line}");
}

/// The rows of a CSV by the names of their columns.
pub fn rows(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn a_csv_says_on_what_and_how_it_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    set(root);
    let csv = |more: &[&str]| {
        let base = ["eval", ".", "--format", "csv", "--out", "f.csv"];
        let (success, output) = run(root, &[&base[..], more].concat());
        assert!(success, "{output}");
        rows(&fs::read(root.join("f.csv")).unwrap())
    };
    let options = [
        "--alpha",
        "0.05",
        "--limit",
        "0.08",
        "--nme",
        "box",
        "--bootstrap",
        "70",
        "--bins",
        "7",
        "--split",
        "validation",
        "--by",
        "pose",
    ];
    for (given, [alpha, limit, by, bins, resamples, units, split]) in [
        (
            &options[..],
            ["0.05", "0.08", "box", "7", "70", "3", "validation"],
        ),
        (&["--paper"], ["0.1", "0.1", "eyes", "10", "", "", ""]),
    ] {
        let all = csv(given);
        let find = |value: &str, task: &str, measure: &str| {
            let mut of = all
                .iter()
                .filter(|r| r["value"] == value && r["task"] == task);
            of.find(|r| r["measure"] == measure && r["predictor"] == "network")
                .unwrap()
        };
        for (task, measure, wanted) in [
            ("landmarks", "success", [alpha, "", "eyes", ""]),
            ("landmarks", "nme", ["", "", by, ""]),
            ("landmarks", "median_nme", ["", "", by, ""]),
            ("landmarks", "auc", ["", limit, by, ""]),
            ("landmarks", "failure", ["", limit, by, ""]),
            ("attributes", "accuracy", ["", "", "", ""]),
            ("attributes", "calibration_error", ["", "", "", bins]),
        ] {
            let row = find("all", task, measure);
            let settings = ["alpha", "limit", "normalizer", "bins"].map(|c| row[c].as_str());
            assert_eq!(settings, wanted, "{task} {measure}");
            let source =
                ["resamples", "units", "split", "faces", "weights"].map(|c| row[c].as_str());
            assert_eq!(source, [resamples, units, split, "4", "bundled"]);
            let data = root.file_name().unwrap().to_str().unwrap();
            assert_eq!(row["data"], data, "{row:?}");
        }
        if given.len() > 1 {
            let left = find("left", "attributes", "f1");
            assert_eq!(
                [&left["faces"], &left["units"], &left["unit"]],
                ["2", "1", "identity"]
            );
            assert!(left["warnings"].contains("small slices"), "{left:?}");
            let all = &find("all", "attributes", "f1")["warnings"];
            assert!(
                all.contains("only 3 identities") && !all.contains("slices"),
                "{all}"
            );
        } else {
            let paper: Vec<_> = all.iter().filter(|r| r["value"] == "paper").collect();
            assert!(
                paper
                    .iter()
                    .all(|r| r["data"] == "CelebA" && r["split"] == "test")
            );
            let success = paper.iter().find(|r| r["measure"] == "success").unwrap();
            assert_eq!([&success["alpha"], &success["normalizer"]], ["0.1", "eyes"]);
        }
    }
}

#[test]
fn labels_of_tables_are_unique_and_warnings_stand_below_the_tables_they_are_of() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    photo(root, "a.png");
    let mut table = "image,face,x,y,w,h,identity,left_eye_x,left_eye_y,right_eye_x,right_eye_y,\
        nose_x,nose_y,Smiling,Male,pose\n"
        .to_owned();
    for n in 0..12 {
        table += &format!("a.png,{n},10,5,40,40,p{n},22,20,42,20,30,30,1,-1,p{n}\n");
    }
    fs::write(root.join("faces.csv"), table).unwrap();
    let eval = |format: &str| {
        let arguments = [
            "eval",
            ".",
            "--paper",
            "--by",
            "pose",
            "--by",
            "Male",
            "--bootstrap",
            "20",
            "--format",
            format,
            "--out",
            "f",
        ];
        let (success, output) = run(root, &arguments);
        assert!(success, "{output}");
        fs::read_to_string(root.join("f")).unwrap()
    };
    let many = "12 of 12 slices by pose are of fewer than 30 identities: their intervals may be too \
        narrow, and of one there is none";
    let few = "Male absent (12 identities): few";
    let latex = eval("latex");
    let labels: Vec<&str> = latex
        .split("\\label{")
        .skip(1)
        .filter_map(|l| l.split('}').next())
        .collect();
    // Each task and the paper's table of it; by each column averages, and of points whole faces.
    assert_eq!(labels.len(), 10, "{labels:?}");
    let unique: BTreeSet<&str> = labels.iter().copied().collect();
    assert_eq!(unique.len(), labels.len(), "{labels:?}");
    assert!(unique.contains("tab:landmarks") && unique.contains("tab:attributes-paper"));
    let body: String = latex
        .lines()
        .filter(|l| !l.starts_with('%'))
        .collect::<Vec<_>>()
        .join("\n");
    for table in body.split("\\caption{").skip(1) {
        let caption = table.split("\\label").next().unwrap();
        for (column, message) in [("by pose", many), ("by Male", few)] {
            assert_eq!(table.contains(message), caption.contains(column), "{table}");
            assert!(!caption.contains(message), "{caption}");
        }
    }
    for (format, start) in [("table", ""), ("markdown", "**")] {
        let text = eval(format);
        let begin = format!("\n{start}landmarks ");
        let head = &text[..text.find(&begin).unwrap()];
        assert!(!head.contains("slices") && !head.contains(few), "{head}");
        assert!(
            head.contains("warning: 12 identities, which are few"),
            "{head}"
        );
        assert_eq!(text.matches(many).count(), 3, "{text}");
        let of_pose = text
            .split("\n\n")
            .filter(|part| part.contains(many))
            .count();
        assert_eq!(of_pose, 3, "{text}");
    }
}
