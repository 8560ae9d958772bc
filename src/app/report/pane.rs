//! The report's pane: every curve, bar and row leads to the faces behind it.

use eframe::egui::{self, Color32, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::faces::arrange::{Among, Arrangement, AttributeFilter, AttributeIs, Sort};
use crate::app::report::controls::about_ui;
use crate::app::report::figures::{Bar, Figures, Measured, SliceFaces, TaskBars, Values, Who};
use crate::app::report::grid::Click;
use crate::app::report::plots::{
    Axes, LEGEND_LINE, Look, ROW, bar_marks, ced_marks, legend_marks, task_title,
};
use crate::app::report::tables::{slice_grid, slice_of, task_grid};
use crate::app::report::{Part, Show};
use crate::app::studio::Studio;
use crate::app::widgets::buttons::{primary, wrapped};
use crate::app::widgets::chips::caption;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::paint::paint;
use crate::app::widgets::theme;
use crate::evaluation::Evaluation;
use crate::figure::{Colour, Mark};
use crate::humanize::counted;
use crate::humanize::thousands;
use crate::label::Schema;
use crate::measure::RowKind;

const CURVES: f32 = 300.0;
const EDGE: f32 = 14.0;
const UNLABELLED: &str = "Nothing of these faces is labelled, so there is nothing to measure. Open a \
    data set with labels: a faces.csv, or a folder as CelebA, MTFL, COCO or labelme have it.";

/// Faces that a plot or a table leads to.
enum Lead {
    Beyond(f32),
    /// Task and point.
    Misses(usize, usize),
    Disputed(usize, usize),
    /// A slice, by its number.
    Slice(usize),
    /// Whatever can be asked of it.
    Find(String),
}

impl Studio {
    pub(in crate::app) fn report_pane_ui(&mut self, ui: &mut Ui) {
        self.keep_report(ui.ctx());
        let measured = self.report().map(|(m, part)| (m.clone(), part));
        let fact = measured.as_ref().map_or("no figures".into(), |(m, part)| {
            let (faces, of) = (m.figures.faces, m.figures.of);
            match faces == of {
                true => part.words(of),
                false => format!("{} of {}", thousands(faces), part.words(of)),
            }
        });
        header_ui(ui, "Report", &fact);
        ui.add_space(8.0);
        self.report_controls_ui(ui);
        let Some((measured, part)) = measured else {
            let words = match self.view.report.work.is_some() || self.model.faces.info.is_learning()
            {
                true => "measuring…",
                false => "The figures could not be made; the log says why.",
            };
            return quiet(ui, words);
        };
        if measured.figures.faces == 0 {
            return self.nothing_measured_ui(ui, part, measured.figures.of);
        }
        if !measured.figures.any_measured() {
            return quiet(ui, UNLABELLED);
        }
        self.intervals_ui(ui, &measured);
        if measured.few && self.can_predict() {
            let missing = measured.figures.of - measured.figures.faces;
            self.offer_ui(ui, part, missing.saturating_sub(measured.unread));
            ui.add_space(8.0);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some((words, faces)) = about_ui(ui, &measured) {
            self.model.faces.order.lead();
            self.model.faces.order.arrangement = Arrangement {
                sort: Sort::Nme,
                ..Arrangement::default()
            };
            self.show_among(words, faces);
        }
        ui.add_space(6.0);
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        if std::mem::take(&mut self.view.report.scroll_up) {
            area = area.vertical_scroll_offset(0.0);
        }
        let lead = area.show(ui, |ui| self.measured_ui(ui, &measured)).inner;
        if let Some(lead) = lead {
            self.follow(&measured, part, lead);
        }
    }

    /// What to do where there is nothing to measure.
    fn nothing_measured_ui(&mut self, ui: &mut Ui, part: Part, of: usize) {
        if self.model.faces.items.is_empty() {
            return quiet(
                ui,
                "Open a data set to see how good the predictions are: drop it here, or press \
                 Ctrl+O.",
            );
        }
        if let Some(sweep) = self.model.sweep.progress {
            let words = format!(
                "Predicting: {}. The figures of the {} follow at once.",
                sweep.words(),
                part.words(of)
            );
            return quiet(ui, &words);
        }
        if of == 0 {
            return quiet(
                ui,
                "There are no such faces in the list: choose others above.",
            );
        }
        let words = match self.model.networks.current.is_some() {
            true => format!("None of the {} is predicted yet.", part.words(of)),
            false => "There is no network yet that could predict these faces.".into(),
        };
        quiet(ui, &words);
        if !self.can_predict() {
            return;
        }
        ui.add_space(8.0);
        self.offer_ui(ui, part, of);
    }

    fn offer_ui(&mut self, ui: &mut Ui, part: Part, of: usize) {
        ui.horizontal(|ui| {
            ui.add_space(12.0);
            let words = format!("Predict {}", part.words(of));
            if primary(ui, &words).clicked() {
                self.predict_faces(self.not_yet_measured(), false);
            }
        });
    }

    fn measured_ui(&mut self, ui: &mut Ui, measured: &Measured) -> Option<Lead> {
        let figures = &measured.figures;
        // Slices stand first: below the bars nobody would see them.
        let tables = self.view.report.show == Show::Tables;
        let mut lead = slices_ui(ui, measured, !self.view.report.no_intervals, tables);
        match self.view.report.show {
            Show::Plots => {
                lead = ced_ui(ui, figures).or(lead);
                let intervals = !self.view.report.no_intervals;
                for task in figures.tasks.iter().filter(|t| !t.bars.is_empty()) {
                    lead = task_ui(ui, task, figures, intervals).or(lead);
                }
            }
            Show::Tables => {
                let evaluation = measured.evaluation.as_ref();
                let tables = evaluation.and_then(|e| self.tables_ui(ui, e));
                lead = tables.or(lead);
            }
        }
        ui.add_space(16.0);
        lead
    }

    /// Every point and attribute, over all measured faces or one slice of them.
    fn tables_ui(&mut self, ui: &mut Ui, evaluation: &Evaluation) -> Option<Lead> {
        let report = &evaluation.report;
        let view = &mut self.view.report;
        view.group = view.group.min(report.groups.len().saturating_sub(1));
        if report.groups.len() > 1 {
            ui.add_space(10.0);
            wrapped(ui, 12, |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let name = |g: &crate::measure::Group| match &g.by {
                    None => g.value.clone(),
                    Some(by) => format!("{} {}", by.replace('_', " "), g.value),
                };
                let words = format!(
                    "points and attributes of: {}",
                    name(&report.groups[view.group])
                );
                let menu = ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
                    egui::ScrollArea::vertical().show(ui, |ui| {
                        for (n, group) in report.groups.iter().enumerate() {
                            let words = format!("{}  {}", name(group), thousands(group.faces));
                            ui.selectable_value(&mut view.group, n, words);
                        }
                    });
                });
                menu.response
                    .on_hover_text("Over which of the measured faces these tables are");
            });
        }
        let group = report.groups.get(view.group)?;
        let mut lead = None;
        for (t, task) in group.tasks.iter().enumerate() {
            let Some(grid) = task_grid(report, group, t, !view.no_intervals) else {
                continue;
            };
            caption(ui, &format!("{} [%]", task.task.name.to_uppercase()));
            let Some(click) = grid.ui(ui, &task.task.name) else {
                continue;
            };
            lead = match click {
                Click::Primary(item) if task.task.is_points() => Some(Lead::Misses(t, item)),
                Click::Primary(item) => Some(Lead::Disputed(t, item)),
                Click::Secondary(item) => task.task.items().nth(item).map(find),
            };
        }
        lead
    }

    /// The slice that the tables of points and attributes are of, if they are of one.
    fn table_slice(&self, measured: &Measured) -> Option<Among> {
        let view = &self.view.report;
        let report = &measured.evaluation.as_ref()?.report;
        let (before, group) = (
            report.groups.get(..view.group)?,
            report.groups.get(view.group)?,
        );
        slice_of(group, report).filter(|_| view.show == Show::Tables)?;
        let number = before.iter().filter(|g| slice_of(g, report).is_some());
        let slice = measured.slices.get(number.count())?;
        Some(Among {
            words: slice_words(measured, slice),
            faces: slice.faces.clone().into(),
        })
    }

    /// Shows the faces behind a part of a plot or a table in the gallery.
    fn follow(&mut self, measured: &Measured, part: Part, lead: Lead) {
        if let Lead::Find(words) = &lead {
            return self.find_faces(&format!("{words} "));
        }
        let among = match part {
            Part::Shown(_) => self.view.report.shown.as_ref().map(|s| Among {
                words: format!("{} measured", thousands(s.1.len())),
                faces: s.1.clone(),
            }),
            Part::All | Part::Split(_) => None,
        };
        let schema = self.schema();
        let slice = self.table_slice(measured).filter(|_| {
            // Of a slice's table, its faces.
            matches!(lead, Lead::Misses(..) | Lead::Disputed(..))
        });
        let among = slice.or(among);
        self.model.faces.order.lead();
        let wanted = &mut self.model.faces.order.arrangement;
        *wanted = Arrangement {
            split: part.split(),
            among,
            sort: Sort::Nme,
            ..Arrangement::default()
        };
        match lead {
            Lead::Beyond(error) => {
                let faces = measured.figures.curves.first().map(|c| c.beyond(error));
                let words = format!("error above {:.1} %", 100.0 * error);
                return self.show_among(words, faces.unwrap_or_default());
            }
            Lead::Find(_) => return,
            Lead::Slice(n) => {
                let Some(slice) = measured.slices.get(n) else {
                    return;
                };
                let words = slice_words(measured, slice);
                return self.show_among(words, slice.faces.clone());
            }
            Lead::Misses(task, item) => wanted.misses = Some(Some(before(&schema, task) + item)),
            Lead::Disputed(task, item) => {
                let is = AttributeIs::Disputed;
                wanted.attribute = Some(AttributeFilter::Is((task, item), is));
                wanted.sort = Sort::AttributeError((task, item));
            }
        }
        self.arrange_from_top();
    }
}

