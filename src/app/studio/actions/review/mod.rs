//! Labels are mended: what the commands and the panes of the Review workspace change, each gesture
//! one entry of the annotator's journal.

mod attributes;
mod boxes;
mod opening;
mod points;
mod queue;
mod status;

use std::sync::mpsc::channel;

use crate::app::command::pane::{Pane, Workspace};
use crate::app::command::{Command, ReviewCommand, Scope};
use crate::app::faces::arrangement::AttributeIndex;
use crate::app::faces::list::Then;
use crate::app::faces::review::{FaceEdit, Journaled, Review};
use crate::app::opening::Arrival;
use crate::app::studio::Studio;
use crate::humanize::counted;
use crate::label::{PointLabel, Presence, Provenance};
use crate::photo::PictureFile;
use crate::review::{self, Field, Labelled, ReadOnly, Status, Value};

/// What is said of a journal that somebody else writes.
/// What is said of labels that can only be looked at.
fn read_only(why: &ReadOnly) -> &'static str {
    match why {
        ReadOnly::Held(_) => {
            "Somebody else has this journal open: labels can only be looked at here"
        }
        ReadOnly::Unwritable(_) => {
            "This journal cannot be written: labels can only be looked at here"
        }
    }
}
/// What is said instead of predictions that are hidden.
const HIDDEN: &str = "Predictions are hidden until the face is approved (H shows them)";

/// Photo pixels that an arrow key moves a point by, and with Shift.
const STEP: f32 = 0.5;
const FAR_STEP: f32 = 5.0;

impl Studio {
    /// A picture was read, by whose content it is found again under another name.
    pub(in crate::app::studio) fn know_picture(&mut self, index: usize, file: PictureFile) {
        let Some(sample) = self.model.faces.samples.get(index) else {
            return;
        };
        let path = sample.path.clone();
        if let Review::Open(open) = &mut self.model.review
            && let Some(picture) = open.read(&path, &file)
            && let Some(text) = review::changed_text(&[picture])
        {
            self.toasts.warn(text);
        }
        self.model.faces.files.insert(path, file);
    }

    /// Nobody has mended labels of this list.
    pub(in crate::app::studio) fn no_journal(&mut self, list: u64) {
        if matches!(self.model.review, Review::Opening(opening) if opening == list) {
            self.model.review = Review::Closed;
        }
    }

    pub(in crate::app::studio) fn no_review(&mut self, list: u64, why: String) {
        if list == self.model.faces.number {
            self.toasts.warn(format!("Labels cannot be mended: {why}"));
            self.model.review = Review::Failed(why);
        }
    }

    /// What could not be opened may be by now.
    pub(in crate::app::studio) fn retry_review(&mut self) {
        if matches!(self.model.review, Review::Failed(_)) {
            self.model.review = Review::Closed;
        }
    }

    /// The queue goes on where it was left, unless somebody has gone elsewhere since.
    pub(in crate::app::studio) fn resume_review(&mut self) {
        let Review::Open(open) = &mut self.model.review else {
            return;
        };
        if let Some(index) = open
            .resume
            .take()
            .filter(|_| self.model.faces.selected() == 0)
        {
            self.select(index);
            self.model.faces.selection.reveal();
            if let Some(face) = self.model.faces.face(index) {
                self.toasts.say(format!("Going on at {}", face.name()));
            }
        }
    }

    /// Notes the face that is reviewed, so that the next session goes on there.
    pub(in crate::app::studio) fn note_looked_at(&mut self) {
        if let Review::Open(open) = &mut self.model.review
            && self.layout.workspace == Workspace::Review
        {
            open.look_at(&self.model.faces, self.model.faces.selected());
        }
    }

    /// Ends the review of the list that was open; what waits is saved first, away from the window.
    pub(in crate::app::studio) fn close_review(&mut self) {
        self.model.item = None;
        self.note_looked_at();
        if let Review::Open(open) = std::mem::take(&mut self.model.review) {
            let (closed, closing) = channel();
            self.session.closing = Some(closing);
            self.opening.away(move |say| {
                let unsaved = open.close();
                let _ = closed.send(());
                if unsaved > 0 {
                    let edits = counted(unsaved, "edit");
                    say(Arrival::Failed(format!("{edits} could not be saved")));
                }
            });
        }
    }

    /// Folds in what the journal's writer has done.
    pub(in crate::app::studio) fn follow_review(&mut self) {
        if let Review::Open(open) = &mut self.model.review {
            open.receive(&mut self.model.faces);
        }
    }

    /// Where the keys of commands count now, the narrowest scope first.
    pub(in crate::app::studio) fn scopes(&self) -> Vec<Scope> {
        if self.layout.workspace != Workspace::Review {
            return vec![Scope::Window];
        }
        let mut scopes = vec![Scope::Review, Scope::Window];
        if let Some((task, _)) = self.model.item {
            let schema = self.schema();
            let is_points = schema.tasks.get(task).is_some_and(|t| t.is_points());
            scopes.insert(
                0,
                if is_points {
                    Scope::Point
                } else {
                    Scope::Attribute
                },
            );
        }
        scopes
    }

