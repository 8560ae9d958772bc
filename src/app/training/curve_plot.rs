//! A plot of curves over the steps of a stage.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use eframe::egui::{self, Color32, Rangef, Role, Ui, WidgetInfo, vec2};
use egui_plot::{AxisHints, GridInput, GridMark, Line, Plot, PlotPoints, Points, VLine};

use crate::app::widgets::buttons::caption;
use crate::app::widgets::theme;
use crate::figure::plot::{log_marks, marks};
use crate::figure::{self, round_ticks, tick, ticks};
use crate::humanize::thousands;
use crate::train::Series;

const HEIGHT: f32 = 210.0;
/// Points that are marked one by one.
const FEW: usize = 40;
/// Marks of an axis.
const WANTED: usize = 5;

/// Curves that are not drawn, by the plot's title and their name.
pub type Hidden = BTreeSet<(String, String)>;

pub struct CurvePlot {
    pub title: String,
    pub curves: Vec<Curve>,
    /// Whether values stand on a logarithmic scale.
    pub logarithmic: bool,
    /// The last step of the axis.
    pub end: f64,
    /// What the values are.
    pub unit: &'static str,
}

impl CurvePlot {
    pub fn has_points(&self) -> bool {
        self.curves.iter().any(|c| !c.points.is_empty())
    }

    /// The title, and the names of the curves.
    pub fn head_ui(&self, ui: &mut Ui, hidden: &mut Hidden) {
        ui.add_space(6.0);
        caption(ui, &self.title);
        if !self.curves.is_empty() {
            legend_ui(ui, &self.title, &self.curves, hidden);
        }
    }

