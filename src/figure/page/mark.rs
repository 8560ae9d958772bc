//! What is drawn over pictures: lines, areas and text in their colours.

use tiny_skia::{Path, PathBuilder, Transform};

use crate::figure::palette::Colour;
use crate::figure::text::Text;
use crate::label::Point;

/// Letters' middle above the baseline, as a share of the text's size: half of Inter's capitals.
pub(super) const MIDDLE: f32 = 0.3636;

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

/// Where a text stands to its position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

impl Anchor {
    /// How much of a text of this width is before its position.
    pub(super) fn before(self, width: f32) -> f32 {
        match self {
            Self::Start => 0.0,
            Self::Middle => width / 2.0,
            Self::End => width,
        }
    }
}

/// Places and sizes in the page's unit. Corners are round, ends of lines too unless they are dashed.
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
    /// One line of text, `at` halfway up its letters.
    Text {
        text: String,
        at: Point,
        size: f32,
        ink: Ink,
        anchor: Anchor,
        /// Reads from below to above.
        upwards: bool,
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

    pub fn dashed(points: impl Into<Vec<Point>>, width: f32, ink: Ink, dash: [f32; 2]) -> Self {
        Self::Line {
            points: points.into(),
            rim: Rim { width, ink },
            dash: Some(dash),
        }
    }

    /// An upright rectangle.
    pub fn area(at: Point, size: [f32; 2], fill: Ink) -> Self {
        let [x, y] = at;
        let [w, h] = size;
        Self::Polygon {
            points: vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h]],
            fill: Some(fill),
            rim: None,
        }
    }

    pub fn disc(centre: Point, radius: f32, fill: Ink) -> Self {
        Self::Circle {
            centre,
            radius,
            fill: Some(fill),
            rim: None,
        }
    }

    pub fn text(text: impl Into<String>, at: Point, size: f32, ink: Ink, anchor: Anchor) -> Self {
        Self::Text {
            text: text.into(),
            at,
            size,
            ink,
            anchor,
            upwards: false,
        }
    }

    /// What is painted, with `scale` pixels to a unit; `None` if that is nothing.
    pub(super) fn shape(&self, scale: f32) -> Option<Shape> {
        let (path, fill, rim, dash) = match self {
            Self::Line { points, rim, dash } => {
                (straight(points, scale, false), None, Some(*rim), *dash)
            }
            Self::Polygon { points, fill, rim } => {
                (straight(points, scale, true), *fill, *rim, None)
            }
            Self::Circle {
                centre,
                radius,
                fill,
                rim,
            } => (circle(*centre, *radius, scale), *fill, *rim, None),
            Self::Text {
                text: message,
                at,
                size,
                ink,
                anchor,
                upwards,
            } => {
                let text = Text::new(message, size * scale);
                let [x, y] = baseline(*at, *size, *upwards).map(|v| v * scale);
                let turn = if *upwards { -90.0 } else { 0.0 };
                let place = Transform::from_translate(x, y)
                    .pre_concat(Transform::from_rotate(turn))
                    .pre_translate(-anchor.before(text.width), 0.0);
                let path = text.outline().and_then(|p| p.transform(place));
                (path, Some(*ink), None, None)
            }
        };
        Some(Shape {
            path: path?,
            fill,
            rim: rim.map(|r| Rim {
                width: r.width * scale,
                ..r
            }),
            dash: dash.map(|d| d.map(|v| v * scale)),
        })
    }
}

/// A mark as it is filled and then stroked, in pixels.
pub(super) struct Shape {
    pub path: Path,
    pub fill: Option<Ink>,
    pub rim: Option<Rim>,
    pub dash: Option<[f32; 2]>,
}

/// The place on the baseline of a text whose letters' middle is `at`.
pub(super) fn baseline([x, y]: Point, size: f32, upwards: bool) -> Point {
    let down = MIDDLE * size;
    if upwards {
        [x + down, y]
    } else {
        [x, y + down]
    }
}

fn straight(points: &[Point], scale: f32, closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, [x, y]) in points.iter().map(|p| p.map(|v| v * scale)).enumerate() {
        match i {
            0 => path.move_to(x, y),
            _ => path.line_to(x, y),
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// Four Bézier curves: tiny-skia's own circle is true to a quarter of a unit, too little for PDF.
fn circle(centre: Point, radius: f32, scale: f32) -> Option<Path> {
    // 4/3·(√2 − 1): the error is below 0.03 % of the radius.
    const K: f32 = 0.552_285;
    let at = |x: f32, y: f32| [0, 1].map(|i| (centre[i] + radius * [x, y][i]) * scale);
    let mut path = PathBuilder::new();
    let [x, y] = at(1.0, 0.0);
    path.move_to(x, y);
    // From each quarter's end, the next is a quarter turn on.
    for (c, s) in [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)] {
        let [a, b, end] =
            [[1.0, K], [K, 1.0], [0.0, 1.0]].map(|[x, y]| at(c * x - s * y, s * x + c * y));
        path.cubic_to(a[0], a[1], b[0], b[1], end[0], end[1]);
    }
    path.close();
    path.finish()
}
