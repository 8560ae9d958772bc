//! JSON as programs write it: with a byte order mark, in UTF-16, with the NaN of Python. Only the
//! outline is sure: a value of another kind than expected is noticed where it is used, instead of
//! ending the whole file, and nothing is kept that nobody asks for.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::error::Category;

use super::Problem;
use super::number::{missing, shown};
use super::text;
use crate::file_type::{self, FileCategory, FileType};

/// A file's text, and what is to be said of it.
pub struct Text(String, Option<Problem>);

impl Text {
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let bytes = fs::read(path).map_err(|e| Problem::new(path, None, e.to_string()))?;
        let decoded = text::of(bytes);
        let problem = decoded.problem(path);
        Ok(Self(decoded.text, problem))
    }

    /// What the text says, and what of it JSON does not have.
    pub fn parse<T: DeserializeOwned>(&self, path: &Path) -> Result<(T, Option<Problem>), Problem> {
        let (text, problem) = match finite(&self.0) {
            (text, None) => (text, self.1.clone()),
            (text, Some((line, count))) => {
                let mut what = format!("NaN or Infinity, which are unknown ({count} in the file)");
                if let Some(other) = &self.1 {
                    what = format!("{what}; {}", other.what);
                }
                (text, Some(Problem::new(path, Some(line), what)))
            }
        };
        let parsed = serde_json::from_str(&text).map_err(|e| broken(path, &e))?;
        Ok((parsed, problem))
    }
}

/// The text with null in place of NaN and Infinity, with the line of the first and their count.
pub fn finite(text: &str) -> (Cow<'_, str>, Option<(u64, usize)>) {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return (text.into(), None);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let (mut first, mut count) = (0, 0);
    let mut kept = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let word = match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'N' | b'I' | b'-' => ["NaN", "-NaN", "Infinity", "-Infinity"]
                .into_iter()
                .find(|word| bytes[at..].starts_with(word.as_bytes())),
            _ => None,
        };
        let Some(word) = word else {
            at += 1;
            continue;
        };
        if count == 0 {
            first = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count() as u64;
        }
        count += 1;
        out.push_str(&text[kept..at]);
        out.push_str("null");
        at += word.len();
        kept = at;
    }
    out.push_str(&text[kept..]);
    let found = (count > 0).then_some((first, count));
    (out.into(), found)
}

/// Where the text behind a string begins.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What a JSON file is.
pub enum Outline {
    Labelme,
    Coco,
    /// Something else, in words.
    Other(String),
}

/// What a JSON file is, by the names in it.
pub fn outline(path: &Path) -> Result<Outline, Problem> {
    let (Names(list, names), _) = Text::read(path)?.parse(path).map_err(|problem| {
        // Other things are also named so.
        match file_type::of_file(path) {
            Ok(FileType {
                category: FileCategory::Json | FileCategory::Text | FileCategory::Unknown,
                ..
            })
            | Err(_) => problem,
            Ok(kind) => Problem::new(
                path,
                None,
                format!("named as JSON, but {}", kind.description),
            ),
        }
    })?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if !list && has("shapes") {
        return Ok(Outline::Labelme);
    }
    if !list && has("images") && has("annotations") {
        return Ok(Outline::Coco);
    }
    Ok(Outline::Other(words(list, &names)))
}

/// What other JSON is, as far as the names in it tell.
fn words(list: bool, names: &[String]) -> String {
    const SHOWN: usize = 6;
    let has = |all: &[&str]| all.iter().all(|n| names.iter().any(|name| name == n));
    let program = match () {
        () if list && has(&["image_id", "category_id", "score"]) => "COCO results, ",
        () if list && has(&["data"]) && (has(&["annotations"]) || has(&["completions"])) => {
            "an export of Label Studio's, "
        }
        () if list && has(&["image", "annotations"]) => "CreateML's, ",
        () if has(&["_via_img_metadata"]) || has(&["regions", "filename"]) => {
            "of the VGG Image Annotator, "
        }
        () if has(&["image", "faces"]) => "predictions, ",
        () if has(&["info", "licenses", "images"]) => "COCO without annotations, ",
        () if has(&["categories", "items"]) => "Datumaro's, ",
        () => "",
    };
    // In quotes: a name may be a word of the sentence.
    let some: Vec<String> = names.iter().take(SHOWN).map(|n| format!("{n:?}")).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let what = match (list, names.is_empty()) {
        (false, true) => "it has no names".to_owned(),
        (false, false) => format!("it has {}{more}", some.join(", ")),
        (true, true) => "it is a list".to_owned(),
        (true, false) => format!("it is a list of {}{more}", some.join(", ")),
    };
    shown(&format!("{program}{what}")).to_owned()
}

