//! The pane of the form.

use std::path::Path;

use eframe::egui::{self, Role, Ui, WidgetInfo};

use crate::app::model::Context;
use crate::app::training::action::Action;
use crate::app::training::form::dialogs::OUT;
use crate::app::training::form::state::Form;
use crate::app::widgets::buttons::caption;
use crate::app::widgets::theme;

impl Form {
    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                let margin = egui::Margin::symmetric(12, 8);
                egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                    self.data_ui(ui, &context.model.opened, actions);
                    ui.add_space(8.0);
                    self.out_ui(ui, actions);
                    ui.add_space(8.0);
                    caption(ui, "Settings");
                    self.settings_ui(ui, actions);
                    ui.add_space(12.0);
                    actions.extend(self.start_ui(ui, &context.model.runs).map(Action::Start));
                });
            });
    }

    fn out_ui(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        // The field may be too narrow for its end.
        let name = Path::new(self.out.trim()).file_name().unwrap_or_default();
        ui.horizontal(|ui| {
            caption(ui, "Run folder");
            let p = theme::palette(ui.ctx());
            let name = egui::RichText::new(name.to_string_lossy()).size(theme::SMALL);
            ui.add(egui::Label::new(name.color(p.text)).truncate());
        });
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 40.0).max(60.0);
            let field = egui::TextEdit::singleline(&mut self.out).desired_width(width);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Run folder"));
            field.on_hover_text(format!(
                "Where the run keeps its settings, curves, checkpoints and the finished network: {}",
                self.folder().display()
            ));
            if ui
                .button("…")
                .on_hover_text("Choose where runs are kept")
                .clicked()
            {
                actions.push(Action::Choose { field: OUT, folder: true });
            }
        });
    }
}
