//! A drawing of strokes, areas and text that does not know yet whether it becomes SVG or pixels.

use std::fmt::Write;

use image::RgbImage;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Rect, Stroke, StrokeDash,
    Transform,
};

use crate::figure::{Anchor, Colour, Text};
use crate::label::Point;

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Line {
        points: Vec<Point>,
        width: f32,
        colour: Colour,
        /// Lengths of dash and gap.
        dash: Option<[f32; 2]>,
    },
    Area {
        at: Point,
        size: Point,
        colour: Colour,
    },
    Text {
        text: String,
        at: Point,
        size: f32,
        colour: Colour,
        anchor: Anchor,
        /// Reads upwards.
        upwards: bool,
    },
}

/// White until drawn on. Lengths are in CSS pixels, 96 to the inch.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub width: f32,
    pub height: f32,
    shapes: Vec<Shape>,
}

impl Scene {
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            shapes: Vec::new(),
        }
    }

    pub fn line(&mut self, points: &[Point], width: f32, colour: Colour) {
        self.stroke(points, width, colour, None);
    }

    pub fn stroke(&mut self, points: &[Point], width: f32, colour: Colour, dash: Option<[f32; 2]>) {
        self.shapes.push(Shape::Line {
            points: points.to_vec(),
            width,
            colour,
            dash,
        });
    }

    pub fn area(&mut self, at: Point, size: Point, colour: Colour) {
        self.shapes.push(Shape::Area { at, size, colour });
    }

    /// `at` is on the baseline.
    pub fn text(&mut self, text: &str, at: Point, size: f32, colour: Colour, anchor: Anchor) {
        self.push_text(text, at, size, colour, anchor, false);
    }

    /// Text that reads upwards, its middle at `at`.
    pub fn text_upwards(&mut self, text: &str, at: Point, size: f32, colour: Colour) {
        self.push_text(text, at, size, colour, Anchor::Middle, true);
    }

    fn push_text(
        &mut self,
        text: &str,
        at: Point,
        size: f32,
        colour: Colour,
        anchor: Anchor,
        upwards: bool,
    ) {
        self.shapes.push(Shape::Text {
            text: text.to_owned(),
            at,
            size,
            colour,
            anchor,
            upwards,
        });
    }

    /// A standalone SVG file.
    pub fn svg(&self) -> String {
        let (w, h) = (self.width, self.height);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" \
             font-family=\"Ubuntu, 'Helvetica Neue', Helvetica, Arial, sans-serif\">\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"#fff\"/>\n"
        );
        for shape in &self.shapes {
            // Writing to a string cannot fail.
            let _ = shape.svg(&mut out);
        }
        out + "</svg>\n"
    }

    /// The drawing with `scale` pixels to a CSS pixel. `None` for a size that no memory holds.
    pub fn picture(&self, scale: f32) -> Option<RgbImage> {
        let size = |v: f32| (v * scale).ceil() as u32;
        let mut pixmap = Pixmap::new(size(self.width), size(self.height))?;
        pixmap.fill(Color::WHITE);
        for shape in &self.shapes {
            shape.draw(&mut pixmap, Transform::from_scale(scale, scale));
        }
        let pixels = pixmap.pixels().iter();
        let rgb = pixels.flat_map(|p| [p.red(), p.green(), p.blue()]);
        RgbImage::from_raw(pixmap.width(), pixmap.height(), rgb.collect())
    }
}

