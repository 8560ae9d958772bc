//! The operators that draw a page.

use std::collections::BTreeSet;

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Name, Str};
use tiny_skia::{Path, PathBuilder, PathSegment, Point, Transform};

use super::fonts::Fonts;
use crate::figure::page::mark::{Shape, baseline};
use crate::figure::page::{Anchor, Ink, Mark, Page, Placed};
use crate::figure::text::{Run, Text};

/// What draws a page, and what that needs.
pub(super) struct Drawing {
    pub content: Content,
    /// Those that are used, in percent.
    pub opacities: BTreeSet<u8>,
    pub fonts: Fonts,
}

impl Drawing {
    /// `unit` and `height` are the page's in points.
    pub fn of(page: &Page, unit: f32, height: f32) -> Self {
        let mut drawing = Self {
            content: Content::new(),
            opacities: BTreeSet::new(),
            fonts: Fonts::default(),
        };
        // PDF counts upwards, a page downwards. Ends and corners of lines are round.
        drawing
            .content
            .transform([unit, 0.0, 0.0, -unit, 0.0, short(height)])
            .set_line_cap(LineCapStyle::RoundCap)
            .set_line_join(LineJoinStyle::RoundJoin);
        if page.background != [255; 3] {
            let [w, h] = page.size.map(short);
            drawing.fill_colour(page.background.into());
            drawing.content.rect(0.0, 0.0, w, h).fill_nonzero();
        }
        for (i, placed) in page.pictures.iter().enumerate() {
            drawing.picture(i, placed);
        }
        for mark in &page.marks {
            drawing.mark(mark);
        }
        drawing
    }

