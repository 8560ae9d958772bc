//! The floors of the program as ARCHITECTURE.md lists them, the highest first: a module imports only
//! what stands below it.

use std::fs;
use std::path::{Path, PathBuf};

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

#[test]
fn every_module_imports_only_what_stands_below_it() {
    let floors = floors();
    let floor = |name: &str| floors.iter().position(|f| f.contains(&name));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in files(&root).iter().filter(|f| !f.ends_with("lib.rs")) {
        let name = file.strip_prefix(&root).unwrap().with_extension("");
        let module: Vec<&str> = name.iter().filter_map(|n| n.to_str()).collect();
        let Some(own) = floor(module[0]) else {
            wrong.push(format!("{} is on no floor", module[0]));
            continue;
        };
        let depth = module.iter().filter(|n| **n != "mod").count();
        for (way, name) in imports(&code(&fs::read_to_string(file).unwrap()), depth) {
            // Other ways also lead to modules of the same floor, which have any name.
            let allowed = match floor(name) {
                Some(theirs) => theirs >= own,
                None => way != "crate::",
            };
            if !allowed {
                wrong.push(format!("{} imports {way}{name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        floors.len() > 10 && floors[0].contains(&"cli"),
        "{floors:?}"
    );
}

#[test]
fn imports_are_found_however_they_are_written() {
    let text = "
        use crate::label::Schema;
        // use crate::figure::Page;
        pub use crate::{
            app::{self, item::Item},
            photo, dataset::*,
        };
        fn f(x: &super::super::engine::Slot) { crate::train::run(super::Own, crate::memory::MEMORY) }
        use super::super::super::cli; use super::own; use crate::*;";
    let code = code(text);
    let mut names: Vec<&str> = imports(&code, 2).into_iter().map(|i| i.1).collect();
    names.sort_unstable();
    let expected = [
        "*", "app", "cli", "dataset", "engine", "label", "memory", "photo", "train",
    ];
    assert_eq!(names, expected);
}

/// The modules of each floor.
fn floors() -> Vec<Vec<&'static str>> {
    let table = ARCHITECTURE.split("```").nth(1).unwrap();
    let names = table
        .lines()
        .filter_map(|line| line.strip_prefix("src/")?.split("  ").next());
    names
        .map(|names| {
            let names = names.split(", ");
            names
                .map(|n| n.trim_end_matches(".rs").trim_end_matches('/'))
                .collect()
        })
        .collect()
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// A text on one line, without lines that are comments.
pub fn code(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join(" ")
}

/// The modules at the crate's root that a module `depth` below it names, and the way there.
fn imports(code: &str, depth: usize) -> Vec<(&str, &str)> {
    let up = "super::".repeat(depth);
    let mut found = Vec::new();
    for way in ["crate::", "smn_studio::", &up] {
        for (at, way) in code.match_indices(way) {
            let path = code[at + way.len()..].trim_start_matches("super::");
            found.extend(firsts(path).into_iter().map(|name| (way, name)));
        }
    }
    found
}

/// The first name of a path, or of each path in a group.
fn firsts(path: &str) -> Vec<&str> {
    fn word(text: &str) -> &str {
        let outside = |c: char| !c.is_alphanumeric() && !"_*".contains(c);
        &text[..text.find(outside).unwrap_or(text.len())]
    }
    if !path.starts_with('{') {
        return vec![word(path)];
    }
    let mut found = Vec::new();
    let mut depth = 0;
    for (at, sign) in path.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' => {}
            _ => continue,
        }
        match depth {
            0 => break,
            1 if sign != '}' => found.push(word(path[at + 1..].trim_start())),
            _ => {}
        }
    }
    found.retain(|name| !name.is_empty());
    found
}
