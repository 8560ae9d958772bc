//! Every command of the window, once: menus, buttons, shortcuts, palette and the `?` sheet come
//! from here.

mod faces;
pub mod hint;
pub mod keys;
pub mod pane;
mod review;
mod table;

use eframe::egui::KeyboardShortcut;

pub use faces::ListCommand;
use pane::{Pane, Workspace};
pub use review::ReviewCommand;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Open,
    OpenFolder,
    OpenSamples,
    Paste,
    ForgetRecent,
    Quit,
    Photos,
    Features,
    Training,
    Report,
    Review,
    Mute,
    Solo,
    HearAll,
    Favourite,
    ExportFigure,
    Figure6,
    NextLayer,
    PreviousLayer,
    FusedMaps,
    NextTower,
    NextScale,
    ShowMaps,
    ShowEffects,
    ShowTowers,
    ShowAttention,
    /// Shows a pane in the workspace at hand, or takes it away.
    Pane(Pane),
    ResetPanes,
    ResetAllPanes,
    Theme,
    Dark,
    Light,
    SystemTheme,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    FullScreen,
    List(ListCommand),
    /// Mends labels.
    Mend(ReviewCommand),
    Fit,
    ActualSize,
    ResetBox,
    AddBox,
    RemoveBox,
    Undo,
    Redo,
    ToggleBox,
    TogglePrediction,
    ToggleLabels,
    ToggleCircles,
    ToggleNames,
    ToggleColours,
    Compare,
    StopComparing,
    CopyPicture,
    SavePicture,
    SaveSheet,
    SaveReport,
    CopyTable,
    PredictAll,
    StopPredicting,
    ForgetPredictions,
    LoadNetwork,
    LoadSecond,
    LoadBundled,
    SwitchNetwork,
    SwapNetworks,
    NewRun,
    OpenRun,
    PauseRun,
    ResumeRun,
    StopRun,
    LoadRun,
    Palette,
    Help,
    About,
}

/// Where the keys of commands count: the same key may do another thing in each, and the narrowest
/// comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// With an attribute selected in the Review workspace.
    Attribute,
    /// With a point selected there.
    Point,
    /// In the Review workspace.
    Review,
    Window,
}

impl Scope {
    /// From the narrowest to the widest.
    pub const ALL: [Self; 4] = [Self::Attribute, Self::Point, Self::Review, Self::Window];

    pub fn name(self) -> &'static str {
        match self {
            Self::Attribute => "with an attribute selected",
            Self::Point => "with a point selected",
            Self::Review => "in Review",
            Self::Window => "everywhere",
        }
    }
}

/// Where a command stands in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    File,
    View,
    List,
    Photo,
    Review,
    Maps,
    Network,
    Help,
}

impl Group {
    pub const ALL: [Self; 8] = [
        Self::File,
        Self::View,
        Self::List,
        Self::Photo,
        Self::Review,
        Self::Maps,
        Self::Network,
        Self::Help,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::View => "View",
            Self::List => "List",
            Self::Photo => "Photo",
            Self::Review => "Review",
            Self::Maps => "Maps",
            Self::Network => "Network",
            Self::Help => "Help",
        }
    }
}

