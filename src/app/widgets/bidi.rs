//! Text of scripts that are written from right to left. egui shapes each word by itself, in its own
//! direction, and puts the words one after another from left to right: those of an Arabic or Hebrew
//! name come in reversed order. Here every text that is about to be drawn and holds such letters is
//! put into the order of the Unicode Bidirectional Algorithm, whoever made it; names for screen
//! readers, files and searches stay as they were written.
//!
//! The window's own direction is from left to right, so that an ending stays at the right of its
//! name. The cursor in a text field and a selection within a label still stand where egui would
//! have put the letters, and so do letters of a word that is too long for its line.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use eframe::egui::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat, TextWrapping};
use eframe::egui::{self, FullOutput, Galley, Shape};
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

/// Texts that are remembered as drawn.
const REMEMBERED: usize = 4096;

/// Puts the window's texts in order, between drawing and the screen.
#[derive(Default)]
pub struct RightToLeft {
    drawn: HashSet<u64>,
}

impl egui::Plugin for RightToLeft {
    fn debug_name(&self) -> &'static str {
        "right to left"
    }

    fn output_hook(&mut self, ctx: &egui::Context, output: &mut FullOutput) {
        for clipped in &mut output.shapes {
            self.put_in_order(ctx, &mut clipped.shape);
        }
    }
}

impl RightToLeft {
    fn put_in_order(&mut self, ctx: &egui::Context, shape: &mut Shape) {
        match shape {
            Shape::Vec(shapes) => {
                for shape in shapes {
                    self.put_in_order(ctx, shape);
                }
            }
            Shape::Text(text) if is_right_to_left(&text.galley.job.text) => {
                let Some(job) = reordered(&text.galley) else {
                    return;
                };
                let mut hasher = DefaultHasher::new();
                job.hash(&mut hasher);
                if self.drawn.len() >= REMEMBERED {
                    self.drawn.clear();
                }
                // Letters that are drawn for the first time reach the screen with the next frame.
                if self.drawn.insert(hasher.finish()) {
                    ctx.request_repaint();
                }
                text.galley = ctx.fonts_mut(|fonts| fonts.layout_job(job));
            }
            _ => {}
        }
    }
}

/// Whether some of the text is written from right to left.
fn is_right_to_left(text: &str) -> bool {
    let strong = |c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL);
    !text.is_ascii() && text.chars().any(strong)
}

/// The same text, each of its rows in the order in which it is seen. `None` where it cannot be told
/// which part of the text stands in which row.
fn reordered(galley: &Galley) -> Option<LayoutJob> {
    let old = &galley.job;
    let mut job = LayoutJob {
        text: String::new(),
        sections: Vec::new(),
        wrap: TextWrapping::no_max_width(),
        justify: false,
        ..(**old).clone()
    };
    let format = |at: usize| {
        let mut sections = old.sections.iter();
        let section = sections.find(|s| s.byte_range.start.0 <= at && at < s.byte_range.end.0);
        section.or(old.sections.last()).map(|s| s.format.clone())
    };
    let boundaries = || old.sections.iter().map(|s| s.byte_range.end.0);
    let mut space = old.sections.first()?.leading_space;
    let rows = rows(galley)?;
    for (n, row) in rows.iter().enumerate() {
        if n > 0 {
            append(&mut job, "\n", 0.0, format(row.start)?);
        }
        for piece in visual(old.text.get(row.clone())?) {
            // Where the look changes within a piece, it is cut.
            let (mut rest, mut at) = (piece.text.as_str(), row.start + piece.at);
            while !rest.is_empty() {
                let end = boundaries().find(|end| *end > at).unwrap_or(usize::MAX);
                let cut = if piece.is_as_written {
                    end - at
                } else {
                    rest.len()
                };
                let (now, later) = rest.split_at_checked(cut).unwrap_or((rest, ""));
                append(&mut job, now, std::mem::take(&mut space), format(at)?);
                (rest, at) = (later, at + now.len());
            }
        }
    }
    if galley.elided
        && let (Some(sign), Some(last)) = (old.wrap.overflow_character, rows.last())
    {
        append(&mut job, &sign.to_string(), 0.0, format(last.end)?);
    }
    Some(job)
}

/// Adds a section of its own, which is shaped by itself: egui would join it to one that looks the
/// same, and turn the digits of an Arabic number like letters.
fn append(job: &mut LayoutJob, text: &str, leading_space: f32, format: TextFormat) {
    let start = job.text.len();
    job.text += text;
    job.sections.push(LayoutSection {
        leading_space,
        byte_range: ByteIndex(start)..ByteIndex(job.text.len()),
        format,
    });
}

