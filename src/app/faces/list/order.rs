//! Which faces of a list are shown, and in which order: put together in the background, and kept so
//! while predictions come.

use std::cell::Cell;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use crate::app::faces::arrangement::{Arranged, Arrangement, Sort};
use crate::background::{Wake, in_background};

/// While predictions come, a list that depends on them is arranged anew this often.
const ARRANGE_EVERY: Duration = Duration::from_secs(2);

/// What is looked at once the list stands in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Then {
    /// What was looked at, wherever it stands: nobody asked for another order.
    Stay,
    /// What was looked at, brought into sight; the first face where it is not shown any more.
    Follow,
    /// The first face.
    First,
}

#[derive(Default)]
pub struct Order {
    /// Filter and order as they are asked for.
    pub arrangement: Arrangement,
    /// Indices of the faces that are shown.
    pub shown: Vec<u32>,
    arranging: Option<(Receiver<Vec<u32>>, Then)>,
    /// What was asked for when the list was arranged last.
    asked: Arrangement,
    /// The order that was asked for before that by difference.
    sorted_before: Sort,
    /// The order before a part of the report led to faces, and the arrangement that this made,
    /// once it is asked for.
    led: Option<(Sort, Option<Arrangement>)>,
    /// The row in which the selected face stood last.
    last_row: Cell<usize>,
    /// Whether predictions have come since the list was arranged.
    stale: bool,
    /// How many faces there were when it was arranged last.
    count: usize,
    arranged: Option<Instant>,
}

impl Order {
    /// All of so many faces, as they are listed.
    pub fn listed(count: usize) -> Self {
        Self {
            shown: (0..count as u32).collect(),
            count,
            ..Self::default()
        }
    }

    /// Shows a face more, behind another one where that is shown.
    pub fn add(&mut self, index: usize, behind: Option<usize>) {
        let row = behind.and_then(|of| self.row_of(of));
        let row = row.map_or(self.shown.len(), |row| row + 1);
        self.shown.insert(row, index as u32);
        // One that comes back was there before.
        if self.arranging.is_none() {
            self.count = self.count.max(index + 1);
        }
    }

    /// Row of the selected face, if it is among those shown.
    pub fn row(&self, selected: usize) -> Option<usize> {
        let known = self.last_row.get();
        let there = |i: &u32| *i as usize == selected;
        // It is asked for in every frame, and seldom moves.
        if self.shown.get(known).is_some_and(there) {
            return Some(known);
        }
        let row = self.row_of(selected)?;
        self.last_row.set(row);
        Some(row)
    }

    pub fn row_of(&self, index: usize) -> Option<usize> {
        let at = |i: &u32| *i as usize == index;
        // Nearly always where it is without any filter.
        match self.shown.get(index) {
            Some(i) if at(i) => Some(index),
            _ => self.shown.iter().position(at),
        }
    }

    /// The face `by` rows away from the selected one, or where that one is not shown any more,
    /// from where it stood: the next one has moved up into its row.
    pub fn neighbour(&self, selected: usize, by: isize) -> Option<usize> {
        let row = match self.row(selected) {
            Some(row) => row.checked_add_signed(by)?,
            None => {
                let by = if by > 0 { by - 1 } else { by };
                let row = self.last_row.get().checked_add_signed(by)?;
                row.min(self.shown.len().checked_sub(1)?)
            }
        };
        self.shown.get(row).map(|i| *i as usize)
    }

    /// What a person wants to look at who asked for this arrangement in place of the one before:
    /// the top of another order or of faces that were picked out, else what they were looking at.
    pub fn then(&self) -> Then {
        let (now, before) = (&self.arrangement, &self.asked);
        let sorted = now.sort != before.sort && now.sort != Sort::Listed;
        let picked = now.among.is_some() && now.among != before.among;
        if sorted || picked {
            Then::First
        } else {
            Then::Follow
        }
    }

    /// Predictions have come or gone; at once, where somebody waits for what they change.
    pub fn is_stale(&mut self, at_once: bool) {
        self.stale = true;
        if at_once {
            self.arranged = None;
        }
    }

    /// Nothing is compared any more: the order before that by difference comes back.
    pub fn stop_comparing(&mut self) {
        if self.arrangement.sort == Sort::Difference {
            self.arrangement.sort = self.sorted_before;
        }
    }

    /// Filter and order that are set next are those of a part of the report: with the filter, the
    /// order goes again.
    pub fn lead(&mut self) {
        let before = match &self.led {
            // From one part of the report to another.
            Some((before, Some(led))) if led.sort == self.arrangement.sort => *before,
            _ => self.arrangement.sort,
        };
        self.led = Some((before, None));
    }

    /// Brings the order back that was before a part of the report led to faces, where its filter is
    /// taken away.
    fn follow_lead(&mut self) {
        let Some((before, led)) = self.led.take() else {
            return;
        };
        let now = &self.arrangement;
        match led {
            None => self.led = Some((before, Some(now.clone()))),
            // Another order was chosen since.
            Some(led) if led.sort != now.sort => {}
            Some(led) => {
                let same = now.among == led.among
                    && now.misses == led.misses
                    && now.attributes == led.attributes;
                match same {
                    true => self.led = Some((before, Some(led))),
                    false => self.arrangement.sort = before,
                }
            }
        }
    }

    /// Arranges the faces as is asked, away from the window's thread.
    pub fn arrange(&mut self, of: Arranged, wake: Wake, then: Then) {
        self.follow_lead();
        let (done, result) = channel();
        let arrangement = self.arrangement.clone();
        let of_count = of.samples.len();
        in_background(move || {
            let _ = done.send(arrangement.apply(&of));
            wake();
        });
        // What was asked for before and has not come yet still counts.
        let then = self.arranging.as_ref().map_or(then, |a| a.1.max(then));
        self.arranging = Some((result, then));
        if self.asked.sort != Sort::Difference {
            self.sorted_before = self.asked.sort;
        }
        self.asked = self.arrangement.clone();
        self.stale = false;
        self.count = of_count;
        self.arranged = Some(Instant::now());
    }

    /// The order that has come from the background, if one has.
    pub fn take(&mut self) -> Option<(Vec<u32>, Then)> {
        let (result, then) = self.arranging.as_ref()?;
        let (order, then) = (result.try_recv(), *then);
        match order {
            Ok(order) => {
                self.arranging = None;
                Some((order, then))
            }
            Err(TryRecvError::Disconnected) => {
                self.arranging = None;
                None
            }
            Err(TryRecvError::Empty) => None,
        }
    }

    /// Whether predictions have changed what the order depends on, and it is time.
    pub fn is_due(&self) -> bool {
        let due = self.arranged.is_none_or(|t| t.elapsed() > ARRANGE_EVERY);
        self.stale && due && self.arranging.is_none() && self.arrangement.needs_predictions()
    }

    /// Whether faces were added while the list was being arranged.
    pub fn lacks(&self, count: usize) -> bool {
        self.arranging.is_none() && self.count < count
    }

    /// Shows faces in another order. Returns whether the list is to be scrolled to the face that is
    /// looked at, and another face to look at from now on, where there is one.
    pub fn set(&mut self, order: Vec<u32>, then: Then, selected: usize) -> (bool, Option<usize>) {
        let _ = self.row(selected); // remembers where it stands
        self.shown = order;
        let first = self.shown.first().map(|i| *i as usize);
        let select = match then {
            Then::Stay => return (false, None),
            Then::Follow if self.row(selected).is_some() => None,
            Then::Follow | Then::First => first,
        };
        (true, select.filter(|index| *index != selected))
    }
}
