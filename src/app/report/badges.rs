//! What a reader of the numbers must know: what flatters them, in which boxes faces were looked at,
//! and what the guess learned from.

use eframe::egui::{self, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::report::measuring::Results;
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
            |words: String, tint| egui::RichText::new(words).size(theme::CAPTION).color(tint);
        let tint = if from_labels { p.waiting } else { p.quiet };
        let words = ui.label(caption(format!("box: {boxes}"), tint));
        if from_labels {
            let tip = "A box made from labelled points tells where the face is, which flatters \
                       the points";
            words.on_hover_text(tip);
        }
        let guess = results.evaluation.as_ref();
        let guess = guess.map_or("guess", |e| e.guess_words(None));
        let learned = format!("· {guess}: learned from {}", plots.learned);
        ui.label(caption(learned, p.quiet));
    });
    clicked
}

/// What is left out, in few words and in a sentence.
fn unread(count: usize) -> Option<Warning> {
    let faces = (count > 0).then(|| counted(count, "face"))?;
    let words = format!(
        "left out, since the pictures could not be read: {faces}; their rows in the list say why"
    );
    Some(Warning {
        badge: format!("{} not read", thousands(count)),
        words,
        ..Warning::default()
    })
}

/// A fact that must not be overlooked; where it is of some faces, a click leads to them.
pub fn badge_ui(ui: &mut Ui, warning: &Warning) -> Response {
    let Warning {
        badge: words,
        words: about,
        ..
    } = warning;
    let clickable = !warning.faces.is_empty();
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), font, p.waiting);
    let size = vec2(galley.size().x + 28.0, 22.0);
    let (sense, role) = match clickable {
        true => (Sense::click(), Role::Button),
        false => (Sense::hover(), Role::Label),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, format!("Warning: {about}")));
    let edge = Stroke::new(1.0, p.waiting.gamma_multiply(0.5));
    let strength = if clickable && response.hovered() {
        0.3
    } else {
        0.12
    };
    let fill = p.waiting.gamma_multiply(strength);
    let painter = ui.painter();
    painter.rect(rect, 11, fill, edge, egui::StrokeKind::Inside);
    painter.circle_filled(rect.left_center() + vec2(11.0, 0.0), 3.5, p.waiting);
    let at = rect.left_center() + vec2(19.0, -galley.size().y / 2.0);
    painter.galley(at, galley, p.waiting);
    let click = match clickable {
        true => "\nclick to see them",
        false => "",
    };
    response.on_hover_text(format!("{about}{click}"))
}
