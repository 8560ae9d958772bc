//! The cumulative error distribution as marks.

use crate::app::report::plot_data::{Curve, Series};
use crate::app::report::plots::colours::{CAPTION, EYES, LEGEND_LINE, PlotColours, SMALL};
use crate::figure::{Anchor, Ink, Mark, Rim, Text};
use crate::label::Point;
use crate::measure::ALPHA;

/// Errors up to twice α are drawn.
pub const LARGEST: f32 = 2.0 * ALPHA;

/// Where a cumulative error distribution is drawn.
#[derive(Clone, Copy)]
pub struct Axes {
    pub at: Point,
    pub size: [f32; 2],
}

impl Axes {
    /// Within a place of this size, with room for numbers and labels at the left and below.
    pub fn within(at: Point, size: [f32; 2]) -> Self {
        Self {
            at: [at[0] + 56.0, at[1] + 18.0],
            size: [size[0] - 72.0, size[1] - 58.0],
        }
    }

    pub fn place(&self, error: f32, share: f32) -> Point {
        let x = self.at[0] + self.size[0] * error / LARGEST;
        [x, self.at[1] + self.size[1] * (1.0 - share)]
    }

    /// The error at a place on the screen, if it is within the axes.
    pub fn error_at(&self, x: f32) -> Option<f32> {
        let share = (x - self.at[0]) / self.size[0];
        (0.0..=1.0).contains(&share).then_some(share * LARGEST)
    }
}

/// The curves with their axes and names.
pub fn ced_marks(out: &mut Vec<Mark>, axes: Axes, curves: &[Curve], colours: PlotColours) {
    let ink = Ink::from;
    let caption = |text, at, anchor| Mark::text(text, at, CAPTION, ink(colours.quiet), anchor);
    for tick in 0..=4 {
        let share = tick as f32 / 4.0;
        let ends = [axes.place(0.0, share), axes.place(LARGEST, share)];
        out.push(Mark::line(ends, 1.0, ink(colours.grid)));
        let at = [ends[0][0] - 7.0, ends[0][1]];
        let text = format!("{:.0}", 100.0 * share);
        out.push(caption(text, at, Anchor::End));
        let error = LARGEST * share;
        let at = axes.place(error, 0.0);
        let text = format!("{:.0}", 100.0 * error);
        let below = [at[0], at[1] + 12.0];
        out.push(caption(text, below, Anchor::Middle));
    }
    let middle = axes.place(LARGEST / 2.0, 0.0);
    let text = format!("NME of a face [% of L], L: {EYES}");
    let below = [middle[0], middle[1] + 29.0];
    out.push(caption(text, below, Anchor::Middle));
    out.push(Mark::Text {
        text: "faces with at most this NME [%]".into(),
        at: [axes.at[0] - 42.0, axes.place(0.0, 0.5)[1]],
        size: CAPTION,
        ink: ink(colours.quiet),
        anchor: Anchor::Middle,
        upwards: true,
    });
    let [x, y] = axes.place(ALPHA, 1.0);
    let text = format!("α·L = {ALPHA}·L");
    let above = [x, y - 9.0];
    out.push(caption(text, above, Anchor::Middle));
    let lines: Vec<Vec<Point>> = curves.iter().map(|c| steps(axes, c)).collect();
    let names: Vec<String> = curves.iter().map(legend).collect();
    let [right, bottom] = legend_corner(axes, &names, &lines);
    out.push(Mark::Line {
        points: beside_legend(axes, [right, bottom], &names).to_vec(),
        rim: Rim {
            width: 1.0,
            ink: ink(colours.quiet),
        },
        dash: Some([3.0, 4.0]),
    });
    // The first is the judged one, and stands over the others.
    for (n, (curve, line)) in curves.iter().zip(lines).enumerate().rev() {
        let tint = ink(colours.of(curve.series));
        let dash = (curve.series == Series::Trivial).then_some([6.0, 4.0]);
        out.push(Mark::Line {
            points: line,
            rim: Rim {
                width: 2.0,
                ink: tint,
            },
            dash,
        });
        let at = [right, bottom - LEGEND_LINE * n as f32];
        let text = names[n].clone();
        out.push(Mark::text(text, at, SMALL, tint, Anchor::End));
    }
}

fn legend(curve: &Curve) -> String {
    let mean = curve.mean();
    let mean = mean.map_or(String::new(), |m| format!("  NME {:.2} %", 100.0 * m));
    let auc = curve
        .auc
        .map_or(String::new(), |auc| format!(", AUC {auc:.2}"));
    format!("{}{mean}{auc}", curve.name)
}

/// The line at α, as far as it does not run through the legend.
fn beside_legend(axes: Axes, [right, bottom]: Point, names: &[String]) -> [Point; 2] {
    let widths = names.iter().map(|name| Text::new(name, SMALL).width);
    let left = right - widths.fold(0.0, f32::max);
    let [low, high] = [axes.place(ALPHA, 0.0), axes.place(ALPHA, 1.0)];
    if !(left - 4.0..right + 4.0).contains(&low[0]) {
        return [low, high];
    }
    let top = bottom - LEGEND_LINE * (names.len() as f32 - 0.5) - 2.0;
    match bottom > (low[1] + high[1]) / 2.0 {
        true => [[low[0], top], high],
        false => [low, [low[0], bottom + LEGEND_LINE / 2.0 + 2.0]],
    }
}

