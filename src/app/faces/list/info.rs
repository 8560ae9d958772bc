//! What there is to know of a whole set of faces besides the faces.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use crate::app::faces::facts::Facts;
use crate::background::{Wake, in_background};
use crate::dataset::Sample;

#[derive(Default)]
pub struct SetInfo {
    pub name: String,
    /// The same when the same faces are opened again.
    pub key: u64,
    /// Names of the samples' columns.
    pub columns: Vec<String>,
    pub facts: Facts,
    learning: Option<Receiver<Facts>>,
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
        !self.columns.is_empty() || !self.facts.splits.is_empty() || self.facts.told
    }

    /// Finds the facts out, away from the window's thread.
    pub fn learn(&mut self, samples: Arc<Vec<Sample>>, wake: Wake) {
        let (done, result) = channel();
        let columns = self.columns.clone();
        in_background(move || {
            let _ = done.send(Facts::of(&samples, &columns));
            wake();
        });
        self.learning = Some(result);
    }

    /// Takes the facts once they are found out.
    pub fn take(&mut self) {
        if let Some(facts) = self.learning.as_ref().and_then(|r| r.try_recv().ok()) {
            self.facts = facts;
            self.learning = None;
        }
    }

    /// Whether the facts are not known yet.
    pub fn is_learning(&self) -> bool {
        self.learning.is_some()
    }
}
