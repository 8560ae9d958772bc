//! A figure as a list of what is on it, measured in points as in print. One description gives
//! pixels, SVG and PDF, so that all three show the same, and says in each file where it came from.

mod pdf;
mod png;
mod raster;
mod svg;

use std::path::Path;

use image::RgbImage;

use super::Colour;
use crate::label::Point;

pub const POINTS_PER_INCH: f32 = 72.0;
const MM_PER_INCH: f32 = 25.4;

/// Larger pages are refused: in millimetres a side, in dots a side.
const MAX_SIDE_MM: f32 = 2000.0;
const MAX_SIDE_PX: f32 = 30_000.0;

/// Points in a length in millimetres.
pub fn points(mm: f32) -> f32 {
    mm * POINTS_PER_INCH / MM_PER_INCH
}

/// Where a text stands to its position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// What is drawn; positions and sizes in points from the upper left corner.
#[derive(Clone, Debug)]
enum Item {
    Rectangle {
        at: Point,
        size: Point,
        fill: Colour,
    },
    Lines {
        points: Vec<Point>,
        width: f32,
        colour: Colour,
    },
    Disc {
        center: Point,
        radius: f32,
        fill: Colour,
    },
    Text {
        text: String,
        /// The baseline's start, middle or end.
        at: Point,
        size: f32,
        colour: Colour,
        anchor: Anchor,
    },
    Picture {
        picture: RgbImage,
        at: Point,
        size: Point,
        /// Whether its pixels are smoothed when enlarged.
        smooth: bool,
    },
}

/// A figure on white.
#[derive(Clone, Debug)]
pub struct Page {
    width: f32,
    height: f32,
    items: Vec<Item>,
    /// What the file says of itself: names of letters, and values.
    facts: Vec<(String, String)>,
}

/// What a page can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Svg,
    Pdf,
}

impl Format {
    /// By the name of the file.
    pub fn of(path: &Path) -> Result<Self, String> {
        let name = path.extension().unwrap_or_default().to_string_lossy();
        match name.to_ascii_lowercase().as_str() {
            "png" => Ok(Self::Png),
            "svg" => Ok(Self::Svg),
            "pdf" => Ok(Self::Pdf),
            _ => Err(format!(
                "{}: a figure is written as .png, .svg or .pdf",
                path.display()
            )),
        }
    }
}

