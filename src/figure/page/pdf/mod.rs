//! A page as PDF 1.4 (ISO 32000-1): text in the standard font Helvetica, or as outlines where that
//! lacks a letter; pictures as they stand in a PNG, whose filtered rows PDF knows as predictor 15.

mod content;
mod helvetica;

use std::fmt::Write;

use super::{Page, Unit, number, png};
use content::{Content, literal};

/// The objects before the pictures.
const CATALOG: usize = 1;
const PAGES: usize = 2;
const SHEET: usize = 3;
const FONT: usize = 4;
const CONTENT: usize = 5;
const INFO: usize = 6;
const FIRST_PICTURE: usize = 7;

pub(super) fn write(page: &Page) -> Result<Vec<u8>, String> {
    let unit = Unit::Point.per_inch() / page.unit.per_inch();
    let [width, height] = page.size.map(|v| v * unit);
    let content = Content::of(page, unit, height);
    // Writing to a string cannot fail.
    let mut names = String::new();
    for i in 0..page.pictures.len() {
        let _ = write!(names, "/P{i} {} 0 R ", FIRST_PICTURE + i);
    }
    let mut states = String::new();
    for percent in &content.opacities {
        let part = number(f32::from(*percent) / 100.0);
        let _ = write!(states, "/A{percent} << /ca {part} /CA {part} >> ");
    }
    let mut file = File::new();
    file.object(format!("<< /Type /Catalog /Pages {PAGES} 0 R >>"), None);
    file.object(
        format!("<< /Type /Pages /Kids [{SHEET} 0 R] /Count 1 >>"),
        None,
    );
    file.object(
        format!(
            "<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {width:.2} {height:.2}] \
             /Contents {CONTENT} 0 R /Resources << /Font << /F {FONT} 0 R >> \
             /XObject << {names}>> /ExtGState << {states}>> >> >>"
        ),
        None,
    );
    file.object(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        None,
    );
    file.object(String::new(), Some(content.operators.as_bytes()));
    let mut facts = String::new();
    for (name, value) in &page.facts {
        let name = if name == "Software" { "Creator" } else { name };
        let _ = write!(facts, "/{name} {} ", text_string(value));
    }
    file.object(format!("<< {facts}>>"), None);
    for placed in &page.pictures {
        let (w, h) = placed.picture.dimensions();
        let entries = format!(
            "/Type /XObject /Subtype /Image /Width {w} /Height {h} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8 /Interpolate {} /Filter /FlateDecode \
             /DecodeParms << /Predictor 15 /Colors 3 /Columns {w} >>",
            placed.smooth
        );
        file.object(entries, Some(&png::pixels(&placed.picture)?));
    }
    Ok(file.finish())
}

/// A text for people: plain, or UTF-16 where that is not enough.
fn text_string(text: &str) -> String {
    if text.chars().all(|c| matches!(c, ' '..='~')) {
        return literal(text.as_bytes());
    }
    let digits = text.encode_utf16().fold(String::new(), |mut all, unit| {
        let _ = write!(all, "{unit:04X}");
        all
    });
    format!("<FEFF{digits}>")
}

/// Objects one after another, and where each begins.
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn new() -> Self {
        Self {
            // Bytes above 127 tell programs that the file is no text.
            bytes: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            offsets: Vec::new(),
        }
    }

    /// A dictionary, or the entries of a stream's.
    fn object(&mut self, dictionary: String, stream: Option<&[u8]>) {
        self.offsets.push(self.bytes.len());
        let number = self.offsets.len();
        match stream {
            None => self.push(&format!("{number} 0 obj\n{dictionary}\nendobj\n")),
            Some(data) => {
                let length = data.len();
                self.push(&format!(
                    "{number} 0 obj\n<< {dictionary} /Length {length} >>\nstream\n"
                ));
                self.bytes.extend_from_slice(data);
                self.push("\nendstream\nendobj\n");
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            // Twenty bytes each, so a blank before the new line.
            end.push_str(&format!("{offset:010} 00000 n "));
            end.push('\n');
        }
        let _ = write!(
            end,
            "trailer\n<< /Size {size} /Root {CATALOG} 0 R /Info {INFO} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        );
        self.push(&end);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_begins_where_the_table_says() {
        let file = write(&crate::figure::page::tests::page()).unwrap();
        // A letter a byte, so that places in both are the same.
        let letter = |b: &u8| if b.is_ascii() { char::from(*b) } else { '?' };
        let text: String = file.iter().map(letter).collect();
        let start: usize = text
            .rsplit("startxref\n")
            .next()
            .and_then(|t| t.lines().next())
            .unwrap()
            .parse()
            .unwrap();
        let table: Vec<&str> = text[start..].lines().collect();
        assert_eq!(table[0], "xref");
        let count: usize = table[1][2..].parse().unwrap();
        assert_eq!(count, FIRST_PICTURE + 1, "six objects, a picture, number 0");
        for number in 1..count {
            let offset: usize = table[2 + number][..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{number} 0 obj")));
            assert_eq!(table[2 + number].len() + 1, 20);
        }
        assert!(text.contains("(a \\(b\\) \\226 \\327) Tj"));
        assert!(text.contains("0 -1 -1 0 46.04 34 Tm (upwards) Tj"));
        assert!(text.contains("/A50 gs 0.000 0.000 0.000 RG 2 w 0 J [4 4] 0 d 25 0 m 25 36 l S"));
        assert!(text.contains("/A50 << /ca 0.5 /CA 0.5 >>"));
        assert!(text.contains("/Network (0123abcd)"));
        assert!(text.contains("/Title <FEFF0047"));
        for stream in text.split("/Length ").skip(1) {
            let (length, rest) = stream.split_once(" >>\nstream\n").unwrap();
            assert!(rest[length.parse::<usize>().unwrap()..].starts_with("\nendstream"));
        }
    }
}
