//! How far the review of each face is, as lists are filtered by it: a snapshot, so that a queue stands
//! while somebody works in it.

use std::collections::HashMap;

use crate::review::Status;

/// How far the review of a face is, and what was done to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewState {
    pub status: Status,
    /// A label is another than the set's.
    pub mended: bool,
    pub noted: bool,
    /// The set has changed a value since it was edited.
    pub in_conflict: bool,
    /// Somebody drew it: the set does not have it.
    pub drawn: bool,
    /// It was drawn, and taken away again.
    pub removed: bool,
}

/// What the review of a face must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewIs {
    Status(Status),
    Mended,
    Noted,
    InConflict,
    Drawn,
}

/// What can be asked of the review.
pub const REVIEW_FILTERS: [(&str, ReviewIs); 8] = [
    ("to do", ReviewIs::Status(Status::Todo)),
    ("approved", ReviewIs::Status(Status::Approved)),
    ("unsure", ReviewIs::Status(Status::Unsure)),
    ("excluded", ReviewIs::Status(Status::Excluded)),
    ("mended", ReviewIs::Mended),
    ("with a note", ReviewIs::Noted),
    ("in conflict", ReviewIs::InConflict),
    ("drawn", ReviewIs::Drawn),
];

impl ReviewIs {
    pub fn name(self) -> &'static str {
        let filter = REVIEW_FILTERS.iter().find(|f| f.1 == self);
        filter.map_or("", |f| f.0)
    }

    pub fn is(self, state: ReviewState) -> bool {
        match self {
            Self::Status(status) => state.status == status,
            Self::Mended => state.mended,
            Self::Noted => state.noted,
            Self::InConflict => state.in_conflict,
            Self::Drawn => state.drawn,
        }
    }
}

/// The states of the faces that somebody has edited, by index; all others are to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReviewStates(HashMap<u32, ReviewState>);

impl ReviewStates {
    pub fn of(&self, index: u32) -> ReviewState {
        self.0.get(&index).copied().unwrap_or_default()
    }

    /// How many of `all` faces are like each of [`REVIEW_FILTERS`].
    pub fn counts(&self, all: usize) -> [usize; REVIEW_FILTERS.len()] {
        let known = || self.0.values().filter(|state| !state.removed);
        let others = all.saturating_sub(self.0.len());
        REVIEW_FILTERS.map(|(_, is)| {
            let untouched = if is.is(ReviewState::default()) {
                others
            } else {
                0
            };
            untouched + known().filter(|state| is.is(**state)).count()
        })
    }
}

impl FromIterator<(u32, ReviewState)> for ReviewStates {
    fn from_iter<I: IntoIterator<Item = (u32, ReviewState)>>(states: I) -> Self {
        Self(states.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_that_nobody_touched_are_to_do() {
        let state = |status, removed| ReviewState {
            status,
            removed,
            mended: true,
            ..ReviewState::default()
        };
        let states: ReviewStates = [
            (1, state(Status::Approved, false)),
            (3, state(Status::Todo, false)),
            (4, state(Status::Todo, true)),
        ]
        .into_iter()
        .collect();
        assert_eq!(states.counts(5), [3, 1, 0, 0, 2, 0, 0, 0]);
        assert!(ReviewIs::Status(Status::Todo).is(states.of(0)));
        assert_eq!(ReviewIs::InConflict.name(), "in conflict");
    }
}
