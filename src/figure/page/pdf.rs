//! A page as PDF 1.4 (ISO 32000-1): text in the standard font Helvetica, pictures as they stand
//! in a PNG, whose filtered rows PDF knows as predictor 15.

use std::fmt::Write;

use super::{Anchor, Item, Page, png};
use crate::figure::Colour;

/// The objects before the pictures.
const CATALOG: usize = 1;
const PAGES: usize = 2;
const SHEET: usize = 3;
const FONT: usize = 4;
const CONTENT: usize = 5;
const INFO: usize = 6;
const FIRST_PICTURE: usize = 7;

pub(super) fn write(page: &Page) -> Result<Vec<u8>, String> {
    let mut content = String::new();
    let mut pictures = Vec::new();
    for item in &page.items {
        draw(page, item, &mut content, &mut pictures);
    }
    let names = (0..pictures.len()).fold(String::new(), |mut all, i| {
        let _ = write!(all, "/P{i} {} 0 R ", FIRST_PICTURE + i);
        all
    });
    let mut file = File::new();
    file.object(format!("<< /Type /Catalog /Pages {PAGES} 0 R >>"), None);
    file.object(
        format!("<< /Type /Pages /Kids [{SHEET} 0 R] /Count 1 >>"),
        None,
    );
    file.object(
        format!(
            "<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {:.2} {:.2}] /Contents {CONTENT} 0 R \
             /Resources << /Font << /F {FONT} 0 R >> /XObject << {names}>> >> >>",
            page.width, page.height
        ),
        None,
    );
    file.object(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        None,
    );
    file.object(String::new(), Some(content.as_bytes()));
    let facts = page.facts.iter().fold(String::new(), |mut all, (n, v)| {
        let name = if n == "Software" { "Creator" } else { n };
        let _ = write!(all, "/{name} {} ", text_string(v));
        all
    });
    file.object(format!("<< {facts}>>"), None);
    for picture in pictures {
        let (w, h) = picture.dimensions();
        let entries = format!(
            "/Type /XObject /Subtype /Image /Width {w} /Height {h} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8 /Filter /FlateDecode \
             /DecodeParms << /Predictor 15 /Colors 3 /Columns {w} >>"
        );
        file.object(entries, Some(&png::pixels(picture)?));
    }
    Ok(file.finish())
}

/// The operators that draw an item. PDF counts upwards.
fn draw<'a>(
    page: &Page,
    item: &'a Item,
    out: &mut String,
    pictures: &mut Vec<&'a image::RgbImage>,
) {
    let up = |y: f32| page.height - y;
    // Writing to a string cannot fail.
    let _ = match item {
        Item::Rectangle { at, size, fill } => writeln!(
            out,
            "{} rg {:.2} {:.2} {:.2} {:.2} re f",
            colour(*fill),
            at[0],
            up(at[1] + size[1]),
            size[0],
            size[1]
        ),
        Item::Lines {
            points,
            width,
            colour: line,
        } => {
            let mut path = String::new();
            for (i, p) in points.iter().enumerate() {
                let operator = if i == 0 { "m" } else { "l" };
                let _ = write!(path, "{:.2} {:.2} {operator} ", p[0], up(p[1]));
            }
            writeln!(out, "{} RG {width:.2} w 1 J {path}S", colour(*line))
        }
        Item::Disc {
            center,
            radius,
            fill,
        } => writeln!(
            out,
            "{} rg {}f",
            colour(*fill),
            circle([center[0], up(center[1])], *radius)
        ),
        Item::Text {
            text,
            at,
            size,
            colour: fill,
            anchor,
        } => {
            let back = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => 0.5,
                Anchor::End => 1.0,
            };
            let codes: Vec<u8> = text.chars().map(win_ansi).collect();
            let width: f32 = codes.iter().map(|c| advance(*c)).sum::<f32>() * size;
            writeln!(
                out,
                "BT {} rg /F {size:.2} Tf {:.2} {:.2} Td {} Tj ET",
                colour(*fill),
                at[0] - back * width,
                up(at[1]),
                literal(&codes)
            )
        }
        Item::Picture {
            picture, at, size, ..
        } => {
            pictures.push(picture);
            writeln!(
                out,
                "q {:.2} 0 0 {:.2} {:.2} {:.2} cm /P{} Do Q",
                size[0],
                size[1],
                at[0],
                up(at[1] + size[1]),
                pictures.len() - 1
            )
        }
    };
}

fn colour(c: Colour) -> String {
    let [r, g, b] = c.map(|v| f32::from(v) / 255.0);
    format!("{r:.3} {g:.3} {b:.3}")
}

/// Four Bézier curves.
fn circle([x, y]: [f32; 2], r: f32) -> String {
    // 4/3·(√2 − 1): the error is below 0.03 % of the radius.
    let k = 0.552_285 * r;
    let mut path = format!("{:.3} {y:.3} m ", x + r);
    for [a, b, end] in [
        [[r, k], [k, r], [0.0, r]],
        [[-k, r], [-r, k], [-r, 0.0]],
        [[-r, -k], [-k, -r], [0.0, -r]],
        [[k, -r], [r, -k], [r, 0.0]],
    ] {
        for p in [a, b, end] {
            let _ = write!(path, "{:.3} {:.3} ", x + p[0], y + p[1]);
        }
        path.push_str("c ");
    }
    path
}

/// A letter's code in WinAnsiEncoding; what it lacks becomes its nearest, or a question mark.
fn win_ansi(c: char) -> u8 {
    match c {
        ' '..='~' | '\u{a0}'..='ÿ' => c as u32 as u8,
        '…' => 0x85,
        '•' => 0x95,
        '–' | '−' => 0x96,
        '—' => 0x97,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        _ => b'?',
    }
}

/// Helvetica's advance widths for codes 32 to 126, in thousandths (Adobe's font metrics).
const ADVANCES: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// How far a letter moves on, over the font's size.
fn advance(code: u8) -> f32 {
    let at = usize::from(code).checked_sub(32);
    let thousandths = match code {
        0x85 | 0x97 => 1000,
        b'\xd7' | b'\xb1' => 584,
        b'\xb7' => 278,
        _ => at.and_then(|i| ADVANCES.get(i)).copied().unwrap_or(556),
    };
    f32::from(thousandths) / 1000.0
}

/// A string of bytes.
fn literal(bytes: &[u8]) -> String {
    let mut out = String::from("(");
    for &byte in bytes {
        match byte {
            b'(' | b')' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push(')');
    out
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
        let file = write(&super::super::tests::page()).unwrap();
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
        assert!(text.contains("/Network (0123abcd)"));
        assert!(text.contains("/Title <FEFF0047"));
        for stream in text.split("/Length ").skip(1) {
            let (length, rest) = stream.split_once(" >>\nstream\n").unwrap();
            assert!(rest[length.parse::<usize>().unwrap()..].starts_with("\nendstream"));
        }
    }
}
