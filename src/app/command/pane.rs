//! Which panes and workspaces there are, and what there is to say about each.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workspace {
    Photos,
    Features,
    Training,
    Report,
    Review,
}

impl Workspace {
    pub const ALL: [Self; 5] = [
        Self::Photos,
        Self::Features,
        Self::Training,
        Self::Report,
        Self::Review,
    ];

    /// Its name in the settings.
    pub fn id(self) -> String {
        format!("{self:?}")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pane {
    Gallery,
    Canvas,
    Attributes,
    Maps,
    Channel,
    Runs,
    Plots,
    NewRun,
    Report,
    Log,
}

/// Where a pane is put that is opened again, and its share there.
#[derive(Clone, Copy)]
pub enum Side {
    Left(f32),
    Right(f32),
    Bottom(f32),
}

impl Pane {
    pub fn title(self) -> &'static str {
        self.facts().0
    }

    pub fn command_name(self) -> &'static str {
        self.facts().1
    }

    pub fn about(self) -> &'static str {
        self.facts().2
    }

    pub fn side(self) -> Side {
        self.facts().3
    }

    fn facts(self) -> (&'static str, &'static str, &'static str, Side) {
        use Side::{Bottom, Left, Right};
        match self {
            Self::Gallery => (
                "Gallery",
                "Gallery pane",
                "Show or hide the list of faces",
                Left(0.19),
            ),
            Self::Canvas => (
                "Photo",
                "Photo pane",
                "Show or hide the photo with what is found on it",
                Right(0.5),
            ),
            Self::Attributes => (
                "Attributes",
                "Attributes pane",
                "Show or hide the attributes of the face",
                Right(0.24),
            ),
            Self::Maps => (
                "Maps",
                "Maps pane",
                "Show or hide the feature maps",
                Right(0.5),
            ),
            Self::Channel => (
                "Channel",
                "Channel pane",
                "Show or hide one channel, large",
                Right(0.2),
            ),
            Self::Runs => (
                "Runs",
                "Runs pane",
                "Show or hide the list of training runs",
                Left(0.2),
            ),
            Self::Plots => (
                "Progress",
                "Progress pane",
                "Show or hide the plots of a training run",
                Right(0.5),
            ),
            Self::NewRun => (
                "New run",
                "New run pane",
                "Show or hide the form that starts a training run",
                Right(0.24),
            ),
            Self::Report => (
                "Report",
                "Report pane",
                "Show or hide the measures on the opened data set",
                Right(0.5),
            ),
            Self::Log => (
                "Log",
                "Log pane",
                "Show or hide what the program had to say",
                Bottom(0.28),
            ),
        }
    }
}
