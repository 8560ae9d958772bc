//! The operators that draw a page.

use std::collections::BTreeSet;
use std::fmt::Write;

use tiny_skia::{Path, PathSegment, Point};

use super::helvetica;
use crate::figure::Colour;
use crate::figure::page::mark::{Shape, baseline};
use crate::figure::page::{Anchor, Ink, Mark, Page, Placed, number};

/// What draws a page. Writing to a string cannot fail.
#[derive(Default)]
pub(super) struct Content {
    pub operators: String,
    /// Those that are used, in percent.
    pub opacities: BTreeSet<u8>,
}

impl Content {
    /// `unit` and `height` are the page's in points.
    pub fn of(page: &Page, unit: f32, height: f32) -> Self {
        let mut content = Self::default();
        // PDF counts upwards, a page downwards. Ends and corners of lines are round.
        let out = &mut content.operators;
        let _ = writeln!(out, "{unit} 0 0 -{unit} 0 {} cm 1 J 1 j", number(height));
        if page.background != [255; 3] {
            let [w, h] = page.size.map(number);
            let _ = writeln!(out, "{} rg 0 0 {w} {h} re f", colour(page.background));
        }
        for (i, placed) in page.pictures.iter().enumerate() {
            content.picture(i, placed);
        }
        for mark in &page.marks {
            content.mark(mark);
        }
        content
    }

    fn picture(&mut self, i: usize, placed: &Placed) {
        let state = self.state(placed.opacity);
        let (x, bottom) = (number(placed.at[0]), number(placed.at[1] + placed.size[1]));
        let [w, h] = placed.size.map(number);
        let _ = writeln!(
            self.operators,
            "q {state}{w} 0 0 -{h} {x} {bottom} cm /P{i} Do Q"
        );
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text {
                words,
                at,
                size,
                ink,
                anchor,
                upwards,
            } if let Some(codes) = helvetica::codes(words) => {
                let at = baseline(*at, *size, *upwards);
                self.text(&codes, at, *size, *ink, (*anchor, *upwards));
            }
            _ => {
                if let Some(shape) = mark.shape(1.0) {
                    self.shape(&shape);
                }
            }
        }
    }

    /// Text in Helvetica, `at` on its baseline.
    fn text(
        &mut self,
        codes: &[u8],
        at: [f32; 2],
        size: f32,
        ink: Ink,
        (anchor, upwards): (Anchor, bool),
    ) {
        let back = anchor.before(size * helvetica::width(codes));
        let (turn, [x, y]) = match upwards {
            true => ("0 -1 -1 0", [at[0], at[1] + back]),
            false => ("1 0 0 -1", [at[0] - back, at[1]]),
        };
        let (state, colour) = (self.state(ink.opacity), colour(ink.colour));
        let [x, y, size] = [x, y, size].map(number);
        let _ = writeln!(
            self.operators,
            "q {state}{colour} rg BT /F {size} Tf {turn} {x} {y} Tm {} Tj ET Q",
            literal(codes)
        );
    }

    fn shape(&mut self, shape: &Shape) {
        let path = path(&shape.path);
        if let Some(ink) = shape.fill {
            let (state, colour) = (self.state(ink.opacity), colour(ink.colour));
            let _ = writeln!(self.operators, "q {state}{colour} rg {path}f Q");
        }
        if let Some(rim) = shape.rim {
            let (state, colour) = (self.state(rim.ink.opacity), colour(rim.ink.colour));
            let width = number(rim.width);
            let dash = shape.dash.map(|d| d.map(number));
            let dash = dash.map_or(String::new(), |[on, off]| format!("0 J [{on} {off}] 0 d "));
            let _ = writeln!(
                self.operators,
                "q {state}{colour} RG {width} w {dash}{path}S Q"
            );
        }
    }

    /// The operator for an opacity, if it needs one.
    fn state(&mut self, opacity: f32) -> String {
        let percent = (100.0 * opacity.clamp(0.0, 1.0)).round() as u8;
        if percent == 100 {
            return String::new();
        }
        self.opacities.insert(percent);
        format!("/A{percent} gs ")
    }
}

fn colour(c: Colour) -> String {
    let [r, g, b] = c.map(|v| f32::from(v) / 255.0);
    format!("{r:.3} {g:.3} {b:.3}")
}

fn path(path: &Path) -> String {
    let mut out = String::new();
    let mut from = Point::zero();
    for segment in path.segments() {
        let (points, operator) = match segment {
            PathSegment::MoveTo(p) => (vec![p], "m"),
            PathSegment::LineTo(p) => (vec![p], "l"),
            // As a cubic curve, which PDF has alone.
            PathSegment::QuadTo(c, p) => {
                let third = |end: f32, c: f32| (end + 2.0 * c) / 3.0;
                let control = |end: Point| Point::from_xy(third(end.x, c.x), third(end.y, c.y));
                (vec![control(from), control(p), p], "c")
            }
            PathSegment::CubicTo(a, b, p) => (vec![a, b, p], "c"),
            PathSegment::Close => (Vec::new(), "h"),
        };
        for p in &points {
            let _ = write!(out, "{} {} ", number(p.x), number(p.y));
        }
        let _ = write!(out, "{operator} ");
        from = points.last().copied().unwrap_or(from);
    }
    out
}

/// A string of bytes.
pub(super) fn literal(bytes: &[u8]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_the_font_lacks_become_outlines() {
        let mut page = crate::figure::page::tests::page();
        page.text("α", [10.0, 10.0], 8.0, [0; 3], Anchor::Start);
        let content = Content::of(&page, 1.0, 36.0).operators;
        let last = content.lines().last().unwrap();
        assert!(last.ends_with("h f Q") && last.contains(" c "), "{last}");
    }
}
