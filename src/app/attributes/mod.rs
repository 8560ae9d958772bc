//! The attributes at the right: a bar with its threshold, the probability, and the label; with
//! another predictor, what it says and how far it is off. Below them, what the face's file says
//! besides.

mod fields;
mod row;
mod row_data;
mod table;

use eframe::egui::{self, Rect, Role, Ui, WidgetInfo, pos2};

use self::fields::{FOOT, fields_ui};
use crate::app::faces::arrangement::Place;
use crate::app::faces::boxes::Which;
use crate::app::faces::fields::fields;
use crate::app::faces::item::{Face, Picture};
use crate::app::model::Context;
use crate::app::widgets::buttons::{cut_in_middle, wrapped};
use crate::app::widgets::chips::{caption, chip_width, toggle_chip};
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::engine::NetworkInfo;
use row::{RowStyle, names_width, row_ui};
use row_data::{Row, rows};
pub use table::attribute_table;

/// Width that a field or a name needs to stand beside a button.
const LEAST_FIELD: f32 = 60.0;

/// How the list is shown.
#[derive(Default)]
pub struct AttributeView {
    search: String,
    disagreements_first: bool,
    differences_first: bool,
    /// For what the rows were scrolled last.
    brought: Option<Brought>,
}

/// A list, a face of it, and the attributes by which the list stands.
type About = (u64, Which, Vec<Place>);
/// The same, and whether disagreements or differences come first.
type Brought = (About, [bool; 2]);

/// What somebody does in the pane of attributes.
pub enum Action {
    /// Opens the picker of filters and orders with this attribute's.
    FindFaces(String),
}

impl AttributeView {
    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let list = &context.model.faces;
        let network = context.model.networks.current.as_ref();
        let title = context.model.other_title();
        let comparing = title.as_deref();
        // A file does not say what its predictor was trained on.
        let beside = list.other.as_ref().and_then(|o| o.network);
        let beside = context
            .model
            .networks
            .other()
            .filter(|n| Some(n.hash) == beside);
        let face = list.shown();
        let by = (list.number, list.active(), list.order.arrangement.places());
        let room = ui.available_rect_before_wrap();
        let foot = Rect::from_min_max(pos2(room.left(), room.bottom() - FOOT), room.max);
        let has_fields = list.info.has_fields();
        let mut above = ui.new_child(egui::UiBuilder::new().max_rect(match has_fields {
            true => room.with_max_y(foot.top()),
            false => room,
        }));
        let labelled = list.info.facts.labelled;
        let networks = [network, beside];
        let find = self.list_ui(&mut above, face, networks, comparing, labelled, by);
        if has_fields {
            let of_face = face.map_or(Vec::new(), |face| fields(&face, &list.info.columns));
            fields_ui(ui, foot, &of_face);
        }
        ui.advance_cursor_after_rect(room);
        actions.extend(find.map(Action::FindFaces));
    }

    /// Rows have room for labels where any face of the list has some, which `labelled` says.
    /// Returns an attribute by which faces are to be found.
    fn list_ui(
        &mut self,
        ui: &mut Ui,
        face: Option<Face>,
        [network, beside]: [Option<&NetworkInfo>; 2],
        comparing: Option<&str>,
        labelled: bool,
        about: About,
    ) -> Option<String> {
        let rows = match (face, network) {
            (Some(face), Some(network)) => {
                let untrained = [Some(network), beside].map(|n| n.map(|n| &*n.untrained));
                rows(face, &network.schema, untrained)
            }
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
        ui.add_space(8.0);
        self.controls_ui(ui, comparing);
        if let Some(network) = network {
            untrained_ui(ui, network);
        }
        ui.add_space(2.0);
        if rows.is_empty() {
            empty_ui(ui, face);
            return None;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let comparing = comparing.is_some();
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
            names: names_width(ui, &rows, &marked),
            marked,
            bring,
        };
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if bring && first != [false; 2] {
            area = area.vertical_scroll_offset(0.0);
        }
        area.show(ui, |ui| {
            let asked = self.rows_ui(ui, &rows, &style);
            ui.add_space(12.0);
            asked
        })
        .inner
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
            let words = format!("Δ to {other}");
            let room = match ui.available_size_before_wrap().x {
                beside if beside >= LEAST_FIELD => beside,
                _ => ui.max_rect().width(),
            };
            let font = theme::font(theme::SMALL);
            let shown = cut_in_middle(ui.painter(), &words, (font, p.waiting), room);
            let label = ui.label(shown);
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            label.on_hover_text(&words);
        });
    }

    fn rows_ui(&self, ui: &mut Ui, rows: &[Row], style: &RowStyle) -> Option<String> {
        let mut asked = None;
        let wanted = self.search.to_lowercase();
        let has = |r: &&Row| r.name.to_lowercase().contains(&wanted);
        let mut shown: Vec<&Row> = rows.iter().filter(has).collect();
        if self.disagreements_first {
            let (off, rest): (Vec<&Row>, Vec<&Row>) = shown.iter().partition(|r| r.disagrees());
            asked = section_ui(ui, "DISAGREE", &off, style);
            shown = rest;
        }
        if self.differences_first && style.comparing {
            let apart = |r: &Row| r.difference().map_or(-1.0, f32::abs);
            shown.sort_by(|a, b| apart(b).total_cmp(&apart(a)));
            asked.or(section_ui(ui, "BY DIFFERENCE", &shown, style))
        } else {
            asked.or(groups_ui(ui, &shown, style))
        }
    }
}

/// Says that points or whole tasks of the network are no more than its first numbers.
fn untrained_ui(ui: &mut Ui, network: &NetworkInfo) {
    let lines = network.untrained.lines(&network.schema);
    if lines.is_empty() {
        return;
    }
    let p = theme::palette(ui.ctx());
    wrapped(ui, 12, |ui| {
        let words = egui::RichText::new("Not all of this network was trained");
        let label = ui.label(words.size(theme::SMALL).color(p.waiting));
        label.on_hover_text(format!("Never trained:\n{}", lines.join("\n")));
    });
}

fn empty_ui(ui: &mut Ui, face: Option<Face>) {
    let p = theme::palette(ui.ctx());
    ui.add_space(16.0);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let words = match face.map(|face| &face.item.state) {
            Some(Picture::Failed(_)) => "This photo cannot be read.",
            Some(_) => "waiting for the prediction…",
            None => "Open a photo to see its attributes.",
        };
        ui.colored_label(p.quiet, words);
    });
}

/// The rows under their groups, groups in the order in which they first appear.
fn groups_ui(ui: &mut Ui, rows: &[&Row], style: &RowStyle) -> Option<String> {
    let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(g, _)| *g == row.group) {
            Some((_, members)) => members.push(row),
            None => groups.push((row.group, vec![row])),
        }
    }
    let mut asked = None;
    for (group, members) in groups {
        asked = section_ui(ui, &group.to_uppercase(), &members, style).or(asked);
    }
    asked
}

/// Draws the rows under a title; returns the one whose filters were asked for.
fn section_ui(ui: &mut Ui, title: &str, rows: &[&Row], style: &RowStyle) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let mut asked = None;
    caption(ui, title);
    for row in rows {
        if row_ui(ui, row, style) {
            asked = Some(row.name.clone());
        }
    }
    asked
}
