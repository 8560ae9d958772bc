//! What muting each channel of a layer changes, as a table that can be sorted; a click selects.

use eframe::egui::{self, Align, Layout, Rect, RichText, Role, Sense, Ui, WidgetInfo, vec2};
use egui_extras::{Column, TableBuilder};

use crate::app::faces::list::List;
use crate::app::features::export::Listing;
use crate::app::features::toolbar::choice_ui;
use crate::app::features::{Around, FeatureView, Wish, theme, title};
use crate::app::widgets::buttons::wrapped;
use crate::dataset::{FaceSubset, describe_boxes};
use crate::engine::StudyKind;
use crate::humanize::counted;
use crate::label::Schema;
use crate::measure::{FEW_UNITS, LEAST_UNITS, differs};
use crate::model::TapLayer;
use crate::study::{Differing, Effects, TaskEffect};

/// Of what is not told from zero.
const FAINT: f32 = 0.45;

/// What the rows are sorted by: the channels' numbers, or a task's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Channel,
    Task(usize),
}

/// The order of the table, kept until the findings or the column change.
pub(super) struct Ranking {
    pub by: By,
    made: Option<By>,
    rows: Vec<usize>,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            by: By::Task(0),
            made: None,
            rows: Vec::new(),
        }
    }
}

impl Ranking {
    /// Other findings have come.
    pub fn forget(&mut self) {
        self.made = None;
    }
}

