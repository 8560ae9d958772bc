//! The rooms of the window as ARCHITECTURE.md lists them, and the files of the crate: imports
//! run one way, so that one photo's way through the code can be read forward.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::floors::{code, files};

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

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
fn no_files_import_each_other_in_a_circle() {
    let imports = imports();
    let mut reached: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> = BTreeMap::new();
    for file in imports.keys() {
        let mut seen = BTreeSet::new();
        let mut next: Vec<_> = imports[file].iter().collect();
        while let Some(import) = next.pop() {
            if seen.insert(import) {
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

/// What each module imports of the crate: modules, by their paths. Tests may look anywhere, and a
/// name that is only handed on (`pub use`) leads to where it is defined.
fn imports() -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let modules: BTreeMap<Vec<String>, String> = files(&root)
        .into_iter()
        .map(|file| (module(&root, &file), file))
        .filter(|(module, _)| module.last().is_some_and(|m| m != "tests"))
        .map(|(module, file)| (module, own_code(&file)))
        .collect();
    let is_module = |m: &[String]| modules.contains_key(m);
    let mut handed_on = BTreeMap::new();
    for (module, code) in &modules {
        for path in uses(code, true).into_iter().flat_map(leaves) {
            if let Some(target) = absolute(module, &path, is_module) {
                let name = target.last().cloned().unwrap_or_default();
                handed_on.insert([&module[..], &[name]].concat(), target);
            }
        }
    }
    let mut all = BTreeMap::new();
    for (module, code) in &modules {
        let paths = paths(code);
        let paths = paths.iter().filter_map(|p| absolute(module, p, is_module));
        let mut found: BTreeSet<Vec<String>> = paths
            .filter_map(|path| defined_in(&path, is_module, &handed_on))
            .collect();
        found.remove(module);
        all.insert(module.clone(), found);
    }
    all
}

fn own_code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    code(text.split("#[cfg(test)]\nmod tests").next().unwrap())
}

/// `src/app/faces/mod.rs` is app::faces.
fn module(root: &Path, file: &Path) -> Vec<String> {
    let name = file.strip_prefix(root).unwrap().with_extension("");
    let names = name.iter().filter_map(|n| n.to_str());
    names.filter(|n| *n != "mod").map(str::to_owned).collect()
}

/// A path within `module` from the crate's root on; `None` for other crates.
fn absolute(
    module: &[String],
    path: &[String],
    is_module: impl Fn(&[String]) -> bool,
) -> Option<Vec<String>> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let (from, rest) = match path.first()?.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (module, &path[1..]),
        "super" => (&module[..module.len().checked_sub(up)?], &path[up..]),
        child => {
            let is_child = is_module(&[module, &[child.to_owned()]].concat());
            (module, is_child.then_some(path)?)
        }
    };
    Some([from, rest].concat())
}

/// The module that defines what a path leads to: the deepest one that there is, past those that
/// hand it on.
fn defined_in(
    path: &[String],
    is_module: impl Fn(&[String]) -> bool + Copy,
    handed_on: &BTreeMap<Vec<String>, Vec<String>>,
) -> Option<Vec<String>> {
    let mut at = 0;
    while at < path.len() && is_module(&path[..=at]) {
        at += 1;
    }
    match path.get(..=at).and_then(|name| handed_on.get(name)) {
        Some(target) => defined_in(&[target, &path[at + 1..]].concat(), is_module, handed_on),
        None => is_module(&path[..at]).then(|| path[..at].to_vec()),
    }
}

/// The trees that are imported, or those that are handed on.
fn uses(code: &str, handed_on: bool) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end();
        let public = before.ends_with("pub") || before.ends_with(')');
        let begins = public || before.is_empty() || before.ends_with([';', '}', '{', ']']);
        if begins
            && public == handed_on
            && let Some(end) = code[at..].find(';')
        {
            found.push(code[at + 4..at + end].trim());
        }
    }
    found
}

/// Every path that is imported, and every one that begins at the crate, above the module or in a
/// child of its own.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found: Vec<_> = uses(code, false).into_iter().flat_map(leaves).collect();
    // The head of a tree alone leads to no name.
    let mut rest = code.to_owned();
    for tree in [uses(code, true), uses(code, false)].concat() {
        rest = rest.replace(tree, "");
    }
    let is_part = |c: char| c.is_alphanumeric() || "_:".contains(c);
    for word in rest
        .split(|c: char| !is_part(c))
        .filter(|w| w.contains("::"))
    {
        found.push(names(word.trim_matches(':')));
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
        .flat_map(leaves)
        .map(|leaf| head.iter().cloned().chain(leaf).collect())
        .collect()
}

#[test]
fn paths_are_found_however_they_are_written() {
    let text = "mod own; use own::Thing; pub(in crate::app) use inner::Deep;
        use crate::{app::{self, faces::List}, photo};
        use crate::figure::{Page}; use std::fs; fn f() -> super::Other { crate::train::run(own::x()) }";
    let code = code(text);
    let found: BTreeSet<String> = paths(&code).iter().map(|p| p.join("::")).collect();
    for expected in [
        "own::Thing",
        "crate::app",
        "crate::app::faces::List",
        "crate::photo",
        "super::Other",
        "crate::train::run",
        "own::x",
    ] {
        assert!(found.contains(expected), "{expected}: {found:?}");
    }
    assert!(!found.contains("inner::Deep"), "it is handed on");
    assert!(!found.contains("crate::figure"), "a name in it is imported");
    assert_eq!(uses(&code, true), ["inner::Deep"]);
}

#[test]
fn a_path_leads_to_where_its_name_is_defined() {
    let path = |path: &str| names(path);
    let modules = ["app", "app::faces", "app::faces::list", "app::own"].map(path);
    let is_module = |m: &[String]| modules.iter().any(|n| n == m);
    let handed_on = BTreeMap::from([
        (path("app::List"), path("app::faces::List")),
        (path("app::faces::List"), path("app::faces::list::List")),
    ]);
    let to = |from: &str, to: &str| {
        let to = absolute(&path(from), &path(to), is_module)?;
        Some(defined_in(&to, is_module, &handed_on)?.join("::"))
    };
    assert_eq!(to("app", "own::Thing").as_deref(), Some("app::own"));
    assert_eq!(to("app", "std::fs"), None);
    let list = Some("app::faces::list");
    assert_eq!(to("app::own", "super::List").as_deref(), list);
    assert_eq!(to("app::own", "crate::app::List::new").as_deref(), list);
    assert_eq!(
        to("app::own", "crate::app::faces::Face").as_deref(),
        Some("app::faces")
    );
}
