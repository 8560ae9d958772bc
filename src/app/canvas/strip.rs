//! What is above a photo that is reviewed: how far its face is, how far the queue is and whether
//! everything is saved; below that what was said last, or what may be wrong with the face, or the
//! keys that count now, and what somebody noted of it.

use eframe::egui::{self, Align, Layout, Role, Stroke, Ui, WidgetInfo, vec2};

use super::place::inside;
use super::{Action, CanvasView};
use crate::app::command::{Command, ReviewCommand, keys};
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::review::Review;
use crate::app::model::Context;
use crate::app::widgets::chips::toggle_chip;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::humanize::{counted, thousands};
use crate::review::{EditedFace, Saving, Status, Suspicion, suspicions};

const HEIGHT: f32 = 34.0;
/// Of the row below.
const WORDS: f32 = 26.0;
/// Of that row, what the note has at most.
const NOTE: f32 = 0.45;
const EDGE: f32 = 12.0;

impl CanvasView {
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        let room = vec2(ui.available_width(), HEIGHT + WORDS);
        let (whole, _) = ui.allocate_exact_size(room, egui::Sense::hover());
        ui.painter().rect_filled(whole, 0, p.pane);
        let line = Stroke::new(1.0, p.hairline);
        ui.painter().hline(whole.x_range(), whole.bottom(), line);
        let (bar, text) = whole.split_top_bottom_at_y(whole.top() + HEIGHT);
        inside(ui, bar, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.add_space(EDGE);
            saving_ui(ui, context);
            queue_ui(ui, context);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(EDGE);
                statuses_ui(ui, context, actions);
            });
        });
        inside(ui, text, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.add_space(EDGE);
            let most = vec2(NOTE * text.width(), text.height());
            let layout = Layout::right_to_left(Align::Center);
            ui.allocate_ui_with_layout(most, layout, |ui| self.note_ui(ui, context, actions));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(EDGE);
                hidden_ui(ui, context, actions);
                conflicts_ui(ui, context, actions);
                if let Some(news) = context.news {
                    words_ui(ui, news, p.working).on_hover_text(news);
                } else if !suspicions_ui(ui, context, actions) {
                    words_ui(ui, &hints(ui.ctx(), context), p.quiet);
                }
            });
        });
    }

    /// The note about the face, or the field in which it is written.
    fn note_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let index = context.model.faces.selected();
        let open = context.model.review.open();
        let known = open.and_then(|open| open.edits(index));
        let known = known.map_or("", EditedFace::note);
        let written = self.note.ui(ui, known);
        actions.extend(written.map(Action::Note));
    }
}

/// What became of the face: one of four.
fn statuses_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let now = context.model.review.status(context.model.faces.selected());
    for (status, command, text) in [
        (Status::Todo, ReviewCommand::Reopen, "to do"),
        (Status::Approved, ReviewCommand::Approve, "approve"),
        (Status::Unsure, ReviewCommand::Unsure, "unsure"),
        (Status::Excluded, ReviewCommand::Exclude, "exclude"),
    ] {
        let command = Command::Mend(command);
        let text = if now == status { status.name() } else { text };
        let enabled = context.blocked.why(command).is_none();
        let button = ui.add_enabled_ui(enabled, |ui| {
            toggle_chip(ui, now == status, text, command.name())
        });
        if context.explained(button.inner, command).clicked() {
            actions.push(Action::Run(command));
        }
    }
}

/// That predictions are hidden, and a way to show them.
fn hidden_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let command = Command::Mend(ReviewCommand::Blind);
    if context.model.blind {
        let button = toggle_chip(ui, true, "hidden predictions", command.name());
        if context.explained(button, command).clicked() {
            actions.push(Action::Run(command));
        }
    }
}

/// What the set has changed since it was edited, and which of the two values is to hold.
fn conflicts_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    let index = context.model.faces.selected();
    let open = context.model.review.open();
    let conflicts = open.map_or(Vec::new(), |open| open.conflicts_of(index));
    if conflicts.is_empty() {
        return;
    }
    let title = counted(conflicts.len(), "conflict");
    let title = egui::RichText::new(title)
        .size(theme::SMALL)
        .color(p.waiting);
    choice_menu(ui, title, |ui| {
        for conflict in conflicts {
            let field = &conflict.field;
            ui.label(format!(
                "{field}: it was {} as it was edited",
                conflict.base.value
            ));
            for (text, value, edited) in [
                ("Keep the set's", &conflict.present.value, false),
                ("Take what was edited", &conflict.edited.value, true),
            ] {
                if ui.button(format!("{text}: {value}")).clicked() {
                    actions.push(Action::Decide(conflict.clone(), edited));
                }
            }
            ui.separator();
        }
    });
}

fn words_ui(ui: &mut Ui, text: &str, tint: egui::Color32) -> egui::Response {
    let text = egui::RichText::new(text).size(theme::SMALL).color(tint);
    ui.add(egui::Label::new(text).truncate())
}

