//! What `eval` says beside its figures, wherever they go: boxes, whose numbers they are, of how many.

use std::fs;
use std::path::Path;

use super::cli::run;
use super::eval::{rows, set};

/// The words of an SVG, in one line.
fn words(path: &Path) -> String {
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
            let words = words(&root.join(format!("p/{plot}.svg")));
            assert!(words.contains(part), "{plot}: {part}: {words}");
        }
        let latex = said(&["--format", "latex"]);
        for table in latex.split("\\begin{table}").skip(1) {
            let notes = table.split("\\footnotesize").nth(1).unwrap();
            assert!(notes.contains(part), "{part}: {table}");
        }
    }
}
