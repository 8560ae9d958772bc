//! What there is to know of a whole set of faces besides the faces.

use std::sync::mpsc::{Receiver, channel};

use crate::app::faces::summary::ListSummary;
use crate::background::{Wake, in_background};
use crate::dataset::Samples;

#[derive(Default)]
pub struct SetInfo {
    pub name: String,
    /// The same when the same faces are opened again.
    pub key: u64,
    /// Names of the samples' columns.
    pub columns: Vec<String>,
    pub summary: ListSummary,
    learning: Option<Receiver<ListSummary>>,
    /// Faces that were added: the first of its picture, and the face.
    added: Vec<(usize, usize)>,
}

impl SetInfo {
    pub fn new(name: String, columns: Vec<String>) -> Self {
        Self {
            name,
            columns,
            ..Self::default()
        }
    }

    /// Whether the file says more of its faces than points and attributes.
    pub fn has_fields(&self) -> bool {
        !self.columns.is_empty() || !self.summary.splits.is_empty() || self.summary.told
    }

    /// Finds the summary, away from the window's thread.
    pub fn learn(&mut self, samples: Samples, wake: Wake) {
        let (done, result) = channel();
        let columns = self.columns.clone();
        in_background(move || {
            let _ = done.send(ListSummary::of(&samples, &columns));
            wake();
        });
        self.learning = Some(result);
    }

    /// One more face in the picture of another.
    pub fn add_to_picture(&mut self, of: usize, index: usize) {
        self.added.push((of, index));
        self.summary.add_to_picture(of, index);
    }

    /// Takes the summary once it is found.
    pub fn take(&mut self) {
        if let Some(summary) = self.learning.as_ref().and_then(|r| r.try_recv().ok()) {
            self.summary = summary;
            for (of, index) in &self.added {
                self.summary.add_to_picture(*of, *index);
            }
            self.learning = None;
        }
    }

    /// Whether the summary is not known yet.
    pub fn is_learning(&self) -> bool {
        self.learning.is_some()
    }
}
