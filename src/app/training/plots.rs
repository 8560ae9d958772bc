//! One run: how it is, what can be done to it, and its curves.

use std::collections::BTreeSet;

use eframe::egui::{self, Align, Color32, Layout, Role, Ui, WidgetInfo, vec2};
use egui_plot::{GridInput, GridMark, Line, Plot, PlotPoints, Points};

use super::tint;
use crate::app::command::Command;
use crate::app::gallery::{header_ui, thousands};
use crate::app::keys::Keys;
use crate::app::theme;
use crate::app::widgets::{caption, toggle, tooltip};
use crate::figure::plot::{log_marks, marks};
use crate::figure::{round_tick, tick};
use crate::train::{RunView, Series, StageCurves};
use crate::words::counted;

/// Room below which plots stand one under the other.
const TWO_COLUMNS: f32 = 620.0;
const HEIGHT: f32 = 210.0;

/// How curves are looked at.
pub struct PlotLook {
    /// Weight of what was in the smoothed loss; 0 shows it as it is.
    smoothing: f64,
    logarithmic: bool,
    /// The newest unless one is chosen.
    stage: Option<u8>,
    /// Curves that are not drawn, by the plot's title and their name.
    hidden: BTreeSet<(String, String)>,
}

impl Default for PlotLook {
    fn default() -> Self {
        Self {
            smoothing: 0.8,
            logarithmic: true,
            stage: None,
            hidden: BTreeSet::new(),
        }
    }
}

/// Draws the run; returns what was asked for.
pub fn ui(ui: &mut Ui, run: &RunView, look: &mut PlotLook, keys: &Keys) -> Option<Command> {
    header_ui(ui, &run.name(), &run.path.display().to_string());
    let mut wanted = None;
    let margin = egui::Margin::symmetric(12, 8);
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                wanted = state_ui(ui, run, keys);
                facts_ui(ui, run);
                ui.add_space(6.0);
                look_ui(ui, run, look);
                let stages = &run.curves.stages;
                let stage = look.stage.and_then(|s| stages.get(&s));
                match stage.or(stages.values().last()) {
                    Some(stage) => plots_ui(ui, stage, look),
                    None => {
                        let p = theme::palette(ui.ctx());
                        ui.add_space(20.0);
                        ui.colored_label(p.quiet, "Waiting for the first steps to be logged…");
                    }
                }
            });
        });
    wanted
}

/// State, what went wrong, and the buttons.
fn state_ui(ui: &mut Ui, run: &RunView, keys: &Keys) -> Option<Command> {
    let p = theme::palette(ui.ctx());
    let mut wanted = None;
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, tint(run, p));
        let words = egui::RichText::new(run.state_words());
        ui.label(words.font(theme::strong(theme::BODY)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for command in [
                Command::LoadRun,
                Command::StopRun,
                Command::ResumeRun,
                Command::PauseRun,
            ] {
                let blocked = super::blocked(run, command);
                let button = ui.add_enabled(blocked.is_none(), egui::Button::new(command.name()));
                let button = match blocked {
                    Some(why) => button.on_disabled_hover_text(why),
                    None => button,
                };
                if tooltip(button, command, keys).clicked() {
                    wanted = Some(command);
                }
            }
        });
    });
    let why = run.status.as_ref().and_then(|s| s.why.as_deref());
    for words in why.into_iter().chain(run.trouble.as_deref()) {
        ui.colored_label(p.label, words);
    }
    if run.curves.broken > 0 {
        let words = format!(
            "{} of metrics.jsonl cannot be read",
            counted(run.curves.broken, "line")
        );
        ui.colored_label(p.waiting, words);
    }
    let part = run.progress().map_or(0.0, |(part, _)| part as f32);
    let size = vec2(ui.available_width(), theme::BAR);
    let (bar, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::ProgressIndicator,
            true,
            format!("{:.0} %", 100.0 * part),
        )
    });
    ui.painter().rect_filled(bar, 3, p.hairline);
    let done = bar.with_max_x(bar.left() + bar.width() * part.clamp(0.0, 1.0));
    ui.painter().rect_filled(done, 3, p.working);
    wanted
}