/// "Smiling present".
fn slice_words(measured: &Measured, slice: &SliceFaces) -> String {
    let report = measured.evaluation.as_ref().map(|e| &e.report);
    let by = report.and_then(|r| r.groups.last()?.by.as_deref());
    format!(
        "{} {}",
        by.unwrap_or_default().replace('_', " "),
        slice.value
    )
}

/// Points of the tasks before this one: filters count the points of all tasks.
fn before(schema: &Schema, task: usize) -> usize {
    let tasks = schema.tasks.iter().take(task);
    tasks.filter(|t| t.is_points()).map(|t| t.len()).sum()
}

fn find(item: &str) -> Lead {
    Lead::Find(item.replace('_', " "))
}

/// Each value of the column that was asked for.
/// With `all`, also of whole faces, which the curves are of.
fn slices_ui(ui: &mut Ui, measured: &Measured, intervals: bool, all: bool) -> Option<Lead> {
    if let Some(why) = &measured.unsliced {
        quiet(ui, &format!("No slices: {why}."));
        return None;
    }
    let report = &measured.evaluation.as_ref()?.report;
    let mut lead = None;
    for t in 0..report.groups.first()?.tasks.len() {
        let task = &report.groups[0].tasks[t].task;
        let kinds = [RowKind::Average, RowKind::WholeFace];
        let kinds = kinds
            .into_iter()
            .take(1 + usize::from(all && task.is_points()));
        for kind in kinds {
            let Some(grid) = slice_grid(report, t, kind, intervals) else {
                continue;
            };
            let what = match kind {
                RowKind::WholeFace => "whole faces of",
                _ => "averages over",
            };
            let words = format!("by {}: {what} {} [%]", grid.names, task.name);
            caption(ui, &words.to_uppercase());
            let id = format!("slices: {what} {}", task.name);
            if let Some(Click::Primary(slice)) = grid.ui(ui, &id) {
                lead = Some(Lead::Slice(slice));
            }
        }
    }
    ui.add_space(10.0);
    lead
}