    fn picture(&mut self, i: usize, placed: &Placed) {
        let (x, bottom) = (placed.at[0], placed.at[1] + placed.size[1]);
        let [w, h] = placed.size.map(short);
        self.content.save_state();
        self.opacity(placed.opacity);
        self.content
            .transform([w, 0.0, 0.0, -h, short(x), short(bottom)])
            .x_object(Name(picture_name(i).as_bytes()))
            .restore_state();
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text {
                text,
                at,
                size,
                ink,
                anchor,
                upwards,
            } => {
                let at = baseline(*at, *size, *upwards);
                self.text(text, at, *size, *ink, (*anchor, *upwards));
            }
            _ => {
                if let Some(shape) = mark.shape(1.0) {
                    self.shape(&shape);
                }
            }
        }
    }

    /// Text with its baseline at `at`.
    fn text(
        &mut self,
        message: &str,
        at: [f32; 2],
        size: f32,
        ink: Ink,
        (anchor, upwards): (Anchor, bool),
    ) {
        let text = Text::new(message, size);
        let back = anchor.before(text.width);
        let (turn, [x, y]) = match upwards {
            true => ([0.0, -1.0, 1.0, 0.0], [at[0], at[1] + back]),
            false => ([1.0, 0.0, 0.0, 1.0], [at[0] - back, at[1]]),
        };
        let [a, b, c, d] = turn;
        let place = Transform::from_row(a, b, c, d, x, y);
        self.content.save_state();
        self.fill_colour(ink);
        for run in &text.runs {
            match self.fonts.place(run) {
                Some(font) => self.run(run, font, (size, place)),
                None => {
                    let mut path = PathBuilder::new();
                    run.draw(size, &mut path);
                    if let Some(path) = path.finish().and_then(|p| p.transform(place)) {
                        self.path(&path);
                        self.content.fill_nonzero();
                    }
                }
            }
        }
        self.content.restore_state();
    }

    /// Glyphs in a font of the file, in as few pieces as their places allow.
    fn run(&mut self, run: &Run, font: usize, (size, place): (f32, Transform)) {
        // Thousandths of the size that a reader would not see.
        const NOTHING: f32 = 2.0;
        self.content.begin_text();
        let name = super::fonts::name(font);
        self.content.set_font(Name(name.as_bytes()), short(size));
        let mut rest = &run.glyphs[..];
        while let Some(first) = rest.first() {
            let level = |g: &&crate::figure::text::Glyph| g.at[1] == first.at[1];
            let (line, after) = rest.split_at(rest.iter().take_while(level).count());
            rest = after;
            let mut start = Point::from_xy(first.at[0], -first.at[1]);
            place.map_point(&mut start);
            let [x, y] = [start.x, start.y].map(short);
            // Letters stand upright on a page that is drawn upside down.
            let matrix = [place.sx, place.ky, -place.kx, -place.sy, x, y];
            self.content.set_text_matrix(matrix);
            let mut pen = first.at[0];
            let mut pieces = self.content.show_positioned();
            let mut items = pieces.items();
            let mut codes = Vec::new();
            for glyph in line {
                let gap = (glyph.at[0] - pen) / size * 1000.0;
                if gap.abs() > NOTHING {
                    items.show(Str(&codes)).adjust(-short(gap));
                    codes.clear();
                    pen = glyph.at[0];
                }
                codes.extend(self.fonts.code(font, glyph.id).to_be_bytes());
                pen += self.fonts.advance(font, glyph.id) * size;
            }
            items.show(Str(&codes));
        }
        self.content.end_text();
    }

    fn shape(&mut self, shape: &Shape) {
        if let Some(ink) = shape.fill {
            self.content.save_state();
            self.fill_colour(ink);
            self.path(&shape.path);
            self.content.fill_nonzero().restore_state();
        }
        if let Some(rim) = shape.rim {
            self.content.save_state();
            self.opacity(rim.ink.opacity);
            let [r, g, b] = colour(rim.ink);
            self.content.set_stroke_rgb(r, g, b);
            self.content.set_line_width(short(rim.width));
            if let Some(dash) = shape.dash {
                self.content.set_line_cap(LineCapStyle::ButtCap);
                self.content.set_dash_pattern(dash.map(short), 0.0);
            }
            self.path(&shape.path);
            self.content.stroke().restore_state();
        }
    }

    fn path(&mut self, path: &Path) {
        let to = |p: Point| [short(p.x), short(p.y)];
        let mut from = Point::zero();
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(p) => {
                    let [x, y] = to(p);
                    self.content.move_to(x, y);
                    from = p;
                }
                PathSegment::LineTo(p) => {
                    let [x, y] = to(p);
                    self.content.line_to(x, y);
                    from = p;
                }
                // As a cubic curve, which PDF has alone.
                PathSegment::QuadTo(c, p) => {
                    let third = |end: f32, c: f32| (end + 2.0 * c) / 3.0;
                    let control = |end: Point| Point::from_xy(third(end.x, c.x), third(end.y, c.y));
                    self.curve(control(from), control(p), p);
                    from = p;
                }
                PathSegment::CubicTo(a, b, p) => {
                    self.curve(a, b, p);
                    from = p;
                }
                PathSegment::Close => {
                    self.content.close_path();
                }
            }
        }
    }

    fn curve(&mut self, a: Point, b: Point, end: Point) {
        let [a, b, end] = [a, b, end].map(|p| [short(p.x), short(p.y)]);
        self.content
            .cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
    }

    fn fill_colour(&mut self, ink: Ink) {
        self.opacity(ink.opacity);
        let [r, g, b] = colour(ink);
        self.content.set_fill_rgb(r, g, b);
    }

    /// Sets an opacity, if one is needed.
    fn opacity(&mut self, opacity: f32) {
        let percent = (100.0 * opacity.clamp(0.0, 1.0)).round() as u8;
        if percent < 100 {
            self.opacities.insert(percent);
            let name = opacity_name(percent);
            self.content.set_parameters(Name(name.as_bytes()));
        }
    }
}

pub(super) fn opacity_name(percent: u8) -> String {
    format!("A{percent}")
}

pub(super) fn picture_name(i: usize) -> String {
    format!("P{i}")
}

fn colour(ink: Ink) -> [f32; 3] {
    ink.colour
        .map(|v| (f32::from(v) / 255.0 * 1000.0).round() / 1000.0)
}

/// As short as hundredths allow.
fn short(v: f32) -> f32 {
    ((f64::from(v) * 100.0).round() / 100.0) as f32
}
