//! The line that says what the intervals are of, or how far they are.

use eframe::egui::{Response, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::model::Model;
use crate::app::report::job::Job;
use crate::app::report::measuring::{BOOTSTRAP, Results};
use crate::app::report::view::{ReportView, Tab};
use crate::app::widgets::badge::badge_ui;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::chips::chip;
use crate::app::widgets::theme;
use crate::evaluation::Evaluation;
use crate::humanize::thousands;
use crate::measure::wilson_text;

/// Its height, whatever it says, where that has room in a line.
const STATUS: f32 = 22.0;

impl ReportView {
    pub(super) fn intervals_ui(&mut self, ui: &mut Ui, results: &Results, model: &Model) {
        let Some(evaluation) = &results.evaluation else {
            return;
        };
        wrapped(ui, 14, |ui| {
            ui.set_min_height(STATUS);
            self.status_ui(ui, evaluation, model);
        });
    }

    fn status_ui(&mut self, ui: &mut Ui, evaluation: &Evaluation, model: &Model) {
        let groups = &evaluation.report.groups;
        let resamples = thousands(BOOTSTRAP.resamples as usize);
        if let Some(job) = self.measurement.intervals_job() {
            progress_ui(ui, job);
            let stop = chip(ui, "stop", "Stop the intervals");
            if stop.on_hover_text("Do without intervals").clicked() {
                self.settings.without_intervals = true;
            }
        } else if let Some(drawn) = groups.first().and_then(|g| g.resampled) {
            let text = match (drawn.units, drawn.few()) {
                (0 | 1, Some(few)) => few,
                (_, few) => format!(
                    "{} of {resamples} resamples of {}",
                    match self.tab {
                        Tab::Plots => "whiskers: 95 % intervals",
                        Tab::Tables => "[95 % intervals]",
                    },
                    few.unwrap_or_else(|| drawn.drawn())
                ),
            };
            let label = quiet_label(ui, text.clone());
            // In a line of its own it would move what is below; tables have it in theirs.
            let wilson = wilson_text(groups.iter());
            if !wilson.is_empty() {
                label.on_hover_text(format!("{text}{wilson}"));
            }
            let slices = evaluation.warnings.iter().filter(|w| w.of_intervals);
            for warning in slices.filter(|w| Some(&w.text) != drawn.few().as_ref()) {
                badge_ui(ui, warning);
            }
        } else if model.sweep.progress.is_some() {
            quiet_label(ui, "intervals follow when all is predicted".into());
        } else if self.settings.without_intervals {
            let start = chip(ui, "95 % intervals", "Measure the intervals");
            let tip = format!("{resamples} resamples of the measured faces");
            if start.on_hover_text(tip).clicked() {
                self.settings.without_intervals = false;
            }
        }
    }
}

fn quiet_label(ui: &mut Ui, text: String) -> Response {
    let p = theme::palette(ui.ctx());
    ui.label(RichText::new(text).size(theme::CAPTION).color(p.quiet))
}

fn progress_ui(ui: &mut Ui, job: &Job) {
    let p = theme::palette(ui.ctx());
    let (done, left) = job.progress();
    let (bar, response) = ui.allocate_exact_size(vec2(120.0, theme::BAR), Sense::hover());
    let left = left.map_or(String::new(), |l| {
        format!(" · {:.0} s left", l.as_secs_f32())
    });
    let text = format!("95 % intervals: {:.0} %{left}", 100.0 * done);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &text));
    ui.painter().rect_filled(bar, 3, p.hairline);
    let filled = bar.with_max_x(bar.left() + bar.width() * done);
    ui.painter().rect_filled(filled, 3, p.working);
    quiet_label(ui, text);
}
