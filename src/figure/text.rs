//! Text as filled outlines, in the font that the window uses.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};
use tiny_skia::{Path, PathBuilder};

/// A line of text, laid out from left to right.
pub struct Text {
    /// The outline, its start at (0, 0) on the baseline; `None` for blanks.
    pub path: Option<Path>,
    /// In pixels.
    pub width: f32,
}

impl Text {
    /// Lays out `text` at a size in pixels. A letter that the font lacks is left out.
    pub fn new(text: &str, size: f32) -> Self {
        let Ok(font) = FontRef::from_index(epaint_default_fonts::UBUNTU_LIGHT, 0) else {
            return Self {
                path: None,
                width: 0.0,
            };
        };
        let size = Size::new(size);
        let metrics = font.glyph_metrics(size, LocationRef::default());
        let outlines = font.outline_glyphs();
        let letters = font.charmap();
        let mut pen = Pen {
            path: PathBuilder::new(),
            x: 0.0,
        };
        for letter in text.chars() {
            let Some(glyph) = letters.map(letter) else {
                continue;
            };
            if let Some(outline) = outlines.get(glyph) {
                let settings = DrawSettings::unhinted(size, LocationRef::default());
                if let Err(e) = outline.draw(settings, &mut pen) {
                    log::debug!("cannot draw {letter:?}: {e}");
                }
            }
            pen.x += metrics.advance_width(glyph).unwrap_or(0.0);
        }
        Self {
            width: pen.x,
            path: pen.path.finish(),
        }
    }
}

struct Pen {
    path: PathBuilder,
    x: f32,
}

/// Fonts count upwards, pictures downwards.
impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, -cy, self.x + x, -y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path
            .cubic_to(self.x + ax, -ay, self.x + bx, -by, self.x + x, -y);
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
        assert!(one.path.is_some());
        assert!(one.width > 20.0 && (two.width / one.width - 2.0).abs() < 0.01);
        assert!(Text::new(" ", 10.0).path.is_none());
    }
}
