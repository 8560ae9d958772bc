//! A figure as a list of what is on it: pictures, and marks over them. The window paints the same
//! marks that leave as pixels, SVG and PDF, so that all show the same; each file says where it came
//! from.

mod contents;
mod mark;
mod pdf;
mod pixels;
mod png;
mod svg;

use image::RgbImage;

use crate::figure::error::FigureError;
pub use contents::{Format, Page, Placed, Unit, points};
pub use mark::{Anchor, Ink, Mark, Rim};

pub(super) use contents::SOFTWARE;

/// Larger pages are refused, in millimetres a side: the largest photo has 30,000 pixels, and readers
/// of PDF take 14,400 points.
const MAX_SIDE_MM: f32 = 8000.0;
const MAX_PDF_SIDE_MM: f32 = 5080.0;
const MAX_SIDE_PX: f32 = 30_000.0;

impl Page {
    /// The page as a file; `dpi` is for pixels alone.
    ///
    /// # Errors
    /// If the page has no size or one that is too large.
    pub fn encode(&self, format: Format, dpi: f32) -> Result<Vec<u8>, FigureError> {
        let most = match format {
            Format::Pdf => MAX_PDF_SIDE_MM,
            Format::Png | Format::Svg => MAX_SIDE_MM,
        };
        let [w, h] = self.size_mm();
        if ![w, h].iter().all(|side| *side > 0.0 && *side <= most) {
            return Err(FigureError::Size([w, h]));
        }
        match format {
            Format::Svg => svg::write(self).map(String::into_bytes),
            Format::Pdf => pdf::write(self),
            Format::Png => {
                let image = self.to_image(dpi / self.unit.per_inch())?;
                png::encode(&image, dpi, &self.metadata)
            }
        }
    }

    /// The page with `scale` pixels to a unit.
    ///
    /// # Errors
    /// If it would have no pixels, or more than memory holds.
    pub fn to_image(&self, scale: f32) -> Result<RgbImage, FigureError> {
        self.check_pixels(scale)?;
        pixels::draw(self, scale).ok_or_else(|| self.not_drawable(scale))
    }

    /// As [`Page::to_image`] refuses it, for who draws pictures to go on the page.
    pub(super) fn check_pixels(&self, scale: f32) -> Result<(), FigureError> {
        let [w, h] = self.size.map(|v| v * scale);
        let sides = [w, h].iter().all(|v| *v > 0.0 && *v <= MAX_SIDE_PX);
        match sides && w.max(h) >= 1.0 {
            true => Ok(()),
            false => Err(self.not_drawable(scale)),
        }
    }

    fn not_drawable(&self, scale: f32) -> FigureError {
        FigureError::Pixels(self.size.map(|v| v * scale))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Something of everything, in points.
    pub(super) fn page() -> Page {
        let mut page = Page::new([72.0, 36.0], Unit::Point, [255; 3]);
        page.metadata("Network", "0123abcd");
        page.metadata("Title", "Größe <1> & \"(2)\"");
        let picture = RgbImage::from_fn(2, 1, |x, _| image::Rgb([200 * x as u8, 10, 20]));
        page.picture(picture, [0.0, 18.0], [18.0, 18.0], false);
        page.area([0.0, 0.0], [18.0, 18.0], [255, 0, 0]);
        page.line(&[[36.0, 0.0], [36.0, 36.0]], 2.0, [0, 0, 255]);
        page.disc([60.0, 10.0], 5.0, [0, 128, 0]);
        let ink = Ink::new([0; 3], 0.5);
        page.marks.extend([
            Mark::dashed([[25.0, 0.0], [25.0, 36.0]], 2.0, ink, [4.0, 4.0]),
            Mark::Text {
                text: "upwards".into(),
                at: [44.0, 34.0],
                size: 6.0,
                ink: [0; 3].into(),
                anchor: Anchor::Start,
                upwards: true,
            },
        ]);
        page.text("a (b) – ×", [58.0, 30.0], 6.0, [0; 3], Anchor::Middle);
        page
    }

    #[test]
    fn pixels_stand_where_the_marks_say_at_any_scale() {
        for scale in [2, 5] {
            let image = page().to_image(scale as f32).unwrap();
            assert_eq!(image.dimensions(), (72 * scale, 36 * scale));
            let at = |x: u32, y: u32| image.get_pixel(x * scale, y * scale).0;
            assert_eq!(at(5, 5), [255, 0, 0], "the area");
            assert_eq!(at(36, 25), [0, 0, 255], "the line");
            assert_eq!(at(60, 10), [0, 128, 0], "the disc");
            assert_eq!(at(2, 25), [0, 10, 20], "the picture's left pixel");
            assert_eq!(at(15, 25), [200, 10, 20], "its right one");
            assert_eq!(at(70, 2), [255; 3], "the background");
            assert!((126..=129).contains(&at(25, 2)[0]), "half of black, dashed");
            assert_eq!(at(25, 6), [255; 3], "between dashes");
            let dark = |xs: [u32; 2], ys: [u32; 2]| {
                let [xs, ys] = [xs, ys].map(|r| r[0] * scale..r[1] * scale);
                let pixels = ys.flat_map(|y| xs.clone().map(move |x| (x, y)));
                let dark = pixels.filter(|(x, y)| image.get_pixel(*x, *y).0[0] < 128);
                dark.count() as u32 > 5 * scale * scale
            };
            assert!(dark([46, 70], [24, 32]), "text");
            assert!(dark([41, 47], [10, 34]) && !dark([41, 47], [0, 10]));
        }
    }

    #[test]
    fn circles_are_round_when_enlarged() {
        let mut page = Page::new([4.0, 4.0], Unit::Pixel, [255; 3]);
        page.disc([2.0, 2.0], 1.5, [0; 3]);
        let image = page.to_image(64.0).unwrap();
        for (x, y) in (0..256).flat_map(|y| (0..256).map(move |x| (x, y))) {
            let radius = (x as f32 + 0.5 - 128.0).hypot(y as f32 + 0.5 - 128.0);
            let inside = image.get_pixel(x, y).0[0] < 128;
            assert!((radius - 96.0).abs() < 1.0 || inside == (radius < 96.0));
        }
    }

    #[test]
    fn a_format_is_known_by_its_name_and_sizes_are_refused() {
        assert_eq!(Format::of(Path::new("a/b.PDF")), Ok(Format::Pdf));
        let actual = Format::of(Path::new("b.jpg")).unwrap_err().to_string();
        assert!(actual.contains("b.jpg"));
        for dpi in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e9] {
            assert!(page().encode(Format::Png, dpi).is_err(), "{dpi}");
        }
        for size in [0.0, -1.0, f32::NAN, 1e9] {
            let page = Page::new([size, 10.0], Unit::Point, [0; 3]);
            assert!(page.to_image(1.0).is_err());
            for format in Format::ALL {
                assert!(page.encode(format, 72.0).is_err());
            }
        }
    }
}
