//! A page as SVG: text stays text, pictures are PNG.

use std::fmt::Write;

use super::{Anchor, Item, MM_PER_INCH, POINTS_PER_INCH, Page, png};
use crate::figure::Colour;

pub(super) fn write(page: &Page) -> Result<String, String> {
    let mm = |v: f32| v * MM_PER_INCH / POINTS_PER_INCH;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.2}mm\" height=\"{:.2}mm\" \
         viewBox=\"0 0 {:.2} {:.2}\" font-family=\"Helvetica, Arial, sans-serif\">\n",
        mm(page.width),
        mm(page.height),
        page.width,
        page.height
    );
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if let Some((_, title)) = page.facts.iter().find(|f| f.0 == "Title") {
        line(format!("<title>{}</title>", escaped(title)));
    }
    let facts = page.facts.iter().fold(String::new(), |mut all, (n, v)| {
        let _ = write!(all, "<fact name=\"{}\">{}</fact>", escaped(n), escaped(v));
        all
    });
    line(format!(
        "<metadata><figure xmlns=\"urn:smn-studio:figure\">{facts}</figure></metadata>"
    ));
    line("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>".into());
    for item in &page.items {
        line(element(item)?);
    }
    out.push_str("</svg>\n");
    Ok(out)
}

fn element(item: &Item) -> Result<String, String> {
    Ok(match item {
        Item::Rectangle { at, size, fill } => format!(
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{}\"/>",
            at[0],
            at[1],
            size[0],
            size[1],
            hex(*fill)
        ),
        Item::Lines {
            points,
            width,
            colour,
        } => {
            let points: Vec<String> = points
                .iter()
                .map(|p| format!("{:.2},{:.2}", p[0], p[1]))
                .collect();
            format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width:.2}\" stroke-linecap=\"round\"/>",
                points.join(" "),
                hex(*colour)
            )
        }
        Item::Disc {
            center,
            radius,
            fill,
        } => format!(
            "<circle cx=\"{:.2}\" cy=\"{:.2}\" r=\"{radius:.2}\" fill=\"{}\"/>",
            center[0],
            center[1],
            hex(*fill)
        ),
        Item::Text {
            text,
            at,
            size,
            colour,
            anchor,
        } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            format!(
                "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size:.2}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
                at[0],
                at[1],
                hex(*colour),
                escaped(text)
            )
        }
        Item::Picture {
            picture,
            at,
            size,
            smooth,
        } => format!(
            "<image x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" \
             preserveAspectRatio=\"none\"{} href=\"data:image/png;base64,{}\"/>",
            at[0],
            at[1],
            size[0],
            size[1],
            if *smooth {
                ""
            } else {
                " style=\"image-rendering:pixelated\""
            },
            base64(&png::plain(picture)?)
        ),
    })
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

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            out.push(if digit > three.len() {
                '='
            } else {
                char::from(DIGITS[(all >> (18 - 6 * digit) & 63) as usize])
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_says_where_it_comes_from() {
        let written = write(&super::super::tests::page()).unwrap();
        assert!(written.contains("width=\"25.40mm\" height=\"12.70mm\""));
        assert!(written.contains(">a (b) – ×</text>"));
        assert!(written.contains("<fact name=\"Network\">0123abcd</fact>"));
        assert!(written.contains("<title>Größe &lt;1&gt; &amp; &quot;(2)&quot;</title>"));
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, code) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), code);
        }
    }
}
