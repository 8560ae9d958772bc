//! How far a study is.

use eframe::egui::{self, Role, Ui, WidgetInfo, vec2};

use crate::app::features::action::Action;
use crate::app::features::state::studies::Studies;
use crate::app::widgets::theme;
use crate::engine::StudyKind;

/// The least length of a bar, and what the button that stops and the gaps need, in points.
const LEAST_BAR: f32 = 40.0;
const STOP: f32 = 62.0;

/// A bar with what is left and a way to stop, while a study runs; else why it failed.
pub fn progress_ui(ui: &mut Ui, studies: &Studies, kind: StudyKind, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    for (_, why) in studies.problems.iter().filter(|(of, _)| *of == kind) {
        ui.add(egui::Label::new(egui::RichText::new(why).color(p.label)).wrap());
    }
    let Some(running) = studies.running.iter().find(|r| r.kind == kind) else {
        return;
    };
    let part = running.part();
    ui.horizontal_wrapped(|ui| {
        // The rate is left out first, then the bar is short; what still does not fit is wrapped.
        let room = ui.available_width() - STOP;
        let measured = |text: &str| {
            let font = theme::font(theme::SMALL);
            let galley = ui.painter().layout_no_wrap(text.to_owned(), font, p.text);
            galley.size().x
        };
        let text = [true, false].map(|wide| running.text(part, wide));
        let text = match measured(&text[0]) + LEAST_BAR <= room {
            true => &text[0],
            false => &text[1],
        };
        let width = (room - measured(text)).clamp(LEAST_BAR, 260.0);
        let (bar, _) = ui.allocate_exact_size(vec2(width, theme::BAR), egui::Sense::hover());
        ui.painter().rect_filled(bar, 3, p.hairline);
        let mut done = bar;
        done.set_width(bar.width() * part);
        ui.painter().rect_filled(done, 3, p.waiting);
        let text = egui::RichText::new(text).size(theme::SMALL);
        ui.add(egui::Label::new(text).extend());
        let stop = ui.small_button("stop");
        let accessible_name = match kind {
            StudyKind::Rank => "Stop ranking",
            StudyKind::TopActivations => "Stop finding top activations",
            StudyKind::Match => "Stop matching channels",
            StudyKind::Towers => "Stop measuring the towers",
            StudyKind::Explain => "Stop explaining",
        };
        stop.widget_info(|| WidgetInfo::labeled(Role::Button, true, accessible_name));
        let tip = match kind {
            StudyKind::Explain => "End it",
            StudyKind::Rank | StudyKind::TopActivations | StudyKind::Match | StudyKind::Towers => {
                "End it; what was found until now stays"
            }
        };
        if stop.on_hover_text(tip).clicked() {
            actions.push(Action::Stop(kind));
        }
    });
}
