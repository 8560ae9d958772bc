//! The attributes at the right: a bar with its threshold, the probability, and the label.

use eframe::egui::{self, Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::gallery::header_ui;
use super::item::Face;
use super::theme;
use crate::label::{Schema, TaskKind, TaskLabels, TaskPrediction};

/// How the list is shown.
#[derive(Default)]
pub struct AttributeView {
    search: String,
    disagreements_first: bool,
}

struct Row<'a> {
    name: String,
    group: &'a str,
    probability: f32,
    label: Option<bool>,
}

impl Row<'_> {
    fn disagrees(&self) -> bool {
        self.label.is_some_and(|l| l != (self.probability >= 0.5))
    }
}

impl AttributeView {
    pub fn ui(&mut self, ui: &mut Ui, item: Option<Face>, schema: Option<&Schema>) {
        let rows = match (item, schema) {
            (Some(item), Some(schema)) => rows(item, schema),
            _ => Vec::new(),
        };
        let known = rows.iter().filter(|r| r.label.is_some()).count();
        let agree = known - rows.iter().filter(|r| r.disagrees()).count();
        let fact = if known > 0 {
            format!("{agree} of {known} agree")
        } else {
            String::new()
        };
        header_ui(ui, "Attributes", &fact);
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            let hint = egui::TextEdit::singleline(&mut self.search)
                .hint_text("search")
                .desired_width((ui.available_width() - 164.0).max(60.0));
            let field = ui.add(hint);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search attributes"));
            ui.toggle_value(&mut self.disagreements_first, "disagreements first")
                .on_hover_text("Show first what prediction and label disagree on");
        });
        if rows.is_empty() {
            empty_ui(ui, item.is_some());
            return;
        }
        let wanted = self.search.to_lowercase();
        let shown: Vec<&Row> = rows
            .iter()
            .filter(|r| r.name.to_lowercase().contains(&wanted))
            .collect();
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                if self.disagreements_first {
                    let (off, rest): (Vec<&Row>, Vec<&Row>) =
                        shown.iter().partition(|r| r.disagrees());
                    section_ui(ui, "DISAGREE", &off);
                    groups_ui(ui, &rest);
                } else {
                    groups_ui(ui, &shown);
                }
                ui.add_space(12.0);
            });
    }
}

fn empty_ui(ui: &mut Ui, waiting: bool) {
    let p = theme::palette(ui.ctx());
    ui.add_space(16.0);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let words = if waiting {
            "waiting for the prediction…"
        } else {
            "Open a photo to see its attributes."
        };
        ui.colored_label(p.quiet, words);
    });
}

fn rows<'a>(item: Face<'a>, schema: &'a Schema) -> Vec<Row<'a>> {
    let mut all = Vec::new();
    let Some(prediction) = &item.item.prediction else {
        return all;
    };
    for (t, (task, said)) in schema.tasks.iter().zip(&prediction.tasks).enumerate() {
        let (TaskKind::Binary { attributes }, TaskPrediction::Binary(values)) = (&task.kind, said)
        else {
            continue;
        };
        let labels = match item.labels().tasks.get(t) {
            Some(TaskLabels::Binary(labels)) => Some(labels),
            _ => None,
        };
        all.extend(
            attributes
                .iter()
                .zip(values)
                .enumerate()
                .map(|(i, (a, v))| Row {
                    name: a.name.replace('_', " "),
                    group: &a.group,
                    probability: *v,
                    label: labels.and_then(|l| l.get(i)?.known()),
                }),
        );
    }
    all
}

/// The rows under their groups, groups in the order in which they first appear.
fn groups_ui(ui: &mut Ui, rows: &[&Row]) {
    let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(g, _)| *g == row.group) {
            Some((_, members)) => members.push(row),
            None => groups.push((row.group, vec![row])),
        }
    }
    for (group, members) in groups {
        section_ui(ui, &group.to_uppercase(), &members);
    }
}

fn section_ui(ui: &mut Ui, title: &str, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    let p = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    ui.painter().text(
        rect.left_bottom() + vec2(12.0, -5.0),
        Align2::LEFT_BOTTOM,
        title,
        theme::font(theme::CAPTION),
        p.quiet,
    );
    for row in rows {
        row_ui(ui, row);
    }
}

fn row_ui(ui: &mut Ui, row: &Row) {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), theme::ROW - 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let label = match row.label {
        Some(true) => "present",
        Some(false) => "absent",
        None => "unknown",
    };
    response.widget_info(|| {
        let said = format!("{}: {:.2}, label {label}", row.name, row.probability);
        WidgetInfo::labeled(Role::Label, true, said)
    });
    let tint = if row.disagrees() {
        p.label
    } else {
        p.prediction
    };
    let painter = ui.painter();
    if row.disagrees() {
        painter.rect_filled(rect, 0, p.label.gamma_multiply(0.12));
    } else if response.hovered() {
        painter.rect_filled(rect, 0, p.raised);
    }
    let text = |at, anchor, words: &str, size, tint: Color32| {
        painter.text(at, anchor, words, theme::font(size), tint);
    };
    let middle = rect.center().y;
    text(
        pos2(rect.left() + 12.0, middle),
        Align2::LEFT_CENTER,
        &row.name,
        theme::BODY,
        p.text,
    );
    let right = rect.right() - 66.0;
    let left = (rect.left() + 150.0).min(right - 30.0);
    let bar = Rect::from_min_max(
        pos2(left, middle - theme::BAR / 2.0),
        pos2(right, middle + theme::BAR / 2.0),
    );
    painter.rect_filled(bar, 3, p.hairline);
    let mut full = bar;
    full.set_right(bar.left() + bar.width() * row.probability.clamp(0.0, 1.0));
    let strength = if row.probability >= 0.5 || row.disagrees() {
        1.0
    } else {
        0.6
    };
    painter.rect_filled(full, 3, tint.gamma_multiply(strength));
    painter.vline(
        bar.center().x,
        (bar.top() - 2.0)..=(bar.bottom() + 2.0),
        egui::Stroke::new(1.0, p.quiet),
    );
    let number = format!("{:.2}", row.probability);
    let number = number.strip_prefix('0').unwrap_or(&number);
    text(
        pos2(rect.right() - 34.0, middle),
        Align2::RIGHT_CENTER,
        number,
        theme::SMALL,
        p.text,
    );
    let (mark, tint) = match row.label {
        Some(true) => ("+", tint),
        Some(false) => ("−", if row.disagrees() { p.label } else { p.quiet }),
        None => ("?", p.quiet.gamma_multiply(0.6)),
    };
    text(
        pos2(rect.right() - 18.0, middle),
        Align2::CENTER_CENTER,
        mark,
        theme::BODY,
        tint,
    );
}