impl Command {
    /// In the order of the menus.
    pub const ALL: &'static [Self] = &[
        Self::Open,
        Self::OpenFolder,
        Self::OpenSamples,
        Self::Paste,
        Self::ForgetRecent,
        Self::Photos,
        Self::Features,
        Self::Training,
        Self::Report,
        Self::Review,
        Self::Pane(Pane::Gallery),
        Self::Pane(Pane::Canvas),
        Self::Pane(Pane::Attributes),
        Self::Pane(Pane::Maps),
        Self::Pane(Pane::Channel),
        Self::Pane(Pane::Runs),
        Self::Pane(Pane::Plots),
        Self::Pane(Pane::NewRun),
        Self::Pane(Pane::Report),
        Self::Pane(Pane::Log),
        Self::ResetPanes,
        Self::ResetAllPanes,
        Self::Theme,
        Self::Dark,
        Self::Light,
        Self::SystemTheme,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
        Self::FullScreen,
        Self::List(ListCommand::FindFaces),
        Self::List(ListCommand::SearchNames),
        Self::List(ListCommand::AllFaces),
        Self::List(ListCommand::MissedFaces),
        Self::List(ListCommand::SortListed),
        Self::List(ListCommand::SortName),
        Self::List(ListCommand::SortWorst),
        Self::List(ListCommand::SortDifference),
        Self::List(ListCommand::Next),
        Self::List(ListCommand::Previous),
        Self::List(ListCommand::PageDown),
        Self::List(ListCommand::PageUp),
        Self::List(ListCommand::First),
        Self::List(ListCommand::Last),
        Self::List(ListCommand::NextDisagreement),
        Self::List(ListCommand::PreviousDisagreement),
        Self::List(ListCommand::ChooseAll),
        Self::List(ListCommand::ChooseNext),
        Self::List(ListCommand::ChoosePrevious),
        Self::Fit,
        Self::ActualSize,
        Self::ResetBox,
        Self::AddBox,
        Self::RemoveBox,
        Self::Undo,
        Self::Redo,
        Self::ToggleBox,
        Self::TogglePrediction,
        Self::ToggleLabels,
        Self::ToggleCircles,
        Self::ToggleNames,
        Self::ToggleColours,
        Self::Compare,
        Self::StopComparing,
        Self::CopyPicture,
        Self::SavePicture,
        Self::SaveSheet,
        Self::SaveReport,
        Self::CopyTable,
        Self::Quit, // the last of its menu
        Self::Mend(ReviewCommand::Approve),
        Self::Mend(ReviewCommand::Unsure),
        Self::Mend(ReviewCommand::Exclude),
        Self::Mend(ReviewCommand::Reopen),
        Self::Mend(ReviewCommand::Note),
        Self::Mend(ReviewCommand::ZoomToFace),
        Self::Mend(ReviewCommand::Point(1)),
        Self::Mend(ReviewCommand::Point(2)),
        Self::Mend(ReviewCommand::Point(3)),
        Self::Mend(ReviewCommand::Point(4)),
        Self::Mend(ReviewCommand::Point(5)),
        Self::Mend(ReviewCommand::Point(6)),
        Self::Mend(ReviewCommand::Point(7)),
        Self::Mend(ReviewCommand::Point(8)),
        Self::Mend(ReviewCommand::Point(9)),
        Self::Mend(ReviewCommand::PlacePoints),
        Self::Mend(ReviewCommand::AcceptPoints),
        Self::Mend(ReviewCommand::AcceptAttributes),
        Self::Mend(ReviewCommand::ConfirmAttributes),
        Self::Mend(ReviewCommand::NextDisputed),
        Self::Mend(ReviewCommand::PreviousDisputed),
        Self::Mend(ReviewCommand::FirstAttribute),
        Self::Mend(ReviewCommand::UseBox),
        Self::Mend(ReviewCommand::Blind),
        Self::Mend(ReviewCommand::Refresh),
        Self::Mend(ReviewCommand::OnlyTodo),
        Self::Mend(ReviewCommand::CheckLabels),
        Self::Mend(ReviewCommand::OnlyConflicts),
        Self::Mend(ReviewCommand::ExchangeSides),
        Self::Mend(ReviewCommand::ExportLabels),
        Self::Mend(ReviewCommand::Left),
        Self::Mend(ReviewCommand::Right),
        Self::Mend(ReviewCommand::Up),
        Self::Mend(ReviewCommand::Down),
        Self::Mend(ReviewCommand::FarLeft),
        Self::Mend(ReviewCommand::FarRight),
        Self::Mend(ReviewCommand::FarUp),
        Self::Mend(ReviewCommand::FarDown),
        Self::Mend(ReviewCommand::AcceptPoint),
        Self::Mend(ReviewCommand::Occluded),
        Self::Mend(ReviewCommand::PointUnknown),
        Self::Mend(ReviewCommand::NextPoint),
        Self::Mend(ReviewCommand::PreviousPoint),
        Self::Mend(ReviewCommand::NextRow),
        Self::Mend(ReviewCommand::PreviousRow),
        Self::Mend(ReviewCommand::Present),
        Self::Mend(ReviewCommand::Absent),
        Self::Mend(ReviewCommand::Flip),
        Self::Mend(ReviewCommand::AttributeUnknown),
        Self::Mend(ReviewCommand::AcceptAttribute),
        Self::Mute,
        Self::Solo,
        Self::HearAll,
        Self::Favourite,
        Self::ExportFigure,
        Self::Figure6,
        Self::NextLayer,
        Self::PreviousLayer,
        Self::FusedMaps,
        Self::NextTower,
        Self::NextScale,
        Self::ShowMaps,
        Self::ShowEffects,
        Self::ShowTowers,
        Self::ShowAttention,
        Self::PredictAll,
        Self::StopPredicting,
        Self::ForgetPredictions,
        Self::LoadNetwork,
        Self::LoadSecond,
        Self::LoadBundled,
        Self::SwitchNetwork,
        Self::SwapNetworks,
        Self::NewRun,
        Self::OpenRun,
        Self::PauseRun,
        Self::ResumeRun,
        Self::StopRun,
        Self::LoadRun,
        Self::Palette,
        Self::Help,
        Self::About,
    ];

    /// What a button says and a screen reader reads.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// One sentence for tooltip, palette and sheet.
    pub fn about(self) -> &'static str {
        self.facts().about
    }

    pub fn group(self) -> Group {
        self.facts().group
    }

    /// The keys it has until someone gives it others, the one that menus show first.
    pub fn first_keys(self) -> Vec<KeyboardShortcut> {
        let facts = self.facts();
        facts.key.into_iter().chain(facts.also).collect()
    }

    /// What a menu says: dots where a dialog asks for more.
    pub fn menu_name(self) -> String {
        let asks = matches!(
            self,
            Self::Open
                | Self::OpenFolder
                | Self::Compare
                | Self::SavePicture
                | Self::SaveSheet
                | Self::SaveReport
                | Self::LoadNetwork
                | Self::LoadSecond
                | Self::OpenRun
                | Self::ExportFigure
                | Self::Figure6
        );
        let dots = if asks { "…" } else { "" };
        format!("{}{dots}", self.name())
    }

    /// Its name in the settings file.
    pub fn id(self) -> String {
        match self {
            Self::Pane(pane) => format!("Pane.{pane:?}"),
            Self::List(command) => format!("{command:?}"),
            Self::Mend(command) => format!("Review.{command:?}"),
            other => format!("{other:?}"),
        }
    }

    /// Where its keys count.
    pub fn scope(self) -> Scope {
        match self {
            Self::Mend(command) => command.scope(),
            _ => Scope::Window,
        }
    }

    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.id() == id)
    }
}

impl Workspace {
    /// The command that shows it.
    pub fn command(self) -> Command {
        match self {
            Self::Photos => Command::Photos,
            Self::Features => Command::Features,
            Self::Training => Command::Training,
            Self::Report => Command::Report,
            Self::Review => Command::Review,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_closes_the_window_is_the_last_of_its_menu() {
        let mut file = Command::ALL.iter().filter(|c| c.group() == Group::File);
        assert_eq!(file.next_back(), Some(&Command::Quit));
        assert_eq!(Command::SaveSheet.menu_name(), "Save sheet…");
        assert_eq!(Command::CopyTable.menu_name(), "Copy table");
    }

    #[test]
    fn names_and_keys_are_unique_and_ids_lead_back() {
        for (i, a) in Command::ALL.iter().enumerate() {
            assert_eq!(Command::by_id(&a.id()), Some(*a));
            for b in &Command::ALL[i + 1..] {
                assert_ne!(a.name(), b.name());
                if a.scope() != b.scope() {
                    continue;
                }
                let keys = b.first_keys();
                let clash = a.first_keys().into_iter().find(|k| keys.contains(k));
                assert_eq!(clash, None, "{a:?} {b:?}");
            }
        }
    }
}
