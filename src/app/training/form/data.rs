//! The data sets of a run, and what they teach.

use std::path::PathBuf;

use eframe::egui::{self, Role, Ui, WidgetInfo};

use crate::app::opening::pasted_path;
use crate::app::training::action::Action;
use crate::app::training::form::dialogs::DATA;
use crate::app::training::form::state::Form;
use crate::app::widgets::buttons::{caption, shortened};
use crate::app::widgets::theme;
use crate::dataset;

/// Portraits that are drawn when they are wanted.
const DRAWN: &str = "synthetic:4000";

impl Form {
    pub fn data_ui(&mut self, ui: &mut Ui, opened: &[PathBuf], actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        caption(ui, "Data sets");
        let mut gone = None;
        for (i, path) in self.data.iter().enumerate() {
            ui.horizontal(|ui| {
                if ui
                    .small_button("×")
                    .on_hover_text("Take this away")
                    .clicked()
                {
                    gone = Some(i);
                }
                let text = path.display().to_string();
                ui.label(shortened(&text, 34)).on_hover_text(text);
            });
        }
        if let Some(i) = gone {
            self.data.remove(i);
        }
        if self.data.is_empty() {
            ui.colored_label(p.quiet, "What is to be learned from, with labels.");
        }
        self.labels.update(ui.ctx(), &self.data);
        self.labels.ui(ui);
        self.typed_ui(ui);
        ui.horizontal_wrapped(|ui| {
            let new = opened.iter().any(|o| !self.data.contains(o));
            let button = ui.add_enabled(new, egui::Button::new("Use what is open"));
            if button
                .on_hover_text("Train on the data set that the list shows")
                .on_disabled_hover_text("The samples are no data set, or it is chosen already")
                .clicked()
            {
                self.chosen(DATA, opened.to_vec());
            }
            if ui.button("Folder…").on_hover_text("Add a folder").clicked() {
                actions.push(Action::Choose { field: DATA, folder: true });
            }
            let drawn = PathBuf::from(DRAWN);
            let button = ui.add_enabled(!self.data.contains(&drawn), egui::Button::new("Drawn faces"));
            let tip = format!(
                "4,000 drawn portraits with exact labels, which need no files ({DRAWN}): to see how \
                 training goes"
            );
            if button.on_hover_text(tip).clicked() {
                self.chosen(DATA, vec![drawn]);
            }
            if ui
                .button("File…")
                .on_hover_text("Add a faces.csv")
                .clicked()
            {
                actions.push(Action::Choose { field: DATA, folder: false });
            }
        });
    }

    /// A path, or drawn portraits, which no dialog finds.
    fn typed_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 48.0).max(60.0);
            let field = egui::TextEdit::singleline(&mut self.typed)
                .hint_text("a path, or synthetic:4000")
                .desired_width(width);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Data set to add"));
            let field = field.on_hover_text(
                "A folder or label file, as they are opened elsewhere, or synthetic:N for N drawn \
                 portraits; Enter or Add takes it",
            );
            let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let path = pasted_path(&self.typed);
            let add = ui.add_enabled(path.is_some(), egui::Button::new("Add"));
            let add = add.on_hover_text("Add the data set of this path, or drawn portraits");
            if let (true, Some(path)) = (add.clicked() || entered, path) {
                self.typed.clear();
                self.chosen(DATA, vec![dataset::absolute(&path)]);
            }
        });
    }
}
