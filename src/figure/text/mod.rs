//! Text as it stands in figures of every kind: which glyphs of which fonts, and where. Inter sets
//! each character for itself, without pairs or ligatures, so that PNG, SVG and PDF agree to the
//! hair; other scripts are shaped, and run as they are read.

mod font;
mod font_subset;

use std::ops::Range;
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{Path, PathBuilder};
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

pub use font::Face;
pub use font_subset::Subset;

/// A line of text, laid out from left to right.
pub struct Text {
    /// In pixels.
    pub width: f32,
    size: f32,
    pub runs: Vec<Run>,
}

/// The words in as few lines as a width allows; a word that is wider has a line of its own.
pub fn text_lines(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if Text::new(&format!("{line} {word}"), size).width <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A part of a text in one font.
pub struct Run {
    pub face: Arc<Face>,
    /// In the order in which they are written.
    pub text: String,
    /// Where it begins.
    pub x: f32,
    pub width: f32,
    /// From left to right.
    pub glyphs: Vec<Glyph>,
    /// Whether the font's table of characters is enough to set it: the words need no shaping.
    pub plain: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Glyph {
    pub id: GlyphId,
    /// From the text's start on the baseline, upwards; in pixels.
    pub at: [f32; 2],
    /// What it stands for; nothing where another glyph of the same letters says it.
    pub says: String,
}

impl Text {
    /// Lays out `text` at a size in pixels. A character that no font here has is written as its
    /// number.
    pub fn new(text: &str, size: f32) -> Self {
        let mut all = Self {
            width: 0.0,
            size,
            runs: Vec::new(),
        };
        let message = written(text);
        for (part, backwards) in visual_parts(&message) {
            let mut runs = by_face(&message[part]);
            if backwards {
                runs.reverse();
            }
            for (face, message) in runs {
                if let Some(run) = Run::new(face, message, (all.width, size), backwards) {
                    all.width += run.width;
                    all.runs.push(run);
                }
            }
        }
        all
    }

    /// The outline, its start at (0, 0) on the baseline; `None` for blanks.
    pub fn outline(&self) -> Option<Path> {
        let mut path = PathBuilder::new();
        for run in &self.runs {
            run.draw(self.size, &mut path);
        }
        path.finish()
    }
}

impl Run {
    fn new(face: Arc<Face>, text: &str, at: (f32, f32), backwards: bool) -> Option<Self> {
        let font = face.font()?;
        let by_characters = by_characters(&font, text, at);
        let (glyphs, width) = match face.is_usual() {
            true => by_characters.clone(),
            false => shaped(&font, text, at, backwards),
        };
        let ids = |glyphs: &[Glyph]| glyphs.iter().map(|g| g.id).collect::<Vec<_>>();
        let plain = ids(&glyphs) == ids(&by_characters.0);
        Some(Self {
            text: text.to_owned(),
            x: at.0,
            width,
            glyphs,
            plain,
            face,
        })
    }

    /// Whether it is in the font of all figures.
    pub fn is_usual(&self) -> bool {
        self.face.is_usual()
    }

    /// Adds the outlines to a path.
    pub fn draw(&self, size: f32, path: &mut PathBuilder) {
        let Some(font) = self.face.font() else {
            return;
        };
        let outlines = font.outline_glyphs();
        for glyph in &self.glyphs {
            let Some(outline) = outlines.get(glyph.id) else {
                continue;
            };
            let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
            let mut pen = Pen { path, at: glyph.at };
            if let Err(e) = outline.draw(settings, &mut pen) {
                log::debug!("cannot draw {:?}: {e}", glyph.says);
            }
        }
    }
}

/// Without line ends and tabs, and with numbers in place of characters that no font has.
fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.push(' ');
        } else if is_invisible(c) || Face::with(c, None).is_some() {
            out.push(c);
        } else {
            out.push_str(&format!("[U+{:04X}]", u32::from(c)));
        }
    }
    out
}

/// Characters that are never seen themselves: marks of order, joiners, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The parts of a line in the order in which they are seen, and which of them run leftwards.
fn visual_parts(text: &str) -> Vec<(Range<usize>, bool)> {
    let leftwards = |c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::RLI);
    if !text.chars().any(leftwards) {
        return vec![(0..text.len(), false)];
    }
    // The figure's own words are English, so a line begins at the left.
    let bidi = BidiInfo::new(text, Some(Level::ltr()));
    let mut parts = Vec::new();
    for paragraph in &bidi.paragraphs {
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        parts.extend(runs.into_iter().map(|run| {
            let backwards = levels[run.start].is_rtl();
            (run, backwards)
        }));
    }
    parts
}

/// Words of one font each.
fn by_face(text: &str) -> Vec<(Arc<Face>, &str)> {
    let mut runs: Vec<(Arc<Face>, Range<usize>)> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let last = runs.last_mut();
        let in_use = last.as_ref().map(|run| &run.0);
        let face = match in_use {
            Some(in_use) if is_invisible(c) => Some(in_use.clone()),
            _ => Face::with(c, in_use).or_else(Face::usual),
        };
        match (face, last) {
            (Some(face), Some(last)) if Arc::ptr_eq(&face, &last.0) => last.1.end = end,
            (Some(face), _) => runs.push((face, at..end)),
            (None, _) => {}
        }
    }
    let runs = runs.into_iter();
    runs.map(|(face, range)| (face, &text[range])).collect()
}

