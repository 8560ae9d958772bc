//! The list of faces at the left: search, filter and order, the rows in sight, and how far
//! predicting them is.

mod action;
mod filters;
mod foot;
mod mark;
mod row;
mod row_value;

use eframe::egui::{self, Ui, vec2};

use crate::app::command::hint::hint;
use crate::app::command::{Command, ListCommand};
use crate::app::faces::fields;
use crate::app::faces::item::Picture;
use crate::app::model::Context;
use crate::app::widgets::header::header_ui;
use crate::app::widgets::theme;
use crate::humanize::thousands;
pub use action::Action;
pub use filters::search_id;
use foot::{FOOT, chosen_ui, foot_ui, progress_ui};
use mark::Mark;
pub use row::Click;
use row::{ROW, row_ui};
pub use row_value::By;
use row_value::RowValue;

/// Rows below those in sight whose thumbnails are read ahead.
const AHEAD: usize = 12;
/// Rows of a page before the gallery was drawn.
const PAGE: usize = 10;

#[derive(Default)]
pub struct GalleryView {
    /// The list, and its face that was brought into sight last, as they were asked for.
    revealed: Option<(u64, u64)>,
    /// Rows in sight, less one.
    page: usize,
}

impl GalleryView {
    /// Rows by which the list is paged through.
    pub fn page(&self) -> usize {
        match self.page {
            0 => PAGE,
            rows => rows,
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let list = &context.model.faces;
        let (shown, all) = (list.order.shown.len(), list.count());
        let count = match shown == all {
            true => thousands(all),
            false => format!("{} of {}", thousands(shown), thousands(all)),
        };
        ui.spacing_mut().item_spacing.y = 5.0;
        header_ui(ui, &list.info.name, &count);
        if all > 1 {
            filters::arrangement_ui(ui, context, actions);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let any_chosen = !list.selection.chosen.is_empty();
        let foot = FOOT * (1 + usize::from(any_chosen)) as f32;
        let room = vec2(
            ui.available_width(),
            (ui.available_height() - foot).max(ROW),
        );
        ui.allocate_ui(room, |ui| {
            ui.set_min_size(room);
            self.rows_ui(ui, context, actions);
        });
        if any_chosen {
            foot_ui(ui, |ui| chosen_ui(ui, context, actions));
        }
        foot_ui(ui, |ui| progress_ui(ui, context, actions));
    }

    /// Draws the rows in sight, however long the list is.
    fn rows_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let list = &context.model.faces;
        if list.order.shown.is_empty() {
            return empty_ui(ui, context, actions);
        }
        let mut area = egui::ScrollArea::vertical().auto_shrink([false, false]);
        let reveal = Some((list.number, list.selection.reveals()));
        if self.revealed != reveal
            && let Some(row) = list.row()
        {
            area = area.vertical_scroll_offset((row as f32 - 3.0).max(0.0) * ROW);
        }
        self.revealed = reveal;
        let schema = context.model.schema();
        let by = By::of(&list.order.arrangement);
        let mut thumbnails = Vec::new();
        let mut in_sight = 0;
        area.show_rows(ui, ROW, list.order.shown.len(), |ui, rows| {
            in_sight = rows.len();
            let ahead = (rows.end + AHEAD).min(list.order.shown.len());
            let in_sight = list.order.shown[rows.clone()].iter();
            let faces = in_sight.filter_map(|index| list.face(*index as usize));
            let names: Vec<String> = faces.map(|face| face.name_in_two()[0].clone()).collect();
            for row in rows.start..ahead {
                let index = list.order.shown[row] as usize;
                let Some(face) = list.face(index).map(|f| context.model.seen(f, index)) else {
                    continue;
                };
                let failed = matches!(face.item.state, Picture::Failed(_));
                if face.item.thumbnail.is_none() && !failed {
                    thumbnails.push(index);
                }
                if row < rows.end {
                    let chosen = list.selection.chosen.contains(&(index as u32));
                    let selected = index == list.selected();
                    let mut value = RowValue::of(&face, by, &schema);
                    let open = context.model.review.open();
                    let review = open.and_then(|open| open.describe(index));
                    let mark = match open.filter(|_| context.reviewing) {
                        Some(open) => Mark::of_review(open.state(index)),
                        None => value.right.map(Mark::of_fact),
                    };
                    for more in review.into_iter().chain(list.describe_box(index)) {
                        let apart = if value.text.is_empty() { "" } else { " · " };
                        value.text += &format!("{apart}{more}");
                    }
                    let about = || RowValue::about(&face, &schema);
                    let fields = || fields::lines(&fields::fields(&face, &list.info.columns));
                    let click = row_ui(
                        ui,
                        face,
                        &names,
                        (&value, mark),
                        (selected, chosen),
                        about,
                        fields,
                    );
                    actions.extend(click.map(|click| Action::Click(index, click)));
                }
            }
        });
        self.page = in_sight.saturating_sub(1).max(1);
        actions.push(Action::Thumbnails(thumbnails));
    }
}

/// What stands in place of rows where there are none.
fn empty_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    if context.model.faces.items.is_empty() {
        let text = match context.is_opening {
            true => "opening…",
            false => "nothing is open",
        };
        ui.centered_and_justified(|ui| ui.colored_label(p.quiet, text));
        return;
    }
    let command = Command::List(ListCommand::AllFaces);
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.4);
        ui.colored_label(p.quiet, "no face is like that");
        ui.add_space(8.0);
        let button = hint(ui.button("Show all faces"), command, context.keys);
        if button.clicked() {
            actions.push(Action::Run(command));
        }
    });
}
