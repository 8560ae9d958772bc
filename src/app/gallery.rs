//! The list of faces at the left: search, filter and order, and the rows in sight.

use eframe::egui::{self, Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::arrange::{AttributeIs, Sort};
use super::command::Command;
use super::item::{Face, Picture};
use super::{Studio, theme};
use crate::dataset::Split;
use crate::label::{Schema, TaskKind};

const ROW: f32 = 46.0;
const THUMBNAIL: f32 = 36.0;

impl Studio {
    pub(super) fn gallery_pane_ui(&mut self, ui: &mut Ui) {
        let (shown, all) = (self.list.order.len(), self.list.items.len());
        let count = match shown == all {
            true => thousands(all),
            false => format!("{} of {}", thousands(shown), thousands(all)),
        };
        header_ui(ui, &self.list.name, &count);
        if all > 1 {
            self.arrangement_ui(ui);
        }
        self.rows_ui(ui);
    }

    /// Search, filter, order.
    fn arrangement_ui(&mut self, ui: &mut Ui) {
        let schema = self.schema();
        let before = self.list.arrangement.clone();
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            let width = (ui.available_width() - 118.0).max(50.0);
            let field = egui::TextEdit::singleline(&mut self.list.arrangement.text)
                .hint_text("search")
                .desired_width(width);
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search names"));
            self.filter_menu_ui(ui, &schema);
            self.sort_menu_ui(ui, &schema);
        });
        self.filters_ui(ui, &schema);
        ui.add_space(2.0);
        if self.list.arrangement != before {
            self.list.arrange(self.opening.wake.clone());
        }
    }

    fn filter_menu_ui(&mut self, ui: &mut Ui, schema: &Schema) {
        let list = &mut self.list;
        let button = ui.menu_button("filter", |ui| {
            let wanted = &mut list.arrangement;
            for split in [Split::Train, Split::Validation, Split::Test] {
                let mut on = wanted.split == Some(split);
                if ui.checkbox(&mut on, split.to_string()).changed() {
                    wanted.split = on.then_some(split);
                }
            }
            ui.separator();
            ui.checkbox(&mut wanted.misses, "a point misses its label");
            ui.menu_button("attribute", |ui| {
                attributes_ui(ui, schema, |ui, place| {
                    for (name, is) in ATTRIBUTE_FILTERS {
                        if ui.button(name).clicked() {
                            wanted.attribute = Some((place, is));
                            ui.close();
                        }
                    }
                });
            });
            for (c, column) in list.columns.iter().enumerate() {
                ui.menu_button(column, |ui| {
                    for value in values_of(&list.samples, c) {
                        if ui.button(&value).clicked() {
                            wanted.column = Some((c, value));
                            ui.close();
                        }
                    }
                });
            }
        });
        button.response.on_hover_text("Show only some of the faces");
    }

    fn sort_menu_ui(&mut self, ui: &mut Ui, schema: &Schema) {
        let sort = &mut self.list.arrangement.sort;
        let button = ui.menu_button("sort", |ui| {
            for (name, by) in [
                ("as listed", Sort::Listed),
                ("name", Sort::Name),
                ("NME, worst first", Sort::Nme),
            ] {
                if ui.selectable_label(*sort == by, name).clicked() {
                    *sort = by;
                    ui.close();
                }
            }
            ui.menu_button("attribute, least sure first", |ui| {
                attributes_ui(ui, schema, |ui, place| {
                    if ui.button("sort by this").clicked() {
                        *sort = Sort::Doubt(place);
                        ui.close();
                    }
                });
            });
        });
        button.response.on_hover_text("Order of the faces");
    }

    /// The filters that are on, each with a way to take it off.
    fn filters_ui(&mut self, ui: &mut Ui, schema: &Schema) {
        let list = &mut self.list;
        let wanted = &mut list.arrangement;
        if !wanted.is_filter() && wanted.sort == Sort::Listed {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.add_space(10.0);
            ui.spacing_mut().item_spacing.x = 4.0;
            let off = |ui: &mut Ui, words: String| {
                ui.small_button(format!("{words} ×"))
                    .on_hover_text("Take this away")
                    .clicked()
            };
            if let Some(split) = wanted.split
                && off(ui, split.to_string())
            {
                wanted.split = None;
            }
            if wanted.misses && off(ui, "misses".into()) {
                wanted.misses = false;
            }
            if let Some((place, is)) = wanted.attribute {
                let how = ATTRIBUTE_FILTERS
                    .iter()
                    .find(|f| f.1 == is)
                    .map_or("", |f| f.0);
                if off(ui, format!("{} {how}", attribute_name(schema, place))) {
                    wanted.attribute = None;
                }
            }
            if let Some((column, value)) = wanted.column.clone() {
                let name = list.columns.get(column).map_or("", String::as_str);
                if off(ui, format!("{name} {value}")) {
                    wanted.column = None;
                }
            }
            let sorted = match wanted.sort {
                Sort::Listed => None,
                Sort::Name => Some("by name".to_owned()),
                Sort::Nme => Some("worst first".to_owned()),
                Sort::Doubt(place) => {
                    Some(format!("{} unsure first", attribute_name(schema, place)))
                }
            };
            if let Some(words) = sorted
                && off(ui, words)
            {
                wanted.sort = Sort::Listed;
            }
        });
        let unpredicted = list.items.iter().any(|i| i.prediction.is_none());
        if list.arrangement.needs_predictions() && unpredicted && self.sweep.is_none() {
            let p = theme::palette(ui.ctx());
            ui.horizontal_wrapped(|ui| {
                ui.add_space(10.0);
                ui.colored_label(p.waiting, "not all faces are predicted yet");
                if ui.small_button(Command::PredictAll.name()).clicked() {
                    self.run(&ui.ctx().clone(), Command::PredictAll);
                }
            });
        }
    }

    /// Draws the rows in sight, however long the list is.
    fn rows_ui(&mut self, ui: &mut Ui) {
        let spacing = ui.spacing().item_spacing;
        ui.spacing_mut().item_spacing.y = 0.0;
        let (mut select, mut wanted) = (None, Vec::new());
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if std::mem::take(&mut self.list.scroll)
            && let Some(row) = self.list.row()
        {
            area = area.vertical_scroll_offset((row as f32 - 3.0).max(0.0) * ROW);
        }
        let list = &self.list;
        area.show_rows(ui, ROW, list.order.len(), |ui, rows| {
            for index in list.order[rows].iter().map(|i| *i as usize) {
                let Some(face) = list.face(index) else {
                    continue;
                };
                if face.item.thumbnail.is_none() && matches!(face.item.state, Picture::Unread) {
                    wanted.push(index);
                }
                if row_ui(ui, face, index == list.selected) {
                    select = Some(index);
                }
            }
        });
        ui.spacing_mut().item_spacing = spacing;
        if let Some(index) = select {
            self.select(index);
        }
        for index in wanted {
            self.read(index);
        }
        if self.list.items.is_empty() {
            let p = theme::palette(ui.ctx());
            ui.centered_and_justified(|ui| ui.colored_label(p.quiet, "nothing is open"));
        }
    }
}