/// A glyph for each character, from `x` on.
fn by_characters(font: &FontRef, text: &str, (x, size): (f32, f32)) -> (Vec<Glyph>, f32) {
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    let letters = font.charmap();
    let mut glyphs = Vec::new();
    let mut width = 0.0;
    for c in text.chars() {
        let Some(id) = letters.map(c) else {
            continue;
        };
        glyphs.push(Glyph {
            id,
            at: [x + width, 0.0],
            says: c.to_string(),
        });
        width += metrics.advance_width(id).unwrap_or(0.0);
    }
    (glyphs, width)
}

/// As the script wants it: joined, with marks in their places.
fn shaped(font: &FontRef, text: &str, (x, size): (f32, f32), backwards: bool) -> (Vec<Glyph>, f32) {
    let data = harfrust::ShaperData::new(font);
    let shaper = data.shaper(font).build();
    let mut buffer = harfrust::UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.set_direction(match backwards {
        true => harfrust::Direction::RightToLeft,
        false => harfrust::Direction::LeftToRight,
    });
    buffer.guess_segment_properties();
    let laid = shaper.shape(buffer, harfrust::ShapeOptions::new());
    let scale = size / shaper.units_per_em().max(1) as f32;
    let clusters: Vec<usize> = laid
        .glyph_infos()
        .iter()
        .map(|i| i.cluster as usize)
        .collect();
    // A cluster's letters end where the next one in the text begins.
    let end = |start: usize| {
        let later = clusters.iter().copied().filter(|c| *c > start);
        later.min().unwrap_or(text.len())
    };
    let mut glyphs = Vec::new();
    let mut width = 0.0;
    for (i, (info, place)) in laid
        .glyph_infos()
        .iter()
        .zip(laid.glyph_positions())
        .enumerate()
    {
        let start = clusters[i];
        let first = i == 0 || clusters[i - 1] != start;
        glyphs.push(Glyph {
            id: info.glyph_id.into(),
            at: [
                x + width + place.x_offset as f32 * scale,
                place.y_offset as f32 * scale,
            ],
            says: match first {
                true => text.get(start..end(start)).unwrap_or_default().to_owned(),
                false => String::new(),
            },
        });
        width += place.x_advance as f32 * scale;
    }
    (glyphs, width)
}

/// Fonts count upwards, pictures downwards.
struct Pen<'a> {
    path: &'a mut PathBuilder,
    at: [f32; 2],
}

impl Pen<'_> {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.at[0] + x, -self.at[1] - y)
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.place(cx, cy), self.place(x, y));
        self.path.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (ax, ay) = self.place(ax, ay);
        let (bx, by) = self.place(bx, by);
        let (x, y) = self.place(x, y);
        self.path.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_an_outline_and_a_width_in_proportion() {
        let (one, two) = (Text::new("conv1_2", 10.0), Text::new("conv1_2", 20.0));
        assert!(one.outline().is_some());
        assert!(one.width > 20.0 && (two.width / one.width - 2.0).abs() < 0.01);
        assert!(Text::new(" ", 10.0).outline().is_none());
    }

    #[test]
    fn figures_are_in_inter_and_what_that_lacks_is_in_another_font() {
        let usual = Face::usual().unwrap();
        for message in ["conv1_2", "α·L ≤ 10 %", "Größe, «Ж»", "1e−4 × 3"] {
            let text = Text::new(message, 10.0);
            assert!(
                text.runs
                    .iter()
                    .all(|r| Arc::ptr_eq(&r.face, &usual) && r.plain),
                "{message}"
            );
        }
        // In a bundled font, so that none of the system's is needed.
        let text = Text::new("face ἀ 1", 10.0);
        let said: Vec<&str> = text.runs.iter().map(|r| &*r.text).collect();
        assert_eq!(said, ["face ", "ἀ", " 1"]);
        assert!(!Arc::ptr_eq(&text.runs[1].face, &usual));
        let mut path = PathBuilder::new();
        text.runs[1].draw(10.0, &mut path);
        assert!(path.finish().is_some(), "no empty place");
    }

    #[test]
    fn a_character_without_a_font_stands_as_its_number() {
        // Not assigned, so no font has it.
        let text = Text::new("a\u{50005}\u{feff}b\nc", 10.0);
        let said: String = text.runs.iter().map(|r| &*r.text).collect();
        assert_eq!(said, "a[U+50005]\u{feff}b c");
        assert!(text.width > Text::new("abc", 10.0).width);
    }

    #[test]
    fn words_that_run_leftwards_stand_in_the_order_of_reading() {
        let seen = |text: &str| -> Vec<String> {
            let parts = visual_parts(text).into_iter();
            parts.map(|(range, _)| text[range].to_owned()).collect()
        };
        assert_eq!(seen("abc 12"), ["abc 12"]);
        assert_eq!(seen("set שלום 12 x"), ["set ", "12", "שלום ", " x"]);
        assert_eq!(seen("وجه"), ["وجه"]);
        // The first letter is seen last: its glyph is the right one.
        let usual = Face::usual().unwrap();
        let (glyphs, _) = shaped(&usual.font().unwrap(), "ab", (0.0, 10.0), true);
        assert_eq!(
            glyphs.iter().map(|g| &*g.says).collect::<Vec<_>>(),
            ["b", "a"]
        );
    }
}
