//! What a path is, by its name and by how the file begins; no more is read of it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::dataset;
use crate::file_type;
use crate::humanize::{counted, thousands};

/// What a path is, where it is not faces to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Weights for the engine.
    Weights(PathBuf),
    /// Predictions in this program's own form, of any program.
    Predictions(PathBuf),
    /// The folder of a training run.
    Run(PathBuf),
}

/// What a path is, if it is not faces to look at. A folder of run folders is all of them.
pub fn recognise(path: &Path) -> Option<Vec<Opened>> {
    if path.is_dir() {
        if path.join("run.json").is_file() {
            return Some(vec![Opened::Run(path.to_owned())]);
        }
        let inside = std::fs::read_dir(path).ok()?.flatten().take(LOOKED_AT);
        let mut runs: Vec<PathBuf> = inside
            .map(|e| e.path())
            .filter(|p| p.join("run.json").is_file())
            .collect();
        runs.sort();
        return (!runs.is_empty()).then(|| runs.into_iter().map(Opened::Run).collect());
    }
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    if let Some(folder) = path.parent()
        && matches!(&*name, "run.json" | "status.json" | "metrics.jsonl")
        && folder.join("run.json").is_file()
    {
        return Some(vec![Opened::Run(folder.to_owned())]);
    }
    if name.ends_with(".safetensors") || is_weights(path) {
        return Some(vec![Opened::Weights(path.to_owned())]);
    }
    let lines = name.ends_with(".jsonl") || name.ends_with(".json");
    (lines && begins_as_predictions(path)).then(|| vec![Opened::Predictions(path.to_owned())])
}

/// Entries of a folder that are looked at for runs: a folder of 200,000 photos holds none.
const LOOKED_AT: usize = 1000;

/// Whether the file has weights in one of the forms that are read, whatever it is called.
fn is_weights(path: &Path) -> bool {
    file_type::of_file(path)
        .is_ok_and(|kind| [file_type::SAFETENSORS, file_type::PYTORCH].contains(&kind.description))
}

/// Predictions are JSON lines with `image` and `faces`.
fn begins_as_predictions(path: &Path) -> bool {
    const LONGEST: u64 = 1 << 20;
    let Ok(file) = std::fs::File::open(path) else {
        return false;
    };
    let mut line = String::new();
    let read = BufReader::new(file.take(LONGEST)).read_line(&mut line);
    let parsed = serde_json::from_str::<serde_json::Value>(&line);
    read.is_ok() && parsed.is_ok_and(|l| l.get("image").is_some() && l.get("faces").is_some())
}

/// A line of copied text as a path: quotes and a `file://` address are taken off.
pub fn pasted_path(line: &str) -> Option<PathBuf> {
    let line = line.trim().trim_matches(['"', '\'']);
    if line.is_empty() || line.starts_with('#') || matches!(line, "copy" | "cut") {
        return None;
    }
    let Some(address) = line.strip_prefix("file://") else {
        let home = line.strip_prefix("~/").zip(std::env::var_os("HOME"));
        return Some(match home {
            Some((rest, home)) => PathBuf::from(home).join(rest),
            None => PathBuf::from(line),
        });
    };
    // After the host, which is nearly always empty.
    let path = &address[address.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(b) = rest.next() {
        let code = if b == b'%' {
            let pair = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
        } else {
            b
        };
        bytes.push(code);
    }
    let path = String::from_utf8(bytes).ok()?;
    // file:///C:/photos
    let drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { &path[1..] } else { &path }))
}

/// What a drop of these paths would do.
pub fn drop_text(paths: &[PathBuf]) -> String {
    let [path] = paths else {
        return format!("Open these {} together", thousands(paths.len()));
    };
    let name = dataset::name_of(path);
    match recognise(path).as_deref() {
        Some([Opened::Weights(_)]) => format!("Use the weights in {name}"),
        Some([Opened::Predictions(_)]) => {
            format!("Hold the predictions in {name} beside the photos")
        }
        Some([Opened::Run(_)]) => format!("Watch the training run {name}"),
        Some(runs) => format!("Watch {}", counted(runs.len(), "training run")),
        None if path.is_dir() => format!("Open the faces in {name}"),
        None => format!("Open {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_recognised_by_what_they_are() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let run = file("runs/a/run.json", b"{}");
        let folder = run.parent().unwrap().to_owned();
        let other = file("runs/b/run.json", b"{}").parent().unwrap().to_owned();
        let weights = file("renamed.bin", b"\x02\0\0\0\0\0\0\0{}  ");
        let predictions = file("p.jsonl", b"{\"image\": \"a.jpg\", \"faces\": []}\n");
        let metrics = file("runs/a/metrics.jsonl", b"{\"kind\": \"step\"}\n");
        let run = Opened::Run(folder.clone());
        assert_eq!(recognise(&folder), Some(vec![run.clone()]));
        assert_eq!(recognise(&metrics), Some(vec![run.clone()]));
        let both = vec![run, Opened::Run(other)];
        assert_eq!(recognise(folder.parent().unwrap()), Some(both));
        assert_eq!(
            recognise(&weights),
            Some(vec![Opened::Weights(weights.clone())])
        );
        let actual = drop_text(std::slice::from_ref(&weights));
        assert_eq!(actual, "Use the weights in renamed.bin");
        let actual = drop_text(std::slice::from_ref(&predictions));
        assert!(actual.contains("predictions in p.jsonl"), "{actual}");
        assert_eq!(
            recognise(&predictions),
            Some(vec![Opened::Predictions(predictions)])
        );
        assert_eq!(recognise(&file("other.jsonl", b"{\"kind\": 1}")), None);
        assert_eq!(recognise(&root.path().join("gone")), None);
        assert_eq!(recognise(root.path()), None);
    }

    #[test]
    fn copied_lines_become_paths() {
        let path = |line| pasted_path(line).map(|p| p.display().to_string());
        assert_eq!(path("  \"/a b/c.jpg\" ").as_deref(), Some("/a b/c.jpg"));
        assert_eq!(
            path("file:///a%20b/%C3%B1.jpg").as_deref(),
            Some("/a b/ñ.jpg")
        );
        assert_eq!(path("file://host/x").as_deref(), Some("/x"));
        assert_eq!(path("file:///bad%zz"), None);
        assert_eq!(path("copy"), None);
        assert_eq!(path(""), None);
    }
}
