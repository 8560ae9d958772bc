//! A box that was moved has no answer for a while. What was found in the box before is not shown
//! as if it were of this one, but for the moment in which answers follow a box that is dragged.

use std::time::{Duration, Instant};

use crate::app::faces::item::Face;

/// Answers that come faster follow the box; in between nothing flickers.
const MOMENT: Duration = Duration::from_millis(300);

#[derive(Default)]
pub struct Waiting {
    /// Since the face that is shown waits, or had an answer for a box that has moved on.
    since: Option<Instant>,
    is_long: bool,
}

impl Waiting {
    /// Notes at `now` whether the shown face waits; returns after what time to ask again.
    pub fn note(&mut self, waits: bool, now: Instant) -> Option<Duration> {
        self.since = waits.then(|| self.since.unwrap_or(now));
        let waited = now.saturating_duration_since(self.since?);
        self.is_long = waited >= MOMENT;
        (!self.is_long).then(|| MOMENT.saturating_sub(waited))
    }

    /// An answer for the shown face has come, be it of where its box was a moment ago.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// The face without what was found in a box from which it was moved.
    pub fn without_old<'a>(&self, face: Face<'a>, is_shown: bool) -> Face<'a> {
        match face.is_waiting() && !self.follows(is_shown) {
            true => Face {
                finding: None,
                ..face
            },
            false => face,
        }
    }

    /// The face without what a second network found there.
    pub fn without_old_other<'a>(&self, face: Face<'a>, is_shown: bool) -> Face<'a> {
        match face.is_other_waiting() && !self.follows(is_shown) {
            true => Face {
                other: None,
                ..face
            },
            false => face,
        }
    }

    /// Whether answers follow the box of the face, of which the newest is shown.
    fn follows(&self, is_shown: bool) -> bool {
        is_shown && !(self.since.is_some() && self.is_long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_one_waiting_is_told_from_what_follows_the_box() {
        let (mut waiting, start) = (Waiting::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(waiting.note(true, at(0)), Some(MOMENT));
        assert_eq!(waiting.note(true, at(200)), Some(MOMENT / 3));
        waiting.answered();
        assert_eq!(waiting.note(true, at(400)), Some(MOMENT), "it follows");
        assert_eq!(waiting.note(true, at(700)), None);
        assert!(waiting.is_long);
        assert_eq!(waiting.note(false, at(710)), None);
        assert!(waiting.note(true, at(720)).is_some() && !waiting.is_long);
    }
}
