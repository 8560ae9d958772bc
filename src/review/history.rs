//! What can be undone and done again, as the entries of a journal say: without end, over photos and
//! restarts.

use super::entry::{Entry, EntryId, Gesture};

/// The edits that can be undone and redone; the last of each is next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    undoable: Vec<EntryId>,
    undone: Vec<EntryId>,
}

impl History {
    pub fn of(entries: &[Entry]) -> Self {
        let mut history = Self::default();
        entries.iter().for_each(|entry| history.add(entry));
        history
    }

    /// Takes in the next entry. A new edit ends what could be done again.
    pub fn add(&mut self, entry: &Entry) {
        match entry.gesture {
            Gesture::Edit => {
                self.undoable.push(entry.id);
                self.undone.clear();
            }
            Gesture::Undo(of) => {
                self.undoable.retain(|id| *id != of);
                self.undone.push(of);
            }
            Gesture::Redo(of) => {
                self.undone.retain(|id| *id != of);
                self.undoable.push(of);
            }
        }
    }

    /// The edit that an undo takes back.
    pub fn next_undo(&self) -> Option<EntryId> {
        self.undoable.last().copied()
    }

    /// The edit that a redo does again.
    pub fn next_redo(&self) -> Option<EntryId> {
        self.undone.last().copied()
    }
}
