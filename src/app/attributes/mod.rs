//! The attributes at the right: a bar with its threshold, the probability, and the label; with
//! another predictor, what it says and how far it is off. Below them, what the face's file says
//! besides.

mod fields;
mod row;
mod row_data;
mod table;

use eframe::egui::{self, Rect, Role, Ui, WidgetInfo, pos2};

use self::fields::{FOOT, fields_ui};
use crate::app::command::{Command, ReviewCommand};
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::boxes::PhotoFace;
use crate::app::faces::fields::fields;
use crate::app::faces::item::{Face, Picture};
use crate::app::model::Context;
use crate::app::widgets::buttons::{cut_in_middle, wrapped};
use crate::app::widgets::chips::{caption, chip, chip_width, toggle_chip};
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::engine::NetworkInfo;
use crate::label::{Presence, Schema};
use crate::review::{EditedFace, Field, Value};
use row::{RowAction, RowStyle, names_width, row_ui};
use row_data::{Row, beside, rows};
pub use table::attribute_table;

/// Width that a field or a name needs to stand beside a button.
const LEAST_FIELD: f32 = 60.0;

/// How the list is shown.
pub struct AttributeView {
    /// From which predictions are taken for labels in bulk, 0.5 to 1.
    pub confidence: f32,
    search: String,
    disagreements_first: bool,
    differences_first: bool,
    /// For what the rows were scrolled last.
    brought: Option<Brought>,
    /// The attributes in the order in which they were drawn last.
    shown: Vec<AttributeIndex>,
    /// The one that was brought into sight last.
    brought_item: Option<AttributeIndex>,
}

impl Default for AttributeView {
    fn default() -> Self {
        Self {
            confidence: 0.9,
            search: String::new(),
            disagreements_first: false,
            differences_first: false,
            brought: None,
            shown: Vec::new(),
            brought_item: None,
        }
    }
}

/// A list, a face of it, and the attributes by which the list stands.
type About = (u64, PhotoFace, Vec<AttributeIndex>);
/// The same, and whether disagreements or differences come first.
type Brought = (About, [bool; 2]);

/// What somebody does in the pane of attributes.
pub enum Action {
    /// Opens the picker of filters and orders with this attribute's.
    FindFaces(String),
    /// Selects an attribute, whose label keys change then.
    Select(AttributeIndex),
    Label(AttributeIndex, Presence),
    Run(Command),
}

impl AttributeView {
    /// The attributes in the order in which they are shown.
    pub fn shown_places(&self) -> Vec<AttributeIndex> {
        self.shown.clone()
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let list = &context.model.faces;
        let network = context.model.networks.current.as_ref();
        let title = context.model.other_title();
        let comparing = title.as_deref();
        let beside = beside(context.model);
        let face = context.model.shown();
        let by = (list.number, list.active(), list.order.arrangement.places());
        let room = ui.available_rect_before_wrap();
        let foot = Rect::from_min_max(pos2(room.left(), room.bottom() - FOOT), room.max);
        let has_fields = list.info.has_fields();
        let mut above = ui.new_child(egui::UiBuilder::new().max_rect(match has_fields {
            true => room.with_max_y(foot.top()),
            false => room,
        }));
        let labelled = list.info.summary.labelled;
        let networks = [network, beside];
        let labelling = context.reviewing && face.is_some_and(|f| f.hand.is_none());
        let place = Selected {
            labelling,
            item: context.model.item,
            edits: list_edits(context),
        };
        let rows = face_rows(face, networks, &place);
        header_ui(&mut above, "Attributes", &agreement(&rows));
        if labelling {
            accept_ui(&mut above, context, &mut self.confidence, actions);
        }
        self.head_ui(&mut above, network, comparing);
        let done = match rows.is_empty() {
            true => {
                empty_ui(&mut above, face);
                None
            }
            false => self.list_ui(
                &mut above,
                &rows,
                comparing.is_some(),
                (labelled, place),
                by,
            ),
        };
        if has_fields {
            let of_face = face.map_or(Vec::new(), |face| fields(&face, &list.info.columns));
            fields_ui(ui, foot, &of_face);
        }
        ui.advance_cursor_after_rect(room);
        actions.extend(done.map(|done| match done {
            RowAction::Find(attribute) => Action::FindFaces(attribute),
            RowAction::Select(place) => Action::Select(place),
            RowAction::Label(place, value) => Action::Label(place, value),
        }));
    }

