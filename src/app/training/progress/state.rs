//! How a run is: its state with what can be done to it, facts, and what speaks against its result.

use eframe::egui::{self, Align, Color32, Layout, Role, Ui, WidgetInfo, vec2};

use crate::app::command::Command;
use crate::app::command::hint::{hint, tooltip};
use crate::app::command::keys::Keys;
use crate::app::runs::Runs;
use crate::app::training::action::Action;
use crate::app::training::progress::curve::short;
use crate::app::training::progress::plots::STAGE_1;
use crate::app::training::run_state::tint;
use crate::app::widgets::theme;
use crate::humanize::{counted, thousands};
use crate::train::RunSnapshot;

/// State, what went wrong, and the buttons.
pub fn state_ui(ui: &mut Ui, run: &RunSnapshot, runs: &Runs, keys: &Keys) -> Option<Command> {
    let p = theme::palette(ui.ctx());
    let mut clicked = None;
    let state = runs.state_text(run);
    let in_one_row = has_room(ui, &state);
    let mut buttons_ui = |ui: &mut Ui, commands: [Command; 4]| {
        for command in commands {
            let blocked = runs.blocked(run, command);
            let button = ui.add_enabled(blocked.is_none(), egui::Button::new(command.name()));
            let button = match blocked {
                Some(why) => button.on_disabled_hover_text(why),
                None => button,
            };
            if tooltip(button, command, keys).clicked() {
                clicked = Some(command);
            }
        }
    };
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, tint(run, p));
        let text = egui::RichText::new(&state).font(theme::strong(theme::BODY));
        ui.label(text);
        if in_one_row {
            let mut from_the_right = BUTTONS;
            from_the_right.reverse();
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                buttons_ui(ui, from_the_right);
            });
        }
    });
    if !in_one_row {
        ui.horizontal_wrapped(|ui| buttons_ui(ui, BUTTONS));
    }
    let why = run.status.as_ref().and_then(|s| s.why.as_deref());
    for text in why.into_iter().chain(run.error.as_deref()) {
        ui.colored_label(p.label, text);
    }
    if run.curves.broken > 0 {
        let text = format!(
            "{} of metrics.jsonl cannot be read",
            counted(run.curves.broken, "line")
        );
        ui.colored_label(p.waiting, text);
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
    clicked
}

/// What can be done to a run.
const BUTTONS: [Command; 4] = [
    Command::PauseRun,
    Command::ResumeRun,
    Command::StopRun,
    Command::LoadRun,
];

/// Whether the state has room beside the buttons, or these stand below it.
fn has_room(ui: &Ui, state: &str) -> bool {
    let width = |text: &str, font| {
        let text = text.to_owned();
        let galley = ui.painter().layout_no_wrap(text, font, Color32::WHITE);
        galley.size().x
    };
    let spacing = ui.spacing();
    let (gap, padding) = (spacing.item_spacing.x, 2.0 * spacing.button_padding.x);
    let button =
        |command: &Command| width(command.name(), theme::font(theme::BODY)) + padding + gap;
    let buttons: f32 = BUTTONS.iter().map(button).sum();
    let state = 10.0 + gap + width(state, theme::strong(theme::BODY)) + gap;
    state + buttons <= ui.available_width()
}

/// That the network in use is the run's, and where to go from there.
pub fn used_ui(ui: &mut Ui, run: &RunSnapshot, keys: &Keys) -> Option<Command> {
    let p = theme::palette(ui.ctx());
    let mut clicked = None;
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let text = format!("The network of {} is in use.", run.name());
        ui.colored_label(p.prediction, text);
        for (command, text) in [
            (Command::Photos, "Look at photos"),
            (Command::Report, "Measure it"),
            (Command::LoadBundled, "Back to the bundled network"),
        ] {
            if hint(ui.button(text), command, keys).clicked() {
                clicked = Some(command);
            }
        }
    });
    clicked
}

pub fn facts_ui(ui: &mut Ui, run: &RunSnapshot) {
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
            let text = format!("{name} {value}");
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
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            ui.add_space(12.0);
        }
    });
}

