//! One run: how it is, what can be done to it, and its curves.

use eframe::egui::{self, Align, Layout, Role, Ui, WidgetInfo, vec2};

use crate::app::command::Command;
use crate::app::command::hint::{hint, tooltip};
use crate::app::command::keys::Keys;
use crate::app::export::{Target, targets};
use crate::app::training::curve_plot::{Curve, CurvePlot, Hidden, short};
use crate::app::training::tint;
use crate::app::widgets::buttons::toggle;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::figure::{self, Table};
use crate::humanize::counted;
use crate::humanize::thousands;
use crate::label::Schema;
use crate::train::{Control, RunSnapshot, Series, StageCurves};

/// Room below which plots stand one under the other.
const TWO_COLUMNS: f32 = 620.0;

/// What is kept by all tasks at once.
const STAGE_1: &str = "stage1";

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

/// What is asked for.
pub enum Wish {
    Do(Command),
    Save(Leaving, Target),
}

/// What leaves the window.
pub enum Leaving {
    Plot(figure::plot::Curves),
    Table(Table),
}

/// Draws the run, whose result may be `used` and which may have been `told` something that it has
/// not done yet; returns what was asked for.
pub fn ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    used: bool,
    told: Option<Control>,
    look: &mut PlotLook,
    keys: &Keys,
) -> Vec<Wish> {
    header_ui(ui, &run.name(), &run.path.display().to_string());
    let mut wanted = Vec::new();
    let margin = egui::Margin::symmetric(12, 8);
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                wanted.extend(state_ui(ui, run, told, keys).map(Wish::Do));
                if used {
                    wanted.extend(used_ui(ui, run, keys).map(Wish::Do));
                }
                facts_ui(ui, run);
                kept_ui(ui, run);
                warnings_ui(ui, run);
                ui.add_space(6.0);
                let stages = &run.curves.stages;
                let chosen = look.stage.and_then(|s| stages.get_key_value(&s));
                match chosen.or(stages.last_key_value()) {
                    Some((number, _)) => {
                        let plots = plots_of(run, *number, look, theme::palette(ui.ctx()));
                        wanted.extend(look_ui(ui, run, *number, look, &plots));
                        plots_ui(ui, &plots, look);
                    }
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
fn state_ui(ui: &mut Ui, run: &RunSnapshot, told: Option<Control>, keys: &Keys) -> Option<Command> {
    let p = theme::palette(ui.ctx());
    let mut wanted = None;
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, tint(run, p));
        let words = told.map_or_else(|| run.state_text(), |t| told_words(t).into());
        let words = egui::RichText::new(words);
        ui.label(words.font(theme::strong(theme::BODY)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for command in [
                Command::LoadRun,
                Command::StopRun,
                Command::ResumeRun,
                Command::PauseRun,
            ] {
                let blocked = super::blocked(run, told, command);
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
    for words in why.into_iter().chain(run.error.as_deref()) {
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
fn used_ui(ui: &mut Ui, run: &RunSnapshot, keys: &Keys) -> Option<Command> {
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

fn facts_ui(ui: &mut Ui, run: &RunSnapshot) {
    let p = theme::palette(ui.ctx());
    let stage = run.curves.stages.values().last();
    let mut facts: Vec<(&str, String)> = vec![("progress", run.progress_text())];
    let mut process = None;
    if let Some(status) = &run.status {
        let done = run.step().unwrap_or(status.step);
        let steps = [done, status.steps].map(|n| thousands(n as usize));
        facts.push(("step", format!("{} of {}", steps[0], steps[1])));
        // A stage that has just begun has no speed yet.
        if status.images_per_s > 0.0 {
            facts.push((
                "images/s with validations",
                format!("{:.1}", status.images_per_s),
            ));
        }
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
            // A name and its value stay together.
            let label = ui.add(egui::Label::new(job).extend());
            let label = match &process {
                Some(process) if name == "computer" => label.on_hover_text(process),
                _ => label,
            };
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            ui.add_space(12.0);
        }
    });
}

/// What a run does that has been told something, until it has done it.
pub fn told_words(told: Control) -> &'static str {
    match told {
        Control::Run => "resuming…",
        Control::Pause => "pausing after this step…",
        Control::Stop => "stopping after this step…",
    }
}

/// Which validations were kept: the last values of the curves are not those of the result.
fn kept_ui(ui: &mut Ui, run: &RunSnapshot) {
    let p = theme::palette(ui.ctx());
    for (number, stage) in &run.curves.stages {
        let kept = stage.kept_words();
        if kept.is_empty() {
            continue;
        }
        let words = format!("kept of stage {number}: {}", kept.join("; "));
        let words = egui::RichText::new(words).size(theme::SMALL).color(p.quiet);
        ui.label(words).on_hover_text(
            "The validation with the highest success of points or accuracy of attributes; its \
             weights go into the result. Rings mark it on the curves.",
        );
    }
}

/// What speaks against the result.
fn warnings_ui(ui: &mut Ui, run: &RunSnapshot) {
    let p = theme::palette(ui.ctx());
    let warnings = run.status.iter().flat_map(|s| &s.warnings);
    for finding in warnings {
        let words = egui::RichText::new(finding)
            .size(theme::SMALL)
            .color(p.waiting);
        ui.label(words).on_hover_text(
            "Measured on the faces for validation. More faces, more epochs or a wider network may \
             help; the curves say whether the run had come to rest.",
        );
    }
}

fn look_ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    number: u8,
    look: &mut PlotLook,
    plots: &[CurvePlot],
) -> Option<Wish> {
    let mut wanted = None;
    ui.horizontal_wrapped(|ui| {
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
        wanted = export_ui(ui, run, number, look, plots);
    });
    wanted
}

/// The plots as figures, and all curves of the run as a table.
fn export_ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    number: u8,
    look: &PlotLook,
    plots: &[CurvePlot],
) -> Option<Wish> {
    let mut wanted = None;
    let of = format!("{}, stage {number}", run.name());
    let file = |what: &str| {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let words: String = format!("{of} {what}").chars().map(plain).collect();
        let parts = words.split('-').filter(|p| !p.is_empty());
        parts.collect::<Vec<_>>().join("-")
    };
    let menu = ui.menu_button("Export curves", |ui| {
        for plot in plots.iter().filter(|p| p.has_points()) {
            ui.menu_button(&plot.title, |ui| {
                let kinds = ["png", "svg", "pdf"];
                for (words, target) in targets("plot", &file(&plot.title), &kinds) {
                    if ui.button(words).clicked() {
                        let plot = Leaving::Plot(plot.figure(&look.hidden, &of));
                        wanted = Some(Wish::Save(plot, target));
                        ui.close();
                    }
                }
            });
        }
        ui.separator();
        let name = format!("{}-curves", run.name());
        for (words, target) in targets("all curves", &name, &["csv", "md"]) {
            if ui.button(words).clicked() {
                wanted = Some(Wish::Save(Leaving::Table(table(run)), target));
                ui.close();
            }
        }
    });
    menu.response
        .on_hover_text("Save or copy a plot, or the numbers of all curves");
    wanted
}

/// Every point of every curve.
fn table(run: &RunSnapshot) -> Table {
    let mut table = Table::new(&["stage", "curve", "step", "value"]);
    for (number, stage) in &run.curves.stages {
        let losses = stage
            .loss
            .iter()
            .map(|(task, s)| (format!("loss {task}"), s));
        let validation = stage.validation.iter();
        let validation = validation.map(|(name, s)| (format!("validation {name} %"), s));
        let others = [
            ("learning rate".to_owned(), &stage.learning_rate),
            ("images a second".to_owned(), &stage.images_per_s),
        ];
        for (name, series) in losses.chain(validation).chain(others) {
            for [step, value] in series.points() {
                let numbers = [step, value].map(|v| v.to_string());
                let [step, value] = numbers;
                table
                    .rows
                    .push(vec![number.to_string(), name.clone(), step, value]);
            }
        }
    }
    table
}

/// The plots of a stage. Those of its losses are there before anything is logged, so that no plot
/// changes its place.
fn plots_of(run: &RunSnapshot, number: u8, look: &PlotLook, p: theme::Palette) -> Vec<CurvePlot> {
    let Some(stage) = run.curves.stages.get(&number) else {
        return Vec::new();
    };
    let tasks = tasks(run);
    let tint = |task: &str| {
        let tints = [p.prediction, p.working, p.waiting, p.label];
        let at = tasks.iter().position(|t| t == task);
        tints[at.unwrap_or(tints.len() - 1) % tints.len()]
    };
    let measured = |percent: bool| -> Vec<Curve> {
        let of = |task: &String| {
            let prefix = format!("{task} ");
            let own = stage.validation.iter();
            let own = own.filter(move |(name, _)| name.starts_with(&prefix));
            let own = own.filter(move |(name, _)| name.ends_with(" nme") != percent);
            let kept = stage.kept.get(task).or(stage.kept.get(STAGE_1)).copied();
            let curves = own.map(move |(name, series)| Curve {
                kept,
                ..Curve::plain(&name.replace(" nme", " NME"), series, tint(task))
            });
            curves.collect::<Vec<_>>()
        };
        tasks.iter().flat_map(of).collect()
    };
    let losses = tasks.iter().map(|task| {
        let none = Series::default();
        let series = stage.loss.get(task).unwrap_or(&none);
        let tint = tint(task);
        let raw = Curve::plain("as logged", series, tint.gamma_multiply(0.3));
        let smooth = Curve {
            points: series.smoothed(look.smoothing),
            // Of what is known it goes on where it was.
            breaks: Vec::new(),
            ..Curve::plain("smoothed", series, tint)
        };
        let title = format!("Loss · {task}");
        (title, vec![raw, smooth], look.logarithmic, "loss")
    });
    let single = |name: &str, series: &Series| vec![Curve::plain(name, series, p.waiting)];
    let rate = single("learning rate", &stage.learning_rate);
    let speed = single("images/s", &stage.images_per_s);
    let plain = |title: &str, curves, unit| (title.to_owned(), curves, false, unit);
    let others = [
        plain("Validation · %", measured(true), "%"),
        plain(
            "Validation · NME in %",
            measured(false),
            "NME [% of L, the eyes' distance]",
        ),
        plain("Learning rate", rate, "learning rate"),
        plain("Images a second", speed, "images a second"),
    ];
    // What another stage of the run has is there from the beginning: no plot changes its place when
    // the stage does.
    let stages = || run.curves.stages.values();
    let measures = || stages().flat_map(|s| s.validation.keys());
    let is_nme = |name: &str| name.ends_with(" nme");
    let any =
        |series: fn(&StageCurves) -> &Series| stages().any(|s| series(s).points().next().is_some());
    let there = [
        measures().any(|m| !is_nme(m)),
        measures().any(|m| is_nme(m)),
        any(|s| &s.learning_rate),
        any(|s| &s.images_per_s),
    ];
    let others = others.into_iter().zip(there);
    let others = others.filter_map(|(plot, there)| there.then_some(plot));
    let all: Vec<_> = losses.chain(others).collect();
    let ends = all.iter().flat_map(|(_, curves, ..)| curves);
    let ends = ends.filter_map(|c| c.points.last()).map(|p| p[0]);
    let end = ends.fold(run.steps(number).unwrap_or(1) as f64, f64::max);
    let plot = |(title, curves, logarithmic, unit)| CurvePlot {
        title,
        curves,
        logarithmic,
        end,
        unit,
    };
    all.into_iter().map(plot).collect()
}

/// The tasks that have curves: in the order of the schema, as everywhere in the window.
fn tasks(run: &RunSnapshot) -> Vec<String> {
    let schema = Schema::face();
    let stages = run.curves.stages.values();
    let named = stages.flat_map(|s| {
        let validated = s.validation.keys().filter_map(|k| k.split(' ').next());
        s.loss.keys().map(String::as_str).chain(validated)
    });
    let mut all: Vec<String> = named.map(String::from).collect();
    let at = |task: &String| schema.position(task).unwrap_or(usize::MAX);
    all.sort_by(|a, b| at(a).cmp(&at(b)).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

fn plots_ui(ui: &mut Ui, plots: &[CurvePlot], look: &mut PlotLook) {
    let columns = match ui.available_width() >= TWO_COLUMNS {
        true => 2,
        false => 1,
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::RunMonitor;

    /// A run whose second stage has only its first validation.
    fn run() -> (tempfile::TempDir, RunSnapshot) {
        let root = tempfile::tempdir().unwrap();
        let step = |step: u64| {
            format!(
                "{{\"kind\":\"step\",\"stage\":1,\"step\":{step},\"loss\":{{\"landmarks\":0.5,\"attributes\":0.25}},\"learning_rate\":0.001,\"images_per_s\":50}}\n"
            )
        };
        let validation = |stage: u8, kept: &str| {
            format!(
                "{{\"kind\":\"validation\",\"stage\":{stage},\"step\":0,\"kept\":[{kept}],\"measures\":{{\"landmarks\":{{\"success\":50.0,\"nme\":6.0}},\"attributes\":{{\"accuracy\":80.0}}}}}}\n"
            )
        };
        let text =
            step(1) + &step(2) + &validation(1, "\"stage1\"") + &validation(2, "\"landmarks\"");
        std::fs::write(root.path().join("metrics.jsonl"), text).unwrap();
        let mut monitor = RunMonitor::expected(root.path());
        monitor.poll();
        let view = monitor.snapshot().clone();
        (root, view)
    }

    #[test]
    fn plots_keep_their_places_and_tasks_their_colours() {
        let (_root, run) = run();
        let p = theme::palette(&egui::Context::default());
        let plots = |stage: u8| plots_of(&run, stage, &PlotLook::default(), p);
        let titles = |stage: u8| -> Vec<String> {
            plots(stage)
                .iter()
                .take(4)
                .map(|p| p.title.clone())
                .collect()
        };
        assert_eq!(titles(1), titles(2));
        let all = |stage: u8| {
            plots(stage)
                .iter()
                .map(|p| p.title.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(2), "those of which stage 2 has nothing yet too");
        assert_eq!(all(1).len(), 6);
        assert_eq!(titles(2)[0], "Loss · landmarks");
        assert!(!plots(2)[0].has_points() && plots(1)[0].has_points());
        for stage in [1, 2] {
            for plot in plots(stage).iter().take(4) {
                for curve in plot.curves.iter().filter(|c| c.name != "as logged") {
                    let task = format!("{} {}", plot.title, curve.name);
                    let tint = match task.contains("landmarks") {
                        true => p.prediction,
                        false => p.working,
                    };
                    assert_eq!(curve.tint, tint, "{task}");
                }
            }
        }
        // A ring stands where the weights were kept.
        let kept = |stage: u8| -> Vec<Option<f64>> {
            plots(stage)[2].curves.iter().map(|c| c.kept).collect()
        };
        assert_eq!(kept(1), [Some(0.0), Some(0.0)]);
        assert_eq!(kept(2), [Some(0.0), None]);
    }

    #[test]
    fn the_table_has_every_point() {
        let (_root, run) = run();
        let csv = table(&run).csv();
        for line in [
            "stage,curve,step,value",
            "1,loss landmarks,2,0.5",
            "2,validation landmarks nme %,0,6",
            "1,learning rate,1,0.001",
        ] {
            assert!(csv.lines().any(|l| l == line), "{line}: {csv}");
        }
    }
}
