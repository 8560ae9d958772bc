//! The menus of what can be exported.

use eframe::egui::{self, Ui};

use crate::app::export::Target;
use crate::app::studio::Studio;
use crate::app::widgets::theme;

const SCALES: [f32; 4] = [1.0, 2.0, 4.0, 8.0];

/// Takes something where it belongs.
type Export = fn(&mut Studio, Target);

impl Studio {
    pub(in crate::app) fn export_menu_ui(&mut self, ui: &mut Ui) {
        let title = egui::RichText::new("Export").size(theme::SMALL);
        let menu = ui.menu_button(title, |ui| {
            let name = self.file_name();
            let mut wanted: Option<(Export, Target)> = None;
            caption(ui, "photo with its layers");
            scale_ui(ui, &mut self.view.export_scale);
            let picture: Export = Self::export_picture;
            for (words, target) in
                targets("photo", &format!("{name}-overlay"), &["png", "svg", "pdf"])
            {
                if ui.button(words).clicked() {
                    wanted = Some((picture, target));
                }
            }
            ui.separator();
            let count = self.model.faces.selection.chosen.len().max(1);
            caption(
                ui,
                &format!("sheet of chosen faces ({count}), as in Figure 4"),
            );
            let sheet: Export = Self::export_sheet;
            for (words, target) in targets("sheet", &self.sheet_file_name(), &["png", "svg", "pdf"])
            {
                if ui.button(words).clicked() {
                    wanted = Some((sheet, target));
                }
            }
            ui.separator();
            caption(ui, "attributes");
            let table: Export = Self::export_table;
            for (words, target) in
                targets("attributes", &format!("{name}-attributes"), &["csv", "md"])
            {
                if ui.button(words).clicked() {
                    wanted = Some((table, target));
                }
            }
            if let Some((export, target)) = wanted {
                export(self, target);
                ui.close();
            }
        });
        menu.response
            .on_hover_text("Save or copy the photo, the chosen faces or the attributes");
    }

    /// What a file is called at first: the photo's name, with the face's number where it has
    /// several.
    pub(in crate::app) fn file_name(&self) -> String {
        let Some(face) = self.model.faces.shown() else {
            return "export".into();
        };
        let stem = face.sample.path.file_stem().unwrap_or_default();
        let mut name = plain_name(&stem.to_string_lossy());
        match (face.hand, face.sample.ordinal) {
            (Some(n), _) => name += &format!("-box-{}", n + 1),
            (None, None) => {}
            (None, Some(place)) => name += &format!("-{place}"),
        }
        name
    }

    /// What a sheet is called at first: as the list.
    pub(in crate::app) fn sheet_file_name(&self) -> String {
        format!("{}-sheet", plain_name(&self.model.faces.info.name))
    }
}

/// A name without signs that file names may not have everywhere.
pub(in crate::app) fn plain_name(name: &str) -> String {
    const OTHERS: [char; 12] = [' ', '·', '/', '\\', ':', '@', '*', '?', '"', '<', '>', '|'];
    name.replace(OTHERS, "-")
}

/// Where `what` can go, in words: files of these kinds, and the clipboard.
pub(in crate::app) fn targets(what: &str, name: &str, kinds: &[&str]) -> Vec<(String, Target)> {
    let files = kinds.iter().map(|extension| {
        let kind = match *extension {
            "md" => "Markdown".to_owned(),
            other => other.to_uppercase(),
        };
        let target = Target::Ask(format!("{name}.{extension}"));
        (format!("Save {what} as {kind}…"), target)
    });
    let copy = (format!("Copy {what}"), Target::Clipboard);
    files.chain([copy]).collect()
}

/// Pixels of a PNG to a unit of a drawing, to be chosen.
pub(in crate::app) fn scale_ui(ui: &mut Ui, scale: &mut f32) {
    ui.horizontal(|ui| {
        for choice in SCALES {
            ui.selectable_value(scale, choice, format!("{choice}×"))
                .on_hover_text("Pixels of a PNG to a pixel of the photo");
        }
    });
}

/// What stands above a group of a menu.
pub(in crate::app) fn caption(ui: &mut Ui, words: &str) {
    let p = theme::palette(ui.ctx());
    ui.label(
        egui::RichText::new(words)
            .size(theme::CAPTION)
            .color(p.quiet),
    );
}
