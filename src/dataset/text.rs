//! The text of label files, whichever program saved them: a byte order mark goes, UTF-16 (which
//! spreadsheets and shells on Windows write, always with such a mark) is decoded, and lines that
//! end in a lone carriage return end in a newline instead.

use std::fs;
use std::path::Path;

use super::DatasetError;

/// Reads a file whole.
pub fn read(path: &Path) -> Result<String, DatasetError> {
    let bytes = fs::read(path).map_err(DatasetError::io(path))?;
    Ok(of(bytes))
}

/// The text of bytes.
pub fn of(bytes: Vec<u8>) -> String {
    with_newlines(decode(bytes))
}

fn decode(bytes: Vec<u8>) -> String {
    let pairs = |from: fn([u8; 2]) -> u16| {
        let words = bytes[2..]
            .chunks_exact(2)
            .map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(words)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => pairs(u16::from_le_bytes),
        [0xfe, 0xff, ..] => pairs(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => plain(rest.to_vec()),
        _ => plain(bytes),
    }
}

/// Lines that are not UTF-8 are Latin-1, as spreadsheets save them.
fn plain(bytes: Vec<u8>) -> String {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len() + 64);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.extend(line.iter().map(|b| char::from(*b))),
        }
    }
    text
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
            read(&path).unwrap()
        };
        let utf16 = |mark: [u8; 2], to: fn(u16) -> [u8; 2]| {
            let words = "a,ü\r\n1".encode_utf16().flat_map(to);
            mark.into_iter().chain(words).collect::<Vec<u8>>()
        };
        assert_eq!(read("\u{feff}a,ü\r\n1".as_bytes()), "a,ü\r\n1");
        assert_eq!(read(&utf16([0xff, 0xfe], u16::to_le_bytes)), "a,ü\r\n1");
        assert_eq!(read(&utf16([0xfe, 0xff], u16::to_be_bytes)), "a,ü\r\n1");
        assert_eq!(read(b"a\rb\r\r\nc\r"), "a\nb\n\r\nc\n");
        assert_eq!(read("ü\n".as_bytes()), "ü\n");
        assert_eq!(read(b"\xc3\xbc\n\xfc,1"), "ü\nü,1", "a line of Latin-1");
        assert_eq!(read(b""), "");
    }

    #[test]
    fn places_are_found_on_their_lines() {
        let mut lines = Lines::of("a\nb\n\nc");
        assert_eq!([0, 2, 5, 99].map(|at| lines.line(at)), [1, 2, 4, 4]);
    }
}
