//! What is held of pictures and thumbnails, within a budget.

use std::collections::VecDeque;

/// What is held of something large, the oldest first.
#[derive(Default)]
pub struct Held {
    queue: VecDeque<(usize, usize)>,
    bytes: usize,
}

impl Held {
    pub fn took(&mut self, index: usize, bytes: usize) {
        self.queue.push_back((index, bytes));
        self.bytes += bytes;
    }

    /// What has to go so that no more than `budget` bytes are held; never `kept`, nor the last.
    pub fn excess(&mut self, budget: usize, kept: usize) -> Option<usize> {
        if self.bytes <= budget || self.queue.len() < 2 {
            return None;
        }
        let (mut old, mut bytes) = self.queue.pop_front()?;
        if old == kept {
            self.queue.push_back((old, bytes));
            (old, bytes) = self.queue.pop_front()?;
        }
        self.bytes -= bytes;
        // Read twice, it is held once more.
        match self.queue.iter().any(|(i, _)| *i == old) {
            true => self.excess(budget, kept),
            false => (old != kept).then_some(old),
        }
    }

    /// How many like those that are held fit into `budget` beside the one that is looked at: at
    /// least one.
    pub fn room(&self, budget: usize) -> usize {
        let mean = self.bytes / self.queue.len().max(1);
        (budget / mean.max(1)).saturating_sub(1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_and_what_is_looked_at_stays() {
        let mut held = Held::default();
        for index in 0..5 {
            held.took(index, 10);
        }
        assert_eq!(held.excess(50, 0), None);
        assert_eq!(held.excess(35, 0), Some(1));
        assert_eq!(held.excess(35, 0), Some(2));
        assert_eq!(held.excess(35, 0), None);
        held.took(3, 10);
        // 3 is held twice: dropping its older entry frees no picture, so 4 goes.
        assert_eq!(held.excess(25, 0), Some(4));
        assert_eq!(held.bytes, 20);
    }

    #[test]
    fn large_pictures_are_not_read_ahead_of_each_other() {
        const BUDGET: usize = 96 << 20;
        let mut held = Held::default();
        assert!(held.room(BUDGET) > 3, "nothing is known of their size yet");
        held.took(0, BUDGET / 30);
        assert!(held.room(BUDGET) > 3);
        held.took(1, BUDGET);
        held.took(2, BUDGET);
        assert_eq!(held.room(BUDGET), 1, "the next one, always");
    }
}