/// Which part of the text stands in each row. Rows do not say so, letters that are written as one
/// have one glyph, and after a word from right to left egui puts glyphs without width that stand
/// for its letters once more: a row is known by its spaces.
fn rows(galley: &Galley) -> Option<Vec<Range<usize>>> {
    let text = galley.job.text.as_str();
    let spaces = |row: &egui::epaint::text::PlacedRow| {
        let glyphs = row.glyphs.iter();
        let spaces = glyphs.filter(|g| g.chr == ' ' && g.advance_width > 0.0);
        spaces.count()
    };
    let mut start = 0;
    let mut found = Vec::new();
    let (last, before) = galley.rows.split_last()?;
    for row in before {
        let rest = text.get(start..)?;
        let (length, newline) = match row.ends_with_newline {
            true => (rest.find('\n')?, 1),
            false => {
                let mut all = rest.match_indices(' ');
                let end = all.nth(spaces(row).checked_sub(1)?)?.0 + 1;
                let last = row.glyphs.iter().rfind(|g| g.advance_width > 0.0)?;
                (last.chr == ' ').then_some((end, 0))?
            }
        };
        found.push(start..start + length);
        start += length + newline;
    }
    let rest = text.get(start..)?;
    let length = match galley.elided {
        true => {
            let wide = last.glyphs.iter().filter(|g| g.advance_width > 0.0);
            let sign = usize::from(galley.job.wrap.overflow_character.is_some());
            let kept = wide.count().saturating_sub(sign);
            let letters = rest.char_indices().filter(|(_, c)| !is_mark(*c));
            letters.map(|(at, _)| at).nth(kept).unwrap_or(rest.len())
        }
        false if rest.matches(' ').count() == spaces(last) => rest.len(),
        false => return None,
    };
    found.push(start..start + length);
    Some(found)
}

/// A part of a line that is shaped by itself.
#[derive(Debug, PartialEq)]
struct Piece {
    text: String,
    /// Where it stands in the line as it was written, in bytes.
    at: usize,
    /// Whether it reads from left to right, letter by letter as it was written.
    is_as_written: bool,
}

/// The pieces of a line from left to right. A word of a right-to-left script is one piece in the
/// order in which it was written: shaping turns it.
fn visual(line: &str) -> Vec<Piece> {
    let info = BidiInfo::new(line, Some(Level::ltr()));
    let [paragraph] = &info.paragraphs[..] else {
        let whole = Piece {
            text: line.to_owned(),
            at: 0,
            is_as_written: true,
        };
        return vec![whole];
    };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let mut pieces = Vec::new();
    for run in runs {
        let is_turned = levels.get(run.start).is_some_and(Level::is_rtl);
        let mut own = split(&line[run.clone()], run.start, is_turned);
        if is_turned {
            own.reverse();
        }
        pieces.extend(own);
    }
    pieces
}

/// The pieces of a run in the order in which they were written.
fn split(run: &str, start: usize, is_turned: bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut joins = false; // whether the next letter may belong to the last piece
    for (at, c) in run.char_indices() {
        let class = bidi_class(c);
        let is_mark = is_mark(c);
        let is_letter = match is_turned {
            true => matches!(class, BidiClass::R | BidiClass::AL),
            // Digits of these scripts read from left to right, and would be turned as a word.
            false => class != BidiClass::AN && !('\u{6f0}'..='\u{6f9}').contains(&c),
        };
        match pieces.last_mut() {
            Some(last) if is_mark || (joins && is_letter) => last.text.push(c),
            _ => pieces.push(Piece {
                text: if is_turned { mirrored(c) } else { c }.to_string(),
                at: start + at,
                is_as_written: !is_turned,
            }),
        }
        joins = is_letter || (is_mark && joins);
    }
    pieces
}

/// Whether it takes no room of its own but belongs to the letter before.
fn is_mark(c: char) -> bool {
    matches!(bidi_class(c), BidiClass::NSM | BidiClass::BN)
}

