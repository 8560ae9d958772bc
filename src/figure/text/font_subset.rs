//! The part of a font that a figure uses, to go into its file.

use std::collections::BTreeMap;
use std::sync::Arc;

use skrifa::raw::types::Tag;
use subsetter::GlyphRemapper;

use super::{Face, Run};
use crate::figure::error::FigureError;

/// The glyphs of one font that are used, numbered anew from 1 in the order of their first use.
pub struct Subset {
    pub face: Arc<Face>,
    glyphs: GlyphRemapper,
    /// What each glyph stands for, by its new number.
    pub says: BTreeMap<u16, String>,
    /// The glyph of each character that has one for itself.
    characters: BTreeMap<char, u16>,
}

impl Subset {
    pub fn new(face: Arc<Face>) -> Self {
        Self {
            face,
            glyphs: GlyphRemapper::new(),
            says: BTreeMap::new(),
            characters: BTreeMap::new(),
        }
    }

    /// The place of a run's subset among others, to which its glyphs are added; `None` if its font
    /// must not go into a file.
    pub fn place(all: &mut Vec<Self>, run: &Run) -> Option<usize> {
        if !run.face.embeds {
            return None;
        }
        let known = all.iter().position(|s| Arc::ptr_eq(&s.face, &run.face));
        let at = known.unwrap_or_else(|| {
            all.push(Self::new(run.face.clone()));
            all.len() - 1
        });
        all[at].add(run);
        Some(at)
    }

    fn add(&mut self, run: &Run) {
        for glyph in &run.glyphs {
            let number = self.glyphs.remap(glyph.id.to_u32() as u16);
            let says = self.says.entry(number).or_default();
            if says.is_empty() {
                says.clone_from(&glyph.says);
            }
            let mut letters = glyph.says.chars();
            if let (true, Some(c), None) = (run.plain, letters.next(), letters.next()) {
                self.characters.insert(c, number);
            }
        }
    }

    /// The new number of a glyph.
    pub fn number(&self, glyph: skrifa::GlyphId) -> u16 {
        self.glyphs.get(glyph.to_u32() as u16).unwrap_or(0)
    }

    /// The glyphs in the order of their new numbers, which begin at 0.
    pub fn glyphs(&self) -> impl Iterator<Item = skrifa::GlyphId> {
        self.glyphs.remapped_gids().map(skrifa::GlyphId::from)
    }

    /// The font of these glyphs for PDF, which has a table of characters of its own.
    ///
    /// # Errors
    /// If the font's file is damaged.
    pub fn font(&self) -> Result<Vec<u8>, FigureError> {
        let face = &self.face;
        subsetter::subset(face.bytes(), face.index(), &self.glyphs).map_err(|source| {
            FigureError::Font {
                font: face.postscript_name().to_owned(),
                source,
            }
        })
    }

    /// The font of these glyphs with the tables that browsers want besides.
    ///
    /// # Errors
    /// If the font's file is damaged.
    pub fn web_font(&self) -> Result<Vec<u8>, FigureError> {
        let small = self.font()?;
        let damaged = || FigureError::DamagedFont(self.face.postscript_name().to_owned());
        let font = skrifa::FontRef::new(&small).map_err(|_| damaged())?;
        let whole = self.face.font().ok_or_else(damaged)?;
        let mut tables: BTreeMap<Tag, Vec<u8>> = BTreeMap::new();
        for record in font.table_directory().table_records() {
            let data = font.table_data(record.tag()).ok_or_else(damaged)?;
            tables.insert(record.tag(), data.as_bytes().to_vec());
        }
        if let Some(os2) = whole.table_data(Tag::new(b"OS/2")) {
            tables.insert(Tag::new(b"OS/2"), os2.as_bytes().to_vec());
        }
        tables.insert(Tag::new(b"cmap"), self.character_table());
        let kind = small.get(..4).ok_or_else(damaged)?;
        Ok(font_file(kind, &tables))
    }

