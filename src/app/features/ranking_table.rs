//! What muting each channel of a layer changes, as a table that can be sorted; a click selects.

use eframe::egui::{self, Align, Layout, Rect, RichText, Role, Sense, Ui, WidgetInfo, vec2};
use egui_extras::{Column, TableBuilder};

use crate::app::features::action::Action;
use crate::app::features::parts::choice::choice_ui;
use crate::app::features::parts::faces::faces_ui;
use crate::app::features::parts::progress::progress_ui;
use crate::app::features::parts::table_menu::table_menu_ui;
use crate::app::features::parts::warnings::warnings_ui;
use crate::app::features::ranking_text::{
    column_digits, measure_text, number, sample_text, significance_text,
};
use crate::app::features::state::export::TableKind;
use crate::app::features::state::ranking::By;
use crate::app::features::view::FeatureView;
use crate::app::model::Context;
use crate::app::widgets::buttons::wrapped;
use crate::app::widgets::theme;
use crate::engine::StudyKind;
use crate::humanize::title;
use crate::label::Schema;
use crate::measure::{FEW_UNITS, differs};
use crate::model::TapLayer;
use crate::study::{Effects, TaskEffect};

/// Of what is not told from zero.
const FAINT: f32 = 0.7;

impl FeatureView {
    pub(super) fn ranking_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        let Some(schema) = context.model.networks.current.as_ref().map(|n| &n.schema) else {
            return;
        };
        ui.add_space(6.0);
        wrapped(ui, 10, |ui| {
            let tower = self.tower().map(|t| t.maps.tower.clone());
            let conv = self.place.is_conv();
            let towers = self.maps.names();
            let at = self.place_selected().0;
            for (index, name) in towers.iter().enumerate() {
                let accessible_name = format!("Rank channels of {name}");
                let tip = "Channels of this tower";
                if choice_ui(ui, at == index, &title(name), &accessible_name, tip) {
                    let channel = self.inspector.selected.1;
                    self.select(index, channel);
                }
            }
            ui.add_space(8.0);
            let tip = "Over how many faces, in the boxes they came with; those with labels where \
                       there are such";
            let (wanted, of_shown) = (
                &mut self.studies.faces.rank,
                &mut self.studies.faces.of_shown,
            );
            faces_ui(ui, &context.model.faces, (wanted, of_shown), tip);
            let text = format!(
                "rank {} {}",
                title(&tower.unwrap_or_default()),
                self.place.title()
            );
            let running = self.studies.progress(StudyKind::Rank).is_some();
            let button = ui.add_enabled(conv && !running, egui::Button::new(text));
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Rank the channels"));
            let button = button
                .on_hover_text("Mute each channel in turn and measure what changes")
                .on_disabled_hover_text("Choose a convolution: fused maps are not muted");
            if button.clicked() {
                actions.push(Action::RankChannels);
            }
        });
        ui.horizontal(|ui| {
            ui.add_space(10.0);
            progress_ui(ui, &self.studies, StudyKind::Rank, actions);
        });
        let Some((effects, faces)) = self.studies.found.effects.take() else {
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
            sample_text(schema, &effects, &faces)
        );
        wrapped(ui, 12, |ui| {
            ui.colored_label(p.quiet, heading);
            table_menu_ui(ui, TableKind::Ranking, actions);
        });
        wrapped(ui, 12, |ui| {
            let text = RichText::new(significance_text(schema, &effects)).size(theme::SMALL);
            let tint = match effects.resampled.units < FEW_UNITS {
                true => p.waiting,
                false => p.quiet,
            };
            ui.colored_label(tint, text).on_hover_text(
                "With and without a channel the same faces are measured, and resampled together; \
                 faint is what has zero in its interval. Each channel has an interval of its own: \
                 of those that do nothing one in twenty leaves zero out by chance.",
            );
        });
        ui.add_space(4.0);
        warnings_ui(ui, &effects.warnings);
        self.table_ui(ui, schema, &effects);
        self.studies.found.effects = Some((effects, faces));
    }

    fn table_ui(&mut self, ui: &mut Ui, schema: &Schema, effects: &Effects) {
        self.studies.ranking.sort(effects);
        let mut by = self.studies.ranking.by;
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
                    let (text, tip) = measure_text(first, task.is_points());
                    let text = format!("{}: {text}", title(&task.name));
                    if head_ui(ui, by == By::Task(t), &text, tip) {
                        by = By::Task(t);
                    }
                });
            }
        });
        let (rows, selected) = (&self.studies.ranking.rows, self.inspector.selected.1);
        let columns: Vec<TaskColumn> = (0..tasks).map(|t| TaskColumn::new(effects, t)).collect();
        table.body(|body| {
            body.rows(20.0, rows.len(), |mut row| {
                let channel = rows[row.index()];
                row.set_selected(here && channel as u32 == selected);
                row.col(|ui| {
                    ui.add_space(8.0);
                    ui.label(channel.to_string());
                });
                for (effect, column) in effects.channels[channel].iter().zip(&columns) {
                    row.col(|ui| cell_ui(ui, effect, schema, column));
                }
                let response = row.response();
                response.widget_info(|| {
                    let accessible_name = format!("Effect of channel {channel}");
                    WidgetInfo::labeled(Role::Button, true, accessible_name)
                });
                if response.clicked() {
                    chosen = Some(channel as u32);
                }
            });
        });
        self.studies.ranking.by = by;
        if let Some(channel) = chosen {
            self.go(TapLayer::conv(effects.layer));
            self.select_of(effects.tower, channel);
        }
    }
}

