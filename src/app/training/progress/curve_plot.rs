//! A plot of curves over the steps of a stage.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use eframe::egui::{self, Rangef, Role, Ui, WidgetInfo, vec2};
use egui_plot::{AxisHints, GridMark, Line, Plot, PlotPoints, Points, VLine};

use crate::app::training::progress::axis::{number_at, spaced, span, step_marks};
use crate::app::training::progress::curve::{Curve, nearest, short};
use crate::app::widgets::buttons::caption;
use crate::app::widgets::theme;
use crate::figure;
use crate::humanize::thousands;

const HEIGHT: f32 = 210.0;
/// Room of the numbers at the left: those of a learning rate are long.
const NUMBERS: f32 = 68.0;

/// Points that are marked one by one.
const FEW: usize = 40;

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
            .min_thickness(NUMBERS)
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
                let mut text = format!("step {}", thousands(step.max(0.0) as usize));
                for (curve, y) in there {
                    let dot = Points::new("", vec![[step, height(y)]]).radius(3.5);
                    plot.points(dot.color(curve.tint));
                    text += &format!("\n{} {}", curve.name, short(y));
                }
                Some(text)
            })
        });
        let response = drawn.inner.response;
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Image, true, format!("Plot: {}", self.title))
        });
        if let Some(text) = drawn.inner.inner {
            response.on_hover_text_at_pointer(text);
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
                dots: curve.points.len() <= FEW,
                ringed: curve.kept,
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
            counts: true,
            notes: Vec::new(),
            metadata: Vec::new(),
            curves,
        }
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
            let message = egui::RichText::new(&curve.name)
                .size(theme::CAPTION)
                .color(text);
            let name = ui.add(egui::Button::new(message).frame(false));
            name.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, shown, &curve.name));
            if name.on_hover_text("Show or hide this curve").clicked() && !hidden.remove(&key) {
                hidden.insert(key);
            }
            ui.add_space(8.0);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_leaves_as_a_figure_of_what_is_shown() {
        let mut other = Curve::of(&[0.5, 0.05, 0.02]);
        other.name = "b".into();
        let plot = CurvePlot {
            title: "Loss · landmarks".into(),
            curves: vec![Curve::of(&[1.0, 0.1, 0.01]), other],
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
        for text in [
            ">run-1, stage 1: Loss · landmarks<",
            ">a<",
            ">b<",
            ">40<",
            ">0.01<",
            ">1<",
        ] {
            assert!(all.contains(text), "{text}");
        }
        let hidden = Hidden::from([("Loss · landmarks".to_owned(), "b".to_owned())]);
        assert!(!svg(&hidden).contains(">b<"));
    }

    #[test]
    fn a_gap_is_left_open_in_the_window_and_in_figures() {
        let mut gappy = Curve::of(&[1.0, 0.5, 0.25, 0.2, 0.1]);
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
}
