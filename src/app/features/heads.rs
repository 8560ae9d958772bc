//! What stands above a tower's maps.

use std::sync::Arc;

use eframe::egui::{self, Color32, Sense, Ui, pos2, vec2};

use crate::app::features::compared::Column;
use crate::app::features::state::comparison::Slot;
use crate::app::features::view::FeatureView;
use crate::app::widgets::theme;
use crate::humanize::title;
use crate::model::TowerId;

/// Height of what stands above a tower's maps, and of a second line of it.
pub(super) const HEAD: f32 = 26.0;
const HEAD_LINE: f32 = 16.0;
/// From the left of the head to the tower's name, and between its parts.
const AFTER_DOT: f32 = 14.0;
const APART: f32 = 8.0;
/// As long as a range gets.
const WIDEST_RANGE: &str = "−88.8 to 88.8";

pub(super) fn head_height(lines: usize) -> f32 {
    HEAD + HEAD_LINE * lines.saturating_sub(1) as f32
}

/// Words in one line that is no wider; with … in place of what has no room.
pub(super) fn shortened(
    painter: &egui::Painter,
    text: String,
    (font, tint): (egui::FontId, Color32),
    width: f32,
) -> Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text, font, tint);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

impl FeatureView {
    /// What stands above a tower's maps: "Landmarks, this photo".
    fn head_name(&self, slot: Slot) -> String {
        let tower = self.tower_of(slot).map_or("", |t| &t.maps.tower);
        format!("{}{}", title(tower), self.named_set_label(slot.set))
    }

    /// In how many lines the heads of columns are: in two where a name and a range have no room
    /// beside each other in any of them, however long the range is. Maps do not move when it changes.
    pub(super) fn head_lines(&self, ui: &Ui, columns: &[Column], width: f32) -> usize {
        let measured = |text: String, size: f32| {
            let galley = ui
                .painter()
                .layout_no_wrap(text, theme::font(size), Color32::WHITE);
            galley.size().x
        };
        let fits = |column: &Column| {
            let Column::Maps(slot) = column else {
                return true;
            };
            let name = measured(self.head_name(*slot), theme::BODY);
            let range = measured(WIDEST_RANGE.to_owned(), theme::SMALL);
            AFTER_DOT + name + APART + range <= width
        };
        2 - usize::from(columns.iter().all(fits))
    }

    /// The tower's name, what its maps are, and their range: in one line, or below the name.
    pub(super) fn head_ui(&self, ui: &mut Ui, slot: Slot, (width, lines): (f32, usize)) {
        let p = theme::palette(ui.ctx());
        let Some(tower) = self.tower_of(slot) else {
            return;
        };
        let size = vec2(width, head_height(lines));
        let (head, response) = ui.allocate_exact_size(size, Sense::hover());
        let (facts, name) = (
            tower.facts.first().map_or("", String::as_str),
            self.head_name(slot),
        );
        response.on_hover_text(format!("{name}: {facts}; values {}", tower.range));
        let painter = ui.painter().with_clip_rect(head.intersect(ui.clip_rect()));
        let dot = match tower.maps.id {
            TowerId::Shared => p.quiet,
            TowerId::Task(task) => [p.prediction, p.working, p.waiting][task.min(2)],
        };
        let top = pos2(head.left(), head.top() + HEAD / 2.0);
        painter.circle_filled(top + vec2(4.0, 0.0), 3.5, dot);
        let (body, small) = (theme::font(theme::BODY), theme::font(theme::SMALL));
        let name = shortened(&painter, name, (body, p.text), width - AFTER_DOT);
        let place = top + vec2(AFTER_DOT, -name.size().y / 2.0);
        let after = place.x + name.size().x;
        painter.galley(place, name, p.text);
        let (left, middle) = match lines {
            1 => (after + APART, top.y),
            _ => (
                head.left() + AFTER_DOT,
                head.bottom() - HEAD_LINE / 2.0 - 2.0,
            ),
        };
        let range = shortened(
            &painter,
            tower.range.clone(),
            (small.clone(), p.quiet),
            width,
        );
        let from = head.right() - range.size().x;
        painter.galley(pos2(from, middle - range.size().y / 2.0), range, p.quiet);
        // In a narrow column less and less of it.
        for text in &tower.facts {
            let galley = painter.layout_no_wrap(text.clone(), small.clone(), p.quiet);
            if left + galley.size().x <= from - APART {
                let at = pos2(left, middle - galley.size().y / 2.0);
                painter.galley(at, galley, p.quiet);
                break;
            }
        }
    }
}
