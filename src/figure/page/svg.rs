//! A page as SVG: lines stay lines, text stays text, pictures are PNG. The letters that are used
//! are part of the file as a font, which browsers and what is built on them take; programs that
//! take none from a file show Inter where it is installed, else the next sans serif.

use std::fmt::{self, Write};

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::contents::number;
use super::mark::baseline;
use super::{Anchor, Ink, Mark, Page, Placed, Rim, Unit, png};
use crate::figure::error::FigureError;
use crate::figure::palette::Colour;
use crate::figure::text::{Subset, Text};
use crate::label::Point;

pub(super) fn write(page: &Page) -> Result<String, FigureError> {
    let fonts = fonts(page);
    let families = families(&fonts);
    let [w, h] = page.size.map(number);
    let [width, height] = match page.unit {
        Unit::Point => page.size_mm().map(|mm| format!("{mm:.2}mm")),
        Unit::Pixel => [w.clone(), h.clone()],
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {w} {h}\" font-family=\"{}\" \
         stroke-linejoin=\"round\" stroke-linecap=\"round\" xml:space=\"preserve\">\n",
        family_list(&families)
    );
    // Writing to a string cannot fail.
    let _ = write_metadata(&mut out, &page.metadata);
    if !fonts.is_empty() {
        out.push_str("<style>\n");
        for (font, name) in fonts.iter().zip(&families) {
            let code = BASE64_STANDARD.encode(font.web_font()?);
            let _ = writeln!(
                out,
                "@font-face{{font-family:'{name}';src:url(data:font/otf;base64,{code})}}"
            );
        }
        out.push_str("</style>\n");
    }
    let _ = writeln!(
        out,
        "<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>",
        hex(page.background)
    );
    for placed in &page.pictures {
        let code = BASE64_STANDARD.encode(png::plain(&placed.picture)?);
        let _ = write_picture(&mut out, placed, &code);
    }
    for mark in &page.marks {
        let _ = write_mark(&mut out, mark);
    }
    out += "</svg>\n";
    Ok(out)
}

/// The fonts of what is written, Inter first. Words that need shaping are left to the fonts of who
/// looks at them: a font's part alone cannot shape.
fn fonts(page: &Page) -> Vec<Subset> {
    let mut fonts = Vec::new();
    let texts = page.marks.iter().filter_map(|mark| match mark {
        Mark::Text { text, size, .. } => Some(Text::new(text, *size)),
        _ => None,
    });
    let runs: Vec<_> = texts.flat_map(|t| t.runs).filter(|r| r.plain).collect();
    let (usual, others): (Vec<_>, Vec<_>) = runs.iter().partition(|r| r.is_usual());
    for run in usual.into_iter().chain(others) {
        Subset::place(&mut fonts, run);
    }
    fonts
}

/// What each font is called in the file.
fn families(fonts: &[Subset]) -> Vec<String> {
    let name = |(n, font): (usize, &Subset)| match font.face.is_usual() {
        true => "Inter".to_owned(),
        false => format!("Figure {n}"),
    };
    fonts.iter().enumerate().map(name).collect()
}

/// In the order in which a letter is looked for.
fn family_list(own: &[String]) -> String {
    let inter = ["Inter".to_owned()];
    let others = own.iter().filter(|name| **name != inter[0]);
    let rest = ["Helvetica", "Arial", "sans-serif"].map(str::to_owned);
    let all = inter.iter().chain(others).chain(&rest);
    let all = all.map(|name| match name.contains(' ') {
        true => format!("'{name}'"),
        false => name.clone(),
    });
    all.collect::<Vec<_>>().join(", ")
}

fn write_metadata(out: &mut String, metadata: &[(String, String)]) -> fmt::Result {
    if let Some((_, title)) = metadata.iter().find(|f| f.0 == "Title") {
        writeln!(out, "<title>{}</title>", escaped(title))?;
    }
    out.push_str("<metadata><figure xmlns=\"urn:smn-studio:figure\">");
    for (name, value) in metadata.iter().map(|(n, v)| (escaped(n), escaped(v))) {
        write!(out, "<fact name=\"{name}\">{value}</fact>")?;
    }
    out.push_str("</figure></metadata>\n");
    Ok(())
}

fn write_picture(out: &mut String, placed: &Placed, code: &str) -> fmt::Result {
    let ([x, y], [w, h]) = (placed.at.map(number), placed.size.map(number));
    write!(
        out,
        "<image x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" preserveAspectRatio=\"none\""
    )?;
    if placed.opacity < 1.0 {
        write!(out, " opacity=\"{}\"", number(placed.opacity))?;
    }
    if !placed.smooth {
        out.push_str(" style=\"image-rendering:pixelated\"");
    }
    writeln!(out, " href=\"data:image/png;base64,{code}\"/>")
}