fn look(ui: &Ui) -> Look {
    let p = theme::palette(ui.ctx());
    let rgb = |c: Color32| -> Colour { [c.r(), c.g(), c.b()] };
    Look {
        text: rgb(p.text),
        quiet: rgb(p.quiet),
        grid: rgb(p.hairline),
        network: rgb(p.prediction),
        other: rgb(p.waiting),
    }
}

/// The cumulative error distribution; a click leads to the faces with larger errors.
fn ced_ui(ui: &mut Ui, figures: &Figures) -> Option<Lead> {
    let first = figures.curves.first()?;
    let words = match figures.slices.len() {
        0 => "CUMULATIVE ERROR OF WHOLE FACES".to_owned(),
        n if n < figures.of_slices => format!(
            "CUMULATIVE ERROR OF WHOLE FACES, THE FIRST {n} OF {} SLICES",
            thousands(figures.of_slices)
        ),
        _ => "CUMULATIVE ERROR OF WHOLE FACES, BY SLICE".to_owned(),
    };
    caption(ui, &words);
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
        if beyond > 0 {
            let words = format!("click: the {} beyond it", counted(beyond, "face"));
            ui.colored_label(p.working, words);
        }
    });
    (clicked && beyond > 0).then_some(Lead::Beyond(error))
}