    pub fn ui(&self, ui: &mut Ui, hidden: &Hidden) {
        let logarithmic = self.logarithmic;
        // egui_plot has linear axes only: exponents are drawn and written as what they stand for.
        let height = move |y: f64| if logarithmic { y.max(1e-12).log10() } else { y };
        let empty = !self.has_points();
        let number = move |mark: GridMark, range: &RangeInclusive<f64>| match empty {
            true => String::new(),
            false => number_at(mark.value, [*range.start(), *range.end()], logarithmic),
        };
        let p = theme::palette(ui.ctx());
        let x_label = match self.has_points() {
            true => "step",
            false => "step (none has been logged yet)",
        };
        // The marks are few already: all of them have their numbers.
        let x_axis = AxisHints::new_x()
            .label(x_label)
            .formatter(|mark: GridMark, _| thousands(mark.value.max(0.0) as usize))
            .label_spacing(Rangef::new(8.0, 16.0));
        let y_axis = AxisHints::new_y()
            .min_thickness(52.0)
            .formatter(number)
            .label_spacing(Rangef::new(8.0, 16.0));
        let mut plot = Plot::new(&self.title)
            .grid_color(p.quiet.gamma_multiply(0.5))
            .height(HEIGHT)
            .show_background(false)
            .allow_scroll(false)
            .custom_x_axes(vec![x_axis])
            .custom_y_axes(vec![y_axis])
            .x_grid_spacer(step_marks)
            .y_grid_spacer(move |input| spaced(input, logarithmic))
            .set_margin_fraction(vec2(0.02, 0.05))
            .include_x(0.0)
            .include_x(self.end)
            // What is under the pointer is said below, of all curves at once.
            .show_x(false)
            .show_y(false);
        for y in span(&self.curves, height, logarithmic)
            .into_iter()
            .flatten()
        {
            plot = plot.include_y(y);
        }
        let shown = self
            .curves
            .iter()
            .filter(|c| !hidden.contains(&(self.title.clone(), c.name.clone())));
        let small = theme::font(theme::CAPTION);
        let drawn = ui.scope(|ui| {
            ui.style_mut()
                .text_styles
                .insert(egui::TextStyle::Body, small);
            ui.visuals_mut().override_text_color = Some(p.quiet);
            plot.show(ui, |plot| {
                for curve in shown.clone() {
                    let points = curve.points.iter().map(|[x, y]| [*x, height(*y)]);
                    let points: Vec<[f64; 2]> = points.collect();
                    // Few are told from what is drawn between them.
                    let few = points.len() <= FEW;
                    for piece in curve.pieces(&points) {
                        if few || piece.len() == 1 {
                            // One point is no line.
                            let radius = if piece.len() == 1 { 2.5 } else { 2.0 };
                            let dots = Points::new(&curve.name, piece.to_vec()).radius(radius);
                            plot.points(dots.color(curve.tint));
                        }
                        if piece.len() > 1 {
                            let line = Line::new(&curve.name, PlotPoints::from(piece.to_vec()));
                            plot.line(line.color(curve.tint).width(1.6));
                        }
                    }
                    if let Some([x, y]) = curve.kept_point() {
                        let dot = Points::new(&curve.name, vec![[x, height(y)]]).radius(5.0);
                        plot.points(dot.color(curve.tint).filled(false));
                    }
                }
                let pointer = plot
                    .pointer_coordinate()
                    .filter(|_| plot.response().hovered())?;
                let (step, there) = nearest(shown, pointer.x)?;
                plot.vline(VLine::new("", step).color(p.quiet).width(1.0));
                let mut words = format!("step {}", thousands(step.max(0.0) as usize));
                for (curve, y) in there {
                    let dot = Points::new("", vec![[step, height(y)]]).radius(3.5);
                    plot.points(dot.color(curve.tint));
                    words += &format!("\n{} {}", curve.name, short(y));
                }
                Some(words)
            })
        });
        let response = drawn.inner.response;
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, format!("Plot: {}", self.title))
        });
        if let Some(words) = drawn.inner.inner {
            response.on_hover_text_at_pointer(words);
        }
    }

    /// The same for a file, in colours for paper. What is hidden is left out.
    pub fn figure(&self, hidden: &Hidden, of: &str) -> figure::plot::Curves {
        let shown = self
            .curves
            .iter()
            .filter(|c| !hidden.contains(&(self.title.clone(), c.name.clone())));
        let curves: Vec<figure::plot::Curve> = shown
            .enumerate()
            .map(|(n, curve)| figure::plot::Curve {
                name: curve.name.clone(),
                points: curve
                    .pieces(&curve.points)
                    .collect::<Vec<_>>()
                    .join(&[f64::NAN; 2]),
                colour: figure::plot::PALETTE[n % figure::plot::PALETTE.len()],
                look: figure::plot::Look::Strong,
            })
            .collect();
        let values = || curves.iter().flat_map(|c| &c.points).map(|p| p[1]);
        let values = || values().filter(|v| v.is_finite());
        let drawn = |y: &f64| !self.logarithmic || *y > 0.0;
        let low = values().filter(drawn).fold(f64::MAX, f64::min);
        let high = values().fold(f64::MIN, f64::max);
        let y_range = match (low <= high, self.logarithmic) {
            (false, _) => [0.1, 1.0],
            (true, true) => [low / 1.1, high * 1.1],
            (true, false) => {
                let [low, high] = span(&self.curves, |y| y, false).unwrap_or([low, high]);
                let room = 0.05 * (high - low);
                [
                    if low >= 0.0 {
                        (low - room).max(0.0)
                    } else {
                        low - room
                    },
                    high + room,
                ]
            }
        };
        figure::plot::Curves {
            title: format!("{of}: {}", self.title),
            x_label: "step".into(),
            y_label: self.unit.into(),
            x_range: [0.0, self.end.max(1.0)],
            y_range,
            logarithmic: self.logarithmic,
            mark: None,
            curves,
        }
    }
}

pub struct Curve {
    pub name: String,
    pub tint: Color32,
    pub points: Vec<[f64; 2]>,
    /// Which points have a gap before them, in their order.
    pub breaks: Vec<usize>,
    /// The step that was kept by what the curve tells.
    pub kept: Option<f64>,
}

impl Curve {
    pub fn plain(name: &str, series: &Series, tint: Color32) -> Self {
        Self {
            name: name.to_owned(),
            tint,
            points: series.points().collect(),
            breaks: series.breaks().to_vec(),
            kept: None,
        }
    }

