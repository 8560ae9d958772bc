//! Which commands are on, and which can do nothing now: there is nothing to do it to, or that is not
//! in sight, and nobody would see what became of it.

use eframe::egui;

use super::Studio;
use crate::app::command::pane::Pane;
use crate::app::command::{Command, ListCommand, ReviewCommand, Scope};
use crate::app::faces::arrangement::Sort;
use crate::app::faces::review_states::ReviewIs;
use crate::engine::NetworkInfo;
use crate::model::BUNDLED;
use crate::review::Status;

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
            Command::Mend(ReviewCommand::OnlyTodo) => {
                arrangement.review.contains(&ReviewIs::Status(Status::Todo))
            }
            Command::Mend(ReviewCommand::OnlyConflicts) => {
                arrangement.review.contains(&ReviewIs::InConflict)
            }
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
            Command::List(ListCommand::MissedFaces) => arrangement.misses.contains(&None),
            other => {
                let shown = self.layout.workspace.command();
                shown == other
            }
        }
    }

    /// Why a command can do nothing now.
    pub(super) fn blocked(&self, command: Command) -> Option<&'static str> {
        if let Some((panes, why)) = panes_of(command)
            && !panes.iter().any(|pane| self.layout.sees(*pane))
        {
            return Some(why);
        }
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
                self.can_remove_face().err()
            }
            Command::StopPredicting if self.model.sweep.progress.is_none() => {
                Some("Nothing is being predicted")
            }
            Command::ForgetPredictions if self.session.keeper.folder().is_none() => {
                Some("Nothing is kept: no folder for settings was given")
            }
            Command::ForgetRecent if self.session.settings.recent.is_empty() => {
                Some("There is nothing to forget")
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

/// The panes of which one has to be in sight for a command, and what is said where none is; `None`
/// of commands that bring what they change into sight themselves, or change nothing in a pane.
fn panes_of(command: Command) -> Option<(&'static [Pane], &'static str)> {
    use Pane::{Attributes, Canvas, Channel, Gallery, Maps, Plots, Report, Runs};
    let faces: &[Pane] = &[Gallery, Canvas, Attributes, Maps, Channel];
    let faces = (
        faces,
        "No face is in sight: show the Photos workspace first",
    );
    let features = "Show the Features workspace first";
    match command {
        Command::List(command) => match command {
            ListCommand::FindFaces
            | ListCommand::SearchNames
            | ListCommand::AllFaces
            | ListCommand::MissedFaces
            | ListCommand::SortListed
            | ListCommand::SortName
            | ListCommand::SortWorst
            | ListCommand::SortDifference => None,
            ListCommand::Next
            | ListCommand::Previous
            | ListCommand::PageDown
            | ListCommand::PageUp
            | ListCommand::First
            | ListCommand::Last
            | ListCommand::NextDisagreement
            | ListCommand::PreviousDisagreement => Some(faces),
            ListCommand::ChooseAll | ListCommand::ChooseNext | ListCommand::ChoosePrevious => {
                let why = "The list of faces is not in sight: the Gallery pane shows it";
                Some((&[Gallery], why))
            }
        },
        Command::Fit
        | Command::ActualSize
        | Command::ResetBox
        | Command::AddBox
        | Command::RemoveBox
        | Command::Undo
        | Command::Redo
        | Command::ToggleBox
        | Command::TogglePrediction
        | Command::ToggleLabels
        | Command::ToggleCircles
        | Command::ToggleNames
        | Command::ToggleColours
        | Command::CopyPicture
        | Command::SavePicture => Some((
            &[Canvas],
            "The photo is not in sight: the Photo pane shows it",
        )),
        Command::SaveSheet => Some((&[Gallery, Canvas], faces.1)),
        Command::Figure6 => Some(faces),
        Command::StopComparing => {
            let panes = &[Gallery, Canvas, Attributes, Maps, Channel, Report];
            Some((panes, "Nothing that is compared is in sight"))
        }
        Command::SaveReport => Some((&[Report], "Show the Report workspace first")),
        Command::CopyTable => {
            let why = "No table is in sight: the Attributes and Report panes have some";
            Some((&[Attributes, Report], why))
        }
        Command::Mute
        | Command::Solo
        | Command::HearAll
        | Command::Favourite
        | Command::NextTower
        | Command::NextLayer
        | Command::PreviousLayer
        | Command::FusedMaps
        | Command::NextScale => Some((&[Maps, Channel], features)),
        // Its dialog belongs to the pane.
        Command::ExportFigure => Some((&[Maps], features)),
        Command::PauseRun | Command::ResumeRun | Command::StopRun | Command::LoadRun => {
            Some((&[Runs, Plots], "Show the Training workspace first"))
        }
        Command::Mend(command) => match command.scope() {
            Scope::Point => Some((
                &[Canvas],
                "The photo is not in sight: the Photo pane shows it",
            )),
            Scope::Attribute => Some((
                &[Attributes],
                "The attributes are not in sight: the Attributes pane shows them",
            )),
            Scope::Review | Scope::Window => None,
        },
        Command::Open
        | Command::OpenFolder
        | Command::OpenSamples
        | Command::Paste
        | Command::ForgetRecent
        | Command::Quit
        | Command::Photos
        | Command::Features
        | Command::Training
        | Command::Report
        | Command::Review
        | Command::ShowMaps
        | Command::ShowEffects
        | Command::ShowTowers
        | Command::ShowAttention
        | Command::Pane(_)
        | Command::ResetPanes
        | Command::ResetAllPanes
        | Command::Theme
        | Command::Dark
        | Command::Light
        | Command::SystemTheme
        | Command::ZoomIn
        | Command::ZoomOut
        | Command::ZoomReset
        | Command::FullScreen
        | Command::Compare
        | Command::PredictAll
        | Command::StopPredicting
        | Command::ForgetPredictions
        | Command::LoadNetwork
        | Command::LoadSecond
        | Command::LoadBundled
        | Command::SwitchNetwork
        | Command::SwapNetworks
        | Command::NewRun
        | Command::OpenRun
        | Command::Palette
        | Command::Help
        | Command::About => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use eframe::egui;
    use image::RgbImage;

    use super::*;
    use crate::app::command::pane::Workspace;
    use crate::app::faces::item::Decoded;
    use crate::app::faces::list::List;
    use crate::app::studio::layout::Layout;
    use crate::app::studio::start::Start;
    use crate::dataset::{Sample, picture_box};
    use crate::label::{FaceBox, Schema};

    /// Three faces, of which the second is looked at and its box was moved and moved back.
    fn studio(ctx: &egui::Context) -> Studio {
        let start = Start {
            paths: vec!["nothing of this name".into()],
            ask: Some(Arc::new(|_| None)),
            ..Start::default()
        };
        let mut studio = Studio::new(ctx, None, None, "test".into(), &start);
        let face = |name: &str| {
            let mut sample = Sample::unlabelled(Path::new(name), &Schema::face());
            sample.face_box = Some(picture_box(16, 16));
            (sample, Decoded::new(RgbImage::new(16, 16)))
        };
        let pictures = ["a.png", "b.png", "c.png"].map(face).to_vec();
        studio.model.faces = List::of_decoded("three faces".into(), pictures, 1);
        studio.select(1);
        for x in [1.0, 2.0] {
            studio.add_box(FaceBox::new(x, x, 8.0, 8.0));
        }
        studio.undo_box();
        studio
    }

    /// What commands change, each with the panes that show it.
    fn state(studio: &Studio) -> Vec<(String, &'static [Pane])> {
        use Pane::{Attributes, Canvas, Channel, Gallery, Maps};
        let (list, canvas) = (&studio.model.faces, &studio.panels.canvas);
        let boxes: Vec<FaceBox> = list.items.iter().map(|item| item.face_box).collect();
        let drawn = list.boxes.hands.len();
        let filtered = list.order.arrangement.is_filter();
        vec![
            (
                format!("{:?} {filtered}", list.order.arrangement.sort),
                &[Gallery],
            ),
            (format!("{:?}", list.selection.chosen), &[Gallery]),
            (
                format!("{}", list.selected()),
                &[Gallery, Canvas, Attributes, Maps, Channel],
            ),
            (format!("{:?} {boxes:?} {drawn}", canvas.layers), &[Canvas]),
            (format!("{:?}", studio.favourites()), &[Maps, Channel]),
            (
                format!("{}", studio.panels.features.export_is_open()),
                &[Maps],
            ),
        ]
    }

    #[test]
    fn no_command_changes_what_is_not_in_sight() {
        let ctx = egui::Context::default();
        let mut studio = studio(&ctx);
        let mut closed = Layout::default();
        for pane in [Pane::Gallery, Pane::Canvas] {
            closed.toggle(pane);
        }
        let closed = closed.to_settings();
        for workspace in Workspace::ALL {
            for has_all in [true, false] {
                for command in Command::ALL {
                    studio.layout = match has_all {
                        true => Layout::default(),
                        false => Layout::from_settings(&closed.0, &closed.1).0,
                    };
                    studio.layout.workspace = workspace;
                    let (before, blocked) = (state(&studio), studio.blocked(*command));
                    studio.run(&ctx, *command);
                    let after = state(&studio);
                    for ((was, panes), (is, _)) in before.iter().zip(&after) {
                        let seen = panes.iter().any(|pane| studio.layout.sees(*pane));
                        let where_ = format!("{command:?} in {workspace:?}, all panes: {has_all}");
                        assert!(was == is || seen, "{where_}: {was} became {is}");
                        assert!(was == is || blocked.is_none(), "{where_}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_in_sight_is_told_or_shown() {
        let ctx = egui::Context::default();
        let mut studio = studio(&ctx);
        let all = Command::List(ListCommand::ChooseAll);
        studio.layout.workspace = Workspace::Training;
        for command in [
            all,
            Command::List(ListCommand::Next),
            Command::Undo,
            Command::ToggleNames,
            Command::SavePicture,
            Command::Mute,
        ] {
            let why = studio.blocked(command).unwrap_or_default();
            studio.toasts.dismiss();
            studio.run(&ctx, command);
            assert!(
                !why.is_empty() && studio.toasts.describe() == [why],
                "{command:?}"
            );
        }
        assert!(studio.model.faces.selection.chosen.is_empty());
        studio.run(&ctx, Command::List(ListCommand::SearchNames));
        assert!(studio.layout.sees(Pane::Gallery));
        for command in [
            all,
            Command::Undo,
            Command::ToggleNames,
            Command::SavePicture,
        ] {
            assert_eq!(studio.blocked(command), None, "{command:?}");
        }
        studio.run(&ctx, all);
        assert_eq!(studio.model.faces.selection.chosen.len(), 3);
    }
}
