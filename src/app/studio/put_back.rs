//! What one press takes away and could not be got back otherwise: for a while a button beside the
//! news puts it back.

use std::path::PathBuf;

use crate::app::command::keys::Keys;
use crate::app::faces::compare::ComparedPredictor;
use crate::app::features::Muted;
use crate::app::studio::layout::Layout;

/// Offers that are remembered; toasts show no more.
const AT_MOST: usize = 4;

/// What was taken away.
pub enum PutBack {
    /// Paths that were opened lately.
    Recent(Vec<PathBuf>),
    Layout(Box<Layout>),
    Keys(Keys),
    /// A run that was watched.
    Run(PathBuf),
    /// Channels that were muted or solo.
    Muted(Muted),
    /// Predictions of a file, of the faces of this list.
    Compared(u64, Box<ComparedPredictor>),
}

/// What can be put back, the newest last.
#[derive(Default)]
pub struct PutBacks {
    count: u64,
    kept: Vec<(u64, PutBack)>,
}

impl PutBacks {
    /// Keeps it under a number by which it is taken back.
    pub fn keep(&mut self, what: PutBack) -> u64 {
        self.count += 1;
        self.kept.push((self.count, what));
        let excess = self.kept.len().saturating_sub(AT_MOST);
        self.kept.drain(..excess);
        self.count
    }

    pub fn take(&mut self, ticket: u64) -> Option<PutBack> {
        let at = self.kept.iter().position(|(kept, _)| *kept == ticket)?;
        Some(self.kept.remove(at).1)
    }
}

#[cfg(test)]
impl PutBacks {
    /// The newest, and whether there is any.
    pub fn newest(&self) -> Option<u64> {
        self.kept.last().map(|kept| kept.0)
    }
}