fn facts_ui(ui: &mut Ui, run: &RunView) {
    let p = theme::palette(ui.ctx());
    let stage = run.curves.stages.values().last();
    let mut facts: Vec<(&str, String)> = vec![("progress", run.progress_words())];
    if let Some(status) = &run.status {
        let steps = [status.step, status.steps].map(|n| thousands(n as usize));
        facts.push(("step", format!("{} of {}", steps[0], steps[1])));
        facts.push(("images/s", format!("{:.1}", status.images_per_s)));
        facts.push(("heartbeat", thousands(status.heartbeat as usize)));
        facts.push(("process", format!("{} on {}", status.pid, status.host)));
    }
    if let Some(stage) = stage {
        facts.push(("epoch", format!("{:.2}", stage.epoch)));
        if let Some(rate) = stage.learning_rate.newest() {
            facts.push(("learning rate", format!("{rate:.2e}")));
        }
    }
    if let Some(file) = &run.file {
        let counts = [file.data.train, file.data.validation].map(thousands);
        facts.push(("faces", format!("{} + {} validation", counts[0], counts[1])));
        facts.push(("network", file.config.network.title()));
        facts.push(("device", file.device.clone()));
    }
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 3.0);
        for (name, value) in facts {
            let words = format!("{name} {value}");
            let mut job = egui::text::LayoutJob::default();
            let format = |tint| egui::TextFormat::simple(theme::font(theme::SMALL), tint);
            job.append(name, 0.0, format(p.quiet));
            job.append(&value, 5.0, format(p.text));
            let label = ui.label(job);
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            ui.add_space(12.0);
        }
    });
}

fn look_ui(ui: &mut Ui, run: &RunView, look: &mut PlotLook) {
    ui.horizontal(|ui| {
        let newest = run.curves.stages.keys().last().copied();
        let shown = look
            .stage
            .filter(|s| run.curves.stages.contains_key(s))
            .or(newest);
        for stage in run.curves.stages.keys() {
            if toggle(ui, shown == Some(*stage), &format!("Stage {stage}")).clicked() {
                look.stage = (Some(*stage) != newest).then_some(*stage);
            }
        }
        ui.add_space(8.0);
        let slider = egui::Slider::new(&mut look.smoothing, 0.0..=0.99).text("smoothing");
        let slider = ui.add(slider.show_value(false));
        slider.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Smoothing"));
        slider.on_hover_text("How much of the loss's past is in each point");
        if toggle(ui, look.logarithmic, "log")
            .on_hover_text("Draw the loss on a logarithmic scale")
            .clicked()
        {
            look.logarithmic ^= true;
        }
    });
}

fn plots_ui(ui: &mut Ui, stage: &StageCurves, look: &mut PlotLook) {
    let p = theme::palette(ui.ctx());
    let tints = [p.prediction, p.working, p.waiting, p.label];
    let tint = |i: usize| tints[i % tints.len()];
    let measured = |percent: bool| -> Vec<Curve> {
        let is_percent = |name: &str| !name.ends_with(" nme");
        let all = stage.validation.iter();
        let chosen = all.filter(|(name, _)| is_percent(name) == percent);
        chosen
            .enumerate()
            .map(|(i, (name, series))| Curve::plain(name, series, tint(i)))
            .collect()
    };
    let losses = stage.loss.iter().enumerate();
    let mut all: Vec<(String, Vec<Curve>, bool)> = losses
        .map(|(i, (task, series))| {
            let raw = Curve::plain("as logged", series, tint(i).gamma_multiply(0.3));
            let smooth = Curve {
                points: series.smoothed(look.smoothing),
                ..Curve::plain("smoothed", series, tint(i))
            };
            let curves = vec![raw, smooth];
            (format!("Loss · {task}"), curves, look.logarithmic)
        })
        .collect();
    let single = |name: &str, series: &Series| vec![Curve::plain(name, series, p.working)];
    let rate = single("learning rate", &stage.learning_rate);
    let speed = single("images/s", &stage.images_per_s);
    for (title, curves) in [
        ("Validation · %", measured(true)),
        ("Validation · NME in %", measured(false)),
        ("Learning rate", rate),
        ("Images a second", speed),
    ] {
        all.push((title.to_owned(), curves, false));
    }
    all.retain(|(_, curves, _)| curves.iter().any(|c| !c.points.is_empty()));
    let columns = if ui.available_width() >= TWO_COLUMNS {
        2
    } else {
        1
    };
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        ui.columns(columns, |uis| {
            for ui in uis {
                if let Some((title, curves, logarithmic)) = rest.next() {
                    plot_ui(ui, &title, curves, logarithmic, &mut look.hidden);
                }
            }
        });
    }
}

