//! The order of the table of what muting each channel changes.

use crate::study::Effects;

/// What the rows are sorted by: the channels' numbers, or a task's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Channel,
    Task(usize),
}

/// The order of the table, kept until the findings or the column change.
pub struct Ranking {
    pub by: By,
    pub made: Option<By>,
    pub rows: Vec<usize>,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            by: By::Task(0),
            made: None,
            rows: Vec::new(),
        }
    }
}

impl Ranking {
    /// Other findings have come.
    pub fn forget(&mut self) {
        self.made = None;
    }

    pub fn sort(&mut self, effects: &Effects) {
        if self.made == Some(self.by) {
            return;
        }
        // A task that this tower cannot touch has no order to offer.
        if let By::Task(task) = self.by
            && self.made.is_none()
            && !effects.touches(task)
        {
            let tasks = effects.channels.first().map_or(0, Vec::len);
            let other = (0..tasks).find(|t| effects.touches(*t));
            self.by = By::Task(other.unwrap_or(task));
        }
        let channels = 0..effects.channels.len();
        self.rows = match self.by {
            By::Channel => channels.collect(),
            By::Task(task) => effects.ranked(task),
        };
        self.made = Some(self.by);
    }
}