    /// Rows have room for labels where any face of the list has some, which `labelled` says.
    /// Returns what was done to an attribute.
    fn list_ui(
        &mut self,
        ui: &mut Ui,
        rows: &[Row],
        comparing: bool,
        (labelled, place): (bool, Selected),
        about: About,
    ) -> Option<RowAction> {
        ui.spacing_mut().item_spacing.y = 0.0;
        let first = [
            self.disagreements_first,
            comparing && self.differences_first,
        ];
        let marked = about.2.clone();
        let wanted = Some((about, first));
        // Once a face: after that it is the person who scrolls.
        let bring = self.brought != wanted;
        self.brought = wanted;
        let style = RowStyle {
            comparing,
            labelled,
            names: names_width(ui, rows, &marked),
            marked,
            bring,
            labelling: place.labelling,
            selected: place.item.filter(|_| place.labelling),
            bring_selected: place.item != self.brought_item,
        };
        self.brought_item = place.item;
        self.shown.clear();
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if bring && first != [false; 2] {
            area = area.vertical_scroll_offset(0.0);
        }
        area.show(ui, |ui| {
            let asked = self.rows_ui(ui, rows, &style);
            ui.add_space(12.0);
            asked
        })
        .inner
    }

    /// What is above the rows: how they are searched and ordered.
    fn head_ui(&mut self, ui: &mut Ui, network: Option<&NetworkInfo>, comparing: Option<&str>) {
        ui.add_space(8.0);
        self.controls_ui(ui, comparing);
        if let Some(network) = network {
            untrained_ui(ui, network);
        }
        ui.add_space(2.0);
    }

    fn controls_ui(&mut self, ui: &mut Ui, comparing: Option<&str>) {
        const DISAGREEMENTS: &str = "disagreements first";
        wrapped(ui, 12, |ui| {
            let room = ui.available_width();
            let beside = room - chip_width(ui, DISAGREEMENTS) - ui.spacing().item_spacing.x;
            let hint = egui::TextEdit::singleline(&mut self.search)
                .hint_text("search")
                .desired_width(if beside >= LEAST_FIELD { beside } else { room });
            let field = ui.add(hint);
            field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Search attributes"));
            let on = &mut self.disagreements_first;
            let button = toggle_chip(ui, *on, DISAGREEMENTS, "Disagreements first");
            *on ^= button
                .on_hover_text("Show first what prediction and label disagree on")
                .clicked();
        });
        let Some(other) = comparing else { return };
        let p = theme::palette(ui.ctx());
        wrapped(ui, 12, |ui| {
            let on = &mut self.differences_first;
            let button = toggle_chip(ui, *on, "differences first", "Differences first");
            *on ^= button
                .on_hover_text("Show first what the two predictions differ on most")
                .clicked();
            let text = format!("Δ to {other}");
            let room = match ui.available_size_before_wrap().x {
                beside if beside >= LEAST_FIELD => beside,
                _ => ui.max_rect().width(),
            };
            let font = theme::font(theme::SMALL);
            let shown = cut_in_middle(ui.painter(), &text, (font, p.waiting), room);
            let label = ui.label(shown);
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            label.on_hover_text(&text);
        });
    }

    fn rows_ui(&mut self, ui: &mut Ui, rows: &[Row], style: &RowStyle) -> Option<RowAction> {
        let mut asked = None;
        let wanted = self.search.to_lowercase();
        let has = |r: &&Row| r.name.to_lowercase().contains(&wanted);
        let mut shown: Vec<&Row> = rows.iter().filter(has).collect();
        if self.disagreements_first {
            let (off, rest): (Vec<&Row>, Vec<&Row>) = shown.iter().partition(|r| r.disagrees());
            asked = section_ui(ui, "DISAGREE", &off, style, &mut self.shown);
            shown = rest;
        }
        if self.differences_first && style.comparing {
            let apart = |r: &Row| r.difference().map_or(-1.0, f32::abs);
            shown.sort_by(|a, b| apart(b).total_cmp(&apart(a)));
            let done = section_ui(ui, "BY DIFFERENCE", &shown, style, &mut self.shown);
            asked.or(done)
        } else {
            let done = groups_ui(ui, &shown, style, &mut self.shown);
            asked.or(done)
        }
    }
}

/// What is selected of the face, and what was edited of it.
struct Selected<'a> {
    labelling: bool,
    item: Option<AttributeIndex>,
    edits: Option<&'a EditedFace>,
}