const ATTRIBUTE_FILTERS: [(&str, AttributeIs); 5] = [
    ("labelled yes", AttributeIs::Labelled(true)),
    ("labelled no", AttributeIs::Labelled(false)),
    ("predicted yes", AttributeIs::Predicted(true)),
    ("predicted no", AttributeIs::Predicted(false)),
    ("disputed", AttributeIs::Disputed),
];

/// A menu of all attributes, by group; `each` draws what can be chosen for one.
fn attributes_ui(ui: &mut Ui, schema: &Schema, mut each: impl FnMut(&mut Ui, (usize, usize))) {
    for (t, task) in schema.tasks.iter().enumerate() {
        let TaskKind::Binary { attributes } = &task.kind else {
            continue;
        };
        let mut groups: Vec<&str> = attributes.iter().map(|a| a.group.as_str()).collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            ui.menu_button(group, |ui| {
                for (i, attribute) in attributes.iter().enumerate() {
                    if attribute.group == group {
                        let name = attribute.name.replace('_', " ");
                        ui.menu_button(name, |ui| each(ui, (t, i)));
                    }
                }
            });
        }
    }
}

fn attribute_name(schema: &Schema, (task, item): (usize, usize)) -> String {
    let name = schema.tasks.get(task).and_then(|t| t.items().nth(item));
    name.unwrap_or_default().replace('_', " ")
}

