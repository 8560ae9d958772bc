//! The journal of the open list is found, read and taken.

use std::path::PathBuf;

use super::read_only;
use crate::app::command::pane::Workspace;
use crate::app::faces::review::{Journaled, OpenedReview, Review, root_of};
use crate::app::opening::Arrival;
use crate::app::studio::Studio;
use crate::humanize::{counted, is_or_are};
use crate::review;

impl Studio {
    /// Reads the annotator's journal of the open list, unless it is open; one that is not there is
    /// made where `create` says so.
    pub(in crate::app::studio) fn open_review(&mut self, create: bool) {
        let list = &self.model.faces;
        let known = match &self.model.review {
            Review::Open(open) => open.is_of(list),
            Review::Opening(number) => *number == list.number,
            Review::Closed | Review::Failed(_) => false,
        };
        if known || list.items.is_empty() {
            return;
        }
        let sources = self.journal_sources();
        let data = self.session.data.clone();
        let annotator = self.session.annotator.clone();
        let root = root_of(&self.model.opened);
        let (number, samples) = (list.number, list.samples.clone());
        let (schema, wake) = (self.schema(), self.opening.wake.clone());
        self.model.review = Review::Opening(number);
        // The same journal may be open until then.
        let closing = self.session.closing.take();
        self.opening.away(move |say| {
            if let Some(closing) = closing {
                let _ = closing.recv();
            }
            let existing = review::existing_folder(&sources, &data, &annotator);
            if !create && existing.is_none() {
                return say(Arrival::NoJournal(number));
            }
            let folder = existing.map_or_else(|| review::journal_folder(&sources, &data), Ok);
            let opened = folder
                .map_err(review::SessionError::from)
                .and_then(|folder| {
                    let wake = move || wake();
                    let list = (number, &samples);
                    OpenedReview::open(list, (folder, root), &annotator, schema, wake)
                });
            say(match opened {
                Ok(opened) => Arrival::Review(Box::new(opened)),
                Err(error) => Arrival::NoReview(number, error.to_string()),
            });
        });
    }

    /// What the journal is about: the paths that were opened, or what is in no file by its contents.
    fn journal_sources(&self) -> Vec<PathBuf> {
        match self.model.opened.is_empty() || self.model.faces.is_in_memory() {
            true => vec![PathBuf::from(format!("{:016x}", self.model.faces.info.key))],
            false => self
                .model
                .opened
                .iter()
                .map(|p| crate::dataset::absolute(p))
                .collect(),
        }
    }

    /// Takes a journal that was read, if it is of the list that is open.
    pub(in crate::app::studio) fn take_review(&mut self, opened: OpenedReview) {
        if opened.list != self.model.faces.number {
            return;
        }
        for problem in &opened.session.problems {
            self.toasts
                .warn(format!("{}: {problem}", opened.folder.display()));
        }
        let renamed = opened.applied.pictures.renamed_text();
        let open = Journaled::new(opened, &mut self.model.faces);
        let edited = open.session().edits().faces.iter();
        let edited = edited.filter(|face| !face.is_untouched()).count();
        if let Some(why) = &open.session().read_only {
            self.toasts.warn(format!("{} ({why})", read_only(why)));
        }
        if !open.lost.is_empty() {
            let faces = counted(open.lost.len(), "edited face");
            let text = "not in this set any more; the journal keeps them";
            self.toasts
                .warn(format!("{faces} {} {text}", is_or_are(open.lost.len())));
        }
        if let Some(text) = review::changed_text(&open.changed) {
            self.toasts.warn(text);
        }
        if let Some(text) = renamed {
            self.toasts.say(text);
        }
        let (conflicts, _) = open.in_conflict();
        if conflicts > 0 {
            let values = counted(conflicts, "edited value");
            let text = "otherwise in the set by now; the set's is shown until you decide";
            self.toasts
                .warn(format!("{values} {} {text}", is_or_are(conflicts)));
        }
        if edited > 0 && self.layout.workspace != Workspace::Review {
            let faces = counted(edited, "face");
            self.toasts.say(format!(
                "Labels of {faces} are as {} mended them",
                self.session.annotator
            ));
        }
        self.model.review = Review::Open(Box::new(open));
        self.arrange_again();
        // Faces that were drawn, and those whose boxes were mended, have no answer yet.
        if !self.model.faces.findings.is_complete() {
            self.predict_short_list();
        }
        let selected = self.model.faces.selected();
        self.predict(selected, true);
    }
}