    /// What of the curve hangs together, of its points or of others in their places.
    fn pieces<'a>(&self, points: &'a [[f64; 2]]) -> impl Iterator<Item = &'a [[f64; 2]]> {
        let inner = self.breaks.iter().copied().filter(|b| *b < points.len());
        let starts: Vec<usize> = [0].into_iter().chain(inner).collect();
        let ends = starts.iter().skip(1).copied().chain([points.len()]);
        let pieces: Vec<_> = starts.iter().copied().zip(ends).collect();
        pieces
            .into_iter()
            .map(|(start, end)| &points[start..end])
            .filter(|p| !p.is_empty())
    }

    fn kept_point(&self) -> Option<[f64; 2]> {
        self.points
            .iter()
            .find(|p| Some(p[0]) == self.kept)
            .copied()
    }
}

/// The names of the curves above a plot, where they cover nothing; a click hides a curve.
fn legend_ui(ui: &mut Ui, title: &str, curves: &[Curve], hidden: &mut Hidden) {
    let p = theme::palette(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
        for curve in curves {
            let key = (title.to_owned(), curve.name.clone());
            let shown = !hidden.contains(&key);
            let height = ui.text_style_height(&egui::TextStyle::Small);
            let (line, _) = ui.allocate_exact_size(vec2(14.0, height), egui::Sense::hover());
            let tint = if shown { curve.tint } else { p.hairline };
            let stroke = egui::Stroke::new(2.0, tint);
            ui.painter().hline(line.x_range(), line.center().y, stroke);
            let text = if shown { p.text } else { p.quiet };
            let words = egui::RichText::new(&curve.name)
                .size(theme::CAPTION)
                .color(text);
            let name = ui.add(egui::Button::new(words).frame(false));
            name.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, shown, &curve.name));
            if name.on_hover_text("Show or hide this curve").clicked() && !hidden.remove(&key) {
                hidden.insert(key);
            }
            ui.add_space(8.0);
        }
    });
}

/// The number at a mark of an axis over a range; all marks of an axis have one notation.
fn number_at(value: f64, range: [f64; 2], logarithmic: bool) -> String {
    let (marks, words) = match logarithmic {
        true => {
            let marks = log_marks(range, WANTED);
            let values: Vec<f64> = marks.iter().map(|e| 10_f64.powf(*e)).collect();
            (marks, round_ticks(&values))
        }
        false => {
            let (step, marks) = marks(range, WANTED);
            let words = ticks(&marks, step);
            (marks, words)
        }
    };
    let off = |mark: &f64| (mark - value).abs();
    let nearest = marks.iter().zip(words);
    let nearest = nearest.min_by(|a, b| off(a.0).total_cmp(&off(b.0)));
    nearest.map_or_else(String::new, |(_, words)| words)
}

/// Marks about as far apart as texts need.
fn spaced(input: GridInput, logarithmic: bool) -> Vec<GridMark> {
    let range = [input.bounds.0, input.bounds.1];
    let (step, values) = match logarithmic {
        true => {
            let values = log_marks(range, WANTED);
            // For egui_plot, which draws lines fainter that are close together.
            ((range[1] - range[0]) / values.len().max(1) as f64, values)
        }
        false => marks(range, WANTED),
    };
    let mark = |value| GridMark {
        value,
        step_size: step,
    };
    values.into_iter().map(mark).collect()
}

/// Marks of the steps: whole ones from 0 on.
fn step_marks(input: GridInput) -> Vec<GridMark> {
    let (step, values) = marks([input.bounds.0.max(0.0), input.bounds.1], WANTED);
    let whole = values.into_iter().filter(|v| v.fract() == 0.0);
    whole
        .map(|value| GridMark {
            value,
            step_size: step.max(1.0),
        })
        .collect()
}