/// The keys that count now, each with what it does.
fn hints(ctx: &egui::Context, context: &Context) -> String {
    use ReviewCommand as C;
    let model = context.model;
    let is_points = |(task, _): AttributeIndex| {
        let schema = model.schema();
        schema.tasks.get(task).is_some_and(|t| t.is_points())
    };
    let all: &[(C, &str)] = match model.item.map(is_points) {
        Some(true) => &[
            (C::AcceptPoint, "takes the prediction"),
            (C::Occluded, "occluded"),
            (C::PointUnknown, "unknown"),
            (C::NextPoint, "next"),
        ],
        Some(false) => &[
            (C::Present, "present"),
            (C::Absent, "absent"),
            (C::AcceptAttribute, "takes the prediction"),
            (C::Flip, "the opposite"),
            (C::AttributeUnknown, "unknown"),
        ],
        None => &[
            (C::Point(1), "… selects a point"),
            (C::NextDisputed, "a disputed attribute"),
            (C::Approve, "approves"),
            (C::Unsure, "unsure"),
            (C::Exclude, "excludes"),
        ],
    };
    let hint = |(command, text): &(C, &str)| {
        let key = context.keys.of(Command::Mend(*command))?;
        Some(format!("{} {text}", keys::shown(ctx, &key)))
    };
    let moves = model.item.filter(|item| is_points(*item));
    let mut hints: Vec<String> = moves.map(|_| "Arrows move it".into()).into_iter().collect();
    hints.extend(all.iter().filter_map(hint));
    if model.item.is_some() {
        hints.push("Esc ends".into());
    }
    hints.join("  ·  ")
}

/// What may be wrong with the labels of the face, and what mends it; whether there is something.
fn suspicions_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) -> bool {
    let p = theme::palette(ui.ctx());
    let Some(face) = context
        .model
        .faces
        .shown()
        .filter(|face| face.hand.is_none())
    else {
        return false;
    };
    let size = face.item.picture().map(|picture| picture.dimensions());
    let status = context.model.review.status(context.model.faces.selected());
    let found = suspicions(face.sample, status, &context.model.schema(), size);
    let Some(first) = found.first() else {
        return false;
    };
    let all: Vec<String> = found.iter().map(ToString::to_string).collect();
    let more = match found.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    let mirrored = matches!(first, Suspicion::Mirrored { .. });
    if mirrored {
        let command = Command::Mend(ReviewCommand::ExchangeSides);
        let button = toggle_chip(ui, false, "exchange", command.name());
        if context.explained(button, command).clicked() {
            actions.push(Action::Run(command));
        }
    }
    words_ui(ui, &format!("{first}{more}"), p.waiting).on_hover_text(all.join("\n"));
    true
}

/// How far the queue is: the place of the face in it, how many are done, and how many were left for
/// somebody else.
fn queue_ui(ui: &mut Ui, context: &Context) {
    let p = theme::palette(ui.ctx());
    let faces = &context.model.faces;
    let of = faces.order.shown.len();
    let open = context.model.review.open();
    let mut counts = [Status::Approved, Status::Excluded, Status::Unsure].map(|status| {
        let all = open.map_or(0, |open| open.count(status));
        (status, all)
    });
    if let Some(open) = open.filter(|_| faces.is_filtered()) {
        counts = counts.map(|(status, _)| (status, 0));
        let shown = faces.order.shown.iter();
        for status in shown.filter_map(|i| open.statuses.get(i)) {
            let of = counts.iter_mut().filter(|count| count.0 == *status);
            of.for_each(|count| count.1 += 1);
        }
    }
    let [approved, excluded, unsure] = counts.map(|(_, count)| count);
    let done = approved + excluded;
    let place = match faces.row() {
        Some(row) => format!("{} of {}", thousands(row + 1), thousands(of)),
        None => format!("not among {}", counted(of, "face")),
    };
    let mut text = format!("{place} · {} done", thousands(done));
    if unsure > 0 {
        text += &format!(" · {} unsure", thousands(unsure));
    }
    let label = ui.label(egui::RichText::new(&text).size(theme::SMALL).color(p.quiet));
    label.on_hover_text(
        "The face's place in the queue, whose order stands until it is refreshed (F5), and how \
         many of its faces are done: approved or excluded; unsure ones are left for somebody else",
    );
}

/// Whether what was edited is on disk.
fn saving_ui(ui: &mut Ui, context: &Context) {
    let p = theme::palette(ui.ctx());
    let (text, tint, about) = match &context.model.review {
        Review::Closed | Review::Opening(_) => ("opening…".to_owned(), p.quiet, String::new()),
        Review::Failed(why) => ("cannot be saved".into(), p.label, why.clone()),
        Review::Open(open) => {
            let folder = format!("The journal is in {}", open.folder.display());
            match (&open.session().read_only, open.saving()) {
                (Some(why), _) => ("read-only".into(), p.waiting, why.to_string()),
                (None, Saving::Saved) => ("saved".into(), p.working, folder),
                (None, Saving::Waiting(count)) => (format!("saving {count}…"), p.waiting, folder),
                (None, Saving::Failed(count, why)) => (
                    format!("{} not saved", counted(count, "edit")),
                    p.label,
                    why,
                ),
            }
        }
    };
    let label = ui.label(egui::RichText::new(&text).size(theme::SMALL).color(tint));
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Labels: {text}")));
    if !about.is_empty() {
        label.on_hover_text(about);
    }
}
