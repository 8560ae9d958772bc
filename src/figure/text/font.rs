//! The fonts that figures are written in: Inter, and where that lacks a character egui's own font,
//! then whatever the system has for it, as in the window.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use egui_system_font_provider::SystemFontProvider;
use epaint::text::{FallbackRequest, FontFamily, FontProvider};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider};

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A font's file and its place in it.
pub struct Face {
    /// Tells it from others.
    name: String,
    bytes: Bytes,
    index: u32,
    /// Whether a part of it may be in a file that leaves, and is of a kind that goes there.
    pub embeds: bool,
}

static INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");

/// The first that has a character is taken.
static BUNDLED: LazyLock<Vec<Arc<Face>>> = LazyLock::new(|| {
    let all = [
        ("Inter", INTER),
        ("Ubuntu Light", epaint_default_fonts::UBUNTU_LIGHT),
    ];
    let face = |(name, bytes): (&str, &'static [u8])| Face::new(name, Arc::new(bytes), 0);
    all.into_iter().filter_map(face).map(Arc::new).collect()
});

/// What the system was asked for.
#[derive(Default)]
struct System {
    provider: Option<SystemFontProvider>,
    by_name: HashMap<String, Arc<Face>>,
    by_character: HashMap<char, Option<Arc<Face>>>,
}

static SYSTEM: LazyLock<Mutex<System>> = LazyLock::new(Mutex::default);

impl Face {
    fn new(name: &str, bytes: Bytes, index: u32) -> Option<Self> {
        let font = FontRef::from_index((*bytes).as_ref(), index).ok()?;
        let embeds = may_be_embedded(&font);
        let name = name.to_owned();
        Some(Self {
            name,
            bytes,
            index,
            embeds,
        })
    }

    /// The one that figures are written in.
    pub fn usual() -> Option<Arc<Self>> {
        BUNDLED.first().cloned()
    }

    pub fn is_usual(&self) -> bool {
        std::ptr::eq(self.bytes(), INTER)
    }

    /// One that has `c`: the usual one, else the one in use, else another. `None` where no font
    /// here has it, which is logged once.
    pub fn with(c: char, in_use: Option<&Arc<Self>>) -> Option<Arc<Self>> {
        let (first, others) = BUNDLED.split_first()?;
        let near = [Some(first), in_use].into_iter().flatten().chain(others);
        let mut near = near.filter(|face| face.glyph(c).is_some());
        near.next().cloned().or_else(|| {
            let mut system = SYSTEM.lock().unwrap_or_else(PoisonError::into_inner);
            system.face_with(c)
        })
    }

    pub fn font(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(self.bytes(), self.index).ok()
    }

    pub fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    pub fn index(&self) -> u32 {
        self.index
    }

    /// The name for other programs, of letters, digits and hyphens.
    pub fn postscript_name(&self) -> String {
        let own = self.font().and_then(|font| {
            let mut names = font.localized_strings(skrifa::string::StringId::POSTSCRIPT_NAME);
            names.next().map(|name| name.to_string())
        });
        let name = own.unwrap_or_else(|| self.name.clone());
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        name.chars().filter(plain).collect()
    }

    pub fn glyph(&self, c: char) -> Option<GlyphId> {
        let glyph = self.font()?.charmap().map(c)?;
        (glyph != GlyphId::NOTDEF).then_some(glyph)
    }

    fn draws(&self, c: char) -> bool {
        let glyph = self.glyph(c);
        let font = self.font();
        glyph.zip(font).is_some_and(|(glyph, font)| {
            // A font of coloured pictures alone has none.
            font.outline_glyphs().get(glyph).is_some()
        })
    }
}

impl System {
    fn face_with(&mut self, c: char) -> Option<Arc<Face>> {
        if let Some(known) = self.by_character.get(&c) {
            return known.clone();
        }
        let mut letters = [0; 4];
        let request = FallbackRequest {
            cluster: c.encode_utf8(&mut letters),
            family: &FontFamily::Proportional,
        };
        let provider = self.provider.get_or_insert_with(SystemFontProvider::new);
        let face = provider.font_for(&request).and_then(|found| {
            if let Some(known) = self.by_name.get(&found.name) {
                return Some(known.clone());
            }
            let face = Face::new(&found.name, found.data.font, found.data.index)?;
            let face = Arc::new(face);
            self.by_name.insert(found.name, face.clone());
            Some(face)
        });
        let face = face.filter(|face| face.draws(c));
        if face.is_none() {
            let number = u32::from(c);
            log::warn!(
                "No font on this computer has {c:?}: figures show its number, U+{number:04X}"
            );
        }
        self.by_character.insert(c, face.clone());
        face
    }
}

/// As the font itself says (OS/2's fsType: 2 is "restricted licence", 0x100 "no subsetting", 0x200
/// "bitmaps only"), and only outlines that PDF knows.
fn may_be_embedded(font: &FontRef) -> bool {
    let outlines = font.glyf().is_ok() || font.cff().is_ok();
    let rights = font.os2().map_or(0, |os2| os2.fs_type());
    outlines && rights & 0x000f != 2 && rights & 0x0300 == 0
}
