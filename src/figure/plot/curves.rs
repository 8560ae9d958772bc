//! Curves over two axes with a legend: cumulative error distributions.

use super::{Axis, GRID, INK, LABEL, QUIET, SMALL, TITLE, log_marks};
use crate::figure::page::{Anchor, Mark, Page, Rim, Unit};
use crate::figure::palette::{Colour, WHITE};
use crate::figure::round_ticks;
use crate::figure::text::{Text, text_lines};
use crate::humanize::thousands;
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
    /// Value of the x axis and of the y axis; one that is no number is a gap.
    pub points: Vec<[f64; 2]>,
    pub colour: Colour,
    pub look: Look,
    /// Whether each value has a dot.
    pub dots: bool,
    /// A value of the x axis that is ringed on the curve.
    pub ringed: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub x_range: [f64; 2],
    pub y_range: [f64; 2],
    /// Whether values of the y axis, which are above zero then, are drawn by their logarithm.
    pub logarithmic: bool,
    /// A value of the x axis that stands out, and what it is.
    pub mark: Option<(f64, String)>,
    /// Whether the x axis counts, so that only whole numbers stand at it.
    pub counts: bool,
    pub curves: Vec<Curve>,
    /// What stands below the plot.
    pub notes: Vec<String>,
    /// What the file says of itself besides its title, by name.
    pub metadata: Vec<(String, String)>,
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
    pub fn page(&self) -> Page {
        let mut page = Page::new([WIDTH, HEIGHT], Unit::Pixel, WHITE);
        page.metadata("Title", &self.title);
        for (name, value) in &self.metadata {
            page.metadata(name, value);
        }
        let x = Axis {
            range: self.x_range,
            span: [LEFT, WIDTH - RIGHT],
        };
        let y = Axis {
            range: self.y_range.map(|v| self.height(v)),
            span: [HEIGHT - BOTTOM, TOP],
        };
        self.axes(&mut page, &x, &y);
        if let Some((at, what)) = &self.mark {
            let at = x.at(*at);
            let line = [[at, y.span[0]], [at, y.span[1]]];
            let line = Mark::dashed(line, 1.0, QUIET.into(), [2.0, 3.0]);
            page.marks.push(line);
            let over = [at, y.span[1] - 6.0];
            page.text(what, over, SMALL, QUIET, Anchor::Middle);
        }
        let lines: Vec<Vec<Point>> = self
            .curves
            .iter()
            .map(|c| {
                let place = |p: &[f64; 2]| [x.at(p[0]), y.at(self.height(p[1]))];
                c.points.iter().map(place).collect()
            })
            .collect();
        // The first is drawn last, on top.
        for (curve, line) in self.curves.iter().zip(&lines).rev() {
            for piece in line.split(|p| p[1].is_nan()) {
                match piece {
                    [] => {}
                    // A line of one point is a dot.
                    [[x, y]] => page.marks.push(curve.line(&[[x - 1.1, *y], [x + 1.1, *y]])),
                    _ => page.marks.push(curve.line(piece)),
                }
            }
        }
        for (curve, line) in self.curves.iter().zip(&lines) {
            curve.marks(&mut page, line);
        }
        self.legend(&mut page, &x, &y, &lines);
        for note in &self.notes {
            for line in text_lines(note, SMALL, WIDTH - LEFT - RIGHT) {
                page.size[1] += LINE;
                let at = [LEFT, page.size[1] - 10.0];
                page.text(&line, at, SMALL, QUIET, Anchor::Start);
            }
        }
        page
    }

    /// How high a value stands, in the axis's own measure.
    fn height(&self, value: f64) -> f64 {
        match self.logarithmic {
            true if value.is_nan() => value,
            true => value.max(f64::MIN_POSITIVE).log10(),
            false => value,
        }
    }

    fn axes(&self, page: &mut Page, x: &Axis, y: &Axis) {
        page.text(&self.title, [LEFT, 26.0], TITLE, INK, Anchor::Start);
        let ticks = match self.logarithmic {
            true => {
                let marks = log_marks(y.range, 5);
                let values: Vec<f64> = marks.iter().map(|e| 10_f64.powf(*e)).collect();
                marks.into_iter().zip(round_ticks(&values)).collect()
            }
            false => y.ticks(5),
        };
        for (value, text) in ticks {
            let at = y.at(value);
            page.line(&[[x.span[0], at], [x.span[1], at]], 1.0, GRID);
            page.text(&text, [LEFT - 8.0, at + 4.5], SMALL, QUIET, Anchor::End);
        }
        for (value, text) in x.ticks(8) {
            let whole = (value - value.round()).abs() < 1e-6;
            let text = match (self.counts, whole) {
                (true, false) => continue,
                (true, true) => thousands(value.round() as usize),
                (false, _) => text,
            };
            let at = x.at(value);
            page.line(&[[at, y.span[0]], [at, y.span[1]]], 1.0, GRID);
            page.line(&[[at, y.span[0]], [at, y.span[0] + 5.0]], 1.0, INK);
            page.text(&text, [at, y.span[0] + 19.0], SMALL, QUIET, Anchor::Middle);
        }
        let (left, right) = (x.span[0], x.span[1]);
        page.line(
            &[[left, y.span[1]], [left, y.span[0]], [right, y.span[0]]],
            1.2,
            INK,
        );
        // Long ones are smaller.
        let fit = |message: &str, room: f32| {
            let width = Text::new(message, LABEL).width;
            LABEL * (room / width.max(1.0)).min(1.0)
        };
        let middle = (left + right) / 2.0;
        let size = fit(&self.x_label, right - left);
        let at = [middle, HEIGHT - 14.0];
        page.text(&self.x_label, at, size, INK, Anchor::Middle);
        let middle = (y.span[0] + y.span[1]) / 2.0;
        page.marks.push(Mark::Text {
            text: self.y_label.clone(),
            at: [15.0, middle],
            size: fit(&self.y_label, y.span[0] - y.span[1]),
            ink: INK.into(),
            anchor: Anchor::Middle,
            upwards: true,
        });
    }

    /// Where it covers no line, low and to the right if it can; below the plot where there is no such
    /// place.
    fn legend(&self, page: &mut Page, x: &Axis, y: &Axis, lines: &[Vec<Point>]) {
        let widest = self.curves.iter().map(|c| Text::new(&c.name, SMALL).width);
        let width = widest.fold(0.0, f32::max) + 52.0;
        let height = self.curves.len() as f32 * LINE + 10.0;
        let room = [
            x.span[1] - x.span[0] - width,
            y.span[0] - y.span[1] - height,
        ];
        let dense: Vec<Point> = lines.iter().flat_map(|line| dense(line)).collect();
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
            dense.iter().filter(inside).count()
        };
        let best = places.min_by_key(covered).unwrap_or_default();
        let [left, top] = match covered(&best) {
            0 => corner(best),
            _ => {
                page.size[1] += height + MARGIN;
                [LEFT, HEIGHT]
            }
        };
        page.area([left - 1.0, top - 1.0], [width + 2.0, height + 2.0], GRID);
        page.area([left, top], [width, height], WHITE);
        for (n, curve) in self.curves.iter().enumerate() {
            let at = top + 15.0 + n as f32 * LINE;
            let line = [[left + 10.0, at], [left + 36.0, at]];
            page.marks.push(curve.line(&line));
            page.text(
                &curve.name,
                [left + 44.0, at + 4.5],
                SMALL,
                INK,
                Anchor::Start,
            );
        }
    }
}

