//! The menu of what of a report can be exported.

use eframe::egui::{RichText, Ui};

use crate::app::export::{Target, caption, scale_ui};
use crate::app::model::Model;
use crate::app::report::action::{Action, Export};
use crate::app::report::view::ReportView;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::evaluation;
use crate::figure::Format;

pub fn export_ui(ui: &mut Ui, view: &ReportView, model: &Model, actions: &mut Vec<Action>) {
    let title = RichText::new("Export report").size(theme::SMALL);
    let menu = choice_menu(ui, title, |ui| {
        let name = view.file_name(model);
        caption(ui, "tables, as eval writes them");
        for (text, target) in table_targets(&name) {
            if ui.button(text).clicked() {
                actions.push(Action::Export(Export::Tables(target)));
            }
        }
        ui.separator();
        caption(ui, "plots, as eval --plots draws them");
        let mut scale = model.export_scale;
        scale_ui(ui, &mut scale);
        if scale != model.export_scale {
            actions.push(Action::ExportScale(scale));
        }
        for format in Format::ALL {
            let kind = format.extension().to_uppercase();
            if ui.button(format!("Save all plots as {kind}…")).clicked() {
                actions.push(Action::Export(Export::AllPlots(format)));
            }
        }
        one_plot_ui(ui, &view.plot_names(model), &name, actions);
    });
    menu.response
        .on_hover_text("Save or copy the tables and the plots");
}

/// The plots one by one, to be saved as any kind of file or copied.
fn one_plot_ui(ui: &mut Ui, plots: &[String], name: &str, actions: &mut Vec<Action>) {
    let mut chosen = None;
    choice_menu(ui, "Save a plot…", |ui| {
        for plot in plots {
            if ui.button(plot).clicked() {
                let target = Target::Ask(format!("{name}-{plot}.png"));
                chosen = Some(Export::Plot(plot.clone(), target));
            }
        }
    });
    choice_menu(ui, "Copy a plot", |ui| {
        for plot in plots {
            if ui.button(plot).clicked() {
                chosen = Some(Export::Plot(plot.clone(), Target::Clipboard));
            }
        }
    });
    if let Some(export) = chosen {
        actions.push(Action::Export(export));
    }
}

/// Where a report's tables can go.
fn table_targets(name: &str) -> Vec<(String, Target)> {
    use evaluation::Format::{Csv, Latex, Markdown};
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
