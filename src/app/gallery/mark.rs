//! The sign at the end of a row: whether the prediction is as labelled, or in the review what became of
//! the face. A tick that says one thing must not look like the other.

use eframe::egui::{Align2, Painter, Pos2, Stroke, vec2};

use crate::app::faces::review_states::ReviewState;
use crate::app::widgets::{chips, theme};
use crate::review::Status;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Right,
    Wrong,
    Approved,
    Unsure,
    Excluded,
    Conflict,
    Mended,
}

impl Mark {
    pub fn of_fact(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }

    /// What somebody has to do comes first.
    pub fn of_review(state: ReviewState) -> Option<Self> {
        Some(match state.status {
            _ if state.in_conflict => Self::Conflict,
            Status::Approved => Self::Approved,
            Status::Unsure => Self::Unsure,
            Status::Excluded => Self::Excluded,
            Status::Todo if state.mended || state.drawn => Self::Mended,
            Status::Todo => return None,
        })
    }

    pub fn draw(self, painter: &Painter, at: Pos2, p: theme::Palette) {
        let sign = |sign: &str, tint| {
            let font = theme::strong(theme::BODY);
            painter.text(at, Align2::CENTER_CENTER, sign, font, tint);
        };
        match self {
            Self::Right | Self::Approved => chips::mark(painter, at, true, p.prediction),
            Self::Wrong => {
                painter.circle_filled(at, 4.0, p.label);
            }
            Self::Mended => {
                painter.circle_filled(at, 3.0, p.working);
            }
            Self::Unsure => sign("?", p.waiting),
            Self::Conflict => sign("!", p.waiting),
            Self::Excluded => {
                let line = Stroke::new(1.6, p.quiet);
                let half = vec2(4.0, 0.0);
                painter.line_segment([at - half, at + half], line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_review_has_signs_of_its_own() {
        let state = |status, mended, in_conflict| ReviewState {
            status,
            mended,
            in_conflict,
            ..ReviewState::default()
        };
        let of = |status, mended, conflict| Mark::of_review(state(status, mended, conflict));
        assert_eq!(of(Status::Todo, false, false), None, "however good it is");
        assert_eq!(of(Status::Todo, true, false), Some(Mark::Mended));
        assert_eq!(of(Status::Approved, true, false), Some(Mark::Approved));
        assert_eq!(of(Status::Approved, true, true), Some(Mark::Conflict));
        assert_eq!(of(Status::Unsure, false, false), Some(Mark::Unsure));
    }
}
