//! What is asked of a report: which faces, by what they are sliced, plots or tables.

use eframe::egui::{self, RichText, Ui};

use crate::app::model::Model;
use crate::app::report::action::Action;
use crate::app::report::export_menu::export_ui;
use crate::app::report::subset::Subset;
use crate::app::report::view::{ReportView, Tab};
use crate::app::widgets::buttons::{caption, wrapped};
use crate::app::widgets::chips::{chip, toggle_chip};
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::evaluation::Column;
use crate::humanize::thousands;

/// Height of the list of columns.
const COLUMNS: f32 = 360.0;

impl ReportView {
    pub(super) fn controls_ui(&mut self, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            // What never changes its width stands first.
            for (tab, text, name) in [
                (Tab::Plots, "plots", "Show plots"),
                (Tab::Tables, "tables", "Show tables"),
            ] {
                if toggle_chip(ui, self.tab == tab, text, name).clicked() {
                    self.tab = tab;
                    self.scroll_to_top = true;
                }
            }
            self.subset_menu_ui(ui, model);
            self.slices_menu_ui(ui, model);
            export_ui(ui, self, model, actions);
            self.predict_others_ui(ui, model, actions);
        });
        ui.add_space(4.0);
    }

    /// Predicts the measured faces that are not predicted yet.
    fn predict_others_ui(&self, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
        let Some((results, _)) = self.results(model) else {
            return;
        };
        let missing = results.plots.requested - results.plots.measured;
        let missing = missing.saturating_sub(results.unread);
        // Where nothing or little is measured yet, the pane has a larger button.
        let some = results.evaluation.is_some() && !results.few;
        if missing == 0 || !some || !model.can_predict() {
            return;
        }
        let text = format!("predict {}", thousands(missing));
        let name = format!("Predict the other {}", thousands(missing));
        let tip = "Predict those of the measured faces that are not predicted yet";
        if chip(ui, &text, &name).on_hover_text(tip).clicked() {
            actions.push(Action::Predict(self.unpredicted(model)));
        }
    }

    /// Which faces are measured, with how many of each there are.
    fn subset_menu_ui(&mut self, ui: &mut Ui, model: &Model) {
        let list = &model.faces;
        let subset = self.settings.subset(list);
        let splits = &list.info.summary.splits;
        let count = |subset: Subset| match subset {
            Subset::All => list.items.len(),
            Subset::Split(split) => splits.iter().find(|s| s.0 == split).map_or(0, |s| s.1),
            Subset::Shown(_) => self.settings.shown().map_or(0, |faces| faces.len()),
        };
        let name = |subset: Subset| subset.name().unwrap_or_else(|| "all".into());
        let title = format!("measured: {}  {}", name(subset), thousands(count(subset)));
        let mut chosen = None;
        let menu = choice_menu(ui, RichText::new(title).size(theme::SMALL), |ui| {
            let all = splits.iter().map(|s| Subset::Split(s.0));
            for choice in all.chain([Subset::All]) {
                let text = format!("{}  {}", name(choice), thousands(count(choice)));
                if ui.selectable_label(subset == choice, text).clicked() {
                    chosen = Some(choice);
                }
            }
            ui.separator();
            let text = format!(
                "shown in the list now  {}",
                thousands(list.order.shown.len())
            );
            let entry = ui.selectable_label(matches!(subset, Subset::Shown(_)), text);
            let tip = "Measure the faces that the list shows now; they stay the measured ones \
                       until another choice";
            if entry.on_hover_text(tip).clicked() {
                chosen = Some(Subset::Shown(0));
            }
        });
        let tip = "Which faces are measured: without a choice the test split, else the validation \
                   split, else all";
        menu.response.on_hover_text(tip);
        if let Some(subset) = chosen {
            self.settings.choose_subset(list, subset);
        }
    }

    /// By what the faces are sliced.
    fn slices_menu_ui(&mut self, ui: &mut Ui, model: &Model) {
        let (schema, list) = (model.schema(), &model.faces);
        let by = self.settings.by(list);
        let all = Column::all(list.info.columns.len(), &schema);
        let is_attribute = |c: &Column| matches!(c, Column::Attribute(..));
        // Not those with as many values as faces: whoever wants them has `eval --by identity`.
        let values = &list.info.summary.values;
        let is_own = |c: usize| values.get(c).is_some_and(|v| v.listed.is_empty());
        let all = all.into_iter().filter(|c| match c {
            Column::Identity => false,
            Column::Foreign(c) => !is_own(*c),
            _ => true,
        });
        let (attributes, others): (Vec<_>, Vec<_>) = all.partition(is_attribute);
        let name = |c: &Column| c.name(&list.info.columns, &schema).replace('_', " ");
        let title = by.map_or("slices".to_owned(), |c| format!("by {}", name(&c)));
        let mut chosen = None;
        let menu = choice_menu(ui, RichText::new(title).size(theme::SMALL), |ui| {
            if ui.selectable_label(by.is_none(), "no slices").clicked() {
                chosen = Some(None);
            }
            ui.set_min_width(220.0);
            let area = egui::ScrollArea::vertical().max_height(COLUMNS);
            area.show(ui, |ui| {
                for (heading, columns) in [("", &others), ("ATTRIBUTES", &attributes)] {
                    if !heading.is_empty() && !columns.is_empty() {
                        caption(ui, heading);
                    }
                    for column in columns {
                        let text = format!("by {}", name(column));
                        if ui.selectable_label(by == Some(*column), text).clicked() {
                            chosen = Some(Some(*column));
                        }
                    }
                }
            });
        });
        let tip = "Measure also each value of a column by itself: split, box, a column of the \
                   data set, or the label of an attribute";
        menu.response.on_hover_text(tip);
        if let Some(by) = chosen {
            self.settings.choose_by(list, by);
            self.group = 0;
            // The slices stand first, where they are seen.
            self.scroll_to_top = true;
        }
    }
}
