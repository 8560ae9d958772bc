//! The line that says what the intervals are of, or how far they are.

use eframe::egui::{self, Align, Layout, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::report::badges::badge_ui;
use crate::app::report::measuring::{BOOTSTRAP, Measured};
use crate::app::report::view::Show;
use crate::app::report::work::Work;
use crate::app::studio::Studio;
use crate::app::widgets::chips::chip;
use crate::app::widgets::theme;
use crate::humanize::thousands;

/// Its height.
const STATUS: f32 = 22.0;

impl Studio {
    /// What the intervals are of, or how far they are; as high whatever it says.
    pub(super) fn intervals_ui(&mut self, ui: &mut Ui, measured: &Measured) {
        let Some(evaluation) = &measured.evaluation else {
            return;
        };
        let p = theme::palette(ui.ctx());
        let (mut stop, mut start) = (false, false);
        let drawn = evaluation.report.groups.first().and_then(|g| g.resampled);
        let view = &self.view.report;
        let row = vec2(ui.available_width(), STATUS);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_height(STATUS);
            ui.add_space(14.0);
            let quiet = |words: String| {
                egui::RichText::new(words)
                    .size(theme::CAPTION)
                    .color(p.quiet)
            };
            let resamples = thousands(BOOTSTRAP.resamples as usize);
            match (&view.work, drawn) {
                (Some((key, work)), _) if key.intervals => {
                    progress_ui(ui, work);
                    stop = chip(ui, "stop", "Stop the intervals")
                        .on_hover_text("Do without intervals")
                        .clicked();
                }
                (_, Some(drawn)) => {
                    let words = match (drawn.units, drawn.few()) {
                        (0 | 1, Some(few)) => few,
                        (_, few) => format!(
                            "{} of {resamples} resamples of {}",
                            match view.show {
                                Show::Plots => "whiskers: 95 % intervals",
                                Show::Tables => "[95 % intervals]",
                            },
                            few.unwrap_or_else(|| drawn.drawn())
                        ),
                    };
                    ui.label(quiet(words));
                    let slices = evaluation.warnings.iter().filter(|w| w.of_intervals);
                    for warning in slices.filter(|w| Some(&w.words) != drawn.few().as_ref()) {
                        badge_ui(ui, warning);
                    }
                }
                _ if self.model.sweep.progress.is_some() => {
                    ui.label(quiet("intervals follow when all is predicted".into()));
                }
                _ if view.no_intervals => {
                    start = chip(ui, "95 % intervals", "Measure the intervals")
                        .on_hover_text(format!("{resamples} resamples of the measured faces"))
                        .clicked();
                }
                _ => {}
            }
        });
        let off = (view.no_intervals || stop) && !start;
        self.view.report.no_intervals = off;
    }
}

fn progress_ui(ui: &mut Ui, work: &Work) {
    let p = theme::palette(ui.ctx());
    let (part, left) = work.progress();
    let (bar, response) = ui.allocate_exact_size(vec2(120.0, theme::BAR), Sense::hover());
    let left = left.map_or(String::new(), |l| {
        format!(" · {:.0} s left", l.as_secs_f32())
    });
    let words = format!("95 % intervals: {:.0} %{left}", 100.0 * part);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &words));
    ui.painter().rect_filled(bar, 3, p.hairline);
    let done = bar.with_max_x(bar.left() + bar.width() * part);
    ui.painter().rect_filled(done, 3, p.working);
    let words = egui::RichText::new(words).size(theme::CAPTION);
    ui.label(words.color(p.quiet));
}
