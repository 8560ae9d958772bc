//! Every command of the window, once: buttons, shortcuts, palette and the `?` sheet come from
//! here.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Open,
    OpenFolder,
    Next,
    Previous,
    Fit,
    ActualSize,
    ResetBox,
    PredictAll,
    StopPredicting,
    ToggleBox,
    TogglePrediction,
    ToggleLabels,
    ToggleCircles,
    ToggleNames,
    Photos,
    Features,
    Mute,
    Solo,
    HearAll,
    Favourite,
    ExportFigure,
    Figure6,
    ResetPanes,
    Theme,
    Palette,
    Help,
}

impl Command {
    pub const ALL: [Self; 26] = [
        Self::Open,
        Self::OpenFolder,
        Self::Next,
        Self::Previous,
        Self::Fit,
        Self::ActualSize,
        Self::ResetBox,
        Self::PredictAll,
        Self::StopPredicting,
        Self::ToggleBox,
        Self::TogglePrediction,
        Self::ToggleLabels,
        Self::ToggleCircles,
        Self::ToggleNames,
        Self::Photos,
        Self::Features,
        Self::Mute,
        Self::Solo,
        Self::HearAll,
        Self::Favourite,
        Self::ExportFigure,
        Self::Figure6,
        Self::ResetPanes,
        Self::Theme,
        Self::Palette,
        Self::Help,
    ];

    /// What a button says and a screen reader reads.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    /// One sentence for tooltip, palette and sheet.
    pub fn about(self) -> &'static str {
        self.facts().1
    }

    pub fn shortcut(self) -> KeyboardShortcut {
        let (_, _, modifiers, key) = self.facts();
        KeyboardShortcut::new(modifiers, key)
    }

    fn facts(self) -> (&'static str, &'static str, Modifiers, Key) {
        const CTRL: Modifiers = Modifiers::COMMAND;
        const NONE: Modifiers = Modifiers::NONE;
        let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        match self {
            Self::Open => ("Open", "Open photos, a faces.csv or weights", CTRL, Key::O),
            Self::OpenFolder => (
                "Open folder",
                "Open a folder of photos or a data set",
                shift,
                Key::O,
            ),
            Self::Next => ("Next photo", "Show the next photo", NONE, Key::ArrowDown),
            Self::Previous => (
                "Previous photo",
                "Show the photo before",
                NONE,
                Key::ArrowUp,
            ),
            Self::Fit => ("Fit", "Show the whole photo", NONE, Key::F),
            Self::ActualSize => (
                "1:1",
                "Show a photo pixel as a screen pixel",
                NONE,
                Key::Num1,
            ),
            Self::ResetBox => (
                "Reset box",
                "Put the face box where it was at first",
                NONE,
                Key::R,
            ),
            Self::PredictAll => (
                "Predict all",
                "Predict every face of the list in the background",
                CTRL,
                Key::Enter,
            ),
            Self::StopPredicting => (
                "Stop predicting",
                "End predicting the list; what is found stays",
                CTRL,
                Key::Period,
            ),
            Self::ToggleBox => ("Box", "Show or hide the face box", NONE, Key::B),
            Self::TogglePrediction => (
                "Prediction",
                "Show or hide predicted points (green discs)",
                NONE,
                Key::P,
            ),
            Self::ToggleLabels => (
                "Labels",
                "Show or hide labelled points (red squares)",
                NONE,
                Key::L,
            ),
            Self::ToggleCircles => (
                "α·L",
                "Show or hide the circle within which a point counts as found",
                NONE,
                Key::C,
            ),
            Self::ToggleNames => ("Names", "Show or hide the points' names", NONE, Key::N),
            Self::Photos => (
                "Photos",
                "Photos with what the network finds",
                CTRL,
                Key::Num1,
            ),
            Self::Features => (
                "Features",
                "Feature maps of every tower, as in the paper's Figure 6",
                CTRL,
                Key::Num2,
            ),
            Self::Mute => (
                "Mute channel",
                "Hold the selected channel at zero",
                NONE,
                Key::M,
            ),
            Self::Solo => (
                "Solo channel",
                "Hold all other channels of the selected one's layer at zero",
                NONE,
                Key::S,
            ),
            Self::HearAll => (
                "Hear all",
                "Let all channels be heard again",
                Modifiers::SHIFT,
                Key::M,
            ),
            Self::Favourite => (
                "Favourite channel",
                "Give the selected channel a star, or take it away",
                NONE,
                Key::Y,
            ),
            Self::ExportFigure => (
                "Export maps",
                "Write what is seen of the maps as a figure, or as numbers",
                CTRL,
                Key::E,
            ),
            Self::Figure6 => (
                "Figure 6",
                "Write the paper's Figure 6 of this face: the input and all of Conv1-2",
                CTRL,
                Key::Num6,
            ),
            Self::ResetPanes => ("Reset panes", "Put all panes back", shift, Key::R),
            Self::Theme => (
                "Theme",
                "Dark, light, or as the system has it",
                CTRL,
                Key::T,
            ),
            Self::Palette => ("Command", "Find a command by name", CTRL, Key::P),
            Self::Help => (
                "Keys",
                "All commands and their keys",
                NONE,
                Key::Questionmark,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_unique() {
        for (i, a) in Command::ALL.iter().enumerate() {
            for b in &Command::ALL[i + 1..] {
                assert_ne!(a.name(), b.name());
                assert_ne!(a.shortcut(), b.shortcut(), "{a:?} {b:?}");
            }
        }
    }
}