/// Whether a file is a list, and the names in it or in the list's first entry, in order.
struct Names(bool, Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Outer;
        impl<'de> Visitor<'de> for Outer {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object or a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Option<IgnoredAny>>()? {
                    names.extend(value.map(|_| name));
                }
                Ok(Names(false, names))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                if let Some(Value::Object(first)) = list.next_element()? {
                    names.extend(first.keys().cloned());
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Names(true, names))
            }
        }
        from.deserialize_any(Outer)
    }
}

/// Numbers in a list, however it is nested, or in a text such as "[1, 2]".
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Numbers {
    /// There is none, or null.
    #[default]
    Missing,
    /// Something else.
    Odd,
    List(Vec<Cell>),
}

/// One value where a number belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    Number(f64),
    /// null, NaN, an empty text.
    Missing,
    Odd,
}

impl Numbers {
    /// The cells; none where there is no list.
    pub fn cells(&self) -> &[Cell] {
        match self {
            Self::List(cells) => cells,
            Self::Missing | Self::Odd => &[],
        }
    }

    /// Exactly so many numbers.
    pub fn exactly<const N: usize>(&self) -> Option<[f64; N]> {
        let cells: [Cell; N] = self.cells().try_into().ok()?;
        let mut numbers = [0.0; N];
        for (number, cell) in numbers.iter_mut().zip(cells) {
            *number = cell.number()?;
        }
        Some(numbers)
    }
}

impl Cell {
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Missing | Self::Odd => None,
        }
    }

    fn of(text: &str) -> Self {
        let text = text.trim();
        match text.parse::<f64>() {
            _ if missing(text) => Self::Missing,
            Ok(number) if number.is_finite() => Self::Number(number),
            Ok(_) => Self::Missing,
            Err(_) => Self::Odd,
        }
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if *self == Self::Odd {
            return f.write_str("something else than a list");
        }
        let text = self.cells().iter().map(|cell| match cell {
            Cell::Number(number) => number.to_string(),
            Cell::Missing => "null".into(),
            Cell::Odd => "?".into(),
        });
        write!(f, "[{}]", text.collect::<Vec<_>>().join(", "))
    }
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Loose)
    }
}

/// Takes numbers as they come, and passes over everything else.
struct Loose;

impl Loose {
    fn one<E>(cell: Cell) -> Result<Numbers, E> {
        Ok(Numbers::List(vec![cell]))
    }
}

