//! One channel looked at closely: over the face or large, its numbers, what muting it does, and
//! the photos of its top activations.

use eframe::egui::{self, Label, RichText, Role, Ui, WidgetInfo};

use crate::app::features::action::Action;
use crate::app::features::parts::choice::choice_ui;
use crate::app::features::parts::colour_bar::{colour_bar_ui, heat_bar_ui};
use crate::app::features::parts::rows::{FAINT, numbers_ui, row_ui};
use crate::app::features::state::comparison::Set;
use crate::app::features::state::maps::late;
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::humanize::title;

/// Of a channel that is in no pair.
const NO_PARTNER: &str = "no partner in the second, so it is not among the maps in pairs";

impl FeatureView {
    /// The pane beside the maps.
    pub fn channel_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let (slot, channel) = self.inspected();
        let found = self.maps.painter.clone().zip(self.tower_of(slot).map(|t| {
            let stats = t.maps.stats.get(channel as usize);
            (t.maps.tower.clone(), stats.copied().unwrap_or_default())
        }));
        let found = found.filter(|_| self.maps.absent.is_none() && self.maps.failed.is_none());
        let Some((painter, (tower, stats))) = found else {
            header_ui(ui, "Channel", "");
            return;
        };
        let named = self.channel_head_ui(ui, &tower, context.keys);
        ui.add_space(8.0);
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                egui::Frame::new()
                    .inner_margin(egui::Margin::symmetric(12, 0))
                    .show(ui, |ui| {
                        if late(self.maps.waiting) {
                            // Of another face or layer than the one that is asked for.
                            ui.set_opacity(FAINT);
                        }
                        self.set_ui(ui, &tower, named);
                        self.face_ui(ui, &painter);
                        self.scale_key_ui(ui);
                        self.overlay_ui(ui);
                        ui.add_space(6.0);
                        let silenced = self.silenced(slot);
                        let alone = self.lacks_partner(slot.tower, channel);
                        let state = match silenced.filter(|_| slot.set == Set::Difference) {
                            _ if alone => Some(NO_PARTNER.to_owned()),
                            muted => muted.map(|m| format!("{m}: there is no difference to see")),
                        };
                        if let Some(text) = &state {
                            let p = theme::palette(ui.ctx());
                            ui.add(Label::new(RichText::new(text).color(p.waiting)).wrap());
                        }
                        if state.is_none() || (alone && slot.set == Set::First) {
                            numbers_ui(ui, &stats);
                        }
                        let face = context.model.faces.shown();
                        if let Some(face) = face.filter(|f| f.item.picture().is_some()) {
                            let p = theme::palette(ui.ctx());
                            row_ui(ui, "face box", &face.source.to_string(), Some(p.quiet));
                        }
                        if stats.is_zero() && silenced.is_none() && self.maps.waiting.is_none() {
                            let p = theme::palette(ui.ctx());
                            let text = match (slot.set, self.comparison.is_of_photos()) {
                                (Set::Difference, _) => "the same everywhere",
                                (Set::Second, true) => "zero everywhere on the pinned photo",
                                _ => "zero everywhere on this photo",
                            };
                            ui.colored_label(p.waiting, text);
                        }
                        self.effect_ui(ui);
                        self.explanation_ui(ui, context, actions);
                        self.examples_ui(ui, context, actions);
                        ui.add_space(12.0);
                    });
            });
    }

    /// Whose map it is, where two are compared or the head had no room for the tower's name.
    fn set_ui(&self, ui: &mut Ui, tower: &str, named: bool) {
        if self.compared_sets().is_some() || !named {
            let p = theme::palette(ui.ctx());
            let text = format!(
                "{}{}",
                title(tower),
                self.named_set_label(self.inspected_set())
            );
            ui.label(RichText::new(text).size(theme::SMALL).color(p.prediction));
            ui.add_space(2.0);
        }
    }

    /// After what is said of the first of two that are compared, whichever is looked at.
    pub(super) fn of_first(&self) -> String {
        self.set_label(Set::First).to_uppercase()
    }

    /// The colours of the channel over the face, and which values their ends are.
    fn scale_key_ui(&self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let (slot, channel) = self.inspected();
        let Some(range) = self.range(slot, channel) else {
            return;
        };
        let ([low, high], whose) = (range.ends(), range.whose);
        let small = |text: String| RichText::new(text).size(theme::SMALL);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.label(small(low.clone()));
            // The words first: a bar says as much when it is short.
            let text = format!("{high} {whose}");
            let font = theme::font(theme::SMALL);
            let galley = ui.painter().layout_no_wrap(text, font, p.quiet);
            let wide = ui.available_width() - galley.size().x - 14.0;
            let wide = wide.clamp(40.0, 160.0);
            let bar = match self.inspector.alone || self.inspector.strength == 0.0 {
                true => colour_bar_ui(ui, self.colours(slot.set), wide),
                false => heat_bar_ui(ui, self.colours(slot.set), wide, self.inspector.strength),
            };
            let accessible_name = format!("Channel's colour key, {whose}: {low} to {high}");
            bar.widget_info(|| WidgetInfo::labeled(Role::Image, true, &accessible_name));
            ui.label(small(high));
            let whose = small(whose).color(p.quiet);
            ui.add(egui::Label::new(whose).truncate());
        });
    }

    fn overlay_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            let tip = "The channel alone, without the face";
            if choice_ui(ui, self.inspector.alone, "map", "Channel alone", tip) {
                self.inspector.alone ^= true;
            }
            let room = ui.available_width() - 96.0;
            ui.spacing_mut().slider_width = room.max(40.0);
            if room >= 40.0 {
                ui.colored_label(p.quiet, "overlay");
            }
            let slider =
                egui::Slider::new(&mut self.inspector.strength, 0.0..=1.0).show_value(false);
            let response = ui.add_enabled(!self.inspector.alone, slider);
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Overlay strength"));
            response.on_hover_text("Strength of the channel over the face");
            ui.label(format!("{:.0} %", 100.0 * self.inspector.strength));
        });
    }
}
