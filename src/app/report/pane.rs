//! The report's pane: every curve and bar leads to the faces behind it.

use std::sync::Arc;

use eframe::egui::{
    self, Align2, Color32, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::figures::{Bar, By, Figures, SliceRow, TaskBars};
use super::plots::{Axes, Look, ROW, bar_marks, ced_marks, task_title};
use crate::app::arrange::{AttributeIs, Sort};
use crate::app::canvas::paint;
use crate::app::chips::{caption, chip};
use crate::app::command::Command;
use crate::app::gallery::{header_ui, thousands};
use crate::app::widgets::wrapped;
use crate::app::{Studio, theme};
use crate::figure::{Colour, Mark};
use crate::words::{counted, counted_of};

const CURVES: f32 = 300.0;
const EDGE: f32 = 14.0;

/// Faces that a plot leads to.
enum Lead {
    Beyond(f32),
    Misses(usize),
    Disputed(usize, usize),
    Value(By, Arc<str>),
}

impl Studio {
    pub(in crate::app) fn report_pane_ui(&mut self, ui: &mut Ui) {
        self.keep_report(ui.ctx());
        let figures = self.report().map(|r| r.0.clone());
        let fact = figures
            .as_ref()
            .map_or(String::new(), |f| counted_of(f.faces, f.of, "face"));
        header_ui(ui, "Report", &fact);
        ui.add_space(8.0);
        self.report_controls_ui(ui);
        let Some(figures) = figures else {
            let words = match self.view.report.computing {
                Some(_) => "measuring…",
                None => "The figures could not be made; the log says why.",
            };
            return quiet(ui, words);
        };
        if figures.faces == 0 {
            let words = match self.list.items.is_empty() {
                true => "Open a data set to see how good the predictions are.",
                false => "No face of this is predicted yet: predict all, and the plots appear.",
            };
            return quiet(ui, words);
        }
        let mut lead = None;
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        area.show(ui, |ui| {
            about_ui(ui, &figures);
            if figures.curves.is_empty() && figures.tasks.iter().all(|t| t.bars.is_empty()) {
                quiet(
                    ui,
                    "Nothing of these faces is labelled, so there is nothing to measure.",
                );
            }
            lead = ced_ui(ui, &figures);
            for task in figures.tasks.iter().filter(|t| !t.bars.is_empty()) {
                lead = task_ui(ui, task).or(lead.take());
            }
            if let Some(by) = self.view.report.by {
                lead = self.slices_ui(ui, &figures, by).or(lead.take());
            }
            ui.add_space(16.0);
        });
        if let Some(lead) = lead {
            self.follow(&figures, lead);
        }
    }

    /// Shows the faces behind a part of a plot in the gallery.
    fn follow(&mut self, figures: &Figures, lead: Lead) {
        let split = self.view.report.split;
        let wanted = &mut self.list.arrangement;
        *wanted = super::super::arrange::Arrangement {
            split,
            sort: Sort::Nme,
            ..Default::default()
        };
        match lead {
            Lead::Beyond(error) => {
                let faces = figures.curves.first().map(|c| c.beyond(error));
                let words = format!("error above {:.1} %", 100.0 * error);
                return self.show_among(words, faces.unwrap_or_default());
            }
            Lead::Misses(point) => wanted.misses = Some(Some(point)),
            Lead::Disputed(task, item) => {
                wanted.attribute = Some(((task, item), AttributeIs::Disputed));
                wanted.sort = Sort::Confidence((task, item));
            }
            Lead::Value(By::Column(column), value) => wanted.columns = vec![(column, value)],
            Lead::Value(By::Split, value) => {
                let splits = self.list.facts.splits.iter().map(|s| s.0);
                wanted.split = splits.into_iter().find(|s| s.to_string() == *value);
            }
        }
        self.arrange_from_top();
    }

    fn report_controls_ui(&mut self, ui: &mut Ui) {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            self.question_ui(ui);
            self.report_export_ui(ui);
            let waiting = !self.list.findings.is_complete() && self.sweep.is_none();
            if waiting && !self.list.items.is_empty() {
                let command = Command::PredictAll;
                let button = chip(ui, "predict all", command.name());
                if self.explained(button, command).clicked() {
                    self.run(&ui.ctx().clone(), command);
                }
            }
        });
        ui.add_space(4.0);
    }

    /// Which part of the data set is measured, and by what it is sliced.
    fn question_ui(&mut self, ui: &mut Ui) {
        let (view, list) = (&mut self.view.report, &self.list);
        let mut columns: Vec<(By, &str)> = Vec::new();
        if !list.facts.splits.is_empty() {
            columns.push((By::Split, "split"));
            let split = view
                .split
                .map_or("all splits".to_owned(), |s| s.to_string());
            ui.menu_button(egui::RichText::new(split).size(theme::SMALL), |ui| {
                ui.selectable_value(&mut view.split, None, "all splits");
                for (split, count) in &list.facts.splits {
                    let words = format!("{split}  {}", thousands(*count));
                    ui.selectable_value(&mut view.split, Some(*split), words);
                }
            });
        }
        columns.extend(
            (0..)
                .map(By::Column)
                .zip(list.columns.iter().map(String::as_str)),
        );
        let by = columns.iter().find(|c| Some(c.0) == view.by);
        let words = by.map_or("slices".to_owned(), |c| format!("by {}", c.1));
        if !columns.is_empty() {
            ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
                ui.selectable_value(&mut view.by, None, "no slices");
                for (by, name) in columns {
                    ui.selectable_value(&mut view.by, Some(by), format!("by {name}"));
                }
            });
        }
    }

    fn slices_ui(&self, ui: &mut Ui, figures: &Figures, by: By) -> Option<Lead> {
        let name = match by {
            By::Split => "split",
            By::Column(c) => self.list.columns.get(c).map_or("", String::as_str),
        };
        caption(ui, &format!("BY {}", name.to_uppercase()));
        let heads = figures
            .tasks
            .iter()
            .map(|t| if t.is_points { "success" } else { "accuracy" });
        let heads: Vec<&str> = ["faces", "NME"].into_iter().chain(heads).collect();
        let p = theme::palette(ui.ctx());
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        cells(ui, line, "", heads.iter().map(|h| (*h).to_owned()), p.quiet);
        let mut lead = None;
        for slice in &figures.slices {
            let values = slice_cells(slice);
            let said = format!("Slice {}: {}", slice.value, counted(slice.faces, "face"));
            let response = row_response(ui, &said);
            cells(ui, response.rect, &slice.value, values.into_iter(), p.text);
            if response
                .on_hover_text("Show these faces in the gallery")
                .clicked()
            {
                lead = Some(Lead::Value(by, slice.value.clone()));
            }
        }
        lead
    }
}

