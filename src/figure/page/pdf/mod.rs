//! A page as PDF 1.7 (ISO 32000-1): text in fonts that are part of the file, pictures as they
//! stand in a PNG, whose filtered rows PDF knows as predictor 15. The same page gives the same
//! bytes.

mod compress;
mod content;
mod fonts;

use pdf_writer::types::Predictor;
use pdf_writer::writers::ExtGraphicsState;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::{Page, Unit, png};
use crate::figure::error::FigureError;
use compress::compressed;
use content::{Drawing, opacity_name, picture_name};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const SHEET: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const FIRST_FONT: Ref = Ref::new(6);

pub(super) fn write(page: &Page) -> Result<Vec<u8>, FigureError> {
    let unit = Unit::Point.per_inch() / page.unit.per_inch();
    let [width, height] = page.size.map(|v| v * unit);
    let drawing = Drawing::of(page, unit, height);
    let (fonts, first_picture) = drawing.fonts.objects(FIRST_FONT);
    let picture = |i: usize| Ref::new(first_picture.get() + i as i32);
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([SHEET]).count(1);
    let mut sheet = pdf.page(SHEET);
    let hundredths = |v: f32| (v * 100.0).round() / 100.0;
    let size = Rect::new(0.0, 0.0, hundredths(width), hundredths(height));
    sheet.media_box(size).parent(PAGES).contents(CONTENT);
    let mut resources = sheet.resources();
    let mut names = resources.fonts();
    for (n, font) in fonts.into_iter().enumerate() {
        names.pair(Name(fonts::name(n).as_bytes()), font);
    }
    names.finish();
    let mut names = resources.x_objects();
    for i in 0..page.pictures.len() {
        names.pair(Name(picture_name(i).as_bytes()), picture(i));
    }
    names.finish();
    let mut states = resources.ext_g_states();
    for percent in &drawing.opacities {
        let name = opacity_name(*percent);
        let part = f32::from(*percent) / 100.0;
        let state = states.insert(Name(name.as_bytes()));
        let mut state = state.start::<ExtGraphicsState>();
        state.non_stroking_alpha(part).stroking_alpha(part);
    }
    states.finish();
    resources.finish();
    sheet.finish();
    let operators = compressed(drawing.content.finish().as_slice());
    pdf.stream(CONTENT, &operators).filter(Filter::FlateDecode);
    let mut info = pdf.document_info(INFO);
    for (name, value) in &page.metadata {
        let name = if name == "Software" { "Creator" } else { name };
        info.pair(Name(name.as_bytes()), TextStr(value));
    }
    info.finish();
    drawing.fonts.write(&mut pdf, FIRST_FONT)?;
    for (i, placed) in page.pictures.iter().enumerate() {
        let (w, h) = placed.picture.dimensions();
        let rows = png::pixels(&placed.picture)?;
        let mut image = pdf.image_xobject(picture(i), &rows);
        image
            .width(w as i32)
            .height(h as i32)
            .bits_per_component(8)
            .interpolate(placed.smooth);
        image.color_space().device_rgb();
        image.filter(Filter::FlateDecode);
        image
            .decode_parms()
            .predictor(Predictor::PngOptimum)
            .colors(3)
            .columns(w as i32);
    }
    Ok(pdf.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::page::tests::page;
    use crate::figure::{Anchor, Format};

    /// The file with a letter a byte, and the streams of its objects as they were before they were
    /// compressed, pictures left out.
    fn parts(file: &[u8]) -> (String, Vec<(String, Vec<u8>)>) {
        let text: String = file.iter().map(|b| char::from(*b)).collect();
        let mut streams = Vec::new();
        for object in text.split(" 0 obj\n").skip(1) {
            let Some((dictionary, rest)) = object.split_once("\nstream\n") else {
                continue;
            };
            let (data, _) = rest.split_once("\nendstream").unwrap();
            let bytes: Vec<u8> = data.chars().map(|c| c as u8).collect();
            assert!(dictionary.contains(&format!("/Length {}", bytes.len())));
            let mut plain = Vec::new();
            std::io::copy(&mut flate2::read::ZlibDecoder::new(&bytes[..]), &mut plain).unwrap();
            streams.push((dictionary.to_owned(), plain));
        }
        (text, streams)
    }

    /// Every font that a file names, and whether the file has it.
    fn fonts(text: &str) -> Vec<(String, bool)> {
        let names = text.split("/Type /FontDescriptor").skip(1).map(|rest| {
            let (own, _) = rest.split_once("endobj").unwrap();
            let name = own.split("/FontName /").nth(1).unwrap();
            let name = name.split_whitespace().next().unwrap().to_owned();
            let file = own.split("/FontFile").nth(1).unwrap();
            // "3 10 0 R" or "2 10 0 R"
            let object = file.split_whitespace().nth(1).unwrap();
            (name, text.contains(&format!("\n{object} 0 obj\n")))
        });
        names.collect()
    }

    #[test]
    fn every_object_begins_where_the_table_says() {
        let file = write(&page()).unwrap();
        let (text, _) = parts(&file);
        let bytes: Vec<char> = text.chars().collect();
        let start: usize = text
            .rsplit("startxref\n")
            .next()
            .and_then(|t| t.lines().next())
            .unwrap()
            .parse()
            .unwrap();
        let table: String = bytes[start..].iter().collect();
        let table: Vec<&str> = table.lines().collect();
        assert_eq!(table[0], "xref");
        let count: usize = table[1][2..].parse().unwrap();
        assert_eq!(
            count,
            6 + 5 + 1,
            "five objects, a font, a picture, number 0"
        );
        for number in 1..count {
            let offset: usize = table[2 + number][..10].parse().unwrap();
            let object: String = bytes[offset..offset + 20].iter().collect();
            assert!(object.starts_with(&format!("{number} 0 obj")), "{object}");
        }
    }

    #[test]
    fn a_page_is_drawn_by_operators_and_says_what_it_shows() {
        let (text, streams) = parts(&write(&page()).unwrap());
        let content = String::from_utf8(streams[0].1.clone()).unwrap();
        for part in [
            "0 -1 -1 0 46.18 34 Tm",
            "/A50 gs\n0 0 0 RG\n2 w\n0 J\n[4 4] 0 d\n25 0 m\n25 36 l\nS",
            "18 0 0 -18 0 36 cm\n/P0 Do",
        ] {
            assert!(content.contains(part), "{part} is not in {content}");
        }
        assert!(text.contains("/ca 0.5") && text.contains("/CA 0.5"));
        assert!(text.contains("/Network (0123abcd)"));
        assert!(text.contains("/Title <FEFF0047"));
        assert!(text.contains("/Creator (SMN Studio"));
    }

    #[test]
    fn every_font_is_in_the_file_and_no_more_of_it_than_is_used() {
        let mut page = page();
        let write = |page: &Page| page.encode(Format::Pdf, 72.0).unwrap();
        let (text, _) = parts(&write(&page));
        assert_eq!(fonts(&text).len(), 1);
        // Other letters need another font.
        page.text("α·L ἀ −1", [10.0, 10.0], 8.0, [0; 3], Anchor::Start);
        let file = write(&page);
        assert_eq!(file, write(&page), "the same page, the same bytes");
        let (text, streams) = parts(&file);
        let fonts = fonts(&text);
        assert_eq!(fonts.len(), 2);
        assert_eq!(
            text.matches("/Type /Font\n").count(),
            4,
            "each with its glyphs' font"
        );
        for (name, embedded) in &fonts {
            // A subset's name begins with six letters and a plus.
            assert!(*embedded && name.as_bytes()[6] == b'+', "{name}");
        }
        assert!(fonts[0].0.ends_with("+Inter-Regular"), "{fonts:?}");
        let outlines = streams.iter().find(|s| s.0.contains("CIDFontType0C"));
        assert!(outlines.unwrap().1.len() < 20_000);
        // What the glyphs stand for, or nobody could search.
        let said: Vec<String> = streams
            .iter()
            .filter(|s| s.0.contains("/CMapName"))
            .map(|s| String::from_utf8_lossy(&s.1).into_owned())
            .collect();
        assert_eq!(said.len(), 2);
        for letter in ["> <03B1>", "> <0061>", "> <2212>", "> <00D7>"] {
            assert!(said[0].contains(letter), "{letter}: {}", said[0]);
        }
        assert!(said[1].contains("> <1F00>"), "{}", said[1]);
    }
}