impl<'de> Visitor<'de> for Loose {
    type Value = Numbers;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_f64<E>(self, v: f64) -> Result<Numbers, E> {
        Self::one(Cell::Number(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Numbers, E> {
        Self::one(Cell::Number(v as f64))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Numbers, E> {
        Self::one(Cell::Number(v as f64))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Numbers, E> {
        Ok(Numbers::Odd)
    }

    fn visit_str<E>(self, v: &str) -> Result<Numbers, E> {
        let list = v.trim().strip_prefix(['[', '(']);
        let Some(list) = list.and_then(|l| l.strip_suffix([']', ')'])) else {
            return Self::one(Cell::of(v));
        };
        let between = |c: char| c == ',' || c.is_whitespace() || "[]()".contains(c);
        let words = list.split(between).filter(|w| !w.is_empty());
        Ok(Numbers::List(words.map(Cell::of).collect()))
    }

    fn visit_unit<E>(self) -> Result<Numbers, E> {
        Ok(Numbers::Missing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Numbers, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = list.next_element()? {
            match element {
                Numbers::Missing => all.push(Cell::Missing),
                Numbers::Odd => all.push(Cell::Odd),
                Numbers::List(mut cells) => all.append(&mut cells),
            }
        }
        Ok(Numbers::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Numbers, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Numbers::Odd)
    }
}

/// What is wrong with a file that is no JSON, or other JSON than expected.
fn broken(path: &Path, error: &serde_json::Error) -> Problem {
    let line = Some(error.line() as u64).filter(|line| *line > 0);
    Problem::new(path, line, reason(error))
}

/// Why a text is no JSON, or other JSON than expected, for people; its line is said beside it.
pub fn reason(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let what = match whole.rfind(" at line ") {
        Some(end) => &whole[..end],
        None => &whole,
    };
    match error.classify() {
        Category::Eof => "the JSON ends in the middle".to_owned(),
        Category::Syntax => format!("not JSON at column {}: {what}", error.column()),
        Category::Data | Category::Io => what.to_owned(),
    }
}

/// A name that may be written as a number.
pub fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => match number.as_f64() {
            // 7.0 is what some programs make of 7.
            Some(n) if n.fract() == 0.0 && n.abs() < 9e15 => Some(format!("{n:.0}")),
            _ => Some(number.to_string()),
        },
        _ => None,
    }
}

/// Yes or no in the ways in which programs write it: true and false, 1 and −1 or 0.
pub fn yes(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::Number(number) => match number.as_f64()? {
            1.0 => Some(true),
            0.0 | -1.0 => Some(false),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_what_is_none_keeps_its_place() {
        let read = |text: &str| serde_json::from_str::<Numbers>(text).unwrap();
        let list =
            |numbers: &[f64]| Numbers::List(numbers.iter().map(|n| Cell::Number(*n)).collect());
        assert_eq!(read("[1, 2.5, -3]"), list(&[1.0, 2.5, -3.0]));
        assert_eq!(read("[]"), list(&[]));
        assert_eq!(read("[[1, 2], [\"3\", 4.0]]"), list(&[1.0, 2.0, 3.0, 4.0]));
        assert_eq!(read("\"[1, 2.5 3]\""), list(&[1.0, 2.5, 3.0]));
        assert_eq!(read("null"), Numbers::Missing);
        for odd in ["true", "{\"a\": [1]}"] {
            assert_eq!(read(odd), Numbers::Odd, "{odd}");
        }
        use Cell::{Missing, Number, Odd};
        assert_eq!(
            read("[null, \"nan\", \"\", 1, \"x\", true, {}, \"inf\"]"),
            Numbers::List(vec![
                Missing,
                Missing,
                Missing,
                Number(1.0),
                Odd,
                Odd,
                Odd,
                Missing
            ])
        );
        assert_eq!(read("[1, \"x\", null]").to_string(), "[1, ?, null]");
    }

    #[test]
    fn what_python_writes_beyond_json_is_null_but_not_within_texts() {
        let read = |text: &str| {
            let (value, problem) = Text(text.into(), None).parse::<Value>(Path::new("a.json"))?;
            Ok::<_, Problem>((value.to_string(), problem.map(|p| p.to_string())))
        };
        let (value, actual) =
            read("{\"a NaN \\\"NaN\": [1, NaN,\n -Infinity, Infinity, -NaN], \"b\": -1}").unwrap();
        assert_eq!(value, r#"{"a NaN \"NaN":[1,null,null,null,null],"b":-1}"#);
        let actual = actual.unwrap();
        assert!(
            actual.starts_with("a.json:1: NaN") && actual.contains("4 in"),
            "{actual}"
        );
        assert_eq!(read("[\"NaN\"]").unwrap(), ("[\"NaN\"]".into(), None));
        let error = read("[1,\n NaN, x]").unwrap_err();
        assert_eq!(error.line, Some(2), "{error}");
        assert!(read("[\"NaN").is_err() && read("NaN").is_ok());
    }

    #[test]
    fn files_are_told_by_the_names_in_them() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.json");
        let of = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            match outline(&path) {
                Ok(Outline::Labelme) => "labelme".into(),
                Ok(Outline::Coco) => "COCO".into(),
                Ok(Outline::Other(message)) => message,
                Err(problem) => format!("! {problem}"),
            }
        };
        assert_eq!(of("\u{feff}{\"shapes\": []}".as_bytes()), "labelme");
        let utf16 = "\u{feff}{\"images\": [], \"annotations\": []}".encode_utf16();
        assert_eq!(
            of(&utf16.flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
            "COCO"
        );
        assert_eq!(of(b"{\"shapes\": null, \"b\": 1}"), "it has \"b\"");
        for (text, message) in [
            ("{\"a\": [NaN], \"b\": 2}", "it has \"a\", \"b\""),
            ("[1, 2]", "it is a list"),
            (
                "[{\"id\": 1, \"data\": {}, \"annotations\": []}]",
                "Label Studio",
            ),
            ("{\"_via_img_metadata\": {}}", "VGG"),
            ("{\"images\": [", "! "),
            ("<annotations>", "XML file of CVAT's"),
            ("", "an empty file"),
            ("5", "! "),
        ] {
            let actual = of(text.as_bytes());
            assert!(actual.contains(message), "{text}: {actual}");
        }
    }

    #[test]
    fn what_is_no_json_is_said_for_people() {
        let why = |text: &str| reason(&serde_json::from_str::<Vec<u8>>(text).unwrap_err());
        assert_eq!(why("[1, 2"), "the JSON ends in the middle");
        assert_eq!(why(""), "the JSON ends in the middle");
        assert_eq!(why("[1 2]"), "not JSON at column 4: expected `,` or `]`");
        assert!(why("[1, -2]").starts_with("invalid value: integer `-2`"));
        assert!(!why("[1, -2]").contains("line"));
    }
}
