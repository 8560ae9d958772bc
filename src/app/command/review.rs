//! What is called what of the commands by which labels are mended.

use eframe::egui::Key;

use crate::app::command::table::{Facts, ctrl_shift, plain, shift};
use crate::app::command::{Group, Scope};

/// A command that mends labels, or says what became of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewCommand {
    Approve,
    Unsure,
    Exclude,
    Reopen,
    Note,
    ZoomToFace,
    /// Selects a point by its number, from 1.
    Point(u8),
    PlacePoints,
    AcceptPoints,
    AcceptAttributes,
    ConfirmAttributes,
    NextDisputed,
    PreviousDisputed,
    FirstAttribute,
    UseBox,
    Blind,
    Refresh,
    OnlyTodo,
    CheckLabels,
    OnlyConflicts,
    ExchangeSides,
    ExportLabels,
    // With a point selected.
    Left,
    Right,
    Up,
    Down,
    FarLeft,
    FarRight,
    FarUp,
    FarDown,
    AcceptPoint,
    Occluded,
    PointUnknown,
    NextPoint,
    PreviousPoint,
    // With an attribute selected.
    NextRow,
    PreviousRow,
    Present,
    Absent,
    Flip,
    AttributeUnknown,
    AcceptAttribute,
}

impl ReviewCommand {
    /// Where its keys count.
    pub fn scope(self) -> Scope {
        match self {
            Self::Left
            | Self::Right
            | Self::Up
            | Self::Down
            | Self::FarLeft
            | Self::FarRight
            | Self::FarUp
            | Self::FarDown
            | Self::AcceptPoint
            | Self::Occluded
            | Self::PointUnknown
            | Self::NextPoint
            | Self::PreviousPoint => Scope::Point,
            Self::NextRow
            | Self::PreviousRow
            | Self::Present
            | Self::Absent
            | Self::Flip
            | Self::AttributeUnknown
            | Self::AcceptAttribute => Scope::Attribute,
            Self::UseBox | Self::ExportLabels => Scope::Window,
            _ => Scope::Review,
        }
    }

    /// Whether it labels the face that is looked at, or says what became of it.
    pub fn is_about_the_face(self) -> bool {
        let labels = matches!(
            self,
            Self::Approve
                | Self::Unsure
                | Self::Exclude
                | Self::AcceptPoints
                | Self::AcceptAttributes
                | Self::ConfirmAttributes
                | Self::ExchangeSides
        );
        labels || matches!(self.scope(), Scope::Point | Scope::Attribute)
    }

    /// Whether it goes on to another face, so that a key that is held would judge faces unseen.
    pub fn is_once_a_press(self) -> bool {
        matches!(self, Self::Approve | Self::Unsure | Self::Exclude)
    }

