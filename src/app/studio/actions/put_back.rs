//! What one press took away is offered back beside the news of it.

use std::path::PathBuf;

use crate::app::command::keys::Keys;
use crate::app::studio::Studio;
use crate::app::studio::put_back::PutBack;
use crate::app::widgets::toasts::Offer;

impl Studio {
    /// Says what was taken away, and offers to put it back.
    pub(in crate::app::studio) fn offer_back(&mut self, text: impl Into<String>, what: PutBack) {
        let ticket = self.put_backs.keep(what);
        let button = Offer {
            text: "Put back",
            ticket,
        };
        self.toasts.offer(text, button);
    }

    /// Puts back what a toast offered.
    pub(in crate::app::studio) fn put_back(&mut self, ticket: u64) {
        match self.put_backs.take(ticket) {
            Some(PutBack::Recent(paths)) => {
                // What was opened since stays the newest.
                let newer = std::mem::take(&mut self.session.settings.recent);
                self.remember(paths);
                self.remember(newer);
            }
            Some(PutBack::Layout(layout)) => self.layout.take_panes(*layout),
            Some(PutBack::Keys(keys)) => self.keys = keys,
            Some(PutBack::Run(folder)) => self.model.runs.watch(folder),
            Some(PutBack::Muted(muted)) => self.panels.features.put_back(muted),
            Some(PutBack::Compared(list, other)) if list == self.model.faces.number => {
                self.model.faces.compare(Some(*other));
                self.arrange_again();
            }
            Some(PutBack::Compared(..)) => {
                self.toasts
                    .say("The faces that were compared are not open any more");
            }
            None => {}
        }
    }

    pub(in crate::app::studio) fn forget_recent(&mut self) {
        let paths = std::mem::take(&mut self.session.settings.recent);
        let text = "The list of what was opened lately is empty";
        self.offer_back(text, PutBack::Recent(paths));
    }

    /// Puts the panes of the workspace at hand, or of all, where they were at first.
    pub(in crate::app::studio) fn reset_panes(&mut self, all: bool) {
        let before = self.layout.clone();
        match all {
            true => self.layout.reset_all(),
            false => self.layout.reset(),
        }
        if before.to_settings() != self.layout.to_settings() {
            let text = match all {
                true => "The panes of all workspaces stand as at first",
                false => "The panes of this workspace stand as at first",
            };
            self.offer_back(text, PutBack::Layout(Box::new(before)));
        }
    }

    /// Offers keys back that somebody had changed, where all were reset.
    pub(in crate::app::studio) fn keys_were_reset(&mut self, before: Keys) {
        if before != self.keys {
            let text = "All keys are as at first";
            self.offer_back(text, PutBack::Keys(before));
        }
    }

    pub(in crate::app::studio) fn stop_watching(&mut self, folder: PathBuf) {
        let name = crate::dataset::name_of(&folder);
        self.model.runs.stop_watching(folder.clone());
        let text = format!("{name} is not watched any more");
        self.offer_back(text, PutBack::Run(folder));
    }

    /// Offers channels back that were muted until somebody let all be heard.
    pub(in crate::app::studio) fn offer_muted(&mut self) {
        if let Some(muted) = self.panels.features.take_muted() {
            let text = "All channels are heard";
            self.offer_back(text, PutBack::Muted(muted));
        }
    }

    pub(in crate::app::studio) fn stop_comparing(&mut self) {
        let other = self.model.faces.other.take();
        self.model.faces.compare(None);
        self.arrange_again();
        // A second network is asked anew; of a file nobody may know any more where it is.
        if let Some(other) = other.filter(|o| o.network.is_none()) {
            let text = format!("{} is not compared any more", other.name);
            let list = self.model.faces.number;
            self.offer_back(text, PutBack::Compared(list, Box::new(other)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eframe::egui;
    use eframe::egui::{Key, KeyboardShortcut, Modifiers};

    use super::*;
    use crate::app::command::Command;
    use crate::app::command::pane::Pane;
    use crate::app::faces::compare::ComparedPredictor;
    use crate::app::faces::findings::Findings;
    use crate::app::studio::start::Start;

    #[test]
    fn what_one_press_takes_away_is_put_back_by_another() {
        let ctx = egui::Context::default();
        let start = Start {
            paths: vec!["nothing of this name".into()],
            ask: Some(Arc::new(|_| None)),
            ..Start::default()
        };
        let studio = &mut Studio::new(&ctx, None, None, "test".into(), &start);
        let back = |studio: &mut Studio| {
            let ticket = studio.put_backs.newest().unwrap();
            studio.put_back(ticket);
            assert_eq!(studio.put_backs.newest(), None);
            studio.put_back(ticket); // nothing happens twice
        };

        let paths: Vec<PathBuf> = ["/a", "/b", "/c"].map(PathBuf::from).into();
        studio.session.settings.recent = paths.clone();
        studio.run(&ctx, Command::ForgetRecent);
        assert!(studio.session.settings.recent.is_empty());
        studio.remember(vec!["/d".into()]);
        back(studio);
        let recent = &studio.session.settings.recent;
        assert_eq!(recent[0], PathBuf::from("/d"));
        assert_eq!(recent[1..], paths[..]);

        for command in [Command::ResetPanes, Command::ResetAllPanes] {
            studio.run(&ctx, command);
            assert!(studio.put_backs.newest().is_none(), "nothing is lost");
            studio.run(&ctx, Command::Pane(Pane::Log));
            studio.run(&ctx, command);
            assert!(!studio.layout.has(Pane::Log));
            studio.run(&ctx, Command::Training);
            back(studio);
            assert!(!studio.layout.has(Pane::Log), "of the workspace before");
            studio.run(&ctx, Command::Photos);
            assert!(studio.layout.has(Pane::Log));
            studio.layout.reset();
        }

        let key = KeyboardShortcut::new(Modifiers::NONE, Key::F8);
        studio.keys.give(Command::About, 0, key);
        let before = studio.keys.clone();
        studio.keys.reset_all();
        studio.keys_were_reset(before);
        back(studio);
        assert_eq!(studio.keys.of(Command::About), Some(key));

        let other = |network| ComparedPredictor {
            name: "theirs".into(),
            findings: Findings::none(0),
            file: None,
            made_by: Default::default(),
            network,
        };
        studio.model.faces.compare(Some(other(Some(7))));
        studio.stop_comparing();
        assert!(
            studio.put_backs.newest().is_none(),
            "a network is asked anew"
        );
        studio.model.faces.compare(Some(other(None)));
        studio.stop_comparing();
        assert_eq!(studio.compared(), None);
        back(studio);
        assert_eq!(studio.compared(), Some("theirs"));
    }
}