fn write_mark(out: &mut String, mark: &Mark) -> fmt::Result {
    match mark {
        Mark::Line { points, rim, dash } => {
            write!(out, "<polyline points=\"{}\"", list(points))?;
            painted(out, None, Some(*rim))?;
            if let Some([on, off]) = dash.map(|d| d.map(number)) {
                write!(
                    out,
                    " stroke-dasharray=\"{on} {off}\" stroke-linecap=\"butt\""
                )?;
            }
            out.push_str("/>\n");
        }
        Mark::Polygon { points, fill, rim } => {
            write!(out, "<polygon points=\"{}\"", list(points))?;
            painted(out, *fill, *rim)?;
            out.push_str("/>\n");
        }
        Mark::Circle {
            centre,
            radius,
            fill,
            rim,
        } => {
            let ([x, y], r) = (centre.map(number), number(*radius));
            write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"")?;
            painted(out, *fill, *rim)?;
            out.push_str("/>\n");
        }
        Mark::Text {
            text,
            at,
            size,
            ink,
            anchor,
            upwards,
        } => {
            let [x, y] = baseline(*at, *size, *upwards).map(number);
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let size = number(*size);
            write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\""
            )?;
            if *upwards {
                write!(out, " transform=\"rotate(-90 {x} {y})\"")?;
            }
            painted(out, Some(*ink), None)?;
            writeln!(out, ">{}</text>", escaped(text))?;
        }
    }
    Ok(())
}

fn painted(out: &mut String, fill: Option<Ink>, rim: Option<Rim>) -> fmt::Result {
    let opacity = |out: &mut String, what: &str, ink: Ink| match ink.opacity < 1.0 {
        true => write!(out, " {what}-opacity=\"{}\"", number(ink.opacity)),
        false => Ok(()),
    };
    match fill {
        Some(ink) => {
            write!(out, " fill=\"{}\"", hex(ink.colour))?;
            opacity(out, "fill", ink)?;
        }
        None => out.push_str(" fill=\"none\""),
    }
    if let Some(Rim { width, ink }) = rim {
        let (colour, width) = (hex(ink.colour), number(width));
        write!(out, " stroke=\"{colour}\" stroke-width=\"{width}\"")?;
        opacity(out, "stroke", ink)?;
    }
    Ok(())
}

fn list(points: &[Point]) -> String {
    let pairs = points.iter().map(|p| p.map(number).join(","));
    pairs.collect::<Vec<_>>().join(" ")
}

fn hex([r, g, b]: Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Letters that XML forbids are left out.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_stay_shapes_text_is_text_and_says_where_it_comes_from() {
        let mut page = super::super::tests::page();
        let written = write(&page).unwrap();
        for part in [
            "width=\"25.40mm\" height=\"12.70mm\" viewBox=\"0 0 72 36\"",
            "<title>Größe &lt;1&gt; &amp; &quot;(2)&quot;</title>",
            "<fact name=\"Network\">0123abcd</fact>",
            "style=\"image-rendering:pixelated\" href=\"data:image/png;base64,iVBOR",
            "<circle cx=\"60\" cy=\"10\" r=\"5\" fill=\"#008000\"/>",
            "stroke=\"#000000\" stroke-width=\"2\" stroke-opacity=\"0.5\" stroke-dasharray=\"4 4\"",
            "transform=\"rotate(-90 46.18 34)\"",
            "<text x=\"58\" y=\"30\"",
            ">a (b) – ×</text>",
        ] {
            assert!(written.contains(part), "{part} is not in {written}");
        }
        page.unit = Unit::Pixel;
        assert!(write(&page).unwrap().contains("width=\"72\" height=\"36\""));
    }

    #[test]
    fn the_letters_come_with_the_file_as_a_font() {
        let mut page = super::super::tests::page();
        page.text("α ἀ", [9.0, 9.0], 6.0, [0; 3], Anchor::Start);
        let written = write(&page).unwrap();
        let family = "font-family=\"Inter, 'Figure 1', Helvetica, Arial, sans-serif\"";
        assert!(written.contains(family), "{written}");
        let fonts: Vec<&str> = written.split("@font-face{font-family:").skip(1).collect();
        assert_eq!(fonts.len(), 2);
        for (font, start) in fonts.into_iter().zip(["'Inter'", "'Figure 1'"]) {
            assert!(font.starts_with(start));
            // "OTTO" and the version of TrueType.
            let code = font.split_once("base64,").unwrap().1;
            assert!(code.starts_with("T1RUTw") || code.starts_with("AAEAAA"));
        }
        assert!(written.contains(">α ἀ</text>"));
        let plain = Page::new([9.0; 2], Unit::Pixel, [255; 3]);
        assert!(
            !write(&plain).unwrap().contains("@font-face"),
            "no text, no font"
        );
    }
}