impl FeatureView {
    pub(super) fn ranking_ui(&mut self, ui: &mut Ui, around: &Around, wishes: &mut Vec<Wish>) {
        let p = theme::palette(ui.ctx());
        let Some(schema) = around.network.map(|n| &n.schema) else {
            return;
        };
        ui.add_space(6.0);
        wrapped(ui, 10, |ui| {
            let tower = self.tower().map(|t| t.maps.tower.clone());
            let conv = self.place.is_conv();
            let towers: Vec<String> = self
                .shown
                .iter()
                .flat_map(|s| s.towers.iter().map(|t| t.maps.tower.clone()))
                .collect();
            let at = self.place_selected().0;
            for (index, name) in towers.iter().enumerate() {
                let said = format!("Rank channels of {name}");
                let tip = "Channels of this tower";
                if choice_ui(ui, at == index, &title(name), &said, tip) {
                    let channel = self.selected.1;
                    self.select(index, channel);
                }
            }
            ui.add_space(8.0);
            let tip = "Over how many faces, in the boxes they came with; those with labels where \
                       there are such";
            let (wanted, of_shown) = (&mut self.studies.rank_faces, &mut self.studies.of_shown);
            faces_ui(ui, around.list, (wanted, of_shown), tip);
            let words = format!(
                "rank {} {}",
                title(&tower.unwrap_or_default()),
                self.place.title()
            );
            let running = self.studies.progress(StudyKind::Rank).is_some();
            let button = ui.add_enabled(conv && !running, egui::Button::new(words));
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Rank the channels"));
            let button = button
                .on_hover_text("Mute each channel in turn and measure what changes")
                .on_disabled_hover_text("Choose a convolution: fused maps are not muted");
            if button.clicked() {
                wishes.push(Wish::Rank);
            }
        });
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            self.studies.progress_ui(ui, StudyKind::Rank, wishes);
        });
        let Some((effects, faces)) = self.studies.effects.take() else {
            wrapped(ui, 12, |ui| {
                ui.colored_label(
                    p.quiet,
                    "Each channel is held at zero in turn: how far the points move, how much worse \
                     they are, and how the attributes change.",
                );
            });
            return;
        };
        let heading = format!(
            "{} {} · {}",
            title(effects.tower.name(schema)),
            TapLayer::conv(effects.layer).title(),
            over(schema, &effects, &faces)
        );
        wrapped(ui, 12, |ui| {
            ui.colored_label(p.quiet, heading);
            Listing::Ranking.menu_ui(ui, wishes);
        });
        wrapped(ui, 12, |ui| {
            let words = RichText::new(told(schema, &effects)).size(theme::SMALL);
            let tint = match effects.resampled.units < FEW_UNITS {
                true => p.waiting,
                false => p.quiet,
            };
            ui.colored_label(tint, words).on_hover_text(
                "With and without a channel the same faces are measured, and resampled together; \
                 faint is what has zero in its interval. Each channel has an interval of its own: \
                 of those that do nothing one in twenty leaves zero out by chance.",
            );
        });
        ui.add_space(4.0);
        self.table_ui(ui, schema, &effects);
        self.studies.effects = Some((effects, faces));
    }

    fn table_ui(&mut self, ui: &mut Ui, schema: &Schema, effects: &Effects) {
        let p = theme::palette(ui.ctx());
        self.sort_rows(effects);
        let mut by = self.ranking.by;
        let mut chosen = None;
        let here = self.tower().is_some_and(|t| t.maps.id == effects.tower)
            && self.place.layer == effects.layer;
        let tasks = schema.tasks.len();
        let table = TableBuilder::new(ui)
            .striped(false)
            .sense(Sense::click())
            .cell_layout(Layout::right_to_left(Align::Center))
            .column(Column::exact(84.0))
            .columns(Column::remainder().at_least(120.0).clip(true), tasks);
        let table = table.header(24.0, |mut row| {
            row.col(|ui| {
                if head_ui(ui, by == By::Channel, "channel", "") {
                    by = By::Channel;
                }
            });
            for (t, task) in schema.tasks.iter().enumerate() {
                row.col(|ui| {
                    let first = effects.channels.first().and_then(|c| c.get(t));
                    let (words, tip) = measure_words(first, task.is_points());
                    let words = format!("{}: {words}", title(&task.name));
                    if head_ui(ui, by == By::Task(t), &words, tip) {
                        by = By::Task(t);
                    }
                });
            }
        });
        let (rows, selected) = (&self.ranking.rows, self.selected.1);
        let most: Vec<f64> = (0..tasks).map(|t| effects.largest(t)).collect();
        let touched: Vec<bool> = (0..tasks).map(|t| effects.touches(t)).collect();
        let digits: Vec<[usize; 2]> = (0..tasks).map(|t| column_digits(effects, t)).collect();
        table.body(|body| {
            body.rows(20.0, rows.len(), |mut row| {
                let channel = rows[row.index()];
                row.set_selected(here && channel as u32 == selected);
                row.col(|ui| {
                    ui.add_space(8.0);
                    ui.label(channel.to_string());
                });
                for (t, effect) in effects.channels[channel].iter().enumerate().take(tasks) {
                    row.col(|ui| {
                        if effect.differs() == Some(false) {
                            ui.set_opacity(FAINT);
                        }
                        if !touched[t] && effect.is_nothing() {
                            ui.add_space(8.0);
                            ui.label(RichText::new("unchanged").color(p.quiet));
                            return;
                        }
                        bar_ui(ui, effect, most[t]);
                        ui.add_space(8.0);
                        effect_ui(ui, effect, digits[t][0]);
                        if let TaskEffect::Binary {
                            most,
                            most_change,
                            most_change_interval,
                            ..
                        } = effect
                            && *most_change != 0.0
                        {
                            let name = schema.tasks[t].items().nth(*most).unwrap_or("");
                            let sign = if *most_change < 0.0 { '−' } else { '+' };
                            let said = format!(
                                "{} Δp {sign}{:.*}",
                                name.replace('_', " "),
                                digits[t][1],
                                most_change.abs()
                            );
                            // It has an interval of its own.
                            ui.set_opacity(match most_change_interval.is_some_and(differs) {
                                true => 1.0,
                                false => FAINT,
                            });
                            // The number at the end is not cut off.
                            let font = theme::font(theme::SMALL);
                            let galley = ui.painter().layout_no_wrap(said, font, p.quiet);
                            if galley.size().x + 8.0 <= ui.available_width() {
                                ui.label(galley).on_hover_text(
                                    "The attribute whose probability changes most, and by how much; \
                                     faint where the interval of that has zero in it",
                                );
                            }
                        }
                    });
                }
                let response = row.response();
                response.widget_info(|| {
                    let said = format!("Effect of channel {channel}");
                    WidgetInfo::labeled(Role::Button, true, said)
                });
                if response.clicked() {
                    chosen = Some(channel as u32);
                }
            });
        });
        self.ranking.by = by;
        if let Some(channel) = chosen {
            self.go(TapLayer::conv(effects.layer));
            self.select_of(effects.tower, channel);
        }
    }

    fn sort_rows(&mut self, effects: &Effects) {
        if self.ranking.made == Some(self.ranking.by) {
            return;
        }
        // A task that this tower cannot touch has no order to offer.
        if let By::Task(task) = self.ranking.by
            && self.ranking.made.is_none()
            && !effects.touches(task)
        {
            let tasks = effects.channels.first().map_or(0, Vec::len);
            let other = (0..tasks).find(|t| effects.touches(*t));
            self.ranking.by = By::Task(other.unwrap_or(task));
        }
        let channels = 0..effects.channels.len();
        self.ranking.rows = match self.ranking.by {
            By::Channel => channels.collect(),
            By::Task(task) => effects.ranked(task),
        };
        self.ranking.made = Some(self.ranking.by);
    }
}