    /// Why a command of the review can do nothing now.
    pub(in crate::app::studio) fn review_blocked(
        &self,
        command: ReviewCommand,
    ) -> Option<&'static str> {
        if self.model.faces.items.is_empty() {
            return Some("Open the faces first whose labels are to be mended");
        }
        let scope = command.scope();
        if scope != Scope::Window && self.layout.workspace != Workspace::Review {
            return Some("Show the Review workspace first");
        }
        let looks = matches!(
            command,
            ReviewCommand::ZoomToFace
                | ReviewCommand::Blind
                | ReviewCommand::Refresh
                | ReviewCommand::CheckLabels
        );
        let moves = matches!(
            command,
            ReviewCommand::NextDisputed
                | ReviewCommand::PreviousDisputed
                | ReviewCommand::FirstAttribute
                | ReviewCommand::Point(_)
        );
        match &self.model.review {
            _ if looks || moves => {}
            Review::Closed if scope == Scope::Window => {}
            Review::Closed | Review::Opening(_) => return Some("The journal is being opened"),
            Review::Failed(_) => return Some("The journal cannot be written; the log says why"),
            Review::Open(open) => {
                let why = open.session().read_only.as_ref();
                if let Some(why) = why.filter(|_| command != ReviewCommand::ExportLabels) {
                    return Some(read_only(why));
                }
            }
        }
        let predicted = matches!(
            command,
            ReviewCommand::AcceptPoint
                | ReviewCommand::AcceptPoints
                | ReviewCommand::AcceptAttribute
                | ReviewCommand::AcceptAttributes
                | ReviewCommand::NextDisputed
                | ReviewCommand::PreviousDisputed
        );
        if predicted && self.model.hides(self.model.faces.selected()) {
            return Some(HIDDEN);
        }
        if command == ReviewCommand::Approve && self.panels.canvas.photo.placing {
            return Some("Points are being placed: Esc ends that");
        }
        match (scope, self.scopes().first()) {
            (Scope::Point, Some(Scope::Point)) | (Scope::Attribute, Some(Scope::Attribute)) => None,
            (Scope::Point, _) => Some("Select a point first: 1 to 9, or a click"),
            (Scope::Attribute, _) => Some("Select an attribute first, by a click or by its key"),
            _ => None,
        }
    }

    /// Whether the face that is looked at is on the screen: labels of one that nobody has seen are
    /// no labels.
    fn is_on_screen(&self) -> bool {
        let faces = &self.model.faces;
        let at = (faces.number, faces.selected());
        !self.layout.sees(Pane::Canvas) || self.panels.canvas.drawn == Some(at)
    }

    /// Why the face that is looked at cannot be deleted.
    pub(in crate::app::studio) fn can_remove_face(&self) -> Result<(), &'static str> {
        let open = self.model.review.open();
        let drawn = open.is_some_and(|o| o.state(self.model.faces.selected()).drawn);
        let why = open.and_then(|o| o.session().read_only.as_ref());
        match (drawn, self.is_reviewing()) {
            (true, true) if let Some(why) = why => Err(read_only(why)),
            (true, true) => Ok(()),
            (true, false) => Err("This face was drawn in Review, where it can be deleted"),
            (false, true) => Err("A face of the set cannot be deleted: exclude it (E)"),
            (false, false) => {
                Err("Only boxes that were added can be removed; the data set stays as it is")
            }
        }
    }

    pub(in crate::app::studio) fn run_review(&mut self, command: ReviewCommand) {
        use ReviewCommand as C;
        if command.is_about_the_face() && !self.is_on_screen() {
            return self.toasts.say("The face is not on the screen yet");
        }
        match command {
            C::Approve => self.approve(),
            C::Unsure => self.toggle_status(Status::Unsure),
            C::Exclude => self.toggle_status(Status::Excluded),
            C::Reopen => self.set_status(Status::Todo),
            C::Note => self.panels.canvas.note.open(),
            C::ZoomToFace => {
                let face_box = self.model.faces.shown().map(|face| face.face_box);
                self.panels.canvas.photo.zoom_to(face_box);
            }
            C::Point(number) => self.select_point(usize::from(number) - 1),
            C::PlacePoints => self.place_points(),
            C::AcceptPoints => self.accept_points(),
            C::AcceptAttributes => self.accept_attributes(),
            C::ConfirmAttributes => self.confirm_attributes(),
            C::NextDisputed => self.step_disputed(true),
            C::PreviousDisputed => self.step_disputed(false),
            C::FirstAttribute => self.model.item = self.attribute_places().first().copied(),
            C::UseBox => self.use_box(),
            C::Blind => self.model.blind ^= true,
            C::Refresh => self.arrange_then(Then::Follow),
            C::OnlyTodo => self.only_todo(),
            C::CheckLabels => self.check_labels(),
            C::OnlyConflicts => self.only_conflicts(),
            C::ExchangeSides => self.exchange_sides(),
            C::ExportLabels => self.export_labels_dialog(),
            C::Left => self.nudge([-STEP, 0.0]),
            C::Right => self.nudge([STEP, 0.0]),
            C::Up => self.nudge([0.0, -STEP]),
            C::Down => self.nudge([0.0, STEP]),
            C::FarLeft => self.nudge([-FAR_STEP, 0.0]),
            C::FarRight => self.nudge([FAR_STEP, 0.0]),
            C::FarUp => self.nudge([0.0, -FAR_STEP]),
            C::FarDown => self.nudge([0.0, FAR_STEP]),
            C::AcceptPoint => self.accept_point(),
            C::Occluded => self.toggle_occluded(),
            C::PointUnknown => self.set_point(|_| PointLabel::default()),
            C::NextPoint => self.step_point(1),
            C::PreviousPoint => self.step_point(-1),
            C::NextRow => self.step_attribute(1),
            C::PreviousRow => self.step_attribute(-1),
            C::Present => self.label_and_step(Presence::Present),
            C::Absent => self.label_and_step(Presence::Absent),
            C::AttributeUnknown => self.label_and_step(Presence::Unknown),
            C::Flip => self.flip(),
            C::AcceptAttribute => self.accept_attribute(),
        }
    }

    /// One gesture on the face that is looked at.
    fn edit(&mut self, changes: Vec<(Field, Labelled)>) -> bool {
        let index = self.model.faces.selected();
        self.edit_faces(vec![FaceEdit { index, changes }])
    }

    fn edit_faces(&mut self, edits: Vec<FaceEdit>) -> bool {
        let Review::Open(open) = &mut self.model.review else {
            return false;
        };
        let decides = |edit: &FaceEdit| edit.changes.iter().any(|(f, _)| *f == Field::Status);
        let approved = |open: &Journaled, index| open.status(index) == Status::Approved;
        let judged = edits.iter().filter(|e| !decides(e)).map(|e| e.index);
        let judged: Vec<usize> = judged.filter(|i| approved(open, *i)).collect();
        let edited = open.edit(&mut self.model.faces, edits);
        if judged.iter().any(|index| !approved(open, *index)) {
            self.toasts
                .say("Changed since it was approved: the face is to do again");
        }
        edited
    }

    pub(in crate::app::studio) fn undo_review(&mut self, redo: bool) {
        let Review::Open(open) = &mut self.model.review else {
            return;
        };
        let gone_to = match redo {
            true => open.redo(&mut self.model.faces),
            false => open.undo(&mut self.model.faces),
        };
        if let Some((index, place)) = gone_to {
            let there = match self.model.faces.is_removed(index) {
                true => self.model.faces.in_picture(index).first().copied(),
                false => Some(index),
            };
            if let Some(index) = there.filter(|i| *i != self.model.faces.selected()) {
                self.select(index);
                self.model.faces.selection.reveal();
            }
            // What was undone is what is looked at; where it is the whole face, nothing of it.
            self.model.item = place.filter(|_| self.model.faces.selected() == index);
            // Its box may be where it was before.
            self.predict(self.model.faces.selected(), true);
        }
    }

    /// A field of the schema by its place.
    fn field(&self, (task, item): AttributeIndex) -> Option<Field> {
        let schema = self.schema();
        let task = schema.tasks.get(task)?;
        Some(Field::Label {
            task: task.name.clone(),
            item: task.items().nth(item)?.to_owned(),
        })
    }

    fn by_person(value: Value) -> Labelled {
        Labelled {
            value,
            source: Provenance::Person,
        }
    }

    fn accepted(&self, value: Value, bulk: bool) -> Labelled {
        let network = self.model.networks.current.as_ref();
        let weights = network.map_or("", |n| n.origin.as_str()).into();
        Labelled {
            value,
            source: Provenance::Accepted { weights, bulk },
        }
    }

    /// Whether what is done on the photo mends labels.
    pub(in crate::app::studio) fn is_reviewing(&self) -> bool {
        self.layout.workspace == Workspace::Review
    }

    /// What the Review workspace needs, brought about.
    pub(in crate::app::studio) fn keep_reviewing(&mut self) {
        self.follow_review();
        self.model.reviewing = self.is_reviewing();
        if self.is_reviewing() && matches!(self.model.review, Review::Closed) {
            self.open_review(true);
        }
        if self.is_reviewing() {
            self.resume_review();
            self.note_looked_at();
        } else {
            self.panels.canvas.photo.placing = false;
            self.model.item = None;
        }
    }

    /// Whether undo and redo are of labels here, and whether there is something.
    pub(in crate::app::studio) fn can_undo_labels(&self, command: Command) -> bool {
        let Some(open) = self.model.review.open() else {
            return false;
        };
        match command {
            Command::Redo => open.session().can_redo(),
            _ => open.session().can_undo(),
        }
    }
}

/// The place `by` further in a row that has an end; the first where none is selected.
fn stepped(
    all: &[AttributeIndex],
    from: Option<AttributeIndex>,
    by: isize,
) -> Option<AttributeIndex> {
    let at = from.and_then(|from| all.iter().position(|p| *p == from));
    let next = match at {
        Some(at) => at
            .saturating_add_signed(by)
            .min(all.len().saturating_sub(1)),
        None if by < 0 => all.len().saturating_sub(1),
        None => 0,
    };
    all.get(next).copied()
}
