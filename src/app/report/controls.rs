//! What is asked of a report: which faces, by what they are sliced, plots or tables; and what a
//! reader must know of the answer.

use eframe::egui::{self, Align, Layout, Response, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

use crate::app::report::figures::{BOOTSTRAP, Measured};
use crate::app::report::part::Part;
use crate::app::report::{Show, Work};
use crate::app::studio::Studio;
use crate::app::widgets::buttons;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::chips::{chip, toggle_chip};
use crate::app::widgets::theme;
use crate::dataset::BoxSource;
use crate::evaluation::{Column, Warning};
use crate::humanize::counted;
use crate::humanize::thousands;

/// Height of the line that says what the intervals are of.
const STATUS: f32 = 22.0;
/// Height of the list of columns.
const COLUMNS: f32 = 360.0;

impl Studio {
    pub(super) fn report_controls_ui(&mut self, ui: &mut Ui) {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            // What never changes its width stands first.
            let show = &mut self.view.report.show;
            for (value, words, name) in [
                (Show::Plots, "plots", "Show plots"),
                (Show::Tables, "tables", "Show tables"),
            ] {
                if toggle_chip(ui, *show == value, words, name).clicked() {
                    *show = value;
                    self.view.report.scroll_up = true;
                }
            }
            self.part_menu_ui(ui);
            self.slices_menu_ui(ui);
            self.report_export_ui(ui);
            let missing = self.report().map_or(0, |(m, _)| {
                (m.figures.of - m.figures.faces).saturating_sub(m.unread)
            });
            // Where nothing or little is measured yet, the pane has a larger button.
            let some = self.report_measured().is_some_and(|m| !m.few) && self.can_predict();
            if missing > 0 && some {
                let words = format!("predict {}", thousands(missing));
                let name = format!("Predict the other {}", thousands(missing));
                let tip = "Predict those of the measured faces that are not predicted yet";
                if chip(ui, &words, &name).on_hover_text(tip).clicked() {
                    self.predict_faces(self.not_yet_measured(), false);
                }
            }
        });
        ui.add_space(4.0);
    }

    /// Which faces are measured, with how many of each there are.
    fn part_menu_ui(&mut self, ui: &mut Ui) {
        let part = self.report_part();
        let list = &self.model.faces;
        let (all, shown) = (list.items.len(), list.order.shown.len());
        let splits = list.info.facts.splits.clone();
        let count = |part: Part| match part {
            Part::All => all,
            Part::Split(split) => splits.iter().find(|s| s.0 == split).map_or(0, |s| s.1),
            Part::Shown(_) => {
                let shown = self.view.report.shown.as_ref();
                shown.map_or(0, |s| s.1.len())
            }
        };
        let name = |part: Part| part.word().unwrap_or_else(|| "all".into());
        let words = format!("measured: {}  {}", name(part), thousands(count(part)));
        let mut wanted = None;
        let menu = ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
            let parts = splits.iter().map(|s| Part::Split(s.0)).chain([Part::All]);
            for choice in parts {
                let words = format!("{}  {}", name(choice), thousands(count(choice)));
                if ui.selectable_label(part == choice, words).clicked() {
                    wanted = Some(choice);
                }
            }
            ui.separator();
            let words = format!("shown in the list now  {}", thousands(shown));
            let entry = ui.selectable_label(matches!(part, Part::Shown(_)), words);
            let tip = "Measure the faces that the list shows now; they stay the measured ones \
                       until another choice";
            if entry.on_hover_text(tip).clicked() {
                wanted = Some(Part::Shown(0));
            }
        });
        let tip = "Which faces are measured: without a choice the test split, else the validation \
                   split, else all";
        menu.response.on_hover_text(tip);
        if let Some(part) = wanted {
            self.measure_part(part);
        }
    }

    fn measure_part(&mut self, part: Part) {
        let view = &mut self.view.report;
        let part = match part {
            Part::Shown(_) => {
                let mut faces = self.model.faces.order.shown.clone();
                faces.sort_unstable();
                let number = view.shown.as_ref().map_or(1, |s| s.0 + 1);
                view.shown = Some((number, faces.into()));
                Part::Shown(number)
            }
            part => part,
        };
        view.part = Some((self.model.faces.number, part));
    }

    /// By what the faces are sliced.
    fn slices_menu_ui(&mut self, ui: &mut Ui) {
        let (schema, list) = (self.schema(), &self.model.faces);
        let by = self.report_key().asked.by;
        let all = Column::all(list.info.columns.len(), &schema);
        let is_attribute = |c: &Column| matches!(c, Column::Attribute(..));
        // Not those with as many values as faces: whoever wants them has `eval --by identity`.
        let values = &list.info.facts.values;
        let is_own = |c: usize| values.get(c).is_some_and(|v| v.listed.is_empty());
        let all = all.into_iter().filter(|c| match c {
            Column::Identity => false,
            Column::Foreign(c) => !is_own(*c),
            _ => true,
        });
        let (attributes, others): (Vec<_>, Vec<_>) = all.partition(is_attribute);
        let name = |c: &Column| c.name(&list.info.columns, &schema).replace('_', " ");
        let words = by.map_or("slices".to_owned(), |c| format!("by {}", name(&c)));
        let mut wanted = None;
        let menu = ui.menu_button(egui::RichText::new(words).size(theme::SMALL), |ui| {
            if ui.selectable_label(by.is_none(), "no slices").clicked() {
                wanted = Some(None);
            }
            ui.set_min_width(220.0);
            let area = egui::ScrollArea::vertical().max_height(COLUMNS);
            area.show(ui, |ui| {
                for (what, columns) in [("", &others), ("ATTRIBUTES", &attributes)] {
                    if !what.is_empty() && !columns.is_empty() {
                        buttons::caption(ui, what);
                    }
                    for column in columns {
                        let words = format!("by {}", name(column));
                        if ui.selectable_label(by == Some(*column), words).clicked() {
                            wanted = Some(Some(*column));
                        }
                    }
                }
            });
        });
        let tip = "Measure also each value of a column by itself: split, box, a column of the \
                   data set, or the label of an attribute";
        menu.response.on_hover_text(tip);
        if let Some(by) = wanted {
            self.view.report.by = by.map(|by| (self.model.faces.number, by));
            self.view.report.group = 0;
            // The slices stand first, where they are seen.
            self.view.report.scroll_up = true;
        }
    }

    /// Whether faces of the list can be predicted that are not.
    pub(super) fn can_predict(&self) -> bool {
        let list = &self.model.faces;
        !list.findings.is_complete()
            && self.model.sweep.progress.is_none()
            && self.model.networks.current.is_some()
    }

    /// The measured faces that no prediction is known of; many may have to be gone through.
    pub(super) fn not_yet_measured(&self) -> Vec<u32> {
        let list = &self.model.faces;
        let chosen = self.chosen_faces(self.report_part());
        let faces = chosen.faces(&list.samples);
        faces
            .filter(|i| list.findings.get(*i as usize).is_none())
            .collect()
    }

    /// What the intervals are of, or how far they are; as high whatever it says.
    pub(super) fn intervals_ui(&mut self, ui: &mut Ui, measured: &Measured) {
        let Some(evaluation) = &measured.evaluation else {
            return;
        };
        let p = theme::palette(ui.ctx());
        let (mut stop, mut start) = (false, false);
        let drawn = evaluation.report.groups.first().and_then(|g| g.resampled);
        let view = &self.view.report;
        let row = vec2(ui.available_width(), STATUS);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_height(STATUS);
            ui.add_space(14.0);
            let quiet = |words: String| {
                egui::RichText::new(words)
                    .size(theme::CAPTION)
                    .color(p.quiet)
            };
            let resamples = thousands(BOOTSTRAP.resamples as usize);
            match (&view.work, drawn) {
                (Some((key, work)), _) if key.intervals => {
                    progress_ui(ui, work);
                    stop = chip(ui, "stop", "Stop the intervals")
                        .on_hover_text("Do without intervals")
                        .clicked();
                }
                (_, Some(drawn)) => {
                    let words = match (drawn.units, drawn.few()) {
                        (0 | 1, Some(few)) => few,
                        (_, few) => format!(
                            "{} of {resamples} resamples of {}",
                            match view.show {
                                Show::Plots => "whiskers: 95 % intervals",
                                Show::Tables => "[95 % intervals]",
                            },
                            few.unwrap_or_else(|| drawn.drawn())
                        ),
                    };
                    ui.label(quiet(words));
                    let slices = evaluation.warnings.iter().filter(|w| w.of_intervals);
                    for warning in slices.filter(|w| Some(&w.words) != drawn.few().as_ref()) {
                        badge_ui(ui, warning);
                    }
                }
                _ if self.model.sweep.progress.is_some() => {
                    ui.label(quiet("intervals follow when all is predicted".into()));
                }
                _ if view.no_intervals => {
                    start = chip(ui, "95 % intervals", "Measure the intervals")
                        .on_hover_text(format!("{resamples} resamples of the measured faces"))
                        .clicked();
                }
                _ => {}
            }
        });
        let off = (view.no_intervals || stop) && !start;
        self.view.report.no_intervals = off;
    }
}