/// How many faces are wanted, and of which; a longer list may come, so the wish stays.
pub(super) fn faces_ui(
    ui: &mut Ui,
    list: &List,
    (wanted, of_shown): (&mut usize, &mut bool),
    tip: &str,
) {
    let p = theme::palette(ui.ctx());
    ui.colored_label(p.quiet, "faces");
    let (all, shown) = (list.items.len(), list.order.shown.len());
    let most = match *of_shown && list.is_filtered() {
        true => shown,
        false => all,
    }
    .max(1);
    let mut faces = (*wanted).clamp(1, most);
    let field = ui.add(egui::DragValue::new(&mut faces).range(1..=most).speed(0.2));
    field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, "Faces to measure"));
    if field.on_hover_text(tip).changed() {
        *wanted = faces;
    }
    of_which_ui(ui, list, of_shown);
}

/// From which faces of the list those are drawn that are measured.
pub(super) fn of_which_ui(ui: &mut Ui, list: &List, of_shown: &mut bool) {
    let p = theme::palette(ui.ctx());
    let (all, shown) = (list.items.len(), list.order.shown.len());
    let tip = "Drawn at random with the same seed every time, whatever the list is sorted by";
    if !list.is_filtered() {
        let words = RichText::new(format!("of all {all}")).size(theme::SMALL);
        ui.colored_label(p.quiet, words).on_hover_text(tip);
        return;
    }
    for (choice, words, said) in [
        (false, format!("of all {all}"), "Faces of the whole list"),
        (true, format!("of the {shown} shown"), "Faces shown"),
    ] {
        if choice_ui(ui, *of_shown == choice, &words, said, tip) {
            *of_shown = choice;
        }
    }
}

/// How large an effect is beside the largest, at the left of its cell.
fn bar_ui(ui: &Ui, effect: &TaskEffect, largest: f64) {
    // What the words at the right need.
    let words = match effect {
        TaskEffect::Points { .. } => 180.0,
        TaskEffect::Binary { .. } => 360.0,
    };
    let share = effect.size() / largest;
    let p = theme::palette(ui.ctx());
    let cell = ui.max_rect().shrink2(vec2(8.0, 0.0));
    let length = (cell.width() - words).clamp(0.0, 160.0) * share.abs() as f32;
    let at = cell.left_center() - vec2(0.0, theme::BAR / 2.0);
    let bar = Rect::from_min_size(at, vec2(length, theme::BAR));
    let tint = if share < 0.0 { p.working } else { p.waiting };
    ui.painter().rect_filled(bar, 3, tint.gamma_multiply(0.8));
}

/// "mean over 100 of all 4000 labelled faces", and of which tasks not all of them are labelled.
fn over(schema: &Schema, effects: &Effects, choice: &FaceSubset) -> String {
    let faces = effects.faces;
    let which = choice.describe(faces);
    let mut words = format!("mean over {which}, {}", describe_boxes(&effects.boxes));
    for (task, labelled) in schema.tasks.iter().zip(&effects.labelled) {
        if *labelled < faces {
            let name = title(&task.name);
            words += &format!(
                " · {name}: {labelled} of {} labelled",
                counted(faces, "face")
            );
        }
    }
    words
}

/// How sure the means are, and how many channels do something that is told from nothing.
fn told(schema: &Schema, effects: &Effects) -> String {
    let mut words = effects.resampled.words();
    if effects.resampled.units < LEAST_UNITS {
        return words;
    }
    for (t, task) in schema.tasks.iter().enumerate() {
        let name = title(&task.name);
        if !effects.touches(t) {
            continue;
        }
        words += &match effects.differing(t) {
            None => format!(" · {name}: no labels, so nothing is told from zero"),
            Some(found) => format!(" · {name}: {}", differing_words(found)),
        };
    }
    words
}

/// "5 of 64 channels differ, about 3 are expected by chance".
fn differing_words(found: Differing) -> String {
    let Differing { channels, of, .. } = found;
    let verb = if channels == 1 { "differs" } else { "differ" };
    let chance = match found.by_chance().round() {
        n if n < 1.0 => "fewer than 1 is expected by chance".to_owned(),
        1.0 => "about 1 is expected by chance".to_owned(),
        n => format!("about {n:.0} are expected by chance"),
    };
    format!("{channels} of {} {verb}, {chance}", counted(of, "channel"))
}