impl Page {
    /// An empty page, in points.
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            items: Vec::new(),
            facts: vec![(
                "Software".into(),
                concat!("SMN Studio ", env!("CARGO_PKG_VERSION")).into(),
            )],
        }
    }

    pub fn width(&self) -> f32 {
        self.width
    }

    pub fn height(&self) -> f32 {
        self.height
    }

    /// Notes in the file what the figure shows: `name` of letters and digits.
    pub fn fact(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((name.to_owned(), value));
        }
    }

    pub fn rectangle(&mut self, at: Point, size: Point, fill: Colour) {
        self.items.push(Item::Rectangle { at, size, fill });
    }

    /// Straight lines from point to point.
    pub fn lines(&mut self, points: &[Point], width: f32, colour: Colour) {
        let points = points.to_vec();
        self.items.push(Item::Lines {
            points,
            width,
            colour,
        });
    }

    /// The outline of a rectangle.
    pub fn frame(&mut self, [x, y]: Point, [w, h]: Point, width: f32, colour: Colour) {
        let corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]];
        self.lines(&corners, width, colour);
    }

    pub fn disc(&mut self, center: Point, radius: f32, fill: Colour) {
        self.items.push(Item::Disc {
            center,
            radius,
            fill,
        });
    }

    pub fn text(&mut self, text: &str, at: Point, size: f32, colour: Colour) {
        self.text_at(text, at, size, colour, Anchor::Start);
    }

    pub fn text_at(&mut self, text: &str, at: Point, size: f32, colour: Colour, anchor: Anchor) {
        self.items.push(Item::Text {
            text: text.to_owned(),
            at,
            size,
            colour,
            anchor,
        });
    }

    pub fn picture(&mut self, picture: RgbImage, at: Point, size: Point, smooth: bool) {
        self.items.push(Item::Picture {
            picture,
            at,
            size,
            smooth,
        });
    }

    /// The page as a file; `dpi` is for pixels alone.
    ///
    /// # Errors
    /// If the page has no size or one that is too large.
    pub fn encode(&self, format: Format, dpi: f32) -> Result<Vec<u8>, String> {
        let drawable = |side: f32| side > 0.0 && side <= points(MAX_SIDE_MM);
        if !(drawable(self.width) && drawable(self.height)) {
            return Err(format!(
                "a figure of {:.0} × {:.0} mm",
                self.width * MM_PER_INCH / POINTS_PER_INCH,
                self.height * MM_PER_INCH / POINTS_PER_INCH
            ));
        }
        match format {
            Format::Svg => svg::write(self).map(String::into_bytes),
            Format::Pdf => pdf::write(self),
            Format::Png => png::encode(&self.to_image(dpi)?, dpi, &self.facts),
        }
    }

    /// The page as pixels.
    ///
    /// # Errors
    /// If it would have none, or more than memory holds.
    pub fn to_image(&self, dpi: f32) -> Result<RgbImage, String> {
        let scale = dpi / POINTS_PER_INCH;
        let long = self.width.max(self.height) * scale;
        let too_large = || format!("{dpi} dpi would make the figure {long:.0} pixels long");
        if !(1.0..=MAX_SIDE_PX).contains(&long) {
            return Err(too_large());
        }
        raster::draw(self, scale).ok_or_else(too_large)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn page() -> Page {
        let mut page = Page::new(72.0, 36.0);
        page.fact("Network", "0123abcd");
        page.fact("Title", "Größe <1> & \"(2)\"");
        page.rectangle([0.0, 0.0], [18.0, 18.0], [255, 0, 0]);
        page.lines(&[[36.0, 0.0], [36.0, 36.0]], 2.0, [0, 0, 255]);
        page.disc([60.0, 10.0], 5.0, [0, 128, 0]);
        let picture = RgbImage::from_fn(2, 1, |x, _| image::Rgb([200 * x as u8, 10, 20]));
        page.picture(picture, [0.0, 18.0], [18.0, 18.0], false);
        page.text_at("a (b) – ×", [54.0, 30.0], 6.0, [0; 3], Anchor::Middle);
        page
    }

    #[test]
    fn the_pixels_stand_where_the_points_say() {
        let image = page().to_image(144.0).unwrap();
        assert_eq!(image.dimensions(), (144, 72));
        assert_eq!(image.get_pixel(10, 10).0, [255, 0, 0]);
        assert_eq!(image.get_pixel(72, 50).0, [0, 0, 255]);
        assert_eq!(image.get_pixel(120, 20).0, [0, 128, 0]);
        assert_eq!(image.get_pixel(4, 50).0, [0, 10, 20]);
        assert_eq!(image.get_pixel(30, 50).0, [200, 10, 20]);
        assert_eq!(image.get_pixel(140, 4).0, [255; 3]);
        let dark = |x: u32| (40..64).any(|y| image.get_pixel(x, y).0[0] < 128);
        assert!((80..136).filter(|x| dark(*x)).count() > 10, "text is drawn");
    }

    #[test]
    fn a_format_is_known_by_its_name_and_sizes_are_refused() {
        assert_eq!(Format::of(Path::new("a/b.PDF")), Ok(Format::Pdf));
        assert!(
            Format::of(Path::new("b.jpg"))
                .unwrap_err()
                .contains("b.jpg")
        );
        let page = page();
        for dpi in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e9] {
            assert!(page.encode(Format::Png, dpi).is_err(), "{dpi}");
        }
        for size in [0.0, -1.0, f32::NAN, 1e9] {
            assert!(Page::new(size, 10.0).encode(Format::Svg, 1.0).is_err());
        }
    }
}
