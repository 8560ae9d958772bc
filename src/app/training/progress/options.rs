//! How the curves of a run are looked at, and where they leave the window.

use eframe::egui::{self, Role, Ui, WidgetInfo};

use crate::app::export::targets;
use crate::app::training::action::{Action, CurveExport};
use crate::app::training::progress::about::describe;
use crate::app::training::progress::curve_plot::{CurvePlot, Hidden};
use crate::app::training::progress::table::table;
use crate::app::widgets::buttons::toggle;
use crate::app::widgets::menus::choice_menu;
use crate::train::RunSnapshot;

/// How curves are looked at.
pub struct PlotOptions {
    /// Weight of what was in the smoothed loss; 0 shows it as it is.
    pub smoothing: f64,
    pub logarithmic: bool,
    /// The newest unless one is chosen.
    pub stage: Option<u8>,
    /// Curves that are not drawn, by the plot's title and their name.
    pub hidden: Hidden,
}

impl Default for PlotOptions {
    fn default() -> Self {
        Self {
            smoothing: 0.8,
            logarithmic: true,
            stage: None,
            hidden: Hidden::new(),
        }
    }
}

impl PlotOptions {
    /// The stage that is chosen, else the newest.
    pub fn shown_stage(&self, run: &RunSnapshot) -> Option<u8> {
        let stages = &run.curves.stages;
        let chosen = self.stage.filter(|s| stages.contains_key(s));
        chosen.or(stages.keys().last().copied())
    }
}

pub fn options_ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    number: u8,
    options: &mut PlotOptions,
    plots: &[CurvePlot],
) -> Option<Action> {
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        let newest = run.curves.stages.keys().last().copied();
        for stage in run.curves.stages.keys() {
            if toggle(ui, number == *stage, &format!("Stage {stage}")).clicked() {
                options.stage = (Some(*stage) != newest).then_some(*stage);
            }
        }
        ui.add_space(8.0);
        let slider = egui::Slider::new(&mut options.smoothing, 0.0..=0.99).text("smoothing");
        let slider = ui.add(slider.show_value(false));
        slider.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Smoothing"));
        slider.on_hover_text("How much of the loss's past is in each point");
        if toggle(ui, options.logarithmic, "log")
            .on_hover_text("Draw the loss on a logarithmic scale")
            .clicked()
        {
            options.logarithmic ^= true;
        }
        action = export_ui(ui, run, number, options, plots);
    });
    action
}

/// The plots as figures, and all curves of the run as a table.
fn export_ui(
    ui: &mut Ui,
    run: &RunSnapshot,
    number: u8,
    options: &PlotOptions,
    plots: &[CurvePlot],
) -> Option<Action> {
    let mut action = None;
    let of = format!("{}, stage {number}", run.name());
    let file = |what: &str| {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let text: String = format!("{of} {what}").chars().map(plain).collect();
        let parts = text.split('-').filter(|p| !p.is_empty());
        parts.collect::<Vec<_>>().join("-")
    };
    let menu = choice_menu(ui, "Export curves", |ui| {
        for plot in plots.iter().filter(|p| p.has_points()) {
            choice_menu(ui, &plot.title, |ui| {
                let kinds = ["png", "svg", "pdf"];
                for (text, target) in targets("plot", &file(&plot.title), &kinds) {
                    if ui.button(text).clicked() {
                        let mut plot = plot.figure(&options.hidden, &of);
                        describe(&mut plot, run);
                        action = Some(Action::Export(CurveExport::Plot(plot), target));
                    }
                }
            });
        }
        ui.separator();
        let name = format!("{}-curves", run.name());
        for (text, target) in targets("all curves", &name, &["csv", "md"]) {
            if ui.button(text).clicked() {
                action = Some(Action::Export(CurveExport::Table(table(run)), target));
            }
        }
    });
    menu.response
        .on_hover_text("Save or copy a plot, or the numbers of all curves");
    action
}
