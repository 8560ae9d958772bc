//! What the commands about the list of faces do, and what somebody does in its pane.

use std::collections::BTreeSet;
use std::sync::Arc;

use eframe::egui;

use crate::app::command::ListCommand;
use crate::app::command::pane::{Pane, Workspace};
use crate::app::faces::arrangement::{Among, Sort, disagrees};
use crate::app::faces::criteria::Criteria;
use crate::app::faces::criterion::Criterion;
use crate::app::faces::list::Then;
use crate::app::gallery::{self, By, Click, search_id};
use crate::app::studio::Studio;
use crate::app::studio::palette;

impl Studio {
    /// Does what somebody did in the gallery.
    pub(in crate::app::studio) fn apply_gallery(
        &mut self,
        ctx: &egui::Context,
        action: gallery::Action,
    ) {
        match action {
            gallery::Action::Run(command) => self.run(ctx, command),
            gallery::Action::Click(index, click) => self.row_clicked(index, click),
            gallery::Action::Arrange(arrangement) => {
                self.model.faces.order.arrangement = arrangement;
                self.arrange();
            }
            gallery::Action::FindFaces => self.find_faces(""),
            gallery::Action::ShowChosen => {
                let chosen = &self.model.faces.selection.chosen;
                let faces: Vec<u32> = chosen.iter().copied().collect();
                self.show_among(format!("{} chosen", faces.len()), faces);
            }
            gallery::Action::ChooseNone => self.model.faces.selection.chosen.clear(),
            gallery::Action::Predict(faces) => self.predict_faces(faces, false),
            gallery::Action::Thumbnails(faces) => {
                let list = &self.model.faces;
                self.reader.thumbnails(list.number, &list.samples, faces);
            }
        }
    }

    fn row_clicked(&mut self, index: usize, click: Click) {
        let list = &mut self.model.faces;
        match click {
            Click::Plain => {
                list.selection.chosen.clear();
                self.select(index);
            }
            Click::Toggle => {
                let selected = list.selected() as u32;
                let chosen = &mut list.selection.chosen;
                // The first one takes the face that is looked at along.
                if chosen.is_empty() {
                    chosen.insert(selected);
                }
                if !chosen.remove(&(index as u32)) {
                    chosen.insert(index as u32);
                }
            }
            Click::Range => {
                let rows = list.row().zip(list.order.row_of(index));
                if let Some((from, to)) = rows {
                    let range = from.min(to)..=from.max(to);
                    list.selection.chosen.extend(&list.order.shown[range]);
                }
            }
        }
    }

    /// Shows these faces alone; they are in rising order.
    pub(in crate::app::studio) fn show_among(&mut self, text: String, faces: Vec<u32>) {
        self.model.faces.order.arrangement.among = Some(Among {
            text,
            faces: faces.into(),
            by_hand: false,
        });
        self.arrange_from_top();
    }

    /// Searches the list for nothing; whether it was searched.
    pub(in crate::app::studio) fn end_search(&mut self) -> bool {
        let searched = !std::mem::take(&mut self.model.faces.order.arrangement.text).is_empty();
        if searched {
            self.arrange();
        }
        searched
    }

    /// Puts the list in order in the background.
    pub(in crate::app::studio) fn arrange(&mut self) {
        let then = self.model.faces.order.then();
        self.arrange_then(then);
    }

    /// The same where nobody asked for another order: what is looked at stays.
    pub(in crate::app::studio) fn arrange_again(&mut self) {
        self.arrange_then(Then::Follow);
    }

    /// Puts the list in order, and looks at its first face.
    pub(in crate::app::studio) fn arrange_from_top(&mut self) {
        self.arrange_then(Then::First);
    }

    pub(super) fn arrange_then(&mut self, then: Then) {
        let schema = self.schema();
        // What was reviewed since leaves the queue now, and not before.
        self.model.faces.states = self.model.review.states();
        self.model
            .faces
            .arrange(schema, self.opening.wake.clone(), then);
    }

