//! The pane of the form.

use std::path::Path;

use eframe::egui::{self, Role, Ui, UiBuilder, WidgetInfo};

use crate::app::model::Context;
use crate::app::training::action::Action;
use crate::app::training::form::dialogs::OUT;
use crate::app::training::form::state::Form;
use crate::app::widgets::buttons::caption;
use crate::app::widgets::theme;

impl Form {
    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let room = ui.available_rect_before_wrap();
        // The button and why it cannot be pressed are in sight however long the form is. The form
        // is drawn first: what is typed in it comes before a click on the button.
        let foot = (room.bottom() - self.foot).max(room.top());
        let (form, foot) = room.split_top_bottom_at_y(foot);
        let margin = egui::Margin::symmetric(12, 8);
        let above = &mut ui.new_child(UiBuilder::new().max_rect(form));
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(above, |ui| {
                egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                    self.data_ui(ui, &context.model.opened, actions);
                    ui.add_space(8.0);
                    self.out_ui(ui, actions);
                    ui.add_space(8.0);
                    caption(ui, "Settings");
                    self.settings_ui(ui, actions);
                });
            });
        let line = theme::palette(ui.ctx()).hairline;
        ui.painter().hline(foot.x_range(), foot.top(), (1.0, line));
        let below = &mut ui.new_child(UiBuilder::new().max_rect(foot));
        let drawn = egui::Frame::new().inner_margin(margin).show(below, |ui| {
            ui.set_width(ui.available_width());
            actions.extend(self.start_ui(ui, &context.model.runs).map(Action::Start));
        });
        let height = drawn.response.rect.height().ceil();
        if height != self.foot {
            self.foot = height;
            ui.ctx()
                .request_discard("the foot of the form has another height");
        }
        ui.advance_cursor_after_rect(room);
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