impl Shape {
    fn svg(&self, out: &mut String) -> std::fmt::Result {
        let hex = |c: &Colour| format!("#{:02x}{:02x}{:02x}", c[0], c[1], c[2]);
        match self {
            Self::Line {
                points,
                width,
                colour,
                dash,
            } => {
                out.push_str("<polyline points=\"");
                for p in points {
                    write!(out, "{:.2},{:.2} ", p[0], p[1])?;
                }
                write!(
                    out,
                    "\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" \
                     stroke-linejoin=\"round\"",
                    hex(colour)
                )?;
                if let Some([on, off]) = dash {
                    write!(out, " stroke-dasharray=\"{on} {off}\"")?;
                }
                out.push_str("/>\n");
            }
            Self::Area { at, size, colour } => writeln!(
                out,
                "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{}\"/>",
                at[0],
                at[1],
                size[0],
                size[1],
                hex(colour)
            )?,
            Self::Text {
                text,
                at,
                size,
                colour,
                anchor,
                upwards,
            } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                write!(
                    out,
                    "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size}\" fill=\"{}\" \
                     text-anchor=\"{anchor}\"",
                    at[0],
                    at[1],
                    hex(colour)
                )?;
                if *upwards {
                    write!(out, " transform=\"rotate(-90 {:.2} {:.2})\"", at[0], at[1])?;
                }
                writeln!(out, ">{}</text>", escaped(text))?;
            }
        }
        Ok(())
    }

    fn draw(&self, pixmap: &mut Pixmap, place: Transform) {
        match self {
            Self::Line {
                points,
                width,
                colour,
                dash,
            } => {
                let mut path = PathBuilder::new();
                for (i, p) in points.iter().enumerate() {
                    match i {
                        0 => path.move_to(p[0], p[1]),
                        _ => path.line_to(p[0], p[1]),
                    }
                }
                let stroke = Stroke {
                    width: *width,
                    line_cap: LineCap::Butt,
                    line_join: LineJoin::Round,
                    dash: dash.and_then(|d| StrokeDash::new(d.to_vec(), 0.0)),
                    ..Stroke::default()
                };
                if let Some(path) = path.finish() {
                    pixmap.stroke_path(&path, &paint(*colour), &stroke, place, None);
                }
            }
            Self::Area { at, size, colour } => {
                if let Some(rect) = Rect::from_xywh(at[0], at[1], size[0], size[1]) {
                    pixmap.fill_rect(rect, &paint(*colour), place, None);
                }
            }
            Self::Text {
                text,
                at,
                size,
                colour,
                anchor,
                upwards,
            } => {
                let line = Text::new(text, *size);
                let back = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => line.width / 2.0,
                    Anchor::End => line.width,
                };
                let turn = if *upwards { -90.0 } else { 0.0 };
                let place = place
                    .pre_translate(at[0], at[1])
                    .pre_concat(Transform::from_rotate(turn))
                    .pre_translate(-back, 0.0);
                if let Some(path) = &line.path {
                    let ink = paint(*colour);
                    pixmap.fill_path(path, &ink, FillRule::Winding, place, None);
                }
            }
        }
    }
}

fn paint(c: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(c[0], c[1], c[2], 255);
    paint.anti_alias = true;
    paint
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_scene_is_svg_and_pixels() {
        let mut scene = Scene::new(40.0, 20.0);
        scene.area([0.0, 0.0], [10.0, 20.0], [200, 0, 0]);
        scene.stroke(
            &[[20.0, 0.0], [20.0, 20.0]],
            2.0,
            [0, 0, 200],
            Some([4.0, 4.0]),
        );
        scene.text("a<b & c", [39.0, 15.0], 10.0, [0; 3], Anchor::End);
        scene.text_upwards("up", [15.0, 10.0], 10.0, [0; 3]);
        let svg = scene.svg();
        for part in [
            "fill=\"#c80000\"",
            "stroke-dasharray=\"4 4\"",
            "a&lt;b &amp; c",
            "rotate(-90 15.00 10.00)",
        ] {
            assert!(svg.contains(part), "{svg}");
        }
        let picture = scene.picture(2.0).unwrap();
        assert_eq!(picture.dimensions(), (80, 40));
        assert_eq!(picture.get_pixel(5, 20).0, [200, 0, 0]);
        assert_eq!(picture.get_pixel(40, 4).0, [0, 0, 200], "in a dash");
        assert_eq!(picture.get_pixel(40, 12).0, [255; 3], "in a gap");
    }
}
