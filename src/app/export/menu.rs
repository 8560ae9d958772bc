//! The menus of what can be exported.

use eframe::egui::{self, Ui};

use crate::app::export::Target;
use crate::app::studio::Studio;
use crate::app::widgets::theme;
use crate::figure::Format;

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
            self.scale_ui(ui);
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

    pub(in crate::app) fn report_export_ui(&mut self, ui: &mut Ui) {
        let title = egui::RichText::new("Export report").size(theme::SMALL);
        let menu = ui.menu_button(title, |ui| {
            let name = self.report_file_name();
            caption(ui, "tables, as eval writes them");
            for (words, target) in report_targets(&name) {
                if ui.button(words).clicked() {
                    self.export_report(target);
                    ui.close();
                }
            }
            ui.separator();
            caption(ui, "plots, as eval --plots draws them");
            self.scale_ui(ui);
            for format in Format::ALL {
                let kind = format.extension().to_uppercase();
                if ui.button(format!("Save all plots as {kind}…")).clicked() {
                    self.export_plots(None, format);
                    ui.close();
                }
            }
            self.one_plot_ui(ui, &name);
        });
        menu.response
            .on_hover_text("Save or copy the tables and the plots");
    }

    /// The plots one by one, to be saved as any kind of file or copied.
    fn one_plot_ui(&mut self, ui: &mut Ui, name: &str) {
        let plots = self.report_plot_names();
        let mut wanted = None;
        ui.menu_button("Save a plot…", |ui| {
            for plot in &plots {
                if ui.button(plot).clicked() {
                    let target = Target::Ask(format!("{name}-{plot}.png"));
                    wanted = Some((plot.clone(), target));
                }
            }
        });
        ui.menu_button("Copy a plot", |ui| {
            for plot in &plots {
                if ui.button(plot).clicked() {
                    wanted = Some((plot.clone(), Target::Clipboard));
                }
            }
        });
        if let Some((plot, target)) = wanted {
            self.export_plot(plot, target);
            ui.close();
        }
    }

    fn scale_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            for scale in SCALES {
                let words = format!("{scale}×");
                ui.selectable_value(&mut self.view.export_scale, scale, words)
                    .on_hover_text("Pixels of a PNG to a pixel of the photo");
            }
        });
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

/// Where a report's tables can go.
fn report_targets(name: &str) -> Vec<(String, Target)> {
    use crate::evaluation::Format::{Csv, Latex, Markdown};
    let kinds = [
        ("CSV", "csv", Some(Csv)),
        ("Markdown", "md", Some(Markdown)),
        ("LaTeX", "tex", Some(Latex)),
        ("JSON", "json", None),
    ];
    let save = kinds.iter().map(|(kind, extension, _)| {
        let target = Target::AskReport(format!("{name}.{extension}"));
        (format!("Save tables as {kind}…"), target)
    });
    let copy = kinds.iter().filter_map(|(kind, _, format)| {
        let target = Target::ClipboardAs((*format)?);
        Some((format!("Copy tables as {kind}"), target))
    });
    save.chain(copy).collect()
}

fn caption(ui: &mut Ui, words: &str) {
    let p = theme::palette(ui.ctx());
    ui.label(
        egui::RichText::new(words)
            .size(theme::CAPTION)
            .color(p.quiet),
    );
}