/// The step nearest to `x` at which one of the curves has a point, and where they are there.
fn nearest<'a>(
    curves: impl Iterator<Item = &'a Curve> + Clone,
    x: f64,
) -> Option<(f64, Vec<(&'a Curve, f64)>)> {
    let steps = curves.clone().flat_map(|c| &c.points).map(|p| p[0]);
    let step = steps.min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))?;
    let there = curves.filter_map(|c| {
        let point = c.points.iter().find(|p| p[0] == step)?;
        Some((c, point[1]))
    });
    Some((step, there.collect()))
}

/// A value with four digits, written as on the axes.
pub fn short(y: f64) -> String {
    let power = y.abs().max(1e-12).log10().floor() as i32;
    match power {
        -4 => format!("{y:.6}").replace('-', "−"),
        -3..6 => format!("{y:.*}", (3 - power).max(0) as usize).replace('-', "−"),
        _ => tick(y, 10_f64.powi(power - 3)),
    }
}

/// The least that a linear axis spans, as a share of its highest value.
const LEAST: f64 = 0.2;

/// What an axis spans besides its curves, so that a curve that stays at one value is not drawn on
/// an axis of other magnitudes.
fn span(curves: &[Curve], height: impl Fn(f64) -> f64, logarithmic: bool) -> Option<[f64; 2]> {
    let all = || curves.iter().flat_map(|c| &c.points).map(|p| height(p[1]));
    let (low, high) = all().fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(y), h.max(y)));
    let flat = high - low <= 1e-6 * high.abs();
    // A change that is small beside the values must not look like a large one.
    let least = LEAST * high.abs();
    match (low <= high && flat, logarithmic) {
        (false, false) if low <= high && high - low < least => {
            let middle = (low + high) / 2.0;
            Some([middle - least / 2.0, middle + least / 2.0])
        }
        (false, _) => None,
        (true, true) => Some([low - 0.5, low + 0.5]),
        (true, false) if low == 0.0 => Some([0.0, 1.0]),
        (true, false) => Some([0.0, 2.0 * low]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[f64]) -> Curve {
        let points = (0..).zip(values).map(|(x, y)| [f64::from(x), *y]);
        Curve {
            name: "a".into(),
            tint: Color32::RED,
            points: points.collect(),
            breaks: Vec::new(),
            kept: None,
        }
    }

    #[test]
    fn a_plot_leaves_as_a_figure_of_what_is_shown() {
        let mut other = curve(&[0.5, 0.05, 0.02]);
        other.name = "b".into();
        let plot = CurvePlot {
            title: "Loss · landmarks".into(),
            curves: vec![curve(&[1.0, 0.1, 0.01]), other],
            logarithmic: true,
            end: 40.0,
            unit: "loss",
        };
        let svg = |hidden: &Hidden| {
            let page = plot.figure(hidden, "run-1, stage 1").page();
            let svg = page.encode(figure::Format::Svg, 96.0).unwrap();
            String::from_utf8(svg).unwrap()
        };
        let all = svg(&Hidden::new());
        for words in [
            ">run-1, stage 1: Loss · landmarks<",
            ">a<",
            ">b<",
            ">40<",
            ">0.01<",
            ">1<",
        ] {
            assert!(all.contains(words), "{words}");
        }
        let hidden = Hidden::from([("Loss · landmarks".to_owned(), "b".to_owned())]);
        assert!(!svg(&hidden).contains(">b<"));
    }

    #[test]
    fn a_gap_is_left_open_in_the_window_and_in_figures() {
        let mut gappy = curve(&[1.0, 0.5, 0.25, 0.2, 0.1]);
        gappy.breaks = vec![2, 3, 5];
        let points = gappy.points.clone();
        let lengths: Vec<usize> = gappy.pieces(&points).map(<[_]>::len).collect();
        assert_eq!(lengths, [2, 1, 2]);
        assert_eq!(gappy.pieces(&[]).count(), 0);
        let plot = CurvePlot {
            title: "Loss".into(),
            curves: vec![gappy],
            logarithmic: true,
            end: 5.0,
            unit: "loss",
        };
        let figure = plot.figure(&Hidden::new(), "run-1");
        let gaps = figure.curves[0].points.iter();
        assert_eq!(gaps.filter(|p| p[1].is_nan()).count(), 2);
        assert!(figure.y_range[0] > 0.05 && figure.y_range[1] < 1.5);
        let svg = figure.page().encode(figure::Format::Svg, 96.0).unwrap();
        assert!(!String::from_utf8(svg).unwrap().contains("NaN"));
    }

    #[test]
    fn an_axis_of_the_window_has_one_notation() {
        let words = |range: [f64; 2], logarithmic| -> Vec<String> {
            let bounds = (range[0], range[1]);
            let input = GridInput {
                bounds,
                base_step_size: 0.0,
            };
            let marks = spaced(input, logarithmic).into_iter();
            marks
                .map(|m| number_at(m.value, range, logarithmic))
                .collect()
        };
        let loss = words([0.0019_f64.log10(), 0.0031_f64.log10()], true);
        assert!(
            loss.len() > 2 && loss.iter().all(|w| w.starts_with("0.00")),
            "{loss:?}"
        );
        let rate = words([0.0, 0.0016], false);
        assert!(
            rate.len() > 2 && rate.iter().all(|w| w.starts_with("0.00")),
            "{rate:?}"
        );
    }

    #[test]
    fn the_steps_begin_at_0_and_are_whole() {
        for (low, high) in [
            (-0.1, 5.0),
            (-10.0, 64.0),
            (-400.0, 20_400.0),
            (-0.02, 1.02),
        ] {
            let bounds = (low, high);
            let marks = step_marks(GridInput {
                bounds,
                base_step_size: 0.0,
            });
            let values: Vec<f64> = marks.iter().map(|m| m.value).collect();
            let words: Vec<String> = values.iter().map(|v| thousands(*v as usize)).collect();
            let mut single = words.clone();
            single.dedup();
            assert!(
                values[0] == 0.0 && values.len() > 1 && single == words,
                "{values:?}"
            );
        }
    }

    #[test]
    fn the_value_at_the_pointer_is_that_of_its_step() {
        let (loss, sparse) = (curve(&[0.5, 0.47651, 0.3]), curve(&[0.4]));
        let both = [loss, sparse];
        let (step, there) = nearest(both.iter(), 1.4).unwrap();
        assert_eq!((step, there.len()), (1.0, 1));
        assert_eq!(short(there[0].1), "0.4765");
        let (step, there) = nearest(both.iter(), -3.0).unwrap();
        assert_eq!((step, there.len()), (0.0, 2));
        assert!(nearest([].iter(), 1.0).is_none());
        let texts = [250.13, 0.012345, 2.81e-4, 3e-5, -2.5, 0.0].map(short);
        assert_eq!(
            texts,
            ["250.1", "0.01235", "0.000281", "3.000e−5", "−2.500", "0"]
        );
    }

    #[test]
    fn a_rate_that_stays_is_on_an_axis_of_its_size() {
        for rate in [1e-4, 3e-7, 250.0] {
            let [low, high] = span(&[curve(&[rate, rate])], |y| y, false).unwrap();
            let bounds = (low, high);
            let marks = spaced(
                GridInput {
                    bounds,
                    base_step_size: 0.0,
                },
                false,
            );
            let texts: Vec<String> = marks.iter().map(|m| tick(m.value, m.step_size)).collect();
            let mut single = texts.clone();
            single.dedup();
            assert!(single.len() >= 3 && single == texts, "{texts:?}");
            assert!(texts.last().unwrap() != "0" && high > rate, "{texts:?}");
        }
        assert_eq!(span(&[curve(&[1e-4, 1e-5])], |y| y, false), None);
        assert_eq!(span(&[], |y| y, false), None);
        let [low, high] = span(&[curve(&[12.69, 12.82])], |y| y, false).unwrap();
        assert!(
            high - low > 2.5 && low > 11.0 && high < 14.5,
            "{low} {high}"
        );
        let [low, high] = span(&[curve(&[0.01])], f64::log10, true).unwrap();
        assert!(low < -2.0 && high > -2.0);
    }
}