/// A bar for each point or attribute; a click leads to the faces that are wrong.
fn task_ui(ui: &mut Ui, task: &TaskBars, figures: &Figures, intervals: bool) -> Option<Lead> {
    caption(
        ui,
        &task_title(task.is_points, &task.name)
            .to_uppercase()
            .replace('Α', "α"),
    );
    let mut lead = None;
    legend_ui(ui, task, figures);
    let shown = |bar: &Bar| -> Bar {
        let mut bar = bar.clone();
        if !intervals {
            bar.values.intervals = [None; 3];
        }
        bar
    };
    for bar in &task.bars {
        let bar = &shown(bar);
        let response = bar_ui(ui, bar, true);
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
        if response.secondary_clicked() {
            lead = Some(find(&bar.name));
        }
        let click = match wrong {
            0 => "right click to find others",
            _ => "click to see these faces, right click to find others",
        };
        let mut values = values_words(&bar.values, task.is_points);
        for (name, value) in figures.slices.iter().zip(&bar.slices) {
            values += &value.map_or(String::new(), |v| format!("\n{name} {v:.1} %"));
        }
        response.on_hover_text(format!("{values}\n{words}; {click}"));
        if clicked && wrong > 0 {
            lead = Some(match task.is_points {
                true => Lead::Misses(task.task, bar.item),
                false => Lead::Disputed(task.task, bar.item),
            });
        }
    }
    let average = shown(&Bar {
        item: 0,
        name: "average".into(),
        known: 0,
        values: task.average,
        slices: task.sliced_average.clone(),
    });
    let tip = values_words(&average.values, task.is_points);
    bar_ui(ui, &average, false).on_hover_text(tip);
    lead
}

/// What bars, ticks and numbers are.
fn legend_ui(ui: &mut Ui, task: &TaskBars, figures: &Figures) {
    let guess = if task.is_points {
        "mean face"
    } else {
        "majority"
    };
    let mut names = vec![
        (Who::Network, "network, first number".to_owned()),
        (Who::Guess, format!("{guess}, second number")),
    ];
    if task.average.other.is_some() {
        names.push((Who::Other, "other predictions, third number".into()));
    }
    let slices = figures.slices.iter().enumerate();
    names.extend(slices.map(|(n, name)| (Who::Slice(n), name.clone())));
    let size = vec2(ui.available_width(), LEGEND_LINE + 2.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        let said: Vec<&str> = names.iter().map(|n| n.1.as_str()).collect();
        WidgetInfo::labeled(Role::Label, true, format!("Legend: {}", said.join("; ")))
    });
    let mut marks = Vec::new();
    let at = [rect.left() + EDGE, rect.top()];
    legend_marks(&mut marks, at, rect.width() - 2.0 * EDGE, &names, look(ui));
    paint(ui.painter(), &marks);
}

/// What the bar, its ticks and its numbers are: "network 96.7 % (95 %: 95.1 to 97.9), mean face
/// 92.7 %".
fn values_words(values: &Values, is_points: bool) -> String {
    let guess = if is_points { "mean face" } else { "majority" };
    let all = [
        ("network", values.network),
        (guess, values.guess),
        ("other predictions", values.other),
    ];
    let all = all
        .into_iter()
        .zip(values.intervals)
        .filter_map(|((name, v), interval)| {
            let interval = interval.map_or(String::new(), |[low, high]| {
                format!(" (95 %: {low:.1} to {high:.1})")
            });
            Some(format!("{name} {:.1} %{interval}", v?))
        });
    all.collect::<Vec<_>>().join(", ")
}

fn bar_ui(ui: &mut Ui, bar: &Bar, leads: bool) -> Response {
    let percent = |v: Option<f64>| v.map_or("unknown".into(), |v| format!("{v:.1} %"));
    let interval = bar.values.intervals[0].map_or(String::new(), |[low, high]| {
        format!(" ({low:.1} to {high:.1})")
    });
    let said = format!(
        "{}: {}{interval}, guess {}",
        bar.name,
        percent(bar.values.network),
        percent(bar.values.guess)
    );
    let response = row_response(ui, &said, leads);
    let rect = response.rect;
    let mut marks: Vec<Mark> = Vec::new();
    let at = [rect.left() + EDGE, rect.top()];
    bar_marks(&mut marks, at, rect.width() - 2.0 * EDGE, bar, look(ui));
    if !leads {
        let p = theme::palette(ui.ctx());
        let line = Stroke::new(1.0, p.hairline);
        let inner = rect.shrink2(vec2(EDGE, 0.0));
        ui.painter().hline(inner.x_range(), rect.top(), line);
    }
    paint(ui.painter(), &marks);
    response
}

/// A row that can be clicked, if it leads somewhere.
fn row_response(ui: &mut Ui, said: &str, leads: bool) -> Response {
    let p = theme::palette(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    let (sense, role) = match leads {
        true => (Sense::click(), Role::Button),
        false => (Sense::hover(), Role::Label),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, said));
    if leads && response.hovered() {
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