/// The values of a column, if they are few enough to choose from.
fn values_of(samples: &[crate::dataset::Sample], column: usize) -> Vec<String> {
    const AT_MOST: usize = 24;
    let mut values = std::collections::BTreeSet::new();
    for value in samples.iter().filter_map(|s| s.columns.get(column)) {
        if !value.is_empty() && values.insert(value.to_string()) && values.len() > AT_MOST {
            break;
        }
    }
    values.into_iter().take(AT_MOST).collect()
}

/// A count with its thousands apart.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One face; true when it is clicked.
fn row_ui(ui: &mut Ui, face: Face, selected: bool) -> bool {
    let p = theme::palette(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = face.name();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
    if selected {
        ui.painter().rect_filled(rect, 0, p.raised);
        let mark = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        ui.painter().rect_filled(mark, 0, p.prediction);
    } else if response.hovered() {
        let fill = p.raised.gamma_multiply(0.5);
        ui.painter().rect_filled(rect, 0, fill);
    }
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let corner = rect.left_center() + vec2(12.0, -THUMBNAIL / 2.0);
    let place = Rect::from_min_size(corner, vec2(THUMBNAIL, THUMBNAIL));
    painter.rect_filled(place, 4, p.hairline);
    if let Some(texture) = &face.item.thumbnail {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), place, whole, egui::Color32::WHITE);
    }
    let left = place.right() + 10.0;
    painter.text(
        pos2(left, rect.center().y - 8.0),
        Align2::LEFT_CENTER,
        &name,
        theme::font(theme::BODY),
        p.text,
    );
    let (facts, tint) = match (&face.item.state, face.nme()) {
        (Picture::Failed(_), _) => ("cannot be read".to_owned(), p.label),
        (_, Some(nme)) => (format!("NME {:.1} %", 100.0 * nme), p.quiet),
        (_, None) if face.item.prediction.is_some() => ("predicted".to_owned(), p.quiet),
        (Picture::Reading, None) => ("reading…".to_owned(), p.quiet),
        _ => (String::new(), p.quiet),
    };
    painter.text(
        pos2(left, rect.center().y + 9.0),
        Align2::LEFT_CENTER,
        facts,
        theme::font(theme::CAPTION),
        tint,
    );
    if face.item.misses {
        painter.circle_filled(pos2(rect.right() - 16.0, rect.center().y), 3.5, p.label);
    }
    let clicked = response.clicked();
    if let Picture::Failed(why) = &face.item.state {
        response.on_hover_text(why);
    }
    clicked
}

/// A pane's first line: its name, and a fact at the right.
pub fn header_ui(ui: &mut Ui, name: &str, fact: &str) {
    let p = theme::palette(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
    let painter = ui.painter();
    painter.text(
        rect.left_center() + vec2(12.0, 0.0),
        Align2::LEFT_CENTER,
        name,
        theme::font(theme::BODY),
        p.text,
    );
    painter.text(
        rect.right_center() - vec2(12.0, 0.0),
        Align2::RIGHT_CENTER,
        fact,
        theme::font(theme::SMALL),
        p.quiet,
    );
    let line = egui::Stroke::new(1.0, p.hairline);
    painter.hline(rect.x_range(), rect.bottom(), line);
}