/// Brackets open in the direction in which is read.
fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 6] = [
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('<', '>'),
        ('«', '»'),
        ('‹', '›'),
    ];
    let mut pairs = PAIRS.into_iter();
    let pair = pairs.find_map(|(a, b)| match c {
        _ if c == a => Some(b),
        _ if c == b => Some(a),
        _ => None,
    });
    pair.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line as it is seen, from left to right.
    fn seen(line: &str) -> String {
        let pieces = visual(line).into_iter();
        let seen = pieces.map(|piece| {
            let is_word = !piece.is_as_written;
            match is_word {
                true => piece.text.chars().rev().collect(),
                false => piece.text,
            }
        });
        seen.collect()
    }

    #[test]
    fn words_from_right_to_left_come_in_their_order() {
        // Capitals of the comments are right-to-left letters, as they are written.
        for (written, expected) in [
            ("plain words 12.png", "plain words 12.png"),
            // ABC DEF → FED CBA
            ("אבג דהו", "והד גבא"),
            ("مرحبا بالعالم", "ملاعلاب ابحرم"),
            ("אבג דהו.png", "והד גבא.png"),
            ("one אבג דהו two", "one והד גבא two"),
            // A number within stays readable, and stands where a reader expects it.
            ("אבג 12 דהו", "והד 12 גבא"),
            ("صورة ١٢ ب", "ب ١٢ ةروص"),
            ("عکس ۱۲", "۱۲ سکع"),
            ("אב (גד) הו", "וה (דג) בא"),
            ("אב_גד-הו", "וה-דג_בא"),
            ("", ""),
        ] {
            assert_eq!(seen(written), expected, "{written}");
        }
        let marks = "שָׁלוֹם עולם";
        let pieces = visual(marks);
        assert_eq!(pieces[2].text, "שָׁלוֹם", "marks stay with their letters");
        assert_eq!(pieces[2].at, 0);
        let joined = visual("می\u{200c}خواهم");
        assert_eq!(joined.len(), 1, "a joiner belongs to its word");
    }

    /// The texts that reach the screen.
    fn drawn(width: f32, ui: impl Fn(&mut egui::Ui)) -> Vec<String> {
        fn texts(shape: &Shape, all: &mut Vec<String>) {
            match shape {
                Shape::Vec(shapes) => shapes.iter().for_each(|s| texts(s, all)),
                Shape::Text(text) => all.push(text.galley.job.text.clone()),
                _ => {}
            }
        }
        let ctx = egui::Context::default();
        crate::app::widgets::fonts::install(&ctx);
        let mut all = Vec::new();
        for _ in 0..3 {
            let input = egui::RawInput {
                screen_rect: Some(egui::Rect::from_min_size(
                    egui::Pos2::ZERO,
                    egui::vec2(width, 400.0),
                )),
                ..egui::RawInput::default()
            };
            let output = ctx.run_ui(input, |root| ui(root));
            all.clear();
            for clipped in &output.shapes {
                texts(&clipped.shape, &mut all);
            }
        }
        all
    }

    #[test]
    fn every_text_of_the_window_is_put_in_order() {
        let drawn = drawn(900.0, |ui| {
            ui.label("אבג דהו.png");
            ui.horizontal(|ui| ui.button("plain"));
            let mut job = LayoutJob::default();
            let format = |size| {
                egui::TextFormat::simple(egui::FontId::proportional(size), egui::Color32::WHITE)
            };
            job.append("NME of ", 3.0, format(12.0));
            job.append("אבג דהו", 0.0, format(15.0));
            ui.label(job);
        });
        assert!(drawn.contains(&"דהו אבג.png".to_owned()), "{drawn:?}");
        assert!(drawn.contains(&"plain".to_owned()), "{drawn:?}");
        assert!(drawn.contains(&"NME of דהו אבג".to_owned()), "{drawn:?}");
    }

    #[test]
    fn digits_are_shaped_one_by_one_and_never_turned() {
        let ctx = egui::Context::default();
        crate::app::widgets::fonts::install(&ctx);
        ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        let mut job = None;
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            let font = egui::FontId::proportional(13.0);
            let text = "صورة ١٢".to_owned();
            let tint = egui::Color32::WHITE;
            job = reordered(&ui.painter().layout_no_wrap(text, font, tint));
        });
        let job = job.unwrap();
        let parts: Vec<&str> = job
            .sections
            .iter()
            .map(|s| &job.text[s.byte_range.start.0..s.byte_range.end.0])
            .collect();
        assert_eq!(parts, ["١", "٢", " ", "صورة"]);
    }

    #[test]
    fn wrapped_and_shortened_lines_are_each_in_order() {
        let wrapped = drawn(130.0, |ui| {
            ui.label("one two אבג דהו זחט יכל three");
        });
        let rows: Vec<&str> = wrapped[0].split('\n').collect();
        assert!(rows.len() > 1, "{wrapped:?}");
        let first = rows.iter().position(|r| r.contains("אבג"));
        let last = rows.iter().position(|r| r.contains("יכל"));
        assert!(first <= last, "rows stay where they are: {rows:?}");
        let letters = |text: &str| {
            let mut all: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
            all.sort_unstable();
            all
        };
        let whole = "one two אבג דהו זחט יכל three";
        assert_eq!(letters(&wrapped[0]), letters(whole), "nothing is lost");

        let cut = drawn(60.0, |ui| {
            ui.add(egui::Label::new("אבג דהו זחט יכל").truncate());
        });
        assert!(cut[0].ends_with('…') && !cut[0].contains("יכל"), "{cut:?}");
        assert!(cut[0].contains("אבג"), "the beginning is kept: {cut:?}");
    }
}