    pub(in crate::app::studio) fn run_list(&mut self, ctx: &egui::Context, command: ListCommand) {
        let page = self.panels.gallery.page() as isize;
        let last = self.model.faces.order.shown.len().saturating_sub(1);
        match command {
            ListCommand::FindFaces => self.find_faces(""),
            ListCommand::SearchNames => {
                self.show_gallery();
                ctx.memory_mut(|m| m.request_focus(search_id()));
                self.overlays.fields_wait = true;
            }
            ListCommand::AllFaces => self.arrange_by(&Criterion::All),
            ListCommand::MissedFaces => self.arrange_by(&Criterion::Misses(None)),
            ListCommand::SortListed => self.arrange_by(&Criterion::Sort(Sort::Listed)),
            ListCommand::SortName => self.arrange_by(&Criterion::Sort(Sort::Name)),
            ListCommand::SortWorst => self.arrange_by(&Criterion::Sort(
                match self.model.faces.order.arrangement.sort {
                    Sort::Nme => Sort::Listed,
                    _ => Sort::Nme,
                },
            )),
            ListCommand::SortDifference => self.arrange_by(&Criterion::Sort(Sort::Difference)),
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
    pub(in crate::app::studio) fn list_blocked(
        &self,
        command: ListCommand,
    ) -> Option<&'static str> {
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
    pub(in crate::app::studio) fn find_faces(&mut self, typed: &str) {
        self.overlays.open_palette(palette::Among::Faces, typed);
    }

    /// Puts a filter or an order on, or a filter that is on off.
    pub(in crate::app::studio) fn arrange_by(&mut self, criterion: &Criterion) {
        self.choose(criterion, false);
    }

    /// The same; `beside` asks for a filter as well as for others of its kind.
    pub(in crate::app::studio) fn choose(&mut self, criterion: &Criterion, beside: bool) {
        let mut wanted = self.model.faces.order.arrangement.clone();
        match beside {
            true => criterion.add(&mut wanted),
            false => criterion.apply(&mut wanted),
        }
        self.show_gallery();
        if wanted != self.model.faces.order.arrangement {
            self.model.faces.order.arrangement = wanted;
            self.arrange();
        }
    }

    /// All filters and orders, with their counts.
    pub(in crate::app::studio) fn criteria(&mut self) -> Criteria {
        let by_hand: Arc<[u32]> = self.model.faces.by_hand().into();
        let network = self.model.networks.hash().unwrap_or(0);
        let counts = self.panels.counter.counts(
            &self.model.faces,
            (self.schema(), network),
            by_hand.clone(),
            self.model.review.states(),
            &self.opening.wake,
        );
        let by_hand = (!by_hand.is_empty()).then(|| Among {
            text: "box by hand".into(),
            faces: by_hand,
            by_hand: true,
        });
        let (schema, list) = (self.schema(), &self.model.faces);
        let on = list.order.arrangement.clone();
        let known = (list.other.is_some(), self.model.review.open().is_some());
        let criteria = Criteria::new(
            &schema,
            &list.info.summary,
            &list.info.columns,
            known,
            by_hand,
            on,
        );
        criteria.with_counts(counts, (list.findings.found(), list.items.len()))
    }

    /// Brings the list of faces into sight.
    fn show_gallery(&mut self) {
        if !self.layout.has(Pane::Gallery) && self.layout.workspace == Workspace::Training {
            self.layout.workspace = Workspace::Photos;
        }
        self.layout.show(Pane::Gallery);
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
            self.model.faces.selection.reveal();
        }
    }

    /// Looks at the next face in this direction on which prediction and label disagree: on the
    /// attribute by which the list stands as it does, or on anything.
    pub(super) fn next_disagreement(&mut self, direction: isize) {
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
                let text = format!("No face{predicted} {end} this one disagrees with its label");
                self.toasts.say(text);
            }
        }
    }
}