fn progress_ui(ui: &mut Ui, work: &Work) {
    let p = theme::palette(ui.ctx());
    let (part, left) = work.progress();
    let (bar, response) = ui.allocate_exact_size(vec2(120.0, theme::BAR), Sense::hover());
    let left = left.map_or(String::new(), |l| {
        format!(" · {:.0} s left", l.as_secs_f32())
    });
    let words = format!("95 % intervals: {:.0} %{left}", 100.0 * part);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &words));
    ui.painter().rect_filled(bar, 3, p.hairline);
    let done = bar.with_max_x(bar.left() + bar.width() * part);
    ui.painter().rect_filled(done, 3, p.working);
    let words = egui::RichText::new(words).size(theme::CAPTION);
    ui.label(words.color(p.quiet));
}

/// What a reader of the numbers must know: what flatters them, in which boxes faces were looked
/// at, and what the guess learned from.
/// What a click on a warning leads to: these faces, and what they are.
pub(super) fn about_ui(ui: &mut Ui, measured: &Measured) -> Option<(String, Vec<u32>)> {
    let p = theme::palette(ui.ctx());
    let mut lead = None;
    let warnings = measured.evaluation.iter().flat_map(|e| &e.warnings);
    // Those of intervals stand beside what is said of these, so that nothing moves when they come.
    let mut warnings: Vec<Warning> = warnings.filter(|w| !w.of_intervals).cloned().collect();
    warnings.extend(unread(measured.unread));
    if !warnings.is_empty() {
        wrapped(ui, 12, |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for warning in &warnings {
                if badge_ui(ui, warning).clicked() {
                    lead = Some((warning.badge.clone(), warning.faces.clone()));
                }
            }
        });
        ui.add_space(4.0);
    }
    let figures = &measured.figures;
    // A box from labels tells where the face is.
    let told = figures.boxes.iter().any(|b| b.0 == BoxSource::Labels);
    let boxes = figures
        .boxes
        .iter()
        .map(|(source, n)| format!("{source} ({})", thousands(*n)));
    let boxes = boxes.collect::<Vec<_>>().join(", ");
    wrapped(ui, 14, |ui| {
        let caption =
            |words: String, tint| egui::RichText::new(words).size(theme::CAPTION).color(tint);
        let tint = if told { p.waiting } else { p.quiet };
        let words = ui.label(caption(format!("box: {boxes}"), tint));
        if told {
            let tip = "A box made from labelled points tells where the face is, which flatters \
                       the points";
            words.on_hover_text(tip);
        }
        let guess = measured.evaluation.as_ref();
        let guess = guess.map_or("guess", |e| e.guess_words(None));
        let learned = format!("· {guess}: learned from {}", figures.learned);
        ui.label(caption(learned, p.quiet));
    });
    lead
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
fn badge_ui(ui: &mut Ui, warning: &Warning) -> Response {
    let Warning {
        badge: words,
        words: about,
        ..
    } = warning;
    let leads = !warning.faces.is_empty();
    let p = theme::palette(ui.ctx());
    let font = theme::font(theme::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), font, p.waiting);
    let size = vec2(galley.size().x + 28.0, 22.0);
    let (sense, role) = match leads {
        true => (Sense::click(), Role::Button),
        false => (Sense::hover(), Role::Label),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, format!("Warning: {about}")));
    let edge = Stroke::new(1.0, p.waiting.gamma_multiply(0.5));
    let strength = if leads && response.hovered() {
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
    let click = match leads {
        true => "\nclick to see them",
        false => "",
    };
    response.on_hover_text(format!("{about}{click}"))
}
