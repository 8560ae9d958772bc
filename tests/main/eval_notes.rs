//! What `eval` says beside its figures, wherever they go: boxes, whose numbers they are, of how many.

use std::fs;
use std::path::Path;

use super::cli::{golden, run};
use super::eval::{json, set};
use super::eval_tables::rows;

/// The words of an SVG, in one line.
fn text_of(path: &Path) -> String {
    let svg = fs::read_to_string(path).unwrap();
    let texts = svg.split('<').filter_map(|part| part.split_once('>'));
    let texts: Vec<&str> = texts.map(|(_, text)| text.trim()).collect();
    texts
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn figures_and_tables_say_in_which_boxes_faces_were_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    set(root);
    let flatters = "from the labelled points (3), which tells where the points are and so flatters";
    for (more, part) in [
        (&[][..], "box (3)"),
        (&["--boxes", "labels"], flatters),
        (&["--boxes", "picture"], "centre square (4)"),
        (
            &["--jitter", "0.1,0.1,0.1,3"],
            "moved by chance (standard deviations: 0.1 half sides",
        ),
    ] {
        let said = |output: &[&str]| {
            let (success, said) = run(root, &[&["eval", "."], more, output].concat());
            assert!(success, "{said}");
            said
        };
        said(&[
            "--format", "csv", "--out", "f.csv", "--plots", "p", "--by", "pose",
        ]);
        let all = rows(&fs::read(root.join("f.csv")).unwrap());
        assert!(
            !all.is_empty() && all.iter().all(|row| row["boxes"].contains(part)),
            "{part}"
        );
        for plot in [
            "landmarks-ced",
            "landmarks-success-by-pose",
            "attributes-accuracy",
        ] {
            let text = text_of(&root.join(format!("p/{plot}.svg")));
            assert!(text.contains(part), "{plot}: {part}: {text}");
        }
        let latex = said(&["--format", "latex"]);
        for table in latex.split("\\begin{table}").skip(1) {
            let notes = table.split("\\footnotesize").nth(1).unwrap();
            assert!(notes.contains(part), "{part}: {table}");
        }
    }
}

/// The pictures of `set`, of which one is of another split.
fn two_splits(root: &Path) {
    set(root);
    let table = fs::read_to_string(root.join("faces.csv")).unwrap();
    let table = table.replace("b.png,0,10,5,40,40,val", "b.png,0,10,5,40,40,train");
    fs::write(root.join("faces.csv"), table).unwrap();
}

