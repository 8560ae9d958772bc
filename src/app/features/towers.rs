//! Which tower matters: by depth and task, how the joining weights are shared out between own and
//! shared maps, and what either half at zero costs over the faces of the list.

use eframe::egui::{self, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::features::action::Action;
use crate::app::features::parts::faces::faces_ui;
use crate::app::features::parts::progress::progress_ui;
use crate::app::features::parts::table_menu::table_menu_ui;
use crate::app::features::parts::warnings::warnings_ui;
use crate::app::features::state::export::TableKind;
use crate::app::features::tower_plots::{OWN, SHARED, plots_ui};
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;
use crate::dataset::describe_boxes;
use crate::engine::StudyKind;
use crate::measure::FEW_UNITS;

impl FeatureView {
    pub(super) fn towers_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        ui.add_space(6.0);
        wrapped(ui, 10, |ui| {
            let tip = "Over how many labelled faces, in the boxes they came with";
            let (wanted, of_shown) = (
                &mut self.studies.faces.towers,
                &mut self.studies.faces.of_shown,
            );
            faces_ui(ui, &context.model.faces, (wanted, of_shown), tip);
            let running = self.studies.progress(StudyKind::Towers).is_some();
            let button = ui.add_enabled(!running, egui::Button::new("measure"));
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Measure the towers"));
            let tip = "Hold either half of the joined maps at zero, depth by depth, and measure";
            if button.on_hover_text(tip).clicked() {
                actions.push(Action::MeasureTowers);
            }
            ui.add_space(12.0);
            for (tint, text) in [(OWN, "the task's own maps"), (SHARED, "shared maps")] {
                let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                ui.painter().rect_filled(dot, 2, tint);
                ui.label(egui::RichText::new(text).size(theme::SMALL));
            }
            if let Some((found, choice)) = &self.studies.found.towers {
                // A line breaks between these, not within one.
                let over = format!("over {},", choice.describe(found.faces));
                for text in [over, describe_boxes(&found.boxes)] {
                    let text = egui::RichText::new(text).color(p.quiet);
                    ui.add(egui::Label::new(text).extend());
                }
                table_menu_ui(ui, TableKind::Towers, actions);
            }
        });
        if let Some(resampled) = self
            .studies
            .found
            .towers
            .as_ref()
            .and_then(|t| t.0.resampled)
        {
            wrapped(ui, 12, |ui| {
                let text = format!("{}; faint: not told from zero", resampled.describe());
                let tint = match resampled.units < FEW_UNITS {
                    true => p.waiting,
                    false => p.quiet,
                };
                let text = egui::RichText::new(text).size(theme::SMALL);
                ui.colored_label(tint, text).on_hover_text(
                    "Each resample measures with and without a half on the same faces. Of halves \
                     that nobody misses one in twenty seems to differ.",
                );
            });
        }
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            progress_ui(ui, &self.studies, StudyKind::Towers, actions);
        });
        let Some(found) = self.towers_known(context.model.networks.current.as_ref()) else {
            return;
        };
        warnings_ui(ui, &found.warnings);
        let text = match (found.shares.is_empty(), found.faces) {
            (true, _) => "This network joins no towers: there is nothing to compare.",
            (false, 0) => {
                "At each depth a task joins its own maps with the shared ones. At the left is what \
                 the weights set aside for each; what its absence costs is measured over faces."
            }
            _ => "",
        };
        if !text.is_empty() {
            wrapped(ui, 12, |ui| {
                ui.colored_label(p.quiet, text);
            });
        }
        if !found.shares.is_empty() {
            let area = egui::ScrollArea::vertical().auto_shrink([false, false]);
            area.show(ui, |ui| plots_ui(ui, found));
        }
    }
}
