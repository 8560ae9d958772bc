//! The rooms of the window as ARCHITECTURE.md lists them, and the files within every folder: imports
//! run one way, so that one photo's way through the code can be read forward.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::floors::{code, files};

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

/// Folders in which no files import each other in a circle.
const WITHOUT_CIRCLES: [&str; 1] = ["app"];

#[test]
fn every_room_of_the_window_imports_only_those_below_it() {
    let rooms = rooms();
    let room = |module: &[String]| {
        let name = module.get(1)?;
        rooms.iter().position(|r| r.contains(&name.as_str()))
    };
    let mut wrong = Vec::new();
    for (file, imports) in &imports() {
        let [app, own, ..] = &file[..] else { continue };
        if app != "app" {
            continue;
        }
        let Some(at) = room(file) else {
            wrong.push(format!("{own} is no room"));
            continue;
        };
        for import in imports.iter().filter(|i| i[0] == "app" && i.len() > 1) {
            let allowed = import.get(1) == Some(own) || room(import).is_some_and(|r| r > at);
            if !allowed {
                wrong.push(format!("{} imports {}", file.join("::"), import.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(rooms.len() > 6 && rooms[0] == ["studio"], "{rooms:?}");
}

#[test]
fn no_files_of_a_folder_import_each_other_in_a_circle() {
    let imports = imports();
    let within = |file: &Vec<String>| WITHOUT_CIRCLES.contains(&file[0].as_str());
    let mut reached: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> = BTreeMap::new();
    for file in imports.keys().filter(|f| within(f)) {
        let mut seen = BTreeSet::new();
        let mut next: Vec<_> = imports[file].iter().collect();
        while let Some(import) = next.pop() {
            if within(import) && seen.insert(import) {
                next.extend(imports.get(import).into_iter().flatten());
            }
        }
        reached.insert(file, seen);
    }
    let circles: Vec<String> = reached
        .iter()
        .filter(|(file, seen)| seen.contains(**file))
        .map(|(file, _)| file.join("::"))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
    assert!(reached.len() > 50, "the files are read");
}

/// The rooms of each floor of the window, the highest first.
fn rooms() -> Vec<Vec<&'static str>> {
    let table = ARCHITECTURE.split("```").nth(3).unwrap();
    let names = table
        .lines()
        .filter_map(|line| line.split("  ").next())
        .filter(|names| names.ends_with('/'));
    names
        .map(|names| {
            let names = names.split(", ");
            names.map(|n| n.trim_end_matches('/')).collect()
        })
        .collect()
}

/// What each module imports of the crate: modules, by their paths. Tests may look anywhere.
fn imports() -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let modules: BTreeMap<Vec<String>, PathBuf> = files(&root)
        .into_iter()
        .map(|file| (module(&root, &file), file))
        .filter(|(module, _)| module.last().is_some_and(|m| m != "tests"))
        .collect();
    let mut all = BTreeMap::new();
    for (module, file) in &modules {
        let text = fs::read_to_string(file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let mut found = BTreeSet::new();
        for path in paths(&code(text)) {
            found.extend(resolve(module, &path, |m| modules.contains_key(m)));
        }
        found.remove(module);
        all.insert(module.clone(), found);
    }
    all
}

/// `src/app/faces/mod.rs` is app::faces.
fn module(root: &Path, file: &Path) -> Vec<String> {
    let name = file.strip_prefix(root).unwrap().with_extension("");
    let names = name.iter().filter_map(|n| n.to_str());
    names.filter(|n| *n != "mod").map(str::to_owned).collect()
}

/// The module that a path within `module` leads to: the deepest one that there is.
fn resolve(
    module: &[String],
    path: &[String],
    is_module: impl Fn(&Vec<String>) -> bool,
) -> Option<Vec<String>> {
    let mut at = module.to_vec();
    let mut rest = path;
    match rest[0].as_str() {
        "crate" => (at, rest) = (Vec::new(), &rest[1..]),
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|r| r == "super") {
                at.pop();
                rest = &rest[1..];
            }
        }
        // A child, or else another crate.
        child => {
            let mut child_of = module.to_vec();
            child_of.push(child.to_owned());
            if !is_module(&child_of) {
                return None;
            }
        }
    }
    for name in rest {
        at.push(name.clone());
        if !is_module(&at) {
            at.pop();
            break;
        }
    }
    is_module(&at).then_some(at)
}

/// Every path that is imported, and every one that begins at the crate or above the module.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end();
        let begins = before.is_empty() || before.ends_with([';', '}', '{', ')', ']', 'b']);
        if begins && let Some(end) = code[at..].find(';') {
            found.extend(leaves(code[at + 4..at + end].trim()));
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let path: String = code[at..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || "_:".contains(*c))
                .collect();
            found.push(names(path.trim_end_matches(':')));
        }
    }
    found.retain(|path| !path.is_empty() && !path[0].is_empty());
    found
}

fn names(path: &str) -> Vec<String> {
    let names = path.split("::").map(|n| n.trim().to_owned());
    names
        .filter(|n| !n.is_empty() && n != "*" && n != "self" || n == "super")
        .collect()
}

/// The paths of a tree of imports: `a::{b, c::d}` is a::b and a::c::d.
fn leaves(tree: &str) -> Vec<Vec<String>> {
    let Some((head, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree);
        return vec![names(path)];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |r| r.0);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, sign) in inner.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let head = names(head);
    let parts = parts.into_iter().map(str::trim).filter(|p| !p.is_empty());
    parts
        .flat_map(|part| leaves(part))
        .map(|leaf| head.iter().cloned().chain(leaf).collect())
        .collect()
}

#[test]
fn paths_are_found_however_they_are_written() {
    let text =
        "mod own; use own::Thing; pub(in crate::app) use crate::{app::{self, faces::List}, photo};
        use std::fs; fn f() -> super::Other { crate::train::run() }";
    let found: BTreeSet<String> = paths(&code(text)).iter().map(|p| p.join("::")).collect();
    for expected in [
        "own::Thing",
        "crate::app",
        "crate::app::faces::List",
        "crate::photo",
        "super::Other",
        "crate::train::run",
    ] {
        assert!(found.contains(expected), "{expected}: {found:?}");
    }
    let modules = [vec!["app"], vec!["app", "faces"], vec!["app", "own"]];
    let is_module = |m: &Vec<String>| modules.iter().any(|n| n == m);
    let at = ["app".to_owned()];
    let to = |path: &str| resolve(&at, &names(path), is_module).map(|m| m.join("::"));
    assert_eq!(to("own::Thing").as_deref(), Some("app::own"));
    assert_eq!(to("crate::app::faces::List").as_deref(), Some("app::faces"));
    assert_eq!(to("std::fs"), None);
    let inner = ["app".to_owned(), "own".to_owned()];
    let to = resolve(&inner, &names("super::faces::List"), is_module);
    assert_eq!(to.unwrap().join("::"), "app::faces");
}