    /// `cmap` with one table for Unicode, of segments (format 12).
    fn character_table(&self) -> Vec<u8> {
        // Version 0, one table, of platform 3 (Windows) and encoding 10 (all of Unicode), 12 bytes
        // from here.
        let mut out: Vec<u8> = [0_u16, 1, 3, 10, 0, 12].map(u16::to_be_bytes).concat();
        let count = self.characters.len() as u32;
        out.extend([12_u16, 0].map(u16::to_be_bytes).concat());
        out.extend([16 + 12 * count, 0, count].map(u32::to_be_bytes).concat());
        for (c, glyph) in &self.characters {
            let c = u32::from(*c);
            out.extend([c, c, u32::from(*glyph)].map(u32::to_be_bytes).concat());
        }
        out
    }
}

/// A font's file of these tables, as the OpenType specification lays it out.
fn font_file(kind: &[u8], tables: &BTreeMap<Tag, Vec<u8>>) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.checked_ilog2().unwrap_or(0) as u16;
    let mut file = kind.to_vec();
    let range = 16 << power;
    file.extend(
        [count, range, power, 16 * count - range]
            .map(u16::to_be_bytes)
            .concat(),
    );
    let mut offset = 12 + 16 * tables.len();
    let mut head = None;
    for (tag, data) in tables {
        let mut data = data.clone();
        if *tag == Tag::new(b"head") && data.len() >= 12 {
            data[8..12].fill(0);
            head = Some(offset + 8);
        }
        file.extend(tag.to_be_bytes());
        let record = [checksum(&data), offset as u32, data.len() as u32];
        file.extend(record.map(u32::to_be_bytes).concat());
        offset += data.len().next_multiple_of(4);
    }
    for (tag, data) in tables {
        let start = file.len();
        file.extend(data);
        if *tag == Tag::new(b"head") && data.len() >= 12 {
            file[start + 8..start + 12].fill(0);
        }
        file.resize(file.len().next_multiple_of(4), 0);
    }
    if let Some(at) = head {
        let adjustment = 0xb1b0_afba_u32.wrapping_sub(checksum(&file));
        file[at..at + 4].copy_from_slice(&adjustment.to_be_bytes());
    }
    file
}

/// The sum of the words of four bytes, the last filled up with zeros.
fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0, |sum, part| {
        let mut word = [0; 4];
        word[..part.len()].copy_from_slice(part);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

#[cfg(test)]
mod tests {
    use skrifa::MetadataProvider;
    use skrifa::instance::{LocationRef, Size};

    use super::*;
    use crate::figure::Text;

    #[test]
    fn a_subset_has_the_letters_that_are_used_as_they_were() {
        let text = Text::new("αβ, conv1_2 ἀ", 12.0);
        let mut all = Vec::new();
        for run in &text.runs {
            Subset::place(&mut all, run).unwrap();
        }
        assert_eq!(all.len(), 2, "Inter and another");
        for (subset, word) in all.iter().zip(["αβ, conv12_", "ἀ"]) {
            let file = subset.web_font().unwrap();
            assert!(file.len() < subset.face.bytes().len() / 4, "{}", file.len());
            assert_eq!(
                checksum(&file),
                0xb1b0_afba,
                "as the whole file must add up"
            );
            let (small, whole) = (
                skrifa::FontRef::new(&file).unwrap(),
                subset.face.font().unwrap(),
            );
            for c in word.chars() {
                let advance = |font: &skrifa::FontRef| {
                    let glyph = font.charmap().map(c)?;
                    font.outline_glyphs().get(glyph)?;
                    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
                    metrics.advance_width(glyph)
                };
                assert!(advance(&small).is_some(), "{c}");
                assert_eq!(advance(&small), advance(&whole), "{c}");
            }
            assert_eq!(small.charmap().map('Q'), None);
            // What OpenType asks of every font of outlines.
            for tag in [
                b"OS/2", b"cmap", b"head", b"hhea", b"hmtx", b"maxp", b"name", b"post",
            ] {
                assert!(small.table_data(Tag::new(tag)).is_some(), "{tag:?}");
            }
        }
        assert_eq!(all[0].web_font(), all[0].web_font());
    }
}