/// Points along a line, near enough to each other that nothing as large as a legend lies between two.
fn dense(line: &[Point]) -> Vec<Point> {
    const NEAR: f32 = 4.0;
    let mut all = line.to_vec();
    for ends in line.windows(2) {
        let [from, to] = [ends[0], ends[1]];
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        if !length.is_finite() {
            continue;
        }
        let steps = (length / NEAR).ceil() as usize;
        all.extend((1..steps).map(|n| {
            let part = n as f32 / steps as f32;
            [0, 1].map(|k| from[k] + part * (to[k] - from[k]))
        }));
    }
    all
}

impl Curve {
    /// The dots and the ring on its line.
    fn marks(&self, page: &mut Page, line: &[Point]) {
        let known = self
            .points
            .iter()
            .zip(line)
            .filter(|(_, at)| at[1].is_finite());
        for (point, at) in known {
            if self.dots {
                page.disc(*at, 2.6, self.colour);
            }
            if self.ringed == Some(point[0]) {
                page.marks.push(Mark::Circle {
                    centre: *at,
                    radius: 6.0,
                    fill: None,
                    rim: Some(Rim {
                        width: 1.6,
                        ink: self.colour.into(),
                    }),
                });
            }
        }
    }

    fn line(&self, points: &[Point]) -> Mark {
        let ink = self.colour.into();
        match self.look {
            Look::Strong => Mark::line(points, 2.2, ink),
            Look::Dashed => Mark::dashed(points, 1.8, ink, [6.0, 4.0]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Format;

    #[test]
    fn a_curve_is_drawn_in_its_colour_where_it_belongs() {
        let colour = [200, 10, 20];
        let curves = Curves {
            title: "CED".into(),
            x_label: "error".into(),
            y_label: "faces".into(),
            x_range: [0.0, 0.2],
            y_range: [0.0, 100.0],
            logarithmic: false,
            mark: Some((0.1, "limit".into())),
            counts: false,
            notes: Vec::new(),
            metadata: Vec::new(),
            curves: vec![Curve {
                name: "network".into(),
                points: vec![[0.0, 50.0], [0.2, 50.0]],
                colour,
                look: Look::Strong,
                dots: false,
                ringed: None,
            }],
        };
        let page = curves.page();
        let picture = page.to_image(1.0).unwrap();
        let middle = ((TOP + HEIGHT - BOTTOM) / 2.0) as u32;
        assert_eq!(picture.get_pixel(200, middle).0, colour);
        let svg = page.encode(Format::Svg, 96.0).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.contains(">network</text>") && svg.contains("<title>CED</title>"));
    }

    /// Steps of a short run, with `points` on each of so many curves.
    fn run(curves: &[&[[f64; 2]]]) -> Curves {
        let of = |(n, points): (usize, &&[[f64; 2]])| Curve {
            name: format!("curve {n} with a name of some length"),
            points: points.to_vec(),
            colour: [200, 10, 20],
            look: Look::Strong,
            dots: true,
            ringed: Some(1.0),
        };
        Curves {
            title: "NME".into(),
            x_label: "step".into(),
            y_label: "NME".into(),
            x_range: [0.0, 3.0],
            y_range: [0.0, 10.0],
            logarithmic: false,
            mark: None,
            counts: true,
            curves: curves.iter().enumerate().map(of).collect(),
            notes: vec!["validation: 10 faces of a set".into()],
            metadata: vec![("Data".into(), "a set".into())],
        }
    }

    #[test]
    fn steps_are_whole_and_what_was_kept_is_ringed() {
        let curves = run(&[&[[0.0, 5.0], [1.0, 4.0], [3.0, 3.0]]]);
        let page = curves.page();
        let svg = String::from_utf8(page.encode(Format::Svg, 96.0).unwrap()).unwrap();
        for text in [">1</text>", ">3</text>", "10 faces of a set", "Data"] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        assert!(
            !svg.contains(">0.5</text>") && !svg.contains(">1.0</text>"),
            "{svg}"
        );
        let circles = |filled: bool| {
            let all = page
                .marks
                .iter()
                .filter(|m| matches!(m, Mark::Circle { fill, .. } if fill.is_some() == filled));
            all.count()
        };
        assert_eq!([circles(true), circles(false)], [3, 1]);
    }

    #[test]
    fn a_legend_covers_no_line() {
        // Lines of few points run between them too.
        let low = [[0.0, 0.2], [3.0, 0.4]];
        let free = run(&[&low]).page();
        let crowded: Vec<Vec<[f64; 2]>> = (0..12)
            .map(|n| vec![[0.0, f64::from(n)], [3.0, f64::from(n)]])
            .collect();
        let crowded: Vec<&[[f64; 2]]> = crowded.iter().map(Vec::as_slice).collect();
        let full = run(&crowded).page();
        let lowest = |page: &Page| {
            let texts = page.marks.iter().filter_map(|m| match m {
                Mark::Text { text, at, .. } if text.starts_with("curve") => Some(at[1]),
                _ => None,
            });
            texts.fold(f32::MAX, f32::min)
        };
        let line = HEIGHT - BOTTOM - 0.03 * (HEIGHT - BOTTOM - TOP);
        assert!(lowest(&free) + 15.0 < line, "{}", lowest(&free));
        assert!(lowest(&full) > HEIGHT && full.size[1] > free.size[1] + 200.0);
    }
}
