//! What there is to know about the point under the pointer.

use eframe::egui::{self, Color32, Response, Ui};

use super::transform::PhotoTransform;
use crate::app::faces::item::Face;
use crate::app::faces::points::PointView;
use crate::app::widgets::theme;
use crate::label::Schema;

/// Screen points around a point within which its numbers are shown.
const NEAR: f32 = 12.0;

/// The point of a face that the pointer is at.
pub fn near<'s>(
    response: &Response,
    map: PhotoTransform,
    face: &Face,
    schema: &'s Schema,
) -> Option<PointView<'s>> {
    let pointer = response.hover_pos()?;
    let reach = |point: &PointView| {
        let all = [point.found, point.label, point.other]
            .into_iter()
            .flatten();
        let nearest = all.map(|p| map.to_screen(p).distance(pointer));
        nearest.fold(f32::INFINITY, f32::min)
    };
    let points = face.points(schema).into_iter();
    let points = points.map(|p| (reach(&p), p)).filter(|(r, _)| *r < NEAR);
    points.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p)
}

/// What there is to know about a point.
pub fn numbers_ui(ui: &mut Ui, point: &PointView) {
    let p = theme::palette(ui.ctx());
    ui.label(egui::RichText::new(point.title()).strong());
    let mut fact = |text: String, tint: Color32| {
        ui.colored_label(tint, text);
    };
    if let Some(off) = point.off() {
        let (tint, inside) = match point.is_found() {
            Some(true) => (p.prediction, ", inside α·L"),
            Some(false) => (p.label, ", outside α·L"),
            None => (p.text, ""),
        };
        let share = point.length.map_or(String::new(), |l| {
            format!(" = {:.1} % of L", 100.0 * off / l)
        });
        fact(format!("{off:.2} px from its label{share}{inside}"), tint);
    }
    if let Some(apart) = point.apart() {
        fact(format!("{apart:.2} px from the other prediction"), p.text);
    }
    for (text, at) in [
        ("predicted", point.found),
        ("labelled", point.label),
        ("other", point.other),
    ] {
        if let Some([x, y]) = at {
            fact(format!("{text} at {x:.1}, {y:.1}"), p.quiet);
        }
    }
}