fn slice_cells(slice: &SliceRow) -> Vec<String> {
    let percent = |v: Option<f64>| v.map_or("–".into(), |v| format!("{v:.2}"));
    let mut cells = vec![thousands(slice.faces), percent(slice.nme)];
    cells.extend(slice.averages.iter().map(|v| percent(*v)));
    cells
}

/// A name and right-aligned numbers.
fn cells(ui: &Ui, line: Rect, name: &str, values: impl Iterator<Item = String>, tint: Color32) {
    let painter = ui.painter();
    let font = theme::font(theme::SMALL);
    let (left, middle) = (line.left() + EDGE, line.center().y);
    painter.text(
        pos2(left, middle),
        Align2::LEFT_CENTER,
        name,
        font.clone(),
        tint,
    );
    for (n, value) in values.enumerate() {
        let at = pos2(left + 200.0 + 80.0 * n as f32, middle);
        painter.text(at, Align2::RIGHT_CENTER, value, font.clone(), tint);
    }
}

fn look(ui: &Ui) -> Look {
    let p = theme::palette(ui.ctx());
    let rgb = |c: Color32| -> Colour { [c.r(), c.g(), c.b()] };
    Look {
        background: rgb(p.pane),
        text: rgb(p.text),
        quiet: rgb(p.quiet),
        grid: rgb(p.hairline),
        network: rgb(p.prediction),
        other: rgb(p.waiting),
    }
}

/// What the numbers depend on.
fn about_ui(ui: &mut Ui, figures: &Figures) {
    let p = theme::palette(ui.ctx());
    let boxes = figures
        .boxes
        .iter()
        .map(|(source, n)| format!("{source} ({})", thousands(*n)));
    let boxes = boxes.collect::<Vec<_>>().join(", ");
    let words = format!("box: {boxes}; guess learned from {}", figures.learned);
    wrapped(ui, 12, |ui| {
        ui.label(
            egui::RichText::new(words)
                .size(theme::CAPTION)
                .color(p.quiet),
        );
    });
}

