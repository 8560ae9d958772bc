//! What muting does, in rows.

use eframe::egui::Ui;

use crate::app::features::parts::rows::{FAINT, caption_ui, row_ui};
use crate::app::features::view::FeatureView;
use crate::app::widgets::theme;

/// Photo pixels from which a point's move is drawn and said loudly.
const MOVED_PX: f32 = 0.5;
/// Growth of a probability that is said loudly.
const CHANGED: f32 = 0.02;

impl FeatureView {
    /// What muting this channel does, or what those do that are muted.
    pub(super) fn effect_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let channels = self.tower().map_or(0, |t| t.maps.channels());
        if self.muting.effect.rows.is_empty() || self.inspector.selected.1 as usize >= channels {
            return;
        }
        ui.add_space(10.0);
        let text = match self.muting.is_empty() {
            true => "WHEN MUTED".to_owned(),
            false => format!("NOW, WITH {}", self.muting.text().to_uppercase()),
        };
        let tip = format!(
            "On this face. A point is red where it moves by {MOVED_PX} pixels of the photo or more; \
             a probability is coloured where it changes by {CHANGED} or more, yellow up and blue \
             down. What is grey changes less."
        );
        caption_ui(ui, &format!("{text}{}", self.of_first())).on_hover_text(&tip);
        ui.scope(|ui| {
            if !self.effect_is_current() {
                ui.set_opacity(FAINT);
            }
            for change in &self.muting.effect.rows {
                let tint = match change.is_point {
                    true => (change.value >= MOVED_PX).then_some(p.label),
                    false if change.value.abs() < CHANGED => None,
                    false if change.value < 0.0 => Some(p.working),
                    false => Some(p.waiting),
                };
                let text = change.text();
                let row = row_ui(ui, &change.name, &text, Some(tint.unwrap_or(p.quiet)));
                row.on_hover_text(&tip);
            }
        });
    }
}
