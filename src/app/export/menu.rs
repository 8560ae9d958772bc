//! What the menus of exports are made of.

use eframe::egui::{self, Ui};

use crate::app::export::Target;
use crate::app::widgets::theme;

const SCALES: [f32; 4] = [1.0, 2.0, 4.0, 8.0];

/// A name without signs that file names may not have everywhere.
pub fn plain_name(name: &str) -> String {
    const OTHERS: [char; 12] = [' ', '·', '/', '\\', ':', '@', '*', '?', '"', '<', '>', '|'];
    name.replace(OTHERS, "-")
}

/// Where `what` can go, in words: files of these kinds, and the clipboard.
pub fn targets(what: &str, name: &str, kinds: &[&str]) -> Vec<(String, Target)> {
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
pub fn scale_ui(ui: &mut Ui, scale: &mut f32) {
    ui.horizontal(|ui| {
        for choice in SCALES {
            ui.selectable_value(scale, choice, format!("{choice}×"))
                .on_hover_text("Pixels of a PNG to a pixel of the photo");
        }
    });
}

/// What stands above a group of a menu.
pub fn caption(ui: &mut Ui, text: &str) {
    let p = theme::palette(ui.ctx());
    ui.label(
        egui::RichText::new(text)
            .size(theme::CAPTION)
            .color(p.quiet),
    );
}