/// Which validations were kept: the last values of the curves are not those of the result.
pub fn kept_ui(ui: &mut Ui, run: &RunSnapshot) -> Option<Action> {
    let p = theme::palette(ui.ctx());
    let mut clicked = None;
    let small = |text: String| egui::RichText::new(text).size(theme::SMALL).color(p.quiet);
    // Those of the first stage are chosen by all tasks at once, or by the one that was trained.
    let mut rest: Vec<&String> = run.kept.keys().collect();
    for (number, stage) in &run.curves.stages {
        let kept = stage.kept_text();
        if kept.is_empty() {
            continue;
        }
        ui.horizontal_wrapped(|ui| {
            let text = format!("kept of stage {number}: {}", kept.join("; "));
            ui.label(small(text)).on_hover_text(
                "The validation with the highest success of points or accuracy of attributes; its \
                 weights go into the result. Rings mark it on the curves.",
            );
            for name in stage.kept.keys() {
                clicked = load_ui(ui, run, name).or(clicked.take());
            }
        });
        rest.retain(|name| !stage.kept.contains_key(*name));
    }
    // Nothing was validated where these are from.
    if !rest.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.label(small("kept, the last of their stage:".into()));
            for name in rest {
                clicked = load_ui(ui, run, name).or(clicked.take());
            }
        });
    }
    clicked
}

/// A way to load what a run has kept, as long as it has no result.
fn load_ui(ui: &mut Ui, run: &RunSnapshot, name: &str) -> Option<Action> {
    let weights = run.kept.get(name).filter(|_| run.result.is_none())?;
    let of = match name {
        STAGE_1 => "stage 1",
        task => task,
    };
    let text = egui::RichText::new(format!("load {of}")).size(theme::SMALL);
    let button = ui.add(egui::Button::new(text));
    button.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Load what was kept of {of}"))
    });
    let tip = format!("Looks at photos with {}", weights.display());
    let clicked = button.on_hover_text(tip).clicked();
    clicked.then(|| Action::Load(weights.clone()))
}

/// What speaks against the result.
pub fn warnings_ui(ui: &mut Ui, run: &RunSnapshot) {
    let p = theme::palette(ui.ctx());
    let warnings = run.status.iter().flat_map(|s| &s.warnings);
    for warning in warnings {
        let text = egui::RichText::new(warning)
            .size(theme::SMALL)
            .color(p.waiting);
        ui.label(text).on_hover_text(
            "Measured on the faces for validation. More faces, more epochs or a wider network may \
             help; the curves say whether the run had come to rest.",
        );
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use eframe::egui::{Rect, pos2};

    use super::*;
    use crate::train::{Control, RunMonitor};

    #[test]
    fn a_runs_state_and_its_buttons_are_whole_in_any_width() {
        let folder = Path::new("/runs/run-1");
        let run = RunMonitor::expected(folder).snapshot().clone();
        let mut runs = Runs::fixed(vec![run.clone()], vec![folder.to_owned()]);
        let (ctx, keys) = (egui::Context::default(), Keys::default());
        theme::install(&ctx);
        for told in [false, true] {
            if told {
                runs.control(folder.to_owned(), Control::Stop);
            }
            let state = runs.state_text(&run);
            let mut heights = Vec::new();
            for width in [240.0, 320.0, 420.0, 520.0, 800.0] {
                let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 200.0));
                let input = egui::RawInput {
                    screen_rect: Some(screen),
                    ..Default::default()
                };
                let output = ctx.run_ui(input, |ui| {
                    state_ui(ui, &run, &runs, &keys);
                });
                let places = output.shapes.iter().filter_map(|s| match &s.shape {
                    egui::Shape::Text(text) => {
                        let place = Rect::from_min_size(text.pos, text.galley.size());
                        Some((text.galley.text().to_owned(), place))
                    }
                    _ => None,
                });
                let places: Vec<(String, Rect)> = places.collect();
                let words: Vec<&str> = places.iter().map(|p| p.0.as_str()).collect();
                assert!(words.contains(&state.as_str()), "{words:?}");
                for command in BUTTONS {
                    assert!(words.contains(&command.name()), "{width}: {words:?}");
                }
                for (n, (words, place)) in places.iter().enumerate() {
                    let over = places[..n].iter().any(|other| other.1.intersects(*place));
                    assert!(!over && screen.contains_rect(*place), "{width}: {words}");
                }
                let bottoms = places.iter().map(|p| p.1.bottom());
                heights.push(bottoms.fold(0.0, f32::max));
            }
            assert!(
                heights[0] > heights[4],
                "one row where there is room: {heights:?}"
            );
        }
    }
}
