//! The menu of what can be exported of the photo, of chosen faces and of attributes.

use eframe::egui::{self, Ui};

use super::{Action, Export};
use crate::app::export::{caption, plain_name, scale_ui, targets};
use crate::app::model::{Context, Model};
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;

pub fn export_menu_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let title = egui::RichText::new("Export").size(theme::SMALL);
    let menu = choice_menu(ui, title, |ui| {
        let name = file_name(context.model);
        let mut offer = |ui: &mut Ui, export, what, name: &str, kinds: &[&str]| {
            for (text, target) in targets(what, name, kinds) {
                if ui.button(text).clicked() {
                    actions.push(Action::Export(export, target));
                }
            }
        };
        let drawings = ["png", "svg", "pdf"];
        caption(ui, "photo with its layers");
        let mut scale = context.model.export_scale;
        scale_ui(ui, &mut scale);
        let overlay = format!("{name}-overlay");
        offer(ui, Export::Photo, "photo", &overlay, &drawings);
        ui.separator();
        let count = context.model.faces.selection.chosen.len().max(1);
        let text = format!("sheet of chosen faces ({count}), as in Figure 4");
        caption(ui, &text);
        let sheet = sheet_file_name(context.model);
        offer(ui, Export::Sheet, "sheet", &sheet, &drawings);
        ui.separator();
        caption(ui, "attributes");
        let table = format!("{name}-attributes");
        offer(ui, Export::Attributes, "attributes", &table, &["csv", "md"]);
        if scale != context.model.export_scale {
            actions.push(Action::ExportScale(scale));
        }
    });
    menu.response
        .on_hover_text("Save or copy the photo, the chosen faces or the attributes");
}

/// What a file is called at first: the photo's name, with the face's number where it has
/// several.
pub fn file_name(model: &Model) -> String {
    let Some(face) = model.faces.shown() else {
        return "export".into();
    };
    let stem = face.sample.path.file_stem().unwrap_or_default();
    let mut name = plain_name(&stem.to_string_lossy());
    if let Some(which) = face.which() {
        name += &plain_name(&format!("-{which}"));
    }
    name
}

/// What a sheet is called at first: as the list.
pub fn sheet_file_name(model: &Model) -> String {
    format!("{}-sheet", plain_name(&model.faces.info.name))
}
