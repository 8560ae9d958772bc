//! What is on a page: its size, pictures, marks over them, and what its file says of itself.

use std::path::Path;
use std::sync::Arc;

use image::RgbImage;

use super::mark::{Anchor, MIDDLE, Mark};
use crate::figure::error::FigureError;
use crate::figure::palette::Colour;
use crate::figure::text::Text;
use crate::label::Point;

/// What every file says that it was made by.
pub(in crate::figure) const SOFTWARE: &str = concat!("SMN Studio ", env!("CARGO_PKG_VERSION"));

const MM_PER_INCH: f32 = 25.4;

/// Points in a length in millimetres.
pub fn points(mm: f32) -> f32 {
    mm * Unit::Point.per_inch() / MM_PER_INCH
}

/// What a page's places and sizes are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// For print.
    Point,
    /// CSS's: a photo's or a screen's.
    Pixel,
}

impl Unit {
    pub fn per_inch(self) -> f32 {
        match self {
            Self::Point => 72.0,
            Self::Pixel => 96.0,
        }
    }
}

/// What a page is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Png,
    Svg,
    Pdf,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Png, Self::Svg, Self::Pdf];

    /// By the name of the file.
    pub fn of(path: &Path) -> Result<Self, FigureError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let mut all = Self::ALL.into_iter();
        all.find(|f| ending.eq_ignore_ascii_case(f.extension()))
            .ok_or_else(|| FigureError::Format(path.to_owned()))
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }
}

/// A picture in its place.
#[derive(Clone, Debug)]
pub struct Placed {
    pub picture: Arc<RgbImage>,
    /// Of its upper left corner.
    pub at: Point,
    pub size: [f32; 2],
    /// Smoothly enlarged, or with hard pixels.
    pub smooth: bool,
    /// 0 to 1.
    pub opacity: f32,
}

#[derive(Clone, Debug)]
pub struct Page {
    /// Width and height.
    pub size: [f32; 2],
    pub(super) unit: Unit,
    pub(super) background: Colour,
    pub pictures: Vec<Placed>,
    /// Over the pictures, the first below.
    pub marks: Vec<Mark>,
    /// What the file says of itself: names of letters, and values.
    pub(super) metadata: Vec<(String, String)>,
}

impl Page {
    pub fn new(size: [f32; 2], unit: Unit, background: Colour) -> Self {
        Self {
            size,
            unit,
            background,
            pictures: Vec::new(),
            marks: Vec::new(),
            metadata: vec![("Software".into(), SOFTWARE.into())],
        }
    }

    /// Notes in the file what the figure shows: `name` of letters and digits. A later value takes the
    /// place of an earlier one.
    pub fn metadata(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.metadata.retain(|(known, _)| known != name);
            self.metadata.push((name.to_owned(), value));
        }
    }

    pub fn picture(&mut self, picture: RgbImage, at: Point, size: [f32; 2], smooth: bool) {
        self.pictures.push(Placed {
            picture: Arc::new(picture),
            at,
            size,
            smooth,
            opacity: 1.0,
        });
    }

    pub fn area(&mut self, at: Point, size: [f32; 2], fill: Colour) {
        self.marks.push(Mark::area(at, size, fill.into()));
    }

    pub fn disc(&mut self, centre: Point, radius: f32, fill: Colour) {
        self.marks.push(Mark::disc(centre, radius, fill.into()));
    }

    /// Straight lines from point to point.
    pub fn line(&mut self, points: &[Point], width: f32, colour: Colour) {
        self.marks.push(Mark::line(points, width, colour.into()));
    }

    /// Text whose baseline `at` is on; [`Mark::text`] has its middle there.
    pub fn text(&mut self, message: &str, at: Point, size: f32, colour: Colour, anchor: Anchor) {
        if !message.is_empty() {
            let at = [at[0], at[1] - MIDDLE * size];
            let text = Mark::text(message, at, size, colour.into(), anchor);
            self.marks.push(text);
        }
    }

    /// Text from `at` on, smaller where it would be wider than `width`.
    pub fn text_within(
        &mut self,
        text: &str,
        at: Point,
        (size, colour): (f32, Colour),
        width: f32,
    ) {
        let size = size * (width / Text::new(text, size).width).min(1.0);
        self.text(text, at, size, colour, Anchor::Start);
    }

    /// Width and height.
    pub(super) fn size_mm(&self) -> [f32; 2] {
        let unit = MM_PER_INCH / self.unit.per_inch();
        self.size.map(|v| v * unit)
    }
}

/// As short as hundredths allow.
pub(super) fn number(v: f32) -> String {
    format!("{}", (f64::from(v) * 100.0).round() / 100.0)
}
