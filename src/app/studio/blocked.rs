//! Which commands are on, and which can do nothing now.

use eframe::egui;

use super::Studio;
use crate::app::command::pane::Workspace;
use crate::app::command::{Command, Group, ListCommand, ReviewCommand};
use crate::app::faces::arrangement::Sort;
use crate::engine::NetworkInfo;
use crate::model::BUNDLED;

impl Studio {
    /// Whether a command that turns something on or off has it on.
    pub(super) fn is_on(&self, command: Command) -> bool {
        let layers = self.panels.canvas.layers;
        let theme = self.session.settings.theme;
        let arrangement = &self.model.faces.order.arrangement;
        match command {
            Command::Pane(pane) => self.layout.has(pane),
            Command::ToggleBox => layers.face_box.on,
            Command::TogglePrediction => layers.prediction.on,
            Command::ToggleLabels => layers.labels.on,
            Command::ToggleCircles => layers.circles.on,
            Command::ToggleNames => layers.names.on,
            Command::Mend(ReviewCommand::Blind) => self.model.blind,
            Command::Mend(ReviewCommand::PlacePoints) => self.panels.canvas.photo.placing,
            Command::Dark => theme == egui::ThemePreference::Dark,
            Command::Light => theme == egui::ThemePreference::Light,
            Command::SystemTheme => theme == egui::ThemePreference::System,
            Command::LoadBundled => {
                let own = |n: &NetworkInfo| n.origin == BUNDLED;
                self.model.networks.current.as_ref().is_some_and(own)
            }
            Command::List(ListCommand::SortListed) => arrangement.sort == Sort::Listed,
            Command::List(ListCommand::SortName) => arrangement.sort == Sort::Name,
            Command::List(ListCommand::SortWorst) => arrangement.sort == Sort::Nme,
            Command::List(ListCommand::SortDifference) => arrangement.sort == Sort::Difference,
            Command::List(ListCommand::MissedFaces) => arrangement.misses == Some(None),
            other => {
                let shown = self.layout.workspace.command();
                shown == other
            }
        }
    }

    /// Why a command can do nothing now.
    pub(super) fn blocked(&self, command: Command) -> Option<&'static str> {
        let both = self.model.networks.slots.iter().all(Option::is_some);
        let shown = self.panels.training.shown(&self.model.runs);
        match command {
            Command::SwitchNetwork | Command::SwapNetworks if !both => {
                Some("There is one network only; its name above offers to load another beside it")
            }
            Command::StopComparing if self.model.faces.other.is_none() => {
                Some("Nothing is compared")
            }
            Command::Undo | Command::Redo if self.is_reviewing() => {
                match (self.can_undo_labels(command), command) {
                    (true, _) => None,
                    (false, Command::Redo) => Some("There is nothing to redo"),
                    (false, _) => Some("There is nothing to undo"),
                }
            }
            Command::Undo if !self.model.faces.boxes.edits.can_undo() => {
                Some("There is nothing to undo")
            }
            Command::Redo if !self.model.faces.boxes.edits.can_redo() => {
                Some("There is nothing to redo")
            }
            Command::List(command) => self.list_blocked(command),
            Command::Mend(command) => self.review_blocked(command),
            Command::RemoveBox if self.model.faces.active_hand().is_none() => {
                Some("Only boxes that were added can be removed; the data set stays as it is")
            }
            Command::StopPredicting if self.model.sweep.progress.is_none() => {
                Some("Nothing is being predicted")
            }
            Command::ForgetRecent if self.session.settings.recent.is_empty() => {
                Some("There is nothing to forget")
            }
            // These show the workspace themselves, or need none.
            Command::ShowMaps
            | Command::ShowEffects
            | Command::ShowTowers
            | Command::ShowAttention
            | Command::Figure6 => None,
            _ if command.group() == Group::Maps && self.layout.workspace != Workspace::Features => {
                Some("Show the Features workspace first")
            }
            Command::PauseRun | Command::ResumeRun | Command::StopRun | Command::LoadRun => {
                match shown {
                    None => Some("No training run is open"),
                    Some(run) => self.model.runs.blocked(run, command),
                }
            }
            _ => None,
        }
    }
}
