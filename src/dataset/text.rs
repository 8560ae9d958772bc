//! The text of label files, whichever program saved them: a byte order mark goes, UTF-16 (which
//! spreadsheets and shells on Windows write, almost always with such a mark) and Windows-1252 are
//! decoded, and lines that end in a lone carriage return end in a newline instead.

use std::fs;
use std::path::Path;

use super::{DatasetError, Problem};
use crate::humanize::counted;

/// What is left of a file's bytes.
#[derive(Debug, Default)]
pub struct Decoded {
    pub text: String,
    /// The first line that was not UTF-8, and how many were not.
    other: Option<(u64, usize)>,
}

impl Decoded {
    /// Says that the file is not UTF-8.
    pub fn problem(&self, path: &Path) -> Option<Problem> {
        let (line, count) = self.other?;
        let lines = counted(count, "line");
        let what =
            format!("not UTF-8, and read as Windows-1252 ({lines}): are names as they were?");
        Some(Problem::new(path, Some(line), what))
    }
}

/// Reads a file whole.
pub fn read(path: &Path) -> Result<Decoded, DatasetError> {
    let bytes = fs::read(path).map_err(DatasetError::io(path))?;
    Ok(of(bytes))
}

/// The text of bytes.
pub fn of(bytes: Vec<u8>) -> Decoded {
    let Decoded { text, other } = decode(bytes);
    Decoded {
        text: with_newlines(text),
        other,
    }
}

fn decode(bytes: Vec<u8>) -> Decoded {
    let pairs = |from: fn([u8; 2]) -> u16, mark: usize| {
        let message = bytes[mark..]
            .chunks_exact(2)
            .map(|pair| from([pair[0], pair[1]]));
        let text = char::decode_utf16(message)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            // Some programs write the mark twice.
            .skip_while(|c| *c == '\u{feff}')
            .collect();
        Decoded { text, other: None }
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => pairs(u16::from_le_bytes, 2),
        [0xfe, 0xff, ..] => pairs(u16::from_be_bytes, 2),
        // Without the mark: texts begin with letters of ASCII.
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => pairs(u16::from_le_bytes, 0),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => pairs(u16::from_be_bytes, 0),
        [0xef, 0xbb, 0xbf, rest @ ..] => plain(rest.to_vec()),
        _ => plain(bytes),
    }
}

/// What Windows-1252 has for the bytes from 0x80, where Latin-1 has signs that nobody writes.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn of_windows(byte: u8) -> char {
    let place = byte.checked_sub(0x80).map(usize::from);
    let sign = place.and_then(|at| WINDOWS.get(at)).copied();
    sign.unwrap_or(char::from(byte))
}

/// Lines that are not UTF-8 are Windows-1252, as spreadsheets save them.
fn plain(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded { text, other: None },
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len() + 64);
    let mut other = None;
    // Line by line, since rows of several programs come together.
    for (number, line) in (1..).zip(bytes.split_inclusive(|b| *b == b'\n')) {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => {
                let (_, count) = other.get_or_insert((number, 0));
                *count += 1;
                text.extend(line.iter().map(|b| of_windows(*b)));
            }
        }
    }
    Decoded { text, other }
}

/// Turns carriage returns that stand alone into newlines, so that all readers count lines alike.
fn with_newlines(text: String) -> String {
    let bytes = text.as_bytes();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|(at, _)| lone(at)) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\r') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        out.push(if after.starts_with('\n') { '\r' } else { '\n' });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Counts the line on which a place in a text stands, from 1; places have to be asked in order.
pub struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    pub fn line(&mut self, at: usize) -> u64 {
        let at = at.min(self.text.len());
        let passed = self.text.get(self.at..at).unwrap_or_default();
        self.line += passed.iter().filter(|b| **b == b'\n').count() as u64;
        self.at = self.at.max(at);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_encodings_and_line_ends_of_other_programs() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path).unwrap().text
        };
        let utf16 = |mark: [u8; 2], to: fn(u16) -> [u8; 2]| {
            let text = "a,ü\r\n1".encode_utf16().flat_map(to);
            mark.into_iter().chain(text).collect::<Vec<u8>>()
        };
        assert_eq!(read("\u{feff}a,ü\r\n1".as_bytes()), "a,ü\r\n1");
        assert_eq!(read(&utf16([0xff, 0xfe], u16::to_le_bytes)), "a,ü\r\n1");
        assert_eq!(read(&utf16([0xfe, 0xff], u16::to_be_bytes)), "a,ü\r\n1");
        assert_eq!(read(b"a\rb\r\r\nc\r"), "a\nb\n\r\nc\n");
        assert_eq!(read("ü\n".as_bytes()), "ü\n");
        assert_eq!(read(b"\xc3\xbc\n\xfc\x80\x85\x9f,1"), "ü\nü€…Ÿ,1");
        assert_eq!(read(b"\xff\xfe\xff\xfea\0"), "a", "two marks");
        assert_eq!(read(b"a\0,\0\xfc\0"), "a,ü", "no mark");
        assert_eq!(read(b"\0a\0,\0\xfc"), "a,ü", "no mark");
        assert_eq!(read(b""), "");
    }

    #[test]
    fn what_is_not_utf_8_is_said() {
        let actual = |bytes: &[u8]| {
            let problem = of(bytes.to_vec()).problem(Path::new("a.csv"));
            problem.map(|p| p.to_string())
        };
        assert_eq!(actual("ü\n".as_bytes()), None);
        let text = "a.csv:2: not UTF-8, and read as Windows-1252 (2 lines)";
        assert!(actual(b"a\n\xfc\nb\n\x80").unwrap().starts_with(text));
    }

    #[test]
    fn places_are_found_on_their_lines() {
        let mut lines = Lines::of("a\nb\n\nc");
        assert_eq!([0, 2, 5, 99].map(|at| lines.line(at)), [1, 2, 4, 4]);
    }
}