    pub(super) fn facts(self) -> Facts {
        let (name, about, key) = match self {
            Self::Approve => (
                "Approve face",
                "Say that the labels of this face are right, and go to the next one; at the end, to the first that is to do",
                plain(Key::Space),
            ),
            Self::Unsure => (
                "Unsure",
                "Leave this face for somebody else to look at and go to the next one, or take that back and stay",
                plain(Key::U),
            ),
            Self::Exclude => (
                "Exclude face",
                "Leave this face out of what is exported and trained on and go to the next one, or take that back and stay",
                plain(Key::E),
            ),
            Self::Reopen => (
                "Back to to do",
                "Say that this face is still to be reviewed",
                plain(Key::T),
            ),
            Self::Note => ("Note", "Write a note about this face", plain(Key::M)),
            Self::ZoomToFace => (
                "Zoom to face",
                "Show the face as large as the pane, or the whole photo again",
                plain(Key::Z),
            ),
            Self::Point(number) => {
                let name = match number {
                    1 => "Point 1",
                    2 => "Point 2",
                    3 => "Point 3",
                    4 => "Point 4",
                    5 => "Point 5",
                    6 => "Point 6",
                    7 => "Point 7",
                    8 => "Point 8",
                    _ => "Point 9",
                };
                let keys = [
                    Key::Num1,
                    Key::Num2,
                    Key::Num3,
                    Key::Num4,
                    Key::Num5,
                    Key::Num6,
                    Key::Num7,
                    Key::Num8,
                    Key::Num9,
                ];
                let key = keys.get(usize::from(number).wrapping_sub(1));
                let about = "Select the point of this number, to move it with the arrow keys";
                (name, about, key.and_then(|key| plain(*key)))
            }
            Self::PlacePoints => (
                "Place points",
                "Place all points one after the other, with a click each",
                plain(Key::I),
            ),
            Self::AcceptPoints => (
                "Accept points",
                "Take all predicted points for labels",
                shift(Key::G),
            ),
            Self::AcceptAttributes => (
                "Accept attributes",
                "Take predictions above the confidence for labels where none is known",
                shift(Key::V),
            ),
            Self::ConfirmAttributes => (
                "Confirm attributes",
                "Say that the known attributes of this face were looked at and are right",
                plain(Key::V),
            ),
            Self::NextDisputed => (
                "Next disputed attribute",
                "Select the next attribute on which prediction and label disagree",
                plain(Key::D),
            ),
            Self::PreviousDisputed => (
                "Previous disputed attribute",
                "Select the attribute before on which prediction and label disagree",
                plain(Key::S),
            ),
            Self::FirstAttribute => (
                "Select attribute",
                "Select the first attribute, to label all with the arrow keys",
                plain(Key::Q),
            ),
            Self::UseBox => (
                "Use box as label",
                "Keep the box that was moved or drawn as the face's own",
                plain(Key::J),
            ),
            Self::Blind => (
                "Hide predictions",
                "Show no prediction of a face before it is approved, or show them again",
                plain(Key::H),
            ),
            Self::Refresh => (
                "Refresh queue",
                "Put the queue in order anew, as the labels stand now",
                plain(Key::F5),
            ),
            Self::OnlyTodo => (
                "Only to do",
                "Show the faces of the list that are still to be reviewed, or all again",
                shift(Key::T),
            ),
            Self::CheckLabels => (
                "Check labels",
                "Show the faces whose labels may be wrong: exchanged sides, points outside, contradictions",
                shift(Key::K),
            ),
            Self::OnlyConflicts => (
                "Only conflicts",
                "Show the faces of which the set has changed a value since it was edited, or all again",
                None,
            ),
            Self::ExchangeSides => (
                "Exchange sides",
                "Let the left points be the right ones",
                shift(Key::X),
            ),
            Self::ExportLabels => (
                "Export labels",
                "Write the mended labels into a new folder, in any format",
                ctrl_shift(Key::K),
            ),
            Self::Left => (
                "Point left",
                "Move the point by half a pixel",
                plain(Key::ArrowLeft),
            ),
            Self::Right => (
                "Point right",
                "Move the point by half a pixel to the right",
                plain(Key::ArrowRight),
            ),
            Self::Up => (
                "Point up",
                "Move the point up by half a pixel",
                plain(Key::ArrowUp),
            ),
            Self::Down => (
                "Point down",
                "Move the point down by half a pixel",
                plain(Key::ArrowDown),
            ),
            Self::FarLeft => (
                "Point far left",
                "Move the point by five pixels to the left",
                shift(Key::ArrowLeft),
            ),
            Self::FarRight => (
                "Point far right",
                "Move the point by five pixels to the right",
                shift(Key::ArrowRight),
            ),
            Self::FarUp => (
                "Point far up",
                "Move the point up by five pixels",
                shift(Key::ArrowUp),
            ),
            Self::FarDown => (
                "Point far down",
                "Move the point down by five pixels",
                shift(Key::ArrowDown),
            ),
            Self::AcceptPoint => (
                "Accept point",
                "Take the predicted place of the point for its label, and go to the next one",
                plain(Key::Enter),
            ),
            Self::Occluded => (
                "Occluded point",
                "Say that the point is hidden in the picture, or that it is seen",
                plain(Key::O),
            ),
            Self::PointUnknown => (
                "Point unknown",
                "Say that nobody knows where the point is",
                plain(Key::Delete),
            ),
            Self::NextPoint => ("Next point", "Select the next point", plain(Key::Tab)),
            Self::PreviousPoint => ("Previous point", "Select the point before", shift(Key::Tab)),
            Self::NextRow => (
                "Next attribute",
                "Select the attribute below",
                plain(Key::ArrowDown),
            ),
            Self::PreviousRow => (
                "Previous attribute",
                "Select the attribute above",
                plain(Key::ArrowUp),
            ),
            Self::Present => (
                "Attribute present",
                "Label the attribute as present, and go to the next one",
                plain(Key::ArrowRight),
            ),
            Self::Absent => (
                "Attribute absent",
                "Label the attribute as absent, and go to the next one",
                plain(Key::ArrowLeft),
            ),
            Self::Flip => (
                "Flip attribute",
                "Label the attribute as the opposite, and stay",
                plain(Key::F),
            ),
            Self::AttributeUnknown => (
                "Attribute unknown",
                "Say that nobody knows this attribute, and go to the next one",
                plain(Key::Delete),
            ),
            Self::AcceptAttribute => (
                "Accept attribute",
                "Take the prediction for the label, and go to the next one; from a disputed one, to the next disputed",
                plain(Key::Enter),
            ),
        };
        Facts {
            name,
            about,
            group: Group::Review,
            key,
            also: None,
        }
    }
}
