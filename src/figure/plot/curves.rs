//! Curves over two axes with a legend: cumulative error distributions.

use super::scene::Scene;
use super::{Axis, GRID, INK, LABEL, QUIET, SMALL, TITLE};
use crate::figure::Anchor;
use crate::figure::{Colour, Text};
use crate::label::Point;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Look {
    #[default]
    Strong,
    /// Beside what matters.
    Dashed,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub name: String,
    /// Value of the x axis and of the y axis.
    pub points: Vec<[f64; 2]>,
    pub colour: Colour,
    pub look: Look,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub x_range: [f64; 2],
    pub y_range: [f64; 2],
    /// A value of the x axis that stands out, and what it is.
    pub mark: Option<(f64, String)>,
    pub curves: Vec<Curve>,
}

const WIDTH: f32 = 620.0;
const HEIGHT: f32 = 440.0;
const LEFT: f32 = 66.0;
const RIGHT: f32 = 24.0;
const TOP: f32 = 56.0;
const BOTTOM: f32 = 56.0;
/// A line of the legend.
const LINE: f32 = 20.0;
/// Between the legend and the axes.
const MARGIN: f32 = 12.0;
/// Places for the legend along each axis, less one.
const PLACES: u8 = 6;

impl Curves {
    pub fn scene(&self) -> Scene {
        let mut scene = Scene::new(WIDTH, HEIGHT);
        let x = Axis {
            range: self.x_range,
            span: [LEFT, WIDTH - RIGHT],
        };
        let y = Axis {
            range: self.y_range,
            span: [HEIGHT - BOTTOM, TOP],
        };
        self.axes(&mut scene, &x, &y);
        if let Some((at, what)) = &self.mark {
            let at = x.at(*at);
            scene.stroke(
                &[[at, y.span[0]], [at, y.span[1]]],
                1.0,
                QUIET,
                Some([2.0, 3.0]),
            );
            let over = [at, y.span[1] - 6.0];
            scene.text(what, over, SMALL, QUIET, Anchor::Middle);
        }
        let lines: Vec<Vec<Point>> = self
            .curves
            .iter()
            .map(|c| c.points.iter().map(|p| [x.at(p[0]), y.at(p[1])]).collect())
            .collect();
        // The first is drawn last, on top.
        for (curve, line) in self.curves.iter().zip(&lines).rev() {
            let (width, dash) = curve.look.stroke();
            scene.stroke(line, width, curve.colour, dash);
        }
        self.legend(&mut scene, &x, &y, &lines);
        scene
    }

    fn axes(&self, scene: &mut Scene, x: &Axis, y: &Axis) {
        scene.text(&self.title, [LEFT, 26.0], TITLE, INK, Anchor::Start);
        for (value, text) in y.ticks(5) {
            let at = y.at(value);
            scene.line(&[[x.span[0], at], [x.span[1], at]], 1.0, GRID);
            scene.text(&text, [LEFT - 8.0, at + 4.5], SMALL, QUIET, Anchor::End);
        }
        for (value, text) in x.ticks(8) {
            let at = x.at(value);
            scene.line(&[[at, y.span[0]], [at, y.span[1]]], 1.0, GRID);
            scene.line(&[[at, y.span[0]], [at, y.span[0] + 5.0]], 1.0, INK);
            scene.text(&text, [at, y.span[0] + 19.0], SMALL, QUIET, Anchor::Middle);
        }
        let (left, right) = (x.span[0], x.span[1]);
        scene.line(
            &[[left, y.span[1]], [left, y.span[0]], [right, y.span[0]]],
            1.2,
            INK,
        );
        let middle = (left + right) / 2.0;
        scene.text(
            &self.x_label,
            [middle, HEIGHT - 14.0],
            LABEL,
            INK,
            Anchor::Middle,
        );
        let middle = (y.span[0] + y.span[1]) / 2.0;
        scene.text_upwards(&self.y_label, [20.0, middle], LABEL, INK);
    }

    /// Where it covers the least of the lines, low and to the right if it can.
    fn legend(&self, scene: &mut Scene, x: &Axis, y: &Axis, lines: &[Vec<Point>]) {
        let widest = self.curves.iter().map(|c| Text::new(&c.name, SMALL).width);
        // Other fonts than ours may be wider.
        let width = 1.12 * widest.fold(0.0, f32::max) + 52.0;
        let height = self.curves.len() as f32 * LINE + 10.0;
        let room = [
            x.span[1] - x.span[0] - width,
            y.span[0] - y.span[1] - height,
        ];
        let places = (0..=PLACES).flat_map(|back| (0..=PLACES).map(move |up| [back, up]));
        let corner = |place: [u8; 2]| {
            let [back, up] = place.map(|p| f32::from(p) / f32::from(PLACES));
            let inner = room.map(|r| (r - 2.0 * MARGIN).max(0.0));
            [
                x.span[1] - MARGIN - width - back * inner[0],
                y.span[0] - MARGIN - height - up * inner[1],
            ]
        };
        let covered = |place: &[u8; 2]| {
            let [left, top] = corner(*place);
            let inside = |p: &&Point| {
                (left - 4.0..left + width + 4.0).contains(&p[0])
                    && (top - 4.0..top + height + 4.0).contains(&p[1])
            };
            lines.iter().flatten().filter(inside).count()
        };
        let [left, top] = corner(places.min_by_key(covered).unwrap_or_default());
        scene.area([left - 1.0, top - 1.0], [width + 2.0, height + 2.0], GRID);
        scene.area([left, top], [width, height], [255; 3]);
        for (n, curve) in self.curves.iter().enumerate() {
            let at = top + 15.0 + n as f32 * LINE;
            let (stroke, dash) = curve.look.stroke();
            scene.stroke(
                &[[left + 10.0, at], [left + 36.0, at]],
                stroke,
                curve.colour,
                dash,
            );
            scene.text(
                &curve.name,
                [left + 44.0, at + 4.5],
                SMALL,
                INK,
                Anchor::Start,
            );
        }
    }
}

impl Look {
    fn stroke(self) -> (f32, Option<[f32; 2]>) {
        match self {
            Self::Strong => (2.2, None),
            Self::Dashed => (1.8, Some([6.0, 4.0])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_drawn_in_its_colour_where_it_belongs() {
        let colour = [200, 10, 20];
        let curves = Curves {
            title: "CED".into(),
            x_label: "error".into(),
            y_label: "faces".into(),
            x_range: [0.0, 0.2],
            y_range: [0.0, 100.0],
            mark: Some((0.1, "limit".into())),
            curves: vec![Curve {
                name: "network".into(),
                points: vec![[0.0, 50.0], [0.2, 50.0]],
                colour,
                look: Look::Strong,
            }],
        };
        let scene = curves.scene();
        let picture = scene.picture(1.0).unwrap();
        let middle = ((TOP + HEIGHT - BOTTOM) / 2.0) as u32;
        assert_eq!(picture.get_pixel(200, middle).0, colour);
        assert!(scene.svg().contains(">network</text>"));
    }
}