/// Where the legend ends at the right and its lowest line stands: in a corner, low and to the right
/// unless curves run there.
fn legend_corner(axes: Axes, names: &[String], lines: &[Vec<Point>]) -> Point {
    const EDGE: f32 = 10.0;
    let widths = names.iter().map(|name| Text::new(name, SMALL).width);
    let width = widths.fold(0.0, f32::max);
    let height = LEGEND_LINE * names.len() as f32;
    let [left, top] = axes.place(0.0, 1.0);
    let [right, bottom] = axes.place(LARGEST, 0.0);
    let ends = [right - EDGE, left + EDGE + width];
    let lows = [bottom - 14.0, top + EDGE + height - LEGEND_LINE / 2.0];
    let corners = lows.into_iter().flat_map(|y| ends.map(|x| [x, y]));
    let covered = |corner: &Point| {
        let inside = |p: &&Point| {
            (corner[0] - width - 4.0..corner[0] + 4.0).contains(&p[0])
                && (corner[1] - height..corner[1] + LEGEND_LINE / 2.0 + 2.0).contains(&p[1])
        };
        lines.iter().flatten().filter(inside).count()
    };
    corners.min_by_key(covered).unwrap_or_default()
}

fn steps(axes: Axes, curve: &Curve) -> Vec<Point> {
    let drawn = |e: f32| (0.0..=LARGEST).contains(&e);
    let of = curve.errors.len().max(1) as f32;
    let mut line = vec![axes.place(0.0, 0.0)];
    let mut reached = 0.0;
    // Steps nearer than this are one on any screen; a set may have 200,000.
    const NEAR: f32 = 0.25;
    let errors = curve.errors.iter().map(|e| e.0).enumerate();
    for (n, error) in errors.take_while(|(_, e)| drawn(*e)) {
        let foot = axes.place(error, reached);
        reached = (n + 1) as f32 / of;
        let top = axes.place(error, reached);
        let steps = line.len() > 1;
        match line.last_mut() {
            Some(last) if steps && foot[0] - last[0] < NEAR => last[1] = top[1],
            _ => line.extend([foot, top]),
        }
    }
    line.push(axes.place(LARGEST, reached));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_the_screen_is_the_error_drawn_there() {
        let axes = Axes::within([100.0, 50.0], [400.0, 300.0]);
        for error in [0.0, 0.05, ALPHA, LARGEST] {
            let [x, y] = axes.place(error, 0.5);
            assert!((axes.error_at(x).unwrap() - error).abs() < 1e-5);
            assert_eq!(y, axes.at[1] + axes.size[1] / 2.0);
        }
        assert_eq!(axes.error_at(100.0), None);
    }

    #[test]
    fn the_legend_stands_where_no_curve_runs() {
        let axes = Axes::within([0.0, 0.0], [672.0, 320.0]);
        let names = vec!["network  NME 3.00 %".to_owned(), "mean face".to_owned()];
        let [left, top] = axes.place(0.0, 1.0);
        let [right, bottom] = axes.place(LARGEST, 0.0);
        let curve = |to: Point| -> Vec<Point> {
            let at = |i: usize, d: usize| {
                let start = [left, bottom][d];
                start + (to[d] - start) * i as f32 / 200.0
            };
            (0..=200).map(|i| [at(i, 0), at(i, 1)]).collect()
        };
        // A good network's curve is high: the lower right corner is free.
        let high = vec![vec![[left, top], [right, top]]];
        let corner = legend_corner(axes, &names, &high);
        assert!(corner[0] > right - 20.0 && corner[1] > bottom - 20.0);
        // A bad one's is low.
        let low = vec![curve([right, bottom - 40.0])];
        let corner = legend_corner(axes, &names, &low);
        assert!(corner[1] < bottom - 100.0, "{corner:?}");
    }

    #[test]
    fn the_line_of_alpha_ends_before_the_legend() {
        let names = vec!["network  NME 3.00 %".to_owned(), "mean face".to_owned()];
        for (width, cut) in [(672.0, false), (260.0, true)] {
            let axes = Axes::within([0.0, 0.0], [width, 320.0]);
            let [right, bottom] = axes.place(LARGEST, 0.0);
            let corner = [right - 10.0, bottom - 14.0];
            let [low, high] = beside_legend(axes, corner, &names);
            assert_eq!(high, axes.place(ALPHA, 1.0), "{width}");
            assert_eq!(low[1] < corner[1] - LEGEND_LINE, cut, "{width}");
        }
    }

    #[test]
    fn curves_rise_upright() {
        let axes = Axes::within([0.0, 0.0], [672.0, 320.0]);
        let curve = Curve {
            series: Series::Network,
            name: "network".into(),
            errors: vec![(0.02, 0), (0.04, 1), (0.5, 2)],
            auc: None,
        };
        let line = steps(axes, &curve);
        assert!(
            line.windows(2)
                .all(|p| p[0][0] == p[1][0] || p[0][1] == p[1][1])
        );
        assert_eq!(line.last(), Some(&axes.place(LARGEST, 2.0 / 3.0)));
        let errors = (0..100_000).map(|i| (i as f32 * 1e-6, i)).collect();
        let many = steps(axes, &Curve { errors, ..curve });
        assert!(many.len() < 6000, "{}", many.len());
        assert!(
            many.windows(2)
                .all(|p| p[0][0] == p[1][0] || p[0][1] == p[1][1])
        );
    }
}