/// The cumulative error distribution; a click leads to the faces with larger errors.
fn ced_ui(ui: &mut Ui, figures: &Figures) -> Option<Lead> {
    let first = figures.curves.first()?;
    caption(ui, "CUMULATIVE ERROR");
    let size = vec2(ui.available_width(), CURVES);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let mean = first.mean().unwrap_or(f32::NAN);
        let said = format!("Cumulative error, network NME {:.2} %", 100.0 * mean);
        WidgetInfo::labeled(Role::Button, true, said)
    });
    let at = [rect.left() + EDGE - 8.0, rect.top()];
    let axes = Axes::within(at, [rect.width() - EDGE, rect.height()]);
    let mut marks = Vec::new();
    ced_marks(&mut marks, axes, &figures.curves, look(ui));
    let painter = ui.painter_at(rect);
    paint(&painter, &marks);
    let pointer = response.hover_pos().or(response.interact_pointer_pos())?;
    let error = axes.error_at(pointer.x)?;
    let p = theme::palette(ui.ctx());
    let [x, bottom] = axes.place(error, 0.0);
    let line = Stroke::new(1.0, p.working);
    painter.vline(x, axes.at[1]..=bottom, line);
    for curve in &figures.curves {
        let [x, y] = axes.place(error, curve.share(error));
        painter.circle_filled(pos2(x, y), 3.5, p.working);
    }
    let beyond = first.errors.len() - first.errors.partition_point(|e| e.0 <= error);
    let clicked = response.clicked();
    response.on_hover_ui_at_pointer(|ui| {
        ui.label(egui::RichText::new(format!("error up to {:.1} %", 100.0 * error)).strong());
        for curve in &figures.curves {
            let share = 100.0 * curve.share(error);
            ui.label(format!("{}: {share:.1} % of faces", curve.name));
        }
        let words = format!("click: the {} beyond it", counted(beyond, "face"));
        ui.colored_label(p.working, words);
    });
    clicked.then_some(Lead::Beyond(error))
}

/// A bar for each point or attribute; a click leads to the faces that are wrong.
fn task_ui(ui: &mut Ui, task: &TaskBars) -> Option<Lead> {
    caption(
        ui,
        &task_title(task.is_points, &task.name)
            .to_uppercase()
            .replace('Α', "α"),
    );
    let mut lead = None;
    for bar in &task.bars {
        let response = bar_ui(ui, &bar.name, bar, true);
        let right = bar.values.network.unwrap_or(0.0) / 100.0 * bar.known as f64;
        let wrong = bar.known as usize - (right.round() as usize).min(bar.known as usize);
        let words = match task.is_points {
            true => format!(
                "{} of {} miss",
                thousands(wrong),
                thousands(bar.known as usize)
            ),
            false => format!(
                "{} of {} differ",
                thousands(wrong),
                thousands(bar.known as usize)
            ),
        };
        let clicked = response.clicked();
        response.on_hover_text(format!("{words}; click to see these faces"));
        if clicked {
            lead = Some(match task.is_points {
                true => Lead::Misses(bar.item),
                false => Lead::Disputed(task.task, bar.item),
            });
        }
    }
    let average = Bar {
        item: 0,
        name: "average".into(),
        known: 0,
        values: task.average,
    };
    bar_ui(ui, "average", &average, false);
    lead
}

fn bar_ui(ui: &mut Ui, name: &str, bar: &Bar, leads: bool) -> Response {
    let percent = |v: Option<f64>| v.map_or("unknown".into(), |v| format!("{v:.1} %"));
    let said = format!(
        "{name}: {}, guess {}",
        percent(bar.values.network),
        percent(bar.values.guess)
    );
    let response = row_response(ui, &said);
    let rect = response.rect;
    let mut marks: Vec<Mark> = Vec::new();
    let at = [rect.left() + EDGE, rect.top()];
    bar_marks(
        &mut marks,
        at,
        rect.width() - 2.0 * EDGE,
        name,
        bar.values,
        look(ui),
    );
    if !leads {
        let p = theme::palette(ui.ctx());
        let line = Stroke::new(1.0, p.hairline);
        ui.painter().hline(rect.x_range(), rect.top(), line);
    }
    paint(ui.painter(), &marks);
    response
}

/// A row that can be clicked.
fn row_response(ui: &mut Ui, said: &str) -> Response {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, said));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0, p.raised);
    }
    response
}

fn quiet(ui: &mut Ui, words: &str) {
    let p = theme::palette(ui.ctx());
    ui.add_space(16.0);
    wrapped(ui, 12, |ui| {
        ui.colored_label(p.quiet, words);
    });
}