/// What all effects of a task are written by.
struct TaskColumn {
    task: usize,
    largest: f64,
    touched: bool,
    /// Of the effects, and of the most changed attributes.
    digits: [usize; 2],
}

impl TaskColumn {
    fn new(effects: &Effects, task: usize) -> Self {
        Self {
            task,
            largest: effects.largest(task),
            touched: effects.touches(task),
            digits: column_digits(effects, task),
        }
    }
}

fn cell_ui(ui: &mut Ui, effect: &TaskEffect, schema: &Schema, column: &TaskColumn) {
    if effect.differs() == Some(false) {
        ui.set_opacity(FAINT);
    }
    if !column.touched && effect.is_nothing() {
        let p = theme::palette(ui.ctx());
        ui.add_space(8.0);
        ui.label(RichText::new("unchanged").color(p.quiet));
        return;
    }
    bar_ui(ui, effect, column.largest);
    ui.add_space(8.0);
    effect_ui(ui, effect, column.digits[0]);
    most_changed_ui(ui, effect, schema, column);
}

/// The attribute whose probability changes most, where there is room for it.
fn most_changed_ui(ui: &mut Ui, effect: &TaskEffect, schema: &Schema, column: &TaskColumn) {
    let TaskEffect::Binary {
        most,
        most_change,
        most_change_interval,
        ..
    } = effect
    else {
        return;
    };
    if *most_change == 0.0 {
        return;
    }
    let p = theme::palette(ui.ctx());
    let name = schema.tasks[column.task].items().nth(*most).unwrap_or("");
    let sign = if *most_change < 0.0 { '−' } else { '+' };
    let text = format!(
        "{} Δp {sign}{:.*}",
        name.replace('_', " "),
        column.digits[1],
        most_change.abs()
    );
    // It has an interval of its own.
    ui.set_opacity(match most_change_interval.is_some_and(differs) {
        true => 1.0,
        false => FAINT,
    });
    // The number at the end is not cut off.
    let font = theme::font(theme::SMALL);
    let galley = ui.painter().layout_no_wrap(text, font, p.quiet);
    if galley.size().x + 8.0 <= ui.available_width() {
        ui.label(galley).on_hover_text(
            "The attribute whose probability changes most, and by how much; faint where the \
             interval of that has zero in it",
        );
    }
}

/// How large an effect is beside the largest, at the left of its cell.
fn bar_ui(ui: &Ui, effect: &TaskEffect, largest: f64) {
    // What the words at the right need.
    let text = match effect {
        TaskEffect::Points { .. } => 180.0,
        TaskEffect::Binary { .. } => 360.0,
    };
    let share = effect.size() / largest;
    let p = theme::palette(ui.ctx());
    let cell = ui.max_rect().shrink2(vec2(8.0, 0.0));
    let length = (cell.width() - text).clamp(0.0, 160.0) * share.abs() as f32;
    let at = cell.left_center() - vec2(0.0, theme::BAR / 2.0);
    let bar = Rect::from_min_size(at, vec2(length, theme::BAR));
    let tint = if share < 0.0 { p.working } else { p.waiting };
    ui.painter().rect_filled(bar, 3, tint.gamma_multiply(0.8));
}

/// An effect and the ends of its interval.
fn effect_ui(ui: &mut Ui, effect: &TaskEffect, digits: usize) {
    let p = theme::palette(ui.ctx());
    // From the right to the left.
    if let Some(interval) = effect.interval() {
        let [low, high] = interval.map(|v| number(v, digits));
        let text = RichText::new(format!("[{low}, {high}]")).size(theme::CAPTION);
        ui.colored_label(p.quiet, text);
    }
    ui.label(number(effect.size(), digits));
}

/// A column's head; true when it is clicked.
fn head_ui(ui: &mut Ui, sorted: bool, message: &str, tip: &str) -> bool {
    let p = theme::palette(ui.ctx());
    let tint = if sorted { p.prediction } else { p.quiet };
    ui.add_space(8.0);
    let text = RichText::new(message).size(theme::SMALL).color(tint);
    let response = ui.add(egui::Button::new(text).frame(false));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Sort by {message}")));
    let tip = format!("Sort by this. {tip}");
    response.on_hover_text(tip.trim_end()).clicked()
}
