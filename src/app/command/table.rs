//! The table of commands: what each is called, what it does, and the key it has at first.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use crate::app::command::pane::Pane;
use crate::app::command::{Command, Group};

/// What there is to say about a command.
pub(in crate::app) struct Facts {
    pub name: &'static str,
    pub about: &'static str,
    pub group: Group,
    pub key: Option<KeyboardShortcut>,
    /// Another key that does the same.
    pub also: Option<KeyboardShortcut>,
}

/// A key alone.
pub(in crate::app) fn plain(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

pub(in crate::app) fn shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::SHIFT, key))
}

pub(in crate::app) fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

pub(in crate::app) fn ctrl_shift(key: Key) -> Option<KeyboardShortcut> {
    let both = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    Some(KeyboardShortcut::new(both, key))
}

impl Command {
    pub(in crate::app) fn facts(self) -> Facts {
        use Group::{File, Help, Maps, Network, Photo, View};
        let f = |group, name, about, key| Facts {
            name,
            about,
            group,
            key,
            also: None,
        };
        match self {
            Self::Open => f(
                File,
                "Open",
                "Open photos, a faces.csv, predictions or weights",
                ctrl(Key::O),
            ),
            Self::OpenFolder => f(
                File,
                "Open folder",
                "Open a folder of photos, a data set or a training run",
                ctrl_shift(Key::O),
            ),
            Self::OpenSamples => f(
                File,
                "Open samples",
                "Show the portraits that come with the program",
                None,
            ),
            Self::Paste => f(
                File,
                "Paste",
                "Open the picture, or the path, that was copied",
                ctrl(Key::V),
            ),
            Self::ForgetRecent => f(
                File,
                "Forget recent",
                "Empty the list of what was opened lately",
                None,
            ),
            Self::Quit => f(File, "Quit", "Close the window", ctrl(Key::Q)),
            Self::Photos => f(
                View,
                "Photos",
                "Photos with what the network finds",
                ctrl(Key::Num1),
            ),
            Self::Features => f(
                View,
                "Features",
                "Feature maps of every tower, as in the paper's Figure 6",
                ctrl(Key::Num2),
            ),
            Self::Training => f(
                View,
                "Training",
                "Training runs: start one, watch it, load its weights",
                ctrl(Key::Num3),
            ),
            Self::Report => f(
                View,
                "Report",
                "Measures of the network on the opened data set",
                ctrl(Key::Num4),
            ),
            Self::Review => f(
                View,
                "Review",
                "Mend labels: points and attributes, face by face",
                ctrl(Key::Num5),
            ),
            Self::Pane(pane) => {
                let key = match pane {
                    Pane::Log => ctrl(Key::L),
                    _ => None,
                };
                f(View, pane.command_name(), pane.about(), key)
            }
            Self::ResetPanes => f(
                View,
                "Reset panes",
                "Put the panes of this workspace back",
                ctrl_shift(Key::R),
            ),
            Self::ResetAllPanes => f(
                View,
                "Reset all panes",
                "Put the panes of every workspace back",
                None,
            ),
            Self::Theme => f(
                View,
                "Theme",
                "Light in place of dark, or dark in place of light",
                ctrl(Key::T),
            ),
            Self::Dark => f(View, "Dark", "Light on dark", None),
            Self::Light => f(View, "Light", "Dark on light", None),
            Self::SystemTheme => f(View, "As the system", "Dark or light as the system", None),
            Self::ZoomIn => Facts {
                // A keyboard without a plus key of its own has it beside equals.
                also: ctrl(Key::Equals),
                ..f(View, "Zoom in", "Draw the window larger", ctrl(Key::Plus))
            },
            Self::ZoomOut => f(
                View,
                "Zoom out",
                "Draw the window smaller",
                ctrl(Key::Minus),
            ),
            Self::ZoomReset => f(
                View,
                "Normal zoom",
                "Draw the window at its normal size",
                ctrl(Key::Num0),
            ),
            Self::FullScreen => f(View, "Full screen", "Fill the screen", plain(Key::F11)),
            Self::List(command) => command.facts(),
            Self::Mend(command) => command.facts(),
            Self::Fit => f(Photo, "Fit", "Show the whole photo", plain(Key::F)),
            Self::ActualSize => f(
                Photo,
                "1:1",
                "Show a photo pixel as a screen pixel",
                plain(Key::Num1),
            ),
            Self::ResetBox => f(
                Photo,
                "Reset box",
                "Put the face box where it was at first",
                plain(Key::R),
            ),
            Self::ToggleBox => f(Photo, "Box", "Show or hide the face box", plain(Key::B)),
            Self::TogglePrediction => f(
                Photo,
                "Prediction",
                "Show or hide predicted points (green discs)",
                plain(Key::P),
            ),
            Self::ToggleLabels => f(
                Photo,
                "Labels",
                "Show or hide labelled points (red squares)",
                plain(Key::L),
            ),
            Self::ToggleCircles => f(
                Photo,
                "α·L",
                "Show or hide the circle within which a point counts as found",
                plain(Key::C),
            ),
            Self::ToggleNames => f(
                Photo,
                "Names",
                "Show or hide the points' names",
                plain(Key::N),
            ),
            Self::AddBox => f(
                Photo,
                "Add box",
                "Draw a box around another face, about twice as wide: rings show where its eyes, nose and mouth \
                 belong",
                plain(Key::A),
            ),
            Self::RemoveBox => f(
                Photo,
                "Remove box",
                "Take away the box that was added, or in Review the face that was drawn",
                plain(Key::Delete),
            ),
            Self::Undo => f(
                Photo,
                "Undo",
                "Take back what was done last to a box",
                ctrl(Key::Z),
            ),
            Self::Redo => Facts {
                also: ctrl(Key::Y),
                ..f(
                    Photo,
                    "Redo",
                    "Do again what was undone last to a box",
                    ctrl_shift(Key::Z),
                )
            },
            Self::ToggleColours => f(
                Photo,
                "Colours",
                "Red and green as in the paper, or colour-blind safe",
                plain(Key::K),
            ),
            Self::Compare => f(
                File,
                "Compare",
                "Hold another program's predictions (JSON lines or CSV) against the network's",
                ctrl(Key::D),
            ),
            Self::StopComparing => f(
                File,
                "Stop comparing",
                "Show the network's predictions alone",
                ctrl_shift(Key::D),
            ),
            Self::CopyPicture => f(
                File,
                "Copy picture",
                "Put the photo with its layers on the clipboard",
                ctrl_shift(Key::E),
            ),
            Self::SavePicture => f(
                File,
                "Save picture",
                "Export the photo with its layers as PNG, SVG or PDF",
                ctrl(Key::E),
            ),
            Self::SaveSheet => f(
                File,
                "Save sheet",
                "Export the chosen faces side by side, as in the paper's Figure 4",
                ctrl_shift(Key::S),
            ),
            Self::SaveReport => f(
                File,
                "Save report",
                "Export the report's tables as CSV, Markdown, LaTeX or JSON",
                None,
            ),
            Self::CopyTable => f(
                File,
                "Copy table",
                "Put the attributes of this face, or the report, on the clipboard as Markdown",
                ctrl_shift(Key::M),
            ),
            Self::Mute => f(
                Maps,
                "Mute channel",
                "Hold the selected channel at zero",
                plain(Key::M),
            ),
            Self::Solo => f(
                Maps,
                "Solo channel",
                "Hold all other channels of the selected one's layer at zero",
                plain(Key::S),
            ),
            Self::HearAll => f(
                Maps,
                "Hear all",
                "Let all channels be heard again",
                shift(Key::M),
            ),
            Self::Favourite => f(
                Maps,
                "Favourite channel",
                "Give the selected channel a star, or take it away",
                plain(Key::Y),
            ),
            Self::ExportFigure => f(
                Maps,
                "Export maps",
                "Write what is seen of the maps as a figure, or as numbers",
                ctrl_shift(Key::F),
            ),
            Self::Figure6 => f(
                Maps,
                "Figure 6",
                "Write the paper's Figure 6 of this face: the input and all of Conv1-2",
                ctrl(Key::Num6),
            ),
            Self::NextLayer => f(
                Maps,
                "Next layer",
                "Show the maps of the layer after this one",
                plain(Key::CloseBracket),
            ),
            Self::PreviousLayer => f(
                Maps,
                "Previous layer",
                "Show the maps of the layer before this one",
                plain(Key::OpenBracket),
            ),
            Self::FusedMaps => f(
                Maps,
                "Fused maps",
                "Show what the task towers take in at this layer, or the layer's own maps again",
                plain(Key::U),
            ),
            Self::NextTower => f(
                Maps,
                "Next tower",
                "Look at the same channel of the next tower",
                plain(Key::T),
            ),
            Self::NextScale => f(
                Maps,
                "Scale",
                "Colours per layer, per channel or fixed: the next of the three",
                plain(Key::G),
            ),
            Self::ShowMaps => f(Maps, "Show maps", "The feature maps of every tower", None),
            Self::ShowEffects => f(
                Maps,
                "Show effects",
                "What muting each channel of a layer changes",
                None,
            ),
            Self::ShowTowers => f(
                Maps,
                "Show towers",
                "How much each task takes from its own and from the shared tower",
                None,
            ),
            Self::ShowAttention => f(
                Maps,
                "Show attention",
                "Where the network looked for a point or an attribute",
                None,
            ),
            Self::PredictAll => f(
                Network,
                "Predict all",
                "Predict every face of the list in the background",
                ctrl(Key::Enter),
            ),
            Self::StopPredicting => f(
                Network,
                "Stop predicting",
                "End predicting the list; what is found stays",
                ctrl(Key::Period),
            ),
            Self::ForgetPredictions => f(
                Network,
                "Forget kept predictions",
                "Delete the predictions that are kept on disk for the next session",
                None,
            ),
            Self::LoadNetwork => f(
                Network,
                "Load network",
                "Choose weights and use them in place of these",
                ctrl_shift(Key::N),
            ),
            Self::LoadSecond => f(
                Network,
                "Load beside",
                "Choose weights and keep them beside these, to switch and compare",
                None,
            ),
            Self::LoadBundled => f(
                Network,
                "Bundled network",
                "Use the weights that come with the program",
                None,
            ),
            Self::SwitchNetwork => f(
                Network,
                "Switch network",
                "Use the other of the two networks",
                plain(Key::X),
            ),
            Self::SwapNetworks => f(
                Network,
                "Swap networks",
                "Let A and B change names; the one in use stays in use",
                None,
            ),
            Self::NewRun => f(
                Network,
                "New run",
                "Set up a training run",
                ctrl_shift(Key::T),
            ),
            Self::OpenRun => f(Network, "Watch run", "Open the folder of a run", None),
            Self::PauseRun => f(Network, "Pause run", "Let the shown run wait", None),
            Self::ResumeRun => f(
                Network,
                "Resume run",
                "Let the shown run go on; one that was stopped is started again",
                None,
            ),
            Self::StopRun => f(
                Network,
                "Stop run",
                "End the shown run at a checkpoint, from which it can go on",
                None,
            ),
            Self::LoadRun => f(
                Network,
                "Load result",
                "Use the final weights of the shown run",
                None,
            ),
            Self::Palette => f(Help, "Command", "Find a command by name", ctrl(Key::P)),
            Self::Help => f(
                Help,
                "Keys",
                "All commands and their keys, which can be changed",
                plain(Key::Questionmark),
            ),
            Self::About => f(
                Help,
                "About",
                "Version, licences, device and where settings are kept",
                None,
            ),
        }
    }
}
