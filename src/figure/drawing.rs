//! A drawing that does not know yet where it will be seen: pictures, and marks over them. The
//! window paints the same marks that are written as SVG (lines stay lines, text stays text) or as
//! pixels, so that what leaves the program is what was seen.

mod pixels;
mod svg;

use std::sync::Arc;

use image::RgbImage;

use super::{Anchor, Colour};
use crate::label::Point;

/// A colour with its opacity, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    pub colour: Colour,
    pub opacity: f32,
}

impl Ink {
    pub fn new(colour: Colour, opacity: f32) -> Self {
        Self { colour, opacity }
    }

    /// The same, seen through `opacity`.
    pub fn faded(self, opacity: f32) -> Self {
        Self {
            opacity: self.opacity * opacity,
            ..self
        }
    }
}

impl From<Colour> for Ink {
    fn from(colour: Colour) -> Self {
        Self::new(colour, 1.0)
    }
}

/// The edge of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rim {
    pub width: f32,
    pub ink: Ink,
}

/// Places and sizes in the drawing's own units, which are pixels at a scale of 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Line {
        points: Vec<Point>,
        rim: Rim,
        /// Lengths of dash and gap.
        dash: Option<[f32; 2]>,
    },
    /// Convex and closed.
    Polygon {
        points: Vec<Point>,
        fill: Option<Ink>,
        rim: Option<Rim>,
    },
    Circle {
        centre: Point,
        radius: f32,
        fill: Option<Ink>,
        rim: Option<Rim>,
    },
    /// One line of text whose middle has the height of `at`.
    Text {
        words: String,
        at: Point,
        size: f32,
        ink: Ink,
        anchor: Anchor,
    },
}

impl Mark {
    pub fn line(points: impl Into<Vec<Point>>, width: f32, ink: Ink) -> Self {
        Self::Line {
            points: points.into(),
            rim: Rim { width, ink },
            dash: None,
        }
    }

    /// An upright rectangle.
    pub fn area(at: Point, size: Point, fill: Ink) -> Self {
        let [x, y] = at;
        let [w, h] = size;
        Self::Polygon {
            points: vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h]],
            fill: Some(fill),
            rim: None,
        }
    }

    pub fn text(words: impl Into<String>, at: Point, size: f32, ink: Ink, anchor: Anchor) -> Self {
        Self::Text {
            words: words.into(),
            at,
            size,
            ink,
            anchor,
        }
    }
}

/// A picture in its place.
#[derive(Clone, Debug)]
pub struct Placed {
    pub picture: Arc<RgbImage>,
    /// Of its upper left corner.
    pub at: Point,
    /// Units to a pixel.
    pub scale: f32,
    /// Smoothly enlarged, or with hard pixels.
    pub smooth: bool,
    pub opacity: f32,
}

#[derive(Clone, Debug)]
pub struct Drawing {
    /// Width and height.
    pub size: [f32; 2],
    pub background: Colour,
    pub pictures: Vec<Placed>,
    /// Over the pictures, the first below.
    pub marks: Vec<Mark>,
}

impl Drawing {
    pub fn new(size: [f32; 2], background: Colour) -> Self {
        Self {
            size,
            background,
            pictures: Vec::new(),
            marks: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing() -> Drawing {
        let picture = RgbImage::from_pixel(4, 4, image::Rgb([200, 0, 0]));
        Drawing {
            pictures: vec![Placed {
                picture: Arc::new(picture),
                at: [0.0, 0.0],
                scale: 2.0,
                smooth: false,
                opacity: 1.0,
            }],
            marks: vec![
                Mark::Circle {
                    centre: [12.0, 4.0],
                    radius: 3.0,
                    fill: Some([0, 255, 0].into()),
                    rim: None,
                },
                Mark::line([[0.0, 12.0], [16.0, 12.0]], 2.0, Ink::new([0; 3], 0.5)),
                Mark::text(
                    "α < 0.1 & more",
                    [8.0, 8.0],
                    4.0,
                    [9; 3].into(),
                    Anchor::Middle,
                ),
            ],
            ..Drawing::new([16.0, 16.0], [255; 3])
        }
    }

    #[test]
    fn pixels_are_where_the_marks_say_at_any_scale() {
        for scale in [1, 3] {
            let picture = drawing().picture(scale as f32).unwrap();
            assert_eq!(picture.dimensions(), (16 * scale, 16 * scale));
            let at = |x: u32, y: u32| picture.get_pixel(x * scale, y * scale).0;
            assert_eq!(at(3, 3), [200, 0, 0], "the picture");
            assert_eq!(at(12, 4), [0, 255, 0], "the disc");
            let line = at(2, 12)[0];
            assert!(
                (120..=135).contains(&line),
                "half of black on white: {line}"
            );
            assert_eq!(at(14, 15), [255; 3], "the background");
        }
        assert!(Drawing::new([0.0, 5.0], [0; 3]).picture(1.0).is_none());
    }

    #[test]
    fn svg_keeps_shapes_and_embeds_the_picture() {
        let svg = drawing().svg().unwrap();
        for part in [
            "viewBox=\"0 0 16 16\"",
            "data:image/png;base64,iVBOR",
            "<circle cx=\"12\" cy=\"4\" r=\"3\" fill=\"#00ff00\"",
            "stroke-opacity=\"0.5\"",
            "α &lt; 0.1 &amp; more",
        ] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
    }
}
