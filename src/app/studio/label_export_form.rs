//! What somebody is asked before labels are written, and what the format that is chosen cannot hold.

use eframe::egui;

use crate::app::widgets::buttons;
use crate::app::widgets::theme;
use crate::dataset::export::Format;
use crate::humanize::counted;

/// What somebody is asked before labels are written.
pub struct LabelExport {
    pub format: Format,
    pub copy_pictures: bool,
    /// Put the new folder in the place of an earlier one.
    pub replace: bool,
    pub faces: usize,
    pub mended: usize,
    /// What the format cannot hold, once that is known.
    pub dropped: Option<Vec<String>>,
    /// What of that is written beside.
    pub beside: Option<String>,
}

/// Dropped things that are listed; the others are counted.
const LISTED: usize = 8;

fn name(format: Format) -> &'static str {
    match format {
        Format::Celeba => "CelebA (text tables)",
        Format::CelebaCsv => "CelebA (CSV tables)",
        Format::Mtfl => "MTFL",
        Format::Pts => "300-W .pts",
        Format::Coco => "COCO keypoints",
        Format::Labelme => "labelme",
        Format::FacesCsv => "faces.csv",
    }
}

impl LabelExport {
    /// Whether to write, once somebody has said.
    pub fn ui(&mut self, ui: &mut egui::Ui) -> Option<bool> {
        let p = theme::palette(ui.ctx());
        ui.label(egui::RichText::new("Export labels").font(theme::strong(15.0)));
        ui.add_space(4.0);
        let faces = counted(self.faces, "face");
        ui.label(format!("{faces}, of which {} mended. Faces that were excluded are left out, and the opened set stays as it is.", self.mended));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let label = ui.label("Format");
            let combo =
                egui::ComboBox::from_id_salt("label format").selected_text(name(self.format));
            let combo = combo.show_ui(ui, |ui| {
                for format in Format::ALL {
                    ui.selectable_value(&mut self.format, format, name(format));
                }
            });
            combo.response.labelled_by(label.id);
        });
        ui.checkbox(&mut self.copy_pictures, "Copy the pictures into the folder");
        ui.checkbox(&mut self.replace, "Replace an earlier export")
            .on_hover_text("The folder is replaced as a whole once the new one is complete; one that holds anything else is refused");
        ui.add_space(8.0);
        match &self.dropped {
            None => {
                ui.colored_label(p.quiet, "finding out what the format can hold…");
            }
            Some(dropped) if dropped.is_empty() => {
                ui.colored_label(p.working, "The format holds all that is known.");
            }
            Some(dropped) => {
                ui.colored_label(p.waiting, "The format does not hold:");
                for text in dropped.iter().take(LISTED) {
                    ui.label(text);
                }
                if dropped.len() > LISTED {
                    ui.label(format!("and {} more kinds", dropped.len() - LISTED));
                }
                if let Some(text) = &self.beside {
                    ui.label(text);
                }
            }
        }
        ui.add_space(10.0);
        let mut answer = None;
        ui.horizontal(|ui| {
            let ready = self.dropped.is_some();
            let write = ui.add_enabled_ui(ready, |ui| {
                buttons::primary_or_enter(ui, "Choose a folder…")
            });
            if write.inner {
                answer = Some(true);
            }
            if ui.button("Cancel").clicked() {
                answer = Some(false);
            }
        });
        answer
    }
}
