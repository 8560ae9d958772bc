//! What is above a photo that is reviewed: how far its face is, what somebody noted of it, how far
//! the queue is, and whether everything is saved.

use eframe::egui::{self, Align, Layout, Role, Stroke, Ui, WidgetInfo, vec2};

use super::place::inside;
use super::{Action, CanvasView};
use crate::app::command::{Command, ReviewCommand};
use crate::app::faces::review::Review;
use crate::app::model::Context;
use crate::app::widgets::chips::toggle_chip;
use crate::app::widgets::menus::choice_menu;
use crate::app::widgets::theme;
use crate::humanize::{counted, thousands};
use crate::review::{EditedFace, Saving, Status, Suspicion, suspicions};

const HEIGHT: f32 = 34.0;
const EDGE: f32 = 12.0;

impl CanvasView {
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
        let p = theme::palette(ui.ctx());
        let room = vec2(ui.available_width(), HEIGHT);
        let (bar, _) = ui.allocate_exact_size(room, egui::Sense::hover());
        ui.painter().rect_filled(bar, 0, p.pane);
        let line = Stroke::new(1.0, p.hairline);
        ui.painter().hline(bar.x_range(), bar.bottom(), line);
        inside(ui, bar, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.add_space(EDGE);
            saving_ui(ui, context);
            queue_ui(ui, context);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(EDGE);
                statuses_ui(ui, context, actions);
                conflicts_ui(ui, context, actions);
                suspicions_ui(ui, context, actions);
                self.note_ui(ui, context, actions);
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
        let button = toggle_chip(ui, now == status, text, command.name());
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

/// What may be wrong with the labels of the face, and what mends it.
fn suspicions_ui(ui: &mut Ui, context: &Context, actions: &mut Vec<Action>) {
    let p = theme::palette(ui.ctx());
    let Some(face) = context
        .model
        .faces
        .shown()
        .filter(|face| face.hand.is_none())
    else {
        return;
    };
    let size = face.item.picture().map(|picture| picture.dimensions());
    let status = context.model.review.status(context.model.faces.selected());
    let found = suspicions(face.sample, status, &context.model.schema(), size);
    let Some(first) = found.first() else { return };
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
    let text = egui::RichText::new(format!("{first}{more}"));
    let text = text.size(theme::SMALL).color(p.waiting);
    ui.add(egui::Label::new(text).truncate())
        .on_hover_text(all.join("\n"));
}

/// How far the queue is: the place of the face in it, and how many are done.
fn queue_ui(ui: &mut Ui, context: &Context) {
    let p = theme::palette(ui.ctx());
    let faces = &context.model.faces;
    let of = faces.order.shown.len();
    let done = context.model.review.open().map_or(0, |open| {
        let shown = faces.order.shown.iter();
        match faces.is_filtered() {
            true => shown.filter(|i| open.statuses.contains_key(i)).count(),
            false => open.statuses.len(),
        }
    });
    let place = match faces.row() {
        Some(row) => format!("{} of {}", thousands(row + 1), thousands(of)),
        None => format!("not among {}", counted(of, "face")),
    };
    let text = format!("{place} · {} done", thousands(done));
    let label = ui.label(egui::RichText::new(&text).size(theme::SMALL).color(p.quiet));
    label.on_hover_text(
        "The face's place in the queue, whose order stands until it is refreshed (F5), and how \
         many of its faces are approved, unsure or excluded",
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
