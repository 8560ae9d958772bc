//! A drawing as SVG.

use std::fmt::{self, Write};
use std::io::Cursor;

use image::{ImageError, ImageFormat, RgbImage};

use super::{Drawing, Ink, Mark, Placed, Rim};
use crate::figure::Anchor;
use crate::figure::Colour;
use crate::label::Point;

impl Drawing {
    /// The drawing as a file of its own: pictures are embedded as PNG.
    pub fn svg(&self) -> Result<String, ImageError> {
        let [w, h] = self.size.map(number);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" font-family=\"Ubuntu, Helvetica, Arial, sans-serif\">\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n",
            hex(self.background)
        );
        for placed in &self.pictures {
            out += &picture(placed)?;
        }
        for mark in &self.marks {
            // Writing to a string cannot fail.
            let _ = write_mark(&mut out, mark);
        }
        out += "</svg>\n";
        Ok(out)
    }
}

fn picture(placed: &Placed) -> Result<String, ImageError> {
    let [x, y] = placed.at.map(number);
    let side = |v: u32| number(v as f32 * placed.scale);
    let (w, h) = (side(placed.picture.width()), side(placed.picture.height()));
    let look = if placed.smooth {
        ""
    } else {
        " style=\"image-rendering:pixelated\""
    };
    Ok(format!(
        "<image x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" opacity=\"{}\"{look} \
         href=\"data:image/png;base64,{}\"/>\n",
        number(placed.opacity),
        base64(&png(&placed.picture)?)
    ))
}

fn png(picture: &RgbImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    Ok(bytes)
}

fn write_mark(out: &mut String, mark: &Mark) -> fmt::Result {
    match mark {
        Mark::Line { points, rim, dash } => {
            write!(out, "<polyline points=\"{}\" fill=\"none\"", list(points))?;
            edge(out, Some(rim))?;
            if let Some([on, off]) = dash.map(|d| d.map(number)) {
                write!(out, " stroke-dasharray=\"{on} {off}\"")?;
            }
            out.push_str(" stroke-linecap=\"round\"/>\n");
        }
        Mark::Polygon { points, fill, rim } => {
            write!(out, "<polygon points=\"{}\"", list(points))?;
            filled(out, *fill)?;
            edge(out, rim.as_ref())?;
            out.push_str("/>\n");
        }
        Mark::Circle {
            centre,
            radius,
            fill,
            rim,
        } => {
            let [x, y] = centre.map(number);
            write!(
                out,
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"",
                number(*radius)
            )?;
            filled(out, *fill)?;
            edge(out, rim.as_ref())?;
            out.push_str("/>\n");
        }
        Mark::Text {
            words,
            at,
            size,
            ink,
            anchor,
        } => {
            let [x, y] = at.map(number);
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" text-anchor=\"{anchor}\" \
                 dominant-baseline=\"central\"",
                number(*size)
            )?;
            filled(out, Some(*ink))?;
            writeln!(out, ">{}</text>", escaped(words))?;
        }
    }
    Ok(())
}

fn filled(out: &mut String, fill: Option<Ink>) -> fmt::Result {
    let Some(ink) = fill else {
        out.push_str(" fill=\"none\"");
        return Ok(());
    };
    write!(out, " fill=\"{}\"", hex(ink.colour))?;
    if ink.opacity < 1.0 {
        write!(out, " fill-opacity=\"{}\"", number(ink.opacity))?;
    }
    Ok(())
}

fn edge(out: &mut String, rim: Option<&Rim>) -> fmt::Result {
    let Some(Rim { width, ink }) = rim else {
        return Ok(());
    };
    let (colour, width) = (hex(ink.colour), number(*width));
    write!(out, " stroke=\"{colour}\" stroke-width=\"{width}\"")?;
    if ink.opacity < 1.0 {
        write!(out, " stroke-opacity=\"{}\"", number(ink.opacity))?;
    }
    Ok(())
}

fn list(points: &[Point]) -> String {
    let pairs = points.iter().map(|p| p.map(number).join(","));
    pairs.collect::<Vec<_>>().join(" ")
}

/// As short as hundredths allow.
fn number(v: f32) -> String {
    format!("{}", (f64::from(v) * 100.0).round() / 100.0)
}

fn hex(c: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", c[0], c[1], c[2])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            out.push(match place <= three.len() {
                true => LETTERS[(bits >> (18 - 6 * place) & 63) as usize] as char,
                false => '=',
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 4648, section 10.
    #[test]
    fn base64_is_the_rfcs() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