#[test]
fn predictions_are_called_by_their_folders_and_say_whose_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    two_splits(root);
    let weights = golden("ours_concat").display().to_string();
    for (out, more) in [("pr", &[][..]), ("prA", &["--weights", &weights])] {
        let (success, said) = run(root, &[&["predict", ".", "--out", out], more].concat());
        assert!(success, "{said}");
    }
    let line = fs::read_to_string(root.join("prA/predictions.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(line["weights"], *weights);
    let network = line["network"].as_str().unwrap().to_owned();
    assert_eq!(network.len(), 16);
    let base = [
        "eval",
        ".",
        "--split",
        "validation",
        "--predictions",
        "pr/predictions.jsonl",
    ];
    let base = [&base[..], &["--predictions", "prA/predictions.jsonl"]].concat();
    let said = |output: &[&str]| {
        let (success, said) = run(root, &[&base, output].concat());
        assert!(success, "{said}");
        said
    };
    let origin =
        format!("predictions prA: prA/predictions.jsonl, by {weights} (network {network})");
    let elsewhere = format!("{origin}; 1 prediction of other splits of");
    for format in ["table", "markdown", "latex"] {
        let said = said(&["--format", format, "--json", "e.json", "--plots", "p"]);
        let plain = said.replace("\\_", "_");
        // Above all tables, and in a paper below each.
        assert!(plain.contains(&elsewhere), "{format}: {plain}");
        if format == "latex" {
            let below = elsewhere.replacen('p', "P", 1);
            let tables = plain.matches("\\begin{table}").count();
            assert_eq!(plain.matches(&below).count(), tables, "{plain}");
        }
        // What is of another split is nothing to warn of.
        for part in ["no measured picture", "belong"] {
            assert!(!said.contains(part), "{part}: {said}");
        }
    }
    let file = &json(&root.join("e.json"))["predictions"][1];
    assert_eq!(file["name"], "prA");
    assert_eq!(file["path"], "prA/predictions.jsonl");
    assert_eq!(file["network"], *network);
    assert_eq!(file["not_measured"], 1);
    let plot = text_of(&root.join("p/landmarks-ced.svg"));
    assert!(plot.contains("prA/predictions.jsonl, by"), "{plot}");
    said(&["--format", "csv", "--out", "f.csv"]);
    let all = rows(&fs::read(root.join("f.csv")).unwrap());
    let theirs: Vec<_> = all.iter().filter(|row| row["predictor"] == "prA").collect();
    assert!(!theirs.is_empty());
    for row in theirs {
        let known = ["predictions", "network", "weights"].map(|c| row[c].as_str());
        assert_eq!(known, ["prA/predictions.jsonl", &network, &weights]);
    }
    // A name that the data set does not have is warned of still.
    let lines = fs::read_to_string(root.join("pr/predictions.jsonl")).unwrap();
    fs::write(
        root.join("pr/predictions.jsonl"),
        lines.replace("b.png", "z.png"),
    )
    .unwrap();
    let said = said(&[]);
    assert!(
        said.contains("z.png: no measured picture of this name"),
        "{said}"
    );
    assert!(
        said.contains("pr: 1 prediction belongs to no measured face"),
        "{said}"
    );
}

#[test]
fn captions_say_of_what_each_row_and_column_is() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    set(root);
    let arguments = [
        "eval",
        "faces.csv",
        "--split",
        "validation",
        "--by",
        "Smiling",
        "--paper",
    ];
    let said = |format: &str| {
        let more = ["--bootstrap", "20", "--format", format];
        let (success, said) = run(root, &[&arguments[..], &more].concat());
        assert!(success, "{said}");
        said
    };
    let markdown = said("markdown");
    let caption = "95 % intervals of 20 resamples of the identities of each row";
    assert!(markdown.contains(caption), "{markdown}");
    assert!(markdown.contains("| faces | identities |"), "{markdown}");
    // Of three identities, two do not smile.
    let cells = |value: &str| -> Vec<Vec<String>> {
        let lines = markdown
            .lines()
            .filter(|l| l.starts_with(&format!("| {value} | network")));
        let cells = |line: &str| line.split('|').map(|c| c.trim().to_owned()).collect();
        lines.map(cells).collect()
    };
    for row in cells("absent") {
        assert_eq!(row[row.len() - 2], "2", "{row:?}");
    }
    assert!(!cells("absent").is_empty());
    for format in ["table", "markdown", "latex"] {
        let said = said(format);
        let on = ", validation (4 faces), beside Table 2 of Matsui, Yamashita, Fujiyoshi (VISAPP \
            2019), on CelebA's test set (19,962 faces)";
        assert!(
            said.contains("network and mean face on "),
            "{format}: {said}"
        );
        assert!(said.contains(on), "{format}: {said}");
    }
}

#[test]
fn shares_of_0_and_100_percent_have_wilsons_interval_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    set(root);
    let written = |format: &str| {
        let base = ["eval", "faces.csv", "--bootstrap", "50", "--out", "f.out"];
        let (success, output) = run(root, &[&base[..], &["--format", format]].concat());
        assert!(success, "{output}");
        fs::read(root.join("f.out")).unwrap()
    };
    let rows = rows(&written("csv"));
    let mut found = 0;
    for row in &rows {
        let at_bound = ["0", "100"].contains(&row["percent"].as_str());
        let share = ["success", "failure", "auc", "accuracy"].contains(&row["measure"].as_str());
        let other = ["balanced_accuracy", "f1"].contains(&row["measure"].as_str());
        match (at_bound && !row["low"].is_empty(), share) {
            (true, true) => {
                found += 1;
                assert_eq!(row["interval"], "wilson", "{row:?}");
                let [low, high] = ["low", "high"].map(|end| row[end].parse::<f64>().unwrap());
                // Of four or fewer.
                assert!(high - low > 40.0 && low >= 0.0 && high <= 100.0, "{row:?}");
            }
            (true, false) => assert!(!other, "{row:?}"),
            (false, _) => assert!(!row["interval"].contains("wilson"), "{row:?}"),
        }
    }
    assert!(found > 0, "{rows:?}");
    for format in ["table", "markdown", "latex"] {
        let output = String::from_utf8(written(format)).unwrap();
        let latex = "at 0 and 100 \\% Wilson's";
        assert!(
            output.contains("at 0 and 100 % Wilson's") || output.contains(latex),
            "{output}"
        );
    }
}
