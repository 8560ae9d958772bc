//! One run: how it is, what can be done to it, and its curves.

use eframe::egui::{self, Align, Layout, Role, Ui, WidgetInfo, vec2};

use super::curve_plot::{Curve, CurvePlot, Hidden, short};
use super::tint;
use crate::app::command::Command;
use crate::app::gallery::{header_ui, thousands};
use crate::app::keys::Keys;
use crate::app::theme;
use crate::app::widgets::{hint, toggle, tooltip};
use crate::train::{RunView, Series, StageCurves};
use crate::words::counted;

/// Room below which plots stand one under the other.
const TWO_COLUMNS: f32 = 620.0;

/// How curves are looked at.
pub struct PlotLook {
    /// Weight of what was in the smoothed loss; 0 shows it as it is.
    smoothing: f64,
    logarithmic: bool,
    /// The newest unless one is chosen.
    stage: Option<u8>,
    /// Curves that are not drawn, by the plot's title and their name.
    hidden: Hidden,
}

impl Default for PlotLook {
    fn default() -> Self {
        Self {
            smoothing: 0.8,
            logarithmic: true,
            stage: None,
            hidden: Hidden::new(),
        }
    }
}

/// Draws the run, whose result may be `used`; returns what was asked for.
pub fn ui(
    ui: &mut Ui,
    run: &RunView,
    used: bool,
    look: &mut PlotLook,
    keys: &Keys,
) -> Option<Command> {
    header_ui(ui, &run.name(), &run.path.display().to_string());
    let mut wanted = None;
    let margin = egui::Margin::symmetric(12, 8);
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                wanted = state_ui(ui, run, keys);
                if used {
                    wanted = used_ui(ui, run, keys).or(wanted);
                }
                facts_ui(ui, run);
                ui.add_space(6.0);
                look_ui(ui, run, look);
                let stages = &run.curves.stages;
                let chosen = look.stage.and_then(|s| stages.get_key_value(&s));
                match chosen.or(stages.last_key_value()) {
                    Some((number, stage)) => plots_ui(ui, stage, run.steps(*number), look),
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

/// That the network in use is the run's, and where to go from there.
fn used_ui(ui: &mut Ui, run: &RunView, keys: &Keys) -> Option<Command> {
    let p = theme::palette(ui.ctx());
    let mut wanted = None;
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let words = format!("The network of {} is in use.", run.name());
        ui.colored_label(p.prediction, words);
        for (command, words) in [
            (Command::Photos, "Look at photos"),
            (Command::Report, "Measure it"),
            (Command::LoadBundled, "Back to the bundled network"),
        ] {
            if hint(ui.button(words), command, keys).clicked() {
                wanted = Some(command);
            }
        }
    });
    wanted
}

fn facts_ui(ui: &mut Ui, run: &RunView) {
    let p = theme::palette(ui.ctx());
    let stage = run.curves.stages.values().last();
    let mut facts: Vec<(&str, String)> = vec![("progress", run.progress_words())];
    let mut process = None;
    if let Some(status) = &run.status {
        let steps = [status.step, status.steps].map(|n| thousands(n as usize));
        facts.push(("step", format!("{} of {}", steps[0], steps[1])));
        facts.push(("images/s", format!("{:.1}", status.images_per_s)));
        if !status.host.is_empty() {
            facts.push(("computer", status.host.clone()));
        }
        process = Some(format!("process {}", status.pid));
    }
    if let Some((epoch, all)) = run.epoch() {
        facts.push(("epoch", format!("{epoch:.2} of {all}")));
    }
    if let Some(rate) = stage.and_then(|s| s.learning_rate.newest()) {
        facts.push(("learning rate", short(rate)));
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
            let label = match &process {
                Some(process) if name == "computer" => label.on_hover_text(process),
                _ => label,
            };
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

/// `planned` are the steps of a stage that has not ended.
fn plots_ui(ui: &mut Ui, stage: &StageCurves, planned: Option<u64>, look: &mut PlotLook) {
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
    let ends = all.iter().flat_map(|(_, curves, _)| curves);
    let ends = ends.filter_map(|c| c.points.last()).map(|p| p[0]);
    let end = ends.fold(planned.unwrap_or(1) as f64, f64::max);
    let plot = |(title, curves, logarithmic)| CurvePlot {
        title,
        curves,
        logarithmic,
        end,
    };
    let plots: Vec<CurvePlot> = all.into_iter().map(plot).collect();
    // Names first: where they take several lines, the plots of a row still stand side by side.
    for row in plots.chunks(columns) {
        ui.columns(columns, |uis| {
            for (ui, plot) in uis.iter_mut().zip(row) {
                plot.head_ui(ui, &mut look.hidden);
            }
        });
        ui.columns(columns, |uis| {
            for (ui, plot) in uis.iter_mut().zip(row) {
                plot.ui(ui, &look.hidden);
            }
        });
    }
}
