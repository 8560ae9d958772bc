//! What a reader of the numbers must know: what flatters them, in which boxes faces were looked at,
//! and what the guess learned from.

use eframe::egui::{self, Ui};

use crate::app::report::measuring::Results;
use crate::app::widgets::badge::badge_ui;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;
use crate::dataset::BoxSource;
use crate::evaluation::Warning;
use crate::humanize::{counted, thousands};

/// What a click on a warning leads to: these faces, and what they are.
pub fn provenance_ui(ui: &mut Ui, results: &Results) -> Option<(String, Vec<u32>)> {
    let p = theme::palette(ui.ctx());
    let mut clicked = None;
    let warnings = results.evaluation.iter().flat_map(|e| &e.warnings);
    // Those of intervals stand beside what is said of these, so that nothing moves when they come.
    let mut warnings: Vec<Warning> = warnings.filter(|w| !w.of_intervals).cloned().collect();
    warnings.extend(unread(results.unread));
    if !warnings.is_empty() {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for warning in &warnings {
                if badge_ui(ui, warning).clicked() {
                    clicked = Some((warning.badge.clone(), warning.faces.clone()));
                }
            }
        });
        ui.add_space(4.0);
    }
    let plots = &results.plots;
    // A box from labels tells where the face is.
    let from_labels = plots.boxes.iter().any(|b| b.0 == BoxSource::Labels);
    let boxes = plots
        .boxes
        .iter()
        .map(|(source, n)| format!("{source} ({})", thousands(*n)));
    let boxes = boxes.collect::<Vec<_>>().join(", ");
    wrapped(ui, 14, |ui| {
        let caption =
            |text: String, tint| egui::RichText::new(text).size(theme::CAPTION).color(tint);
        let tint = if from_labels { p.waiting } else { p.quiet };
        let text = ui.label(caption(format!("box: {boxes}"), tint));
        if from_labels {
            let tip = "A box made from labelled points tells where the face is, which flatters \
                       the points";
            text.on_hover_text(tip);
        }
        let guess = results.evaluation.as_ref();
        let guess = guess.map_or("trivial baseline", |e| e.baseline_text(None));
        let learned = format!("· {guess}: learned from {}", plots.learned);
        ui.label(caption(learned, p.quiet));
    });
    clicked
}

/// What is left out, in few words and in a sentence.
fn unread(count: usize) -> Option<Warning> {
    let faces = (count > 0).then(|| counted(count, "face"))?;
    let text = format!(
        "left out, since the pictures could not be read: {faces}; their rows in the list say why"
    );
    Some(Warning {
        badge: format!("{} not read", thousands(count)),
        text,
        ..Warning::default()
    })
}
