//! What is called what of the commands about the list of faces: which are shown, in which order,
//! and which is looked at.

use eframe::egui::Key;

use crate::app::command::Group;
use crate::app::command::table::{Facts, ctrl, plain, shift};

/// A command about the list of faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListCommand {
    FindFaces,
    SearchNames,
    AllFaces,
    MissedFaces,
    SortListed,
    SortName,
    SortWorst,
    SortDifference,
    Next,
    Previous,
    PageDown,
    PageUp,
    First,
    Last,
    NextDisagreement,
    PreviousDisagreement,
    ChooseAll,
    ChooseNext,
    ChoosePrevious,
}

impl ListCommand {
    pub(super) fn facts(self) -> Facts {
        let (name, about, key) = match self {
            Self::FindFaces => (
                "Find faces",
                "Filter or sort by typing: an attribute, a point, a split, a value",
                ctrl(Key::F),
            ),
            Self::SearchNames => (
                "Search by name",
                "Show only faces whose picture's name has what is typed",
                plain(Key::Slash),
            ),
            Self::AllFaces => (
                "All faces",
                "Take all filters and the search off",
                ctrl(Key::Backspace),
            ),
            Self::MissedFaces => (
                "Points missed",
                "Show only faces of which a point misses its label, or all again",
                shift(Key::P),
            ),
            Self::SortListed => ("Sort as listed", "The order of the data set", shift(Key::W)),
            Self::SortName => (
                "Sort by name",
                "In the order of the pictures' names",
                shift(Key::N),
            ),
            Self::SortWorst => (
                "Worst first",
                "The largest error first, or as listed again",
                plain(Key::W),
            ),
            Self::SortDifference => (
                "Sort by difference",
                "First the faces on which the two predictions differ most",
                shift(Key::D),
            ),
            Self::Next => ("Next photo", "Show the next photo", plain(Key::ArrowDown)),
            Self::Previous => (
                "Previous photo",
                "Show the photo before",
                plain(Key::ArrowUp),
            ),
            Self::PageDown => (
                "Page down",
                "Go down the list by as many faces as are in sight",
                plain(Key::PageDown),
            ),
            Self::PageUp => (
                "Page up",
                "Go up the list by as many faces as are in sight",
                plain(Key::PageUp),
            ),
            Self::First => (
                "First photo",
                "Show the first photo of the list",
                plain(Key::Home),
            ),
            Self::Last => (
                "Last photo",
                "Show the last photo of the list",
                plain(Key::End),
            ),
            Self::NextDisagreement => (
                "Next disagreement",
                "Show the next face on which prediction and label disagree",
                plain(Key::Period),
            ),
            Self::PreviousDisagreement => (
                "Previous disagreement",
                "Show the face before on which prediction and label disagree",
                plain(Key::Comma),
            ),
            Self::ChooseAll => (
                "Choose all",
                "Choose every face that is shown, or none again",
                ctrl(Key::A),
            ),
            Self::ChooseNext => (
                "Choose downwards",
                "Choose this face and the next one",
                shift(Key::ArrowDown),
            ),
            Self::ChoosePrevious => (
                "Choose upwards",
                "Choose this face and the one before",
                shift(Key::ArrowUp),
            ),
        };
        Facts {
            name,
            about,
            group: Group::List,
            key,
            also: None,
        }
    }
}
