//! What the commands about the list do.

use std::collections::BTreeSet;
use std::sync::Arc;

use eframe::egui::{self, Id};

use crate::app::command::ListCommand;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::faces::arrange;
use crate::app::faces::arrange::{Sort, disagrees};
use crate::app::faces::choices::{Choice, Choices};
use crate::app::gallery::fact::By;
use crate::app::studio::Studio;
use crate::app::studio::palette::Among;

/// Rows of a page before the gallery was drawn.
const PAGE: usize = 10;

/// The field that searches names.
pub(super) fn search_id() -> Id {
    Id::unique("search names")
}

impl Studio {
    pub(in crate::app) fn run_list(&mut self, ctx: &egui::Context, command: ListCommand) {
        let page = match self.model.faces.selection.page {
            0 => PAGE,
            rows => rows,
        } as isize;
        let last = self.model.faces.order.shown.len().saturating_sub(1);
        match command {
            ListCommand::FindFaces => self.find_faces(""),
            ListCommand::SearchNames => {
                self.show_gallery();
                ctx.memory_mut(|m| m.request_focus(search_id()));
                self.overlays.fields_wait = true;
            }
            ListCommand::AllFaces => self.arrange_by(&Choice::All),
            ListCommand::MissedFaces => self.arrange_by(&Choice::Misses(None)),
            ListCommand::SortListed => self.arrange_by(&Choice::Sort(Sort::Listed)),
            ListCommand::SortName => self.arrange_by(&Choice::Sort(Sort::Name)),
            ListCommand::SortWorst => self.arrange_by(&Choice::Sort(
                match self.model.faces.order.arrangement.sort {
                    Sort::Nme => Sort::Listed,
                    _ => Sort::Nme,
                },
            )),
            ListCommand::SortDifference => self.arrange_by(&Choice::Sort(Sort::Difference)),
            ListCommand::Next => self.step(1),
            ListCommand::Previous => self.step(-1),
            ListCommand::PageDown => self.page(page),
            ListCommand::PageUp => self.page(-page),
            ListCommand::First => self.look_at_row(0),
            ListCommand::Last => self.look_at_row(last),
            ListCommand::NextDisagreement => self.next_disagreement(1),
            ListCommand::PreviousDisagreement => self.next_disagreement(-1),
            ListCommand::ChooseAll => {
                let all: BTreeSet<u32> = self.model.faces.order.shown.iter().copied().collect();
                self.model.faces.selection.chosen = match self.model.faces.selection.chosen == all {
                    true => BTreeSet::new(),
                    false => all,
                };
            }
            ListCommand::ChooseNext => self.choose_on(1),
            ListCommand::ChoosePrevious => self.choose_on(-1),
        }
    }

    /// Why such a command can do nothing now.
    pub(in crate::app) fn list_blocked(&self, command: ListCommand) -> Option<&'static str> {
        match command {
            ListCommand::SortDifference if self.model.faces.other.is_none() => {
                Some("Nothing is compared")
            }
            ListCommand::AllFaces if !self.model.faces.order.arrangement.is_filter() => {
                Some("All faces are shown")
            }
            ListCommand::SearchNames | ListCommand::FindFaces
                if self.model.faces.items.len() < 2 =>
            {
                Some("There are no faces to choose from")
            }
            _ => None,
        }
    }

    /// Opens the picker of filters and orders, with words that are typed in it already.
    pub(in crate::app) fn find_faces(&mut self, typed: &str) {
        self.overlays.open_palette(Among::Faces, typed);
    }

    /// Puts a filter or an order on, or a filter that is on off.
    pub(in crate::app) fn arrange_by(&mut self, choice: &Choice) {
        let mut wanted = self.model.faces.order.arrangement.clone();
        choice.apply(&mut wanted);
        self.show_gallery();
        if wanted != self.model.faces.order.arrangement {
            self.model.faces.order.arrangement = wanted;
            self.arrange();
        }
    }

    /// All filters and orders, with their counts.
    pub(in crate::app) fn choices(&mut self) -> Choices {
        let by_hand: Arc<[u32]> = self.model.faces.by_hand().into();
        let counts = self.filter_counts(by_hand.clone());
        let by_hand = (!by_hand.is_empty()).then(|| arrange::Among {
            words: "box by hand".into(),
            faces: by_hand,
        });
        let (schema, list) = (self.schema(), &self.model.faces);
        let (comparing, on) = (list.other.is_some(), list.order.arrangement.clone());
        let choices = Choices::new(
            &schema,
            &list.info.facts,
            &list.info.columns,
            comparing,
            by_hand,
            on,
        );
        choices.with_counts(counts, (list.findings.found(), list.items.len()))
    }

    /// Brings the list of faces into sight.
    fn show_gallery(&mut self) {
        if !self.panes.has(Pane::Gallery) && self.panes.workspace == Workspace::Training {
            self.panes.workspace = Workspace::Photos;
        }
        self.panes.show(Pane::Gallery);
    }

    fn page(&mut self, by: isize) {
        let row = self
            .model
            .faces
            .row()
            .map_or(0, |row| row.saturating_add_signed(by));
        self.look_at_row(row.min(self.model.faces.order.shown.len().saturating_sub(1)));
    }

    /// Chooses the face that is looked at and the next one in this direction, or takes back what
    /// was chosen so in the other.
    fn choose_on(&mut self, direction: isize) {
        let list = &mut self.model.faces;
        let Some(row) = list.row() else {
            return;
        };
        let Some((next, to)) = row
            .checked_add_signed(direction)
            .and_then(|next| Some((next, *list.order.shown.get(next)?)))
        else {
            return;
        };
        let from = list.order.shown[row];
        match list.selection.chosen.contains(&to) && list.selection.chosen.contains(&from) {
            true => list.selection.chosen.remove(&from),
            false => list.selection.chosen.insert(from) | list.selection.chosen.insert(to),
        };
        self.look_at_row(next);
    }

    fn look_at_row(&mut self, row: usize) {
        if let Some(index) = self.model.faces.order.shown.get(row) {
            let index = *index as usize;
            if index != self.model.faces.selected() {
                self.select(index);
            }
            self.model.faces.selection.scroll = true;
        }
    }

    /// Looks at the next face in this direction on which prediction and label disagree: on the
    /// attribute by which the list stands as it does, or on anything.
    fn next_disagreement(&mut self, direction: isize) {
        let list = &self.model.faces;
        let place = match By::of(&list.order.arrangement) {
            By::Attribute(place) => Some(place),
            _ => None,
        };
        let differs = |row: &usize| {
            let index = list.order.shown[*row] as usize;
            let sample = list.samples.get(index);
            let found = list.findings.get(index);
            sample
                .zip(found)
                .is_some_and(|(sample, found)| disagrees(sample, found, place))
        };
        let row = list.row();
        let next = match (row, direction > 0) {
            (Some(row), true) => (row + 1..list.order.shown.len()).find(differs),
            (None, true) => (0..list.order.shown.len()).find(differs),
            (row, false) => (0..row.unwrap_or(0)).rev().find(differs),
        };
        match next {
            Some(row) => self.look_at_row(row),
            None => {
                let end = if direction > 0 { "after" } else { "before" };
                let predicted = match list.findings.is_complete() {
                    true => "",
                    false => " that is predicted",
                };
                let words = format!("No face{predicted} {end} this one disagrees with its label");
                self.toasts.say(words);
            }
        }
    }
}