/// An effect and the ends of its interval.
fn effect_ui(ui: &mut Ui, effect: &TaskEffect, digits: usize) {
    let p = theme::palette(ui.ctx());
    // From the right to the left.
    if let Some(interval) = effect.interval() {
        let [low, high] = interval.map(|v| number(v, digits));
        let words = RichText::new(format!("[{low}, {high}]")).size(theme::CAPTION);
        ui.colored_label(p.quiet, words);
    }
    ui.label(number(effect.size(), digits));
}

/// Decimals of a task's effects, and of its most changed attributes.
fn column_digits(effects: &Effects, task: usize) -> [usize; 2] {
    let column = || effects.channels.iter().filter_map(|c| c.get(task));
    let (mut least, mut most) = (2, 0.0_f64);
    for effect in column() {
        if let TaskEffect::Binary { most_change, .. } = effect {
            (least, most) = (4, most.max(most_change.abs()));
        }
    }
    let largest = match effects.touches(task) {
        true => effects.largest(task),
        false => 0.0,
    };
    [digits(largest, least), digits(most, 3)]
}

/// As many decimals as show the largest of some values in three digits, and no fewer than `least`.
fn digits(largest: f64, least: usize) -> usize {
    const MOST: i32 = 9;
    if !(largest > 0.0 && largest.is_finite()) {
        return least;
    }
    let wanted = 2 - largest.log10().floor() as i32;
    wanted.clamp(least as i32, MOST) as usize
}

/// A number of so many decimals; what is smaller than they can show is said to be so, and is not
/// written as a zero.
fn number(value: f64, digits: usize) -> String {
    let words = format!("{value:.digits$}");
    let is_zero = |words: &str| words.chars().all(|c| matches!(c, '0' | '.'));
    if is_zero(words.trim_start_matches('-')) {
        let least = format!("{:.digits$}", 10.0_f64.powi(-(digits as i32)));
        return match value {
            v if v > 0.0 => format!("<{least}"),
            v if v < 0.0 => format!(">−{least}"),
            _ => words.replace('-', ""),
        };
    }
    words.replace('-', "−")
}

/// What a task's column holds, and what that is.
fn measure_words(effect: Option<&TaskEffect>, points: bool) -> (&'static str, &'static str) {
    match (points, effect.and_then(TaskEffect::worse).is_some()) {
        (true, true) => (
            "ΔNME, % of L",
            "By how much the mean error of the labelled points grows; below zero it falls.",
        ),
        (true, false) => (
            "shift, % of L",
            "No labels tell whether the points get worse. How far they move is never below zero, \
             so it does not tell whether a channel does anything.",
        ),
        (false, true) => (
            "Δcross-entropy, nats",
            "By how much the mean loss over the known labels grows; below zero it falls.",
        ),
        (false, false) => (
            "mean |Δprobability|",
            "No labels tell whether the attributes get worse. The mean of absolute changes is \
             never below zero, so it does not tell whether a channel does anything.",
        ),
    }
}

/// A column's head; true when it is clicked.
fn head_ui(ui: &mut Ui, sorted: bool, words: &str, tip: &str) -> bool {
    let p = theme::palette(ui.ctx());
    let tint = if sorted { p.prediction } else { p.quiet };
    ui.add_space(8.0);
    let text = RichText::new(words).size(theme::SMALL).color(tint);
    let response = ui.add(egui::Button::new(text).frame(false));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Sort by {words}")));
    let tip = format!("Sort by this. {tip}");
    response.on_hover_text(tip.trim_end()).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_tell_them_apart() {
        assert_eq!(digits(0.000_123, 4), 6);
        assert_eq!(digits(0.31, 2), 3);
        assert_eq!(digits(12.0, 2), 2);
        assert_eq!(digits(0.0, 4), 4);
        assert_eq!(digits(f64::INFINITY, 2), 2);
        assert_eq!(number(-0.000_02, 4), ">−0.0001");
        assert_eq!(number(0.000_02, 4), "<0.0001");
        assert_eq!([number(0.0, 2), number(-0.0, 2)], ["0.00", "0.00"]);
        assert_eq!(number(-0.000_02, 6), "−0.000020");
        assert_eq!(number(1.25, 2), "1.25");
    }

    #[test]
    fn what_differs_by_chance_is_said() {
        let words = |channels, of, tested| {
            differing_words(Differing {
                channels,
                of,
                tested,
            })
        };
        assert_eq!(
            words(5, 64, 64),
            "5 of 64 channels differ, about 3 are expected by chance"
        );
        let one = "1 of 32 channels differs, about 1 is expected by chance";
        assert_eq!(words(1, 32, 20), one);
        let few = "2 of 4 channels differ, fewer than 1 is expected by chance";
        assert_eq!(words(2, 4, 4), few);
    }
}
