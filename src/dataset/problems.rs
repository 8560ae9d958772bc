//! What cannot be used of a file, said once for each kind: a column of a hundred thousand words
//! where numbers belong is one problem with the line of the first, and a count.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Something in a data set that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: PathBuf,
    pub line: Option<u64>,
    pub what: String,
    /// How many values, rows or pictures it is about.
    pub count: usize,
}

impl Problem {
    pub(crate) fn new(path: &Path, line: Option<u64>, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            count: 1,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.what)
    }
}

/// What becomes of a second row about the same face.
pub fn kept_row(agree: bool) -> &'static str {
    match agree {
        true => "the first row is kept, which says the same",
        false => "the first row is kept, and this one says otherwise",
    }
}

/// The lines or ids that are named beside the first one.
const NAMED: usize = 3;

/// The problems of one file.
#[derive(Default)]
pub struct Problems {
    kinds: Vec<ProblemKind>,
    /// The place of each kind.
    places: HashMap<String, usize>,
}

struct ProblemKind {
    line: Option<u64>,
    what: String,
    /// What is counted where the file has no lines to name: "annotation".
    thing: &'static str,
    first: String,
    more: Vec<String>,
    count: usize,
}

impl Problems {
    /// Notes what is wrong on a line; of one kind only the first is told in words.
    pub fn note(&mut self, line: u64, kind: &str, what: impl FnOnce() -> String) {
        self.add(Some(line), "line", line.to_string(), kind, what);
    }

    /// The same for a thing that is known by its id, as in JSON.
    pub fn of_id(
        &mut self,
        thing: &'static str,
        id: &str,
        kind: &str,
        what: impl FnOnce() -> String,
    ) {
        let what = || format!("{thing} {id}: {}", what());
        self.add(None, thing, id.to_owned(), &format!("{thing} {kind}"), what);
    }

    fn add(
        &mut self,
        line: Option<u64>,
        thing: &'static str,
        place: String,
        kind: &str,
        what: impl FnOnce() -> String,
    ) {
        let Some(&at) = self.places.get(kind) else {
            self.places.insert(kind.to_owned(), self.kinds.len());
            return self.kinds.push(ProblemKind {
                line,
                what: what(),
                thing,
                first: place,
                more: Vec::new(),
                count: 1,
            });
        };
        let kind = &mut self.kinds[at];
        kind.count += 1;
        if kind.more.len() < NAMED && kind.first != place && !kind.more.contains(&place) {
            kind.more.push(place);
        }
    }

    /// Notes what is so of the whole file.
    pub fn say(&mut self, line: Option<u64>, what: impl Into<String>) {
        self.kinds.push(ProblemKind {
            line,
            what: what.into(),
            thing: "line",
            first: String::new(),
            more: Vec::new(),
            count: 1,
        });
    }

    /// The problems of the file, in the order in which they were met.
    pub fn of(self, path: &Path) -> impl Iterator<Item = Problem> {
        self.kinds.into_iter().map(move |kind| {
            let count = kind.count;
            Problem {
                count,
                ..Problem::new(path, kind.line, kind.describe())
            }
        })
    }
}

impl ProblemKind {
    fn describe(self) -> String {
        let Self {
            what,
            thing,
            more,
            count,
            ..
        } = self;
        if count == 1 {
            return what;
        }
        // "also on line 4", "also annotation 4".
        let on = if thing == "line" { "on " } else { "" };
        let places = more.join(", ");
        let lines = match (more.len(), count - 1 - more.len()) {
            (0, _) => String::new(),
            (1, 0) => format!(", also {on}{thing} {places}"),
            (_, 0) => format!(", also {on}{thing}s {places}"),
            (_, rest) => format!(", also {on}{thing}s {places} and {rest} times more"),
        };
        format!("{what} ({count} times{lines})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_once_with_its_lines_and_a_count() {
        let mut problems = Problems::default();
        for line in 2..9 {
            problems.note(line, "Male", || format!("Male: word {line}"));
        }
        problems.note(3, "Young", || "Young: a word".into());
        problems.note(3, "face", || "face: x".into());
        problems.note(7, "face", || "face: y".into());
        problems.say(None, "the whole file");
        for id in ["7", "7", "a"] {
            problems.of_id("image", id, "face", || format!("no face, {id}"));
        }
        let all: Vec<String> = problems
            .of(Path::new("a.csv"))
            .map(|p| p.to_string())
            .collect();
        assert_eq!(
            all,
            [
                "a.csv:2: Male: word 2 (7 times, also on lines 3, 4, 5 and 3 times more)",
                "a.csv:3: Young: a word",
                "a.csv:3: face: x (2 times, also on line 7)",
                "a.csv: the whole file",
                "a.csv: image 7: no face, 7 (3 times, also images a and 1 times more)",
            ]
        );
    }
}
