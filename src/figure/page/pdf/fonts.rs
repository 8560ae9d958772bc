//! The fonts of a page, each cut down to the glyphs that are used, with what these stand for, so
//! that text can be searched and copied (ISO 32000-1, 9.7 and 9.10).

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::types::Tag;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::compress::compressed;
use crate::figure::error::FigureError;
use crate::figure::text::{Run, Subset};
use crate::hash::stable_hash;

/// What PDF measures glyphs in.
const EM: f32 = 1000.0;

/// Objects a font takes.
const OBJECTS: i32 = 5;

/// The codes are the glyphs' own numbers.
const IDENTITY: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

#[derive(Default)]
pub(super) struct Fonts {
    subsets: Vec<Subset>,
}

/// What a font is called among the page's resources.
pub(super) fn name(font: usize) -> String {
    format!("F{font}")
}

impl Fonts {
    /// The place of a run's font; `None` if that must not go into a file.
    pub fn place(&mut self, run: &Run) -> Option<usize> {
        Subset::place(&mut self.subsets, run)
    }

    pub fn code(&self, font: usize, glyph: GlyphId) -> u16 {
        self.subsets[font].number(glyph)
    }

    /// How far a glyph moves on, at a size of 1.
    pub fn advance(&self, font: usize, glyph: GlyphId) -> f32 {
        let Some(font) = self.subsets[font].face.font() else {
            return 0.0;
        };
        width(&font, glyph) / EM
    }

    /// The object of each font, the first of which is `first`, and the next that is free.
    pub fn objects(&self, first: Ref) -> (Vec<Ref>, Ref) {
        let at = |n: usize| Ref::new(first.get() + OBJECTS * n as i32);
        let fonts = (0..self.subsets.len()).map(at);
        (fonts.collect(), at(self.subsets.len()))
    }

    pub fn write(&self, pdf: &mut Pdf, first: Ref) -> Result<(), FigureError> {
        let (objects, _) = self.objects(first);
        for (subset, at) in self.subsets.iter().zip(objects) {
            write(subset, pdf, at)?;
        }
        Ok(())
    }
}

/// Rounded, as it stands in the file: places are reckoned from there.
fn width(font: &FontRef, glyph: GlyphId) -> f32 {
    let metrics = font.glyph_metrics(Size::new(EM), LocationRef::default());
    metrics.advance_width(glyph).unwrap_or(0.0).round()
}

fn write(subset: &Subset, pdf: &mut Pdf, at: Ref) -> Result<(), FigureError> {
    let damaged = || FigureError::DamagedFont(subset.face.postscript_name().to_owned());
    let [kind, descriptor, characters, file] = [1, 2, 3, 4].map(|n| Ref::new(at.get() + n));
    let font = subset.face.font().ok_or_else(damaged)?;
    let small = subset.font()?;
    let outlines = FontRef::new(&small)
        .ok()
        .and_then(|font| font.table_data(Tag::new(b"CFF ")));
    let called = format!("{}+{}", tag(&small), subset.face.postscript_name());
    let base = Name(called.as_bytes());
    // As the standard wants it of outlines in PostScript's form.
    let whole = match outlines {
        Some(_) => format!("{called}-Identity-H"),
        None => called.clone(),
    };
    pdf.type0_font(at)
        .base_font(Name(whole.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(kind)
        .to_unicode(characters);

    let mut cid = pdf.cid_font(kind);
    cid.subtype(match outlines {
        Some(_) => CidFontType::Type0,
        None => CidFontType::Type2,
    });
    cid.base_font(base)
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .default_width(0.0);
    if outlines.is_none() {
        cid.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let widths = subset.glyphs().map(|glyph| width(&font, glyph));
    cid.widths().consecutive(0, widths);
    cid.finish();

    let metrics = font.metrics(Size::new(EM), LocationRef::default());
    let bounds = metrics.bounds.unwrap_or_default();
    let bounds = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(f32::round);
    let mut about = pdf.font_descriptor(descriptor);
    about
        .name(base)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]))
        .italic_angle(metrics.italic_angle)
        .ascent(metrics.ascent.round())
        .descent(metrics.descent.round())
        .cap_height(metrics.cap_height.unwrap_or(metrics.ascent).round())
        // Readers only use it where they have no font.
        .stem_v(80.0);
    match outlines {
        Some(_) => about.font_file3(file),
        None => about.font_file2(file),
    };
    about.finish();

    let mut said = UnicodeCmap::new(Name(b"Characters"), IDENTITY);
    for (glyph, letters) in subset.says.iter().filter(|(_, l)| !l.is_empty()) {
        said.pair_with_multiple(*glyph, letters.chars());
    }
    let said = compressed(said.finish().as_slice());
    pdf.cmap(characters, &said)
        .name(Name(b"Characters"))
        .system_info(IDENTITY)
        .filter(Filter::FlateDecode);

    let data = compressed(outlines.map_or(&small[..], |table| table.as_bytes()));
    let mut stream = pdf.stream(file, &data);
    stream.filter(Filter::FlateDecode);
    if outlines.is_some() {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    }
    Ok(())
}

/// Six capital letters that tell one part of a font from another (9.6.4), from a hash of its bytes.
fn tag(font: &[u8]) -> String {
    let mut hash = stable_hash(font);
    let letters = (0..6).map(|_| {
        let letter = b'A' + (hash % 26) as u8;
        hash /= 26;
        char::from(letter)
    });
    letters.collect()
}