struct Curve {
    name: String,
    tint: Color32,
    points: Vec<[f64; 2]>,
}

impl Curve {
    fn plain(name: &str, series: &Series, tint: Color32) -> Self {
        Self {
            name: name.to_owned(),
            tint,
            points: series.points().collect(),
        }
    }
}

/// The names of the curves above a plot, where they cover nothing; a click hides a curve.
fn legend_ui(ui: &mut Ui, title: &str, curves: &[Curve], hidden: &mut BTreeSet<(String, String)>) {
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

/// Marks about as far apart as texts need.
fn spaced(input: GridInput, logarithmic: bool) -> Vec<GridMark> {
    const WANTED: usize = 5;
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

/// What an axis spans besides its curves, so that a curve that stays at one value is not drawn on
/// an axis of other magnitudes.
fn span(curves: &[Curve], height: impl Fn(f64) -> f64, logarithmic: bool) -> Option<[f64; 2]> {
    let all = || curves.iter().flat_map(|c| &c.points).map(|p| height(p[1]));
    let (low, high) = all().fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(y), h.max(y)));
    let flat = high - low <= 1e-6 * high.abs();
    match (low <= high && flat, logarithmic) {
        (false, _) => None,
        (true, true) => Some([low - 0.5, low + 0.5]),
        (true, false) if low == 0.0 => Some([0.0, 1.0]),
        (true, false) => Some([0.0, 2.0 * low]),
    }
}

fn plot_ui(
    ui: &mut Ui,
    title: &str,
    curves: Vec<Curve>,
    logarithmic: bool,
    hidden: &mut BTreeSet<(String, String)>,
) {
    ui.add_space(6.0);
    caption(ui, title);
    if curves.len() > 1 {
        legend_ui(ui, title, &curves, hidden);
    }
    // egui_plot has linear axes only: exponents are drawn and written as what they stand for.
    let height = move |y: f64| if logarithmic { y.max(1e-12).log10() } else { y };
    let value = move |y: f64| if logarithmic { 10_f64.powf(y) } else { y };
    let number = move |mark: GridMark| match logarithmic {
        true => round_tick(value(mark.value)),
        false => tick(mark.value, mark.step_size),
    };
    let p = theme::palette(ui.ctx());
    let mut plot = Plot::new(title)
        .grid_color(p.quiet.gamma_multiply(0.5))
        .height(HEIGHT)
        .show_background(false)
        .allow_scroll(false)
        .y_axis_min_width(44.0)
        .x_axis_label("step")
        .x_axis_formatter(|mark: GridMark, _| thousands(mark.value.max(0.0) as usize))
        .y_axis_formatter(move |mark: GridMark, _| number(mark))
        .y_grid_spacer(move |input| spaced(input, logarithmic))
        .label_formatter(move |at| match at {
            egui_plot::HoverPosition::NearDataPoint {
                plot_name,
                position,
                ..
            } => {
                let y = value(position.y);
                // Four digits of it.
                let grain = 10_f64.powf(y.abs().max(1e-12).log10().floor() - 3.0);
                let y = tick(y, grain);
                Some(format!("{plot_name}\nstep {:.0}: {y}", position.x))
            }
            egui_plot::HoverPosition::Elsewhere { .. } => None,
        });
    for y in span(&curves, height, logarithmic).into_iter().flatten() {
        plot = plot.include_y(y);
    }
    let small = theme::font(theme::CAPTION);
    let shown = ui.scope(|ui| {
        ui.style_mut()
            .text_styles
            .insert(egui::TextStyle::Body, small);
        ui.visuals_mut().override_text_color = Some(p.quiet);
        plot.show(ui, |plot| {
            for curve in curves {
                if hidden.contains(&(title.to_owned(), curve.name.clone())) {
                    continue;
                }
                let points = curve.points.into_iter().map(|[x, y]| [x, height(y)]);
                let points: Vec<[f64; 2]> = points.collect();
                if let [only] = points[..] {
                    // One point is no line yet.
                    let dot = Points::new(curve.name, vec![only]).radius(2.5);
                    plot.points(dot.color(curve.tint));
                    continue;
                }
                let line = Line::new(curve.name, PlotPoints::from(points));
                plot.line(line.color(curve.tint).width(1.6));
            }
        })
    });
    shown
        .inner
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Plot: {title}")));
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
        }
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
        let [low, high] = span(&[curve(&[0.01])], f64::log10, true).unwrap();
        assert!(low < -2.0 && high > -2.0);
    }
}