/// The attributes of a face, those that somebody changed with what they were.
fn face_rows<'a>(
    face: Option<Face<'a>>,
    [network, beside]: [Option<&'a NetworkInfo>; 2],
    place: &Selected,
) -> Vec<Row<'a>> {
    let (Some(face), Some(network)) = (face, network) else {
        return Vec::new();
    };
    let untrained = [Some(network), beside].map(|n| n.map(|n| &*n.untrained));
    let mut rows = rows(face, &network.schema, untrained, place.labelling);
    if let Some(edits) = place.edits {
        note_changes(&mut rows, edits, &network.schema);
    }
    rows
}

/// "31 of 39 agree", where there are labels.
fn agreement(rows: &[Row]) -> String {
    let known = rows.iter().filter(|r| r.label.is_some()).count();
    let agree = known - rows.iter().filter(|r| r.disagrees()).count();
    match known {
        0 => String::new(),
        known => format!("{agree} of {known} agree"),
    }
}

fn list_edits<'a>(context: &Context<'a>) -> Option<&'a EditedFace> {
    let model = context.model;
    model.review.open()?.edits(model.faces.selected())
}

/// Rows that somebody changed know what they were.
fn note_changes(rows: &mut [Row], edits: &EditedFace, schema: &Schema) {
    for row in rows {
        let Some(task) = schema.tasks.get(row.place.0) else {
            continue;
        };
        let Some(item) = task.items().nth(row.place.1) else {
            continue;
        };
        let field = Field::Label {
            task: task.name.clone(),
            item: item.to_owned(),
        };
        let value = edits.values.get(&field).filter(|v| v.is_mended());
        row.before = value.and_then(|v| match v.base.value {
            Value::Presence(presence) => Some(presence),
            _ => None,
        });
    }
}

/// Takes predictions of at least a confidence for labels, and says that those there are, are right.
fn accept_ui(ui: &mut Ui, context: &Context, confidence: &mut f32, actions: &mut Vec<Action>) {
    ui.add_space(6.0);
    wrapped(ui, 12, |ui| {
        for (command, text) in [
            (ReviewCommand::ConfirmAttributes, "confirm"),
            (ReviewCommand::AcceptAttributes, "accept ≥"),
        ] {
            let command = Command::Mend(command);
            let button = chip(ui, text, command.name());
            if context.explained(button, command).clicked() {
                actions.push(Action::Run(command));
            }
        }
        let mut percent = 100.0 * *confidence;
        let value = egui::DragValue::new(&mut percent)
            .range(50.0..=99.9)
            .suffix(" %");
        let value = ui.add(value.max_decimals(1).speed(0.5));
        value.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Confidence"));
        *confidence = percent / 100.0;
    });
}

/// Says that points or whole tasks of the network are no more than its first numbers.
fn untrained_ui(ui: &mut Ui, network: &NetworkInfo) {
    let lines = network.untrained.lines(&network.schema);
    if lines.is_empty() {
        return;
    }
    let p = theme::palette(ui.ctx());
    wrapped(ui, 12, |ui| {
        let text = egui::RichText::new("Not all of this network was trained");
        let label = ui.label(text.size(theme::SMALL).color(p.waiting));
        label.on_hover_text(format!("Never trained:\n{}", lines.join("\n")));
    });
}

fn empty_ui(ui: &mut Ui, face: Option<Face>) {
    let p = theme::palette(ui.ctx());
    ui.add_space(16.0);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let text = match face.map(|face| &face.item.state) {
            Some(Picture::Failed(_)) => "This photo cannot be read.",
            Some(_) => "waiting for the prediction…",
            None => "Open a photo to see its attributes.",
        };
        ui.colored_label(p.quiet, text);
    });
}

/// The rows under their groups, groups in the order in which they first appear.
fn groups_ui(
    ui: &mut Ui,
    rows: &[&Row],
    style: &RowStyle,
    drawn: &mut Vec<AttributeIndex>,
) -> Option<RowAction> {
    let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(g, _)| *g == row.group) {
            Some((_, members)) => members.push(row),
            None => groups.push((row.group, vec![row])),
        }
    }
    let mut asked = None;
    for (group, members) in groups {
        asked = section_ui(ui, &group.to_uppercase(), &members, style, drawn).or(asked);
    }
    asked
}

/// Draws the rows under a title; returns what was done to one of them.
fn section_ui(
    ui: &mut Ui,
    title: &str,
    rows: &[&Row],
    style: &RowStyle,
    drawn: &mut Vec<AttributeIndex>,
) -> Option<RowAction> {
    if rows.is_empty() {
        return None;
    }
    let mut asked = None;
    caption(ui, title);
    for row in rows {
        drawn.push(row.place);
        asked = row_ui(ui, row, style).or(asked);
    }
    asked
}
