//! The list of faces at the left: search, filter and order, the rows in sight, and how far
//! predicting them is.

mod commands;
mod fact;
mod filters;
mod row;

use eframe::egui::{self, Rect, Sense, Ui, pos2, vec2};

use crate::app::command::hint::hint;
use crate::app::command::{Command, ListCommand};
use crate::app::faces::arrange::Among;
use crate::app::faces::fields;
use crate::app::faces::item::Picture;
use crate::app::studio::Studio;
use crate::app::widgets::chips::chip;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::humanize::thousands;
use fact::{By, Fact};
use row::{ROW, row_ui};

const FOOT: f32 = 32.0;
/// Rows below those in sight whose thumbnails are read ahead.
const AHEAD: usize = 12;

/// How a row was clicked.
#[derive(Clone, Copy, PartialEq)]
enum Click {
    Plain,
    /// With Ctrl: takes the face into the chosen ones, or out of them.
    Toggle,
    /// With Shift: chooses all from the face that is looked at to this one.
    Range,
}

impl Studio {
    pub(super) fn gallery_pane_ui(&mut self, ui: &mut Ui) {
        let (shown, all) = (
            self.model.faces.order.shown.len(),
            self.model.faces.items.len(),
        );
        let count = match shown == all {
            true => thousands(all),
            false => format!("{} of {}", thousands(shown), thousands(all)),
        };
        ui.spacing_mut().item_spacing.y = 5.0;
        header_ui(ui, &self.model.faces.info.name, &count);
        if all > 1 {
            self.arrangement_ui(ui);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let foot = FOOT * (1 + usize::from(!self.model.faces.selection.chosen.is_empty())) as f32;
        let room = vec2(
            ui.available_width(),
            (ui.available_height() - foot).max(ROW),
        );
        ui.allocate_ui(room, |ui| {
            ui.set_min_size(room);
            self.rows_ui(ui);
        });
        if !self.model.faces.selection.chosen.is_empty() {
            foot_ui(ui, |ui| self.chosen_ui(ui));
        }
        foot_ui(ui, |ui| self.progress_ui(ui));
    }

    /// Draws the rows in sight, however long the list is.
    fn rows_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        ui.spacing_mut().item_spacing.y = 0.0;
        if self.model.faces.order.shown.is_empty() {
            if self.model.faces.items.is_empty() {
                ui.centered_and_justified(|ui| ui.colored_label(p.quiet, "nothing is open"));
                return;
            }
            let command = Command::List(ListCommand::AllFaces);
            ui.vertical_centered(|ui| {
                ui.add_space(ui.available_height() * 0.4);
                ui.colored_label(p.quiet, "no face is like that");
                ui.add_space(8.0);
                let button = hint(ui.button("Show all faces"), command, &self.keys);
                if button.clicked() {
                    self.run(&ui.ctx().clone(), command);
                }
            });
            return;
        }
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if std::mem::take(&mut self.model.faces.selection.scroll)
            && let Some(row) = self.model.faces.row()
        {
            area = area.vertical_scroll_offset((row as f32 - 3.0).max(0.0) * ROW);
        }
        let (schema, list) = (self.schema(), &self.model.faces);
        let by = By::of(&list.order.arrangement);
        let (mut clicked, mut wanted) = (None, Vec::new());
        let mut in_sight = 0;
        area.show_rows(ui, ROW, list.order.shown.len(), |ui, rows| {
            in_sight = rows.len();
            let ahead = (rows.end + AHEAD).min(list.order.shown.len());
            for row in rows.start..ahead {
                let index = list.order.shown[row] as usize;
                let Some(face) = list.face(index) else {
                    continue;
                };
                let failed = matches!(face.item.state, Picture::Failed(_));
                if face.item.thumbnail.is_none() && !failed {
                    wanted.push(index);
                }
                if row < rows.end {
                    let chosen = list.selection.chosen.contains(&(index as u32));
                    let selected = index == list.selected();
                    let mut fact = Fact::of(&face, by, &schema);
                    if let Some(more) = list.describe_box(index) {
                        let apart = if fact.words.is_empty() { "" } else { " · " };
                        fact.words += &format!("{apart}{more}");
                    }
                    let about = || Fact::about(&face, &schema);
                    let fields = || fields::lines(&fields::fields(&face, &list.info.columns));
                    clicked = row_ui(ui, face, &fact, (selected, chosen), about, fields)
                        .map(|c| (index, c))
                        .or(clicked);
                }
            }
        });
        self.model.faces.selection.page = in_sight.saturating_sub(1).max(1);
        let (number, samples) = (self.model.faces.number, &self.model.faces.samples);
        self.reader.thumbnails(number, samples, wanted);
        if let Some((index, click)) = clicked {
            self.row_clicked(index, click);
        }
    }

