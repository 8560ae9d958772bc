//! What is asked of a report: which faces, by what they are sliced, plots or tables.

use eframe::egui::{self, Ui};

use crate::app::report::part::Part;
use crate::app::report::view::Show;
use crate::app::studio::Studio;
use crate::app::widgets::buttons;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::chips::{chip, toggle_chip};
use crate::app::widgets::theme;
use crate::evaluation::Column;
use crate::humanize::thousands;

/// Height of the list of columns.
const COLUMNS: f32 = 360.0;

impl Studio {
    pub(super) fn report_controls_ui(&mut self, ui: &mut Ui) {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            // What never changes its width stands first.
            let show = &mut self.view.report.show;
            for (value, words, name) in [
                (Show::Plots, "plots", "Show plots"),
                (Show::Tables, "tables", "Show tables"),
            ] {
                if toggle_chip(ui, *show == value, words, name).clicked() {
                    *show = value;
                    self.view.report.scroll_up = true;
                }
            }
            self.part_menu_ui(ui);
            self.slices_menu_ui(ui);
            self.report_export_ui(ui);
            let missing = self.report().map_or(0, |(m, _)| {
                (m.figures.of - m.figures.faces).saturating_sub(m.unread)
            });
            // Where nothing or little is measured yet, the pane has a larger button.
            let some = self.report_measured().is_some_and(|m| !m.few) && self.can_predict();
            if missing > 0 && some {
                let words = format!("predict {}", thousands(missing));
                let name = format!("Predict the other {}", thousands(missing));
                let tip = "Predict those of the measured faces that are not predicted yet";
                if chip(ui, &words, &name).on_hover_text(tip).clicked() {
                    self.predict_faces(self.not_yet_measured(), false);
                }
            }
        });
        ui.add_space(4.0);
    }

    /// Which faces are measured, with how many of each there are.
    fn part_menu_ui(&mut self, ui: &mut Ui) {
        let part = self.report_part();
        let list = &self.model.faces;
        let (all, shown) = (list.items.len(), list.order.shown.len());
        let splits = list.info.facts.splits.clone();
        let count = |part: Part| match part {
            Part::All => all,
            Part::Split(split) => splits.iter().find(|s| s.0 == split).map_or(0, |s| s.1),
            Part::Shown(_) => {
                let shown = self.view.report.shown.as_ref();
                shown.map_or(0, |s| s.1.len())
            }
        };
        let name = |part: Part| part.word().unwrap_or_else(|| "all".into());
        let words = format!("measured: {}  {}", name(part), thousands(count(part)));
        let mut wanted = None;
        let menu = ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
            let parts = splits.iter().map(|s| Part::Split(s.0)).chain([Part::All]);
            for choice in parts {
                let words = format!("{}  {}", name(choice), thousands(count(choice)));
                if ui.selectable_label(part == choice, words).clicked() {
                    wanted = Some(choice);
                }
            }
            ui.separator();
            let words = format!("shown in the list now  {}", thousands(shown));
            let entry = ui.selectable_label(matches!(part, Part::Shown(_)), words);
            let tip = "Measure the faces that the list shows now; they stay the measured ones \
                       until another choice";
            if entry.on_hover_text(tip).clicked() {
                wanted = Some(Part::Shown(0));
            }
        });
        let tip = "Which faces are measured: without a choice the test split, else the validation \
                   split, else all";
        menu.response.on_hover_text(tip);
        if let Some(part) = wanted {
            self.measure_part(part);
        }
    }

    fn measure_part(&mut self, part: Part) {
        let view = &mut self.view.report;
        let part = match part {
            Part::Shown(_) => {
                let mut faces = self.model.faces.order.shown.clone();
                faces.sort_unstable();
                let number = view.shown.as_ref().map_or(1, |s| s.0 + 1);
                view.shown = Some((number, faces.into()));
                Part::Shown(number)
            }
            part => part,
        };
        view.part = Some((self.model.faces.number, part));
    }

    /// By what the faces are sliced.
    fn slices_menu_ui(&mut self, ui: &mut Ui) {
        let (schema, list) = (self.schema(), &self.model.faces);
        let by = self.report_key().asked.by;
        let all = Column::all(list.info.columns.len(), &schema);
        let is_attribute = |c: &Column| matches!(c, Column::Attribute(..));
        // Not those with as many values as faces: whoever wants them has `eval --by identity`.
        let values = &list.info.facts.values;
        let is_own = |c: usize| values.get(c).is_some_and(|v| v.listed.is_empty());
        let all = all.into_iter().filter(|c| match c {
            Column::Identity => false,
            Column::Foreign(c) => !is_own(*c),
            _ => true,
        });
        let (attributes, others): (Vec<_>, Vec<_>) = all.partition(is_attribute);
        let name = |c: &Column| c.name(&list.info.columns, &schema).replace('_', " ");
        let words = by.map_or("slices".to_owned(), |c| format!("by {}", name(&c)));
        let mut wanted = None;
        let menu = ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
            if ui.selectable_label(by.is_none(), "no slices").clicked() {
                wanted = Some(None);
            }
            ui.set_min_width(220.0);
            let area = egui::ScrollArea::vertical().max_height(COLUMNS);
            area.show(ui, |ui| {
                for (what, columns) in [("", &others), ("ATTRIBUTES", &attributes)] {
                    if !what.is_empty() && !columns.is_empty() {
                        buttons::caption(ui, what);
                    }
                    for column in columns {
                        let words = format!("by {}", name(column));
                        if ui.selectable_label(by == Some(*column), words).clicked() {
                            wanted = Some(Some(*column));
                        }
                    }
                }
            });
        });
        let tip = "Measure also each value of a column by itself: split, box, a column of the \
                   data set, or the label of an attribute";
        menu.response.on_hover_text(tip);
        if let Some(by) = wanted {
            self.view.report.by = by.map(|by| (self.model.faces.number, by));
            self.view.report.group = 0;
            // The slices stand first, where they are seen.
            self.view.report.scroll_up = true;
        }
    }

    /// Whether faces of the list can be predicted that are not.
    pub(super) fn can_predict(&self) -> bool {
        let list = &self.model.faces;
        !list.findings.is_complete()
            && self.model.sweep.progress.is_none()
            && self.model.networks.current.is_some()
    }

    /// The measured faces that no prediction is known of; many may have to be gone through.
    pub(super) fn not_yet_measured(&self) -> Vec<u32> {
        let list = &self.model.faces;
        let chosen = self.chosen_faces(self.report_part());
        let faces = chosen.faces(&list.samples);
        faces
            .filter(|i| list.findings.get(*i as usize).is_none())
            .collect()
    }
}
