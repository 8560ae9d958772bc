//! What the commands print, and to whom: readers that go away, full disks, libraries' own words.

use std::fs::{self, File};
use std::io::pipe;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::cli::{golden, photo, studio, text};

/// A pipe whose reader has gone, as `head` goes.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A command of each kind, the quick ones several times.
fn commands(folder: &Path) -> Vec<Vec<String>> {
    photo(folder, "a.png");
    fs::write(
        folder.join("faces.csv"),
        "image,Smiling\na.png,1\nb.png,1\n",
    )
    .unwrap();
    let weights = golden("ours_concat").display().to_string();
    let lines = [
        "--help",
        "--version",
        "data faces.csv",
        "data nothing",
        "devices",
        "predict a.png --out predicted",
        "eval faces.csv",
        "eval faces.csv --format csv",
        "features a.png --out features.png",
        "explain a.png --target Smiling --out explained.png --method gradcam",
        "convert faces.csv --to coco --out coco --force",
        "synth --count 1 --width 96 --sheet sheet.png",
        "train --resume nothing",
    ];
    let mut all: Vec<Vec<String>> = lines
        .iter()
        .map(|line| line.split(' ').map(String::from).collect())
        .collect();
    let join = [
        "join",
        &weights,
        "--from",
        &weights,
        "--task",
        "landmarks",
        "--out",
    ];
    let join = join.iter().copied().chain(["joined.safetensors"]);
    all.push(join.map(String::from).collect());
    all
}

#[test]
fn a_reader_that_goes_away_ends_no_command_in_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in commands(folder.path()) {
        let whole = studio(folder.path()).args(&arguments).output().unwrap();
        let Output { stderr, .. } = studio(folder.path())
            .args(&arguments)
            .stdout(closed())
            .output()
            .unwrap();
        assert_eq!(text(&stderr), text(&whole.stderr), "{arguments:?}");
        let Output { status, stdout, .. } = studio(folder.path())
            .args(&arguments)
            .stderr(closed())
            .output()
            .unwrap();
        assert_eq!(status.code(), whole.status.code(), "{arguments:?}");
        assert_eq!(text(&stdout), text(&whole.stdout), "{arguments:?}");
        let neither = studio(folder.path())
            .args(&arguments)
            .stdout(closed())
            .stderr(closed())
            .status();
        assert_eq!(
            neither.unwrap().code(),
            whole.status.code(),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_clean_run_says_nothing_of_a_display() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in commands(folder.path()) {
        let Output { stderr, .. } = studio(folder.path())
            .args(&arguments)
            .env_remove("XDG_RUNTIME_DIR")
            .output()
            .unwrap();
        let output = text(&stderr);
        assert!(
            !output.contains("XDG_RUNTIME_DIR"),
            "{arguments:?}: {output}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in ["devices", "data synthetic:2"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let Output { status, stderr, .. } = studio(folder.path())
            .args(arguments.split(' '))
            .stdout(full)
            .output()
            .unwrap();
        let output = text(&stderr);
        assert!(
            !status.success() && output.contains("standard output"),
            "{output}"
        );
    }
}