    fn row_clicked(&mut self, index: usize, click: Click) {
        let list = &mut self.model.faces;
        match click {
            Click::Plain => {
                list.selection.chosen.clear();
                self.select(index);
            }
            Click::Toggle => {
                // The first one takes the face that is looked at along.
                if list.selection.chosen.is_empty() {
                    list.selection.chosen.insert(list.selected() as u32);
                }
                if !list.selection.chosen.remove(&(index as u32)) {
                    list.selection.chosen.insert(index as u32);
                }
            }
            Click::Range => {
                let rows = list.row().zip(list.order.row_of(index));
                if let Some((from, to)) = rows {
                    let range = from.min(to)..=from.max(to);
                    list.selection.chosen.extend(&list.order.shown[range]);
                }
            }
        }
    }

    /// What can be done with the chosen faces.
    fn chosen_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let count = self.model.faces.selection.chosen.len();
        ui.label(format!("{} chosen", thousands(count)));
        let sheet = chip(ui, "sheet", Command::SaveSheet.name());
        if self.explained(sheet, Command::SaveSheet).clicked() {
            self.run(&ui.ctx().clone(), Command::SaveSheet);
        }
        let only = chip(ui, "only these", "Only these");
        if only.on_hover_text("Show the chosen faces alone").clicked() {
            let faces: Vec<u32> = self.model.faces.selection.chosen.iter().copied().collect();
            self.show_among(format!("{count} chosen"), faces);
        }
        let none = ui.add(egui::Button::new("×").small().frame(false));
        if none.on_hover_text("Choose none").clicked() {
            self.model.faces.selection.chosen.clear();
        }
        ui.colored_label(p.quiet, "");
    }

    /// Shows these faces alone; they are in rising order.
    pub(super) fn show_among(&mut self, words: String, faces: Vec<u32>) {
        self.model.faces.order.arrangement.among = Some(Among {
            words,
            faces: faces.into(),
        });
        self.arrange_from_top();
    }

    /// How far predicting the list is, and its start or end.
    fn progress_ui(&mut self, ui: &mut Ui) {
        let p = theme::palette(ui.ctx());
        let (found, all) = (
            self.model.faces.findings.found(),
            self.model.faces.items.len(),
        );
        let Some(sweep) = self.model.sweep.progress else {
            let words = format!("{} of {} predicted", thousands(found), thousands(all));
            let words = egui::RichText::new(words).size(theme::SMALL).color(p.quiet);
            // From the right, so that the words give way in a narrow pane, not the button.
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(layout, |ui| {
                ui.add_space(8.0);
                let can = found < all && self.model.networks.current.is_some();
                if can && self.model.faces.is_filtered() {
                    self.predict_shown_ui(ui);
                } else if can {
                    let command = Command::PredictAll;
                    let button = chip(ui, "predict all", command.name());
                    if self.explained(button, command).clicked() {
                        self.run(&ui.ctx().clone(), command);
                    }
                }
                let left = egui::Layout::left_to_right(egui::Align::Center);
                ui.with_layout(left, |ui| ui.add(egui::Label::new(words).truncate()));
            });
            return;
        };
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, theme::BAR), Sense::hover());
        ui.painter().rect_filled(rect, 3, p.hairline);
        let share = sweep.done as f32 / sweep.of.max(1) as f32;
        let done = rect.with_max_x(rect.left() + rect.width() * share);
        ui.painter().rect_filled(done, 3, p.working);
        let stop = Command::StopPredicting;
        let button = ui.add(egui::Button::new("×").small().frame(false));
        if self.explained(button, stop).clicked() {
            self.run(&ui.ctx().clone(), stop);
        }
        let words = egui::RichText::new(sweep.words()).size(theme::SMALL);
        ui.add(egui::Label::new(words.color(p.quiet)).truncate());
    }

    /// Predicts what the filters leave; the rest of a large set would take its time.
    fn predict_shown_ui(&mut self, ui: &mut Ui) {
        let button = chip(ui, "predict shown", "Predict the faces shown");
        let about = "Predict the faces that the filters leave; Predict all in the menu takes all";
        if button.on_hover_text(about).clicked() {
            let list = &self.model.faces;
            let new = |i: &&u32| list.findings.get(**i as usize).is_none();
            let shown = list.order.shown.iter().filter(new).copied().collect();
            self.predict_faces(shown, false);
        }
    }
}

/// A line at the pane's lower end.
fn foot_ui(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let p = theme::palette(ui.ctx());
    let room = vec2(ui.available_width(), FOOT);
    let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
    let line = egui::Stroke::new(1.0, p.hairline);
    ui.painter().hline(rect.x_range(), rect.top(), line);
    let inner = Rect::from_min_max(pos2(rect.left() + 12.0, rect.top()), rect.max);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    content(&mut inside);
}
