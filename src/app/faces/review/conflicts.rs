//! What of the edits the set says otherwise by now.

use super::{Journaled, Reviewed};
use crate::review::{self, Conflict, Field};

impl Journaled {
    /// What the set says otherwise than when a face was edited, and nobody has decided yet. It follows
    /// from the edits alone: a decision that is taken back opens it again.
    pub(super) fn conflicts_with(&self, known: &Reviewed) -> Vec<Conflict> {
        let edits = self.session.edits();
        let at = edits.position_of(&known.face).filter(|_| !known.added);
        at.map_or(Vec::new(), |at| {
            let set = |field: &Field| review::value(&known.base, &self.schema, field);
            review::conflicts((at, &edits.faces[at]), set)
        })
    }

    /// The open conflicts of a face.
    pub fn conflicts_of(&self, index: usize) -> Vec<Conflict> {
        let known = self.faces.get(&index);
        known.map_or(Vec::new(), |known| self.conflicts_with(known))
    }

    /// How many conflicts are open, and the faces that have some.
    pub fn in_conflict(&self) -> (usize, Vec<u32>) {
        let each = self.faces.iter();
        let counts = each.map(|(index, known)| (self.conflicts_with(known).len(), *index as u32));
        let open: Vec<(usize, u32)> = counts.filter(|(count, _)| *count > 0).collect();
        let count = open.iter().map(|(count, _)| count).sum();
        (count, open.into_iter().map(|(_, index)| index).collect())
    }

    /// The face of the list that a conflict is about.
    pub fn face_of(&self, conflict: &Conflict) -> Option<usize> {
        self.index(&self.session.edits().faces.get(conflict.face)?.face)
    }
}
